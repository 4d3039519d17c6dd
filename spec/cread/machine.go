package cread

import (
	"fmt"
)

// outcome is how an instruction, or a step, ends.
type outcome int

const (
	done    outcome = iota
	blocked         // it waits
	failed          // the run has failed
	outside         // a property is not about this state
)

// failure is what went wrong: where, and what kind of property it breaks.
type failure struct {
	at   string
	what string
	of   string // NoFail, NoUseAfterFree or WithinBounds
}

// mode says whose code runs.
type mode int

const (
	taskMode mode = iota
	initMode
	propertyMode
)

// machine executes the code of one task in a state, which it changes.
type machine struct {
	p    *program
	s    *state
	t    *thread
	task int // -1: none, as in INIT and in properties
	mode mode

	// The choices of this step: those taken, and among how many.
	choices, among []int
	next           int

	steps   int           // instructions, against loops without an end
	wrote   bool          // the step has changed shared memory
	content bool          // the instruction looks at what is in a set or a list that is ghost data
	branch  bool          // ghost data decides whether the ghost code comes here …
	marks   map[mark]bool // … and did so before a statement
	// What a blocked task waits for: a lock, or a task (1 + its number).
	lock, by int

	failure failure

	// In properties: both says that the condition is wanted where the situation is not, elsewhere
	// that the state is not one of the situation.
	both, elsewhere bool
}

func newMachine(p *program, s *state, t *thread, task int) *machine {
	return &machine{p: p, s: s, t: t, task: task, marks: map[mark]bool{}}
}

// mark is a statement in a function: how deep that is called, and the statement's number.
type mark struct {
	depth int
	n     int64
}

// maxInstructions is the length of a step, in instructions.
const maxInstructions = 1_000_000

func (m *machine) pop() value {
	top := len(m.t.stack) - 1
	v := m.t.stack[top]
	m.t.stack = m.t.stack[:top]
	return v
}

func (m *machine) push(v value) { m.t.stack = append(m.t.stack, v) }

func (m *machine) top() *frame { return &m.t.frames[len(m.t.frames)-1] }

// instruction is the next one.
func (m *machine) instruction() *instr {
	f := m.top()
	return &f.fn.code[f.pc]
}

// inAtomic and inGhost say whether the next instruction is part of an atomic block or of ghost
// code, of this function or around a call of it.
func (m *machine) inAtomic() bool {
	return m.mode != taskMode || m.within(func(in *instr) bool { return in.atomic })
}

func (m *machine) inGhost() bool {
	return m.within(func(in *instr) bool { return in.ghost })
}

func (m *machine) within(is func(*instr) bool) bool {
	for i := range m.t.frames {
		f := &m.t.frames[i]
		pc := f.pc
		if i < len(m.t.frames)-1 {
			pc-- // the call
		}
		if is(&f.fn.code[pc]) {
			return true
		}
	}
	return false
}

// wrong notes a failure at the instruction.
func (m *machine) wrong(in *instr, what string) outcome { return m.wrongOf("NoFail", in, what) }

func (m *machine) wrongOf(of string, in *instr, what string) outcome {
	at := in.at.Position()
	m.failure = failure{fmt.Sprintf("%s:%d", at.Filename, at.Line), what, of}
	return failed
}

// run executes one instruction. If that fails in ghost code, on ghost data, it has no effect, and
// the run goes on.
func (m *machine) run() outcome {
	if m.steps++; m.steps > maxInstructions {
		fail(m.instruction().at, "a step does not end here")
	}
	if m.branch && !m.inGhost() {
		m.branch = false
	}
	in := m.instruction()
	depth := len(m.t.frames) - 1
	height := len(m.t.stack)
	m.top().pc++
	m.content = false
	r := m.execute(in)
	if r != failed {
		return r
	}
	m.t.stack = m.t.stack[:height]
	m.t.frames[depth].pc--
	onGhost := m.branch || m.content
	operands := m.t.stack[height-m.operands(in):]
	for _, v := range operands {
		onGhost = onGhost || v.ghost
	}
	if !onGhost || m.mode != taskMode || !m.inGhost() {
		return r
	}
	if m.s.ghostFail == 0 {
		m.s.ghostFail = m.p.failureNumber(m.failure)
	}
	m.t.frames[depth].pc++
	return m.without(in, operands)
}

// operands is how many values the instruction takes from the stack, if it may fail.
func (m *machine) operands(in *instr) int {
	switch in.op {
	case opLoad, opLoadL, opAssert, opFit, opLock, opRelease:
		return 1
	case opStore, opStoreL:
		return 2
	case opSet, opReturn:
		return int(in.n)
	case opCall:
		return len(in.fn.params)
	case opCallFn:
		return 1 + int(in.n)
	}
	return 0
}

// without goes on behind an instruction of ghost code that has failed: a load yields zero, what a
// variable can't hold is not stored there, but is the value of the assignment.
func (m *machine) without(in *instr, operands []value) outcome {
	rest := m.t.stack[:len(m.t.stack)-len(operands)]
	switch in.op {
	case opLoad, opLoadL, opSet, opLock:
		m.t.stack = append(rest, value{ghost: true})
	case opStore, opStoreL:
		m.pop() // the address
	case opAssert:
		m.pop()
	case opCall, opCallFn:
		if m.failure.of == "NoFail" && m.misfits(in, operands) {
			m.top().pc--
			return m.run()
		}
		m.t.stack = append(rest, value{ghost: true})
	case opReturn:
		operands[0] = value{ghost: true}
		m.top().pc--
		return m.run()
	}
	return done
}

// misfits makes zero the arguments that their parameters can't hold; false: there are none.
func (m *machine) misfits(in *instr, operands []value) (found bool) {
	f := in.fn
	if in.op == opCallFn {
		if operands[0].n == 0 {
			return false
		}
		f, operands = m.p.code[operands[0].n-1], operands[1:]
	}
	for i, v := range f.params {
		if _, ok := v.typ.fit(operands[i].n); !ok {
			operands[i], found = value{ghost: true}, true
		}
	}
	return found
}

func (m *machine) execute(in *instr) outcome {
	switch {
	case in.op >= opLoad:
		return m.access(in)
	case in.op >= opAdd && in.op <= opXor:
		y, x := m.pop(), m.pop()
		n := calculate(in.at, in.op, x.n, y.n)
		m.push(value{n: n, ghost: x.ghost || y.ghost, loaded: m.p.both(x, y)})
		return done
	}
	switch in.op {
	case opPush:
		m.push(value{n: in.n})
	case opPop:
		m.pop()
	case opDup:
		m.push(m.t.stack[len(m.t.stack)-1])
	case opSwap:
		y, x := m.pop(), m.pop()
		m.push(y)
		m.push(x)
	case opRotate:
		z, y, x := m.pop(), m.pop(), m.pop()
		m.push(y)
		m.push(z)
		m.push(x)
	case opLocal:
		m.push(value{n: int64(in.v.base)})
	case opIndex:
		i, a := m.pop(), m.pop()
		a.ghost, a.loaded = a.ghost || i.ghost, m.p.both(a, i)
		switch {
		case a.n < 0:
		case i.n < 0 || i.n >= in.n:
			a.n = m.noAddress(in, "an index is out of range")
		default:
			a.n += i.n * in.m
		}
		m.push(a)
	case opField:
		a := m.pop()
		if a.n == 0 {
			a.n = m.noAddress(in, "NULL pointer dereferenced")
		} else {
			pl := m.p.pools[in.m]
			a.n = int64(pl.base) + (a.n-1)*int64(pl.size) + in.n
		}
		a.kind = addressKind
		m.push(a)
	case opOffset:
		a := m.pop()
		if a.n >= 0 {
			a.n += in.n
		}
		m.push(a)
	case opLoadL:
		a := m.pop()
		if a.n < 0 {
			return m.noAccess(a)
		}
		v := m.top().locals[a.n]
		v.ghost, v.loaded = v.ghost || a.ghost || in.v.data, a.loaded
		if in.v.data && !m.inGhost() {
			fail(in.at, "%s is ghost data, and this is not ghost code", in.v.name)
		}
		m.push(v)
	case opStoreL:
		a, v := m.pop(), m.pop()
		if a.n < 0 {
			return m.noAccess(a)
		}
		n, ok := in.typ.fit(v.n)
		if !ok {
			return m.wrong(in, "a value does not fit into "+in.typ.name)
		}
		m.top().locals[a.n] = v.stored(in.typ, n)
		m.push(m.top().locals[a.n])
	case opZero:
		for i := range in.v.typ.size() {
			m.top().locals[in.v.base+i] = value{}
		}
	case opNot:
		x := m.pop()
		m.push(value{n: truth(x.n == 0), ghost: x.ghost, loaded: x.loaded})
	case opFit:
		x := m.pop()
		n, ok := in.typ.fit(x.n)
		if !ok {
			return m.wrong(in, "a value does not fit into "+in.typ.name)
		}
		x.n = n
		m.push(x)
	case opSettle:
		m.push(m.p.asLoaded(m.pop()))
	case opJump:
		m.top().pc = int(in.n)
	case opJumpIf0, opJumpIf1:
		x := m.pop()
		m.branch = m.branch || x.ghost
		if (x.n == 0) == (in.op == opJumpIf0) {
			m.top().pc = int(in.n)
		}
	case opCall:
		return m.enter(in, in.fn)
	case opCallFn:
		x := m.t.stack[len(m.t.stack)-1-int(in.n)]
		if x.n == 0 {
			return m.wrong(in, "NULL pointer called")
		}
		return m.enter(in, m.p.code[x.n-1])
	case opReturn:
		return m.leave(in)
	case opCurrent:
		if m.task < 0 {
			fail(in.at, "there is no current task here")
		}
		m.push(value{n: int64(m.task) + 1, kind: pointerKind + taskPool})
	case opCPU:
		return m.cpu(in)
	case opAssert:
		if m.pop().n == 0 {
			return m.wrong(in, "assertion failed")
		}
	case opNever:
		return m.wrong(in, "this must not be reached")
	case opBound:
		return m.wrongOf("WithinBounds", in, "a bound of the model")
	case opMerge:
		x, c := m.pop(), m.pop()
		x.ghost, x.loaded = x.ghost || c.ghost, m.p.both(c, x)
		m.push(x)
	case opMark:
		m.marks[mark{len(m.t.frames), in.n}] = m.branch
	case opUnmark:
		if in.m == 0 {
			m.branch = m.marks[mark{len(m.t.frames), in.n}]
		}
	case opFlag, opNothing:
	case opWhen:
		return m.situation(m.pop().n != 0)
	case opFrom:
		m.pop()
	case opWhenFree:
		a := m.pop()
		if a.n < 0 {
			return m.noAccess(a)
		}
		return m.situation(m.s.mem[a.n].n == 0)
	default:
		panic("cread: unknown instruction")
	}
	return done
}

// situation ends a property that is not about the state, unless its condition is wanted anyhow.
func (m *machine) situation(is bool) outcome {
	m.elsewhere = m.elsewhere || !is
	if !is && !m.both {
		return outside
	}
	return done
}

// noAddress is what stands for the address of a place that there is not: the access to it fails.
func (m *machine) noAddress(in *instr, what string) int64 {
	m.wrong(in, what)
	return -int64(m.p.failureNumber(m.failure))
}

// noAccess is the failure of an access to such an address.
func (m *machine) noAccess(a value) outcome {
	m.failure = m.p.failures[-a.n-1]
	return failed
}

// enter calls f with the arguments on the stack. A parameter is a variable: its value must fit.
func (m *machine) enter(in *instr, f *function) outcome {
	active, unfolds := 0, false // how often f is active; whether what is called since then unfolds
	for i := len(m.t.frames) - 1; i >= 0; i-- {
		g := m.t.frames[i].fn
		unfolds = unfolds || g.depth > 0
		if g == f {
			active++
			if !unfolds {
				fail(in.at, "%s is called while it is active: write a loop, or RECURSION(n)", f.name)
			}
		}
	}
	if f.depth > 0 && active >= f.depth {
		return m.wrongOf("WithinBounds", in, f.name+" calls itself too deep")
	}
	bottom := len(m.t.stack) - len(f.params)
	fr := frame{fn: f, bottom: bottom, locals: make([]value, len(f.cells))}
	for i, v := range f.params {
		x := m.t.stack[bottom+i]
		n, ok := v.typ.fit(x.n)
		if !ok {
			return m.wrong(in, "an argument does not fit into "+v.typ.name+" "+v.name)
		}
		fr.locals[v.base] = x.stored(v.typ, n)
	}
	if in.op == opCallFn {
		bottom--
	}
	m.t.stack = m.t.stack[:bottom]
	fr.bottom = bottom
	m.t.frames = append(m.t.frames, fr)
	return done
}

// leave returns from a function. A result is stored: it must fit.
func (m *machine) leave(in *instr) outcome {
	f := m.top()
	result := value{}
	t := f.fn.typ.of
	if in.n == 1 {
		result = m.pop()
		n, ok := t.fit(result.n)
		if !ok {
			return m.wrong(in, "a result does not fit into "+t.name)
		}
		result = m.p.asLoaded(result.stored(t, n)) // kept like one that was loaded
	} else if t.kind != kVoid {
		fail(in.at, "%s can end here without returning a value", f.fn.name)
	}
	m.t.stack = append(m.t.stack[:f.bottom], result)
	m.t.frames = m.t.frames[:len(m.t.frames)-1]
	return done
}

// choose takes one of n values; the step is taken once for each.
func (m *machine) choose(n int) int {
	if m.next == len(m.choices) {
		m.choices, m.among = append(m.choices, 0), append(m.among, n)
	}
	m.next++
	return m.choices[m.next-1]
}

func (m *machine) cpu(in *instr) outcome {
	switch {
	case m.mode != taskMode:
		fail(in.at, "there is no CPU here")
	case m.p.opt.Migrate:
		m.push(value{n: int64(m.choose(m.p.cpus))})
	default:
		m.push(value{n: int64(m.p.tasks[m.task].cpu)})
	}
	return done
}
