package story

import (
	"fmt"
	"slices"

	"mcheck/spec"
	"mcheck/spec/eval"
)

// Reason is a part of a condition that decides it in a state, and the values that the part reads.
type Reason struct {
	Text   string
	Values []string // "place is value", each place once
}

// Why returns what decides p in a state of m: the conjuncts of its condition that fail there, of a
// quantified one for each value that it fails for; of a COVER what holds of its situation and
// condition. What can't be evaluated is no reason, and what reads nothing of the state is none that
// helps. CAN_REST, EVENTUALLY and LEADS_TO are not decided by one state, and of a deadlock [Stand]
// says more.
func Why(m *spec.Model, p *spec.Property, state spec.State) []Reason {
	var conds []spec.Expr
	holds := false
	switch p.Kind {
	case spec.Invariant, spec.AtRest:
		conds = []spec.Expr{p.Cond}
	case spec.Cover:
		holds = true
		for _, e := range p.Exprs() {
			conds = append(conds, spec.Conjuncts(e)...)
		}
	case spec.Deadlock, spec.CanRest, spec.Eventually, spec.LeadsTo:
	default:
		panic(fmt.Sprintf("unhandled %s", p.Kind))
	}
	w := &why{state: state, env: eval.NewEnv(m)}
	var out []Reason
	for _, e := range conds {
		if is, err := eval.Cond(e, state, w.env); err != nil || is != holds {
			continue
		}
		for _, e := range w.parts(e, holds) {
			r := Reason{Text: spec.ExprString(e)}
			w.values(e, func(s string) {
				if !slices.Contains(r.Values, s) {
					r.Values = append(r.Values, s)
				}
			})
			if len(r.Values) > 0 {
				out = append(out, r)
			}
		}
	}
	return out
}

type why struct {
	state spec.State
	env   eval.Env
}

// parts returns the parts of e, which is truth, that decide it.
func (w *why) parts(e spec.Expr, truth bool) []spec.Expr {
	var of []spec.Expr
	switch e := e.(type) {
	case *spec.Binary:
		if e.Op == spec.And && !truth || e.Op == spec.Or && truth {
			of = []spec.Expr{e.X, e.Y}
		}
	case *spec.Quant:
		if e.Op == spec.Forall && !truth || e.Op == spec.Exists && truth {
			for _, v := range e.Param.Values() {
				of = append(of, spec.Substitute(e.Body, map[*spec.Param]spec.Expr{e.Param: &spec.Lit{N: v, T: e.Param.Type}}))
			}
		}
	}
	if of == nil {
		return []spec.Expr{e}
	}
	var out []spec.Expr
	for _, p := range of {
		if is, err := eval.Cond(p, w.state, w.env); err == nil && is == truth {
			out = append(out, w.parts(p, truth)...)
		}
	}
	return out
}

// values calls f with each place that e reads and its value: the elements that it names, or a whole
// variable where a quantifier chooses among them.
func (w *why) values(e spec.Expr, f func(string)) {
	switch x := e.(type) {
	case nil, *spec.Lit, *spec.ParamRef:
		return
	case *spec.VarRef, *spec.Index, *spec.FieldSel:
		if place, t, ok := w.place(x); ok {
			if v, err := eval.Eval(x, w.state, w.env); err == nil {
				f(place + " is " + spec.FormatValue(t, v))
				w.indices(x, f)
				return
			}
		}
	}
	for _, c := range spec.Children(e) {
		w.values(c, f)
	}
}

// indices calls f with the places that the indices of a place read.
func (w *why) indices(e spec.Expr, f func(string)) {
	switch x := e.(type) {
	case *spec.Index:
		w.indices(x.X, f)
		w.values(x.I, f)
	case *spec.FieldSel:
		w.indices(x.X, f)
	}
}

// place returns the name of the place that e is, with its indices evaluated; ok is false if e is
// none, or not always the same one.
func (w *why) place(e spec.Expr) (name string, t spec.Type, ok bool) {
	switch x := e.(type) {
	case *spec.VarRef:
		return x.Var.Name, x.Var.Type, true
	case *spec.FieldSel:
		name, _, ok = w.place(x.X)
		return name + "." + x.Name, x.Type(), ok
	case *spec.Index:
		if len(spec.ParamsRead(x.I)) > 0 {
			return "", nil, false
		}
		i, err := eval.Eval(x.I, w.state, w.env)
		if err != nil {
			return "", nil, false
		}
		name, _, ok = w.place(x.X)
		return name + "[" + spec.FormatScalar(x.I.Type(), i.N) + "]", x.Type(), ok
	}
	return "", nil, false
}
