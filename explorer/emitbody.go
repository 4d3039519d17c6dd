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
	var out compiledBody
	var fns []bodyFn
	stores := lastWins(b.stores)
	constants := true // as long as the stores so far are of constants to one place, or to places that no other store names
	for _, s := range stores {
		if f, ok := e.constant(s); ok && constants {
			out.masks = f.addTo(out.masks)
			continue
		}
		if len(s.cells) > 1 {
			constants = false // it may be the place that a later constant goes to
		}
		if fn := e.store(s); fn != nil {
			fns = append(fns, fn)
		}
	}
	switch len(fns) {
	case 0:
	case 1:
		out.fn = fns[0]
	case 2:
		f, g := fns[0], fns[1]
		out.fn = func(w, d []uint64) { f(w, d); g(w, d) }
	default:
		out.fn = func(w, d []uint64) {
			for _, f := range fns {
				f(w, d)
			}
		}
	}
	return out
}

// lastWins drops what a later store to the same one place overwrites; what it evaluates remains where that may fail.
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
	if x.op == opCell && x.n == int64(s.cells[0]) && len(s.cells) == 1 && !x.fails {
		// Keeps what it was, but may follow a store through an index to the same place.
		i, m := p.Word, p.Mask<<p.Shift
		return func(w, d []uint64) { d[i] = d[i]&^m | w[i]&m }
	}
	i, sh, m, lo := p.Word, p.Shift, p.Mask, p.lo
	clear := m << sh
	return func(w, d []uint64) { d[i] = d[i]&^clear | (uint64(v(w)-lo)&m)<<(sh&63) }
}
