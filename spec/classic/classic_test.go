package classic_test

import (
	"math/bits"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
	"mcheck/spec/classic"
	"mcheck/spec/eval"
)

// The evaluator is slow; larger models are left to the explorer's tests.
const evalLimit = 40_000

func TestModelsAreRight(t *testing.T) {
	names := map[string]bool{}
	for _, e := range classic.Models {
		require.Empty(t, spec.Check(e.Build()), e.Name)
		require.False(t, names[e.Name])
		names[e.Name] = true
		require.Equal(t, e.Build().String(), e.Build().String())
	}
}

func TestCounts(t *testing.T) {
	for _, e := range classic.Models {
		if e.Distinct > evalLimit {
			continue
		}
		t.Run(e.Name, func(t *testing.T) {
			r, err := eval.Explore(e.Build(), eval.Options{})
			require.NoError(t, err)
			require.Nil(t, r.Err)
			require.True(t, r.Complete)
			if e.Levels != nil {
				require.Equal(t, e.Levels, r.Levels)
			}
			if e.PerAction != nil {
				require.Equal(t, e.PerAction, perAction(r, e.Build()))
			}
			require.Equal(t, e.Initial, r.Initial)
			require.Equal(t, e.Distinct, r.Distinct)
			require.Equal(t, e.Generated, r.Generated)
			require.Equal(t, e.Depth, r.Depth)
			if e.Stuck >= 0 {
				require.Equal(t, e.Stuck, stuck(r))
			}
			for _, p := range r.Properties {
				if n, ok := e.Violated[p.Property.Name]; ok {
					require.Equal(t, eval.Violated, p.Verdict, p.Property.Name)
					require.Equal(t, n, p.Length)
				} else {
					require.Equal(t, eval.Holds, p.Verdict, p.Property.Name)
				}
			}
		})
	}
}

func perAction(r *eval.Result, m *spec.Model) map[string]int64 {
	n := map[string]int64{}
	for i, a := range m.Actions {
		key := a.Name
		if a.Func != "" {
			key = a.Func
		}
		n[key] += r.Fired[i]
	}
	return n
}

func stuck(r *eval.Result) int64 {
	out := make([]int, len(r.States))
	for _, e := range r.Edges {
		out[e.From]++
	}
	var n int64
	for _, k := range out {
		if k == 0 {
			n++
		}
	}
	return n
}

// The benchmark sizes of TwoPhase fit two words with room to spare, as its comment says.
func TestTwoPhaseIsNarrow(t *testing.T) {
	for n := 2; n <= 10; n++ {
		total := 0
		for _, v := range classic.TwoPhase(n).Vars {
			total += width(v.Type)
		}
		require.Equal(t, 4*n+4, total)
		require.LessOrEqual(t, total, 128)
	}
}

// width is the number of bits that hold a value of t, element by element.
func width(t spec.Type) int {
	switch t := t.(type) {
	case *spec.ArrayType:
		lo, hi, _ := spec.Domain(t.Index)
		return int(hi-lo+1) * width(t.Elem)
	case *spec.SetType:
		lo, hi, _ := spec.Domain(t.Elem)
		return int(hi - lo + 1)
	}
	lo, hi, _ := spec.Domain(t)
	return bits.Len64(uint64(hi - lo))
}
