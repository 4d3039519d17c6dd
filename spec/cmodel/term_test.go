package cmodel

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"mcheck/spec"
	"mcheck/spec/spectest"
)

// A hash that told apart what is the same would hide what is known on a path, so that nothing would
// be wrong but the size of the model.
func TestTermsOfSameExpressions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := spectest.Model(t)
		var es []spec.Expr
		for _, a := range m.Actions {
			for _, e := range a.Exprs() {
				inspect(e, func(e spec.Expr) { es = append(es, e, copied(e)) })
			}
		}
		es = es[:min(len(es), 60)]
		for _, x := range es {
			for _, y := range es {
				require.Equal(t, spec.SameExpr(x, y), termOf(x).is(termOf(y)), "%s and %s", spec.ExprString(x), spec.ExprString(y))
			}
		}
	})
}

// copied returns e made anew, with other names for the variables that it binds.
func copied(e spec.Expr) spec.Expr {
	return spec.Rewrite(e, func(e spec.Expr) spec.Expr {
		switch x := e.(type) {
		case *spec.Lit:
			c := *x
			return &c
		case *spec.VarRef:
			return spec.V(x.Var)
		case *spec.Quant:
			p := &spec.Param{Name: x.Param.Name + "_", Type: x.Param.Type, Only: x.Param.Only}
			return &spec.Quant{Op: x.Op, Param: p, Body: spec.Substitute(x.Body, map[*spec.Param]spec.Expr{x.Param: spec.P(p)})}
		}
		return e
	})
}
