package cmodel

import (
	"maps"
	"slices"

	"mcheck/spec"
)

// analyse runs the analyses of the three-address code that stepping needs, and the checks that go
// with them.
func (c *compiler) analyse() {
	for _, f := range c.fnList {
		f.prune()
	}
	if !c.recursion() {
		return
	}
	c.contexts()
	c.usage()
	c.stops = slices.ContainsFunc(c.gvars, func(g *gvar) bool { return g.stops && g.written })
	c.inferSeq()
	c.mustLocks()
	for _, f := range c.fnList {
		c.liveness(f)
	}
	c.oneAccess()
	for _, f := range c.fnList {
		for _, l := range f.locals {
			l.sym.Ghost = l.ghost
		}
		for _, n := range f.nodes {
			n.keep = c.kept(n, n.live)
			if n.op == opCall {
				n.over = c.kept(n, n.next.live)
				delete(n.over, n.dst)
			}
			n.again = &node{op: opAgain, fn: f, id: n.id, next: n, pos: n.pos, line: n.line, keep: n.keep}
		}
	}
}

// prune drops the nodes that can't be reached, and the call sites among them.
func (f *fn) prune() {
	seen := map[*node]bool{}
	var visit func(*node)
	stack := []*node{f.entry}
	visit = func(n *node) {
		if n != nil && !seen[n] {
			seen[n] = true
			stack = append(stack, n)
		}
	}
	seen[f.entry] = true
	var keep []*node
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, s := range n.flow() {
			visit(s)
		}
	}
	for _, n := range f.nodes {
		if seen[n] {
			n.id = len(keep)
			keep = append(keep, n)
		} else if n.op == opCall {
			sites := n.callee.sites[:0]
			for _, s := range n.callee.sites {
				if s != n {
					sites = append(sites, s)
				}
			}
			n.callee.sites = sites
		}
	}
	if !seen[f.exit] {
		f.exit.id = len(keep)
		keep = append(keep, f.exit)
	}
	f.nodes = keep
}

// flow returns the successors of n that control can reach.
func (n *node) flow() []*node {
	switch n.op {
	case opBranch:
		if isTrue(n.x) {
			return []*node{n.next}
		}
		if isFalse(n.x) {
			return []*node{n.alt}
		}
	case opExit:
		return nil
	}
	return n.succs()
}

// recursion reports calls of a function that is active already.
func (c *compiler) recursion() bool {
	const white, grey, black = 0, 1, 2
	colour := map[*fn]int{}
	ok := true
	var visit func(f *fn)
	visit = func(f *fn) {
		colour[f] = grey
		for _, n := range f.nodes {
			if n.op != opCall {
				continue
			}
			switch colour[n.callee] {
			case grey:
				c.errs.add(n.pos, "write a loop, or declare the function with RECURSION(n)", "'%s' is called while it is active", n.callee.display)
				ok = false
			case white:
				visit(n.callee)
			}
		}
		colour[f] = black
	}
	for _, f := range c.fnList {
		if colour[f] == white {
			visit(f)
		}
	}
	return ok
}

// callOrder returns the functions, callees before callers.
func (c *compiler) callOrder() []*fn {
	var out []*fn
	seen := map[*fn]bool{}
	var visit func(f *fn)
	visit = func(f *fn) {
		if seen[f] {
			return
		}
		seen[f] = true
		for _, n := range f.nodes {
			if n.op == opCall {
				visit(n.callee)
			}
		}
		out = append(out, f)
	}
	for _, f := range c.fnList {
		visit(f)
	}
	return out
}

// contexts finds which tasks can be in each function and in which contexts it is called, and checks
// what those allow.
func (c *compiler) contexts() {
	type ctx uint8
	const normal, ghostly, prop, initial ctx = 1, 2, 4, 8
	in := map[*fn]ctx{}
	tasks := map[*fn]uint64{}
	var work []*fn
	reach := func(f *fn, x ctx, t uint64) {
		if in[f]|x != in[f] || tasks[f]|t != tasks[f] {
			in[f] |= x
			tasks[f] |= t
			work = append(work, f)
		}
	}
	for i, t := range c.taskList {
		reach(t.body, normal, 1<<i)
	}
	if c.initFn != nil {
		reach(c.initFn, initial, 0)
	}
	for _, p := range c.props {
		reach(p.f, prop, 0)
	}
	for len(work) > 0 {
		f := work[len(work)-1]
		work = work[:len(work)-1]
		for _, n := range f.nodes {
			if n.op != opCall {
				continue
			}
			x := in[f]
			if n.ghost {
				x &^= normal
				if in[f]&normal != 0 {
					x |= ghostly
				}
			}
			reach(n.callee, x, tasks[f])
		}
	}
	c.ghostLocals()
	for _, f := range c.fnList {
		f.tasks = tasks[f]
		if f.current != nil && in[f]&(initial|prop) != 0 {
			c.errs.add(c.position(f.current), "hand the task to the function as an argument",
				"there is no 'current' here: INIT and properties are code of no task")
		}
		f.normal, f.ghostly = in[f]&normal != 0, in[f]&ghostly != 0
		for _, n := range f.nodes {
			c.checkContext(n, in[f]&normal != 0 && !n.ghost, in[f]&ghostly != 0 || n.ghost && in[f]&normal != 0, in[f]&prop != 0)
		}
	}
}

// ghostLocals marks the local variables that only ghost code uses.
func (c *compiler) ghostLocals() {
	other := map[*local]bool{}
	for _, f := range c.fnList {
		for _, n := range f.nodes {
			if n.ghost || n.op == opUnset {
				continue
			}
			n.uses(c, func(l *local) { other[l] = true })
			for _, l := range []*local{n.dst, n.pl.loc, n.pl2.loc} {
				if l != nil {
					other[l] = true
				}
			}
		}
	}
	for _, f := range c.fnList {
		for _, l := range f.locals {
			if !l.param && l != f.retv && !other[l] {
				l.ghost = true
			}
		}
	}
}

// checkContext checks the flow of ghost data and what properties may do.
func (c *compiler) checkContext(n *node, normal, ghostly, prop bool) {
	writes := n.op == opStore || n.op == opUpdate && n.what != "list_first"
	where := ""
	var g *gvar
	if writes || n.op == opLoad {
		g = n.pl.gv
	}
	if normal {
		if g != nil && g.ghost {
			c.errs.add(n.pos, ghostAdvice, "'%s' is ghost data, and this is not ghost code", g.name)
		}
		if n.pl2.gv != nil && n.pl2.gv.ghost {
			c.errs.add(n.pos, ghostAdvice, "'%s' is ghost data, and this is not ghost code", n.pl2.gv.name)
		}
		n.exprs(func(e spec.Expr) {
			inspect(e, func(e spec.Expr) {
				if r, ok := e.(*spec.VarRef); ok {
					if l := c.syms[r.Var]; l != nil && l.ghost && !l.temp {
						c.errs.add(n.pos, ghostAdvice, "'%s' is ghost data, and this is not ghost code", l.name)
					}
				}
			})
		})
	}
	switch {
	case ghostly:
		where = "ghost code"
	case prop:
		where = "a property"
	}
	if where == "" {
		return
	}
	switch n.op {
	case opStore, opUpdate:
		if prop && writes && (n.pl.gv != nil || n.pl2.gv != nil) {
			c.errs.add(n.pos, "a property only reads: assign in a task", "a property writes '%s'", writtenName(n))
		} else if ghostly && writes {
			for _, g := range []*gvar{n.pl.gv, n.pl2.gv} {
				if g != nil && !g.ghost {
					c.errs.add(n.pos, "declare it GHOST, or move the assignment out of the ghost code", "ghost code writes '%s', which is not ghost data", g.name)
				}
			}
		}
		if n.op == opUpdate && writes && n.ghost {
			c.ghostLocal(n)
		}
	case opSet:
		if n.ghost {
			c.ghostLocal(n)
		}
	case opLock, opSeq, opAlloc, opRelease, opChoose, opMark, opAwait:
		what := n.what
		switch n.op {
		case opAlloc:
			what = "alloc"
		case opRelease:
			what = "release"
		case opAwait:
			what = "await"
		}
		advice := "move it before or behind the ghost code, which is part of the step before it"
		if prop {
			advice = "a property only reads one state: move it into a task"
		}
		c.errs.add(n.pos, advice, "%s can't stand in %s", what, where)
	case opCPU:
		if c.opt.Migrate {
			c.errs.add(n.pos, "assign it to a local before", "smp_processor_id() can't stand in %s", where)
		}
	}
}

// ghostAdvice is what to do instead of a decision or a value that depends on ghost data.
const ghostAdvice = "read it in ghost { … } or in a property, or declare the variable without GHOST"

// ghostLocal checks that ghost code in a function that is not all ghost writes ghost locals only.
func (c *compiler) ghostLocal(n *node) {
	for _, l := range []*local{n.pl.loc, n.pl2.loc} {
		if l != nil && !l.ghost && !l.temp && n.fn.normal {
			c.errs.add(n.pos, "declare the variable GHOST, or inside the ghost block", "ghost code writes '%s', which is not ghost data", l.name)
		}
	}
}

// writtenName is the name of what n, a store or an update, writes.
func writtenName(n *node) string {
	if n.pl.gv == nil {
		return n.pl2.gv.name
	}
	return n.pl.gv.name
}

// usage finds the variables that nothing writes after the start, and the fields that only current
// touches.
func (c *compiler) usage() {
	type use struct{ own, other bool }
	uses := map[*gvar]*use{}
	for _, f := range c.fnList {
		for _, n := range f.nodes {
			switch n.op {
			case opLoad, opStore, opUpdate, opLock, opSeq, opHeld:
			default:
				continue
			}
			for i, pl := range []place{n.pl, n.pl2} {
				if pl.gv == nil {
					continue
				}
				u := uses[pl.gv]
				if u == nil {
					u = &use{}
					uses[pl.gv] = u
				}
				if pl.gv.declPrivate && !pl.cur && f.normal && !n.ghost {
					c.errs.add(n.pos, "write current->"+pl.gv.name+", or drop PRIVATE", "'%s' is PRIVATE, and this may be that of another task", pl.gv.name)
				}
				if f.normal || f.ghostly {
					if pl.cur {
						u.own = true
					} else {
						u.other = true
					}
					if n.op == opStore || n.op == opUpdate && n.what != "list_first" || i == 1 {
						pl.gv.written = true
					}
				}
			}
		}
	}
	changes := map[*pool]bool{}
	for _, f := range c.fnList {
		for _, n := range f.nodes {
			if n.op == opRelease {
				n.pool.frees = true
			}
			if (n.op == opRelease || n.op == opAlloc) && (f.normal || f.ghostly) {
				changes[n.pool] = true
			}
		}
	}
	for _, p := range c.poolList {
		if p.live != nil {
			p.live.settled = !changes[p]
		}
	}
	for g, u := range uses {
		if g.stops {
			continue
		}
		g.private = g.pool == c.tasks && !u.other && g.kind == gPlain || g.declPrivate
	}
}

// inferSeq finds the seqcount that each seq_t variable remembers.
func (c *compiler) inferSeq() {
	type cell struct {
		l *local
		g *gvar
	}
	parent := map[cell]cell{}
	var find func(x cell) cell
	find = func(x cell) cell {
		p, ok := parent[x]
		if !ok || p == x {
			return x
		}
		r := find(p)
		parent[x] = r
		return r
	}
	count := map[cell]*gvar{} // root → seqcount
	bad := map[cell]bool{}
	union := func(a, b cell, n *node) {
		ra, rb := find(a), find(b)
		if ra == rb {
			return
		}
		ga, gb := count[ra], count[rb]
		parent[ra] = rb
		if gb == nil {
			count[rb] = ga
		} else if ga != nil && ga != gb && !bad[rb] {
			bad[rb] = true
			c.errs.add(n.pos, "use a variable for each seqcount", "a seq_t is used with two seqcounts, '%s' and '%s'", ga.name, gb.name)
		}
	}
	bind := func(a cell, g *gvar, n *node) {
		r := find(a)
		if o := count[r]; o != nil && o != g {
			c.errs.add(n.pos, "use a variable for each seqcount", "a seq_t is used with two seqcounts, '%s' and '%s'", o.name, g.name)
			return
		}
		count[r] = g
	}
	locOf := func(e spec.Expr) (cell, bool) {
		if r, ok := e.(*spec.VarRef); ok && r.Var.Type == spec.Type(c.seqEnum) {
			return cell{l: c.syms[r.Var]}, true
		}
		return cell{}, false
	}
	of := func(pl place) (cell, bool) {
		if pl.loc == nil && pl.gv == nil || pl.elem() != spec.Type(c.seqEnum) {
			return cell{}, false
		}
		if pl.loc != nil {
			return cell{l: pl.loc}, true
		}
		return cell{g: pl.gv}, true
	}
	for _, f := range c.fnList {
		for _, n := range f.nodes {
			switch n.op {
			case opSet, opStore, opReturn:
				if a, ok := of(n.pl); ok {
					var walk func(e spec.Expr)
					walk = func(e spec.Expr) {
						if x, ok := e.(*spec.If); ok {
							walk(x.Then)
							walk(x.Else)
						}
						if b, ok := locOf(e); ok {
							union(a, b, n)
						}
					}
					walk(n.x)
				}
			case opLoad:
				if a, ok := of(n.pl); ok {
					union(cell{l: n.dst}, a, n)
				}
			case opCall:
				for i, a := range n.args {
					if b, ok := locOf(a); ok && i < len(n.callee.params) {
						union(cell{l: n.callee.params[i]}, b, n)
					}
				}
				if n.dst != nil && n.dst.typ == spec.Type(c.seqEnum) && n.callee.retv != nil {
					union(cell{l: n.dst}, cell{l: n.callee.retv}, n)
				}
			case opSeq:
				switch n.what {
				case "read_seqbegin":
					bind(cell{l: n.dst}, n.pl.gv, n)
				case "read_seqretry":
					if a, ok := locOf(n.x); ok {
						bind(a, n.pl.gv, n)
					}
				}
			}
		}
	}
	for _, f := range c.fnList {
		for _, l := range f.locals {
			if l.elem == spec.Type(c.seqEnum) {
				l.seq = count[find(cell{l: l})]
			}
		}
	}
	for _, g := range c.gvars {
		if g.elem == spec.Type(c.seqEnum) {
			if len(g.dims) != 1 {
				c.errs.add(g.pos, "make it a local variable or a field of struct task_struct", "the seq_t '%s' is a global variable or an array", g.name)
			}
			g.seqOf = count[find(cell{g: g})]
		}
	}
}

// locks are global locks and the mode they are held in: 1 read, 2 write. They are not changed once
// they are made: nodes share them.
type locks map[*gvar]uint8

const (
	heldRead  = 1
	heldWrite = 2
)

func (a locks) clone() locks {
	b := locks{}
	for k, v := range a {
		b[k] = v
	}
	return b
}

// meet is the intersection of a and b; nil stands for "not reached".
func meet(a, b locks) locks {
	if a == nil {
		return b
	}
	out := locks{}
	for k, v := range a {
		if m := min(v, b[k]); m > 0 {
			out[k] = m
		}
	}
	return out
}

func (a locks) equal(b locks) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return true
}

type lockSummary struct{ all, none locks }

// mustLocks computes which global locks are surely held before each node.
func (c *compiler) mustLocks() {
	universe := locks{}
	for _, g := range c.gvars {
		if len(g.dims) == 0 && (g.kind == gSpin || g.kind == gRwsem) {
			universe[g] = heldWrite
		}
	}
	order := c.callOrder()
	sums := map[*fn]lockSummary{}
	for _, f := range order {
		sums[f] = lockSummary{all: c.lockFlow(f, universe, sums), none: c.lockFlow(f, locks{}, sums)}
	}
	entry := map[*fn]locks{}
	for _, t := range c.taskList {
		entry[t.body] = locks{}
	}
	for i := len(order) - 1; i >= 0; i-- { // callers first
		f := order[i]
		if entry[f] == nil {
			if f.normal {
				entry[f] = locks{}
			} else {
				continue
			}
		}
		c.lockFlow(f, entry[f], sums)
		for _, n := range f.nodes {
			if n.op == opCall && n.held != nil && (f.normal || f.ghostly) {
				if e, ok := entry[n.callee]; ok {
					entry[n.callee] = meet(e, n.held)
				} else {
					entry[n.callee] = n.held
				}
			}
		}
	}
}

// lockFlow computes held for the nodes of f and returns what is held at its exit.
func (c *compiler) lockFlow(f *fn, in locks, sums map[*fn]lockSummary) locks {
	for _, n := range f.nodes {
		n.held = nil
	}
	f.entry.held = in
	work := []*node{f.entry}
	for len(work) > 0 {
		n := work[len(work)-1]
		work = work[:len(work)-1]
		out := n.lockEffect(sums)
		for _, s := range n.flow() {
			m := meet(s.held, out)
			if s.held == nil || !m.equal(s.held) {
				s.held = m
				work = append(work, s)
			}
		}
	}
	if f.exit.held == nil {
		return in // never returns
	}
	return f.exit.held
}

func (n *node) lockEffect(sums map[*fn]lockSummary) locks {
	switch {
	case n.op == opLock && len(n.pl.gv.dims) == 0:
		out := n.held.clone()
		switch n.what {
		case "spin_lock", "down_write":
			out[n.pl.gv] = heldWrite
		case "down_read", "downgrade_write":
			out[n.pl.gv] = heldRead
		case "spin_unlock", "up_read", "up_write":
			delete(out, n.pl.gv)
		}
		return out
	case n.op == opCall:
		s := sums[n.callee]
		out := locks{}
		for k, v := range n.held {
			if m := min(v, s.all[k]); m > 0 {
				out[k] = m
			}
		}
		for k, v := range s.none {
			out[k] = max(out[k], v)
		}
		return out
	}
	return n.held
}

// protected reports whether the access of n to pl is under a lock that makes it commute with what
// other tasks do.
func (n *node) protected(pl place, write bool) bool {
	g := pl.gv
	if g.lock == nil || g.lockSame || g.kind != gPlain || g.elem == nil || len(g.lock.dims) > 0 {
		return false
	}
	need := uint8(heldRead)
	if write {
		if g.guardAny {
			return false
		}
		need = heldWrite
	}
	return n.held[g.lock] >= need
}

// accesses returns the shared places n reads or writes.
func (n *node) accesses() (pls []place, write bool) {
	switch n.op {
	case opLoad:
	case opStore:
		write = true
	case opUpdate:
		write = n.what != "list_first"
	default:
		return nil, false
	}
	for _, pl := range []place{n.pl, n.pl2} {
		if pl.gv != nil {
			pls = append(pls, pl)
		}
	}
	return pls, write
}

// mover reports whether n's accesses commute with what other tasks do.
func (n *node) mover() bool {
	pls, write := n.accesses()
	for _, pl := range pls {
		if pl.gv.private || pl.gv.once && !write || !pl.gv.written && !write && pl.gv.kind == gPlain && n.what != "live" {
			continue
		}
		if !n.protected(pl, write) {
			return false
		}
	}
	return true
}

// seenByGhosts returns the variables that ghost code reads where the rules of fusion do not protect
// them: ghost code runs with the step of the task it belongs to and may look at what another task
// is changing under a lock.
func (c *compiler) seenByGhosts() []*spec.Var {
	var out []*spec.Var
	for _, f := range c.fnList {
		for _, n := range f.nodes {
			if !n.ghost && !f.ghostly {
				continue
			}
			pls, write := n.accesses()
			if write {
				continue
			}
			for _, pl := range pls {
				if !pl.gv.ghost && !n.protected(pl, false) && !(pl.gv.private && pl.cur) {
					out = append(out, pl.gv.v)
				}
			}
		}
	}
	return out
}

// oneAccess reports expressions with more than one unguarded access.
func (c *compiler) oneAccess() {
	for _, f := range c.fnList {
		if !f.normal {
			continue
		}
		count := map[int]int{}
		for _, n := range f.nodes {
			if n.ghost || n.reg != nil && !n.reg.await || n.rmw || n.mover() || n.op == opStore && n.pl.gv.once {
				continue
			}
			if pls, _ := n.accesses(); len(pls) == 0 {
				continue
			}
			if !c.outsideAtomic(f) {
				continue
			}
			if count[n.seq]++; count[n.seq] == 2 {
				c.errs.add(n.pos, "assign to locals first, so that the order of the accesses is visible, or make the statement atomic",
					"this is the second access to shared memory without a lock in one expression")
			}
		}
	}
}

// outsideAtomic reports whether f is called from somewhere that is not in an atomic block.
func (c *compiler) outsideAtomic(f *fn) bool {
	seen := map[*fn]bool{}
	var visit func(f *fn) bool
	visit = func(f *fn) bool {
		if seen[f] {
			return false
		}
		seen[f] = true
		if len(f.sites) == 0 {
			return true
		}
		for _, t := range c.taskList {
			if t.body == f {
				return true
			}
		}
		for _, s := range f.sites {
			if s.fn.normal && !s.ghost && (s.reg == nil || s.reg.await) && visit(s.fn) {
				return true
			}
		}
		return false
	}
	return visit(f)
}

// uses calls f for each local that n reads.
func (n *node) uses(c *compiler, f func(*local)) {
	n.exprs(func(e spec.Expr) {
		inspect(e, func(e spec.Expr) {
			if r, ok := e.(*spec.VarRef); ok {
				if l := c.syms[r.Var]; l != nil {
					f(l)
				}
			}
		})
	})
	switch n.op {
	case opLoad, opUpdate:
		for _, l := range []*local{n.pl.loc, n.pl2.loc} {
			if l != nil {
				f(l)
			}
		}
	case opSet:
		if len(n.pl.idx) > 0 {
			f(n.pl.loc)
		}
	case opExit:
		if n.fn.retv != nil {
			f(n.fn.retv)
		}
	}
}

// def returns the local that n overwrites as a whole.
func (n *node) def() *local {
	if n.dst != nil {
		return n.dst
	}
	if (n.op == opSet || n.op == opReturn) && len(n.pl.idx) == 0 {
		return n.pl.loc
	}
	return nil
}

// liveness computes the locals that are live before each node, and reports those read before they
// are set.
func (c *compiler) liveness(f *fn) {
	preds := map[*node][]*node{}
	for _, n := range f.nodes {
		n.live = map[*local]bool{}
		for _, s := range n.flow() {
			preds[s] = append(preds[s], n)
		}
	}
	work := append([]*node{}, f.nodes...)
	queued := map[*node]bool{}
	for _, n := range work {
		queued[n] = true
	}
	for len(work) > 0 {
		n := work[len(work)-1]
		work = work[:len(work)-1]
		queued[n] = false
		live := map[*local]bool{}
		for _, s := range n.flow() {
			for l := range s.live {
				live[l] = true
			}
		}
		if d := n.def(); d != nil {
			delete(live, d)
		}
		n.uses(c, func(l *local) { live[l] = true })
		if len(live) != len(n.live) {
			n.live = live
			for _, p := range preds[n] {
				if !queued[p] {
					queued[p] = true
					work = append(work, p)
				}
			}
		}
	}
	for _, l := range f.locals {
		if !f.entry.live[l] || l.param {
			continue
		}
		if l == f.retv {
			c.errs.add(c.endOf(f), "return a value on every path", "'%s' can end here without returning a value", f.display)
		} else if !l.temp {
			c.errs.add(c.firstUse(f, l), "initialise it, or set it on every path that leads here", "'%s' may be read here before it is set", l.name)
		}
	}
}

// endOf is where the body of f ends.
func (c *compiler) endOf(f *fn) spec.Pos {
	fd := c.defs[f.name]
	if fd == nil || fd.CompoundStatement == nil {
		return f.pos
	}
	return c.u.pos(fd.CompoundStatement.Token2.Position())
}

// firstUse is the first place in the text where f uses l and nothing that comes before on some path
// has set it.
func (c *compiler) firstUse(f *fn, l *local) spec.Pos {
	seen := map[*node]bool{}
	at, found := l.pos, false
	var visit func(n *node)
	visit = func(n *node) {
		if n == nil || seen[n] {
			return
		}
		seen[n] = true
		used := false
		n.uses(c, func(u *local) { used = used || u == l })
		switch {
		case used && (!found || n.pos.Line < at.Line || n.pos.Line == at.Line && n.pos.Col < at.Col):
			at, found = n.pos, true
		case used, n.def() == l:
		default:
			visit(n.next)
			visit(n.alt)
		}
	}
	visit(f.entry)
	return at
}

// kept returns the locals that have a value at n, where live is what is read later: the others are
// zero. Without reductions that is what is in scope, but for names of objects that are not read any
// more: while somebody holds a name it is not given again.
func (c *compiler) kept(n *node, live map[*local]bool) map[*local]bool {
	if !c.opt.Raw {
		return maps.Clone(live)
	}
	out := map[*local]bool{}
	for l := range live {
		if l.temp || c.named(l) {
			out[l] = true
		}
	}
	for _, ls := range [][]*local{n.fn.params, n.scope} {
		for _, l := range ls {
			if l != nil && !c.named(l) {
				out[l] = true
			}
		}
	}
	return out
}

// named reports whether l holds names of objects of a pool.
func (c *compiler) named(l *local) bool {
	return slices.ContainsFunc(c.poolList, func(p *pool) bool { return pointsInto(l.elem, p) })
}
