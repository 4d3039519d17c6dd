package cmodel

import "mcheck/spec"

// facts are conditions on the old state that are known on a path: a persistent list, the newest
// first.
type facts struct {
	cond   term
	truth  bool
	parent *facts
	// of a comparison with a constant: what, and its bounds; about is the zero term otherwise
	about  term
	lo, hi int64
	not    bool // about is not lo
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
			if o := negated(x.Op); o != spec.OpInvalid {
				return f.with(&spec.Binary{Op: o, X: x.X, Y: x.Y}, true)
			}
		}
	}
	n := &facts{cond: termOf(e), truth: truth, parent: f}
	if x, ok := e.(*spec.Binary); ok && truth {
		o, l, r := x.Op, x.X, x.Y
		if _, isLit := litOf(l); isLit {
			if m := mirrored(o); m != spec.OpInvalid {
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
			n.about = termOf(about)
		}
	}
	return n
}

// mirrored returns the operator p with x o y = y p x; OpInvalid if o is no comparison.
func mirrored(o spec.Op) spec.Op {
	switch o {
	case spec.Eq, spec.Ne:
		return o
	case spec.Lt:
		return spec.Gt
	case spec.Gt:
		return spec.Lt
	case spec.Le:
		return spec.Ge
	case spec.Ge:
		return spec.Le
	}
	return spec.OpInvalid
}

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
	if f == nil {
		return lo, hi
	}
	what := termOf(e)
	var nots []int64
	for p := f; p != nil; p = p.parent {
		if !p.about.is(what) {
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
						what := termOf(x.X)
						for p := f; p != nil; p = p.parent {
							if p.not && p.lo == n && p.about.is(what) {
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
	cond, not := termOf(e), term{}
	if x, ok := e.(*spec.Binary); ok {
		if o := negated(x.Op); o != spec.OpInvalid {
			not = termOf(&spec.Binary{Op: o, X: x.X, Y: x.Y})
		}
	}
	for p := f; p != nil; p = p.parent {
		if p.cond.is(cond) {
			return p.truth, true
		}
		if p.cond.is(not) {
			return !p.truth, true
		}
	}
	return false, false
}

// isElement reports whether e is an element of a list of objects, which is never NULL.
func isElement(e spec.Expr) bool {
	if _, object := e.Type().(*spec.OptionType); !object {
		return false
	}
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
		r := f.with(l, x.Op == spec.And).simplify(x.Y)
		if isAtom(r) { // it can always be asked, so what stands left of it may rely on it as well
			l = f.with(r, x.Op == spec.And).simplify(l)
		}
		return mkBin(x.Op, l, r)
	}
	return e
}

// isAtom reports whether e is a comparison of a cell that there is with a constant, or such a cell.
func isAtom(e spec.Expr) bool {
	if b, ok := e.(*spec.Binary); ok {
		if _, lit := litOf(b.Y); !lit || mirrored(b.Op) == spec.OpInvalid {
			return false
		}
		e = b.X
	}
	for {
		switch x := e.(type) {
		case *spec.VarRef:
			return true
		case *spec.Index:
			switch i := x.I.(type) {
			case *spec.Lit:
				if i.N < 0 {
					return false
				}
			case *spec.ParamRef:
			default:
				return false
			}
			if _, ok := x.X.Type().(*spec.ArrayType); !ok {
				return false
			}
			e = x.X
			continue
		}
		return false
	}
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
				if q.truth == p.truth && q.cond.is(p.cond) {
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
