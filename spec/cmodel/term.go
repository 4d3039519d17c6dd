package cmodel

import (
	"fmt"

	"mcheck/spec"
)

// term is an expression with a hash, so that comparing it with others is mostly comparing two numbers. The zero term is no expression.
type term struct {
	e    spec.Expr
	hash uint64
}

func termOf(e spec.Expr) term { return term{e, hashOf(e)} }

// is reports whether x and y are the same expression, word for word: variables that a Quant binds must be the same ones, and of constants only those
// of enums have a type. No term is the zero term.
func (x term) is(y term) bool {
	return x.hash == y.hash && x.e != nil && y.e != nil && sameWords(x.e, y.e)
}

// mix adds n to a hash (FNV with words for bytes).
func mix(h, n uint64) uint64 {
	h = (h ^ n) * 0x9e3779b97f4a7c15
	return h ^ h>>29
}

func mixName(h uint64, s string) uint64 {
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 0x100000001b3
	}
	return h
}

// What hashes of expressions of different kinds begin with; operators and small constants follow.
const (
	hashLit uint64 = (iota + 1) << 32
	hashVar
	hashParam
	hashIndex
	hashField
	hashUnary
	hashBinary
	hashIf
	hashQuant
	hashComposite
)

func hashOf(e spec.Expr) uint64 {
	switch x := e.(type) {
	case *spec.Lit:
		return mix(hashLit, uint64(x.N))
	case *spec.VarRef:
		return mixName(hashVar, x.Var.Name)
	case *spec.ParamRef:
		return mixName(hashParam, x.Param.Name)
	case *spec.Index:
		return mix(mix(hashIndex, hashOf(x.X)), hashOf(x.I))
	case *spec.FieldSel:
		return mixName(mix(hashField, hashOf(x.X)), x.Name)
	case *spec.Unary:
		return mix(hashUnary+uint64(x.Op), hashOf(x.X))
	case *spec.Binary:
		return mix(mix(hashBinary+uint64(x.Op), hashOf(x.X)), hashOf(x.Y))
	case *spec.If:
		return mix(mix(mix(hashIf, hashOf(x.Cond)), hashOf(x.Then)), hashOf(x.Else))
	case *spec.Quant:
		return mix(hashQuant+uint64(x.Op), hashOf(x.Body))
	case *spec.Composite:
		h := hashComposite
		for _, y := range x.Elems {
			h = mix(h, hashOf(y))
		}
		return h
	}
	panic(fmt.Sprintf("unhandled %T", e))
}

func sameWords(a, b spec.Expr) bool {
	if a == b {
		return true
	}
	switch a := a.(type) {
	case *spec.Lit:
		b, ok := b.(*spec.Lit)
		if !ok || a.N != b.N {
			return false
		}
		x, ok1 := a.T.(*spec.EnumType)
		y, ok2 := b.T.(*spec.EnumType)
		return ok1 == ok2 && x == y
	case *spec.VarRef:
		b, ok := b.(*spec.VarRef)
		return ok && a.Var == b.Var
	case *spec.ParamRef:
		b, ok := b.(*spec.ParamRef)
		return ok && a.Param == b.Param
	case *spec.Index:
		b, ok := b.(*spec.Index)
		return ok && sameWords(a.X, b.X) && sameWords(a.I, b.I)
	case *spec.FieldSel:
		b, ok := b.(*spec.FieldSel)
		return ok && a.Name == b.Name && sameWords(a.X, b.X)
	case *spec.Unary:
		b, ok := b.(*spec.Unary)
		return ok && a.Op == b.Op && sameWords(a.X, b.X)
	case *spec.Binary:
		b, ok := b.(*spec.Binary)
		return ok && a.Op == b.Op && sameWords(a.X, b.X) && sameWords(a.Y, b.Y)
	case *spec.If:
		b, ok := b.(*spec.If)
		return ok && sameWords(a.Cond, b.Cond) && sameWords(a.Then, b.Then) && sameWords(a.Else, b.Else)
	case *spec.Quant:
		b, ok := b.(*spec.Quant)
		return ok && a.Op == b.Op && a.Param == b.Param && sameWords(a.Body, b.Body)
	case *spec.Composite:
		b, ok := b.(*spec.Composite)
		if !ok || len(a.Elems) != len(b.Elems) {
			return false
		}
		for i := range a.Elems {
			if !sameWords(a.Elems[i], b.Elems[i]) {
				return false
			}
		}
		return true
	}
	panic(fmt.Sprintf("unhandled %T", a))
}
