package explorer

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"mcheck/spec"
	"mcheck/spec/eval"
	"mcheck/spec/spectest"
)

func explore(t require.TestingT, m *spec.Model, opt Options) *Result {
	r, err := Explore(context.Background(), m, opt)
	require.NoError(t, err)
	return r
}

func TestAgreesWithTheEvaluator(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { agree(t, spectest.Model(t)) })
}

func TestAgreesWithTheEvaluatorOnFaults(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { agree(t, spectest.FaultyModel(t)) })
}

// fatal is a *testing.T or a *rapid.T.
type fatal interface {
	require.TestingT
	Fatalf(string, ...any)
}

// agree requires that the explorer and the evaluator find the same in m.
func agree(t fatal, m *spec.Model) {
	want, err := eval.Explore(m, eval.Options{})
	require.NoError(t, err)
	got := explore(t, m, Options{Workers: 1, Graph: true, Tally: true})
	require.Equal(t, want.Err != nil, got.Error != nil, "%v, %v in\n%s", want.Err, got.Error, m)
	for i, p := range got.Properties {
		if p.Trace != nil {
			replay(t, m, p.Trace, m.Properties[i])
		}
	}
	if got.Error != nil {
		requireError(t, m, want, got)
		return
	}
	require.True(t, got.Complete, got.Reason)
	type counts struct {
		Initial, Distinct, Transitions, Generated, Rest int64
		Depth                                           int
		Levels, Fired                                   []int64
	}
	require.Equal(t,
		counts{want.Initial, want.Distinct, want.Transitions, want.Generated, want.Rest, want.Depth, want.Levels, want.Fired},
		counts{got.Initial, got.Distinct, got.Transitions, got.Generated, got.Rest, got.Depth, got.Levels, got.Fired}, "%s", m)
	for i, p := range got.Properties {
		w := want.Properties[i]
		require.Equal(t, w.Verdict.String(), p.Verdict.String(), "%s in\n%s", p.Property.Name, m)
		require.Equal(t, w.Situations, p.Situations, "%s in\n%s", p.Property.Name, m)
		require.Equal(t, w.Hits, p.Hits, "%s in\n%s", p.Property.Name, m)
		require.Len(t, p.Trace, w.Length, "%s in\n%s", p.Property.Name, m)
	}
	sameGraph(t, m, want, got.Graph)
	for n, e := range map[int]Engine{1: Native, 2: Closures, 8: Native} {
		other := explore(t, m, Options{Workers: n, Graph: true, Tally: true, Engine: e})
		require.Equal(t, plain(got), plain(other), "%s on %d", e, n)
	}
}

// plain is r without what depends on the run.
func plain(r *Result) Result {
	c := *r
	c.Workers, c.Seconds, c.Bytes, c.BytesPerState = 0, 0, 0, 0
	c.Store, c.Spilled, c.Missed = 0, false, nil
	return c
}

// replay requires that tr is a behaviour of m, at the end of which p is violated, or covered (when
// it is not nil).
func replay(t fatal, m *spec.Model, tr spec.Trace, p *spec.Property) {
	init, err := eval.Init(m)
	require.NoError(t, err)
	found := false
	for _, s := range init {
		found = found || s.Equal(tr[0].State)
	}
	require.True(t, found, "the trace does not begin in an initial state")
	for i := 1; i < len(tr); i++ {
		ok, err := eval.Cond(m.Running, tr[i-1].State, eval.NewEnv(m))
		require.NoError(t, err)
		require.True(t, ok)
		next, err := eval.Apply(m, tr[i].Action, tr[i].Args, tr[i-1].State)
		require.NoError(t, err)
		require.NotNil(t, next, "step %d is not enabled", i)
		require.True(t, next.Equal(tr[i].State), "step %d leads elsewhere", i)
	}
	if p == nil {
		return
	}
	last := tr[len(tr)-1].State
	when, err := eval.Cond(p.When, last, eval.NewEnv(m))
	require.NoError(t, err)
	require.True(t, when)
	cond, err := eval.Cond(p.Cond, last, eval.NewEnv(m))
	require.NoError(t, err)
	switch p.Kind {
	case spec.Cover:
		require.True(t, cond)
	case spec.Invariant:
		require.False(t, cond)
	case spec.AtRest, spec.Deadlock:
		require.False(t, cond)
		running, err := eval.Cond(m.Running, last, eval.NewEnv(m))
		require.NoError(t, err)
		require.True(t, running)
		succs, err := eval.Successors(m, last)
		require.NoError(t, err)
		for _, sc := range succs {
			require.True(t, sc.Action.Optional || sc.State.Equal(last), "the last state is not at rest")
		}
	}
}

func requireError(t fatal, m *spec.Model, want *eval.Result, got *Result) {
	require.False(t, got.Complete)
	n := len(got.Error.Trace)
	// The evaluator looks at the properties of a state when it is generated, one level ahead of the
	// steps.
	require.LessOrEqual(t, n, want.ErrDepth)
	require.GreaterOrEqual(t, n, want.ErrDepth-1)
	if n == 0 {
		return
	}
	replay(t, m, got.Error.Trace, nil)
	last := got.Error.Trace[n-1].State
	env := eval.NewEnv(m)
	switch e := got.Error; {
	case e.Action != nil:
		_, err := eval.Apply(m, e.Action, e.Args, last)
		require.Error(t, err)
	case e.Prop != nil:
		_, err1 := eval.Cond(e.Prop.When, last, env)
		_, err2 := eval.Cond(e.Prop.Cond, last, env)
		require.True(t, err1 != nil || err2 != nil)
	default:
		_, err1 := eval.Cond(m.Running, last, env)
		_, err2 := eval.Cond(m.Constraint, last, env)
		require.True(t, err1 != nil || err2 != nil)
	}
	for _, workers := range []int{2, 8} {
		require.Equal(t, plain(got), plain(explore(t, m, Options{Workers: workers, Graph: true})))
	}
}

// sameGraph requires that g is the graph of want, states in another order.
func sameGraph(t fatal, m *spec.Model, want *eval.Result, g *Graph) {
	type edge struct {
		from, to, action string
	}
	count := map[edge]int{}
	name := func(states []spec.State, i int) string {
		if i < 0 {
			return "outside"
		}
		return states[i].Key()
	}
	for _, e := range want.Edges {
		count[edge{name(want.States, e.From), name(want.States, e.To), eval.CallString(e.Action, e.Args)}]++
	}
	for _, e := range g.Edges {
		count[edge{name(g.States, e.From), name(g.States, e.To), eval.CallString(e.Action, e.Args)}]--
	}
	for e, n := range count {
		require.Zero(t, n, "%v in\n%s", e, m)
	}
	require.Len(t, g.States, len(want.States))
	require.Len(t, g.Init, len(want.Init))
}
