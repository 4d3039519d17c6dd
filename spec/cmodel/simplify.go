package cmodel

import (
	"slices"

	"mcheck/spec"
)

// The mk functions build expressions and simplify what the lowering makes over and over: constants,
// equal arms, negations. They keep the order of evaluation, so that what guarded a partial
// operation still does.

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

// elementAt is s[i], through the tails. Where s can't be that long nobody asks for it, and any
// element will do.
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
	if e := factored(c, a, b); e != nil {
		return e
	}
	if x, ok := a.(*spec.If); ok {
		if y, ok := b.(*spec.If); ok && spec.SameExpr(x.Then, y.Then) && spec.SameExpr(x.Else, y.Else) {
			return mkIf(mkIf(c, x.Cond, y.Cond), x.Then, x.Else)
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

// factored is "a if c, else b" where one of the two is made from the other by adding to it or
// taking from it: then that other stands in it once only, and what is changed again and again under
// conditions does not become twice as large each time. nil if it is not so.
func factored(c, a, b spec.Expr) spec.Expr {
	if e := changed(c, a, b, false); e != nil {
		return e
	}
	return changed(c, b, a, true)
}

// elementOf is "x is in the set y" asked of the parts that y is made of, where x is small; nil if
// it has none.
func elementOf(x, y spec.Expr) spec.Expr {
	if len(spec.Children(x)) > 0 {
		return nil
	}
	switch y := y.(type) {
	case *spec.If:
		return mkIf(y.Cond, mkBin(spec.In, x, y.Then), mkBin(spec.In, x, y.Else))
	case *spec.Binary:
		switch y.Op {
		case spec.Union:
			return mkBin(spec.Or, mkBin(spec.In, x, y.X), mkBin(spec.In, x, y.Y))
		case spec.Minus:
			return mkBin(spec.And, mkBin(spec.In, x, y.X), mkNot(mkBin(spec.In, x, y.Y)))
		}
	case *spec.Composite:
		return mkAny(mapElems(y, func(e spec.Expr) spec.Expr { return mkBin(spec.Eq, e, x) })...)
	case *spec.Quant:
		if eq, ok := y.Body.(*spec.Binary); ok && y.Op == spec.SetOf && eq.Op == spec.Eq { // what singleton makes
			if q, ok := eq.X.(*spec.ParamRef); ok && q.Param == y.Param {
				return mkBin(spec.Eq, eq.Y, x)
			}
		}
	}
	return nil
}

// changed is factored where x, the value if c (or if not c, if otherwise), is made from y by
// operations one after another.
func changed(c, x, y spec.Expr, otherwise bool) spec.Expr {
	under := func(arg, none spec.Expr) spec.Expr {
		if otherwise {
			return mkIf(c, none, arg)
		}
		return mkIf(c, arg, none)
	}
	e, ok := x.(*spec.Binary)
	if !ok {
		return nil
	}
	switch e.Op {
	case spec.Or, spec.And:
		none := spec.BoolLit(e.Op == spec.And)
		switch {
		case spec.SameExpr(e.X, y):
			return mkBin(e.Op, y, under(e.Y, none))
		case spec.SameExpr(e.Y, y):
			return mkBin(e.Op, under(e.X, none), y)
		}
		return nil
	case spec.Add, spec.Sub, spec.Union, spec.Minus:
	default:
		return nil
	}
	var ops []*spec.Binary // the last first
	for base := x; !spec.SameExpr(base, y); base = e.X {
		if e, ok = base.(*spec.Binary); !ok || !slices.Contains([]spec.Op{spec.Add, spec.Sub, spec.Union, spec.Minus}, e.Op) {
			return nil
		}
		ops = append(ops, e)
	}
	slices.Reverse(ops)
	out := y
	for i := 0; i < len(ops); {
		o, arg := ops[i].Op, ops[i].Y
		together := spec.Add
		var none spec.Expr = spec.Int(0)
		if o == spec.Union || o == spec.Minus {
			together, none = spec.Union, &spec.Lit{N: 0, T: y.Type()}
		}
		for i++; i < len(ops) && ops[i].Op == o; i++ {
			arg = mkBin(together, arg, ops[i].Y)
		}
		out = mkBin(o, out, under(arg, none))
	}
	return out
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

// differ reports whether x is made from y in a way that makes it another value: what it is not, a
// number that is more or less, a list that is longer or shorter.
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
		if d, ok := x.(*spec.If); ok && yok { // where that settles one side nothing gets larger
			_, one := litOf(d.Then)
			_, other := litOf(d.Else)
			if one || other {
				return mkIf(d.Cond, mkBin(o, d.Then, y), mkBin(o, d.Else, y))
			}
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
		if e := elementOf(x, y); e != nil {
			return e
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
			if t, ok := s.T.(*spec.SeqType); ok && len(s.Elems) >= t.Cap {
				return x // nobody asks for it: what comes would be on the list already
			}
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
