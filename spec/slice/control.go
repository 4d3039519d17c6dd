package slice

import (
	"maps"
	"slices"

	"mcheck/spec"
)

// control keeps the values of a task's own elements of arrays apart by where the task stands: what a return point or a local can be depends
// on the label. at[t][l] holds what v[t] can be, for each v in locals, in reachable states with pc[t] = l; nil: there is none.
//
// A task moves only by actions that wait for it at a label, so what it has at the new label follows from what it had at the old one. Any other
// write to an element may come at any label.
type control struct {
	pc     *spec.Var
	locals []*spec.Var
	lo     int64 // the first task
	at     []map[int64]map[*spec.Var]*values
}

// standing is a task at a label that is about to take a step.
type standing struct {
	param *spec.Param
	t, l  int64
	has   map[*spec.Var]*values
}

// findControl finds the program counter: the array that actions wait on, at their parameter, and that they change only there. It
// returns nil if there is none.
func findControl(m *spec.Model, vars map[*spec.Var]*values) *control {
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
	c := &control{pc: pc}
	for _, a := range m.Actions {
		n := 1
		for _, p := range a.Params {
			n = min(n*max(len(p.Values()), 1), maxBindings+1)
		}
		_, p, _, ok := c.dispatch(a)
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
	for _, v := range m.Vars {
		if t, ok := v.Type.(*spec.ArrayType); ok && v != pc && spec.SameType(t.Index, index) {
			c.locals = append(c.locals, v)
		}
	}
	for t, labels := range vars[pc].elems {
		at := map[int64]map[*spec.Var]*values{}
		if labels.top {
			return nil
		}
		for _, l := range labels.set {
			has := map[*spec.Var]*values{}
			for _, v := range c.locals {
				has[v] = vars[v].elems[t].clone()
			}
			at[l] = has
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
func (c *control) dispatch(a *spec.Action) (l int64, p *spec.Param, at int, ok bool) {
	for _, g := range spec.Conjuncts(a.Guard) {
		if v, p, l, ok := waitsAt(g); ok && v == c.pc {
			if i := slices.Index(a.Params, p); i >= 0 {
				return l, p, i, true
			}
		}
	}
	return 0, nil, 0, false
}

// standing returns the task that a would be taken by, nil if a waits at no label. reached is false if the task can't stand there.
func (c *control) standing(a *spec.Action, b binding) (s *standing, reached bool) {
	l, p, _, ok := c.dispatch(a)
	if !ok {
		return nil, true
	}
	t, ok := b[p].single()
	if !ok {
		panic("slice: the task of " + a.Name + " is not one") // findControl has looked at the number of bindings
	}
	has := c.at[t-c.lo][l]
	return &standing{p, t, l, has}, has != nil
}

// own returns the values of v[p] for the task that stands there; nil for anything else.
func (s *standing) own(e *spec.Index) *values {
	if s == nil {
		return nil
	}
	if v, p, ok := ownElement(e); ok && p == s.param {
		return s.has[v]
	}
	return nil
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
	old := s.own(i)
	if old == nil || old.top || len(old.elems) > 0 {
		return s
	}
	n := &values{}
	for _, k := range old.set {
		if (k == l.N) == is {
			n.set = append(n.set, k)
		}
	}
	if len(n.set) == 0 {
		return s // only after a chain of conditions that can't hold together
	}
	v, _, _ := ownElement(i)
	out := *s
	out.has = maps.Clone(s.has)
	out.has[v] = n
	return &out
}

// move applies the updates of n to what is known of each task at each label.
func (c *control) move(r *reach, n *spec.Do, b binding) {
	s := r.cur
	next := map[*spec.Var]*values{}
	labels := []int64(nil)
	if s != nil {
		labels = []int64{s.l}
		maps.Copy(next, s.has) // the values are shared: what changes is replaced
	}
	moved := false
	var others []spec.Update
	for _, u := range n.Updates {
		switch {
		case u.Var == c.pc: // at the task itself, as findControl has made sure
			if !moved {
				moved, labels = true, nil
			}
			to := r.eval(u.Value, b)
			if to.top {
				to = anything(u.Value.Type())
			}
			labels = append(labels, to.set...)
		case !slices.Contains(c.locals, u.Var):
		case s != nil && isOwn(u, s.param) && len(u.Path) == 1:
			x := &values{}
			v := r.eval(u.Value, b)
			if len(v.elems) > 0 || v.top {
				x = v.clone()
			} else {
				x.join(v, u.Var.Type.(*spec.ArrayType).Elem)
			}
			if len(x.set) > 0 || x.top || len(x.elems) > 0 {
				next[u.Var] = x
			}
		default:
			others = append(others, u)
		}
	}
	for _, u := range others {
		c.write(r, u, next, b)
	}
	if s == nil {
		return
	}
	for _, l := range labels {
		at := c.at[s.t-c.lo]
		if at[l] == nil {
			at[l] = map[*spec.Var]*values{}
			for v, x := range next {
				at[l][v] = x.clone()
			}
			r.inputs.changedAt(s.t, l)
			continue
		}
		for v, x := range next {
			if at[l][v].join(x, v.Type.(*spec.ArrayType).Elem) {
				r.inputs.changedAt(s.t, l)
			}
		}
	}
}

// write joins an update of a local that may be any task's into what each task has at each label, and into next.
func (c *control) write(r *reach, u spec.Update, next map[*spec.Var]*values, b binding) {
	t := u.Var.Type.(*spec.ArrayType)
	value := r.eval(u.Value, b)
	for k := range c.at {
		v := value
		var path []spec.Selector
		if len(u.Path) == 0 {
			v = value.elems[k]
		} else {
			if !r.eval(u.Path[0].Index, b).may(c.lo + int64(k)) {
				continue
			}
			path = u.Path[1:]
		}
		join := func(x *values) bool {
			changed := false
			places, pt := r.places(x, t.Elem, path, b)
			for _, p := range places {
				changed = p.join(v, pt) || changed
			}
			return changed
		}
		for l, has := range c.at[k] {
			if join(has[u.Var]) {
				r.inputs.changedAt(c.lo+int64(k), l)
			}
		}
		if r.cur != nil && r.cur.t == c.lo+int64(k) {
			next[u.Var] = next[u.Var].clone()
			join(next[u.Var])
		}
	}
}
