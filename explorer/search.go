package explorer

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"

	"mcheck/spec"
	"mcheck/spec/symmetry"
	"mcheck/states"
)

// chunk is how many states a worker takes from a level at a time, if that has enough for all
// workers; otherwise it may be down to minChunk.
const (
	chunk    = 512
	minChunk = 128
)

// search is one breadth-first exploration, level by level. Within a level the workers take states
// in any order, and the states of the next level come to lie in the log in any order; nothing that
// is reported depends on it.
type search struct {
	c   *compiled
	opt Options
	res *Result

	store *states.Bounded

	id          string // what a checkpoint must be of
	checkpoints *checkpoints
	locks       []*os.File // of the directories of checkpoints
	resumed     *manifest  // what the search goes on from, or nil
	before      float64    // seconds of earlier runs
	mark        *manifest  // at the beginning of the level in work, or later

	starts []int64 // of the levels in the log; one more: the end of the last
	goals  []*goal // one a property, then that of evaluation errors

	sym       *symmetric // nil: every state is explored
	workers   []*worker
	engine    engine
	pauses    pauses
	initErr   *ModelError
	ended     bool        // a stop aborts what is still to do only after a while
	late      atomic.Bool // that while has passed
	abort     atomic.Int32
	full      atomic.Int32 // why no more states are stored
	fullWhy   atomic.Value // an error: what the store said
	cursor    atomic.Int64 // of the level in work
	end       atomic.Int64
	depth     atomic.Int32
	reached   atomic.Pointer[[]int64] // starts, up to the end of the level in work
	generated atomic.Int64
}

// Why the storage is full.
const (
	notFull int32 = iota
	fullStates
	fullMemory
)

const cantEvaluate = "the model can't be evaluated"

// goal collects the states that a trace is wanted to: those on the first level where there are any.
type goal struct {
	level     int // 0: none yet
	positions []int64
	outside   []uint64 // states that break the constraint, their words one after another
}

func newSearch(c *compiled, opt Options) (*search, error) {
	s := &search{c: c, opt: opt}
	m := c.model
	s.res = &Result{Fired: make([]int64, len(m.Actions)), Properties: undecided(m), Workers: opt.Workers, StateBits: c.layout.Bits}
	if err := s.openStore(); err != nil {
		return nil, err
	}
	for range len(m.Properties) + 1 {
		s.goals = append(s.goals, &goal{})
	}
	if opt.Symmetry {
		s.res.Symmetry = []symmetry.Class{}
		if s.sym = newSymmetric(c); s.sym != nil {
			s.res.Symmetry = s.sym.classes
		}
	}
	for range opt.Workers {
		s.workers = append(s.workers, newWorker(s))
	}
	if err := s.startEngine(); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *search) close() {
	s.engine.close()
	s.store.Close()
	s.checkpoints.close()
	for _, f := range s.locks {
		f.Close()
	}
}

// errorGoal is the goal of the states where something can't be evaluated.
func (s *search) errorGoal() *goal { return s.goals[len(s.goals)-1] }

// run explores until there is nothing more to explore, or a reason to stop.
func (s *search) run(ctx context.Context) error {
	if ctx.Err() != nil {
		s.stopFor(abortCancel)
	}
	if s.resumed != nil {
		return s.levels(s.resumed.Cursor)
	}
	s.starts = []int64{0}
	stopped, err := s.initialStates()
	if err != nil {
		return err
	}
	s.starts = append(s.starts, s.store.Len())
	switch {
	case s.initErr != nil || s.errorGoal().level > 0:
		s.res.Reason = cantEvaluate
		return nil
	case s.found():
		s.res.Reason = "stopped at the first violation: visited no states but initial ones"
		return nil
	case stopped:
		s.store.Truncate(0)
		s.starts = s.starts[:1]
		s.res.Initial = 0
		s.res.Reason = s.stopReason() + ": visited nothing but some initial states"
		return nil
	case s.store.Len() == 0:
		s.res.Complete = true
		return nil
	}
	return s.levels(0)
}

// levels visits level after level, from the state at a position in the last one that is known.
func (s *search) levels(from int64) error {
	for level := len(s.starts) - 1; ; level++ {
		start, end := s.starts[level-1], s.starts[level]
		if start == end { // of a search that was resumed when it had come to its end
			s.starts = s.starts[:level]
			s.res.Complete = true
			return nil
		}
		if s.opt.Graph && end > int64(s.opt.GraphLimit) {
			return errGraph(s.opt.GraphLimit)
		}
		if s.opt.MaxDepth > 0 && level > s.opt.MaxDepth {
			s.beyondDepth(level, max(from, start))
			return nil
		}
		s.depth.Store(int32(level))
		s.publish(s.starts[:level+1])
		if s.opt.Store == states.KindHash && end > s.opt.MaxStates {
			s.full.CompareAndSwap(notFull, fullStates) // initial states alone may be more
		}
		s.considerNative(max(end, s.opt.Capacity))
		at, err := s.visitLevel(level, max(from, start), end)
		if err != nil && err != errAborted {
			return err
		}
		switch {
		case s.full.Load() != notFull:
			s.checkpoint(s.mark) // not all that was found since is stored
		case err == errAborted:
			s.checkpoint(s.snapshot(at))
		}
		s.res.Levels = append(s.res.Levels, end-start)
		fresh := s.store.Len() - end
		reason := ""
		switch {
		case err == errAborted:
			reason = fmt.Sprintf("%s: visited %d of the %d states at depth %d", s.stopReason(), at-start, end-start, level)
		case s.errorGoal().level > 0:
			reason = cantEvaluate
		case s.full.Load() == fullStates:
			reason = fmt.Sprintf("limit of %d states: visited all of the %d states up to depth %d", s.opt.MaxStates, end, level)
		case s.full.Load() == fullMemory:
			reason = fmt.Sprintf("%s: visited all of the %d states up to depth %d", s.memoryReason(), end, level)
		case fresh > 0 && s.opt.StopAtFirst && s.found():
			reason = fmt.Sprintf("stopped at the first violation: visited all of the %d states up to depth %d", end, level)
		case fresh > 0 && level == s.opt.MaxDepth:
			reason = fmt.Sprintf("depth limit of %d: visited all of the %d states up to it", level, end)
		}
		if reason != "" {
			s.res.Reason = reason
			if s.full.Load() == notFull && err == nil && s.errorGoal().level == 0 {
				s.starts = append(s.starts, end+fresh)
				s.checkpoint(s.snapshot(end))
				s.starts = s.starts[:level+1]
			}
			s.store.Truncate(end)
			return nil
		}
		s.starts = append(s.starts, end+fresh)
		if fresh == 0 {
			s.checkpoint(s.snapshot(end))
			s.starts = s.starts[:level+1]
			s.res.Complete = true
			return nil
		}
	}
}

// beyondDepth ends a search that was resumed beyond its limit of depth, where the states of a level
// are visited up to a position.
func (s *search) beyondDepth(level int, at int64) {
	start, end := s.starts[level-1], s.starts[level]
	s.checkpoint(s.snapshot(at))
	if at == start {
		s.res.Reason = fmt.Sprintf("depth limit of %d: visited all of the %d states up to depth %d", s.opt.MaxDepth, start, level-1)
		end = start
		s.starts = s.starts[:level]
	} else {
		s.res.Reason = fmt.Sprintf("depth limit of %d, which the checkpoint is beyond: visited %d of the %d states at depth %d",
			s.opt.MaxDepth, at-start, end-start, level)
		s.res.Levels = append(s.res.Levels, end-start)
	}
	s.store.Truncate(end)
}

// stopReason says what stopped the search.
func (s *search) stopReason() string {
	if s.abort.Load() == abortTime {
		return fmt.Sprintf("time limit of %v", s.opt.MaxTime)
	}
	return "cancelled"
}

// found reports whether the search has a reason of its own to end.
func (s *search) found() bool {
	if s.initErr != nil || s.errorGoal().level > 0 {
		return true
	}
	for i, p := range s.c.model.Properties {
		if s.opt.StopAtFirst && p.Kind != spec.Cover && s.goals[i].level > 0 {
			return true
		}
	}
	return false
}

// initialStates puts the initial states in the set and the log. It reports whether it was stopped
// before it had them all.
func (s *search) initialStates() (stopped bool, err error) {
	w := s.workers[0]
	tried := 0
	err = s.c.initial(func(state []uint64) error {
		if tried++; tried%chunk == 0 && s.abort.Load() != notAborted {
			stopped = true
			return errAborted
		}
		ok, evalErr := w.machine.Test(PredInitWhere, state)
		if evalErr != nil {
			s.initErr = &ModelError{Message: "initial states: " + evalErr.msg}
			return errAborted
		}
		if !ok {
			return nil
		}
		s.res.Initial++
		s.generated.Add(1)
		switch inside, evalErr := w.machine.Test(PredConstraint, state); {
		case evalErr != nil:
			w.failedOutside(1, state)
		case !inside:
			w.checkOutside(1, state)
		default:
			return s.store.Insert(w.representative(state), &w.scratch)
		}
		return nil
	})
	if err == errAborted {
		err = nil
	}
	if errors.Is(err, states.ErrFull) {
		return false, fmt.Errorf("initial states: %w", err)
	}
	s.takeOutside(w)
	return stopped, err
}

// each calls f in parallel for all states from start to end, chunk by chunk.
func (s *search) each(start, end int64, f func(w *worker, at int64, words []uint64) error) error {
	s.cursor.Store(start)
	s.end.Store(end)
	size := min(chunk, max(minChunk, (end-start)/int64(2*len(s.workers))))
	n := min(int64(len(s.workers)), (end-start+size-1)/size)
	errs := make([]error, len(s.workers))
	loop := func(i int) {
		w := s.workers[i]
		for errs[i] == nil {
			// Before a chunk is taken, so that a chunk that was taken has been visited.
			if s.abort.Load() != notAborted && (!s.ended || s.late.Load()) {
				errs[i] = errAborted
				return
			}
			at := s.cursor.Add(size) - size
			if at >= end {
				return
			}
			for stop := min(at+size, end); at < stop && errs[i] == nil; {
				if w.chunk, errs[i] = s.store.Read(at, stop, int(size), w.chunk); errs[i] == nil {
					errs[i] = f(w, at, w.chunk)
					at += int64(len(w.chunk) / s.c.layout.Words)
				}
			}
			if errs[i] != nil {
				s.cursor.Store(end)
			}
		}
	}
	if n <= 1 {
		loop(0)
	} else {
		var wg sync.WaitGroup
		for i := range n {
			wg.Go(func() { loop(int(i)) })
		}
		wg.Wait()
	}
	for _, err := range errs {
		if err != nil && err != errAborted {
			return err
		}
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// merge adds what the workers found on a level to the results and goals.
func (s *search) merge(level int) {
	for _, w := range s.workers {
		s.res.Transitions += w.transitions
		s.res.Rest += w.rest
		w.transitions, w.rest = 0, 0
		for g, n := range w.fired {
			s.res.Fired[s.c.grounds[g].action] += n
			w.fired[g] = 0
		}
		for i := range s.res.Properties {
			s.res.Properties[i].Situations += w.situations[i]
			w.situations[i] = 0
		}
	}
	for i, g := range s.goals {
		for _, w := range s.workers {
			f := &w.found[i]
			if len(f.positions) > 0 && (g.level == 0 || g.level == level) {
				g.level = level
				g.positions = append(g.positions, f.positions...)
			}
			f.positions = f.positions[:0]
		}
		slices.Sort(g.positions)
	}
	for _, w := range s.workers {
		s.takeOutside(w)
	}
}

// takeOutside adds the states beyond the constraint that w found to the goals.
func (s *search) takeOutside(w *worker) {
	for i, g := range s.goals {
		f := &w.found[i]
		if len(f.outside) > 0 && (g.level == 0 || g.level == f.level) {
			g.level = f.level
			g.outside = append(g.outside, f.outside...)
		}
		f.outside = f.outside[:0]
	}
}
