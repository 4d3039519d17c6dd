package dot

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"mcheck/explorer"
	"mcheck/export/internal/story"
	"mcheck/spec"
)

// MaxStates is the size of the largest state graph that StateGraph draws unless it is told
// otherwise: nobody can read a larger one.
const MaxStates = 1000

// TooLargeError says that a state graph has more states than are to be drawn.
type TooLargeError struct{ States, Max int }

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("the state graph has %d states, and no more than %d are to be drawn", e.States, e.Max)
}

// A statement and the values of one state take this many characters and lines at most; tooltips
// have the rest.
const (
	maxStatement = 50
	maxValue     = 40
	maxChanges   = 4
)

// StateGraph writes the labelled state graph gr of m under a title, with a legend. States are
// numbered in the order of discovery; each shows what the step by which it was discovered changed
// in the memory that tasks share, and those are marked that are initial, at rest, and in which one
// of the properties of results is decided. An edge says who acts and what the first statement of
// the step is. It returns a *TooLargeError if there are more than limit states (0: MaxStates).
func StateGraph(w io.Writer, title string, m *spec.Model, gr *explorer.Graph, results []explorer.PropertyResult, limit int) error {
	if limit <= 0 {
		limit = MaxStates
	}
	if len(gr.States) > limit {
		return &TooLargeError{len(gr.States), limit}
	}
	d := &drawing{graph: newGraph(title), m: m, gr: gr, shared: shared(m), parent: discovery(gr), rest: atRest(m, gr)}
	d.attr("mcheck", "nodesep", "0.3")
	d.attr("mcheck", "ranksep", "0.3")
	d.marks, d.first = decided(m, gr, d.rest, d.parent, results)
	for i := range gr.States {
		d.state(i)
	}
	outside := false
	for k, e := range gr.Edges {
		if e.To < 0 && !outside {
			outside = true
			d.node("mcheck", outsideName, attrs{"label": "outside the constraint", "shape": "plaintext", "fontname": font, "fontsize": "10"})
		}
		d.step(k, e)
	}
	d.legend(results)
	return d.write(w)
}

const (
	outsideName = "outside"
	font        = "monospace"
)

// drawing is a state graph while it is drawn.
type drawing struct {
	*graph
	m      *spec.Model
	gr     *explorer.Graph
	shared *spec.Model
	actors []string       // in the order of their first step
	parent []int          // the edge by which each state was discovered; -1 for an initial one
	rest   []bool         // the states at rest
	marks  map[int]bool   // the states in which a property is violated
	first  map[int][]mark // what is said at a state
}

// mark is a property that is decided in a state.
type mark struct {
	text string
	good bool // a COVER that is reached
}

// shared is m with those variables alone that are neither local to a task nor ghosts.
func shared(m *spec.Model) *spec.Model {
	out := *m
	out.Vars = nil
	for _, v := range m.Vars {
		if !v.Ghost && !strings.HasPrefix(v.Group, "locals of ") {
			out.Vars = append(out.Vars, v)
		}
	}
	return &out
}

// part is the values of st that the variables of some have.
func part(m, some *spec.Model, st spec.State) spec.State {
	out := make(spec.State, 0, len(some.Vars))
	for i, v := range m.Vars {
		if slices.Contains(some.Vars, v) {
			out = append(out, st[i])
		}
	}
	return out
}

// discovery returns for each state the first edge into it, which is on a shortest way from an
// initial state; -1 for those.
func discovery(gr *explorer.Graph) []int {
	out := make([]int, len(gr.States))
	for i := range out {
		out[i] = -1
	}
	for k, e := range gr.Edges {
		if e.To >= 0 && e.To != e.From && out[e.To] < 0 && !slices.Contains(gr.Init, e.To) {
			out[e.To] = k
		}
	}
	return out
}

func (d *drawing) state(i int) {
	a := attrs{"shape": "box", "fontname": font, "fontsize": "10", "margin": "0.08,0.04", "tooltip": fmt.Sprintf("state %d", i)}
	lines := []string{fmt.Sprint(i)}
	if k := d.parent[i]; k >= 0 {
		from := d.gr.States[d.gr.Edges[k].From]
		lines = append(lines, d.changes(from, d.gr.States[i])...)
		if all := story.Diff(d.m, from, d.gr.States[i]); len(all) > 0 {
			a["tooltip"] = changeText(all)
		}
	}
	if slices.Contains(d.gr.Init, i) {
		a["peripheries"], a["tooltip"] = "2", "the initial state: "+stateText(d.m, d.gr.States[i])
	}
	if d.rest[i] {
		lines = append(lines, "at rest")
		a["style"], a["fillcolor"] = "filled", restColour
	}
	if d.marks[i] {
		a["style"], a["fillcolor"], a["color"] = "filled", badColour, "red"
	}
	for _, k := range d.first[i] {
		lines = append(lines, k.text)
		a["penwidth"] = "3"
		if k.good && !d.marks[i] {
			a["color"] = "darkgreen"
		}
	}
	// One line is centred, more are flush left.
	a["label"] = lines[0]
	if len(lines) > 1 {
		a["label"] = strings.Join(lines, endLeft) + endLeft
	}
	d.node("mcheck", stepName(i), a)
}

const (
	restColour = "grey88"
	badColour  = "mistyrose"
)

// changes are the lines that say what differs from one state to the other.
func (d *drawing) changes(from, to spec.State) []string {
	all := story.Diff(d.shared, part(d.m, d.shared, from), part(d.m, d.shared, to))
	var out []string
	for i, c := range all {
		if i == maxChanges-1 && len(all) > maxChanges {
			out = append(out, fmt.Sprintf("and %d more", len(all)-i))
			break
		}
		out = append(out, short(c.Place, maxValue)+" = "+short(c.New, maxValue))
	}
	return out
}

func changeText(all []story.Change) string {
	lines := make([]string, len(all))
	for i, c := range all {
		lines[i] = c.Place + ": " + c.Old + " -> " + c.New
	}
	return strings.Join(lines, "\n")
}

// stateText is the values of a state but for where its tasks stand.
func stateText(m *spec.Model, st spec.State) string {
	lines := make([]string, len(m.Vars))
	for i, v := range m.Vars {
		lines[i] = v.Name + " = " + spec.FormatValue(v.Type, st[i])
	}
	return strings.Join(lines, "\n")
}

// short cuts s to n characters.
func short(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// step draws edge k. The one by which a state was discovered holds the picture together, the others
// do not.
func (d *drawing) step(k int, e explorer.Edge) {
	a := attrs{"fontname": font, "fontsize": "9"}
	to := outsideName
	var state spec.State
	if e.To >= 0 {
		to, state = stepName(e.To), d.gr.States[e.To]
	}
	by := spec.Step{Action: e.Action, Args: e.Args, State: state}
	who := by.Actor()
	lines := story.Tag(d.m, d.gr.States[e.From], by)
	for i, l := range lines {
		if l != who && !strings.HasPrefix(l, who+" [") {
			l = who + ": " + l
		}
		lines[i] = short(l, maxStatement)
	}
	a["label"] = strings.Join(lines, endLeft) + endLeft
	a["color"], a["fontcolor"] = d.colour(who), d.colour(who)
	if e.To >= 0 && d.parent[e.To] != k {
		a["style"] = "dashed"
		if e.To <= e.From {
			a["constraint"] = "false"
		}
	} else {
		a["weight"] = "2"
	}
	d.edge(stepName(e.From), to, a)
}

// palette are the colours of those who act, in the order of their first step.
var palette = []string{"black", "blue3", "darkgreen", "purple3", "chocolate3", "deeppink3", "turquoise4", "gray45"}

// colour returns the colour of who's steps.
func (d *drawing) colour(who string) string {
	i := slices.Index(d.actors, who)
	if i < 0 {
		i = len(d.actors)
		d.actors = append(d.actors, who)
	}
	return palette[i%len(palette)]
}

// legend says what the picture means and what was decided.
func (d *drawing) legend(results []explorer.PropertyResult) {
	count := map[explorer.Verdict]int{}
	var said []string
	for _, r := range results {
		count[r.Verdict]++
		switch {
		case r.Verdict != explorer.Violated:
		case r.Property.Kind == spec.Cover:
			said = append(said, "never reached: "+r.Property.Name)
		default:
			said = append(said, "violated: "+r.Property.Name)
		}
	}
	for _, v := range []explorer.Verdict{explorer.Holds, explorer.Vacuous, explorer.Undecided} {
		if n := count[v]; n > 0 {
			said = append(said, fmt.Sprintf("%s: %d", v, n))
		}
	}
	lines := []string{
		"a box is a state: its number, and what the step",
		"that found it (a solid arrow) changed",
		"an arrow is a step: who: its first statement",
		"a dashed arrow leads to a state found before",
	}
	d.cluster("cluster_legend", attrs{"label": "legend", "fontname": font, "fontsize": "10", "style": "dotted"})
	small := func(name string, a attrs) {
		a["fontname"], a["fontsize"] = font, "10"
		d.node("cluster_legend", name, a)
	}
	small("legend_text", attrs{"shape": "plaintext", "label": strings.Join(append(lines, said...), endLeft) + endLeft})
	small("legend_initial", attrs{"shape": "box", "peripheries": "2", "label": "initial"})
	if slices.Contains(d.rest, true) {
		small("legend_rest", attrs{"shape": "box", "style": "filled", "fillcolor": restColour, "label": "at rest"})
	}
	if len(d.marks) > 0 {
		small("legend_bad", attrs{"shape": "box", "style": "filled", "fillcolor": badColour, "color": "red", "label": "a property is violated;\nthick: for the first time on the way there"})
	}
}
