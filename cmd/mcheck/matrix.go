package main

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"mcheck/explorer"
	"mcheck/export/text"
	"mcheck/spec"
)

const (
	matrixWidth = 100 // a longer list of violations goes below its row
	matrixFixed = 37  // of a row, beside the names and that list
)

// matrixReport shows several runs: a line each as they come, then scenarios by designs, then the
// expectations.
type matrixReport struct {
	c              *cli
	scenarios      []string
	designs        []string
	nameW, designW int
	header         bool
}

func newMatrixReport(c *cli, targets []target) *matrixReport {
	r := &matrixReport{c: c, nameW: len("scenario"), designW: len("design")}
	for _, t := range targets {
		if !slices.Contains(r.scenarios, t.name()) {
			r.scenarios = append(r.scenarios, t.name())
		}
		if !slices.Contains(r.designs, t.design) {
			r.designs = append(r.designs, t.design)
		}
		r.nameW, r.designW = max(r.nameW, len(t.name())), max(r.designW, len(t.design))
	}
	return r
}

func (r *matrixReport) outcome(o *outcome) error {
	w := bufio.NewWriter(r.c.stdout)
	if !r.header {
		r.header = true
		fmt.Fprintf(w, "%-*s  %-*s  %-9s  %11s  %7s  %s\n", r.nameW, "scenario", r.designW, "design", "verdict", "states", "seconds", "violated (steps)")
	}
	var violated, unpromised []string
	for _, p := range o.props {
		text := fmt.Sprintf("%s (%d)", p.Property.Name, steps(p))
		switch {
		case p.Verdict != explorer.Violated:
		case p.Property.Class == spec.MustHold:
			violated = append(violated, text)
		case p.Property.Class == spec.NotPromised:
			unpromised = append(unpromised, text)
		}
	}
	if len(unpromised) > 0 {
		violated = append(violated, "not promised: "+strings.Join(unpromised, ", "))
	}
	if o.result.Error != nil {
		violated = append(violated, "error: "+o.result.Error.Message)
	}
	if reason := o.reason(); reason != "" {
		violated = append(violated, "["+reason+"]")
	}
	if m := o.result.Missed; m != nil {
		violated = append(violated, fmt.Sprintf("[missed<=%.1e]", m.Bound))
	}
	line := fmt.Sprintf("%-*s  %-*s  %s  %11s  %7.2f", r.nameW, o.target.name(), r.designW, o.target.design,
		r.c.verdict(o.verdict(), fmt.Sprintf("%-9s", o.verdict())), thousands(o.result.Distinct), o.result.Seconds)
	list := strings.Join(violated, ", ")
	if r.nameW+r.designW+matrixFixed+len(list) <= matrixWidth {
		fmt.Fprintln(w, strings.TrimRight(line+"  "+list, " "))
		return w.Flush()
	}
	fmt.Fprintln(w, line)
	for _, l := range fill(list, matrixWidth-r.nameW-2) {
		fmt.Fprintf(w, "%-*s  %s\n", r.nameW, "", l)
	}
	return w.Flush()
}

func (r *matrixReport) end(os []*outcome) error {
	w := bufio.NewWriter(r.c.stdout)
	r.matrix(w, os)
	r.c.expectations(w, os)
	return w.Flush()
}

// matrix writes scenarios by designs; designs by scenarios where that is narrower and the other
// would be too wide.
func (r *matrixReport) matrix(w io.Writer, os []*outcome) {
	if len(os) == 0 {
		fmt.Fprintln(w, "Nothing to check: no built-in scenario is marked quick; --all takes them all.")
		return
	}
	cells := map[[2]string]*outcome{}
	for _, o := range os {
		cells[[2]string{o.target.name(), o.target.design}] = o
	}
	if n := tableWidth(r.scenarios, r.designs); n > matrixWidth && n > tableWidth(r.designs, r.scenarios) {
		r.table(w, r.designs, r.scenarios, func(design, scenario string) *outcome { return cells[[2]string{scenario, design}] })
		return
	}
	r.table(w, r.scenarios, r.designs, func(scenario, design string) *outcome { return cells[[2]string{scenario, design}] })
}

// verdictWidth is the width of the longest verdict.
const verdictWidth = 9

// tableWidth is the width of a table with these rows and columns.
func tableWidth(rows, columns []string) int {
	n := longest(rows)
	for _, c := range columns {
		n += 2 + max(verdictWidth, len(c))
	}
	return n
}

func longest(names []string) int {
	n := 0
	for _, s := range names {
		n = max(n, len(s))
	}
	return n
}

// table writes a verdict for each row and column, - where there is none.
func (r *matrixReport) table(w io.Writer, rows, columns []string, cell func(row, column string) *outcome) {
	nameW := max(longest(rows), r.nameW)
	head := fmt.Sprintf("%-*s", nameW, "")
	for _, c := range columns {
		head += fmt.Sprintf("  %-*s", max(verdictWidth, len(c)), c)
	}
	fmt.Fprintf(w, "\n%s\n", strings.TrimRight(head, " "))
	for _, row := range rows {
		line := fmt.Sprintf("%-*s", nameW, row)
		for _, c := range columns {
			width := max(verdictWidth, len(c))
			if o := cell(row, c); o != nil {
				line += "  " + r.c.verdict(o.verdict(), fmt.Sprintf("%-*s", width, o.verdict()))
			} else {
				line += fmt.Sprintf("  %-*s", width, "-")
			}
		}
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
}

// expectations writes which of the scenarios' expectations are met, and which violations nobody
// expects.
func (c *cli) expectations(w io.Writer, os []*outcome) {
	met, missed := 0, 0
	var lines []string
	for _, o := range os {
		for _, e := range o.expectations() {
			if e.got == "" {
				met++
				continue
			}
			missed++
			lines = append(lines, fmt.Sprintf("  %s:%d: %s: %s %s, is %s", e.Pos.File, e.Pos.Line, e.Design, e.Property, e.want(), e.got))
		}
	}
	unexpected := 0
	for _, o := range os {
		var names []string
		for _, p := range o.unexpected() {
			unexpected++
			names = append(names, fmt.Sprintf("%s (%d)", p.Property.Name, steps(p)))
		}
		if len(names) > 0 {
			lines = append(lines, fmt.Sprintf("  %s: violated, and the scenario does not say so:", o.target))
			for _, l := range fill(strings.Join(names, ", "), text.Width-4) {
				lines = append(lines, "    "+l)
			}
		}
	}
	for _, o := range os {
		for _, p := range o.vacuous() {
			missed++
			lines = append(lines, fmt.Sprintf("  %s:%d: %s: the scenario is for %s, which is vacuous", p.Pos.File, p.Pos.Line, o.target.design, p.Property))
		}
	}
	fmt.Fprintf(w, "\nExpectations: %d met, %s, %s\n", met, c.alarm(missed, "missed"), c.alarm(unexpected, "unexpected"))
	for _, l := range lines {
		fmt.Fprintln(w, l)
	}
}

// alarm writes a count, in red if it is not zero.
func (c *cli) alarm(n int, what string) string {
	s := fmt.Sprintf("%d %s", n, what)
	if n > 0 {
		return c.paint(red, s)
	}
	return s
}
