// Package text writes counterexamples for a mail or a commit message: at most [Width] columns, a
// column an actor, C statements under the function they are in.
//
// It works from the model and the trace alone. It may import spec and export/internal/story.
package text

import (
	"fmt"

	"mcheck/export/internal/story"
	"mcheck/spec"
)

// Width is the widest line, in characters: what checkpatch allows in a commit message.
const Width = 75

// Options of a counterexample.
type Options struct {
	_ struct{}
	// Scenario and Design name the run; either may be empty.
	Scenario, Design string
	// Values asks for what each step changes, and for the initial state.
	Values bool
}

// Counterexample returns the text of tr, a behaviour of m that ends where p is violated (or, for a
// Cover, satisfied).
func Counterexample(m *spec.Model, p *spec.Property, tr spec.Trace, opt Options) string {
	s := story.Tell(m, tr)
	d := &doc{}
	verdict := p.Name + " is violated"
	if p.Kind == spec.Cover {
		verdict = p.Name + " is reached"
	}
	d.para(0, story.Subject(opt.Scenario, opt.Design)+verdict)
	if p.Words != "" {
		d.blank()
		d.para(2, p.Words)
	}
	d.blank()
	d.para(0, s.Length(p))
	d.steps(m, tr, s, opt)
	d.blank()
	d.para(0, "*** "+ending(p, len(s.Steps))+" ***")
	if p.Words+p.Source != "" {
		d.blank()
	}
	if p.Words != "" {
		d.para(2, p.Name+": "+p.Words)
	}
	if p.Source != "" {
		d.para(2, "Source: "+p.Source)
	}
	d.why(m, p, tr[len(tr)-1].State)
	d.standing(m, p, tr)
	return d.String()
}

// standing writes what the actors would do next: those but the one that took the last step, or all
// where the property is about them all.
func (d *doc) standing(m *spec.Model, p *spec.Property, tr spec.Trace) {
	title, all := story.StandAfter(m, p, tr)
	if len(all) == 0 {
		return
	}
	d.blank()
	d.para(2, title)
	for _, s := range all {
		who, what := s.Words()
		d.para(4, who)
		d.para(8, what)
	}
}

// ModelError returns the text of a trace to a state in which m can't be evaluated, message says
// why.
func ModelError(m *spec.Model, message string, tr spec.Trace, opt Options) string {
	s := story.Tell(m, tr)
	d := &doc{}
	d.para(0, story.Subject(opt.Scenario, opt.Design)+"the model goes wrong")
	d.blank()
	d.para(0, s.Counts())
	d.steps(m, tr, s, opt)
	d.blank()
	d.para(0, "*** "+message+" ***")
	return d.String()
}

// ending says what is wrong with the last state, after n steps.
func ending(p *spec.Property, n int) string {
	at := fmt.Sprintf("after step %d", n)
	if n == 0 {
		at = "in the initial state"
	}
	switch p.Kind {
	case spec.Invariant:
		return p.Name + " violated " + at
	case spec.AtRest:
		return p.Name + " violated at rest, " + at
	case spec.Deadlock:
		return "DEADLOCK " + at
	case spec.CanRest:
		if l, ok := p.Cond.(*spec.Lit); ok && l.N != 0 {
			return p.Name + " violated: no rest can be reached any more " + at
		}
		return p.Name + " violated: no rest where it holds can be reached any more " + at
	case spec.Cover:
		return p.Name + " reached " + at
	case spec.Eventually, spec.LeadsTo:
		return p.Name + " violated " + at
	}
	panic(fmt.Sprintf("text: unhandled property kind %d", p.Kind))
}

// maxReasons is how many parts of a condition are written: a fault of one task may be one of many
// others.
const maxReasons = 6

// why writes what decides p in the last state: the parts of its condition that fail there (of a
// COVER: that hold), each with the values that it reads. Of a deadlock it is enough to say where
// everybody stands; a CAN_REST is not about the last state alone, so all that it reads is written.
func (d *doc) why(m *spec.Model, p *spec.Property, state spec.State) {
	title := "What does not hold in this state:"
	switch p.Kind {
	case spec.Invariant, spec.AtRest, spec.Deadlock:
	case spec.Cover:
		title = "What holds in this state:"
	case spec.CanRest, spec.Eventually, spec.LeadsTo:
		d.values(m, spec.VarsRead(p.Exprs()...), state)
		return
	default:
		panic(fmt.Sprintf("text: unhandled property kind %d", p.Kind))
	}
	reasons := story.Why(m, p, state)
	if len(reasons) == 0 {
		return
	}
	d.blank()
	d.para(2, title)
	for i, r := range reasons {
		if i == maxReasons-1 && len(reasons) > maxReasons {
			d.para(4, fmt.Sprintf("and %d more", len(reasons)-i))
			break
		}
		d.para(4, r.Text)
		for _, v := range r.Values {
			d.para(8, v)
		}
	}
}

// values writes the values that the variables have in state.
func (d *doc) values(m *spec.Model, vars []*spec.Var, state spec.State) {
	if len(vars) == 0 {
		return
	}
	d.blank()
	d.para(2, "In this state:")
	for _, v := range vars {
		for i, w := range m.Vars {
			if v == w {
				d.para(4, v.Name+" = "+spec.FormatValue(v.Type, state[i]))
			}
		}
	}
}
