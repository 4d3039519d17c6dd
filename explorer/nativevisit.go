package explorer

// visitNative does in native code what visitBy does. States in which something can't be evaluated
// are left to visitBy.
func (w *worker) visitNative(n *native, level int, at int64, batch []uint64) error {
	if w.native == nil {
		m, err := n.newMachine()
		if err != nil {
			return err
		}
		w.native, w.machine = m, m
		w.undecided = make([]uint64, n.maskLen)
	}
	clear(w.undecided)
	for i, g := range w.s.goals[:n.props] {
		if g.level == 0 || g.level == level {
			w.undecided[i/64] |= 1 << (i % 64)
		}
	}
	words := w.s.c.layout.Words
	alone := 0 // states that are to be visited one by one
	for len(batch) > 0 {
		part := batch[:min(len(batch), n.most()*words)]
		if alone > 0 {
			part = batch[:words]
			alone--
		}
		v := w.native.visit(part, w.undecided)
		if v.done == 0 {
			if len(part) > words {
				alone = len(part) / words
				continue
			}
			if err := w.visitBy(closures{w.s.c}, level, at, part); err != nil {
				return err
			}
			batch = batch[words:]
			at++
			continue
		}
		if w.visits < auditFirst || w.visits%auditEvery == 0 {
			if err := w.audit(v, batch); err != nil {
				return err
			}
		}
		w.visits++
		for _, g := range v.ground {
			w.fired[g]++
		}
		w.transitions += int64(len(v.ground))
		w.s.generated.Add(int64(len(v.ground)))
		w.rest += v.rest
		whole := int64(v.done) // states of which all is known
		var again []int
		if v.special {
			for i, f := range v.flags {
				switch {
				case f&flagError != 0:
					whole--
					again = append(again, i)
				case f&flagHit != 0:
					w.hit(at+int64(i), v.hits(w.native, i))
				}
			}
		}
		situations := w.native.words(n.situation, n.props)
		for i, counted := range n.counted {
			if counted {
				w.situations[i] += int64(situations[i])
			} else {
				w.situations[i] += whole
			}
		}
		for out := v.outside; len(out) > 0; out = out[words:] {
			w.checkOutside(level+1, out[:words])
		}
		if err := w.store(v.succ); err != nil {
			return err
		}
		for _, i := range again {
			if err := w.visitBy(closures{w.s.c}, level, at+int64(i), batch[i*words:(i+1)*words]); err != nil {
				return err
			}
		}
		batch = batch[v.done*words:]
		at += int64(v.done)
	}
	return nil
}

// hit notes that the state at position at decides the properties in mask.
func (w *worker) hit(at int64, mask []uint64) {
	for i := range w.found[:len(w.found)-1] {
		if mask[i/64]>>(i%64)&1 != 0 {
			w.found[i].positions = append(w.found[i].positions, at)
		}
	}
}
