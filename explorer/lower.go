package explorer

import (
	"fmt"

	"mcheck/spec"
)

// lowerer turns expressions into nodes, parameters replaced by the values they are bound to.
type lowerer struct {
	vars map[*spec.Var]val
	env  map[*spec.Param]int64
}

func newLowerer(vars map[*spec.Var]val) *lowerer {
	return &lowerer{vars: vars, env: map[*spec.Param]int64{}}
}

func (l *lowerer) scalar(e spec.Expr) *node { return l.expr(e).n }

// cond lowers a condition; nil is true.
func (l *lowerer) cond(e spec.Expr) *node {
	if e == nil {
		return nodeT
	}
	return l.scalar(e)
}

func (l *lowerer) expr(e spec.Expr) val {
	switch e := e.(type) {
	case *spec.Lit:
		return val{n: konst(e.N)}
	case *spec.VarRef:
		v, ok := l.vars[e.Var]
		if !ok {
			panic("unknown variable " + e.Var.Name)
		}
		return v
	case *spec.ParamRef:
		n, ok := l.env[e.Param]
		if !ok {
			panic("unbound parameter " + e.Param.Name)
		}
		return val{n: konst(n)}
	case *spec.Index:
		return l.index(e)
	case *spec.FieldSel:
		x := l.expr(e.X)
		return l.part(e.X, x, e.X.Type().(*spec.RecordType).FieldIndex(e.Name))
	case *spec.Unary:
		return l.unary(e)
	case *spec.Binary:
		return l.binary(e)
	case *spec.If:
		c := l.scalar(e.Cond)
		// The branch that is not taken need not make sense.
		switch {
		case c.is(1):
			return l.expr(e.Then)
		case c.is(0):
			return l.expr(e.Else)
		}
		return zip(func(x []*node) *node { return ite(c, x[0], x[1]) }, l.expr(e.Then), l.expr(e.Else))
	case *spec.Quant:
		return l.quant(e)
	case *spec.Composite:
		return l.composite(e)
	}
	panic(fmt.Sprintf("unhandled %T", e))
}

// part is element i of v. What else v consists of is evaluated too where it may fail on its own: in
// the place of a variable whatever fails is an index on the way, and that fails for every part
// alike.
func (l *lowerer) part(e spec.Expr, v val, i int) val {
	if isPlace(e) {
		return v.elems[i]
	}
	var also []*node
	if v.n != nil {
		also = append(also, v.n)
	}
	for k, x := range v.elems {
		if k != i {
			also = x.leaves(also)
		}
	}
	return zip(func(x []*node) *node { return strict(also, x[0]) }, v.elems[i])
}

func isPlace(e spec.Expr) bool {
	switch e := e.(type) {
	case *spec.VarRef:
		return true
	case *spec.Index:
		return isPlace(e.X)
	case *spec.FieldSel:
		return isPlace(e.X)
	}
	return false
}

func (l *lowerer) index(e *spec.Index) val {
	i, x := l.scalar(e.I), l.expr(e.X)
	what := "index"
	base := int64(1)
	switch t := e.X.Type().(type) {
	case *spec.ArrayType:
		base, _, _ = spec.Domain(t.Index)
	case *spec.SeqType:
		what = "position"
		if v, ok := e.X.(*spec.VarRef); ok {
			what = "position in " + v.Var.Name
		}
		i = check(and(less(opLe, nodeT, i), less(opLe, i, x.n)), what+" outside the sequence", i)
	default:
		panic(fmt.Sprintf("unhandled %T", t))
	}
	if i.op == opConst {
		if k := i.n - base; k >= 0 && k < int64(len(x.elems)) {
			return l.part(e.X, x, int(k))
		}
	}
	if !isPlace(e.X) {
		i = strict(x.leaves(nil), i)
	}
	return pick(i, base, x.elems, what)
}

// pick is the element of xs that i says, counted from base.
func pick(i *node, base int64, xs []val, what string) val {
	return zip(func(ns []*node) *node { return choose(i, base, ns, what) }, xs...)
}

func (l *lowerer) unary(e *spec.Unary) val {
	x := l.expr(e.X)
	switch e.Op {
	case spec.Not:
		return val{n: not(x.n)}
	case spec.Neg:
		return val{n: arith(opSub, nodeF, x.n)}
	case spec.Len:
		return val{n: strict(x.leaves(nil)[1:], x.n)}
	case spec.Cardinality:
		return val{n: popcount(x.n, domainSize(e.X.Type().(*spec.SetType).Elem))}
	case spec.Head, spec.Tail:
		some := less(opLt, nodeF, x.n)
		const msg = "head or tail of an empty sequence"
		t := e.X.Type().(*spec.SeqType)
		if e.Op == spec.Head {
			return zip(func(y []*node) *node { return check(some, msg, y[0]) }, l.part(e.X, x, 0))
		}
		out := val{n: check(some, msg, arith(opSub, x.n, nodeT))}
		out.n.lo = max(out.n.lo, 0)
		for i := range x.elems {
			if i+1 < len(x.elems) {
				out.elems = append(out.elems, x.elems[i+1])
			} else {
				out.elems = append(out.elems, blank(t.Elem))
			}
		}
		return out
	}
	panic(fmt.Sprintf("unhandled unary operator %v", e.Op))
}

func (l *lowerer) binary(e *spec.Binary) val {
	x := l.expr(e.X)
	switch e.Op {
	case spec.And, spec.Or, spec.Implies:
		n := x.n
		if e.Op == spec.Implies {
			n = not(n)
		}
		o, decides := opAnd, int64(0)
		if e.Op != spec.And {
			o, decides = opOr, 1
		}
		if n.is(decides) {
			return val{n: n}
		}
		return val{n: junction(o, n, l.scalar(e.Y))}
	}
	y := l.expr(e.Y)
	switch e.Op {
	case spec.Iff:
		return val{n: eq(x.n, y.n)}
	case spec.Eq:
		return val{n: equal(x, y)}
	case spec.Ne:
		return val{n: not(equal(x, y))}
	case spec.Lt:
		return val{n: less(opLt, x.n, y.n)}
	case spec.Le:
		return val{n: less(opLe, x.n, y.n)}
	case spec.Gt:
		return val{n: less(opLt, y.n, x.n)}
	case spec.Ge:
		return val{n: less(opLe, y.n, x.n)}
	case spec.Append:
		return appendSeq(e.X.Type().(*spec.SeqType), x, y)
	case spec.RemoveAt:
		return removeAt(e.X.Type().(*spec.SeqType), x, y.n)
	case spec.In:
		t := e.Y.Type().(*spec.SetType)
		lo, _, _ := spec.Domain(t.Elem)
		return val{n: member(x.n, y.n, lo, domainSize(t.Elem))}
	case spec.SubsetEq:
		w := domainSize(e.X.Type().(*spec.SetType).Elem)
		return val{n: eq(bitwise(opAndNot, x.n, y.n, w), nodeF)}
	}
	if o, ok := map[spec.Op]op{spec.Add: opAdd, spec.Sub: opSub, spec.Mul: opMul, spec.Div: opDiv, spec.Mod: opMod, spec.Min: opMin, spec.Max: opMax}[e.Op]; ok {
		return val{n: arith(o, x.n, y.n)}
	}
	if o, ok := map[spec.Op]op{spec.Union: opBitOr, spec.Intersect: opBitAnd, spec.Minus: opAndNot}[e.Op]; ok {
		return val{n: bitwise(o, x.n, y.n, domainSize(e.X.Type().(*spec.SetType).Elem))}
	}
	panic(fmt.Sprintf("unhandled binary operator %v", e.Op))
}

// equal compares two values of one shape.
func equal(x, y val) *node {
	xs, ys := x.leaves(nil), y.leaves(nil)
	list := make([]*node, len(xs))
	for i := range xs {
		list[i] = eq(xs[i], ys[i])
	}
	return all(list)
}

func appendSeq(t *spec.SeqType, s, x val) val {
	x = convert(t.Elem, x)
	room := less(opLt, s.n, konst(int64(t.Cap)))
	out := val{n: check(room, fmt.Sprintf("append to a full sequence of %d", t.Cap), arith(opAdd, s.n, nodeT))}
	out.n = strict(x.leaves(nil), out.n)
	out.n.hi = min(out.n.hi, int64(t.Cap))
	for i, e := range s.elems {
		here := eq(s.n, konst(int64(i)))
		out.elems = append(out.elems, zip(func(v []*node) *node { return ite(here, v[0], v[1]) }, x, e))
	}
	return out
}

func removeAt(t *spec.SeqType, s val, pos *node) val {
	ok := and(less(opLe, nodeT, pos), less(opLe, pos, s.n))
	out := val{n: check(ok, "position outside the sequence", arith(opSub, s.n, nodeT))}
	out.n.lo = max(out.n.lo, 0)
	for i, e := range s.elems {
		next := blank(t.Elem)
		if i+1 < len(s.elems) {
			next = s.elems[i+1]
		}
		moves := less(opLe, pos, konst(int64(i+1)))
		out.elems = append(out.elems, zip(func(v []*node) *node { return ite(moves, v[0], v[1]) }, next, e))
	}
	return out
}

func (l *lowerer) quant(e *spec.Quant) val {
	old, shadowed := l.env[e.Param]
	defer func() {
		delete(l.env, e.Param)
		if shadowed {
			l.env[e.Param] = old
		}
	}()
	values := e.Param.Values()
	var bodies []val
	for _, v := range values {
		l.env[e.Param] = v
		b := l.expr(e.Body)
		bodies = append(bodies, b)
		if e.Op == spec.Forall && b.n.is(0) || e.Op == spec.Exists && b.n.is(1) {
			break // what follows is not evaluated
		}
	}
	scalars := func() []*node {
		ns := make([]*node, len(bodies))
		for i, b := range bodies {
			ns[i] = b.n
		}
		return ns
	}
	switch e.Op {
	case spec.Forall, spec.Exists:
		o, out := opAnd, nodeT
		if e.Op == spec.Exists {
			o, out = opOr, nodeF
		}
		for _, b := range scalars() {
			out = junction(o, out, b)
		}
		return val{n: out}
	case spec.Count, spec.Sum:
		return val{n: sum(scalars())}
	case spec.SetOf:
		lo, _, _ := spec.Domain(e.Param.Type)
		out := nodeF
		w := domainSize(e.Param.Type)
		for i, b := range scalars() {
			out = bitwise(opBitOr, out, ite(b, konst(1<<(values[i]-lo)), nodeF), w)
		}
		return val{n: out}
	case spec.MapOf:
		return val{elems: bodies}
	}
	panic(fmt.Sprintf("unhandled quantifier %v", e.Op))
}

func (l *lowerer) composite(e *spec.Composite) val {
	switch t := e.T.(type) {
	case *spec.SetType:
		lo, _, _ := spec.Domain(t.Elem)
		w := domainSize(t.Elem)
		out := nodeF
		for _, x := range e.Elems {
			out = bitwise(opBitOr, out, singleton(l.scalar(x), lo, w), w)
		}
		return val{n: out}
	case *spec.SeqType:
		out := val{n: konst(int64(len(e.Elems)))}
		for i := range t.Cap {
			if i < len(e.Elems) {
				out.elems = append(out.elems, convert(t.Elem, l.expr(e.Elems[i])))
			} else {
				out.elems = append(out.elems, blank(t.Elem))
			}
		}
		if len(e.Elems) > t.Cap {
			out.n = failing("%d elements in a sequence of at most %d", len(e.Elems), t.Cap)
		}
		return out
	case *spec.ArrayType, *spec.RecordType:
		var out val
		for i, x := range e.Elems {
			out.elems = append(out.elems, convert(spec.ElemType(t, i), l.expr(x)))
		}
		return out
	}
	panic(fmt.Sprintf("unhandled %T", e.T))
}

// convert checks that v, of a type that is assignable to t, has its scalars in the ranges of t.
func convert(t spec.Type, v val) val {
	switch t := t.(type) {
	case *spec.SetType, *spec.SeqType:
		return v // of the very same type
	case *spec.ArrayType, *spec.RecordType:
		var out val
		for i, e := range v.elems {
			out.elems = append(out.elems, convert(spec.ElemType(t, i), e))
		}
		return out
	}
	lo, hi, ok := spec.Domain(t)
	if !ok {
		panic(fmt.Sprintf("unhandled %T", t))
	}
	return val{n: within(v.n, lo, hi, "value")}
}
