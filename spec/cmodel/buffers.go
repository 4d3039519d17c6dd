package cmodel

import (
	"math/bits"
	"slices"

	"modernc.org/cc/v4"

	"mcheck/spec"
	"mcheck/spec/tso"
)

// buffered is what belongs to a variable that is stored to through store buffers.
type buffered struct {
	place *tso.Place
	// view stands for what a path has put into its buffer, by index: the path reads that before its
	// step has ended.
	view  *spec.Var
	issue *gvar // see gvar.issueOf
}

// lowerFence lowers smp_mb(), which does nothing where memory is sequentially consistent, and for
// ghost code and properties.
func lowerFence(b *builder, name string, args []cc.ExpressionNode, x cc.Node) spec.Expr {
	if b.c.opt.StoreBuffer > 0 && !b.ghost && !b.property {
		if b.reg != nil {
			b.reg.locked = true
		} else {
			b.emit(opFence, x)
		}
	}
	return nil
}

// lowerDrained lowers store_buffer_empty(task).
func lowerDrained(b *builder, name string, args []cc.ExpressionNode, x cc.Node) spec.Expr {
	t := b.coerce(b.expr(args[0]), b.c.tasks.option(), args[0])
	if t == nil {
		return nil
	}
	if b.c.opt.StoreBuffer == 0 {
		return spec.T
	}
	n := b.emit(opDrained, x)
	n.x = t
	n.dst = b.temp(spec.Bool)
	return ref(n.dst)
}

// makeBuffers finds the variables that are stored to through the store buffers, and makes these.
func (c *compiler) makeBuffers() {
	c.views, c.storing = map[*spec.Var]*gvar{}, map[*gvar]uint64{}
	if c.opt.StoreBuffer == 0 {
		return
	}
	c.lockedRegions()
	var cpus uint64 // the tasks that run on a CPU
	for i, t := range c.taskList {
		if t.kind != spec.ActorMachine {
			cpus |= 1 << i
		}
	}
	for _, f := range c.fnList {
		for _, n := range f.nodes {
			if !f.normal || n.ghost || n.pl.gv == nil || f.tasks&cpus == 0 || n.reg != nil && n.reg.locked {
				continue
			}
			stores := n.op == opStore || n.op == opLock && n.what == "spin_unlock" ||
				n.op == opSeq && n.what != "read_seqbegin" && n.what != "read_seqretry"
			if stores && !n.pl.gv.bypasses() && !c.drains(n) {
				c.storing[n.pl.gv] |= f.tasks & cpus
				c.storers |= f.tasks & cpus
			}
		}
	}
	var places []*tso.Place
	for _, g := range c.gvars {
		if c.storing[g] == 0 {
			continue
		}
		t := g.v.Type
		pl := &tso.Place{Name: g.name}
		for range g.dims {
			a := t.(*spec.ArrayType)
			pl.Index, t = append(pl.Index, a.Index), a.Elem
		}
		pl.Elem = t
		places = append(places, pl)
		g.buffered = &buffered{place: pl, view: &spec.Var{Name: g.name, Type: g.v.Type}, issue: &gvar{name: g.name, issueOf: g}}
		c.views[g.buffered.view] = g
	}
	if len(places) > 0 {
		c.buffers = tso.New(c.tasks.enum, places, c.opt.StoreBuffer, c.names.fresh)
	}
}

// bypasses reports whether stores to g go to memory at once: see package tso for why they may.
func (g *gvar) bypasses() bool {
	return g.ghost || g.noBuffer || g.lockedOps || g.private || g.stops || g.once || g.lock != nil && !g.guardAny
}

// collects reports whether g holds a set or a list. What changes one in one step, and is under no
// lock, must be a locked operation.
func (g *gvar) collects() bool {
	switch g.elem.(type) {
	case *spec.SetType, *spec.SeqType:
		return true
	}
	return false
}

// drains reports whether n is a locked operation by itself.
func (c *compiler) drains(n *node) bool {
	if c.opt.StoreBuffer == 0 || n.ghost {
		return false
	}
	switch n.op {
	case opFence, opRelease:
		return true
	case opLock:
		return n.what != "spin_unlock" && n.what != "spin_is_locked"
	case opStore, opUpdate:
		pls, write := n.accesses()
		return write && slices.ContainsFunc(pls, func(pl place) bool {
			return pl.gv.lockedOps && !n.makes(pl.gv.pool) || pl.gv.collects() && !pl.gv.bypasses()
		})
	}
	return false
}

// makes reports whether n stands in an atomic block that makes an object of the pool.
func (n *node) makes(p *pool) bool {
	return n.reg != nil && p != nil && slices.ContainsFunc(n.fn.nodes, func(m *node) bool { return m.op == opAlloc && m.pool == p && m.reg == n.reg })
}

// lockedRegions finds the atomic blocks that are locked operations as a whole: those with one that
// is no lock of a spinlock.
func (c *compiler) lockedRegions() {
	seen := map[*fn]bool{}
	var within func(f *fn) bool
	is := func(n *node) bool {
		if n.ghost {
			return false
		}
		if n.op == opCall {
			return within(n.callee)
		}
		// A release in an atomic block is that of a callback that is due.
		return c.drains(n) && n.what != "spin_lock" && n.what != "spin_trylock" && n.op != opRelease
	}
	within = func(f *fn) bool {
		if seen[f] {
			return false
		}
		seen[f] = true
		return slices.ContainsFunc(f.nodes, is)
	}
	for _, f := range c.fnList {
		for _, n := range f.nodes {
			if n.reg != nil && !n.reg.await && !n.reg.locked {
				clear(seen)
				n.reg.locked = is(n)
			}
		}
	}
}

// buffers reports whether p's stores to g go through the buffer of the task.
func (s *stepper) buffers(p *path, g *gvar) bool {
	return g != nil && g.buffered != nil && s.mode == modeStep && s.tmask&s.c.storing[g] != 0 && !(p.reg != nil && p.reg.locked)
}

// bufferFull is the bound that a store into a full buffer exceeds.
const bufferFull = "the store buffer of a CPU is full: enlarge it by --store-buffer K"

// roomFor is the check that another store finds room in the buffer.
func (s *stepper) roomFor(p *path, g *gvar) []condCheck {
	if !s.buffers(p, g) {
		return nil
	}
	b := s.c.buffers
	n := mkUn(spec.Len, s.readVar(p, b.Which, []spec.Expr{s.t}))
	return []condCheck{{ok: mkBin(spec.Lt, n, spec.Int(int64(b.K))), bound: true,
		msg: bufferFull}}
}

func (s *stepper) roomForSeq(p *path, n *node) []condCheck {
	if n.what == "read_seqbegin" || n.what == "read_seqretry" {
		return nil
	}
	return s.roomFor(p, n.pl.gv)
}

// putGvar stores v to g[idx]: to memory, or into the buffer of the task.
func (s *stepper) putGvar(p *path, g *gvar, idx []spec.Expr, v spec.Expr) {
	if !s.buffers(p, g) {
		p.env.put(g.v, write{idx, v})
		return
	}
	p.env.put(g.buffered.view, write{idx, v})
	at := []spec.Expr{s.t}
	s.c.buffers.Put(g.buffered.place, idx, v, func(b *spec.Var, elem spec.Expr) {
		was := s.readVar(p, b, at)
		p.env.put(b, write{at, &spec.Binary{Op: spec.Append, X: was, Y: elem}})
	})
}

// readBuffered is g[idx] as p reads it: what it has stored in this step, else what the buffer of
// the task forwards, else memory. A property reads what will be in memory when the buffers are
// empty, those of the first task being flushed first.
func (s *stepper) readBuffered(p *path, g *gvar, idx []spec.Expr) spec.Expr {
	b, pl := s.c.buffers, g.buffered.place
	mem := s.baseVal(g.v, idx, elemType(g.v.Type, len(idx)))
	switch {
	case s.mode == modeStep && s.tmask&s.c.storing[g] != 0:
		mem = b.View(s.t, pl, idx, mem)
	case s.mode == modeProperty:
		for i := range s.c.taskList {
			if s.c.storing[g]&(1<<i) != 0 {
				mem = b.View(&spec.Lit{N: int64(i), T: s.c.tasks.enum}, pl, idx, mem)
			}
		}
	}
	return readWrites(p.env.of(g.buffered.view), idx, readWrites(p.env.of(g.v), idx, mem))
}

// isDrained is "the buffer of the task t is empty".
func (s *stepper) isDrained(t spec.Expr) spec.Expr {
	if s.c.buffers == nil {
		return spec.T
	}
	return mkBin(spec.Eq, s.c.buffers.Len(t), spec.Int(0))
}

// drained lets the step wait until the buffer of its task is empty.
func (s *stepper) drained(p *path, n *node, exits *[]exit) *tree {
	b := s.c.buffers
	if b == nil || s.mode != modeStep || s.inGhost(p) || s.tmask&s.c.storers == 0 || p.reg != nil && p.reg.locked && n.op != opEnter {
		return nil
	}
	return s.block(p, n, mkBin(spec.Eq, mkUn(spec.Len, s.readVar(p, b.Which, []spec.Expr{s.t})), spec.Int(0)), exits)
}

// bufferedNames is, by parts, "an entry of some buffer names the object".
func (c *compiler) bufferedNames(p *pool, slot spec.Expr) []spec.Expr {
	if c.buffers == nil {
		return nil
	}
	var out []spec.Expr
	for _, v := range c.buffers.Naming(p.enum) {
		q := &spec.Param{Name: c.boundN(1), Type: c.tasks.enum}
		out = append(out, &spec.Quant{Op: spec.Exists, Param: q, Body: listHas(c, tso.Of(v, &spec.ParamRef{Param: q}), slot)})
	}
	return out
}

// cpuIsOwn is "the buffers of the other tasks on the CPU of t are empty", for the tasks in mask,
// which are all of one kind.
func (c *compiler) cpuIsOwn(t spec.Expr, kind spec.ActorKind, mask uint64) spec.Expr {
	all := spec.Expr(spec.T)
	if c.buffers == nil || kind == spec.ActorMachine {
		return all
	}
	for o := range c.taskList {
		if c.storers&(1<<o) == 0 {
			continue
		}
		var beside uint64
		for i := range c.taskList {
			if i != o && mask&(1<<i) != 0 && c.cpuOfTask(i) == c.cpuOfTask(o) {
				beside |= 1 << i
			}
		}
		if beside == 0 {
			continue
		}
		empty := mkBin(spec.Eq, c.buffers.Len(&spec.Lit{N: int64(o), T: c.tasks.enum}), spec.Int(0))
		if beside != mask {
			set := &spec.Lit{N: int64(beside), T: &spec.SetType{Elem: c.tasks.enum}}
			empty = mkBin(spec.Or, mkNot(mkBin(spec.In, t, set)), empty)
		}
		all = mkBin(spec.And, all, empty)
	}
	return all
}

// flush is the action by which the first entry of a buffer reaches memory.
func (c *compiler) flush() *spec.Action {
	b := c.buffers
	param := &spec.Param{Name: c.tName, Type: c.tasks.enum}
	t := &spec.ParamRef{Param: param}
	if n := len(c.taskList); bits.OnesCount64(c.storers) < n {
		for i := range c.taskList {
			if c.storers&(1<<i) != 0 {
				param.Only = append(param.Only, int64(i))
			}
		}
	}
	a := &spec.Action{Name: c.names.fresh("flush"), Params: []*spec.Param{param}, Kind: spec.ActorMachine,
		Guard: &spec.Binary{Op: spec.Gt, X: b.Len(t), Y: spec.Int(0)},
		// Strong fairness is that of the action, for each task: a task that goes on does not keep
		// its stores from arriving.
		Fairness: spec.StrongFairness, Func: "store buffer"}
	var body spec.Node
	for _, g := range slices.Backward(c.gvars) {
		if g.buffered == nil {
			continue
		}
		is, idx, val := b.Oldest(t, g.buffered.place)
		u := spec.Update{Var: g.v, Value: val}
		for _, i := range idx {
			u.Path = append(u.Path, spec.Selector{Index: i})
		}
		ups := append(b.Pop(t), u)
		if g.kind == gSeqcount {
			others := func(q spec.Expr) spec.Expr { return mkBin(spec.And, val, mkBin(spec.Ne, q, t)) }
			ups = append(ups, c.staleUpdates(g, others)...)
		}
		var node spec.Node = &spec.Do{Updates: ups}
		if p := g.pool; p != nil && p.live != nil && p.frees {
			msg := "a store to '" + g.name + "' of a released object leaves the store buffer"
			lit := &spec.Lit{T: c.failEnum}
			c.number([]failure{{failed: failed{text: msg, live: true}, lits: []*spec.Lit{lit}}})
			c.failUsed = true
			node = &spec.Branch{Cond: &spec.Index{X: &spec.VarRef{Var: p.live.v}, I: idx[0]}, Then: node,
				Else: &spec.Do{Updates: []spec.Update{{Var: c.fail, Value: lit}}}}
		}
		a.Source = append(a.Source, spec.SourceLine{Pos: g.pos, Func: a.Func, Text: "the store to " + g.name + " reaches memory", When: is})
		if body == nil {
			body = node
		} else {
			body = &spec.Branch{Cond: is, Then: node, Else: body}
		}
	}
	slices.Reverse(a.Source)
	a.Pos = a.Source[0].Pos
	a.Body = body
	return a
}
