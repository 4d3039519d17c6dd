package explorer

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"mcheck/spec"
	"mcheck/spec/classic"
	"mcheck/spec/spectest"
	"mcheck/spec/symmetry"
)

// randomly draws a permutation of the classes.
func randomly(s *symmetric, rng *rand.Rand) permutation {
	p := s.identity()
	for _, c := range s.classes {
		of := p[s.typeOf(c.Type)]
		for i, k := range rng.Perm(len(c.Values)) {
			of[c.Values[i]] = int(c.Values[k])
		}
	}
	return p
}

// requireCanonical walks through m at random. Of each state a permutation must make what it makes
// of the decoded one, and all states of the orbit must have the same canonical state, which is one
// of them, and which the canonizer's permutation leads to.
func requireCanonical(t require.TestingT, m *spec.Model, rng *rand.Rand) {
	c := compile(m, true)
	if c.initError != nil {
		return
	}
	s := newSymmetric(c)
	if s == nil {
		return
	}
	canon := s.newCanonizer()
	state := c.layout.New()
	require.NoError(t, c.initial(func(w []uint64) error {
		if rng.IntN(3) == 0 || state[0] == c.layout.New()[0] {
			copy(state, w)
		}
		return nil
	}))
	machine := c.newMachine()
	var succ Successors
	for range 30 {
		p := randomly(s, rng)
		other := slices.Clone(state)
		s.apply(state, p, other)
		want := c.decode(state)
		for i, t := range s.types {
			of := make([]int64, len(p[i]))
			for k, v := range p[i] {
				of[k] = int64(v)
			}
			want = permuted(m, want, t, of)
		}
		require.True(t, want.Equal(c.decode(other)), "%s", m)

		one, two := slices.Clone(state), slices.Clone(other)
		canon.state(one)
		image := slices.Clone(state)
		s.apply(state, canon.perm, image)
		require.Equal(t, one, image)
		canon.state(two)
		require.Equal(t, one, two, "%s", m)
		require.True(t, slices.ContainsFunc(orbit(m, c.decode(state), s.classes), c.decode(one).Equal))

		machine.Expand(state, &succ)
		if len(succ.From) == 0 {
			return
		}
		k := rng.IntN(len(succ.From))
		copy(state, succ.Words[k*c.layout.Words:(k+1)*c.layout.Words])
	}
}

func TestCanonicalStates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := anonymousModel(t, spectest.Model)
		requireCanonical(t, m, rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "walk"), 0)))
	})
	for _, e := range classic.Models {
		for seed := range uint64(20) {
			requireCanonical(t, e.Build(), rand.New(rand.NewPCG(seed, 1)))
		}
	}
}

// Two tasks that look the same may still be in different places of a structure: who waits for whom.
// There all orders of equals are tried.
func TestReferencesAmongEquals(t *testing.T) {
	task := &spec.EnumType{Name: "Task", Values: []string{"a", "b", "c", "d"}, Symbolic: true}
	next := &spec.Var{Name: "next", Type: &spec.ArrayType{Index: task, Elem: task},
		Init: &spec.Quant{Op: spec.MapOf, Param: &spec.Param{Name: "i", Type: task}, Body: &spec.Lit{N: 0, T: task}}}
	p, q := &spec.Param{Name: "p", Type: task}, &spec.Param{Name: "q", Type: task}
	m := &spec.Model{Name: "Maps", Enums: []*spec.EnumType{task}, Vars: []*spec.Var{next},
		Actions: []*spec.Action{{Name: "Point", Params: []*spec.Param{p, q}, Actor: 0,
			Body: &spec.Do{Updates: []spec.Update{spec.Set(next, spec.P(q), spec.P(p))}}}}}
	require.Empty(t, spec.Check(m))
	// The functions of four points into themselves, and those of them that are no renamings of each
	// other: A001372 in the OEIS.
	require.Equal(t, int64(256), explore(t, m, Options{}).Distinct)
	require.Equal(t, int64(19), explore(t, m, Options{Symmetry: true}).Distinct)
}

// All stores, and a search in several parts, find the same with symmetry.
func TestSymmetryInAllStores(t *testing.T) {
	for _, m := range []*spec.Model{classic.TwoPhase(4), classic.Chameneos(3, 3), classic.InnerFIFO(3, 2)} {
		sameByStore(t, m, Options{Symmetry: true})
		want := explore(t, m, Options{Symmetry: true})
		dir := t.TempDir()
		part := explore(t, m, Options{Symmetry: true, MaxDepth: want.Depth / 2, Checkpoint: dir})
		require.False(t, part.Complete)
		require.Equal(t, plain(want), plain(explore(t, m, Options{Symmetry: true, Resume: dir})))
	}
}

// A value that some cell that never changes tells apart is left out.
func TestFixedCellsSplitClasses(t *testing.T) {
	task := &spec.EnumType{Name: "Task", Values: []string{"a", "b", "c"}, Symbolic: true}
	over := func(elem spec.Type) spec.Type { return &spec.ArrayType{Index: task, Elem: elem} }
	cpu := &spec.Var{Name: "cpu", Type: over(&spec.RangeType{Lo: 0, Hi: 1}),
		Init: &spec.Composite{T: over(&spec.RangeType{Lo: 0, Hi: 1}), Elems: []spec.Expr{spec.Int(0), spec.Int(1), spec.Int(0)}}}
	on := &spec.Var{Name: "on", Type: over(spec.Bool), Init: &spec.Quant{Op: spec.MapOf, Param: &spec.Param{Name: "i", Type: task}, Body: spec.F}}
	p := &spec.Param{Name: "p", Type: task}
	m := &spec.Model{Name: "CPUs", Enums: []*spec.EnumType{task}, Vars: []*spec.Var{cpu, on},
		Actions: []*spec.Action{{Name: "Run", Params: []*spec.Param{p}, Actor: 0,
			Body: &spec.Do{Updates: []spec.Update{spec.Set(on, spec.Bin(spec.Eq, spec.At(cpu, spec.P(p)), spec.Int(0)), spec.P(p))}}}}}
	require.Empty(t, spec.Check(m))
	require.Equal(t, []symmetry.Class{{Type: task, Values: []int64{0, 2}}}, Symmetry(m))
	// The two on CPU 0 are on or not: 4 states, and 3 if they are not told apart.
	require.Equal(t, int64(4), explore(t, m, Options{}).Distinct)
	require.Equal(t, int64(3), explore(t, m, Options{Symmetry: true}).Distinct)
}
