package scenarios_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mcheck/explorer"
	"mcheck/export/tla/tlc"
	"mcheck/spec/scenario"
)

// machines are the Java machines that these tests run at once.
var machines = make(chan struct{}, 2)

// compare has TLC do what the explorer did. These tests are worth nothing without TLC, so they fail where it is not found.
func compare(t *testing.T, b *scenario.Built, want *explorer.Result) {
	t.Helper()
	jar, err := tlc.Find("")
	require.NoError(t, err, "TLC is needed: make test fetches it")
	start := time.Now()
	r, err := tlc.Compare(t.Context(), jar, b.Model, want, tlc.CompareOptions{})
	require.NoError(t, err)
	t.Logf("%d states, %d runs of TLC, %.1f s", want.Distinct, r.Runs, time.Since(start).Seconds())
	require.Empty(t, r.Disagreements)
	require.Equal(t, []int64{want.Distinct, want.Generated, int64(want.Depth)}, []int64{r.Distinct, r.Generated, int64(r.Depth)})
	if want.Graph != nil {
		require.Empty(t, r.NotCompared)
	}
}

// crossed are the scenarios that TLC explores here under more than their first design: the reported failure and what stands around it. (Under
// defer-v4 a umount that is not lazy is what it is under v6.15.) make crosscheck has it explore all pairs.
var (
	crossing = []string{"v6.15", "v4.18", "defer-v4", "no-grace-period"}
	crossed  = map[string][]string{"ltp-mkfs": crossing, "ltp-mkfs-walk": crossing, "umount-mkfs-walk": {"v6.15", "v4.18", "no-grace-period"}}
)

// TLC agrees in everything: counts, verdicts, the lengths of counterexamples, which it replays, and the labelled state graph. Each
// scenario is among the pairs, and each design.
func TestPairsAgreeWithTLC(t *testing.T) {
	var todo []pair
	named := map[string]bool{}
	for _, p := range pairs(t) {
		if p.design == p.sc.Designs[0] || slices.Contains(crossed[p.sc.Name], p.design) {
			todo = append(todo, p)
			named[p.design] = true
		}
	}
	smallest, err := scenario.Load("ltp-mkfs")
	require.NoError(t, err)
	for _, d := range scenario.Designs() {
		if !named[d.Name] {
			todo = append(todo, pair{sc: smallest, design: d.Name})
		}
	}
	for _, p := range todo {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			machines <- struct{}{}
			defer func() { <-machines }()
			b, r := reduced(t, p)
			compare(t, b, withGraph(t, b, r))
		})
	}
}
