package cmodel

import (
	"cmp"
	"fmt"
	"slices"

	"mcheck/spec"
)

// firstOnly reports whether n can only be the first access of a step.
func (s *stepper) firstOnly(n *node) bool {
	switch n.op {
	case opEnter, opChoose, opAlloc, opRelease, opSeq:
		return true
	case opCPU:
		return s.c.opt.Migrate
	case opLock:
		return !isRelease(n) || s.c.drains(n)
	case opFence:
		return true
	}
	return false
}

func isRelease(n *node) bool {
	return n.op == opLock && (n.what == "spin_unlock" || n.what == "up_read" || n.what == "up_write")
}

// isAccess reports whether n is an access to what tasks share, outside of ghost code.
func (s *stepper) isAccess(n *node) bool {
	pls, _ := n.accesses()
	return len(pls) > 0 || n.op == opLock || s.firstOnly(n)
}

// mustStop reports whether the step ends before n.
func (s *stepper) mustStop(p *path, n *node) bool {
	if s.mode != modeStep && s.mode != modePrefix {
		return false
	}
	if s.inGhost(p) {
		return false
	}
	if n.op == opMark {
		return p.begun || s.mode == modePrefix
	}
	if p.reg != nil {
		return false
	}
	if !s.isAccess(n) {
		return false
	}
	if s.mode == modePrefix {
		return true
	}
	if p.nacc == 0 {
		return false
	}
	if s.c.opt.Raw || s.force[n] || s.firstOnly(n) {
		return true
	}
	// Who is stopped behind its first access is no longer at the idle, optional or hangs statement,
	// and keeps its locks.
	if s.c.stops && (isRelease(n) || len(s.start.marks()) > 0) {
		return true
	}
	if s.stops != nil {
		s.stops.weighed = append(s.stops.weighed, n)
	}
	if isRelease(n) {
		g := n.pl.gv
		// That a lock is held must not end early for who sees it and does not wait.
		return p.released || p.acquired || g.tried || s.visible[g.v] || g.readers != nil && s.visible[g.readers]
	}
	if p.released || !n.mover() && !s.newborn(p, n) {
		return true
	}
	if pls, write := n.accesses(); write {
		for _, pl := range pls {
			if s.visible[pl.gv.v] {
				return true
			}
		}
	}
	return false
}

// newborn reports whether n writes SET_ONCE data of an object that this step has made: nobody else
// can have its name before the step has ended.
func (s *stepper) newborn(p *path, n *node) bool {
	if n.op != opStore || n.pl.gv == nil || !n.pl.gv.once || len(p.born) == 0 || len(n.pl.idx) == 0 {
		return false
	}
	of := s.eval(p, n.pl.idx[0])
	return slices.ContainsFunc(p.born, func(x spec.Expr) bool { return spec.SameExpr(x, of) })
}

// wroteOnce notes a write of SET_ONCE data. If that comes after the object was made, who reads it
// before may have come too early only.
func (s *stepper) wroteOnce(p *path, n *node) {
	if g := n.pl.gv; s.mode == modeStep && g.once && !s.inGhost(p) && !s.newborn(p, n) && !s.late[g] && !s.final {
		s.c.mayChange()
		s.late[g] = true
		s.restart = true
	}
}

// condCheck is a condition without which a statement is an error of the model.
type condCheck struct {
	ok      spec.Expr
	msg     string
	bound   bool
	live    bool // about the existence of an object
	content bool // about what is in a set or a list
	once    bool // about SET_ONCE data that is read: may hold later where it does not hold now
	// advice says what to write instead, where a property may fail.
	advice string
}

// nonNull is "p is not NULL".
func nonNull(p spec.Expr) spec.Expr {
	o, ok := p.Type().(*spec.OptionType)
	if !ok {
		return spec.T
	}
	return mkBin(spec.Ne, p, &spec.Lit{N: -1, T: o})
}

// placeChecks returns the checks of an access to pl at idx.
func (s *stepper) placeChecks(p *path, n *node, pl place, idx []spec.Expr, write bool) []condCheck {
	var out []condCheck
	var dims []spec.Type
	if pl.loc != nil {
		dims = pl.loc.dims
	} else {
		dims = pl.gv.dims
	}
	for k, i := range idx {
		switch d := dims[k].(type) {
		case *spec.EnumType:
			out = append(out, condCheck{ok: nonNull(i), msg: "NULL pointer dereferenced"})
			if pool := s.c.poolByEnum(d); pool != nil && pool.live != nil && pool.frees && n.what != "live" && s.mode != modeProperty {
				out = append(out, condCheck{ok: s.readGvar(p, pool.live, []spec.Expr{i}), msg: "use after release", live: true})
			}
		case *spec.RangeType:
			out = append(out, condCheck{ok: mkBin(spec.And, mkBin(spec.Ge, i, spec.Int(d.Lo)), mkBin(spec.Le, i, spec.Int(d.Hi))), msg: "index out of range"})
		}
	}
	if g := pl.gv; g != nil && g.once && s.mode == modeStep && !s.inGhost(p) {
		v := s.readGvar(p, g, idx)
		unset := mkBin(spec.Eq, v, s.c.zero(g.elem))
		switch {
		case write && s.newborn(p, n) && len(p.env.of(g.v)) == 0: // the fields of an object that is not there are zero
		case write:
			out = append(out, condCheck{ok: unset, msg: "'" + g.name + "' is set a second time"})
		default:
			out = append(out, condCheck{ok: mkNot(unset), msg: "'" + g.name + "' is read before it is set", once: true})
		}
	}
	if g := pl.gv; g != nil && g.lock != nil && g.kind == gPlain && s.mode == modeStep && !s.inGhost(p) && n.what != "live" && (write || !g.guardAny) {
		if !s.lockProved(n, g, write) {
			l := g.lock
			out = append(out, condCheck{ok: s.heldBy(p, l, idx[:len(l.dims)], write), msg: "'" + g.name + "' is accessed without its lock '" + g.guard + "'"})
		}
	}
	return out
}

func (s *stepper) lockProved(n *node, g *gvar, write bool) bool {
	if g.lockSame {
		return false
	}
	need := uint8(heldRead)
	if write {
		need = heldWrite
	}
	return n.held[g.lock] >= need
}

// heldBy is "the task holds the lock": for writing, or in any mode.
func (s *stepper) heldBy(p *path, l *gvar, idx []spec.Expr, write bool) spec.Expr {
	own := mkBin(spec.Eq, s.readGvar(p, l, idx), s.t)
	if l.kind == gRwsem && !write {
		return mkBin(spec.Or, own, mkBin(spec.In, s.t, s.readVar(p, l.readers, idx)))
	}
	return own
}

func (s *stepper) readGvar(p *path, g *gvar, idx []spec.Expr) spec.Expr {
	return s.readVar(p, g.v, idx)
}

func (s *stepper) readVar(p *path, v *spec.Var, idx []spec.Expr) spec.Expr {
	if g := s.c.byVar[v]; g != nil && g.buffered != nil && v == g.v {
		return s.readBuffered(p, g, idx)
	}
	return s.read(p.env, v, idx, s.baseVal(v, idx, elemType(v.Type, len(idx))))
}

func (s *stepper) readPlace(p *path, pl place, idx []spec.Expr) spec.Expr {
	if pl.loc != nil {
		return s.readLocal(p, pl.loc, idx)
	}
	return s.readGvar(p, pl.gv, idx)
}

func (s *stepper) writePlace(p *path, pl place, idx []spec.Expr, v spec.Expr) {
	s.bounded(p, p.n, v)
	if pl.loc != nil {
		p.env.put(pl.loc.sym, write{idx, v})
		return
	}
	s.putGvar(p, pl.gv, idx, v)
	if s.visible[pl.gv.v] {
		s.wroteVisible(p)
	}
}

// begins has the access n begin a step from now on.
func (s *stepper) begins(n *node) {
	if !s.force[n] && !s.final { // discover has found them all
		s.c.mayChange()
		s.force[n] = true
		s.restart = true
	}
}

// finishes notes that p comes to the end of the task, or to a place where that may wait for ever. A
// task that an interrupt stops for ever in front of its last access has not come there, so that
// access begins a step.
func (s *stepper) finishes(p *path) {
	if p.nacc < 2 || s.mode != modeStep || s.c.opt.Raw || !s.c.stops {
		return
	}
	for _, n := range p.last {
		s.begins(n)
	}
}

// wroteVisible notes that the step writes what a property reads. If ghost code does so for an
// access that is not the step's first, that access must begin a step.
func (s *stepper) wroteVisible(p *path) {
	if s.inGhost(p) && p.nacc > 1 && s.mode == modeStep && p.reg == nil {
		for _, n := range p.last {
			s.begins(n)
		}
	}
	p.visible = true
}

// rangeCheck is "v fits into t", nil if it always does.
func rangeCheck(v spec.Expr, t spec.Type) *condCheck {
	r, ok := t.(*spec.RangeType)
	if !ok {
		return nil
	}
	ok2 := spec.Expr(spec.T)
	vt, isRange := v.Type().(*spec.RangeType)
	if !isRange {
		return nil
	}
	if vt.Lo < r.Lo {
		ok2 = mkBin(spec.Ge, v, spec.Int(r.Lo))
	}
	if vt.Hi > r.Hi {
		ok2 = mkBin(spec.And, ok2, mkBin(spec.Le, v, spec.Int(r.Hi)))
	}
	if isTrue(ok2) {
		return nil
	}
	return &condCheck{ok: ok2, msg: fmt.Sprintf("value out of range %d..%d", r.Lo, r.Hi), advice: "use a wider type"}
}

// narrow returns v, which has been checked to fit into t. Where its own type is far wider, it is
// written so that its type is t: what is computed with it must not seem to leave the integers that
// TLC has.
func narrow(v spec.Expr, t spec.Type) spec.Expr {
	r, ok := t.(*spec.RangeType)
	vt, isRange := v.Type().(*spec.RangeType)
	if !ok || !isRange || max(vt.Hi, -vt.Lo) < 1<<15 {
		return v
	}
	if vt.Hi > r.Hi {
		v = &spec.Binary{Op: spec.Min, X: v, Y: spec.Int(r.Hi)}
	}
	if vt.Lo < r.Lo {
		v = &spec.Binary{Op: spec.Max, X: v, Y: spec.Int(r.Lo)}
	}
	return v
}

// failed is something that can go wrong.
type failed struct {
	text        string
	bound, live bool // a bound was exceeded; an object was used after its release
}

// failure is something that can go wrong in a step.
type failure struct {
	failed
	lits  []*spec.Lit // the value of fail or ghost_fail, wherever the step has it
	ghost bool        // ghost_fail is one of these
}

// doom is where a task is about to fail.
type doom struct {
	f *fn
	failed
}

// failLit returns the value of fail for a message at n. Until all failures are known, its position
// says no more than which of the step's own it is.
func (s *stepper) failLit(n *node, ck condCheck) *spec.Lit {
	is := failureOf(n, ck)
	i := slices.IndexFunc(s.failures, func(f failure) bool { return f.failed == is })
	if i < 0 {
		i = len(s.failures)
		s.failures = append(s.failures, failure{failed: is})
	}
	lit := &spec.Lit{N: int64(i) + 1, T: s.c.failEnum} // 0 is none
	s.failures[i].lits = append(s.failures[i].lits, lit)
	return lit
}

// failureOf is what goes wrong where n fails.
func failureOf(n *node, ck condCheck) failed {
	if ck.msg == bufferFull { // one for all places: which store it was, the trace tells
		return failed{text: ck.msg, bound: true}
	}
	// The statement fails, at whatever depth of a recursion it is.
	return failed{fmt.Sprintf("%s:%d: %s", displayName(n.fn.name), n.pos.Line, ck.msg), ck.bound, ck.live}
}

// number gives failures their positions among the values of fail.
func (c *compiler) number(fs []failure) {
	for _, f := range fs {
		i, ok := c.failIdx[f.failed]
		if !ok {
			i = int64(len(c.failEnum.Values))
			// NEVER and BOUND may have the same words
			text := unique(c.failEnum.Values, plain(f.text))
			c.failEnum.Values = append(c.failEnum.Values, text)
			c.failIdx[f.failed] = i
			c.bounds[text], c.uaf[text] = f.bound, f.live
		}
		if f.ghost && f.bound {
			c.ghostBounds[c.failEnum.Values[i]] = true
		}
		for _, l := range f.lits {
			l.N = i
		}
	}
}

// apply makes the checks. It returns a tree if the step ends here, or another path to go on with.
func (s *stepper) apply(p *path, n *node, cs []condCheck, exits *[]exit, joins []*join) (t *tree, more *path, skip bool) {
	for _, ck := range cs {
		ok := p.facts.simplify(ck.ok)
		if isTrue(ok) {
			continue
		}
		switch s.mode {
		case modeProperty:
			if ck.live || s.later && inSituation(p, n) {
				continue
			}
			s.fatal(n, cmp.Or(ck.advice, "test it before, for example with && in the same expression"),
				"a property must not fail, and here it may: %s", ck.msg)
		case modeInit, modePrefix:
			s.fatal(n, "", "before the first step: %s", ck.msg)
		}
		if s.inGhost(p) && (p.ghostDep || readsGhost(ok) || s.fromGhost(p, n) || ck.content && (n.pl.ghost() || n.pl2.ghost())) {
			bad := p.fork()
			s.gfailUsed = true
			lit := s.failLit(n, ck)
			s.failures[lit.N-1].ghost = true
			bad.gfails = push(bad.gfails, gfail{spec.T, lit})
			bad.n = n.next
			if n.dst != nil {
				bad.env.put(n.dst.sym, write{val: s.c.zero(n.dst.typ)})
				bad.tainted = mark(bad.tainted, n.dst.sym, true)
			}
			bad.facts = p.facts.with(ok, false)
			before := p.facts
			p.facts = p.facts.with(ok, true)
			if isFalse(ok) {
				return nil, bad, true
			}
			t, m := s.both(ok, false, p, bad, &join{n.next, p.top().id}, before, joins)
			if m == nil {
				return t, nil, true
			}
			*exits = append(*exits, t.exits(m)...)
			return nil, m.cont, true
		}
		if (ck.live && p.unmoved || p.visible && p.nacc > 0 && !s.c.opt.Raw) && p.reg == nil && !s.inGhost(p) {
			return s.stop(p, n), nil, true
		}
		bad := s.early(p, n, ck)
		if bad == nil {
			bad = s.failing(p, n, ck)
		}
		if isFalse(ok) {
			return bad, nil, true
		}
		*exits = append(*exits, exit{mkNot(ok), bad})
		p.facts = p.facts.with(ok, true)
	}
	return nil, nil, false
}

// failing is how p ends if n fails.
//
// A step that fails changes nothing. It is the step of the access that fails, or one of its own if
// local code does: what was done before stays, and others may go on from there. So behind the first
// access of a step the task is doomed: its next step fails. Nobody else can prevent that, since
// whether it fails depends on locals, and on what commutes with all that others do. Ghost code
// belongs to the access before it.
func (s *stepper) failing(p *path, n *node, ck condCheck) *tree {
	s.failUsed = true
	doomed := func() *label {
		to := s.doomed(n, ck)
		if s.stops != nil {
			s.stops.all = append(s.stops.all, to)
		}
		return s.labelAt(to)
	}
	switch {
	case s.inGhost(p):
		return p.undone.tree(p.fork(), s.failLit(n, ck), doomed)
	case p.nacc == 0 || p.reg != nil:
		return &tree{leaf: &leaf{kind: leafFail, p: p.fork(), fail: s.failLit(n, ck)}}
	case s.c.opt.Raw:
		return s.stopAt(p.fork(), n)
	}
	return &tree{leaf: &leaf{kind: leafStop, p: p.fork(), at: doomed()}}
}

// early is how p ends where n reads SET_ONCE data before it is set: if that may be set later, the
// read begins a step. nil if it can't be.
func (s *stepper) early(p *path, n *node, ck condCheck) *tree {
	if !ck.once || p.nacc == 0 || p.reg != nil || s.inGhost(p) {
		return nil
	}
	if s.stops != nil {
		s.stops.once = append(s.stops.once, n.pl.gv)
	}
	if !s.late[n.pl.gv] {
		return nil
	}
	return s.stop(p.fork(), n)
}

// doomed is where a task stands that is about to fail at n.
func (s *stepper) doomed(n *node, ck condCheck) *node {
	c := s.c
	c.naming.Lock()
	defer c.naming.Unlock()
	key := doom{n.fn, failureOf(n, ck)}
	d := c.dooms[key]
	if d == nil {
		d = &node{op: opDoom, fn: n.fn, id: len(n.fn.nodes), what: ck.msg, bound: ck.bound, pos: n.pos, line: n.line,
			uaf: ck.live, never: n.op == opFail}
		c.dooms[key] = d
	}
	return d
}

// block adds the way out on which the step is not enabled.
func (s *stepper) block(p *path, n *node, ok spec.Expr, exits *[]exit) *tree {
	ok = p.facts.simplify(ok)
	if isTrue(ok) {
		return nil
	}
	if p.regWrote && !p.narrows(ok) {
		s.fatal(n, "put what waits at the start of the atomic block, or split the block", "the atomic block waits after it has changed something")
	}
	lf := &leaf{kind: leafBlocked, p: p.fork()}
	if isFalse(ok) {
		return &tree{leaf: lf}
	}
	*exits = append(*exits, exit{mkNot(ok), &tree{leaf: lf}})
	p.facts = p.facts.with(ok, true)
	return nil
}

// narrows reports whether ok is about a choice that the path has made: then it says which values
// can be chosen.
func (p *path) narrows(ok spec.Expr) bool {
	found := false
	inspect(ok, func(e spec.Expr) {
		if r, is := e.(*spec.ParamRef); is {
			found = found || slices.ContainsFunc(p.choices, func(c choice) bool { return c.q == r.Param })
		}
	})
	return found
}

// accessed notes an access.
func (s *stepper) accessed(p *path, n *node, commutes bool) {
	if s.inGhost(p) || p.reg != nil && n.op != opEnter {
		return
	}
	p.nacc++
	p.last = []*node{n}
	if !commutes {
		p.unmoved = true
	}
}

// exec executes a node that is no control flow. It returns a tree if the path ends, or another path
// to go on with.
func (s *stepper) exec(p *path, n *node, exits *[]exit, joins []*join) (*tree, *path) {
	check := func(cs ...condCheck) (*tree, *path, bool) { return s.apply(p, n, cs, exits, joins) }
	switch n.op {
	case opSet, opReturn:
		idx := s.evalAll(p, n.pl.idx)
		v := s.eval(p, n.x)
		cs := s.placeChecks(p, n, n.pl, idx, true)
		if rc := rangeCheck(v, n.pl.elem()); rc != nil {
			cs = append(cs, *rc)
		}
		if t, m, done := check(cs...); done {
			return t, m
		}
		s.writePlace(p, n.pl, idx, narrow(v, n.pl.elem()))
	case opLoad:
		idx := s.evalAll(p, n.pl.idx)
		if t, m, done := check(s.placeChecks(p, n, n.pl, idx, false)...); done {
			return t, m
		}
		if n.pl.gv != nil {
			s.accessed(p, n, n.mover())
			if p.reg != nil && p.reg.await && !s.inGhost(p) && !n.mover() && s.mode == modeStep {
				if p.regLoads++; p.regLoads > 1 {
					s.fatal(n, "write atomic await(…) if the condition is evaluated at one moment", "await reads more than one unguarded location")
				}
			}
		}
		p.env.put(n.dst.sym, write{val: s.readPlace(p, n.pl, idx)})
	case opStore:
		idx := s.evalAll(p, n.pl.idx)
		v := s.eval(p, n.x)
		cs := s.placeChecks(p, n, n.pl, idx, true)
		if rc := rangeCheck(v, n.pl.elem()); rc != nil {
			cs = append(cs, *rc)
		}
		cs = append(cs, s.roomFor(p, n.pl.gv)...)
		if t, m, done := check(cs...); done {
			return t, m
		}
		if s.c.drains(n) {
			if t := s.drained(p, n, exits); t != nil {
				return t, nil
			}
		}
		s.wroteOnce(p, n)
		s.accessed(p, n, n.mover() || s.newborn(p, n))
		s.regWrite(p, n)
		s.writePlace(p, n.pl, idx, narrow(v, n.pl.elem()))
	case opUpdate:
		return s.update(p, n, exits, joins)
	case opDoom:
		lf := &leaf{kind: leafFail, p: p, fail: s.failLit(n, condCheck{msg: n.what, bound: n.bound, live: n.uaf})}
		s.failUsed = true
		if n.never {
			lf.at = &label{n: n}
		}
		return &tree{leaf: lf}, nil
	case opAssert:
		if t, m, done := check(condCheck{ok: s.eval(p, n.x), msg: n.what, bound: n.bound}); done {
			return t, m
		}
	case opFail:
		if t, m, done := check(condCheck{ok: spec.F, msg: n.what, bound: n.bound}); done {
			if t != nil && t.leaf != nil && t.leaf.kind == leafFail {
				t.leaf.at = &label{n: n} // marks a NEVER
			}
			return t, m
		}
	case opFence:
		if t := s.drained(p, n, exits); t != nil {
			return t, nil
		}
		s.accessed(p, n, false)
	case opDrained:
		p.env.put(n.dst.sym, write{val: s.isDrained(s.eval(p, n.x))})
	case opEnter:
		if p.reg == nil && !s.inGhost(p) && s.mode == modeStep {
			if n.reg.locked {
				if t := s.drained(p, n, exits); t != nil {
					return t, nil
				}
			}
			p.reg, p.regFrame, p.regLoads, p.regWrote = n.reg, p.top().id, 0, false
			s.accessed(p, n, false)
		}
	case opAwait:
		c := s.eval(p, n.x)
		if len(n.args) > 0 {
			s.waitsFor(s.eval(p, n.args[0]), nil)
		}
		if t := s.block(p, n, c, exits); t != nil {
			return t, nil
		}
	case opChoose:
		if s.mode == modeInit {
			s.fatal(n, "choose in a task", "INIT has one outcome, so %s() can't stand in it", n.what)
		}
		s.accessed(p, n, true)
		if n.pool != nil {
			p.env.put(n.dst.sym, write{val: s.choice(p, "chosen", n.pool.enum)})
		} else {
			p.env.put(n.dst.sym, write{val: s.choice(p, "c", n.dst.typ)})
		}
	case opCPU:
		if s.mode == modeInit {
			s.fatal(n, "", "smp_processor_id() in INIT")
		}
		if s.c.opt.Migrate {
			s.accessed(p, n, true)
			p.env.put(n.dst.sym, write{val: s.choice(p, "cpu", &spec.RangeType{Lo: 0, Hi: s.c.nrCPUs - 1})})
		} else {
			p.env.put(n.dst.sym, write{val: s.cpuOf()})
		}
	case opAlloc:
		return s.alloc(p, n, exits, joins)
	case opRelease:
		return s.release(p, n, exits, joins)
	case opLock:
		return s.lock(p, n, exits, joins)
	case opSeq:
		if t, m, done := check(s.roomForSeq(p, n)...); done {
			return t, m
		}
		return s.seqOp(p, n, exits)
	case opHeld:
		idx := s.evalAll(p, n.pl.idx)
		if t, m, done := check(s.placeChecks(p, n, n.pl, idx, false)...); done {
			return t, m
		}
		p.env.put(n.dst.sym, write{val: s.heldBy(p, n.pl.gv, idx, false)})
	case opFree:
		idx := s.evalAll(p, n.pl.idx)
		if t, m, done := check(s.placeChecks(p, n, n.pl, idx, false)...); done {
			return t, m
		}
		g := n.pl.gv
		if len(g.dims) == 0 {
			s.freeLocks[g] = true
		}
		free := mkNot(nonNull(s.readGvar(p, g, idx)))
		if g.kind == gRwsem {
			rs := s.readVar(p, g.readers, idx)
			free = mkBin(spec.And, free, mkBin(spec.Eq, rs, &spec.Lit{N: 0, T: rs.Type()}))
		}
		p.env.put(n.dst.sym, write{val: free})
	case opWhen:
		s.situation(p, n, "WHEN")
		c := s.eval(p, n.x)
		s.when = append(s.when, c)
		if !s.later {
			p.facts = p.facts.with(c, true)
			s.whenFacts = p.facts
		}
	case opFrom:
		s.situation(p, n, "FROM")
		if s.from != nil {
			s.fatal(n, "join the conditions with &&", "the property has two FROMs")
		}
		s.from = s.eval(p, n.x)
	default:
		panic(fmt.Sprintf("unhandled op %d", n.op))
	}
	p.n = n.next
	return nil, nil
}

// situation checks that n, which says what a property is about, is executed whatever the state.
func (s *stepper) situation(p *path, n *node, what string) {
	if len(p.frames) > 1 || p.facts != s.whenFacts {
		s.fatal(n, "make it the first statement of the property", "%s behind a condition or in a function", what)
	}
	s.asked[n] = true
}

// inSituation reports whether n is part of a WHEN or a FROM.
func inSituation(p *path, n *node) bool {
	for _, f := range p.frames {
		if f.site != nil && f.site.situation {
			return true
		}
	}
	return n.situation
}

// regWrite notes that an atomic block has changed something.
func (s *stepper) regWrite(p *path, n *node) {
	if p.reg != nil && !s.inGhost(p) {
		p.regWrote = true
	}
}

// choice is a new parameter of the action, any value of t.
func (s *stepper) choice(p *path, name string, t spec.Type) spec.Expr {
	k := 0
	for ; slices.ContainsFunc(p.choices, func(c choice) bool { return c.q.Name == s.c.choiceName(name, k) }); k++ {
	}
	q := s.choiceParam(s.c.choiceName(name, k), t)
	p.choices = push(p.choices, choice{q: q})
	return &spec.ParamRef{Param: q}
}

func (s *stepper) choiceParam(name string, t spec.Type) *spec.Param {
	for _, q := range s.choices {
		if q.Name == name && spec.SameType(q.Type, t) {
			return q
		}
	}
	base := name
	for i := 2; ; i++ {
		taken := false
		for _, q := range s.choices {
			taken = taken || q.Name == name
		}
		if !taken {
			break
		}
		name = fmt.Sprintf("%s_%d", base, i)
	}
	q := &spec.Param{Name: name, Type: t}
	s.choices = append(s.choices, q)
	return q
}

// choiceName is the k-th name for choices of a kind.
func (c *compiler) choiceName(base string, k int) string {
	c.naming.Lock()
	defer c.naming.Unlock()
	key := fmt.Sprintf("%s/%d", base, k)
	if n, ok := c.choiceNames[key]; ok {
		return n
	}
	c.mayChange()
	if k > 0 {
		base = fmt.Sprintf("%s%d", base, k+1)
	}
	if c.choiceNames == nil {
		c.choiceNames = map[string]string{}
	}
	c.choiceNames[key] = c.names.fresh(base)
	return c.choiceNames[key]
}

// cpuOfTask is the CPU of the ith task.
func (c *compiler) cpuOfTask(i int) int64 {
	if n, ok := c.opt.TaskCPU[c.taskList[i].name]; ok {
		return int64(n) % c.nrCPUs
	}
	return int64(i) % c.nrCPUs
}

// cpuOf is the CPU of the task.
func (s *stepper) cpuOf() spec.Expr {
	cpu := s.c.cpuOfTask
	if n, ok := litOf(s.t); ok {
		return spec.Int(cpu(int(n)))
	}
	masks := make([]int64, s.c.nrCPUs)
	for i := range s.c.taskList {
		if s.tmask&(1<<i) != 0 {
			masks[cpu(i)] |= 1 << i
		}
	}
	var e spec.Expr
	for k := int(s.c.nrCPUs) - 1; k >= 0; k-- {
		if masks[k] == 0 {
			continue
		}
		v := &spec.Lit{N: int64(k), T: &spec.RangeType{Lo: 0, Hi: s.c.nrCPUs - 1}}
		if e == nil {
			e = v
			continue
		}
		e = mkIf(mkBin(spec.In, s.t, &spec.Lit{N: masks[k], T: &spec.SetType{Elem: s.c.tasks.enum}}), v, e)
	}
	return e
}

// singleton is {e}.
func (s *stepper) singleton(e spec.Expr, t *spec.SetType) spec.Expr {
	if n, ok := litOf(e); ok && n >= 0 {
		return &spec.Lit{N: 1 << uint(n), T: t}
	}
	if e.Type() == t.Elem {
		return &spec.Composite{T: t, Elems: []spec.Expr{e}}
	}
	q := &spec.Param{Name: s.c.bound(), Type: t.Elem}
	return &spec.Quant{Op: spec.SetOf, Param: q, Body: mkBin(spec.Eq, &spec.ParamRef{Param: q}, e)}
}

// update executes the set and list operations.
func (s *stepper) update(p *path, n *node, exits *[]exit, joins []*join) (*tree, *path) {
	idx := s.evalAll(p, n.pl.idx)
	write := n.what != "list_first"
	cs := s.placeChecks(p, n, n.pl, idx, write)
	var idx2 []spec.Expr
	if n.what == "list_splice_tail" {
		idx2 = s.evalAll(p, n.pl2.idx)
		cs = append(cs, s.placeChecks(p, n, n.pl2, idx2, true)...)
	}
	var x spec.Expr
	if n.x != nil {
		x = s.eval(p, n.x)
	}
	// The place must be readable before its value is looked at.
	if t, m, done := s.apply(p, n, cs, exits, joins); done {
		return t, m
	}
	cur := s.readPlace(p, n.pl, idx)
	var val, res, val2 spec.Expr
	cs = nil
	switch n.what {
	case "set_add":
		cs = append(cs, condCheck{ok: nonNull(x), msg: "NULL is added to a set"})
		val = mkBin(spec.Union, cur, s.singleton(x, cur.Type().(*spec.SetType)))
	case "set_del":
		val = mkBin(spec.Minus, cur, s.singleton(x, cur.Type().(*spec.SetType)))
	case "set_clear":
		val = &spec.Lit{N: 0, T: cur.Type()}
	case "list_add", "list_add_tail":
		cs = append(cs, condCheck{ok: nonNull(x), msg: "NULL is added to a list"}, condCheck{ok: mkNot(listHas(s.c, cur, x)), msg: "the object is on the list already", content: true})
		if n.what == "list_add" {
			val = prepend(cur, x)
		} else {
			val = mkBin(spec.Append, cur, x)
		}
	case "list_del":
		cs = append(cs, condCheck{ok: listHas(s.c, cur, x), msg: "the object is not on the list", content: true})
		val = removeElem(cur, x)
	case "list_first", "list_pop":
		cs = append(cs, condCheck{ok: mkBin(spec.Gt, mkUn(spec.Len, cur), spec.Int(0)), msg: "the list is empty", content: true})
		res = mkUn(spec.Head, cur)
		val = mkUn(spec.Tail, cur)
	case "list_splice_tail":
		to := s.readPlace(p, n.pl2, idx2)
		cs = append(cs, condCheck{ok: disjoint(s.c, cur, to), msg: "an object is on both lists", content: true})
		val = &spec.Composite{T: cur.Type()}
		val2 = concat(to, cur)
	default:
		panic("unhandled " + n.what)
	}
	if t, m, done := s.apply(p, n, cs, exits, joins); done {
		return t, m
	}
	if s.c.drains(n) {
		if t := s.drained(p, n, exits); t != nil {
			return t, nil
		}
	}
	if n.pl.gv != nil || n.pl2.gv != nil {
		s.accessed(p, n, n.mover())
	}
	if write {
		if n.pl.gv != nil || n.pl2.gv != nil {
			s.regWrite(p, n)
		}
		s.writePlace(p, n.pl, idx, val)
		if val2 != nil {
			s.writePlace(p, n.pl2, idx2, val2)
		}
	}
	if n.dst != nil {
		p.env.put(n.dst.sym, writeOf(res))
	}
	p.n = n.next
	return nil, nil
}

func writeOf(v spec.Expr) write { return write{val: v} }

// byLen decides over the length of the list l, from lo up: f gives the value for each length.
func byLen(l spec.Expr, lo, hi int, f func(n int) spec.Expr) spec.Expr {
	if c, ok := l.(*spec.Composite); ok {
		return f(len(c.Elems))
	}
	e := f(hi)
	for n := hi - 1; n >= lo; n-- {
		e = mkIf(mkBin(spec.Eq, mkUn(spec.Len, l), spec.Int(int64(n))), f(n), e)
	}
	return e
}

// prepend is x in front of the list l, which is not full since x is not on it.
func prepend(l, x spec.Expr) spec.Expr {
	t := l.Type().(*spec.SeqType)
	return byLen(l, 0, t.Cap-1, func(n int) spec.Expr {
		n = min(n, t.Cap-1)
		es := []spec.Expr{x}
		for i := 1; i <= n; i++ {
			es = append(es, elementAt(l, int64(i)))
		}
		return &spec.Composite{T: t, Elems: es}
	})
}

// concat is the list a followed by b; they have no element in common.
func concat(a, b spec.Expr) spec.Expr {
	t := a.Type().(*spec.SeqType)
	if c, ok := a.(*spec.Composite); ok && len(c.Elems) == 0 {
		return b
	}
	return byLen(b, 0, t.Cap, func(n int) spec.Expr {
		e := a
		for i := 1; i <= n; i++ {
			e = mkBin(spec.Append, e, elementAt(b, int64(i)))
		}
		return e
	})
}

// removeElem is the list l without x, which is on it.
func removeElem(l, x spec.Expr) spec.Expr {
	t := l.Type().(*spec.SeqType)
	if c, ok := l.(*spec.Composite); ok {
		for i, e := range c.Elems {
			if eq := mkBin(spec.Eq, e, x); isTrue(eq) {
				return &spec.Composite{T: t, Elems: append(append([]spec.Expr{}, c.Elems[:i]...), c.Elems[i+1:]...)}
			}
		}
	}
	pos := spec.Expr(spec.Int(int64(t.Cap)))
	for i := t.Cap - 1; i >= 1; i-- {
		pos = mkIf(mkBin(spec.Eq, elementAt(l, int64(i)), x), spec.Int(int64(i)), pos)
	}
	return &spec.Binary{Op: spec.RemoveAt, X: l, Y: pos}
}

// disjoint is "the lists a and b have no element in common".
func disjoint(c *compiler, a, b spec.Expr) spec.Expr {
	for _, l := range []spec.Expr{a, b} {
		if k, ok := l.(*spec.Composite); ok && len(k.Elems) == 0 {
			return spec.T
		}
	}
	e := a.Type().(*spec.SeqType).Elem.(*spec.OptionType).Elem
	q := &spec.Param{Name: c.bound(), Type: e}
	x := &spec.ParamRef{Param: q}
	if _, nested := a.(*spec.Composite); nested {
		return mkNot(mkAny(mapElems(a, func(e spec.Expr) spec.Expr { return listHas(c, b, e) })...))
	}
	in := func(l spec.Expr) spec.Expr {
		return byLen(l, 0, l.Type().(*spec.SeqType).Cap, func(n int) spec.Expr {
			var es []spec.Expr
			for i := 1; i <= n; i++ {
				es = append(es, mkBin(spec.Eq, elementAt(l, int64(i)), x))
			}
			return mkAny(es...)
		})
	}
	return &spec.Quant{Op: spec.Forall, Param: q, Body: mkNot(mkBin(spec.And, in(a), in(b)))}
}

func mapElems(l spec.Expr, f func(spec.Expr) spec.Expr) []spec.Expr {
	var out []spec.Expr
	for _, e := range l.(*spec.Composite).Elems {
		out = append(out, f(e))
	}
	return out
}

// alloc takes the first free object; the path forks over which one that is.
func (s *stepper) alloc(p *path, n *node, exits *[]exit, joins []*join) (*tree, *path) {
	s.accessed(p, n, false)
	s.regWrite(p, n)
	pool := n.pool
	var t *tree
	full := &leaf{kind: leafFail, p: p.fork(), fail: s.failLit(n, condCheck{msg: "the pool of struct " + pool.tag + " is too small: enlarge POOL(" + pool.tag + ", n)", bound: true})}
	s.failUsed = true
	t = &tree{leaf: full}
	var conds []spec.Expr
	for i := range pool.enum.Values {
		slot := &spec.Lit{N: int64(i), T: pool.enum}
		free := mkNot(s.readGvar(p, pool.live, []spec.Expr{slot}))
		if pool.frees {
			free = mkBin(spec.And, free, mkNot(s.holds(p, pool, slot)))
		}
		free = p.facts.simplify(free)
		conds = append(conds, free)
	}
	if s.mode == modeInit {
		for i := range pool.enum.Values {
			if isTrue(conds[i]) {
				slot := &spec.Lit{N: int64(i), T: pool.enum}
				p.env.put(pool.live.v, write{[]spec.Expr{slot}, spec.T})
				p.env.put(n.dst.sym, write{val: slot})
				p.n = n.next
				return nil, nil
			}
		}
		s.fatal(n, "make POOL("+pool.tag+", n) larger", "INIT allocates more objects than the pool of struct %s has", pool.tag)
	}
	p.visible = p.visible || s.visible[pool.live.v]
	for i := len(conds) - 1; i >= 0; i-- {
		if isFalse(conds[i]) {
			continue
		}
		q := p.fork()
		slot := &spec.Lit{N: int64(i), T: pool.enum}
		for _, c := range conds[:i] {
			q.facts = q.facts.with(c, false)
		}
		q.facts = q.facts.with(conds[i], true)
		q.env.put(pool.live.v, write{[]spec.Expr{slot}, spec.T})
		q.env.put(n.dst.sym, write{val: slot})
		if p.reg != nil || !s.inGhost(p) {
			q.born = push(q.born, spec.Expr(slot))
		}
		q.n = n.next
		sub := s.run(q, joins)
		t = &tree{cond: conds[i], then: sub, els: t}
		if isTrue(conds[i]) {
			t = sub
		}
	}
	return t, nil
}

// pointsInto reports whether values of t name objects of the pool.
func pointsInto(t spec.Type, pool *pool) bool {
	switch t := t.(type) {
	case *spec.OptionType:
		return t.Elem == pool.enum
	case *spec.SetType:
		return t.Elem == spec.Type(pool.enum)
	case *spec.SeqType:
		o, ok := t.Elem.(*spec.OptionType)
		return ok && o.Elem == pool.enum
	}
	return false
}

// holds is "some pointer, set or list holds the name of the object": it must not be reused then.
func (s *stepper) holds(p *path, pool *pool, slot spec.Expr) spec.Expr {
	var out []spec.Expr
	cell := func(v *spec.Var, env bool) {
		t := v.Type
		var dims []spec.Type
		for {
			a, ok := t.(*spec.ArrayType)
			if !ok {
				break
			}
			dims = append(dims, a.Index)
			t = a.Elem
		}
		match := func(e spec.Expr) spec.Expr {
			switch t := t.(type) {
			case *spec.OptionType:
				if t.Elem == pool.enum {
					return mkBin(spec.Eq, e, slot)
				}
			case *spec.SetType:
				if t.Elem == spec.Type(pool.enum) {
					return mkBin(spec.In, slot, e)
				}
			case *spec.SeqType:
				if o, ok := t.Elem.(*spec.OptionType); ok && o.Elem == pool.enum {
					return listHas(s.c, e, slot)
				}
			}
			return nil
		}
		if !pointsInto(t, pool) {
			return
		}
		if s.mode == modeInit || len(p.env.of(v)) > 0 {
			// element by element, so that what was written in this step counts
			var visit func(idx []spec.Expr, k int)
			visit = func(idx []spec.Expr, k int) {
				if k == len(dims) {
					out = append(out, match(s.readVar(p, v, idx)))
					return
				}
				lo, hi, _ := spec.Domain(dims[k])
				for i := lo; i <= hi; i++ {
					visit(append(idx[:k:k], &spec.Lit{N: i, T: dims[k]}), k+1)
				}
			}
			visit(nil, 0)
			return
		}
		var e spec.Expr = &spec.VarRef{Var: v}
		var ps []*spec.Param
		for k, d := range dims {
			q := &spec.Param{Name: s.c.boundN(k + 1), Type: d}
			ps = append(ps, q)
			e = &spec.Index{X: e, I: &spec.ParamRef{Param: q}}
		}
		m := match(e)
		for k := len(ps) - 1; k >= 0; k-- {
			m = &spec.Quant{Op: spec.Exists, Param: ps[k], Body: m}
		}
		out = append(out, m)
	}
	for _, g := range s.c.gvars {
		if g.kind == gPlain && !g.ghost {
			cell(g.v, true)
		}
	}
	if s.mode == modeStep {
		for _, f := range s.c.fnList {
			for _, l := range f.locals {
				if l.v != nil && !l.ghost {
					cell(l.v, false)
				}
			}
		}
	}
	return mkAny(append(out, s.c.bufferedNames(pool, slot)...)...)
}

// release ends the existence of an object and clears its fields.
func (s *stepper) release(p *path, n *node, exits *[]exit, joins []*join) (*tree, *path) {
	x := s.eval(p, n.x)
	pool := n.pool
	live := s.readGvar(p, pool.live, []spec.Expr{x})
	if t, m, done := s.apply(p, n, []condCheck{{ok: nonNull(x), msg: "release of NULL"}, {ok: live, msg: "release of an object that does not exist", live: true}}, exits, joins); done {
		return t, m
	}
	if p.reg == nil {
		if t := s.drained(p, n, exits); t != nil {
			return t, nil
		}
	}
	s.accessed(p, n, false)
	s.regWrite(p, n)
	put := func(v *spec.Var, idx []spec.Expr, val spec.Expr) {
		p.env.put(v, write{idx, val})
		p.visible = p.visible || s.visible[v]
	}
	put(pool.live.v, []spec.Expr{x}, spec.F)
	for _, g := range s.c.gvars {
		if g.pool != pool || !g.used {
			continue
		}
		var visit func(v *spec.Var, idx []spec.Expr, k int)
		visit = func(v *spec.Var, idx []spec.Expr, k int) {
			if k == len(g.dims) {
				put(v, idx, s.c.zero(elemType(v.Type, len(idx))))
				return
			}
			lo, hi, _ := spec.Domain(g.dims[k])
			for i := lo; i <= hi; i++ {
				visit(v, append(idx[:k:k], &spec.Lit{N: i, T: g.dims[k]}), k+1)
			}
		}
		visit(g.v, []spec.Expr{x}, 1)
		if g.readers != nil {
			visit(g.readers, []spec.Expr{x}, 1)
		}
	}
	p.n = n.next
	return nil, nil
}

// lock executes the lock operations.
func (s *stepper) lock(p *path, n *node, exits *[]exit, joins []*join) (*tree, *path) {
	g := n.pl.gv
	idx := s.evalAll(p, n.pl.idx)
	cs := s.placeChecks(p, n, n.pl, idx, true)
	if n.what == "spin_unlock" {
		cs = append(cs, s.roomFor(p, g)...)
	}
	if t, m, done := s.apply(p, n, cs, exits, joins); done {
		return t, m
	}
	if s.c.drains(n) {
		if t := s.drained(p, n, exits); t != nil {
			return t, nil
		}
	}
	null := &spec.Lit{N: -1, T: s.c.tasks.option()}
	owner := s.readGvar(p, g, idx)
	free := mkNot(nonNull(owner))
	var readers, self spec.Expr
	if g.kind == gRwsem {
		readers = s.readVar(p, g.readers, idx)
		self = s.singleton(s.t, readers.Type().(*spec.SetType))
	}
	put := func(v *spec.Var, val spec.Expr) {
		if v == g.v && n.what == "spin_unlock" {
			s.putGvar(p, g, idx, val)
		} else {
			p.env.put(v, write{idx, val})
		}
		if s.visible[v] {
			s.wroteVisible(p)
		}
	}
	must := n.held[g] // only of global locks
	check := func(ok spec.Expr, proved bool, msg string) (*tree, *path, bool) {
		if proved {
			return nil, nil, false
		}
		return s.apply(p, n, []condCheck{{ok: ok, msg: msg}}, exits, joins)
	}
	name := "'" + g.name + "'"
	acquire := func(ok spec.Expr) *tree {
		s.waitsFor(owner, readers)
		if t := s.block(p, n, ok, exits); t != nil {
			return t
		}
		s.accessed(p, n, true)
		s.regWrite(p, n)
		p.acquired, p.locked = true, true
		return nil
	}
	release := func() {
		s.accessed(p, n, true)
		s.regWrite(p, n)
		if p.reg == nil {
			p.released = true
		}
	}
	switch n.what {
	case "spin_lock":
		if t := acquire(free); t != nil {
			return t, nil
		}
		put(g.v, s.t)
	case "spin_trylock":
		s.accessed(p, n, false)
		s.regWrite(p, n)
		p.acquired = true
		p.env.put(n.dst.sym, write{val: free})
		put(g.v, mkIf(free, s.t, owner))
	case "spin_is_locked":
		s.accessed(p, n, false)
		p.env.put(n.dst.sym, write{val: mkNot(free)})
	case "spin_unlock":
		if t, m, done := check(mkBin(spec.Eq, owner, s.t), must >= heldWrite, "spin_unlock of "+name+", which the task does not hold"); done {
			return t, m
		}
		release()
		put(g.v, null)
	case "down_read":
		if t, m, done := check(mkNot(mkBin(spec.In, s.t, readers)), false, "down_read of "+name+", which the task holds"); done {
			return t, m
		}
		if t := acquire(free); t != nil {
			return t, nil
		}
		put(g.readers, mkBin(spec.Union, readers, self))
	case "up_read":
		if t, m, done := check(mkBin(spec.In, s.t, readers), must == heldRead, "up_read of "+name+", which the task does not hold"); done {
			return t, m
		}
		release()
		put(g.readers, mkBin(spec.Minus, readers, self))
	case "down_write":
		if t := acquire(mkBin(spec.And, free, mkBin(spec.Eq, readers, &spec.Lit{N: 0, T: readers.Type()}))); t != nil {
			return t, nil
		}
		put(g.v, s.t)
	case "up_write":
		if t, m, done := check(mkBin(spec.Eq, owner, s.t), must >= heldWrite, "up_write of "+name+", which the task does not hold"); done {
			return t, m
		}
		release()
		put(g.v, null)
	case "downgrade_write":
		if t, m, done := check(mkBin(spec.Eq, owner, s.t), must >= heldWrite, "downgrade_write of "+name+", which the task does not hold"); done {
			return t, m
		}
		s.accessed(p, n, false)
		s.regWrite(p, n)
		p.acquired = true
		put(g.v, null)
		put(g.readers, mkBin(spec.Union, readers, self))
	default:
		panic("unhandled " + n.what)
	}
	p.n = n.next
	return nil, nil
}

// seqOp executes the seqcount operations.
func (s *stepper) seqOp(p *path, n *node, exits *[]exit) (*tree, *path) {
	g := n.pl.gv
	odd := s.readGvar(p, g, nil)
	fresh, stale := &spec.Lit{N: 1, T: s.c.seqEnum}, &spec.Lit{N: 2, T: s.c.seqEnum}
	switch n.what {
	case "read_seqbegin":
		if t := s.block(p, n, mkNot(odd), exits); t != nil {
			return t, nil
		}
		s.accessed(p, n, false)
		p.env.put(n.dst.sym, write{val: fresh})
	case "read_seqretry":
		s.accessed(p, n, false)
		p.env.put(n.dst.sym, write{val: mkBin(spec.Eq, s.eval(p, n.x), stale)})
	case "write_seqcount_begin":
		s.accessed(p, n, false)
		s.regWrite(p, n)
		s.writePlace(p, n.pl, nil, spec.T)
		if s.buffers(p, g) {
			p.stale = pushNew(p.stale, g.buffered.issue)
		} else {
			p.stale = pushNew(p.stale, g)
		}
		for _, fr := range p.frames {
			for _, l := range fr.f.locals {
				if l.seq != g || len(l.dims) > 0 {
					continue
				}
				v := s.readLocal(p, l, nil)
				if nv := mkIf(mkBin(spec.Eq, v, fresh), stale, v); !spec.SameExpr(nv, v) {
					p.env.put(l.sym, write{val: nv})
				}
			}
		}
	case "write_seqcount_end":
		s.accessed(p, n, false)
		s.regWrite(p, n)
		s.writePlace(p, n.pl, nil, spec.F)
	}
	p.n = n.next
	return nil, nil
}
