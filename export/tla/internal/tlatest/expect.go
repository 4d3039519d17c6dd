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
		Levels: r.Levels, Rest: r.Rest, Fired: r.Fired, Tallied: r.Complete, Graph: &explorer.Graph{States: r.States, Init: r.Init},
	}
	if r.Err != nil {
		out.Error = &explorer.ModelError{Message: r.Err.Error(), Action: r.Err.Action, Args: r.Err.Args, Prop: r.Err.Prop}
	}
	for _, e := range r.Edges {
		out.Graph.Edges = append(out.Graph.Edges, explorer.Edge{From: e.From, To: e.To, Action: e.Action, Args: e.Args})
	}
	for _, p := range r.Properties {
		pr := explorer.PropertyResult{Property: p.Property, Verdict: explorer.Verdict(p.Verdict), Situations: p.Situations, Hits: p.Hits}
		if p.State >= 0 {
			pr.Trace = r.Trace(p.State)
		} else if p.Length > 0 {
			pr.Trace = outside(t, m, r, p)
		}
		out.Properties = append(out.Properties, pr)
	}
	return out
}

// outside returns a shortest behaviour to a state outside the constraint that violates p, an
// invariant.
func outside(t testing.TB, m *spec.Model, r *eval.Result, p eval.PropertyResult) spec.Trace {
	violates := func(s spec.State) bool {
		when, err := eval.Cond(p.Property.When, s, eval.NewEnv(m))
		require.NoError(t, err)
		cond, err := eval.Cond(p.Property.Cond, s, eval.NewEnv(m))
		require.NoError(t, err)
		return when && !cond
	}
	if p.Length == 1 {
		init, err := eval.Init(m)
		require.NoError(t, err)
		for _, s := range init {
			if violates(s) {
				return spec.Trace{{State: s}}
			}
		}
	}
	for _, e := range r.Edges {
		if e.To >= 0 || r.Depths[e.From] != p.Length-1 {
			continue
		}
		s, err := eval.Apply(m, e.Action, e.Args, r.States[e.From])
		require.NoError(t, err)
		if violates(s) {
			return append(r.Trace(e.From), spec.Step{Action: e.Action, Args: e.Args, State: s})
		}
	}
	require.Fail(t, "no behaviour of the length that the evaluator claims")
	return nil
}
