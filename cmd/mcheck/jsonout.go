package main

import (
	"encoding/json"
)

// jsonRun is what --format json writes for each run, on a line of its own.
type jsonRun struct {
	Scenario      string  `json:"scenario"`
	Design        string  `json:"design"`
	Complete      bool    `json:"complete"`
	Reason        string  `json:"reason,omitempty"` // why it is not complete
	Error         string  `json:"error,omitempty"`  // the model can't be evaluated
	Verdict       string  `json:"verdict"`
	States        int64   `json:"states"`
	Transitions   int64   `json:"transitions"`
	Generated     int64   `json:"generated"`
	Depth         int     `json:"depth"`
	Seconds       float64 `json:"seconds"`
	BytesPerState float64 `json:"bytes_per_state"`
	Store         string  `json:"store"`
	Spilled       bool    `json:"spilled"` // states were on a disk
	// Symmetry has the values that were taken as interchangeable, one list a class: the counts are
	// of states up to that.
	Symmetry [][]string `json:"symmetry,omitempty"`
	// Missed is set for --store hash: all that holds does but for this probability.
	Missed     *jsonMissed    `json:"missed,omitempty"`
	Workers    int            `json:"workers"`
	Properties []jsonProperty `json:"properties"`
}

// jsonMissed is an explorer.Missed.
type jsonMissed struct {
	Bound    float64 `json:"bound"`
	Seed     uint64  `json:"seed"`
	Capacity int64   `json:"capacity"`
}

// jsonProperty is the verdict on a property; Steps is the length of its trace, 0 where there is
// none, and Reason why, if the run has none that says it.
type jsonProperty struct {
	Name    string `json:"name"`
	Class   string `json:"class"`
	Verdict string `json:"verdict"`
	Steps   int    `json:"steps"`
	Reason  string `json:"reason,omitempty"`
}

func newJSONRun(o *outcome) jsonRun {
	r := o.result
	j := jsonRun{
		Scenario: o.target.name(), Design: o.target.design, Complete: r.Complete, Reason: o.reason(), Verdict: o.verdict().String(),
		States: r.Distinct, Transitions: r.Transitions, Generated: r.Generated, Depth: r.Depth, Seconds: r.Seconds,
		BytesPerState: r.BytesPerState, Store: r.Store.String(), Spilled: r.Spilled, Workers: r.Workers, Properties: []jsonProperty{},
	}
	if m := r.Missed; m != nil {
		j.Missed = &jsonMissed{m.Bound, m.Seed, m.Capacity}
	}
	for _, c := range r.Symmetry {
		var names []string
		for _, v := range c.Values {
			names = append(names, c.Type.Values[v])
		}
		j.Symmetry = append(j.Symmetry, names)
	}
	if r.Error != nil {
		j.Error = r.Error.Message
	}
	for _, p := range o.props {
		j.Properties = append(j.Properties, jsonProperty{p.Property.Name, p.Property.Class.String(), p.Verdict.String(), steps(p), p.Reason})
	}
	return j
}

// reason says why the run decides less than it might, or "".
func (o *outcome) reason() string {
	switch {
	case o.result.Reason != "":
		return o.result.Reason
	case o.bounded:
		return o.bound
	}
	return ""
}

// jsonReport writes one object a line and run.
type jsonReport struct{ c *cli }

func (r *jsonReport) outcome(o *outcome) error {
	return json.NewEncoder(r.c.stdout).Encode(newJSONRun(o))
}

func (*jsonReport) end([]*outcome) error { return nil }
