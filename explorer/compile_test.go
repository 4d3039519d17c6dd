package explorer

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
)

// What a guard is said to tell of a cell is so for every content of the cell with which the guard
// holds, and for no fewer than need be where the guard is a bound.
func TestFacts(t *testing.T) {
	const lo, hi = -2, 4
	c := cell{lo: lo, hi: hi, width: 3}
	x := c.read(0)
	for n := int64(lo); n <= hi; n++ {
		k := konst(n)
		for name, g := range map[string]struct {
			node  *node
			holds func(v int64) bool
		}{
			"=":  {eq(x, k), func(v int64) bool { return v == n }},
			"/=": {not(eq(x, k)), func(v int64) bool { return v != n }},
			"<":  {less(opLt, x, k), func(v int64) bool { return v < n }},
			"<=": {less(opLe, x, k), func(v int64) bool { return v <= n }},
			">":  {less(opLt, k, x), func(v int64) bool { return v > n }},
			">=": {less(opLe, k, x), func(v int64) bool { return v >= n }},
			"!<": {not(less(opLt, x, k)), func(v int64) bool { return v >= n }},
			"!>": {not(less(opLt, k, x)), func(v int64) bool { return v <= n }},
		} {
			got := facts{found: []interval{{lo, hi}}}.assume(g.node).of(x)
			want := interval{hi + 1, lo - 1}
			for v := int64(lo); v <= hi; v++ {
				if g.holds(v) {
					want = interval{min(want.lo, v), max(want.hi, v)}
				}
			}
			if want.lo > want.hi {
				want = interval{lo, hi} // never holds: nothing need be said
			}
			require.Equal(t, want, got, "x %s %d", name, n)
		}
	}
}

// Stores to places that are known only when they are made, and to fixed ones, keep their order.
func TestStoreOrder(t *testing.T) {
	index := &spec.RangeType{Lo: 0, Hi: 2}
	elem := &spec.RangeType{Lo: 0, Hi: 9}
	a := &spec.Var{Name: "a", Type: &spec.ArrayType{Index: index, Elem: elem}, Init: mapOf(index, "k", func(spec.Expr) spec.Expr { return spec.Int(0) })}
	i := &spec.Var{Name: "i", Type: index} // any
	sets := func(at spec.Expr, v int64) spec.Update { return spec.Set(a, &spec.Lit{N: v, T: elem}, at) }
	m := &spec.Model{Name: "Order", Vars: []*spec.Var{a, i}}
	for k, us := range [][]spec.Update{
		{sets(spec.V(i), 1), sets(spec.Int(0), 2)},
		{sets(spec.Int(0), 3), sets(spec.V(i), 4)},
		{sets(spec.V(i), 5), sets(spec.V(i), 6), sets(spec.Int(1), 7), sets(spec.V(i), 8), sets(spec.Int(2), 9)},
		// keeps what a[1] was
		{sets(spec.V(i), 1), spec.Set(a, spec.At(a, spec.Int(1)), spec.Int(1))},
	} {
		m.Actions = append(m.Actions, &spec.Action{Name: fmt.Sprint("A", k), Actor: -1, Body: do(us...)})
	}
	require.Empty(t, spec.Check(m))
	agree(t, m)
}

// A position must be in the very sequence that the index before it names.
func TestPositionInOneOfSeveralSequences(t *testing.T) {
	index := &spec.RangeType{Lo: 0, Hi: 1}
	seq := &spec.SeqType{Elem: index, Cap: 2}
	q := &spec.Var{Name: "q", Type: &spec.ArrayType{Index: index, Elem: seq}, Init: &spec.Composite{T: &spec.ArrayType{Index: index, Elem: seq}, Elems: []spec.Expr{
		&spec.Composite{T: seq}, &spec.Composite{T: seq, Elems: []spec.Expr{spec.Int(0), spec.Int(0)}},
	}}}
	i := &spec.Var{Name: "i", Type: index, Init: spec.Int(1)}
	store := &spec.Action{Name: "Store", Actor: -1, Body: do(spec.Set(q, spec.Int(1), spec.V(i), spec.Int(2)))}
	m := &spec.Model{Name: "Queues", Vars: []*spec.Var{q, i}, Actions: []*spec.Action{store,
		{Name: "Back", Actor: -1, Guard: spec.F, Body: do(spec.Set(i, spec.Int(0)))}}}
	require.Empty(t, spec.Check(m))
	agree(t, m)
	require.Nil(t, explore(t, m, Options{}).Error)
	m.Actions[1].Guard = nil
	agree(t, m)
	require.Len(t, explore(t, m, Options{}).Error.Trace, 2)
}

// Cells that no possible action writes take no bits, also where another such cell is what makes the
// action impossible.
func TestFixedCells(t *testing.T) {
	small := &spec.RangeType{Lo: 0, Hi: 7}
	v := func(name string) *spec.Var { return &spec.Var{Name: name, Type: small, Init: spec.Int(0)} }
	a, b, c := v("a"), v("b"), v("c")
	m := &spec.Model{Name: "Fixed", Vars: []*spec.Var{a, b, c}, Actions: []*spec.Action{
		{Name: "A", Actor: -1, Guard: spec.Bin(spec.Eq, spec.V(b), spec.Int(1)), Body: do(spec.Set(c, spec.Int(1)))},
		{Name: "B", Actor: -1, Guard: spec.Bin(spec.Eq, spec.V(c), spec.Int(1)), Body: do(spec.Set(b, spec.Int(1)))},
		{Name: "C", Actor: -1, Body: do(spec.Set(a, spec.Bin(spec.Mod, spec.Bin(spec.Add, spec.V(a), spec.Int(1)), spec.Int(8))), spec.Set(b, spec.Int(0)))},
	}}
	r := explore(t, m, Options{})
	require.Equal(t, 3, r.StateBits)
	require.EqualValues(t, 8, r.Distinct)
	require.Equal(t, []int64{0, 0, 8}, r.Fired)
	agree(t, m)
}
