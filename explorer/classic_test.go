package explorer

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
	"mcheck/spec/classic"
)

// The published models have their published numbers, whatever the number of workers.
func TestPublishedCounts(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	for _, e := range classic.Models {
		t.Run(e.Name, func(t *testing.T) {
			m := e.Build()
			r := explore(t, m, Options{Workers: 1})
			require.True(t, r.Complete)
			require.Nil(t, r.Error)
			require.Equal(t, e.Initial, r.Initial)
			require.Equal(t, e.Distinct, r.Distinct)
			require.Equal(t, e.Generated, r.Generated)
			require.Equal(t, e.Depth, r.Depth)
			if e.Levels != nil {
				require.Equal(t, e.Levels, r.Levels)
			}
			if e.PerAction != nil {
				fired := map[string]int64{}
				for i, a := range m.Actions {
					name := a.Name
					if a.Func != "" {
						name = a.Func
					}
					fired[name] += r.Fired[i]
				}
				require.Equal(t, e.PerAction, fired)
			}
			for _, p := range r.Properties {
				n, violated := e.Violated[p.Property.Name]
				if !violated {
					require.Equal(t, Holds, p.Verdict, p.Property.Name)
					continue
				}
				require.Equal(t, Violated, p.Verdict, p.Property.Name)
				require.Len(t, p.Trace, n)
				replay(t, m, p.Trace, p.Property)
			}
			require.Equal(t, plain(r), plain(explore(t, m, Options{Workers: 2})))
		})
	}
}

// All that the evaluator finds in the small published models, the explorer finds too: the graph,
// the situations, the rest states.
func TestAgreesOnPublishedModels(t *testing.T) {
	for _, e := range classic.Models {
		if e.Distinct < 2000 {
			t.Run(e.Name, func(t *testing.T) { agree(t, e.Build()) })
		}
	}
}

func benchmark(b *testing.B, m *spec.Model, workers int) {
	for _, e := range []Engine{Closures, Native, Auto} {
		b.Run(e.String(), func(b *testing.B) {
			var states, bytes, bits float64
			for b.Loop() {
				r := explore(b, m, Options{Workers: workers, Engine: e})
				states += float64(r.Distinct)
				bytes, bits = r.BytesPerState, float64(r.StateBits)
			}
			b.ReportMetric(states/b.Elapsed().Seconds(), "states/s")
			b.ReportMetric(bytes, "B/state")
			b.ReportMetric(bits, "bits/state")
		})
	}
}

func BenchmarkTwoPhase9(b *testing.B)              { benchmark(b, classic.TwoPhase(9), 1) }
func BenchmarkTwoPhase9Workers2(b *testing.B)      { benchmark(b, classic.TwoPhase(9), 2) }
func BenchmarkLamportMutex(b *testing.B)           { benchmark(b, classic.LamportMutex(3, 6), 1) }
func BenchmarkLamportMutexWorkers2(b *testing.B)   { benchmark(b, classic.LamportMutex(3, 6), 2) }
func BenchmarkSimpleRegular8(b *testing.B)         { benchmark(b, classic.SimpleRegular(8), 1) }
func BenchmarkSimpleRegular8Workers2(b *testing.B) { benchmark(b, classic.SimpleRegular(8), 2) }
