package tla

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"mcheck/spec"
)

// Companion is a module that extends an exported one, with its configuration.
type Companion struct {
	Name, Module, Config string
	// Goal is the invariant of Config whose violation is wanted.
	Goal string
}

// Files returns the module and its configuration.
func (c *Companion) Files() []File {
	return []File{{c.Name + ".tla", c.Module}, {c.Name + ".cfg", c.Config}}
}

// TraceModule prints m and a module that forces exactly the behaviour tr of it, which ends in a
// state that refutes q (for a COVER: that covers).
func TraceModule(m *spec.Model, q *spec.Property, tr spec.Trace) (*Spec, *Companion, error) {
	s, err := Module(m)
	if err != nil {
		return nil, nil, err
	}
	c, err := s.Trace(q, tr)
	return s, c, err
}

// Trace returns a module that forces exactly the behaviour tr. TLC confirms it by violating Goal
// after len(tr) states: every step is then a step of the exported Next, taken by the action that tr
// names, and the last state breaks the operator of q. If a step is refused, or q holds at the end,
// TLC finds no error.
func (s *Spec) Trace(q *spec.Property, tr spec.Trace) (*Companion, error) {
	if err := s.refutes(q, tr); err != nil {
		return nil, err
	}
	p := s.p
	pick, release := p.borrow()
	defer release()
	name := pick(s.Name + "_" + q.Name) // one file a property
	step, init, next, goal := pick("step"), pick("TraceInit"), pick("TraceNext"), pick("Unconfirmed")
	p.uses.pairs = false

	items := append([]box{{step + " = 1"}}, p.starts(tr[0].State)...)
	body := append(box{init + " =="}, hang("  ", bullets(`/\`, items), "")...)

	var calls []box
	for i := 1; i < len(tr); i++ {
		n := pick("Step" + strconv.Itoa(i+1))
		calls = append(calls, box{n})
		body = append(append(body, ""), p.source(n+" ==", tr[i].Action.Source)...)
		body = append(body, p.forced(step, i, i+1, tr[i-1].State, tr[i])...)
	}
	if len(calls) == 0 {
		body = append(body, "", next+" == FALSE /\\ "+step+"' = "+step+" /\\ UNCHANGED "+p.sym.varsTuple)
	} else {
		body = append(append(body, ""), hang(next+" == ", bullets(`\/`, calls), "")...)
	}
	body = append(append(body, ""), comment("", "Violated, after "+strconv.Itoa(len(tr))+" states, by the behaviour if it is one of "+s.Name+" and its last state breaks "+p.sym.props[q]+".")...)
	body = append(body, fmt.Sprintf("%s == %s = %d => %s", goal, step, len(tr), p.sym.props[q]))

	out := box{title(name)}
	out = append(out, comment("", "A behaviour of "+s.Name+", state by state, exported by mcheck. TLC refutes "+goal+" after "+strconv.Itoa(len(tr))+
		" states: that confirms the behaviour, and that its last state breaks "+p.sym.props[q]+".")...)
	mods := []string{s.Name}
	if !p.uses.ints {
		mods = append(mods, "Integers")
	}
	if p.uses.pairs {
		mods = append(mods, "TLC")
	}
	out = append(out, "EXTENDS "+strings.Join(mods, ", "), "VARIABLE "+step, "")
	out = append(out, body...)
	out = append(out, "", strings.Repeat("=", width-2))
	return &Companion{Name: name, Module: strings.Join(out, "\n") + "\n", Goal: goal,
		Config: "INIT " + init + "\nNEXT " + next + "\n" + s.constants() + "INVARIANT " + goal + "\nCHECK_DEADLOCK FALSE\n"}, nil
}

// refutes returns an error if tr has not the form of a behaviour that refutes q.
func (s *Spec) refutes(q *spec.Property, tr spec.Trace) error {
	if !IsInvariant(q.Kind) {
		return fmt.Errorf("tla: a %v is not refuted by a finite behaviour", q.Kind)
	}
	if len(tr) == 0 {
		return errors.New("tla: empty trace")
	}
	for i, st := range tr {
		if len(st.State) != len(s.m.Vars) || (st.Action == nil) != (i == 0) {
			return fmt.Errorf("tla: step %d of the trace is malformed", i)
		}
	}
	return nil
}

// starts says that st is an initial state.
func (p *printer) starts(st spec.State) []box {
	var items []box
	for i, v := range p.m.Vars {
		items = append(items, hang(p.sym.vars[v]+" = ", p.value(v.Type, st[i]), ""))
	}
	return append(items, box{p.sym.init})
}

// forced is the body of an operator that takes step, and nothing but it, from before; at goes from
// one number to another.
func (p *printer) forced(at string, from, to int, before spec.State, step spec.Step) box {
	items := []box{{fmt.Sprintf("%s = %d", at, from)}, {fmt.Sprintf("%s' = %d", at, to)}, {p.ground(step.Action, step.Args)}}
	var same []*spec.Var
	for k, v := range p.m.Vars {
		if step.State[k].Equal(before[k]) {
			same = append(same, v)
			continue
		}
		items = append(items, p.becomes(v, before[k], step.State[k]))
	}
	if len(same) > 0 {
		items = append(items, unchanged(p.frame(same), width-5))
	}
	items = append(items, box{p.sym.next})
	return hang("  ", bullets(`/\`, items), "")
}

// becomes says that v has the value after in the next state, of an array only what differs from
// before.
func (p *printer) becomes(v *spec.Var, before, after spec.Value) box {
	name := p.sym.vars[v]
	var items []box
	var visit func(path string, t spec.Type, a, b spec.Value)
	visit = func(path string, t spec.Type, a, b spec.Value) {
		array, ok := t.(*spec.ArrayType)
		if !ok {
			items = append(items, hang("!"+path+" = ", p.value(t, b), ""))
			return
		}
		lo, _, _ := spec.Domain(array.Index)
		for i := range b.Elems {
			if !a.Elems[i].Equal(b.Elems[i]) {
				k, _ := p.scalar(array.Index, lo+int64(i))
				visit(path+"["+k+"]", array.Elem, a.Elems[i], b.Elems[i])
			}
		}
	}
	if _, ok := v.Type.(*spec.ArrayType); !ok {
		return hang(name+"' = ", p.value(v.Type, after), "")
	}
	visit("", v.Type, before, after)
	return list(name+"' = ["+name+" EXCEPT ", items, "]", width-5, false)
}

// ground is the operator of a with the given arguments.
func (p *printer) ground(a *spec.Action, args []int64) string {
	for i, q := range a.Params {
		s, prec := p.scalar(q.Type, args[i])
		defer p.subst(q, text{s, prec})()
	}
	return p.application(a)
}
