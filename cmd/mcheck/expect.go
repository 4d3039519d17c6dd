package main

import (
	"slices"

	"mcheck/explorer"
	"mcheck/spec"
	"mcheck/spec/scenario"
)

// expectation is what a scenario expects of a run, and what came.
type expectation struct {
	scenario.Expect
	got string // "" if it was met
}

// expectations compares what the scenario expects of o's design with the verdicts.
func (o *outcome) expectations() []expectation {
	if o.target.sc == nil {
		return nil
	}
	var out []expectation
	for _, e := range o.target.sc.Expects {
		if e.Design != o.target.design {
			continue
		}
		x := expectation{Expect: e}
		switch p := o.property(e.Property); {
		case p == nil:
			x.got = "no such property"
		case p.Verdict.String() != e.Verdict:
			x.got = p.Verdict.String()
		case e.Steps != 0 && steps(*p) != e.Steps:
			x.got = p.Verdict.String() + " in " + stepCount(steps(*p))
		}
		out = append(out, x)
	}
	return out
}

// want says what was expected.
func (e expectation) want() string {
	if e.Steps != 0 {
		return e.Verdict + " in " + stepCount(e.Steps)
	}
	return e.Verdict
}

// unexpected returns the violated properties that must hold and of which the scenario expects
// nothing at all.
func (o *outcome) unexpected() []explorer.PropertyResult {
	expected := map[string]bool{}
	for _, e := range o.expectations() {
		expected[e.Property] = true
	}
	var out []explorer.PropertyResult
	for _, p := range o.props {
		if wrong(p) && !expected[p.Property.Name] {
			out = append(out, p)
		}
	}
	return out
}

// vacuous returns what the scenario is for and o's design does not reach, though the scenario does
// not expect that: a run that says nothing of what it is made for.
func (o *outcome) vacuous() []scenario.Purpose {
	if o.target.sc == nil || !o.result.Complete || o.bounded {
		return nil
	}
	var out []scenario.Purpose
	for _, w := range o.target.sc.For {
		expected := slices.ContainsFunc(o.target.sc.Expects, func(e scenario.Expect) bool {
			return e.Design == o.target.design && e.Property == w.Property
		})
		if p := o.property(w.Property); p != nil && !expected && !reached(*p) {
			out = append(out, w)
		}
	}
	return out
}

// reached says whether the situation of a property arises; of a COVER, whether what it says does.
func reached(p explorer.PropertyResult) bool {
	if p.Property.Kind == spec.Cover {
		return p.Verdict == explorer.Holds
	}
	return p.Verdict != explorer.Vacuous
}

// exitCodeOf is the exit code of several runs: 0 if every expectation is met and every violation
// was expected. An expectation that is not met where nothing else is wrong is a scenario that says
// what is not so.
func exitCodeOf(os []*outcome) int {
	code := exitOK
	for _, o := range os {
		if o.result.Error != nil || o.verdict() == explorer.Undecided {
			code = worst(code, o.exitCode())
		}
		if len(o.vacuous()) > 0 {
			code = worst(code, exitUndecided)
		}
		for _, p := range o.unexpected() {
			code = worst(code, violationCode(p.Property.Kind))
		}
		for _, e := range o.expectations() {
			switch p := o.property(e.Property); {
			case e.got == "":
			case p != nil && p.Verdict == explorer.Undecided:
				code = worst(code, exitUndecided)
			case p != nil && p.Verdict == explorer.Violated && e.Verdict != p.Verdict.String():
				code = worst(code, violationCode(p.Property.Kind))
			default:
				code = worst(code, exitScenario)
			}
		}
	}
	return code
}
