package eval_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
	"mcheck/spec/eval"
)

// counter is a number that starts at 0 and can take the given steps.
func counter(hi int64, acts func(n spec.Expr) []*spec.Action) (*spec.Model, *spec.Var) {
	v := &spec.Var{Name: "n", Type: &spec.RangeType{Lo: 0, Hi: hi}, Init: spec.Int(0)}
	m := &spec.Model{Name: "Counter", Vars: []*spec.Var{v}, Actions: acts(spec.V(v))}
	for _, a := range m.Actions {
		for i := range a.Body.(*spec.Do).Updates {
			a.Body.(*spec.Do).Updates[i].Var = v
		}
	}
	return m, v
}

// jump is an action from one number to others.
func jump(name string, n spec.Expr, optional bool, from, to int64) *spec.Action {
	return &spec.Action{
		Name: name, Actor: -1, Optional: optional, Guard: spec.Bin(spec.Eq, n, spec.Int(from)),
		Body: &spec.Do{Updates: []spec.Update{{Value: spec.Int(to)}}},
	}
}

func is(v *spec.Var, n int64) spec.Expr { return spec.Bin(spec.Eq, spec.V(v), spec.Int(n)) }

func prop(name string, k spec.PropertyKind, when, cond spec.Expr) *spec.Property {
	return &spec.Property{Name: name, Kind: k, When: when, Cond: cond}
}

func explore(t *testing.T, m *spec.Model, opt eval.Options) *eval.Result {
	t.Helper()
	require.Empty(t, spec.Check(m))
	r, err := eval.Explore(m, opt)
	require.NoError(t, err)
	return r
}

// The graph is 0 -> 1 -> 2 -> 3, 1 -> 4, 4 <-> 5, 3 -> 3 (owed, changes nothing), 2 -> 0
// (optional), 3 -> 1 (optional). At rest is 3 only: from 2 the owed step to 3 exists, in 3 the owed
// step changes nothing. From 4 and 5 there is no way to 3.
func TestRestAndVerdicts(t *testing.T) {
	m, v := counter(6, func(n spec.Expr) []*spec.Action {
		return []*spec.Action{
			jump("A", n, false, 0, 1), jump("B", n, false, 1, 2), jump("C", n, false, 2, 3), jump("D", n, false, 1, 4),
			jump("E", n, false, 4, 5), jump("F", n, false, 5, 4), jump("G", n, false, 3, 3), jump("H", n, true, 2, 0), jump("I", n, true, 3, 1),
		}
	})
	le := func(k int64) spec.Expr { return spec.Bin(spec.Le, spec.V(v), spec.Int(k)) }
	m.Properties = []*spec.Property{
		prop("Small", spec.Invariant, nil, le(5)),
		prop("NotFour", spec.Invariant, nil, spec.Bin(spec.Ne, spec.V(v), spec.Int(4))),
		prop("Nothing", spec.Invariant, is(v, 6), spec.F),
		prop("RestAtThree", spec.AtRest, nil, is(v, 3)),
		prop("RestNever", spec.AtRest, nil, spec.F),
		prop("RestAtFour", spec.AtRest, is(v, 4), spec.F),
		prop("Dead", spec.Deadlock, nil, spec.F),
		prop("AlwaysRests", spec.CanRest, nil, spec.T),
		prop("LowRests", spec.CanRest, le(3), spec.T),
		prop("RestsAtTwo", spec.CanRest, is(v, 0), is(v, 2)),
		prop("RestsFromSix", spec.CanRest, is(v, 6), spec.T),
		prop("SeesFive", spec.Cover, nil, is(v, 5)),
		prop("SeesSix", spec.Cover, nil, is(v, 6)),
		prop("SeesFromSix", spec.Cover, is(v, 6), spec.T),
	}
	r := explore(t, m, eval.Options{})
	require.True(t, r.Complete)
	require.Equal(t, []int64{1, 1, 2, 2}, r.Levels) // 0; 1; 2, 4; 3, 5
	require.EqualValues(t, 6, r.Distinct)
	require.EqualValues(t, 9, r.Transitions) // each action once
	require.EqualValues(t, 10, r.Generated)
	require.Equal(t, 4, r.Depth)
	require.EqualValues(t, 1, r.Rest)
	type row struct {
		verdict    eval.Verdict
		situations int64
		hits       int64
		length     int
	}
	want := map[string]row{
		"Small":        {eval.Holds, 6, 0, 0},
		"NotFour":      {eval.Violated, 6, 1, 3},
		"Nothing":      {eval.Vacuous, 0, 0, 0},
		"RestAtThree":  {eval.Holds, 1, 0, 0},
		"RestNever":    {eval.Violated, 1, 1, 4},
		"RestAtFour":   {eval.Vacuous, 0, 0, 0},
		"Dead":         {eval.Violated, 1, 1, 4},
		"AlwaysRests":  {eval.Violated, 6, 1, 3}, // at 4
		"LowRests":     {eval.Holds, 4, 1, 0},
		"RestsAtTwo":   {eval.Violated, 1, 0, 1},
		"RestsFromSix": {eval.Vacuous, 0, 1, 0},
		"SeesFive":     {eval.Holds, 6, 1, 4},
		"SeesSix":      {eval.Violated, 6, 0, 0},
		"SeesFromSix":  {eval.Vacuous, 0, 0, 0},
	}
	for _, p := range r.Properties {
		require.Equal(t, want[p.Property.Name], row{p.Verdict, p.Situations, p.Hits, p.Length}, p.Property.Name)
	}
	tr := r.Trace(r.Properties[1].State)
	require.Len(t, tr, 3)
	require.Nil(t, tr[0].Action)
	require.Equal(t, "D", tr[2].Action.Name)
	require.EqualValues(t, 4, tr[2].State[0].N)
}

// A state that is not running has no successors, is not at rest, and still counts.
func TestNotRunning(t *testing.T) {
	m, v := counter(3, func(n spec.Expr) []*spec.Action {
		return []*spec.Action{jump("A", n, false, 0, 1), jump("B", n, false, 1, 2)}
	})
	m.Running = spec.Bin(spec.Ne, spec.V(v), spec.Int(1))
	r := explore(t, m, eval.Options{})
	require.EqualValues(t, 2, r.Distinct)
	require.EqualValues(t, 0, r.Rest)
	require.Equal(t, []int64{1, 0}, r.Fired)
}

// n goes up without end from -1 (outside the constraint, so that it is only checked) or 0; the
// constraint cuts at 2. 3 is generated and breaks the invariant, but is not distinct and never in
// the situation; its own successor does not exist.
func TestConstraint(t *testing.T) {
	v := &spec.Var{Name: "n", Type: &spec.RangeType{Lo: -1, Hi: 9}}
	n := spec.V(v)
	m := &spec.Model{
		Name: "Up", Vars: []*spec.Var{v}, InitWhere: spec.Bin(spec.Le, n, spec.Int(0)),
		Constraint: spec.Bin(spec.And, spec.Bin(spec.Ge, n, spec.Int(0)), spec.Bin(spec.Le, n, spec.Int(2))),
		Actions:    []*spec.Action{{Name: "Inc", Actor: -1, Body: &spec.Do{Updates: []spec.Update{spec.Set(v, spec.Bin(spec.Add, n, spec.Int(1)))}}}},
		Properties: []*spec.Property{
			prop("BelowThree", spec.Invariant, nil, spec.Bin(spec.Lt, n, spec.Int(3))),
			prop("NotNegative", spec.Invariant, nil, spec.Bin(spec.Ge, n, spec.Int(0))),
			prop("AtThree", spec.Invariant, is(v, 3), spec.T),
			prop("SeesThree", spec.Cover, nil, is(v, 3)),
			prop("Rests", spec.AtRest, nil, spec.F),
			prop("Dead", spec.Deadlock, nil, spec.F),
		},
	}
	r := explore(t, m, eval.Options{})
	require.True(t, r.Complete)
	require.Equal(t, []int64{1, 1, 1}, r.Levels)
	require.EqualValues(t, 2, r.Initial)
	require.EqualValues(t, 5, r.Generated) // -1, 0, then 1, 2, 3
	require.Equal(t, []int{0}, r.Init)
	require.Equal(t, -1, r.Edges[2].To)
	require.EqualValues(t, 0, r.Rest) // the step out of the constraint is owed
	p := r.Properties
	require.Equal(t, eval.Violated, p[0].Verdict)
	require.Equal(t, 4, p[0].Length)
	require.Equal(t, -1, p[0].State)
	require.Equal(t, eval.Violated, p[1].Verdict)
	require.Equal(t, 1, p[1].Length)
	require.Equal(t, eval.Vacuous, p[2].Verdict)
	require.Equal(t, eval.Violated, p[3].Verdict)
	require.Equal(t, eval.Vacuous, p[4].Verdict)
	require.Equal(t, eval.Holds, p[5].Verdict) // nothing is at rest, so nothing is a deadlock
}

// The search ends at the first error; what was found violated before stays so, the rest is
// undecided.
func TestErrorEndsTheSearch(t *testing.T) {
	m, v := counter(2, func(n spec.Expr) []*spec.Action {
		return []*spec.Action{{Name: "Inc", Actor: -1, Body: &spec.Do{Updates: []spec.Update{{Value: spec.Bin(spec.Add, n, spec.Int(1))}}}}}
	})
	m.Properties = []*spec.Property{
		prop("NotOne", spec.Invariant, nil, spec.Bin(spec.Ne, spec.V(v), spec.Int(1))),
		prop("True", spec.Invariant, nil, spec.T),
	}
	r := explore(t, m, eval.Options{})
	require.False(t, r.Complete)
	require.EqualError(t, r.Err, "action Inc: body: 3 is outside 0..2 in n := n + 1")
	require.Equal(t, 3, r.ErrDepth)
	require.Equal(t, eval.Violated, r.Properties[0].Verdict)
	require.Equal(t, eval.Undecided, r.Properties[1].Verdict)

	m.Properties = []*spec.Property{prop("Bad", spec.Invariant, nil, spec.Bin(spec.Eq, spec.Bin(spec.Div, spec.Int(1), spec.Bin(spec.Sub, spec.Int(1), spec.V(v))), spec.Int(1)))}
	r = explore(t, m, eval.Options{})
	require.EqualError(t, r.Err, "property Bad: Cond: the divisor is 0 in 1 div (1 - n)")
	require.Equal(t, 2, r.ErrDepth)
}

func TestLimit(t *testing.T) {
	m, v := counter(9, func(n spec.Expr) []*spec.Action {
		return []*spec.Action{{Name: "Inc", Actor: -1, Guard: spec.Bin(spec.Lt, n, spec.Int(9)), Body: &spec.Do{Updates: []spec.Update{{Value: spec.Bin(spec.Add, n, spec.Int(1))}}}}}
	})
	m.Properties = []*spec.Property{prop("True", spec.Invariant, nil, spec.T), prop("NotZero", spec.Invariant, nil, spec.Bin(spec.Ne, spec.V(v), spec.Int(0)))}
	r := explore(t, m, eval.Options{Limit: 4})
	require.False(t, r.Complete)
	require.Nil(t, r.Err)
	require.Equal(t, eval.Undecided, r.Properties[0].Verdict)
	require.Equal(t, eval.Violated, r.Properties[1].Verdict)
	require.True(t, explore(t, m, eval.Options{Limit: 10}).Complete)
}
