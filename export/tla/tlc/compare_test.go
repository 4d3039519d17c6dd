package tlc_test

import (
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

// jar finds TLC: these tests are worth nothing without it.
func jar(t *testing.T) string {
	t.Helper()
	j, err := tlc.Find("")
	require.NoError(t, err)
	return j
}

// neverFalse is how the report begins to name properties that are true in every state, reachable or
// not, as far as was tried.
const neverFalse = "what is exported where a property is false: no such state was found for "

// A model with every construct, the expectation from the reference evaluator.
func TestWorkshop(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	m := tlatest.Workshop()
	want := tlatest.Expect(t, m)
	r, err := tlc.Compare(t.Context(), jar(t), m, want, tlc.CompareOptions{})
	require.NoError(t, err)
	require.Empty(t, r.Disagreements)
	// of at most four jobs more than seven are done in no state at all
	require.Equal(t, []string{neverFalse + "Never"}, r.NotCompared)
	require.Contains(t, r.Version, "TLC2 Version 2.")
	var violated, vacuous int
	for _, p := range want.Properties {
		switch p.Verdict {
		case explorer.Violated:
			violated++
		case explorer.Vacuous:
			vacuous++
		case explorer.Holds, explorer.Undecided:
		}
	}
	require.Positive(t, violated, "the model should have something to refute")
	require.Positive(t, vacuous)
	require.Contains(t, r.Compared, "NotBroken: TLC confirms mcheck's behaviour")
	require.Contains(t, r.Compared, "ComesToRest: violated, on TLC's graph")
}

// Models in which the printer finds what to share, the expectation from the reference evaluator.
func TestShared(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	for _, c := range []struct {
		m        *spec.Model
		compared []string
		not      []string
	}{
		{tlatest.Depot(), []string{"NoFail: TLC confirms mcheck's behaviour",
			// four rounds put two boxes on the shelf, not three
			"hold in TLC: TypeOK, NeverFull, NobodyGone"},
			[]string{neverFalse + "NobodyGone"}}, // its situation is false
		// bob sweeps, ann goes home
		{tlatest.Ways(), []string{"Dark: TLC confirms mcheck's behaviour"}, nil},
	} {
		t.Run(c.m.Name, func(t *testing.T) {
			want := tlatest.Expect(t, c.m)
			r, err := tlc.Compare(t.Context(), jar(t), c.m, want, tlc.CompareOptions{})
			require.NoError(t, err)
			require.Empty(t, r.Disagreements)
			require.Equal(t, c.not, r.NotCompared)
			require.Subset(t, r.Compared, append(c.compared, "generated states of each action"))
		})
	}
}

// TLC on our export gives the published counts, and the explorer's graph.
func TestClassic(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	names := map[string]bool{"Lock": true, "DieHard": true, "TCommit": true, "Peterson": true, "Barrier": true, "AlternatingBit": true, "TwoPhase": true,
		"EWD840": true, "SpanTree": true, "InnerFIFO": true, "ReadersWriters": true, "ReadersWriters2": true}
	for _, e := range classic.Models {
		if !names[e.Name] {
			continue
		}
		delete(names, e.Name)
		t.Run(e.Name, func(t *testing.T) {
			m := e.Build()
			want, err := explorer.Explore(t.Context(), m, explorer.Options{Graph: e.Distinct <= tlc.GraphLimit})
			require.NoError(t, err)
			r, err := tlc.Compare(t.Context(), jar(t), m, want, tlc.CompareOptions{})
			require.NoError(t, err)
			require.Empty(t, r.Disagreements)
			require.Equal(t, e.Distinct, r.Distinct)
			require.Equal(t, e.Generated, r.Generated)
			require.Equal(t, e.Depth, r.Depth)
			if e.Distinct <= tlc.GraphLimit {
				require.Contains(t, r.Compared, "generated states of each action")
			}
		})
	}
	require.Empty(t, names, "no such models")
}

// The verdicts on the temporal properties of Lanes: the barge may come whenever no car is on the
// bridge, so a car can enter again and again but not always: strong fairness of each car's entering
// lets both cross, weak fairness of opening ends each closure; nothing makes a barge come.
func TestTemporal(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	m := tlatest.Lanes()
	want := tlatest.Expect(t, m)
	verdicts := map[string]explorer.Verdict{"_Crosses": explorer.Holds, "Returns": explorer.Holds, "Opens": explorer.Holds, "Barges": explorer.Violated}
	for i := range want.Properties {
		want.Properties[i].Verdict = verdicts[want.Properties[i].Property.Name]
	}
	r, err := tlc.Compare(t.Context(), jar(t), m, want, tlc.CompareOptions{})
	require.NoError(t, err)
	require.Empty(t, r.Disagreements)
	require.Contains(t, r.Compared, "hold in TLC under fairness: _Crosses, Returns, Opens")
	require.Contains(t, r.Compared, "Barges: violated")

	want.Properties[0].Verdict, want.Properties[3].Verdict = explorer.Violated, explorer.Holds
	r, err = tlc.Compare(t.Context(), jar(t), m, want, tlc.CompareOptions{})
	require.NoError(t, err)
	require.Len(t, r.Disagreements, 2)
	require.Contains(t, r.Disagreements[0], "_Crosses: mcheck says violated, TLC says it holds")
	require.Contains(t, r.Disagreements[1], "TLC says that one is violated")
}

// Exports that are wrong, one way each, are caught by the line that says so.
func TestWrongExportIsCaught(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	peterson := func(t *testing.T) (*spec.Model, *explorer.Result) {
		m := classic.Peterson()
		return m, tlatest.Expect(t, m)
	}
	ewd := func(t *testing.T) (*spec.Model, *explorer.Result) {
		m := classic.EWD840(3)
		return m, tlatest.Expect(t, m)
	}
	for _, c := range []struct {
		name     string
		model    func(*testing.T) (*spec.Model, *explorer.Result)
		old, new string
		lines    []string // each is part of a line of the report
	}{
		{"dropped guard", peterson, "  /\\ (~c[3 - i] \\/ turn = i) = TRUE\n", "",
			[]string{"TLC says violated after 8 states, mcheck says it holds", "edges of Enter are only in TLC", "generated by Enter: TLC"}},
		{"changed constant", peterson, `pc' = [pc EXCEPT ![i] = "cs"]`, `pc' = [pc EXCEPT ![i] = "a4"]`,
			[]string{"distinct states: TLC", "edges of Enter are only in TLC", "edges of Enter are only in mcheck"}},
		{"lost action", peterson, "\\/ Enter(i)", "\\/ FALSE", []string{"distinct states: TLC", "generated states: TLC"}},
		{"changed update", peterson, "turn' = 3 - i", "turn' = i", []string{"edges of Yield are only in TLC"}},
		{"missing UNCHANGED", peterson, "  /\\ UNCHANGED turn\n", "", []string{"TLC reports an error: Successor state is not completely specified"}},
		{"type error", peterson, "turn' = 3 - i", "turn' = 3 + i", []string{"TypeOK: TLC says violated", "is none of the model"}},
		{"no parse", peterson, "turn' = 3 - i", "turn' = = 3", []string{"TLC reports an error: ***Parse Error***"}},
		{"initial states", ewd, "tb = TRUE", "tb \\in BOOLEAN", []string{"generated states: TLC", "192 initial states are only in TLC"}},
		// TLC takes the bare disjunction apart: by the published count of true alternatives, 112
		// successors of Probe instead of 80.
		{"split guard", ewd, "(tb \\/ blk[0]) = TRUE", "(tb \\/ blk[0])", []string{"generated states: TLC 1849, mcheck 1817", "generated by Probe: TLC 112, mcheck 80"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, want := c.model(t)
			s, err := tla.Module(m)
			require.NoError(t, err)
			require.Contains(t, s.Module, c.old)
			s.Module = strings.Replace(s.Module, c.old, c.new, 1)
			r, err := tlc.CompareSpec(t.Context(), jar(t), m, s, want, tlc.CompareOptions{NoTraces: true})
			require.NoError(t, err)
			require.False(t, r.Agree())
			all := strings.Join(r.Disagreements, "\n")
			for _, l := range c.lines {
				require.Contains(t, all, l)
			}
		})
	}
}

// Wrong results of the explorer are caught.
func TestWrongResultIsCaught(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	m := classic.DieHard()
	property := func(want *explorer.Result, name string) *explorer.PropertyResult {
		for i := range want.Properties {
			if want.Properties[i].Property.Name == name {
				return &want.Properties[i]
			}
		}
		require.Fail(t, "no property "+name)
		return nil
	}
	for _, c := range []struct {
		name  string
		wrong func(*explorer.Result)
		lines []string
	}{
		{"one state, one edge and one situation too few", func(want *explorer.Result) {
			want.Distinct--
			want.Rest++
			want.Depth++
			want.Fired[0]++
			want.Graph.Edges = want.Graph.Edges[1:]
			property(want, "NotFour").Situations--
		}, []string{"distinct states: TLC 16, mcheck 15", "depth: TLC 8, mcheck 9", "states at rest: TLC 0, mcheck 1", "only in TLC, not in mcheck, such as",
			"generated by FillSmall: TLC 16, mcheck 17", "NotFour: TLC finds 16 states in its situation, mcheck 15"}},
		{"holds", func(want *explorer.Result) { property(want, "NotFour").Verdict = explorer.Holds },
			[]string{"NotFour: TLC says violated after 7 states, mcheck says it holds"}},
		{"a longer trace", func(want *explorer.Result) {
			p := property(want, "NotFour")
			// Emptying the small jug, which is empty at first, changes nothing.
			empty := m.Actions[2]
			require.Equal(t, "EmptySmall", empty.Name)
			p.Trace = append(spec.Trace{p.Trace[0], {Action: empty, State: p.Trace[0].State}}, p.Trace[1:]...)
		}, []string{"NotFour: TLC's shortest behaviour has 7 states, mcheck's 8"}},
		{"a step that is none", func(want *explorer.Result) {
			p := property(want, "NotFour")
			p.Trace = append(spec.Trace{p.Trace[0], {Action: m.Actions[2], State: p.Trace[2].State}}, p.Trace[2:]...)
		}, []string{"NotFour: TLC refuses step 2 of mcheck's counterexample"}},
		{"an end that violates nothing", func(want *explorer.Result) {
			p := property(want, "NotFour")
			p.Trace = p.Trace[:3]
		}, []string{"NotFour: in TLC the last state of mcheck's counterexample does not decide it"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := tlatest.Expect(t, m)
			c.wrong(want)
			r, err := tlc.Compare(t.Context(), jar(t), m, want, tlc.CompareOptions{})
			require.NoError(t, err)
			all := strings.Join(r.Disagreements, "\n")
			for _, l := range c.lines {
				require.Contains(t, all, l)
			}
		})
	}
}

func TestIncompleteIsRefused(t *testing.T) {
	_, err := tlc.Compare(t.Context(), "", classic.Lock(), &explorer.Result{Reason: "stopped"}, tlc.CompareOptions{})
	require.ErrorContains(t, err, "stopped")
}

// TLC 2.18 takes FALSE ~> P and P ~> TRUE for violated, and whatever else has no variable on one
// side; the export prints none.
func TestTemporalCorners(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	m := build(t, "corners.c", `#include "mcheck.h"
static bool coin, gone;
TASK(turner, 1) { for (;;) { coin = true; coin = false; } }
TASK(p, 1) { if (choose(2) == 0) { await(coin); gone = true; } }
LEADS_TO(NoFrom, "", "") { FROM(false); return gone; }
LEADS_TO(Always, "", "") { FROM(coin); return true; }
LEADS_TO(Never, "", "") { FROM(coin); return false; }
LEADS_TO(Everywhere, "", "") { FROM(true); return coin; }
EVENTUALLY(InNone, "", "") { WHEN(false); return gone; }
EVENTUALLY(Unsaid, "", "") { return true; }
EVENTUALLY(Leaves, "", "") { return gone; }
`)
	want := tlatest.Expect(t, m)
	verdicts := map[string]explorer.Verdict{"NoFrom": explorer.Vacuous, "Always": explorer.Holds, "Never": explorer.Violated, "Everywhere": explorer.Holds,
		// it may choose not to
		"InNone": explorer.Vacuous, "Unsaid": explorer.Holds, "Leaves": explorer.Violated}
	for _, p := range want.Properties {
		if v, ok := verdicts[p.Property.Name]; ok {
			require.Equal(t, v, p.Verdict, p.Property.Name)
			delete(verdicts, p.Property.Name)
		}
	}
	require.Empty(t, verdicts)
	r, err := tlc.Compare(t.Context(), jar(t), m, want, tlc.CompareOptions{})
	require.NoError(t, err)
	require.Empty(t, r.Disagreements)
	require.Contains(t, r.Compared, "hold in TLC under fairness: NoFrom, Always, Everywhere, InNone, Unsaid")
}
