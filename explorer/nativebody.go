package explorer

import (
	"maps"
	"slices"
)

// body makes the locals now the new state, of the words that b may change; they are returned.
func (c *coder) body(b *body) map[int]bool {
	written := map[int]bool{}
	c.written(b, written)
	for _, i := range sorted(written) {
		c.word(i)
		c.set(c.now[i])
	}
	c.stores(b)
	return written
}

func (c *coder) written(b *body, out map[int]bool) {
	if b.cond != nil {
		c.written(b.then, out)
		c.written(b.els, out)
		return
	}
	for _, s := range b.stores {
		for _, cell := range s.cells {
			if cell >= 0 {
				if p := c.e.place(int64(cell)); p.Mask != 0 {
					out[p.Word] = true
				}
			}
		}
	}
}

func (c *coder) stores(b *body) {
	if b.cond != nil {
		c.branch(wVoid, b.cond, func() { c.stores(b.then) }, func() { c.stores(b.els) })
		return
	}
	stores := lastWins(b.stores)
	for _, s := range stores {
		if len(s.cells) > 1 {
			c.inOrder(stores)
			return
		}
	}
	c.direct(stores)
}

// change is what happens to one word: word &^ clear | set | what the parts push.
type change struct {
	clear, set uint64
	parts      []func()
}

// direct codes stores to different known places, so that their order does not matter: all that go
// to one word are one change of it.
func (c *coder) direct(stores []store) {
	changes := map[int]*change{}
	at := func(word int) *change {
		if changes[word] == nil {
			changes[word] = &change{}
		}
		return changes[word]
	}
	var copies []blockCopy
	var conds []*node
	under := map[*node][]store{}
	for _, s := range stores {
		if s.index.fails {
			c.int(s.index)
			c.op(wDrop)
		}
		x := s.value
		var to place
		if s.cells[0] >= 0 {
			to = c.e.place(int64(s.cells[0]))
		}
		if to.Mask == 0 {
			if x.fails {
				c.int(x)
				c.op(wDrop)
			}
			continue
		}
		keeps := func(x *node) bool { return x.op == opCell && x.n == int64(s.cells[0]) }
		switch {
		case keeps(x):
			continue
		case x.op == opCell:
			if from := c.e.place(x.n); from.lo == to.lo && from.Mask == to.Mask {
				copies = addCopy(copies, from, to)
				continue
			}
		case x.op == opIte && keeps(x.c):
			if under[x.a] == nil {
				conds = append(conds, x.a)
			}
			under[x.a] = append(under[x.a], store{s.cells, nodeF, x.b})
			continue
		}
		w := at(to.Word)
		w.clear |= to.Mask << to.Shift
		if x.op == opConst {
			w.set |= uint64(x.n-to.lo) & to.Mask << to.Shift
			continue
		}
		w.parts = append(w.parts, func() {
			c.raw(x, to)
			if to.Shift > 0 {
				c.i64(int64(to.Shift))
				c.op(wShl)
			}
		})
	}
	for _, b := range copies {
		w := at(b.to)
		if b.shift < 0 {
			w.clear |= b.mask >> -b.shift
		} else {
			w.clear |= b.mask << b.shift
		}
		w.parts = append(w.parts, func() {
			c.word(b.from)
			c.i64(int64(b.mask))
			c.op(wAnd)
			switch {
			case b.shift < 0:
				c.i64(int64(-b.shift))
				c.op(wShrU)
			case b.shift > 0:
				c.i64(int64(b.shift))
				c.op(wShl)
			}
		})
	}
	for _, i := range sorted(changes) {
		c.change(i, changes[i])
	}
	for _, x := range conds {
		past := c.block(wVoid)
		c.unless(x, past)
		c.direct(under[x])
		c.end()
	}
}

func (c *coder) change(word int, w *change) {
	c.get(c.now[word])
	c.i64(int64(^w.clear))
	c.op(wAnd)
	if w.set != 0 {
		c.i64(int64(w.set))
		c.op(wOr)
	}
	for _, part := range w.parts {
		part()
		c.op(wOr)
	}
	c.set(c.now[word])
}

// raw pushes the bits of x as they are stored in p, before the shift.
func (c *coder) raw(x *node, p place) {
	if x.op == opCell {
		if from := c.e.place(x.n); from.lo == p.lo && from.Mask&^p.Mask == 0 {
			c.bits(from)
			return
		}
	}
	c.int(x)
	c.plus(-p.lo)
	// Widths end with the largest content, so that what lies between it and the mask is no reason
	// to cut.
	if x.lo < p.lo || x.hi < p.lo || uint64(x.hi-p.lo) > p.Mask || p.Mask&1 == 0 {
		c.i64(int64(p.Mask))
		c.op(wAnd)
	}
}

// inOrder codes stores one after another: a later one may overwrite what an earlier one stored
// through an index. All of them read the old state.
func (c *coder) inOrder(stores []store) {
	// locals with the indices; those of the parts of one element are shared
	index := map[*node]int{}
	for _, s := range stores {
		if len(s.cells) == 1 {
			c.storeOne(s)
			continue
		}
		i, ok := index[s.index]
		if !ok {
			i = c.local(wI64)
			index[s.index] = i
			c.int(s.index)
			c.set(i)
		}
		places := make([]place, len(s.cells))
		for k, cell := range s.cells {
			places[k] = c.e.place(int64(cell))
		}
		if p, step, ok := evenPlaces(places); ok {
			shift := c.local(wI64)
			c.get(i)
			c.i64(int64(step))
			c.op(wMul)
			c.plus(int64(p.Shift))
			c.set(shift)
			c.get(c.now[p.Word])
			c.i64(int64(p.Mask))
			c.get(shift)
			c.op(wShl)
			c.i64(-1)
			c.op(wXor, wAnd)
			c.raw(s.value, p)
			c.get(shift)
			c.op(wShl, wOr)
			c.set(c.now[p.Word])
			continue
		}
		v := c.local(wI64)
		c.int(s.value)
		c.set(v)
		out := c.block(wVoid)
		c.cases(len(places), func() {
			c.get(i)
			c.op(wWrap)
		}, func(k int) {
			if p := places[k]; p.Mask != 0 {
				c.replace(p, func() {
					c.get(v)
					c.plus(-p.lo)
					c.i64(int64(p.Mask))
					c.op(wAnd)
				})
			}
			c.jump(out)
		})
		c.end()
	}
}

// storeOne codes a store to one place.
func (c *coder) storeOne(s store) {
	if s.index.fails {
		c.int(s.index)
		c.op(wDrop)
	}
	var p place
	if s.cells[0] >= 0 {
		p = c.e.place(int64(s.cells[0]))
	}
	if p.Mask != 0 {
		c.replace(p, func() { c.raw(s.value, p) })
	} else if s.value.fails {
		c.int(s.value)
		c.op(wDrop)
	}
}

// replace puts what raw pushes in p.
func (c *coder) replace(p place, raw func()) {
	c.get(c.now[p.Word])
	c.i64(int64(^(p.Mask << p.Shift)))
	c.op(wAnd)
	raw()
	if p.Shift > 0 {
		c.i64(int64(p.Shift))
		c.op(wShl)
	}
	c.op(wOr)
	c.set(c.now[p.Word])
}

func sorted[V any](m map[int]V) []int { return slices.Sorted(maps.Keys(m)) }
