package explorer

import (
	"slices"

	"mcheck/spec"
	"mcheck/states"
)

// Machine computes with packed states. It is what a search sees of a model; each worker has its
// own.
type Machine interface {
	// Expand sets out to the successors of the states (their words one after another).
	Expand(batch []uint64, out *Successors)
	// Test evaluates a predicate in one state.
	Test(p Pred, state []uint64) (bool, *evalError)
}

// Pred names a predicate of a program: the constants below, or one of a property.
type Pred int

// The predicates of a model as a whole.
const (
	PredRunning Pred = iota
	PredConstraint
	PredInitWhere
	predProps
)

// The predicates of the i-th property: its situation (with From, for LeadsTo) and its condition.
func predWhen(i int) Pred { return predProps + Pred(2*i) }
func predCond(i int) Pred { return predProps + Pred(2*i) + 1 }

// Successors are the transitions out of a batch of states, those of one state side by side.
type Successors struct {
	Words   []uint64
	From    []int32 // position of the source in the batch
	Ground  []int32 // ground action
	Stopped []bool  // for each state of the batch: Model.Running does not hold
	Errors  []StepError
}

// StepError is a step that can't be evaluated.
type StepError struct {
	From   int32
	Ground int32 // -1: Model.Running
	Err    *evalError
}

// compiled is a program with its layout, and all of it as closures. It is not changed after it was
// made: workers share it.
type compiled struct {
	*program
	layout  *states.Layout
	running boolFn // nil: always
	tables  []table
	always  []*step
	steps   []step
	preds   []boolFn // nil: always true
	fails   []bool   // of preds: whether evaluation may fail
}

// table dispatches on the content of a cell.
type table struct {
	place
	steps [][]*step
}

// step is a compiled ground action.
type step struct {
	ground int32
	guard  boolFn // nil: enabled
	body   compiledBody
	full   boolFn // the whole guard, for evaluation one by one
	rest   *node  // of the guard, what the dispatch leaves
}

const maxDispatch = 1 << 12 // entries of a table

// compile compiles m for a search; symmetry says that states may be taken for what permutations of
// interchangeable values make of them, of which the analysis that makes cells narrow knows nothing.
func compile(m *spec.Model, symmetry bool) *compiled {
	p := newProgram(m, symmetry)
	c := &compiled{program: p, layout: placeCells(p.cells)}
	if p.initError != nil {
		return c
	}
	e := newEmitter(p.cells, c.layout)
	pred := func(x *node) boolFn {
		if x.is(1) {
			return nil
		}
		return e.bool(x)
	}
	all := []*node{p.running, p.constraint, p.initWhere}
	for _, q := range p.props {
		all = append(all, q.when, q.cond)
	}
	for _, x := range all {
		c.preds, c.fails = append(c.preds, pred(x)), append(c.fails, x.fails)
	}
	c.running = c.preds[PredRunning]
	c.steps = make([]step, len(p.grounds))
	tables := map[int64]int{}
	for i := range p.grounds {
		g := &p.grounds[i]
		s := &c.steps[i]
		*s = step{ground: int32(i), body: e.body(g.body), full: pred(g.guard)}
		cell, holds, rest := c.dispatch(e, g.guard)
		s.guard, s.rest = pred(rest), rest
		if cell < 0 {
			c.always = append(c.always, s)
			continue
		}
		t, ok := tables[cell]
		if !ok {
			t = len(c.tables)
			tables[cell] = t
			c.tables = append(c.tables, table{place: e.place(cell), steps: make([][]*step, len(holds))})
		}
		for v, ok := range holds {
			if ok {
				c.tables[t].steps[v] = append(c.tables[t].steps[v], s)
			}
		}
	}
	return c
}

// mostSteps is a bound on how many steps are enabled in one state.
func (c *compiled) mostSteps() int {
	n := len(c.always)
	for _, t := range c.tables {
		most := 0
		for _, list := range t.steps {
			most = max(most, len(list))
		}
		n += most
	}
	return n
}

// dispatch finds the first conjunct of guard that is about one cell alone and has nothing before it
// that may fail. It returns the cell, for which raw contents the conjunct holds, and the other
// conjuncts; the cell is -1 if there is none.
func (c *compiled) dispatch(e *emitter, guard *node) (cell int64, holds []bool, rest *node) {
	list := []*node{guard}
	if guard.op == opAnd {
		list = guard.list
	}
	for i, x := range list {
		if x.fails {
			break
		}
		cell := int64(-1)
		if !soleCell(x, &cell) || cell < 0 {
			continue
		}
		n := int64(1) << min(c.cells[cell].width, 62)
		if n > maxDispatch {
			continue
		}
		f := e.bool(x)
		w := c.layout.New()
		for v := range n {
			if !c.cells[cell].occurs(v) { // it could lead a table lookup astray
				holds = append(holds, false)
				continue
			}
			c.layout.Fields[cell].Put(w, uint64(v))
			holds = append(holds, f(w))
		}
		rest = nodeT
		for k, y := range list {
			if k != i {
				rest = and(rest, y)
			}
		}
		return cell, holds, rest
	}
	return -1, nil, guard
}

// soleCell reports whether x reads no cell but *cell, which it sets if it is -1.
func soleCell(x *node, cell *int64) bool {
	if x == nil {
		return true
	}
	if x.op == opCell {
		if *cell < 0 {
			*cell = x.n
		}
		return *cell == x.n
	}
	for _, y := range x.list {
		if !soleCell(y, cell) {
			return false
		}
	}
	return soleCell(x.a, cell) && soleCell(x.b, cell) && soleCell(x.c, cell)
}

// closures is the portable Machine.
type closures struct{ *compiled }

func (c *compiled) newMachine() Machine { return closures{c} }

func (c closures) Test(p Pred, state []uint64) (ok bool, err *evalError) {
	f := c.preds[p]
	if f == nil {
		return true, nil
	}
	if !c.fails[p] {
		return f(state), nil
	}
	return testCarefully(f, state)
}

func testCarefully(f boolFn, state []uint64) (ok bool, err *evalError) {
	defer recoverEval(&err)
	return f(state), nil
}

// recoverEval turns the panic of an evaluation error into *err.
func recoverEval(err **evalError) {
	switch r := recover().(type) {
	case nil:
	case *evalError:
		*err = r
	default:
		panic(r)
	}
}

func (c closures) Expand(batch []uint64, out *Successors) {
	n := len(batch) / c.layout.Words
	out.Words, out.From, out.Ground = out.Words[:0], out.From[:0], out.Ground[:0]
	out.Stopped, out.Errors = slices.Grow(out.Stopped[:0], n)[:n], out.Errors[:0]
	clear(out.Stopped)
	for done := 0; done < n; {
		var err *evalError
		if done, err = c.fast(batch, done, out); err != nil {
			k := len(out.From)
			for k > 0 && out.From[k-1] == int32(done) {
				k--
			}
			out.Words, out.From, out.Ground = out.Words[:k*c.layout.Words], out.From[:k], out.Ground[:k]
			c.careful(batch, done, out)
			done++
		}
	}
}

// fast expands the states from position at on until the end, or until one where an evaluation
// fails; it returns how many were done.
func (c closures) fast(batch []uint64, at int, out *Successors) (done int, err *evalError) {
	defer recoverEval(&err)
	words := c.layout.Words
	n := len(batch) / words
	for done = at; done < n; done++ {
		w := batch[done*words : (done+1)*words]
		if c.running != nil && !c.running(w) {
			out.Stopped[done] = true
			continue
		}
		for i := range c.tables {
			t := &c.tables[i]
			if list := t.steps[w[t.Word]>>(t.Shift&63)&t.Mask]; len(list) > 0 {
				try(list, w, int32(done), out)
			}
		}
		if len(c.always) > 0 {
			try(c.always, w, int32(done), out)
		}
	}
	return done, nil
}

// try appends the successors of w by those of the steps that are enabled.
func try(list []*step, w []uint64, from int32, out *Successors) {
	for _, s := range list {
		if s.guard != nil && !s.guard(w) {
			continue
		}
		at := len(out.Words)
		switch len(w) { // a call to copy would take longer than the copying
		case 1:
			out.Words = append(out.Words, w[0])
		case 2:
			out.Words = append(out.Words, w[0], w[1])
		case 3:
			out.Words = append(out.Words, w[0], w[1], w[2])
		default:
			out.Words = append(out.Words, w...)
		}
		d := out.Words[at:]
		for _, m := range s.body.masks {
			d[m.word] = d[m.word]&^m.clear | m.set
		}
		if s.body.fn != nil {
			s.body.fn(w, d)
		}
		out.From = append(out.From, from)
		out.Ground = append(out.Ground, s.ground)
	}
}

// careful expands one state step by step, in the order of the ground actions, and collects the
// errors.
func (c closures) careful(batch []uint64, at int, out *Successors) {
	words := c.layout.Words
	w := batch[at*words : (at+1)*words]
	running, err := c.Test(PredRunning, w)
	if err != nil {
		out.Errors = append(out.Errors, StepError{int32(at), -1, err})
		return
	}
	if !running {
		out.Stopped[at] = true
		return
	}
	for i := range c.steps {
		s := &c.steps[i]
		d := slices.Clone(w)
		enabled, err := carefulStep(s, w, d)
		switch {
		case err != nil:
			out.Errors = append(out.Errors, StepError{int32(at), s.ground, err})
		case enabled:
			out.Words = append(out.Words, d...)
			out.From = append(out.From, int32(at))
			out.Ground = append(out.Ground, s.ground)
		}
	}
}

func carefulStep(s *step, w, d []uint64) (enabled bool, err *evalError) {
	defer recoverEval(&err)
	if s.full != nil && !s.full(w) {
		return false, nil
	}
	s.body.asFn()(w, d)
	return true, nil
}
