package scenarios_test

import (
	"cmp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/explorer"
	"mcheck/export/tla/tlc"
	"mcheck/spec/scenario"
)

// machines are the Java machines that these tests run at once.
var machines = make(chan struct{}, 2)

// compare has TLC do what the explorer did. These tests are worth nothing without TLC, so they fail where it is not found.
func compare(t *testing.T, b *scenario.Built, want *explorer.Result, opt tlc.CompareOptions) {
	t.Helper()
	jar, err := tlc.Find("")
	require.NoError(t, err, "TLC is needed: make test fetches it")
	r, err := tlc.Compare(t.Context(), jar, b.Model, want, opt)
	require.NoError(t, err)
	t.Logf("%d states, %d runs of TLC, %.1f s of processor time", want.Distinct, r.Runs, r.CPUSeconds)
	require.Empty(t, r.Disagreements)
	require.Equal(t, []int64{want.Distinct, want.Generated, int64(want.Depth)}, []int64{r.Distinct, r.Generated, int64(r.Depth)})
	if want.Graph != nil {
		require.Empty(t, r.NotCompared)
	}
}

// crossed are the scenarios that TLC explores here under each of the crossing designs that they name: the reported failure and what stands around it.
// The others it explores under the design that leaves the fewest states, and each design that is not among those with the smallest scenario. Their counterexamples are
// replayed by make crosscheck only, which has it explore all pairs.
var (
	crossed  = []string{"ltp-mkfs", "ltp-mkfs-walk", "umount-mkfs", "umount-mkfs-walk", "open-umount", "fsstress-umount-mount"}
	crossing = []string{"v6.15", "v4.18", "defer-v4", "no-grace-period"}
)

func isCrossed(p pair) bool {
	return slices.Contains(crossed, p.sc.Name) && slices.Contains(crossing, p.design)
}

// TLC agrees in everything: counts, verdicts, the lengths of counterexamples, and the labelled state graph; it replays those of the crossed pairs. Each
// scenario is among the pairs, and each design.
func TestPairsAgreeWithTLC(t *testing.T) {
	all := pairs(t)
	prepare(t, all)
	states := func(p pair) int64 {
		_, r := reduced(t, p)
		return r.Distinct
	}
	least := func(of func(pair) bool) pair {
		var ps []pair
		for _, p := range all {
			if of(p) {
				ps = append(ps, p)
			}
		}
		require.NotEmpty(t, ps)
		return slices.MinFunc(ps, func(p, q pair) int { return cmp.Compare(states(p), states(q)) })
	}
	var todo []pair
	named := map[string]bool{}
	add := func(p pair) {
		todo = append(todo, p)
		named[p.design] = true
	}
	for _, p := range all {
		if isCrossed(p) {
			add(p)
		}
	}
	for _, name := range scenario.Names() {
		if !slices.Contains(crossed, name) {
			add(least(func(p pair) bool { return p.sc.Name == name }))
		}
	}
	for _, d := range scenario.Designs() {
		if !named[d.Name] {
			add(least(func(p pair) bool { return p.design == d.Name }))
		}
	}
	for _, p := range todo {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			machines <- struct{}{}
			defer func() { <-machines }()
			b, r := reduced(t, p)
			compare(t, b, withGraph(t, b, r), tlc.CompareOptions{NoTraces: !isCrossed(p)})
		})
	}
}
