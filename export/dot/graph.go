package dot

import (
	"fmt"
	"io"
	"strings"

	"mcheck/explorer"
	"mcheck/spec"
)

// MaxStates is the size of the largest state graph that StateGraph draws unless it is forced to: dot takes minutes for more, and
// nobody can read it.
const MaxStates = 2000

// TooLargeError says that a state graph is larger than MaxStates.
type TooLargeError struct{ States int }

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("the state graph has %d states, and no more than %d are drawn unless forced to", e.States, MaxStates)
}

// StateGraph writes the labelled state graph gr of m under a title: states numbered in the order of discovery, initial ones with a double
// border, those in which a property of results is violated for the first time in red, each with all its values as its tooltip. It
// returns a *TooLargeError for more than MaxStates states, unless force is set.
func StateGraph(w io.Writer, title string, m *spec.Model, gr *explorer.Graph, results []explorer.PropertyResult, force bool) error {
	if len(gr.States) > MaxStates && !force {
		return &TooLargeError{len(gr.States)}
	}
	g := newGraph(title)
	broken := violations(results)
	initial := map[int]bool{}
	for _, i := range gr.Init {
		initial[i] = true
	}
	for i, st := range gr.States {
		a := attrs{"label": fmt.Sprint(i), "shape": "box", "fontname": "monospace", "tooltip": stateText(m, st)}
		if props := broken[st.Key()]; props != nil {
			a["color"] = "red"
			a["label"] += "\nviolates " + strings.Join(props, ",\n")
		}
		if initial[i] {
			a["peripheries"] = "2"
		}
		g.node("mcheck", stepName(i), a)
	}
	outside := false
	for _, e := range gr.Edges {
		to := "outside"
		if e.To >= 0 {
			to = stepName(e.To)
		} else if !outside {
			outside = true
			g.node("mcheck", to, attrs{"label": "outside the constraint", "shape": "plaintext", "fontname": "monospace"})
		}
		g.edge(stepName(e.From), to, attrs{"label": edgeLabel(e), "fontname": "monospace", "fontsize": "10"})
	}
	return g.write(w)
}

// violations maps the keys of the last states of counterexamples to the properties violated there.
func violations(results []explorer.PropertyResult) map[string][]string {
	out := map[string][]string{}
	for _, r := range results {
		if r.Verdict == explorer.Violated && len(r.Trace) > 0 {
			k := r.Trace[len(r.Trace)-1].State.Key()
			out[k] = append(out[k], r.Property.Name)
		}
	}
	return out
}

func stateText(m *spec.Model, st spec.State) string {
	lines := make([]string, len(m.Vars))
	for i, v := range m.Vars {
		lines[i] = v.Name + " = " + spec.FormatValue(v.Type, st[i])
	}
	return strings.Join(lines, "\n")
}

func edgeLabel(e explorer.Edge) string {
	args := make([]string, len(e.Args))
	for i, p := range e.Action.Params {
		args[i] = spec.FormatScalar(p.Type, e.Args[i])
	}
	if len(args) == 0 {
		return e.Action.Name
	}
	return e.Action.Name + "(" + strings.Join(args, ", ") + ")"
}
