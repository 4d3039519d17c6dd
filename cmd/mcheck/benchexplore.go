package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"mcheck/explorer"
	"mcheck/internal/cputime"
	"mcheck/spec"
)

// benchExplored is what one run of mcheck found, as it passes it to the process that measures.
type benchExplored struct {
	States      int64    `json:"states"`
	Transitions int64    `json:"transitions"`
	Seconds     float64  `json:"seconds"`
	CPU         float64  `json:"cpu_seconds"`
	Stored      float64  `json:"bytes_per_state"`
	Bits        int      `json:"bits"`
	Held        []string `json:"held"` // the INVARIANTs that are not violated
}

// newBenchExplore is the part of bench that is one run of mcheck.
func newBenchExplore(c *cli) *cobra.Command {
	var workers int
	var ready int64
	var check []string
	var all bool
	cmd := &cobra.Command{
		Use:    "explore MODEL",
		Short:  "one run of mcheck on a model of bench",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			bm, ok := findBenchModel(args[0])
			if !ok {
				return failf(exitUsage, "bench has no model %q", args[0])
			}
			m, err := await(cmd.Context(), "the model was built", nil, bm.build)
			if err != nil {
				return fail(exitModel, err)
			}
			if !all {
				m = withProperties(m, check)
			}
			opt := explorer.Options{Workers: workers}
			begin, before := time.Now(), cputime.Now()
			if ready > 0 {
				opt.Capacity, opt.Engine = ready, explorer.Native
				opt.Begin = func() { begin, before = time.Now(), cputime.Now() }
			}
			r, err := explorer.Explore(cmd.Context(), m, opt)
			seconds, cpu := time.Since(begin).Seconds(), (cputime.Now() - before).Seconds()
			if err != nil {
				return fail(exitUndecided, err)
			}
			if !r.Complete {
				return failf(exitUndecided, "the search is not complete: %s", r.Reason)
			}
			x := benchExplored{States: r.Distinct, Transitions: r.Transitions, Seconds: seconds, CPU: cpu,
				Stored: r.BytesPerState, Bits: r.StateBits}
			for _, p := range r.Properties {
				if p.Property.Kind == spec.Invariant && p.Verdict != explorer.Violated {
					x.Held = append(x.Held, p.Property.Name)
				}
			}
			return fail(exitScenario, json.NewEncoder(c.stdout).Encode(x))
		},
	}
	cmd.Flags().IntVar(&workers, "workers", 1, "`N` threads")
	cmd.Flags().Int64Var(&ready, "ready", 0, "begin with a table for `N` states and with native code, and measure from then on")
	cmd.Flags().StringSliceVar(&check, "check", nil, "the `PROPERTIES` to check")
	cmd.Flags().BoolVar(&all, "all", false, "check all properties")
	return cmd
}

// apartEnv is set for those parts. They start none; a program that is not mcheck, such as one that
// tests a part of it, would begin again each time.
const apartEnv = "MCHECK_BENCH_PART"

// apart runs one of the hidden parts of bench in a process of its own and returns what it printed
// and the largest resident set. (A process that has had much memory passes that on to those it
// starts, as far as the kernel's accounts go; so the one that measures uses none.)
func apart(ctx context.Context, args ...string) (out []byte, peak int64, err error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, 0, err
	}
	if os.Getenv(apartEnv) != "" {
		return nil, 0, fmt.Errorf("a part of bench starts no other one")
	}
	cmd := exec.CommandContext(ctx, exe, append([]string{"bench"}, args...)...)
	cmd.Args[0] = os.Args[0]
	cmd.Env = append(os.Environ(), apartEnv+"=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if out, err = cmd.Output(); err != nil {
		return nil, 0, fmt.Errorf("%w: %s", err, strings.TrimSpace(stderr.String()))
	}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		peak = usage.Maxrss * 1024
	}
	return out, peak, nil
}

// exploreApart runs mcheck on a model and returns what it found and the largest resident set.
func exploreApart(ctx context.Context, model string, args ...string) (peak int64, x benchExplored, err error) {
	out, peak, err := apart(ctx, append([]string{"explore", model}, args...)...)
	if err != nil {
		return 0, x, err
	}
	return peak, x, json.Unmarshal(out, &x)
}

// ours is mcheck with so many workers; if it should be ready its table and its native code are
// there before the clock runs, as those of its peers are.
func ours(workers int, ready bool) func(context.Context, *benchCase) (benchRunner, error) {
	return func(_ context.Context, c *benchCase) (benchRunner, error) {
		var names []string
		for _, p := range c.model.Properties {
			names = append(names, p.Name)
		}
		args := []string{"--workers", strconv.Itoa(workers), "--check", strings.Join(names, ",")}
		if ready {
			args = append(args, "--ready", strconv.FormatInt(c.states, 10))
		}
		return &ourRunner{c.name, args}, nil
	}
}

type ourRunner struct {
	model string
	args  []string
}

func (r *ourRunner) close() {}

func (r *ourRunner) run(ctx context.Context) (sample, error) {
	peak, x, err := exploreApart(ctx, r.model, r.args...)
	return sample{states: x.States, transitions: x.Transitions, seconds: x.Seconds, cpu: x.CPU, peak: peak, stored: x.Stored}, err
}
