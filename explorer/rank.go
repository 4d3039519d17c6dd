package explorer

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// A cell that holds few of the values of its range is ranked: in a state stands which of these it
// is, counted from 0 in ascending order. A pointer that is NULL or points to the fifth task takes
// one bit so, and not three.
//
// It is a change of coordinates. Each read of the cell becomes the selection of a value by its
// rank, each store to it that of a rank by the value. Both mostly fold away, as a program compares
// such cells with constants and sets them to constants: equality and order are the same among ranks
// as among values. The analysis has found every value that the cell holds in a reachable state, so
// that each has a rank.

// rank is that of v; of what the cell never holds it is any.
func (c *cell) rank(v int64) int64 {
	i, _ := slices.BinarySearchFunc(c.ranks, v, func(x *node, v int64) int { return cmp.Compare(x.n, v) })
	return int64(min(i, len(c.ranks)-1))
}

// rankCells ranks the cells of which it saves bits; found is what they hold. Those that one store
// chooses from get the same ranks, as it can't know which it will be.
func (p *program) rankCells(found []abstract) {
	type group struct {
		values valueSet // of all its cells
		no     bool     // one of them can't be ranked
		saves  int      // bits
		ranks  []*node
	}
	groups := make([]*group, len(p.cells))
	of := p.together()
	for i := range p.cells {
		g := &groups[of(i)]
		if *g == nil {
			*g = &group{values: noValue}
		}
		groups[i] = *g
		(*g).no = (*g).no || p.cells[i].set || !found[i].exact()
		if !(*g).no {
			(*g).values = (*g).values.join(found[i].valueSet)
		}
	}
	for i, g := range groups {
		if c := &p.cells[i]; !g.no && !c.fixed {
			ranks := g.values.meet(between(math.MinInt64, found[i].hi))
			g.saves += bits.Len64(uint64(found[i].hi-c.lo)) - bits.Len64(uint64(ranks.size()-1))
		}
	}
	for i, g := range groups {
		c := &p.cells[i]
		if g.no || g.saves <= 0 || c.fixed {
			continue
		}
		if g.ranks == nil {
			g.values.each(func(v int64) { g.ranks = append(g.ranks, konst(v)) })
		}
		c.ranks = g.ranks
		c.lo, c.hi = 0, c.rank(found[i].hi)
		c.width = bits.Len64(uint64(c.hi))
	}
}

// together returns a function that says of each cell by which one its group goes: cells are in one
// group if there is a store that chooses from them.
func (p *program) together() (of func(cell int) int) {
	parent := make([]int, len(p.cells)) // a union-find forest
	for i := range parent {
		parent[i] = i
	}
	of = func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	var visit func(b *body)
	visit = func(b *body) {
		if b.cond != nil {
			visit(b.then)
			visit(b.els)
			return
		}
		for _, s := range b.stores {
			for _, c := range s.cells[1:] {
				parent[of(c)] = of(s.cells[0])
			}
		}
	}
	for i := range p.grounds {
		visit(p.grounds[i].body)
	}
	return of
}

// valueAt is the node for the value of c, a ranked cell, which is number i, if its rank lies in v.
func (c *cell) valueAt(i int64, v interval) *node {
	return choose(&node{op: opCell, n: i, lo: v.lo, hi: v.hi}, 0, c.ranks, "rank")
}

// ranked is a node whose rank among some values is to be made; the first of these stands for all.
type ranked struct{ first, x *node }

// rankOf is the rank of x among the values of c.
func (r *refiner) rankOf(c *cell, x *node) *node {
	k := ranked{c.ranks[0], x}
	y, ok := r.ranked[k]
	if !ok {
		y = r.makeRank(c, x)
		r.ranked[k] = y
	}
	return y
}

func (r *refiner) makeRank(c *cell, x *node) *node {
	switch x.op {
	case opConst:
		return konst(c.rank(x.n))
	case opFail:
		return x
	case opIte:
		return ite(x.a, r.rankOf(c, x.b), r.rankOf(c, x.c))
	case opStrict:
		return strict(x.list, r.rankOf(c, x.a))
	case opCheck:
		if x.a != nil {
			return check(x.a, x.msg, r.rankOf(c, x.b))
		}
	case opSelect:
		list := make([]*node, len(x.list))
		for i, y := range x.list {
			list[i] = r.rankOf(c, y)
		}
		return choose(x.a, x.n, list, "rank")
	}
	first, last := c.ranks[0].n, c.ranks[len(c.ranks)-1].n
	var list []*node
	for v := first; v <= last; v++ {
		list = append(list, konst(c.rank(v)))
	}
	return choose(x, first, list, "rank")
}
