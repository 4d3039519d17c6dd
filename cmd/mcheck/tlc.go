package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mcheck/explorer"
	"mcheck/export/tla/tlc"
	"mcheck/spec/scenario"
)

// tlcFlags is what tlc is asked to do.
type tlcFlags struct {
	sel     selection
	search  search
	jar     string
	timeout time.Duration
	heapMB  int
	jobs    int
	single  bool
}

func newTLC(c *cli) *cobra.Command {
	k := &tlcFlags{}
	cmd := &cobra.Command{
		Use:   "tlc [SCENARIO…]",
		Short: "confirm the explorer's results with TLC on the exported TLA+",
		Long: `Tlc explores each model, exports it, runs TLC on the export and compares: distinct and generated states,
depth, the labelled state graph where it is small, each violated property by its name and the length of its
counterexample, and of each property the number of states in its situation and of those that break it. It also asks
TLC for each property in a few states, reachable or not, where it is true and where it is not. It needs java and TLC's jar: --tla2tools, else $TLA2TOOLS, else Maven's local repository.

One run of TLC does for all that is violated, and one for all counterexamples; where they differ, and with
--one-by-one, each has a run of its own.

It exits with 0 only if everything agrees, with 4 if anything does not.`,
		Example: examples("mcheck tlc ltp-mkfs --design defer-v4", "mcheck tlc --all", "mcheck tlc --model peterson.c"),
		RunE:    func(cmd *cobra.Command, args []string) error { return k.run(cmd.Context(), c, args) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	pathFlag(f, &k.jar, "tla2tools", "", "TLC's jar `FILE`")
	timeFlag(f, &k.timeout, "timeout", 10*time.Minute, 1, "for each run of TLC")
	wholeFlag(f, &k.heapMB, "heap", "", 1500, 1, 1<<30, "megabytes for TLC's heap")
	wholeFlag(f, &k.jobs, "jobs", "j", 0, 0, maxWorkers, "`N` models in TLC at a time (0: one a processor)")
	f.BoolVar(&k.single, "one-by-one", false, "a run of TLC for each violated property, and one for each counterexample")
	k.sel.flags(f, true)
	k.search.flags(f)
	k.search.symmetryFlag(f)
	return cmd
}

func (k *tlcFlags) run(ctx context.Context, c *cli, args []string) error {
	// Here the heap has state graphs, a gigabyte and more for one of 20,000 states: four times as
	// much besides would be too much.
	collectAt(100)
	if err := k.search.check(); err != nil {
		return err
	}
	targets, err := k.sel.targets(ctx, c, args, k.search.options())
	if err != nil {
		return err
	}
	jar, err := tlc.Find(k.jar)
	if err != nil {
		return fail(exitScenario, err)
	}
	ctx, cancel := context.WithCancel(ctx)
	var running []*comparison // in the order of the targets, as they are reported
	defer func() {
		cancel()
		for _, r := range running {
			<-r.done
		}
	}()
	code, compared := exitOK, 0
	report := func() error { // the first that is running
		r := running[0]
		running = running[1:]
		<-r.done
		if r.err == nil {
			r.err = c.tlcReport(r.target, r.explored, r.report)
		}
		if e := (*exitError)(nil); errors.As(r.err, &e) && e.code == exitUndecided && ctx.Err() == nil {
			c.warn("%v", r.err) // the others may be decided
			code = worst(code, e.code)
			return nil
		}
		if r.err != nil {
			if ctx.Err() != nil && len(targets) > 1 {
				c.warn("stopped after %d of %d models", compared, len(targets))
			}
			return r.err
		}
		compared++
		if !r.report.Agree() {
			code = worst(code, exitDisagree)
		}
		return nil
	}
	jobs := k.jobs
	if jobs == 0 {
		jobs = runtime.GOMAXPROCS(0)
	}
	free := make(chan struct{}, jobs)
	for _, t := range targets {
		running = append(running, k.start(ctx, c, jar, t, free))
		for len(running) > 0 && running[0].ended() {
			if err := report(); err != nil {
				return err
			}
		}
	}
	for len(running) > 0 {
		if err := report(); err != nil {
			return err
		}
	}
	return exitWith(code)
}

// comparison is a target that TLC is at, and what comes of it.
type comparison struct {
	target   target
	explored *explorer.Result
	report   *tlc.Report
	err      error
	done     chan struct{} // closed at the end
}

func (r *comparison) ended() bool {
	select {
	case <-r.done:
		return true
	default:
		return false
	}
}

// start explores one target and has TLC do the same, when there is a free place; it returns when
// TLC has begun.
func (k *tlcFlags) start(ctx context.Context, c *cli, jar string, t target, places chan struct{}) *comparison {
	r := &comparison{target: t, done: make(chan struct{})}
	opt := k.search.options()
	b, err := k.sel.build(ctx, t, opt)
	if err == nil {
		r.explored, err = k.explore(ctx, c, t, b, opt)
	}
	if err != nil {
		r.err = err
		close(r.done)
		return r
	}
	select {
	case places <- struct{}{}:
	case <-ctx.Done():
		r.err = stopped(ctx, "TLC was at other models than "+t.String())
		close(r.done)
		return r
	}
	go func() {
		defer close(r.done)
		defer func() { <-places }()
		r.report, r.err = tlc.Compare(ctx, jar, b.Model, r.explored, tlc.CompareOptions{Timeout: k.timeout, HeapMB: k.heapMB, OneByOne: k.single})
		if r.err != nil && ctx.Err() != nil {
			r.err = stopped(ctx, "TLC was at "+t.String())
			return
		}
		if r.err != nil {
			code := exitUndecided
			if errors.Is(r.err, tlc.ErrNotStarted) {
				code = exitScenario
			}
			r.err = failf(code, "%s: %w", t, r.err)
		}
	}()
	return r
}

// explore returns what TLC is to find, with the graph if that is small.
func (k *tlcFlags) explore(ctx context.Context, c *cli, t target, b *scenario.Built, opt explorer.Options) (*explorer.Result, error) {
	opt.Tally = true
	o, err := c.run(ctx, t, b, opt)
	if err == nil && ctx.Err() == nil && o.result.Complete && !bool(k.search.symmetry) && o.result.Distinct <= tlc.GraphLimit {
		opt.Graph, opt.GraphLimit = true, tlc.GraphLimit
		o, err = c.run(ctx, t, b, opt)
	}
	if err != nil {
		return nil, err
	}
	return o.result, nil
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
