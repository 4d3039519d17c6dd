package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"time"

	"mcheck/explorer"
	"mcheck/internal/parallel"
	"mcheck/spec"
	"mcheck/spec/kernel"
	"mcheck/spec/scenario"
)

// stack is a design by its name and its patches.
type stack struct {
	name    string
	patches []kernel.Patch
}

// comparer compares two designs over scenarios.
type comparer struct {
	base, with stack
	change     *change
	scenarios  []*scenario.Scenario
	set        map[string]string
	search     explorer.Options
	cache      *verdictCache
}

// record is what a comparison keeps of a run. It holds no states and no model, so that it can be
// kept in a file.
type record struct {
	States int64            `json:"states"`
	Reason string           `json:"reason,omitempty"` // why the run decides less than it might
	Props  []propertyRecord `json:"properties"`
	// Executed says how often each statement is executed, of all that the design has. It is empty
	// where not every state was visited.
	Executed []execution `json:"executed,omitempty"`
	// GracePeriods is the number of transitions that end a grace period which a task waits for.
	GracePeriods int64 `json:"grace_periods"`
	// Impossible says why the scenario can't be built under the design; nothing else is set then.
	Impossible string `json:"impossible,omitempty"`
}

// propertyRecord is the verdict on a property.
type propertyRecord struct {
	Name    string            `json:"name"`
	Kind    spec.PropertyKind `json:"kind"`
	Class   spec.Class        `json:"class"`
	Words   string            `json:"words"`
	Verdict explorer.Verdict  `json:"verdict"`
	Steps   int               `json:"steps"`
}

func newRecord(o *outcome) *record {
	r := &record{States: o.result.Distinct, Reason: o.reason()}
	if o.result.Error != nil {
		r.Reason = o.result.Error.Message
	}
	for _, p := range o.props {
		r.Props = append(r.Props, propertyRecord{p.Property.Name, p.Property.Kind, p.Property.Class,
			p.Property.Words, p.Verdict, steps(p)})
	}
	return r
}

func (r *record) property(name string) *propertyRecord {
	for i := range r.Props {
		if r.Props[i].Name == name {
			return &r.Props[i]
		}
	}
	return nil
}

// comparedRun is a scenario under both designs.
type comparedRun struct {
	sc         *scenario.Scenario
	base, with *record
	// outcome is the run under the second design, with its model and traces; nil where no verdict
	// differs.
	outcome  *outcome
	executed []execution // the changed statements, of both models
	err      error
	panic    any
}

// difference is one verdict that is not the same under both designs.
type difference struct {
	run       *comparedRun
	prop      propertyRecord // under the second design; under the first, where only that has it
	was       explorer.Verdict
	wasSteps  int
	onlyOld   bool
	onlyNew   bool
	violation bool // it is violated under the second only; of a COVER this is never said
}

// breaks reports whether what must hold is newly violated.
func (d *difference) breaks() bool {
	return d.violation && d.prop.Class == spec.MustHold && d.prop.Name != withinBounds
}

// run compares the designs in each scenario and calls done with the results in the order of the
// scenarios, each as soon as it and those before it are there.
func (c *comparer) run(ctx context.Context, done func(*comparedRun)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	results := make([]chan *comparedRun, len(c.scenarios))
	for i := range results {
		results[i] = make(chan *comparedRun, 1)
	}
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	go func() {
		for i, sc := range c.scenarios {
			slots <- struct{}{}
			go func() {
				defer func() { <-slots }()
				r := &comparedRun{sc: sc}
				defer func() {
					if p := recover(); p != nil {
						r = &comparedRun{sc: sc, panic: &parallel.Panic{Value: p, Stack: debug.Stack()}}
					}
					results[i] <- r
				}()
				r = c.one(ctx, sc)
			}()
		}
	}()
	for _, ch := range results {
		r := <-ch // soon, also when ctx has ended
		if r.panic != nil {
			panic(r.panic)
		}
		if ctx.Err() != nil {
			return nil
		}
		if r.err != nil {
			return r.err
		}
		done(r)
	}
	return nil
}

// one compares the designs in a scenario.
func (c *comparer) one(ctx context.Context, sc *scenario.Scenario) (r *comparedRun) {
	r = &comparedRun{sc: sc}
	if r.err = ctx.Err(); r.err != nil {
		r.err = nil // the caller sees it
		return r
	}
	r.base, r.err = c.baseRecord(ctx, sc)
	if r.err != nil || r.base.Impossible != "" {
		return r
	}
	opt := c.search
	opt.Started = time.Now()
	b, err := c.build(ctx, sc, c.with, opt)
	if err != nil {
		if r.err = err; errors.As(err, new(*exitError)) {
			return r
		}
		r.err = fail(buildCode(err), fmt.Errorf("%s under %s: %w", sc.Name, c.with.name, err))
		return r
	}
	res, err := explorer.Explore(ctx, b.Model, opt)
	if err != nil {
		r.err = failf(exitUndecided, "%s under %s: %w", sc.Name, c.with.name, err)
		return r
	}
	o := judge(target{sc: sc, design: c.with.name}, b, res)
	r.with = newRecord(o)
	if len(r.differences()) > 0 {
		r.outcome = o
	}
	if !res.Complete {
		return r
	}
	executed, err := executions(ctx, b, withGracePeriods(b, c.change.added), explorer.Options{Workers: 1})
	if ctx.Err() != nil {
		return r
	}
	if r.err = err; err != nil {
		return r
	}
	r.with.GracePeriods = gracePeriods(executed)
	for _, e := range executed {
		if c.change.adds(e.File, e.Line, e.End) {
			r.executed = append(r.executed, e)
		}
	}
	for _, e := range r.base.Executed {
		if slices.ContainsFunc(c.change.removed[e.File], func(l int) bool { return l >= e.Line && l <= e.End }) {
			e.removed = true
			r.executed = append(r.executed, e)
		}
	}
	return r
}

// build makes the model of a scenario. It ends when a signal, or the time limit of opt, comes.
func (c *comparer) build(ctx context.Context, sc *scenario.Scenario, s stack, opt explorer.Options) (*scenario.Built, error) {
	ctx, cancel := limit(ctx, opt)
	defer cancel()
	return await(ctx, "the model of "+sc.Name+" under "+s.name+" was built", nil, func() (*scenario.Built, error) {
		return scenario.BuildPatched(sc, s.name, s.patches, scenario.Options{Set: c.set, Outline: true})
	})
}

// baseRecord is the run of a scenario under the first design, from the cache if it is there.
func (c *comparer) baseRecord(ctx context.Context, sc *scenario.Scenario) (*record, error) {
	key := c.cache.key(sc, c.base, c.set)
	if r := c.cache.load(key); r != nil {
		return r, nil
	}
	opt := c.search
	opt.Started = time.Now()
	b, err := c.build(ctx, sc, c.base, opt)
	if errors.Is(err, spec.ErrInternal) {
		return nil, fail(exitBug, err)
	}
	var early *exitError
	if errors.As(err, &early) {
		return nil, err
	}
	if err != nil {
		return &record{Impossible: err.Error()}, nil
	}
	res, err := explorer.Explore(ctx, b.Model, opt)
	if err != nil {
		return nil, failf(exitUndecided, "%s under %s: %w", sc.Name, c.base.name, err)
	}
	r := newRecord(judge(target{sc: sc, design: c.base.name}, b, res))
	if !res.Complete {
		return r, nil
	}
	all := map[string][]int{}
	for _, s := range b.Statements {
		all[s.Pos.File] = append(all[s.Pos.File], s.Pos.Line)
	}
	if r.Executed, err = executions(ctx, b, all, explorer.Options{Workers: 1}); err != nil {
		if ctx.Err() != nil {
			return r, nil
		}
		return nil, fail(exitUndecided, err)
	}
	r.GracePeriods = gracePeriods(r.Executed)
	c.cache.save(key, r)
	return r, nil
}

// differences returns the verdicts that differ, in the order of the properties.
func (r *comparedRun) differences() []difference {
	var out []difference
	for _, p := range r.with.Props {
		d := difference{run: r, prop: p}
		if old := r.base.property(p.Name); old == nil {
			d.onlyNew = true
			d.violation = p.Verdict == explorer.Violated && p.Kind != spec.Cover
		} else {
			d.was, d.wasSteps = old.Verdict, old.Steps
			d.violation = p.Verdict == explorer.Violated && old.Verdict != explorer.Violated && p.Kind != spec.Cover
			if p.Verdict == old.Verdict {
				continue
			}
		}
		out = append(out, d)
	}
	for _, p := range r.base.Props {
		if r.with.property(p.Name) == nil {
			out = append(out, difference{run: r, prop: p, onlyOld: true, was: p.Verdict, wasSteps: p.Steps})
		}
	}
	return out
}

// summary is the differences of all runs, in the order in which they are told.
type summary struct {
	runs       []*comparedRun
	impossible []*comparedRun
	// By property. broken is of what must hold, those in which most is at stake first; what is not
	// promised is in notPromised and meets, whatever became of it.
	broken, mended, undecided, vacuous, arises, reached, unreached []group
	notPromised, meets                                             []group
}

// group is the differences of one property.
type group struct {
	name string
	in   []difference // fewest steps first
}

func summarize(runs []*comparedRun) *summary {
	s := &summary{}
	for _, r := range runs {
		if r.base.Impossible != "" {
			s.impossible = append(s.impossible, r)
			continue
		}
		s.runs = append(s.runs, r)
		for _, d := range r.differences() {
			if at := s.list(d); at != nil {
				*at = put(*at, d)
			}
		}
	}
	for _, gs := range []*[]group{&s.broken, &s.mended, &s.undecided, &s.vacuous, &s.arises, &s.reached, &s.unreached,
		&s.notPromised, &s.meets} {
		for _, g := range *gs {
			slices.SortStableFunc(g.in, func(a, b difference) int { return cmp.Compare(a.prop.Steps, b.prop.Steps) })
		}
	}
	slices.SortStableFunc(s.broken, func(a, b group) int {
		return cmp.Or(cmp.Compare(urgency(a), urgency(b)), -cmp.Compare(len(a.in), len(b.in)), cmp.Compare(a.name, b.name))
	})
	return s
}

// urgency orders violations: memory first, then what else ends a run, then the rest.
func urgency(g group) int {
	switch g.name {
	case "NoUseAfterFree":
		return 0
	case "NoFail":
		return 1
	case "NoDeadlock":
		return 2
	}
	return 3
}

func put(gs []group, d difference) []group {
	for i := range gs {
		if gs[i].name == d.prop.Name {
			gs[i].in = append(gs[i].in, d)
			return gs
		}
	}
	return append(gs, group{d.prop.Name, []difference{d}})
}

// list is where a difference belongs; nil where it says nothing.
func (s *summary) list(d difference) *[]group {
	v := d.prop.Verdict
	switch {
	case d.onlyOld || d.prop.Name == withinBounds:
		return nil
	case d.violation && d.prop.Class == spec.NotPromised:
		return &s.notPromised
	case d.violation:
		return &s.broken
	case d.onlyNew:
		return nil
	case v == explorer.Undecided:
		return &s.undecided
	case d.was == explorer.Undecided:
		return nil
	case d.prop.Kind == spec.Cover && v == explorer.Holds:
		return &s.reached
	case d.prop.Kind == spec.Cover:
		return &s.unreached
	case d.was == explorer.Violated && d.prop.Class == spec.NotPromised:
		return &s.meets
	case d.was == explorer.Violated:
		return &s.mended
	case v == explorer.Vacuous:
		return &s.vacuous
	}
	return &s.arises
}

// exitCode of a comparison: that of the worst new violation, else 3 where something is not decided
// or a changed statement is never executed.
func (s *summary) exitCode(statements []statementCount) int {
	code := exitOK
	for _, g := range s.broken {
		code = worst(code, violationCode(g.in[0].prop.Kind))
	}
	for _, r := range s.runs {
		if r.with.Reason != "" && r.base.Reason == "" {
			code = worst(code, exitUndecided)
		}
	}
	if len(s.undecided) > 0 || slices.ContainsFunc(statements, statementCount.never) {
		code = worst(code, exitUndecided)
	}
	return code
}
