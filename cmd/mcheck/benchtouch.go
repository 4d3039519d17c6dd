package main

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"mcheck/states"
)

// A host may give memory to a virtual machine on its first use only, and take back what has been
// free for some seconds. On one such host a page of 4 KiB took 13 µs then, which is 3 s a gigabyte:
// as long as a search, and no property of an engine. So before each run a process uses as much
// memory as the run will need, and ends: what it leaves is free, and the machine's.

// newBenchTouch is that process: one of its own, as a process that has had much memory passes that
// on to those it starts, as far as the kernel's accounts go.
func newBenchTouch() *cobra.Command {
	return &cobra.Command{
		Use:    "touch BYTES",
		Short:  "use memory once",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			n, err := strconv.Atoi(args[0])
			if err != nil || n <= 0 {
				return failf(exitUsage, "%q is no number of bytes", args[0])
			}
			b, err := states.NewBitset(8*int64(n), nil) // in the pages that mcheck's states are in
			if err != nil {
				return fail(exitScenario, err)
			}
			for i := 0; i < n; i += 4096 {
				b.Set(8 * int64(i))
			}
			b.Close()
			return nil
		},
	}
}

// moreTouched is how much more is used than the run will need: which of the free pages it gets is
// not up to us, and it may ask for them a second later only. With a gigabyte of them a search of
// mcheck that takes 340 MB was a twentieth faster than with 40 MB.
const moreTouched = 1 << 30

// touchApart runs newBenchTouch for an engine with these runs, or with none, which is supposed to
// take four times as much memory as mcheck.
func touchApart(ctx context.Context, bc *benchCase, runs []sample) error {
	n := 4 * bc.peak
	if len(runs) > 0 {
		n = runs[len(runs)-1].peak / 8 * 9
	}
	if _, _, err := apart(ctx, "touch", strconv.FormatInt(n+moreTouched, 10)); err != nil {
		return fmt.Errorf("using memory before a run: %w", err)
	}
	return nil
}
