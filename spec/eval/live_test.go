package eval_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
	"mcheck/spec/eval"
)

func verdict(t *testing.T, m *spec.Model, p *spec.Property) eval.Verdict {
	t.Helper()
	m.Properties = []*spec.Property{p}
	return explore(t, m, eval.Options{}).Properties[0].Verdict
}

// 0 -A-> 1, 1 -B-> 0, 1 -C-> 2, 2 -D-> 2. A behaviour can go round 0, 1 for ever; C is enabled
// there again and again, but not always.
func TestFairness(t *testing.T) {
	m, v := counter(3, func(n spec.Expr) []*spec.Action {
		return []*spec.Action{jump("A", n, false, 0, 1), jump("B", n, false, 1, 0), jump("C", n, false, 1, 2), jump("D", n, false, 2, 2)}
	})
	a, b, c, d := m.Actions[0], m.Actions[1], m.Actions[2], m.Actions[3]
	d.Fairness = spec.WeakFairness // never enabled as a step that changes something
	reach := func(n int64) *spec.Property { return prop("Reach", spec.Eventually, nil, is(v, n)) }
	for _, tc := range []struct {
		a, b, c spec.Fairness
		p       *spec.Property
		want    eval.Verdict
	}{
		{spec.WeakFairness, spec.NoFairness, spec.NoFairness, reach(2), eval.Violated},
		// round and round
		{spec.WeakFairness, spec.NoFairness, spec.WeakFairness, reach(2), eval.Violated},
		{spec.WeakFairness, spec.NoFairness, spec.StrongFairness, reach(2), eval.Holds},
		// stays at 0
		{spec.NoFairness, spec.NoFairness, spec.StrongFairness, reach(2), eval.Violated},
		// stays at 2, where nothing is enabled
		{spec.WeakFairness, spec.WeakFairness, spec.NoFairness, reach(0), eval.Violated},
		{spec.WeakFairness, spec.NoFairness, spec.NoFairness, prop("FromTwo", spec.Eventually, is(v, 2), is(v, 2)), eval.Holds},
		{spec.WeakFairness, spec.NoFairness, spec.NoFairness, prop("FromThree", spec.Eventually, is(v, 3), is(v, 2)), eval.Vacuous},
		{spec.WeakFairness, spec.NoFairness, spec.NoFairness, &spec.Property{Name: "Out", Kind: spec.LeadsTo, From: is(v, 0), Cond: is(v, 1)}, eval.Holds},
		{spec.WeakFairness, spec.WeakFairness, spec.NoFairness, &spec.Property{Name: "Back", Kind: spec.LeadsTo, From: is(v, 1), Cond: is(v, 0)}, eval.Violated},
		{spec.NoFairness, spec.WeakFairness, spec.NoFairness, &spec.Property{Name: "Same", Kind: spec.LeadsTo, From: is(v, 1), Cond: spec.Bin(spec.Ne, spec.V(v), spec.Int(1))}, eval.Holds},
		{spec.NoFairness, spec.NoFairness, spec.WeakFairness, &spec.Property{Name: "Whatever", Kind: spec.LeadsTo, When: is(v, 2), From: is(v, 1), Cond: spec.F}, eval.Vacuous},
	} {
		a.Fairness, b.Fairness, c.Fairness = tc.a, tc.b, tc.c
		require.Equal(t, tc.want, verdict(t, m, tc.p), "%s, A %s, B %s, C %s", tc.p.Name, tc.a, tc.b, tc.c)
	}
}

// Fairness is per actor: that a flips its bit for ever is no excuse for b, unless nobody in
// particular is the actor.
func TestFairnessPerActor(t *testing.T) {
	x := &spec.Var{Name: "x", Type: &spec.ArrayType{Index: tasks, Elem: spec.Bool}}
	p := &spec.Param{Name: "p", Type: tasks}
	flip := &spec.Action{
		Name: "Flip", Params: []*spec.Param{p}, Actor: 0, Fairness: spec.WeakFairness,
		Body: &spec.Do{Updates: []spec.Update{spec.Set(x, spec.Un(spec.Not, spec.At(x, spec.P(p))), spec.P(p))}},
	}
	m := &spec.Model{Name: "Flips", Enums: []*spec.EnumType{tasks}, Vars: []*spec.Var{x}, Actions: []*spec.Action{flip}}
	b := prop("B", spec.Eventually, nil, spec.At(x, tasks.Val("b")))
	require.Equal(t, eval.Holds, verdict(t, m, b))
	flip.Actor = -1
	require.Equal(t, eval.Violated, verdict(t, m, b))
}

// Fairness is the actor's, not the action's: a coin is turned again and again, and a task that can
// leave by one way while it shows heads, and by another while it shows tails, can always leave. Two
// actors that can leave only half of the time each need not.
func TestFairnessOfAllActions(t *testing.T) {
	one := &spec.EnumType{Name: "Task", Values: []string{"a"}, Symbolic: true}
	coin, gone := &spec.Var{Name: "coin", Type: spec.Bool, Init: spec.F}, &spec.Var{Name: "gone", Type: spec.Bool, Init: spec.F}
	turn := &spec.Action{Name: "Turn", Actor: -1, Body: &spec.Do{Updates: []spec.Update{spec.Set(coin, spec.Un(spec.Not, spec.V(coin)))}}}
	leave := func(name string, heads spec.Expr, only []int64) *spec.Action {
		return &spec.Action{Name: name, Actor: 0, Params: []*spec.Param{{Name: "t", Type: one, Only: only}}, Fairness: spec.WeakFairness,
			Guard: spec.Bin(spec.Eq, spec.V(coin), heads), Body: &spec.Do{Updates: []spec.Update{spec.Set(gone, spec.T)}}}
	}
	turn.Fairness = spec.WeakFairness
	heads, tails := leave("Heads", spec.T, nil), leave("Tails", spec.F, []int64{0})
	m := &spec.Model{Name: "Coin", Enums: []*spec.EnumType{one}, Vars: []*spec.Var{coin, gone}, Actions: []*spec.Action{turn, heads, tails}}
	leaves := prop("Leaves", spec.Eventually, nil, spec.V(gone))
	require.Equal(t, eval.Holds, verdict(t, m, leaves))
	heads.Actor, tails.Actor = -1, -1
	require.Equal(t, eval.Violated, verdict(t, m, leaves))
}

// a and b take two steps each, b's first after a's first and a's second after b's first, with a
// tick of the machine between somewhere. Best is a b b a with two switches; a search that prefers a
// finds a b a b.
func TestFewestSwitches(t *testing.T) {
	two := &spec.EnumType{Name: "Task", Values: []string{"a", "b"}, Symbolic: true}
	n := &spec.Var{Name: "n", Type: &spec.ArrayType{Index: two, Elem: &spec.RangeType{Lo: 0, Hi: 2}}}
	k := &spec.Param{Name: "k", Type: two}
	n.Init = &spec.Quant{Op: spec.MapOf, Param: k, Body: spec.Int(0)}
	ticked := &spec.Var{Name: "ticked", Type: spec.Bool, Init: spec.F}
	p := &spec.Param{Name: "p", Type: two}
	a, b := spec.At(n, two.Val("a")), spec.At(n, two.Val("b"))
	mine := spec.At(n, spec.P(p))
	step := &spec.Action{
		Name: "Step", Params: []*spec.Param{p}, Actor: 0,
		Guard: spec.All(
			spec.Bin(spec.Lt, mine, spec.Int(2)),
			spec.Bin(spec.Implies, spec.Bin(spec.Eq, spec.P(p), two.Val("b")), spec.Bin(spec.Gt, a, spec.Int(0))),
			spec.Bin(spec.Implies, spec.All(spec.Bin(spec.Eq, spec.P(p), two.Val("a")), spec.Bin(spec.Eq, a, spec.Int(1))), spec.Bin(spec.Gt, b, spec.Int(0)))),
		Body: &spec.Do{Updates: []spec.Update{spec.Set(n, spec.Bin(spec.Add, mine, spec.Int(1)), spec.P(p))}},
	}
	tick := &spec.Action{Name: "Tick", Actor: -1, Kind: spec.ActorMachine, Guard: spec.Un(spec.Not, spec.V(ticked)), Body: &spec.Do{Updates: []spec.Update{spec.Set(ticked, spec.T)}}}
	done := spec.All(spec.V(ticked), spec.Bin(spec.Eq, a, spec.Int(2)), spec.Bin(spec.Eq, b, spec.Int(2)))
	m := &spec.Model{
		Name: "Turns", Enums: []*spec.EnumType{two}, Vars: []*spec.Var{n, ticked}, Actions: []*spec.Action{step, tick},
		Properties: []*spec.Property{prop("NeverDone", spec.Invariant, nil, spec.Un(spec.Not, done)), prop("Fine", spec.Invariant, nil, spec.T)},
	}
	r := explore(t, m, eval.Options{})
	require.Equal(t, 6, r.Properties[0].Length)
	require.Equal(t, 3, eval.Switches(r.Trace(r.Properties[0].State)))
	got, ok := r.FewestSwitches(0)
	require.True(t, ok)
	require.Equal(t, 2, got)
	_, ok = r.FewestSwitches(1)
	require.False(t, ok)
}
