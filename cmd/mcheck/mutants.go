package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"mcheck/explorer"
	"mcheck/internal/near"
	"mcheck/internal/safe"
	"mcheck/spec"
	"mcheck/spec/kernel"
	"mcheck/spec/mutate"
	"mcheck/spec/scenario"
)

// mutatedFiles are those of the model that have kernel code.
var mutatedFiles = []string{"namespace.c", "super.c", "namei.c", "rcu.c", "task_work.c", "workqueue.c",
	"file_table.c", "entry.c"}

// mutantsFlags is what mutants is asked to do.
type mutantsFlags struct {
	search                 search
	jobs, most             int
	update, compare        string
	patch, list, survivors bool
}

func newMutants(c *cli) *cobra.Command {
	k := &mutantsFlags{}
	cmd := &cobra.Command{
		Use:    "mutants [MUTANT…]",
		Hidden: true, // it is for who works on mcheck
		Short:  "make deliberate mistakes in the model, and see which property catches each",
		Long: `Mutants leaves out a statement of the model, swaps two, decides a test without looking or changes a constant, one
at a time, and explores the built-in scenarios that execute it under ` + scenario.BaseDesign + `, the small ones first, until a
property that must hold is violated that the model without the mistake holds there.

A name is file:function:mistake:statement; the beginning of some selects all that begin so. Exit codes: 0 each is caught or
has a reason on record, 12 one is not, 3 one is not decided, 151 the table is another than in the file to compare with.`,
		Example: examples(
			"mcheck mutants                                    # all of them, half an hour",
			"mcheck mutants namespace.c:umount_tree            # those of a function",
			"mcheck mutants --list                             # their names",
			"mcheck mutants --patch namei.c:path_lookup:drop   # as patches, for mcheck check",
			"mcheck mutants --update docs/mutants.md           # write the table",
			"mcheck mutants --update docs/mutants.md super.c   # and only its rows for a file"),
		RunE: func(cmd *cobra.Command, args []string) error { return k.run(cmd.Context(), c, args) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.BoolVar(&k.list, "list", false, "print the names only")
	f.BoolVar(&k.patch, "patch", false, "print them as patches only")
	f.BoolVar(&k.survivors, "survivors", false, "print only those that nothing catches")
	pathFlag(f, &k.update, "update", "", "write the table into the generated part of this `FILE`, those rows only that are of the mutants named")
	pathFlag(f, &k.compare, "compare", "", "try the mutants of the table in this `FILE`, and compare")
	wholeFlag(f, &k.jobs, "jobs", "j", 0, 0, maxWorkers, "`N` mutants at a time (0: one a processor)")
	wholeFlag(f, &k.most, "most", "", 0, 0, maxWorkers, "explore `N` scenarios for each mutant, those that are tried first (0: all)")
	k.search.timeFlag(f)
	return cmd
}

// selectMutants returns those whose names begin as one of args; none: all.
func selectMutants(args []string) ([]mutate.Mutant, error) {
	all := mutate.Generate(kernel.Base(), mutatedFiles...)
	if len(args) == 0 {
		return all, nil
	}
	wanted := map[int]bool{}
	for _, a := range args {
		if i := slices.IndexFunc(all, func(m mutate.Mutant) bool { return m.Name == a }); i >= 0 {
			wanted[i] = true
			continue
		}
		found := false
		for i, m := range all {
			if strings.HasPrefix(m.Name, a) {
				wanted[i], found = true, true
			}
		}
		if !found {
			var names []string
			for _, m := range all {
				names = append(names, m.Name)
			}
			return nil, failf(exitScenario, "no mutant begins with %s%s; 'mcheck mutants --list' has all", safe.Quote(a), near.Hint(a, names))
		}
	}
	var out []mutate.Mutant
	for i, m := range all {
		if wanted[i] {
			out = append(out, m)
		}
	}
	return out, nil
}

func (k *mutantsFlags) run(ctx context.Context, c *cli, args []string) error {
	if k.compare != "" && (k.update != "" || len(args) > 0) {
		return failf(exitUsage, "--compare is for the mutants of a table: no name and no --update beside it")
	}
	if k.compare != "" {
		table, err := generatedPart(k.compare, mutantsBegin, mutantsEnd)
		if err != nil {
			return err
		}
		args = slices.Sorted(maps.Keys(tableRows(table)))
	}
	ms, err := selectMutants(args)
	if err != nil {
		return err
	}
	if k.list || k.patch {
		for i := range ms {
			text := ms[i].Name + "\n"
			if k.patch {
				text = string(ms[i].Patch().Text)
			}
			if _, err := fmt.Fprint(c.stdout, text); err != nil {
				return fail(exitScenario, err)
			}
		}
		return nil
	}
	if k.update != "" {
		if _, err := generatedPart(k.update, mutantsBegin, mutantsEnd); err != nil { // half an hour later would be late
			return err
		}
	}
	reasons, err := mutate.Reasons()
	if err != nil {
		return fail(exitBug, err)
	}
	j := &mutantJudge{reasons: reasons, most: k.most, search: explorer.Options{Workers: 1, MaxTime: k.search.maxTime, MaxStates: 2_000_000}}
	j.comparer = comparer{base: stack{name: scenario.BaseDesign}, search: j.search, cache: newVerdictCache()}
	if err := j.prepare(ctx); err != nil {
		return err
	}
	rep := &mutantReport{c: c, flags: k, reasons: reasons}
	if err := j.judgeAll(ctx, ms, cmp.Or(k.jobs, runtime.GOMAXPROCS(0)), rep.one); err != nil {
		return err
	}
	return rep.end()
}

// mutantJudge tries mutants.
type mutantJudge struct {
	comparer
	reasons map[string]mutate.Reason
	search  explorer.Options
	bases   []*baseRun // in the order in which they are tried
	most    int        // scenarios to explore for each; 0: all
}

// testRE matches a statement that has no step of its own because it looks at locals only, or is a
// barrier: it is executed if what stands before it is.
var testRE = regexp.MustCompile(`^(?:if|while|do)\b|^smp_mb\(`)

// firstTried are small scenarios that between them execute nearly all of the model; they catch
// most.
var firstTried = []string{"umount-mkfs", "ltp-mkfs", "umount-mkfs-walk", "ltp-mkfs-walk", "nested-umount-walk", "open-umount",
	"ns-exit", "concurrent-mount"}

// baseRun is a scenario under the model without a mistake; it is explored when the first mutant
// asks for it.
type baseRun struct {
	sc      *scenario.Scenario
	explore func() (*explored, error)
}

// explored is what came of a baseRun.
type explored struct {
	record *record
	// executes has the lines that are executed, by file.
	executes map[string]map[int]bool
}

// prepare lists the scenarios.
func (j *mutantJudge) prepare(ctx context.Context) error {
	for _, name := range scenario.Names() {
		sc, err := scenario.Load(name)
		if err != nil {
			return fail(exitScenario, err)
		}
		if slices.Contains(sc.Designs, scenario.BaseDesign) {
			j.bases = append(j.bases, &baseRun{sc, sync.OnceValues(func() (*explored, error) { return j.base(ctx, sc) })})
		}
	}
	rank := func(b *baseRun) int {
		if i := slices.Index(firstTried, b.sc.Name); i >= 0 {
			return i
		}
		return len(firstTried)
	}
	slices.SortStableFunc(j.bases, func(a, b *baseRun) int { return cmp.Compare(rank(a), rank(b)) })
	return nil
}

// base explores a scenario under the model without a mistake.
func (j *mutantJudge) base(ctx context.Context, sc *scenario.Scenario) (*explored, error) {
	r, err := j.baseRecord(ctx, sc)
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, stopped(ctx, sc.Name+" was explored")
	}
	if r.Reason != "" || r.Impossible != "" {
		return nil, failf(exitUndecided, "%s under %s: %s%s", sc.Name, scenario.BaseDesign, r.Reason, r.Impossible)
	}
	b := &explored{record: r, executes: map[string]map[int]bool{}}
	for _, e := range r.Executed {
		if e.Count == 0 || !e.Exact && !testRE.MatchString(e.Text) {
			continue
		}
		if b.executes[e.File] == nil {
			b.executes[e.File] = map[int]bool{}
		}
		for l := e.Line; l <= e.End; l++ {
			b.executes[e.File][l] = true
		}
	}
	return b, nil
}

func (b *explored) executesAny(m *mutate.Mutant) bool {
	for l := m.First; l <= m.Last; l++ {
		if b.executes[m.File][l] {
			return true
		}
	}
	return false
}

// triedMutant is a mutant and what came of it.
type triedMutant struct {
	mutate.Mutant
	// caught is the property that is violated, in scenario, after steps steps.
	caught, scenario string
	steps            int
	spins            bool   // that it can come to rest is what is violated
	tried            int    // scenarios that were explored
	refused          string // why no scenario can be built with it
	undecided        string // the first scenario that was not decided
}

// judgeAll tries mutants and calls done with each, in their order.
func (j *mutantJudge) judgeAll(ctx context.Context, ms []mutate.Mutant, jobs int, done func(*triedMutant) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type result struct {
		t   *triedMutant
		err error
	}
	results := make([]chan result, len(ms))
	for i := range results {
		results[i] = make(chan result, 1)
	}
	slots := make(chan struct{}, jobs)
	go func() {
		for i := range ms {
			slots <- struct{}{}
			go func() {
				defer func() { <-slots }()
				t, err := j.try(ctx, ms[i])
				results[i] <- result{t, err}
			}()
		}
	}()
	for i, ch := range results {
		r := <-ch
		if ctx.Err() != nil {
			return stopped(ctx, fmt.Sprintf("%d of %d mutants were tried", i, len(ms)))
		}
		if r.err != nil {
			return r.err
		}
		if err := done(r.t); err != nil {
			return fail(exitScenario, err)
		}
	}
	return nil
}

// try explores the scenarios that execute what the mutant changes.
func (j *mutantJudge) try(ctx context.Context, m mutate.Mutant) (*triedMutant, error) {
	t := &triedMutant{Mutant: m}
	most := j.most
	if _, ok := j.reasons[m.Name]; ok && most == 0 {
		most = 4 // nobody expects it to be caught
	}
	for _, run := range j.bases {
		if ctx.Err() != nil || most > 0 && t.tried >= most {
			break
		}
		b, err := run.explore()
		if err != nil {
			return nil, err
		}
		if !b.executesAny(&m) {
			continue
		}
		r, err := j.mutantRecord(ctx, run.sc, &m)
		if err != nil {
			return nil, err
		}
		if r.Impossible != "" {
			t.refused = cmp.Or(t.refused, r.Impossible)
			continue
		}
		t.tried++
		for _, p := range r.Props {
			was := b.record.property(p.Name)
			if p.Kind == spec.CanRest && t.caught != "" {
				continue // a run that fails does not come to rest either: say why it fails
			}
			if p.Verdict == explorer.Violated && p.Class == spec.MustHold && p.Name != withinBounds &&
				(was == nil || was.Verdict != explorer.Violated) && (t.caught == "" || t.spins || p.Steps < t.steps) {
				t.spins = p.Kind == spec.CanRest
				t.caught, t.scenario, t.steps = p.Name, run.sc.Name, p.Steps
			}
		}
		if t.caught != "" {
			return t, nil
		}
		if r.Reason != "" {
			t.undecided = cmp.Or(t.undecided, run.sc.Name+": "+r.Reason)
		}
	}
	return t, nil
}

// mutantRecord is the run of a scenario under a mutant, from the cache if it is there.
func (j *mutantJudge) mutantRecord(ctx context.Context, sc *scenario.Scenario, m *mutate.Mutant) (*record, error) {
	s := stack{name: scenario.BaseDesign + "+" + m.Name, patches: []kernel.Patch{m.Patch()}}
	key := j.cache.key(sc, s, nil)
	if r := j.cache.load(key); r != nil {
		return r, nil
	}
	opt := j.search
	opt.Started = time.Now()
	b, err := scenario.BuildPatched(sc, s.name, s.patches, scenario.Options{})
	if errors.Is(err, spec.ErrInternal) {
		return nil, failf(exitBug, "%s: %w", m.Name, err)
	}
	if err != nil {
		return &record{Impossible: err.Error()}, nil
	}
	res, err := explorer.Explore(ctx, b.Model, opt)
	if err != nil {
		return nil, failf(exitUndecided, "%s under %s: %w", sc.Name, s.name, err)
	}
	r := newRecord(judge(target{sc: sc, design: s.name}, b, res))
	if ctx.Err() == nil && (res.Complete || opt.MaxTime == 0) {
		j.cache.save(key, r)
	}
	return r, nil
}
