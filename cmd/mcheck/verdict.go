package main

import (
	"slices"

	"mcheck/explorer"
	"mcheck/spec"
	"mcheck/spec/scenario"
)

// withinBounds is the property that the C front end makes of the limits of a model: where it is
// violated a pool was too small, a recursion too deep or a BOUND reached, and the search has not
// seen what lies beyond.
const withinBounds = "WithinBounds"

// outcome is the result of one run, judged.
type outcome struct {
	target  target
	built   *scenario.Built
	result  *explorer.Result
	props   []explorer.PropertyResult // of result, with what the bounds leave undecided
	bounded bool                      // a bound of the model was exceeded
	bound   string                    // which, with its place
}

// judge returns the outcome of a run. In a model whose bounds are exceeded somewhere only a
// violation that was seen is a verdict: what holds, was never reached, or never in its situation
// may be otherwise beyond.
func judge(t target, b *scenario.Built, r *explorer.Result) *outcome {
	o := &outcome{target: t, built: b, result: r, props: slices.Clone(r.Properties)}
	for _, p := range o.props {
		if p.Property.Name == withinBounds && p.Verdict == explorer.Violated {
			o.bounded, o.bound = true, exceeded(b.Model, p)
		}
	}
	if !o.bounded {
		return o
	}
	for i, p := range o.props {
		if p.Property.Name != withinBounds && !seen(p) {
			o.props[i].Verdict = explorer.Undecided
		}
	}
	return o
}

// exceeded says which bound the trace of p, which is [withinBounds], ends at.
func exceeded(m *spec.Model, p explorer.PropertyResult) string {
	if len(p.Trace) > 0 {
		last := p.Trace[len(p.Trace)-1].State
		for i, v := range m.Vars {
			// The property is about the variables that hold what went wrong: "none" is their first
			// value.
			if e, ok := v.Type.(*spec.EnumType); ok && slices.Contains(spec.VarsRead(p.Property.Cond), v) && last[i].N > 0 {
				return e.Values[last[i].N]
			}
		}
	}
	return "a bound of the model was exceeded"
}

// brief is what the reports of several runs need of o, without its model and its traces but for
// their lengths.
func (o *outcome) brief() *outcome {
	r := *o.result
	r.Fired, r.Levels, r.Properties, r.Graph, r.Survey, r.Symmetry = nil, nil, nil, nil, nil, nil
	if r.Error != nil {
		r.Error = &explorer.ModelError{Message: r.Error.Message}
	}
	b := &outcome{target: o.target, result: &r, bounded: o.bounded, bound: o.bound}
	for _, p := range o.props {
		p.Property = &spec.Property{Name: p.Property.Name, Kind: p.Property.Kind}
		p.Trace = make(spec.Trace, len(p.Trace))
		b.props = append(b.props, p)
	}
	return b
}

// seen reports whether the verdict rests on a behaviour that was found, and would stand however
// many states there were beside it.
func seen(p explorer.PropertyResult) bool {
	switch p.Property.Kind {
	case spec.Cover:
		return p.Verdict == explorer.Holds
	case spec.Invariant, spec.AtRest, spec.Deadlock:
		return p.Verdict == explorer.Violated
	}
	return false
}

// wrong says that p is violated and that its class makes that a fault.
func wrong(p explorer.PropertyResult) bool {
	return p.Verdict == explorer.Violated && p.Property.Name != withinBounds && p.Property.Class == spec.MustHold
}

// verdict is that of the whole run: of the properties that must hold.
func (o *outcome) verdict() explorer.Verdict {
	v := explorer.Holds
	if o.bounded || !o.result.Complete || o.result.Error != nil {
		v = explorer.Undecided
	}
	for _, p := range o.props {
		switch {
		case p.Property.Name == withinBounds || p.Property.Class != spec.MustHold:
		case wrong(p):
			return explorer.Violated
		case p.Verdict == explorer.Undecided:
			v = explorer.Undecided
		}
	}
	return v
}

// exitCode is that of the run alone, whatever the scenario expects.
func (o *outcome) exitCode() int {
	if o.result.Error != nil {
		return exitModel
	}
	code := exitOK
	if o.verdict() == explorer.Undecided || len(o.vacuous()) > 0 {
		code = exitUndecided
	}
	for _, p := range o.props {
		if wrong(p) {
			code = worst(code, violationCode(p.Property.Kind))
		}
	}
	return code
}

func violationCode(k spec.PropertyKind) int {
	switch k {
	case spec.Deadlock:
		return exitDeadlock
	case spec.CanRest, spec.Eventually, spec.LeadsTo:
		return exitLiveness
	}
	return exitSafety
}

// steps is the length of the trace of p, in steps after the initial state.
func steps(p explorer.PropertyResult) int { return max(0, len(p.Trace)-1) }

// property returns the result for the property of that name, or nil.
func (o *outcome) property(name string) *explorer.PropertyResult {
	for i := range o.props {
		if o.props[i].Property.Name == name {
			return &o.props[i]
		}
	}
	return nil
}

func findProperty(b *scenario.Built, name string) *spec.Property {
	for _, p := range b.Model.Properties {
		if p.Name == name {
			return p
		}
	}
	return nil
}
