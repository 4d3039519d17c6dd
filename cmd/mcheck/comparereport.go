package main

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"mcheck/export/text"
	"mcheck/spec/scenario"
)

const (
	tracesInFull  = 1   // counterexamples that a comparison prints in full
	traceEnd      = 14  // lines of the steps of the others, at the end of each
	scenariosTold = 4   // of those in which a property differs
	muchLarger    = 2.0 // the number of states differs much from this factor on
)

// compareReport writes a comparison for people: what breaks as soon as it is found, all else at
// the end.
type compareReport struct {
	c    *cli
	cmp  *comparer
	told map[string]bool // the properties whose violation was announced
	done int
}

func (r *compareReport) head(name, commit string) error {
	w := bufio.NewWriter(r.c.stdout)
	r.para(w, 0, fmt.Sprintf("%s on %s", name, r.cmp.base.name))
	if commit != "" {
		r.para(w, 2, "The patch records the base commit "+commit+" of its kernel tree; the model stands for "+r.cmp.base.name+".")
	}
	for _, file := range slices.Sorted(maps.Keys(r.changedFiles())) {
		r.para(w, 2, fmt.Sprintf("%s: lines added %d, removed %d", file, len(r.cmp.change.added[file]), len(r.cmp.change.removed[file])))
	}
	fmt.Fprintln(w)
	return w.Flush()
}

func (r *compareReport) changedFiles() map[string]bool {
	files := map[string]bool{}
	for _, m := range []map[string][]int{r.cmp.change.added, r.cmp.change.removed} {
		for f := range m {
			files[f] = true
		}
	}
	return files
}

// run announces the first violation of each property.
func (r *compareReport) run(run *comparedRun) error {
	r.done++
	if r.c.tty {
		fmt.Fprintf(r.c.stderr, "\r\x1b[K%d of %d scenarios", r.done, len(r.cmp.scenarios))
	}
	if run.with == nil {
		return nil
	}
	for _, d := range run.differences() {
		if !d.breaks() || r.told[d.prop.Name] {
			continue
		}
		r.told[d.prop.Name] = true
		r.clear()
		if _, err := fmt.Fprintf(r.c.stdout, "%s %s in %s (%s)\n", r.c.paint(red, "breaks"), d.prop.Name, run.sc.Name, stepCount(d.prop.Steps)); err != nil {
			return err
		}
	}
	return nil
}

func (r *compareReport) clear() {
	if r.c.tty {
		fmt.Fprint(r.c.stderr, "\r\x1b[K")
	}
}

// end writes what changed, worst first, what the verdicts rest on, and the answer in one line.
func (r *compareReport) end(s *summary, statements []statementCount) error {
	r.clear()
	w := bufio.NewWriter(r.c.stdout)
	if len(r.told) > 0 {
		fmt.Fprintln(w)
	}
	shown := map[string]bool{}
	for _, g := range s.broken {
		r.broken(w, g, shown)
	}
	for _, l := range []struct {
		title  string
		groups []group
	}{
		{"Not decided any more", s.undecided},
		{"Holds now, was violated", s.mended},
		{"Reached now, was not", s.reached},
		{"No longer reached", s.unreached},
		{"Vacuous now: its situation no longer arises, so that nothing is said of it", s.vacuous},
		{"Holds where its situation did not arise before", s.arises},
		{"Not promised, and violated now", s.notPromised},
		{"Not promised, and no longer violated", s.meets},
	} {
		if len(l.groups) == 0 {
			continue
		}
		r.para(w, 0, l.title+":")
		for _, g := range l.groups {
			r.para(w, 2, g.name+" in "+where(g, false))
		}
		fmt.Fprintln(w)
	}
	r.sizes(w, s)
	r.coverage(w, statements)
	r.impossible(w, s)
	for _, run := range s.runs {
		if run.with.Reason != "" && run.base.Reason == "" {
			r.para(w, 0, fmt.Sprintf("%s: %s is not decided in full: %s", r.c.paint(yellow, "Note"), run.sc.Name, run.with.Reason))
		}
	}
	r.answer(w, s, statements)
	return w.Flush()
}

// broken writes a property that is newly violated, with its shortest counterexample unless that
// was shown for another property.
func (r *compareReport) broken(w io.Writer, g group, shown map[string]bool) {
	d := g.in[0]
	fmt.Fprintf(w, "%s %s\n", r.c.paint(red, "BREAKS"), g.name)
	r.para(w, 2, d.prop.Words)
	was := "It " + d.was.String() + " under " + r.cmp.base.name
	switch {
	case d.onlyNew:
		was = "There is no such property under " + r.cmp.base.name
	case d.was.String() == "vacuous":
		was = "Its situation does not arise under " + r.cmp.base.name
	case d.was.String() == "undecided":
		was = "It is undecided under " + r.cmp.base.name
	}
	r.para(w, 2, was+"; violated in "+where(g, true)+".")
	fmt.Fprintln(w)
	p := d.run.outcome.property(g.name)
	if p == nil || len(p.Trace) == 0 {
		return
	}
	again := "mcheck check " + nameOrPath(d.run.sc) + " -d " + r.cmp.with.name + " --trace " + g.name
	last := fmt.Sprintf("%s %d %v", d.run.sc.Name, len(p.Trace), p.Trace[len(p.Trace)-1].State)
	if shown[last] {
		r.para(w, 2, "The counterexample above violates it as well.")
		fmt.Fprintln(w)
		return
	}
	opt := text.Options{Scenario: d.run.sc.Name, Design: r.cmp.with.name}
	trace := text.Counterexample(d.run.outcome.built.Model, p.Property, p.Trace, opt)
	if len(shown) >= tracesInFull {
		trace = endOfTrace(trace)
		trace += "\n" + strings.Join(fill("In full: "+again, text.Width-2), "\n  ") + "\n"
	}
	shown[last] = true
	fmt.Fprintf(w, "%s\n", trace)
}

// endOfTrace shortens a counterexample to its last steps.
func endOfTrace(trace string) string {
	lines := strings.Split(strings.TrimRight(trace, "\n"), "\n")
	rule := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(strings.TrimSpace(l), "----") })
	end := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "*** ") })
	if rule < 0 || end < 0 {
		return trace
	}
	head := max(0, slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "Shortest counterexample") }))
	from := end - traceEnd
	if from <= rule+2 {
		return strings.Join(lines[head:end+1], "\n") + "\n"
	}
	short := append(slices.Clone(lines[head:rule+1]), "…")
	return strings.Join(append(short, lines[from:end+1]...), "\n") + "\n"
}

// where lists the scenarios of a group, with the lengths of their counterexamples if asked.
func where(g group, lengths bool) string {
	var names []string
	for i, d := range g.in {
		if i == scenariosTold && len(g.in) > scenariosTold+1 {
			names = append(names, fmt.Sprintf("and %d more", len(g.in)-i))
			break
		}
		n := d.run.sc.Name
		if lengths {
			n += " (" + stepCount(d.prop.Steps) + ")"
		}
		names = append(names, n)
	}
	return strings.Join(names, ", ")
}

// sizes writes the scenarios whose numbers of states or of grace periods differ much.
func (r *compareReport) sizes(w io.Writer, s *summary) {
	for _, about := range []struct {
		title string
		of    func(*record) int64
	}{
		{"States that differ much:", func(r *record) int64 { return r.States }},
		{"Transitions that end a grace period which a task waits for, where they differ much:",
			func(r *record) int64 { return r.GracePeriods }},
	} {
		title := false
		for _, run := range s.runs {
			a, b := about.of(run.base), about.of(run.with)
			if run.base.Reason != "" || run.with.Reason != "" || !differMuch(a, b) {
				continue
			}
			if !title {
				title = true
				r.para(w, 0, about.title)
			}
			r.para(w, 2, fmt.Sprintf("%s: %s, %s under %s", run.sc.Name, thousands(b), thousands(a), r.cmp.base.name))
		}
		if title {
			fmt.Fprintln(w)
		}
	}
}

// differMuch reports whether one of two numbers is much larger than the other.
func differMuch(a, b int64) bool {
	x, y := float64(a), float64(b)
	return a != b && (x >= muchLarger*y || y >= muchLarger*x)
}

// coverage writes what the verdicts rest on: how often each changed statement was executed.
func (r *compareReport) coverage(w io.Writer, statements []statementCount) {
	if len(statements) == 0 {
		return
	}
	r.para(w, 0, "What the verdicts rest on: the changed statements, and the transitions that execute them")
	for _, s := range statements {
		sign := "+"
		if s.removed {
			sign = "-"
		}
		r.para(w, 2, fmt.Sprintf("%s %s:%d: %s", sign, s.File, s.Line, s.Text))
		switch {
		case s.Prop:
			r.para(w, 6, "in a property: evaluated in every state")
		case s.Count == 0:
			r.para(w, 6, r.c.paint(yellow, neverExecuted))
		case !s.Exact:
			r.para(w, 6, fmt.Sprintf("part of a neighbour's step: at most %s in %s", thousands(s.Count), names(s.scenarios)))
		default:
			r.para(w, 6, fmt.Sprintf("%s in %s", thousands(s.Count), names(s.scenarios)))
		}
	}
	fmt.Fprintln(w)
}

// scenarioCount is a number of scenarios in words.
func scenarioCount(n int) string {
	if n == 1 {
		return "1 scenario"
	}
	return fmt.Sprintf("%d scenarios", n)
}

// names is how many scenarios there are, and the first of them.
func names(scenarios []string) string {
	told := scenarios
	if len(told) > 3 {
		told = append(slices.Clone(told[:3]), "…")
	}
	return scenarioCount(len(scenarios)) + " (" + strings.Join(told, ", ") + ")"
}

// impossible writes the scenarios that the base can't express.
func (r *compareReport) impossible(w io.Writer, s *summary) {
	if len(s.impossible) == 0 {
		return
	}
	var list []string
	for _, run := range s.impossible {
		list = append(list, run.sc.Name)
	}
	r.para(w, 0, fmt.Sprintf("Not compared, as %s can't be built for them: %s", r.cmp.base.name, strings.Join(list, ", ")))
	fmt.Fprintln(w)
}

// answer writes the answer in one line, which is stable for grep, and what it does not say.
func (r *compareReport) answer(w io.Writer, s *summary, statements []statementCount) {
	memory := "sequentially consistent memory"
	if m := r.cmp.set[scenario.KeyMemoryModel]; m != "" && m != scenario.MemoryModels[0] {
		memory = "memory as in " + m
	}
	r.para(w, 0, "This is about these scenarios, their numbers of tasks, CPUs and mounts, and "+memory+". It says nothing about what the model leaves out (docs/kernel-model.md).")
	fmt.Fprintln(w)
	never := 0
	for _, st := range statements {
		if st.never() {
			never++
		}
	}
	if never > 0 && never == len(statements) {
		r.para(w, 0, r.c.paint(yellow, "Your lines are never executed; the verdicts say nothing about them."))
		fmt.Fprintln(w)
	}
	line := "no difference in " + scenarioCount(len(s.runs))
	colour := green
	switch {
	case len(s.broken) > 0:
		line, colour = fmt.Sprintf("breaks %d in %s", len(s.broken), scenarioCount(len(s.runs))), red
	case len(s.undecided) > 0:
		line, colour = fmt.Sprintf("not decided: %d in %s", len(s.undecided), scenarioCount(len(s.runs))), yellow
	case s.differs():
		line = "breaks nothing in " + scenarioCount(len(s.runs))
	}
	if len(s.mended) > 0 {
		line += fmt.Sprintf(", %d hold now", len(s.mended))
	}
	if never > 0 {
		line += fmt.Sprintf(", %d of %d changed statements never executed", never, len(statements))
		if colour == green {
			colour = yellow
		}
	}
	fmt.Fprintln(w, r.c.paint(colour, line))
}

func (s *summary) differs() bool {
	return len(s.mended)+len(s.vacuous)+len(s.arises)+len(s.reached)+len(s.unreached)+
		len(s.notPromised)+len(s.meets) > 0
}

// para writes a paragraph with an indentation; what does not fit goes below, indented by two more.
func (r *compareReport) para(w io.Writer, indent int, s string) {
	for i, l := range fill(s, text.Width-indent-2) {
		if i == 1 {
			indent += 2
		}
		fmt.Fprintf(w, "%s%s\n", strings.Repeat(" ", indent), l)
	}
}
