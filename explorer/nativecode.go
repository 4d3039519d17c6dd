package explorer

import (
	"fmt"
	"slices"

	"mcheck/spec"
)

// nativeCode is a program as a WebAssembly module, and where things are in its memory.
//
// The module has one function, run(raw, from, to) → done: it visits the states of the batch from position from on, until to or until there may be no
// room for the successors of another state. With raw = 0 that is all that a search does with a state but to store what it finds; with raw = 1 it is
// only the expansion: every transition then has its successor, in order.
//
// Nothing in the module traps. Where something can't be evaluated in a state, what was found for it is dropped and its flag says so: the closures
// do that state again, and know what to say.
type nativeCode struct {
	module []byte

	stride  int // bytes of a state
	cap     int // transitions that there is room for
	props   int
	maskLen int // words of a mask of properties

	// Addresses.
	result    int // words of 32 bits: the ends of succ, ground and outside; the union of all flags; states at rest
	batch     int // states
	flags     int // one word of 32 bits a state
	ends      int // one word of 32 bits a state: the end of its transitions in ground
	hits      int // a mask a state
	undecided int // a mask
	situation int // 64 bits a property: states in the situation, of the properties that have counted set
	ground    int // 32 bits a transition
	succ      int // successors: all with raw = 1, else those within the constraint that differ from their source
	outside   int // successors beyond the constraint
	size      int // bytes in use

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

// Globals of the module.
const (
	gSucc    = iota // ends of the lists
	gGround         //
	gOutside        //
	gMoves          // an owed step of this state leads elsewhere
	gRaw            // the parameter of run
	numGlobals
)

// nativeBatch is the most states in one call of run.
const nativeBatch = chunk

// newNativeCode translates c. It returns nil if the module would be larger than maxModule.
func newNativeCode(c *compiled) *nativeCode {
	n := &nativeCode{
		stride:  8 * c.layout.Words,
		cap:     1<<12 + len(c.grounds),
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
	n.ground = place(4 * n.cap)
	n.succ = place(n.stride * n.cap)
	if c.preds[PredConstraint] != nil {
		n.outside = place(n.stride * n.cap)
	}
	n.size = at
	w := &nativeWriter{nativeCode: n, c: c, e: newEmitter(c.cells, c.layout)}
	w.m.pages = uint32((at + 1<<16 - 1) >> 16)
	w.m.globals = numGlobals
	if !w.run() {
		return nil
	}
	n.module = w.m.bytes()
	return n
}

// maxModule is how many bytes of code are worth compiling: wazero takes about a second for a megabyte.
const maxModule = 8 << 20

// nativeWriter writes the functions of a nativeCode.
type nativeWriter struct {
	*nativeCode
	c          *compiled
	e          *emitter
	m          wasmModule
	constraint *wasmFunc
	size       int // of the code so far
}

// run writes the function run and all that it calls; it reports whether the code stays below maxModule.
func (n *nativeWriter) run() bool {
	if n.c.preds[PredConstraint] != nil {
		n.constraint = n.inside()
	}
	var check *wasmFunc
	if n.props > 0 {
		check = n.check()
	}
	arms := make([][]*wasmFunc, len(n.c.tables)) // by content
	for i, t := range n.c.tables {
		known := map[string]*wasmFunc{}
		for _, list := range t.steps {
			if len(list) == 0 {
				arms[i] = append(arms[i], nil)
				continue
			}
			key := fmt.Sprint(list)
			if known[key] == nil {
				known[key] = n.steps(list)
			}
			arms[i] = append(arms[i], known[key])
			if n.size > maxModule {
				return false
			}
		}
	}
	var always []*wasmFunc
	for list := range slices.Chunk(n.c.always, 16) {
		always = append(always, n.steps(list))
		if n.size > maxModule {
			return false
		}
	}

	f := n.m.function("run", []byte{wI32, wI32, wI32}, []byte{wI32})
	const raw, i, to = 0, 1, 2
	p, flags := f.local(wI32), f.local(wI32)
	succ, ground, outside, rest := f.local(wI32), f.local(wI32), f.local(wI32), f.local(wI32)
	c := newCoder(f, n.e, p)
	f.get(raw)
	f.setGlobal(gRaw)
	for g, at := range []int{gSucc: n.succ, gGround: n.ground, gOutside: n.outside} {
		f.i32(int32(at))
		f.setGlobal(g)
	}
	f.i32(int32(n.result))
	f.i32(0)
	f.store32(resFlags)
	f.i32(int32(n.result))
	f.i32(0)
	f.store32(resRest)

	exit := f.block(wVoid)
	next := f.loop(wVoid)
	f.get(i)
	f.get(to)
	f.op(wI32GeU)
	f.jumpIf(exit)
	f.getGlobal(gGround)
	f.i32(int32(n.ground + 4*(n.cap-len(n.c.grounds))))
	f.op(wI32GtU)
	f.jumpIf(exit)
	f.get(i)
	f.i32(int32(n.stride))
	f.op(wI32Mul)
	f.i32(int32(n.batch))
	f.op(wI32Add)
	f.set(p)
	for g, l := range []int{gSucc: succ, gGround: ground, gOutside: outside} {
		f.getGlobal(g)
		f.set(l)
	}
	f.i32(0)
	f.setGlobal(gMoves)
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
	for k, t := range n.c.tables {
		n.dispatch(c, t.place, arms[k])
	}
	for _, g := range always {
		n.callSteps(c, g)
	}
	f.getGlobal(gMoves)
	f.op(wI32Eqz)
	f.set(rest)
	f.end()
	if check != nil {
		f.get(raw)
		f.op(wI32Eqz)
		f.when(wVoid)
		f.get(p)
		f.get(rest)
		f.get(i)
		f.i32(int32(8 * n.maskLen))
		f.op(wI32Mul)
		f.i32(int32(n.hits))
		f.op(wI32Add)
		f.call(check)
		result := f.local(wI32)
		f.tee(result)
		f.i32(flagError)
		f.op(wI32And)
		f.jumpIf(c.fail)
		f.get(flags)
		f.get(result)
		f.op(wI32Or)
		f.set(flags)
		f.end()
	}
	f.i32(int32(n.result))
	f.i32(int32(n.result))
	f.load32(resRest)
	f.get(rest)
	f.op(wI32Add)
	f.store32(resRest)
	f.jump(done)
	f.end() // fail
	for g, l := range []int{gSucc: succ, gGround: ground, gOutside: outside} {
		f.get(l)
		f.setGlobal(g)
	}
	f.i32(flagError)
	f.set(flags)
	f.end() // done
	at := f.local(wI32)
	f.get(i)
	f.i32(2)
	f.op(wI32Shl)
	f.tee(at)
	f.get(flags)
	f.store32(n.flags)
	f.get(at)
	f.getGlobal(gGround)
	f.store32(n.ends)
	f.i32(int32(n.result))
	f.i32(int32(n.result))
	f.load32(resFlags)
	f.get(flags)
	f.op(wI32Or)
	f.store32(resFlags)
	f.get(i)
	f.i32(1)
	f.op(wI32Add)
	f.set(i)
	f.jump(next)
	f.end()
	f.end()
	for g, at := range []int{gSucc: resSucc, gGround: resGround, gOutside: resOutside} {
		f.i32(int32(n.result))
		f.getGlobal(g)
		f.store32(at)
	}
	f.get(i)
	return true
}

// dispatch calls the function for the content of a cell.
func (n *nativeWriter) dispatch(c *coder, p place, arms []*wasmFunc) {
	var some []*wasmFunc
	for _, g := range arms {
		if g != nil && !slices.Contains(some, g) {
			some = append(some, g)
		}
	}
	if len(some) == 0 {
		return
	}
	end := c.block(wVoid)
	blocks := map[*wasmFunc]int{nil: end}
	for _, g := range slices.Backward(some) {
		blocks[g] = c.block(wVoid)
	}
	to := make([]int, 0, len(arms)+1)
	for _, g := range append(arms, nil) {
		to = append(to, blocks[g])
	}
	c.bits(p)
	c.op(wWrap)
	c.jumpTable(to)
	for _, g := range some {
		c.end()
		n.callSteps(c, g)
		c.jump(end)
	}
	c.end()
}

func (n *nativeWriter) callSteps(c *coder, g *wasmFunc) {
	c.get(c.state)
	c.call(g)
	c.jumpIf(c.fail)
}

// steps writes a function (state) → failed that makes the steps of list that are enabled.
func (n *nativeWriter) steps(list []*step) *wasmFunc {
	f := n.m.function("", []byte{wI32}, []byte{wI32})
	c := newCoder(f, n.e, 0)
	succ, ground, changed := f.local(wI32), f.local(wI32), f.local(wI32)
	c.fail = f.block(wVoid)
	c.load()
	for _, s := range list {
		skip := f.block(wVoid)
		c.unless(s.rest, skip)
		g := n.c.grounds[s.ground]
		written := c.body(g.body)

		f.getGlobal(gGround)
		f.tee(ground)
		f.i32(s.ground)
		f.store32(0)
		f.get(ground)
		f.i32(4)
		f.op(wI32Add)
		f.setGlobal(gGround)
		f.getGlobal(gSucc)
		f.set(succ)
		for i := range n.e.layout.Words {
			f.get(succ)
			if written[i] {
				f.get(c.now[i])
			} else {
				c.word(i)
			}
			f.store64(8 * i)
		}
		f.i64(0)
		for _, i := range sorted(written) {
			f.get(c.now[i])
			c.word(i)
			f.op(wXor, wOr)
		}
		f.op(wI64Eqz, wI32Eqz)
		f.set(changed)
		if g.owed {
			f.getGlobal(gMoves)
			f.get(changed)
			f.op(wI32Or)
			f.setGlobal(gMoves)
		}
		if n.constraint != nil {
			// Of a raw expansion, and of steps that change nothing, the constraint is not asked.
			f.get(changed)
			f.getGlobal(gRaw)
			f.op(wI32Eqz, wI32And)
			f.when(wVoid)
			n.sift(c, succ)
			f.jump(skip)
			f.end()
			f.getGlobal(gRaw)
			f.set(changed)
		} else {
			f.get(changed)
			f.getGlobal(gRaw)
			f.op(wI32Or)
			f.set(changed)
		}
		// The successor stays where it is only if it is wanted.
		f.get(succ)
		f.i32(int32(n.stride))
		f.i32(0)
		f.get(changed)
		f.op(wSelect, wI32Add)
		f.setGlobal(gSucc)
		f.end()
	}
	f.i32(0)
	f.op(wReturn)
	f.end()
	f.i32(1)
	n.size += len(f.code)
	return f
}

// sift keeps the successor at the address in a local where the constraint says.
func (n *nativeWriter) sift(c *coder, succ int) {
	result := c.local(wI32)
	c.get(succ)
	c.call(n.constraint)
	c.tee(result)
	c.i32(flagError)
	c.op(wI32And)
	c.jumpIf(c.fail)
	c.get(result)
	c.when(wVoid)
	for i := range n.e.layout.Words {
		c.getGlobal(gOutside)
		c.get(succ)
		c.load64(8 * i)
		c.store64(8 * i)
	}
	n.advance(c, gOutside)
	c.otherwise()
	n.advance(c, gSucc)
	c.end()
}

func (n *nativeWriter) advance(c *coder, global int) {
	c.getGlobal(global)
	c.i32(int32(n.stride))
	c.op(wI32Add)
	c.setGlobal(global)
}

// inside writes the function (state) → 0: within the constraint, flagError, or another number: beyond it.
func (n *nativeWriter) inside() *wasmFunc {
	f := n.m.function("", []byte{wI32}, []byte{wI32})
	c := newCoder(f, n.e, 0)
	c.fail = f.block(wVoid)
	no := f.block(wVoid)
	c.load()
	c.unless(n.c.program.constraint, no)
	f.i32(0)
	f.op(wReturn)
	f.end()
	f.i32(flagError << 1)
	f.op(wReturn)
	f.end()
	f.i32(flagError)
	n.size += len(f.code)
	return f
}

// check writes the function (state, rest, address of hits) → flags that decides the properties in a state, as [worker.hits] does. The situations
// are counted after everything that may fail was evaluated, so that a state that is to be done again counts once.
func (n *nativeWriter) check() *wasmFunc {
	f := n.m.function("", []byte{wI32, wI32, wI32}, []byte{wI32})
	const rest, hits = 1, 2
	c := newCoder(f, n.e, 0)
	masks := make([]int, n.maskLen)
	for i := range masks {
		masks[i] = f.local(wI64)
	}
	c.fail = f.block(wVoid)
	c.load()
	var later []func()
	order := make([]int, n.props)
	for i := range order {
		order[i] = i
	}
	fails := func(i int) bool { return n.c.fails[predWhen(i)] || n.c.fails[predCond(i)] }
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case fails(i) == fails(j):
			return 0
		case fails(i):
			return -1
		}
		return 1
	})
	for _, i := range order {
		p, pred := n.c.model.Properties[i], n.c.program.props[i]
		atRest := p.Kind == spec.AtRest || p.Kind == spec.Deadlock
		n.counted[i] = atRest || !pred.when.is(1)
		count := func() {
			at := n.situation + 8*i
			f.i32(0)
			f.i32(0)
			f.load64(at)
			f.i64(1)
			f.op(wAdd)
			f.store64(at)
		}
		evaluate := func() {
			c.cond(pred.cond)
			f.op(wDrop)
		}
		skip := f.block(wVoid)
		if atRest {
			f.get(rest)
			f.op(wI32Eqz)
			f.jumpIf(skip)
		}
		if !pred.when.is(1) {
			if p.Kind == spec.CanRest && pred.cond.fails {
				evaluate()
			}
			c.unless(pred.when, skip)
		}
		if n.counted[i] {
			if fails(i) {
				in := f.local(wI32)
				f.i32(1)
				f.set(in)
				later = append(later, func() {
					f.get(in)
					f.when(wVoid)
					count()
					f.end()
				})
			} else {
				count()
			}
		}
		if p.Kind == spec.CanRest || p.Kind == spec.Eventually || p.Kind == spec.LeadsTo {
			if pred.cond.fails {
				evaluate()
			}
			f.end()
			continue
		}
		m := masks[i/64]
		c.cond(pred.cond)
		if p.Kind != spec.Cover {
			f.op(wI32Eqz)
		}
		f.op(wExtend)
		f.i64(int64(i % 64))
		f.op(wShl)
		f.get(m)
		f.op(wOr)
		f.set(m)
		f.end()
	}
	for _, l := range later {
		l()
	}
	f.i64(0)
	for i, m := range masks {
		f.i32(0)
		f.load64(n.undecided + 8*i)
		f.get(m)
		f.op(wAnd)
		f.tee(m)
		f.op(wOr)
		f.get(hits)
		f.get(m)
		f.store64(8 * i)
	}
	f.op(wI64Eqz, wI32Eqz)
	f.i32(2) // flagHit is 1<<2
	f.op(wI32Shl, wReturn)
	f.end()
	f.i32(flagError)
	n.size += len(f.code)
	return f
}
