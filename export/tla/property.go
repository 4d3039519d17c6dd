package tla

import (
	"fmt"
	"slices"
	"strings"

	"mcheck/spec"
)

// properties prints the properties, and the fairness that temporal ones assume.
func (p *printer) properties() []box {
	var out []box
	line := box{strings.Repeat("-", width-2)}
	if p.uses.rest {
		// States outside the constraint are not explored: whether they are at rest is not known.
		rest := "~ENABLED <<" + p.sym.owed + ">>_" + p.sym.varsTuple
		if p.m.Running != nil {
			rest = p.sym.running + ` /\ ` + rest
		}
		if p.m.Constraint != nil {
			rest = p.sym.constraint + ` /\ ` + rest
		}
		out = append(out, stack(line, box{`\* Nothing that is owed would change anything.`}, box{p.sym.atRest + " == " + rest}))
		line = nil
	}
	temporal := false
	for _, q := range p.m.Properties {
		temporal = temporal || IsTemporal(q.Kind)
		out = append(out, stack(line, p.property(q)))
		line = nil
	}
	if temporal {
		out = append(out, p.fairness())
	}
	return out
}

// property is one definition, its words before it.
func (p *printer) property(q *spec.Property) box {
	var out box
	words := q.Kind.String()
	if q.Words != "" {
		words += ": " + q.Words
	}
	out = append(out, comment("", words)...)
	if q.Source != "" {
		out = append(out, comment("", "From: "+q.Source)...)
	}
	name := p.sym.props[q]
	if q.Kind == spec.CanRest {
		// Branching time: no formula of TLA+ says it. TLC's part of the check is its state graph.
		return append(out, comment("", "From every reachable state"+p.when(q.When)+" one is reachable in which this holds (not a formula of TLA+; checked on the state graph).")...).
			add(define(name, func(w int) box {
				return p.both(p.sym.atRest, q.Cond, w)
			}))
	}
	return append(out, define(name, func(w int) box { return p.formula(q, w) })...)
}

func (b box) add(c box) box { return append(b, c...) }

func (p *printer) when(e spec.Expr) string {
	if e == nil {
		return ""
	}
	return " with " + p.flat(e, -1)
}

// both is name /\ e.
func (p *printer) both(name string, e spec.Expr, w int) box {
	if flat := name + ` /\ ` + strings.Join(p.last(e, logicPrec, wide), " "); len(flat) <= w {
		return box{flat}
	}
	return bullets(`/\`, []box{{name}, p.expr(e, -1, w-3)})
}

func (p *printer) formula(q *spec.Property, w int) box {
	switch q.Kind {
	case spec.Invariant:
		return p.overStates(p.implied(nil, q.When, q.Cond, w), q.When, q.Cond)
	case spec.AtRest, spec.Deadlock:
		return p.implied(box{p.sym.atRest}, q.When, q.Cond, w)
	case spec.Cover:
		// A state outside the constraint covers nothing.
		all := allOf(p.m.Constraint, q.When, q.Cond)
		return p.overStates(p.expr(&spec.Unary{Op: spec.Not, X: all}, -1, w), all)
	case spec.Eventually:
		if q.When == nil {
			return hang("[]<>", p.within(q.Cond), "")
		}
		return p.within(q.When).leadsTo(p.within(q.Cond))
	case spec.LeadsTo:
		return p.within(allOf(q.When, q.From)).leadsTo(p.within(q.Cond))
	}
	panic(fmt.Sprintf("tla: unhandled property kind %v", q.Kind))
}

// overStates makes b, the layout of a formula over es, a predicate of states: TLC takes one that
// reads no variable for a mistake if it is false.
func (p *printer) overStates(b box, es ...spec.Expr) box {
	for _, e := range es {
		if e != nil && len(spec.VarsRead(e)) > 0 {
			return b
		}
	}
	return bullets(`/\`, []box{{p.sym.varsTuple + " = " + p.sym.varsTuple}, b})
}

// within lays out e as an operand of a temporal operator. TLC 2.18 takes ~> for violated where
// either side reads no variable (FALSE ~> P, P ~> TRUE), so that none is printed so.
func (p *printer) within(e spec.Expr) box {
	if len(spec.VarsRead(e)) == 0 {
		return hang("(", p.overStates(p.expr(e, -1, width-20), e), ")")
	}
	if _, prec := p.oneLine(e); prec >= appPrec {
		return p.expr(e, -1, width-20)
	}
	return hang("(", p.expr(e, -1, width-20), ")")
}

func (b box) leadsTo(c box) box {
	if len(b) == 1 && len(c) == 1 && len(b[0])+len(c[0]) < width-30 {
		return box{b[0] + " ~> " + c[0]}
	}
	return stack(b, hang("~> ", c, ""))
}

// implied is "situation => cond", or cond alone.
func (p *printer) implied(rest box, when, cond spec.Expr, w int) box {
	if when != nil && constant(when, true) {
		when = nil
	}
	switch {
	case rest == nil && when == nil:
		return p.expr(cond, -1, w)
	case rest == nil:
		return p.infix(" => ", when, cond, impliesPre, w)
	}
	left := rest
	if when != nil {
		left = bullets(`/\`, []box{rest, p.expr(when, -1, w-3)})
		if flat := rest[0] + ` /\ ` + p.flat(when, logicPrec); len(flat) <= w {
			left = box{flat}
		}
	}
	right := p.last(cond, impliesPre, w-3)
	if len(left) == 1 && len(right) == 1 && len(left[0])+4+len(right[0]) <= w {
		return box{left[0] + " => " + right[0]}
	}
	return stack(left, hang("=> ", right, ""))
}

// fairness is what the temporal properties assume: weak fairness of all steps of each actor
// together (not of each action, or choice), strong fairness of single actions where the model says
// so.
func (p *printer) fairness() box {
	var weak [][]*spec.Action // those with actors of one type, or one without
	var items []box
	for _, a := range p.m.Actions {
		if a.Fairness != spec.WeakFairness {
			continue
		}
		i := slices.IndexFunc(weak, func(w []*spec.Action) bool {
			return a.Actor >= 0 && w[0].Actor >= 0 && spec.SameType(actor(a).Type, actor(w[0]).Type)
		})
		if i < 0 {
			i = len(weak)
			weak = append(weak, nil)
		}
		weak[i] = append(weak[i], a)
	}
	for _, as := range weak {
		items = append(items, p.fair("WF", as))
	}
	for _, a := range p.m.Actions {
		if a.Fairness == spec.StrongFairness {
			items = append(items, p.fair("SF", []*spec.Action{a}))
		}
	}
	if len(items) == 0 {
		return box{p.sym.fairSpec + " == " + p.sym.spec_}
	}
	return append(hang(p.sym.fairness+" == ", bullets(`/\`, items), ""),
		p.sym.fairSpec+" == "+p.sym.spec_+` /\ `+p.sym.fairness)
}

// actor is the parameter of a that says who acts.
func actor(a *spec.Action) *spec.Param { return a.Params[a.Actor] }

// fair is weak or strong fairness of the actions of as together, for each value of their actor.
func (p *printer) fair(kind string, as []*spec.Action) box {
	head, name := "", ""
	same := true // the actors of all
	if as[0].Actor >= 0 {
		q := *actor(as[0])
		for _, a := range as {
			same = same && sameDomain(actor(a), &q)
		}
		if !same {
			q.Only = nil
		}
		dom := p.domain(&q)
		n, done := p.bind(&q)
		defer done()
		head, name = `\A `+n+` \in `+dom+" : ", n
	}
	calls := make([]box, len(as))
	for i, a := range as {
		var q *spec.Param
		restore := func() {}
		if a.Actor >= 0 {
			q = actor(a)
			restore = p.subst(q, text{name, atom})
		}
		calls[i] = p.step(a, func(r *spec.Param) bool { return r == q })
		if q != nil && !same && q.Only != nil {
			calls[i] = bullets(`/\`, []box{{name + ` \in ` + p.domain(q)}, calls[i]})
		}
		restore()
	}
	// Grouped steps do not say themselves that the model is running.
	body := bullets(`\/`, calls)
	if p.m.Running != nil {
		body = bullets(`/\`, []box{{p.sym.running}, body})
	}
	return hang(head+kind+"_"+p.sym.varsTuple+"(", body, ")")
}

// allOf is the conjunction of es, of which nil is true, without constants.
func allOf(es ...spec.Expr) spec.Expr {
	var out []spec.Expr
	for _, e := range es {
		switch {
		case e == nil || constant(e, true):
		case constant(e, false):
			return spec.F
		default:
			out = append(out, e)
		}
	}
	return spec.All(out...)
}

// constant reports whether e is that truth value.
func constant(e spec.Expr, is bool) bool {
	l, ok := e.(*spec.Lit)
	return ok && l.T == spec.Type(spec.Bool) && (l.N != 0) == is
}
