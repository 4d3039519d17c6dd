package main

import (
	"mcheck/export/text"
	"mcheck/spec"
)

// jsonComparison is what --format json writes for a comparison.
type jsonComparison struct {
	Base       string           `json:"base"`
	Design     string           `json:"design"`
	Scenarios  int              `json:"scenarios"`
	Breaks     []jsonDifference `json:"breaks"`
	Changes    []jsonDifference `json:"changes"` // verdicts that differ and are not worse
	Statements []jsonStatement  `json:"statements"`
	ExitCode   int              `json:"exit_code"`
}

// jsonDifference is a verdict that differs in one scenario.
type jsonDifference struct {
	Property string `json:"property"`
	Class    string `json:"class"`
	Scenario string `json:"scenario"`
	Base     string `json:"base"`
	Design   string `json:"design"`
	// of the counterexample under the design, 0 where there is none
	Steps int        `json:"steps"`
	Trace []jsonStep `json:"trace"` // the counterexample; of what breaks only
}

// jsonStep is one statement of a trace.
type jsonStep struct {
	// atomic steps are numbered from 1; a step may have several statements
	Step     int    `json:"step"`
	Actor    string `json:"actor"`
	File     string `json:"file"`
	Line     int    `json:"line"`
	Function string `json:"function"`
	Text     string `json:"text"`
}

// newJSONTrace is the statements of the counterexample of a difference.
func newJSONTrace(d *difference) []jsonStep {
	out := []jsonStep{}
	if d.run.outcome == nil {
		return out
	}
	p := d.run.outcome.property(d.prop.Name)
	if p == nil {
		return out
	}
	for _, l := range text.Statements(d.run.outcome.built.Model, p.Trace) {
		out = append(out, jsonStep{l.Step, l.Actor, l.Pos.File, l.Pos.Line, l.Func, l.Text})
	}
	return out
}

// jsonStatement is a changed statement.
type jsonStatement struct {
	File        string   `json:"file"`
	Line        int      `json:"line"`
	Text        string   `json:"text"`
	Removed     bool     `json:"removed"`
	Property    bool     `json:"property"` // it stands in a property
	Transitions int64    `json:"transitions"`
	Scenarios   []string `json:"scenarios"` // that execute it
}

func newJSONComparison(c *comparer, s *summary, statements []statementCount) jsonComparison {
	j := jsonComparison{Base: c.base.name, Design: c.with.name, Scenarios: len(s.runs),
		Breaks: []jsonDifference{}, Changes: []jsonDifference{},
		Statements: []jsonStatement{}, ExitCode: s.exitCode(statements)}
	add := func(to *[]jsonDifference, groups []group) {
		for _, g := range groups {
			for _, d := range g.in {
				x := jsonDifference{Property: g.name, Class: d.prop.Class.String(), Scenario: d.run.sc.Name,
					Base: d.was.String(), Design: d.prop.Verdict.String(), Trace: []jsonStep{}}
				if d.breaks() {
					x.Trace = newJSONTrace(&d)
				}
				if d.onlyNew {
					x.Base = "none"
				}
				if d.prop.Kind == spec.Cover || d.violation {
					x.Steps = d.prop.Steps
				}
				*to = append(*to, x)
			}
		}
	}
	add(&j.Breaks, s.broken)
	for _, gs := range [][]group{s.undecided, s.mended, s.reached, s.unreached, s.vacuous, s.arises,
		s.notPromised, s.meets} {
		add(&j.Changes, gs)
	}
	for _, st := range statements {
		x := jsonStatement{st.File, st.Line, st.Text, st.removed, st.Prop, st.Count, st.scenarios}
		if x.Scenarios == nil {
			x.Scenarios = []string{}
		}
		j.Statements = append(j.Statements, x)
	}
	return j
}
