package tlc

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"mcheck/explorer"
	"mcheck/export/tla"
	"mcheck/internal/temp"
	"mcheck/spec"
)

// GraphLimit is the number of states up to which Compare compares the whole graph.
const GraphLimit = 20_000

// shortRun is the number of generated states below which a run of TLC takes about a second.
const shortRun = 20_000

// CompareOptions bound the runs of Compare; the zero value is for small models.
type CompareOptions struct {
	_ struct{}
	// Timeout of each run of TLC and HeapMB of its Java machine, as in Options.
	Timeout time.Duration
	HeapMB  int
	// NoTraces leaves out the confirmation of the explorer's counterexamples.
	NoTraces bool
	// OneByOne has a run for each violated property and for each counterexample, with TLC's own
	// report of the violation. Otherwise one run does for all of either, and what they disagree in,
	// or can't say, is asked again one by one.
	OneByOne bool
	// Dir keeps the modules that TLC was given; empty: they are deleted.
	Dir string
}

// Report is the result of a comparison.
type Report struct {
	// Version is TLC's.
	Version string
	// Distinct, Generated and Depth are what TLC found.
	Distinct, Generated int64
	Depth               int
	// Disagreements has a line for everything that differs; none means that the two engines agree.
	Disagreements []string
	// Compared and NotCompared say what the agreement covers and what it does not, a line each.
	Compared, NotCompared []string
	// Runs counts the runs of TLC, and CPUSeconds is their processor time.
	Runs       int
	CPUSeconds float64
}

// Agree reports whether nothing differs.
func (r *Report) Agree() bool { return len(r.Disagreements) == 0 }

func (r *Report) differs(format string, args ...any) {
	r.Disagreements = append(r.Disagreements, fmt.Sprintf(format, args...))
}

func (r *Report) compared(format string, args ...any) {
	r.Compared = append(r.Compared, fmt.Sprintf(format, args...))
}

func (r *Report) notCompared(format string, args ...any) {
	r.NotCompared = append(r.NotCompared, fmt.Sprintf(format, args...))
}

// Compare exports m, runs TLC on it and compares with expected, which must come from a completed
// search (or one that an error of the model ended). If the search was one by orbits, TLC is told of
// the same interchangeable values. The graph is compared if expected has one of at most GraphLimit
// states. An error means that there is no comparison: TLC could not be run.
func Compare(ctx context.Context, jar string, m *spec.Model, expected *explorer.Result, opt CompareOptions) (*Report, error) {
	s, err := tla.Module(m, expected.Symmetry...)
	if err != nil {
		return nil, err
	}
	return CompareSpec(ctx, jar, m, s, expected, opt)
}

// CompareSpec is Compare for a module that is already printed from m.
func CompareSpec(ctx context.Context, jar string, m *spec.Model, s *tla.Spec, expected *explorer.Result, opt CompareOptions) (*Report, error) {
	if !expected.Complete && expected.Error == nil {
		return nil, errors.New("only a completed search can be compared with TLC: " + expected.Reason)
	}
	dir := opt.Dir
	if dir == "" {
		d, err := temp.NewDir("mcheck.compare-")
		if err != nil {
			return nil, err
		}
		defer d.Remove()
		dir = d.Path
	}
	c := &comparison{ctx: ctx, jar: jar, dir: dir, opt: opt, m: m, s: s, want: expected, r: &Report{}}
	if err := Write(dir, s.Files()...); err != nil {
		return nil, err
	}
	if expected.Error != nil {
		return c.r, c.modelError()
	}
	c.kept, c.broken = c.asInvariant()
	for _, step := range []func() error{c.totals, c.graph, c.violated, c.probes, c.temporal} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	if c.r.Agree() {
		// A run for all is wrong where those for each agree: no reason to trust its agreement
		// elsewhere.
		c.r.Disagreements = c.doubts
	}
	return c.r, nil
}

type comparison struct {
	ctx  context.Context
	jar  string
	dir  string
	opt  CompareOptions
	m    *spec.Model
	s    *tla.Spec
	want *explorer.Result
	r    *Report
	// kept are the properties that TLC checks as invariants and should hold there, broken the
	// others of them.
	kept, broken []*explorer.PropertyResult
	// together says that one run has found every violated property to be so, in as many steps, and
	// no other; doubts are what such runs said else.
	together bool
	doubts   []string
}

// run writes the configuration and runs TLC.
func (c *comparison) run(module, config, text string, opt Options) (*Output, error) {
	if err := Write(c.dir, tla.File{Name: config, Text: text}); err != nil {
		return nil, err
	}
	opt.Timeout, opt.HeapMB = c.opt.Timeout, c.opt.HeapMB
	opt.Short = c.want.Generated < shortRun
	c.r.Runs++
	out, err := Run(c.ctx, c.jar, c.dir, module, config, opt)
	if err != nil {
		return nil, err
	}
	c.r.Version = out.Version
	c.r.CPUSeconds += out.CPUSeconds
	return out, nil
}

// report adds what TLC complains of in a run, and says whether it did.
func (c *comparison) report(what string, out *Output) bool {
	for _, e := range out.Errors {
		c.r.differs("%s: TLC reports an error: %s", what, e)
	}
	for _, w := range out.Warnings {
		c.r.differs("%s: TLC warns: %s", what, w)
	}
	return len(out.Errors) > 0
}

// asInvariant returns the properties that TLC checks as invariants and whether each should be
// violated there.
func (c *comparison) asInvariant() (kept, broken []*explorer.PropertyResult) {
	for i := range c.want.Properties {
		pr := &c.want.Properties[i]
		q := c.property(pr.Property.Name)
		if q == nil || !tla.IsInvariant(q.Kind) {
			continue
		}
		switch {
		case pr.Verdict == explorer.Undecided:
			c.r.notCompared("%s: mcheck has not decided it", q.Name)
		case (pr.Verdict == explorer.Violated) != (q.Kind == spec.Cover) && pr.Verdict != explorer.Vacuous:
			broken = append(broken, pr)
		default:
			kept = append(kept, pr)
		}
	}
	return kept, broken
}

// property returns the property of the exported model that is called name.
func (c *comparison) property(name string) *spec.Property {
	for _, q := range c.m.Properties {
		if q.Name == name {
			return q
		}
	}
	c.r.differs("%s: not a property of the exported model", name)
	return nil
}

// totals compares distinct, generated and depth, in a run with everything that should hold; if that
// does not, in one without properties.
func (c *comparison) totals() error {
	props := make([]*spec.Property, len(c.kept))
	names := []string{c.s.TypeOK()}
	for i, pr := range c.kept {
		props[i] = c.property(pr.Property.Name)
		names = append(names, pr.Property.Name)
	}
	out, err := c.tally(props)
	if err != nil {
		return err
	}
	if !c.together && !c.opt.OneByOne {
		if out, err = c.run(c.s.Name, "held.cfg", c.s.Configuration(props), Options{}); err != nil {
			return err
		}
	}
	if c.report("all that holds", out) {
		return nil // nothing that follows could be told from that
	}
	for _, v := range out.Violations {
		c.r.differs("%s: TLC says violated after %d states, mcheck says it holds", v.Name, len(v.States))
	}
	if len(out.Violations) > 0 {
		if out, err = c.run(c.s.Name, "plain.cfg", c.s.PlainConfiguration(), Options{Continue: true}); err != nil {
			return err
		}
		if c.report("without properties", out) {
			return nil
		}
	} else {
		c.r.compared("hold in TLC: %s", strings.Join(names, ", "))
	}
	if !out.Complete {
		c.r.differs("TLC did not complete its search: %s", tail(out.Raw))
		return nil
	}
	c.r.Distinct, c.r.Generated, c.r.Depth = out.Distinct, out.Generated, out.Depth
	if out.Distinct != c.want.Distinct {
		c.r.differs("distinct states: TLC %d, mcheck %d", out.Distinct, c.want.Distinct)
	}
	if out.Generated != c.want.Generated {
		c.r.differs("generated states: TLC %d, mcheck %d", out.Generated, c.want.Generated)
	}
	// Without any state within the constraint TLC prints no depth.
	if out.Depth != c.want.Depth && !(c.want.Distinct == 0 && out.Distinct == 0) {
		c.r.differs("depth: TLC %d, mcheck %d", out.Depth, c.want.Depth)
	}
	c.r.compared("distinct states, generated states, depth")
	return nil
}

// tally runs TLC with a module that counts, and prints where each property is first violated, and
// compares that. It sets together if the properties are violated where they should be, and nowhere
// else. With OneByOne TLC is to check those that are kept.
func (c *comparison) tally(kept []*spec.Property) (*Output, error) {
	t := c.s.Tally(c.want.Distinct)
	if err := Write(c.dir, t.File()); err != nil {
		return nil, err
	}
	config := c.s.Configuration(nil, t.Invariant)
	if c.opt.OneByOne {
		config = c.s.Configuration(kept, t.Invariant)
	}
	out, err := c.run(t.Name, "tally.cfg", config, Options{})
	if err != nil {
		return nil, err
	}
	c.counts(t, out)
	if c.opt.OneByOne {
		return out, nil
	}
	expected := make(map[*spec.Property]int) // the states of the behaviour that breaks it
	for _, pr := range c.broken {
		expected[c.property(pr.Property.Name)] = len(pr.Trace)
	}
	for _, q := range kept {
		expected[q] = 0
	}
	for i, q := range c.m.Properties {
		want, ok := expected[q]
		if got := out.First[i+1]; ok && (got != want || got == 0 && !slices.Contains(kept, q)) {
			c.doubts = append(c.doubts, fmt.Sprintf("%s: in the run for all properties TLC says violated after %d states (0: holds), mcheck says after %d",
				q.Name, got, want))
		}
	}
	for _, v := range out.Violations {
		c.doubts = append(c.doubts, fmt.Sprintf("%s: in the run for all properties TLC says violated", v.Name))
	}
	for _, e := range append(out.Errors, out.Warnings...) {
		c.doubts = append(c.doubts, "the run for all properties: "+e)
	}
	c.together = len(c.doubts) == 0
	return out, nil
}

// counts compares what TLC counted.
func (c *comparison) counts(t *tla.Tally, out *Output) {
	switch {
	case out.Distinct != c.want.Distinct || !out.Complete || c.want.Distinct == 0 || len(t.Counts) == 0:
		return // is said elsewhere
	case out.Counts == nil:
		c.r.differs("TLC did not count")
		return
	}
	results := make(map[string]explorer.PropertyResult)
	for _, pr := range c.want.Properties {
		results[pr.Property.Name] = pr
	}
	for i, k := range t.Counts {
		got, want, what := out.Counts[i+1], c.want.Rest, "states at rest"
		if k.Property != nil {
			pr, ok := results[k.Property.Name]
			holds := slices.ContainsFunc(c.kept, func(h *explorer.PropertyResult) bool {
				return h.Property.Name == k.Property.Name
			})
			if !ok || k.Hits && !c.want.Tallied && !holds {
				continue
			}
			if want, what = pr.Situations, k.Property.Name+": states in its situation"; k.Hits {
				want, what = pr.Hits, k.Property.Name+": "+hitsOf(k.Property.Kind)
				if holds { // whatever was counted
					want = 0
				}
			}
		}
		if got != want {
			c.r.differs("%s: TLC %d, mcheck %d", what, got, want)
		}
	}
	what := "states in the situation of each property"
	if c.want.Tallied {
		what += ", states that break it (COVER: that cover, CAN_REST: at rest with its condition)"
	}
	c.r.compared("%s", what)
}

func hitsOf(k spec.PropertyKind) string {
	switch k {
	case spec.Cover:
		return "states that cover it"
	case spec.CanRest:
		return "states at rest with its condition"
	}
	return "states that break it"
}

// violated has TLC say of each violated property in how many steps it is, unless it has, and
// confirm the explorer's counterexamples.
func (c *comparison) violated() error {
	var traces []tla.Behaviour
	for i, pr := range c.broken {
		q := c.property(pr.Property.Name)
		verdict := "violated"
		if q.Kind == spec.Cover {
			verdict = "covered"
		}
		if !c.together {
			out, err := c.run(c.s.Name, fmt.Sprintf("violated_%d.cfg", i), c.s.PlainConfiguration(c.s.Operator(q)), Options{})
			if err != nil {
				return err
			}
			if c.report(q.Name, out) {
				continue
			}
			if len(out.Violations) == 0 {
				c.r.differs("%s: mcheck says %s after %d states, TLC finds no such state", q.Name, verdict, len(pr.Trace))
				continue
			}
			v := out.Violations[0]
			if v.Name != c.s.Operator(q) {
				c.r.differs("%s: TLC names %s instead", q.Name, v.Name)
			}
			if len(v.States) != len(pr.Trace) {
				c.r.differs("%s: TLC's shortest behaviour has %d states, mcheck's %d", q.Name, len(v.States), len(pr.Trace))
			}
			c.r.compared("%s: %s after %d states", q.Name, verdict, len(v.States))
		} else {
			c.r.compared("%s: %s after %d states", q.Name, verdict, len(pr.Trace))
		}
		traces = append(traces, tla.Behaviour{Property: q, Trace: c.adopt(pr.Trace)})
	}
	if c.opt.NoTraces {
		return nil
	}
	confirmed := make([]bool, len(traces))
	if len(traces) > 1 && !c.opt.OneByOne {
		if err := c.behaviours(traces, confirmed); err != nil {
			return err
		}
	}
	for i, b := range traces {
		if !confirmed[i] {
			if err := c.trace(b); err != nil {
				return err
			}
			continue
		}
		c.r.compared("%s: TLC confirms mcheck's behaviour", b.Property.Name)
	}
	return nil
}

// behaviours lets TLC confirm the counterexamples, in one run, and notes which of them it does
// confirm.
func (c *comparison) behaviours(traces []tla.Behaviour, confirmed []bool) error {
	m, err := c.s.Behaviours(traces)
	if err != nil {
		return nil // one of them can't be printed: which is found one by one
	}
	if err := Write(c.dir, m.Files()...); err != nil {
		return err
	}
	out, err := c.run(m.Name, m.Name+".cfg", m.Config, Options{Continue: true})
	if err != nil {
		return err
	}
	if len(out.Errors) > 0 || len(out.Warnings) > 0 {
		c.doubts = append(c.doubts, fmt.Sprintf("the run with all of mcheck's counterexamples: %s", strings.Join(append(out.Errors, out.Warnings...), "; ")))
		return nil
	}
	for i, b := range traces {
		for _, v := range out.Violations {
			confirmed[i] = confirmed[i] || v.Name == m.Goals[i] && len(v.States) == len(b.Trace)
		}
		if !confirmed[i] {
			c.doubts = append(c.doubts, fmt.Sprintf("%s: TLC refuses mcheck's counterexample in the run with all of them", b.Property.Name))
		}
	}
	return nil
}

// trace lets TLC confirm a counterexample.
func (c *comparison) trace(b tla.Behaviour) error {
	q, tr := b.Property, b.Trace
	t, err := c.s.Trace(q, tr)
	if err != nil {
		c.r.differs("%s: mcheck's counterexample can't be printed: %v", q.Name, err)
		return nil
	}
	if err := Write(c.dir, t.Files()...); err != nil {
		return err
	}
	out, err := c.run(t.Name, t.Name+".cfg", t.Config, Options{})
	if err != nil {
		return err
	}
	if c.report(q.Name+", mcheck's counterexample", out) {
		return nil
	}
	if len(out.Violations) == 0 || len(out.Violations[0].States) != len(tr) {
		switch {
		case out.Depth < len(tr):
			c.r.differs("%s: TLC refuses step %d of mcheck's counterexample", q.Name, out.Depth+1)
		default:
			c.r.differs("%s: in TLC the last state of mcheck's counterexample does not decide it", q.Name)
		}
		return nil
	}
	c.r.compared("%s: TLC confirms mcheck's behaviour", q.Name)
	return nil
}

// adopt returns tr with the actions of the exported model in the place of their namesakes.
func (c *comparison) adopt(tr spec.Trace) spec.Trace {
	out := make(spec.Trace, len(tr))
	for i, st := range tr {
		out[i] = st
		for _, a := range c.m.Actions {
			if st.Action != nil && a.Name == st.Action.Name {
				out[i].Action = a
			}
		}
	}
	return out
}

// modelError compares a search that an error of the model itself ended. TLC has no types: a value
// outside its range breaks TypeOK in the state after; an index outside its array is an error of
// evaluation.
func (c *comparison) modelError() error {
	out, err := c.run(c.s.Name, "held.cfg", c.s.Configuration(nil), Options{})
	if err != nil {
		return err
	}
	switch {
	case len(out.Warnings) > 0: // EXCEPT at an index that is not there, for one
		c.r.compared("TLC warns: %s", out.Warnings[0])
	case len(out.Errors) > 0:
		c.r.compared("TLC, too, can't evaluate the model: %s", out.Errors[0])
	case len(out.Violations) > 0:
		c.r.compared("TLC reports %s violated after %d states", out.Violations[0].Name, len(out.Violations[0].States))
	default:
		c.r.differs("mcheck can't evaluate the model (%s); TLC finds nothing wrong", c.want.Error.Message)
	}
	return nil
}
