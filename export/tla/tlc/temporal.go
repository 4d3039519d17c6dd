package tlc

import (
	"strings"

	"mcheck/explorer"
	"mcheck/export/tla"
	"mcheck/spec"
	"mcheck/spec/eval"
)

// temporal compares the verdicts of EVENTUALLY and LEADS_TO. The explorer leaves them open; in a
// model that is small enough the reference evaluator decides them.
func (c *comparison) temporal() error {
	var held []*spec.Property
	for _, pr := range c.temporals() {
		q := c.property(pr.Property.Name)
		if q == nil {
			continue
		}
		switch pr.Verdict {
		case explorer.Undecided:
			c.r.notCompared("%s: mcheck has not decided it", q.Name)
		case explorer.Violated:
			if err := c.refuted(q, "live_"+q.Name+".cfg", c.s.TemporalConfiguration(q), "violated", "%s: mcheck says violated, TLC says it holds"); err != nil {
				return err
			}
		default:
			held = append(held, q)
			// What holds because steps are fair does not hold where nothing needs to
			// happen; but what is true wherever it is asked does.
			if pr.Verdict == explorer.Holds && c.want.Tallied && pr.Hits > 0 {
				if err := c.refuted(q, "unfair_"+q.Name+".cfg", c.s.UnfairConfiguration(q), "violated without fairness",
					"%s: it asks for what comes later, but TLC finds it true where nothing needs to happen"); err != nil {
					return err
				}
			}
		}
	}
	if len(held) == 0 {
		return nil
	}
	out, err := c.run(c.s.Name, "live.cfg", c.s.TemporalConfiguration(held...), Options{})
	if err != nil || c.report("temporal properties", out) {
		return err
	}
	for _, v := range out.Violations {
		c.r.differs("temporal properties %s: TLC says that one is violated, mcheck says that they hold (%d states)", propNames(held), len(v.States))
	}
	if len(out.Violations) == 0 {
		c.r.compared("hold in TLC under fairness: %s", propNames(held))
	}
	return nil
}

// temporals returns what is known of the temporal properties.
func (c *comparison) temporals() []explorer.PropertyResult {
	var out []explorer.PropertyResult
	open := false
	for _, pr := range c.want.Properties {
		if tla.IsTemporal(pr.Property.Kind) {
			out = append(out, pr)
			open = open || pr.Verdict == explorer.Undecided
		}
	}
	if !open || c.want.Graph == nil {
		return out
	}
	r, err := eval.Explore(c.m, eval.Options{Limit: GraphLimit})
	if err != nil || !r.Complete {
		return out
	}
	for i := range out {
		for _, pr := range r.Properties {
			if pr.Property.Name == out[i].Property.Name {
				out[i].Verdict = explorer.Verdict(pr.Verdict)
			}
		}
	}
	return out
}

// refuted has TLC check q with a configuration, and expects that it is violated.
func (c *comparison) refuted(q *spec.Property, file, config, verdict, otherwise string) error {
	out, err := c.run(c.s.Name, file, config, Options{})
	if err != nil || c.report(q.Name, out) {
		return err
	}
	if len(out.Violations) == 0 {
		c.r.differs(otherwise, q.Name)
		return nil
	}
	c.r.compared("%s: %s", q.Name, verdict)
	return nil
}

func propNames(qs []*spec.Property) string {
	names := make([]string, len(qs))
	for i, q := range qs {
		names[i] = q.Name
	}
	return strings.Join(names, ", ")
}
