package main

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"mcheck/explorer"
	"mcheck/internal/safe"
	"mcheck/spec/scenario"
	"mcheck/states"
)

// run explores a target. It ends when a signal comes, or the time limit of opt.
func (c *cli) run(ctx context.Context, t target, b *scenario.Built, opt explorer.Options) (*outcome, error) {
	p := c.newProgress(t.String(), opt.MaxMemory)
	opt.Progress = p.report
	limited, cancel := limit(ctx, opt)
	defer cancel()
	begun := make(chan struct{})
	opt.Begin = func() { close(begun) }
	r, err := await(limited, "the search of "+t.String()+" was prepared", begun, func() (*explorer.Result, error) {
		return explorer.Explore(ctx, b.Model, opt)
	})
	p.done()
	var bad *explorer.CheckpointError
	var stop *exitError
	switch {
	case errors.As(err, &stop):
		return nil, err
	case errors.As(err, &bad):
		return nil, fail(exitScenario, err)
	case errors.Is(err, states.ErrTooLow):
		return nil, failf(exitUsage, "%s: --memory: %w", t, err)
	case err != nil:
		return nil, failf(exitUndecided, "%s: %w", t, err)
	case r.CheckpointError != nil:
		c.warn("the last checkpoint could not be saved, the one before it is still there: %v", r.CheckpointError)
	case opt.Checkpoint != "" && !r.Complete && r.Error == nil:
		c.warn("saved; --resume %s goes on", safe.Line(opt.Checkpoint))
	}
	return judge(t, b, r), nil
}

// checkFlags is what check is asked to do.
type checkFlags struct {
	sel             selection
	search          search
	format, trace   string
	base, modelDir  string
	explain, values bool
	full, verbose   bool
	coverage        bool
	profiles        profiles
}

func newCheck(c *cli) *cobra.Command {
	k := &checkFlags{}
	cmd := &cobra.Command{
		Use:   "check [SCENARIO…] | check PATCH… [SCENARIO…]",
		Short: "explore scenarios under designs and decide every property",
		Long: `Check explores every interleaving of each scenario under each design, and decides every property.

One scenario under one design gives a verdict for each property and the shortest counterexample of each that
is violated; several give a matrix, and the comparison with what the scenarios expect. Without arguments:
the quick built-in scenarios under the designs they name.

A patch (a file, a directory of patches, or - for standard input; also a mailbox) is compared with the design
that it is on top of, in every built-in scenario or in those named: what it breaks, with counterexamples, what
else changes, and which of its statements the scenarios execute. Exit code 0: nothing is worse.

A verdict is holds (every reachable state was visited), violated, vacuous (its situation never arises) or
undecided (the search was stopped, or met a bound).`,
		Example: examples(
			"mcheck check                                      # the matrix",
			"mcheck check my.patch                             # does the patch break something?",
			"mcheck check ltp-mkfs --design defer-v4           # verdicts and counterexamples",
			"mcheck check ltp-mkfs -d v6.15 -d defer-v4        # one row of the matrix",
			"mcheck check ./mine.sh -d v6.15+no-grace-period   # a script of your own; designs stack",
			"mcheck check --model peterson.c                   # a model of your own, without a kernel",
			"mcheck check --all --format json                  # one object a run"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return k.profiles.around(func() error { return k.run(cmd.Context(), c, args) })
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	k.sel.flags(f, true)
	k.search.flags(f)
	k.search.checkpointFlags(f)
	k.search.symmetryFlag(f)
	choiceFlag(f, &k.format, "format", compareFormats, "`text|json`; json is one object a line and run; of a patch also `junit|ktap|sarif`")
	nameFlag(f, &k.trace, "trace", "", "", "print the trace of this `PROPERTY` only (of a COVER: how it is reached)")
	f.BoolVar(&k.full, "full", false, "whole counterexamples, each step of them; else their mail form")
	f.BoolVarP(&k.verbose, "verbose", "v", false, "a line for each verdict, and each step that never fired")
	f.BoolVar(&k.values, "values", false, "counterexamples with the values that each step changes")
	f.BoolVar(&k.coverage, "coverage", false, "also print how often each step, and each line of C, fired (visits all states once more); of several runs, each statement and what none executes")
	f.BoolVar(&k.explain, "explain", false, "also print the C of the scenario, what was fused, reset, sliced, and what can't be reached")
	nameFlag(f, &k.base, "base", "", "", "compare patches with this `DESIGN` (default: the one that a line mcheck-base: of a patch names, else v6.15)")
	pathFlag(f, &k.modelDir, "model-dir", "", "compare the edited copy of the model in `DIR`, which 'mcheck model DIR' wrote, with its design")
	k.profiles.flags(f)
	return cmd
}

func (k *checkFlags) run(ctx context.Context, c *cli, args []string) error {
	if k.format == "json" && (k.trace != "" || k.values || k.explain || k.coverage) {
		return failf(exitUsage, "--trace, --values, --explain and --coverage are for --format text")
	}
	if err := k.search.check(); err != nil {
		return err
	}
	if k.coverage && bool(k.search.symmetry) {
		return failf(exitUsage, "--coverage counts in every state: it is not for --symmetry on")
	}
	patches, scenarios := splitPatches(k, args)
	switch {
	case len(patches) > 0 && k.modelDir != "":
		return failf(exitUsage, "--model-dir and a patch (%s) exclude each other", patches[0])
	case len(patches) > 0 || k.modelDir != "":
		return k.checkPatches(ctx, c, patches, scenarios)
	}
	if k.format != "text" && k.format != "json" {
		return failf(exitUsage, "--format %s is for patches: mcheck check MY.patch --format %s", k.format, k.format)
	}
	if k.base != "" {
		return failf(exitUsage, "--base is for patches: mcheck check MY.patch --base DESIGN")
	}
	targets, err := k.sel.targets(ctx, c, args, k.search.options())
	if err != nil {
		return err
	}
	if len(targets) != 1 && (k.trace != "" || k.values || k.explain) {
		return failf(exitUsage, "--trace, --values and --explain are for one scenario and one --design; this is %d runs", len(targets))
	}
	if len(targets) != 1 && (k.search.checkpoint != "" || k.search.resume != "") {
		return failf(exitUsage, "--checkpoint and --resume are for one scenario and one --design; this is %d runs", len(targets))
	}
	var rep reporter
	switch {
	case k.format == "json":
		rep = &jsonReport{c: c}
	case len(targets) == 1:
		single := &singleReport{c: c, trace: k.trace, values: k.values, explain: k.explain, full: k.full, verbose: k.verbose}
		if k.coverage {
			single.coverage = func(w io.Writer, o *outcome) error { return c.coverage(ctx, w, o, k.search.options()) }
		}
		rep = single
	default:
		rep = newMatrixReport(c, targets)
	}
	var totals *coverageTotals
	if k.coverage && len(targets) > 1 {
		totals, k.sel.outline = &coverageTotals{}, true
	}
	if len(targets) > 1 {
		// What the models before left on the heap is collected sooner than otherwise: hundreds of
		// them stay under a gigabyte.
		collectAt(200)
	}
	// Each model is built when its turn comes, and what is not needed for the matrix is let go with
	// it.
	var outcomes []*outcome
	var failed error
	late := 0 // models that were not built in time
	for _, t := range targets {
		var o *outcome
		if o, failed = k.one(ctx, c, t); failed != nil {
			if len(targets) > 1 && ctx.Err() == nil && isUndecided(failed) { // the others may be decided
				c.warn("%w", failed)
				late++
				failed = nil
				continue
			}
			break
		}
		if err := rep.outcome(o); err != nil {
			return fail(exitScenario, err)
		}
		if totals != nil {
			if failed = totals.add(ctx, o); failed != nil {
				break
			}
		}
		if len(targets) > 1 {
			o = o.brief()
		}
		outcomes = append(outcomes, o)
		if ctx.Err() != nil {
			break
		}
	}
	if len(outcomes) > 0 || failed == nil {
		if err := rep.end(outcomes); err != nil {
			return fail(exitScenario, err)
		}
	}
	if totals != nil && failed == nil {
		if err := totals.write(c.stdout); err != nil {
			return fail(exitScenario, err)
		}
	}
	if n := len(outcomes); n+late < len(targets) && len(targets) > 1 {
		c.warn("stopped after %d of %d runs", n, len(targets))
	}
	switch {
	case failed != nil:
		var e *exitError
		if errors.As(failed, &e) {
			e.code = worst(e.code, exitCodeOf(outcomes))
		}
		return failed
	case len(outcomes) < len(targets):
		return exitWith(worst(exitUndecided, exitCodeOf(outcomes)))
	case len(outcomes) == 1:
		// A run that was stopped is undecided, unless it had seen a violation.
		return exitWith(outcomes[0].exitCode())
	case ctx.Err() != nil:
		return exitWith(worst(exitUndecided, exitCodeOf(outcomes)))
	}
	return exitWith(exitCodeOf(outcomes))
}

// isUndecided reports whether a run failed since it was stopped.
func isUndecided(err error) bool {
	var e *exitError
	return errors.As(err, &e) && e.code == exitUndecided
}

// one builds the model of t and explores it.
func (k *checkFlags) one(ctx context.Context, c *cli, t target) (*outcome, error) {
	opt := k.search.options()
	b, err := k.sel.build(ctx, t, opt)
	if err != nil {
		return nil, err
	}
	if err := checkExpectations(t, b); err != nil {
		return nil, err
	}
	if k.trace != "" {
		if err := requireProperty(t, b, k.trace); err != nil {
			return nil, err
		}
	}
	return c.run(ctx, t, b, opt)
}

// reporter shows the outcomes of runs as they come, and together at the end.
type reporter interface {
	outcome(*outcome) error
	end([]*outcome) error
}
