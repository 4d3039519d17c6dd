package main

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"mcheck/explorer"
	"mcheck/export/mail"
	"mcheck/export/text"
	"mcheck/internal/safe"
	"mcheck/spec"
	"mcheck/spec/symmetry"
)

// singleReport shows one run in full.
type singleReport struct {
	c       *cli
	trace   string // the only property whose trace is wanted, or ""
	values  bool
	explain bool
	full    bool // whole traces, not their mail forms
	verbose bool // a line for each verdict
	// coverage writes how often each step and line fired; nil: it is not asked for
	coverage func(io.Writer, *outcome) error
}

func (r *singleReport) outcome(o *outcome) error {
	w := bufio.NewWriter(r.c.stdout) // keeps the first error for Flush
	if r.explain {
		explain(w, o)
	}
	if r.trace == "" {
		r.summary(w, o)
	}
	if r.coverage != nil {
		if err := r.coverage(w, o); err != nil {
			return err
		}
	}
	r.traces(w, o)
	fmt.Fprintln(w, r.c.lastLine(o))
	return w.Flush()
}

func (*singleReport) end([]*outcome) error { return nil }

// summary writes a verdict a property, the statistics and the warnings.
func (r *singleReport) summary(w io.Writer, o *outcome) {
	fmt.Fprintf(w, "%s: %s\n\n", o.target, r.c.verdict(o.verdict(), o.verdict().String()))
	if r.verbose {
		r.all(w, o)
	} else {
		r.glance(w, o)
	}
	fmt.Fprintln(w)
	if o.built.Bounds != "" {
		fmt.Fprintf(w, "%s\n", strings.Join(fill("Bounds: "+o.built.Bounds, text.Width), "\n"))
	}
	res := o.result
	fmt.Fprintf(w, "%s states, %s transitions, depth %d, %s at rest\n%.2f s with %d workers, %.1f bytes a state (%d bits) in store %s\n",
		thousands(res.Distinct), thousands(res.Transitions), res.Depth, thousands(res.Rest), res.Seconds, res.Workers, res.BytesPerState, res.StateBits, storeText(res))
	if res.Symmetry != nil {
		fmt.Fprintln(w, strings.Join(fill(symmetryText(res), text.Width), "\n"))
	}
	if res.Missed != nil {
		fmt.Fprintf(w, "%s: %s\n", r.c.paint(yellow, "States were told apart by a hash"), missedText(res.Missed))
	}
	for _, p := range o.vacuous() {
		fmt.Fprintf(w, "%s: %s, which the scenario is for (%s)\n", r.c.paint(yellow, "Vacuous"), p.Property, posText(p.Pos))
	}
	if reason := o.reason(); reason != "" {
		fmt.Fprintf(w, "%s: %s\n", r.c.paint(yellow, "Not everything is decided"), reason)
	}
	switch never := o.neverFired(); {
	case len(never) == 0:
	case r.verbose:
		fmt.Fprintf(w, "\n%s: no reachable state enables\n", r.c.paint(yellow, "Never fired"))
		for _, s := range never {
			fmt.Fprintf(w, "  %s\n", s)
		}
	default:
		if lines := o.neverLines(); len(lines) > 0 {
			r.list(w, "", r.c.paint(yellow, "Never fired")+", in no reachable state: ", strings.Join(lines, "; "))
		}
	}
	if n := len(o.built.Unreachable); n > 0 && !r.explain && r.verbose {
		fmt.Fprintf(w, "%d more can't be reached in this scenario; --explain lists them\n", n)
	}
	fmt.Fprintln(w)
}

// all writes a line for each verdict.
func (r *singleReport) all(w io.Writer, o *outcome) {
	width := 0
	for _, p := range o.props {
		width = max(width, len(p.Property.Name))
	}
	for _, p := range o.props {
		line := fmt.Sprintf("  %s  %-*s  %s", r.c.verdict(p.Verdict, fmt.Sprintf("%-9s", p.Verdict)), width, p.Property.Name, note(p))
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
}

// glance writes a line for each property that is violated or undecided; what holds, and what is
// vacuous, in a list for each class.
func (r *singleReport) glance(w io.Writer, o *outcome) {
	listed := func(p explorer.PropertyResult) bool {
		return p.Verdict == explorer.Holds || p.Verdict == explorer.Vacuous || p.Property.Class == spec.Situation && p.Verdict != explorer.Undecided
	}
	width := 0
	for _, p := range o.props {
		if !listed(p) {
			width = max(width, len(p.Property.Name))
		}
	}
	for _, p := range o.props {
		if listed(p) {
			continue
		}
		head := fmt.Sprintf("  %-9s  %-*s  ", p.Verdict, width, p.Property.Name)
		for i, l := range fill(note(p), max(20, r.c.width-utf8.RuneCountInString(head))) {
			if i == 0 {
				fmt.Fprintln(w, strings.TrimRight(strings.Replace(head, p.Verdict.String(), r.c.verdict(p.Verdict, p.Verdict.String()), 1)+l, " "))
			} else {
				fmt.Fprintln(w, strings.Repeat(" ", utf8.RuneCountInString(head))+l)
			}
		}
		if note(p) == "" {
			fmt.Fprintln(w, strings.TrimRight(head, " "))
		}
	}
	names := func(keep func(explorer.PropertyResult) bool) string {
		var out []string
		for _, p := range o.props {
			if listed(p) && keep(p) {
				out = append(out, p.Property.Name)
			}
		}
		return strings.Join(out, ", ")
	}
	for _, class := range []spec.Class{spec.MustHold, spec.NotPromised} {
		title := "holds: "
		if class == spec.NotPromised {
			title = "holds, though not promised: "
		}
		r.list(w, "  ", r.c.verdict(explorer.Holds, title), names(func(p explorer.PropertyResult) bool {
			return p.Property.Class == class && p.Verdict == explorer.Holds
		}))
	}
	vacuous, missed := 0, 0
	for _, p := range o.props {
		switch {
		case !listed(p):
		case p.Property.Class == spec.Situation && p.Verdict != explorer.Holds:
			missed++
		case p.Verdict == explorer.Vacuous:
			vacuous++
		}
	}
	r.list(w, "  ", "situations reached: ", names(func(p explorer.PropertyResult) bool {
		return p.Property.Class == spec.Situation && p.Verdict == explorer.Holds
	}))
	var rest []string
	if vacuous > 0 {
		rest = append(rest, plural(vacuous, "property is vacuous", "properties are vacuous"))
	}
	if missed > 0 {
		rest = append(rest, plural(missed, "situation never arises", "situations never arise"))
	}
	if len(rest) > 0 {
		r.list(w, "  ", "", strings.Join(rest, "; ")+" (-v lists them)")
	}
}

// plural is n with the words for one or for more.
func plural(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

// list writes a title and a list behind it, filled to the width of the terminal. Nothing is written
// of an empty list.
func (r *singleReport) list(w io.Writer, indent, title, body string) {
	if body == "" {
		return
	}
	if n := strings.Count(body, ", ") + 1; indent != "" && n > 3 && len(indent)+len(title)+len(body) > r.c.width {
		body = fmt.Sprintf("%d properties (-v lists them)", n)
	}
	for i, l := range fill(strings.TrimSpace(title)+" "+body, max(20, r.c.width-len(indent)-2)) {
		if i > 0 {
			l = "  " + l
		}
		fmt.Fprintln(w, indent+l)
	}
}

// storeText says what the states were in at the end.
func storeText(r *explorer.Result) string {
	if r.Spilled {
		return r.Store.String() + " and on disk"
	}
	return r.Store.String()
}

// missedText says how far hash compaction is to be trusted.
func missedText(m *explorer.Missed) string {
	if m.Bound >= 1 {
		return fmt.Sprintf("seed %d, capacity %d; that none was missed has no probability here", m.Seed, m.Capacity)
	}
	return fmt.Sprintf("the probability that one was missed is at most %.1e (seed %d, capacity %d)", m.Bound, m.Seed, m.Capacity)
}

// stepCount is a number of steps in words.
func stepCount(n int) string {
	if n == 1 {
		return "1 step"
	}
	return fmt.Sprintf("%d steps", n)
}

// note is what stands behind a verdict: the length of the trace, or why there is none.
func note(p explorer.PropertyResult) string {
	switch {
	case p.Reason != "" && p.Trace == nil:
		return p.Reason
	case p.Property.Name == withinBounds && p.Verdict == explorer.Violated:
		return fmt.Sprintf("a bound is exceeded (%s); what is not seen to be violated is undecided", stepCount(steps(p)))
	case p.Property.Kind == spec.Cover && p.Verdict == explorer.Violated:
		return "never reached"
	case p.Property.Kind == spec.Cover && p.Verdict == explorer.Holds:
		return "reached in " + stepCount(steps(p))
	case p.Verdict == explorer.Violated && p.Property.Class == spec.NotPromised:
		return stepCount(steps(p)) + "; not promised"
	case p.Verdict == explorer.Violated:
		return stepCount(steps(p))
	case p.Verdict == explorer.Vacuous:
		return "its situation never arises"
	}
	return ""
}

func posText(p spec.Pos) string {
	if p.File == "" {
		return "-"
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// traces writes the counterexamples.
func (r *singleReport) traces(w io.Writer, o *outcome) {
	opt := text.Options{Scenario: o.target.name(), Design: o.target.design, Values: r.values}
	rule := strings.Repeat("=", text.Width)
	if e := o.result.Error; e != nil {
		fmt.Fprintf(w, "%s\n\n%s\n", rule, text.ModelError(o.built.Model, e.Message, e.Trace, opt))
	}
	var found []mail.Finding
	var hidden []string // not promised, beside what must hold
	for _, p := range o.props {
		wanted := p.Verdict == explorer.Violated
		if r.trace != "" {
			wanted = p.Property.Name == r.trace
		}
		switch {
		case !wanted:
		case len(p.Trace) > 0 && (r.full || r.values):
			fmt.Fprintf(w, "%s\n\n%s\n", rule, text.Counterexample(o.built.Model, p.Property, p.Trace, opt))
		case len(p.Trace) > 0 && r.trace == "" && !r.verbose && p.Property.Class == spec.NotPromised && slices.ContainsFunc(o.props, wrong):
			hidden = append(hidden, p.Property.Name)
		case len(p.Trace) > 0:
			found = append(found, mail.Finding{Property: p.Property, Trace: p.Trace})
		case r.trace != "":
			fmt.Fprintf(w, "%s: %s, there is no trace\n", p.Property.Name, p.Verdict)
		}
	}
	_ = hidden
	groups := mail.Group(found)
	for _, g := range groups {
		fmt.Fprintf(w, "%s\n\n%s\n", rule, mail.Counterexample(o.built.Model, g, mail.Options{Scenario: o.target.name(), Design: o.target.design}))
	}
}

// lastLine is stable, for grep.
func (c *cli) lastLine(o *outcome) string {
	r := o.result
	design := ""
	if o.target.design != "" {
		design = " design=" + o.target.design
	}
	if o.built.StoreBuffer > 0 {
		design += " memory=tso"
	}
	missed := ""
	if r.Missed != nil {
		missed = fmt.Sprintf(" missed<=%.1e", r.Missed.Bound)
	}
	orbits := ""
	if len(r.Symmetry) > 0 {
		orbits = " symmetry=on"
	}
	return fmt.Sprintf("%s %s%s distinct=%d generated=%d depth=%d time=%.2fs%s%s", c.verdict(o.verdict(), o.verdict().String()),
		o.target.name(), design, r.Distinct, r.Generated, r.Depth, r.Seconds, orbits, missed)
}

// symmetryText says what a search by orbits took as interchangeable.
func symmetryText(r *explorer.Result) string {
	if len(r.Symmetry) == 0 {
		return "Symmetry: nothing is interchangeable, every state was visited"
	}
	var parts []string
	for _, c := range r.Symmetry {
		parts = append(parts, c.String())
	}
	return "Symmetry: one state for all that differ only in which is which of " + strings.Join(parts, "; of ")
}

// explain writes how the model came about.
func explain(w io.Writer, o *outcome) {
	var ignored []string
	for _, n := range o.built.Ignored {
		ignored = append(ignored, n.String())
	}
	section(w, "Without an effect here", strings.Join(ignored, "\n"))
	section(w, "The scenario in C", o.built.C)
	section(w, "Steps", o.built.Explain)
	section(w, "Not reachable in this scenario", strings.Join(o.built.Unreachable, "\n"))
	section(w, "Sliced", strings.Join(o.built.Sliced, "\n"))
	if o.result.Symmetry != nil {
		_, obstacles := symmetry.Find(o.built.Model)
		var lines []string
		for _, x := range obstacles {
			lines = append(lines, x.String())
		}
		section(w, "Not interchangeable", strings.Join(lines, "\n"))
	}
}

func section(w io.Writer, title, body string) {
	if body = safe.Text(strings.TrimRight(body, "\n")); body != "" {
		fmt.Fprintf(w, "%s\n%s\n\n%s\n\n", title, strings.Repeat("-", utf8.RuneCountInString(title)), body)
	}
}

// thousands writes n with a comma between groups of three digits.
func thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
