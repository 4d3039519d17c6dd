package explorer

import (
	"fmt"
	"slices"
)

// coder writes the code of nodes into a function of a module. It says with every instruction what
// the closures of emit.go do; an evaluation error leaves the block fail, and nothing that it says
// depends on what was going on.
type coder struct {
	*wasmFunc
	e     *emitter
	state int   // local: address of the old state
	old   []int // locals with the words of the old state; nil: they are read from memory
	now   []int // locals with the words of the new state, where they may differ
	fail  int   // block
	bases []int // locals with addresses, that of the old state among them
}

// maxKept is the most words of a state that are kept in locals.
const maxKept = 4

func newCoder(f *wasmFunc, e *emitter, state int) *coder {
	c := &coder{wasmFunc: f, e: e, state: state, bases: []int{state}}
	for range e.layout.Words {
		c.now = append(c.now, f.local(wI64))
		if e.layout.Words <= maxKept {
			c.old = append(c.old, f.local(wI64))
		}
	}
	return c
}

// load fills the locals with the state.
func (c *coder) load() {
	if c.old == nil {
		// The compiler then knows that all words are within the memory.
		c.get(c.state)
		c.load64(8 * (len(c.now) - 1))
		c.op(wDrop)
	}
	for i, l := range slices.Backward(c.old) { // for the same reason
		c.get(c.state)
		c.load64(8 * i)
		c.set(l)
	}
}

func (c *coder) word(i int) {
	if c.old != nil {
		c.get(c.old[i])
		return
	}
	c.get(c.state)
	c.load64(8 * i)
}

// bits pushes the raw content of a cell.
func (c *coder) bits(p place) {
	c.word(p.Word)
	if p.Shift > 0 {
		c.i64(int64(p.Shift))
		c.op(wShrU)
	}
	if p.Mask != ^uint64(0)>>p.Shift { // else nothing lies above it
		c.i64(int64(p.Mask))
		c.op(wAnd)
	}
}

func (c *coder) plus(n int64) {
	if n != 0 {
		c.i64(n)
		c.op(wAdd)
	}
}

// int pushes the value of x as an i64.
func (c *coder) int(x *node) {
	switch x.op {
	case opConst:
		c.i64(x.n)
	case opCell:
		p := c.e.place(x.n)
		c.bits(p)
		c.plus(p.lo)
	case opSelect:
		c.selection(x)
	case opFail:
		c.jump(c.fail)
	case opCheck:
		c.check(x)
	case opStrict:
		for _, y := range x.list {
			c.int(y)
			c.op(wDrop)
		}
		c.int(x.a)
	case opNot, opAnd, opOr, opAll, opEq, opLt, opLe, opBit:
		c.cond(x)
		c.op(wExtend)
	case opIte:
		if leaf(x.b) && leaf(x.c) {
			c.int(x.b)
			c.int(x.c)
			c.cond(x.a)
			c.op(wSelect)
			return
		}
		c.branch(wI64, x.a, func() { c.int(x.b) }, func() { c.int(x.c) })
	case opAdd:
		c.both(x, wAdd)
	case opSub:
		c.both(x, wSub)
	case opMul:
		c.both(x, wMul)
	case opBitAnd:
		c.both(x, wAnd)
	case opBitOr:
		c.both(x, wOr)
	case opAndNot:
		c.int(x.a)
		if x.b.op == opConst {
			c.i64(^x.b.n)
		} else {
			c.int(x.b)
			c.i64(-1)
			c.op(wXor)
		}
		c.op(wAnd)
	case opMin, opMax:
		left, right := x.a, x.b
		if left.op == opConst {
			left, right = right, left // see compare
		}
		a, b := c.local(wI64), c.local(wI64)
		c.int(left)
		c.tee(a)
		c.int(right)
		c.tee(b)
		c.get(a)
		c.get(b)
		if x.op == opMin {
			c.op(wI64LtS)
		} else {
			c.op(wI64GtS)
		}
		c.op(wSelect)
	case opDiv, opMod:
		c.division(x)
	case opSum:
		for i, y := range x.list {
			c.int(y)
			if i > 0 {
				c.op(wAdd)
			}
		}
	case opPop:
		c.int(x.a)
		c.op(wPopcnt)
	case opShl:
		c.i64(1)
		c.int(x.a)
		c.plus(-x.n)
		c.op(wShl)
	default:
		panic(fmt.Sprintf("unhandled op %d", x.op))
	}
}

func leaf(x *node) bool { return x.op == opConst || x.op == opCell }

func (c *coder) both(x *node, o wop) {
	c.int(x.a)
	c.int(x.b)
	c.op(o)
}

// compare pushes x.a o x.b, as its mirror image where x.a is a constant: wazero 1.12 gets "0 < (v &
// m)" wrong where a branch is made of it (it takes the flags of the conjunction but not the
// condition the other way round).
func (c *coder) compare(x *node, o, mirrored wop) {
	if x.a.op != opConst {
		c.both(x, o)
		return
	}
	c.int(x.b)
	c.int(x.a)
	c.op(mirrored)
}

// check pushes x.b after the test of a check.
func (c *coder) check(x *node) {
	if x.a != nil {
		c.unless(x.a, c.fail)
		c.int(x.b)
		return
	}
	v := c.local(wI64)
	c.int(x.b)
	c.tee(v)
	c.plus(-x.n)
	c.i64(x.m - x.n)
	if x.m == x.n {
		// wazero 1.12 gets "(v & m) > 0" of unsigned numbers wrong on arm64, for the same reason as
		// in compare
		c.op(wI64Ne)
	} else {
		c.op(wI64GtU) // of numbers from x.n on, so one comparison does for both ends
	}
	c.jumpIf(c.fail)
	c.get(v)
}

// division rounds down: where the remainder is negative the quotient of the processor is one too
// large.
func (c *coder) division(x *node) {
	a, b, r := c.local(wI64), c.local(wI64), c.local(wI64)
	c.int(x.a)
	c.set(a)
	c.int(x.b)
	c.tee(b)
	if x.b.lo < 1 {
		c.i64(1)
		c.op(wI64LtS)
		c.jumpIf(c.fail)
		c.get(b)
	}
	c.op(wDrop)
	c.get(a)
	c.get(b)
	c.op(wRemS)
	c.set(r)
	if x.op == opMod {
		c.get(r)
		c.get(b)
		c.get(r)
		c.i64(63)
		c.op(wShrS, wAnd, wAdd)
		return
	}
	c.get(a)
	c.get(b)
	c.op(wDivS)
	c.get(r)
	c.i64(63)
	c.op(wShrS, wAdd)
}

// selection pushes x.list[x.a-x.n].
func (c *coder) selection(x *node) {
	if p, step, ok := c.e.even(x.list); ok {
		c.word(p.Word)
		c.int(x.a)
		if step != 1 {
			c.i64(int64(step))
			c.op(wMul)
		}
		c.plus(int64(p.Shift) - x.n*int64(step))
		c.op(wShrU) // by so many bits modulo 64
		c.i64(int64(p.Mask))
		c.op(wAnd)
		c.plus(p.lo)
		return
	}
	out := c.block(wI64)
	c.cases(len(x.list), func() {
		c.int(x.a)
		c.plus(-x.n)
		c.op(wWrap)
	}, func(i int) {
		c.int(x.list[i])
		c.jump(out)
	})
	c.jump(c.fail) // never: the index is in range
	c.end()
}

// cases runs the i-th of n pieces of code, i being what index pushes. The pieces must not run into
// their end.
func (c *coder) cases(n int, index func(), f func(i int)) {
	to := make([]int, n)
	for i := n - 1; i >= 0; i-- {
		to[i] = c.block(wVoid)
	}
	index()
	c.jumpTable(to)
	for i := range n {
		c.end()
		f(i)
	}
}

// cond pushes the truth value of x as an i32, 0 or 1.
func (c *coder) cond(x *node) {
	if t, ok := c.e.asMask(x); ok {
		c.maskTest(t)
		return
	}
	if t, ok := c.e.asTable(x); ok {
		c.tableTest(t)
		return
	}
	switch x.op {
	case opConst:
		c.i32(int32(x.n))
	case opNot:
		if t, ok := c.e.asMask(x.a); ok {
			c.maskTest(t)
		} else {
			c.cond(x.a)
		}
		c.op(wI32Eqz)
	case opAnd:
		c.junction(x, 1)
	case opOr:
		c.junction(noneOf(x), 0)
	case opAll:
		for i, y := range x.list {
			c.cond(y)
			if i > 0 {
				c.op(wI32And)
			}
		}
	case opIte:
		c.branch(wI32, x.a, func() { c.cond(x.b) }, func() { c.cond(x.c) })
	case opEq:
		c.both(x, wI64Eq)
	case opLt:
		c.compare(x, wI64LtS, wI64GtS)
	case opLe:
		c.compare(x, wI64LeS, wI64GeS)
	case opBit:
		i := c.local(wI64)
		c.int(x.b)
		c.int(x.a)
		c.plus(-x.n)
		c.tee(i)
		c.op(wShrU)
		c.i64(1)
		c.op(wAnd, wWrap)
		c.get(i)
		c.i64(x.m)
		c.op(wI64LtU, wI32And)
	default:
		c.int(x)
		c.i64(0)
		c.op(wI64Ne)
	}
}

// junction pushes yes where the conjunction x holds, and 1-yes where it does not.
func (c *coder) junction(x *node, yes int32) {
	out := c.block(wI32)
	no := c.block(wVoid)
	c.unless(x, no)
	c.i32(yes)
	c.jump(out)
	c.end()
	c.i32(1 - yes)
	c.end()
}

func (c *coder) maskTest(t maskTest) {
	c.word(t.word)
	c.i64(int64(t.mask))
	c.op(wAnd)
	c.i64(int64(t.want))
	c.op(wI64Eq)
}

// noneOf is the conjunction of the negations of what the disjunction x is of: x holds unless they
// all do.
func noneOf(x *node) *node { return &node{op: opAnd, list: negated(x.list), fails: x.fails} }

// unless leaves the block to where x does not hold.
func (c *coder) unless(x *node, to int) {
	if t, ok := c.e.asTable(x); ok && x.op != opNot {
		c.tableTest(t)
		c.jumpUnless(to)
		return
	}
	switch {
	case x.is(1):
		return
	case x.op == opNot:
		c.where(x.a, to)
		return
	case x.op == opIte:
		c.branch(wVoid, x.a, func() { c.unless(x.b, to) }, func() { c.unless(x.c, to) })
		return
	case x.op == opOr:
		c.where(noneOf(x), to)
		return
	case x.op != opAnd:
		c.cond(x)
		c.jumpUnless(to)
		return
	}
	tests, never, tables, others := c.e.conjuncts(x.list)
	for _, t := range tests {
		c.maskTest(t)
		c.jumpUnless(to)
	}
	for _, t := range never {
		c.maskTest(t)
		c.jumpIf(to)
	}
	for _, t := range tables {
		c.tableTest(t)
		c.jumpUnless(to)
	}
	for _, y := range others {
		c.unless(y, to)
	}
}

// where leaves the block to where x holds.
func (c *coder) where(x *node, to int) {
	_, mask := c.e.asMask(x)
	if _, table := c.e.asTable(x); mask || table || x.op != opAnd {
		c.cond(x)
		c.jumpIf(to)
		return
	}
	no := c.block(wVoid)
	c.unless(x, no)
	c.jump(to)
	c.end()
}

// branch runs then where x holds and els where it does not; each pushes a value of type t.
func (c *coder) branch(t byte, x *node, then, els func()) {
	out := c.block(t)
	no := c.block(wVoid)
	c.unless(x, no)
	then()
	c.jump(out)
	c.end()
	els()
	c.end()
}

// end closes a block, behind which several ways may meet. wazero gives every value there a name of
// its own, for all but the first look at it, and would not know that the addresses are within the
// memory. So they become what the first look says, which takes no instruction.
func (c *coder) end() {
	c.wasmFunc.end()
	for _, l := range c.bases {
		c.get(l)
		c.set(l)
	}
}
