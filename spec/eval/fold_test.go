package eval_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
	"mcheck/spec/eval"
)

// Constants are folded to what they evaluate to, and what can't be evaluated is not folded.
func TestFold(t *testing.T) {
	slots := &spec.EnumType{Name: "Slot", Values: []string{"A", "B"}}
	number := &spec.RangeType{Lo: -4, Hi: 4}
	from1 := &spec.SetType{Elem: &spec.RangeType{Lo: 1, Hi: 3}}
	set := &spec.SetType{Elem: slots}
	all := func(t spec.Type, lo, hi int64) (ls []*spec.Lit) {
		for n := lo; n <= hi; n++ {
			ls = append(ls, &spec.Lit{N: n, T: t})
		}
		return ls
	}
	bools, numbers := all(spec.Bool, 0, 1), all(number, -4, 4)
	pointers := all(&spec.OptionType{Elem: slots}, -1, 1)
	sets, sets1 := all(set, 0, 3), all(from1, 0, 7)
	for _, tc := range []struct {
		ops  []spec.Op
		x, y []*spec.Lit
	}{
		{[]spec.Op{spec.And, spec.Or, spec.Implies, spec.Iff, spec.Eq, spec.Ne}, bools, bools},
		{[]spec.Op{spec.Eq, spec.Ne, spec.Lt, spec.Le, spec.Gt, spec.Ge, spec.Add, spec.Sub, spec.Mul, spec.Div, spec.Mod, spec.Min, spec.Max}, numbers, numbers},
		{[]spec.Op{spec.Eq, spec.Ne}, pointers, pointers},
		{[]spec.Op{spec.In}, pointers, sets},
		{[]spec.Op{spec.In}, numbers, sets1},
		{[]spec.Op{spec.Union, spec.Intersect, spec.Minus, spec.SubsetEq, spec.Eq, spec.Ne}, sets, sets},
		{[]spec.Op{spec.Union, spec.Intersect, spec.Minus, spec.SubsetEq}, sets1, sets1},
	} {
		for _, op := range tc.ops {
			for _, x := range tc.x {
				for _, y := range tc.y {
					e := &spec.Binary{Op: op, X: x, Y: y}
					want, err := eval.Eval(e, nil, eval.NewEnv(&spec.Model{}))
					got := spec.Fold(op, x, y)
					if err != nil {
						require.Nil(t, got, "%s %d %d", op, x.N, y.N)
						continue
					}
					require.NotNil(t, got, "%s %d %d", op, x.N, y.N)
					require.Equal(t, want.N, got.N, "%s %d %d", op, x.N, y.N)
					_, isNumber := got.T.(*spec.RangeType)
					require.True(t, isNumber || spec.SameType(e.Type(), got.T), "%s %d %d", op, x.N, y.N)
				}
			}
		}
	}
	require.Nil(t, spec.Fold(spec.Append, spec.Int(1), spec.Int(2)))
}
