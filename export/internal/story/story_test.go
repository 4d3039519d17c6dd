package story

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
)

func TestTell(t *testing.T) {
	task := &spec.EnumType{Name: "Task", Values: []string{"main", "walker"}}
	who := &spec.Param{Name: "t", Type: task}
	cpu := &spec.Param{Name: "cpu", Type: &spec.RangeType{Lo: 0, Hi: 1}}
	step := &spec.Action{Name: "inc", Params: []*spec.Param{who, cpu}, Source: []spec.SourceLine{{Func: "f", Text: "x  =\n1;"}, {Func: "g", Text: "y = 2;"}}}
	gp := &spec.Action{Name: "gp_end", Actor: -1, Kind: spec.ActorMachine}

	s := Tell(&spec.Model{}, spec.Trace{
		{},
		{Action: step, Args: []int64{0, 1}},
		{Action: gp},
		{Action: step, Args: []int64{0, 0}}, // the machine was no switch
		{Action: step, Args: []int64{1, 0}}, // walker: the first
		{Action: gp},
		{Action: step, Args: []int64{0, 0}}, // main again, across the machine: the second
	})

	require.Equal(t, []Actor{{"main", spec.ActorTask}, {"gp_end", spec.ActorMachine}, {"walker", spec.ActorTask}}, s.Actors)
	require.Equal(t, 2, s.Switches)
	var switches []bool
	for _, st := range s.Steps {
		switches = append(switches, st.Switch)
	}
	require.Equal(t, []bool{false, false, false, true, false, true}, switches)
	require.Equal(t, Step{Number: 1, Lines: []Line{{Func: "f", Text: "x = 1; [cpu: 1]", Enter: true, Key: true}, {Func: "g", Text: "y = 2;", Enter: true}}}, s.Steps[0])
	require.Equal(t, []Line{{Text: "gp_end", Key: true}}, s.Steps[1].Lines, "an action without a source stands for itself")
	require.Equal(t, "gp_end (machine)", s.Actors[1].Title())
}

func TestDiff(t *testing.T) {
	slot := &spec.EnumType{Name: "Slot", Values: []string{"M1", "M2"}}
	rec := &spec.RecordType{Name: "pair", Fields: []spec.Field{{Name: "a", Type: spec.Bool}, {Name: "b", Type: &spec.OptionType{Elem: slot}}}}
	m := &spec.Model{Vars: []*spec.Var{
		{Name: "count", Type: &spec.ArrayType{Index: slot, Elem: &spec.RangeType{Lo: 0, Hi: 3}}},
		{Name: "same", Type: spec.Bool},
		{Name: "pc", Type: spec.Bool, Control: true},
		{Name: "r", Type: rec},
		{Name: "q", Type: &spec.SeqType{Elem: slot, Cap: 2}},
	}}
	n := func(n int64) spec.Value { return spec.Value{N: n} }
	l := func(vs ...spec.Value) spec.Value { return spec.Value{Elems: vs} }
	a := spec.State{l(n(1), n(2)), n(1), n(0), l(n(0), n(-1)), l(n(0))}
	b := spec.State{l(n(1), n(3)), n(1), n(1), l(n(0), n(1)), l(n(0), n(1))}
	require.Equal(t, []Change{{"count[M2]", "2", "3"}, {"r.b", "NULL", "M2"}, {"q", "<M1>", "<M1, M2>"}}, Diff(m, a, b))
	require.Empty(t, Diff(m, a, a))
}

// A step that branches shows the side that it took, by the state before it and its choices; ghost
// code is not shown.
func TestExecuted(t *testing.T) {
	x := &spec.Var{Name: "x", Type: &spec.RangeType{Lo: 0, Hi: 3}}
	who := &spec.Param{Name: "t", Type: &spec.RangeType{Lo: 0, Hi: 1}}
	cpu := &spec.Param{Name: "cpu", Type: &spec.RangeType{Lo: 0, Hi: 1}}
	when := func(e spec.Expr, n int64) spec.Expr { return spec.Bin(spec.Eq, e, spec.Int(n)) }
	a := &spec.Action{Name: "a", Params: []*spec.Param{who, cpu}, Source: []spec.SourceLine{
		{Text: "if (x)"},
		{Text: "then", When: when(spec.V(x), 2)},
		{Text: "else", When: when(spec.V(x), 1)},
		{Text: "on cpu 1", When: when(spec.P(cpu), 1)},
		{Text: "on cpu 0", When: when(spec.P(cpu), 0)},
		{Text: "ledger++", Ghost: true},
		{Text: "last", When: spec.Bin(spec.Ne, &spec.Binary{Op: spec.Div, X: spec.V(x), Y: spec.Int(0)}, spec.Int(1))},
	}}
	m := &spec.Model{Vars: []*spec.Var{x}}
	s := Tell(m, spec.Trace{{State: spec.State{{N: 2}}}, {Action: a, Args: []int64{0, 1}, State: spec.State{{N: 1}}}})
	var texts []string
	for _, l := range s.Steps[0].Lines {
		texts = append(texts, l.Text)
	}
	require.Equal(t, []string{"if (x) [cpu: 1]", "then", "on cpu 1", "last"}, texts, "what can't be evaluated is shown")
}

// A call stands where the function begins, not where the step before it ended.
func TestMoveCalls(t *testing.T) {
	src := func(fn, text string) spec.SourceLine { return spec.SourceLine{Func: fn, Text: text} }
	who := &spec.Param{Name: "t", Type: &spec.RangeType{Lo: 0, Hi: 1}}
	step := func(ls ...spec.SourceLine) *spec.Action {
		return &spec.Action{Name: "a", Params: []*spec.Param{who}, Source: ls}
	}
	one := step(src("main", "x;"), src("main", "err = umount(m);"), src("umount", "lock();"))
	other := step(src("walk", "y;"))
	two := step(src("lock", "spin_lock(&l);"), src("umount", "tree(m);"))
	s := Tell(&spec.Model{}, spec.Trace{{}, {Action: one, Args: []int64{0}}, {Action: other, Args: []int64{1}}, {Action: two, Args: []int64{0}}})
	var got [][]string
	for _, st := range s.Steps {
		var texts []string
		for _, l := range st.Lines {
			texts = append(texts, l.Text)
		}
		got = append(got, texts)
	}
	require.Equal(t, [][]string{{"x;"}, {"y;"}, {"err = umount(m);", "lock();", "spin_lock(&l);", "tree(m);"}}, got)
}
