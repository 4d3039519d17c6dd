package flat

import (
	"fmt"

	"mcheck/spec"
)

// Lowering lowers the expressions of one model.
type Lowering struct {
	// SetArrays makes sets arrays of booleans; else they are bit masks.
	SetArrays bool
	// Quantifiers keeps Forall and Exists over all values of a type.
	Quantifiers bool
	// NoSelfIndex avoids indices that read the variable they index, which Spin refuses.
	NoSelfIndex bool

	params map[*spec.Param]spec.Expr // what stands for a parameter; itself if there is nothing
	vars   map[*spec.Var]value       // likewise for variables
}

// Bind makes the constant n stand for p, until [Lowering.Unbind].
func (l *Lowering) Bind(p *spec.Param, n int64) {
	if l.params == nil {
		l.params = make(map[*spec.Param]spec.Expr)
	}
	l.params[p] = &spec.Lit{N: n, T: p.Type}
}

// Unbind undoes Bind.
func (l *Lowering) Unbind(p *spec.Param) { delete(l.params, p) }

// Scalar lowers the scalar expression e; nil is true.
func (l *Lowering) Scalar(e spec.Expr) spec.Expr {
	if e == nil {
		return spec.T
	}
	return l.lower(e).e
}

func (l *Lowering) lower(e spec.Expr) value {
	switch e := e.(type) {
	case *spec.Lit:
		return l.literal(e)
	case *spec.VarRef:
		if v, ok := l.vars[e.Var]; ok {
			return v
		}
		return value{t: e.Var.Type, e: e}
	case *spec.ParamRef:
		if x, ok := l.params[e.Param]; ok {
			return value{t: e.Type(), e: x}
		}
		return value{t: e.Type(), e: e}
	case *spec.Index:
		x, i := l.lower(e.X), l.lower(e.I).e
		if x.e == nil {
			return l.pick(x, i)
		}
		if l.selfIndex(x.e, i) {
			return l.pick(made(x.t, x.part), i)
		}
		return value{t: e.Type(), e: &spec.Index{X: x.e, I: i}}
	case *spec.FieldSel:
		x := l.lower(e.X)
		return x.part(x.t.(*spec.RecordType).FieldIndex(e.Name))
	case *spec.Unary:
		return l.unary(e)
	case *spec.Binary:
		return l.binary(e)
	case *spec.If:
		c := l.lower(e.Cond).e
		switch {
		case isTrue(c):
			return l.lower(e.Then)
		case isFalse(c):
			return l.lower(e.Else)
		}
		return l.choose(e.Type(), c, l.lower(e.Then), l.lower(e.Else))
	case *spec.Quant:
		return l.quant(e)
	case *spec.Composite:
		return l.composite(e)
	}
	panic(fmt.Sprintf("unhandled %T", e))
}

func scalar(e spec.Expr) value { return value{t: e.Type(), e: e} }

func (l *Lowering) literal(e *spec.Lit) value {
	if l.scalarType(e.T) {
		return scalar(e)
	}
	return made(e.T, func(k int) value { return scalar(spec.BoolLit(uint64(e.N)>>k&1 != 0)) })
}

func (l *Lowering) unary(e *spec.Unary) value {
	x := l.lower(e.X)
	switch e.Op {
	case spec.Not:
		return scalar(not(x.e))
	case spec.Neg:
		return scalar(negate(x.e))
	case spec.Len:
		return scalar(x.length())
	case spec.Head:
		return x.part(0)
	case spec.Tail:
		return l.remove(x, spec.Int(1))
	case spec.Cardinality:
		if l.SetArrays {
			var sum spec.Expr = spec.Int(0)
			for k := range count(x.t) {
				sum = binary(spec.Add, sum, cond(x.part(k).e, spec.Int(1), spec.Int(0)))
			}
			return scalar(sum)
		}
		return scalar(cardinality(x.e))
	}
	panic("unhandled " + e.Op.String())
}

// remove is the sequence x without the element at position i.
func (l *Lowering) remove(x value, i spec.Expr) value {
	t := x.t.(*spec.SeqType)
	v := made(t, func(k int) value {
		next := l.least(t.Elem)
		if k+1 < t.Cap {
			next = x.part(k + 1)
		}
		return l.choose(t.Elem, binary(spec.Lt, spec.Int(int64(k+1)), i), x.part(k), next)
	})
	v.n = binary(spec.Sub, x.length(), spec.Int(1))
	return v
}

func (l *Lowering) binary(e *spec.Binary) value {
	x := l.lower(e.X)
	switch {
	case e.Op == spec.And && isFalse(x.e), e.Op == spec.Or && isTrue(x.e):
		return x
	case e.Op == spec.Implies && isFalse(x.e):
		return scalar(spec.T)
	}
	y := l.lower(e.Y)
	switch e.Op {
	case spec.And:
		return scalar(and(x.e, y.e))
	case spec.Or:
		return scalar(or(x.e, y.e))
	case spec.Implies:
		return scalar(implies(x.e, y.e))
	case spec.Iff, spec.Eq:
		return scalar(l.equal(x.t, x, y))
	case spec.Ne:
		return scalar(not(l.equal(x.t, x, y)))
	case spec.Lt, spec.Le, spec.Gt, spec.Ge, spec.Add, spec.Sub, spec.Mul, spec.Div, spec.Mod:
		return scalar(binary(e.Op, x.e, y.e))
	case spec.Min:
		return scalar(cond(binary(spec.Lt, x.e, y.e), x.e, y.e))
	case spec.Max:
		return scalar(cond(binary(spec.Gt, x.e, y.e), x.e, y.e))
	case spec.In:
		return scalar(l.member(x.e, y))
	case spec.Union, spec.Intersect, spec.Minus:
		return l.sets(e.Op, x, y)
	case spec.SubsetEq:
		if l.SetArrays {
			var out spec.Expr = spec.T
			for k := range count(x.t) {
				out = and(out, implies(x.part(k).e, y.part(k).e))
			}
			return scalar(out)
		}
		return scalar(binary(spec.SubsetEq, x.e, y.e))
	case spec.Append:
		t := x.t.(*spec.SeqType)
		end := binary(spec.Add, x.length(), spec.Int(1))
		v := made(t, func(k int) value {
			return l.choose(t.Elem, equal(end, spec.Int(int64(k+1))), y, x.part(k))
		})
		v.n = end
		if x.e != nil {
			v.pushed, v.of = &y, x.e
		}
		return v
	case spec.RemoveAt:
		return l.remove(x, y.e)
	}
	panic("unhandled " + e.Op.String())
}

// member is x in s, with the comparisons that are needed where x may be a value that no element
// has.
func (l *Lowering) member(x spec.Expr, s value) spec.Expr {
	elem := s.t.(*spec.SetType).Elem
	lo, hi, _ := spec.Domain(elem)
	if n, ok := lit(x); ok {
		switch {
		case n < lo || n > hi:
			return spec.F
		case s.e == nil:
			return s.parts[n-lo].e
		}
		return binary(spec.In, &spec.Lit{N: n, T: elem}, s.e)
	}
	var inside, in spec.Expr = spec.T, nil
	switch t := x.Type().(type) {
	case *spec.OptionType:
		inside = binary(spec.Ne, x, spec.Null(t.Elem))
	case *spec.RangeType:
		if t.Lo < lo {
			inside = binary(spec.Ge, x, spec.Int(lo))
		}
		if t.Hi > hi {
			inside = and(inside, binary(spec.Le, x, spec.Int(hi)))
		}
	}
	if s.e != nil {
		in = binary(spec.In, x, s.e)
	} else {
		in = spec.F
		for k, p := range s.parts {
			in = or(in, and(equal(x, &spec.Lit{N: lo + int64(k), T: elem}), p.e))
		}
		return in // an x outside equals none of them
	}
	return and(inside, in)
}

func (l *Lowering) sets(op spec.Op, x, y value) value {
	if !l.SetArrays {
		return value{t: x.t, e: binary(op, x.e, y.e)}
	}
	return made(x.t, func(k int) value {
		a, b := x.part(k).e, y.part(k).e
		switch op {
		case spec.Union:
			return scalar(or(a, b))
		case spec.Intersect:
			return scalar(and(a, b))
		case spec.Minus:
			return scalar(and(a, not(b)))
		}
		panic("unhandled " + op.String())
	})
}

func (l *Lowering) quant(e *spec.Quant) value {
	if l.Quantifiers && (e.Op == spec.Forall || e.Op == spec.Exists) && e.Param.Only == nil {
		switch body := l.lower(e.Body).e; body.(type) {
		case *spec.Lit:
			return scalar(body) // the domain is never empty
		default:
			return scalar(&spec.Quant{Op: e.Op, Param: e.Param, Body: body})
		}
	}
	dom := e.Param.Values()
	bodies := make([]value, len(dom))
	for i, n := range dom {
		l.Bind(e.Param, n)
		bodies[i] = l.lower(e.Body)
		l.Unbind(e.Param)
	}
	var out spec.Expr
	switch e.Op {
	case spec.Forall:
		out = spec.T
		for _, b := range bodies {
			out = and(out, b.e)
		}
	case spec.Exists:
		out = spec.F
		for _, b := range bodies {
			out = or(out, b.e)
		}
	case spec.Count:
		out = spec.Int(0)
		for _, b := range bodies {
			out = binary(spec.Add, out, cond(b.e, spec.Int(1), spec.Int(0)))
		}
	case spec.Sum:
		out = spec.Int(0)
		for _, b := range bodies {
			out = binary(spec.Add, out, b.e)
		}
	case spec.SetOf:
		return l.setOf(e, dom, bodies)
	case spec.MapOf:
		return value{t: e.Type(), parts: bodies}
	default:
		panic("unhandled " + e.Op.String())
	}
	return scalar(out)
}

func (l *Lowering) setOf(e *spec.Quant, dom []int64, bodies []value) value {
	t := e.Type()
	lo, _, _ := spec.Domain(e.Param.Type)
	if l.SetArrays {
		v := l.empty(t)
		for i, n := range dom {
			v.parts[n-lo] = bodies[i]
		}
		return v
	}
	var mask spec.Expr = &spec.Lit{T: t}
	for i, n := range dom {
		mask = binary(spec.Union, mask, cond(bodies[i].e, &spec.Lit{N: 1 << (n - lo), T: t}, &spec.Lit{T: t}))
	}
	return value{t: t, e: mask}
}

// empty is the empty set as an array.
func (l *Lowering) empty(t spec.Type) value {
	return made(t, func(int) value { return scalar(spec.F) })
}

func (l *Lowering) composite(e *spec.Composite) value {
	if t, ok := e.T.(*spec.SetType); ok {
		return l.setLiteral(e, t)
	}
	v := value{t: e.T}
	for _, x := range e.Elems {
		v.parts = append(v.parts, l.lower(x))
	}
	if t, ok := e.T.(*spec.SeqType); ok {
		v.n = spec.Int(int64(len(v.parts)))
		for len(v.parts) < t.Cap {
			v.parts = append(v.parts, l.least(t.Elem))
		}
	}
	return v
}

func (l *Lowering) setLiteral(e *spec.Composite, t *spec.SetType) value {
	lo, _, _ := spec.Domain(t.Elem)
	v := l.empty(t)
	var mask spec.Expr = &spec.Lit{T: t}
	for _, x := range e.Elems {
		i := l.lower(x).e
		for k := range v.parts {
			v.parts[k] = scalar(or(v.parts[k].e, equal(i, &spec.Lit{N: lo + int64(k), T: t.Elem})))
		}
		if n, ok := lit(i); ok {
			mask = binary(spec.Union, mask, &spec.Lit{N: 1 << (n - lo), T: t})
		} else {
			mask = binary(spec.Union, mask, &spec.Composite{T: t, Elems: []spec.Expr{i}})
		}
	}
	if l.SetArrays {
		return v
	}
	return value{t: t, e: mask}
}
