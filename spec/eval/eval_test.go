package eval_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
	"mcheck/spec/eval"
)

var (
	small = &spec.RangeType{Lo: 0, Hi: 3}
	tasks = &spec.EnumType{Name: "Task", Values: []string{"a", "b", "c"}, Symbolic: true}
	seq2  = &spec.SeqType{Elem: small, Cap: 2}
	set24 = &spec.SetType{Elem: &spec.RangeType{Lo: 2, Hi: 4}}
	pair  = &spec.RecordType{Name: "Pair", Fields: []spec.Field{{Name: "x", Type: small}, {Name: "y", Type: spec.Bool}}}
)

func seq(es ...spec.Expr) spec.Expr { return &spec.Composite{T: seq2, Elems: es} }
func set(es ...spec.Expr) spec.Expr { return &spec.Composite{T: set24, Elems: es} }

func quant(op spec.Op, f func(p spec.Expr) spec.Expr) spec.Expr {
	p := &spec.Param{Name: "p", Type: &spec.RangeType{Lo: 2, Hi: 4}}
	return &spec.Quant{Op: op, Param: p, Body: f(spec.P(p))}
}

// n is 3, s is <1, 2>, o is NULL, f maps a, b, c to 1, 2, 3, r is [x: 2, y: true].
func fixture() (*spec.Model, map[string]*spec.Var) {
	arr := &spec.ArrayType{Index: tasks, Elem: small}
	vs := []*spec.Var{
		{Name: "n", Type: small, Init: spec.Int(3)},
		{Name: "s", Type: seq2, Init: seq(spec.Int(1), spec.Int(2))},
		{Name: "o", Type: &spec.OptionType{Elem: tasks}, Init: spec.Null(tasks)},
		{Name: "f", Type: arr, Init: &spec.Composite{T: arr, Elems: []spec.Expr{spec.Int(1), spec.Int(2), spec.Int(3)}}},
		{Name: "r", Type: pair, Init: &spec.Composite{T: pair, Elems: []spec.Expr{spec.Int(2), spec.T}}},
	}
	m := &spec.Model{Name: "Fixture", Enums: []*spec.EnumType{tasks}, Vars: vs}
	by := map[string]*spec.Var{}
	for _, v := range vs {
		by[v.Name] = v
	}
	return m, by
}

func TestExpressions(t *testing.T) {
	m, v := fixture()
	n, s, o, f, r := spec.V(v["n"]), spec.V(v["s"]), spec.V(v["o"]), v["f"], spec.V(v["r"])
	bad := spec.Bin(spec.Eq, spec.At(f, o), spec.Int(0)) // fails when it is evaluated
	i := spec.Int
	for _, tc := range []struct {
		e    spec.Expr
		want string // a value, or "error: …"
	}{
		{spec.Bin(spec.Div, i(-7), i(2)), "-4"},
		{spec.Bin(spec.Mod, i(-7), i(2)), "1"},
		{spec.Bin(spec.Mod, i(7), i(4)), "3"},
		{spec.Bin(spec.Div, n, spec.Bin(spec.Sub, i(3), n)), "error: the divisor is 0 in n div (3 - n)"},
		{spec.Bin(spec.Sub, i(1), n), "-2"},
		{spec.Un(spec.Neg, n), "-3"},
		{spec.Bin(spec.Min, n, i(2)), "2"},
		{spec.Bin(spec.Max, n, i(2)), "3"},
		{spec.Bin(spec.And, spec.F, bad), "false"},
		{spec.Bin(spec.Or, spec.T, bad), "true"},
		{spec.Bin(spec.Implies, spec.F, bad), "true"},
		{spec.Bin(spec.And, spec.T, bad), "error: the index is NULL in f[o]"},
		{spec.Bin(spec.Iff, spec.F, spec.F), "true"},
		{&spec.If{Cond: spec.T, Then: n, Else: spec.At(f, o)}, "3"},
		{spec.At(f, tasks.Val("b")), "2"},
		{&spec.FieldSel{X: r, Name: "y"}, "true"},
		{spec.Un(spec.Len, s), "2"},
		{spec.Un(spec.Head, s), "1"},
		{spec.Un(spec.Tail, s), "<2>"},
		{spec.Un(spec.Head, spec.Un(spec.Tail, spec.Un(spec.Tail, s))), "error: the sequence is empty in head(tail(tail(s)))"},
		{spec.At(v["s"], i(2)), "2"},
		{spec.At(v["s"], spec.Bin(spec.Sub, i(3), n)), "error: position 0 is outside 1..2 in s[3 - n]"},
		{spec.Bin(spec.Append, s, i(0)), "error: the sequence is full in append(s, 0)"},
		{spec.Bin(spec.Append, spec.Un(spec.Tail, s), i(0)), "<2, 0>"},
		{spec.Bin(spec.Append, seq(), spec.Bin(spec.Add, n, i(0))), "<3>"},
		{spec.Bin(spec.Append, seq(), spec.Bin(spec.Add, n, spec.V(v["n"]))), "error: 6 is outside 0..3 in append(<>, n + n)"},
		{spec.Bin(spec.RemoveAt, s, i(1)), "<2>"},
		{spec.Bin(spec.RemoveAt, s, n), "error: position 3 is outside 1..2 in removeat(s, n)"},
		{set(i(4), i(2)), "{2, 4}"},
		{set(spec.Bin(spec.Add, n, n)), "error: 6 is outside 2..4 in {n + n}"},
		{spec.Bin(spec.Union, set(i(2)), set(i(3))), "{2, 3}"},
		{spec.Bin(spec.Intersect, set(i(2), i(3)), set(i(3), i(4))), "{3}"},
		{spec.Bin(spec.Minus, set(i(2), i(3)), set(i(3), i(4))), "{2}"},
		{spec.Bin(spec.SubsetEq, set(i(2)), set(i(2), i(4))), "true"},
		{spec.Bin(spec.SubsetEq, set(i(3)), set(i(2), i(4))), "false"},
		{spec.Un(spec.Cardinality, set(i(2), i(4), i(2))), "2"},
		{spec.Bin(spec.In, i(4), set(i(4))), "true"},
		{spec.Bin(spec.In, i(0), set(i(4))), "false"},
		{spec.Bin(spec.In, i(9), set(i(4))), "false"},
		{spec.Bin(spec.In, o, &spec.Lit{N: 7, T: &spec.SetType{Elem: tasks}}), "false"},
		{spec.Bin(spec.Eq, o, tasks.Val("a")), "false"},
		{spec.Bin(spec.Ne, s, seq(i(1), i(2))), "false"},
		{spec.Bin(spec.Eq, s, seq(i(1))), "false"},
		{quant(spec.Forall, func(p spec.Expr) spec.Expr { return spec.Bin(spec.Gt, p, i(2)) }), "false"},
		{quant(spec.Exists, func(p spec.Expr) spec.Expr { return spec.Bin(spec.Gt, p, n) }), "true"},
		{quant(spec.Exists, func(p spec.Expr) spec.Expr { return spec.Bin(spec.Or, spec.Bin(spec.Eq, p, i(2)), bad) }), "true"},
		{quant(spec.Forall, func(p spec.Expr) spec.Expr { return spec.Bin(spec.And, spec.Bin(spec.Eq, p, i(3)), bad) }), "false"},
		{quant(spec.Count, func(p spec.Expr) spec.Expr { return spec.Bin(spec.Ge, p, n) }), "2"},
		{quant(spec.Sum, func(p spec.Expr) spec.Expr { return spec.Bin(spec.Mul, p, p) }), "29"},
		{quant(spec.SetOf, func(p spec.Expr) spec.Expr { return spec.Bin(spec.Ne, p, n) }), "{2, 4}"},
		{quant(spec.MapOf, func(p spec.Expr) spec.Expr { return spec.Bin(spec.Lt, p, n) }), "[2: true, 3: false, 4: false]"},
		{&spec.Composite{T: pair, Elems: []spec.Expr{spec.Bin(spec.Add, n, i(0)), spec.F}}, "[x: 3, y: false]"},
	} {
		m.Properties = []*spec.Property{{Name: "Test", Kind: spec.Invariant, Cond: spec.Bin(spec.Eq, tc.e, tc.e)}}
		require.Empty(t, spec.Check(m), spec.ExprString(tc.e))
		init, err := eval.Init(m)
		require.NoError(t, err)
		require.Len(t, init, 1)
		x, err := eval.Eval(tc.e, init[0], eval.NewEnv(m))
		got := ""
		if err != nil {
			got = "error: " + err.Error()
		} else {
			got = spec.FormatValue(tc.e.Type(), x)
		}
		require.Equal(t, tc.want, got, spec.ExprString(tc.e))
	}
}

func TestUpdates(t *testing.T) {
	m, v := fixture()
	n, s, o, f := spec.V(v["n"]), spec.V(v["s"]), spec.V(v["o"]), v["f"]
	p := &spec.Param{Name: "p", Type: tasks}
	i := spec.Int
	field := func(name string, e spec.Expr) spec.Update {
		return spec.Update{Var: v["r"], Path: []spec.Selector{{Field: name}}, Value: e}
	}
	for _, tc := range []struct {
		us   []spec.Update
		want string // the value of the first updated variable, or the error
	}{
		{[]spec.Update{spec.Set(v["n"], i(1)), spec.Set(v["s"], seq(n))}, "1"},
		// read before n is written
		{[]spec.Update{spec.Set(v["s"], seq(n)), spec.Set(v["n"], i(1))}, "<3>"},
		// the later one wins
		{[]spec.Update{spec.Set(v["n"], i(1)), spec.Set(v["n"], i(2))}, "2"},
		{[]spec.Update{spec.Set(f, i(0), spec.P(p)), spec.Set(f, i(2), tasks.Val("c"))}, "[a: 1, b: 0, c: 2]"},
		{[]spec.Update{spec.Set(v["s"], spec.Un(spec.Tail, s)), spec.Set(v["s"], i(0), i(1))}, "<0>"},
		{[]spec.Update{spec.Set(v["s"], spec.Un(spec.Tail, s)), spec.Set(v["s"], i(0), i(2))}, "action Act(b): body: position 2 is outside 1..1 in s[2] := 0"},
		{[]spec.Update{spec.Set(v["o"], spec.P(p))}, "b"},
		{[]spec.Update{spec.Set(f, i(0), o)}, "action Act(b): body: the index is NULL in f[o] := 0"},
		{[]spec.Update{spec.Set(v["n"], spec.Bin(spec.Add, n, i(1)))}, "action Act(b): body: 4 is outside 0..3 in n := n + 1"},
		{[]spec.Update{spec.Set(f, spec.Bin(spec.Sub, i(2), n), spec.P(p))}, "action Act(b): body: -1 is outside 0..3 in f[p] := 2 - n"},
		{[]spec.Update{field("x", i(0)), field("y", spec.F)}, "[x: 0, y: false]"},
	} {
		a := &spec.Action{Name: "Act", Params: []*spec.Param{p}, Actor: 0, Body: &spec.Do{Updates: tc.us}}
		m.Actions = []*spec.Action{a}
		require.Empty(t, spec.Check(m))
		init, err := eval.Init(m)
		require.NoError(t, err)
		before := init[0].Key()
		next, err := eval.Apply(m, a, []int64{1}, init[0])
		if err != nil {
			require.Equal(t, tc.want, err.Error())
			continue
		}
		w := tc.us[0].Var
		got := ""
		for k, u := range m.Vars {
			if u == w {
				got = spec.FormatValue(w.Type, next[k])
			}
		}
		require.Equal(t, tc.want, got)
		require.Equal(t, before, init[0].Key(), "the old state is not changed")
	}
}

// Bindings ascend, the first parameter changes slowest, guards and Only are honoured, and an action
// that is not enabled has no step.
func TestSuccessorOrder(t *testing.T) {
	m, v := fixture()
	p := &spec.Param{Name: "p", Type: tasks, Only: []int64{0, 2}}
	q := &spec.Param{Name: "q", Type: small}
	never := &spec.Action{Name: "Never", Actor: -1, Guard: spec.F, Body: &spec.Do{}}
	act := &spec.Action{
		Name: "Act", Params: []*spec.Param{p, q}, Actor: 0, Guard: spec.Bin(spec.Gt, spec.P(q), spec.Int(1)),
		Body: &spec.Do{Updates: []spec.Update{spec.Set(v["n"], spec.P(q))}},
	}
	m.Actions = []*spec.Action{never, act}
	require.Empty(t, spec.Check(m))
	init, err := eval.Init(m)
	require.NoError(t, err)
	succs, err := eval.Successors(m, init[0])
	require.NoError(t, err)
	var calls []string
	for _, s := range succs {
		calls = append(calls, eval.CallString(s.Action, s.Args))
	}
	require.Equal(t, []string{"Act(a, 2)", "Act(a, 3)", "Act(c, 2)", "Act(c, 3)"}, calls)
	m.Running = spec.Bin(spec.Lt, spec.V(v["n"]), spec.Int(3))
	succs, err = eval.Successors(m, init[0])
	require.NoError(t, err)
	require.Empty(t, succs, "not running")
}

func TestValues(t *testing.T) {
	for _, tc := range []struct {
		t    spec.Type
		want []string
	}{
		{spec.Bool, []string{"false", "true"}},
		{&spec.OptionType{Elem: tasks}, []string{"NULL", "a", "b", "c"}},
		{&spec.SetType{Elem: spec.Bool}, []string{"{}", "{false}", "{true}", "{false, true}"}},
		{&spec.ArrayType{Index: spec.Bool, Elem: spec.Bool}, []string{
			"[false: false, true: false]", "[false: false, true: true]", "[false: true, true: false]", "[false: true, true: true]",
		}},
		{&spec.SeqType{Elem: spec.Bool, Cap: 2}, []string{
			"<>", "<false>", "<true>", "<false, false>", "<false, true>", "<true, false>", "<true, true>",
		}},
	} {
		var got []string
		for _, v := range eval.Values(tc.t) {
			got = append(got, spec.FormatValue(tc.t, v))
		}
		require.Equal(t, tc.want, got)
	}
}
