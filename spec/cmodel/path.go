package cmodel

import (
	"slices"

	"mcheck/spec"
)

// A path can be copied by value: everything in it is a value, or is never changed once it is made.
// So a slice that a path holds is replaced by a longer one, and no element of it is ever assigned.
// What is joined where paths meet is written down part by part, in composite literals without keys,
// so that a field that is left out is an error of compilation.

// write is one change of a variable.
type write struct {
	idx []spec.Expr
	val spec.Expr
}

// store holds the writes of a path, by variable, in the order of the first write to each: the
// variable of a gvar, or the symbol of a local. A path writes to few, so looking through them is
// faster than a map.
type store struct {
	vars   []*spec.Var
	writes [][]write
}

// of returns the writes of v.
func (s store) of(v *spec.Var) []write {
	if i := slices.Index(s.vars, v); i >= 0 {
		return s.writes[i]
	}
	return nil
}

// drop forgets the writes of v.
func (s *store) drop(v *spec.Var) {
	if i := slices.Index(s.vars, v); i >= 0 {
		s.vars = slices.Delete(slices.Clone(s.vars), i, i+1)
		s.writes = slices.Delete(slices.Clone(s.writes), i, i+1)
	}
}

func (s *store) put(v *spec.Var, w write) {
	i := slices.Index(s.vars, v)
	if i < 0 {
		s.vars, s.writes = push(s.vars, v), push(s.writes, []write{w})
		return
	}
	ws := s.writes[i]
	if n := len(ws); n > 0 && sameIdx(ws[n-1].idx, w.idx) {
		ws = ws[:n-1]
	}
	s.writes = slices.Clone(s.writes)
	s.writes[i] = push(ws, w)
}

// push is append to a slice that others hold as well.
func push[T any](s []T, x T) []T { return append(s[:len(s):len(s)], x) }

// pushNew is push of what is not in s yet.
func pushNew[T comparable](s []T, x T) []T {
	if slices.Contains(s, x) {
		return s
	}
	return push(s, x)
}

// union is s and what is in more besides.
func union[T comparable](s, more []T) []T {
	for _, x := range more {
		s = pushNew(s, x)
	}
	return s
}

func sameIdx(a, b []spec.Expr) bool { return slices.EqualFunc(a, b, spec.SameExpr) }

// frame is an activation of a function that the path knows of.
type frame struct {
	f    *fn
	site *node // the call in the frame below; nil if that frame is not known
	id   int
}

// base says what is known of the locals of a function that the path has been in, before the path
// writes them.
//
// Two things are apart: what the variables of the locals hold in the old state, which does not
// change during the step, and what a local is worth where the path reads it. Between two steps
// exactly those locals differ from zero that their function, if it is active, may still read at its
// place (the one it stands at, or the call it has made): each step resets the others at its end. So
// in the old state the locals of a function are zero but for those in live, where the function was
// active, and all are zero where it was not. Whether it was is known when the path returns into it,
// or begins in it; a function that the path calls was not, unless the path has begun in it or
// returned into it before (no function is active twice).
//
// A call begins a new activation. What its locals are worth has nothing to do with what their
// variables held: so entered concerns what is read, and live what the variables must be compared
// with at the end of the step, when it is found out what changes.
type base struct {
	f *fn
	// those that may differ from zero in the old state; nil: none, the function was not active
	live map[*local]bool
	// the activation that the path is in, or was in last, began in this step
	entered bool
}

// visits counts how often a path has come to a branch.
type visits struct {
	n     *node
	times int
}

// choice is a parameter of the action and the condition under which the path has made that choice
// (nil: always).
type choice struct {
	q    *spec.Param
	when spec.Expr
}

// gfail is a failure of ghost code: its condition and its value of ghost_fail.
type gfail struct {
	cond spec.Expr
	lit  *spec.Lit
}

// position is where a path is. Paths that meet have it in common.
type position struct {
	n *node
	// the calls that the path has returned to from activations older than the step, in this order
	left     []*node
	frames   []frame
	reg      *region
	regFrame int
	ghost    int // id of the frame that is in ghost code, -1: none
}

// record is what a path has done so far, as far as it decides where the step ends.
type record struct {
	nacc     int  // accesses made
	regLoads int  // of the await that is evaluated
	released bool // a lock was released
	acquired bool
	unmoved  bool // an access was made that does not commute
	regWrote bool // the atomic block has changed something
	locked   bool // a lock was acquired: strong fairness
	begun    bool // something was executed
	visible  bool // something a property reads was written
	ghostDep bool // the path depends on ghost data
}

// join is what one of two paths has done.
func (a record) join(b record) record {
	return record{max(a.nacc, b.nacc), max(a.regLoads, b.regLoads), a.released || b.released, a.acquired || b.acquired,
		a.unmoved || b.unmoved, a.regWrote || b.regWrote, a.locked || b.locked, a.begun || b.begun, a.visible || b.visible, a.ghostDep || b.ghostDep}
}

// notes are lists of what a path has met.
type notes struct {
	bases  []base      // of the functions that the path has been in
	visits []visits    // of branches
	last   []*node     // the accesses, one on each of the paths that have met, that were the last
	stale  []*gvar     // seqcounts that were written
	born   []spec.Expr // the objects that this step has made
	// tainted holds the locals that ghost code has set to what was computed from ghost data.
	tainted []*spec.Var
}

// join is what was met on one of two paths; of born, on both.
func (a notes) join(b notes) notes {
	bases := a.bases
	for _, x := range b.bases {
		if !slices.ContainsFunc(bases, func(y base) bool { return x.f == y.f }) {
			bases = push(bases, x)
		}
	}
	vs := slices.Clone(a.visits)
	for _, x := range b.visits {
		if i := slices.IndexFunc(vs, func(y visits) bool { return x.n == y.n }); i >= 0 {
			vs[i].times = max(vs[i].times, x.times)
		} else {
			vs = append(vs, x)
		}
	}
	var born []spec.Expr
	for _, x := range a.born {
		if slices.ContainsFunc(b.born, func(y spec.Expr) bool { return spec.SameExpr(x, y) }) {
			born = append(born, x)
		}
	}
	return notes{bases, vs, union(a.last, b.last), union(a.stale, b.stale), born, union(a.tainted, b.tainted)}
}

// told is what a path tells of under conditions, which are found from the decisions between the
// paths that meet.
type told struct {
	lines   []spec.SourceLine
	choices []choice
	gfails  []gfail
	undone  *undone
}

// path is a point in the execution of a step.
type path struct {
	position
	record
	notes
	told
	facts *facts
	env   store
}

func (p *path) fork() *path {
	q := *p
	return &q
}

func (p *path) top() *frame { return &p.frames[len(p.frames)-1] }

// sameCalls reports whether the calls by which p has come to where it is are those by which the
// task stood at the start of the step, the functions being the same.
func (p *path) sameCalls() bool {
	if len(p.frames) != len(p.left)+1 {
		return false
	}
	for i, fr := range p.frames[1:] {
		if fr.site != p.left[len(p.left)-1-i] {
			return false
		}
	}
	return true
}

// base returns the base of f, nil if the path has not been in f.
func (p *path) base(f *fn) *base {
	for i := range p.bases {
		if p.bases[i].f == f {
			return &p.bases[i]
		}
	}
	return nil
}

// enter notes that the path calls f.
func (p *path) enter(f *fn) {
	b := base{f: f, entered: true}
	if old := p.base(f); old != nil {
		b.live = old.live
	}
	p.setBase(b)
}

// resume notes that the path is in an activation of f that is older than the step.
func (p *path) resume(f *fn, live map[*local]bool) { p.setBase(base{f: f, live: live}) }

func (p *path) setBase(b base) {
	i := slices.IndexFunc(p.bases, func(x base) bool { return x.f == b.f })
	if i < 0 {
		p.bases = push(p.bases, b)
		return
	}
	p.bases = slices.Clone(p.bases)
	p.bases[i] = b
}

// visit counts that p has come to n, and returns how often it has.
func (p *path) visit(n *node) int {
	i := slices.IndexFunc(p.visits, func(v visits) bool { return v.n == n })
	if i < 0 {
		p.visits = push(p.visits, visits{n, 1})
		return 1
	}
	p.visits = slices.Clone(p.visits)
	p.visits[i].times++
	return p.visits[i].times
}

// undone is the path as it was before its last access, where that was not the first of the step:
// what fails then leaves this behind. It is a decision where paths have met that differ in it; nil
// stands for the state before the step.
type undone struct {
	p         *path
	cond      spec.Expr
	then, els *undone
}

// tree is how p ends where it fails: what it had done up to there stays, and the task fails in its
// next step.
func (u *undone) tree(p *path, fail *spec.Lit, doomed func() *label) *tree {
	switch {
	case u == nil:
		return &tree{leaf: &leaf{kind: leafFail, p: p, fail: fail}}
	case u.p != nil:
		return &tree{leaf: &leaf{kind: leafStop, p: u.p, at: doomed()}}
	}
	return &tree{cond: u.cond, then: u.then.tree(p, fail, doomed), els: u.els.tree(p, fail, doomed)}
}
