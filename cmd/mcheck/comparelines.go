package main

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"mcheck/explorer"
	"mcheck/spec"
	"mcheck/spec/scenario"
)

// execution is how often a statement is executed in a scenario.
type execution struct {
	File string `json:"file"`
	Line int    `json:"line"`
	End  int    `json:"end"`
	Text string `json:"text"`
	// it has accesses of its own; else it is part of a step of its neighbours
	Exact bool  `json:"exact"`
	Count int64 `json:"count"` // transitions
	Prop  bool  `json:"prop"`  // it stands in a property, which is evaluated in every state

	removed bool // the patch takes it away: the count is of the first design
}

// executions counts how often the statements that stand on the given lines are executed.
func executions(ctx context.Context, b *scenario.Built, lines map[string][]int, opt explorer.Options) ([]execution, error) {
	type place struct {
		file string
		line int
	}
	within := map[place]int{} // line → position of its statement in b.Statements, the innermost
	for i, s := range b.Statements {
		for l := s.Pos.Line; l <= s.End; l++ {
			within[place{s.Pos.File, l}] = i
		}
	}
	wanted := map[int]bool{} // statements
	for _, file := range slices.Sorted(maps.Keys(lines)) {
		for _, l := range lines[file] {
			if i, ok := within[place{file, l}]; ok {
				wanted[i] = true
			}
		}
	}
	if len(wanted) == 0 {
		return nil, nil
	}
	// A statement without a step of its own counts as its neighbour.
	has := map[int]bool{}
	for _, a := range b.Model.Actions {
		for _, l := range a.Source {
			if i, ok := within[place{l.Pos.File, l.Pos.Line}]; ok {
				has[i] = true
			}
		}
	}
	standsFor := map[int][]int{} // the statement whose count it has → statements
	for _, i := range slices.Sorted(maps.Keys(wanted)) {
		if j, ok := neighbour(b, i, has); ok {
			standsFor[j] = append(standsFor[j], i)
		}
	}
	counts := map[int]int64{}
	if len(standsFor) > 0 {
		m := *b.Model
		m.Actions = nil
		for _, a := range b.Model.Actions {
			some := *a
			some.Source = slices.DeleteFunc(slices.Clone(a.Source), func(l spec.SourceLine) bool {
				i, ok := within[place{l.Pos.File, l.Pos.Line}]
				return !ok || standsFor[i] == nil
			})
			m.Actions = append(m.Actions, &some)
		}
		all, err := explorer.CountLines(ctx, &m, opt)
		if err != nil {
			return nil, err
		}
		for k, a := range m.Actions {
			times := map[int]int64{} // a statement of several lines may stand there more than once
			for n, l := range a.Source {
				i := within[place{l.Pos.File, l.Pos.Line}]
				times[i] = max(times[i], all[k][n])
			}
			for i, n := range times {
				for _, j := range standsFor[i] {
					counts[j] += n
				}
			}
		}
	}
	var out []execution
	for _, i := range slices.Sorted(maps.Keys(wanted)) {
		s := b.Statements[i]
		if s.Text == "{" { // the body of a function stands for its statements
			continue
		}
		out = append(out, execution{File: s.Pos.File, Line: s.Pos.Line, End: s.End, Text: s.Text, Exact: has[i],
			Count: counts[i], Prop: s.Property})
	}
	return out, nil
}

// neighbour is the statement whose step executes statement i: itself, else the last one before it
// in its function that has a step, else the first after it.
func neighbour(b *scenario.Built, i int, has map[int]bool) (int, bool) {
	same := func(j int) bool {
		return j >= 0 && j < len(b.Statements) && b.Statements[j].Func == b.Statements[i].Func
	}
	for j := i; same(j); j-- {
		if has[j] {
			return j, true
		}
	}
	for j := i; same(j); j++ {
		if has[j] {
			return j, true
		}
	}
	return 0, false
}

// gracePeriodEnds is what the statement of the kernel model says that ends a grace period which a
// task waits for.
const gracePeriodEnds = "ghost_grace_period()"

// withGracePeriods returns lines with those of the statements that end a grace period.
func withGracePeriods(b *scenario.Built, lines map[string][]int) map[string][]int {
	out := maps.Clone(lines)
	for _, s := range b.Statements {
		if strings.Contains(s.Text, gracePeriodEnds) {
			out[s.Pos.File] = append(slices.Clone(out[s.Pos.File]), s.Pos.Line)
		}
	}
	return out
}

// gracePeriods is the number of transitions that end a grace period which a task waits for.
func gracePeriods(all []execution) int64 {
	n := int64(0)
	for _, e := range all {
		if strings.Contains(e.Text, gracePeriodEnds) {
			n += e.Count
		}
	}
	return n
}

// statementCount is a changed statement over all scenarios.
type statementCount struct {
	execution
	scenarios []string // that execute it
}

func (s statementCount) never() bool { return s.Count == 0 && !s.Prop }

// statements adds up the executions of each changed statement, in the order of the text.
func (s *summary) statements() []statementCount {
	type key struct {
		file    string
		line    int
		removed bool
	}
	all := map[key]*statementCount{}
	for _, r := range s.runs {
		for _, e := range r.executed {
			k := key{e.File, e.Line, e.removed}
			if all[k] == nil {
				all[k] = &statementCount{execution: e}
				all[k].Count, all[k].Exact = 0, false
			}
			all[k].Count += e.Count
			all[k].Exact = all[k].Exact || e.Exact
			if e.Count > 0 {
				all[k].scenarios = append(all[k].scenarios, r.sc.Name)
			}
		}
	}
	var out []statementCount
	for _, c := range all {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b statementCount) int {
		first := func(s statementCount) int {
			if s.removed {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(first(a), first(b)))
	})
	return out
}
