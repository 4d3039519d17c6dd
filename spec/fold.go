package spec

// Fold returns the constant that op of two constants is. It is nil for operators that are not about
// two scalars, and where there is no value: a divisor below 1.
func Fold(op Op, x, y *Lit) *Lit {
	n, ok := foldNumbers(op, x.N, y.N, y.T)
	switch {
	case !ok:
		return nil
	case op >= And && op <= Ge, op == In, op == SubsetEq:
		return &Lit{n, Bool}
	case op == Union, op == Intersect, op == Minus:
		return &Lit{n, x.T}
	}
	return Int(n)
}

// foldNumbers returns the number of the constant; right is the type of y.
func foldNumbers(op Op, x, y int64, right Type) (n int64, ok bool) {
	truth := func(b bool) (int64, bool) {
		if b {
			return 1, true
		}
		return 0, true
	}
	switch op {
	case And:
		return truth(x != 0 && y != 0)
	case Or:
		return truth(x != 0 || y != 0)
	case Implies:
		return truth(x == 0 || y != 0)
	case Iff:
		return truth((x != 0) == (y != 0))
	case Eq:
		return truth(x == y)
	case Ne:
		return truth(x != y)
	case Lt:
		return truth(x < y)
	case Le:
		return truth(x <= y)
	case Gt:
		return truth(x > y)
	case Ge:
		return truth(x >= y)
	case Add:
		return x + y, true
	case Sub:
		return x - y, true
	case Mul:
		return x * y, true
	case Div, Mod:
		if y < 1 {
			return 0, false
		}
		q, r := x/y, x%y
		if r < 0 {
			q, r = q-1, r+y
		}
		if op == Div {
			return q, true
		}
		return r, true
	case Min:
		return min(x, y), true
	case Max:
		return max(x, y), true
	case In:
		lo, hi, _ := Domain(right.(*SetType).Elem)
		return truth(lo <= x && x <= hi && y>>(x-lo)&1 != 0)
	case Union:
		return x | y, true
	case Intersect:
		return x & y, true
	case Minus:
		return x &^ y, true
	case SubsetEq:
		return truth(x&^y == 0)
	}
	return 0, false
}
