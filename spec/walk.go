package spec

import "fmt"

// Inspect calls f for e and, where f returns true, for the expressions inside it, parents first and
// left to right.
func Inspect(e Expr, f func(Expr) bool) {
	if e == nil || !f(e) {
		return
	}
	// Children would say the same, with a slice for each expression.
	switch e := e.(type) {
	case *Lit, *VarRef, *ParamRef:
	case *Index:
		Inspect(e.X, f)
		Inspect(e.I, f)
	case *FieldSel:
		Inspect(e.X, f)
	case *Unary:
		Inspect(e.X, f)
	case *Binary:
		Inspect(e.X, f)
		Inspect(e.Y, f)
	case *If:
		Inspect(e.Cond, f)
		Inspect(e.Then, f)
		Inspect(e.Else, f)
	case *Quant:
		Inspect(e.Body, f)
	case *Composite:
		for _, x := range e.Elems {
			Inspect(x, f)
		}
	default:
		panic(fmt.Sprintf("spec: unhandled %T", e))
	}
}

// Children returns the expressions directly inside e, left to right.
func Children(e Expr) []Expr {
	switch e := e.(type) {
	case *Lit, *VarRef, *ParamRef:
		return nil
	case *Index:
		return []Expr{e.X, e.I}
	case *FieldSel:
		return []Expr{e.X}
	case *Unary:
		return []Expr{e.X}
	case *Binary:
		return []Expr{e.X, e.Y}
	case *If:
		return []Expr{e.Cond, e.Then, e.Else}
	case *Quant:
		return []Expr{e.Body}
	case *Composite:
		return e.Elems
	}
	panic(fmt.Sprintf("spec: unhandled %T", e))
}

// InspectNode calls f for n and, where f returns true, for the nodes inside it, parents first and
// Then before Else.
func InspectNode(n Node, f func(Node) bool) {
	if n == nil || !f(n) {
		return
	}
	switch n := n.(type) {
	case *Do:
	case *Branch:
		InspectNode(n.Then, f)
		InspectNode(n.Else, f)
	default:
		panic(fmt.Sprintf("spec: unhandled %T", n))
	}
}

// Updates returns all updates of n, those of Then before those of Else.
func Updates(n Node) []Update {
	var us []Update
	InspectNode(n, func(n Node) bool {
		if d, ok := n.(*Do); ok {
			us = append(us, d.Updates...)
		}
		return true
	})
	return us
}

// NodeExprs returns the expressions that n evaluates, outermost ones only: conditions, indices and
// right-hand sides, in the order of the text (an update's indices before its value).
func NodeExprs(n Node) []Expr {
	var es []Expr
	InspectNode(n, func(n Node) bool {
		switch n := n.(type) {
		case *Branch:
			es = append(es, n.Cond)
		case *Do:
			for _, u := range n.Updates {
				es = append(es, u.Exprs()...)
			}
		}
		return true
	})
	return es
}

// Exprs returns the indices of u and its value.
func (u Update) Exprs() []Expr {
	var es []Expr
	for _, s := range u.Path {
		if s.Index != nil {
			es = append(es, s.Index)
		}
	}
	return append(es, u.Value)
}

// Exprs returns the expressions of a, outermost ones only: the guard if there is one, then those of
// the body.
func (a *Action) Exprs() []Expr {
	var es []Expr
	if a.Guard != nil {
		es = append(es, a.Guard)
	}
	return append(es, NodeExprs(a.Body)...)
}

// Exprs returns the expressions of p that are not nil: When, From, Cond.
func (p *Property) Exprs() []Expr {
	var es []Expr
	for _, e := range []Expr{p.When, p.From, p.Cond} {
		if e != nil {
			es = append(es, e)
		}
	}
	return es
}

// VarsRead returns the variables that the expressions refer to, each once, in the order of their
// first mention; nil expressions are left out.
func VarsRead(es ...Expr) []*Var {
	var vs []*Var
	seen := map[*Var]bool{}
	for _, e := range es {
		Inspect(e, func(e Expr) bool {
			if r, ok := e.(*VarRef); ok && !seen[r.Var] {
				seen[r.Var] = true
				vs = append(vs, r.Var)
			}
			return true
		})
	}
	return vs
}

// VarsWritten returns the variables that some update of n names, each once, in the order of their
// first mention. On one path through the branches of n fewer may be written.
func VarsWritten(n Node) []*Var {
	var vs []*Var
	seen := map[*Var]bool{}
	InspectNode(n, func(n Node) bool {
		if d, ok := n.(*Do); ok {
			for _, u := range d.Updates {
				if !seen[u.Var] {
					seen[u.Var] = true
					vs = append(vs, u.Var)
				}
			}
		}
		return true
	})
	return vs
}

// ParamsRead returns the parameters that e refers to and does not bind itself, each once, in the
// order of their first mention.
func ParamsRead(e Expr) []*Param {
	var ps []*Param
	seen := map[*Param]bool{}
	bound := map[*Param]int{}
	var visit func(Expr)
	visit = func(e Expr) {
		switch e := e.(type) {
		case nil:
			return
		case *ParamRef:
			if bound[e.Param] == 0 && !seen[e.Param] {
				seen[e.Param] = true
				ps = append(ps, e.Param)
			}
		case *Quant:
			bound[e.Param]++
			visit(e.Body)
			bound[e.Param]--
			return
		}
		for _, c := range Children(e) {
			visit(c)
		}
	}
	visit(e)
	return ps
}

// Conjuncts returns the operands of the outermost conjunction of e, left to right: e alone if it is
// none, nothing for nil.
func Conjuncts(e Expr) []Expr {
	if e == nil {
		return nil
	}
	if b, ok := e.(*Binary); ok && b.Op == And {
		return append(Conjuncts(b.X), Conjuncts(b.Y)...)
	}
	return []Expr{e}
}

// Types calls f for t and the types inside it, parents first.
func Types(t Type, f func(Type)) {
	f(t)
	switch t := t.(type) {
	case *BoolType, *RangeType, *EnumType:
	case *OptionType:
		Types(t.Elem, f)
	case *ArrayType:
		Types(t.Index, f)
		Types(t.Elem, f)
	case *SetType:
		Types(t.Elem, f)
	case *SeqType:
		Types(t.Elem, f)
	case *RecordType:
		for _, fd := range t.Fields {
			Types(fd.Type, f)
		}
	default:
		panic(fmt.Sprintf("spec: unhandled %T", t))
	}
}
