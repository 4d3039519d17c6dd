package explorer

import "mcheck/spec"

// tally visits all states that the search has visited once more, and sets Hits of each property.
func (s *search) tally() error {
	s.ended = true // what has been visited is there
	for i := range s.res.Properties {
		s.res.Properties[i].Hits = 0
	}
	counts := make(map[*worker][]int64)
	for _, w := range s.workers {
		counts[w] = make([]int64, len(s.res.Properties))
	}
	width := s.c.layout.Words
	err := s.each(0, s.endOf(len(s.res.Levels)), func(w *worker, _ int64, batch []uint64) error {
		for ; len(batch) > 0; batch = batch[width:] {
			state := batch[:width]
			w.machine.Expand(state, &w.succ)
			rest := s.restOf(w, state)
			for i, p := range s.c.model.Properties {
				if w.countsAsHit(i, p, state, rest) {
					counts[w][i]++
				}
			}
		}
		return nil
	})
	for _, c := range counts {
		for i, n := range c {
			s.res.Properties[i].Hits += n
		}
	}
	s.res.Tallied = err == nil
	return err
}

// countsAsHit reports whether state is one of PropertyResult.Hits.
func (w *worker) countsAsHit(i int, p *spec.Property, state []uint64, rest bool) bool {
	if !rest && (atRestOnly(p) || p.Kind == spec.CanRest) {
		return false
	}
	if p.Kind != spec.CanRest {
		if in, err := w.machine.Test(predWhen(i), state); err != nil || !in {
			return false
		}
	}
	ok, err := w.machine.Test(predCond(i), state)
	return err == nil && ok == (p.Kind == spec.Cover || p.Kind == spec.CanRest)
}
