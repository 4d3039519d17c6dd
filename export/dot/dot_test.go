package dot

import (
	"bytes"
	"errors"
	"os/exec"
	"strings"
	"testing"

	"github.com/awalterschulze/gographviz"
	"github.com/stretchr/testify/require"

	"mcheck/spec"
)

// render runs Graphviz, which must not complain, and returns the picture.
func render(t *testing.T, dot []byte) string {
	t.Helper()
	path, err := exec.LookPath("dot")
	require.NoError(t, err, "Graphviz is needed: install the package graphviz")
	cmd := exec.Command(path, "-Tsvg")
	cmd.Stdin = bytes.NewReader(dot)
	var out, warnings bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &warnings
	require.NoError(t, cmd.Run(), warnings.String())
	require.Empty(t, warnings.String())
	return out.String()
}

// parse reads the text back with gographviz itself.
func parse(t *testing.T, dot []byte) *gographviz.Graph {
	t.Helper()
	tree, err := gographviz.ParseString(string(dot))
	require.NoError(t, err, string(dot))
	g := gographviz.NewGraph()
	require.NoError(t, gographviz.Analyse(tree, g))
	return g
}

func example() (*spec.Property, spec.Trace) {
	task := &spec.EnumType{Name: "Task", Values: []string{"main", "kworker"}}
	who := &spec.Param{Name: "t", Type: task}
	step := func(kind spec.ActorKind, fn, text string) *spec.Action {
		return &spec.Action{Name: "a", Params: []*spec.Param{who}, Kind: kind, Source: []spec.SourceLine{{Func: fn, Text: text}}}
	}
	gp := &spec.Action{Name: "gp_end", Actor: -1, Kind: spec.ActorMachine}
	return &spec.Property{Name: "no_early_cleanup", Words: `"clean" means \cleaned`},
		spec.Trace{
			{},
			{Action: step(spec.ActorTask, "umount", `pr_info("a\n" <b>);`), Args: []int64{0}},
			{Action: gp},
			{Action: step(spec.ActorTask, "umount", "é = 1;"), Args: []int64{0}},
			{Action: step(spec.ActorWorker, "cleanup_mnt", "x--;"), Args: []int64{1}},
		}
}

func TestCounterexample(t *testing.T) {
	p, tr := example()
	var b bytes.Buffer
	require.NoError(t, Counterexample(&b, "ltp-mkfs under defer-v4", &spec.Model{}, p, tr))

	g := parse(t, b.Bytes())
	require.True(t, g.Directed)
	require.Equal(t, []string{`"s000001"`, `"s000003"`}, g.Relations.SortedChildren("cluster_000"), "main's steps")
	require.Equal(t, []string{`"s000002"`}, g.Relations.SortedChildren("cluster_001"), "the machine's")
	require.Equal(t, []string{`"s000004"`}, g.Relations.SortedChildren("cluster_002"), "the worker's")
	require.Equal(t, `"kworker (worker)"`, g.SubGraphs.SubGraphs["cluster_002"].Attrs["label"])
	require.Equal(t, `"1  umount()\l     pr_info(\"a\\n\" <b>);\l"`, g.Nodes.Lookup[`"s000001"`].Attrs["label"])
	require.Equal(t, `"ltp-mkfs under defer-v4\nno_early_cleanup: \"clean\" means \\cleaned"`, g.Attrs["label"])

	var edges, switches []string
	for _, e := range g.Edges.Edges {
		edges = append(edges, strings.Trim(e.Src, `"`)+" "+strings.Trim(e.Dst, `"`))
		if e.Attrs["label"] == `"context switch"` {
			switches = append(switches, edges[len(edges)-1])
		}
	}
	require.Equal(t, []string{"s000000 s000001", "s000001 s000002", "s000002 s000003", "s000003 s000004", "s000004 verdict"}, edges)
	require.Equal(t, []string{"s000003 s000004"}, switches)

	svg := render(t, b.Bytes())
	for _, want := range []string{"violated: no_early_cleanup", "é = 1;", "&lt;b&gt;", "kworker (worker)", "context switch"} {
		require.Contains(t, strings.ReplaceAll(strings.ReplaceAll(svg, "&#45;", "-"), "&#160;", " "), want)
	}
}

func TestCover(t *testing.T) {
	p, tr := example()
	p.Kind = spec.Cover
	var b bytes.Buffer
	require.NoError(t, Counterexample(&b, "t", &spec.Model{}, p, tr[:1]))
	require.Contains(t, render(t, b.Bytes()), "reached: no_early_cleanup")
}

// A mistake in a graph is an error, not a text that says error.
func TestGraphErrors(t *testing.T) {
	g := newGraph("t")
	g.node("mcheck", "a", attrs{"class": "x"})
	require.ErrorContains(t, g.write(&bytes.Buffer{}), "class")

	g = newGraph("t")
	g.node("mcheck", "a", nil)
	g.edge("a", "b", nil)
	require.ErrorContains(t, g.write(&bytes.Buffer{}), "no node")

	g = newGraph("t")
	require.ErrorContains(t, g.write(failing{}), "disk full")
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }
