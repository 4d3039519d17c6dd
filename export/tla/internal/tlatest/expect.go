package tlatest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/explorer"
	"mcheck/spec"
	"mcheck/spec/eval"
)

// Expect returns what the reference evaluator finds in m, graph included.
func Expect(t testing.TB, m *spec.Model) *explorer.Result {
	t.Helper()
	require.Empty(t, spec.Check(m))
	r, err := eval.Explore(m, eval.Options{Limit: 100_000})
	require.NoError(t, err)
	out := &explorer.Result{
		Complete: r.Complete, Initial: r.Initial, Distinct: r.Distinct, Transitions: r.Transitions, Generated: r.Generated, Depth: r.Depth,
		Levels: r.Levels, Rest: r.Rest, Fired: r.Fired, Graph: &explorer.Graph{States: r.States, Init: r.Init},
	}
	if r.Err != nil {
		out.Error = &explorer.ModelError{Message: r.Err.Error(), Action: r.Err.Action, Args: r.Err.Args, Prop: r.Err.Prop}
	}
	for _, e := range r.Edges {
		out.Graph.Edges = append(out.Graph.Edges, explorer.Edge{From: e.From, To: e.To, Action: e.Action, Args: e.Args})
	}
	for _, p := range r.Properties {
		pr := explorer.PropertyResult{Property: p.Property, Verdict: explorer.Verdict(p.Verdict), Situations: p.Situations}
		if p.State >= 0 {
			pr.Trace = r.Trace(p.State)
		}
		out.Properties = append(out.Properties, pr)
	}
	return out
}
