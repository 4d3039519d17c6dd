package cread

import "slices"

// flags are those of the marked statements at whose start the task stands.
func (t *thread) flags() (flags int64) {
	if len(t.frames) == 0 || t.again {
		return 0
	}
	f := &t.frames[len(t.frames)-1]
	for pc := f.pc; f.fn.code[pc].op == opFlag; pc++ {
		flags |= f.fn.code[pc].n
	}
	return flags
}

// place says where the task stands: the calls, and the next access.
func (t *thread) place() (at []int) {
	for i := range t.frames {
		at = append(at, t.frames[i].fn.number, t.frames[i].pc)
	}
	return at
}

// step takes one step of the task: the access before which it stands, and then what is local and
// ghost code, up to the next access. A task that stands at the start of a marked statement goes
// first to the next access. Where local code fails behind an access, outside atomic and
// ghost code, the step ends in front of that: it is a step of its own.
func (m *machine) step() outcome {
	if m.t.again { // back to the place itself: that is a step, too
		m.t.again = false
		return done
	}
	from, optional := m.t.place(), m.t.flags()&flagOptional != 0
	for m.instruction().op == opFlag {
		m.top().pc++
	}
	accessed := false
	for len(m.t.frames) > 0 {
		in := m.instruction()
		within := m.inAtomic() || m.inGhost()
		place := !within && in.isPlace(m.p.opt.Migrate)
		if place && (accessed || in.op == opFlag) {
			break
		}
		r := m.run()
		if r == failed && !within && !place && accessed {
			break
		} else if r != done {
			return r
		}
		accessed = accessed || place
	}
	m.t.again = len(m.t.frames) > 0 && !optional && slices.Equal(from, m.t.place())
	m.forget()
	return done
}

// forget takes from the state what is no part of it: locals that are out of scope, and those that
// hold names and are dead.
func (m *machine) forget() {
	for i := range m.t.frames {
		f := &m.t.frames[i]
		for c, keep := range f.kept(i == len(m.t.frames)-1) {
			if !keep {
				f.locals[c] = value{}
			}
		}
	}
}

// successor is a state that a step leads to.
type successor struct {
	state  *state
	failed bool
}

// standing is what is known of a task in a state.
type standing struct {
	finished bool
	flags    int64
	// If it takes no step: what it waits for, a lock or a task (1 + its number), for each choice.
	locks, tasks []int
}

// successors returns the states that steps of the task lead to, and how it stands in s.
func (p *program) successors(s *state, task int) (out []successor, st standing) {
	st.flags = s.threads[task].flags()
	if len(s.threads[task].frames) == 0 {
		st.finished = true
		return nil, st
	}
	if p.interrupted(s, task) {
		return nil, st
	}
	var choices, among []int
	for {
		next := s.clone()
		m := newMachine(p, next, &next.threads[task], task)
		m.choices, m.among = choices, among
		switch m.step() {
		case done:
			out = append(out, successor{state: next})
		case failed:
			// Everything else is unchanged.
			f := s.clone()
			f.fail = p.failureNumber(m.failure)
			out = append(out, successor{f, true})
		case blocked:
			if m.lock >= 0 {
				st.locks = append(st.locks, m.lock)
			}
			if m.by > 0 {
				st.tasks = append(st.tasks, m.by-1)
			}
		}
		// The next choices: the last one that has a further value takes that.
		choices, among = m.choices, m.among
		last := len(choices) - 1
		for last >= 0 && choices[last]+1 == among[last] {
			last--
		}
		if last < 0 {
			return out, st
		}
		choices, among = choices[:last+1], among[:last+1]
		choices[last]++
	}
}

// interrupted says whether a field that is marked so is true: then the task takes no step.
func (p *program) interrupted(s *state, task int) bool {
	for _, c := range p.interrupts[task] {
		if s.mem[c].n != 0 {
			return true
		}
	}
	return false
}

// failureNumber numbers what went wrong: 1 + its position in p.failures.
func (p *program) failureNumber(f failure) int {
	i := slices.Index(p.failures, f)
	if i < 0 {
		i = len(p.failures)
		p.failures = append(p.failures, f)
	}
	return i + 1
}

// initial returns the state in which everything begins: variables zero or as initialised, then INIT
// has run, then each task has come to its first access.
func (p *program) initial() *state {
	s := p.empty()
	for _, g := range p.globals {
		if g.init != nil {
			s.mem[g.base] = p.initialiser(g)
		}
	}
	if p.init != nil {
		m := newMachine(p, s, &thread{}, -1)
		m.mode = initMode
		if r := m.call(p.init); r != done {
			fail(p.init.def, "INIT: %s: %s", m.failure.at, m.failure.what)
		}
	}
	for i, t := range p.tasks {
		th := &s.threads[i]
		th.frames = []frame{{fn: t.fn, locals: make([]value, len(t.fn.cells))}}
		m := newMachine(p, s, th, i)
		for len(th.frames) > 0 {
			in := m.instruction()
			if in.isPlace(p.opt.Migrate) && !m.inGhost() {
				break
			}
			if m.run() == failed {
				fail(in.at, "before the first step: %s", m.failure.what)
			}
			if m.wrote {
				fail(in.at, "ghost code before the first step of %s: move it into INIT", t.name)
			}
		}
		m.forget()
	}
	return s
}

// call runs f to its end.
func (m *machine) call(f *function) outcome {
	m.t.frames = []frame{{fn: f, locals: make([]value, len(f.cells))}}
	for len(m.t.frames) > 0 {
		if r := m.run(); r != done {
			return r
		}
	}
	return done
}
