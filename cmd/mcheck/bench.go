package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mcheck/explorer"
	"mcheck/export/tla/tlc"
	"mcheck/internal/near"
)

// benchFlags is what bench is asked to do.
type benchFlags struct {
	runs          int
	quick         bool
	only, engines []string
	slow, timeout time.Duration
	maxTime       time.Duration
	jar, update   string
}

var benchWords = []string{"mcheck", "spin", "rumur", "tlc"}

const benchHelp = `Bench measures mcheck and its peers on the same models: Spin depth first with whole states and with
-DCOLLAPSE, Spin breadth first on two cores, rumur with states packed and not, TLC with one worker and with two,
mcheck with one and with two. All search everything, without reductions, compare whole states (TLC: 64-bit
fingerprints) and check the INVARIANTs that hold; all must find the same number of states.

The engines take turns, so that all meet the machine in the same moods. The tables have medians: wall time of the
search (of TLC: of the Java machine), processor time, states and transitions a second, the largest resident set. Building
is not in it: neither mcheck's of the model, nor that of the peers' C programs.

It needs spin, rumur, gcc, java and TLC, memory for the largest model in Spin's largest mode, and about an hour of a
machine that does nothing else; --quick takes a minute and measures little. With --update the results of the models that are
measured take the place of those in the file, and the others stay.`

func newBench(c *cli) *cobra.Command {
	k := &benchFlags{}
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "measure mcheck, Spin, rumur and TLC side by side",
		Long:  benchHelp,
		Example: examples("mcheck bench --quick", "mcheck bench --engines mcheck,spin --only LamportMutex(3,6)",
			"mcheck bench --update docs/benchmarks.md"),
		Args: atMost(0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error { return k.run(cmd.Context(), c) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	wholeFlag(f, &k.runs, "runs", "", 3, 1, 1000, "`N` runs of each engine")
	f.BoolVar(&k.quick, "quick", false, "small models")
	f.StringArrayVar(&k.only, "only", nil, "only the models whose name begins with this `TEXT` (repeatable)")
	f.StringSliceVar(&k.engines, "engines", benchWords, "`WORDS` with commas between them")
	timeFlag(f, &k.slow, "slow", time.Minute, 1, "an engine that takes longer than this `TIME` is not run again")
	timeFlag(f, &k.timeout, "timeout", 15*time.Minute, 1, "for each run, and for the building of each engine")
	timeFlag(f, &k.maxTime, "max-time", 0, 0, "stop after this `TIME` with what was measured until then")
	pathFlag(f, &k.jar, "tla2tools", "", "TLC's jar `FILE`")
	pathFlag(f, &k.update, "update", "", "put the results, in Markdown, in the generated part of this `FILE` instead of printing them")
	cmd.AddCommand(newBenchExplore(c), newBenchTouch())
	return cmd
}

// models returns the models that the flags choose.
func (k *benchFlags) models() ([]benchModel, error) {
	all := benchModels
	if k.quick {
		all = benchQuick
	}
	if len(k.only) == 0 {
		return all, nil
	}
	var some []benchModel
	for _, m := range all {
		if slices.ContainsFunc(k.only, func(text string) bool { return strings.HasPrefix(m.name, text) }) {
			some = append(some, m)
		}
	}
	if len(some) == 0 {
		var names []string
		for _, m := range all {
			names = append(names, m.name)
		}
		return nil, failf(exitUsage, "--only chooses no model; there are: %s", strings.Join(names, ", "))
	}
	return some, nil
}

// chosen returns the engines that the flags choose.
func (k *benchFlags) chosen() ([]benchEngine, error) {
	for _, w := range k.engines {
		if !slices.Contains(benchWords, w) {
			return nil, failf(exitUsage, "--engines %s: they are some of %s%s", plain(w), strings.Join(benchWords, ", "), near.Hint(w, benchWords))
		}
	}
	if !slices.Contains(k.engines, "mcheck") {
		return nil, failf(exitUsage, "--engines without mcheck: the others are measured against it")
	}
	jar := ""
	if slices.Contains(k.engines, "tlc") {
		var err error
		if jar, err = tlc.Find(k.jar); err != nil {
			return nil, fail(exitScenario, err)
		}
	}
	var some []benchEngine
	for _, e := range benchEngines(jar) {
		if slices.Contains(k.engines, e.of) {
			some = append(some, e)
		}
	}
	return some, nil
}

func (k *benchFlags) run(ctx context.Context, c *cli) error {
	if k.runs <= 0 || k.slow <= 0 || k.timeout <= 0 {
		return failf(exitUsage, "--runs, --slow and --timeout are positive")
	}
	ctx, cancel := limit(ctx, explorer.Options{MaxTime: k.maxTime, Started: time.Now()})
	defer cancel()
	models, err := k.models()
	if err != nil {
		return err
	}
	engines, err := k.chosen()
	if err != nil {
		return err
	}
	before := ""
	if k.update != "" { // an hour later would be late
		if before, err = generatedPart(k.update, benchBegin, benchEnd); err != nil {
			return err
		}
	}
	machine := machineText(ctx, k.engines) // later the load would be that of the engines
	var done []string
	var early error // why there is no more
	for _, m := range models {
		r, err := k.measure(ctx, c, m, engines)
		if ctx.Err() != nil {
			early = failf(exitUndecided, "%s: %d of %d models were measured", whyStopped(ctx), len(done), len(models))
			break
		}
		if err != nil {
			return err
		}
		done = append(done, r.section(machine, !k.quick))
		if k.update != "" { // what has been measured is not lost if the rest can't be
			if err := updateGenerated(k.update, benchBegin, benchEnd, []byte(mergeSections(before, done))); err != nil {
				return err
			}
		}
	}
	if k.update == "" {
		if _, err := fmt.Fprint(c.stdout, mergeSections("", done)); err != nil {
			return fail(exitScenario, err)
		}
	}
	return early
}

// benchResult is what was measured on one model.
type benchResult struct {
	*benchCase
	rows []*benchRow
}

// benchRow is the runs of one engine.
type benchRow struct {
	benchEngine
	samples []sample
	failure string // why there are none
}

// measure has the engines take turns on m. An engine that can't is a row without runs; one that
// finds something else is an error.
func (k *benchFlags) measure(ctx context.Context, c *cli, m benchModel, engines []benchEngine) (*benchResult, error) {
	model, err := await(ctx, "the model of "+m.name+" was built", nil, m.build)
	if err != nil {
		return nil, failf(exitModel, "%s: %w", m.name, err)
	}
	peak, ref, err := exploreApart(ctx, m.name, "--all")
	if err != nil {
		return nil, failf(exitUndecided, "%s: %w", m.name, err)
	}
	bc := &benchCase{benchModel: m, model: withProperties(model, ref.Held), states: ref.States, transitions: ref.Transitions, bits: ref.Bits, peak: peak}
	if model.Constraint != nil {
		bc.transitions = -1
	}
	res := &benchResult{benchCase: bc}
	runners := make([]benchRunner, len(engines))
	defer func() {
		for _, r := range runners {
			if r != nil {
				r.close()
			}
		}
	}()
	for i, e := range engines {
		row := &benchRow{benchEngine: e}
		res.rows = append(res.rows, row)
		limited, cancel := context.WithTimeout(ctx, k.timeout)
		runners[i], err = e.ready(limited, bc)
		late := errors.Is(limited.Err(), context.DeadlineExceeded)
		cancel()
		if err != nil {
			if ctx.Err() != nil || e.of == "mcheck" {
				return nil, failf(exitUndecided, "%s: %s: %w", m.name, e.name, err)
			}
			if row.failure = firstLine(err.Error()); late {
				row.failure = fmt.Sprintf("building takes more than %v", k.timeout)
			}
			c.warn("%s: %s: %s", m.name, e.name, row.failure)
		}
	}
	for n := range k.runs {
		for i, row := range res.rows {
			if runners[i] == nil || row.failure != "" || n > 0 && row.samples[0].seconds > k.slow.Seconds() {
				continue
			}
			if err := touchApart(ctx, bc, row.samples); err != nil {
				return nil, failf(exitUndecided, "%w", err)
			}
			if err := k.once(ctx, bc, runners[i], row); err != nil {
				return nil, err
			}
			if row.failure != "" {
				c.warn("%s: %s: %s", m.name, row.name, row.failure)
				continue
			}
			s := row.samples[len(row.samples)-1]
			c.warn("%s: %s (%d): run %d: %.2f s, %.2f s of processor time", m.name, row.name, row.cores, n+1, s.seconds, s.cpu)
		}
	}
	return res, nil
}

// once runs one engine and adds the sample.
func (k *benchFlags) once(ctx context.Context, bc *benchCase, r benchRunner, row *benchRow) error {
	limited, cancel := context.WithTimeout(ctx, k.timeout)
	defer cancel()
	s, err := r.run(limited)
	switch {
	case ctx.Err() != nil:
		return failf(exitUndecided, "stopped")
	case errors.Is(limited.Err(), context.DeadlineExceeded):
		row.failure, row.samples = fmt.Sprintf("more than %v", k.timeout), nil
	case err != nil:
		row.failure, row.samples = firstLine(err.Error()), nil
	case s.states != bc.states:
		return failf(exitDisagree, "%s: %s finds %d states, mcheck %d", bc.name, row.name, s.states, bc.states)
	case bc.transitions >= 0 && s.transitions >= 0 && s.transitions != bc.transitions:
		return failf(exitDisagree, "%s: %s finds %d transitions, mcheck %d", bc.name, row.name, s.transitions, bc.transitions)
	default:
		row.samples = append(row.samples, s)
	}
	return nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}

// The lines around the generated part of the file of results.
const (
	benchBegin = "<!-- generated by mcheck bench: begin -->\n"
	benchEnd   = "<!-- generated by mcheck bench: end -->\n"
)
