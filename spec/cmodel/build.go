package cmodel

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"mcheck/internal/parallel"
	"mcheck/spec"
)

// build makes the model from the analysed program.
func (c *compiler) build() *Result {
	c.labelEnum = &spec.EnumType{Name: c.names.fresh("Label")}
	c.doneLit = &spec.Lit{N: -2, T: c.labelEnum} // numbered at the end
	c.failEnum = &spec.EnumType{Name: c.names.fresh("Failure"), Values: []string{"none"}}
	c.pc = &spec.Var{Name: c.names.fresh("pc"), Type: &spec.ArrayType{Index: c.tasks.enum, Elem: c.labelEnum}, Control: true, Group: "control", Doc: "where each task stands"}
	c.fail = &spec.Var{Name: c.names.fresh("fail"), Type: c.failEnum, Control: true, Group: "control", Doc: "what went wrong"}
	c.gfail = &spec.Var{Name: c.names.fresh("ghost_fail"), Type: c.failEnum, Ghost: true, Group: "ghost/ghost of globals", Doc: "what went wrong first in ghost code"}
	c.seqEnum.Name = c.names.fresh(c.seqEnum.Name)
	c.makeBuffers()
	c.initialisers()
	c.check()

	c.initial()
	c.check()
	props, visible := c.properties()
	c.check()

	c.returnVars()
	s := &stepper{c: c, errs: c.errs, mode: modeStep, labels: map[*node]*label{}, force: map[*node]bool{}, late: map[*gvar]bool{}, visible: visible}
	c.discover(s)
	c.check()
	c.makeLocals(s)
	s.final = true
	start := c.prefixes(s)
	actions := c.actions(s)
	c.check()
	return c.assemble(s, start, actions, props)
}

// initialisers evaluates the initialisers of global variables.
func (c *compiler) initialisers() {
	c.initVal = map[*gvar]spec.Expr{}
	for _, g := range c.gvars {
		if g.init == nil {
			continue
		}
		f := &fn{name: "", display: g.name}
		b := &builder{c: c, f: f, property: true}
		b.cur = b.node(opNop, nil)
		head := b.cur
		x := b.coerce(b.expr(g.init.AssignmentExpression), g.elem, g.init)
		if x == nil {
			continue
		}
		l, ok := x.(*spec.Lit)
		if !ok || b.cur != head {
			c.errs.add(c.position(g.init), "set it in INIT { … }", "the initialiser of '%s' is not a constant", g.name)
			continue
		}
		if r, isRange := g.elem.(*spec.RangeType); isRange && (l.N < r.Lo || l.N > r.Hi) {
			c.errs.add(g.pos, "use a wider type, or another value", "the initialiser of '%s' is out of range", g.name)
			continue
		}
		c.initVal[g] = &spec.Lit{N: l.N, T: g.elem}
	}
}

// guarded runs f and returns whether it was not aborted by an error.
func guarded(f func()) (ok bool) {
	defer func() {
		if r := recover(); r != nil {
			if _, is := r.(abort); !is {
				panic(r)
			}
			ok = false
		}
	}()
	f()
	return true
}

// stepBudget bounds the nodes executed for one step.
const stepBudget = 200_000

// properties makes the expressions of the properties, and finds the variables whose writes must be
// steps.
func (c *compiler) properties() ([]*spec.Property, map[*spec.Var]bool) {
	visible := map[*spec.Var]bool{}
	var out []*spec.Property
	for _, pr := range c.props {
		s, cond := c.evaluate(pr, false)
		if cond != nil && (pr.kind == spec.CanRest || pr.kind == spec.Eventually || pr.kind == spec.LeadsTo) {
			_, cond = c.evaluate(pr, true)
		}
		if cond == nil {
			continue
		}
		if pr.f.ret != spec.Type(spec.Bool) {
			c.errs.add(pr.pos, "return a bool", "the property '%s' does not return a truth value", pr.name)
			continue
		}
		p := &spec.Property{Name: pr.name, Kind: pr.kind, Class: pr.class, From: s.from, Cond: cond, Words: pr.words, Source: pr.source, Pos: pr.pos}
		if len(s.when) > 0 {
			p.When = c.rename(mkAll(s.when...), 0)
		}
		p.Cond = c.rename(p.Cond, 0)
		if p.From != nil {
			p.From = c.rename(p.From, 0)
		}
		if pr.kind == spec.LeadsTo && p.From == nil {
			c.errs.add(pr.pos, "begin it with FROM(condition);", "the property '%s' has no FROM", pr.name)
			continue
		}
		if pr.kind != spec.LeadsTo && p.From != nil {
			c.errs.add(pr.pos, "use LEADS_TO, or WHEN(condition)", "the property '%s' has a FROM", pr.name)
			continue
		}
		out = append(out, p)
		c.show(visible, p, s.freeLocks)
	}
	for _, g := range c.gvars {
		if g.stops {
			visible[g.v] = true // who reads it is every step of the task
		}
	}
	for _, v := range c.seenByGhosts() {
		visible[v] = true
	}
	return out, visible
}

// show adds to visible the variables that p reads in states between which a step must not jump.
func (c *compiler) show(visible map[*spec.Var]bool, p *spec.Property, free map[*gvar]bool) {
	see := func(free map[*gvar]bool, es ...spec.Expr) {
		for _, v := range spec.VarsRead(es...) {
			// Where only states with the lock free count, nobody sees what happens while it is
			// held.
			if g := c.byVar[v]; g != nil && !free[g] && (g.lock == nil || g.lockSame || !free[g.lock]) {
				visible[v] = true
			}
		}
	}
	switch p.Kind {
	case spec.AtRest:
		// Every state at rest is a state of the fused model, unless an interrupt stops a task for
		// ever where that could go on.
		if c.stops {
			see(free, p.When, p.Cond)
		}
	case spec.CanRest:
		see(free, p.When)
		if c.stops {
			see(nil, p.Cond)
		}
	case spec.Eventually, spec.LeadsTo:
		see(free, p.When, p.From)
		see(nil, p.Cond) // of a later state, in which the lock may be held
	default:
		see(free, p.When, p.Cond)
	}
}

// evaluate executes a property on one state and returns what it returns, nil after an error. What
// the WHENs say is known from there on, but not where later: then the state in the situation and
// the one that is asked for the condition are two, and only the condition is of use.
func (c *compiler) evaluate(pr property, later bool) (s *stepper, cond spec.Expr) {
	s = &stepper{c: c, errs: c.errs, mode: modeProperty, freeLocks: map[*gvar]bool{}, budget: stepBudget, start: pr.f.entry,
		later: later, asked: map[*node]bool{}}
	ok := guarded(func() {
		cond = s.runBase(s.newPath(pr.f.entry, pr.f)).result()
		for _, n := range pr.f.asks {
			if !s.asked[n] {
				s.fatal(n, "make it the first statement of the property", "nothing comes to this WHEN or FROM")
			}
		}
	})
	if !ok {
		return s, nil
	}
	return s, cond
}

// result is the value that a property's tree returns.
func (t *tree) result() spec.Expr {
	if t.leaf != nil {
		return t.leaf.val
	}
	a, b := t.then.result(), t.els.result()
	if a == nil || b == nil {
		return nil
	}
	return mkIf(t.cond, a, b)
}

// initial executes INIT.
func (c *compiler) initial() {
	c.initEnv = store{}
	if c.initFn != nil {
		s := &stepper{c: c, errs: c.errs, mode: modeInit, budget: 20 * stepBudget, start: c.initFn.entry, freeLocks: map[*gvar]bool{}}
		guarded(func() {
			t := s.runBase(s.newPath(c.initFn.entry, c.initFn))
			if t.leaf == nil || t.leaf.kind != leafReturn {
				s.fatal(c.initFn.entry, "use constants and loops over them", "INIT waits or fails")
			}
			c.initEnv = t.leaf.p.env
		})
	}
}

// startOf is where a task begins.
type startOf struct {
	done bool
	at   *label
	leaf *leaf
}

// prefixes executes the local code at the start of each task.
func (c *compiler) prefixes(s *stepper) []startOf {
	out := make([]startOf, len(c.taskList))
	for i, t := range c.taskList {
		ps := &stepper{c: c, errs: c.errs, mode: modePrefix, labels: s.labels, list: s.list, budget: stepBudget, start: t.body.entry,
			t: &spec.Lit{N: int64(i), T: c.tasks.enum}, tmask: 1 << i, freeLocks: map[*gvar]bool{}}
		guarded(func() {
			tr := ps.runBase(ps.newPath(t.body.entry, t.body))
			if tr.leaf == nil {
				ps.fatal(t.body.entry, "use constants", "the code before the first step of '%s' is not deterministic", t.name)
			}
			for _, v := range tr.leaf.p.env.vars {
				if c.byVar[v] != nil || v == c.gfail {
					ps.fatal(t.body.entry, "move it into INIT", "ghost code before the first step of '%s'", t.name)
				}
			}
			out[i] = startOf{done: tr.leaf.kind == leafDone, at: tr.leaf.at, leaf: tr.leaf}
		})
		s.list = ps.list
	}
	return out
}

// kindMasks splits a set of tasks by their kind.
func (c *compiler) kindMasks(m uint64) map[spec.ActorKind]uint64 {
	out := map[spec.ActorKind]uint64{}
	for i, t := range c.taskList {
		if m&(1<<i) != 0 {
			out[t.kind] |= 1 << i
		}
	}
	return out
}

// step executes the step at n for the tasks in mask.
func (s *stepper) step(n *node, mask uint64) *tree {
	c := s.c
	s.param = &spec.Param{Name: c.tName, Type: c.tasks.enum}
	s.t = &spec.ParamRef{Param: s.param}
	s.tmask = mask
	s.budget = stepBudget
	s.start = n
	s.choices = nil
	s.freeLocks = map[*gvar]bool{}
	var t *tree
	if !guarded(func() { t = s.runBase(s.newPath(n, n.fn)) }) {
		return nil
	}
	return t
}

// leaves calls f for each leaf of t, left to right.
func (t *tree) leaves(f func(*leaf)) {
	switch {
	case t.leaf != nil:
		f(t.leaf)
	case t.cont != nil:
		panic("a step without an end")
	default:
		t.then.leaves(f)
		t.els.leaves(f)
	}
}

// discover finds the labels and the tasks that can be at each.
//
// An access that turns out to have to begin a step changes the steps that come across it, and where
// they end decides which others there are: so everything begins again, but steps that did not come
// across it need not be executed again.
func (c *compiler) discover(s *stepper) {
	known := map[taken]*stops{}
	for {
		s.restart = false
		s.labels, s.list = map[*node]*label{}, nil
		s.masks = map[*node]uint64{}
		start := c.prefixes(s)
		if len(c.errs.list) > 0 {
			return
		}
		var work []*label
		reach := func(lb *label, m uint64) {
			if s.masks[lb.n]|m != s.masks[lb.n] {
				s.masks[lb.n] |= m
				work = append(work, lb)
			}
		}
		for i, st := range start {
			if !st.done {
				reach(st.at, 1<<i)
			}
		}
		failed, tried := map[*node]bool{}, map[taken]bool{}
		for len(work) > 0 && !s.restart {
			lb := work[len(work)-1]
			key := taken{lb.n, s.masks[lb.n]}
			if !failed[lb.n] && !tried[key] && s.unknown(known, key) {
				s.ahead(known, tried, work)
			}
			work = work[:len(work)-1]
			if failed[lb.n] {
				continue
			}
			if s.unknown(known, key) {
				if known[key] = s.stopsOf(key); known[key] == nil {
					failed[lb.n] = true
					continue
				}
			}
			at := known[key]
			for _, n := range at.all {
				s.labelAt(n)
			}
			for _, n := range at.ends {
				reach(s.labelAt(n), key.mask)
			}
		}
		if len(c.errs.list) > 0 || !s.restart {
			return
		}
	}
}

// taken is a step of some tasks.
type taken struct {
	n    *node
	mask uint64
}

// unknown reports whether the step k has to be executed.
func (s *stepper) unknown(known map[taken]*stops, k taken) bool {
	at := known[k]
	return at == nil || s.stale(at)
}

// ahead executes steps at the labels in work and at those that they lead to, several at a time, and
// adds what it learns to known. It leaves out those that were tried before, and those that change
// what others depend on or report an error: these have to wait for their turn. Nothing but time
// depends on it.
func (s *stepper) ahead(known map[taken]*stops, tried map[taken]bool, work []*label) {
	masks := maps.Clone(s.masks)
	var wave []*node
	for _, lb := range slices.Backward(work) {
		wave = append(wave, lb.n)
	}
	for len(wave) > 0 {
		var keys []taken
		for _, n := range wave {
			if k := (taken{n, masks[n]}); !tried[k] && s.unknown(known, k) {
				tried[k] = true
				keys = append(keys, k)
			}
		}
		made := make([]*stops, len(keys))
		s.c.frozen = true
		parallel.Each(len(keys), func(i int) {
			w := &stepper{c: s.c, errs: &errs{line: s.errs.line}, mode: modeStep, labels: map[*node]*label{}, force: s.force, late: s.late, visible: s.visible}
			if st := w.stopsOf(keys[i]); len(w.errs.list) == 0 {
				made[i] = st
			}
		})
		s.c.frozen = false
		for i, st := range made {
			if st != nil {
				known[keys[i]] = st
			}
		}
		var next []*node
		for _, n := range wave {
			at := known[taken{n, masks[n]}]
			if at == nil {
				continue
			}
			for _, to := range at.ends {
				if m := masks[to] | masks[n]; m != masks[to] {
					masks[to] = m
					next = append(next, to)
				}
			}
		}
		wave = next
	}
}

// stops says where a step ends.
type stops struct {
	// in the order in which the execution met them; some are on paths that a later decision rules
	// out
	all     []*node
	ends    []*node // of the tree, left to right
	weighed []*node // the accesses that did not end it since nothing forces them to begin a step
	once    []*gvar // the SET_ONCE data that it reads
}

// stale reports whether the step may end earlier now.
func (s *stepper) stale(st *stops) bool {
	return slices.ContainsFunc(st.weighed, func(n *node) bool { return s.force[n] }) || slices.ContainsFunc(st.once, func(g *gvar) bool { return s.late[g] })
}

// stopsOf executes the step k; nil after an error.
func (s *stepper) stopsOf(k taken) *stops {
	st := &stops{}
	s.stops = st
	t := s.step(k.n, k.mask)
	s.stops = nil
	if t == nil {
		return nil
	}
	t.leaves(func(l *leaf) {
		if l.kind == leafStop {
			st.ends = append(st.ends, l.at.n)
		}
	})
	return st
}

// makeLocals gives a variable to each local that is live at a label.
func (c *compiler) makeLocals(s *stepper) {
	hasLabel := map[*fn]bool{}
	for _, lb := range s.list {
		if lb.n.op == opAgain {
			if l := loopHead(lb.n.next).line; l.Text != "" {
				lb.n.line = l
			}
		}
		if lb.n.op != opDoom { // who stands there keeps nothing
			hasLabel[lb.n.fn] = true
		}
	}
	for _, f := range c.callOrder() {
		for _, n := range f.nodes {
			if n.op == opCall && hasLabel[n.callee] && f.normal && !n.ghost {
				hasLabel[f] = true
			}
		}
	}
	live := map[*local]bool{}
	for _, lb := range s.list {
		for l := range lb.n.keep {
			live[l] = true
		}
	}
	for _, f := range c.fnList {
		for _, n := range f.nodes {
			if n.op == opCall && hasLabel[n.callee] && f.normal && !n.ghost {
				for l := range n.over {
					live[l] = true
				}
			}
		}
	}
	for _, f := range c.fnList {
		if !f.normal {
			continue
		}
		for _, l := range f.locals {
			if !live[l] {
				continue
			}
			l.v = &spec.Var{Name: c.names.fresh(f.display + "_" + l.name), Type: &spec.ArrayType{Index: c.tasks.enum, Elem: l.typ},
				Ghost: l.ghost, Group: f.group(), Pos: l.pos}
		}
	}
}

// action is an action with the label it starts at.
type action struct {
	a     *spec.Action
	at    *label
	kind  spec.ActorKind
	sites []string // the return points that it is for
}

// actions makes the actions of all labels. What is at one label has nothing to do with what is at
// the others, so several are in the making at a time, each with a stepper of its own; what these
// have found is put together in the order of the labels.
func (c *compiler) actions(s *stepper) []action {
	made := make([][]action, len(s.list))
	by := make([]*stepper, len(s.list))
	parallel.Each(len(s.list), func(i int) {
		by[i] = &stepper{c: c, errs: &errs{line: c.errs.line}, mode: modeStep, final: true,
			labels: s.labels, list: s.list, masks: s.masks, force: s.force, late: s.late, visible: s.visible}
		made[i] = by[i].actionsAt(s.list[i])
	})
	var out []action
	for i, w := range by {
		out = append(out, made[i]...)
		c.errs.addAll(w.errs)
		c.number(w.failures)
		c.failUsed, c.gfailUsed = c.failUsed || w.failUsed, c.gfailUsed || w.gfailUsed
		c.waits = append(c.waits, w.waits...)
	}
	return out
}

// actionsAt makes the actions of a label.
func (s *stepper) actionsAt(lb *label) []action {
	var out []action
	masks := s.c.kindMasks(s.masks[lb.n])
	for k := spec.ActorTask; k <= spec.ActorMachine; k++ {
		m := masks[k]
		if m == 0 {
			continue
		}
		s.holders = nil
		t := s.step(lb.n, m)
		if t == nil {
			continue
		}
		s.noteWaits(lb)
		for _, v := range s.split(t) {
			if a := s.action(lb, k, m, v); a != nil {
				out = append(out, action{a, lb, k, v.sites})
			}
		}
	}
	return out
}

// enabled is the condition under which the step does not block.
func (t *tree) enabled() spec.Expr {
	if t.leaf != nil {
		return spec.BoolLit(t.leaf.kind != leafBlocked)
	}
	return mkIf(t.cond, t.then.enabled(), t.els.enabled())
}

// without returns t without the leaves that block, nil if none is left.
func (t *tree) unblocked() *tree {
	if t.leaf != nil {
		if t.leaf.kind == leafBlocked {
			return nil
		}
		return t
	}
	a, b := t.then.unblocked(), t.els.unblocked()
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return &tree{cond: t.cond, then: a, els: b}
}

// takes is the condition under which the choice q matters.
func (t *tree) takes(q *spec.Param) spec.Expr {
	if t.leaf != nil {
		return t.leaf.p.chooses(q)
	}
	return mkIf(t.cond, t.then.takes(q), t.els.takes(q))
}

// action turns a step into an action; nil if it is never enabled.
func (s *stepper) action(lb *label, kind spec.ActorKind, mask uint64, v variant) *spec.Action {
	c := s.c
	var only []int64
	for i := range c.taskList {
		if mask&(1<<i) != 0 {
			only = append(only, int64(i))
		}
	}
	if len(only) < len(c.taskList) {
		s.param.Only = only
	}
	enabled := v.tree.enabled()
	u := v.tree.unblocked()
	if u == nil {
		return nil
	}
	a := &spec.Action{Params: []*spec.Param{s.param}, Kind: kind, Actor: 0, Func: lb.n.fn.display, Pos: lb.n.pos}
	guard := spec.Expr(&spec.Binary{Op: spec.Eq, X: &spec.Index{X: &spec.VarRef{Var: c.pc}, I: s.t}, Y: lb.lit})
	for _, at := range v.conds {
		guard = mkBin(spec.And, guard, at)
	}
	guard = mkBin(spec.And, guard, enabled)
	guard = mkBin(spec.And, guard, c.cpuIsOwn(s.t, kind, mask))
	for _, g := range c.gvars {
		if g.stops {
			guard = mkBin(spec.And, guard, mkNot(&spec.Index{X: &spec.VarRef{Var: g.v}, I: s.t}))
		}
	}
	strong, never, neverMsg := false, true, ""
	var lines []spec.SourceLine
	var params []*spec.Param
	u.leaves(func(l *leaf) {
		for _, c := range l.p.choices {
			params = pushNew(params, c.q)
		}
		strong = strong || l.p.locked
		if !(l.kind == leafFail && l.at != nil) {
			never = false
		} else {
			neverMsg = l.at.n.what
		}
		if l.kind == leafStop || l.kind == leafDone {
			lines = addLines(lines, l.p.lines)
		}
	})
	u.leaves(func(l *leaf) {
		lines = addLines(lines, l.p.lines)
	})
	for _, q := range params {
		a.Params = append(a.Params, q)
		if need := u.takes(q); !isTrue(need) {
			first := &spec.Lit{T: q.Type} // of a range, or of an enum
			guard = mkBin(spec.And, guard, mkBin(spec.Or, need, &spec.Binary{Op: spec.Eq, X: &spec.ParamRef{Param: q}, Y: first}))
		}
	}
	for i, l := range lines {
		if when := whenever(u.ends(func(p *path) spec.Expr { return p.executes(l) })); when != nil {
			lines[i].When = s.finalExpr(when)
		}
	}
	a.Source = lines
	if len(lines) == 0 {
		a.Source = []spec.SourceLine{lb.n.line}
	}
	switch {
	case never:
		a.Never = neverMsg
	case lb.n.op == opDoom:
		a.Never = lb.n.what
	case lb.n.op == opAgain:
		a.Never = "a loop that changes nothing"
	}
	a.Optional, a.Idle = lb.mark()["optional"], lb.mark()["idle"]
	switch {
	case a.Optional:
		a.Fairness = spec.NoFairness
	case strong:
		a.Fairness = spec.StrongFairness
	default:
		a.Fairness = spec.WeakFairness
	}
	a.Guard = s.finalExpr(guard)
	if a.Body = v.body; a.Body == nil {
		a.Body = s.body(u)
	}
	return a
}

// ends builds the decision over t of a value at each of its ends.
func (t *tree) ends(f func(p *path) spec.Expr) spec.Expr {
	if t.leaf != nil {
		return f(t.leaf.p)
	}
	return mkIf(t.cond, t.then.ends(f), t.els.ends(f))
}

// mark returns which of optional, idle and hangs stand before the step.
func (lb *label) mark() map[string]bool { return lb.n.marks() }

func (n *node) marks() map[string]bool {
	out := map[string]bool{}
	for ; n != nil && (n.op == opMark || n.op == opNop); n = n.next {
		if n.op == opMark {
			out[n.what] = true
		}
	}
	return out
}

func (s *stepper) body(t *tree) spec.Node {
	if t.leaf != nil {
		return &spec.Do{Updates: s.updates(t.leaf)}
	}
	a, b := s.body(t.then), s.body(t.els)
	if sameNode(a, b) {
		return a
	}
	return &spec.Branch{Cond: s.finalExpr(t.cond), Then: a, Else: b}
}

func sameUpdates(a, b []spec.Update) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Var != b[i].Var || len(a[i].Path) != len(b[i].Path) || !spec.SameExpr(a[i].Value, b[i].Value) {
			return false
		}
		for k := range a[i].Path {
			if !spec.SameExpr(a[i].Path[k].Index, b[i].Path[k].Index) {
				return false
			}
		}
	}
	return true
}

// finalExpr is an expression of the model: over its variables, bound variables named.
func (s *stepper) finalExpr(e spec.Expr) spec.Expr {
	return s.c.rename(s.localsOf(e), 0)
}

// rename gives the bound variables in e names by their nesting, so that none hides another.
func (c *compiler) rename(e spec.Expr, depth int) spec.Expr {
	all := func(es ...spec.Expr) []spec.Expr {
		out := make([]spec.Expr, len(es))
		for i, x := range es {
			out[i] = c.rename(x, depth)
		}
		return out
	}
	if !hasQuant(e) {
		return e
	}
	switch x := e.(type) {
	case *spec.Index:
		r := all(x.X, x.I)
		return &spec.Index{X: r[0], I: r[1]}
	case *spec.Unary:
		return &spec.Unary{Op: x.Op, X: all(x.X)[0]}
	case *spec.Binary:
		r := all(x.X, x.Y)
		return &spec.Binary{Op: x.Op, X: r[0], Y: r[1]}
	case *spec.If:
		r := all(x.Cond, x.Then, x.Else)
		return &spec.If{Cond: r[0], Then: r[1], Else: r[2]}
	case *spec.Composite:
		return &spec.Composite{T: x.T, Elems: all(x.Elems...)}
	case *spec.Quant:
		q := &spec.Param{Name: c.boundN(depth), Type: x.Param.Type, Only: x.Param.Only}
		body := spec.Substitute(x.Body, map[*spec.Param]spec.Expr{x.Param: &spec.ParamRef{Param: q}})
		return &spec.Quant{Op: x.Op, Param: q, Body: c.rename(body, depth+1)}
	}
	return e
}

func hasQuant(e spec.Expr) bool {
	found := false
	spec.Inspect(e, func(e spec.Expr) bool {
		if _, ok := e.(*spec.Quant); ok {
			found = true
		}
		return !found
	})
	return found
}

// localsOf replaces the symbols of locals by their variables.
func (s *stepper) localsOf(e spec.Expr) spec.Expr {
	return spec.Rewrite(e, func(e spec.Expr) spec.Expr {
		if r, ok := e.(*spec.VarRef); ok {
			if l := s.c.syms[r.Var]; l != nil {
				if l.v == nil {
					panic("a local without a variable is live: " + l.fn.name + "." + l.name)
				}
				return &spec.Index{X: &spec.VarRef{Var: l.v}, I: s.t}
			}
		}
		return e
	})
}

func (s *stepper) update1(v *spec.Var, idx []spec.Expr, val spec.Expr) spec.Update {
	u := spec.Update{Var: v, Value: s.finalExpr(val)}
	for _, i := range idx {
		u.Path = append(u.Path, spec.Selector{Index: s.finalExpr(i)})
	}
	return u
}

// updates returns what a leaf changes.
func (s *stepper) updates(l *leaf) []spec.Update {
	c := s.c
	p := l.p
	out := make([]spec.Update, 0, len(p.env.vars)+4)
	if l.kind == leafFail {
		return []spec.Update{s.update1(c.fail, nil, l.fail)}
	}
	pcTo := c.doneLit
	if l.kind == leafStop {
		pcTo = l.at.lit
	}
	if !(l.kind == leafStop && l.at.n == s.start) {
		out = append(out, s.update1(c.pc, []spec.Expr{s.t}, pcTo))
	}
	doomed := l.kind == leafStop && l.at.n.op == opDoom
	if l.kind == leafStop && !doomed {
		for _, fr := range p.frames {
			if fr.site != nil && len(fr.f.returnSites()) > 1 {
				p.env.put(fr.f.rv, write{[]spec.Expr{s.t}, &spec.Lit{N: int64(siteIndex(fr.f, fr.site)) + 1, T: fr.f.retEnum}})
			}
		}
	}
	for _, v := range p.env.vars {
		if c.syms[v] != nil || c.views[v] != nil {
			continue
		}
		ws := p.env.of(v)
		for i, w := range ws {
			dup := false
			for _, x := range ws[i+1:] {
				dup = dup || sameIdx(x.idx, w.idx)
			}
			if dup {
				continue
			}
			if len(ws) == 1 {
				if b := s.baseVal(v, w.idx, nil); spec.SameExpr(b, w.val) {
					continue
				}
			}
			out = append(out, s.update1(v, w.idx, w.val))
		}
	}
	if len(p.gfails) > 0 {
		none := &spec.Lit{N: 0, T: c.failEnum}
		was := &spec.VarRef{Var: c.gfail}
		var val spec.Expr = none
		for i := len(p.gfails) - 1; i >= 0; i-- {
			val = mkIf(p.gfails[i].cond, p.gfails[i].lit, val)
		}
		out = append(out, s.update1(c.gfail, nil, mkIf(mkBin(spec.Eq, was, none), val, was)))
	}
	for _, g := range p.stale {
		if g.issueOf != nil {
			out = append(out, c.staleUpdates(g.issueOf, func(q spec.Expr) spec.Expr { return mkBin(spec.Eq, q, s.t) })...)
		} else {
			out = append(out, c.staleUpdates(g, nil)...)
		}
	}
	for _, f := range c.fnList {
		b := p.base(f)
		if b == nil {
			continue
		}
		liveEnd := map[*local]bool{}
		if l.kind == leafStop && !doomed {
			for k, fr := range p.frames {
				if fr.f != f {
					continue
				}
				if k == len(p.frames)-1 {
					liveEnd = l.at.n.keep
				} else {
					liveEnd = p.frames[k+1].site.over
				}
			}
		}
		for _, lv := range f.locals {
			if lv.v == nil {
				continue
			}
			wasZero := !b.live[lv]
			ws := p.env.of(lv.sym)
			path := []spec.Expr{s.t}
			if !liveEnd[lv] {
				if !wasZero {
					out = append(out, s.update1(lv.v, path, c.zeroAt(lv.typ, 0)))
				}
				continue
			}
			staleOwn := false
			for _, g := range p.stale {
				staleOwn = staleOwn || lv.seq != nil && (lv.seq == g || lv.seq == g.issueOf)
			}
			for i, w := range ws {
				dup := false
				for _, x := range ws[i+1:] {
					dup = dup || sameIdx(x.idx, w.idx)
				}
				if dup {
					continue
				}
				if len(ws) == 1 && !staleOwn {
					start := spec.Expr(&spec.VarRef{Var: lv.sym})
					if wasZero {
						start = c.zero(elemType(lv.typ, len(w.idx)))
					} else {
						for _, i := range w.idx {
							start = mkIndex(start, i)
						}
					}
					if spec.SameExpr(start, w.val) {
						continue
					}
				}
				out = append(out, s.update1(lv.v, append(path[:1:1], w.idx...), w.val))
			}
		}
	}
	return out
}

// staleUpdates makes every fresh seq_t of the seqcount stale, of the tasks that of holds for (nil:
// all).
func (c *compiler) staleUpdates(g *gvar, of func(task spec.Expr) spec.Expr) []spec.Update {
	var out []spec.Update
	mk := func(v *spec.Var) {
		q := &spec.Param{Name: c.bound(), Type: v.Type.(*spec.ArrayType).Index}
		cell := &spec.Index{X: &spec.VarRef{Var: v}, I: &spec.ParamRef{Param: q}}
		cond := mkBin(spec.Eq, cell, &spec.Lit{N: 1, T: c.seqEnum})
		if of != nil && q.Type == spec.Type(c.tasks.enum) {
			cond = mkBin(spec.And, of(&spec.ParamRef{Param: q}), cond)
		}
		body := &spec.If{Cond: cond, Then: &spec.Lit{N: 2, T: c.seqEnum}, Else: cell}
		out = append(out, spec.Update{Var: v, Value: &spec.Quant{Op: spec.MapOf, Param: q, Body: body}})
	}
	for _, x := range c.gvars {
		if x.seqOf == g {
			mk(x.v)
		}
	}
	for _, f := range c.fnList {
		for _, l := range f.locals {
			if l.seq == g && l.v != nil && len(l.dims) == 0 {
				mk(l.v)
			}
		}
	}
	return out
}

// initOf is the initial value of a variable from its writes.
func (c *compiler) initOf(v *spec.Var, ws []write, zero func(idx []spec.Expr, t spec.Type) spec.Expr) spec.Expr {
	var visit func(t spec.Type, idx []spec.Expr, depth int) spec.Expr
	visit = func(t spec.Type, idx []spec.Expr, depth int) spec.Expr {
		at, ok := t.(*spec.ArrayType)
		if !ok {
			return c.rename(readWrites(ws, idx, zero(idx, t)), depth)
		}
		lo, hi, _ := spec.Domain(at.Index)
		var es []spec.Expr
		same := true
		for i := lo; i <= hi; i++ {
			e := visit(at.Elem, append(idx[:len(idx):len(idx)], &spec.Lit{N: i, T: at.Index}), depth+1)
			es = append(es, e)
			same = same && spec.SameExpr(e, es[0])
		}
		if same {
			return &spec.Quant{Op: spec.MapOf, Param: &spec.Param{Name: c.boundN(depth), Type: at.Index}, Body: es[0]}
		}
		return &spec.Composite{T: at, Elems: es}
	}
	return visit(v.Type, nil, 0)
}

// labelOrder sorts the labels as the source has them, names them and numbers them.
func (c *compiler) labelOrder(s *stepper) []*label {
	fileRank := map[string]int{}
	for i, name := range c.order {
		f := c.position(c.defs[name].Declarator).File
		if _, ok := fileRank[f]; !ok {
			fileRank[f] = i
		}
	}
	ls := append([]*label{}, s.list...)
	sort.SliceStable(ls, func(i, j int) bool {
		a, b := ls[i].n, ls[j].n
		if ra, rb := fileRank[a.fn.pos.File], fileRank[b.fn.pos.File]; ra != rb {
			return ra < rb
		}
		if a.fn != b.fn {
			if a.fn.pos.Line != b.fn.pos.Line {
				return a.fn.pos.Line < b.fn.pos.Line
			}
			return a.fn.name < b.fn.name
		}
		if a.labelLine() != b.labelLine() {
			return a.labelLine() < b.labelLine()
		}
		return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.op, b.op), cmp.Compare(a.what, b.what)) < 0
	})
	used := map[string]int{}
	c.labelEnum.Values = nil
	for i, lb := range ls {
		name := fmt.Sprintf("%s:%d", lb.n.fn.display, lb.n.labelLine())
		if lb.n.op == opDoom {
			name += " fails"
		}
		lb.name = uniqueLabel(used, name)
		lb.lit.N = int64(i)
		c.labelEnum.Values = append(c.labelEnum.Values, lb.name)
	}
	c.doneLit.N = int64(len(ls))
	c.labelEnum.Values = append(c.labelEnum.Values, "done")
	return ls
}

// labelLine is the line that names the label at n.
func (n *node) labelLine() int {
	if n.line.Pos.Line > 0 {
		return n.line.Pos.Line
	}
	return n.pos.Line
}

var kindSuffix = map[spec.ActorKind]string{spec.ActorTask: "", spec.ActorWorker: "_w", spec.ActorSoftirq: "_s", spec.ActorMachine: "_m"}

// assemble makes the model.
func (c *compiler) assemble(s *stepper, start []startOf, actions []action, props []*spec.Property) *Result {
	ls := c.labelOrder(s)
	m := &spec.Model{Name: c.opt.Name}
	kinds := map[*label]map[spec.ActorKind]bool{}
	for _, a := range actions {
		if kinds[a.at] == nil {
			kinds[a.at] = map[spec.ActorKind]bool{}
		}
		kinds[a.at][a.kind] = true
	}
	pos := map[*label]int{}
	for i, lb := range ls {
		pos[lb] = i
	}
	sort.SliceStable(actions, func(i, j int) bool { return pos[actions[i].at] < pos[actions[j].at] })
	for _, a := range actions {
		name := a.at.name
		if len(kinds[a.at]) > 1 {
			name += kindSuffix[a.kind]
		}
		if to := a.callers(actions); len(to) > 0 {
			name += "_to_" + strings.Join(to, "_to_")
			a.a.To = strings.Join(to, ", ")
		}
		a.a.Name = c.names.fresh(name)
		m.Actions = append(m.Actions, a.a)
	}
	if c.buffers != nil {
		m.Actions = append(m.Actions, c.flush())
	}
	hasFail := c.failUsed
	none := &spec.Lit{N: 0, T: c.failEnum}
	if hasFail {
		m.Running = mkBin(spec.Eq, &spec.VarRef{Var: c.fail}, none)
	}
	c.initValues(s, start)
	res := &Result{Model: m, PC: c.pc, Task: c.tasks.enum}
	for _, t := range c.taskList {
		res.Kinds = append(res.Kinds, t.kind)
	}
	m.Properties = c.generated(s, ls, hasFail, none, res)
	m.Properties = append(m.Properties, props...)
	c.variables(m, hasFail)
	if hasFail {
		res.Fail = c.fail
	}
	if c.gfailUsed {
		res.GhostFail = c.gfail
	}
	for _, lb := range ls {
		mk := lb.mark()
		res.Labels = append(res.Labels, Label{Name: lb.name, Func: lb.n.fn.display, Pos: lb.n.line.Pos, Text: lb.n.line.Text,
			Idle: mk["idle"], Optional: mk["optional"], Hangs: mk["hangs"]})
	}
	res.Labels = append(res.Labels, Label{Name: "done"})
	for _, a := range c.atomics {
		if a.f.normal {
			res.Atomics = append(res.Atomics, a.a)
		}
	}
	res.Explain = c.explanation(s, m, ls)
	return res
}

// generated makes the properties that every model has.
func (c *compiler) generated(s *stepper, ls []*label, hasFail bool, none *spec.Lit, res *Result) []*spec.Property {
	var out []*spec.Property
	var ok spec.Expr = spec.T
	var others []*spec.Property
	vars := []*spec.Var{}
	if hasFail {
		vars = append(vars, c.fail)
	}
	if c.gfailUsed {
		vars = append(vars, c.gfail)
	}
	oks := make([]spec.Expr, len(vars))
	for i, v := range vars {
		oks[i] = mkBin(spec.Eq, &spec.VarRef{Var: v}, none)
	}
	for _, k := range []struct {
		in          map[string]bool
		name, words string
	}{{c.uaf, "NoUseAfterFree", "no object is accessed after its release"}, {c.bounds, "WithinBounds", "no bound of the model is exceeded"}} {
		var all spec.Expr = spec.T
		for i, v := range vars {
			in := k.in
			if v == c.gfail {
				if k.name != "WithinBounds" {
					continue
				}
				in = c.ghostBounds
			}
			var cond spec.Expr = spec.T
			for n, text := range c.failEnum.Values {
				if in[text] {
					cond = mkBin(spec.And, cond, &spec.Binary{Op: spec.Ne, X: &spec.VarRef{Var: v}, Y: &spec.Lit{N: int64(n), T: c.failEnum}})
				}
			}
			oks[i] = mkBin(spec.Or, oks[i], mkNot(cond))
			all = mkBin(spec.And, all, cond)
		}
		if !isTrue(all) {
			others = append(others, &spec.Property{Name: k.name, Kind: spec.Invariant, Cond: all, Words: k.words})
		}
	}
	for _, v := range c.failEnum.Values {
		if c.bounds[v] {
			res.Bounds = append(res.Bounds, v)
		}
	}
	for _, x := range oks {
		ok = mkBin(spec.And, ok, x)
	}
	out = append(out, &spec.Property{Name: "NoFail", Kind: spec.Invariant, Cond: ok, Words: "no model error: every statement can be executed"})
	out = append(out, others...)
	q := &spec.Param{Name: c.tName, Type: c.tasks.enum}
	at := &spec.Index{X: &spec.VarRef{Var: c.pc}, I: &spec.ParamRef{Param: q}}
	resting := mkBin(spec.Eq, at, c.doneLit)
	for _, lb := range ls {
		if len(lb.mark()) > 0 {
			resting = mkBin(spec.Or, resting, &spec.Binary{Op: spec.Eq, X: at, Y: lb.lit})
		}
	}
	words := "no task waits for ever"
	if hanging := c.waitsForHanging(ls, &spec.ParamRef{Param: q}); hanging != nil {
		resting = mkBin(spec.Or, resting, hanging)
		words += ", but for what hangs by design and who waits for it"
	}
	out = append(out, &spec.Property{Name: "NoDeadlock", Kind: spec.Deadlock,
		Cond: &spec.Quant{Op: spec.Forall, Param: q, Body: resting}, Words: words})
	return out
}

// initValues sets the initial values of all variables.
func (c *compiler) initValues(s *stepper, start []startOf) {
	c.fail.Init = &spec.Lit{N: 0, T: c.failEnum}
	c.gfail.Init = c.fail.Init
	set := func(v *spec.Var, zero func(idx []spec.Expr, t spec.Type) spec.Expr) {
		v.Init = c.initOf(v, c.initEnv.of(v), zero)
	}
	plain := func(idx []spec.Expr, t spec.Type) spec.Expr { return c.zero(t) }
	for _, g := range c.gvars {
		z := plain
		if iv := c.initVal[g]; iv != nil {
			z = func(idx []spec.Expr, t spec.Type) spec.Expr { return iv }
		}
		set(g.v, z)
		if g.readers != nil {
			set(g.readers, plain)
		}
	}
	for _, p := range c.poolList {
		if p.live != nil {
			set(p.live.v, plain)
		}
	}
	var pcs []write
	locals := map[*spec.Var][]write{}
	rets := map[*fn][]write{}
	for i, st := range start {
		t := &spec.Lit{N: int64(i), T: c.tasks.enum}
		if st.done {
			pcs = append(pcs, write{[]spec.Expr{t}, c.doneLit})
			continue
		}
		pcs = append(pcs, write{[]spec.Expr{t}, st.at.lit})
		p := st.leaf.p
		for k, fr := range p.frames {
			if fr.site != nil && len(fr.f.returnSites()) > 1 {
				rets[fr.f] = append(rets[fr.f], write{[]spec.Expr{t}, &spec.Lit{N: int64(siteIndex(fr.f, fr.site)) + 1, T: fr.f.retEnum}})
			}
			live := st.at.n.keep
			if k < len(p.frames)-1 {
				live = p.frames[k+1].site.over
			}
			for _, l := range fr.f.locals {
				if l.v == nil || !live[l] {
					continue
				}
				for _, w := range p.env.of(l.sym) {
					if len(w.idx) == 0 && len(l.dims) > 0 {
						continue // zero
					}
					locals[l.v] = append(locals[l.v], write{append([]spec.Expr{t}, w.idx...), w.val})
				}
			}
		}
	}
	c.pc.Init = c.initOf(c.pc, pcs, nil2)
	for _, f := range c.fnList {
		if f.rv != nil {
			f.rv.Name = c.names.fresh(f.rv.Name)
			f.retEnum.Name = c.names.fresh(f.retEnum.Name)
			f.rv.Init = c.initOf(f.rv, rets[f], plain)
		}
		for _, l := range f.locals {
			if l.v != nil {
				l.v.Init = c.initOf(l.v, locals[l.v], plain)
			}
		}
	}
}

func nil2(idx []spec.Expr, t spec.Type) spec.Expr { return &spec.Lit{N: 0, T: t} }

// variables puts the variables in use and their enums into the model.
func (c *compiler) variables(m *spec.Model, hasFail bool) {
	used := map[*spec.Var]bool{}
	enums := map[*spec.EnumType]bool{}
	noted := map[spec.Type]bool{}
	note := func(t spec.Type) {
		if t == nil || noted[t] {
			return
		}
		noted[t] = true
		spec.Types(t, func(t spec.Type) {
			if e, ok := t.(*spec.EnumType); ok {
				enums[e] = true
			}
		})
	}
	noteIn := func(es ...spec.Expr) {
		for _, e := range es {
			inspect(e, func(e spec.Expr) {
				switch e := e.(type) {
				case *spec.VarRef:
					used[e.Var] = true
				case *spec.Lit:
					note(e.T)
				case *spec.Composite:
					note(e.T)
				case *spec.Quant:
					note(e.Param.Type)
				}
			})
		}
	}
	for _, a := range m.Actions {
		noteIn(a.Exprs()...)
		for _, l := range a.Source {
			noteIn(l.When)
		}
		for _, v := range spec.VarsWritten(a.Body) {
			used[v] = true
		}
	}
	for _, p := range m.Properties {
		noteIn(p.Exprs()...)
	}
	add := func(v *spec.Var) {
		if v != nil && used[v] {
			m.Vars = append(m.Vars, v)
		}
	}
	used[c.pc] = true
	add(c.pc)
	for _, f := range c.fnList {
		add(f.rv)
	}
	if hasFail {
		add(c.fail)
	}
	for _, ghost := range []bool{false, true} {
		for _, g := range c.gvars {
			if g.ghost == ghost && g.pool == nil {
				add(g.v)
				add(g.readers)
			}
		}
		for _, p := range append([]*pool{c.tasks}, c.poolList...) {
			if !ghost && p.live != nil {
				add(p.live.v)
			}
			for _, g := range c.gvars {
				if g.ghost == ghost && g.pool == p {
					add(g.v)
					add(g.readers)
				}
			}
		}
	}
	add(c.gfail)
	if c.buffers != nil {
		for _, v := range c.buffers.Vars() {
			add(v)
		}
	}
	for _, f := range c.fnList {
		for _, l := range f.locals {
			add(l.v)
		}
	}
	for _, v := range m.Vars {
		note(v.Type)
		noteIn(v.Init)
	}
	for _, a := range m.Actions {
		for _, p := range a.Params {
			note(p.Type)
		}
	}
	addEnum := func(e *spec.EnumType) {
		if e != nil && enums[e] {
			m.Enums = append(m.Enums, e)
			enums[e] = false
		}
	}
	addEnum(c.tasks.enum)
	for _, p := range c.poolList {
		addEnum(p.enum)
	}
	for _, i := range c.enumList {
		addEnum(i.t)
	}
	addEnum(c.seqEnum)
	var keys []string
	for k := range c.funcPtrs {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		addEnum(c.funcPtrs[k].Elem)
	}
	addEnum(c.labelEnum)
	if c.buffers != nil {
		addEnum(c.buffers.Enum())
	}
	for _, f := range c.fnList {
		addEnum(f.retEnum)
	}
	addEnum(c.failEnum)
}

// explanation is the text of --explain.
func (c *compiler) explanation(s *stepper, m *spec.Model, ls []*label) string {
	var out strings.Builder
	for _, a := range m.Actions {
		if len(a.Source) > 1 {
			fmt.Fprintf(&out, "%s is one step:\n", a.Name)
			for _, l := range a.Source {
				fmt.Fprintf(&out, "\t%s:%d: %s\n", l.Func, l.Pos.Line, l.Text)
			}
		}
	}
	for _, f := range c.fnList {
		if !f.normal {
			continue
		}
		n := 0
		for _, lb := range ls {
			if lb.n.fn == f {
				n++
			}
		}
		if n == 0 {
			fmt.Fprintf(&out, "%s has no step of its own: it runs within its callers' steps\n", f.display)
		}
		for _, l := range f.locals {
			if l.v != nil && !c.opt.Raw {
				fmt.Fprintf(&out, "%s is reset where nothing reads it any more\n", l.v.Name)
			} else if l.v == nil && !l.temp {
				fmt.Fprintf(&out, "%s of %s is never kept between two steps\n", l.name, f.display)
			}
		}
	}
	for _, g := range c.gvars {
		switch {
		case !g.used:
			fmt.Fprintf(&out, "%s is not used by what the tasks can reach\n", g.name)
		case g.private:
			fmt.Fprintf(&out, "%s is only accessed through current: each task's own\n", g.name)
		case !g.written && g.kind == gPlain && !g.ghost:
			fmt.Fprintf(&out, "%s is never written after INIT\n", g.name)
		}
	}
	return out.String()
}
