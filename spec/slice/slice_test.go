package slice_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"mcheck/spec"
	"mcheck/spec/eval"
	"mcheck/spec/slice"
	"mcheck/spec/spectest"
)

// Two tasks: a walks the labels start, work, done; b is never started. x counts a's work and an
// invariant reads it; trash is written and never read; mode is false throughout and guards a
// branch; debug is read only under mode.
type sample struct {
	m                                         *spec.Model
	pc, x, trash, mode, debug, started, flick *spec.Var
}

func newSample() *sample {
	task := &spec.EnumType{Name: "Task", Values: []string{"a", "b"}, Symbolic: true}
	label := &spec.EnumType{Name: "Label", Values: []string{"start", "work", "never", "done"}}
	pcs := &spec.ArrayType{Index: task, Elem: label}
	small := &spec.RangeType{Lo: 0, Hi: 3}
	s := &sample{
		pc:      &spec.Var{Name: "pc", Type: pcs, Init: &spec.Composite{T: pcs, Elems: []spec.Expr{label.Val("start"), label.Val("start")}}},
		x:       &spec.Var{Name: "x", Type: small, Init: spec.Int(0)},
		trash:   &spec.Var{Name: "trash", Type: small, Init: spec.Int(0)},
		mode:    &spec.Var{Name: "mode", Type: spec.Bool, Init: spec.F},
		debug:   &spec.Var{Name: "debug", Type: small, Init: spec.Int(2)},
		flick:   &spec.Var{Name: "flick", Type: spec.Bool, Init: spec.F},
		started: &spec.Var{Name: "started", Type: &spec.ArrayType{Index: task, Elem: spec.Bool}, Init: &spec.Composite{T: &spec.ArrayType{Index: task, Elem: spec.Bool}, Elems: []spec.Expr{spec.T, spec.F}}},
	}
	at := func(p *spec.Param, l string) spec.Expr {
		return spec.Bin(spec.Eq, spec.At(s.pc, spec.P(p)), label.Val(l))
	}
	to := func(p *spec.Param, l string) spec.Update { return spec.Set(s.pc, label.Val(l), spec.P(p)) }
	action := func(name, from string, body func(p *spec.Param) spec.Node, more ...spec.Expr) *spec.Action {
		p := &spec.Param{Name: "t", Type: task}
		g := at(p, from)
		if len(more) > 0 {
			g = spec.Bin(spec.And, g, more[0])
		}
		if name == "Start" {
			g = spec.Bin(spec.And, g, spec.At(s.started, spec.P(p)))
		}
		return &spec.Action{Name: name, Params: []*spec.Param{p}, Guard: g, Body: body(p)}
	}
	s.m = &spec.Model{
		Name: "Sample", Enums: []*spec.EnumType{task, label},
		Vars: []*spec.Var{s.pc, s.x, s.trash, s.mode, s.debug, s.started, s.flick},
		Actions: []*spec.Action{
			action("Start", "start", func(p *spec.Param) spec.Node {
				return &spec.Do{Updates: []spec.Update{to(p, "work"), spec.Set(s.trash, spec.Int(1))}}
			}),
			action("Work", "work", func(p *spec.Param) spec.Node {
				return &spec.Branch{
					Cond: spec.V(s.mode),
					Then: &spec.Do{Updates: []spec.Update{to(p, "never"), spec.Set(s.x, spec.V(s.debug))}},
					Else: &spec.Do{Updates: []spec.Update{to(p, "done"), spec.Set(s.x, spec.Int(1)), spec.Set(s.trash, spec.Int(2))}},
				}
			}),
			action("Never", "never", func(p *spec.Param) spec.Node {
				return &spec.Do{Updates: []spec.Update{to(p, "done"), spec.Set(s.mode, spec.T)}}
			}),
		},
		Properties: []*spec.Property{
			{Name: "Small", Kind: spec.Invariant, Cond: spec.Bin(spec.Lt, spec.V(s.x), spec.Int(1))},
			{Name: "NotNever", Kind: spec.Invariant, Cond: spec.Bin(spec.Ne, spec.At(s.pc, task.Val("a")), label.Val("never"))},
			{Name: "Same", Kind: spec.Invariant, Cond: spec.Bin(spec.Eq, label.Val("never"), label.Val("never"))},
			{Name: "Rests", Kind: spec.AtRest, Cond: spec.Bin(spec.Eq, spec.V(s.x), spec.Int(1))},
		},
	}
	return s
}

func names(m *spec.Model) (vars, actions []string) {
	for _, v := range m.Vars {
		vars = append(vars, v.Name)
	}
	for _, a := range m.Actions {
		actions = append(actions, a.Name)
	}
	return vars, actions
}

func TestSliceSample(t *testing.T) {
	s := newSample()
	require.Empty(t, spec.Check(s.m))
	before := s.m.String()
	got, rep := slice.Slice(s.m)
	require.Equal(t, before, s.m.String(), "the input is left alone")
	require.Empty(t, spec.Check(got))
	vars, actions := names(got)
	// started stays: its two elements differ, so it is a table, and Start reads it.
	require.Equal(t, []string{"pc", "x", "started"}, vars)
	require.Equal(t, []string{"Start", "Work"}, actions)
	require.Equal(t, []string{"start", "work", "done"}, got.Enums[1].Values)
	require.Equal(t, []int64{0}, got.Actions[0].Params[0].Only, "b never starts")
	require.IsType(t, &spec.Do{}, got.Actions[1].Body, "mode is false")
	require.Equal(t, []string{"Never"}, rep.Unreachable)
	require.Equal(t, []string{
		"variable mode: never changes",
		"variable debug: never changes",
		"variable flick: never changes",
		"variable trash: nothing reads it",
		"values of Label that nothing takes: never",
	}, rep.Sliced)
	require.True(t, rep.Merged)
	agree(t, s.m, got, rep)
	// By hand: start, work, done of task a. Small fails in the third state, NotNever holds, x is 1
	// at rest.
	r, err := eval.Explore(got, eval.Options{})
	require.NoError(t, err)
	require.EqualValues(t, 3, r.Distinct)
	require.EqualValues(t, 1, r.Rest)
	require.Equal(t, eval.Violated, r.Properties[0].Verdict)
	require.Equal(t, 3, r.Properties[0].Length)
	require.Equal(t, eval.Holds, r.Properties[1].Verdict)
	require.Equal(t, eval.Holds, r.Properties[2].Verdict)
	require.Equal(t, eval.Holds, r.Properties[3].Verdict)
}

// A step whose only effect is on a variable that nothing reads must stay a step that changes the
// state: else there would be a state at rest.
func TestKeepsStepsThatMove(t *testing.T) {
	s := newSample()
	s.m.Actions = append(s.m.Actions, &spec.Action{
		Name: "Flicker", Actor: -1,
		Body: &spec.Do{Updates: []spec.Update{spec.Set(s.flick, spec.Un(spec.Not, spec.V(s.flick)))}},
	})
	require.Empty(t, spec.Check(s.m))
	got, rep := slice.Slice(s.m)
	vars, _ := names(got)
	require.Contains(t, vars, "flick")
	agree(t, s.m, got, rep)
	r, err := eval.Explore(got, eval.Options{})
	require.NoError(t, err)
	require.EqualValues(t, 0, r.Rest)
}

// agree compares a model with its slice by the reference evaluator.
func agree(t require.TestingT, m, sliced *spec.Model, rep *slice.Report) {
	const limit = 20000
	want, err := eval.Explore(m, eval.Options{Limit: limit})
	require.NoError(t, err)
	require.Nil(t, want.Err)
	if !want.Complete {
		return
	}
	got, err := eval.Explore(sliced, eval.Options{Limit: limit})
	require.NoError(t, err)
	require.Nil(t, got.Err)
	require.True(t, got.Complete)
	require.Len(t, got.Properties, len(want.Properties))
	for i, w := range want.Properties {
		g := got.Properties[i]
		require.Equal(t, w.Verdict, g.Verdict, w.Property.Name)
		require.Equal(t, w.Length, g.Length, w.Property.Name)
	}
	require.Equal(t, want.Depth > 0, got.Depth > 0)
	require.Equal(t, want.Rest > 0, got.Rest > 0)
	if !rep.Merged {
		require.Equal(t, want.Distinct, got.Distinct)
		require.Equal(t, want.Generated, got.Generated)
		require.Equal(t, want.Rest, got.Rest)
		require.Equal(t, want.Levels, got.Levels)
	} else {
		require.LessOrEqual(t, got.Distinct, want.Distinct)
	}
	fired := map[string]int64{}
	for i, a := range sliced.Actions {
		fired[a.Name] = got.Fired[i]
	}
	for i, a := range m.Actions {
		require.Equal(t, want.Fired[i] > 0, fired[a.Name] > 0, a.Name)
	}
}

func TestSliceRandom(t *testing.T) {
	merged, less, enums := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		m := spectest.Model(t)
		before := m.String()
		got, rep := slice.Slice(m)
		require.Equal(t, before, m.String())
		require.Empty(t, spec.Check(got), got.String())
		agree(t, m, got, rep)
		if rep.Merged {
			merged++
		}
		if len(got.Vars) < len(m.Vars) || len(got.Actions) < len(m.Actions) {
			less++
		}
		if len(got.Enums) > 0 && got.String() != before {
			enums++
		}
	})
	// The test is about something: models with less in them came up.
	require.Positive(t, merged)
	require.Positive(t, less)
	require.Positive(t, enums)
}

// Two tasks call one function from different places: each returns to its own caller only, though
// both can stand in the function.
func TestReturnsToCaller(t *testing.T) {
	task := &spec.EnumType{Name: "Task", Values: []string{"a", "b"}, Symbolic: true}
	label := &spec.EnumType{Name: "Label", Values: []string{"a1", "b1", "f", "a2", "b2", "done"}}
	site := &spec.EnumType{Name: "Ret", Values: []string{"none", "ra", "rb"}}
	array := func(name string, e *spec.EnumType, vs ...string) *spec.Var {
		at := &spec.ArrayType{Index: task, Elem: e}
		c := &spec.Composite{T: at}
		for _, v := range vs {
			c.Elems = append(c.Elems, e.Val(v))
		}
		return &spec.Var{Name: name, Type: at, Init: c}
	}
	pc, ret := array("pc", label, "a1", "b1"), array("ret", site, "none", "none")
	m := &spec.Model{Name: "M", Enums: []*spec.EnumType{task, label, site}, Vars: []*spec.Var{pc, ret}}
	step := func(name, from string, body func(to func(string) spec.Update, ret func(string) spec.Update, at func(string) spec.Expr) spec.Node) {
		p := &spec.Param{Name: "t", Type: task}
		m.Actions = append(m.Actions, &spec.Action{
			Name: name, Params: []*spec.Param{p}, Guard: spec.Bin(spec.Eq, spec.At(pc, spec.P(p)), label.Val(from)),
			Body: body(
				func(l string) spec.Update { return spec.Set(pc, label.Val(l), spec.P(p)) },
				func(s string) spec.Update { return spec.Set(ret, site.Val(s), spec.P(p)) },
				func(s string) spec.Expr { return spec.Bin(spec.Eq, spec.At(ret, spec.P(p)), site.Val(s)) }),
		})
	}
	type up = func(string) spec.Update
	do := func(us ...spec.Update) spec.Node { return &spec.Do{Updates: us} }
	step("CallA", "a1", func(to, ret up, _ func(string) spec.Expr) spec.Node { return do(to("f"), ret("ra")) })
	step("CallB", "b1", func(to, ret up, _ func(string) spec.Expr) spec.Node { return do(to("f"), ret("rb")) })
	step("Return", "f", func(to, ret up, at func(string) spec.Expr) spec.Node {
		return &spec.Branch{Cond: at("ra"), Then: do(to("a2"), ret("none")), Else: do(to("b2"), ret("none"))}
	})
	step("AfterA", "a2", func(to, _ up, _ func(string) spec.Expr) spec.Node { return do(to("done")) })
	step("AfterB", "b2", func(to, _ up, _ func(string) spec.Expr) spec.Node { return do(to("done")) })
	require.Empty(t, spec.Check(m))
	got, rep := slice.Slice(m)
	only := map[string][]int64{}
	for _, a := range got.Actions {
		only[a.Name] = a.Params[0].Only
	}
	require.Equal(t, map[string][]int64{"CallA": {0}, "CallB": {1}, "Return": nil, "AfterA": {0}, "AfterB": {1}}, only)
	agree(t, m, got, rep)
}

// Verdicts under fairness are the same, too.
func TestSliceRandomLive(t *testing.T) {
	decided := 0
	rapid.Check(t, func(t *rapid.T) {
		m := spectest.LiveModel(t)
		got, _ := slice.Slice(m)
		require.Empty(t, spec.Check(got), got.String())
		want, err := eval.Explore(m, eval.Options{Limit: 5000})
		require.NoError(t, err)
		require.Nil(t, want.Err)
		if !want.Complete {
			return
		}
		have, err := eval.Explore(got, eval.Options{Limit: 5000})
		require.NoError(t, err)
		for i, w := range want.Properties {
			require.Equal(t, w.Verdict, have.Properties[i].Verdict, w.Property.Name)
			if w.Verdict == eval.Holds || w.Verdict == eval.Violated {
				decided++
			}
		}
	})
	require.Positive(t, decided)
}

// Statements that nothing executes go, and conditions that can't be evaluated any more.
func TestSource(t *testing.T) {
	s := newSample()
	reads := func(v *spec.Var, n int64) spec.Expr { return spec.Bin(spec.Eq, spec.V(v), spec.Int(n)) }
	a := s.m.Actions[1]
	a.Source = []spec.SourceLine{
		{Text: "always"},
		{Text: "never", When: spec.V(s.mode)},
		{Text: "in the only branch", When: spec.Un(spec.Not, spec.V(s.mode))},
		{Text: "nobody knows", When: reads(s.trash, 1)},
		{Text: "sometimes", When: reads(s.x, 0)},
		{Text: "gone or sometimes", When: spec.Bin(spec.Or, reads(s.trash, 1), reads(s.x, 0))},
		{Text: "gone and sometimes", When: spec.Bin(spec.And, reads(s.trash, 1), reads(s.x, 0))},
		{Text: "not both", When: spec.Un(spec.Not, spec.Bin(spec.And, reads(s.trash, 1), reads(s.x, 0)))},
		{Text: "if gone", When: &spec.If{Cond: reads(s.trash, 1), Then: reads(s.x, 0), Else: spec.F}},
		{Text: "of a parameter", When: spec.Bin(spec.Eq, spec.At(s.pc, spec.P(a.Params[0])), s.pc.Type.(*spec.ArrayType).Elem.(*spec.EnumType).Val("work"))},
	}
	require.Empty(t, spec.Check(s.m))
	m, _ := slice.Slice(s.m)
	require.Empty(t, spec.Check(m))
	var texts []string
	var when []bool
	for _, b := range m.Actions {
		if b.Name == "Work" {
			for _, l := range b.Source {
				texts = append(texts, l.Text)
				when = append(when, l.When != nil)
			}
		}
	}
	require.Equal(t, []string{"always", "in the only branch", "nobody knows", "sometimes", "gone or sometimes", "gone and sometimes", "not both", "if gone", "of a parameter"}, texts)
	require.Equal(t, []bool{false, false, false, true, false, true, false, true, true}, when)
	require.Len(t, s.m.Actions[1].Source, 10, "the model itself stays as it is")
}

// An update that gives a place the value it has goes, unless another one of the variable stands
// beside it, which it takes back.
func TestUpdatesThatChangeNothing(t *testing.T) {
	task := &spec.EnumType{Name: "Task", Values: []string{"a", "b"}, Symbolic: true}
	x := &spec.Var{Name: "x", Type: &spec.ArrayType{Index: task, Elem: spec.Bool}, Init: &spec.Composite{T: &spec.ArrayType{Index: task, Elem: spec.Bool}, Elems: []spec.Expr{spec.T, spec.F}}}
	y := &spec.Var{Name: "y", Type: spec.Bool, Init: spec.F}
	p := &spec.Param{Name: "t", Type: task}
	q := &spec.Param{Name: "t", Type: task}
	m := &spec.Model{Name: "M", Enums: []*spec.EnumType{task}, Vars: []*spec.Var{x, y}, Actions: []*spec.Action{
		{Name: "Keep", Params: []*spec.Param{p}, Body: &spec.Do{Updates: []spec.Update{spec.Set(x, spec.At(x, spec.P(p)), spec.P(p)), spec.Set(y, spec.T)}}},
		{Name: "TakeBack", Params: []*spec.Param{q}, Guard: spec.V(y), Body: &spec.Do{Updates: []spec.Update{
			spec.Set(x, spec.Un(spec.Not, spec.At(x, spec.P(q))), spec.P(q)), spec.Set(x, spec.At(x, spec.P(q)), spec.P(q)), spec.Set(y, spec.F)}}},
	}, Properties: []*spec.Property{{Name: "Same", Kind: spec.Invariant, Cond: spec.All(spec.At(x, task.Val("a")), spec.Un(spec.Not, spec.At(x, task.Val("b"))))}}}
	require.Empty(t, spec.Check(m))
	out, _ := slice.Slice(m)
	require.Len(t, spec.Updates(out.Actions[0].Body), 1)
	require.Len(t, spec.Updates(out.Actions[1].Body), 3)
	r, err := eval.Explore(out, eval.Options{})
	require.NoError(t, err)
	require.Equal(t, eval.Holds, r.Properties[0].Verdict)
	require.Equal(t, int64(2), r.Distinct)
}
