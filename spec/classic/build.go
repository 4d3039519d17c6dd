package classic

import (
	"fmt"

	"mcheck/spec"
)

// The models are written with these short forms; each stands for one constructor of spec.

type (
	expr   = spec.Expr
	update = spec.Update
)

func eq(x, y expr) expr      { return spec.Bin(spec.Eq, x, y) }
func ne(x, y expr) expr      { return spec.Bin(spec.Ne, x, y) }
func lt(x, y expr) expr      { return spec.Bin(spec.Lt, x, y) }
func le(x, y expr) expr      { return spec.Bin(spec.Le, x, y) }
func add(x, y expr) expr     { return spec.Bin(spec.Add, x, y) }
func sub(x, y expr) expr     { return spec.Bin(spec.Sub, x, y) }
func mod(x, y expr) expr     { return spec.Bin(spec.Mod, x, y) }
func in(x, s expr) expr      { return spec.Bin(spec.In, x, s) }
func implies(x, y expr) expr { return spec.Bin(spec.Implies, x, y) }
func not(x expr) expr        { return spec.Un(spec.Not, x) }
func length(x expr) expr     { return spec.Un(spec.Len, x) }
func head(x expr) expr       { return spec.Un(spec.Head, x) }
func tail(x expr) expr       { return spec.Un(spec.Tail, x) }
func cond(c, x, y expr) expr { return &spec.If{Cond: c, Then: x, Else: y} }
func num(n int) expr         { return spec.Int(int64(n)) }

var (
	all = spec.All
	any = spec.Any
	at  = spec.At
	v   = spec.V
	p   = spec.P
	set = spec.Set
)

func field(x expr, name string) expr { return &spec.FieldSel{X: x, Name: name} }

// setField is the update of a field of a record variable.
func setField(r *spec.Var, name string, value expr) update {
	return update{Var: r, Path: []spec.Selector{{Field: name}}, Value: value}
}

func upTo(lo, hi int) *spec.RangeType { return &spec.RangeType{Lo: int64(lo), Hi: int64(hi)} }

func param(name string, t spec.Type) *spec.Param { return &spec.Param{Name: name, Type: t} }

// quant binds name over t in what body makes of it.
func quant(op spec.Op, name string, t spec.Type, body func(x expr) expr) expr {
	x := param(name, t)
	return &spec.Quant{Op: op, Param: x, Body: body(p(x))}
}

func forall(name string, t spec.Type, body func(x expr) expr) expr {
	return quant(spec.Forall, name, t, body)
}

func exists(name string, t spec.Type, body func(x expr) expr) expr {
	return quant(spec.Exists, name, t, body)
}

// everywhere is the array over t with one value.
func everywhere(t spec.Type, value expr) expr {
	return quant(spec.MapOf, "k", t, func(expr) expr { return value })
}

func setOf(t spec.Type) *spec.SetType { return &spec.SetType{Elem: t} }

func singleton(t *spec.SetType, x expr) expr { return &spec.Composite{T: t, Elems: []expr{x}} }

func emptySet(t *spec.SetType) expr { return &spec.Lit{N: 0, T: t} }

func fullSet(t *spec.SetType) expr {
	lo, hi, _ := spec.Domain(t.Elem)
	return &spec.Lit{N: 1<<(hi-lo+1) - 1, T: t}
}

func with(s expr, x expr) expr {
	return spec.Bin(spec.Union, s, singleton(s.Type().(*spec.SetType), x))
}
func without(s expr, x expr) expr {
	return spec.Bin(spec.Minus, s, singleton(s.Type().(*spec.SetType), x))
}

// oneOf says that x is one of the named values of its enum.
func oneOf(x expr, names ...string) expr {
	t := x.Type().(*spec.EnumType)
	s := &spec.Lit{T: setOf(t)}
	for _, n := range names {
		s.N |= 1 << t.Val(n).N
	}
	return in(x, s)
}

func record(t *spec.RecordType, es ...expr) expr { return &spec.Composite{T: t, Elems: es} }

func emptySeq(t *spec.SeqType) expr { return &spec.Composite{T: t} }

func push(q, x expr) expr { return spec.Bin(spec.Append, q, x) }

func array(index, elem spec.Type) spec.Type { return &spec.ArrayType{Index: index, Elem: elem} }

// members is the enum of n model values with a common prefix, numbered from 1.
func members(name, prefix string, n int) *spec.EnumType {
	t := &spec.EnumType{Name: name, Symbolic: true}
	for i := range n {
		t.Values = append(t.Values, fmt.Sprintf("%s%d", prefix, i+1))
	}
	return t
}

// action is an action whose actor is its first parameter, if it has one.
func action(name string, guard expr, params []*spec.Param, us ...update) *spec.Action {
	a := &spec.Action{Name: name, Params: params, Guard: guard, Body: &spec.Do{Updates: us}, Actor: -1}
	if len(params) > 0 {
		a.Actor = 0
	}
	return a
}

func params(ps ...*spec.Param) []*spec.Param { return ps }

func invariant(name, words string, e expr) *spec.Property {
	return &spec.Property{Name: name, Kind: spec.Invariant, Cond: e, Words: words}
}

// program helps with models whose processes have a program counter each.
type program struct {
	pc     *spec.Var
	labels *spec.EnumType
	procs  spec.Type
}

// newProgram declares pc, an array over procs that begins at the first label everywhere.
func newProgram(procs spec.Type, labels ...string) program {
	t := &spec.EnumType{Name: "Label", Values: labels}
	pc := &spec.Var{Name: "pc", Type: array(procs, t), Init: everywhere(procs, t.Val(labels[0]))}
	return program{pc, t, procs}
}

// at says that process i is at one of the labels.
func (g program) at(i expr, labels ...string) expr {
	if len(labels) == 1 {
		return eq(at(g.pc, i), g.labels.Val(labels[0]))
	}
	return oneOf(at(g.pc, i), labels...)
}

// step is the action of process i (the first of ps) from one label to another (which may be the
// same); guard may be nil. Its Func is the label it begins at, which groups the alternatives of one
// statement.
func (g program) step(name, from, to string, guard expr, ps []*spec.Param, us ...update) *spec.Action {
	i := p(ps[0])
	if to != from {
		us = append(us, set(g.pc, g.labels.Val(to), i))
	}
	a := action(name, all(g.at(i, from), guard), ps, us...)
	a.Func = from
	return a
}
