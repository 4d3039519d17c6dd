package explorer

import (
	"math/bits"
	"slices"

	"mcheck/internal/parallel"
)

// narrow makes the cells of p as narrow as the analysis of what they can hold allows, and p what it
// is then. Cells with one value fold away, those that never hold the last values of their type or
// the first elements of a set are given fewer bits, those that hold few values are ranked
// (rank.go), grounds that are not possible are dropped, and all expressions are rebuilt under what
// is known of the cells. It is above all the local variables of tasks that need less than their
// types: who never calls a function needs no room for its variables, nor for the ways back from it.
//
// A permutation of interchangeable values leads to states that the analysis knows nothing of,
// unless it respects what the analysis found. For the cells that never change a symmetric search
// sees to that; fixedOnly says to make use of nothing else, for such a search.
func (p *program) narrow(fixedOnly bool) {
	an := p.analyse(maxFuel)
	p.narrowCells(an.cells, fixedOnly)
	known := newFacts(p.cells)
	parallel.Each(len(p.grounds), func(i int) {
		g := &p.grounds[i]
		if !an.looks[i].possible && !fixedOnly {
			g.guard = nodeF
			return
		}
		var f facts
		if g.guard, f = known.guard(g.guard); !g.guard.is(0) {
			g.body = g.body.refine(f)
		}
	})
	p.grounds = slices.DeleteFunc(p.grounds, func(g ground) bool { return g.guard.is(0) })
	r := known.refiner()
	p.running, p.constraint, p.initWhere = r.node(p.running), r.node(p.constraint), r.node(p.initWhere)
	for i := range p.props {
		p.props[i].when, p.props[i].cond = r.node(p.props[i].when), r.node(p.props[i].cond)
	}
}

// narrowCells makes the cells of p as narrow as what is found of them allows.
func (p *program) narrowCells(found []abstract, fixedOnly bool) {
	for i := range p.cells {
		c := &p.cells[i]
		if v, constant := found[i].constant(c.set); constant && !c.fixed {
			c.fixed, c.value = true, v
		}
	}
	if fixedOnly {
		return
	}
	p.rankCells(found)
	for i := range p.cells {
		c, x := &p.cells[i], &found[i]
		switch {
		case c.fixed || c.ranks != nil:
		case c.set:
			c.width, c.zeros = bits.Len64(x.may), bits.TrailingZeros64(x.may)
			c.hi = int64(fullMask(c.width))
		default:
			c.hi = x.hi
			c.width = bits.Len64(uint64(c.hi - c.lo))
		}
	}
}
