package cmodel

import (
	"fmt"
	"path/filepath"
	"slices"

	"mcheck/spec"
)

// A step is executed symbolically: from a label on, over the old state, along every path, until the
// rules of fusion end it. The result is a decision tree whose leaves say what the step changes and
// where the task stands then.

// leafKind says how a path of a step ends.
type leafKind uint8

const (
	leafStop leafKind = iota
	leafDone
	leafFail
	leafBlocked
	leafReturn // of a property: the value
)

type leaf struct {
	kind leafKind
	p    *path
	at   *label // of leafStop
	fail *spec.Lit
	val  spec.Expr
}

// tree is a decision tree.
type tree struct {
	cond      spec.Expr
	then, els *tree
	leaf      *leaf
	cont      *path // reached the join
	at        *join
}

// join is where the two sides of a decision meet again: a node in a frame. A side may also jump
// over it, to a join further out.
type join struct {
	n     *node
	frame int
}

// label is a place where a task stands between steps.
type label struct {
	n    *node
	lit  *spec.Lit
	name string
}

// mode is what is executed.
type mode uint8

const (
	modeStep mode = iota
	modeInit
	modeProperty
	modePrefix // local code before the first step of a task
)

// stepper executes steps.
type stepper struct {
	c         *compiler
	mode      mode
	final     bool // the labels and variables are known
	t         spec.Expr
	tmask     uint64
	param     *spec.Param
	labels    map[*node]*label
	list      []*label
	masks     map[*node]uint64 // the tasks that can be at a label
	sizes     map[spec.Expr]int
	late      map[*gvar]bool // SET_ONCE data that is written after the object was made
	force     map[*node]bool // accesses that begin a step because of the ghost code after them
	restart   bool
	stops     *stops // of the step in the making; nil: nobody asks
	visible   map[*spec.Var]bool
	frameID   int
	budget    int
	start     *node
	when      []spec.Expr
	from      spec.Expr
	freeLocks map[*gvar]bool
	whenFacts *facts
	// of a property: the condition is asked of a later state than the situation
	later   bool
	asked   map[*node]bool // the WHENs and FROMs that were executed
	choices []*spec.Param
	holders []wait // for whom the step in the making may wait

	// What it has found for all: steps of several labels may be in the making.
	errs                *errs
	failures            []failure
	failUsed, gfailUsed bool
	waits               []wait
}

// abort ends the execution of a step after an error.
type abort struct{}

// loopHead is the first node, in the order of the text, of the loop that n is in; n if it is in
// none.
func loopHead(n *node) *node {
	// back holds the nodes from which n can be reached: those of the loop, as all are reached from
	// n.
	var nodes []*node
	from := map[*node][]*node{}
	seen := map[*node]bool{}
	var visit func(*node)
	visit = func(x *node) {
		if x == nil || seen[x] {
			return
		}
		seen[x] = true
		nodes = append(nodes, x)
		for _, y := range []*node{x.next, x.alt} {
			if y != nil {
				from[y] = append(from[y], x)
			}
			visit(y)
		}
	}
	visit(n)
	head := n
	back := map[*node]bool{}
	for todo := []*node{n}; len(todo) > 0; {
		x := todo[0]
		todo = todo[1:]
		for _, y := range from[x] {
			if !back[y] {
				back[y] = true
				todo = append(todo, y)
				if p := y.pos; p.File == n.pos.File && (p.Line < head.pos.Line || p.Line == head.pos.Line && p.Col < head.pos.Col) {
					head = y
				}
			}
		}
	}
	return head
}

func (s *stepper) fatal(n *node, advice, format string, args ...any) {
	s.errs.add(n.pos, advice, format, args...)
	panic(abort{})
}

func (s *stepper) newPath(n *node, f *fn) *path {
	s.frameID++
	p := &path{position: position{n: n, frames: []frame{{f: f, id: s.frameID}}, ghost: -1}}
	p.resume(f, n.keep)
	return p
}

// baseVal is the value of v[idx] in the old state.
func (s *stepper) baseVal(v *spec.Var, idx []spec.Expr, elem spec.Type) spec.Expr {
	switch s.mode {
	case modeInit:
		return s.c.declared(v, idx, elem)
	case modePrefix: // the initial state
		return readWrites(s.c.initEnv.of(v), idx, s.c.declared(v, idx, elem))
	}
	if g := s.c.byVar[v]; g != nil && g.settled && len(idx) == 1 {
		if _, ok := litOf(idx[0]); ok {
			return readWrites(s.c.initEnv.of(v), idx, s.c.declared(v, idx, elem))
		}
	}
	var e spec.Expr = &spec.VarRef{Var: v}
	for _, i := range idx {
		e = mkIndex(e, i)
	}
	return e
}

// declared is the value of v[idx] before INIT.
func (c *compiler) declared(v *spec.Var, idx []spec.Expr, elem spec.Type) spec.Expr {
	if g := c.byVar[v]; g != nil && g.init != nil && len(idx) == 0 {
		if iv := c.initVal[g]; iv != nil {
			return iv
		}
	}
	return c.zero(elem)
}

// read is the value of v[idx] after the writes of the path.
func (s *stepper) read(env store, v *spec.Var, idx []spec.Expr, base spec.Expr) spec.Expr {
	return readWrites(env.of(v), idx, base)
}

func readWrites(ws []write, idx []spec.Expr, base spec.Expr) spec.Expr {
	for i := len(ws) - 1; i >= 0; i-- {
		w := ws[i]
		if len(w.idx) == 0 && len(idx) > 0 {
			e := w.val
			for _, x := range idx {
				e = mkIndex(e, x)
			}
			return e
		}
		if len(w.idx) > len(idx) && len(idx) == 0 {
			// handled by the caller: whole reads of arrays do not happen after element writes
			continue
		}
		eq := spec.Expr(spec.T)
		for k := range w.idx {
			eq = mkBin(spec.And, eq, indexEq(w.idx[k], idx[k]))
		}
		if isTrue(eq) {
			return w.val
		}
		if isFalse(eq) {
			continue
		}
		return mkIf(eq, w.val, readWrites(ws[:i], idx, base))
	}
	return base
}

func indexEq(a, b spec.Expr) spec.Expr { return mkBin(spec.Eq, b, a) }

func elemType(t spec.Type, n int) spec.Type {
	for ; n > 0; n-- {
		t = t.(*spec.ArrayType).Elem
	}
	return t
}

// indexType is the type of the nth index of t.
func indexType(t spec.Type, n int) spec.Type { return elemType(t, n).(*spec.ArrayType).Index }

// readLocal is the value of a local.
func (s *stepper) readLocal(p *path, l *local, idx []spec.Expr) spec.Expr {
	b := p.base(l.fn)
	var v spec.Expr
	if s.mode != modeStep || b != nil && (b.entered || !b.live[l]) {
		v = s.c.zero(elemType(l.typ, len(idx)))
	} else {
		v = &spec.VarRef{Var: l.sym}
		for _, i := range idx {
			v = mkIndex(v, i)
		}
	}
	return s.read(p.env, l.sym, idx, v)
}

// eval is the value of a TAC expression on p.
func (s *stepper) eval(p *path, e spec.Expr) spec.Expr {
	out := spec.Rewrite(e, func(e spec.Expr) spec.Expr {
		switch x := e.(type) {
		case *spec.VarRef:
			if l := s.c.syms[x.Var]; l != nil {
				return s.readLocal(p, l, nil)
			}
		case *spec.ParamRef:
			if x.Param == s.c.curParam {
				if s.t == nil {
					s.fatal(p.n, "hand the task to the function as an argument", "there is no 'current' here: INIT and properties are code of no task")
				}
				return s.t
			}
		}
		return simplify1(e)
	})
	return p.facts.simplify(out)
}

func (s *stepper) evalAll(p *path, es []spec.Expr) []spec.Expr {
	out := make([]spec.Expr, len(es))
	for i, e := range es {
		out[i] = s.eval(p, e)
	}
	return out
}

// exit is a way out beside the main path: to the end of the step, or to a join further out.
type exit struct {
	cond spec.Expr
	tree *tree
}

func finish(exits []exit, t *tree) *tree {
	for i := len(exits) - 1; i >= 0; i-- {
		t = &tree{cond: exits[i].cond, then: exits[i].tree, els: t}
	}
	return t
}

func (s *stepper) inGhost(p *path) bool { return p.ghost >= 0 }

// free reports whether accesses need no boundaries here.
func (s *stepper) free(p *path) bool {
	return s.mode == modeInit || s.mode == modeProperty || s.inGhost(p) || p.reg != nil && !p.reg.await
}

// line notes that p executes the statement of n.
func (s *stepper) line(p *path, n *node) {
	if n.line.Text == "" || s.mode != modeStep {
		return
	}
	l := n.line
	l.Ghost = s.inGhost(p)
	for i, x := range p.lines {
		if sameLine(x, l) {
			if x.When != nil { // not only on one of the sides that were joined before
				p.lines = slices.Clone(p.lines)
				p.lines[i].When = nil
			}
			return
		}
	}
	p.lines = push(p.lines, l)
}

// run executes p until it reaches one of the joins, or ends.
func (s *stepper) run(p *path, joins []*join) *tree {
	var exits []exit
	for {
		if s.budget--; s.budget < 0 {
			s.fatal(loopHead(p.n), "bound the loop by a constant, let it access what tasks share, or shorten the atomic block",
				"the step that begins in line %d is too long here: a loop in it may have no bound", s.start.pos.Line)
		}
		n, top := p.n, p.top()
		if p.reg != nil && top.id == p.regFrame && n.reg != p.reg {
			p.reg = nil
		}
		if p.ghost >= 0 && top.id == p.ghost && !n.ghost {
			p.ghost, p.ghostDep = -1, false
		}
		for _, j := range joins {
			if n == j.n && top.id == j.frame {
				return finish(exits, &tree{cont: p, at: j})
			}
		}
		if p.ghost < 0 && n.ghost && s.mode != modeProperty {
			p.ghost = top.id
		}
		if s.mustStop(p, n) {
			if n.op == opMark {
				s.finishes(p)
			}
			return finish(exits, s.stop(p, n))
		}
		if n.op != opNop && n.op != opMark && n.op != opUnset {
			p.begun = true
		}
		switch n.op {
		case opNop:
			if n.what == "for_each" && s.mode != modeProperty && !s.free(p) {
				s.fatal(n, "put the loop into atomic { … }: the objects may change between the steps", "for_each stands outside an atomic block")
			}
			p.n = n.next
			continue
		case opExit:
			fr := *top
			var result spec.Expr
			if fr.f.retv != nil {
				result = s.readLocal(p, fr.f.retv, nil)
			}
			p.frames = p.frames[:len(p.frames)-1]
			s.returned(p, fr.site, result)
			continue
		case opBranch:
			c := p.facts.simplify(s.eval(p, n.x))
			if (isTrue(c) || isFalse(c)) && !p.ghostDep && n.join != nil && s.fromGhost(p, n) {
				t, m := s.decided(p, n, isTrue(c), joins)
				if m == nil {
					return finish(exits, t)
				}
				exits = append(exits, t.exits(m)...)
				p = m.cont
				continue
			}
			if isTrue(c) {
				p.n = n.next
				continue
			}
			if isFalse(c) {
				p.n = n.alt
				continue
			}
			s.bounded(p, n, c)
			if s.mode == modeInit || s.mode == modePrefix {
				s.fatal(n, "use constants and loops over them", "INIT is not deterministic, or the code before the first step is not")
			}
			if p.visit(n) > 70 {
				s.breakLoop(p, 30)
				s.fatal(n, "bound the loop by a constant, or make one access in it a step", "a loop inside a step is not bounded at compile time")
			}
			q := p.fork()
			p.n, q.n = n.next, n.alt
			q.facts = p.facts.with(c, false)
			before := p.facts
			p.facts = p.facts.with(c, true)
			t, m := s.both(c, s.fromGhost(p, n), p, q, &join{n.join, top.id}, before, joins)
			if m == nil {
				return finish(exits, t)
			}
			exits = append(exits, t.exits(m)...)
			p = m.cont
			continue
		case opCall:
			s.line(p, n)
			before, j := p.facts, &join{n.next, top.id}
			s.call(p, n)
			t := s.run(p, append(joins[:len(joins):len(joins)], j))
			m := s.rejoin(t, j, before, joins)
			if m == nil {
				return finish(exits, t)
			}
			exits = append(exits, t.exits(m)...)
			p = m.cont
			continue
		case opMark:
			p.n = n.next
			continue
		case opUnset:
			if s.c.opt.Raw {
				p.env.put(n.pl.loc.sym, write{val: s.c.zero(n.pl.loc.typ)})
			}
			p.n = n.next
			continue
		case opAgain:
			return finish(exits, s.stop(p, n.next))
		}
		if s.mode == modeStep && p.nacc > 0 && p.reg == nil && !s.inGhost(p) && s.isAccess(n) {
			was := p.fork()
			was.undone = nil
			p.undone = &undone{p: was}
			if p.visit(n) > 300 {
				s.breakLoop(p, 30)
			}
		}
		s.line(p, n)
		s.taint(p, n)
		t, more := s.exec(p, n, &exits, joins)
		if t != nil {
			return finish(exits, t)
		}
		if more != nil {
			p = more
		}
	}
}

// breakLoop is called where the path goes round in a loop that has no bound, or none that is worth
// it. If there is an access in it that commutes and that the path has come to so many times, it
// must begin a step, and the execution of this one is given up.
func (s *stepper) breakLoop(p *path, times int) {
	var in visits
	for _, v := range p.visits {
		if v.n.op != opBranch && v.times > max(in.times, times) {
			in = v
		}
	}
	if in.n != nil && !s.final {
		s.c.mayChange()
		s.force[in.n] = true
		s.restart = true
		panic(abort{})
	}
}

// maxTerms bounds the size of an expression that a step computes: the operators, variables and
// constants in it.
const maxTerms = 60_000

// bounded gives up where e, which p computes at n, is too large.
func (s *stepper) bounded(p *path, n *node, e spec.Expr) {
	if s.sizeOf(e) <= maxTerms {
		return
	}
	s.breakLoop(p, 2)
	s.fatal(n, "split the atomic block, let its loops count to less, or choose an object by choose_one() and await what it must be",
		"what the step that begins in line %d computes becomes too large here: more than %d operations in one value", s.start.pos.Line, maxTerms)
}

// sizeOf is the number of parts of e, where what stands in it twice counts twice.
func (s *stepper) sizeOf(e spec.Expr) int {
	parts := spec.Children(e)
	if len(parts) == 0 {
		return 1
	}
	if n, ok := s.sizes[e]; ok {
		return n
	}
	n := 1
	for _, x := range parts {
		n = min(n+s.sizeOf(x), maxTerms+1)
	}
	if s.sizes == nil {
		s.sizes = map[spec.Expr]int{}
	}
	s.sizes[e] = n
	return n
}

// both runs the two sides of a decision to the join j and merges what arrives there. It returns the
// tree alone if that is all; otherwise m is a continuation of it, of the path to go on with, and
// the rest of the tree is what went elsewhere.
func (s *stepper) both(c spec.Expr, ghost bool, p, q *path, j *join, before *facts, joins []*join) (t, m *tree) {
	dep, ghost := p.ghostDep, ghost || readsGhost(c)
	if ghost {
		p.ghostDep, q.ghostDep = true, true
	}
	inner := append(joins[:len(joins):len(joins)], j)
	if j.n == nil {
		inner = joins
	}
	t = &tree{cond: c, then: s.run(p, inner), els: s.run(q, inner)}
	m = s.rejoin(t, j, before, joins)
	if m != nil {
		m.cont.ghostDep = dep
		for _, ct := range t.conts(nil, nil) {
			if ct.at != j {
				m.cont.ghostDep = m.cont.ghostDep || ghost
			}
		}
	}
	return t, m
}

// rejoin merges what arrived at j. If that is one path it goes on in place; m is a continuation of
// what has to go on, if anything.
func (s *stepper) rejoin(t *tree, j *join, before *facts, joins []*join) (m *tree) {
	conts := t.conts(j, nil)
	if len(conts) <= 1 || s.apart(conts) {
		// keep the shape of the source
		for _, ct := range conts {
			*ct = *s.run(ct.cont, joins)
		}
		return nil
	}
	return &tree{cont: s.merge(t, conts, before), at: j}
}

// apart reports whether some of the paths have made an access and others none, with --raw: there
// who has made none goes on to the next.
func (s *stepper) apart(conts []*tree) bool {
	none := func(ct *tree) bool { return ct.cont.nacc == 0 }
	return s.c.opt.Raw && s.mode == modeStep && slices.ContainsFunc(conts, none) &&
		slices.ContainsFunc(conts, func(ct *tree) bool { return !none(ct) })
}

// runBase executes p, which knows of one frame, and what comes after that frame's function.
func (s *stepper) runBase(p *path) *tree {
	j := &join{p.top().f.exit, p.top().id}
	before := p.facts
	t := s.run(p, []*join{j})
	conts := t.conts(j, nil)
	if len(conts) <= 1 || s.apart(conts) {
		for _, ct := range conts {
			*ct = *s.ret(ct.cont)
		}
		return t
	}
	m := s.merge(t, conts, before)
	return finish(t.exits(&tree{at: j}), s.ret(m))
}

// decided runs p through n, a branch of ghost code that is decided at compile time, though ghost
// data takes part in it: what fails before its sides would meet fails on ghost data. It returns the
// same as both.
func (s *stepper) decided(p *path, n *node, is bool, joins []*join) (t, m *tree) {
	before, j := p.facts, &join{n.join, p.top().id}
	p.ghostDep = true
	if p.n = n.alt; is {
		p.n = n.next
	}
	t = s.run(p, append(joins[:len(joins):len(joins)], j))
	conts := t.conts(nil, nil)
	if !slices.ContainsFunc(conts, func(ct *tree) bool { return ct.at != j }) {
		for _, ct := range conts {
			ct.cont.ghostDep = false
		}
	}
	return t, s.rejoin(t, j, before, joins)
}

// tainted reports whether a local takes part in e, an expression of ghost code, whose value was
// computed from ghost data, or that is ghost data itself. The value may be known at compile time
// all the same.
func (s *stepper) tainted(p *path, e spec.Expr) bool {
	return slices.ContainsFunc(spec.VarsRead(e), func(v *spec.Var) bool {
		l := s.c.syms[v]
		return l != nil && (l.ghost && !l.temp) || slices.Contains(p.tainted, v)
	})
}

// fromGhost reports whether n stands in ghost code and ghost data takes part in what it computes.
func (s *stepper) fromGhost(p *path, n *node) (is bool) {
	if s.mode != modeStep || !s.inGhost(p) {
		return false
	}
	n.exprs(func(e spec.Expr) { is = is || s.tainted(p, e) })
	return is || n.pl.loc != nil && slices.Contains(p.tainted, n.pl.loc.sym) && (n.op == opLoad || n.op == opUpdate)
}

// taint notes whether ghost data takes part in the local value that n computes in ghost code.
func (s *stepper) taint(p *path, n *node) {
	dst := n.dst
	if dst == nil {
		dst = n.pl.loc
	}
	if dst == nil || s.mode != modeStep || !s.inGhost(p) {
		return
	}
	p.tainted = mark(p.tainted, dst.sym, s.fromGhost(p, n) || n.pl.ghost())
}

// mark is s with or without v.
func mark(s []*spec.Var, v *spec.Var, is bool) []*spec.Var {
	if is {
		return pushNew(s, v)
	}
	if i := slices.Index(s, v); i >= 0 {
		return slices.Delete(slices.Clone(s), i, i+1)
	}
	return s
}

// ghost reports whether what is in the place is ghost data.
func (pl place) ghost() bool {
	return pl.gv != nil && pl.gv.ghost || pl.loc != nil && pl.loc.ghost && !pl.loc.temp
}

// readsGhost reports whether e reads ghost data.
func readsGhost(e spec.Expr) bool {
	for _, v := range spec.VarsRead(e) {
		if v.Ghost {
			return true
		}
	}
	return false
}

// conts returns the continuations of t that reached j, or all if j is nil.
func (t *tree) conts(j *join, out []*tree) []*tree {
	switch {
	case t.cont != nil:
		if j == nil || t.at == j {
			out = append(out, t)
		}
		return out
	case t.leaf != nil:
		return out
	}
	return t.els.conts(j, t.then.conts(j, out))
}

// exits returns the parts of t that did not reach the join of m, each under its path condition.
func (t *tree) exits(m *tree) []exit {
	var out []exit
	var visit func(t *tree, cond spec.Expr)
	visit = func(t *tree, cond spec.Expr) {
		switch {
		case len(t.conts(m.at, nil)) == 0:
			out = append(out, exit{cond, t})
		case t.cont != nil:
		default:
			visit(t.then, mkBin(spec.And, cond, t.cond))
			visit(t.els, mkBin(spec.And, cond, mkNot(t.cond)))
		}
	}
	visit(t, spec.T)
	return out
}

// value builds the decision over t of a value at each continuation; what ended before does not
// matter.
func (t *tree) value(j *join, f func(p *path) spec.Expr) spec.Expr {
	switch {
	case t.cont != nil:
		if t.at != j {
			return nil
		}
		return f(t.cont)
	case t.leaf != nil:
		return nil
	}
	a, b := t.then.value(j, f), t.els.value(j, f)
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return mkIf(t.cond, a, b)
}

// merge joins the continuations of t into one path.
func (s *stepper) merge(t *tree, conts []*tree, before *facts) *path {
	first := conts[0].cont
	at, did, met := first.position, first.record, first.notes
	var fs []*facts
	for _, ct := range conts {
		p := ct.cont
		if p.n != at.n || p.reg != at.reg || p.ghost != at.ghost || p.top().id != first.top().id {
			panic(fmt.Sprintf("paths that meet at %s differ", at.n))
		}
		did, met = did.join(p.record), met.join(p.notes)
		fs = append(fs, p.facts)
	}
	known := common(before, fs)
	return &path{at, did, met, told{mergeLines(t, conts), mergeChoices(t, conts), mergeGhostFails(t, conts), t.undone(conts[0].at)},
		known, s.mergeStore(at, t, conts, known)}
}

// mergeLines joins the statements that were executed.
func mergeLines(t *tree, conts []*tree) []spec.SourceLine {
	var lines []spec.SourceLine
	for _, ct := range conts {
		lines = addLines(lines, ct.cont.lines)
	}
	for i, l := range lines {
		lines[i].When = whenever(t.value(conts[0].at, func(p *path) spec.Expr { return p.executes(l) }))
	}
	return lines
}

// mergeChoices joins the choices that were made.
func mergeChoices(t *tree, conts []*tree) []choice {
	var qs []*spec.Param
	for _, ct := range conts {
		for _, c := range ct.cont.choices {
			qs = pushNew(qs, c.q)
		}
	}
	var out []choice
	for _, q := range qs {
		out = append(out, choice{q, whenever(t.value(conts[0].at, func(p *path) spec.Expr { return p.chooses(q) }))})
	}
	return out
}

// chooses is the condition under which p has made the choice q.
func (p *path) chooses(q *spec.Param) spec.Expr {
	for _, c := range p.choices {
		if c.q == q {
			if c.when != nil {
				return c.when
			}
			return spec.T
		}
	}
	return spec.F
}

// undone builds the decision over t of what was done before the last access.
func (t *tree) undone(j *join) *undone {
	u, _ := t.undoneAt(j)
	return u
}

func (t *tree) undoneAt(j *join) (u *undone, found bool) {
	switch {
	case t.cont != nil:
		return t.cont.undone, t.at == j
	case t.leaf != nil:
		return nil, false
	}
	a, inA := t.then.undoneAt(j)
	b, inB := t.els.undoneAt(j)
	switch {
	case !inA:
		return b, inB
	case !inB || a == b:
		return a, true
	}
	return &undone{cond: t.cond, then: a, els: b}, true
}

// mergeStore joins the writes of paths that meet at a place.
func (s *stepper) mergeStore(at position, t *tree, conts []*tree, known *facts) store {
	keep, top := at.n.keep, at.frames[len(at.frames)-1].f
	active := map[*fn]bool{}
	for _, fr := range at.frames {
		active[fr.f] = true
	}
	seen := map[*spec.Var]bool{}
	var env store
	for _, ct := range conts {
		for _, v := range ct.cont.env.vars {
			if seen[v] {
				continue
			}
			seen[v] = true
			if l := s.c.syms[v]; l != nil {
				// Nobody reads a dead local any more; at the end of the step it is reset.
				dead := !active[l.fn] || l.fn == top && !keep[l]
				if dead {
					continue
				}
			}
			s.mergeVar(&env, t, conts, v, known)
		}
	}
	return env
}

// mergeGhostFails joins the failures of ghost code: what all have in common, then each side's own
// under its condition.
func mergeGhostFails(t *tree, conts []*tree) []gfail {
	n := len(conts[0].cont.gfails)
	for _, ct := range conts {
		g := ct.cont.gfails
		k := 0
		for k < n && k < len(g) && g[k] == conts[0].cont.gfails[k] {
			k++
		}
		n = k
	}
	out := conts[0].cont.gfails[:n:n]
	for _, ct := range conts {
		for _, g := range ct.cont.gfails[n:] {
			cond := t.value(ct.at, func(p *path) spec.Expr {
				if p == ct.cont {
					return g.cond
				}
				return spec.F
			})
			out = append(out, gfail{cond, g.lit})
		}
	}
	return out
}

// mergeVar merges the writes of one variable.
func (s *stepper) mergeVar(env *store, t *tree, conts []*tree, v *spec.Var, known *facts) {
	// What all have in common at the start is kept.
	pre := conts[0].cont.env.of(v)
	for _, ct := range conts[1:] {
		ws := ct.cont.env.of(v)
		k := 0
		for k < len(pre) && k < len(ws) && sameIdx(pre[k].idx, ws[k].idx) && spec.SameExpr(pre[k].val, ws[k].val) {
			k++
		}
		pre = pre[:k]
	}
	for _, w := range pre {
		env.put(v, w)
	}
	var places [][]spec.Expr
	for _, ct := range conts {
		ws := ct.cont.env.of(v)
	next:
		for _, w := range ws[len(pre):] {
			for _, pl := range places {
				if sameIdx(pl, w.idx) {
					continue next
				}
			}
			places = append(places, w.idx)
		}
	}
	elem := v.Type
	var out []write
	for _, idx := range places {
		has := func(p *path) bool {
			for _, w := range p.env.of(v)[len(pre):] {
				if sameIdx(w.idx, idx) {
					return true
				}
			}
			return false
		}
		use := idx
		safe := true
		for k, i := range idx {
			if !s.defined(i, indexType(elem, k), known) {
				safe = false
			}
		}
		at := make([]spec.Expr, len(idx))
		if !safe {
			for k, i := range idx {
				if s.defined(i, indexType(elem, k), known) {
					at[k] = i
					continue
				}
				at[k] = t.value(conts[0].at, func(p *path) spec.Expr {
					if has(p) {
						return i
					}
					return firstIndex(i)
				})
			}
			use = at
		}
		val := t.value(conts[0].at, func(p *path) spec.Expr {
			ri := idx
			if !safe && !has(p) {
				ri = make([]spec.Expr, len(idx))
				for k, i := range idx {
					ri[k] = i
					if !s.defined(i, indexType(elem, k), known) {
						ri[k] = firstIndex(i)
					}
				}
			}
			return s.readAny(p, v, ri, elemType(elem, len(idx)))
		})
		s.bounded(conts[0].cont, conts[0].cont.n, val)
		out = append(out, write{use, val})
	}
	for _, w := range out {
		env.put(v, w)
	}
}

// readAny reads a gvar's or a local's variable.
func (s *stepper) readAny(p *path, v *spec.Var, idx []spec.Expr, t spec.Type) spec.Expr {
	if l := s.c.syms[v]; l != nil {
		return s.readLocal(p, l, idx)
	}
	if g := s.c.views[v]; g != nil {
		return s.readBuffered(p, g, idx)
	}
	return s.read(p.env, v, idx, s.baseVal(v, idx, t))
}

// firstIndex is an index that exists, of the kind of i.
func firstIndex(i spec.Expr) spec.Expr {
	switch t := i.Type().(type) {
	case *spec.OptionType:
		return &spec.Lit{N: 0, T: t.Elem}
	case *spec.EnumType:
		return &spec.Lit{N: 0, T: t}
	}
	return spec.Int(0)
}

// defined reports whether e can be evaluated, and used as an index of the type of, wherever the
// facts hold.
func (s *stepper) defined(e spec.Expr, of spec.Type, f *facts) bool {
	ok := true
	var visit func(e spec.Expr, index spec.Type)
	visit = func(e spec.Expr, index spec.Type) {
		if index != nil {
			if o, isOpt := e.Type().(*spec.OptionType); isOpt {
				if t, known := f.decide(mkBin(spec.Ne, e, &spec.Lit{N: -1, T: o})); !known || !t {
					ok = false
				}
			}
			if r, isRange := index.(*spec.RangeType); isRange {
				if lo, hi := f.interval(e); lo < r.Lo || hi > r.Hi {
					ok = false
				}
			}
		}
		switch x := e.(type) {
		case *spec.Index:
			var at spec.Type
			switch t := x.X.Type().(type) {
			case *spec.SeqType:
				ok = false
			case *spec.ArrayType:
				at = t.Index
			}
			visit(x.X, nil)
			visit(x.I, at)
			return
		case *spec.Unary:
			if x.Op == spec.Head || x.Op == spec.Tail {
				ok = false
			}
		}
		for _, c := range spec.Children(e) {
			visit(c, nil)
		}
	}
	visit(e, of)
	return ok
}

// addLines adds to ls what more has beside it, each statement where it stands in more. The
// conditions are found later.
func addLines(ls, more []spec.SourceLine) []spec.SourceLine {
	if len(ls) == 0 {
		return slices.Clone(more)
	}
	at := 0
	for _, l := range more {
		i := slices.IndexFunc(ls, func(x spec.SourceLine) bool { return sameLine(x, l) })
		switch {
		case i < 0:
			ls = slices.Insert(ls, at, l)
			at++
		case i >= at:
			at = i + 1
		}
	}
	return ls
}

func sameLine(a, b spec.SourceLine) bool {
	return a.Pos == b.Pos && a.Func == b.Func && a.Text == b.Text && a.Ghost == b.Ghost
}

// executes returns the condition under which p executes the statement l.
func (p *path) executes(l spec.SourceLine) spec.Expr {
	for _, x := range p.lines {
		if sameLine(x, l) {
			if x.When != nil {
				return x.When
			}
			return spec.T
		}
	}
	return spec.F
}

// whenever returns cond as SourceLine.When: nil if it always holds.
func whenever(cond spec.Expr) spec.Expr {
	if cond == nil || isTrue(cond) {
		return nil
	}
	return cond
}

// call enters the callee.
func (s *stepper) call(p *path, n *node) {
	args := s.evalAll(p, n.args)
	f := n.callee
	s.frameID++
	p.frames = push(p.frames, frame{f: f, site: n, id: s.frameID})
	p.enter(f)
	for _, l := range f.locals {
		p.env.drop(l.sym) // of an earlier call in this step
	}
	for i, a := range args {
		if f.params[i] != nil {
			p.tainted = mark(p.tainted, f.params[i].sym, s.inGhost(p) && s.tainted(p, n.args[i]))
			p.env.put(f.params[i].sym, write{val: a})
		}
	}
	p.n = f.entry
}

// ret leaves the function of the only frame and returns the tree of what follows.
func (s *stepper) ret(p *path) *tree {
	fr := *p.top()
	var result spec.Expr
	if fr.f.retv != nil {
		result = s.readLocal(p, fr.f.retv, nil)
	}
	if s.mode != modeStep && s.mode != modePrefix {
		return &tree{leaf: &leaf{kind: leafReturn, p: p, val: result}}
	}
	for _, t := range s.c.taskList {
		if t.body == fr.f {
			s.finishes(p)
			return &tree{leaf: &leaf{kind: leafDone, p: p}}
		}
	}
	// The caller is the one that the return point names.
	sites := s.sites(fr.f)
	if len(fr.f.returnSites()) > 1 {
		p.env.put(fr.f.rv, write{idx: []spec.Expr{s.t}, val: &spec.Lit{N: 0, T: fr.f.retEnum}})
	}
	var t *tree
	for i := len(sites) - 1; i >= 0; i-- {
		site := sites[i]
		q := p
		if i > 0 {
			q = p.fork()
		} else if len(sites) > 1 {
			q = p.fork()
		}
		s.frameID++
		q.frames = []frame{{f: site.fn, id: s.frameID}}
		q.left = push(q.left, site)
		q.resume(site.fn, site.over)
		s.returned(q, site, result)
		sub := s.runBase(q)
		if t == nil {
			t = sub
			continue
		}
		cond := mkBin(spec.Eq, &spec.Index{X: &spec.VarRef{Var: fr.f.rv}, I: s.t}, &spec.Lit{N: int64(siteIndex(fr.f, site)) + 1, T: fr.f.retEnum})
		t = &tree{cond: cond, then: sub, els: t}
	}
	if t == nil {
		return &tree{leaf: &leaf{kind: leafBlocked, p: p}} // never called; not reached
	}
	return t
}

func siteIndex(f *fn, site *node) int {
	for i, x := range f.returnSites() {
		if x == site {
			return i
		}
	}
	return -1
}

// sites returns the call sites that f may return to, for the tasks of this action.
func (s *stepper) sites(f *fn) []*node {
	var out []*node
	for _, n := range f.returnSites() {
		if n.fn.tasks&s.tmask != 0 {
			out = append(out, n)
		}
	}
	return out
}

// returnSites returns the calls of f by a task, ghost code left out.
func (f *fn) returnSites() []*node {
	var out []*node
	for _, n := range f.sites {
		if n.fn.normal && !n.ghost {
			out = append(out, n)
		}
	}
	return out
}

// returnVars makes the variables of the return points: of each function that is called from several
// places.
func (c *compiler) returnVars() {
	for _, f := range c.fnList {
		sites := f.returnSites()
		if len(sites) < 2 {
			continue
		}
		f.retEnum = &spec.EnumType{Name: "Ret_" + f.display, Values: []string{"none"}}
		used := map[string]int{}
		for _, n := range sites {
			f.retEnum.Values = append(f.retEnum.Values, uniqueLabel(used, fmt.Sprintf("%s:%d", n.fn.display, n.pos.Line)))
		}
		f.rv = &spec.Var{Name: "ret_" + f.display, Type: &spec.ArrayType{Index: c.tasks.enum, Elem: f.retEnum}, Control: true, Group: f.group(),
			Doc: "where " + f.display + " returns to", Pos: f.pos}
		c.retOf[f.rv] = f
	}
}

// group is the group of f's return point and locals.
func (f *fn) group() string {
	return "frames/frames in " + filepath.Base(f.pos.File) + "/frame of " + f.display
}

// uniqueLabel is base, with a letter or a number behind it if it is taken. used holds the number of
// suffixes tried for each name.
func uniqueLabel(used map[string]int, base string) string {
	base = plain(base)
	name := base
	for used[name] > 0 {
		name = base + suffix(used[base])
		used[base]++
	}
	used[name]++
	return name
}

// suffix is b, c, … z, then numbers.
func suffix(i int) string {
	if i < 26 {
		return string(rune('a' + i))
	}
	return fmt.Sprintf("_%d", i)
}

// returned goes on after a call.
func (s *stepper) returned(p *path, site *node, result spec.Expr) {
	if site.dst != nil && result != nil {
		p.tainted = mark(p.tainted, site.dst.sym, slices.Contains(p.tainted, site.callee.retv.sym))
		p.env.put(site.dst.sym, write{val: result})
	}
	p.n = site.next
}

// stop ends the step before n.
//
// A step that leads back to where it has begun and changes nothing goes to a place of its own, and
// from there on: who goes round a loop is not at rest, whatever is fused. What is optional is not
// owed, so there it makes no difference.
func (s *stepper) stop(p *path, n *node) *tree {
	if n != s.start || s.mode != modeStep || !p.sameCalls() || n.marks()["optional"] {
		return s.stopAt(p, n)
	}
	if s.c.opt.Raw || len(p.stale) > 0 { // whether any seq_t that is fresh becomes stale is not known here
		return s.stopAt(p, n.again)
	}
	same := p.facts.simplify(s.unchanged(p))
	if isFalse(same) {
		return s.stopAt(p, n)
	}
	still := p.fork()
	still.env = store{}
	for _, v := range p.env.vars {
		if s.isGhost(v) {
			for _, w := range p.env.of(v) {
				still.env.put(v, w)
			}
		}
	}
	t := s.stopAt(still, n.again)
	if isTrue(same) {
		return t
	}
	return &tree{cond: same, then: t, els: s.stopAt(p, n)}
}

func (s *stepper) stopAt(p *path, n *node) *tree {
	if s.stops != nil {
		s.stops.all = append(s.stops.all, n)
	}
	return &tree{leaf: &leaf{kind: leafStop, p: p, at: s.labelAt(n)}}
}

// isGhost reports whether v, or the local that it stands for, is ghost data.
func (s *stepper) isGhost(v *spec.Var) bool {
	l := s.c.syms[v]
	return v.Ghost || l != nil && l.ghost
}

// unchanged is "the step changes nothing that is not ghost data", for a path that is back where the
// step has begun, in the same calls: so the locals that are kept are those that were.
func (s *stepper) unchanged(p *path) spec.Expr {
	var all spec.Expr = spec.T
	same := func(old, now spec.Expr) bool {
		all = mkBin(spec.And, all, p.facts.simplify(mkBin(spec.Eq, old, now)))
		return !isFalse(all)
	}
	for k, fr := range p.frames {
		live := s.start.keep
		if k < len(p.frames)-1 {
			live = p.frames[k+1].site.over
		}
		for _, l := range fr.f.locals {
			if l.ghost || !live[l] || !p.base(fr.f).entered && len(p.env.of(l.sym)) == 0 {
				continue
			}
			for _, idx := range elements(l.dims) {
				var old spec.Expr = &spec.VarRef{Var: l.sym}
				for _, i := range idx {
					old = mkIndex(old, i)
				}
				if !same(old, s.readLocal(p, l, idx)) {
					return spec.F
				}
			}
		}
	}
	for _, v := range p.env.vars {
		if s.c.syms[v] != nil || s.c.retOf[v] != nil || v.Ghost || s.c.views[v] != nil {
			continue
		}
		if b := s.c.buffers; b != nil && slices.Contains(b.Vars(), v) {
			if v == b.Which && !same(b.Len(s.t), mkUn(spec.Len, s.readVar(p, v, []spec.Expr{s.t}))) {
				return spec.F
			}
			continue
		}
		for _, w := range p.env.of(v) {
			if !same(s.baseVal(v, w.idx, nil), s.readVar(p, v, w.idx)) {
				return spec.F
			}
		}
	}
	return all
}

// elements are the indices of all elements of an array with those dimensions.
func elements(dims []spec.Type) [][]spec.Expr {
	out := [][]spec.Expr{nil}
	for _, d := range dims {
		var more [][]spec.Expr
		lo, hi, _ := spec.Domain(d)
		for _, idx := range out {
			for i := lo; i <= hi; i++ {
				more = append(more, push(idx, spec.Expr(&spec.Lit{N: i, T: d})))
			}
		}
		out = more
	}
	return out
}

// labelAt returns the label at n, which it makes if there is none.
func (s *stepper) labelAt(n *node) *label {
	lb := s.labels[n]
	if lb == nil && s.final && s.mode == modeStep {
		panic("a label was found late")
	}
	if lb == nil {
		lb = &label{n: n, lit: &spec.Lit{N: int64(len(s.list)), T: s.c.labelEnum}}
		s.labels[n] = lb
		s.list = append(s.list, lb)
	}
	return lb
}
