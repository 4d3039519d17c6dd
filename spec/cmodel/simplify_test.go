package cmodel

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"mcheck/spec"
	"mcheck/spec/eval"
	"mcheck/spec/spectest"
)

// under simplifies what is in n by the facts that hold there.
func under(n spec.Node, f *facts) spec.Node {
	each := func(e spec.Expr) spec.Expr { return f.simplify(resimplify(e)) }
	switch n := n.(type) {
	case *spec.Branch:
		c := each(n.Cond)
		return &spec.Branch{Cond: c, Then: under(n.Then, f.with(c, true)), Else: under(n.Else, f.with(c, false))}
	case *spec.Do:
		us := make([]spec.Update, len(n.Updates))
		for i, u := range n.Updates {
			us[i] = spec.Update{Var: u.Var, Path: u.Path, Value: each(u.Value)}
		}
		return &spec.Do{Updates: us}
	}
	return n
}

// decide makes "a if c, else b".
type decide func(c, a, b spec.Expr) spec.Expr

func plainIf(c, a, b spec.Expr) spec.Expr { return &spec.If{Cond: c, Then: a, Else: b} }

// merged is n with decisions in the values of its updates, as they come about where paths meet:
// what is changed on one side, on the other, or on both.
func merged(n spec.Node, conds []spec.Expr, pick func(int) int, mk decide) spec.Node {
	switch n := n.(type) {
	case *spec.Branch:
		return &spec.Branch{Cond: n.Cond, Then: merged(n.Then, conds, pick, mk), Else: merged(n.Else, conds, pick, mk)}
	case *spec.Do:
		us := make([]spec.Update, len(n.Updates))
		for i, u := range n.Updates {
			v := u.Value
			for range pick(4) {
				c, other := conds[pick(len(conds))], v
				if b, ok := u.Value.(*spec.Binary); ok && spec.SameType(b.X.Type(), b.Type()) {
					other = b.X
				} else if d, ok := u.Value.(*spec.If); ok {
					other = mk(conds[pick(len(conds))], d.Then, d.Else)
				}
				if pick(2) == 0 {
					v, other = other, v
				}
				v = mk(c, v, other)
			}
			us[i] = spec.Update{Var: u.Var, Path: u.Path, Value: v}
		}
		return &spec.Do{Updates: us}
	}
	return n
}

// A simplified model has the states, the transitions and the verdicts of the model.
func TestSimplifyingChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base := spectest.Model(t)
		for _, v := range base.Vars {
			spec.Types(v.Type, func(ty spec.Type) {
				if l, ok := ty.(*spec.SeqType); ok {
					if _, ok := l.Elem.(*spec.OptionType); ok {
						t.Skip("lists of C hold no NULL")
					}
				}
			})
		}
		m, n := *base, *base // with decisions as they are, and simplified
		m.Actions, n.Actions = nil, nil
		for _, act := range base.Actions {
			conds := []spec.Expr{spec.T}
			firstCondition(act.Body, func(c spec.Expr) { conds = append(conds, c) })
			var picked []int
			a, b := *act, *act
			a.Body = merged(act.Body, conds, func(k int) int {
				picked = append(picked, rapid.IntRange(0, k-1).Draw(t, "pick"))
				return picked[len(picked)-1]
			}, plainIf)
			b.Body = under(merged(act.Body, conds, func(int) int {
				k := picked[0]
				picked = picked[1:]
				return k
			}, mkIf), nil)
			if a.Guard != nil {
				b.Guard = (*facts)(nil).simplify(resimplify(a.Guard))
			}
			m.Actions, n.Actions = append(m.Actions, &a), append(n.Actions, &b)
		}
		want, err := eval.Explore(&m, eval.Options{Limit: 3000})
		require.NoError(t, err)
		if !want.Complete || want.Err != nil {
			t.Skip("too large, or it can't be evaluated")
		}
		got, err := eval.Explore(&n, eval.Options{Limit: 3000})
		require.NoError(t, err)
		require.Nil(t, got.Err, "%v", got.Err)
		require.Equal(t, want.Distinct, got.Distinct, "%s\nand\n%s", &m, &n)
		require.Equal(t, want.Generated, got.Generated)
		for i := range want.Properties {
			require.Equal(t, want.Properties[i].Verdict, got.Properties[i].Verdict)
		}
	})
}

// firstCondition calls f for the condition of the decision that n begins with, which can be
// evaluated wherever n can.
func firstCondition(n spec.Node, f func(spec.Expr)) {
	if b, ok := n.(*spec.Branch); ok {
		f(b.Cond)
	}
}
