package flat

import (
	"math/bits"

	"mcheck/spec"
)

// lit returns the number of a constant expression.
func lit(e spec.Expr) (int64, bool) {
	if l, ok := e.(*spec.Lit); ok {
		return l.N, true
	}
	return 0, false
}

func isTrue(e spec.Expr) bool  { n, ok := lit(e); return ok && n != 0 }
func isFalse(e spec.Expr) bool { n, ok := lit(e); return ok && n == 0 }

// not, and, or, … build what they say, simplified where an operand is constant.

func not(x spec.Expr) spec.Expr {
	if n, ok := lit(x); ok {
		return spec.BoolLit(n == 0)
	}
	switch x := x.(type) {
	case *spec.Unary:
		if x.Op == spec.Not {
			return x.X
		}
	case *spec.Binary:
		switch x.Op {
		case spec.Eq:
			return &spec.Binary{Op: spec.Ne, X: x.X, Y: x.Y}
		case spec.Ne:
			return &spec.Binary{Op: spec.Eq, X: x.X, Y: x.Y}
		}
	}
	return &spec.Unary{Op: spec.Not, X: x}
}

func and(x, y spec.Expr) spec.Expr {
	switch {
	case isFalse(x) || isFalse(y):
		return spec.F
	case isTrue(x):
		return y
	case isTrue(y):
		return x
	}
	return &spec.Binary{Op: spec.And, X: x, Y: y}
}

func or(x, y spec.Expr) spec.Expr {
	switch {
	case isTrue(x) || isTrue(y):
		return spec.T
	case isFalse(x):
		return y
	case isFalse(y):
		return x
	}
	return &spec.Binary{Op: spec.Or, X: x, Y: y}
}

func implies(x, y spec.Expr) spec.Expr {
	switch {
	case isFalse(x) || isTrue(y):
		return spec.T
	case isTrue(x):
		return y
	case isFalse(y):
		return not(x)
	}
	return &spec.Binary{Op: spec.Implies, X: x, Y: y}
}

func cond(c, x, y spec.Expr) spec.Expr {
	switch {
	case isTrue(c) || spec.SameExpr(x, y):
		return x
	case isFalse(c):
		return y
	}
	if _, ok := x.Type().(*spec.BoolType); ok {
		switch {
		case isTrue(x):
			return or(c, y)
		case isFalse(x):
			return and(not(c), y)
		case isTrue(y):
			return or(not(c), x)
		case isFalse(y):
			return and(c, x)
		}
	}
	return &spec.If{Cond: c, Then: x, Else: y}
}

func equal(x, y spec.Expr) spec.Expr {
	if _, ok := x.Type().(*spec.BoolType); ok {
		switch {
		case isTrue(x):
			return y
		case isTrue(y):
			return x
		case isFalse(x):
			return not(y)
		case isFalse(y):
			return not(x)
		}
	}
	if spec.SameExpr(x, y) {
		return spec.T
	}
	return binary(spec.Eq, x, y)
}

// binary is for the operators without an own builder; Div and Mod take care of dividends below 0.
func binary(op spec.Op, x, y spec.Expr) spec.Expr {
	if a, ok := x.(*spec.Lit); ok {
		if b, ok := y.(*spec.Lit); ok {
			if c := spec.Fold(op, a, b); c != nil {
				return c
			}
		}
	}
	if op == spec.Div || op == spec.Mod {
		if lo := x.Type().(*spec.RangeType).Lo; lo < 0 {
			return floor(op, x, y, lo)
		}
		return &spec.Binary{Op: op, X: x, Y: y}
	}
	a, ok1 := lit(x)
	b, ok2 := lit(y)
	switch {
	case op == spec.Add && ok1 && a == 0:
		return y
	case (op == spec.Add || op == spec.Sub) && ok2 && b == 0:
		return x
	case op == spec.Add && ok2 && b < 0:
		return binary(spec.Sub, x, spec.Int(-b))
	case op == spec.Sub && ok2 && b < 0:
		return binary(spec.Add, x, spec.Int(-b))
	case op == spec.Union && ok1 && a == 0:
		return y
	case op == spec.Union && ok2 && b == 0:
		return x
	}
	return &spec.Binary{Op: op, X: x, Y: y}
}

// floor is x div y, or x mod y, for an x that is at least lo and may be below 0. k·y is added to
// the dividend, where k makes it positive for every y ≥ 1, and for Div taken off the quotient
// again.
func floor(op spec.Op, x, y spec.Expr, lo int64) spec.Expr {
	k := spec.Int(-lo)
	sum := &spec.Binary{Op: spec.Add, X: x, Y: binary(spec.Mul, k, y)}
	q := &spec.Binary{Op: op, X: sum, Y: y}
	if op == spec.Div {
		return binary(spec.Sub, q, k)
	}
	return q
}

func negate(x spec.Expr) spec.Expr {
	if n, ok := lit(x); ok {
		return spec.Int(-n)
	}
	return &spec.Unary{Op: spec.Neg, X: x}
}

func cardinality(x spec.Expr) spec.Expr {
	if n, ok := lit(x); ok {
		return spec.Int(int64(bits.OnesCount64(uint64(n))))
	}
	return &spec.Unary{Op: spec.Cardinality, X: x}
}
