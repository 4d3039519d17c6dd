package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"mcheck/explorer"
)

// estimateFlags is what estimate is asked to do.
type estimateFlags struct {
	sel     selection
	workers int
	memory  size
	probe   time.Duration
	maxTime time.Duration
}

const estimateHelp = `Estimate explores for a few seconds, and guesses from how the levels of the search have grown how many states
there are, with a spread, and whether they fit into memory. A model that is explored to its end meanwhile is counted.

It is a guess: it takes the sizes of the levels for one hump. With models like the built-in scenarios the true number
lies in the spread in about nine of ten cases once the search has seen a tenth of the states; if it has seen less,
there are often more than the spread says. 'mcheck check' shows the same estimate in its progress line.`

func newEstimate(c *cli) *cobra.Command {
	k := &estimateFlags{}
	cmd := &cobra.Command{
		Use:     "estimate [SCENARIO]",
		Short:   "guess how many states there are, and whether they fit into memory",
		Long:    estimateHelp,
		Example: examples("mcheck estimate ltp-mkfs-walk -d defer-v4 --set walkers=2", "mcheck estimate --model percpu.c --set WALKERS=5 --memory 8GiB"),
		Args:    atMost(1, "scenario"),
		RunE:    func(cmd *cobra.Command, args []string) error { return k.run(cmd.Context(), c, args) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	timeFlag(f, &k.probe, "for", 5*time.Second, 1, "explore for this `TIME`")
	timeFlag(f, &k.maxTime, "max-time", 0, 0, "stop after this `TIME`, building included, without an estimate")
	wholeFlag(f, &k.workers, "workers", "w", 0, 0, maxWorkers, "`N` threads (0: one a processor)")
	f.Var(&k.memory, "memory", "ask whether they fit into this, as in 4GiB (default: what the machine has available)")
	k.sel.flags(f, false)
	return cmd
}

func (k *estimateFlags) run(ctx context.Context, c *cli, args []string) error {
	whole := explorer.Options{MaxTime: k.maxTime, Started: time.Now()}
	t, err := k.sel.one(ctx, c, args, whole)
	if err != nil {
		return err
	}
	b, err := k.sel.build(ctx, t, whole)
	if err != nil {
		return err
	}
	ctx, cancel := limit(ctx, whole)
	defer cancel()
	m := withProperties(b.Model, nil) // whether they hold costs time
	var last explorer.Progress
	begun := make(chan struct{})
	opt := explorer.Options{Workers: k.workers, MaxTime: k.probe, Progress: func(p explorer.Progress) { last = p }, Begin: func() { close(begun) }}
	r, err := await(ctx, "the search of "+t.String()+" was prepared", begun, func() (*explorer.Result, error) {
		return explorer.Explore(ctx, m, opt)
	})
	var stop *exitError
	if errors.As(err, &stop) {
		return err
	}
	if err != nil {
		return failf(exitUndecided, "%s: %w", t, err)
	}
	if ctx.Err() != nil {
		return failf(exitUndecided, "%s: %s after %s states at depths up to %d; there is no estimate", t, whyStopped(ctx), thousands(r.Distinct), r.Depth)
	}
	search := search{workers: k.workers}
	room := roomFor(0)
	if k.memory > 0 {
		room = max(1, int64(k.memory)-search.beside())
	}
	return c.print(func(w io.Writer) error {
		writeEstimate(w, t.String(), r, last, room)
		return nil
	})
}

// writeEstimate says what a search that was perhaps stopped promises.
func writeEstimate(w io.Writer, name string, r *explorer.Result, last explorer.Progress, room int64) {
	switch {
	case r.Error != nil:
		fmt.Fprintf(w, "%s: the model can't be evaluated: %s\n", name, r.Error.Message)
		return
	case r.Complete:
		fmt.Fprintf(w, "%s has %s states: counted, in %.2f s and %s\n", name, thousands(r.Distinct), r.Seconds, formatBytes(r.Bytes))
		return
	}
	fmt.Fprintf(w, "%s: %s\n", name, progressText(last, 0))
	e, ok := explorer.EstimateStates(last.Levels)
	if !ok {
		fmt.Fprintf(w, "No estimate: nothing is to be seen of an end. There are more than %s states.\n", thousands(last.Distinct))
		return
	}
	fmt.Fprintf(w, "Estimate: %s states; %s to %s is likely.\n", roughly(e.Likely), roughly(e.Low), roughly(e.High))
	if rate := float64(last.Distinct) / last.Elapsed.Seconds(); rate > 0 {
		fmt.Fprintf(w, "At %s states a second that is %s to %s.\n", roughly(rate), duration(e.Low/rate), duration(e.High/rate))
	}
	f := newFit(e, last, room)
	fmt.Fprintf(w, "They take about %s to %s", formatBytes(int64(f.low)), formatBytes(int64(f.high)))
	if f.room > 0 {
		fmt.Fprintf(w, "; there is %s: %s", formatBytes(f.room), map[string]string{
			"fits": "that fits", "may not fit": "that may not fit", "does not fit": "that does not fit"}[f.verdict()])
	}
	fmt.Fprintln(w, ".")
	if f.room > 0 && f.verdict() != "fits" {
		fmt.Fprintln(w, "Denser than the default are --store tree, and with a bound on what may be missed --store hash; --memory uses the disk too.\n'mcheck profile' says what makes the space large.")
	}
}

// duration writes seconds for people.
func duration(seconds float64) string {
	switch {
	case seconds < 100:
		return fmt.Sprintf("%.0f s", seconds)
	case seconds < 6000:
		return fmt.Sprintf("%.0f min", seconds/60)
	case seconds < 360000:
		return fmt.Sprintf("%.0f h", seconds/3600)
	}
	return fmt.Sprintf("%.0f days", seconds/86400)
}
