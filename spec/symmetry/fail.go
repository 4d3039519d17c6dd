package symmetry

import (
	"fmt"
	"slices"

	"mcheck/spec"
)

// learn adds to what is known, of pointers and of positions in sequences, that e holds, or that it
// does not.
func (p *printer) learn(e spec.Expr, holds bool) {
	switch e := e.(type) {
	case *spec.Unary:
		if e.Op == spec.Not {
			p.learn(e.X, !holds)
		}
	case *spec.Binary:
		switch {
		case e.Op == spec.And && holds, e.Op == spec.Or && !holds:
			p.learn(e.X, holds)
			p.learn(e.Y, holds)
		case e.Op == spec.Ne && holds, e.Op == spec.Eq && !holds:
			for _, s := range [][2]spec.Expr{{e.X, e.Y}, {e.Y, e.X}} {
				if isNull(s[1]) {
					p.known = append(p.known, p.plain(s[0]))
				}
			}
		case e.Op == spec.Le && holds:
			if n, ok := e.Y.(*spec.Unary); ok && n.Op == spec.Len {
				p.known = append(p.known, p.position(e.X, n.X))
			}
		}
	}
}

func isNull(e spec.Expr) bool {
	l, ok := e.(*spec.Lit)
	if !ok || l.N != -1 {
		return false
	}
	_, ok = l.T.(*spec.OptionType)
	return ok
}

// position says that i is not beyond the end of the sequence x.
func (p *printer) position(i, x spec.Expr) string { return p.plain(i) + " in " + p.plain(x) }

// plain is the text of e without a swap.
func (p *printer) plain(e spec.Expr) string {
	q := printer{params: p.params}
	q.expr(e)
	return string(q.out)
}

// mayFail reports whether the evaluation of e may fail, as far as types and comparisons with NULL
// and with lengths tell.
func (p *printer) mayFail(e spec.Expr) bool {
	n := len(p.known)
	defer func() { p.known = p.known[:n] }()
	switch e := e.(type) {
	case *spec.Lit, *spec.VarRef, *spec.ParamRef:
		return false
	case *spec.Index:
		if p.mayFail(e.X) || p.mayFail(e.I) {
			return true
		}
		t, ok := e.X.Type().(*spec.ArrayType)
		if !ok {
			lo, _, ok := spec.Domain(e.I.Type())
			return !ok || lo < 1 || !slices.Contains(p.known, p.position(e.I, e.X))
		}
		if _, ok := e.I.Type().(*spec.OptionType); ok {
			return !slices.Contains(p.known, p.plain(e.I))
		}
		return !inside(e.I, t.Index)
	case *spec.FieldSel:
		return p.mayFail(e.X)
	case *spec.Unary:
		return e.Op == spec.Head || e.Op == spec.Tail || p.mayFail(e.X)
	case *spec.Binary:
		switch e.Op {
		case spec.Append, spec.RemoveAt:
			return true
		case spec.Div, spec.Mod:
			if r, ok := e.Y.Type().(*spec.RangeType); !ok || r.Lo < 1 {
				return true
			}
		}
		if p.mayFail(e.X) {
			return true
		}
		if e.Op == spec.And || e.Op == spec.Or || e.Op == spec.Implies {
			p.learn(e.X, e.Op != spec.Or)
		}
		return p.mayFail(e.Y)
	case *spec.If:
		if p.mayFail(e.Cond) {
			return true
		}
		p.learn(e.Cond, true)
		if p.mayFail(e.Then) {
			return true
		}
		p.known = p.known[:n]
		p.learn(e.Cond, false)
		return p.mayFail(e.Else)
	case *spec.Quant:
		if _, ok := p.params[e.Param]; ok {
			return p.mayFail(e.Body)
		}
		if p.params == nil {
			p.params = map[*spec.Param]int{}
		}
		p.params[e.Param] = len(p.params)
		defer delete(p.params, e.Param)
		return p.mayFail(e.Body)
	case *spec.Composite:
		t := func(i int) spec.Type { return spec.ElemType(e.T, i) }
		for i, x := range e.Elems {
			if p.mayFail(x) || !fits(x, t(i)) {
				return true
			}
		}
		return false
	}
	panic(fmt.Sprintf("unhandled %T", e))
}

// inside reports whether every value of e is an index of type t.
func inside(e spec.Expr, t spec.Type) bool {
	if l, ok := e.(*spec.Lit); ok {
		lo, hi, ok := spec.Domain(t)
		return ok && lo <= l.N && l.N <= hi
	}
	lo, hi, ok := spec.Domain(t)
	l, h, ok2 := spec.Domain(e.Type())
	return ok && ok2 && lo <= l && h <= hi
}

// fits reports whether every value of e is one of type t.
func fits(e spec.Expr, t spec.Type) bool {
	if spec.SameType(e.Type(), t) {
		return true
	}
	return spec.IsScalar(t) && inside(e, t)
}
