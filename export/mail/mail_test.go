package mail

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"mcheck/spec"
)

// No line is too long, nothing is lost, and no name is cut that fits into a line.
func TestWrap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(20, 75).Draw(t, "width")
		words := rapid.SliceOfN(rapid.StringMatching(`[a-z_]{1,18}(->|\(|\);|,)?`), 0, 30).Draw(t, "words")
		glue := rapid.SampledFrom([]string{" ", ""}).Draw(t, "glue")
		if glue == "" { // only marks may stand between the names then, or they are one
			for i := range words {
				words[i] = strings.TrimRight(words[i], "->(),;") + "->"
			}
		}
		s := strings.Join(words, glue)
		lines := wrap(s, width)
		bare := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		require.Equal(t, bare(s), bare(strings.Join(lines, "")))
		names := func(s string) []string { return strings.FieldsFunc(s, func(r rune) bool { return !named(r) }) }
		got := []string{}
		for _, l := range lines {
			require.LessOrEqual(t, utf8.RuneCountInString(l), width, "%q", l)
			got = append(got, names(l)...)
		}
		require.Equal(t, names(s), got)
	})
	require.Equal(t, []string{"aaaaaaaaaa", "aaaaa"}, wrap(strings.Repeat("a", 15), 10), "a name longer than a line")
	require.Equal(t, []string{"a b c"}, wrap("a\n b\t\x01c", 10), "control characters")
}

// counter is a model of one variable that each step adds one to.
func counter() (*spec.Model, *spec.Action) {
	x := &spec.Var{Name: "x", Type: &spec.RangeType{Lo: 0, Hi: 9}}
	inc := &spec.Action{Name: "inc", Actor: -1, Body: &spec.Do{Updates: []spec.Update{{Var: x, Value: spec.Bin(spec.Add, spec.V(x), spec.Int(1))}}}}
	return &spec.Model{Vars: []*spec.Var{x}, Actions: []*spec.Action{inc}}, inc
}

func behaviour(inc *spec.Action, n int64) spec.Trace {
	tr := spec.Trace{{State: spec.State{{N: 0}}}}
	for i := range n {
		tr = append(tr, spec.Step{Action: inc, State: spec.State{{N: i + 1}}})
	}
	return tr
}

func TestGroup(t *testing.T) {
	_, inc := counter()
	other := *inc
	find := func(name string, a *spec.Action, n int64) Finding {
		return Finding{Property: &spec.Property{Name: name}, Trace: behaviour(a, n)}
	}
	var got [][]string
	for _, g := range Group([]Finding{find("two", inc, 2), find("other", &other, 2), find("three", inc, 3), find("one", inc, 1)}) {
		var names []string
		for _, f := range g {
			names = append(names, f.Property.Name)
		}
		got = append(got, names)
	}
	require.Equal(t, [][]string{{"three", "two", "one"}, {"other"}}, got)
}

// A model without any C: the names of its actions, and what they change. A trace without steps: the
// initial state alone.
func TestNoSource(t *testing.T) {
	m, inc := counter()
	p := &spec.Property{Name: "small", Words: "x stays below two", Cond: spec.Bin(spec.Lt, spec.V(m.Vars[0]), spec.Int(2))}
	out := Counterexample(m, []Finding{{Property: p, Trace: behaviour(inc, 2)}}, Options{Scenario: "c"})
	require.Contains(t, out, "c: small is violated\n")
	require.Contains(t, out, "With step 2, inc, this is broken: x stays below two.")
	require.Contains(t, out, "small: violated after step 2\n  fails: x < 2; x is 2\n")
	require.Contains(t, out, " 2  inc /* x = 2 */\n")
	p.Cond = spec.Bin(spec.Gt, spec.V(m.Vars[0]), spec.Int(2))
	out = Counterexample(m, []Finding{{Property: p, Trace: behaviour(inc, 0)}}, Options{})
	require.Contains(t, out, "small: violated in the initial state\n")
}
