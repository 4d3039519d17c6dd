package cmodel

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"mcheck/spec"
	"mcheck/spec/eval"
	"mcheck/spec/spectest"
)

// same requires that e and its simplified form f have one value in state s, if e has one.
func same(t *rapid.T, e, f spec.Expr, s spec.State, env eval.Env, why string) {
	want, err := eval.Eval(e, s, env)
	if err != nil {
		return
	}
	got, err := eval.Eval(f, s, env)
	require.NoError(t, err, "%s: %s\nof %s", why, spec.ExprString(f), spec.ExprString(e))
	require.True(t, want.Equal(got), "%s: %s\nof %s is %v, not %v", why, spec.ExprString(f), spec.ExprString(e), got, want)
}

// What the mk functions build has the value of what they were asked for.
func TestSimplifiedExpressionsAreEqual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, es := spectest.Exprs(t, 12)
		states, err := eval.Init(m)
		require.NoError(t, err)
		env := eval.NewEnv(m)
		for i, e := range es {
			f := resimplify(e)
			var not, cond spec.Expr
			if e.Type() == spec.Type(spec.Bool) {
				not = mkNot(f)
				a, b := es[(i+1)%len(es)], es[(i+2)%len(es)]
				if spec.SameType(a.Type(), b.Type()) {
					cond = mkIf(f, resimplify(a), resimplify(b))
				}
			}
			for _, s := range states {
				same(t, e, f, s, env, "resimplify")
				if not != nil {
					same(t, spec.Un(spec.Not, e), not, s, env, "mkNot")
				}
				if cond != nil {
					same(t, &spec.If{Cond: e, Then: es[(i+1)%len(es)], Else: es[(i+2)%len(es)]}, cond, s, env, "mkIf")
				}
			}
		}
	})
}

// What is known on a path says nothing that is not so: in every state in which some conditions are
// as they are known to be, what is simplified under them has its value, what is decided is decided
// rightly, and no value is outside its bounds. What several paths have in common is so on each.
func TestFactsAreSo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, es := spectest.Exprs(t, 14)
		states, err := eval.Init(m)
		require.NoError(t, err)
		env := eval.NewEnv(m)
		// An element of a list of objects is never NULL in C, and that is what the facts know.
		es = slices.DeleteFunc(es, asksForNullElement)
		known, asked := es[:min(5, len(es))], es[min(5, len(es)):]
		if len(known) < 2 {
			t.Skip("nothing is left to know")
		}
		at := states[rapid.IntRange(0, len(states)-1).Draw(t, "state")]
		learn := func(f *facts, conds []spec.Expr, s spec.State) *facts {
			for _, c := range conds {
				if c.Type() != spec.Type(spec.Bool) {
					continue
				}
				if v, err := eval.Eval(c, s, env); err == nil {
					f = f.with(resimplify(c), v.N != 0)
				}
			}
			return f
		}
		first := learn(nil, known[:2], at)
		f := learn(first, known[2:], at)
		other := states[rapid.IntRange(0, len(states)-1).Draw(t, "other")]
		paths := []*facts{f}
		if alike(known[:2], at, other, env) { // another path from the same beginning
			paths = append(paths, learn(first, known[2:], other))
		}
		shared := common(first, paths)
		for _, s := range states {
			// The state is on a path where all that was learned there holds.
			if alike(known, at, s, env) {
				consistent(t, f, asked, s, env)
				consistent(t, shared, asked, s, env)
			}
			if len(paths) > 1 && alike(known, other, s, env) {
				consistent(t, shared, asked, s, env)
			}
		}
	})
}

// asksForNullElement reports whether e compares an element of a list of objects with NULL.
func asksForNullElement(e spec.Expr) bool {
	found := false
	spec.Inspect(resimplify(e), func(e spec.Expr) bool {
		if x, ok := e.(*spec.Binary); ok && isElement(x.X) {
			n, lit := litOf(x.Y)
			found = found || lit && n == -1
		}
		return !found
	})
	return found
}

// alike reports whether each of es is the same in s and r.
func alike(es []spec.Expr, s, r spec.State, env eval.Env) bool {
	for _, e := range es {
		x, err1 := eval.Eval(e, s, env)
		y, err2 := eval.Eval(e, r, env)
		if (err1 == nil) != (err2 == nil) || err1 == nil && !x.Equal(y) {
			return false
		}
	}
	return true
}

func consistent(t *rapid.T, f *facts, es []spec.Expr, s spec.State, env eval.Env) {
	for _, e := range es {
		e = resimplify(e)
		v, err := eval.Eval(e, s, env)
		if err != nil {
			continue
		}
		same(t, e, f.simplify(e), s, env, "simplify")
		if e.Type() == spec.Type(spec.Bool) {
			if truth, ok := f.decide(e); ok {
				require.Equal(t, v.N != 0, truth, "decide %s", spec.ExprString(e))
			}
		} else {
			lo, hi := f.interval(e)
			require.True(t, lo <= v.N && v.N <= hi, "%s is %d, not in %d..%d", spec.ExprString(e), v.N, lo, hi)
		}
	}
}
