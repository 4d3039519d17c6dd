package slice

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"mcheck/spec"
	"mcheck/spec/eval"
	"mcheck/spec/spectest"
)

// What is simplified has the value that it had, in every state, if it had one. And so has what is
// folded where all variables are constant, with what is known of them: they are those of one state.
func TestSimplifiedExpressionsAreEqual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, es := spectest.Exprs(t, 12)
		states, err := eval.Init(m)
		require.NoError(t, err)
		env := eval.NewEnv(m)
		for _, e := range es {
			f := spec.Rewrite(e, simplify)
			for _, s := range states {
				sameValue(t, e, f, s, env)
			}
		}
		at := states[rapid.IntRange(0, len(states)-1).Draw(t, "state")]
		consts := map[*spec.Var]bool{}
		r := &reach{vars: map[*spec.Var]*variable{}}
		for i, v := range m.Vars {
			if x := valuesOf(v.Type, at[i]); constant(x) && rapid.Bool().Draw(t, "constant") {
				consts[v] = true
				r.vars[v] = &variable{values: x}
			}
		}
		for _, e := range es {
			f := fold(e, r, consts)
			for _, s := range states {
				agrees := true
				for i, v := range m.Vars {
					agrees = agrees && (!consts[v] || s[i].Equal(at[i]))
				}
				if agrees {
					sameValue(t, e, f, s, env)
				}
			}
		}
	})
}

// valuesOf is what is known of a variable that has one value.
func valuesOf(t spec.Type, x spec.Value) *values {
	switch t := t.(type) {
	case *spec.ArrayType:
		v := &values{}
		for _, e := range x.Elems {
			v.elems = append(v.elems, valuesOf(t.Elem, e))
		}
		return v
	case *spec.RecordType:
		v := &values{}
		for i, e := range x.Elems {
			v.elems = append(v.elems, valuesOf(t.Fields[i].Type, e))
		}
		return v
	case *spec.SeqType:
		return &values{top: true}
	}
	return one(x.N)
}

// What an expression can be, by what its variables can be, is all that it is in states with these.
// Conditions that are known to hold, or not to, do so.
func TestPossibleValuesAreAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, es := spectest.Exprs(t, 12)
		states, err := eval.Init(m)
		require.NoError(t, err)
		env := eval.NewEnv(m)
		r := &reach{m: m, vars: map[*spec.Var]*variable{}, conds: map[spec.Expr]*values{}}
		var some []spec.State
		for range rapid.IntRange(1, 4).Draw(t, "states") {
			some = append(some, states[rapid.IntRange(0, len(states)-1).Draw(t, "state")])
		}
		for i, v := range m.Vars {
			x := valuesOf(v.Type, some[0][i])
			for _, s := range some[1:] {
				x = x.join(valuesOf(v.Type, s[i]), v.Type)
			}
			r.vars[v] = &variable{values: x}
		}
		for _, e := range es {
			if e.Type() == spec.Type(spec.Bool) {
				r.noteCond(e, nil)
			}
			f := r.known(e)
			can := r.eval(e, nil)
			for _, s := range some {
				sameValue(t, e, f, s, env)
				if v, err := eval.Eval(e, s, env); err == nil {
					require.True(t, can.may(v.N), "%s is %d, which is none of what it can be", spec.ExprString(e), v.N)
				}
			}
		}
	})
}

func sameValue(t *rapid.T, e, f spec.Expr, s spec.State, env eval.Env) {
	want, err := eval.Eval(e, s, env)
	if err != nil {
		return
	}
	got, err := eval.Eval(f, s, env)
	require.NoError(t, err, "%s\nof %s", spec.ExprString(f), spec.ExprString(e))
	require.True(t, want.Equal(got), "%s\nof %s is %v, not %v", spec.ExprString(f), spec.ExprString(e), got, want)
}
