package cmodel_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"mcheck/spec"
	"mcheck/spec/cmodel"
)

// mark stands in a refused program where its developer would look for the mistake: decided from C
// and the reference of the language, not from what the front end says.
const mark = "/*@*/"

// refused is a program of errors.txtar without its marks, and what is wrong with it: the place of
// each mark, in order, with a message.
func refused(t *testing.T, name, marked, message string) (text string, want cmodel.ErrorList) {
	t.Helper()
	lines := strings.Split("#include \"mcheck.h\"\n"+marked, "\n")
	for i, l := range lines {
		for at := strings.Index(l, mark); at >= 0; at = strings.Index(l, mark) {
			l = l[:at] + l[at+len(mark):]
			want = append(want, &cmodel.Error{Pos: spec.Pos{File: name, Line: i + 1, Col: at + 1}})
		}
		lines[i] = l
	}
	if len(want) == 0 {
		// about the program as a whole
		want = cmodel.ErrorList{{Pos: spec.Pos{File: name, Line: 1, Col: 1}}}
	}
	messages := strings.Split(strings.TrimSuffix(message, "\n"), "\n")
	require.Len(t, messages, 2*len(want), "a message and an advice for each mark")
	for i, e := range want {
		e.Msg, e.Advice, e.Line = messages[2*i], messages[2*i+1], lines[e.Pos.Line-1]
	}
	return strings.Join(lines, "\n"), want
}

// Each program NAME.c of errors.txtar is refused at its marks, with the messages and the advice of
// NAME.txt.
func TestRefused(t *testing.T) {
	a, err := txtar.ParseFile("testdata/errors.txtar")
	require.NoError(t, err)
	message := map[string]string{}
	for _, f := range a.Files {
		if name, ok := strings.CutSuffix(f.Name, ".txt"); ok {
			message[name] = string(f.Data)
		}
	}
	tested := 0
	for _, f := range a.Files {
		name, isC := strings.CutSuffix(f.Name, ".c")
		if !isC {
			continue
		}
		tested++
		t.Run(name, func(t *testing.T) {
			text, want := refused(t, f.Name, string(f.Data), message[name])
			_, err := cmodel.Compile([]cmodel.Source{{Name: f.Name, Text: []byte(text)}}, cmodel.Options{Include: include})
			var got cmodel.ErrorList
			require.ErrorAs(t, err, &got)
			require.Equal(t, want.Error(), got.Error())
		})
	}
	require.Len(t, message, tested)
}

// A file that is no text at all is refused where that shows first.
func TestNotText(t *testing.T) {
	_, err := cmodel.Compile([]cmodel.Source{{Name: "m.c", Text: []byte("TASK(p, 1) { }\n\tELF\x01\xff\n")}}, cmodel.Options{Include: include})
	require.EqualError(t, err, "m.c:2:5: this is no text\n\t\tELF??\n\t\t   ^\n\ta model is C in UTF-8")
}
