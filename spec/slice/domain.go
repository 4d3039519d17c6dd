package slice

import (
	"fmt"
	"slices"

	"mcheck/spec"
)

// maxSet is the number of values above which a scalar is taken to have any.
const maxSet = 64

// values is what a variable or an expression can be at most. Of a scalar: the values in set, ascending, or any (top). Of an array or a
// record: one for each element. Of a sequence: nothing is known.
type values struct {
	top   bool
	set   []int64
	elems []*values
}

// anything returns the values of t without a restriction.
func anything(t spec.Type) *values {
	switch t := t.(type) {
	case *spec.ArrayType:
		lo, hi, _ := spec.Domain(t.Index)
		v := &values{}
		for i := lo; i <= hi; i++ {
			v.elems = append(v.elems, anything(t.Elem))
		}
		return v
	case *spec.RecordType:
		v := &values{}
		for _, f := range t.Fields {
			v.elems = append(v.elems, anything(f.Type))
		}
		return v
	case *spec.SeqType:
		return &values{top: true}
	}
	lo, hi, ok := spec.Domain(t)
	if !ok || hi-lo >= maxSet {
		return &values{top: true}
	}
	v := &values{}
	for n := lo; n <= hi; n++ {
		v.set = append(v.set, n)
	}
	return v
}

func one(n int64) *values { return &values{set: []int64{n}} }

func truth(f, t bool) *values {
	v := &values{}
	if f {
		v.set = append(v.set, 0)
	}
	if t {
		v.set = append(v.set, 1)
	}
	return v
}

// single returns the only value of a scalar.
func (v *values) single() (int64, bool) {
	if v.top || len(v.set) != 1 || v.elems != nil {
		return 0, false
	}
	return v.set[0], true
}

// may reports whether the scalar v can be n.
func (v *values) may(n int64) bool { return v.top || slices.Contains(v.set, n) }

// clone returns a copy that can be changed.
func (v *values) clone() *values {
	c := &values{top: v.top, set: slices.Clone(v.set)}
	for _, e := range v.elems {
		c.elems = append(c.elems, e.clone())
	}
	return c
}

// join adds w to v in place and reports whether that changed v. Values of a scalar that t, if it is not nil, does not have are left out: a step
// that would store one is an evaluation error.
func (v *values) join(w *values, t spec.Type) bool {
	if len(v.elems) > 0 || len(w.elems) > 0 {
		changed := false
		for i := range v.elems {
			if i < len(w.elems) {
				changed = v.elems[i].join(w.elems[i], elemType(t, i)) || changed
			}
		}
		return changed
	}
	if v.top {
		return false
	}
	if w.top {
		return v.widen(t)
	}
	lo, hi, bounded := int64(0), int64(0), false
	if t != nil {
		lo, hi, bounded = spec.Domain(t)
	}
	changed := false
	for _, n := range w.set {
		if bounded && (n < lo || n > hi) {
			continue
		}
		if i, ok := slices.BinarySearch(v.set, n); !ok {
			v.set = slices.Insert(v.set, i, n)
			changed = true
		}
	}
	if len(v.set) > maxSet {
		v.top, v.set = true, nil
	}
	return changed
}

// widen makes v any value of t.
func (v *values) widen(t spec.Type) bool {
	if t != nil {
		if a := anything(t); !a.top {
			return v.join(a, nil)
		}
	}
	v.top, v.set = true, nil
	return true
}

func elemType(t spec.Type, i int) spec.Type {
	switch t := t.(type) {
	case *spec.ArrayType:
		return t.Elem
	case *spec.RecordType:
		return t.Fields[i].Type
	}
	return nil
}

// equalConstant reports whether v and w are the same single value, and returns it; both of one type.
func equalConstant(v, w *values) bool {
	if len(v.elems) != len(w.elems) {
		return false
	}
	if len(v.elems) == 0 {
		a, ok1 := v.single()
		b, ok2 := w.single()
		return ok1 && ok2 && a == b
	}
	for i := range v.elems {
		if !equalConstant(v.elems[i], w.elems[i]) {
			return false
		}
	}
	return true
}

// constant reports whether v is a single value throughout.
func constant(v *values) bool { return equalConstant(v, v) }

// binding gives parameters their possible values.
type binding map[*spec.Param]*values

// reach is the least set of values for each variable that has the initial ones and is closed under the actions.
type reach struct {
	m        *spec.Model
	vars     map[*spec.Var]*values
	enabled  map[*spec.Action]bool
	args     map[*spec.Param]*values // of the parameters of enabled actions
	branches map[*spec.Branch]*values
	changed  bool
}

func reachable(m *spec.Model) *reach {
	r := &reach{
		m: m, vars: map[*spec.Var]*values{}, enabled: map[*spec.Action]bool{},
		args: map[*spec.Param]*values{}, branches: map[*spec.Branch]*values{},
	}
	for _, v := range m.Vars {
		if v.Init == nil {
			r.vars[v] = anything(v.Type)
		} else {
			r.vars[v] = r.eval(v.Init, nil).clone()
		}
	}
	for r.changed = true; r.changed; {
		r.changed = false
		for _, a := range m.Actions {
			r.action(a)
		}
	}
	return r
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
			r.fire(a, b)
			return
		}
	}
	r.bindings(a, 0, binding{})
}

func (r *reach) bindings(a *spec.Action, i int, b binding) {
	if i == len(a.Params) {
		r.fire(a, b)
		return
	}
	for _, n := range a.Params[i].Values() {
		b[a.Params[i]] = one(n)
		r.bindings(a, i+1, b)
	}
}

func (r *reach) fire(a *spec.Action, b binding) {
	if a.Guard != nil && !r.eval(a.Guard, b).may(1) {
		return
	}
	if !r.enabled[a] {
		r.enabled[a], r.changed = true, true
	}
	for _, p := range a.Params {
		if r.args[p] == nil {
			r.args[p] = &values{}
		}
		r.args[p].join(b[p], nil)
	}
	r.node(a.Body, b)
}

func (r *reach) node(n spec.Node, b binding) {
	switch n := n.(type) {
	case *spec.Do:
		for _, u := range n.Updates {
			r.update(u, b)
		}
	case *spec.Branch:
		c := r.eval(n.Cond, b)
		if r.branches[n] == nil {
			r.branches[n] = &values{}
		}
		r.branches[n].join(c, nil)
		if c.may(1) {
			r.node(n.Then, b)
		}
		if c.may(0) {
			r.node(n.Else, b)
		}
	default:
		panic(fmt.Sprintf("unhandled %T", n))
	}
}

func (r *reach) update(u spec.Update, b binding) {
	places, t := []*values{r.vars[u.Var]}, u.Var.Type
	for _, s := range u.Path {
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
			return // nothing is known of its elements anyway
		default:
			panic(fmt.Sprintf("unhandled %T", tt))
		}
		places = next
	}
	v := r.eval(u.Value, b)
	for _, p := range places {
		if p.join(v, t) {
			r.changed = true
		}
	}
}
