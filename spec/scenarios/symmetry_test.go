package scenarios_test

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/explorer"
	"mcheck/export/tla/tlc"
	"mcheck/spec/scenario"
)

// sameVerdicts explores b with one state of each orbit and requires the verdicts and the lengths of
// the traces of off, which visited all.
func sameVerdicts(t *testing.T, b *scenario.Built, off *explorer.Result) *explorer.Result {
	t.Helper()
	on := explored(t, b, explorer.Options{Symmetry: true})
	require.True(t, on.Complete)
	for i, p := range on.Properties {
		require.Equal(t, off.Properties[i].Verdict, p.Verdict, p.Property.Name)
		require.Len(t, p.Trace, len(off.Properties[i].Trace), p.Property.Name)
	}
	require.Equal(t, off.Depth, on.Depth)
	require.LessOrEqual(t, on.Distinct, off.Distinct)
	t.Logf("%d states of %d: %v", on.Distinct, off.Distinct, on.Symmetry)
	return on
}

// A pair has the same verdicts with symmetry, and some have interchangeable values.
func TestSymmetryOfPairs(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	var some atomic.Bool
	t.Run("pairs", func(t *testing.T) { // ends when all of them have
		for _, p := range wanted(t) {
			t.Run(p.String(), func(t *testing.T) {
				t.Parallel()
				b, off := reduced(t, p)
				if on := sameVerdicts(t, b, off); len(on.Symmetry) > 0 {
					some.Store(true)
				}
			})
		}
	})
	require.True(t, some.Load())
}

// With two copies of a task that nobody waits for every scenario but the largest has the same
// verdicts, and about half of the states.
func TestSymmetryOfCopies(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	var halved atomic.Bool
	t.Run("pairs", func(t *testing.T) {
		for _, p := range pairs(t) {
			if p.design != p.sc.Designs[0] {
				continue
			}
			t.Run(p.String(), func(t *testing.T) {
				t.Parallel()
				b, err := scenario.Build(p.sc, p.design, scenario.Options{Set: map[string]string{"walkers": "2", "cpus": "1"}})
				if err != nil {
					require.ErrorContains(t, err, "walkers") // it has no such task
					return
				}
				off := explored(t, b, explorer.Options{MaxStates: 700_000})
				if !off.Complete {
					return
				}
				on := sameVerdicts(t, b, off)
				if strings.Contains(b.C, "TASK(walker, 2)") {
					require.Less(t, 10*on.Distinct, 6*off.Distinct)
					halved.Store(true)
				}
			})
		}
	})
	require.True(t, halved.Load())
}

// Three walkers of one program, and TLC with SYMMETRY.
func TestThreeWalkers(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	sc, err := scenario.Parse("three.sh", []byte(strings.Join([]string{
		"#mcheck cpus=1 walkers=3", "mount /dev/sda /mnt", "#mcheck run", "stat /mnt/f &", ""}, "\n")))
	require.NoError(t, err)
	b, err := scenario.Build(sc, "v6.15", scenario.Options{})
	require.NoError(t, err)
	off := explored(t, b, explorer.Options{})
	require.True(t, off.Complete)
	on := sameVerdicts(t, b, off)
	var classes []string
	for _, c := range on.Symmetry {
		classes = append(classes, c.String())
	}
	// the kworkers have nothing to do
	require.Equal(t, []string{"kworker1, kworker2", "walker1, walker2, walker3"}, classes)
	require.Less(t, 5*on.Distinct, off.Distinct)
	compare(t, b, on, tlc.CompareOptions{NoTraces: true})
}
