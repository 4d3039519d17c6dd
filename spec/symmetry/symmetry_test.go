package symmetry

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
	"mcheck/spec/classic"
)

// bench is a model of three tasks to hang expressions on.
type bench struct {
	task *spec.EnumType
	x, o *spec.Var // [Task]bool, Task?
}

func newBench() bench {
	t := &spec.EnumType{Name: "Task", Values: []string{"a", "b", "c"}, Symbolic: true}
	return bench{t,
		&spec.Var{Name: "x", Type: &spec.ArrayType{Index: t, Elem: spec.Bool}, Init: &spec.Quant{Op: spec.MapOf, Param: &spec.Param{Name: "i", Type: t}, Body: spec.F}},
		&spec.Var{Name: "o", Type: &spec.OptionType{Elem: t}, Init: spec.Null(t)},
	}
}

// model has the condition as an invariant, and a step in which every task sets its x.
func (b bench) model(cond spec.Expr) *spec.Model {
	p := &spec.Param{Name: "t", Type: b.task}
	return &spec.Model{Name: "m", Enums: []*spec.EnumType{b.task}, Vars: []*spec.Var{b.x, b.o},
		Actions:    []*spec.Action{{Name: "Set", Params: []*spec.Param{p}, Actor: 0, Body: &spec.Do{Updates: []spec.Update{spec.Set(b.x, spec.T, spec.P(p))}}}},
		Properties: []*spec.Property{{Name: "p", Cond: cond}}}
}

// classes are the texts of the classes of the model with the condition.
func (b bench) classes(t *testing.T, cond spec.Expr) []string {
	m := b.model(cond)
	require.Empty(t, spec.Check(m))
	found, _ := Find(m)
	out := []string{}
	for _, c := range found {
		out = append(out, c.String())
	}
	return out
}

func (b bench) lit(n int64) spec.Expr { return &spec.Lit{N: n, T: b.task} }

func (b bench) at(n int64) spec.Expr { return spec.At(b.x, b.lit(n)) }

func TestFind(t *testing.T) {
	b := newBench()
	all, none := []string{"a, b, c"}, []string{}
	one := func(e spec.Expr) spec.Expr { return &spec.If{Cond: e, Then: spec.Int(1), Else: spec.Int(0)} }
	sum := func(es ...spec.Expr) spec.Expr {
		out := es[0]
		for _, e := range es[1:] {
			out = spec.Bin(spec.Add, out, e)
		}
		return out
	}
	i := &spec.Param{Name: "i", Type: b.task}
	ab := &spec.Lit{N: 3, T: &spec.SetType{Elem: b.task}}
	for name, c := range map[string]struct {
		cond spec.Expr
		want []string
	}{
		"nothing is named":             {spec.T, all},
		"one is named":                 {b.at(1), []string{"a, c"}},
		"an option names one":          {spec.Bin(spec.Eq, spec.V(b.o), b.lit(0)), []string{"b, c"}},
		"all are named, alike":         {spec.All(b.at(0), b.at(1), b.at(2)), all},
		"in another order":             {spec.All(b.at(2), b.at(0), b.at(1)), all},
		"alike but for one":            {spec.All(b.at(0), b.at(1), spec.Un(spec.Not, b.at(2))), []string{"a, b"}},
		"different places of an order": {spec.Bin(spec.Implies, b.at(0), spec.Bin(spec.Implies, b.at(1), b.at(2))), none},
		"a set":                        {&spec.Quant{Op: spec.Exists, Param: i, Body: spec.Bin(spec.In, spec.P(i), ab)}, []string{"a, b"}},
		"a domain": {&spec.Quant{Op: spec.Forall, Param: &spec.Param{Name: "j", Type: b.task, Only: []int64{1, 2}}, Body: spec.T},
			[]string{"b, c"}},
		"an array literal": {spec.Bin(spec.Eq, spec.V(b.x), &spec.Composite{T: b.x.Type, Elems: []spec.Expr{spec.T, spec.F, spec.T}}), []string{"a, c"}},
		"counted":          {spec.Bin(spec.Eq, sum(one(b.at(0)), one(b.at(1)), one(b.at(2))), spec.Int(2)), all},
		"counted twice":    {spec.Bin(spec.Eq, sum(one(b.at(0)), one(b.at(1)), one(b.at(2)), one(b.at(2))), spec.Int(2)), []string{"a, b"}},
		// Counting in nested choices, as a loop comes out: the last first.
		"counted in a loop": {spec.Bin(spec.Eq, &spec.If{Cond: b.at(1), Then: sum(one(b.at(0)), spec.Int(1)), Else: one(b.at(0))}, spec.Int(1)),
			[]string{"a, b"}},
		"the first that is set": {spec.Bin(spec.Eq, &spec.If{Cond: b.at(0), Then: b.lit(0), Else: &spec.If{Cond: b.at(1), Then: b.lit(1), Else: b.lit(2)}},
			spec.V(b.o)), none},
	} {
		require.Equal(t, c.want, b.classes(t, c.cond), name)
	}
}

// Where the evaluation of a body may fail it matters which element comes first.
func TestOrderOfFailures(t *testing.T) {
	b := newBench()
	i := &spec.Param{Name: "i", Type: b.task}
	risky := spec.At(b.x, spec.V(b.o)) // fails where o is NULL
	require.Equal(t, []string{}, b.classes(t, &spec.Quant{Op: spec.Exists, Param: i, Body: spec.All(spec.At(b.x, spec.P(i)), risky)}))
	safe := spec.All(spec.Bin(spec.Ne, spec.V(b.o), spec.Null(b.task)), risky)
	require.Equal(t, []string{"a, b, c"}, b.classes(t, &spec.Quant{Op: spec.Exists, Param: i, Body: spec.All(spec.At(b.x, spec.P(i)), safe)}))
	require.Equal(t, []string{"a, b"}, b.classes(t, spec.All(b.at(0), b.at(1), risky, b.at(2))), "the last is asked only after what may fail")
}

// Updates of different places may stand in any order, of one place not.
func TestOrderOfUpdates(t *testing.T) {
	b := newBench()
	set := func(n int64, v spec.Expr) spec.Update { return spec.Set(b.x, v, b.lit(n)) }
	with := func(us ...spec.Update) []string {
		m := b.model(spec.T)
		m.Actions = append(m.Actions, &spec.Action{Name: "All", Actor: -1, Body: &spec.Do{Updates: us}})
		require.Empty(t, spec.Check(m))
		out := []string{}
		found, _ := Find(m)
		for _, c := range found {
			out = append(out, c.String())
		}
		return out
	}
	require.Equal(t, []string{"a, b, c"}, with(set(2, spec.F), set(0, spec.F), set(1, spec.F)))
	require.Equal(t, []string{"a, c"}, with(set(2, spec.F), set(0, spec.F), set(1, spec.T)))
	m := b.model(spec.T)
	m.Actions[0].Body = &spec.Do{Updates: []spec.Update{set(0, spec.T), spec.Set(b.x, spec.F, spec.P(m.Actions[0].Params[0])), set(1, spec.T), set(2, spec.T)}}
	found, _ := Find(m)
	require.Len(t, found, 1)
	require.Equal(t, "b, c", found[0].String(), "a is set before its own step clears it, the others after")
}

// What keeps values apart is said.
func TestObstacles(t *testing.T) {
	b := newBench()
	_, obstacles := Find(b.model(b.at(1)))
	require.Len(t, obstacles, 1)
	require.Equal(t, "property p tells a and b apart", obstacles[0].String())
}

// Only model values are looked at.
func TestNamesWithAMeaning(t *testing.T) {
	b := newBench()
	b.task.Symbolic = false
	require.Empty(t, b.classes(t, spec.T))
}

// The resource managers of a two-phase commit are interchangeable; this is what symmetry is
// explained by.
func TestTwoPhase(t *testing.T) {
	m := classic.TwoPhase(3)
	found, _ := Find(m)
	require.Len(t, found, 1)
	require.Equal(t, "r1, r2, r3", found[0].String())
}
