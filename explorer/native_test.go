package explorer

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"
	"pgregory.net/rapid"

	"mcheck/spec"
	"mcheck/spec/classic"
	"mcheck/spec/scenario"
	"mcheck/spec/spectest"
)

// sameByEngine requires that native code and closures find the same.
func sameByEngine(t require.TestingT, m *spec.Model, opt Options) {
	opt.Engine = Closures
	want := plain(explore(t, m, opt))
	opt.Engine = Native
	require.Equal(t, want, plain(explore(t, m, opt)), "%s", m)
}

// eachForm calls f once with all steps in place and once with groups, which only large models have
// otherwise. It is not for tests that run in parallel.
func eachForm(f func()) {
	limit := maxInline
	defer func() { maxInline = limit }()
	for _, maxInline = range []int{math.MaxInt, 0} {
		f()
	}
}

// machineOf is the native code of c, for as long as the test.
func machineOf(t testing.TB, c *compiled) *nativeMachine {
	n, err := newNative(c)
	require.NoError(t, err)
	t.Cleanup(n.close)
	m, err := n.newMachine()
	require.NoError(t, err)
	return m
}

func TestNativeOnPublishedModels(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	for _, e := range classic.Models {
		t.Run(e.Name, func(t *testing.T) {
			eachForm(func() {
				sameByEngine(t, e.Build(), Options{Workers: 1, Graph: e.Distinct < 2000})
				sameByEngine(t, e.Build(), Options{Workers: 2})
			})
		})
	}
}

func TestNativeOnRandomModels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := spectest.Model(t)
		eachForm(func() { sameByEngine(t, m, Options{Workers: 2, Graph: true}) })
	})
}

func TestNativeOnFaults(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := spectest.FaultyModel(t)
		eachForm(func() { sameByEngine(t, m, Options{Workers: 2, Graph: true}) })
	})
}

// The models that mcheck is made for: states of several hundred bits, many conditions.
func TestNativeOnScenarios(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	for _, name := range scenario.Names() {
		t.Run(name, func(t *testing.T) {
			sc, err := scenario.Load(name)
			require.NoError(t, err)
			b, err := scenario.Build(sc, sc.Designs[0], scenario.Options{})
			require.NoError(t, err)
			sameByEngine(t, b.Model, Options{Workers: 2})
		})
	}
}

// A processor that wazero has no compiler for: Auto goes without, Native says so.
func TestNoCompiler(t *testing.T) {
	real := newWazero
	defer func() { newWazero = real }()
	newWazero = func(context.Context) wazero.Runtime { panic("unsupported architecture") }
	m := classic.TwoPhase(3)
	_, err := Explore(context.Background(), m, Options{Engine: Native})
	require.ErrorIs(t, err, errNoNative)
	require.ErrorContains(t, err, "unsupported architecture")
	require.True(t, explore(t, m, Options{}).Complete)
}

// Each comparison of a constant with the bits of a cell, either way round, in a guard, which is a
// branch, and in a value, which is not.
func TestConstantComparisons(t *testing.T) {
	small := &spec.RangeType{Lo: 0, Hi: 3}
	x := &spec.Var{Name: "x", Type: small}
	y := &spec.Var{Name: "y", Type: small} // not the lowest bits of the word
	out := &spec.Var{Name: "out", Type: &spec.RangeType{Lo: 0, Hi: 40}, Init: spec.Int(0)}
	m := &spec.Model{Name: "Comparisons", Vars: []*spec.Var{x, y, out}}
	for _, op := range []spec.Op{spec.Lt, spec.Le, spec.Gt, spec.Ge, spec.Eq, spec.Ne} {
		for n := range int64(4) {
			for _, v := range []*spec.Var{x, y} {
				k, c := spec.Int(int64(len(m.Actions))%40+1), spec.Bin(op, spec.Int(n), spec.V(v))
				mirrored := spec.Bin(op, spec.V(v), spec.Int(n))
				m.Actions = append(m.Actions,
					&spec.Action{Name: "Guard", Actor: -1, Guard: spec.Bin(spec.And, spec.Bin(spec.Eq, spec.V(out), spec.Int(0)), c), Body: do(spec.Set(out, k))},
					&spec.Action{Name: "Mirrored", Actor: -1, Guard: spec.Bin(spec.And, spec.Bin(spec.Eq, spec.V(out), spec.Int(0)), mirrored), Body: do(spec.Set(out, k))},
					&spec.Action{Name: "Value", Actor: -1, Guard: spec.Bin(spec.Eq, spec.V(out), spec.Int(0)), Body: do(spec.Set(out, &spec.If{Cond: c, Then: k, Else: spec.Int(0)}))},
					&spec.Action{Name: "Branch", Actor: -1, Guard: spec.Bin(spec.Eq, spec.V(out), spec.Int(0)), Body: &spec.Branch{Cond: c, Then: do(spec.Set(out, k)), Else: do(spec.Set(out, spec.Int(0)))}})
			}
		}
	}
	for i, a := range m.Actions {
		a.Name += string(rune('A'+i/26)) + string(rune('a'+i%26))
	}
	require.Empty(t, spec.Check(m))
	eachForm(func() { agree(t, m) })
}

// States of more than 1024 bits, and places that are computed and lie in different words.
func TestNativeOnWideStates(t *testing.T) {
	index := &spec.RangeType{Lo: 0, Hi: 63}
	elem := &spec.RangeType{Lo: -5, Hi: 65530}
	a := &spec.Var{Name: "a", Type: &spec.ArrayType{Index: index, Elem: elem}, Init: mapOf(index, "k", func(spec.Expr) spec.Expr { return spec.Int(-1) })}
	i := &spec.Var{Name: "i", Type: index, Init: spec.Int(0)}
	n := &spec.Var{Name: "n", Type: &spec.RangeType{Lo: 0, Hi: 3}, Init: spec.Int(0)}
	p := &spec.Param{Name: "p", Type: &spec.RangeType{Lo: 0, Hi: 3}}
	q := &spec.Param{Name: "q", Type: index}
	to := spec.Bin(spec.Mul, spec.P(p), spec.Int(21)) // 0, 21, 42, 63
	more := spec.Set(n, spec.Bin(spec.Add, spec.V(n), spec.Int(1)))
	m := &spec.Model{Name: "Wide", Vars: []*spec.Var{a, i, n}, Actions: []*spec.Action{
		{Name: "Move", Actor: -1, Params: []*spec.Param{p}, Body: do(spec.Set(i, to))},
		{Name: "Write", Actor: -1, Params: []*spec.Param{p}, Guard: spec.Bin(spec.Lt, spec.V(n), spec.Int(3)),
			Body: do(spec.Set(a, spec.Bin(spec.Add, spec.At(a, to), spec.Int(7)), spec.V(i)), more)},
		// Never possible, but narrow does not see that, and leaves all elements their bits.
		{Name: "Never", Actor: -1, Params: []*spec.Param{q}, Guard: spec.Bin(spec.Eq, spec.Bin(spec.Add, spec.At(a, spec.Int(0)), spec.At(a, spec.Int(21))), spec.Int(5000)),
			Body: do(spec.Set(a, spec.At(a, spec.Int(0)), spec.P(q)))},
	}, Properties: []*spec.Property{
		{Name: "Low", Kind: spec.Invariant, Cond: spec.Bin(spec.Lt, spec.At(a, spec.V(i)), spec.Int(20))},
		{Name: "High", Kind: spec.Cover, Cond: spec.Bin(spec.Eq, spec.At(a, spec.V(i)), spec.Int(13))},
	}}
	require.Empty(t, spec.Check(m))
	require.Greater(t, compile(m, false).layout.Words, 16)
	eachForm(func() { agree(t, m) })
}

// Native code that is wrong is noticed, whatever is wrong with it.
func TestAudit(t *testing.T) { eachForm(func() { testAudit(t) }) }

func testAudit(t *testing.T) {
	for name, change := range map[string]func(m *spec.Model, n *spec.Var){
		"body": func(m *spec.Model, n *spec.Var) {
			m.Actions[0].Body = do(spec.Set(n, spec.Bin(spec.Mod, spec.Bin(spec.Add, spec.V(n), spec.Int(2)), spec.Int(3))))
		},
		"guard":     func(m *spec.Model, n *spec.Var) { m.Actions[0].Guard = spec.Bin(spec.Lt, spec.V(n), spec.Int(2)) },
		"owed":      func(m *spec.Model, n *spec.Var) { m.Actions[0].Optional = true },
		"running":   func(m *spec.Model, n *spec.Var) { m.Running = spec.Bin(spec.Lt, spec.V(n), spec.Int(2)) },
		"invariant": func(m *spec.Model, n *spec.Var) { m.Properties[0].Cond = spec.Bin(spec.Lt, spec.V(n), spec.Int(2)) },
		"situation": func(m *spec.Model, n *spec.Var) { m.Properties[1].When = spec.Bin(spec.Lt, spec.V(n), spec.Int(1)) },
		"constraint": func(m *spec.Model, n *spec.Var) {
			m.Constraint = spec.Bin(spec.Lt, spec.V(n), spec.Int(2))
		},
		"nothing": nil,
	} {
		t.Run(name, func(t *testing.T) {
			build := func() (*spec.Model, *spec.Var) {
				m, n := faulty()
				m.Constraint = spec.Bin(spec.Lt, spec.V(n), spec.Int(3))
				m.Properties = []*spec.Property{
					{Name: "Small", Kind: spec.Invariant, Cond: spec.Bin(spec.Lt, spec.V(n), spec.Int(3))},
					{Name: "Some", Kind: spec.Cover, When: spec.Bin(spec.Lt, spec.V(n), spec.Int(2)), Cond: spec.Bin(spec.Lt, spec.V(n), spec.Int(1))},
				}
				return m, n
			}
			right, _ := build()
			wrong, n := build()
			if change != nil {
				change(wrong, n)
			}
			s, err := newSearch(compile(right, false), Options{Workers: 1})
			require.NoError(t, err)
			defer s.close()
			c := compile(wrong, false)
			require.Equal(t, s.c.layout, c.layout)
			code, err := newNative(c)
			require.NoError(t, err)
			code.c = s.c // only the code is wrong
			s.engine.ready.Store(code)
			err = s.run(context.Background())
			if change == nil {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, errAudit)
			}
		})
	}
}

// What a state of one batch was does not stick to the state that is in its place in the next.
func TestBatchesAreApart(t *testing.T) {
	n := &spec.Var{Name: "n", Type: &spec.RangeType{Lo: 0, Hi: 3}, Init: spec.Int(0)}
	next := spec.Bin(spec.Mod, spec.Bin(spec.Add, spec.V(n), spec.Int(1)), spec.Int(4))
	m := &spec.Model{Name: "Batches", Vars: []*spec.Var{n}, Running: spec.Bin(spec.Lt, spec.V(n), spec.Int(3)),
		Actions: []*spec.Action{{Name: "Count", Actor: -1, Body: do(spec.Set(n, next))}}}
	require.Empty(t, spec.Check(m))
	eachForm(func() {
		c := compile(m, false)
		machine := machineOf(t, c)
		var out Successors
		for _, v := range []uint64{3, 0, 3, 2} {
			w := c.layout.New()
			c.layout.Fields[0].Put(w, v)
			machine.Expand(w, &out)
			require.Equal(t, []bool{v == 3}, out.Stopped)
			if v == 3 {
				require.Empty(t, out.Words)
			} else {
				require.Equal(t, v+1, c.layout.Fields[0].Get(out.Words))
			}
		}
	})
}
