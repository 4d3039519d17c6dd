package explorer

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
	"mcheck/spec/classic"
	"mcheck/spec/eval"
)

// faulty is a counter n that runs to 3, and what a test adds.
func faulty() (*spec.Model, *spec.Var) {
	n := &spec.Var{Name: "n", Type: &spec.RangeType{Lo: 0, Hi: 3}, Init: spec.Int(0)}
	up := &spec.Action{Name: "Up", Actor: -1, Guard: spec.Bin(spec.Lt, spec.V(n), spec.Int(3)), Body: do(spec.Set(n, spec.Bin(spec.Add, spec.V(n), spec.Int(1))))}
	return &spec.Model{Name: "Faulty", Vars: []*spec.Var{n}, Actions: []*spec.Action{up}}, n
}

func TestErrors(t *testing.T) {
	task := &spec.EnumType{Name: "Task", Values: []string{"a", "b"}}
	seq := &spec.SeqType{Elem: spec.Bool, Cap: 2}
	for _, tc := range []struct {
		name    string
		change  func(m *spec.Model, n *spec.Var)
		length  int // states of the trace
		message string
	}{
		{"store", func(m *spec.Model, n *spec.Var) { m.Actions[0].Guard = nil }, 4, "action Up: value 4 outside 0..3"},
		{"null", func(m *spec.Model, n *spec.Var) {
			m.Enums = []*spec.EnumType{task}
			a := &spec.Var{Name: "a", Type: &spec.ArrayType{Index: task, Elem: spec.Bool}, Init: mapOf(task, "i", func(spec.Expr) spec.Expr { return spec.F })}
			p := &spec.Var{Name: "p", Type: &spec.OptionType{Elem: task}, Init: task.Val("a")}
			m.Vars = append(m.Vars, a, p)
			m.Actions = append(m.Actions,
				&spec.Action{Name: "Clear", Actor: -1, Guard: spec.Bin(spec.Eq, spec.V(n), spec.Int(1)), Body: do(spec.Set(p, spec.Null(task)))},
				&spec.Action{Name: "Store", Actor: -1, Body: do(spec.Set(a, spec.T, spec.V(p)))})
		}, 3, "action Store: index -1 outside 0..1"},
		{"full", func(m *spec.Model, n *spec.Var) {
			q := &spec.Var{Name: "q", Type: seq, Init: &spec.Composite{T: seq}}
			m.Vars = append(m.Vars, q)
			m.Actions[0].Body.(*spec.Do).Updates = append(m.Actions[0].Body.(*spec.Do).Updates, spec.Set(q, spec.Bin(spec.Append, spec.V(q), spec.T)))
		}, 3, "action Up: append to a full sequence of 2"},
		{"property", func(m *spec.Model, n *spec.Var) {
			m.Properties = []*spec.Property{{Name: "Bad", Kind: spec.Invariant, Cond: spec.Bin(spec.Ge, spec.Bin(spec.Div, spec.Int(6), spec.Bin(spec.Sub, spec.Int(2), spec.V(n))), spec.Int(0))}}
		}, 3, "property Bad: division by 0"},
		{"constraint", func(m *spec.Model, n *spec.Var) {
			m.Constraint = spec.Bin(spec.Ge, spec.Bin(spec.Div, spec.Int(6), spec.Bin(spec.Sub, spec.Int(2), spec.V(n))), spec.Int(0))
		}, 3, "constraint: division by 0"},
		{"running", func(m *spec.Model, n *spec.Var) {
			m.Running = spec.Bin(spec.Ge, spec.Bin(spec.Div, spec.Int(6), spec.Bin(spec.Sub, spec.Int(2), spec.V(n))), spec.Int(0))
		}, 3, "running: division by 0"},
		{"initial value", func(m *spec.Model, n *spec.Var) { n.Init = spec.Bin(spec.Add, spec.Int(2), spec.Int(2)) }, 0,
			"initial value of n: value 4 outside 0..3"},
		{"initial states", func(m *spec.Model, n *spec.Var) {
			n.Init = nil
			m.InitWhere = spec.Bin(spec.Ge, spec.Bin(spec.Div, spec.Int(6), spec.Bin(spec.Sub, spec.Int(2), spec.V(n))), spec.Int(0))
		}, 0, "initial states: division by 0"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m, n := faulty()
			tc.change(m, n)
			r := explore(t, m, Options{})
			require.NotNil(t, r.Error)
			require.False(t, r.Complete)
			require.Equal(t, "the model can't be evaluated", r.Reason)
			require.Equal(t, tc.message, r.Error.Error())
			require.Len(t, r.Error.Trace, tc.length)
			want, err := eval.Explore(m, eval.Options{})
			require.NoError(t, err)
			require.NotNil(t, want.Err)
			requireError(t, m, want, r)
		})
	}
}

// A violation found before the error stands; what is not decided is undecided.
func TestErrorKeepsVerdicts(t *testing.T) {
	m, n := faulty()
	m.Actions[0].Guard = nil
	m.Properties = []*spec.Property{
		{Name: "NotTwo", Kind: spec.Invariant, Cond: spec.Bin(spec.Ne, spec.V(n), spec.Int(2))},
		{Name: "Fine", Kind: spec.Invariant, Cond: spec.Bin(spec.Ge, spec.V(n), spec.Int(0))},
		{Name: "Rests", Kind: spec.CanRest, Cond: spec.T},
	}
	r := explore(t, m, Options{})
	require.Equal(t, Violated, r.Properties[0].Verdict)
	require.Len(t, r.Properties[0].Trace, 3)
	require.Equal(t, Undecided, r.Properties[1].Verdict)
	require.Equal(t, Undecided, r.Properties[2].Verdict)
}

// An element may be stored beyond the old length of a sequence if an update before it has made the
// sequence longer.
func TestUpdateAfterGrowth(t *testing.T) {
	seq := &spec.SeqType{Elem: &spec.RangeType{Lo: 0, Hi: 3}, Cap: 3}
	m, n := faulty()
	q := &spec.Var{Name: "q", Type: seq, Init: &spec.Composite{T: seq}}
	m.Vars = append(m.Vars, q)
	m.Actions[0].Body = do(spec.Set(q, spec.Bin(spec.Append, spec.V(q), spec.Int(1))), spec.Set(q, spec.V(n), spec.Bin(spec.Add, spec.V(n), spec.Int(1))),
		spec.Set(n, spec.Bin(spec.Add, spec.V(n), spec.Int(1))))
	require.Empty(t, spec.Check(m))
	agree(t, m)
	r := explore(t, m, Options{Graph: true})
	require.Equal(t, "<0, 1, 2>", spec.FormatValue(seq, r.Graph.States[3][1]))
}

// Traces among tens of thousands of states do not depend on the number of workers.
func TestTracesDoNotDependOnWorkers(t *testing.T) {
	m := classic.TwoPhase(6)
	s := m.Vars[0]
	rm := s.Type.(*spec.ArrayType).Index
	every := func(state string) spec.Expr {
		p := &spec.Param{Name: "x", Type: rm}
		st := s.Type.(*spec.ArrayType).Elem.(*spec.EnumType)
		return &spec.Quant{Op: spec.Forall, Param: p, Body: spec.Bin(spec.Eq, spec.At(s, spec.P(p)), st.Val(state))}
	}
	for _, k := range []string{"prepared", "committed", "aborted"} {
		m.Properties = append(m.Properties,
			&spec.Property{Name: "Never_" + k, Kind: spec.Invariant, Cond: spec.Un(spec.Not, every(k))},
			&spec.Property{Name: "Some_" + k, Kind: spec.Cover, Cond: every(k)},
			&spec.Property{Name: "Rest_" + k, Kind: spec.AtRest, Cond: every(k)},
			&spec.Property{Name: "Can_" + k, Kind: spec.CanRest, Cond: every(k)})
	}
	require.Empty(t, spec.Check(m))
	first := explore(t, m, Options{Workers: 1})
	require.True(t, first.Complete)
	committed := first.Properties[5]
	require.Equal(t, "Never_committed", committed.Property.Name)
	// all prepare, all are heard, the decision, all hear of it
	require.Len(t, committed.Trace, 1+6+6+1+6)
	for _, p := range first.Properties {
		if p.Trace != nil {
			replay(t, m, p.Trace, p.Property)
		}
	}
	for _, n := range []int{2, 3, 8} {
		require.Equal(t, plain(first), plain(explore(t, m, Options{Workers: n})))
	}
}
