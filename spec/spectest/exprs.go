package spectest

import (
	"pgregory.net/rapid"

	"mcheck/spec"
)

// maxValues is how many initial states the model of [Exprs] has at most: one for each assignment to
// its variables.
const maxValues = 200

// Exprs draws a model without actions whose initial states are all assignments to its variables,
// and n expressions over these, conditions most of them. Many have to do with each other: they are
// parts of the same few.
func Exprs(t *rapid.T, n int) (*spec.Model, []spec.Expr) {
	g := &gen{t: t, m: &spec.Model{Name: "Values"}}
	for range 1 + g.pick(2) {
		g.enum()
	}
	states := 1
	for range 2 + g.pick(4) {
		typ := g.typ(1)
		if states*size(typ) > maxValues {
			typ = spec.Bool
		}
		if states *= size(typ); states > maxValues {
			break
		}
		g.m.Vars = append(g.m.Vars, &spec.Var{Name: g.name("v"), Type: typ})
	}
	g.vars = g.m.Vars
	var es []spec.Expr
	for len(es) < n {
		switch {
		case len(es) > 1 && g.maybe(3): // two that are known, joined
			x, y := es[g.pick(len(es))], es[g.pick(len(es))]
			if x.Type() == spec.Type(spec.Bool) && y.Type() == spec.Type(spec.Bool) {
				ops := []spec.Op{spec.And, spec.Or, spec.Implies, spec.Iff}
				es = append(es, spec.Bin(ops[g.pick(len(ops))], x, y))
			}
		case g.maybe(4):
			es = append(es, g.value(g.rangeType(), 3))
		case g.maybe(3): // a place compared with a constant
			t := g.rangeType()
			if p := g.place(t, 1); p != nil {
				ops := []spec.Op{spec.Eq, spec.Ne, spec.Lt, spec.Le, spec.Gt, spec.Ge}
				es = append(es, spec.Bin(ops[g.pick(len(ops))], p, spec.Int(t.Lo+int64(g.pick(int(t.Hi-t.Lo)+1)))))
				continue
			}
			fallthrough
		default:
			es = append(es, g.cond(3))
		}
	}
	return g.m, es
}
