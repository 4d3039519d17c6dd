package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"

	"mcheck/explorer"
)

// coverageTotals is how often the statements of the kernel model are executed, over several runs.
type coverageTotals struct {
	designs []*designCoverage
}

// designCoverage is that of one design.
type designCoverage struct {
	name       string
	runs       int
	unfinished []string // scenarios not every state of which was visited
	counts     map[string]*statementCount
}

// add counts the statements of a run.
func (t *coverageTotals) add(ctx context.Context, o *outcome) error {
	i := slices.IndexFunc(t.designs, func(d *designCoverage) bool { return d.name == o.target.design })
	if i < 0 {
		i = len(t.designs)
		t.designs = append(t.designs, &designCoverage{name: o.target.design, counts: map[string]*statementCount{}})
	}
	d := t.designs[i]
	if !o.result.Complete {
		d.unfinished = append(d.unfinished, o.target.name())
		return nil
	}
	all := map[string][]int{}
	for _, s := range o.built.Statements {
		all[s.Pos.File] = append(all[s.Pos.File], s.Pos.Line)
	}
	es, err := executions(ctx, o.built, all, explorer.Options{Workers: 1})
	if ctx.Err() != nil {
		d.unfinished = append(d.unfinished, o.target.name())
		return nil
	}
	if err != nil {
		return failf(exitUndecided, "%s: --coverage: %w", o.target, err)
	}
	d.runs++
	for _, e := range es {
		key := fmt.Sprintf("%s:%d", e.File, e.Line)
		if d.counts[key] == nil {
			d.counts[key] = &statementCount{execution: e}
			d.counts[key].Count, d.counts[key].Exact = 0, false
		}
		c := d.counts[key]
		c.Count += e.Count
		c.Exact = c.Exact || e.Exact
		if e.Count > 0 {
			c.scenarios = append(c.scenarios, o.target.name())
		}
	}
	return nil
}

// write writes for each design the statements that are never executed, and then how often each
// other one is.
func (t *coverageTotals) write(out io.Writer) error {
	w := bufio.NewWriter(out)
	for _, d := range t.designs {
		var never, executed []*statementCount
		for _, c := range d.counts {
			switch {
			case c.Prop:
			case c.never():
				never = append(never, c)
			default:
				executed = append(executed, c)
			}
		}
		for _, l := range [][]*statementCount{never, executed} {
			slices.SortFunc(l, func(a, b *statementCount) int {
				return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
			})
		}
		fmt.Fprintf(w, "\nCoverage of %s: %d of %d statements executed in %s\n", d.name, len(executed), len(executed)+len(never), scenarioCount(d.runs))
		for _, n := range d.unfinished {
			fmt.Fprintf(w, "  not counted, as not every state was visited: %s\n", n)
		}
		if len(never) > 0 {
			fmt.Fprintf(w, "\n  Never executed: the verdicts say nothing about these\n")
		}
		for _, c := range never {
			fmt.Fprintf(w, "    %s:%d: %s\n", c.File, c.Line, c.Text)
		}
		fmt.Fprintf(w, "\n  Transitions that execute each statement, and scenarios (of ~ it is part of a neighbour's step: at most)\n")
		for _, c := range executed {
			about := " "
			if !c.Exact {
				about = "~"
			}
			fmt.Fprintf(w, "  %s%12s %4d  %s:%d: %s\n", about, thousands(c.Count), len(c.scenarios), c.File, c.Line, c.Text)
		}
	}
	return w.Flush()
}
