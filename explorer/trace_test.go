package explorer

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"mcheck/spec"
	"mcheck/spec/eval"
	"mcheck/spec/spectest"
)

func actorOf(a *spec.Action, args []int64) string {
	return a.Kind.String() + " " + spec.Step{Action: a, Args: args}.Actor()
}

// switches counts the context switches of a trace.
func switches(tr spec.Trace) int {
	n, last := 0, ""
	for _, s := range tr[1:] {
		if s.Action.Kind == spec.ActorMachine {
			continue
		}
		a := actorOf(s.Action, s.Args)
		if last != "" && a != last {
			n++
		}
		last = a
	}
	return n
}

// fewest returns the least number of context switches on the behaviours of length states that end
// in a state that bad accepts, found by going forward through all behaviours of this length at
// once.
func fewest(t fatal, m *spec.Model, length int, bad func(spec.State) bool) int {
	type at struct{ state, last string }
	type entry struct {
		state spec.State
		n     int
	}
	env := eval.NewEnv(m)
	inside := func(s spec.State) bool {
		ok, err := eval.Cond(m.Constraint, s, env)
		require.NoError(t, err)
		return ok
	}
	now := map[at]entry{}
	init, err := eval.Init(m)
	require.NoError(t, err)
	for _, s := range init {
		if length == 1 || inside(s) {
			now[at{s.Key(), ""}] = entry{s, 0}
		}
	}
	for step := 2; step <= length; step++ {
		next := map[at]entry{}
		for k, e := range now {
			succs, err := eval.Successors(m, e.state)
			require.NoError(t, err)
			for _, sc := range succs {
				if step < length && !inside(sc.State) {
					continue
				}
				last, n := k.last, e.n
				if sc.Action.Kind != spec.ActorMachine {
					last = actorOf(sc.Action, sc.Args)
					if k.last != "" && k.last != last {
						n++
					}
				}
				to := at{sc.State.Key(), last}
				if old, ok := next[to]; !ok || n < old.n {
					next[to] = entry{sc.State, n}
				}
			}
		}
		now = next
	}
	best := math.MaxInt
	for _, e := range now {
		if e.n < best && bad(e.state) {
			best = e.n
		}
	}
	return best
}

// badStates returns what the last state of a trace to p has to be.
func badStates(t fatal, m *spec.Model, p *spec.Property, r *eval.Result) func(spec.State) bool {
	env := eval.NewEnv(m)
	cond := func(e spec.Expr, s spec.State) bool {
		ok, err := eval.Cond(e, s, env)
		require.NoError(t, err)
		return ok
	}
	position := map[string]int{}
	for i, s := range r.States {
		position[s.Key()] = i
	}
	can := make([]bool, len(r.States))
	for i, s := range r.States {
		can[i] = r.AtRest[i] && cond(p.Cond, s)
	}
	for more := true; more; {
		more = false
		for _, e := range r.Edges {
			if e.To >= 0 && can[e.To] && !can[e.From] {
				can[e.From], more = true, true
			}
		}
	}
	return func(s spec.State) bool {
		if !cond(p.When, s) {
			return false
		}
		i, known := position[s.Key()]
		switch p.Kind {
		case spec.Invariant:
			return !cond(p.Cond, s)
		case spec.AtRest, spec.Deadlock:
			return known && r.AtRest[i] && !cond(p.Cond, s)
		case spec.CanRest:
			return known && !can[i]
		case spec.Cover:
			return known && cond(p.Cond, s)
		}
		panic("unhandled " + p.Kind.String())
	}
}

func TestTracesHaveTheFewestSwitches(t *testing.T) {
	long, switched := 0, 0
	models := rapid.Custom(spectest.Model)
	for seed := range 400 {
		m := models.Example(seed)
		want, err := eval.Explore(m, eval.Options{})
		require.NoError(t, err)
		r := explore(t, m, Options{Workers: 2})
		for _, p := range r.Properties {
			if p.Trace == nil {
				continue
			}
			n := len(p.Trace)
			bad := badStates(t, m, p.Property, want)
			require.True(t, bad(p.Trace[n-1].State), "%s in\n%s", p.Property.Name, m)
			if n > 12 {
				continue // the forward search would take long
			}
			require.Equal(t, fewest(t, m, n, bad), switches(p.Trace), "%s in\n%s", p.Property.Name, m)
			if n > 2 {
				long++
			}
			if switches(p.Trace) > 0 {
				switched++
			}
		}
	}
	require.NotZero(t, long)
	require.NotZero(t, switched)
}

// Two tasks count to n each; the violation needs all steps of both, so that there are many shortest
// traces, and one switch is enough.
func twoCounters(n int64) *spec.Model {
	task := &spec.EnumType{Name: "Task", Values: []string{"a", "b"}}
	c := &spec.Var{Name: "c", Type: &spec.ArrayType{Index: task, Elem: &spec.RangeType{Lo: 0, Hi: n}}}
	p, q := &spec.Param{Name: "t", Type: task}, &spec.Param{Name: "i", Type: task}
	c.Init = &spec.Quant{Op: spec.MapOf, Param: q, Body: &spec.Lit{N: 0, T: c.Type.(*spec.ArrayType).Elem}}
	at := spec.At(c, spec.P(p))
	return &spec.Model{
		Name: "Counters", Enums: []*spec.EnumType{task}, Vars: []*spec.Var{c},
		Actions: []*spec.Action{{
			Name: "Inc", Params: []*spec.Param{p}, Guard: spec.Bin(spec.Lt, at, spec.Int(n)),
			Body: do(spec.Set(c, spec.Bin(spec.Add, at, spec.Int(1)), spec.P(p))),
		}},
		Properties: []*spec.Property{
			{Name: "NotBoth", Kind: spec.Invariant, Cond: spec.Un(spec.Not, spec.All(
				spec.Bin(spec.Eq, spec.At(c, task.Val("a")), spec.Int(n)), spec.Bin(spec.Eq, spec.At(c, task.Val("b")), spec.Int(n))))},
			{Name: "NotThree", Kind: spec.Invariant, Cond: spec.Bin(spec.Lt, spec.At(c, task.Val("b")), spec.Int(3))},
		},
	}
}

func TestOneSwitchIsEnough(t *testing.T) {
	r := explore(t, twoCounters(20), Options{Workers: 2})
	require.EqualValues(t, 21*21, r.Distinct)
	tr := r.Properties[0].Trace
	require.Len(t, tr, 41)
	require.Equal(t, 1, switches(tr))
	require.Equal(t, "a", tr[1].Actor()) // the first in the order of actors
	require.Len(t, r.Properties[1].Trace, 4)
	require.Equal(t, 0, switches(r.Properties[1].Trace))
}
