package slice

import (
	"fmt"
	"slices"

	"mcheck/internal/parallel"
	"mcheck/spec"
)

// binding gives parameters their possible values.
type binding []bound

type bound struct {
	p *spec.Param
	v *values
}

// of returns the values of p, nil if it is not bound.
func (b binding) of(p *spec.Param) *values {
	for i := len(b) - 1; i >= 0; i-- {
		if b[i].p == p {
			return b[i].v
		}
	}
	return nil
}

// reach is the least set of values for each variable that has the initial ones and is closed under
// the actions.
type reach struct {
	m        *spec.Model
	vars     map[*spec.Var]*variable
	enabled  map[*spec.Action]bool
	args     map[*spec.Param]*values // of the parameters of enabled actions
	branches map[*spec.Branch]*values
	conds    map[spec.Expr]*values // of the guards and statements of actions
	// every firing is looked at; else only those with something new to see
	all bool
	// nothing may change any more, and changes says whether something would
	frozen  bool
	changes bool
	now     int      // how much has changed so far
	control *control // nil: the model has no program counter
	cur     *standing
}

func reachable(m *spec.Model) *reach {
	r := &reach{
		m: m, vars: map[*spec.Var]*variable{}, enabled: map[*spec.Action]bool{},
		args: map[*spec.Param]*values{}, branches: map[*spec.Branch]*values{}, conds: map[spec.Expr]*values{},
	}
	for _, v := range m.Vars {
		if v.Init == nil {
			r.vars[v] = &variable{values: anything(v.Type)}
		} else {
			r.vars[v] = &variable{values: r.eval(v.Init, nil)}
		}
	}
	r.control = findControl(m, r.vars)
	steps := r.steps()
	// The last round over everything makes it sound whatever due says: it would change nothing.
	for r.round(steps) || !r.settled(steps) {
	}
	for _, st := range steps {
		r.enabled[st.a] = st.enabled
	}
	r.cur = nil
	return r
}

// settled reports whether no firing changes anything, and then has noted what decides about the
// statements. If one does, all have been taken again. As nothing changes, the actions have nothing
// to do with each other, and each is looked at with maps of its own.
func (r *reach) settled(steps []*step) bool {
	views := make([]reach, len(steps))
	parallel.Each(len(steps), func(i int) {
		v := &views[i]
		*v = *r
		v.all, v.frozen = true, true
		v.args, v.branches, v.conds = map[*spec.Param]*values{}, map[*spec.Branch]*values{}, map[spec.Expr]*values{}
		v.bindings(steps[i], func(b binding, nth int) {
			v.fire(steps[i], b, nth)
			v.note(steps[i], b)
		})
	})
	if slices.ContainsFunc(views, func(v reach) bool { return v.changes }) {
		r.all = true
		r.round(steps)
		r.all = false
		return false
	}
	for _, v := range views {
		join(r.args, v.args)
		join(r.branches, v.branches)
		join(r.conds, v.conds)
	}
	return true
}

// join joins the values of more into those of to.
func join[K comparable](to, more map[K]*values) {
	for k, v := range more {
		if old := to[k]; old != nil {
			v = old.join(v, nil)
		}
		to[k] = v
	}
}

// learn is called before something changes. It returns false if that must not be.
func (r *reach) learn() bool {
	if r.frozen {
		r.changes = true
		return false
	}
	r.now++
	return true
}

// round goes through the actions once and reports whether that changed anything.
func (r *reach) round(steps []*step) bool {
	before := r.now
	for _, st := range steps {
		r.bindings(st, func(b binding, nth int) { r.fire(st, b, nth) })
	}
	return r.now != before
}

// maxBindings is the number of bindings of an action above which they are looked at all at once.
const maxBindings = 4096

// bindings calls f for each binding of the parameters of st, with its number.
func (r *reach) bindings(st *step, f func(b binding, nth int)) {
	ps := st.a.Params
	n := 1
	for i := range ps {
		if n *= max(len(st.args[i]), 1); n > maxBindings {
			b := binding{}
			for i, p := range ps {
				b = append(b, bound{p, &values{set: st.args[i], top: len(st.args[i]) > maxSet}})
			}
			f(b, 0)
			return
		}
	}
	nth := 0
	b := make(binding, len(ps))
	var bind func(i int)
	bind = func(i int) {
		if i == len(ps) {
			f(b, nth)
			nth++
			return
		}
		for _, n := range st.args[i] {
			b[i] = bound{ps[i], one(n)}
			bind(i + 1)
		}
	}
	bind(0)
}

// stand sets who takes st with the binding b. It returns false if the task can't be where st waits
// for it.
func (r *reach) stand(st *step, b binding) bool {
	r.cur = nil
	if !st.waits {
		return true
	}
	r.cur = r.control.standing(st, b)
	return r.cur != nil
}

// fire takes st with its nth binding.
func (r *reach) fire(st *step, b binding, nth int) {
	if !r.stand(st, b) {
		return
	}
	if due := r.due(st, nth); !due && !r.all {
		return
	}
	a := st.a
	if a.Guard != nil && !r.eval(a.Guard, b).may(1) {
		return
	}
	st.enabled = true
	for _, x := range b {
		if r.args[x.p] == nil {
			r.args[x.p] = nothing
		}
		r.args[x.p] = r.args[x.p].join(x.v, nil)
	}
	r.cur = r.cur.where(a.Guard, true)
	r.node(a.Body, b)
}

func (r *reach) node(n spec.Node, b binding) {
	switch n := n.(type) {
	case *spec.Do:
		for _, u := range n.Updates {
			r.update(u, b)
		}
		if r.control != nil {
			r.control.move(r, n, b)
		}
	case *spec.Branch:
		c := r.eval(n.Cond, b)
		if r.branches[n] == nil {
			r.branches[n] = nothing
		}
		r.branches[n] = r.branches[n].join(c, nil)
		cur := r.cur
		if c.may(1) {
			r.cur = cur.where(n.Cond, true)
			r.node(n.Then, b)
		}
		if c.may(0) {
			r.cur = cur.where(n.Cond, false)
			r.node(n.Else, b)
		}
		r.cur = cur
	default:
		panic(fmt.Sprintf("unhandled %T", n))
	}
}

func (r *reach) update(u spec.Update, b binding) {
	v := r.vars[u.Var]
	if now := v.values.assign(u.Var.Type, r.path(u.Path, b), r.eval(u.Value, b)); now != v.values && r.learn() {
		v.values, v.when = now, r.now
	}
}

// selector is where a step of a path can lead: to the elements at index, or to a field.
type selector struct {
	index *values
	field string
}

func (r *reach) path(path []spec.Selector, b binding) []selector {
	var out []selector
	for _, s := range path {
		if s.Index != nil {
			out = append(out, selector{index: r.eval(s.Index, b)})
		} else {
			out = append(out, selector{field: s.Field})
		}
	}
	return out
}

// assign returns v, of type t, with w joined into the parts that path can lead to. There are none
// in a sequence, of which nothing is known anyway.
func (v *values) assign(t spec.Type, path []selector, w *values) *values {
	if len(path) == 0 {
		return v.join(w, t)
	}
	var elems []*values
	switch t := t.(type) {
	case *spec.ArrayType:
		lo, _, _ := spec.Domain(t.Index)
		for k, e := range v.elems {
			if path[0].index.may(lo + int64(k)) {
				elems = v.replace(elems, k, e.assign(t.Elem, path[1:], w))
			}
		}
	case *spec.RecordType:
		k := t.FieldIndex(path[0].field)
		elems = v.replace(elems, k, v.elems[k].assign(t.Fields[k].Type, path[1:], w))
	case *spec.SeqType:
	default:
		panic(fmt.Sprintf("unhandled %T", t))
	}
	return v.of(elems)
}
