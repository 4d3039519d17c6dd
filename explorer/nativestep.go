package explorer

import (
	"fmt"
	"slices"

	"mcheck/states"
)

// arm is what is done where a cell has one of some contents: the steps that these leave possible,
// each as a function, or in place in a module that is small.
type arm struct {
	steps     []*step
	place     place       // the cell; without contents there is none
	contents  []int64     // raw
	functions []*wasmFunc // of the steps; nil: in place
	table     int         // which cell; behind the last one if there is none
	head      int         // address of the first state of the list, in a module in groups
}

// maxInline is up to how many bytes of functions all steps are in place, in one function: then the
// processor has the code in its cache, and a call takes about as long as a step. The compiler's
// time for one function grows faster than its size, so beyond that each step has its own
// (nativegroup.go). It is a variable for tests, whose models are small.
var maxInline = 64 << 10

// sink is where steps put what they find: locals with the ends of the lists, whether an owed step
// leads elsewhere, and the parameter of run.
type sink struct {
	succ, ground, outside int
	moves, raw            int
}

func newSink(f *wasmFunc, raw int) sink {
	return sink{f.local(wI32), f.local(wI32), f.local(wI32), f.local(wI32), raw}
}

func (k sink) lists() []int { return []int{k.succ, k.ground, k.outside} }

// Globals of the module: the fields of a sink while the function of a step is called.
const (
	gSucc = iota
	gGround
	gOutside
	gRaw
	numGlobals
)

// arms returns what is done for each content of the cell of each table, and what is always done.
func (n *nativeWriter) arms() (tables [][]*arm, always []*arm) {
	var all []*arm
	for i, t := range n.c.tables {
		known := map[string]*arm{}
		var table []*arm
		for v, list := range t.steps {
			if len(list) == 0 {
				table = append(table, nil)
				continue
			}
			key := fmt.Sprint(list)
			a := known[key]
			if a == nil {
				a = &arm{steps: list, place: t.place, table: i}
				known[key] = a
				all = append(all, a)
			}
			a.contents = append(a.contents, int64(v))
			table = append(table, a)
		}
		tables = append(tables, table)
	}
	for list := range slices.Chunk(n.c.always, 16) {
		always = append(always, &arm{steps: list, table: len(n.c.tables)})
	}
	all = append(all, always...)
	first := len(n.m.funcs)
	for _, a := range all {
		if n.size <= maxModule {
			for _, s := range a.steps {
				a.functions = append(a.functions, n.function(s, a))
			}
		}
	}
	if n.size <= maxInline {
		n.m.funcs = n.m.funcs[:first]
		for _, a := range all {
			a.functions = nil
		}
	} else {
		n.groups = n.lists
	}
	return tables, always
}

// dispatch does what is to be done for the content of a cell.
func (n *nativeWriter) dispatch(c *coder, p place, arms []*arm, k sink) {
	var some []*arm
	for _, a := range arms {
		if a != nil && !slices.Contains(some, a) {
			some = append(some, a)
		}
	}
	if len(some) == 0 {
		return
	}
	end := c.block(wVoid)
	if len(some) == 1 && len(arms) <= 64 { // to jump or not is easier to predict than where to
		c.isOneOf(p, arms)
		c.jumpUnless(end)
		n.take(c, some[0], k)
		c.end()
		return
	}
	blocks := map[*arm]int{nil: end}
	for _, a := range slices.Backward(some) {
		blocks[a] = c.block(wVoid)
	}
	to := make([]int, 0, len(arms)+1)
	for _, a := range append(arms, nil) {
		to = append(to, blocks[a])
	}
	c.bits(p)
	c.op(wWrap)
	c.jumpTable(to)
	for _, a := range some {
		c.end()
		n.take(c, a, k)
		c.jump(end)
	}
	c.end()
}

// isOneOf pushes whether the content of a cell is one of those for which there is an arm.
func (c *coder) isOneOf(p place, arms []*arm) {
	var contents, all uint64
	for v, a := range arms {
		all |= 1 << v
		if a != nil {
			contents |= 1 << v
		}
	}
	if contents == all&^1 {
		c.bits(p)
		c.i64(0)
		c.op(wI64Ne)
		return
	}
	c.tableTest(tableTest{p, []uint64{contents}})
}

// take makes the steps of a that are enabled.
func (n *nativeWriter) take(c *coder, a *arm, k sink) {
	for _, s := range a.steps {
		past := c.block(wVoid)
		c.unless(s.rest, past)
		n.step(c, s, a, k)
		c.end()
	}
}

// step makes a step of a, which is enabled. Its successor is written in any case; it stays where it
// is only if it is wanted.
func (n *nativeWriter) step(c *coder, s *step, a *arm, k sink) {
	g := n.c.grounds[s.ground]
	skip := c.block(wVoid)
	written := c.body(g.body)

	c.get(k.ground)
	c.i32(s.ground)
	c.store32(0)
	advance(c, k.ground, 4)
	// The last word first: the compiler then knows that the others are within the memory, too.
	for i := n.e.layout.Words - 1; i >= 0; i-- {
		c.get(k.succ)
		if written[i] {
			c.get(c.now[i])
		} else {
			c.word(i)
		}
		c.store64(8 * i)
	}

	if a.leaves(g.body, n.c.layout.Fields) {
		if g.owed {
			c.i32(1)
			c.set(k.moves)
		}
		n.constrain(c, g.body, written, k, skip, nil)
		advance(c, k.succ, n.stride)
		c.end()
		return
	}

	changed := c.local(wI32)
	c.i64(0)
	for _, i := range sorted(written) {
		c.get(c.now[i])
		c.word(i)
		c.op(wXor, wOr)
	}
	c.op(wI64Eqz, wI32Eqz)
	c.set(changed)
	if g.owed {
		c.get(k.moves)
		c.get(changed)
		c.op(wI32Or)
		c.set(k.moves)
	}
	n.constrain(c, g.body, written, k, skip, func() {
		c.get(changed)
		c.op(wI32Eqz, wI32Or)
	})
	c.get(k.succ)
	c.i32(int32(n.stride))
	c.i32(0)
	c.get(changed)
	c.get(k.raw)
	c.op(wI32Or)
	c.op(wSelect, wI32Add)
	c.set(k.succ)
	c.end()
}

// constrain leaves the block skip, with the successor among those outside, where that is beyond the
// constraint. The constraint is not asked of a raw expansion, nor where orElse, unless it is nil,
// makes the 1 or 0 that is on the stack a 1.
func (n *nativeWriter) constrain(c *coder, b *body, written map[int]bool, k sink, skip int, orElse func()) {
	x := n.affected(b)
	if x == nodeT {
		return
	}
	kept := c.block(wVoid)
	c.get(k.raw)
	if orElse != nil {
		orElse()
	}
	c.jumpIf(kept)
	n.sift(c, x, written, k, kept)
	c.jump(skip)
	c.end()
}

func advance(c *coder, local, bytes int) {
	c.get(local)
	c.i32(int32(bytes))
	c.op(wI32Add)
	c.set(local)
}

// leaves reports whether body certainly leads from the states of the arm elsewhere: whichever way
// it goes, it stores in the cell that was looked at a content that is none of those.
func (a *arm) leaves(b *body, fields []states.Field) bool {
	if len(a.contents) == 0 {
		return false
	}
	if b.cond != nil {
		return a.leaves(b.then, fields) && a.leaves(b.els, fields)
	}
	leaves := false
	for _, s := range b.stores { // the last one counts
		for _, cell := range s.cells {
			if cell >= 0 && fields[cell] == a.place.Field {
				leaves = len(s.cells) == 1 && s.value.op == opConst && !slices.Contains(a.contents, s.value.n-a.place.lo)
			}
		}
	}
	return leaves
}

// affected is what of the constraint has to be asked of a state that body leads to from one within
// the constraint: the conjuncts that read what it may write. The others are as true, and as easy to
// evaluate, as before.
func (n *nativeWriter) affected(b *body) *node {
	x := n.c.program.constraint
	list := []*node{x}
	if x.op == opAnd {
		list = x.list
	}
	writes := map[int64]bool{}
	b.writes(writes)
	out := nodeT
	for _, y := range list {
		if y.reads(writes) {
			out = and(out, y)
		}
	}
	return out
}

// writes adds the cells that b may store in.
func (b *body) writes(cells map[int64]bool) {
	if b.cond != nil {
		b.then.writes(cells)
		b.els.writes(cells)
		return
	}
	for _, s := range b.stores {
		for _, cell := range s.cells {
			cells[int64(cell)] = true
		}
	}
}

// reads reports whether x reads one of the cells.
func (x *node) reads(cells map[int64]bool) bool {
	if x == nil {
		return false
	}
	if x.op == opCell {
		return cells[x.n]
	}
	return x.a.reads(cells) || x.b.reads(cells) || x.c.reads(cells) || slices.ContainsFunc(x.list, func(y *node) bool { return y.reads(cells) })
}

// sift leaves the block kept if x holds in the successor, which is at the end of its list;
// otherwise it appends the successor to those outside.
func (n *nativeWriter) sift(c *coder, x *node, written map[int]bool, k sink, kept int) {
	next := *c // a coder of the successor
	next.state = k.succ
	if c.old != nil {
		next.old = slices.Clone(c.old)
		for i := range written {
			next.old[i] = c.now[i]
		}
	}
	out := c.block(wVoid)
	next.unless(x, out)
	c.jump(kept)
	c.end()
	for i := n.e.layout.Words - 1; i >= 0; i-- {
		c.get(k.outside)
		next.word(i)
		c.store64(8 * i)
	}
	advance(c, k.outside, n.stride)
}
