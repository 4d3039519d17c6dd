package spectest

import (
	"fmt"
	"slices"

	"mcheck/spec"
)

// cond draws a condition; depth bounds its nesting.
func (g *gen) cond(depth int) spec.Expr { return g.value(spec.Bool, depth) }

// value draws an expression that Check lets be assigned to t, with a value inside t. Of two
// expressions for one type, either can be compared with the other.
func (g *gen) value(t spec.Type, depth int) spec.Expr {
	if depth > 0 && g.maybe(2) {
		if e := g.place(t, depth-1); e != nil {
			return e
		}
	}
	if depth > 0 && g.maybe(6) {
		return &spec.If{Cond: g.cond(depth - 1), Then: g.value(t, depth-1), Else: g.value(t, depth-1)}
	}
	switch t := t.(type) {
	case *spec.BoolType:
		return g.boolean(depth)
	case *spec.RangeType:
		return g.ranged(t, depth)
	case *spec.EnumType:
		return g.literal(t)
	case *spec.OptionType:
		if depth > 0 && g.maybe(2) {
			return g.value(t.Elem, depth-1)
		}
		return g.literal(t)
	case *spec.ArrayType:
		return g.array(t, depth)
	case *spec.SetType:
		return g.set(t, depth)
	case *spec.SeqType:
		return g.sequence(t, depth)
	case *spec.RecordType:
		c := &spec.Composite{T: t}
		for _, f := range t.Fields {
			c.Elems = append(c.Elems, g.value(f.Type, depth-1))
		}
		return c
	}
	panic(fmt.Sprintf("unhandled %T", t))
}

func (g *gen) literal(t spec.Type) spec.Expr {
	lo, hi, _ := spec.Domain(t)
	return &spec.Lit{N: lo + int64(g.pick(int(hi-lo+1))), T: t}
}

// place draws a parameter, a variable or a part of one that is always there and fits t; nil if
// there is none.
func (g *gen) place(t spec.Type, depth int) spec.Expr {
	var found []spec.Expr
	for _, p := range g.scope {
		if fits(t, p.Type) {
			found = append(found, spec.P(p))
		}
	}
	for _, v := range g.vars {
		found = append(found, g.parts(spec.V(v), t, depth)...)
	}
	if len(found) == 0 {
		return nil
	}
	return found[g.pick(len(found))]
}

// parts returns x, or the parts of it, that fit t.
func (g *gen) parts(x spec.Expr, t spec.Type, depth int) []spec.Expr {
	if fits(t, x.Type()) {
		return []spec.Expr{x}
	}
	var found []spec.Expr
	switch xt := x.Type().(type) {
	case *spec.ArrayType:
		if !g.mayFit(t, xt.Elem) {
			return nil
		}
		if e, ok := xt.Index.(*spec.EnumType); ok && g.maybe(4) {
			o := g.value(&spec.OptionType{Elem: e}, depth)
			at := &spec.Index{X: x, I: o}
			for _, y := range g.parts(at, t, depth) {
				found = append(found, g.unless(spec.Bin(spec.Ne, o, spec.Null(e)), y, t))
			}
			return found
		}
		return g.parts(&spec.Index{X: x, I: g.value(xt.Index, depth)}, t, depth)
	case *spec.SeqType:
		if !g.mayFit(t, xt.Elem) {
			return nil
		}
		var at spec.Expr
		pos := int64(1 + g.pick(xt.Cap))
		if pos == 1 && g.maybe(2) {
			at = spec.Un(spec.Head, x)
		} else {
			at = &spec.Index{X: x, I: spec.Int(pos)}
		}
		for _, y := range g.parts(at, t, depth) {
			found = append(found, g.unless(spec.Bin(spec.Ge, spec.Un(spec.Len, x), spec.Int(pos)), y, t))
		}
	case *spec.RecordType:
		for _, f := range xt.Fields {
			found = append(found, g.parts(&spec.FieldSel{X: x, Name: f.Name}, t, depth)...)
		}
	}
	return found
}

// mayFit reports whether something of type from, or a part of it, fits t.
func (g *gen) mayFit(t, from spec.Type) bool {
	found := false
	spec.Types(from, func(u spec.Type) { found = found || fits(t, u) })
	return found
}

// unless returns y where c holds and some other value of type t where not, or plain y if the model
// may be faulty.
func (g *gen) unless(c, y spec.Expr, t spec.Type) spec.Expr {
	if g.fault() {
		return y
	}
	return &spec.If{Cond: c, Then: y, Else: g.simplest(t)}
}

// simplest returns a constant of type t.
func (g *gen) simplest(t spec.Type) spec.Expr {
	switch t := t.(type) {
	case *spec.ArrayType:
		lo, hi, _ := spec.Domain(t.Index)
		return &spec.Composite{T: t, Elems: slices.Repeat([]spec.Expr{g.simplest(t.Elem)}, int(hi-lo+1))}
	case *spec.SetType:
		return &spec.Lit{N: 0, T: t}
	case *spec.SeqType:
		return &spec.Composite{T: t}
	case *spec.RecordType:
		c := &spec.Composite{T: t}
		for _, f := range t.Fields {
			c.Elems = append(c.Elems, g.simplest(f.Type))
		}
		return c
	}
	lo, _, _ := spec.Domain(t)
	return &spec.Lit{N: lo, T: t}
}

// fits reports whether every value of type from is one of type t that can be assigned to it and
// compared with others.
func fits(t, from spec.Type) bool {
	switch t := t.(type) {
	case *spec.RangeType:
		r, ok := from.(*spec.RangeType)
		return ok && t.Lo <= r.Lo && r.Hi <= t.Hi
	case *spec.OptionType:
		return spec.SameType(t, from) || from == spec.Type(t.Elem)
	}
	return spec.SameType(t, from)
}

// integer draws an integer of any small range.
func (g *gen) integer(depth int) spec.Expr {
	if depth <= 0 {
		return spec.Int(int64(g.pick(5)) - 1)
	}
	d := depth - 1
	switch g.pick(9) {
	case 0:
		return spec.Int(int64(g.pick(5)) - 1)
	case 1:
		if e := g.place(&spec.RangeType{Lo: -100, Hi: 100}, d); e != nil {
			return e
		}
		return spec.Int(2)
	case 2:
		op := []spec.Op{spec.Add, spec.Sub, spec.Mul, spec.Min, spec.Max}[g.pick(5)]
		return spec.Bin(op, g.integer(d), g.integer(d))
	case 3:
		op := []spec.Op{spec.Div, spec.Mod}[g.pick(2)]
		if g.fault() {
			if x := g.integer(d); x.Type().(*spec.RangeType).Hi > 0 {
				return spec.Bin(op, g.integer(d), x)
			}
		}
		return spec.Bin(op, g.integer(d), spec.Bin(spec.Max, g.integer(d), spec.Int(1)))
	case 4:
		return spec.Un(spec.Neg, g.integer(d))
	case 5:
		if s := g.someOf(func(t spec.Type) bool { _, ok := t.(*spec.SeqType); return ok }); s != nil {
			return spec.Un(spec.Len, g.value(s, d))
		}
		return spec.Int(1)
	case 6:
		if s := g.someOf(func(t spec.Type) bool { _, ok := t.(*spec.SetType); return ok }); s != nil {
			return spec.Un(spec.Cardinality, g.value(s, d))
		}
		return spec.Int(0)
	case 7:
		return g.quant(spec.Count, func() spec.Expr { return g.cond(d) })
	default:
		return g.quant(spec.Sum, func() spec.Expr { return g.integer(d) })
	}
}

// someOf draws a type, that ok accepts, of the variables that can be read or of a part of one; nil
// if there is none.
func (g *gen) someOf(ok func(spec.Type) bool) spec.Type {
	var found []spec.Type
	for _, v := range g.vars {
		spec.Types(v.Type, func(t spec.Type) {
			if ok(t) {
				found = append(found, t)
			}
		})
	}
	if len(found) == 0 {
		return nil
	}
	return found[g.pick(len(found))]
}

func (g *gen) quant(op spec.Op, body func() spec.Expr) spec.Expr {
	p := g.param()
	p.Name = g.name("q")
	return g.bound(op, p, body)
}

func (g *gen) bound(op spec.Op, p *spec.Param, body func() spec.Expr) spec.Expr {
	outer := g.scope
	g.scope = append(slices.Clone(outer), p)
	e := &spec.Quant{Op: op, Param: p, Body: body()}
	g.scope = outer
	return e
}

func (g *gen) boolean(depth int) spec.Expr {
	if depth <= 0 {
		return g.literal(spec.Bool)
	}
	d := depth - 1
	switch g.pick(9) {
	case 0:
		order := []spec.Op{spec.Le, spec.Lt, spec.Ge, spec.Gt, spec.Eq, spec.Ne}
		return spec.Bin(order[g.pick(len(order))], g.integer(depth), g.integer(d))
	case 1, 2:
		if t := g.someOf(func(spec.Type) bool { return true }); t != nil {
			op := []spec.Op{spec.Eq, spec.Ne}[g.pick(2)]
			x := g.place(t, d)
			if x == nil {
				x = g.value(t, d)
			}
			return spec.Bin(op, x, g.value(t, d))
		}
		return g.literal(spec.Bool)
	case 3:
		return spec.Un(spec.Not, g.cond(d))
	case 4, 5:
		ops := []spec.Op{spec.And, spec.Or, spec.Implies, spec.Iff}
		return spec.Bin(ops[g.pick(len(ops))], g.cond(d), g.cond(d))
	case 6:
		return g.quant([]spec.Op{spec.Forall, spec.Exists}[g.pick(2)], func() spec.Expr { return g.cond(d) })
	default:
		t := g.someOf(func(t spec.Type) bool { _, ok := t.(*spec.SetType); return ok })
		if t == nil {
			return g.literal(spec.Bool)
		}
		if g.maybe(3) {
			return spec.Bin(spec.SubsetEq, g.value(t, d), g.value(t, d))
		}
		elem := t.(*spec.SetType).Elem
		if e, ok := elem.(*spec.EnumType); ok && g.maybe(3) {
			elem = &spec.OptionType{Elem: e}
		}
		if _, ok := elem.(*spec.RangeType); ok && g.maybe(3) {
			return spec.Bin(spec.In, g.integer(d), g.value(t, d))
		}
		return spec.Bin(spec.In, g.value(elem, d), g.value(t, d))
	}
}

func (g *gen) ranged(t *spec.RangeType, depth int) spec.Expr {
	if depth <= 0 || g.maybe(2) {
		return g.literal(t)
	}
	x := g.integer(depth)
	if xt := x.Type().(*spec.RangeType); g.fault() && xt.Lo <= t.Hi && t.Lo <= xt.Hi {
		return x
	}
	if t.Lo == 0 && g.maybe(2) {
		return spec.Bin(spec.Mod, x, spec.Int(t.Hi+1))
	}
	return spec.Bin(spec.Min, spec.Bin(spec.Max, x, spec.Int(t.Lo)), spec.Int(t.Hi))
}

func (g *gen) array(t *spec.ArrayType, depth int) spec.Expr {
	if depth > 0 && g.maybe(2) {
		// A map of literals of the element type has the type itself, whatever its element.
		p := &spec.Param{Name: g.name("q"), Type: t.Index}
		e := g.bound(spec.MapOf, p, func() spec.Expr { return g.value(t.Elem, depth-1) })
		if spec.SameType(e.Type(), t) {
			return e
		}
	}
	lo, hi, _ := spec.Domain(t.Index)
	c := &spec.Composite{T: t}
	for range hi - lo + 1 {
		c.Elems = append(c.Elems, g.value(t.Elem, depth-1))
	}
	return c
}

func (g *gen) set(t *spec.SetType, depth int) spec.Expr {
	lo, hi, _ := spec.Domain(t.Elem)
	if depth <= 0 {
		return &spec.Lit{N: int64(g.pick(1 << (hi - lo + 1))), T: t}
	}
	d := depth - 1
	switch g.pick(4) {
	case 0:
		return &spec.Lit{N: int64(g.pick(1 << (hi - lo + 1))), T: t}
	case 1:
		c := &spec.Composite{T: t}
		for range g.pick(3) {
			c.Elems = append(c.Elems, g.value(t.Elem, d))
		}
		return c
	case 2:
		ops := []spec.Op{spec.Union, spec.Intersect, spec.Minus}
		return spec.Bin(ops[g.pick(len(ops))], g.value(t, d), g.value(t, d))
	default:
		p := g.param()
		p.Name, p.Type = g.name("q"), t.Elem
		p.Only = nil
		return g.bound(spec.SetOf, p, func() spec.Expr { return g.cond(d) })
	}
}

func (g *gen) sequence(t *spec.SeqType, depth int) spec.Expr {
	if depth > 0 && g.maybe(2) {
		d := depth - 1
		q := g.place(t, d)
		if q == nil {
			q = g.value(t, d)
		}
		n := spec.Un(spec.Len, q)
		switch g.pick(3) {
		case 0:
			return g.unless(spec.Bin(spec.Lt, n, spec.Int(int64(t.Cap))), spec.Bin(spec.Append, q, g.value(t.Elem, d)), t)
		case 1:
			return g.unless(spec.Bin(spec.Gt, n, spec.Int(0)), spec.Un(spec.Tail, q), t)
		default:
			pos := int64(1 + g.pick(t.Cap))
			return g.unless(spec.Bin(spec.Ge, n, spec.Int(pos)), spec.Bin(spec.RemoveAt, q, spec.Int(pos)), t)
		}
	}
	c := &spec.Composite{T: t}
	for range g.pick(t.Cap + 1) {
		c.Elems = append(c.Elems, g.value(t.Elem, depth-1))
	}
	return c
}
