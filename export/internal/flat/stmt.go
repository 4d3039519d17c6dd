package flat

import (
	"fmt"
	"slices"

	"mcheck/spec"
)

// Stmt is a statement of a sequential language: *Assign, *Cond or *Require.
type Stmt interface{ isStmt() }

// Assign stores a scalar in a place: a variable (of the model, or a temporary), an element or field
// of one, the length of a sequence or, with [Lowering.SetArrays], an element's membership of a set.
type Assign struct {
	Place spec.Expr
	Value spec.Expr
}

// Cond is an if statement.
type Cond struct {
	If         spec.Expr
	Then, Else []Stmt
}

// Require stands before an assignment whose value might be outside its place's range; it fails if
// it is.
type Require struct{ Cond spec.Expr }

func (*Assign) isStmt()  {}
func (*Cond) isStmt()    {}
func (*Require) isStmt() {}

// Temp makes the temporaries of a body.
type Temp func(t spec.Type) *spec.Var

// Body lowers n to statements that run one after the other and together do what n does at once.
// temp is called for each temporary that is needed to keep a value of the old state.
func (l *Lowering) Body(n spec.Node, temp Temp) []Stmt {
	switch n := n.(type) {
	case *spec.Branch:
		c := l.Scalar(n.Cond)
		if v, ok := lit(c); ok {
			if v != 0 {
				return l.Body(n.Then, temp)
			}
			return l.Body(n.Else, temp)
		}
		return []Stmt{&Cond{c, l.Body(n.Then, temp), l.Body(n.Else, temp)}}
	case *spec.Do:
		return l.sequence(l.assigns(n), temp)
	}
	panic(fmt.Sprintf("unhandled %T", n))
}

// assigns are the parts of all updates; their right-hand sides and indices refer to the old state.
func (l *Lowering) assigns(d *spec.Do) []*Assign {
	var out []*Assign
	for _, u := range d.Updates {
		place, t := spec.Expr(&spec.VarRef{Var: u.Var}), u.Var.Type
		for _, s := range u.Path {
			if s.Index != nil {
				place = &spec.Index{X: place, I: l.Scalar(s.Index)}
			} else {
				place = &spec.FieldSel{X: place, Name: s.Field}
			}
			t = place.Type()
		}
		out = l.store(out, place, t, l.lower(u.Value))
	}
	return out
}

// push appends y to the sequence at place.
func (l *Lowering) push(out []*Assign, place spec.Expr, t *spec.SeqType, y value) []*Assign {
	n := &spec.Unary{Op: spec.Len, X: place}
	end := &spec.Binary{Op: spec.Add, X: n, Y: spec.Int(1)}
	out = l.store(out, &spec.Index{X: place, I: end}, t.Elem, y)
	return append(out, &Assign{n, end})
}

// store assigns v to the place of type t, part by part; the length of a sequence last, since its
// slots are often computed from it.
func (l *Lowering) store(out []*Assign, place spec.Expr, t spec.Type, v value) []*Assign {
	if l.scalarType(t) {
		a := &Assign{place, v.e}
		if spec.SameExpr(place, v.e) && !written(out, place) {
			return out
		}
		return append(out, a)
	}
	if v.pushed != nil && spec.SameExpr(v.of, place) && !written(out, place) {
		return l.push(out, place, t.(*spec.SeqType), *v.pushed)
	}
	for k := range count(t) {
		out = l.store(out, selectPart(t, place, k), partType(t, k), v.part(k))
	}
	if _, ok := t.(*spec.SeqType); ok {
		n := &spec.Unary{Op: spec.Len, X: place}
		if !spec.SameExpr(n, v.length()) || written(out, n) {
			out = append(out, &Assign{n, v.length()})
		}
	}
	return out
}

func written(as []*Assign, place spec.Expr) bool {
	for _, a := range as {
		if overlap(a.Place, place) {
			return true
		}
	}
	return false
}

// sequence orders as for execution. An assignment waits for those that read what it overwrites, and
// for earlier ones to the same place. Where they all wait for each other, the first goes ahead, and
// what the others need of its place is saved.
func (l *Lowering) sequence(as []*Assign, temp Temp) []Stmt {
	var saves, out []Stmt
	save := func(e spec.Expr, t spec.Type) spec.Expr {
		v := temp(t)
		saves = append(saves, checked(&spec.VarRef{Var: v}, e)...)
		return &spec.VarRef{Var: v}
	}
	as = slices.Clone(as)
	for k, a := range as {
		as[k] = &Assign{Value: a.Value, Place: indices(a.Place, func(x, i spec.Expr) spec.Expr {
			if l.selfIndex(x, i) {
				return save(i, i.Type())
			}
			return i
		})}
	}
	for left := as; len(left) > 0; {
		i := slices.IndexFunc(left, func(a *Assign) bool { return free(a, left) })
		if i < 0 {
			i = 0
			first := left[:1]
			for j, a := range left[1:] {
				b := &Assign{Value: a.Value}
				b.Place = indices(a.Place, func(_, i spec.Expr) spec.Expr {
					if stale(i, first) {
						return save(i, i.Type())
					}
					return i
				})
				if stale(a.Value, first) {
					b.Value = save(a.Value, a.Place.Type())
				}
				left[j+1] = b
			}
		}
		out = append(out, checked(left[i].Place, left[i].Value)...)
		left = slices.Delete(left, i, i+1)
	}
	return append(saves, out...)
}

// free reports whether a can be the next of left.
func free(a *Assign, left []*Assign) bool {
	before := true
	self := []*Assign{a}
	for _, b := range left {
		switch {
		case a == b:
			before = false
			continue
		case before && overlap(a.Place, b.Place), stale(b.Value, self):
			return false
		}
		hit := false
		indices(b.Place, func(_, i spec.Expr) spec.Expr {
			hit = hit || stale(i, self)
			return i
		})
		if hit {
			return false
		}
	}
	return true
}

// checked assigns v to place, after what must hold of v.
func checked(place, v spec.Expr) []Stmt {
	to, ok1 := place.Type().(*spec.RangeType)
	from, ok2 := v.Type().(*spec.RangeType)
	var c spec.Expr = spec.T
	if ok1 && ok2 {
		if from.Lo < to.Lo {
			c = binary(spec.Ge, v, spec.Int(to.Lo))
		}
		if from.Hi > to.Hi {
			c = and(c, binary(spec.Le, v, spec.Int(to.Hi)))
		}
	}
	if isTrue(c) {
		return []Stmt{&Assign{place, v}}
	}
	return []Stmt{&Require{c}, &Assign{place, v}}
}

// stale reports whether e reads a place that one of as may write.
func stale(e spec.Expr, as []*Assign) bool {
	for _, p := range reads(nil, e) {
		if written(as, p) {
			return true
		}
	}
	return false
}

// selfIndex reports whether i must not be an index of the place x, or of a part of it.
func (l *Lowering) selfIndex(x, i spec.Expr) bool {
	if !l.NoSelfIndex {
		return false
	}
	v, _ := steps(x)
	for _, r := range reads(nil, i) {
		w, _ := steps(r)
		n, length := r.(*spec.Unary)
		if v == w && !(length && n.Op == spec.Len && len(spec.VarsRead(i)) == 1 && spec.SameExpr(n.X, x)) {
			return true
		}
	}
	return false
}

// reads appends the places that e reads to out.
func reads(out []spec.Expr, e spec.Expr) []spec.Expr {
	if isPlace(e) {
		out = append(out, e)
		indices(e, func(_, i spec.Expr) spec.Expr {
			out = reads(out, i)
			return i
		})
		return out
	}
	for _, c := range spec.Children(e) {
		out = reads(out, c)
	}
	return out
}

func isPlace(e spec.Expr) bool {
	switch e := e.(type) {
	case *spec.VarRef:
		return true
	case *spec.Index:
		return isPlace(e.X)
	case *spec.FieldSel:
		return isPlace(e.X)
	case *spec.Unary:
		return e.Op == spec.Len && isPlace(e.X)
	case *spec.Binary:
		return e.Op == spec.In && isPlace(e.Y)
	}
	return false
}

// indices returns the place e with f applied to its indices: x is what i is an index of.
func indices(e spec.Expr, f func(x, i spec.Expr) spec.Expr) spec.Expr {
	switch e := e.(type) {
	case *spec.VarRef:
		return e
	case *spec.Index:
		x := indices(e.X, f)
		return &spec.Index{X: x, I: f(x, e.I)}
	case *spec.FieldSel:
		return &spec.FieldSel{X: indices(e.X, f), Name: e.Name}
	case *spec.Unary:
		return &spec.Unary{Op: e.Op, X: indices(e.X, f)}
	case *spec.Binary:
		y := indices(e.Y, f)
		return &spec.Binary{Op: e.Op, X: f(y, e.X), Y: y}
	}
	panic(fmt.Sprintf("unhandled %T", e))
}

// overlap reports whether two places may be, or contain, the same.
func overlap(a, b spec.Expr) bool {
	va, pa := steps(a)
	vb, pb := steps(b)
	if va != vb {
		return false
	}
	for i := range min(len(pa), len(pb)) {
		switch x, y := pa[i], pb[i]; {
		case x.length != y.length, x.field != y.field:
			return false
		case x.index != nil && y.index != nil:
			n, ok1 := lit(x.index)
			m, ok2 := lit(y.index)
			if ok1 && ok2 && n != m {
				return false
			}
		}
	}
	return true
}

type pathStep struct {
	index  spec.Expr
	field  string
	length bool
}

// steps returns the root of a place and the way from there.
func steps(e spec.Expr) (*spec.Var, []pathStep) {
	switch e := e.(type) {
	case *spec.VarRef:
		return e.Var, nil
	case *spec.Index:
		v, p := steps(e.X)
		return v, append(p, pathStep{index: e.I})
	case *spec.FieldSel:
		v, p := steps(e.X)
		return v, append(p, pathStep{field: e.Name})
	case *spec.Unary:
		v, p := steps(e.X)
		return v, append(p, pathStep{length: true})
	case *spec.Binary:
		v, p := steps(e.Y)
		return v, append(p, pathStep{index: e.X})
	}
	panic(fmt.Sprintf("unhandled %T", e))
}
