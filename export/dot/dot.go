// Package dot draws counterexamples and small state graphs in the DOT language of Graphviz.
//
// It may import spec, spec/eval, the results of explorer and export/internal/story. Graphs are
// built with gographviz, whose attribute names are checked, and written statement by statement: its
// String concatenates, in quadratic time, and turns errors into text.
package dot

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/awalterschulze/gographviz"

	"mcheck/internal/safe"
)

// attrs are the attributes of a node, an edge or a cluster, not yet quoted.
type attrs map[string]string

// graph is a gographviz graph that remembers the first thing that went wrong.
type graph struct {
	g   *gographviz.Graph
	err error
}

func newGraph(title string) *graph {
	g := &graph{g: gographviz.NewGraph()}
	g.keep(g.g.SetName("mcheck"))
	g.keep(g.g.SetDir(true))
	g.attr("mcheck", "label", title)
	g.attr("mcheck", "labelloc", "t")
	g.attr("mcheck", "fontname", "monospace")
	return g
}

func (g *graph) keep(err error) {
	if g.err == nil {
		g.err = err
	}
}

func (g *graph) attr(parent, name, value string) { g.keep(g.g.AddAttr(parent, name, quote(value))) }

func (g *graph) cluster(name string, a attrs) {
	g.keep(g.g.AddSubGraph("mcheck", name, quoteAll(a)))
}

func (g *graph) node(parent, name string, a attrs) {
	g.keep(g.g.AddNode(parent, quote(name), quoteAll(a)))
}

func (g *graph) edge(from, to string, a attrs) {
	for _, n := range []string{from, to} {
		if !g.g.IsNode(quote(n)) {
			g.keep(fmt.Errorf("dot: an edge to %s, which is no node", n))
			return
		}
	}
	g.keep(g.g.AddEdge(quote(from), quote(to), true, quoteAll(a)))
}

// write writes the graph, edges in the order in which they were added, the rest in the order of
// names.
func (g *graph) write(w io.Writer) error {
	if g.err != nil {
		return g.err
	}
	tree, err := g.g.WriteAst()
	if err != nil {
		return fmt.Errorf("dot: %w", err)
	}
	b := bufio.NewWriter(w) // keeps the first error for Flush
	fmt.Fprintf(b, "%s %s {\n", tree.Type, tree.ID)
	for _, st := range tree.StmtList {
		fmt.Fprintf(b, "\t%s;\n", st)
	}
	b.WriteString("}\n")
	return b.Flush()
}

// endLeft ends a line of a label so that it is flush left (DOT's \l).
const endLeft = "\x00"

var quoter = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, endLeft, `\l`)

// quote returns s as a quoted DOT string; a newline becomes a line break of a label.
func quote(s string) string {
	lines := strings.Split(s, endLeft)
	for i, l := range lines {
		lines[i] = safe.Text(l)
	}
	return `"` + quoter.Replace(strings.Join(lines, endLeft)) + `"`
}

func quoteAll(a attrs) map[string]string {
	q := make(map[string]string, len(a))
	for k, v := range a {
		q[k] = quote(v)
	}
	return q
}
