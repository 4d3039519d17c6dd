package explorer

// nativeCode is a program as a WebAssembly module, and where things are in its memory.
//
// The module has one function, run(raw, from, to) → done: it visits the states of the batch from
// position from on, until to or until there may be no room for the successors of another state.
// With raw = 0 that is all that a search does with a state but to store what it finds; with raw = 1
// it is only the expansion: every transition then has its successor, in order.
//
// Nothing in the module traps. Where something can't be evaluated in a state, what was found for it
// is dropped and its flag says so: the closures do that state again, and know what to say. A module
// in groups (nativegroup.go) drops all that it found instead, and done is from.
type nativeCode struct {
	module []byte

	stride  int // bytes of a state
	cap     int // transitions that there is room for
	props   int
	maskLen int // words of a mask of properties

	// Addresses.
	// words of 32 bits: the ends of succ, ground and outside; the union of all flags; states at
	// rest
	result    int
	batch     int // states
	flags     int // one word of 32 bits a state
	ends      int // one word of 32 bits a state: the end of its transitions in ground
	hits      int // a mask a state
	undecided int // a mask
	// 64 bits a property: states in the situation, of the properties that have counted set
	situation int
	ground    int // 32 bits a transition
	// successors: all with raw = 1, else those within the constraint that differ from their source
	succ    int
	outside int // successors beyond the constraint
	size    int // bytes in use

	groups *lists // nil: the steps of one state are made after those of another

	counted []bool // by property: situation counts; otherwise every state is in it
}

// Offsets in the result.
const (
	resSucc    = 0
	resGround  = 4
	resOutside = 8
	resFlags   = 12
	resRest    = 16
)

// Flags of a state.
const (
	flagError   = 1 // it is to be done by the closures, nothing else is known
	flagStopped = 2 // Model.Running does not hold
	flagHit     = 4 // its mask in hits is not empty
)

// nativeBatch is the most states in one call of run.
const nativeBatch = chunk

// newNativeCode translates c. It returns nil if the module would be larger than maxModule.
func newNativeCode(c *compiled) *nativeCode {
	n := &nativeCode{
		stride:  8 * c.layout.Words,
		cap:     max(1<<12+len(c.grounds), min(1<<15, nativeBatch*c.mostSteps())),
		props:   len(c.model.Properties),
		maskLen: (len(c.model.Properties) + 63) / 64,
		counted: make([]bool, len(c.model.Properties)),
	}
	at := 0
	place := func(bytes int) int {
		p := at
		at += (bytes + 63) &^ 63
		return p
	}
	n.result = place(64)
	n.batch = place(nativeBatch * n.stride)
	n.flags = place(nativeBatch * 4)
	n.ends = place(nativeBatch * 4)
	n.hits = place(nativeBatch * 8 * n.maskLen)
	n.undecided = place(8 * n.maskLen)
	n.situation = place(8 * n.props)
	lists := newLists(c, n.cap, place)
	n.ground = place(4 * n.cap)
	n.succ = place(n.stride * n.cap)
	if c.preds[PredConstraint] != nil {
		n.outside = place(n.stride * n.cap)
	}
	n.size = at
	w := &nativeWriter{nativeCode: n, c: c, e: newEmitter(c.cells, c.layout), lists: lists}
	w.m.pages = uint32((at + 1<<16 - 1) >> 16)
	w.m.globals = numGlobals
	if !w.run() {
		return nil
	}
	n.module = w.m.bytes()
	return n
}

// maxModule is how many bytes of code are worth compiling: wazero takes about a second for a
// megabyte.
const maxModule = 8 << 20

// nativeWriter writes the functions of a nativeCode.
type nativeWriter struct {
	*nativeCode
	c     *compiled
	e     *emitter
	m     wasmModule
	lists *lists // of a module in groups
	size  int    // of the code so far
}

// run writes the function run and all that it calls; it reports whether the code stays below
// maxModule.
func (n *nativeWriter) run() bool {
	var check *wasmFunc
	if n.props > 0 {
		check = n.check()
	}
	arms, always := n.arms()
	if n.size > maxModule {
		return false
	}

	if n.groups != nil {
		n.runGroups(arms, always, check)
		return n.size <= maxModule
	}
	f := n.m.function("run", []byte{wI32, wI32, wI32}, []byte{wI32})
	const raw, i, to = 0, 1, 2
	p, flags := f.local(wI32), f.local(wI32)
	rest, anyFlags, rests := f.local(wI32), f.local(wI32), f.local(wI32)
	at := f.local(wI32) // four times i
	k := newSink(f, raw)
	// the lists, at the beginning of a state
	before := []int{f.local(wI32), f.local(wI32), f.local(wI32)}
	c := newCoder(f, n.e, p)
	c.bases = append(c.bases, k.lists()...)
	f.get(raw)
	f.setGlobal(gRaw)
	for i, at := range []int{n.succ, n.ground, n.outside} {
		f.i32(int32(at))
		f.set(k.lists()[i])
	}

	exit := f.block(wVoid)
	next := f.loop(wVoid)
	f.get(i)
	f.get(to)
	f.op(wI32GeU)
	f.jumpIf(exit)
	f.get(k.ground)
	f.i32(int32(n.ground + 4*(n.cap-len(n.c.grounds))))
	f.op(wI32GtU)
	f.jumpIf(exit)
	n.locate(c, i, n.batch)
	f.get(i)
	f.i32(2)
	f.op(wI32Shl)
	f.set(at)
	for i, l := range k.lists() {
		f.get(l)
		f.set(before[i])
	}
	f.i32(0)
	f.set(k.moves)
	f.i32(0)
	f.set(flags)
	f.i32(0)
	f.set(rest)
	done := f.block(wVoid)
	c.fail = f.block(wVoid)
	c.load()
	expanded := f.block(wVoid)
	if n.c.running != nil {
		f.i32(flagStopped)
		f.set(flags)
		c.unless(n.c.program.running, expanded)
		f.i32(0)
		f.set(flags)
	}
	for i, t := range n.c.tables {
		n.dispatch(c, t.place, arms[i], k)
	}
	for _, a := range always {
		n.take(c, a, k)
	}
	f.get(k.moves)
	f.op(wI32Eqz)
	f.set(rest)
	f.end()
	if check != nil {
		n.decide(c, check, raw, rest, at, flags)
	}
	f.get(rests)
	f.get(rest)
	f.op(wI32Add)
	f.set(rests)
	f.jump(done)
	f.end() // fail
	for i, l := range k.lists() {
		f.get(before[i])
		f.set(l)
	}
	f.i32(flagError)
	f.set(flags)
	f.end() // done
	f.get(at)
	f.get(flags)
	f.store32(n.flags)
	f.get(at)
	f.get(k.ground)
	f.store32(n.ends)
	f.get(anyFlags)
	f.get(flags)
	f.op(wI32Or)
	f.set(anyFlags)
	f.get(i)
	f.i32(1)
	f.op(wI32Add)
	f.set(i)
	f.jump(next)
	f.end()
	f.end()
	for _, r := range []struct{ at, local int }{
		{resSucc, k.succ}, {resGround, k.ground}, {resOutside, k.outside}, {resFlags, anyFlags}, {resRest, rests},
	} {
		f.i32(int32(n.result))
		f.get(r.local)
		f.store32(r.at)
	}
	f.get(i)
	n.size += len(f.code)
	return n.size <= maxModule
}

// locate sets the state of c to the address of the one with the number in local i, if that with the
// number 0 is, or would be, at first.
func (n *nativeWriter) locate(c *coder, i, first int) {
	c.get(i)
	c.i32(int32(n.stride))
	c.op(wI32Mul)
	c.i32(int32(first))
	c.op(wI32Add)
	c.set(c.state)
}

// decide adds to flags what check says of a state, unless it is only expanded; at is four times its
// position in the batch.
func (n *nativeWriter) decide(c *coder, check *wasmFunc, raw, rest, at, flags int) {
	result := c.local(wI32)
	past := c.block(wVoid)
	c.get(raw)
	c.jumpIf(past)
	c.get(c.state)
	c.get(rest)
	c.get(at)
	c.i32(int32(2 * n.maskLen))
	c.op(wI32Mul)
	c.i32(int32(n.hits))
	c.op(wI32Add)
	c.call(check)
	c.tee(result)
	c.i32(flagError)
	c.op(wI32And)
	c.jumpIf(c.fail)
	c.get(flags)
	c.get(result)
	c.op(wI32Or)
	c.set(flags)
	c.end()
}
