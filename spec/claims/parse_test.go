package claims

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
)

func TestParse(t *testing.T) {
	got, err := Parse("c.txt", []byte(`# A comment.

name: first
claim: A claim that
	goes on
# a comment in between
  and on
thread: somebody, some day
answer: in part
note: beware
scenario: s1
design: d1
property: p1
verdict: violated
trace: yes
story: He does it.
scenario: s2
design: d1+d2
set: cpus=3 migrate=true
property: p2
verdict: holds

name: second
claim: Often.
thread: somebody else
answer: not decidable here
`))
	require.NoError(t, err)
	pos := func(n int) Pos { return Pos{"c.txt", n} }
	require.Equal(t, []*Claim{
		{Name: "first", Text: "A claim that goes on and on", Thread: "somebody, some day", Answer: InPart, Note: "beware", Pos: pos(3), Rows: []*Row{
			{Scenario: "s1", Design: "d1", Property: "p1", Verdict: "violated", Story: "He does it.", Trace: true, Pos: pos(11)},
			{Scenario: "s2", Design: "d1+d2", Set: []string{"cpus=3", "migrate=true"}, Property: "p2", Verdict: "holds", Pos: pos(17)},
		}},
		{Name: "second", Text: "Often.", Thread: "somebody else", Answer: NotDecidable, Pos: pos(23)},
	}, got)
}

// TestErrors: testdata/errors.txtar holds pairs of a bad file and everything that is wrong with it.
func TestErrors(t *testing.T) {
	data, err := os.ReadFile("testdata/errors.txtar")
	require.NoError(t, err)
	files := txtar.Parse(data).Files
	require.NotEmpty(t, files)
	require.Zero(t, len(files)%2)
	for i := 0; i < len(files); i += 2 {
		name := files[i].Name
		require.Equal(t, name+".want", files[i+1].Name)
		_, err := Parse(name, files[i].Data)
		require.Error(t, err, name)
		require.Equal(t, strings.TrimSpace(string(files[i+1].Data)), err.Error(), name)
	}
}

func TestNotUTF8(t *testing.T) {
	_, err := Parse("c.txt", []byte("\nname: a\xff\n"))
	require.EqualError(t, err, "c.txt:2: not UTF-8")
	var e *Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, 2, e.Pos.Line)
}

func TestBuiltin(t *testing.T) {
	cs, err := Builtin()
	require.NoError(t, err)
	require.NotEmpty(t, cs)
	decided := map[Answer]bool{}
	for _, c := range cs {
		decided[c.Answer] = true
		for _, r := range c.Rows {
			require.NotEmpty(t, r.Story, "%s: what happens in %s under %s?", c.Name, r.Scenario, r.Design)
		}
	}
	require.Len(t, decided, len(answers), "every answer occurs")
}

// format writes claims as Parse reads them.
func format(cs []*Claim) []byte {
	var b bytes.Buffer
	put := func(key, value string) {
		if value != "" {
			fmt.Fprintf(&b, "%s: %s\n", key, value)
		}
	}
	for _, c := range cs {
		put("name", c.Name)
		put("claim", c.Text)
		put("thread", c.Thread)
		put("answer", string(c.Answer))
		put("question", c.Question)
		put("note", c.Note)
		for _, r := range c.Rows {
			put("scenario", r.Scenario)
			put("design", r.Design)
			put("set", strings.Join(r.Set, " "))
			put("property", r.Property)
			put("verdict", r.Verdict)
			put("story", r.Story)
			if r.Trace {
				put("trace", "yes")
			}
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// FuzzParse: no text breaks the parser, every error has a line of the text, and what was read is
// read again from its own text.
func FuzzParse(f *testing.F) {
	f.Add(text)
	f.Add([]byte("name: a\n b\n\nclaim:\n: \n x\nscenario: y"))
	f.Fuzz(func(t *testing.T, data []byte) {
		cs, err := Parse("f", data)
		if err != nil {
			lines := bytes.Count(data, []byte("\n")) + 1
			for _, e := range err.(ErrorList) {
				require.Positive(t, e.Pos.Line)
				require.LessOrEqual(t, e.Pos.Line, lines)
			}
			return
		}
		again, err := Parse("f", format(cs))
		require.NoError(t, err)
		clearPos(cs)
		clearPos(again)
		require.Equal(t, cs, again)
	})
}

func clearPos(cs []*Claim) {
	for _, c := range cs {
		c.Pos = Pos{}
		for _, r := range c.Rows {
			r.Pos = Pos{}
		}
	}
}
