package main

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mcheck/explorer"
	"mcheck/spec/scenario"
)

func newDiff(c *cli) *cobra.Command {
	k := &compareFlags{}
	cmd := &cobra.Command{
		Use:   "diff BASE DESIGN [SCENARIO…]",
		Short: "what DESIGN changes over BASE, in every built-in scenario",
		Long: `Diff explores every built-in scenario, or those named, under two designs, and shows what the second
changes: properties that it newly violates, with a counterexample, properties that hold now, what is newly or no
longer reached, and how often each changed statement is executed. 'mcheck check MY.patch' is the same for a patch
and the design that it is on top of.

Exit codes: 0 nothing is worse, 12 something is newly violated (11 a deadlock, 13 a liveness property), 3 not
decided, or a changed statement that no scenario executes.`,
		Example: examples("mcheck diff v6.15 defer-v4", "mcheck diff defer-v4 defer-v4+./fix.patch ltp-mkfs"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) < 2 {
				return failf(exitUsage, "diff needs two designs: mcheck diff BASE DESIGN")
			}
			return k.compare(cmd.Context(), c, args[2:], func(files *inputFiles) (from, to stack, commit string, err error) {
				from, to = stack{name: args[0]}, stack{name: args[1]}
				if from.patches, err = designPatches(args[0], files); err == nil {
					to.patches, err = designPatches(args[1], files)
				}
				return from, to, "", err
			})
		},
	}
	cmd.Flags().SortFlags = false
	k.flags(cmd)
	return cmd
}

// compareFlags are those of a comparison.
type compareFlags struct {
	set    map[string]string
	format string
	memory memoryFlags
	search search // of which it has --max-time only
}

func (k *compareFlags) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	settingsFlag(f, &k.set, "override a directive of the scenarios: `KEY=VALUE`, as in --set walkers=2")
	choiceFlag(f, &k.format, "format", compareFormats, "`text|json|junit|ktap|sarif`; json is one object")
	k.memory.flags(f)
	k.search.timeFlag(f)
}

// checkPatches compares patches with the design that they are on top of.
func (k *checkFlags) checkPatches(ctx context.Context, c *cli, patches, scenarios []string) error {
	if k.sel.model != "" || k.sel.raw || k.trace != "" || k.values || k.explain || k.coverage || k.search.checkpoint != "" || k.search.resume != "" {
		return failf(exitUsage, "a patch is compared with its base: --model, --raw, --trace, --values, --explain, --coverage, "+
			"--checkpoint and --resume are for one scenario under one design ('mcheck check SCENARIO -d PATCH')")
	}
	f := &compareFlags{set: k.sel.memory.over(k.sel.set), format: k.format, search: k.search}
	return f.compare(ctx, c, scenarios, func(files *inputFiles) (from, to stack, commit string, err error) {
		if k.modelDir != "" {
			from, to, err = k.modelDirStacks(files)
			return from, to, "", err
		}
		s, err := readSeries(patches, files)
		if err != nil {
			return from, to, "", err
		}
		base := cmp.Or(k.base, s.base, scenario.BaseDesign)
		below, err := designPatches(base, files)
		return stack{base, below}, stack{base + "+" + s.name, slices.Concat(below, s.patches)}, s.commit, err
	})
}

// compare compares two designs, which read returns, in the scenarios named, or in all built-in
// ones.
func (k *compareFlags) compare(ctx context.Context, c *cli, args []string,
	read func(*inputFiles) (from, to stack, commit string, err error)) error {
	var base, with stack
	var commit string
	limited, cancel := limit(ctx, k.search.options())
	defer cancel()
	scenarios, err := await(limited, "reading what to compare", nil, func() (scs []*scenario.Scenario, err error) {
		files := newInputFiles(c.stdin)
		if base, with, commit, err = read(files); err == nil {
			scs, err = comparedScenarios(args, files)
		}
		return scs, err
	})
	if err != nil {
		return err
	}
	change, err := changeBetween(base.patches, with.patches)
	if err != nil {
		return err
	}
	if change.empty() {
		return failf(exitScenario, "%s changes nothing but comments and blanks: it is the same model as %s", with.name, base.name)
	}
	cp := &comparer{base: base, with: with, change: change, scenarios: scenarios, set: k.memory.over(k.set),
		search: explorer.Options{Workers: 1, MaxTime: k.search.maxTime}, cache: newVerdictCache()}
	rep := &compareReport{c: c, cmp: cp, told: map[string]bool{}}
	text := k.format == "text"
	if text {
		if err := rep.head(strings.TrimPrefix(with.name, base.name+"+"), commit); err != nil {
			return fail(exitScenario, err)
		}
	}
	var runs []*comparedRun
	var failed error
	err = cp.run(ctx, func(r *comparedRun) {
		runs = append(runs, r)
		if text && failed == nil {
			failed = rep.run(r)
		}
	})
	rep.clear()
	if err != nil {
		return err
	}
	if failed != nil {
		return fail(exitScenario, failed)
	}
	s := summarize(runs)
	statements := s.statements()
	if len(runs) < len(cp.scenarios) {
		statements = nil // what was not compared may execute them
	}
	if text {
		err = rep.end(s, statements)
	} else {
		cm := &verdictDiff{comparer: cp, summary: s, statements: statements}
		for _, sc := range cp.scenarios[len(runs):] {
			cm.unfinished = append(cm.unfinished, sc.Name)
		}
		err = cm.write(c.stdout, k.format)
	}
	if err != nil {
		return fail(exitScenario, err)
	}
	code := s.exitCode(statements)
	if len(runs) < len(cp.scenarios) {
		c.warn("stopped after %d of %d scenarios", len(runs), len(cp.scenarios))
		code = worst(exitUndecided, code)
	}
	if len(s.runs) == 0 && len(s.impossible) > 0 {
		return failf(exitScenario, "%s can be built for none of the scenarios: %s", base.name, s.impossible[0].base.Impossible)
	}
	return exitWith(code)
}

func encodeJSON(w io.Writer, v any) error { return json.NewEncoder(w).Encode(v) }

// comparedScenarios loads the scenarios that args name; none: all built-in ones, the quick first.
func comparedScenarios(args []string, files *inputFiles) ([]*scenario.Scenario, error) {
	named := len(args) > 0
	if !named {
		args = scenario.Names()
	}
	var out []*scenario.Scenario
	for _, a := range args {
		sc, err := (&selection{files: files}).load(a)
		if err != nil {
			return nil, fail(exitScenario, err)
		}
		out = append(out, sc)
	}
	if !named {
		rank := func(sc *scenario.Scenario) int {
			if sc.Quick {
				return 0
			}
			return 1
		}
		slices.SortStableFunc(out, func(a, b *scenario.Scenario) int { return cmp.Compare(rank(a), rank(b)) })
	}
	return out, nil
}

// splitPatches tells the patches among the arguments of check from the scenarios. A patch that is
// all that --design names, with no scenario, is meant in the same way.
func splitPatches(k *checkFlags, args []string) (patches, scenarios []string) {
	for _, a := range args {
		if isPatch(a) {
			patches = append(patches, a)
		} else {
			scenarios = append(scenarios, a)
		}
	}
	if len(args) == 0 && len(k.sel.designs) == 1 && isPatch(k.sel.designs[0]) {
		patches = k.sel.designs
	}
	return patches, scenarios
}

// nameOrPath is what names a scenario on the command line.
func nameOrPath(sc *scenario.Scenario) string {
	if sc.Path == sc.Name+".sh" && slices.Contains(scenario.Names(), sc.Name) {
		return sc.Name
	}
	return sc.Path
}
