package explorer

// maskStore is the store "word = word &^ clear | set".
type maskStore struct {
	word       int
	clear, set uint64
}

// bodyFn makes d, a copy of the old state w, the new state.
type bodyFn func(w, d []uint64)

// compiledBody is first masks, then fn (if any).
type compiledBody struct {
	masks []maskStore
	fn    bodyFn
}

func (e *emitter) body(b *body) compiledBody {
	if b.cond != nil {
		c, x, y := e.bool(b.cond), e.body(b.then).asFn(), e.body(b.els).asFn()
		return compiledBody{fn: func(w, d []uint64) {
			if c(w) {
				x(w, d)
			} else {
				y(w, d)
			}
		}}
	}
	stores := lastWins(b.stores)
	direct := true // every place is known: none is stored to twice, and the order does not matter
	for _, s := range stores {
		direct = direct && len(s.cells) == 1
	}
	if direct {
		return e.direct(stores)
	}
	var out compiledBody
	var fns []bodyFn
	constants := true // as long as no store so far may be to a place that a later one names
	for _, s := range stores {
		if f, ok := e.constant(s); ok && constants {
			out.masks = f.addTo(out.masks)
			continue
		}
		if len(s.cells) > 1 {
			constants = false
		}
		if fn := e.store(s); fn != nil {
			fns = append(fns, fn)
		}
	}
	out.fn = inOrder(fns)
	return out
}

// direct compiles stores to different known places. Stores that keep what was there are left out,
// neighbours that are copied together are copied at once, and those that depend on one condition
// are made under it.
func (e *emitter) direct(stores []store) compiledBody {
	var out compiledBody
	var fns []bodyFn
	var copies []blockCopy
	var conds []*node
	under := map[*node][]store{}
	for _, s := range stores {
		if m, ok := e.constant(s); ok {
			out.masks = m.addTo(out.masks)
			continue
		}
		x := s.value
		if s.cells[0] >= 0 && !s.index.fails {
			to := e.place(int64(s.cells[0]))
			keeps := func(x *node) bool { return x.op == opCell && x.n == int64(s.cells[0]) }
			switch {
			case keeps(x):
				continue
			case x.op == opCell:
				if from := e.place(x.n); from.lo == to.lo && from.Mask == to.Mask {
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
		}
		if fn := e.store(s); fn != nil {
			fns = append(fns, fn)
		}
	}
	for _, c := range copies {
		fns = append(fns, c.fn())
	}
	for _, c := range conds {
		f, b := e.bool(c), e.direct(under[c])
		if b.fn == nil && len(b.masks) == 1 {
			i, clear, set := b.masks[0].word, b.masks[0].clear, b.masks[0].set
			fns = append(fns, func(w, d []uint64) {
				if f(w) {
					d[i] = d[i]&^clear | set
				}
			})
			continue
		}
		if b.fn != nil && len(b.masks) == 0 {
			fn := b.fn
			fns = append(fns, func(w, d []uint64) {
				if f(w) {
					fn(w, d)
				}
			})
			continue
		}
		fn := b.asFn()
		fns = append(fns, func(w, d []uint64) {
			if f(w) {
				fn(w, d)
			}
		})
	}
	out.fn = inOrder(fns)
	return out
}

// blockCopy copies the bits mask of word from, shifted left by shift (right if negative), to word
// to.
type blockCopy struct {
	from, to int
	mask     uint64
	shift    int
}

func addCopy(list []blockCopy, from, to place) []blockCopy {
	c := blockCopy{from.Word, to.Word, from.Mask << from.Shift, int(to.Shift) - int(from.Shift)}
	for i := range list {
		if x := &list[i]; x.from == c.from && x.to == c.to && x.shift == c.shift {
			x.mask |= c.mask
			return list
		}
	}
	return append(list, c)
}

func (c blockCopy) fn() bodyFn {
	from, to, mask := c.from, c.to, c.mask
	if c.shift < 0 {
		n := uint(-c.shift)
		clear := mask >> n
		return func(w, d []uint64) { d[to] = d[to]&^clear | w[from]&mask>>(n&63) }
	}
	n := uint(c.shift)
	clear := mask << n
	return func(w, d []uint64) { d[to] = d[to]&^clear | w[from]&mask<<(n&63) }
}

// inOrder is the fns one after another; nil if there is none.
func inOrder(fns []bodyFn) bodyFn {
	switch len(fns) {
	case 0:
		return nil
	case 1:
		return fns[0]
	case 2:
		f, g := fns[0], fns[1]
		return func(w, d []uint64) { f(w, d); g(w, d) }
	case 3:
		f, g, h := fns[0], fns[1], fns[2]
		return func(w, d []uint64) { f(w, d); g(w, d); h(w, d) }
	}
	return func(w, d []uint64) {
		for _, f := range fns {
			f(w, d)
		}
	}
}

// lastWins drops what a later store to the same one place overwrites; what it evaluates remains
// where that may fail.
func lastWins(in []store) []store {
	var out []store
	for i, s := range in {
		dead := false
		if len(s.cells) == 1 {
			for _, t := range in[i+1:] {
				dead = dead || len(t.cells) == 1 && t.cells[0] == s.cells[0]
			}
		}
		if dead {
			if !anyFails(s.value, s.index) {
				continue
			}
			s.cells = []int{-1}
		}
		out = append(out, s)
	}
	return out
}

// constant returns the store of a constant to one place as a mask.
func (e *emitter) constant(s store) (maskStore, bool) {
	if len(s.cells) != 1 || s.cells[0] < 0 || s.value.op != opConst || s.index.fails {
		return maskStore{}, false
	}
	p := e.place(int64(s.cells[0]))
	return maskStore{p.Word, p.Mask << p.Shift, (uint64(s.value.n-p.lo) & p.Mask) << p.Shift}, true
}

func (m maskStore) addTo(list []maskStore) []maskStore {
	if m.clear == 0 {
		return list // a fixed cell is stored what it is
	}
	for i := range list {
		if x := &list[i]; x.word == m.word {
			x.clear |= m.clear
			x.set = x.set&^m.clear | m.set
			return list
		}
	}
	return append(list, m)
}

func (b compiledBody) asFn() bodyFn {
	masks, fn := b.masks, b.fn
	return func(w, d []uint64) {
		for _, m := range masks {
			d[m.word] = d[m.word]&^m.clear | m.set
		}
		if fn != nil {
			fn(w, d)
		}
	}
}

func (e *emitter) store(s store) bodyFn {
	if len(s.cells) == 1 {
		return e.storeOne(s)
	}
	f, v := e.int(s.index), e.int(s.value)
	places := make([]place, len(s.cells))
	for i, c := range s.cells {
		places[i] = e.place(int64(c))
	}
	return func(w, d []uint64) {
		p := &places[f(w)]
		raw := uint64(v(w)-p.lo) & p.Mask
		d[p.Word] = d[p.Word]&^(p.Mask<<(p.Shift&63)) | raw<<(p.Shift&63)
	}
}

func (e *emitter) storeOne(s store) bodyFn {
	x := s.value
	if s.index.fails {
		x = strict([]*node{s.index}, x)
	}
	v := e.int(x)
	if s.cells[0] < 0 {
		return func(w, _ []uint64) { v(w) }
	}
	p := e.place(int64(s.cells[0]))
	if p.Mask == 0 {
		if !x.fails {
			return nil
		}
		return func(w, _ []uint64) { v(w) }
	}
	if x.op == opCell && x.n == int64(s.cells[0]) {
		// Keeps what it was, but may follow a store through an index to the same place.
		i, m := p.Word, p.Mask<<p.Shift
		return func(w, d []uint64) { d[i] = d[i]&^m | w[i]&m }
	}
	i, sh, m, lo := p.Word, p.Shift, p.Mask, p.lo
	clear := m << sh
	return func(w, d []uint64) { d[i] = d[i]&^clear | (uint64(v(w)-lo)&m)<<(sh&63) }
}
