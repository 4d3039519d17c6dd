package explorer

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/internal/cputime"
	"mcheck/spec"
	"mcheck/spec/classic"
	"mcheck/spec/examples"
	"mcheck/spec/scenario"
)

// sample returns packed states of c: those of the last levels of a breadth-first search that was
// stopped, which are like those that a long search is busy with.
func sample(b *testing.B, c *compiled, visited int64) []uint64 {
	s, err := newSearch(c, Options{Workers: 1, MaxStates: visited})
	require.NoError(b, err)
	defer s.close()
	require.NoError(b, s.run(b.Context()))
	all := s.store.Len()
	out, err := s.store.Read(max(0, all-1<<15), all, 1<<15, nil)
	require.NoError(b, err)
	return append([]uint64(nil), out...)
}

// benchmarkVisit measures the native code alone: to expand states and check them.
func benchmarkVisit(b *testing.B, m *spec.Model) {
	c := compile(m, false)
	machine := machineOf(b, c)
	batch := sample(b, c, 1<<18)
	words := c.layout.Words
	undecided := make([]uint64, machine.maskLen)
	states, transitions := 0, 0
	begin := cputime.Now()
	for b.Loop() {
		for at := 0; at < len(batch); {
			v := machine.visit(batch[at:min(len(batch), at+machine.most()*words)], undecided)
			at += v.done * words
			states += v.done
			transitions += len(v.ground)
		}
	}
	spent := float64(cputime.Now() - begin)
	b.ReportMetric(spent/float64(states), "CPU-ns/state")
	b.ReportMetric(spent/float64(transitions), "CPU-ns/transition")
	b.ReportMetric(0, "ns/op")
}

func BenchmarkVisitLamportMutex(b *testing.B) { benchmarkVisit(b, classic.LamportMutex(3, 6)) }
func BenchmarkVisitTwoPhase9(b *testing.B)    { benchmarkVisit(b, classic.TwoPhase(9)) }

func BenchmarkVisitPerCPU(b *testing.B) {
	built, err := scenario.BuildModel(examples.PerCPU, examples.Text(examples.PerCPU), scenario.Options{Set: map[string]string{"WALKERS": "4", "READERS": "1"}})
	require.NoError(b, err)
	benchmarkVisit(b, built.Model)
}

func manySteps(b *testing.B) *spec.Model {
	return kernelModel(b, "umount-mkfs-walk", "v6.15", map[string]string{"migrate": "true", "walkers": "2"})
}

func BenchmarkVisitKernel(b *testing.B) { benchmarkVisit(b, manySteps(b)) }

func BenchmarkVisitKernelNoProps(b *testing.B) {
	m := manySteps(b)
	m.Properties = nil
	benchmarkVisit(b, m)
}
