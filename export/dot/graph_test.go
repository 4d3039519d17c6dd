package dot

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/awalterschulze/gographviz"
	"github.com/stretchr/testify/require"

	"mcheck/explorer"
	"mcheck/spec"
	"mcheck/spec/scenario"
)

// chain is a graph of n states in which x counts up, and a last step that leaves the constraint.
func chain(n int) (*spec.Model, *explorer.Graph) {
	x := &spec.Var{Name: "x", Type: &spec.RangeType{Lo: 0, Hi: int64(n)}}
	by := &spec.Param{Name: "by", Type: &spec.RangeType{Lo: 1, Hi: 2}}
	inc := &spec.Action{Name: "Inc", Params: []*spec.Param{by}, Actor: -1}
	gr := &explorer.Graph{Init: []int{0}}
	for i := range n {
		gr.States = append(gr.States, spec.State{{N: int64(i)}})
		if i > 0 {
			gr.Edges = append(gr.Edges, explorer.Edge{From: i - 1, To: i, Action: inc, Args: []int64{1}})
		}
	}
	gr.Edges = append(gr.Edges, explorer.Edge{From: n - 1, To: -1, Action: inc, Args: []int64{2}})
	return &spec.Model{Vars: []*spec.Var{x}}, gr
}

func attr(t *testing.T, g *gographviz.Graph, node, name string) string {
	t.Helper()
	n := g.Nodes.Lookup[quote(node)]
	require.NotNil(t, n, node)
	return n.Attrs[gographviz.Attr(name)]
}

func TestStateGraph(t *testing.T) {
	task := &spec.EnumType{Name: "Task", Values: []string{"main", "walker"}}
	flag := func(name, group string, ghost bool) *spec.Var {
		return &spec.Var{Name: name, Type: spec.Bool, Group: group, Ghost: ghost}
	}
	m := &spec.Model{Vars: []*spec.Var{flag("busy", "", false), flag("tmp", "locals of f", false), flag("seen", "ghost", true), {Name: "pc", Type: spec.Bool, Control: true}}}
	who := &spec.Param{Name: "t", Type: task}
	step := func(optional bool, ls ...spec.SourceLine) *spec.Action {
		return &spec.Action{Name: "a", Params: []*spec.Param{who}, Optional: optional, Source: ls}
	}
	sh := spec.SourceLine{Script: true, Func: "main", Text: "umount /mnt"}
	take := step(false, sh, spec.SourceLine{Func: "f", Text: "busy = true;"})
	look := step(false, spec.SourceLine{Func: "f", Text: "tmp = busy;"})
	block := step(false, spec.SourceLine{Func: "g", Text: "atomic { x; }"}, spec.SourceLine{Func: "g", Text: "x;"})
	again := step(true, spec.SourceLine{Func: "f", Text: "again(the_argument_that_is_longer_than_any_line_of_a_picture);"})
	state := func(bits ...int64) (st spec.State) {
		for _, b := range bits {
			st = append(st, spec.Value{N: b})
		}
		return st
	}
	gr := &explorer.Graph{
		States: []spec.State{state(0, 0, 0, 0), state(1, 0, 1, 0), state(0, 1, 0, 0), state(1, 1, 1, 1)},
		Init:   []int{0},
		Edges: []explorer.Edge{
			{From: 0, To: 1, Action: take, Args: []int64{0}},
			{From: 0, To: 2, Action: look, Args: []int64{1}},
			{From: 1, To: 3, Action: look, Args: []int64{1}},
			{From: 2, To: 3, Action: block, Args: []int64{0}},
			{From: 3, To: 0, Action: again, Args: []int64{0}},
			{From: 3, To: 3, Action: look, Args: []int64{1}},
		},
	}
	not := func(v *spec.Var) spec.Expr { return spec.Un(spec.Not, spec.V(v)) }
	results := []explorer.PropertyResult{
		{Property: &spec.Property{Name: "free", Cond: not(m.Vars[0])}, Verdict: explorer.Violated},
		{Property: &spec.Property{Name: "quiet", Kind: spec.AtRest, Cond: not(m.Vars[1])}, Verdict: explorer.Violated},
		{Property: &spec.Property{Name: "never_busy", Kind: spec.AtRest, When: not(m.Vars[0]), Cond: spec.F}, Verdict: explorer.Vacuous},
		{Property: &spec.Property{Name: "can_look", Kind: spec.Cover, Cond: spec.V(m.Vars[1])}, Verdict: explorer.Holds},
		{Property: &spec.Property{Name: "can_fly", Kind: spec.Cover, Cond: spec.F}, Verdict: explorer.Violated},
		{Property: &spec.Property{Name: "can_be_free", Kind: spec.CanRest, Cond: not(m.Vars[0])}, Verdict: explorer.Violated},
	}
	var b bytes.Buffer
	require.NoError(t, StateGraph(&b, "counter", m, gr, results, 0))
	g := parse(t, b.Bytes())
	require.Equal(t, `"2"`, attr(t, g, "s000000", "peripheries"))
	require.Equal(t, `"0\lviolates can_be_free\l"`, attr(t, g, "s000000", "label"))
	require.Equal(t, `"1\lbusy = true\lviolates free\l"`, attr(t, g, "s000001", "label"), "neither ghosts nor locals; what is still violated is not said again")
	require.Equal(t, `"busy: false -> true\nseen: false -> true"`, attr(t, g, "s000001", "tooltip"))
	require.Equal(t, `"2\lreaches can_look\l"`, attr(t, g, "s000002", "label"))
	require.Equal(t, `"3\lat rest\lviolates quiet\l"`, attr(t, g, "s000003", "label"), "an optional step is none that is owed")
	require.Equal(t, `"3"`, attr(t, g, "s000003", "penwidth"))
	require.Equal(t, `"`+badColour+`"`, attr(t, g, "s000003", "fillcolor"))

	var labels []string
	for _, e := range g.Edges.Edges {
		labels = append(labels, strings.Trim(e.Attrs["label"]+" "+e.Attrs["style"], `" `))
	}
	require.Equal(t, []string{
		`main: $ umount /mnt\lmain: busy = true;\l`,
		`walker: tmp = busy;\l`,
		`walker: tmp = busy;\l`,
		`main: g()\l" "dashed`,
		`main: again(the_argument_that_is_longer_than_any_…\l" "dashed`,
		`walker: tmp = busy;\l" "dashed`,
	}, labels)
	require.NotEqual(t, g.Edges.Edges[0].Attrs["color"], g.Edges.Edges[1].Attrs["color"], "a colour for each who acts")
	legend := attr(t, g, "legend_text", "label")
	for _, want := range []string{"violated: free", "violated: quiet", "never reached: can_fly", "holds: 1", "vacuous: 1"} {
		require.Contains(t, legend, want)
	}
	require.Contains(t, render(t, b.Bytes()), "violates free")
}

// What is drawn agrees with what the explorer decided: each counterexample ends in a state that is
// marked with its property, and as many states are at rest. The picture stays small, and Graphviz
// accepts it.
func TestStateGraphOfScenario(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	sc, err := scenario.Load("ltp-mkfs")
	require.NoError(t, err)
	built, err := scenario.Build(sc, "defer-v4", scenario.Options{})
	require.NoError(t, err)
	res, err := explorer.Explore(context.Background(), built.Model, explorer.Options{Graph: true})
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, StateGraph(&b, "ltp-mkfs", built.Model, res.Graph, res.Properties, 2000))
	require.Less(t, b.Len(), 1000*len(res.Graph.States))
	render(t, b.Bytes())

	g := parse(t, b.Bytes())
	require.Equal(t, int(res.Rest), strings.Count(b.String(), `\lat rest\l`))
	violated := 0
	for _, p := range res.Properties {
		if p.Verdict != explorer.Violated {
			continue
		}
		violated++
		end := p.Trace[len(p.Trace)-1].State
		for i, st := range res.Graph.States {
			if st.Equal(end) {
				require.Contains(t, attr(t, g, stepName(i), "label"), `\lviolates `+p.Property.Name+`\l`)
			}
		}
		require.Contains(t, attr(t, g, "legend_text", "label"), "violated: "+p.Property.Name)
	}
	require.Positive(t, violated)
}

func TestStateGraphCap(t *testing.T) {
	m, gr := chain(MaxStates + 1)
	var b bytes.Buffer
	var large *TooLargeError
	require.ErrorAs(t, StateGraph(&b, "counter", m, gr, nil, 0), &large)
	require.Equal(t, TooLargeError{MaxStates + 1, MaxStates}, *large)
	require.Zero(t, b.Len())
	require.ErrorAs(t, StateGraph(&b, "counter", m, gr, nil, 10), &large)
	require.Equal(t, 10, large.Max)
	require.NoError(t, StateGraph(&b, "counter", m, gr, nil, MaxStates+1))
	g := parse(t, b.Bytes())
	require.Contains(t, g.Nodes.Lookup, quote(stepName(MaxStates)))
	require.Equal(t, `"Inc [by: 1]\l"`, g.Edges.Edges[0].Attrs["label"])
	last := g.Edges.Edges[len(g.Edges.Edges)-1]
	require.Equal(t, quote(outsideName), last.Dst)

	m, gr = chain(MaxStates)
	require.NoError(t, StateGraph(&b, "counter", m, gr, nil, 0))
}

// A counterexample in which somebody never moves says what he waits for, and what does not hold in
// the end.
func TestCounterexampleOfScenario(t *testing.T) {
	sc, err := scenario.Load("ltp-mkfs")
	require.NoError(t, err)
	built, err := scenario.Build(sc, "defer-v4", scenario.Options{})
	require.NoError(t, err)
	res, err := explorer.Explore(context.Background(), built.Model, explorer.Options{})
	require.NoError(t, err)
	for _, p := range res.Properties {
		if p.Property.Name != "device_free_after_umount" {
			continue
		}
		var b bytes.Buffer
		require.NoError(t, Counterexample(&b, "ltp-mkfs", built.Model, p.Property, p.Trace))
		render(t, b.Bytes())
		g := parse(t, b.Bytes())
		require.Equal(t, `"violated: device_free_after_umount\nnot spurious_known[main]"`, attr(t, g, "verdict", "label"))
		require.Contains(t, attr(t, g, "others", "label"), `Where the others stand:\l  rcu_work_rcufn (machine) can go on with\l      __queue_work(grace_period_over());\l`)
		// The text under a function begins two characters further in than its name, however many
		// digits the step has.
		require.Regexp(t, `^"\d\d  \w+\(\)\\l      \S`, attr(t, g, stepName(len(p.Trace)-1), "label"))
		return
	}
	require.Fail(t, "no such property")
}
