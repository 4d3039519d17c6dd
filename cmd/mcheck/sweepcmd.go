package main

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"mcheck/explorer"
	"mcheck/internal/near"
	"mcheck/spec/kernel"
	"mcheck/spec/scenario"
	"mcheck/spec/sweep"
)

// sweepFlags is what sweep is asked to do.
type sweepFlags struct {
	commands, setups string
	tasks, length    int
	base, out, shard string
	maxStates        int64
	yes              bool
	search           search // of which it has --max-time only
}

const (
	sweepDir    = "sweep"   // where what is found goes
	manyScripts = 5_000     // without --yes
	mostScripts = 5_000_000 // that a sweep can hold
)

func newSweep(c *cli) *cobra.Command {
	k := &sweepFlags{out: sweepDir}
	cmd := &cobra.Command{
		Use:   "sweep [PATCH…]",
		Short: "find scenarios: try every small script under a design, and under a patch",
		Long: `Sweep enumerates the scripts of up to so many tasks with up to so many commands each, after a fixed list
of set-ups, up to the order of the tasks and without commands that can have no effect. It explores each under the
base, and under the patch if there is one, the smallest first, and keeps the smallest that tell the two apart, or
that violate what must hold, as scenario files in a directory.

The directory also has the state of the sweep: the same command goes on where it was stopped. --shard 2/8 takes
every eighth script; 'mcheck merge' puts the shards together.

Exit codes: those of 'mcheck check PATCH': 0 nothing is worse, 12 something that must hold is violated, 3 stopped.`,
		Example: examples("mcheck sweep my.patch", "mcheck sweep --commands 'umount,umount -l,mkfs' --tasks 1",
			"mcheck sweep my.patch --length 1 --shard 2/8 --out shard2"),
		RunE: func(cmd *cobra.Command, args []string) error { return k.run(cmd.Context(), c, args) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&k.commands, "commands", "umount,umount -l,stat,open,close,cd,mkfs,mount", "the alphabet: `NAMES` with commas, of "+strings.Join(sweep.Commands(), ", "))
	f.StringVar(&k.setups, "setups", "mounted,open file,directory", "the set-ups: `NAMES` with commas, of "+strings.Join(sweep.Setups(), ", "))
	wholeFlag(f, &k.tasks, "tasks", "", 2, 1, sweep.MaxTasks, "up to `N` tasks")
	wholeFlag(f, &k.length, "length", "", 2, 1, sweep.MaxLength, "up to `N` commands in a task")
	nameFlag(f, &k.base, "base", "", "", "sweep this `DESIGN`, or compare patches with it (default: as 'mcheck check' has it)")
	pathFlag(f, &k.out, "out", "", "the `DIR` for what is found, and to resume from (default: sweep)")
	f.StringVar(&k.shard, "shard", "1/1", "take `I/N` of the scripts, for N machines")
	wholeFlag(f, &k.maxStates, "max-states", "", 1_000_000, 1, 1<<40, "give a script up at `N` states")
	f.BoolVar(&k.yes, "yes", false, fmt.Sprintf("sweep more than %s scripts", thousands(manyScripts)))
	k.search.timeFlag(f)
	return cmd
}

var shardRE = regexp.MustCompile(`^([0-9]{1,6})/([0-9]{1,6})$`)

// parseShard returns i and n of "i/n".
func parseShard(text string) (i, n int, err error) {
	if m := shardRE.FindStringSubmatch(text); m != nil {
		i, _ = strconv.Atoi(m[1])
		n, _ = strconv.Atoi(m[2])
	}
	if i < 1 || i > n {
		return 0, 0, failf(exitUsage, "--shard %s: it is I/N, with I from 1 to N, as in 2/8", plain(text))
	}
	return i, n, nil
}

// chosen are the names in a list with commas, each of which must be one of all.
func chosen(flag, list string, all []string) ([]string, error) {
	var out []string
	for _, name := range strings.Split(list, ",") {
		name = strings.TrimSpace(name)
		if !slices.Contains(all, name) {
			return nil, failf(exitUsage, "--%s: there is no %s%s; there are: %s", flag, plain(name), near.Hint(name, all), strings.Join(all, ", "))
		}
		if slices.Contains(out, name) {
			return nil, failf(exitUsage, "--%s: %s is there twice", flag, name)
		}
		out = append(out, name)
	}
	return out, nil
}

// space is the scripts that the flags ask for.
func (k *sweepFlags) space() (*sweep.Space, error) {
	commands, err := chosen("commands", k.commands, sweep.Commands())
	if err != nil {
		return nil, err
	}
	setups, err := chosen("setups", k.setups, sweep.Setups())
	if err != nil {
		return nil, err
	}
	space, err := sweep.New(commands, setups, k.tasks, k.length)
	if err != nil {
		return nil, fail(exitUsage, err)
	}
	switch n := space.Size(); {
	case n == 0:
		return nil, failf(exitUsage, "no script of these commands does anything after these set-ups: nothing is mounted")
	case n > mostScripts:
		return nil, failf(exitUsage, "these are %s scripts; a sweep takes at most %s: choose fewer --commands or --setups, --tasks or --length",
			atLeast(n), thousands(mostScripts))
	case n > manyScripts && !k.yes:
		return nil, failf(exitUsage, "these are %s scripts, which takes long: choose fewer, or say --yes", thousands(n))
	}
	return space, nil
}

func atLeast(n int64) string {
	if n > 1<<60 {
		return "more than " + thousands(1<<60)
	}
	return thousands(n)
}

func (k *sweepFlags) run(ctx context.Context, c *cli, args []string) error {
	i, n, err := parseShard(k.shard)
	if err != nil {
		return err
	}
	space, err := k.space()
	if err != nil {
		return err
	}
	base, with, err := k.designs(ctx, c, args)
	if err != nil {
		return err
	}
	w := &sweeper{c: c, space: space, base: base, with: with, dir: k.out,
		search: explorer.Options{Workers: 1, MaxStates: k.maxStates}}
	var reaches func(string) bool
	if with != nil {
		if reaches, err = w.reaching(); err != nil {
			return err
		}
	}
	w.scripts = space.Scripts(reaches)
	w.state = sweepState{Program: newVerdictCache().programHash(), Shard: i, Shards: n,
		Base: base.name, Scripts: len(w.scripts), Space: space.Size()}
	if with != nil {
		w.state.Design = with.name
	}
	w.state.Identity = w.identity(k.maxStates)
	if len(w.scripts) == 0 {
		return failf(exitUndecided, "none of the %s scripts can reach what %s changes: choose other --commands", thousands(space.Size()), with.name)
	}
	if err := w.resume(); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(c.stdout, w.state.head()); err != nil {
		return fail(exitScenario, err)
	}
	limited, cancel := limit(ctx, k.search.options())
	defer cancel()
	if err := w.explore(limited); err != nil {
		return err
	}
	return w.state.report(c, k.out)
}

// designs reads the base, and the patches on top of it if there are any.
func (k *sweepFlags) designs(ctx context.Context, c *cli, args []string) (base stack, with *stack, err error) {
	type both struct {
		base stack
		with *stack
	}
	b, err := await(ctx, "reading the patches", nil, func() (b both, err error) {
		files := newInputFiles(c.stdin)
		b.base.name = cmp.Or(k.base, scenario.BaseDesign)
		s := &series{}
		if len(args) > 0 {
			if s, err = readSeries(args, files); err != nil {
				return b, err
			}
			b.base.name = cmp.Or(k.base, s.base, scenario.BaseDesign)
		}
		if b.base.patches, err = designPatches(b.base.name, files); err != nil || len(args) == 0 {
			return b, err
		}
		b.with = &stack{b.base.name + "+" + s.name, slices.Concat(b.base.patches, s.patches)}
		return b, nil
	})
	return b.base, b.with, err
}

// reaching says which functions may lead to what the patch changes.
func (w *sweeper) reaching() (func(string) bool, error) {
	change, err := changeBetween(w.base.patches, w.with.patches)
	if err != nil {
		return nil, err
	}
	if change.empty() {
		return nil, failf(exitScenario, "%s changes nothing but comments and blanks: it is the same model as %s", w.with.name, w.base.name)
	}
	from, err := kernel.Sources(w.base.patches...)
	if err != nil {
		return nil, fail(exitScenario, err)
	}
	to, err := kernel.Sources(w.with.patches...)
	if err != nil {
		return nil, fail(exitScenario, err)
	}
	reaches, err := change.reaching(from, to)
	if err != nil {
		return nil, fail(buildCode(err), err)
	}
	return reaches, nil
}
