package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"mcheck/explorer"
	"mcheck/spec"
)

// coverage writes how many transitions each step made, and how many executed each line of C.
func (c *cli) coverage(ctx context.Context, w io.Writer, o *outcome, opt explorer.Options) error {
	if !o.result.Complete {
		fmt.Fprintf(w, "No coverage: not every state was visited.\n\n")
		return nil
	}
	opt.Checkpoint, opt.Resume = "", "" // those are of the model as it is
	limited, cancel := limit(ctx, opt)
	defer cancel()
	begun := make(chan struct{})
	opt.Begin = func() { close(begun) }
	counts, err := await(limited, "statements were counted", begun, func() ([][]int64, error) {
		return explorer.CountLines(ctx, o.built.Model, opt)
	})
	if limited.Err() != nil {
		fmt.Fprintf(w, "No coverage: %s.\n\n", whyStopped(limited))
		return nil
	}
	if err != nil {
		return failf(exitUndecided, "%s: --coverage: %w", o.target, err)
	}
	type line struct {
		pos  spec.Pos
		text string
	}
	executed := map[line]int64{}
	fmt.Fprintf(w, "Transitions of each step\n")
	for i, a := range o.built.Model.Actions {
		fmt.Fprintf(w, "  %12s  %s\n", thousands(o.result.Fired[i]), actionText(a))
		for k, l := range a.Source {
			executed[line{spec.Pos{File: l.Pos.File, Line: l.Pos.Line}, l.Text}] += counts[i][k]
		}
	}
	lines := slices.SortedFunc(maps.Keys(executed), func(a, b line) int {
		return cmp.Or(cmp.Compare(a.pos.File, b.pos.File), cmp.Compare(a.pos.Line, b.pos.Line), cmp.Compare(a.text, b.text))
	})
	fmt.Fprintf(w, "\nTransitions that executed each line\n")
	for _, l := range lines {
		fmt.Fprintf(w, "  %12s  %s: %s\n", thousands(executed[l]), posText(l.pos), l.text)
	}
	fmt.Fprintln(w)
	return nil
}

// neverFired describes the steps that no reachable state enables, though nothing says that this is
// expected: by their first statement and, of a function that does return to others, the callers
// that it never returns to.
func (o *outcome) neverFired() []string {
	if !o.result.Complete {
		return nil
	}
	type step struct {
		at   spec.Pos
		fn   string
		kind spec.ActorKind
	}
	stepOf := func(a *spec.Action) step {
		if len(a.Source) == 0 {
			return step{fn: a.Name}
		}
		return step{a.Source[0].Pos, a.Source[0].Func, a.Kind}
	}
	fired := map[step]bool{}
	for i, n := range o.result.Fired {
		a := o.built.Model.Actions[i]
		fired[stepOf(a)] = fired[stepOf(a)] || n > 0
	}
	var order []step
	text := map[step]string{}
	callers := map[step][]string{}
	for i, n := range o.result.Fired {
		a := o.built.Model.Actions[i]
		if n > 0 || a.Never != "" {
			continue
		}
		s := stepOf(a)
		if text[s] == "" {
			order = append(order, s)
			text[s] = firstStatement(a)
		}
		callers[s] = append(callers[s], a.To)
	}
	var out []string
	for _, s := range order {
		if fired[s] && !slices.Contains(callers[s], "") {
			out = append(out, text[s]+" returning to "+strings.Join(callers[s], "; "))
		} else {
			out = append(out, text[s])
		}
	}
	return out
}

// neverLines returns the lines of C at which steps begin that none of them ever takes, by file:
// "namei.c:36, 40". A stopped search says nothing.
func (o *outcome) neverLines() []string {
	if !o.result.Complete {
		return nil
	}
	fired := map[spec.Pos]bool{}
	line := func(p spec.Pos) spec.Pos { return spec.Pos{File: p.File, Line: p.Line} }
	for i, n := range o.result.Fired {
		if n > 0 {
			for _, l := range o.built.Model.Actions[i].Source {
				fired[line(l.Pos)] = true
			}
		}
	}
	var files, unplaced []string
	lines := map[string][]int{}
	for i, n := range o.result.Fired {
		a := o.built.Model.Actions[i]
		if n > 0 || a.Never != "" {
			continue
		}
		if len(a.Source) == 0 {
			unplaced = append(unplaced, a.Name)
			continue
		}
		p := line(a.Source[0].Pos)
		if fired[p] || slices.Contains(lines[p.File], p.Line) {
			continue
		}
		if lines[p.File] == nil {
			files = append(files, p.File)
		}
		lines[p.File] = append(lines[p.File], p.Line)
	}
	var out []string
	for _, f := range files {
		slices.Sort(lines[f])
		var ns []string
		for _, n := range lines[f] {
			ns = append(ns, fmt.Sprint(n))
		}
		out = append(out, f+":"+strings.Join(ns, ", "))
	}
	return append(out, unplaced...)
}

// actionText names a step by its statements.
func actionText(a *spec.Action) string {
	s := firstStatement(a)
	if n := len(a.Source) - 1; n > 0 {
		s += fmt.Sprintf(" (+%d)", n)
	}
	if a.To != "" {
		s += " to " + a.To
	}
	return s
}

// firstStatement is the place, the function and the text that a step begins with.
func firstStatement(a *spec.Action) string {
	if len(a.Source) == 0 {
		return a.Name
	}
	l := a.Source[0]
	return fmt.Sprintf("%s: %s(): %s", posText(l.Pos), l.Func, l.Text)
}
