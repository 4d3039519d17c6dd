package explorer

import (
	"slices"

	"mcheck/spec"
)

// checker writes the function that decides the properties in a state.
type checker struct {
	*nativeWriter
	*coder
	rest  int   // parameter: no owed step leads elsewhere
	masks []int // locals: the properties that the state decides
}

// check writes the function (state, rest, address of hits) → flags that decides the properties in a
// state, as [worker.hits] does. The situations are counted after everything that may fail was
// evaluated, so that a state that is to be done again counts once.
func (n *nativeWriter) check() *wasmFunc {
	f := n.m.function("", []byte{wI32, wI32, wI32}, []byte{wI32})
	const hits = 2
	c := &checker{nativeWriter: n, coder: newCoder(f, n.e, 0), rest: 1}
	for range n.maskLen {
		c.masks = append(c.masks, f.local(wI64))
	}
	c.fail = f.block(wVoid)
	c.load()
	var later []func()
	var sure []int
	for i, p := range n.c.model.Properties {
		n.counted[i] = atRestOnly(p) || !n.c.program.props[i].when.is(1)
		if n.c.fails[predWhen(i)] || n.c.fails[predCond(i)] {
			later = append(later, c.carefully(i)...)
		} else {
			sure = append(sure, i)
		}
	}
	for _, count := range later {
		count()
	}
	for len(sure) > 0 {
		together, others := c.sharing(sure)
		c.surely(together)
		sure = others
	}
	f.i64(0)
	for i, m := range c.masks {
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

// atRestOnly reports whether p is asked of states at rest alone.
func atRestOnly(p *spec.Property) bool { return p.Kind == spec.AtRest || p.Kind == spec.Deadlock }

// decidedByState reports whether a state alone violates or covers p.
func decidedByState(p *spec.Property) bool {
	return p.Kind != spec.CanRest && p.Kind != spec.Eventually && p.Kind != spec.LeadsTo
}

// sharing parts list in the properties that have the situation of the first one, and the others:
// properties of one kind mostly share theirs.
func (c *checker) sharing(list []int) (together, others []int) {
	props := c.nativeWriter.c.model.Properties
	preds := c.nativeWriter.c.program.props
	first := list[0]
	for _, i := range list {
		if atRestOnly(props[i]) == atRestOnly(props[first]) && same(preds[i].when, preds[first].when) {
			together = append(together, i)
		} else {
			others = append(others, i)
		}
	}
	return together, others
}

// surely decides properties of one situation, nothing in which can fail. Whether all of them hold
// is asked at once, as they mostly do and a word or a table answers for several.
func (c *checker) surely(list []int) {
	props, preds := c.nativeWriter.c.model.Properties, c.nativeWriter.c.program.props
	outside := c.block(wVoid)
	if atRestOnly(props[list[0]]) {
		c.get(c.rest)
		c.jumpUnless(outside)
	}
	c.unless(preds[list[0]].when, outside)
	var open []int // those that are to be asked for
	hold := nodeT
	for _, i := range list {
		if c.counted[i] {
			c.count(i)
		}
		switch cond, cover := preds[i].cond, props[i].Kind == spec.Cover; {
		case !decidedByState(props[i]), cover && cond.is(0), !cover && cond.is(1):
		case cover:
			open, hold = append(open, i), nodeF
		default:
			open, hold = append(open, i), and(hold, cond)
		}
	}
	if len(open) > 1 && !hold.is(0) {
		some := c.block(wVoid)
		c.unless(hold, some)
		c.jump(outside)
		c.end()
	}
	for _, i := range open {
		past := c.block(wVoid)
		if cond := preds[i].cond; props[i].Kind == spec.Cover {
			c.unless(cond, past)
		} else {
			hit := c.block(wVoid)
			c.unless(cond, hit)
			c.jump(past)
			c.end()
		}
		c.get(c.masks[i/64])
		c.i64(1 << (i % 64))
		c.op(wOr)
		c.set(c.masks[i/64])
		c.end()
	}
	c.end()
}

// count counts a state in the situation of a property.
func (c *checker) count(i int) {
	at := c.situation + 8*i
	c.i32(0)
	c.i32(0)
	c.load64(at)
	c.i64(1)
	c.op(wAdd)
	c.store64(at)
}

// carefully decides a property whose evaluation may fail, as [worker.hits] does. The situation is
// counted by what it returns.
func (c *checker) carefully(i int) (later []func()) {
	p, pred := c.nativeWriter.c.model.Properties[i], c.nativeWriter.c.program.props[i]
	evaluate := func() {
		c.cond(pred.cond)
		c.op(wDrop)
	}
	skip := c.block(wVoid)
	defer c.end()
	if atRestOnly(p) {
		c.get(c.rest)
		c.jumpUnless(skip)
	}
	if !pred.when.is(1) {
		if p.Kind == spec.CanRest && pred.cond.fails {
			evaluate()
		}
		c.unless(pred.when, skip)
	}
	if c.counted[i] {
		in := c.local(wI32)
		c.i32(1)
		c.set(in)
		later = append(later, func() {
			c.get(in)
			c.when(wVoid)
			c.count(i)
			c.end()
		})
	}
	if !decidedByState(p) {
		if pred.cond.fails {
			evaluate()
		}
		return later
	}
	m := c.masks[i/64]
	c.cond(pred.cond)
	if p.Kind != spec.Cover {
		c.op(wI32Eqz)
	}
	c.op(wExtend)
	c.i64(int64(i % 64))
	c.op(wShl)
	c.get(m)
	c.op(wOr)
	c.set(m)
	return later
}

// same reports whether x and y are built alike.
func same(x, y *node) bool {
	if x == nil || y == nil {
		return x == y
	}
	return x == y || x.op == y.op && x.n == y.n && x.m == y.m && x.fails == y.fails && same(x.a, y.a) && same(x.b, y.b) && same(x.c, y.c) &&
		slices.EqualFunc(x.list, y.list, same)
}
