package spec

import (
	"fmt"
	"slices"
)

// SameExpr reports whether a and b are the same expression, so that they have the same value in
// every state. Numbers are the same whatever range their type is, constants of other types only
// where the types are: NULL is not -1, and a position in an enum is no number. Variables that a
// Quant binds may have different names. Two nil expressions are the same. That a and b are not the
// same does not mean that their values differ.
func SameExpr(a, b Expr) bool { return sameExpr(a, b, nil) }

// binding is a pair of parameters that two quantifiers bind at the same place.
type binding struct{ a, b *Param }

func sameExpr(a, b Expr, bound []binding) bool {
	if a == b && len(bound) == 0 {
		return true
	}
	switch a := a.(type) {
	case nil:
		return b == nil
	case *Lit:
		b, ok := b.(*Lit)
		if !ok || a.N != b.N {
			return false
		}
		_, x := a.T.(*RangeType)
		_, y := b.T.(*RangeType)
		return x && y || SameType(a.T, b.T)
	case *VarRef:
		b, ok := b.(*VarRef)
		return ok && a.Var == b.Var
	case *ParamRef:
		b, ok := b.(*ParamRef)
		return ok && sameParam(a.Param, b.Param, bound)
	case *Index:
		b, ok := b.(*Index)
		return ok && sameExpr(a.X, b.X, bound) && sameExpr(a.I, b.I, bound)
	case *FieldSel:
		b, ok := b.(*FieldSel)
		return ok && a.Name == b.Name && sameExpr(a.X, b.X, bound)
	case *Unary:
		b, ok := b.(*Unary)
		return ok && a.Op == b.Op && sameExpr(a.X, b.X, bound)
	case *Binary:
		b, ok := b.(*Binary)
		return ok && a.Op == b.Op && sameExpr(a.X, b.X, bound) && sameExpr(a.Y, b.Y, bound)
	case *If:
		b, ok := b.(*If)
		return ok && sameExpr(a.Cond, b.Cond, bound) && sameExpr(a.Then, b.Then, bound) && sameExpr(a.Else, b.Else, bound)
	case *Quant:
		b, ok := b.(*Quant)
		return ok && a.Op == b.Op && SameType(a.Param.Type, b.Param.Type) && slices.Equal(a.Param.Values(), b.Param.Values()) &&
			sameExpr(a.Body, b.Body, append(bound[:len(bound):len(bound)], binding{a.Param, b.Param}))
	case *Composite:
		b, ok := b.(*Composite)
		return ok && SameType(a.T, b.T) && slices.EqualFunc(a.Elems, b.Elems, func(x, y Expr) bool { return sameExpr(x, y, bound) })
	}
	panic(fmt.Sprintf("spec: unhandled %T", a))
}

// sameParam reports whether a and b are bound at the same place, or nowhere in the two expressions
// and one parameter.
func sameParam(a, b *Param, bound []binding) bool {
	for _, p := range slices.Backward(bound) {
		if p.a == a || p.b == b {
			return p.a == a && p.b == b
		}
	}
	return a == b
}
