package explorer

import (
	"errors"
	"slices"

	"mcheck/spec"
	"mcheck/states"
)

// worker is what one goroutine of a search has for itself.
type worker struct {
	s         *search
	machine   Machine
	native    *nativeMachine // machine, once there is native code
	visits    int            // of native code
	succ      Successors
	scratch   states.Scratch
	chunk     []uint64 // states that are visited
	out       []uint64 // states of interest among them
	key       []uint64 // of a tracer
	moves     []bool   // of the chunk: an owed action leads to a different state
	undecided []uint64 // mask of properties, for native code

	canon *canonizer // nil: states are stored as they are

	transitions, rest int64
	fired             []int64 // by ground action
	situations        []int64 // by property
	found             []goal  // by goal
}

func newWorker(s *search) *worker {
	w := &worker{
		s:          s,
		machine:    s.c.newMachine(),
		fired:      make([]int64, len(s.c.grounds)),
		situations: make([]int64, len(s.c.model.Properties)),
		found:      make([]goal, len(s.goals)),
	}
	if s.sym != nil {
		w.canon = s.sym.newCanonizer()
	}
	return w
}

// visit checks and expands the states of a level from position at on.
func (w *worker) visit(level int, at int64, batch []uint64) error {
	if n := w.s.engine.ready.Load(); n != nil {
		return w.visitNative(n, level, at, batch)
	}
	return w.visitBy(w.machine, level, at, batch)
}

// visitBy visits by means of a Machine.
func (w *worker) visitBy(m Machine, level int, at int64, batch []uint64) error {
	words := w.s.c.layout.Words
	n := len(batch) / words
	m.Expand(batch, &w.succ)
	sc := &w.succ
	w.moves = slices.Grow(w.moves[:0], n)[:n]
	clear(w.moves)
	constrained := w.s.c.preds[PredConstraint] != nil
	w.transitions += int64(len(sc.From))
	kept := 0
	for k, g := range sc.Ground {
		w.fired[g]++
		from := int(sc.From[k])
		next := sc.Words[k*words : (k+1)*words]
		if slices.Equal(next, batch[from*words:(from+1)*words]) {
			continue
		}
		if w.s.c.grounds[g].owed {
			w.moves[from] = true
		}
		if constrained {
			switch inside, err := m.Test(PredConstraint, next); {
			case err != nil:
				w.failedOutside(level+1, next)
				continue
			case !inside:
				w.checkOutside(level+1, next)
				continue
			}
		}
		if kept != k {
			for i, x := range next {
				sc.Words[kept*words+i] = x
			}
		}
		kept++
	}
	for _, e := range sc.Errors {
		w.failed(at + int64(e.From))
		w.moves[e.From] = true // nothing is known
	}
	for i := range n {
		state := batch[i*words : (i+1)*words]
		rest := !w.moves[i] && !sc.Stopped[i]
		if rest {
			w.rest++
		}
		w.check(level, at+int64(i), state, rest)
	}
	w.s.generated.Add(int64(len(sc.From)))
	return w.store(sc.Words[:kept*words])
}

// failed notes that something can't be evaluated in the state at position at.
func (w *worker) failed(at int64) {
	f := &w.found[len(w.found)-1]
	if n := len(f.positions); n == 0 || f.positions[n-1] != at {
		f.positions = append(f.positions, at)
	}
}

// failedOutside notes that something can't be evaluated in a state of the given level that is not
// stored.
func (w *worker) failedOutside(level int, state []uint64) {
	f := &w.found[len(w.found)-1]
	f.level = level
	f.outside = append(f.outside, state...)
}

// check decides the properties in one state.
func (w *worker) check(level int, at int64, state []uint64, rest bool) {
	for i, p := range w.s.c.model.Properties {
		g := w.s.goals[i]
		hit, in, err := w.hits(i, p, state, rest, g.level != 0 && g.level != level)
		if err != nil {
			w.failed(at)
			continue
		}
		if in {
			w.situations[i]++
		}
		if hit {
			w.found[i].positions = append(w.found[i].positions, at)
		}
	}
}

// hits reports whether property p is in its situation in state, and whether the state alone decides
// it: violates it, or covers it. Of a property that is decided already only the situation is looked
// at.
func (w *worker) hits(i int, p *spec.Property, state []uint64, rest, decided bool) (hit, in bool, err *evalError) {
	if (p.Kind == spec.AtRest || p.Kind == spec.Deadlock) && !rest {
		return false, false, nil
	}
	if in, err = w.machine.Test(predWhen(i), state); err != nil || !in {
		if err == nil && p.Kind == spec.CanRest && w.s.c.fails[predCond(i)] {
			// it matters in other states than the situation is
			_, err = w.machine.Test(predCond(i), state)
		}
		return false, false, err
	}
	if p.Kind == spec.CanRest || p.Kind == spec.Eventually || p.Kind == spec.LeadsTo {
		if w.s.c.fails[predCond(i)] {
			_, err = w.machine.Test(predCond(i), state)
		}
		return false, true, err
	}
	if decided && !w.s.c.fails[predCond(i)] {
		return false, true, nil
	}
	ok, err := w.machine.Test(predCond(i), state)
	return !decided && err == nil && ok == (p.Kind == spec.Cover), true, err
}

// checkOutside checks the invariants in a state, of the given level, that breaks the constraint.
func (w *worker) checkOutside(level int, state []uint64) {
	for i, p := range w.s.c.model.Properties {
		if p.Kind != spec.Invariant {
			continue
		}
		switch hit, _, err := w.hits(i, p, state, false, false); {
		case err != nil:
			w.failedOutside(level, state)
		case hit:
			if g := w.s.goals[i]; g.level == 0 || g.level >= level {
				w.found[i].level = level
				w.found[i].outside = append(w.found[i].outside, state...)
			}
		}
	}
}

// store adds the states that are not known yet.
func (w *worker) store(all []uint64) error {
	width := w.s.c.layout.Words
	if w.canon != nil {
		w.canon.all(all)
	}
	for len(all) > 0 && w.s.full.Load() == notFull {
		n := min(len(all), states.MaxBatch*width)
		if err := w.s.store.Insert(all[:n], &w.scratch); err != nil {
			return w.overflow(err)
		}
		all = all[n:]
		if m := w.s.opt.MaxStates; m > 0 && w.s.store.Len() > m && w.s.depth.Load() > 0 {
			w.s.full.CompareAndSwap(notFull, fullStates)
		}
	}
	return nil
}

// overflow makes the search go on without storing states if err says that there is no room for
// them.
func (w *worker) overflow(err error) error {
	if !errors.Is(err, states.ErrFull) {
		return err
	}
	if w.s.full.CompareAndSwap(notFull, fullMemory) {
		w.s.fullWhy.Store(err)
	}
	return nil
}
