package explorer

import (
	"fmt"
	"math"

	"mcheck/spec"
)

// get returns the content of cell i in w.
func (c *compiled) get(w []uint64, i int) int64 {
	x := &c.cells[i]
	if x.fixed {
		return x.value
	}
	raw := int64(c.layout.Fields[i].Get(w))
	switch {
	case x.set:
		return raw
	case x.ranks != nil:
		return x.ranks[raw].n
	}
	return x.lo + raw
}

// put sets the content of cell i in w.
func (c *compiled) put(w []uint64, i int, v int64) {
	x := &c.cells[i]
	if x.fixed {
		return
	}
	switch {
	case x.set:
	case x.ranks != nil:
		v = x.rank(v)
	default:
		v -= x.lo
	}
	c.layout.Fields[i].Put(w, uint64(v))
}

// decode returns the state that w packs.
func (c *compiled) decode(w []uint64) spec.State {
	s := make(spec.State, len(c.trees))
	for i, t := range c.trees {
		s[i] = c.decodeTree(w, t)
	}
	return s
}

func (c *compiled) decodeTree(w []uint64, t tree) spec.Value {
	var v spec.Value
	elems := t.elems
	if t.cell >= 0 {
		n := c.get(w, t.cell)
		if _, ok := t.t.(*spec.SeqType); !ok {
			return spec.Value{N: n}
		}
		elems = elems[:n]
	}
	for _, e := range elems {
		v.Elems = append(v.Elems, c.decodeTree(w, e))
	}
	return v
}

// maxInitial bounds the values tried for variables without an initial value.
const maxInitial = 1 << 28

// initial calls f for every initial state, in the order of their cells. The state is overwritten by
// the next one.
func (c *compiled) initial(f func(w []uint64) error) error {
	w := c.layout.New()
	var open []tree
	for i, t := range c.trees {
		if c.model.Vars[i].Init == nil {
			open = append(open, t)
			continue
		}
		cells := t.cellsOf(nil)
		for k, n := range c.init[i].leaves(nil) {
			c.put(w, cells[k], n.n)
		}
	}
	tried := 0
	var each func(todo []tree, done func() error) error
	each = func(todo []tree, done func() error) error {
		if len(todo) == 0 {
			return done()
		}
		t, todo := todo[0], todo[1:]
		next := func() error { return each(todo, done) }
		seq, isSeq := t.t.(*spec.SeqType)
		switch {
		case isSeq:
			for n := range seq.Cap + 1 {
				c.put(w, t.cell, int64(n))
				for _, e := range t.elems[n:] {
					c.clear(w, e)
				}
				if err := each(t.elems[:n], next); err != nil {
					return err
				}
			}
			return nil
		case t.cell < 0:
			return each(t.elems, next)
		}
		x := &c.cells[t.cell]
		if x.set && x.width > 40 {
			return fmt.Errorf("%s: too many initial values", x.what)
		}
		for v := x.lo; v <= x.hi; v++ {
			if tried++; tried > maxInitial {
				return fmt.Errorf("too many initial states to try (more than %d)", maxInitial)
			}
			c.put(w, t.cell, v)
			if err := next(); err != nil {
				return err
			}
			if v == math.MaxInt64 {
				break
			}
		}
		return nil
	}
	return each(open, func() error { return f(w) })
}

// clear makes a place of a sequence that is not in use what such a place is.
func (c *compiled) clear(w []uint64, t tree) {
	cells := t.cellsOf(nil)
	for k, n := range blank(t.t).leaves(nil) {
		c.put(w, cells[k], n.n)
	}
}

// compare orders packed states by their cells.
func (c *compiled) compare(a, b []uint64) int {
	for i := range c.cells {
		if c.cells[i].fixed {
			continue
		}
		x, y := c.layout.Fields[i].Get(a), c.layout.Fields[i].Get(b)
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
	}
	return 0
}

// actor returns the position in program.actors of who takes ground action g, -1 for the machine.
func (c *compiled) actor(g int32) int { return c.grounds[g].actor }
