package explorer

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"

	"mcheck/spec"
	"mcheck/states"
)

// cell is one scalar of a state: a variable of a scalar type, an element of an array, a field of a
// record, a set as a mask, the length of a sequence or one of its Cap places, those not in use
// holding the first value of their type.
type cell struct {
	lo, hi int64 // of its type, until narrow lowers hi; of a set 0 and the mask of all elements
	width  int   // bits
	zeros  int   // of these, the lowest: 0 in every reachable state, they take no bits then
	set    bool
	// the values that it holds, ascending, if its content is the rank among these: lo and hi are
	// ranks then (rank.go)
	ranks []*node
	what  string // for messages: x[1].f
	// fixed says that the cell is value in every reachable state; it takes no bits then.
	fixed bool
	value int64
	of    subject
}

// subject is what a cell is about: the element n of an enum if it lies in an array over that, else
// nothing.
type subject struct {
	enum *spec.EnumType
	n    int64
}

// read returns the node for the content of cell i.
func (c *cell) read(i int) *node {
	if c.fixed {
		return konst(c.value)
	}
	x := &node{op: opCell, n: int64(i)}
	if c.set {
		return x.mask(c.width)
	}
	x.lo, x.hi = c.lo, c.hi
	return x
}

// occurs reports whether raw, of no more bits than the cell, is a content that it can have.
func (c *cell) occurs(raw int64) bool {
	if c.set {
		return raw&int64(fullMask(c.zeros)) == 0
	}
	return raw <= c.hi-c.lo
}

// tree is the shape of a value: a scalar cell, the elements of an array or record, or a sequence
// (cell: its length; elems: its places).
type tree struct {
	t     spec.Type
	cell  int // -1 if none
	elems []tree
}

// addCells appends the cells of a value of type t, about of, to cs and returns its shape.
func addCells(cs *[]cell, t spec.Type, what string, of subject) tree {
	add := func(c cell) tree {
		c.of = of
		*cs = append(*cs, c)
		return tree{t: t, cell: len(*cs) - 1}
	}
	switch t := t.(type) {
	case *spec.BoolType, *spec.RangeType, *spec.EnumType, *spec.OptionType:
		lo, hi, _ := spec.Domain(t)
		return add(cell{lo: lo, hi: hi, width: bits.Len64(uint64(hi - lo)), what: what})
	case *spec.SetType:
		w := domainSize(t.Elem)
		return add(cell{lo: 0, hi: int64(fullMask(w)), width: w, set: true, what: what})
	case *spec.ArrayType:
		out := tree{t: t, cell: -1}
		lo, hi, _ := spec.Domain(t.Index)
		enum, _ := t.Index.(*spec.EnumType)
		for i := lo; i <= hi; i++ {
			about := of
			if enum != nil && of.enum == nil {
				about = subject{enum, i}
			}
			out.elems = append(out.elems, addCells(cs, t.Elem, what+"["+spec.FormatScalar(t.Index, i)+"]", about))
		}
		return out
	case *spec.RecordType:
		out := tree{t: t, cell: -1}
		for _, f := range t.Fields {
			out.elems = append(out.elems, addCells(cs, f.Type, what+"."+f.Name, of))
		}
		return out
	case *spec.SeqType:
		out := add(cell{lo: 0, hi: int64(t.Cap), width: bits.Len64(uint64(t.Cap)), what: "length of " + what})
		for i := range t.Cap {
			out.elems = append(out.elems, addCells(cs, t.Elem, fmt.Sprintf("%s[%d]", what, i+1), of))
		}
		return out
	}
	panic(fmt.Sprintf("unhandled %T", t))
}

// placeCells lays the cells out in words, those that are about one subject side by side: what one
// task does changes few words then, and the parts of states that a tree stores (states.Tree) have
// little to do with each other, so that there are few different ones. The cells that are about
// nothing come first.
func placeCells(cs []cell) *states.Layout {
	rank := map[*spec.EnumType]int{nil: 0}
	order := make([]int, len(cs))
	for i, c := range cs {
		order[i] = i
		if _, ok := rank[c.of.enum]; !ok {
			rank[c.of.enum] = len(rank)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := cs[i].of, cs[j].of
		return cmp.Or(cmp.Compare(rank[a.enum], rank[b.enum]), cmp.Compare(a.n, b.n))
	})
	widths := make([]states.Width, len(cs))
	for k, i := range order {
		if !cs[i].fixed {
			widths[k] = states.Width{Bits: cs[i].width, Zeros: cs[i].zeros}
		}
	}
	l := states.NewLayout(widths)
	fields := make([]states.Field, len(cs))
	for k, i := range order {
		fields[i] = l.Fields[k]
	}
	l.Fields = fields
	return l
}

func domainSize(t spec.Type) int {
	lo, hi, _ := spec.Domain(t)
	return int(hi - lo + 1)
}

func fullMask(w int) uint64 {
	if w == 0 {
		return 0
	}
	return ^uint64(0) >> (64 - w)
}

// val is the value of an expression, taken apart: a scalar or the length of a sequence (n),
// elements.
type val struct {
	n     *node
	elems []val
}

// leaves appends all nodes of v.
func (v val) leaves(out []*node) []*node {
	if v.n != nil {
		out = append(out, v.n)
	}
	for _, e := range v.elems {
		out = e.leaves(out)
	}
	return out
}

// zip applies f leaf by leaf to values of one shape.
func zip(f func([]*node) *node, vs ...val) val {
	var out val
	if vs[0].n != nil {
		ns := make([]*node, len(vs))
		for i, v := range vs {
			ns[i] = v.n
		}
		out.n = f(ns)
	}
	for k := range vs[0].elems {
		es := make([]val, len(vs))
		for i, v := range vs {
			es[i] = v.elems[k]
		}
		out.elems = append(out.elems, zip(f, es...))
	}
	return out
}

// readTree is the value that the cells of t hold.
func readTree(cs []cell, t tree) val {
	var out val
	if t.cell >= 0 {
		out.n = cs[t.cell].read(t.cell)
	}
	for _, e := range t.elems {
		out.elems = append(out.elems, readTree(cs, e))
	}
	return out
}

// blank is the value of the places of a sequence that are not in use.
func blank(t spec.Type) val {
	switch t := t.(type) {
	case *spec.SetType:
		return val{n: nodeF}
	case *spec.ArrayType:
		var out val
		for range domainSize(t.Index) {
			out.elems = append(out.elems, blank(t.Elem))
		}
		return out
	case *spec.RecordType:
		var out val
		for _, f := range t.Fields {
			out.elems = append(out.elems, blank(f.Type))
		}
		return out
	case *spec.SeqType:
		out := val{n: nodeF}
		for range t.Cap {
			out.elems = append(out.elems, blank(t.Elem))
		}
		return out
	}
	lo, _, ok := spec.Domain(t)
	if !ok {
		panic(fmt.Sprintf("unhandled %T", t))
	}
	return val{n: konst(lo)}
}
