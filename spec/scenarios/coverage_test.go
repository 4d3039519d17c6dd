package scenarios_test

import (
	"cmp"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/explorer"
	"mcheck/spec"
	"mcheck/spec/kernel"
	"mcheck/spec/scenario"
)

// statement is one of the kernel model: of the base, or of the lines that a design's patch adds.
type statement struct {
	design string // "": the base
	file   string
	line   int // of the base; of the patched file if a design adds it
	text   string
}

func (s statement) String() string {
	if s.design == "" {
		return fmt.Sprintf("%s:%d: %s", s.file, s.line, s.text)
	}
	return fmt.Sprintf("%s:%d with %s: %s", s.file, s.line, s.design, s.text)
}

// statements are what is known of each.
type statements struct {
	t     *testing.T
	fired map[statement]bool
	never map[statement]bool // it is a NEVER or a BOUND
	lines map[string]map[string][]int
}

// baseLines returns, for each file of a design, the line of the base that each of its lines is
// (from 1), 0 for those that its patch adds.
func (s *statements) baseLines(design string) map[string][]int {
	if m := s.lines[design]; m != nil {
		return m
	}
	patches, err := scenario.Patches(design)
	require.NoError(s.t, err)
	patched, err := kernel.Sources(patches...)
	require.NoError(s.t, err)
	m := map[string][]int{}
	for i, f := range kernel.Base() {
		require.Equal(s.t, f.Name, patched[i].Name, "a patch adds a file")
		m[f.Name] = common(strings.Split(string(f.Text), "\n"), strings.Split(string(patched[i].Text), "\n"))
	}
	s.lines[design] = m
	return m
}

// common returns for each line of b the line of a (from 1) that it is in a longest common
// subsequence of both, 0 if in none.
func common(a, b []string) []int {
	best := make([][]int, len(a)+1) // of the rests from here on
	for i := range best {
		best[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			best[i][j] = max(best[i+1][j], best[i][j+1])
			if a[i] == b[j] {
				best[i][j] = best[i+1][j+1] + 1
			}
		}
	}
	out := make([]int, len(b))
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			out[j] = i + 1
			i++
			j++
		case best[i+1][j] >= best[i][j+1]:
			i++
		default:
			j++
		}
	}
	return out
}

// of returns the statement that a source line stands for under a design; false if it is none of the
// kernel model, but of the script.
func (s *statements) of(design string, l spec.SourceLine) (statement, bool) {
	lines := s.baseLines(design)[l.Pos.File]
	if lines == nil {
		return statement{}, false
	}
	if at := lines[l.Pos.Line-1]; at > 0 {
		return statement{"", l.Pos.File, at, l.Text}, true
	}
	return statement{design, l.Pos.File, l.Pos.Line, l.Text}, true
}

// add notes what a pair fires. What is known already is not counted again, as that takes another
// exploration.
func (s *statements) add(p pair, b *scenario.Built, r *explorer.Result) {
	open := false
	for i, a := range b.Model.Actions {
		for _, l := range a.Source {
			st, ok := s.of(p.design, l)
			if !ok {
				continue
			}
			s.fired[st] = s.fired[st] || l.When == nil && r.Fired[i] > 0
			if strings.HasPrefix(l.Text, "NEVER(") || strings.HasPrefix(l.Text, "BOUND(") {
				s.never[st] = true
			}
			if strings.HasSuffix(l.Func, "_ready") {
				s.fired[st] = true // what an await asks for: a task that waits takes no step
			}
			open = open || r.Fired[i] > 0 && !s.fired[st] && !s.never[st]
		}
	}
	if !open {
		return
	}
	counts, err := explorer.CountLines(s.t.Context(), b.Model, explorer.Options{})
	require.NoError(s.t, err)
	for i, a := range b.Model.Actions {
		for k, l := range a.Source {
			if st, ok := s.of(p.design, l); ok && counts[i][k] > 0 {
				s.fired[st] = true
			}
		}
	}
}

// Each statement of the kernel model, and each that a design puts into it, is executed in some pair
// of a scenario and a design, or of a scenario and a mutant: ghost code that notes what must not be
// is for the latter. A NEVER is executed in none.
func TestEveryLineFires(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	s := &statements{t, map[statement]bool{}, map[statement]bool{}, map[string]map[string][]int{}}
	all := pairs(t)
	// What scripts may say and no built-in one does.
	rare, err := filepath.Glob("testdata/rare/*.sh")
	require.NoError(t, err)
	require.NotEmpty(t, rare)
	for _, path := range rare {
		sc, err := scenario.Load("./" + path)
		require.NoError(t, err)
		all = append(all, pair{sc: sc, design: scenario.BaseDesign})
	}
	for i, r := range reports {
		all = append(all, pair{sc: r.scenario(t, i), design: scenario.BaseDesign})
	}
	for _, m := range mutants {
		if strings.HasPrefix(m.mutant, "mutants/") {
			all = append(all, m.pair(t))
		}
	}
	prepare(t, all)
	slices.SortStableFunc(all, func(p, q pair) int { // the small ones first
		_, a := reduced(t, p)
		_, b := reduced(t, q)
		return cmp.Compare(a.Distinct, b.Distinct)
	})
	for _, p := range all {
		b, r := reduced(t, p)
		s.add(p, b, r)
	}
	var wrong []string
	seen := map[string]bool{} // places of the base that some step stands for
	for st, fired := range s.fired {
		if st.design == "" {
			seen[fmt.Sprintf("%s:%d", st.file, st.line)] = true
		}
		switch {
		case !s.never[st] && !fired:
			wrong = append(wrong, st.String()+": executed in no scenario")
		case s.never[st] && fired:
			wrong = append(wrong, st.String()+": executed, though it says never")
		}
	}
	for _, st := range written(t) {
		if !seen[fmt.Sprintf("%s:%d", st.file, st.line)] {
			wrong = append(wrong, st.String()+": no step of any scenario stands for it")
		}
	}
	slices.Sort(wrong)
	require.Empty(t, wrong, "%s", strings.Join(wrong, "\n"))
}

// Lines that are no statements, or that no step stands for: declarations without a value, jumps,
// barriers, which sequentially consistent memory does not need, what a worker is from its start,
// waiting for ever, and the end of the set-up.
var notSteps = regexp.MustCompile(`^(return( \w+)?|break|continue|smp_mb\(\)|(struct |enum )?\w+ \*?\w+(, \*?\w+)*|current->(PF_KTHREAD|idle_worker) = true);$|^\} while|^hangs |^await\(scenario_running\)`)

// written returns the simple statements in the bodies of the base's functions, as they stand there:
// what is called by nobody is in no model.
func written(t *testing.T) []statement {
	t.Helper()
	property := regexp.MustCompile(`^(INVARIANT|AT_REST|CAN_REST|COVER|EVENTUALLY|LEADS_TO|NOT_PROMISED|SITUATION)\(`)
	var out []statement
	for _, f := range kernel.Base() {
		if f.Name == "properties.c" || !strings.HasSuffix(f.Name, ".c") {
			continue
		}
		inside, comment, initial, buffers := false, false, false, false
		for i, l := range strings.Split(string(f.Text), "\n") {
			text := strings.TrimSpace(l)
			// What only total store order has is executed by the pairs of testdata/slow.
			buffers = buffers && text != "#endif" || text == "#ifdef MCHECK_TSO"
			comment = comment || strings.HasPrefix(text, "/*")
			switch {
			case l == "{":
				inside = !initial
			case l == "}":
				inside = false
			case inside && !comment && !buffers && strings.HasSuffix(text, ";") && !notSteps.MatchString(text):
				out = append(out, statement{"", f.Name, i + 1, text})
			}
			initial = l == "INIT" // what it does is no step
			require.False(t, property.MatchString(l), "%s:%d: a property outside properties.c", f.Name, i+1)
			comment = comment && !strings.Contains(text, "*/")
		}
	}
	require.Greater(t, len(out), 100)
	return out
}

func TestCommonLines(t *testing.T) {
	require.Equal(t, []int{1, 0, 3, 4, 0}, common([]string{"a", "b", "c", "d"}, []string{"a", "x", "c", "d", "e"}))
	require.Equal(t, []int{2, 3}, common([]string{"a", "b", "c"}, []string{"b", "c"}))
	require.Equal(t, []int{1, 2, 0}, common([]string{"a", "b"}, []string{"a", "b", "b"}))
	require.Empty(t, common([]string{"a"}, nil))
}
