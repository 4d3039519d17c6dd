package tla

import (
	"slices"

	"mcheck/spec"
)

// reroll returns one update for updates of an array that go through all of its indices with one
// value each that differs in the index only: what a loop over all objects has become is written as
// a function over them.
func reroll(us []spec.Update) []spec.Update {
	if len(us) == 0 || len(us[0].Path) != 1 {
		return us
	}
	v := us[0].Var
	t, ok := v.Type.(*spec.ArrayType)
	if !ok {
		return us
	}
	enum, ok := t.Index.(*spec.EnumType)
	if !ok || len(us) != len(enum.Values) {
		return us
	}
	at := make([]int64, len(us))
	values := make([]spec.Expr, len(us))
	for i, u := range us {
		if len(u.Path) != 1 {
			return us
		}
		l, ok := u.Path[0].Index.(*spec.Lit)
		if !ok || l.N != int64(i) {
			return us
		}
		at[i], values[i] = l.N, u.Value
	}
	q := &spec.Param{Name: "i", Type: enum}
	body, ok := generalise(values, at, q)
	if !ok || len(us) == 1 && len(spec.VarsRead(body)) == 0 {
		return us
	}
	return []spec.Update{{Var: v, Value: &spec.Quant{Op: spec.MapOf, Param: q, Body: body}}}
}

// quantified returns operands of a conjunction or disjunction with those that say the same of each
// value of an enum, one after the other, made one quantified operand.
func (p *printer) quantified(op spec.Op, es []spec.Expr) []spec.Expr {
	kind := spec.Forall
	if op == spec.Or {
		kind = spec.Exists
	}
	for _, enum := range p.uses.enums {
		n := len(enum.Values)
		if !enum.Symbolic || n < 2 {
			continue
		}
		at := make([]int64, n)
		for i := range at {
			at[i] = int64(i)
		}
		for i := 0; i+n <= len(es); i++ {
			q := &spec.Param{Name: "i", Type: enum}
			body, ok := generalise(es[i:i+n], at, q)
			if !ok || !slices.Contains(spec.ParamsRead(body), q) {
				continue
			}
			es = slices.Replace(slices.Clone(es), i, i+n, spec.Expr(&spec.Quant{Op: kind, Param: q, Body: body}))
		}
	}
	return es
}

// generalise returns an expression that is es[i] where q is at[i], for each i, if there is one of
// their shape: they differ only in constants of q's type, and these are at[i].
func generalise(es []spec.Expr, at []int64, q *spec.Param) (spec.Expr, bool) {
	// parts are the i-th operands of all of es.
	parts := func(f func(spec.Expr) spec.Expr) (spec.Expr, bool) {
		xs := make([]spec.Expr, len(es))
		for i, e := range es {
			xs[i] = f(e)
		}
		return generalise(xs, at, q)
	}
	all := func(is func(spec.Expr) bool) bool {
		for _, e := range es {
			if !is(e) {
				return false
			}
		}
		return true
	}
	switch e := es[0].(type) {
	case *spec.Lit:
		own, equal := sameEnum(e.T, q.Type), true
		if !all(func(x spec.Expr) bool { l, ok := x.(*spec.Lit); return ok && spec.SameType(l.T, e.T) }) {
			return nil, false
		}
		for i, x := range es {
			n := x.(*spec.Lit).N
			own, equal = own && n == at[i], equal && n == e.N
		}
		switch {
		case own:
			return &spec.ParamRef{Param: q}, true
		case equal:
			return e, true
		}
		return nil, false
	case *spec.VarRef:
		return e, all(func(x spec.Expr) bool { y, ok := x.(*spec.VarRef); return ok && y.Var == e.Var })
	case *spec.ParamRef:
		return e, all(func(x spec.Expr) bool { y, ok := x.(*spec.ParamRef); return ok && y.Param == e.Param })
	case *spec.Index:
		if !all(func(x spec.Expr) bool { _, ok := x.(*spec.Index); return ok }) {
			return nil, false
		}
		x, ok1 := parts(func(e spec.Expr) spec.Expr { return e.(*spec.Index).X })
		i, ok2 := parts(func(e spec.Expr) spec.Expr { return e.(*spec.Index).I })
		return &spec.Index{X: x, I: i}, ok1 && ok2
	case *spec.FieldSel:
		if !all(func(x spec.Expr) bool { y, ok := x.(*spec.FieldSel); return ok && y.Name == e.Name }) {
			return nil, false
		}
		x, ok := parts(func(e spec.Expr) spec.Expr { return e.(*spec.FieldSel).X })
		return &spec.FieldSel{X: x, Name: e.Name}, ok
	case *spec.Unary:
		if !all(func(x spec.Expr) bool { y, ok := x.(*spec.Unary); return ok && y.Op == e.Op }) {
			return nil, false
		}
		x, ok := parts(func(e spec.Expr) spec.Expr { return e.(*spec.Unary).X })
		return &spec.Unary{Op: e.Op, X: x}, ok
	case *spec.Binary:
		if !all(func(x spec.Expr) bool { y, ok := x.(*spec.Binary); return ok && y.Op == e.Op }) {
			return nil, false
		}
		x, ok1 := parts(func(e spec.Expr) spec.Expr { return e.(*spec.Binary).X })
		y, ok2 := parts(func(e spec.Expr) spec.Expr { return e.(*spec.Binary).Y })
		return &spec.Binary{Op: e.Op, X: x, Y: y}, ok1 && ok2
	case *spec.If:
		if !all(func(x spec.Expr) bool { _, ok := x.(*spec.If); return ok }) {
			return nil, false
		}
		c, ok1 := parts(func(e spec.Expr) spec.Expr { return e.(*spec.If).Cond })
		a, ok2 := parts(func(e spec.Expr) spec.Expr { return e.(*spec.If).Then })
		b, ok3 := parts(func(e spec.Expr) spec.Expr { return e.(*spec.If).Else })
		return &spec.If{Cond: c, Then: a, Else: b}, ok1 && ok2 && ok3
	case *spec.Composite:
		if !all(func(x spec.Expr) bool {
			y, ok := x.(*spec.Composite)
			return ok && spec.SameType(y.T, e.T) && len(y.Elems) == len(e.Elems)
		}) {
			return nil, false
		}
		out := &spec.Composite{T: e.T}
		for k := range e.Elems {
			x, ok := parts(func(e spec.Expr) spec.Expr { return e.(*spec.Composite).Elems[k] })
			if !ok {
				return nil, false
			}
			out.Elems = append(out.Elems, x)
		}
		return out, true
	case *spec.Quant:
		if !all(func(x spec.Expr) bool {
			y, ok := x.(*spec.Quant)
			return ok && y.Op == e.Op && sameDomain(y.Param, e.Param)
		}) {
			return nil, false
		}
		body, ok := parts(func(x spec.Expr) spec.Expr {
			y := x.(*spec.Quant)
			return spec.Substitute(y.Body, map[*spec.Param]spec.Expr{y.Param: &spec.ParamRef{Param: e.Param}})
		})
		return &spec.Quant{Op: e.Op, Param: e.Param, Body: body}, ok
	}
	return nil, false
}

// sameEnum reports whether t is the enum q, or a pointer to one of its values.
func sameEnum(t, q spec.Type) bool {
	if o, ok := t.(*spec.OptionType); ok {
		return spec.Type(o.Elem) == q
	}
	return t == q
}
