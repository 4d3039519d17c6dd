package explorer

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"mcheck/spec"
	"mcheck/spec/classic"
	"mcheck/spec/scenario"
	"mcheck/spec/spectest"
	"mcheck/states"
)

var allKinds = []states.Kind{states.Auto, states.KindWhole, states.KindIndex, states.KindTree, states.KindHash}

// sameByStore requires that all stores find the same: counts, verdicts, traces.
func sameByStore(t require.TestingT, m *spec.Model, opt Options) {
	var want Result
	for i, k := range allKinds {
		opt.Store, opt.Workers, opt.Capacity = k, []int{1, 2, 8}[i%3], []int64{0, 100, 1000, 0, 0}[i]
		r := explore(t, m, opt)
		require.Equal(t, k == states.KindHash, r.Missed != nil)
		if i == 0 {
			want = plain(r)
			continue
		}
		if k == states.KindHash {
			// It does not say that a CAN_REST property is violated: the way out may be what it has
			// missed.
			for i, p := range want.Properties {
				if p.Property.Kind == spec.CanRest && p.Verdict == Violated {
					require.Equal(t, Undecided, r.Properties[i].Verdict)
					require.Contains(t, r.Properties[i].Reason, "hash compaction")
					r.Properties[i] = p
				}
			}
		}
		require.Equal(t, want, plain(r), "%s in\n%s", k, m)
	}
}

func TestStoresOnPublishedModels(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	for _, e := range classic.Models {
		t.Run(e.Name, func(t *testing.T) { sameByStore(t, e.Build(), Options{Graph: e.Distinct < 2000}) })
	}
}

func TestStoresOnRandomModels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { sameByStore(t, spectest.Model(t), Options{Graph: true}) })
}

func TestStoresOnScenarios(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	for name, design := range map[string]string{"ltp-mkfs": "defer-v4", "umount-mkfs-walk": "v4.18", "open-umount": "v6.15"} {
		t.Run(name, func(t *testing.T) { sameByStore(t, kernelModel(t, name, design, nil), Options{}) })
	}
}

func kernelModel(t testing.TB, name, design string, set map[string]string) *spec.Model {
	sc, err := scenario.Load(name)
	require.NoError(t, err)
	b, err := scenario.Build(sc, design, scenario.Options{Set: set})
	require.NoError(t, err)
	return b.Model
}

// With so little memory that the search must go to a denser store and to the disk, all is as
// without a limit.
func TestLimitedMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	for _, c := range []struct {
		name  string
		model *spec.Model
		kinds []states.Kind
	}{
		{"one word", classic.TwoPhase(7), []states.Kind{states.Auto, states.KindTree, states.KindHash}},
		{"three words", classic.LamportMutex(3, 6), []states.Kind{states.KindWhole, states.KindHash}},
		{"kernel", kernelModel(t, "fsstress-umount-mount", "v4.18", nil), []states.Kind{states.Auto, states.KindWhole}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := c.model
			want := explore(t, m, Options{Workers: 2})
			require.True(t, want.Complete)
			for _, k := range c.kinds {
				// Ever less memory, until there is too little.
				moved, limit := 0, explore(t, m, Options{Workers: 2, Store: k}).Bytes
				for ; limit > 3<<19; limit = limit / 4 * 3 {
					r := explore(t, m, Options{Workers: 2, Store: k, MaxMemory: limit, Spill: t.TempDir()})
					require.LessOrEqual(t, r.Bytes, limit)
					if !r.Complete {
						require.Contains(t, r.Reason, fmt.Sprintf("limit of %d bytes for states: visited all of the ", limit))
						break
					}
					require.Equal(t, plain(want), plain(r), "%s, %d bytes", k, limit)
					if r.Spilled || k == states.Auto && r.Store == states.KindTree {
						moved++
					}
				}
				require.NotZero(t, moved, "%s, %d bytes", k, limit)
			}
		})
	}
}

// A limit that can't be kept ends the search with what it found.
func TestMemoryIsALimit(t *testing.T) {
	m := classic.LamportMutex(3, 6)
	want := explore(t, m, Options{})
	r := explore(t, m, Options{MaxMemory: 4 << 20, Workers: 2})
	require.False(t, r.Complete)
	require.Contains(t, r.Reason, "limit of 4194304 bytes for states: visited all of the ")
	require.LessOrEqual(t, r.Bytes, int64(4<<20))
	require.Equal(t, want.Levels[:len(r.Levels)], r.Levels)
	require.Equal(t, Undecided, r.Properties[0].Verdict)

	_, err := Explore(context.Background(), m, Options{MaxMemory: 4 << 10})
	require.ErrorContains(t, err, "too low")
}

func TestHashCompaction(t *testing.T) {
	m := classic.TwoPhase(5)
	r := explore(t, m, Options{Store: states.KindHash, MaxStates: 1 << 20})
	require.True(t, r.Complete)
	require.EqualValues(t, 1<<20, r.Missed.Capacity)
	// 2^20 (2^20 + 1) / 2 pairs, 2^-64 each.
	require.InEpsilon(t, 2.98e-8, r.Missed.Bound, 0.01)
	again := explore(t, m, Options{Store: states.KindHash, Seed: r.Missed.Seed})
	require.Equal(t, r.Missed.Seed, again.Missed.Seed)
	require.EqualValues(t, 1, again.Missed.Bound)
	require.NotEqual(t, r.Missed.Seed, explore(t, m, Options{Store: states.KindHash}).Missed.Seed)

	r = explore(t, m, Options{Store: states.KindHash, MaxStates: 100})
	require.False(t, r.Complete)
}

// Every state lies on a shortest way to the violation, so that the search for the trace keeps them
// all: more than there is memory for, and so on the disk.
func TestTraceInLimitedMemory(t *testing.T) {
	set := &spec.SetType{Elem: &spec.RangeType{Lo: 1, Hi: 16}}
	s := &spec.Var{Name: "s", Type: set, Init: &spec.Lit{N: 0, T: set}}
	p := &spec.Param{Name: "p", Type: set.Elem}
	m := &spec.Model{
		Name: "Sets", Vars: []*spec.Var{s},
		Actions: []*spec.Action{{Name: "Add", Params: []*spec.Param{p}, Actor: -1, Guard: spec.Un(spec.Not, spec.Bin(spec.In, spec.P(p), spec.V(s))),
			Body: do(spec.Set(s, spec.Bin(spec.Union, spec.V(s), &spec.Composite{T: set, Elems: []spec.Expr{spec.P(p)}})))}},
		Properties: []*spec.Property{{Name: "Few", Kind: spec.Invariant, Cond: spec.Bin(spec.Lt, spec.Un(spec.Cardinality, spec.V(s)), spec.Int(16))}},
	}
	require.Empty(t, spec.Check(m))
	want := explore(t, m, Options{})
	require.EqualValues(t, 1<<16, want.Distinct)
	require.Len(t, want.Properties[0].Trace, 17)
	opt := Options{MaxMemory: 2 << 20, Workers: 2}
	r := explore(t, m, opt)
	require.True(t, r.Complete)
	require.Equal(t, Violated, r.Properties[0].Verdict)
	require.Equal(t, "to find the trace takes more memory than there may be", r.Properties[0].Reason)
	require.Empty(t, r.Properties[0].Trace)
	opt.Spill = filepath.Join(t.TempDir(), "none")
	r = explore(t, m, opt)
	require.True(t, r.Complete)
	require.Equal(t, Violated, r.Properties[0].Verdict)
	require.Regexp(t, `^to find the trace takes more memory than there may be \(a file for states: open .*none.*: no such file or directory\)$`, r.Properties[0].Reason)
	opt.Spill = t.TempDir()
	r = explore(t, m, opt)
	require.Equal(t, plain(want), plain(r))
	require.LessOrEqual(t, r.Bytes, opt.MaxMemory)
}
