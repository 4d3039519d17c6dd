package tla

import (
	"fmt"
	"strings"

	"mcheck/spec"
)

// Step is an action with a binding of its parameters.
type Step struct {
	Action *spec.Action
	Args   []int64
}

// Graph is a companion module whose next-state relation has one operator for each action and
// binding, so that TLC names the step in its dumps and statistics, and a variable more: the truth
// values of what Marks lists, as TLC evaluates them in each state.
type Graph struct {
	Companion
	Steps map[string]Step // by operator name
	Var   string          // the variable that holds the marks
	Marks []Mark
}

// Mark is one of the truth values that a Graph carries.
type Mark struct {
	// Property is nil for the mark that says that the model is running.
	Property *spec.Property
	// Cond marks the states where the property's condition holds (of CAN_REST only), otherwise its
	// situation (of LEADS_TO with From).
	Cond bool
}

// Bindings returns every binding of a's parameters, the last varying fastest.
func Bindings(a *spec.Action) [][]int64 {
	out := [][]int64{nil}
	for _, q := range a.Params {
		var next [][]int64
		for _, b := range out {
			for _, v := range q.Values() {
				next = append(next, append(b[:len(b):len(b)], v))
			}
		}
		out = next
	}
	return out
}

// Graph returns the companion module for the labelled state graph.
func (s *Spec) Graph() *Graph {
	p := s.p
	pick, release := p.borrow()
	defer release()
	name := pick(s.Name + "_graph")
	mark, marks, init, next := pick("marks"), pick("Marks"), pick("GraphInit"), pick("GraphNext")
	g := &Graph{Steps: make(map[string]Step), Var: mark}

	var items []box
	add := func(m Mark, e spec.Expr) {
		g.Marks = append(g.Marks, m)
		if e == nil {
			items = append(items, box{"TRUE"})
		} else {
			items = append(items, p.expr(e, -1, width-16))
		}
	}
	add(Mark{}, s.m.Running)
	for _, q := range s.m.Properties {
		add(Mark{Property: q}, orNil(q.When, q.From))
		if q.Kind == spec.CanRest {
			add(Mark{Property: q, Cond: true}, q.Cond)
		}
	}
	body := hang(marks+" == <<", list("", items, "", width-12, false), ">>")

	var calls []box
	for i, a := range s.m.Actions {
		for j, args := range Bindings(a) {
			op := pick(fmt.Sprintf("step_%d_%d", i, j))
			g.Steps[op] = Step{a, args}
			calls = append(calls, box{op})
			running := ""
			if s.m.Running != nil {
				running = p.sym.running + ` /\ `
			}
			body = append(body, fmt.Sprintf(`%s == %s%s /\ %s' = %s'`, op, running, p.ground(a, args), mark, marks))
		}
	}
	body = append(body, fmt.Sprintf(`%s == %s /\ %s = %s`, init, p.sym.init, mark, marks))
	body = append(body, hang(next+" == ", bullets(`\/`, calls), "")...)

	out := box{title(name)}
	out = append(out, comment("", "The module "+s.Name+" with an operator for each step and binding, for the comparison of state graphs.")...)
	out = append(out, "EXTENDS "+s.Name, "VARIABLE "+mark, "")
	out = append(out, body...)
	out = append(out, strings.Repeat("=", width-2))
	g.Name, g.Module = name, strings.Join(out, "\n")+"\n"
	g.Config = "INIT " + init + "\nNEXT " + next + "\n" + s.constants()
	if s.m.Constraint != nil {
		g.Config += "CONSTRAINT " + p.sym.constraint + "\n"
	}
	g.Config += "CHECK_DEADLOCK FALSE\n"
	return g
}

// orNil is the conjunction of es, nil if there is none.
func orNil(es ...spec.Expr) spec.Expr {
	for _, e := range es {
		if e != nil {
			return spec.All(es...)
		}
	}
	return nil
}
