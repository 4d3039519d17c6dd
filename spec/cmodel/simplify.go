package cmodel

import "mcheck/spec"

// The mk functions build expressions and simplify what the lowering makes over and over: constants, equal arms, negations.
// They keep the order of evaluation, so that what guarded a partial operation still does.

func litOf(e spec.Expr) (int64, bool) {
	if l, ok := e.(*spec.Lit); ok {
		return l.N, true
	}
	return 0, false
}

func isTrue(e spec.Expr) bool {
	l, ok := e.(*spec.Lit)
	return ok && l.T == spec.Type(spec.Bool) && l.N == 1
}

func isFalse(e spec.Expr) bool {
	l, ok := e.(*spec.Lit)
	return ok && l.T == spec.Type(spec.Bool) && l.N == 0
}

// negated returns the comparison that holds where o does not; OpInvalid if o is none.
func negated(o spec.Op) spec.Op {
	switch o {
	case spec.Eq:
		return spec.Ne
	case spec.Ne:
		return spec.Eq
	case spec.Lt:
		return spec.Ge
	case spec.Ge:
		return spec.Lt
	case spec.Le:
		return spec.Gt
	case spec.Gt:
		return spec.Le
	}
	return spec.OpInvalid
}

func mkNot(e spec.Expr) spec.Expr {
	switch x := e.(type) {
	case *spec.Lit:
		return spec.BoolLit(x.N == 0)
	case *spec.Unary:
		if x.Op == spec.Not {
			return x.X
		}
	case *spec.Binary:
		if o := negated(x.Op); o != spec.OpInvalid {
			return &spec.Binary{Op: o, X: x.X, Y: x.Y}
		}
		switch x.Op {
		case spec.And:
			return mkBin(spec.Or, mkNot(x.X), mkNot(x.Y))
		case spec.Or:
			return mkBin(spec.And, mkNot(x.X), mkNot(x.Y))
		}
	}
	return &spec.Unary{Op: spec.Not, X: e}
}

func mkAny(es ...spec.Expr) spec.Expr {
	var out spec.Expr = spec.F
	for _, e := range es {
		out = mkBin(spec.Or, out, e)
	}
	return out
}

func mkAll(es ...spec.Expr) spec.Expr {
	var out spec.Expr = spec.T
	for _, e := range es {
		out = mkBin(spec.And, out, e)
	}
	return out
}

func mkUn(o spec.Op, x spec.Expr) spec.Expr {
	switch o {
	case spec.Not:
		return mkNot(x)
	case spec.Neg:
		if n, ok := litOf(x); ok {
			return spec.Int(-n)
		}
	case spec.Len:
		switch s := x.(type) {
		case *spec.Composite:
			return spec.Int(int64(len(s.Elems)))
		case *spec.Unary:
			if s.Op == spec.Tail {
				return mkBin(spec.Sub, mkUn(spec.Len, s.X), spec.Int(1))
			}
		case *spec.Binary:
			switch s.Op {
			case spec.Append:
				return mkBin(spec.Add, mkUn(spec.Len, s.X), spec.Int(1))
			case spec.RemoveAt:
				return mkBin(spec.Sub, mkUn(spec.Len, s.X), spec.Int(1))
			}
		case *spec.If:
			a, b := mkUn(spec.Len, s.Then), mkUn(spec.Len, s.Else)
			return mkIf(s.Cond, a, b)
		}
	case spec.Head:
		switch s := x.(type) {
		case *spec.Composite:
			if len(s.Elems) > 0 {
				return s.Elems[0]
			}
		case *spec.Unary:
			if s.Op == spec.Tail {
				return elementAt(s, 1)
			}
		}
	case spec.Tail:
		if s, ok := x.(*spec.Composite); ok && len(s.Elems) > 0 {
			return &spec.Composite{T: s.T, Elems: s.Elems[1:]}
		}
	}
	return &spec.Unary{Op: o, X: x}
}

// elementAt is s[i], through the tails. Where s can't be that long nobody asks for it, and any element will do.
func elementAt(s spec.Expr, i int64) spec.Expr {
	switch x := s.(type) {
	case *spec.Unary:
		if x.Op == spec.Tail {
			return elementAt(x.X, i+1)
		}
	case *spec.Composite:
		if int(i) <= len(x.Elems) && i >= 1 {
			return x.Elems[i-1]
		}
	}
	if t, ok := s.Type().(*spec.SeqType); ok {
		i = min(i, int64(t.Cap))
	}
	return &spec.Index{X: s, I: spec.Int(i)}
}

func mkIf(c, a, b spec.Expr) spec.Expr {
	switch {
	case isTrue(c):
		return a
	case isFalse(c):
		return b
	case spec.SameExpr(a, b):
		return a
	}
	if u, ok := c.(*spec.Unary); ok && u.Op == spec.Not {
		return mkIf(u.X, b, a)
	}
	if a.Type() == spec.Type(spec.Bool) {
		switch {
		case isTrue(a) && isFalse(b):
			return c
		case isFalse(a) && isTrue(b):
			return mkNot(c)
		case isTrue(a):
			return mkBin(spec.Or, c, b)
		case isFalse(a):
			return mkBin(spec.And, mkNot(c), b)
		case isTrue(b):
			return mkBin(spec.Or, mkNot(c), a)
		case isFalse(b):
			return mkBin(spec.And, c, a)
		}
	}
	// if c then (if c then x …) and the like
	if x, ok := a.(*spec.If); ok {
		if spec.SameExpr(x.Cond, c) {
			return mkIf(c, x.Then, b)
		}
		if spec.SameExpr(x.Else, b) {
			return mkIf(mkBin(spec.And, c, x.Cond), x.Then, b)
		}
	}
	if x, ok := b.(*spec.If); ok {
		if spec.SameExpr(x.Cond, c) {
			return mkIf(c, a, x.Else)
		}
		if spec.SameExpr(x.Then, a) {
			return mkIf(mkBin(spec.Or, c, x.Cond), a, x.Else)
		}
	}
	return &spec.If{Cond: c, Then: a, Else: b}
}

// foldBin is x o y for constants; else nil.
func foldBin(o spec.Op, x, y spec.Expr) spec.Expr {
	a, ok1 := x.(*spec.Lit)
	b, ok2 := y.(*spec.Lit)
	if ok1 && ok2 {
		if l := spec.Fold(o, a, b); l != nil {
			return l
		}
	}
	return nil
}

// differ reports whether x is made from y in a way that makes it another value: what it is not, a number that is more or less, a list that is longer or shorter.
func differ(x, y spec.Expr) bool {
	if x.Type() == spec.Type(spec.Bool) && spec.SameExpr(mkNot(x), y) {
		return true
	}
	switch x := x.(type) {
	case *spec.Unary:
		return x.Op == spec.Tail && spec.SameExpr(x.X, y)
	case *spec.Binary:
		switch x.Op {
		case spec.Add, spec.Sub:
			n, ok := litOf(x.Y)
			return ok && n != 0 && spec.SameExpr(x.X, y)
		case spec.Append, spec.RemoveAt:
			return spec.SameExpr(x.X, y)
		}
	}
	return false
}

// litsOnly reports whether e is a decision among constants.
func litsOnly(e spec.Expr) bool {
	switch x := e.(type) {
	case *spec.Lit:
		return true
	case *spec.If:
		return litsOnly(x.Then) && litsOnly(x.Else)
	}
	return false
}

func mapLits(e spec.Expr, f func(spec.Expr) spec.Expr) spec.Expr {
	if x, ok := e.(*spec.If); ok {
		return mkIf(x.Cond, mapLits(x.Then, f), mapLits(x.Else, f))
	}
	return f(e)
}

func mkBin(o spec.Op, x, y spec.Expr) spec.Expr {
	xl, xok := litOf(x)
	yl, yok := litOf(y)
	switch o {
	case spec.And:
		switch {
		case isFalse(x):
			return spec.F
		case isTrue(x):
			return y
		case isTrue(y):
			return x
		case spec.SameExpr(x, y):
			return x
		case isFalse(y):
			return spec.F
		}
	case spec.Or:
		switch {
		case isTrue(x):
			return spec.T
		case isFalse(x):
			return y
		case isFalse(y):
			return x
		case spec.SameExpr(x, y):
			return x
		case isTrue(y):
			return spec.T
		}
	case spec.Eq, spec.Ne, spec.Lt, spec.Le, spec.Gt, spec.Ge:
		if c := foldBin(o, x, y); c != nil {
			return c
		}
		if o == spec.Eq || o == spec.Ne {
			if x.Type() == spec.Type(spec.Bool) && y.Type() == spec.Type(spec.Bool) {
				want := o == spec.Eq
				switch {
				case yok && (yl == 1) == want:
					return x
				case yok:
					return mkNot(x)
				case xok && (xl == 1) == want:
					return y
				case xok:
					return mkNot(y)
				}
			}
			if spec.SameExpr(x, y) {
				return spec.BoolLit(o == spec.Eq)
			}
			if differ(x, y) || differ(y, x) {
				return spec.BoolLit(o == spec.Ne)
			}
			// a value that can't be NULL
			if yok && yl == -1 {
				if _, ok := x.Type().(*spec.EnumType); ok {
					return spec.BoolLit(o == spec.Ne)
				}
			}
			if xok && xl == -1 {
				if _, ok := y.Type().(*spec.EnumType); ok {
					return spec.BoolLit(o == spec.Ne)
				}
			}
		}
		if yok && !xok && litsOnly(x) {
			return mapLits(x, func(l spec.Expr) spec.Expr { return mkBin(o, l, y) })
		}
		if xok && !yok && litsOnly(y) {
			return mapLits(y, func(l spec.Expr) spec.Expr { return mkBin(o, x, l) })
		}
	case spec.Add, spec.Sub, spec.Mul, spec.Div, spec.Mod:
		if c := foldBin(o, x, y); c != nil {
			return c
		}
		if (o == spec.Add || o == spec.Sub) && yok {
			if yl == 0 {
				return x
			}
			if yl < 0 {
				if o == spec.Add {
					return mkBin(spec.Sub, x, spec.Int(-yl))
				}
				return mkBin(spec.Add, x, spec.Int(-yl))
			}
			if b, ok := x.(*spec.Binary); ok && (b.Op == spec.Add || b.Op == spec.Sub) {
				if n, ok := litOf(b.Y); ok {
					if b.Op == spec.Sub {
						n = -n
					}
					if o == spec.Add {
						n += yl
					} else {
						n -= yl
					}
					return mkBin(spec.Add, b.X, spec.Int(n))
				}
			}
		}
		if o == spec.Add && xok && xl == 0 {
			return y
		}
	case spec.In:
		if yok && yl == 0 {
			return spec.F
		}
		if c := foldBin(o, x, y); c != nil {
			return c
		}
	case spec.Union, spec.Intersect, spec.Minus, spec.SubsetEq:
		if c := foldBin(o, x, y); c != nil {
			return c
		}
		if o == spec.Minus && xok && xl == 0 || o == spec.Union && yok && yl == 0 || o == spec.Minus && yok && yl == 0 {
			return x
		}
		if o == spec.Union && xok && xl == 0 {
			return y
		}
	case spec.Append:
		if s, ok := x.(*spec.Composite); ok {
			return &spec.Composite{T: s.T, Elems: append(s.Elems[:len(s.Elems):len(s.Elems)], y)}
		}
	}
	return &spec.Binary{Op: o, X: x, Y: y}
}

// mkIndex is x[i], read through constant arrays.
func mkIndex(x, i spec.Expr) spec.Expr {
	switch a := x.(type) {
	case *spec.Quant:
		if a.Op == spec.MapOf {
			return resimplify(spec.Substitute(a.Body, map[*spec.Param]spec.Expr{a.Param: i}))
		}
	case *spec.If:
		return mkIf(a.Cond, mkIndex(a.Then, i), mkIndex(a.Else, i))
	case *spec.Composite:
		if n, ok := litOf(i); ok {
			if at, isArr := a.T.(*spec.ArrayType); isArr {
				lo, _, _ := spec.Domain(at.Index)
				if k := n - lo; k >= 0 && int(k) < len(a.Elems) {
					return a.Elems[k]
				}
			}
		}
	}
	return &spec.Index{X: x, I: i}
}

// resimplify rebuilds e with the mk functions.
func resimplify(e spec.Expr) spec.Expr {
	return spec.Rewrite(e, simplify1)
}

func simplify1(e spec.Expr) spec.Expr {
	switch x := e.(type) {
	case *spec.Unary:
		return mkUn(x.Op, x.X)
	case *spec.Binary:
		return mkBin(x.Op, x.X, x.Y)
	case *spec.If:
		return mkIf(x.Cond, x.Then, x.Else)
	case *spec.Index:
		return mkIndex(x.X, x.I)
	}
	return e
}
