package cmodel

import (
	"fmt"
	"strconv"
	"strings"

	"mcheck/spec"
)

// facts are conditions on the old state that are known on a path: a persistent list, the newest first.
type facts struct {
	key    string
	truth  bool
	parent *facts
	// of a comparison with a constant: what and its bounds
	about  string
	lo, hi int64
	not    bool // about is not lo
}

func exprKey(e spec.Expr) string {
	var b strings.Builder
	writeKey(&b, e)
	return b.String()
}

func writeKey(b *strings.Builder, e spec.Expr) {
	switch x := e.(type) {
	case *spec.Lit:
		if _, ok := x.T.(*spec.EnumType); ok {
			b.WriteString(x.T.String() + ".")
		}
		b.WriteString(strconv.FormatInt(x.N, 10))
	case *spec.VarRef:
		fmt.Fprintf(b, "%s@%p", x.Var.Name, x.Var)
	case *spec.ParamRef:
		fmt.Fprintf(b, "%s@%p", x.Param.Name, x.Param)
	case *spec.Index:
		writeKey(b, x.X)
		b.WriteByte('[')
		writeKey(b, x.I)
		b.WriteByte(']')
	case *spec.FieldSel:
		writeKey(b, x.X)
		b.WriteString("." + x.Name)
	case *spec.Unary:
		b.WriteString(x.Op.String() + "(")
		writeKey(b, x.X)
		b.WriteByte(')')
	case *spec.Binary:
		b.WriteByte('(')
		writeKey(b, x.X)
		b.WriteString(" " + x.Op.String() + " ")
		writeKey(b, x.Y)
		b.WriteByte(')')
	case *spec.If:
		b.WriteString("if(")
		writeKey(b, x.Cond)
		b.WriteByte(',')
		writeKey(b, x.Then)
		b.WriteByte(',')
		writeKey(b, x.Else)
		b.WriteByte(')')
	case *spec.Quant:
		fmt.Fprintf(b, "%s %s@%p:", x.Op, x.Param.Name, x.Param)
		writeKey(b, x.Body)
	case *spec.Composite:
		b.WriteByte('{')
		for _, e := range x.Elems {
			writeKey(b, e)
			b.WriteByte(',')
		}
		b.WriteByte('}')
	default:
		panic(fmt.Sprintf("unhandled %T", e))
	}
}

// with returns the facts and that e is truth.
func (f *facts) with(e spec.Expr, truth bool) *facts {
	switch x := e.(type) {
	case *spec.Lit:
		return f
	case *spec.Unary:
		if x.Op == spec.Not {
			return f.with(x.X, !truth)
		}
	case *spec.Binary:
		if x.Op == spec.And && truth || x.Op == spec.Or && !truth {
			return f.with(x.X, truth).with(x.Y, truth)
		}
		if !truth {
			if o, ok := negated[x.Op]; ok {
				return f.with(&spec.Binary{Op: o, X: x.X, Y: x.Y}, true)
			}
		}
	}
	n := &facts{key: exprKey(e), truth: truth, parent: f}
	if x, ok := e.(*spec.Binary); ok && truth {
		o, l, r := x.Op, x.X, x.Y
		if _, isLit := litOf(l); isLit {
			if m, ok := mirrored[o]; ok {
				o, l, r = m, r, l
			}
		}
		if k, isLit := litOf(r); isLit {
			about, shift := l, int64(0)
			if b, ok := l.(*spec.Binary); ok && (b.Op == spec.Add || b.Op == spec.Sub) {
				if d, ok := litOf(b.Y); ok {
					about, shift = b.X, d
					if b.Op == spec.Add {
						shift = -d
					}
				}
			}
			const inf = 1 << 40
			n.lo, n.hi = -inf, inf
			k += shift
			switch o {
			case spec.Eq:
				n.lo, n.hi = k, k
			case spec.Ne:
				n.lo, n.hi, n.not = k, k, true
			case spec.Lt:
				n.hi = k - 1
			case spec.Le:
				n.hi = k
			case spec.Gt:
				n.lo = k + 1
			case spec.Ge:
				n.lo = k
			default:
				return n
			}
			n.about = exprKey(about)
		}
	}
	return n
}

var mirrored = map[spec.Op]spec.Op{spec.Eq: spec.Eq, spec.Ne: spec.Ne, spec.Lt: spec.Gt, spec.Gt: spec.Lt, spec.Le: spec.Ge, spec.Ge: spec.Le}

// interval returns bounds on the scalar value of e.
func (f *facts) interval(e spec.Expr) (lo, hi int64) {
	switch x := e.(type) {
	case *spec.Lit:
		return x.N, x.N
	case *spec.If:
		a, b := f.interval(x.Then)
		c, d := f.interval(x.Else)
		return min(a, c), max(b, d)
	case *spec.Binary:
		a, b := f.interval(x.X)
		c, d := f.interval(x.Y)
		switch x.Op {
		case spec.Add:
			return a + c, b + d
		case spec.Sub:
			return a - d, b - c
		}
	}
	lo, hi, ok := spec.Domain(e.Type())
	if !ok {
		return -1 << 40, 1 << 40
	}
	key := exprKey(e)
	var nots []int64
	for p := f; p != nil; p = p.parent {
		if p.about != key {
			continue
		}
		if p.not {
			nots = append(nots, p.lo)
			continue
		}
		lo, hi = max(lo, p.lo), min(hi, p.hi)
	}
	for range nots {
		for _, n := range nots {
			if n == lo {
				lo++
			}
			if n == hi {
				hi--
			}
		}
	}
	return lo, hi
}

// decide returns the truth of e where the facts settle it.
func (f *facts) decide(e spec.Expr) (truth, known bool) {
	switch x := e.(type) {
	case *spec.Lit:
		return x.N != 0, true
	case *spec.Unary:
		if x.Op == spec.Not {
			t, k := f.decide(x.X)
			return !t, k
		}
	case *spec.Binary:
		switch x.Op {
		case spec.And, spec.Or:
			a, ka := f.decide(x.X)
			if ka && a == (x.Op == spec.Or) {
				return a, true
			}
			b, kb := f.with(x.X, x.Op == spec.And).decide(x.Y)
			if kb && b == (x.Op == spec.Or) {
				return b, true
			}
			return a, ka && kb
		case spec.Eq, spec.Ne, spec.Lt, spec.Le, spec.Gt, spec.Ge:
			if x.X.Type() != nil && x.Y.Type() != nil && spec.IsScalar(x.X.Type()) && spec.IsScalar(x.Y.Type()) {
				if isElement(x.X) {
					if n, ok := litOf(x.Y); ok && n == -1 {
						return x.Op == spec.Ne, true
					}
				}
				a, b := f.interval(x.X)
				c, d := f.interval(x.Y)
				switch x.Op {
				case spec.Eq, spec.Ne:
					if b < c || d < a {
						return x.Op == spec.Ne, true
					}
					if a == b && c == d && a == c {
						return x.Op == spec.Eq, true
					}
					if n, ok := litOf(x.Y); ok {
						key := exprKey(x.X)
						for p := f; p != nil; p = p.parent {
							if p.not && p.about == key && p.lo == n {
								return x.Op == spec.Ne, true
							}
						}
					}
				case spec.Lt:
					if b < c {
						return true, true
					}
					if a >= d {
						return false, true
					}
				case spec.Le:
					if b <= c {
						return true, true
					}
					if a > d {
						return false, true
					}
				case spec.Gt:
					if a > d {
						return true, true
					}
					if b <= c {
						return false, true
					}
				case spec.Ge:
					if a >= d {
						return true, true
					}
					if b < c {
						return false, true
					}
				}
			}
		}
	}
	if f == nil {
		return false, false
	}
	key := exprKey(e)
	nkey := ""
	if x, ok := e.(*spec.Binary); ok {
		if o, ok := negated[x.Op]; ok {
			nkey = exprKey(&spec.Binary{Op: o, X: x.X, Y: x.Y})
		}
	}
	for p := f; p != nil; p = p.parent {
		if p.key == key {
			return p.truth, true
		}
		if nkey != "" && p.key == nkey {
			return !p.truth, true
		}
	}
	return false, false
}

// isElement reports whether e is an element of a list, which is never NULL.
func isElement(e spec.Expr) bool {
	switch x := e.(type) {
	case *spec.Unary:
		return x.Op == spec.Head
	case *spec.Index:
		_, ok := x.X.Type().(*spec.SeqType)
		return ok
	}
	return false
}

// simplify decides the conditions in e that the facts settle.
func (f *facts) simplify(e spec.Expr) spec.Expr {
	if e.Type() != spec.Type(spec.Bool) {
		if x, ok := e.(*spec.If); ok {
			if t, k := f.decide(x.Cond); k {
				if t {
					return f.simplify(x.Then)
				}
				return f.simplify(x.Else)
			}
		}
		return e
	}
	if t, k := f.decide(e); k {
		return spec.BoolLit(t)
	}
	if x, ok := e.(*spec.Binary); ok && (x.Op == spec.And || x.Op == spec.Or) {
		l := f.simplify(x.X)
		return mkBin(x.Op, l, f.with(l, x.Op == spec.And).simplify(x.Y))
	}
	return e
}

// common returns the facts of base and those that all of fs have besides.
func common(base *facts, fs []*facts) *facts {
	out := base
	if len(fs) == 0 {
		return out
	}
	for p := fs[0]; p != nil && p != base; p = p.parent {
		all := true
		for _, g := range fs[1:] {
			found := false
			for q := g; q != nil && q != base; q = q.parent {
				if q.key == p.key && q.truth == p.truth {
					found = true
					break
				}
			}
			if !found {
				all = false
				break
			}
		}
		if all {
			n := *p
			n.parent = out
			out = &n
		}
	}
	return out
}
