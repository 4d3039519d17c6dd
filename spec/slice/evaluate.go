package slice

import (
	"fmt"
	"math/bits"

	"mcheck/spec"
)

// maxPairs is the number of operand pairs above which the result of an operator is taken to be
// anything.
const maxPairs = 4096

// eval returns values that e has at most, for the values of the variables so far. An expression
// that can only fail is anything.
func (r *reach) eval(e spec.Expr, b binding) *values {
	v := r.evaluate(e, b)
	if v.empty() {
		return anything(e.Type())
	}
	return v
}

func (r *reach) evaluate(e spec.Expr, b binding) *values {
	switch e := e.(type) {
	case *spec.Lit:
		return one(e.N)
	case *spec.VarRef:
		return r.vars[e.Var].values
	case *spec.ParamRef:
		if v := b.of(e.Param); v != nil {
			return v
		}
		return anything(e.Param.Type)
	case *spec.Index:
		return r.index(e, b)
	case *spec.FieldSel:
		return r.eval(e.X, b).elems[e.X.Type().(*spec.RecordType).FieldIndex(e.Name)]
	case *spec.Unary:
		return r.unary(e, b)
	case *spec.Binary:
		return r.binary(e, b)
	case *spec.If:
		c := r.eval(e.Cond, b)
		switch {
		case !c.may(0):
			return r.eval(e.Then, b)
		case !c.may(1):
			return r.eval(e.Else, b)
		}
		return r.eval(e.Then, b).join(r.eval(e.Else, b), nil)
	case *spec.Quant:
		return r.quant(e, b)
	case *spec.Composite:
		return r.composite(e, b)
	}
	panic(fmt.Sprintf("unhandled %T", e))
}

func (r *reach) index(e *spec.Index, b binding) *values {
	t, ok := e.X.Type().(*spec.ArrayType)
	if !ok {
		return anything(e.Type())
	}
	if v := r.cur.own(e); v != nil {
		return v
	}
	x, i := r.eval(e.X, b), r.eval(e.I, b)
	lo, _, _ := spec.Domain(t.Index)
	if n, ok := i.single(); ok && n-lo >= 0 && n-lo < int64(len(x.elems)) {
		return x.elems[n-lo]
	}
	var out *values
	for k, elem := range x.elems {
		switch {
		case !i.may(lo + int64(k)):
		case out == nil:
			out = elem
		default:
			out = out.join(elem, nil)
		}
	}
	if out == nil {
		return anything(e.Type())
	}
	return out
}

func (r *reach) unary(e *spec.Unary, b binding) *values {
	switch e.Op {
	case spec.Not:
		return not(r.eval(e.X, b))
	case spec.Neg, spec.Cardinality:
		x := r.eval(e.X, b)
		if x.top {
			return anything(e.Type())
		}
		var out []int64
		for _, n := range x.set {
			if e.Op == spec.Neg {
				n = -n
			} else {
				n = int64(bits.OnesCount64(uint64(n)))
			}
			out = insert(out, n)
		}
		return scalar(out)
	case spec.Len, spec.Head, spec.Tail:
		return anything(e.Type())
	}
	panic("unhandled " + e.Op.String())
}

func (r *reach) binary(e *spec.Binary, b binding) *values {
	x := r.eval(e.X, b)
	switch e.Op {
	case spec.And, spec.Or, spec.Implies:
		if v := decides(e.Op, x); v != nil {
			return v
		}
		return connect(e.Op, x, r.eval(e.Y, b))
	case spec.Append, spec.RemoveAt:
		return anything(e.Type())
	}
	y := r.eval(e.Y, b)
	if x.top || y.top || len(x.elems) > 0 || len(y.elems) > 0 || len(x.set)*len(y.set) > maxPairs {
		return anything(e.Type())
	}
	lo := int64(0)
	if e.Op == spec.In {
		lo, _, _ = spec.Domain(e.Y.Type().(*spec.SetType).Elem)
	}
	if e.Type() == spec.Type(spec.Bool) {
		var is [2]bool
		for _, m := range x.set {
			for _, n := range y.set {
				if v, ok := apply(e.Op, m, n, lo); ok {
					is[v] = true
				}
			}
		}
		return truth(is[0], is[1])
	}
	var out []int64
	for _, m := range x.set {
		for _, n := range y.set {
			if v, ok := apply(e.Op, m, n, lo); ok {
				out = insert(out, v)
			}
		}
	}
	return scalar(out)
}

// not returns the negation of x.
func not(x *values) *values { return truth(x.may(1), x.may(0)) }

// decides returns what x op y is whatever y is, for op And, Or or Implies; nil if that depends.
func decides(op spec.Op, x *values) *values {
	switch {
	case op == spec.And && !x.may(1):
		return onlyFalse
	case op == spec.Or && !x.may(0), op == spec.Implies && !x.may(1):
		return onlyTrue
	}
	return nil
}

// connect returns x op y for op And, Or or Implies, where x does not decide.
func connect(op spec.Op, x, y *values) *values {
	switch op {
	case spec.And:
		return truth(x.may(0) || y.may(0), y.may(1))
	case spec.Or:
		return truth(y.may(0), x.may(1) || y.may(1))
	}
	return truth(y.may(0), x.may(0) || y.may(1))
}

// apply computes a binary operator on scalars; ok is false where it has no value. lo is the least
// element of the set of an In.
func apply(op spec.Op, x, y, lo int64) (v int64, ok bool) {
	truth := func(b bool) (int64, bool) {
		if b {
			return 1, true
		}
		return 0, true
	}
	switch op {
	case spec.Iff, spec.Eq:
		return truth(x == y)
	case spec.Ne:
		return truth(x != y)
	case spec.Lt:
		return truth(x < y)
	case spec.Le:
		return truth(x <= y)
	case spec.Gt:
		return truth(x > y)
	case spec.Ge:
		return truth(x >= y)
	case spec.Add:
		return x + y, true
	case spec.Sub:
		return x - y, true
	case spec.Mul:
		return x * y, true
	case spec.Div, spec.Mod:
		if y < 1 {
			return 0, false
		}
		q, r := x/y, x%y
		if r < 0 {
			q, r = q-1, r+y
		}
		if op == spec.Div {
			return q, true
		}
		return r, true
	case spec.Min:
		return min(x, y), true
	case spec.Max:
		return max(x, y), true
	case spec.In:
		return truth(x >= lo && x-lo < 64 && uint64(y)>>uint(x-lo)&1 != 0)
	case spec.Union:
		return x | y, true
	case spec.Intersect:
		return x & y, true
	case spec.Minus:
		return x &^ y, true
	case spec.SubsetEq:
		return truth(x&^y == 0)
	}
	panic("unhandled " + op.String())
}

func (r *reach) quant(e *spec.Quant, b binding) *values {
	domain := e.Param.Values()
	if len(domain) > maxSet {
		return anything(e.Type())
	}
	bodies := make([]*values, 0, len(domain))
	inner := append(b[:len(b):len(b)], bound{p: e.Param})
	for _, n := range domain {
		inner[len(b)].v = one(n)
		bodies = append(bodies, r.eval(e.Body, inner))
	}
	switch e.Op {
	case spec.Forall, spec.Exists:
		someTrue, someFalse, allTrue, allFalse := false, false, true, true
		for _, v := range bodies {
			someTrue, someFalse = someTrue || v.may(1), someFalse || v.may(0)
			allTrue, allFalse = allTrue && v.may(1), allFalse && v.may(0)
		}
		if e.Op == spec.Forall {
			return truth(someFalse, allTrue)
		}
		return truth(allFalse, someTrue)
	case spec.Count, spec.Sum:
		sum := one(0)
		for _, v := range bodies {
			if v.top || len(sum.set)*len(v.set) > maxPairs {
				return anything(e.Type())
			}
			var next []int64
			for _, m := range sum.set {
				for _, n := range v.set {
					next = insert(next, m+n)
				}
			}
			if sum = scalar(next); sum.top {
				return anything(e.Type())
			}
		}
		return sum
	case spec.SetOf:
		lo, _, _ := spec.Domain(e.Param.Type)
		mask := int64(0)
		for i, v := range bodies {
			n, ok := v.single()
			if !ok {
				return anything(e.Type())
			}
			mask |= n << (domain[i] - lo)
		}
		return one(mask)
	case spec.MapOf:
		return &values{elems: bodies}
	}
	panic("unhandled " + e.Op.String())
}

func (r *reach) composite(e *spec.Composite, b binding) *values {
	switch t := e.T.(type) {
	case *spec.SeqType:
		return anything(t)
	case *spec.SetType:
		lo, _, _ := spec.Domain(t.Elem)
		mask := int64(0)
		for _, x := range e.Elems {
			n, ok := r.eval(x, b).single()
			if !ok {
				return anything(t)
			}
			mask |= 1 << (n - lo)
		}
		return one(mask)
	}
	v := &values{}
	for _, x := range e.Elems {
		v.elems = append(v.elems, r.eval(x, b))
	}
	return v
}
