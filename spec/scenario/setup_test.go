package scenario

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
	"mcheck/spec/eval"
)

// One task, main, with the labels start, ready, done. At start it counts x up; at ready it waits
// until running and goes to done.
func setupSample() (*setup, *spec.Action) {
	task := &spec.EnumType{Name: "Task", Values: []string{"worker", "main"}, Symbolic: true}
	label := &spec.EnumType{Name: "Label", Values: []string{"start", "ready", "done"}}
	pcs := &spec.ArrayType{Index: task, Elem: label}
	pc := &spec.Var{Name: "pc", Type: pcs, Init: &spec.Composite{T: pcs, Elems: []spec.Expr{label.Val("done"), label.Val("start")}}}
	x := &spec.Var{Name: "x", Type: &spec.RangeType{Lo: 0, Hi: 3}, Init: spec.Int(0)}
	running := &spec.Var{Name: "scenario_running", Type: spec.Bool, Init: spec.F}
	failed := &spec.Var{Name: "setup_failed", Type: spec.Bool, Init: spec.F}
	at := func(l string) spec.Expr { return spec.Bin(spec.Eq, spec.At(pc, task.Val("main")), label.Val(l)) }
	to := func(l string) spec.Update { return spec.Set(pc, label.Val(l), task.Val("main")) }
	count := &spec.Action{
		Name: "Count", Actor: -1, Guard: at("start"), Body: &spec.Do{Updates: []spec.Update{to("ready"), spec.Set(x, spec.Int(2))}},
		Source: []spec.SourceLine{
			{Pos: spec.Pos{File: "s.sh", Line: 3, Col: 1}, Func: "main", Text: "mount /dev/sda /mnt"},
			{Pos: spec.Pos{File: "super.c", Line: 9}, Func: "f", Text: "x = 2;"},
		},
	}
	m := &spec.Model{
		Name: "M", Enums: []*spec.EnumType{task, label}, Vars: []*spec.Var{pc, x, running, failed},
		Actions: []*spec.Action{
			count,
			{Name: "Wait", Actor: -1, Guard: spec.Bin(spec.And, at("ready"), spec.V(running)), Body: &spec.Do{Updates: []spec.Update{to("done")}}},
			{Name: "Environment", Actor: -1, Optional: true, Body: &spec.Do{Updates: []spec.Update{spec.Set(x, spec.Int(3))}}},
		},
	}
	return &setup{m: m, file: "s.sh", pc: pc, main: 1, ready: map[string]bool{"ready": true}, running: running, failed: failed, cpu: "cpu"}, count
}

func TestSetup(t *testing.T) {
	s, _ := setupSample()
	require.Empty(t, spec.Check(s.m))
	st, err := s.run()
	require.NoError(t, err)
	var got []string
	for i, v := range s.m.Vars {
		got = append(got, spec.FormatValue(v.Type, st[i]))
	}
	require.Equal(t, []string{"[worker: done, main: ready]", "2", "true", "false"}, got)
	startAt(s.m, st)
	require.Empty(t, spec.Check(s.m))
	init, err := eval.Init(s.m)
	require.NoError(t, err)
	require.Len(t, init, 1)
	require.True(t, init[0].Equal(st))
}

func TestSetupCPU(t *testing.T) {
	s, count := setupSample()
	cpu := &spec.Param{Name: "cpu", Type: &spec.RangeType{Lo: 0, Hi: 1}}
	count.Params = []*spec.Param{cpu}
	body := count.Body.(*spec.Do)
	body.Updates[1].Value = spec.P(cpu)
	st, err := s.run()
	require.NoError(t, err)
	require.EqualValues(t, 0, st[1].N, "the first CPU")
	s.cpu = ""
	_, err = s.run()
	require.EqualError(t, err, `s.sh:3:1: "mount /dev/sda /mnt": the set-up can end in more than one way: x is 0 or 1`)
}

func TestSetupErrors(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(s *setup, count *spec.Action)
		want   string
	}{
		"stuck": {
			func(s *setup, _ *spec.Action) { s.ready = map[string]bool{"done": true} },
			`s.sh:3:1: "mount /dev/sda /mnt": the set-up gets stuck: main waits at ready`,
		},
		"stuck at once": {
			func(s *setup, count *spec.Action) { count.Optional = true },
			`s.sh:1:1: the set-up gets stuck: main waits at start`,
		},
		"failed": {
			func(s *setup, count *spec.Action) {
				b := count.Body.(*spec.Do)
				b.Updates = append(b.Updates, spec.Set(s.failed, spec.T))
			},
			`s.sh:3:1: "mount /dev/sda /mnt": this command of the set-up fails`,
		},
		"broken": {
			func(s *setup, _ *spec.Action) {
				s.m.Running, s.fail = spec.Bin(spec.Eq, spec.V(s.m.Vars[1]), spec.Int(0)), s.m.Vars[1]
			},
			`s.sh:3:1: "mount /dev/sda /mnt": the set-up breaks a rule of the model: 2`,
		},
		"no rest": {
			func(s *setup, _ *spec.Action) {
				x := s.m.Vars[1]
				s.m.Actions = append(s.m.Actions, &spec.Action{
					Name: "Turn", Actor: -1, Guard: spec.Bin(spec.Ge, spec.V(x), spec.Int(1)),
					Body: &spec.Do{Updates: []spec.Update{spec.Set(x, spec.Bin(spec.Sub, spec.Int(3), spec.V(x)))}},
				})
			},
			`s.sh:3:1: "mount /dev/sda /mnt": the set-up never comes to rest`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, count := setupSample()
			tc.change(s, count)
			require.Empty(t, spec.Check(s.m))
			_, err := s.run()
			require.EqualError(t, err, tc.want)
		})
	}
}

// What constant writes evaluates to the value again.
func TestConstant(t *testing.T) {
	e := &spec.EnumType{Name: "E", Values: []string{"a", "b"}}
	opt := &spec.OptionType{Elem: e}
	inner := &spec.ArrayType{Index: spec.Bool, Elem: opt}
	outer := &spec.ArrayType{Index: e, Elem: inner}
	seq := &spec.SeqType{Elem: e, Cap: 2}
	rec := &spec.RecordType{Name: "R", Fields: []spec.Field{{Name: "s", Type: seq}, {Name: "t", Type: &spec.SetType{Elem: e}}}}
	n := func(n int64) spec.Value { return spec.Value{N: n} }
	list := func(vs ...spec.Value) spec.Value { return spec.Value{Elems: vs} }
	for _, tc := range []struct {
		t    spec.Type
		v    spec.Value
		want string
	}{
		{outer, list(list(n(-1), n(-1)), list(n(-1), n(-1))), "[a: [false: NULL, true: NULL], b: [false: NULL, true: NULL]]"},
		{outer, list(list(n(-1), n(1)), list(n(-1), n(-1))), "[a: [false: NULL, true: b], b: [false: NULL, true: NULL]]"},
		{seq, list(), "<>"},
		{rec, list(list(n(1), n(0)), n(2)), "[s: <b, a>, t: {b}]"},
	} {
		m := &spec.Model{Name: "M", Enums: []*spec.EnumType{e}, Vars: []*spec.Var{{Name: "i", Type: tc.t}}}
		require.Equal(t, tc.want, spec.FormatValue(tc.t, tc.v), "the case itself")
		startAt(m, spec.State{tc.v})
		require.Empty(t, spec.Check(m))
		init, err := eval.Init(m)
		require.NoError(t, err)
		require.Len(t, init, 1)
		require.Equal(t, tc.want, spec.FormatValue(tc.t, init[0][0]))
	}
}
