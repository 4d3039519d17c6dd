package slice

import (
	"slices"

	"mcheck/spec"
)

// note evaluates what decides about the statements of st, with the binding b: its guard and, where
// that holds, their conditions.
func (r *reach) note(st *step, b binding) {
	if !r.stand(st, b) {
		return
	}
	if g := st.a.Guard; g != nil {
		if !r.noteCond(g, b).may(1) {
			return
		}
		r.cur = r.cur.where(g, true)
	}
	for _, l := range st.a.Source {
		if l.When != nil {
			r.noteCond(l.When, b)
		}
	}
}

// noteCond records what a condition, and the conditions in it, can be: each of these in the states
// in which it is looked at. It returns what e can be, as eval does.
func (r *reach) noteCond(e spec.Expr, b binding) *values {
	cur := r.cur
	// part notes the part x of e, which is looked at where cond is as said, and returns what eval
	// takes it to be, which knows nothing of cond.
	part := func(x, cond spec.Expr, is bool) *values {
		r.cur = cur.where(cond, is)
		v := r.noteCond(x, b)
		if r.cur != cur {
			r.cur = cur
			v = r.eval(x, b)
		}
		return v
	}
	var v *values
	switch e := e.(type) {
	case *spec.Unary:
		if e.Op == spec.Not {
			v = not(r.noteCond(e.X, b))
		}
	case *spec.Binary:
		switch e.Op {
		case spec.And, spec.Or, spec.Implies:
			x := r.noteCond(e.X, b)
			if v = decides(e.Op, x); v == nil {
				v = connect(e.Op, x, part(e.Y, e.X, e.Op != spec.Or))
			}
		}
	case *spec.If:
		if e.Type() != spec.Type(spec.Bool) {
			break
		}
		switch c := r.noteCond(e.Cond, b); {
		case !c.may(0):
			v = part(e.Then, e.Cond, true)
		case !c.may(1):
			v = part(e.Else, e.Cond, false)
		default:
			v = part(e.Then, e.Cond, true).join(part(e.Else, e.Cond, false), nil)
		}
	}
	if v == nil {
		v = r.eval(e, b)
	}
	if r.conds[e] == nil {
		r.conds[e] = nothing
	}
	r.conds[e] = r.conds[e].join(v, nil)
	return v
}

// known returns the condition e of a statement with what reachable states decide about it decided.
func (r *reach) known(e spec.Expr) spec.Expr {
	c := r.conds[e]
	switch {
	case c == nil: // in a part that is never evaluated
		return e
	case !c.may(0):
		return spec.T
	case !c.may(1):
		return spec.F
	}
	switch e := e.(type) {
	case *spec.Unary:
		if e.Op == spec.Not {
			return simplify(&spec.Unary{Op: e.Op, X: r.known(e.X)})
		}
	case *spec.Binary:
		switch e.Op {
		case spec.And, spec.Implies, spec.Or:
			return simplify(&spec.Binary{Op: e.Op, X: r.known(e.X), Y: r.known(e.Y)})
		}
	case *spec.If:
		if e.Type() == spec.Type(spec.Bool) {
			return simplify(&spec.If{Cond: r.known(e.Cond), Then: r.known(e.Then), Else: r.known(e.Else)})
		}
	}
	return e
}

// rewriteSource returns the statements with f applied to their conditions.
func rewriteSource(ls []spec.SourceLine, f func(spec.Expr) spec.Expr) []spec.SourceLine {
	out := slices.Clone(ls)
	for i, l := range out {
		if l.When != nil {
			out[i].When = f(l.When)
		}
	}
	return out
}

// cleanSource removes the statements that no reachable state executes, and what their conditions
// say of variables that are gone: where that decides, a statement counts as executed.
func cleanSource(m *spec.Model) {
	in := map[*spec.Var]bool{}
	for _, v := range m.Vars {
		in[v] = true
	}
	gone := func(e spec.Expr) bool {
		return slices.ContainsFunc(spec.VarsRead(e), func(v *spec.Var) bool { return !in[v] })
	}
	for _, a := range m.Actions { // copies already, with a Source of their own
		var out []spec.SourceLine
		for _, l := range a.Source {
			if l.When != nil {
				l.When = possibly(l.When, gone, true)
				switch {
				case isFalse(l.When):
					continue
				case isTrue(l.When):
					l.When = nil
				}
			}
			out = append(out, l)
		}
		if len(out) > 0 {
			a.Source = out
		}
	}
}

// possibly returns a condition without what is gone that holds wherever e can (can is true), or
// only where it must (false).
func possibly(e spec.Expr, gone func(spec.Expr) bool, can bool) spec.Expr {
	if !gone(e) {
		return e
	}
	switch e := e.(type) {
	case *spec.Unary:
		if e.Op == spec.Not {
			return simplify(&spec.Unary{Op: spec.Not, X: possibly(e.X, gone, !can)})
		}
	case *spec.Binary:
		switch e.Op {
		case spec.And, spec.Or:
			return simplify(&spec.Binary{Op: e.Op, X: possibly(e.X, gone, can), Y: possibly(e.Y, gone, can)})
		case spec.Implies:
			return simplify(&spec.Binary{Op: e.Op, X: possibly(e.X, gone, !can), Y: possibly(e.Y, gone, can)})
		}
	case *spec.If:
		if e.Type() != spec.Type(spec.Bool) {
			break
		}
		then, els := possibly(e.Then, gone, can), possibly(e.Else, gone, can)
		if !gone(e.Cond) {
			return simplify(&spec.If{Cond: e.Cond, Then: then, Else: els})
		}
		op := spec.And
		if can {
			op = spec.Or
		}
		return simplify(&spec.Binary{Op: op, X: then, Y: els})
	}
	return spec.BoolLit(can)
}
