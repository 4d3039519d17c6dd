package spec

import "fmt"

// Rewrite returns e with f applied to every expression in it, innermost first. f gets an expression
// whose parts are rewritten already and returns it, or what is to stand in its place. Nothing is
// changed in place; what f leaves alone is shared with e.
func Rewrite(e Expr, f func(Expr) Expr) Expr {
	if e == nil {
		return nil
	}
	switch x := e.(type) {
	case *Lit, *VarRef, *ParamRef:
	case *Index:
		if a, i := Rewrite(x.X, f), Rewrite(x.I, f); a != x.X || i != x.I {
			e = &Index{a, i}
		}
	case *FieldSel:
		if a := Rewrite(x.X, f); a != x.X {
			e = &FieldSel{a, x.Name}
		}
	case *Unary:
		if a := Rewrite(x.X, f); a != x.X {
			e = &Unary{x.Op, a}
		}
	case *Binary:
		if a, b := Rewrite(x.X, f), Rewrite(x.Y, f); a != x.X || b != x.Y {
			e = &Binary{x.Op, a, b}
		}
	case *If:
		if c, a, b := Rewrite(x.Cond, f), Rewrite(x.Then, f), Rewrite(x.Else, f); c != x.Cond || a != x.Then || b != x.Else {
			e = &If{c, a, b}
		}
	case *Quant:
		if b := Rewrite(x.Body, f); b != x.Body {
			e = &Quant{x.Op, x.Param, b}
		}
	case *Composite:
		if es, changed := rewriteAll(x.Elems, f); changed {
			e = &Composite{x.T, es}
		}
	default:
		panic(fmt.Sprintf("spec: unhandled %T", e))
	}
	return f(e)
}

func rewriteAll(es []Expr, f func(Expr) Expr) ([]Expr, bool) {
	out, changed := make([]Expr, len(es)), false
	for i, e := range es {
		out[i] = Rewrite(e, f)
		changed = changed || out[i] != e
	}
	return out, changed
}

// RewriteNode returns n with f applied, as by [Rewrite], to every expression in it.
func RewriteNode(n Node, f func(Expr) Expr) Node {
	switch n := n.(type) {
	case nil:
		return nil
	case *Do:
		us := make([]Update, len(n.Updates))
		for i, u := range n.Updates {
			us[i] = Update{Var: u.Var, Value: Rewrite(u.Value, f)}
			for _, s := range u.Path {
				us[i].Path = append(us[i].Path, Selector{Rewrite(s.Index, f), s.Field})
			}
		}
		return &Do{us}
	case *Branch:
		return &Branch{Rewrite(n.Cond, f), RewriteNode(n.Then, f), RewriteNode(n.Else, f)}
	}
	panic(fmt.Sprintf("spec: unhandled %T", n))
}

// Substitute returns e with every reference to a parameter in with replaced by the expression
// there. The parameters must not be bound inside e, and the expressions must not mention one that
// is.
func Substitute(e Expr, with map[*Param]Expr) Expr {
	return Rewrite(e, func(e Expr) Expr {
		if p, ok := e.(*ParamRef); ok {
			if r, ok := with[p.Param]; ok {
				return r
			}
		}
		return e
	})
}

// SubstituteNode is [Substitute] for the expressions of a node.
func SubstituteNode(n Node, with map[*Param]Expr) Node {
	return RewriteNode(n, func(e Expr) Expr {
		if p, ok := e.(*ParamRef); ok {
			if r, ok := with[p.Param]; ok {
				return r
			}
		}
		return e
	})
}
