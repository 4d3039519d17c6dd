package explorer

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tetratelabs/wazero"
	"pgregory.net/rapid"

	"mcheck/spec"
	"mcheck/spec/classic"
	"mcheck/spec/spectest"
)

// sameByEngine requires that native code and closures find the same.
func sameByEngine(t require.TestingT, m *spec.Model, opt Options) {
	opt.Engine = Closures
	want := plain(explore(t, m, opt))
	opt.Engine = Native
	require.Equal(t, want, plain(explore(t, m, opt)), "%s", m)
}

func TestNativeOnPublishedModels(t *testing.T) {
	for _, e := range classic.Models {
		t.Run(e.Name, func(t *testing.T) {
			sameByEngine(t, e.Build(), Options{Workers: 1, Graph: e.Distinct < 2000})
			sameByEngine(t, e.Build(), Options{Workers: 2})
		})
	}
}

func TestNativeOnRandomModels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { sameByEngine(t, spectest.Model(t), Options{Workers: 2, Graph: true}) })
}

func TestNativeOnFaults(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { sameByEngine(t, spectest.FaultyModel(t), Options{Workers: 2, Graph: true}) })
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

// Each comparison of a constant with the bits of a cell, either way round, in a guard, which is a branch, and in a value, which is not.
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
	agree(t, m)
}
