package tlc_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/explorer"
	"mcheck/export/tla"
	"mcheck/export/tla/internal/tlatest"
	"mcheck/export/tla/tlc"
	"mcheck/spec"
	"mcheck/spec/classic"
)

// together compares with few runs of TLC.
func together(t *testing.T, m *spec.Model, s *tla.Spec, want *explorer.Result) *tlc.Report {
	t.Helper()
	want.Graph = nil // which is the same run either way
	few, err := tlc.CompareSpec(t.Context(), jar(t), m, s, want, tlc.CompareOptions{})
	require.NoError(t, err)
	return few
}

// bothWays compares with few runs of TLC and with one for each property and counterexample, and
// requires the same report. It returns that, and how many runs were spared.
func bothWays(t *testing.T, m *spec.Model, s *tla.Spec, want *explorer.Result) (*tlc.Report, int) {
	t.Helper()
	few := together(t, m, s, want)
	many, err := tlc.CompareSpec(t.Context(), jar(t), m, s, want, tlc.CompareOptions{OneByOne: true})
	require.NoError(t, err)
	spared := many.Runs - few.Runs
	few.Runs, few.CPUSeconds = many.Runs, many.CPUSeconds
	require.Equal(t, withoutCounts(many), withoutCounts(few))
	return few, spared
}

// withoutCounts is the report without the lines about states that were counted: where a result is
// wrong, only the run for all properties may have come so far as to count.
func withoutCounts(r *tlc.Report) *tlc.Report {
	less := *r
	count := func(l string) bool {
		return strings.Contains(l, ": states that break it: ") || strings.HasPrefix(l, "states in the situation of each property")
	}
	less.Disagreements = slices.DeleteFunc(slices.Clone(r.Disagreements), count)
	less.Compared = slices.DeleteFunc(slices.Clone(r.Compared), count)
	return &less
}

// stairs climbs by one or two, first from 0 or 1; from 8 on it is outside the constraint. Several
// behaviours begin alike, two end in the same state, one is an initial state alone, one leaves the
// constraint.
func stairs() *spec.Model {
	x := &spec.Var{Name: "x", Type: &spec.RangeType{Lo: 0, Hi: 11}}
	is := func(n int64) spec.Expr { return spec.Bin(spec.Eq, spec.V(x), spec.Int(n)) }
	up := func(name string, n int64) *spec.Action {
		return &spec.Action{Name: name, Actor: -1, Guard: spec.Bin(spec.Lt, spec.V(x), spec.Int(9)),
			Body: &spec.Do{Updates: []spec.Update{spec.Set(x, spec.Bin(spec.Add, spec.V(x), spec.Int(n)))}}}
	}
	never := func(name string, n int64) *spec.Property {
		return &spec.Property{Name: name, Kind: spec.Invariant, Cond: spec.Un(spec.Not, is(n))}
	}
	return &spec.Model{Name: "Stairs", Vars: []*spec.Var{x}, InitWhere: spec.Bin(spec.Lt, spec.V(x), spec.Int(2)),
		Constraint: spec.Bin(spec.Lt, spec.V(x), spec.Int(8)),
		Actions:    []*spec.Action{up("One", 1), up("Two", 2)},
		Properties: []*spec.Property{never("NotOne", 1), never("NotFive", 5), never("NotSix", 6), never("NotNine", 9),
			{Name: "Eleven", Kind: spec.Cover, Cond: is(11)}}}
}

// One run for all properties and one for all counterexamples say what one for each says.
func TestTogether(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	t.Run("constraint", func(t *testing.T) {
		m := stairs()
		s, err := tla.Module(m)
		require.NoError(t, err)
		r, spared := bothWays(t, m, s, tlatest.Expect(t, m))
		require.Empty(t, r.Disagreements)
		require.Contains(t, r.Compared, "NotNine: violated after 5 states")
		require.Contains(t, r.Compared, "NotNine: TLC confirms mcheck's behaviour")
		require.Equal(t, 2*4+1-2, spared)
	})
	t.Run("symmetry", func(t *testing.T) {
		m := classic.TwoPhase(3)
		for _, a := range m.Actions[:3] { // what can happen, each at a level of its own
			enabled := a.Guard
			for _, q := range a.Params {
				enabled = &spec.Quant{Op: spec.Exists, Param: q, Body: enabled}
			}
			m.Properties = append(m.Properties, &spec.Property{Name: "Can" + a.Name, Kind: spec.Cover, Cond: enabled})
		}
		require.Empty(t, spec.Check(m))
		want, err := explorer.Explore(t.Context(), m, explorer.Options{Symmetry: true})
		require.NoError(t, err)
		require.NotEmpty(t, want.Symmetry)
		s, err := tla.Module(m, want.Symmetry...)
		require.NoError(t, err)
		r, spared := bothWays(t, m, s, want)
		require.Empty(t, r.Disagreements)
		require.Positive(t, spared)
	})
}

// An export or a result that is wrong is reported; in the same lines either way, for one of each
// (one for each property takes a dozen runs).
func TestTogetherCatchesTheSame(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	for _, c := range []struct {
		name     string
		old, new string
		wrong    func(want map[string]*explorer.PropertyResult)
		lines    []string // parts of the report
		bothWays bool
	}{
		{"changed constant", "x' = x + 2", "x' = x + 3", nil,
			[]string{"NotSix: TLC's shortest behaviour has 3 states, mcheck's 4", "NotSix: TLC refuses step 2 of mcheck's counterexample"}, true},
		{"changed property", "NotSix == x # 6", "NotSix == x # 60", nil, []string{"NotSix: mcheck says violated after 4 states, TLC finds no such state"}, false},
		{"lost action", `\/ Two`, `\/ FALSE`, nil, []string{"NotSix: TLC's shortest behaviour has 6 states, mcheck's 4"}, false},
		{"an error", "x' = x + 2", "x' = x + TRUE", nil, []string{"TLC reports an error"}, false},
		{"never, and without a trace", "", "", func(want map[string]*explorer.PropertyResult) { want["Eleven"].Verdict = explorer.Holds },
			[]string{"Eleven: mcheck says covered after 0 states, TLC finds no such state"}, false},
		{"wrong results", "", "", func(want map[string]*explorer.PropertyResult) {
			want["NotOne"].Verdict = explorer.Holds
			want["Eleven"].Verdict, want["Eleven"].Trace = explorer.Holds, want["NotNine"].Trace
			one := want["NotSix"].Trace // 0 or 1 at first, 6 at the end
			want["NotSix"].Trace = append(one[:1:1], one[2:]...)
			want["NotFive"].Trace = want["NotNine"].Trace
		}, []string{"NotOne: TLC says violated after 1 states, mcheck says it holds", "Eleven: mcheck says covered after", "NotSix: TLC refuses step 2 of mcheck's counterexample",
			"NotFive: TLC's shortest behaviour has 3 states, mcheck's 5", "NotFive: in TLC the last state of mcheck's counterexample does not decide it"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := stairs()
			want := tlatest.Expect(t, m)
			s, err := tla.Module(m)
			require.NoError(t, err)
			require.Contains(t, s.Module, c.old)
			s.Module = strings.Replace(s.Module, c.old, c.new, 1)
			if c.wrong != nil {
				by := map[string]*explorer.PropertyResult{}
				for i := range want.Properties {
					by[want.Properties[i].Property.Name] = &want.Properties[i]
				}
				c.wrong(by)
			}
			var r *tlc.Report
			if c.bothWays {
				r, _ = bothWays(t, m, s, want)
			} else {
				r = together(t, m, s, want)
			}
			for _, l := range c.lines {
				require.Contains(t, strings.Join(r.Disagreements, "\n"), l)
			}
		})
	}
}
