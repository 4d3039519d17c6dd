package dot

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"mcheck/export/internal/story"
	"mcheck/spec"
)

// Counterexample writes tr, a behaviour of m that ends where p is violated (or, for a Cover,
// satisfied), under a title: a cluster for each actor, its steps in it, an edge from each step to
// the next, those of context switches marked.
func Counterexample(w io.Writer, title string, m *spec.Model, p *spec.Property, tr spec.Trace) error {
	s := story.Tell(m, tr)
	g := newGraph(strings.Join(append([]string{title}, fill(p.Name+": "+p.Words, titleWidth)...), "\n"))
	// Time goes down over all clusters, a rank a step, so that a cluster is a column: newrank does
	// the one, the steps' group the other.
	g.attr("mcheck", "newrank", "true")
	g.attr("mcheck", "ranksep", "0.25")
	g.attr("mcheck", "nodesep", "0.6")
	for i, a := range s.Actors {
		g.cluster(clusterName(i), attrs{"label": a.Title(), "fontname": "monospace bold", "fontsize": "18", "margin": "16", "style": clusterStyle(a.Kind)})
	}
	g.node("mcheck", stepName(0), attrs{"label": "initial state", "shape": "ellipse", "fontname": "monospace"})
	for _, st := range s.Steps {
		g.node(clusterName(st.Actor), stepName(st.Number), attrs{"label": stepLabel(st), "shape": "box", "fontname": "monospace", "group": clusterName(st.Actor)})
		g.edge(stepName(st.Number-1), stepName(st.Number), stepEdge(s, st))
	}
	end, colour := "violated: ", "red"
	if p.Kind == spec.Cover {
		end, colour = "reached: ", "darkgreen"
	}
	g.node("mcheck", "verdict", attrs{"label": end + p.Name + reasons(m, p, tr), "shape": "octagon", "color": colour, "fontcolor": colour, "fontname": "monospace"})
	g.edge(stepName(len(s.Steps)), "verdict", attrs{"color": colour})
	if title, all := story.StandAfter(m, p, tr); len(all) > 0 {
		label := title + endLeft
		for _, s := range all {
			who, what := s.Words()
			label += "  " + who + endLeft + "      " + what + endLeft
		}
		g.node("mcheck", "others", attrs{"label": label, "shape": "note", "fontname": "monospace"})
		g.edge("verdict", "others", attrs{"style": "dotted", "arrowhead": "none"})
	}
	return g.write(w)
}

// titleWidth is how wide a line of a title may be, in characters.
const titleWidth = 75

// fill breaks a text into lines of at most width characters, longer words apart.
func fill(text string, width int) []string {
	var out []string
	for _, w := range strings.Fields(text) {
		if n := len(out); n > 0 && utf8.RuneCountInString(out[n-1])+1+utf8.RuneCountInString(w) <= width {
			out[n-1] += " " + w
		} else {
			out = append(out, w)
		}
	}
	return out
}

// maxReasons is how many parts of a condition the last box names.
const maxReasons = 3

// reasons are the lines that say what decides p in the last state.
func reasons(m *spec.Model, p *spec.Property, tr spec.Trace) string {
	out := ""
	for i, r := range story.Why(m, p, tr[len(tr)-1].State) {
		if i == maxReasons {
			return out + "\n…"
		}
		out += "\n" + short(r.Text, titleWidth)
	}
	return out
}

func clusterName(i int) string { return fmt.Sprintf("cluster_%03d", i) }

func stepName(n int) string { return fmt.Sprintf("s%06d", n) }

func clusterStyle(k spec.ActorKind) string {
	if k == spec.ActorMachine {
		return "dashed"
	}
	return "rounded"
}

// stepLabel is the number of a step and its statements, each under its function.
func stepLabel(st story.Step) string {
	var b strings.Builder
	number := fmt.Sprintf("%d  ", st.Number)
	margin := strings.Repeat(" ", len(number))
	line := func(indent, text string) {
		if b.Len() == 0 {
			b.WriteString(number + text + endLeft)
			return
		}
		b.WriteString(margin + indent + text + endLeft)
	}
	fn := ""
	for _, l := range st.Lines {
		switch {
		case l.Return:
			continue // the call itself has been shown
		case l.Command:
			fn = ""
			line("", l.Shell())
			continue
		case l.Func != fn && l.Func != "":
			fn = l.Func
			line("", fn+"()")
		}
		if l.Text == "" {
			continue
		}
		indent := ""
		if fn != "" {
			indent = "  "
		}
		line(indent, l.Text)
	}
	return b.String()
}

// stepEdge is how the edge into a step looks.
func stepEdge(s *story.Story, st story.Step) attrs {
	switch {
	case st.Switch:
		return attrs{"label": "context switch", "style": "bold", "color": "blue", "fontcolor": "blue", "fontname": "monospace"}
	case s.Actors[st.Actor].Kind == spec.ActorMachine:
		return attrs{"style": "dashed"}
	}
	return attrs{}
}
