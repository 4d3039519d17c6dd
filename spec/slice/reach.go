package slice

import (
	"fmt"

	"mcheck/spec"
)

// binding gives parameters their possible values.
type binding map[*spec.Param]*values

// reach is the least set of values for each variable that has the initial ones and is closed under the actions.
type reach struct {
	m        *spec.Model
	vars     map[*spec.Var]*values
	enabled  map[*spec.Action]bool
	args     map[*spec.Param]*values // of the parameters of enabled actions
	branches map[*spec.Branch]*values
	conds    map[spec.Expr]*values // of the guards and statements of actions
	all      bool                  // every firing is looked at, and what decides about its statements is noted; else only those with something new to see
	inputs   *inputs
	control  *control // nil: the model has no program counter
	cur      *standing
}

func reachable(m *spec.Model) *reach {
	r := &reach{
		m: m, vars: map[*spec.Var]*values{}, enabled: map[*spec.Action]bool{},
		args: map[*spec.Param]*values{}, branches: map[*spec.Branch]*values{}, conds: map[spec.Expr]*values{},
		inputs: newInputs(),
	}
	for _, v := range m.Vars {
		if v.Init == nil {
			r.vars[v] = anything(v.Type)
		} else {
			r.vars[v] = r.eval(v.Init, nil).clone()
		}
	}
	r.control = findControl(m, r.vars)
	// The rounds over everything make it sound whatever inputs says: the last one has changed nothing.
	for {
		for r.all = false; r.round(); {
		}
		r.all = true
		if !r.round() {
			return r
		}
	}
}

// round goes through the actions once and reports whether that changed anything.
func (r *reach) round() bool {
	before := r.inputs.now
	for _, a := range r.m.Actions {
		r.action(a)
	}
	return r.inputs.now != before
}

// maxBindings is the number of bindings of an action above which they are looked at all at once.
const maxBindings = 4096

func (r *reach) action(a *spec.Action) {
	n := 1
	for _, p := range a.Params {
		if n *= max(len(p.Values()), 1); n > maxBindings {
			b := binding{}
			for _, p := range a.Params {
				b[p] = &values{set: p.Values(), top: len(p.Values()) > maxSet}
			}
			r.fire(a, b, 0)
			return
		}
	}
	nth := 0
	r.bindings(a, 0, binding{}, &nth)
}

func (r *reach) bindings(a *spec.Action, i int, b binding, nth *int) {
	if i == len(a.Params) {
		r.fire(a, b, *nth)
		*nth++
		return
	}
	for _, n := range a.Params[i].Values() {
		b[a.Params[i]] = one(n)
		r.bindings(a, i+1, b, nth)
	}
}

// fire takes a with its nth binding.
func (r *reach) fire(a *spec.Action, b binding, nth int) {
	if r.control != nil {
		var reached bool
		if r.cur, reached = r.control.standing(a, b); !reached {
			return
		}
		defer func() { r.cur = nil }()
	}
	if due := r.inputs.due(r, a, nth); !due && !r.all {
		return
	}
	if r.all && a.Guard != nil {
		r.noteCond(a.Guard, b)
	}
	if a.Guard != nil && !r.eval(a.Guard, b).may(1) {
		return
	}
	r.enabled[a] = true
	for _, p := range a.Params {
		if r.args[p] == nil {
			r.args[p] = &values{}
		}
		r.args[p].join(b[p], nil)
	}
	if r.cur != nil {
		r.cur = r.cur.where(a.Guard, true)
	}
	r.node(a.Body, b)
	if r.all {
		r.noteSource(a, b)
	}
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
			r.branches[n] = &values{}
		}
		r.branches[n].join(c, nil)
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
	places, t := r.places(r.vars[u.Var], u.Var.Type, u.Path, b)
	v := r.eval(u.Value, b)
	for _, p := range places {
		if p.join(v, t) {
			r.inputs.changed(u.Var)
		}
	}
}

// places returns the parts of v, of type t, that path can lead to, and their type. There are none in a sequence, of which nothing is
// known anyway.
func (r *reach) places(v *values, t spec.Type, path []spec.Selector, b binding) ([]*values, spec.Type) {
	places := []*values{v}
	for _, s := range path {
		var next []*values
		switch tt := t.(type) {
		case *spec.ArrayType:
			i := r.eval(s.Index, b)
			lo, _, _ := spec.Domain(tt.Index)
			for _, p := range places {
				for k, e := range p.elems {
					if i.may(lo + int64(k)) {
						next = append(next, e)
					}
				}
			}
			t = tt.Elem
		case *spec.RecordType:
			k := tt.FieldIndex(s.Field)
			for _, p := range places {
				next = append(next, p.elems[k])
			}
			t = tt.Fields[k].Type
		case *spec.SeqType:
			return nil, nil
		default:
			panic(fmt.Sprintf("unhandled %T", tt))
		}
		places = next
	}
	return places, t
}
