package explorer

import (
	"fmt"
	"maps"
)

// interval is what is known of the content of a cell.
type interval struct{ lo, hi int64 }

// facts are what is known of the contents of cells: what was found of all reachable states, and
// what a guard that holds says. Checks that they make superfluous fold away.
type facts struct {
	cells   []cell
	found   []interval // of every cell: its content, or its rank
	learned map[int64]interval
}

// newFacts is what cells say of themselves.
func newFacts(cells []cell) facts {
	f := facts{cells: cells, found: make([]interval, len(cells))}
	for i := range cells {
		x := cells[i].read(i)
		f.found[i] = interval{x.lo, x.hi}
	}
	return f
}

// of is what is known of cell x.
func (f facts) of(x *node) interval {
	if v, ok := f.learned[x.n]; ok {
		return v
	}
	return f.found[x.n]
}

// learn returns f and that a cell holds something from lo to hi.
func (f facts) learn(cell *node, lo, hi int64) facts {
	old := f.of(cell)
	now := interval{max(lo, old.lo), min(hi, old.hi)}
	if now == old || now.lo > now.hi {
		return f // nothing new, or what says so never holds
	}
	f.learned = maps.Clone(f.learned)
	if f.learned == nil {
		f.learned = map[int64]interval{}
	}
	f.learned[cell.n] = now
	return f
}

// evaluated returns f and that x is evaluated without failing: the checks in what is always
// evaluated hold.
func (f facts) evaluated(x *node) facts {
	if x == nil || !x.fails {
		return f
	}
	switch x.op {
	case opAnd, opOr:
		return f.evaluated(x.list[0])
	case opIte, opSelect:
		return f.evaluated(x.a)
	case opCheck:
		if x.a != nil {
			return f.assume(x.a).evaluated(x.b)
		}
		if f = f.evaluated(x.b); x.b.op == opCell {
			f = f.learn(x.b, x.n, x.m)
		}
		return f
	}
	for _, y := range x.list {
		f = f.evaluated(y)
	}
	return f.evaluated(x.a).evaluated(x.b)
}

// assume returns f and that x holds.
func (f facts) assume(x *node) facts {
	f = f.evaluated(x)
	isCell := func(x *node) bool { return x.op == opCell }
	isConst := func(x *node) bool { return x.op == opConst }
	switch {
	case x.op == opAnd || x.op == opAll:
		for _, y := range x.list {
			f = f.assume(y)
		}
	case isCell(x):
		return f.learn(x, 1, 1)
	case x.op == opNot && isCell(x.a):
		return f.learn(x.a, 0, 0)
	case x.op == opEq && isCell(x.a) && isConst(x.b):
		return f.learn(x.a, x.b.n, x.b.n)
	case x.op == opNot && x.a.op == opEq && isCell(x.a.a) && isConst(x.a.b):
		c, n := x.a.a, x.a.b.n
		if v := f.of(c); v.lo == n {
			return f.learn(c, n+1, v.hi)
		} else if v.hi == n {
			return f.learn(c, v.lo, n-1)
		}
	case x.op == opLt && isCell(x.a) && isConst(x.b):
		return f.learn(x.a, x.a.lo, x.b.n-1)
	case x.op == opLe && isCell(x.a) && isConst(x.b):
		return f.learn(x.a, x.a.lo, x.b.n)
	case x.op == opLt && isConst(x.a) && isCell(x.b):
		return f.learn(x.b, x.a.n+1, x.b.hi)
	case x.op == opLe && isConst(x.a) && isCell(x.b):
		return f.learn(x.b, x.a.n, x.b.hi)
	case x.op == opNot && x.a.op == opLt:
		return f.assume(less(opLe, x.a.b, x.a.a))
	case x.op == opNot && x.a.op == opLe:
		return f.assume(less(opLt, x.a.b, x.a.a))
	}
	return f
}

// refiner rebuilds nodes under facts.
type refiner struct {
	facts  facts
	done   map[*node]*node
	ranked map[ranked]*node
}

func (f facts) refiner() *refiner { return &refiner{f, map[*node]*node{}, map[ranked]*node{}} }

func (r *refiner) node(x *node) *node {
	if x == nil {
		return x
	}
	y, ok := r.done[x]
	if !ok {
		y = r.build(x)
		r.done[x] = y
	}
	return y
}

// under returns a refiner of what is evaluated only if c holds, a part of x. It is r where that
// makes no difference, or hardly any: what it is for is that checks fold away.
func (r *refiner) under(c, x *node) *refiner {
	if !x.fails {
		return r
	}
	f := r.facts.assume(c)
	if maps.Equal(f.learned, r.facts.learned) {
		return r
	}
	return f.refiner()
}

func (r *refiner) nodes(list []*node) []*node {
	out := make([]*node, len(list))
	for i, x := range list {
		out[i] = r.node(x)
	}
	return out
}

func (r *refiner) build(x *node) *node {
	switch x.op {
	case opConst, opFail:
		return x
	case opCell:
		v := r.facts.of(x)
		switch {
		case r.facts.cells[x.n].ranks != nil:
			return r.facts.cells[x.n].valueAt(x.n, v)
		case v.lo == v.hi:
			return konst(v.lo)
		case v.lo == x.lo && v.hi == x.hi:
			return x
		}
		return &node{op: opCell, n: x.n, lo: v.lo, hi: v.hi}
	case opAnd, opOr:
		out := truth(x.op == opAnd)
		for _, y := range x.list {
			y = r.node(y)
			out = junction(x.op, out, y)
			if x.op == opOr {
				y = not(y)
			}
			r = r.under(y, x)
		}
		return out
	case opAll:
		return all(r.nodes(x.list))
	case opSum:
		return sum(r.nodes(x.list))
	case opStrict:
		return strict(r.nodes(x.list), r.node(x.a))
	case opNot:
		return not(r.node(x.a))
	case opIte:
		c := r.node(x.a)
		return ite(c, r.under(c, x).node(x.b), r.under(not(c), x).node(x.c))
	case opEq:
		return eq(r.node(x.a), r.node(x.b))
	case opLt, opLe:
		return less(x.op, r.node(x.a), r.node(x.b))
	case opAdd, opSub, opMul, opDiv, opMod, opMin, opMax:
		return arith(x.op, r.node(x.a), r.node(x.b))
	case opSelect:
		return choose(r.node(x.a), x.n, r.nodes(x.list), "index")
	case opCheck:
		if x.a == nil {
			return within(r.node(x.b), x.n, x.m, x.msg)
		}
		return check(r.node(x.a), x.msg, r.node(x.b))
	}
	// Operators on sets.
	a, b := r.node(x.a), r.node(x.b)
	switch x.op {
	case opShl:
		if a.op == opConst {
			return konst(1 << (a.n - x.n))
		}
	case opPop:
	case opBitAnd, opBitOr, opAndNot:
		w := x.width()
		switch x.op {
		case opBitAnd:
			w = min(w, a.width(), b.width())
		case opBitOr:
			w = min(w, max(a.width(), b.width()))
		case opAndNot:
			w = min(w, a.width())
		}
		return bitwise(x.op, a, b, w)
	case opBit:
		return member(a, b, x.n, int(x.m))
	default:
		panic(fmt.Sprintf("unhandled op %d", x.op))
	}
	y := *x
	y.a, y.fails = a, a.fails
	return &y
}

// guard rebuilds a conjunction, each conjunct under what those before it say, and returns what all
// of it says.
func (f facts) guard(x *node) (*node, facts) {
	list := []*node{x}
	if x.op == opAnd {
		list = x.list
	}
	out := nodeT
	for _, y := range list {
		y = f.refiner().node(y)
		out = and(out, y)
		f = f.assume(y)
	}
	return out, f
}

// refine rebuilds b, of an action whose guard has said f.
func (b *body) refine(f facts) *body {
	r := f.refiner()
	if b.cond != nil {
		c := r.node(b.cond)
		switch {
		case c.is(1):
			return b.then.refine(f)
		case c.is(0):
			return b.els.refine(f)
		}
		return &body{cond: c, then: b.then.refine(f.assume(c)), els: b.els.refine(f.assume(not(c)))}
	}
	out := &body{stores: make([]store, len(b.stores))}
	for i, s := range b.stores {
		s.index, s.value = r.node(s.index), r.node(s.value)
		if s.index.op == opConst && len(s.cells) > 1 {
			s.cells, s.index = []int{s.cells[s.index.n]}, nodeF
		}
		for _, k := range s.cells {
			if k >= 0 && f.cells[k].ranks != nil { // the others have the same ranks, or one value
				s.value = r.rankOf(&f.cells[k], s.value)
				break
			}
		}
		out.stores[i] = s
	}
	return out
}
