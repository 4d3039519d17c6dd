package flat

import (
	"fmt"

	"mcheck/spec"
)

// value is a symbolic value. That of a scalar type is the expression e. Another one is either the
// place e or, if e is nil, made of its parts: the elements of an array, the fields of a record, the
// slots of a sequence of length n, the memberships of a set that is an array.
type value struct {
	t     spec.Type
	e     spec.Expr
	n     spec.Expr
	parts []value
	// pushed, if not nil, says that the value is the sequence at the place of with this element
	// appended.
	pushed *value
	of     spec.Expr
}

func (l *Lowering) scalarType(t spec.Type) bool {
	if _, ok := t.(*spec.SetType); ok {
		return !l.SetArrays
	}
	return spec.IsScalar(t)
}

// count returns the number of parts of a value of t.
func count(t spec.Type) int {
	switch t := t.(type) {
	case *spec.ArrayType:
		lo, hi, _ := spec.Domain(t.Index)
		return int(hi - lo + 1)
	case *spec.SetType:
		lo, hi, _ := spec.Domain(t.Elem)
		return int(hi - lo + 1)
	case *spec.SeqType:
		return t.Cap
	case *spec.RecordType:
		return len(t.Fields)
	}
	panic(fmt.Sprintf("unhandled %T", t))
}

// partType returns the type of part k of t.
func partType(t spec.Type, k int) spec.Type {
	if _, ok := t.(*spec.SetType); ok {
		return spec.Bool
	}
	return spec.ElemType(t, k)
}

// part returns part k of v.
func (v value) part(k int) value {
	if v.e == nil {
		return v.parts[k]
	}
	return value{t: partType(v.t, k), e: selectPart(v.t, v.e, k)}
}

// selectPart returns the place of part k of the place e, of type t.
func selectPart(t spec.Type, e spec.Expr, k int) spec.Expr {
	switch t := t.(type) {
	case *spec.ArrayType:
		lo, _, _ := spec.Domain(t.Index)
		return &spec.Index{X: e, I: &spec.Lit{N: lo + int64(k), T: t.Index}}
	case *spec.SetType:
		lo, _, _ := spec.Domain(t.Elem)
		return &spec.Binary{Op: spec.In, X: &spec.Lit{N: lo + int64(k), T: t.Elem}, Y: e}
	case *spec.SeqType:
		return &spec.Index{X: e, I: spec.Int(int64(k + 1))}
	case *spec.RecordType:
		return &spec.FieldSel{X: e, Name: t.Fields[k].Name}
	}
	panic(fmt.Sprintf("unhandled %T", t))
}

// length returns the length of the sequence v.
func (v value) length() spec.Expr {
	if v.e != nil {
		return &spec.Unary{Op: spec.Len, X: v.e}
	}
	return v.n
}

// made returns the value of t whose part k is f(k).
func made(t spec.Type, f func(k int) value) value {
	v := value{t: t, parts: make([]value, count(t))}
	for k := range v.parts {
		v.parts[k] = f(k)
	}
	return v
}

// least returns the value that unused slots of a sequence hold.
func (l *Lowering) least(t spec.Type) value {
	if l.scalarType(t) {
		lo, _, _ := spec.Domain(t) // 0, the empty set, for sets
		return value{t: t, e: &spec.Lit{N: lo, T: t}}
	}
	v := made(t, func(k int) value { return l.least(partType(t, k)) })
	if _, ok := t.(*spec.SeqType); ok {
		v.n = spec.Int(0)
	}
	return v
}

// choose is x where c holds, y where not; t is the type of both.
func (l *Lowering) choose(t spec.Type, c spec.Expr, x, y value) value {
	switch {
	case isTrue(c):
		return x
	case isFalse(c):
		return y
	case l.scalarType(t):
		return value{t: t, e: cond(c, x.e, y.e)}
	case x.e != nil && y.e != nil && spec.SameExpr(x.e, y.e):
		return x
	}
	v := made(t, func(k int) value { return l.choose(partType(t, k), c, x.part(k), y.part(k)) })
	if _, ok := t.(*spec.SeqType); ok {
		v.n = cond(c, x.length(), y.length())
	}
	return v
}

// equal is x = y, both of type t.
func (l *Lowering) equal(t spec.Type, x, y value) spec.Expr {
	if l.scalarType(t) {
		return equal(x.e, y.e)
	}
	var out spec.Expr = spec.T
	if _, ok := t.(*spec.SeqType); ok {
		out = equal(x.length(), y.length())
	}
	for k := range count(t) {
		out = and(out, l.equal(partType(t, k), x.part(k), y.part(k)))
	}
	return out
}

// pick is the element of x whose index is i, where x has no place.
func (l *Lowering) pick(x value, i spec.Expr) value {
	first := int64(1)
	if t, ok := x.t.(*spec.ArrayType); ok {
		first, _, _ = spec.Domain(t.Index)
	}
	if n, ok := lit(i); ok && n >= first && n < first+int64(len(x.parts)) {
		return x.parts[n-first]
	}
	t := partType(x.t, 0)
	out := x.parts[len(x.parts)-1]
	for k := len(x.parts) - 2; k >= 0; k-- {
		out = l.choose(t, equal(i, l.indexLit(x.t, first+int64(k))), x.parts[k], out)
	}
	return out
}

func (l *Lowering) indexLit(t spec.Type, n int64) spec.Expr {
	if t, ok := t.(*spec.ArrayType); ok {
		return &spec.Lit{N: n, T: t.Index}
	}
	return spec.Int(n)
}
