package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mcheck/explorer"
	"mcheck/export/tla/tlc"
)

// tlcFlags is what tlc is asked to do.
type tlcFlags struct {
	sel     selection
	search  search
	jar     string
	timeout time.Duration
	heapMB  int
}

func newTLC(c *cli) *cobra.Command {
	k := &tlcFlags{}
	cmd := &cobra.Command{
		Use:   "tlc [SCENARIO…]",
		Short: "confirm the explorer's results with TLC on the exported TLA+",
		Long: `Tlc explores each model, exports it, runs TLC on the export and compares: distinct and generated states,
depth, the labelled state graph where it is small, and each violated property by its name and the length of its
counterexample. It needs java and TLC's jar: --tla2tools, else $TLA2TOOLS, else Maven's local repository.

It exits with 0 only if everything agrees, with 4 if anything does not.`,
		Example: examples("mcheck tlc ltp-mkfs --design defer-v4", "mcheck tlc --all", "mcheck tlc --model peterson.c"),
		RunE:    func(cmd *cobra.Command, args []string) error { return k.run(cmd.Context(), c, args) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&k.jar, "tla2tools", "", "TLC's jar `FILE`")
	f.DurationVar(&k.timeout, "timeout", 10*time.Minute, "for each run of TLC")
	f.IntVar(&k.heapMB, "heap", 1500, "megabytes for TLC's heap")
	k.sel.flags(f, true)
	k.search.flags(f)
	k.search.symmetryFlag(f)
	return cmd
}

func (k *tlcFlags) run(ctx context.Context, c *cli, args []string) error {
	if err := k.search.check(); err != nil {
		return err
	}
	if k.timeout <= 0 || k.heapMB <= 0 {
		return failf(exitUsage, "--timeout and --heap are positive")
	}
	targets, err := k.sel.targets(args)
	if err != nil {
		return err
	}
	jar, err := tlc.Find(k.jar)
	if err != nil {
		return fail(exitScenario, err)
	}
	code := exitOK
	for _, t := range targets {
		r, err := k.compare(ctx, c, jar, t)
		if e := (*exitError)(nil); errors.As(err, &e) && e.code == exitUndecided && ctx.Err() == nil {
			fmt.Fprintf(c.stderr, "mcheck: %v\n", err) // the others may be decided
			code = worst(code, e.code)
			continue
		}
		if err != nil {
			return err
		}
		if !r.Agree() {
			code = worst(code, exitDisagree)
		}
	}
	return exitWith(code)
}

// compare explores one target and has TLC do the same.
func (k *tlcFlags) compare(ctx context.Context, c *cli, jar string, t target) (*tlc.Report, error) {
	b, err := k.sel.build(t)
	if err != nil {
		return nil, err
	}
	o, err := c.run(ctx, t, b, k.search.options())
	if err != nil {
		return nil, err
	}
	if ctx.Err() == nil && o.result.Complete && !bool(k.search.symmetry) && o.result.Distinct <= tlc.GraphLimit {
		opt := k.search.options()
		opt.Graph, opt.GraphLimit = true, tlc.GraphLimit
		if o, err = c.run(ctx, t, b, opt); err != nil {
			return nil, err
		}
	}
	r, err := tlc.Compare(ctx, jar, b.Model, o.result, tlc.CompareOptions{Timeout: k.timeout, HeapMB: k.heapMB})
	if err != nil {
		code := exitUndecided
		if errors.Is(err, tlc.ErrNotStarted) {
			code = exitScenario
		}
		return nil, failf(code, "%s: %w", t, err)
	}
	return r, c.tlcReport(t, o.result, r)
}

func (c *cli) tlcReport(t target, e *explorer.Result, r *tlc.Report) error {
	verdict := c.paint(green, "agree")
	if !r.Agree() {
		verdict = c.paint(red, "DISAGREE")
	}
	_, err := fmt.Fprintf(c.stdout, "%s %s: distinct=%d generated=%d depth=%d (TLC: %d, %d, %d; %s, %d runs)\n",
		verdict, t, e.Distinct, e.Generated, e.Depth, r.Distinct, r.Generated, r.Depth, r.Version, r.Runs)
	for _, l := range []struct {
		mark  string
		lines []string
	}{{"differs: ", r.Disagreements}, {"compared: ", r.Compared}, {"not compared: ", r.NotCompared}} {
		for _, s := range l.lines {
			fmt.Fprintf(c.stdout, "  %s\n", strings.Join(fill(l.mark+s, matrixWidth-4), "\n    "))
		}
	}
	return fail(exitScenario, err)
}
