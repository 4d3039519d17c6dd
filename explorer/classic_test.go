package explorer

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
)

// The published numbers of the models, confirmed with TLC.
func TestPublishedCounts(t *testing.T) {
	for _, tc := range []struct {
		m                   *spec.Model
		distinct, generated int64
		depth               int
	}{
		{twoPhase(3), 288, 1146, 11},
		{simpleRegular(4), 526, 1396, 13},
		{simpleRegular(8), 277726, 1454776, 25},
		{lamportMutex(3, 6), 724274, 2729079, 61},
	} {
		require.Empty(t, spec.Check(tc.m))
		r := explore(t, tc.m, Options{})
		require.True(t, r.Complete)
		require.Nil(t, r.Error)
		require.Equal(t, tc.distinct, r.Distinct, tc.m.Name)
		require.Equal(t, tc.generated, r.Generated, tc.m.Name)
		require.Equal(t, tc.depth, r.Depth, tc.m.Name)
		require.Equal(t, Holds, r.Properties[0].Verdict)
	}
}

func benchmark(b *testing.B, m *spec.Model, workers int) {
	var states, bytes float64
	for b.Loop() {
		r := explore(b, m, Options{Workers: workers})
		states += float64(r.Distinct)
		bytes = r.BytesPerState
	}
	b.ReportMetric(states/b.Elapsed().Seconds(), "states/s")
	b.ReportMetric(bytes, "B/state")
	b.ReportMetric(0, "ns/op")
}

func BenchmarkTwoPhase9(b *testing.B)         { benchmark(b, twoPhase(9), 1) }
func BenchmarkTwoPhase9Workers2(b *testing.B) { benchmark(b, twoPhase(9), 2) }
func BenchmarkLamport(b *testing.B)           { benchmark(b, lamportMutex(3, 6), 1) }
func BenchmarkLamportWorkers2(b *testing.B)   { benchmark(b, lamportMutex(3, 6), 2) }
func BenchmarkSimpleRegular8(b *testing.B)    { benchmark(b, simpleRegular(8), 1) }
