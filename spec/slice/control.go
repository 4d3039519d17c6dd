package slice

import (
	"slices"

	"mcheck/spec"
)

// control keeps the values of a task's own elements of arrays apart by where the task stands: what
// a return point or a local can be depends on the label. at[t][l] says what v[t] can be, for each v
// in locals, in reachable states with pc[t] = l.
//
// A task moves only by actions that wait for it at a label, so what it has at the new label follows
// from what it had at the old one. Any other write to an element may come at any label.
type control struct {
	pc     *spec.Var
	locals map[*spec.Var]int // to the position in has
	elems  []spec.Type       // of the locals
	lo     int64             // the first task
	at     [][]place
}

// place is where a task stands.
type place struct {
	reached bool
	has     []*values // what can be in each local
	when    int       // that became known
}

// standing is a task at a label that is about to take a step.
type standing struct {
	control *control
	param   *spec.Param
	t       int64
	at      *place
	has     []*values // of at, or less: in some of the states
}

func (c *control) isLocal(v *spec.Var) bool {
	_, ok := c.locals[v]
	return ok
}

// findControl finds the program counter: the array that actions wait on, at their parameter, and
// that they change only there. It returns nil if there is none.
func findControl(m *spec.Model, vars map[*spec.Var]*variable) *control {
	count := map[*spec.Var]int{}
	var pc *spec.Var
	for _, a := range m.Actions {
		for _, g := range spec.Conjuncts(a.Guard) {
			if v, _, _, ok := waitsAt(g); ok {
				if count[v]++; pc == nil || count[v] > count[pc] {
					pc = v
				}
			}
		}
	}
	if pc == nil || pc.Init == nil {
		return nil
	}
	c := &control{pc: pc, locals: map[*spec.Var]int{}}
	for _, a := range m.Actions {
		n := 1
		for _, p := range a.Params {
			n = min(n*max(len(p.Values()), 1), maxBindings+1)
		}
		_, p, ok := c.dispatch(a)
		if ok && n > maxBindings {
			return nil
		}
		for _, u := range spec.Updates(a.Body) {
			if u.Var == pc && (!ok || !isOwn(u, p) || len(u.Path) != 1) {
				return nil
			}
		}
	}
	index := pc.Type.(*spec.ArrayType).Index
	c.lo, _, _ = spec.Domain(index)
	var locals []*spec.Var
	for _, v := range m.Vars {
		if t, ok := v.Type.(*spec.ArrayType); ok && v != pc && spec.SameType(t.Index, index) {
			c.locals[v] = len(locals)
			locals, c.elems = append(locals, v), append(c.elems, t.Elem)
		}
	}
	_, last, _ := spec.Domain(pc.Type.(*spec.ArrayType).Elem) // the labels begin at 0
	for t, labels := range vars[pc].values.elems {
		at := make([]place, last+1)
		if labels.top {
			return nil
		}
		for _, l := range labels.set {
			at[l].reached = true
			for _, v := range locals {
				at[l].has = append(at[l].has, vars[v].values.elems[t])
			}
		}
		c.at = append(c.at, at)
	}
	return c
}

// waitsAt takes apart a condition pc[p] = l.
func waitsAt(g spec.Expr) (pc *spec.Var, p *spec.Param, l int64, ok bool) {
	eq, ok := g.(*spec.Binary)
	if !ok || eq.Op != spec.Eq {
		return nil, nil, 0, false
	}
	lit, ok := eq.Y.(*spec.Lit)
	if !ok {
		return nil, nil, 0, false
	}
	v, p, ok := ownElement(eq.X)
	if !ok {
		return nil, nil, 0, false
	}
	t := v.Type.(*spec.ArrayType)
	_, label := t.Elem.(*spec.EnumType)
	return v, p, lit.N, label && spec.SameType(p.Type, t.Index)
}

// ownElement takes apart an expression v[p] with a parameter p and an array v.
func ownElement(e spec.Expr) (*spec.Var, *spec.Param, bool) {
	i, ok := e.(*spec.Index)
	if !ok {
		return nil, nil, false
	}
	v, ok1 := i.X.(*spec.VarRef)
	p, ok2 := i.I.(*spec.ParamRef)
	if !ok1 || !ok2 {
		return nil, nil, false
	}
	_, ok = v.Var.Type.(*spec.ArrayType)
	return v.Var, p.Param, ok
}

// isOwn reports whether u writes to an element at parameter p, or to a part of it.
func isOwn(u spec.Update, p *spec.Param) bool {
	if len(u.Path) == 0 {
		return false
	}
	r, ok := u.Path[0].Index.(*spec.ParamRef)
	return ok && r.Param == p
}

// dispatch returns the label that a waits at, and the parameter that is the task.
func (c *control) dispatch(a *spec.Action) (l int64, p *spec.Param, ok bool) {
	for _, g := range spec.Conjuncts(a.Guard) {
		if v, p, l, ok := waitsAt(g); ok && v == c.pc && slices.Contains(a.Params, p) {
			return l, p, true
		}
	}
	return 0, nil, false
}

// place returns where t stands at l; nil if l is no label (a guard may compare with NULL).
func (c *control) place(t, l int64) *place {
	if at := c.at[t-c.lo]; l >= 0 && l < int64(len(at)) {
		return &at[l]
	}
	return nil
}

// standing returns the task that st, which waits for one, would be taken by; nil if the task can't
// stand there.
func (c *control) standing(st *step, b binding) *standing {
	t, ok := b.of(st.param).single()
	if !ok {
		// findControl has looked at the number of bindings
		panic("slice: the task of " + st.a.Name + " is not one")
	}
	at := c.place(t, st.label)
	if at == nil || !at.reached {
		return nil
	}
	return &standing{c, st.param, t, at, at.has}
}

// own returns the values of v[p] for the task that stands there; nil for anything else.
func (s *standing) own(e *spec.Index) *values {
	if i := s.local(e); i >= 0 {
		return s.has[i]
	}
	return nil
}

// local returns the position of the local of which e is the element of the task that stands there;
// -1 for anything else.
func (s *standing) local(e *spec.Index) int {
	if s == nil {
		return -1
	}
	if v, p, ok := ownElement(e); ok && p == s.param {
		if i, ok := s.control.locals[v]; ok {
			return i
		}
	}
	return -1
}

// where returns s in the states in which cond is as said.
func (s *standing) where(cond spec.Expr, is bool) *standing {
	if s == nil || cond == nil {
		return s
	}
	b, ok := cond.(*spec.Binary)
	if u, isNot := cond.(*spec.Unary); isNot && u.Op == spec.Not {
		return s.where(u.X, !is)
	}
	if !ok {
		return s
	}
	switch {
	case b.Op == spec.And && is, b.Op == spec.Or && !is:
		return s.where(b.X, is).where(b.Y, is)
	case b.Op == spec.Ne:
		is = !is
	case b.Op != spec.Eq:
		return s
	}
	l, ok1 := b.Y.(*spec.Lit)
	i, ok2 := b.X.(*spec.Index)
	if !ok1 || !ok2 {
		return s
	}
	at := s.local(i)
	if at < 0 {
		return s
	}
	old := s.has[at]
	if old.top || len(old.elems) > 0 {
		return s
	}
	var left []int64
	for _, k := range old.set {
		if (k == l.N) == is {
			left = append(left, k)
		}
	}
	if len(left) == 0 || len(left) == len(old.set) {
		return s // nothing is left only after a chain of conditions that can't hold together
	}
	out := *s
	out.has = slices.Clone(s.has)
	out.has[at] = scalar(left)
	return &out
}

// move applies the updates of n to what is known of each task at each label.
func (c *control) move(r *reach, n *spec.Do, b binding) {
	s := r.cur
	var to []int64
	moves := false
	// next is what the task has afterwards: what it had, or a copy of that if something changes.
	var next []*values
	if s != nil {
		next = s.has
	}
	copied := false
	set := func(i int, v *values) {
		if v == next[i] {
			return
		}
		if !copied {
			next, copied = slices.Clone(next), true
		}
		next[i] = v
	}
	var others []spec.Update
	for _, u := range n.Updates {
		i, local := c.locals[u.Var]
		switch {
		case u.Var == c.pc: // at the task itself, as findControl has made sure
			v := r.eval(u.Value, b)
			if v.top {
				v = anything(u.Value.Type())
			}
			to, moves = append(to, v.set...), true
		case !local:
		case s != nil && isOwn(u, s.param) && len(u.Path) == 1:
			v := r.eval(u.Value, b)
			if len(v.elems) == 0 && !v.top {
				v = nothing.join(v, c.elems[i])
			}
			if !v.empty() {
				set(i, v)
			}
		default:
			others = append(others, u)
		}
	}
	for _, u := range others {
		if i, v := c.write(r, u, next, b); v != nil {
			set(i, v)
		}
	}
	switch {
	case s == nil:
	case !moves:
		c.arrive(r, s.at, next)
	default:
		for _, l := range to {
			if at := c.place(s.t, l); at != nil {
				c.arrive(r, at, next)
			}
		}
	}
}

// arrive joins what a task has into what it can have at a place.
func (c *control) arrive(r *reach, at *place, has []*values) {
	if !at.reached {
		if r.learn() {
			*at = place{true, slices.Clone(has), r.now}
		}
		return
	}
	for i, x := range has {
		if v := at.has[i].join(x, c.elems[i]); v != at.has[i] && r.learn() {
			at.has[i], at.when = v, r.now
		}
	}
}

// write joins an update of a local that may be any task's into what each task has at each label. If
// it may be one of the task that takes the step, which has next, it returns which and what that is
// then.
func (c *control) write(r *reach, u spec.Update, next []*values, b binding) (i int, own *values) {
	i = c.locals[u.Var]
	value, path := r.eval(u.Value, b), r.path(u.Path, b)
	for k := range c.at {
		v, rest := value, path
		if len(path) == 0 {
			v = value.elems[k]
		} else {
			if !path[0].index.may(c.lo + int64(k)) {
				continue
			}
			rest = path[1:]
		}
		for l := range c.at[k] {
			at := &c.at[k][l]
			if !at.reached {
				continue
			}
			if x := at.has[i].assign(c.elems[i], rest, v); x != at.has[i] && r.learn() {
				at.has[i], at.when = x, r.now
			}
		}
		if r.cur != nil && r.cur.t == c.lo+int64(k) {
			own = next[i].assign(c.elems[i], rest, v)
		}
	}
	return i, own
}
