package explorer

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
	"mcheck/spec/classic"
	"mcheck/spec/scenario"
)

// A hump whose size is known: 2^40 in all, the binomial coefficients of 40. Estimates come close
// long before the end.
func TestEstimateOfBinomials(t *testing.T) {
	levels := []int64{1}
	for i := int64(1); i <= 40; i++ {
		levels = append(levels, levels[i-1]*(41-i)/i)
	}
	truth := math.Exp2(40)
	for k := 12; k <= len(levels); k++ { // at level 12 a hundredth of them are visited
		e, ok := EstimateStates(levels[:k])
		if !ok {
			require.Less(t, k, 20)
			continue
		}
		if k >= 20 {
			require.LessOrEqual(t, e.Low, truth, "level %d", k)
			require.GreaterOrEqual(t, e.High, truth, "level %d", k)
		}
	}
	e, ok := EstimateStates(levels[:30])
	require.True(t, ok)
	require.InEpsilon(t, truth, e.Likely, 0.1)
}

func TestNoEstimate(t *testing.T) {
	growing := []int64{1}
	for range 20 {
		growing = append(growing, 3*growing[len(growing)-1])
	}
	_, ok := EstimateStates(growing)
	require.False(t, ok, "no end in sight")
	_, ok = EstimateStates([]int64{1, 500, 800, 500, 100})
	require.False(t, ok, "five levels")
	_, ok = EstimateStates([]int64{1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1})
	require.False(t, ok, "few states")
	_, ok = EstimateStates(nil)
	require.False(t, ok)
}

// How often the true number lies in the spread, over published models and built-in scenarios, at
// each level from a tenth of the states on.
func TestEstimateCoverage(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	models := map[string]*spec.Model{
		"TwoPhase6": classic.TwoPhase(6), "SimpleRegular8": classic.SimpleRegular(8), "Lamport": classic.LamportMutex(3, 4), "Bakery3": classic.Bakery(2, 3, false),
	}
	for _, name := range []string{"umount-mkfs-walk", "ltp-mkfs-walk", "umount-tree-walk", "two-lazy", "fsstress-umount-mount"} {
		sc, err := scenario.Load(name)
		require.NoError(t, err)
		b, err := scenario.Build(sc, "v6.15", scenario.Options{})
		require.NoError(t, err)
		models[name] = b.Model
	}
	shown, inside, all := 0, 0, 0
	for name, m := range models {
		r, err := Explore(t.Context(), m, Options{})
		require.NoError(t, err)
		require.True(t, r.Complete, name)
		visited := int64(0)
		for k, n := range r.Levels {
			if visited += n; visited < r.Distinct/10 || k+1 < estimateLevels || visited < estimateStates {
				continue
			}
			all++
			e, ok := EstimateStates(r.Levels[:k+1])
			if !ok {
				continue
			}
			shown++
			require.LessOrEqual(t, e.Low, e.Likely)
			require.LessOrEqual(t, e.Likely, e.High)
			if truth := float64(r.Distinct); e.Low <= truth && truth <= e.High {
				inside++
			}
		}
	}
	t.Logf("%d levels, %d estimates, %d right", all, shown, inside)
	require.Greater(t, shown, all*3/4)
	require.Greater(t, inside, shown*17/20)
}

// The levels that a progress report has are those of the result.
func TestProgressLevels(t *testing.T) {
	var last Progress
	r, err := Explore(t.Context(), classic.TwoPhase(6), Options{Progress: func(p Progress) { last = p }})
	require.NoError(t, err)
	require.Equal(t, r.Levels, last.Levels)
	require.Equal(t, r.Depth, last.Depth)
	require.Less(t, time.Duration(0), last.Elapsed)
}

// Whether states fit must not be judged by a table that was made for more of them.
func TestProgressOfCapacity(t *testing.T) {
	const many = 4_000_000
	var p Progress
	s, err := newSearch(compile(classic.TwoPhase(6), false), Options{Workers: 1, Capacity: many, Progress: func(now Progress) { p = now }})
	require.NoError(t, err)
	defer s.close()
	_, err = s.initialStates()
	require.NoError(t, err)
	s.report(time.Now())
	require.Greater(t, p.Bytes, int64(8*many))
	table, log := s.store.Bytes()
	require.InEpsilon(t, float64(table)/many+float64(log)/float64(p.Distinct), p.Each, 1e-9)
}
