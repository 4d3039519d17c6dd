package explorer

import (
	"fmt"
	"maps"
)

// interval is what is known of the content of a cell.
type interval struct{ lo, hi int64 }

// facts are what is known of the contents of cells: what was found of all reachable states, and what a guard that holds says. Checks that they make superfluous fold away.
type facts struct {
	found   []interval // of every cell
	learned map[int64]interval
}

// of is what is known of cell x.
func (f facts) of(x *node) interval {
	if v, ok := f.learned[x.n]; ok {
		return v
	}
	return f.found[x.n]
}

// assume returns f and that x holds.
func (f facts) assume(x *node) facts {
	out := f
	learn := func(cell *node, lo, hi int64) {
		old := out.of(cell)
		now := interval{max(lo, old.lo), min(hi, old.hi)}
		if now == old || now.lo > now.hi {
			return // nothing new, or the guard never holds
		}
		out.learned = maps.Clone(out.learned)
		if out.learned == nil {
			out.learned = map[int64]interval{}
		}
		out.learned[cell.n] = now
	}
	isCell := func(x *node) bool { return x.op == opCell }
	isConst := func(x *node) bool { return x.op == opConst }
	switch {
	case x.op == opAnd || x.op == opAll:
		for _, y := range x.list {
			out = out.assume(y)
		}
	case isCell(x):
		learn(x, 1, 1)
	case x.op == opNot && isCell(x.a):
		learn(x.a, 0, 0)
	case x.op == opEq && isCell(x.a) && isConst(x.b):
		learn(x.a, x.b.n, x.b.n)
	case x.op == opNot && x.a.op == opEq && isCell(x.a.a) && isConst(x.a.b):
		c, n := x.a.a, x.a.b.n
		if v := out.of(c); v.lo == n {
			learn(c, n+1, v.hi)
		} else if v.hi == n {
			learn(c, v.lo, n-1)
		}
	case x.op == opLt && isCell(x.a) && isConst(x.b):
		learn(x.a, x.a.lo, x.b.n-1)
	case x.op == opLe && isCell(x.a) && isConst(x.b):
		learn(x.a, x.a.lo, x.b.n)
	case x.op == opLt && isConst(x.a) && isCell(x.b):
		learn(x.b, x.a.n+1, x.b.hi)
	case x.op == opLe && isConst(x.a) && isCell(x.b):
		learn(x.b, x.a.n, x.b.hi)
	case x.op == opNot && x.a.op == opLt:
		return out.assume(less(opLe, x.a.b, x.a.a))
	case x.op == opNot && x.a.op == opLe:
		return out.assume(less(opLt, x.a.b, x.a.a))
	}
	return out
}

// refiner rebuilds nodes under facts.
type refiner struct {
	facts facts
	done  map[*node]*node
}

func (f facts) refiner() *refiner { return &refiner{f, map[*node]*node{}} }

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
		case v.lo == v.hi:
			return konst(v.lo)
		case v.lo == x.lo && v.hi == x.hi:
			return x
		}
		return &node{op: opCell, n: x.n, lo: v.lo, hi: v.hi}
	case opAnd, opOr:
		out := truth(x.op == opAnd)
		for _, y := range x.list {
			out = junction(x.op, out, r.node(y))
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
		return ite(r.node(x.a), r.node(x.b), r.node(x.c))
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

// guard rebuilds a conjunction, each conjunct under what those before it say, and returns what all of it says.
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
		out.stores[i] = s
	}
	return out
}
