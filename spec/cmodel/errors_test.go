package cmodel_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"mcheck/spec/cmodel"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Each program NAME.c of errors.txtar is refused with the message NAME.txt.
func TestRefused(t *testing.T) {
	const file = "testdata/errors.txtar"
	a, err := txtar.ParseFile(file)
	require.NoError(t, err)
	want := map[string]int{}
	for i, f := range a.Files {
		if strings.HasSuffix(f.Name, ".txt") {
			want[strings.TrimSuffix(f.Name, ".txt")] = i
		}
	}
	var out txtar.Archive
	out.Comment = a.Comment
	for _, f := range a.Files {
		name, isC := strings.CutSuffix(f.Name, ".c")
		if !isC {
			continue
		}
		src := "#include \"mcheck.h\"\n" + string(f.Data)
		res, err := cmodel.Compile([]cmodel.Source{{Name: f.Name, Text: []byte(src)}}, cmodel.Options{Include: include})
		got := ""
		if err != nil {
			got = err.Error() + "\n"
		} else {
			got = res.Model.String()
		}
		out.Files = append(out.Files, f, txtar.File{Name: name + ".txt", Data: []byte(got)})
		if *update {
			continue
		}
		t.Run(name, func(t *testing.T) {
			var list cmodel.ErrorList
			require.ErrorAs(t, err, &list)
			i, ok := want[name]
			require.True(t, ok, "no message for %s", name)
			require.Equal(t, string(a.Files[i].Data), got)
		})
	}
	if *update {
		require.NoError(t, os.WriteFile(file, txtar.Format(&out), 0o644))
	}
}
