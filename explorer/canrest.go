package explorer

import (
	"errors"
	"slices"
	"sync/atomic"

	"mcheck/spec"
	"mcheck/states"
)

// canRest finds, after a complete exploration, the states from which no state at rest that
// satisfies the property can be reached.
//
// A bit for each state says that one can. First the states at rest have it; then passes over all
// levels, the last one first, give it to every state with a successor that has it, until a pass
// gives it to none. The set that results is the least one with these two rules, in whatever order
// the states are visited.
func (s *search) canRest() error {
	for i, p := range s.c.model.Properties {
		if p.Kind != spec.CanRest || s.res.Properties[i].Situations == 0 {
			continue
		}
		switch err := s.canRestOne(i); {
		case err == errAborted:
			s.res.Properties[i].Reason = "all states were visited, but the search was stopped before it was known which can reach a state at rest"
		case errors.Is(err, states.ErrFull):
			s.res.Properties[i].Reason = "to find the states that can't come to rest takes more memory than there may be"
		case err != nil:
			return err
		}
	}
	return nil
}

func (s *search) canRestOne(prop int) error {
	reach, err := states.NewBitset(s.store.Cap(), s.store.Budget())
	if err != nil {
		return err
	}
	defer reach.Close()
	width := s.c.layout.Words
	var more atomic.Bool
	pass := func(first bool) error {
		for level := len(s.res.Levels); level >= 1; level-- {
			err := s.each(s.starts[level-1], s.starts[level], func(w *worker, _ int64, batch []uint64) error {
				// Only the states without the bit are expanded.
				w.out = w.out[:0]
				var slots []int64
				s.store.Touch(batch)
				for ; len(batch) > 0; batch = batch[width:] {
					if slot := s.store.Find(batch[:width]); !reach.Get(slot) {
						slots = append(slots, slot)
						w.out = append(w.out, batch[:width]...)
					}
				}
				w.machine.Expand(w.out, &w.succ)
				w.moves = slices.Grow(w.moves[:0], len(slots))[:len(slots)]
				clear(w.moves)
				for k, from := range w.succ.From {
					if k%states.MaxBatch == 0 {
						s.store.Touch(w.succ.Words[k*width : min(k+states.MaxBatch, len(w.succ.From))*width])
					}
					next := w.succ.Words[k*width : (k+1)*width]
					if slices.Equal(next, w.out[int(from)*width:(int(from)+1)*width]) {
						continue
					}
					if s.c.grounds[w.succ.Ground[k]].owed {
						w.moves[from] = true
					}
					if reach.Get(slots[from]) {
						continue
					}
					w.canonical(next)
					if slot := s.store.Find(next); slot >= 0 && reach.Get(slot) {
						reach.Set(slots[from])
						more.Store(true)
					}
				}
				if first {
					for i, slot := range slots {
						if w.moves[i] || w.succ.Stopped[i] {
							continue
						}
						if ok, _ := w.machine.Test(predCond(prop), w.out[i*width:(i+1)*width]); ok {
							reach.Set(slot)
							more.Store(true)
						}
					}
				}
				w.out = w.out[:0]
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
	for first := true; first || more.Load(); first = false {
		more.Store(false)
		if err := pass(first); err != nil {
			return err
		}
	}
	if s.res.Missed != nil {
		// A state that was taken for another has that one's bit, and from there the way to rest may
		// be another.
		stuck, err := s.any(func(w *worker, state []uint64) bool {
			in, _ := w.machine.Test(predWhen(prop), state)
			return in && !reach.Get(s.store.Find(state))
		})
		if stuck {
			s.res.Properties[prop].Reason = "hash compaction may hide a way to rest; use a store that is exact"
		}
		return err
	}
	return s.firstLevel(prop, func(w *worker, at int64, state []uint64) bool {
		in, _ := w.machine.Test(predWhen(prop), state)
		return in && !reach.Get(s.store.Find(state))
	})
}

// any reports whether some state satisfies f.
func (s *search) any(f func(w *worker, state []uint64) bool) (bool, error) {
	width := s.c.layout.Words
	var found atomic.Bool
	err := s.each(0, s.endOf(len(s.res.Levels)), func(w *worker, _ int64, batch []uint64) error {
		for ; len(batch) > 0 && !found.Load(); batch = batch[width:] {
			if f(w, batch[:width]) {
				found.Store(true)
			}
		}
		return nil
	})
	return found.Load(), err
}

// restOf reports whether the state that w has just expanded is at rest.
func (s *search) restOf(w *worker, state []uint64) bool {
	if w.succ.Stopped[0] || len(w.succ.Errors) > 0 {
		return false
	}
	width := s.c.layout.Words
	for k, g := range w.succ.Ground {
		if s.c.grounds[g].owed && !slices.Equal(w.succ.Words[k*width:(k+1)*width], state) {
			return false
		}
	}
	return true
}

// firstLevel makes the states that satisfy f, on the first level where there are any, the targets
// of a goal.
func (s *search) firstLevel(goal int, f func(w *worker, at int64, state []uint64) bool) error {
	width := int64(s.c.layout.Words)
	for level := 1; level <= len(s.res.Levels) && s.goals[goal].level == 0; level++ {
		err := s.each(s.starts[level-1], s.starts[level], func(w *worker, at int64, batch []uint64) error {
			for ; len(batch) > 0; batch = batch[width:] {
				if f(w, at, batch[:width]) {
					w.found[goal].positions = append(w.found[goal].positions, at)
				}
				at++
			}
			return nil
		})
		if err != nil {
			return err
		}
		s.merge(level)
	}
	return nil
}
