package cmodel

import (
	"fmt"

	"mcheck/spec"
)

// term is an expression with a hash, so that comparing it with others is mostly comparing two
// numbers. The zero term is no expression.
type term struct {
	e    spec.Expr
	hash uint64
}

func termOf(e spec.Expr) term { return term{e, hashOf(e)} }

// is reports whether x and y are the same expression, as [spec.SameExpr] has it. No term is the
// zero term.
func (x term) is(y term) bool {
	return x.hash == y.hash && x.e != nil && y.e != nil && spec.SameExpr(x.e, y.e)
}

// mix adds n to a hash. It need not be a good one: where hashes are the same, the expressions are
// compared.
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
		return hashParam // a bound one may have any name
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
