package flat

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"mcheck/spec"
	"mcheck/spec/eval"
	"mcheck/spec/spectest"
)

// rebuilt makes e anew, with the functions that simplify.
func rebuilt(e spec.Expr) spec.Expr {
	return spec.Rewrite(e, func(e spec.Expr) spec.Expr {
		switch x := e.(type) {
		case *spec.Unary:
			switch x.Op {
			case spec.Not:
				return not(x.X)
			case spec.Neg:
				return negate(x.X)
			case spec.Cardinality:
				return cardinality(x.X)
			}
		case *spec.Binary:
			switch x.Op {
			case spec.And:
				return and(x.X, x.Y)
			case spec.Or:
				return or(x.X, x.Y)
			case spec.Implies:
				return implies(x.X, x.Y)
			case spec.Eq, spec.Iff:
				return equal(x.X, x.Y)
			case spec.Ne:
				return not(equal(x.X, x.Y))
			}
			return binary(x.Op, x.X, x.Y)
		case *spec.If:
			return cond(x.Cond, x.Then, x.Else)
		}
		return e
	})
}

// What the functions build has the value of what they were asked for, in every state, if that has
// one.
func TestSimplifiedExpressionsAreEqual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, es := spectest.Exprs(t, 12)
		states, err := eval.Init(m)
		require.NoError(t, err)
		env := eval.NewEnv(m)
		for _, e := range es {
			f := rebuilt(e)
			for _, s := range states {
				want, err := eval.Eval(e, s, env)
				if err != nil {
					continue
				}
				got, err := eval.Eval(f, s, env)
				require.NoError(t, err, "%s\nof %s", spec.ExprString(f), spec.ExprString(e))
				require.True(t, want.Equal(got), "%s\nof %s is %v, not %v", spec.ExprString(f), spec.ExprString(e), got, want)
			}
		}
	})
}
