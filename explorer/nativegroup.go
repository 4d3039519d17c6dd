package explorer

// In a large model each step is a function, and it is made in all states of a batch in which the
// program counter, or whatever is asked for first, allows it, before the next one is: so the code
// of a step comes from memory once in a batch, and the processor can guess what it jumps over.
// State by state, hundreds of functions of some hundred bytes to some kilobytes would take turns,
// which are more than its caches hold beside the states.
//
// It is right as nothing in a search depends on the order in which transitions are found: the lists
// of successors are the same, but for their order. Where something can't be evaluated, nothing is
// known of the whole batch, as the successors of that state are anywhere in the lists; then its
// states are visited one by one.

// lists is where the lists of states are: one for each arm, of the states that have one of its
// contents. A state is a number from 1 on; it is in one list of each table, and for each table
// there is an array with the next state of the list.
type lists struct {
	most  int // states in a batch, so that there is room for what they lead to
	moves int // address, one word of 32 bits a state: not 0 if it is not at rest
	// addresses by table, and of the list of all running states, one word of 32 bits a state: the
	// next one, or 0
	next   []int
	heads  int     // address, one word of 32 bits a list: the first state, or 0
	many   int     // how many
	lookup int     // address, one word of 32 bits a content of each table: the address of the head
	tables []int32 // what is there
}

// The first list is of the states that have a content for which there is no step, the second of all
// that are running.
const (
	listNone = iota
	listAll
	numLists
)

// newLists places the lists of a module that has room for so many transitions.
func newLists(c *compiled, room int, place func(bytes int) int) *lists {
	l := &lists{most: max(1, min(nativeBatch, room/max(1, c.mostSteps())))}
	l.moves = place(4 * nativeBatch)
	contents := 0
	for _, t := range c.tables {
		l.next = append(l.next, place(4*nativeBatch))
		contents += len(t.steps)
	}
	l.next = append(l.next, place(4*nativeBatch))
	l.heads = place(4 * (numLists + contents))
	l.lookup = place(4 * contents)
	return l
}

// function writes a function (first) → failed that makes a step of a in those states of a list in
// which it is enabled.
func (n *nativeWriter) function(s *step, a *arm) *wasmFunc {
	f := n.m.function("", []byte{wI32}, []byte{wI32})
	const i = 0
	c := newCoder(f, n.e, f.local(wI32))
	k := newSink(f, f.local(wI32))
	at, next := f.local(wI32), f.local(wI32)
	c.bases = append(c.bases, at, k.succ)
	fields := []int{gSucc: k.succ, gGround: k.ground, gOutside: k.outside, gRaw: k.raw}
	for g, l := range fields {
		f.getGlobal(g)
		f.set(l)
	}
	c.fail = f.block(wVoid)
	again := f.loop(wVoid)
	n.locate(c, i, n.batch-n.stride)
	f.get(i)
	f.i32(2)
	f.op(wI32Shl)
	f.tee(at)
	// the highest address first: the compiler then knows that the other is within the memory, too
	f.load32(n.lists.next[a.table] - 4)
	f.set(next)
	c.load()
	past := c.block(wVoid)
	c.unless(s.rest, past)
	if n.c.grounds[s.ground].owed {
		f.i32(0)
		f.set(k.moves)
		n.step(c, s, a, k)
		f.get(at)
		f.get(at)
		f.load32(n.lists.moves - 4)
		f.get(k.moves)
		f.op(wI32Or)
		f.store32(n.lists.moves - 4)
	} else {
		n.step(c, s, a, k)
	}
	c.end()
	f.get(next)
	f.tee(i)
	f.jumpIf(again)
	f.end()
	for g, l := range fields[:gRaw] {
		f.get(l)
		f.setGlobal(g)
	}
	f.i32(0)
	f.op(wReturn)
	f.end()
	f.i32(1)
	n.size += len(f.code)
	return f
}

// grouper writes the function run of a module in groups.
type grouper struct {
	*nativeWriter
	*coder
	// locals: the number of a state, four times that less one, 0, the address of a head
	i, at, zero, slot int
}

// runGroups writes the function run: it lists the states, calls the functions of the steps, and
// decides the properties.
func (n *nativeWriter) runGroups(tables [][]*arm, always []*arm, check *wasmFunc) {
	f := n.m.function("run", []byte{wI32, wI32, wI32}, []byte{wI32})
	const raw, from, to = 0, 1, 2
	c := &grouper{nativeWriter: n, coder: newCoder(f, n.e, f.local(wI32))}
	c.i, c.at, c.zero, c.slot = f.local(wI32), f.local(wI32), f.local(wI32), f.local(wI32)
	rest, rests, flags, anyFlags := f.local(wI32), f.local(wI32), f.local(wI32), f.local(wI32)
	c.bases = append(c.bases, c.at, c.zero)
	arms := n.placeHeads(tables, always)

	f.get(raw)
	f.setGlobal(gRaw)
	for g, at := range []int{gSucc: n.succ, gGround: n.ground, gOutside: n.outside} {
		f.i32(int32(at))
		f.setGlobal(g)
	}
	c.fail = f.block(wVoid)
	c.each(from, to, func() { c.enlist(len(always) > 0) })
	f.get(c.zero)
	// for the compiler to know that all heads are within the memory
	f.load32(n.lists.heads + 4*(n.lists.many-1))
	f.op(wDrop)
	for _, a := range arms {
		past := f.block(wVoid)
		f.get(c.zero)
		f.load32(a.head)
		f.tee(c.i)
		f.jumpUnless(past)
		for _, step := range a.functions {
			f.get(c.i)
			f.call(step)
			f.jumpIf(c.fail)
		}
		c.end()
	}
	c.each(from, to, func() {
		f.get(c.at)
		f.load32(n.lists.moves)
		f.op(wI32Eqz)
		f.tee(rest)
		f.get(rests)
		f.op(wI32Add)
		f.set(rests)
		if check == nil {
			return
		}
		f.get(c.at)
		f.load32(n.flags)
		f.set(flags)
		n.decide(c.coder, check, raw, rest, c.at, flags)
		f.get(c.at)
		f.get(flags)
		f.store32(n.flags)
		f.get(anyFlags)
		f.get(flags)
		f.op(wI32Or)
		f.set(anyFlags)
	})
	for _, r := range []struct{ at, global int }{{resSucc, gSucc}, {resGround, gGround}, {resOutside, gOutside}} {
		f.i32(int32(n.result))
		f.getGlobal(r.global)
		f.store32(r.at)
	}
	for _, r := range []struct{ at, local int }{{resFlags, anyFlags}, {resRest, rests}} {
		f.i32(int32(n.result))
		f.get(r.local)
		f.store32(r.at)
	}
	f.get(to)
	f.op(wReturn)
	f.end()
	f.get(from)
	n.size += len(f.code)
}

// placeHeads gives each arm its list, and returns all arms.
func (n *nativeWriter) placeHeads(tables [][]*arm, always []*arm) []*arm {
	l := n.lists
	head := func(list int) int { return l.heads + 4*list }
	l.many = numLists
	var all []*arm
	for _, t := range tables {
		for _, a := range t {
			switch {
			case a == nil:
				l.tables = append(l.tables, int32(head(listNone)))
				continue
			case a.head == 0:
				a.head = head(l.many)
				l.many++
				all = append(all, a)
			}
			l.tables = append(l.tables, int32(a.head))
		}
	}
	for _, a := range always {
		a.head = head(listAll)
	}
	return append(all, always...)
}

// each does something for each state from position from on to to.
func (c *grouper) each(from, to int, do func()) {
	c.get(from)
	c.set(c.i)
	exit := c.block(wVoid)
	again := c.loop(wVoid)
	c.get(c.i)
	c.get(to)
	c.op(wI32GeU)
	c.jumpIf(exit)
	c.get(c.i)
	c.i32(2)
	c.op(wI32Shl)
	c.set(c.at)
	c.get(c.i)
	c.i32(1)
	c.op(wI32Add)
	c.set(c.i)
	c.locate(c.coder, c.i, c.batch-c.stride)
	do()
	c.jump(again)
	c.wasmFunc.end()
	c.end()
}

// enlist puts a state at the head of the list of each arm for which it has a content, if it is
// running.
func (c *grouper) enlist(always bool) {
	l := c.lists
	c.load()
	c.get(c.at)
	c.load32(l.next[len(l.next)-1]) // as in function
	c.op(wDrop)
	enlist := func() {
		at := l.lookup
		for t, table := range c.nativeWriter.c.tables {
			c.bits(table.place)
			c.op(wWrap)
			c.i32(2)
			c.op(wI32Shl)
			c.load32(at)
			c.set(c.slot)
			c.push(l.next[t], func() { c.get(c.slot) }, 0)
			at += 4 * len(table.steps)
		}
		if always {
			c.push(l.next[len(l.next)-1], func() { c.i32(0) }, l.heads+4*listAll)
		}
	}
	mark := func(at, n int) {
		c.get(c.at)
		c.i32(int32(n))
		c.store32(at)
	}
	mark(l.moves, 0)
	mark(c.flags, 0)
	if c.nativeWriter.c.running == nil {
		enlist()
		return
	}
	out := c.block(wVoid)
	stopped := c.block(wVoid)
	c.unless(c.nativeWriter.c.program.running, stopped)
	enlist()
	c.jump(out)
	c.end()
	mark(l.moves, 1)
	mark(c.flags, flagStopped)
	c.end()
}

// push puts the state at the head of a list.
func (c *grouper) push(next int, head func(), offset int) {
	c.get(c.at)
	head()
	c.load32(offset)
	c.store32(next)
	head()
	c.get(c.i)
	c.store32(offset)
}
