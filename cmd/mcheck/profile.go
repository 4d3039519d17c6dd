package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mcheck/explorer"
	"mcheck/export/text"
	"mcheck/spec"
)

// profileFlags is what profile is asked to do.
type profileFlags struct {
	sel    selection
	search search
	top    int
}

const profileHelp = `Profile explores the model and says why it has as many states as it has.

For each variable: how many times as many states there are because of it (all states, divided by those that are left if
it is not looked at), how many values it takes, and the bits it has in a state. A variable with 1.00 says nothing that the
others don't: it costs memory, but no states. For each step: its part of the transitions. Then: what would shrink the space.

Beyond some ten thousand states the numbers of states without a variable are estimates, right to about one per cent.
A search that is stopped (--max-time, --max-states) is profiled as far as it came.`

func newProfile(c *cli) *cobra.Command {
	k := &profileFlags{}
	cmd := &cobra.Command{
		Use:     "profile [SCENARIO]",
		Short:   "say which variables and steps make the state space large, and what would shrink it",
		Long:    profileHelp,
		Example: examples("mcheck profile ltp-mkfs-walk --design defer-v4", "mcheck profile --model percpu.c --max-states 1000000"),
		Args:    atMost(1, "scenario"),
		RunE:    func(cmd *cobra.Command, args []string) error { return k.run(cmd.Context(), c, args) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	wholeFlag(f, &k.top, "top", "", 20, 0, math.MaxInt32, "show `N` variables and steps (0: all)")
	k.sel.flags(f, false)
	k.search.flags(f)
	return cmd
}

func (k *profileFlags) run(ctx context.Context, c *cli, args []string) error {
	if err := k.search.check(); err != nil {
		return err
	}
	opt := k.search.options()
	t, err := k.sel.one(ctx, c, args, opt)
	if err != nil {
		return err
	}
	b, err := k.sel.build(ctx, t, opt)
	if err != nil {
		return err
	}
	opt.Survey = true
	o, err := c.run(ctx, t, b, opt)
	if err != nil {
		return err
	}
	err = c.print(func(w io.Writer) error {
		k.write(w, o)
		return nil
	})
	if err == nil && o.result.Survey == nil && ctx.Err() != nil {
		return failf(exitUndecided, "%s: stopped; there is no profile", t)
	}
	if err == nil && !o.result.Complete {
		return exitWith(exitUndecided)
	}
	return err
}

func (k *profileFlags) write(w io.Writer, o *outcome) {
	r := o.result
	fmt.Fprintf(w, "%s: %s states, %s transitions, depth %d, %d bits a state\n", o.target, thousands(r.Distinct), thousands(r.Transitions), r.Depth, r.StateBits)
	if !r.Complete {
		fmt.Fprintln(w, strings.Join(fill("Not all of it: "+r.Reason+".", text.Width), "\n"))
	}
	if r.Distinct == 0 || r.Survey == nil {
		return
	}
	k.variables(w, r)
	k.steps(w, o)
	fmt.Fprintf(w, "\nWhat would shrink it\n")
	for _, s := range shrinkers(o.built.Model, r) {
		lines := fill(s, text.Width-4)
		fmt.Fprintf(w, "  * %s\n", strings.Join(lines, "\n    "))
	}
}

// matters is how many times as many states a variable must make to be worth a line.
const matters = 1.02

// times is how many times as many states there are because of a variable.
func times(v explorer.VarSurvey, distinct int64) float64 {
	return float64(distinct) / float64(max(1, v.Without))
}

// variables writes those that make states, the worst first, and in one line how many others there
// are.
func (k *profileFlags) variables(w io.Writer, r *explorer.Result) {
	var worst []explorer.VarSurvey
	quiet, quietBits, fixed := 0, 0, 0
	for _, v := range r.Survey {
		switch {
		case v.Bits == 0:
			fixed++
		case times(v, r.Distinct) < matters:
			quiet++
			quietBits += v.Bits
		default:
			worst = append(worst, v)
		}
	}
	slices.SortStableFunc(worst, func(a, b explorer.VarSurvey) int { return cmp.Compare(a.Without, b.Without) })
	fmt.Fprintf(w, "\nVariables: times as many states because of it, values, bits\n")
	for i, v := range worst {
		if k.top > 0 && i == k.top {
			fmt.Fprintf(w, "  … and %d more\n", len(worst)-i)
			break
		}
		fmt.Fprintf(w, "  %7.2f  %8s  %3d  %s\n", times(v, r.Distinct), thousands(v.Values), v.Bits, varText(v.Var))
	}
	if quiet > 0 {
		fmt.Fprintf(w, "  %7s  %8s  %3d  %d others, which say next to nothing that these don't\n", "1.00", "", quietBits, quiet)
	}
	if fixed > 0 {
		fmt.Fprintf(w, "  %7s  %8s  %3d  %d that never change\n", "1.00", "1", 0, fixed)
	}
}

// varText is a variable's name and what it belongs to.
func varText(v *spec.Var) string {
	s := v.Name
	switch {
	case v.Doc != "" && len(v.Doc) <= 40:
		s += " (" + v.Doc + ")"
	case v.Group != "":
		s += " (" + v.Group[strings.LastIndexByte(v.Group, '/')+1:] + ")"
	}
	if v.Ghost && !strings.Contains(s, "ghost") {
		s += ", ghost"
	}
	return s
}

// steps writes which steps make most of the transitions.
func (k *profileFlags) steps(w io.Writer, o *outcome) {
	r := o.result
	order := make([]int, len(r.Fired))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(r.Fired[b], r.Fired[a]) })
	fmt.Fprintf(w, "\nSteps: transitions\n")
	for i, a := range order {
		if r.Fired[a] == 0 {
			break
		}
		if k.top > 0 && i == k.top {
			rest := 0
			for _, b := range order[i:] {
				if r.Fired[b] > 0 {
					rest++
				}
			}
			fmt.Fprintf(w, "  … and %d more\n", rest)
			break
		}
		fmt.Fprintf(w, "  %12s  %4.1f%%  %s\n", thousands(r.Fired[a]), 100*float64(r.Fired[a])/float64(max(1, r.Transitions)), actionText(o.built.Model.Actions[a]))
	}
}
