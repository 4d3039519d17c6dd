package tla

import (
	"slices"
	"strings"

	"mcheck/spec"
)

// disjunct is a part of Next: an action, or the actions of one function, which are tried only where
// the program counter stands at one of its labels.
type disjunct struct {
	name     string // of the operator
	params   []*spec.Param
	actions  []*spec.Action
	optional bool

	// of a function:
	fn     string
	pc     *spec.Var
	task   *spec.Param // of the first action
	labels []int64
	set    string // the operator that holds the labels; empty if there is only one
}

func (d *disjunct) isFunc() bool { return len(d.actions) > 1 }

// dispatch returns the program counter, the task and the label that a's guard begins with, if a
// belongs to a function.
func dispatch(a *spec.Action) (pc *spec.Var, task *spec.Param, label int64, ok bool) {
	if a.Guard == nil || a.Func == "" {
		return nil, nil, 0, false
	}
	eq, ok := operands(a.Guard, spec.And)[0].(*spec.Binary)
	if !ok || eq.Op != spec.Eq {
		return nil, nil, 0, false
	}
	at, ok1 := eq.X.(*spec.Index)
	lit, ok2 := eq.Y.(*spec.Lit)
	if !ok1 || !ok2 {
		return nil, nil, 0, false
	}
	v, ok1 := at.X.(*spec.VarRef)
	q, ok2 := at.I.(*spec.ParamRef)
	if !ok1 || !ok2 || !slices.Contains(a.Params, q.Param) {
		return nil, nil, 0, false
	}
	arr, ok := v.Var.Type.(*spec.ArrayType)
	if !ok {
		return nil, nil, 0, false
	}
	if _, ok := arr.Elem.(*spec.EnumType); !ok {
		return nil, nil, 0, false
	}
	return v.Var, q.Param, lit.N, true
}

// groups arranges the actions of m into disjuncts, in order.
func (p *printer) groups() []*disjunct {
	var out []*disjunct
	for _, a := range p.m.Actions {
		pc, task, label, ok := dispatch(a)
		var d *disjunct
		if ok {
			for _, g := range out {
				if g.pc == pc && g.fn == a.Func && g.optional == a.Optional && sameDomain(g.task, task) {
					d = g
				}
			}
		}
		if d == nil {
			d = &disjunct{optional: a.Optional}
			if ok {
				d.fn, d.pc, d.task = a.Func, pc, task
			}
			out = append(out, d)
		}
		d.actions = append(d.actions, a)
		if ok && !slices.Contains(d.labels, label) {
			d.labels = append(d.labels, label)
		}
	}
	for _, d := range out {
		if len(d.actions) == 1 {
			d.name, d.params = p.sym.actions[d.actions[0]], d.actions[0].Params
			continue
		}
		want := d.fn
		if d.optional && slices.ContainsFunc(out, func(e *disjunct) bool { return e != d && e.fn == d.fn && e.pc != nil }) {
			want += "_optional"
		}
		d.name = p.names().pick(want)
		if len(d.labels) > 1 {
			d.set = p.names().pick(d.name + "_labels")
		}
		d.params = []*spec.Param{d.task}
	}
	return out
}

func sameDomain(a, b *spec.Param) bool {
	return spec.SameType(a.Type, b.Type) && slices.Equal(a.Only, b.Only) && (a.Only == nil) == (b.Only == nil)
}

// function prints the operator of a function's group, and the one that holds its labels.
func (p *printer) function(d *disjunct) box {
	t, done := p.bind(d.task)
	defer done()
	elem := d.pc.Type.(*spec.ArrayType).Elem
	labels := make([]box, len(d.labels))
	for i, l := range d.labels {
		s, _ := p.scalar(elem, l)
		labels[i] = box{s}
	}
	var out, items []box
	at := p.sym.vars[d.pc] + "[" + t + "]"
	if d.set != "" {
		out = append(out, define(d.set, func(w int) box { return list("{", labels, "}", w, true) }))
		at += ` \in ` + d.set
	} else {
		at += " = " + labels[0][0]
	}
	if p.m.Running != nil {
		items = append(items, box{p.sym.running})
	}
	items = append(items, box{at})
	steps := make([]box, len(d.actions))
	for i, a := range d.actions {
		_, task, _, _ := dispatch(a)
		restore := p.subst(task, text{t, atom})
		steps[i] = p.step(a, func(q *spec.Param) bool { return q == task })
		restore()
	}
	items = append(items, bullets(`\/`, steps))
	return stack(append(out, hang(d.name+"("+t+") == ", bullets(`/\`, items), ""))...)
}

// step is a call of a, in the scope of \E for each parameter but those for which given holds (which
// stand for something already).
func (p *printer) step(a *spec.Action, given func(*spec.Param) bool) box {
	head := ""
	for _, q := range a.Params {
		if given(q) {
			continue
		}
		dom := p.domain(q)
		name, done := p.bind(q)
		defer done()
		head += `\E ` + name + ` \in ` + dom + " : "
	}
	return box{head + p.application(a)}
}

// application is the operator of a applied to what its parameters stand for.
func (p *printer) application(a *spec.Action) string {
	if len(a.Params) == 0 {
		return p.sym.actions[a]
	}
	args := make([]string, len(a.Params))
	for i, q := range a.Params {
		args[i] = p.env[q].s
	}
	return p.sym.actions[a] + "(" + strings.Join(args, ", ") + ")"
}

// disjunction is the relation that ds make together; neighbours with the same first parameter share
// its quantifier.
func (p *printer) disjunction(ds []*disjunct) box {
	if len(ds) == 0 {
		return box{"FALSE"}
	}
	var items []box
	for i := 0; i < len(ds); {
		d := ds[i]
		if len(d.params) == 0 {
			items = append(items, box{d.name})
			i++
			continue
		}
		q := d.params[0]
		dom := p.domain(q)
		name, done := p.bind(q)
		var calls []box
		for ; i < len(ds) && len(ds[i].params) > 0 && ds[i].params[0].Name == q.Name && sameDomain(ds[i].params[0], q); i++ {
			e := ds[i]
			restore := p.subst(e.params[0], text{name, atom})
			if e.isFunc() {
				calls = append(calls, box{e.name + "(" + name + ")"})
			} else {
				calls = append(calls, p.step(e.actions[0], func(r *spec.Param) bool { return r == e.params[0] }))
			}
			restore()
		}
		done()
		items = append(items, hang(`\E `+name+` \in `+dom+" : ", bullets(`\/`, calls), ""))
	}
	return bullets(`\/`, items)
}
