package explorer

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
	"mcheck/spec/classic"
)

// A counter to 4, its parity beside it, twice, a switch that anybody may turn, and something that
// stays: 5 · 2 states.
func TestSurvey(t *testing.T) {
	to := func(hi int64) *spec.RangeType { return &spec.RangeType{Lo: 0, Hi: hi} }
	n := &spec.Var{Name: "n", Type: to(6), Init: spec.Int(0)}
	odd := &spec.Var{Name: "odd", Type: spec.Bool, Init: spec.F}
	on := &spec.Var{Name: "on", Type: spec.Bool, Init: spec.F}
	still := &spec.Var{Name: "still", Type: to(3), Init: spec.Int(2)}
	three := &spec.SetType{Elem: &spec.EnumType{Name: "Three", Values: []string{"a", "b", "c"}}}
	last := &spec.Composite{T: three, Elems: []spec.Expr{&spec.Lit{N: 2, T: three.Elem}}}
	// c while odd: the others take no bits
	held := &spec.Var{Name: "held", Type: three, Init: &spec.Composite{T: three}}
	m := &spec.Model{Name: "Count", Enums: []*spec.EnumType{three.Elem.(*spec.EnumType)}, Vars: []*spec.Var{n, odd, on, still, held}, Actions: []*spec.Action{
		{Name: "Up", Actor: -1, Guard: spec.Bin(spec.Lt, spec.V(n), spec.Int(4)), Body: &spec.Do{Updates: []spec.Update{
			spec.Set(n, spec.Bin(spec.Add, spec.V(n), spec.Int(1))), spec.Set(odd, spec.Un(spec.Not, spec.V(odd))),
			spec.Set(held, &spec.If{Cond: spec.V(odd), Then: held.Init, Else: last})}}},
		{Name: "Turn", Actor: -1, Body: &spec.Do{Updates: []spec.Update{spec.Set(on, spec.Un(spec.Not, spec.V(on)))}}},
	}}
	require.Empty(t, spec.Check(m))
	for _, workers := range []int{1, 2} {
		r, err := Explore(t.Context(), m, Options{Workers: workers, Survey: true})
		require.NoError(t, err)
		require.Equal(t, int64(10), r.Distinct)
		require.Equal(t, []VarSurvey{
			// Without n there are odd and on: 4 states.
			{Var: n, Bits: 3, Values: 5, Without: 4, Cells: []CellSurvey{{Name: "n", Bits: 3, Values: 5}}},
			{Var: odd, Bits: 1, Values: 2, Without: 10, Cells: []CellSurvey{{Name: "odd", Bits: 1, Values: 2}}},
			{Var: on, Bits: 1, Values: 2, Without: 5, Cells: []CellSurvey{{Name: "on", Bits: 1, Values: 2}}},
			{Var: still, Values: 1, Without: 10},
			{Var: held, Bits: 1, Values: 2, Without: 10, Cells: []CellSurvey{{Name: "held", Bits: 1, Values: 2}}},
		}, r.Survey)
	}
}

// A survey of a search that was stopped is about what was visited, and workers make no difference.
func TestSurveyOfAll(t *testing.T) {
	m := classic.TwoPhase(6)
	one, err := Explore(t.Context(), m, Options{Workers: 1, Survey: true})
	require.NoError(t, err)
	two, err := Explore(t.Context(), m, Options{Workers: 2, Survey: true})
	require.NoError(t, err)
	require.Equal(t, one.Survey, two.Survey)
	total := 0
	for _, v := range one.Survey {
		total += v.Bits
		require.LessOrEqual(t, v.Without, one.Distinct)
	}
	require.Equal(t, one.StateBits, total)
	some, err := Explore(t.Context(), m, Options{MaxDepth: 3, Survey: true})
	require.NoError(t, err)
	require.False(t, some.Complete)
	for _, v := range some.Survey {
		require.LessOrEqual(t, v.Values, some.Distinct)
	}
}

func TestCounter(t *testing.T) {
	for _, n := range []int64{0, 1, 1000, countedExactly, countedExactly + 1, 30_000, 100_000, 3_000_000} {
		c, even, odd := &counter{}, &counter{}, &counter{}
		for i := range n {
			h := mix(uint64(i))
			c.add(h)
			c.add(h)
			if i%2 == 0 {
				even.add(h)
			} else {
				odd.add(h)
			}
		}
		got, exact := c.count()
		require.Equal(t, n <= countedExactly, exact)
		if exact {
			require.Equal(t, n, got)
		} else {
			require.InEpsilon(t, n, got, 0.03) // more than three times the standard error
		}
		even.merge(odd)
		merged, _ := even.count()
		require.Equal(t, got, merged, "%d", n)
		odd.merge(&counter{})
		_, alsoExact := odd.count()
		require.Equal(t, n/2 <= countedExactly, alsoExact)
	}
}
