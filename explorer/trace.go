package explorer

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"mcheck/spec"
	"mcheck/states"
)

// maxGoals is how many traces one backward sweep looks for.
const maxGoals = 4

// traces finds the traces to all goals.
func (s *search) traces() error {
	s.ended = true // that the search was aborted must not keep what it found from being told
	var todo []int
	for i, g := range s.goals {
		if g.level > 0 {
			todo = append(todo, i)
		}
	}
	for len(todo) > 0 {
		n := min(len(todo), maxGoals)
		switch err := s.sweep(todo[:n]); {
		case err == errAborted:
			s.noTraces(todo, "the search was stopped before the trace was found")
			return nil
		case errors.Is(err, states.ErrFull):
			s.noTraces(todo[:n], "to find the trace takes more memory than there may be"+whyFull(err))
		case err != nil:
			return err
		}
		todo = todo[n:]
	}
	return nil
}

// noTraces says why there are no traces to some goals.
func (s *search) noTraces(which []int, why string) {
	for _, i := range which {
		if i == len(s.goals)-1 {
			s.res.Error = &ModelError{Message: cantEvaluate + "; " + why}
			continue
		}
		s.res.Properties[i].Reason = why
	}
}

// cost is, for one kept state and one goal, the least number of context switches on a shortest way
// to the goal: n when the last actor is in best, n+1 when it is any other. (The two differ by one
// at most, since after the first step that is not the machine's the last actor no longer matters;
// so a set says it all.) "Nobody yet" counts as an actor, and is always in best.
type cost struct {
	n    uint64
	best []uint64 // bit set of actors; the last is nobody
}

func (c cost) from(actor int) uint64 {
	if c.best[actor>>6]>>(actor&63)&1 != 0 {
		return c.n
	}
	return c.n + 1
}

// tracer finds shortest traces with the fewest context switches. Going back level by level, it
// keeps the states from which a target can be reached in as many steps as there are levels between,
// each with its cost.
type tracer struct {
	s     *search
	goals []*goal
	mask  int // words of cost.best
	// words of an entry: the state; its level; for each goal 1+n (0: not kept for it) and best
	size    int
	kept    kept
	outside []map[string]bool
	// Filters on hashes: a state that is kept on the next level, or on this one, has its bit set.
	// They are small enough for the processor's caches, and spare most successors the access to the
	// set.
	next, this *states.Bitset
}

// filterBits is the logarithm of the number of bits of a filter: a megabyte, which no limit of
// memory is asked for.
const filterBits = 23

func filterBit(state []uint64) int64 { return int64(states.Hash(state) >> (64 - filterBits)) }

func (s *search) sweep(which []int) error {
	t := &tracer{s: s, mask: (len(s.c.actors) + 1 + 63) / 64}
	last := 0
	width := s.c.layout.Words
	for _, i := range which {
		g := s.goals[i]
		t.goals = append(t.goals, g)
		last = max(last, g.level)
		out := map[string]bool{}
		for w := g.outside; len(w) > 0; w = w[width:] {
			out[key(s.workers[0].representative(w[:width]))] = true
		}
		t.outside = append(t.outside, out)
	}
	t.size = width + 1 + len(which)*(1+t.mask)
	var err error
	t.kept = kept{s: s, key: width + 1, size: t.size}
	defer t.kept.close()
	for _, f := range []**states.Bitset{&t.next, &t.this} {
		if *f, err = states.NewBitset(1<<filterBits, nil); err != nil {
			return err
		}
		defer (*f).Close()
	}
	for level := min(last, len(s.res.Levels)); level >= 1; level-- {
		t.next, t.this = t.this, t.next
		t.this.Clear()
		if err := t.level(level); err != nil {
			return err
		}
	}
	for k, i := range which {
		trace, state, err := t.forward(k)
		if err != nil {
			return err
		}
		if i == len(s.goals)-1 {
			s.res.Error = s.explain(trace, state)
			continue
		}
		s.res.Properties[i].Trace = trace
	}
	return nil
}

func key(w []uint64) string {
	b := make([]byte, 0, len(w)*8)
	for _, x := range w {
		for i := range 8 {
			b = append(b, byte(x>>(8*i)))
		}
	}
	return string(b)
}

// level makes the entries of the states of a level. Those of the next level are there already.
func (t *tracer) level(level int) error {
	s := t.s
	width := s.c.layout.Words
	start, end := s.starts[level-1], s.endOf(level)
	expand := false
	for _, g := range t.goals {
		expand = expand || g.level > level
	}
	if err := t.kept.begin(level); err != nil {
		return err
	}
	return s.each(start, end, func(w *worker, at int64, batch []uint64) error {
		n := len(batch) / width
		entries := make([]uint64, n*t.size)
		keep := make([]bool, n)
		for k, g := range t.goals {
			if g.level != level {
				continue
			}
			i, _ := slices.BinarySearch(g.positions, at)
			for ; i < len(g.positions) && g.positions[i] < at+int64(n); i++ {
				j := int(g.positions[i] - at)
				keep[j] = true
				e := t.part(entries[j*t.size:(j+1)*t.size], k)
				e[0] = 1
				for m := range t.mask {
					e[1+m] = ^uint64(0)
				}
			}
		}
		if expand {
			w.machine.Expand(batch, &w.succ)
			for i, from := range w.succ.From {
				next := w.succ.Words[i*width : (i+1)*width]
				w.canonical(next)
				maybe := t.next.Get(filterBit(next))
				for k, g := range t.goals {
					if g.level <= level || !maybe && len(t.outside[k]) == 0 {
						continue
					}
					if c, ok := t.cost(w, k, level+1, next); ok {
						c = w.renamed(c)
						keep[from] = true
						t.join(t.part(entries[int(from)*t.size:(int(from)+1)*t.size], k), c, s.c.actor(w.succ.Ground[i]))
					}
				}
			}
		}
		for i := range n {
			if !keep[i] {
				continue
			}
			e := entries[i*t.size : (i+1)*t.size]
			state := batch[i*width : (i+1)*width]
			copy(e, state)
			e[width] = uint64(level)
			if err := t.kept.add(e); err != nil {
				return err
			}
			t.this.Set(filterBit(state))
		}
		return nil
	})
}

// endOf is the end of a level in the log.
func (s *search) endOf(level int) int64 {
	if level < len(s.starts) {
		return s.starts[level]
	}
	return s.store.Len()
}

func (t *tracer) part(entry []uint64, k int) []uint64 {
	entry = entry[t.s.c.layout.Words+1:]
	return entry[k*(1+t.mask) : (k+1)*(1+t.mask)]
}

// cost returns the cost of a state on a level, if it is kept for the k-th goal.
func (t *tracer) cost(w *worker, k, level int, state []uint64) (cost, bool) {
	if len(t.outside[k]) > 0 && t.goals[k].level == level && t.outside[k][key(state)] {
		all := make([]uint64, t.mask)
		for m := range all {
			all[m] = ^uint64(0)
		}
		return cost{0, all}, true
	}
	w.key = append(append(w.key[:0], state...), uint64(level))
	e := t.kept.find(level, w.key)
	if e == nil {
		return cost{}, false
	}
	p := t.part(e, k)
	return cost{p[0] - 1, p[1:]}, p[0] > 0
}

// costOf is the cost of a state that may not be the stored one of its orbit.
func (t *tracer) costOf(w *worker, k, level int, state []uint64) (cost, bool) {
	c, ok := t.cost(w, k, level, w.representative(state))
	return w.renamed(c), ok
}

// join makes a part of an entry the better of itself and a step of actor to a state of cost c.
func (t *tracer) join(part []uint64, c cost, actor int) {
	n, best := c.n, c.best
	if actor >= 0 {
		n = c.from(actor)
		best = make([]uint64, t.mask)
		for _, a := range []int{actor, t.nobody()} {
			best[a>>6] |= 1 << (a & 63)
		}
	}
	switch {
	case part[0] == 0 || n+1 < part[0]:
		part[0] = n + 1
		copy(part[1:], best)
	case n+1 == part[0]:
		for m := range best {
			part[1+m] |= best[m]
		}
	}
}

func (t *tracer) nobody() int { return len(t.s.c.actors) }

// forward follows the costs from the first of the best initial states, always by the first of the
// best steps, to the k-th goal.
func (t *tracer) forward(k int) (spec.Trace, []uint64, error) {
	s := t.s
	width := s.c.layout.Words
	var cur []uint64
	var now uint64
	w := s.workers[0]
	if err := t.kept.need(1); err != nil {
		return nil, nil, err
	}
	try := func(state []uint64) {
		c, ok := t.costOf(w, k, 1, state)
		if !ok {
			return
		}
		n := c.from(t.nobody())
		if cur == nil || n < now || n == now && s.c.compare(state, cur) < 0 {
			cur, now = slices.Clone(state), n
		}
	}
	switch {
	case s.sym != nil:
		// Those that are stored stand for them, and need not be initial.
		_ = s.c.initial(func(state []uint64) error {
			if ok, err := w.machine.Test(PredInitWhere, state); ok && err == nil {
				try(state)
			}
			return nil
		})
	case len(s.res.Levels) > 0:
		for at := range s.starts[1] {
			var err error
			if w.chunk, err = s.store.Read(at, at+1, 1, w.chunk); err != nil {
				return nil, nil, err
			}
			try(w.chunk)
		}
	}
	if g := t.goals[k]; g.level == 1 {
		for w := g.outside; len(w) > 0; w = w[width:] {
			try(w[:width])
		}
	}
	if cur == nil {
		panic("explorer: no initial state leads to the goal")
	}
	trace := spec.Trace{{State: s.c.decode(cur)}}
	actor := t.nobody()
	for level := 1; level < t.goals[k].level; level++ {
		if err := t.kept.need(level + 1); err != nil {
			return nil, nil, err
		}
		w.machine.Expand(cur, &w.succ)
		order := make([]int, len(w.succ.Ground))
		for i := range order {
			order[i] = i
		}
		slices.SortFunc(order, func(i, j int) int { return cmp.Compare(w.succ.Ground[i], w.succ.Ground[j]) })
		found := false
		for _, i := range order {
			next := w.succ.Words[i*width : (i+1)*width]
			c, ok := t.costOf(w, k, level+1, next)
			if !ok {
				continue
			}
			g := w.succ.Ground[i]
			a, n := actor, uint64(0)
			if b := s.c.actor(g); b >= 0 {
				if actor != t.nobody() && actor != b {
					n = 1
				}
				a = b
			}
			if n += c.from(a); n != now {
				continue
			}
			now, actor, cur = c.from(a), a, slices.Clone(next)
			gr := s.c.grounds[g]
			trace = append(trace, spec.Step{Action: s.c.model.Actions[gr.action], Args: gr.args, State: s.c.decode(cur)})
			found = true
			break
		}
		if !found {
			panic(fmt.Sprintf("explorer: no step of least cost at depth %d", level))
		}
	}
	return trace, cur, nil
}

// explain says what can't be evaluated in state, the last of trace.
func (s *search) explain(trace spec.Trace, state []uint64) *ModelError {
	out := &ModelError{Trace: trace}
	w := s.workers[0]
	m := s.c.model
	step := func(g int32, err *evalError) *ModelError {
		gr := s.c.grounds[g]
		out.Action, out.Args = m.Actions[gr.action], gr.args
		out.Message = fmt.Sprintf("action %s: %s", out.Action.Name, err.msg)
		return out
	}
	inside, err := w.machine.Test(PredConstraint, state)
	if err != nil {
		out.Message = "constraint: " + err.msg
		return out
	}
	rest := false
	if inside {
		w.machine.Expand(state, &w.succ)
		rest = s.restOf(w, state)
		if len(w.succ.Errors) > 0 {
			e := slices.MinFunc(w.succ.Errors, func(a, b StepError) int { return cmp.Compare(a.Ground, b.Ground) })
			if e.Ground < 0 {
				out.Message = "running: " + e.Err.msg
				return out
			}
			return step(e.Ground, e.Err)
		}
	}
	for i, p := range m.Properties {
		if !inside && p.Kind != spec.Invariant {
			continue
		}
		_, _, err := w.hits(i, p, state, rest, false)
		if err != nil {
			out.Prop = p
			out.Message = fmt.Sprintf("property %s: %s", p.Name, err.msg)
			return out
		}
	}
	panic("explorer: the evaluation error did not show again")
}
