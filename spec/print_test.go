package spec_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"mcheck/spec"
)

func TestModelString(t *testing.T) {
	s := newSample()
	s.m.Doc = "One of everything."
	s.m.Constraint = spec.Bin(spec.Le, spec.Un(spec.Len, spec.V(s.q)), spec.Int(1))
	s.n.Doc = "counts"
	s.prop.When = spec.Bin(spec.Ne, spec.V(s.opt), spec.Null(s.color))
	opt := &spec.Action{
		Name: "Drop", Optional: true, Actor: -1, Kind: spec.ActorMachine,
		Params: []*spec.Param{{Name: "k", Type: rng(1, 3), Only: []int64{1, 3}}},
		Body: &spec.Do{Updates: []spec.Update{
			spec.Set(s.q, spec.Un(spec.Tail, spec.V(s.q))),
			{Var: s.q, Path: []spec.Selector{{Index: spec.Int(1)}, {Field: "val"}}, Value: spec.Int(0)},
		}},
	}
	s.m.Actions = append(s.m.Actions, opt)
	require.Empty(t, spec.Check(s.m))
	a, err := txtar.ParseFile("testdata/print.txtar")
	require.NoError(t, err)
	require.Equal(t, string(a.Files[0].Data), s.m.String())
}

func TestExprString(t *testing.T) {
	x := &spec.Var{Name: "x", Type: rng(0, 3)}
	a := &spec.Var{Name: "a", Type: &spec.ArrayType{Index: rng(0, 3), Elem: rng(0, 3)}}
	set := &spec.SetType{Elem: rng(2, 4)}
	p := &spec.Param{Name: "i", Type: rng(0, 3), Only: []int64{0, 2}}
	v, b := spec.V(x), spec.Bin(spec.Eq, spec.V(x), spec.Int(1))
	for want, e := range map[string]spec.Expr{
		"x + 1 + x":                            spec.Bin(spec.Add, spec.Bin(spec.Add, v, spec.Int(1)), v),
		"x - (1 - x)":                          spec.Bin(spec.Sub, v, spec.Bin(spec.Sub, spec.Int(1), v)),
		"(x - 1) - x":                          spec.Bin(spec.Sub, spec.Bin(spec.Sub, v, spec.Int(1)), v),
		"(x + 1) * 2":                          spec.Bin(spec.Mul, spec.Bin(spec.Add, v, spec.Int(1)), spec.Int(2)),
		"x * 2 + 1":                            spec.Bin(spec.Add, spec.Bin(spec.Mul, v, spec.Int(2)), spec.Int(1)),
		"not (x = 1)":                          spec.Un(spec.Not, b),
		"x = 1 and (x = 1 or x = 1)":           spec.Bin(spec.And, b, spec.Bin(spec.Or, b, b)),
		"x = 1 and x = 1 or x = 1":             spec.Bin(spec.Or, spec.Bin(spec.And, b, b), b),
		"x = 1 => (x = 1 => x = 1)":            spec.Bin(spec.Implies, b, spec.Bin(spec.Implies, b, b)),
		"min(x, -x)":                           spec.Bin(spec.Min, v, spec.Un(spec.Neg, v)),
		"a[a[x]]":                              spec.At(a, spec.At(a, v)),
		"{2, 4}":                               &spec.Lit{N: 5, T: set},
		"x in {x, 3}":                          spec.Bin(spec.In, v, &spec.Composite{T: set, Elems: []spec.Expr{v, spec.Int(3)}}),
		"(count i in {0, 2}: i = x) > 1":       spec.Bin(spec.Gt, &spec.Quant{Op: spec.Count, Param: p, Body: spec.Bin(spec.Eq, spec.P(p), v)}, spec.Int(1)),
		"(if x = 1 then x else 2) + 1":         spec.Bin(spec.Add, &spec.If{Cond: b, Then: v, Else: spec.Int(2)}, spec.Int(1)),
		"[false: x, true: 1][x = 1]":           &spec.Index{X: &spec.Composite{T: &spec.ArrayType{Index: spec.Bool, Elem: x.Type}, Elems: []spec.Expr{v, spec.Int(1)}}, I: b},
		"removeat(append(<x>, 1), len(<>))[1]": &spec.Index{X: spec.Bin(spec.RemoveAt, spec.Bin(spec.Append, &spec.Composite{T: &spec.SeqType{Elem: x.Type, Cap: 2}, Elems: []spec.Expr{v}}, spec.Int(1)), spec.Un(spec.Len, &spec.Composite{T: &spec.SeqType{Elem: x.Type, Cap: 2}})), I: spec.Int(1)},
	} {
		require.Equal(t, want, spec.ExprString(e))
	}
}
