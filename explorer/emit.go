package explorer

import (
	"fmt"
	"math/bits"

	"mcheck/states"
)

// intFn and boolFn evaluate a node in a packed state. An evaluation error is a panic with an
// *evalError.
type (
	intFn  func(w []uint64) int64
	boolFn func(w []uint64) bool
)

// evalError is what went wrong in an evaluation.
type evalError struct{ msg string }

// emitter turns nodes into closures, each node once: nodes are shared, as the index of the parts of
// one element is.
type emitter struct {
	cells  []cell
	layout *states.Layout
	intOf  map[*node]intFn
	boolOf map[*node]boolFn
}

func newEmitter(cells []cell, layout *states.Layout) *emitter {
	return &emitter{cells: cells, layout: layout, intOf: map[*node]intFn{}, boolOf: map[*node]boolFn{}}
}

// place is a cell ready for access: content = lo + raw bits.
type place struct {
	states.Field
	lo int64
}

func (e *emitter) place(c int64) place {
	p := place{Field: e.layout.Fields[c], lo: e.cells[c].lo}
	if e.cells[c].set {
		p.lo = 0
	}
	return p
}

func (e *emitter) int(x *node) intFn {
	f, ok := e.intOf[x]
	if !ok {
		f = e.newInt(x)
		e.intOf[x] = f
	}
	return f
}

func (e *emitter) newInt(x *node) intFn {
	switch x.op {
	case opConst:
		n := x.n
		return func([]uint64) int64 { return n }
	case opCell:
		p := e.place(x.n)
		i, s, m, lo := p.Word, p.Shift, p.Mask, p.lo
		if lo == 0 {
			return func(w []uint64) int64 { return int64(w[i] >> (s & 63) & m) }
		}
		return func(w []uint64) int64 { return int64(w[i]>>(s&63)&m) + lo }
	case opSelect:
		return e.selection(x)
	case opFail:
		msg := x.msg
		return func([]uint64) int64 { panic(&evalError{msg}) }
	case opCheck:
		return e.check(x)
	case opStrict:
		list, f := e.ints(x.list), e.int(x.a)
		return func(w []uint64) int64 {
			for _, g := range list {
				g(w)
			}
			return f(w)
		}
	case opNot, opAnd, opOr, opAll, opEq, opLt, opLe, opBit:
		f := e.bool(x)
		return func(w []uint64) int64 {
			if f(w) {
				return 1
			}
			return 0
		}
	case opIte:
		c, f, g := e.bool(x.a), e.int(x.b), e.int(x.c)
		return func(w []uint64) int64 {
			if c(w) {
				return f(w)
			}
			return g(w)
		}
	case opAdd:
		f := e.int(x.a)
		if x.b.op == opConst {
			n := x.b.n
			return func(w []uint64) int64 { return f(w) + n }
		}
		g := e.int(x.b)
		return func(w []uint64) int64 { return f(w) + g(w) }
	case opSub:
		f := e.int(x.a)
		if x.b.op == opConst {
			n := x.b.n
			return func(w []uint64) int64 { return f(w) - n }
		}
		g := e.int(x.b)
		return func(w []uint64) int64 { return f(w) - g(w) }
	case opDiv, opMod:
		f, g, o := e.int(x.a), e.int(x.b), x.op
		return func(w []uint64) int64 {
			a, b := f(w), g(w)
			if b < 1 {
				panic(&evalError{fmt.Sprintf("division by %d", b)})
			}
			return calc(o, a, b)
		}
	case opBitOr:
		f, g := e.int(x.a), e.int(x.b)
		return func(w []uint64) int64 { return f(w) | g(w) }
	case opBitAnd:
		f, g := e.int(x.a), e.int(x.b)
		return func(w []uint64) int64 { return f(w) & g(w) }
	case opAndNot:
		f, g := e.int(x.a), e.int(x.b)
		return func(w []uint64) int64 { return f(w) &^ g(w) }
	case opMul, opMin, opMax:
		f, g, o := e.int(x.a), e.int(x.b), x.op
		return func(w []uint64) int64 { return calc(o, f(w), g(w)) }
	case opSum:
		list := e.ints(x.list)
		return func(w []uint64) int64 {
			n := int64(0)
			for _, f := range list {
				n += f(w)
			}
			return n
		}
	case opPop:
		f := e.int(x.a)
		return func(w []uint64) int64 { return int64(bits.OnesCount64(uint64(f(w)))) }
	case opShl:
		f, n := e.int(x.a), x.n
		return func(w []uint64) int64 { return 1 << uint64(f(w)-n) }
	}
	panic(fmt.Sprintf("unhandled op %d", x.op))
}

func (e *emitter) ints(list []*node) []intFn {
	fs := make([]intFn, len(list))
	for i, x := range list {
		fs[i] = e.int(x)
	}
	return fs
}

func (e *emitter) check(x *node) intFn {
	f := e.int(x.b)
	msg := x.msg
	if x.a == nil {
		lo, hi := x.n, x.m
		return func(w []uint64) int64 {
			v := f(w)
			if v < lo || v > hi {
				panic(&evalError{fmt.Sprintf("%s %d outside %d..%d", msg, v, lo, hi)})
			}
			return v
		}
	}
	c := e.bool(x.a)
	return func(w []uint64) int64 {
		if !c(w) {
			panic(&evalError{msg})
		}
		return f(w)
	}
}

// selection reads list[index-base]: from a table of places where all of them are cells or
// constants.
func (e *emitter) selection(x *node) intFn {
	f, base := e.int(x.a), x.n
	places := make([]place, len(x.list))
	for i, y := range x.list {
		switch y.op {
		case opConst:
			places[i] = place{lo: y.n}
		case opCell:
			places[i] = e.place(y.n)
		default:
			list := e.ints(x.list)
			return func(w []uint64) int64 { return list[f(w)-base](w) }
		}
	}
	if p, d, ok := e.even(x.list); ok {
		i, s, m, lo := p.Word, p.Shift, p.Mask, p.lo
		return func(w []uint64) int64 {
			return int64(w[i]>>((s+uint(f(w)-base)*d)&63)&m) + lo
		}
	}
	return func(w []uint64) int64 {
		q := &places[f(w)-base]
		return int64(w[q.Word]>>(q.Shift&63)&q.Mask) + q.lo
	}
}

// even reports whether list is the cells of an array that lie side by side in one word, as they
// usually do: the first, and how many bits further each next one is.
func (e *emitter) even(list []*node) (first place, step uint, ok bool) {
	if len(list) < 2 {
		return place{}, 0, false
	}
	places := make([]place, len(list))
	for i, y := range list {
		if y.op != opCell {
			return place{}, 0, false
		}
		places[i] = e.place(y.n)
	}
	return evenPlaces(places)
}

func evenPlaces(places []place) (first place, step uint, ok bool) {
	if len(places) < 2 || places[0].Mask == 0 {
		return place{}, 0, false
	}
	p := places[0]
	step = places[1].Shift - p.Shift
	for i, q := range places {
		if q.Word != p.Word || q.Mask != p.Mask || q.lo != p.lo || q.Shift != p.Shift+uint(i)*step {
			return place{}, 0, false
		}
	}
	return p, step, true
}

// maskTest is the test "word & mask == want".
type maskTest struct {
	word       int
	mask, want uint64
}

func anyMatches(tests []maskTest, w []uint64) bool {
	for i := range tests {
		if t := &tests[i]; w[t.word]&t.mask == t.want {
			return true
		}
	}
	return false
}

// asMask returns the test that x is, if it is one: a cell compared with a constant, a truth value,
// or a conjunction of such in one word.
func (e *emitter) asMask(x *node) (maskTest, bool) {
	cell, n := x, int64(1)
	switch {
	case x.op == opAnd:
		var all maskTest
		for i, y := range x.list {
			t, ok := e.asMask(y)
			if !ok || i > 0 && t.word != all.word || t.mask&all.mask != 0 {
				return maskTest{}, false
			}
			all = maskTest{t.word, all.mask | t.mask, all.want | t.want}
		}
		return all, true
	case x.op == opEq && x.a.op == opCell && x.b.op == opConst:
		cell, n = x.a, x.b.n
	case x.op == opEq && x.a.op == opBitAnd && x.a.a.op == opCell && x.a.b.op == opConst && x.b.op == opConst:
		return e.asPart(x.a.a, uint64(x.a.b.n), uint64(x.b.n))
	case x.op == opEq && x.a.op == opAndNot && x.a.a.op == opCell && x.a.b.op == opConst && x.b.op == opConst:
		return e.asPart(x.a.a, ^uint64(x.a.b.n), uint64(x.b.n))
	case x.op == opBit && x.a.op == opConst && x.b.op == opCell && uint64(x.a.n-x.n) < uint64(x.m):
		bit := uint64(1) << (x.a.n - x.n)
		return e.asPart(x.b, bit, bit)
	case x.op == opNot && x.a.op == opCell:
		cell, n = x.a, 0
	case x.op == opCell:
	default:
		return maskTest{}, false
	}
	p := e.place(cell.n)
	raw := uint64(n - p.lo)
	if raw&^p.Mask != 0 {
		return maskTest{}, false
	}
	return maskTest{p.Word, p.Mask << p.Shift, raw << p.Shift}, true
}

// asPart returns the test for whether what a set, the content of cell, has of some elements is
// want.
func (e *emitter) asPart(cell *node, of, want uint64) (maskTest, bool) {
	p := e.place(cell.n)
	of &= p.Mask
	if p.lo != 0 || want&^of != 0 {
		return maskTest{}, false
	}
	return maskTest{p.Word, of << p.Shift, want << p.Shift}, true
}

func (e *emitter) bool(x *node) boolFn {
	f, ok := e.boolOf[x]
	if !ok {
		f = e.newBool(x)
		e.boolOf[x] = f
	}
	return f
}

func (e *emitter) newBool(x *node) boolFn {
	if t, ok := e.asMask(x); ok {
		i, m, v := t.word, t.mask, t.want
		return func(w []uint64) bool { return w[i]&m == v }
	}
	if t, ok := e.asTable(x); ok {
		return t.fn()
	}
	switch x.op {
	case opConst:
		v := x.n != 0
		return func([]uint64) bool { return v }
	case opNot:
		if t, ok := e.asMask(x.a); ok {
			i, m, v := t.word, t.mask, t.want
			return func(w []uint64) bool { return w[i]&m != v }
		}
		f := e.bool(x.a)
		return func(w []uint64) bool { return !f(w) }
	case opAnd:
		return e.conjunction(x.list)
	case opOr:
		if len(x.list) == 2 {
			f, g := e.bool(x.list[0]), e.bool(x.list[1])
			return func(w []uint64) bool { return f(w) || g(w) }
		}
		f := e.conjunction(negated(x.list))
		return func(w []uint64) bool { return !f(w) }
	case opAll:
		fs := e.bools(x.list)
		return func(w []uint64) bool {
			ok := true
			for _, f := range fs {
				ok = f(w) && ok
			}
			return ok
		}
	case opEq:
		f := e.int(x.a)
		if x.b.op == opConst {
			n := x.b.n
			return func(w []uint64) bool { return f(w) == n }
		}
		g := e.int(x.b)
		return func(w []uint64) bool { return f(w) == g(w) }
	case opLt:
		f, g := e.int(x.a), e.int(x.b)
		return func(w []uint64) bool { return f(w) < g(w) }
	case opLe:
		f, g := e.int(x.a), e.int(x.b)
		return func(w []uint64) bool { return f(w) <= g(w) }
	case opBit:
		f, g, lo, n := e.int(x.a), e.int(x.b), x.n, uint64(x.m)
		return func(w []uint64) bool {
			i := uint64(f(w) - lo)
			s := g(w)
			return i < n && s>>i&1 != 0
		}
	}
	f := e.int(x)
	return func(w []uint64) bool { return f(w) != 0 }
}

func (e *emitter) bools(list []*node) []boolFn {
	fs := make([]boolFn, len(list))
	for i, x := range list {
		fs[i] = e.bool(x)
	}
	return fs
}

// negated are the negations of the nodes of list: the disjunction of list is what their conjunction
// is not.
func negated(list []*node) []*node {
	out := make([]*node, len(list))
	for i, x := range list {
		out[i] = not(x)
	}
	return out
}

// conjuncts takes a conjunction apart: first mask tests, those of one word made one; then tests
// that must not match; then tables; then the others in their order. What may fail stays behind
// everything that stood before it.
func (e *emitter) conjuncts(list []*node) (tests, never []maskTest, tables []tableTest, others []*node) {
	tables, list = e.tables(list)
	rest := list
	for i, x := range list {
		if x.fails {
			break
		}
		rest = list[i+1:]
		t, ok := e.asMask(x)
		if !ok && x.op == opNot {
			if t, ok := e.asMask(x.a); ok {
				never = append(never, t)
				continue
			}
		}
		if !ok {
			others = append(others, x)
			continue
		}
		merged := false
		for k := range tests {
			if u := &tests[k]; u.word == t.word && u.mask&t.mask == 0 {
				u.mask |= t.mask
				u.want |= t.want
				merged = true
				break
			}
		}
		if !merged {
			tests = append(tests, t)
		}
	}
	return tests, never, tables, append(others, rest...)
}

// conjunction tests list from left to right, but for the tests that [emitter.conjuncts] puts first.
func (e *emitter) conjunction(list []*node) boolFn {
	tests, never, tables, others := e.conjuncts(list)
	var out []boolFn
	for _, t := range tests {
		i, m, v := t.word, t.mask, t.want
		out = append(out, func(w []uint64) bool { return w[i]&m == v })
	}
	if len(never) > 0 {
		out = append(out, func(w []uint64) bool { return !anyMatches(never, w) })
	}
	for _, t := range tables {
		out = append(out, t.fn())
	}
	out = append(out, e.bools(others)...)
	switch len(out) {
	case 0:
		return func([]uint64) bool { return true }
	case 1:
		return out[0]
	case 2:
		f, g := out[0], out[1]
		return func(w []uint64) bool { return f(w) && g(w) }
	case 3:
		f, g, h := out[0], out[1], out[2]
		return func(w []uint64) bool { return f(w) && g(w) && h(w) }
	}
	return func(w []uint64) bool {
		for _, f := range out {
			if !f(w) {
				return false
			}
		}
		return true
	}
}
