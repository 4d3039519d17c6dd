package explorer_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"mcheck/explorer"
	"mcheck/spec"
	"mcheck/spec/eval"
	"mcheck/spec/spectest"
)

// The counts of statements with random conditions are those that the reference evaluator gets by
// looking at every transition.
func TestCountLines(t *testing.T) {
	conditions := 0
	rapid.Check(t, func(t *rapid.T) {
		m := spectest.Model(t)
		for _, a := range m.Actions {
			// Statements that are always executed, and that the two sides of a branch execute.
			a.Source = append(a.Source, spec.SourceLine{Text: "always"})
			if b, ok := a.Body.(*spec.Branch); ok {
				conditions++
				a.Source = append(a.Source, spec.SourceLine{Text: "then", When: b.Cond}, spec.SourceLine{Text: "else", When: spec.Un(spec.Not, b.Cond)})
			}
		}
		r, err := eval.Explore(m, eval.Options{Limit: 20_000})
		require.NoError(t, err)
		if r.Err != nil || !r.Complete {
			return
		}
		got, err := explorer.CountLines(t.Context(), m, explorer.Options{Workers: 2})
		require.NoError(t, err)
		for i, a := range m.Actions {
			n := len(a.Source)
			if b, ok := a.Body.(*spec.Branch); ok {
				require.Equal(t, r.Fired[i], got[i][n-3])
				require.Equal(t, taken(t, r, m, i, b.Cond), got[i][n-2])
				require.Equal(t, r.Fired[i], got[i][n-2]+got[i][n-1])
			} else {
				require.Equal(t, r.Fired[i], got[i][n-1])
			}
		}
	})
	require.Positive(t, conditions)
}

// taken counts the transitions of the i-th action in whose source state cond holds.
func taken(t require.TestingT, r *eval.Result, m *spec.Model, i int, cond spec.Expr) (n int64) {
	for _, e := range r.Edges {
		if e.Action != m.Actions[i] {
			continue
		}
		env := eval.NewEnv(m)
		for k, p := range e.Action.Params {
			env = env.Bind(p, e.Args[k])
		}
		ok, err := eval.Cond(cond, r.States[e.From], env)
		require.NoError(t, err)
		if ok {
			n++
		}
	}
	return n
}
