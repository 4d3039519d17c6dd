// Package mail writes a counterexample so that it can be mailed: the story in a few sentences, then
// the race in as few lines as tell it, a column for each task, softirq and kworker that moves, then
// what the property says and what it found. No line is longer than [Width].
//
// What is shown is chosen by what the steps read and write, from the trace and the model alone.
// Package text writes the whole trace. It may import spec, internal/safe and export/internal/story.
package mail

import (
	"fmt"
	"slices"
	"strings"

	"mcheck/export/internal/story"
	"mcheck/spec"
)

// Width is the widest line, in characters: what checkpatch allows in a commit message.
const Width = 75

// raceLines is how many lines the race has, about.
const raceLines = 26

// aloneLines is how many lines a trace has in which only one actor moves.
const aloneLines = 16

// Options of a mail form.
type Options struct {
	_ struct{}
	// Scenario and Design name the run; either may be empty.
	Scenario, Design string
}

// Finding is a property with a behaviour that violates it or, if it is a COVER, reaches it.
type Finding struct {
	Property *spec.Property
	Trace    spec.Trace
}

// Group puts together the findings that one trace shows: where the trace of one is the beginning of
// another's, the longest is first. The groups are in the order of their first findings.
func Group(all []Finding) [][]Finding {
	var groups [][]Finding
next:
	for _, f := range all {
		for i, g := range groups {
			switch {
			case begins(g[0].Trace, f.Trace):
				groups[i] = append(g, f)
				continue next
			case begins(f.Trace, g[0].Trace):
				groups[i] = append([]Finding{f}, g...)
				continue next
			}
		}
		groups = append(groups, []Finding{f})
	}
	return groups
}

// begins reports whether tr begins with the steps of part.
func begins(tr, part spec.Trace) bool {
	if len(part) > len(tr) || len(part) == 0 {
		return false
	}
	for i, st := range part {
		if st.Action != tr[i].Action || !slices.Equal(st.Args, tr[i].Args) || !st.State.Equal(tr[i].State) {
			return false
		}
	}
	return true
}

// Counterexample returns the mail form of findings that one trace shows, as [Group] returns them:
// the first has the whole trace.
func Counterexample(m *spec.Model, fs []Finding, opt Options) string {
	f := fs[0]
	t := tell(m, f.Property, f.Trace)
	for _, g := range fs[1:] {
		if n := len(g.Trace) - 2; n >= 0 {
			t.worth[n] = max(t.worth[n], worthEnd)
			for i := range t.rows {
				if t.rows[i].step == n && t.rows[i].line.Key {
					t.rows[i].weight = worthEnd
				}
			}
		}
	}
	room := raceLines
	if t.s.Switches == 0 {
		room = aloneLines
	}
	t.choose(room)
	d := &doc{}
	d.para(0, story.Subject(opt.Scenario, opt.Design)+verdict(fs))
	d.blank()
	for _, s := range t.sentences() {
		d.para(2, s)
	}
	d.para(0, t.s.Length(f.Property))
	if len(t.s.Steps) > 0 {
		t.write(d)
	}
	d.blank()
	for i, g := range fs {
		d.finding(m, g, t, i == 0)
	}
	d.standing(m, f)
	return d.String()
}

func verdict(fs []Finding) string {
	var names []string
	reached := false
	for _, f := range fs {
		names = append(names, f.Property.Name)
		reached = reached || f.Property.Kind == spec.Cover
	}
	out := names[0]
	for i, n := range names[1:] {
		sep := ", "
		if i == len(names)-2 {
			sep = " and "
		}
		out += sep + n
	}
	switch {
	case reached && len(names) == 1:
		return out + " is reached"
	case reached:
		return "one trace shows " + out
	case len(names) == 1:
		return out + " is violated"
	}
	return out + " are violated"
}

// finding writes what the property of f says, where the trace breaks it and what it found there.
func (d *doc) finding(m *spec.Model, f Finding, t *telling, told bool) {
	p, n := f.Property, len(f.Trace)-1
	d.para(0, ending(p, n))
	if p.Words != "" && !told {
		d.para(2, p.Words)
	}
	for i, r := range story.Why(m, p, f.Trace[n].State) {
		if i == 2 {
			d.para(2, "and more")
			break
		}
		says := "fails: "
		if p.Kind == spec.Cover {
			says = "holds: "
		}
		text := says + r.Text
		var values []string
		for _, v := range r.Values {
			if len(values) < 3 {
				values = append(values, v)
			}
		}
		d.para(2, text+"; "+strings.Join(values, ", "))
	}
	if n == 0 || !told {
		return
	}
	for _, a := range story.About(m, p, f.Trace[n].State) {
		if i := t.wrote(a.Place, n); i >= 0 && i < n-1 {
			d.since(t, a, i)
			return
		}
	}
	for _, a := range t.reads[n-1] {
		if i := t.wrote(a.Place, n-1); i >= 0 && t.lasts(a.Place) {
			d.since(t, a, i)
			return
		}
	}
}

// since says who wrote, in step i, what a reads.
func (d *doc) since(t *telling, a story.Access, i int) {
	d.para(2, fmt.Sprintf("%s is %s since step %d, by %s", t.name(a.Place), a.Value, t.s.Steps[i].Number, t.actor(i)))
}

// ending names p and says where it is broken, after n steps.
func ending(p *spec.Property, n int) string {
	at := fmt.Sprintf("after step %d", n)
	if n == 0 {
		at = "in the initial state"
	}
	switch p.Kind {
	case spec.AtRest:
		return p.Name + ": violated at rest, " + at
	case spec.Deadlock:
		return p.Name + ": DEADLOCK " + at
	case spec.CanRest:
		return p.Name + ": violated, no such rest can be reached any more " + at
	case spec.Cover:
		return p.Name + ": reached " + at
	case spec.Invariant, spec.Eventually, spec.LeadsTo:
		return p.Name + ": violated " + at
	}
	panic(fmt.Sprintf("mail: unhandled property kind %d", p.Kind))
}

// standing writes what the others would do next.
func (d *doc) standing(m *spec.Model, f Finding) {
	title, all := story.StandAfter(m, f.Property, f.Trace)
	if len(all) == 0 {
		return
	}
	d.blank()
	if len(all) == 1 {
		who, what := all[0].Words()
		d.para(0, "Then "+who+" "+what)
		return
	}
	d.para(0, title)
	for _, s := range all {
		who, what := s.Words()
		d.para(2, who+" "+what)
	}
}
