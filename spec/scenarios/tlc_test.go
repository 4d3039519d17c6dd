package scenarios_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/explorer"
	"mcheck/export/tla/tlc"
	"mcheck/spec/scenario"
)

// machines are the Java machines that these tests run at once.
var machines = make(chan struct{}, 2)

// compare has TLC do what the explorer did. These tests are worth nothing without TLC, so they fail
// where it is not found.
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
		// A COVER that is reached nowhere near, for example, is false in no state that can be
		// tried.
		require.Empty(t, slices.DeleteFunc(slices.Clone(r.NotCompared), func(l string) bool {
			return strings.HasPrefix(l, "what is exported where a property is false: no such state was found for ")
		}))
	}
}

// tlcLimit is the number of states up to which TLC explores a pair in make test. TLC takes
// half a minute of processor time for 6,000 states of a kernel model.
const tlcLimit = 3_000

// TLC agrees with the crossed pairs and with one pair of each other scenario and design, unless
// the pair is larger than tlcLimit: in counts, verdicts, the lengths of counterexamples and the
// labelled state graph. TLC replays the counterexamples of the crossed pairs. The reported
// failure is compared at any size. make crosscheck compares every pair.
func TestPairsAgreeWithTLC(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	todo := wanted(t)
	named := map[string]bool{}
	for _, p := range todo {
		named[p.design] = true
	}
	smallest, err := scenario.Load("ltp-mkfs")
	require.NoError(t, err)
	for _, d := range scenario.Designs() {
		if !named[d.Name] {
			todo = append(todo, pair{sc: smallest, design: d.Name})
		}
	}
	var mu sync.Mutex
	compared := 0
	t.Cleanup(func() { require.GreaterOrEqual(t, compared, 40, "TLC explores too few pairs") })
	for _, p := range todo {
		t.Run(p.String(), func(t *testing.T) {
			t.Parallel()
			machines <- struct{}{}
			defer func() { <-machines }()
			limit, opt := int64(2_000), tlc.CompareOptions{NoTraces: true}
			if isCrossed(p) {
				limit, opt.NoTraces = tlc.GraphLimit, false
			}
			b, r := reduced(t, p)
			if r.Distinct > tlcLimit && !everything && !isReported(p) {
				t.Logf("%d states: left to make crosscheck", r.Distinct)
				return
			}
			mu.Lock()
			compared++
			mu.Unlock()
			compare(t, b, withGraph(t, b, r, limit), opt)
		})
	}
}
