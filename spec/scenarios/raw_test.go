package scenarios_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/explorer"
	"mcheck/export/tla/tlc"
	"mcheck/spec/scenario"
)

const (
	rawLimit = 1_000_000  // states of the raw model up to which its verdicts are compared
	rawTLC   = "ltp-mkfs" // whose raw models TLC explores too, under rawTLCDesigns
)

// rawTLCDesigns are those whose raw models TLC explores within half a minute; make crosscheck
// takes the other crossing designs too.
var rawTLCDesigns = []string{"v6.15", "no-grace-period"}

// What the front end does to a model beyond one access, one step (fusion, reset, slicing) changes
// no verdict. A second reader of the C finds the small raw models, and so does TLC, which sees only
// what comes after the front end.
func TestRawAgrees(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	var mu sync.Mutex
	compared, again, withTLC := map[string]bool{}, map[string]bool{}, map[string]bool{}
	note := func(in map[string]bool, p pair) {
		mu.Lock()
		defer mu.Unlock()
		in[p.String()] = true
	}
	designs := rawTLCDesigns
	if everything {
		designs = crossing
	}
	t.Run("pairs", func(t *testing.T) { // ends when all of them have
		for _, p := range wanted(t) {
			t.Run(p.String(), func(t *testing.T) {
				t.Parallel()
				b, err := scenario.Build(p.sc, p.design, scenario.Options{Raw: true})
				require.NoError(t, err)
				// Two pairs at a time; to compile so many actions to native code would take longer
				// than it spares.
				raw := explored(t, b, explorer.Options{MaxStates: rawLimit, Workers: 1, Engine: explorer.Closures})
				if !raw.Complete {
					t.Logf("more than %d raw states: not compared", rawLimit)
					return
				}
				note(compared, p)
				_, r := reduced(t, p)
				t.Logf("%d states, raw %d", r.Distinct, raw.Distinct)
				require.Greater(t, raw.Distinct, r.Distinct, "the raw model should be the larger one")
				require.Equal(t, verdicts(raw), verdicts(r))
				if raw.Distinct <= readAgainLimit() {
					note(again, p)
					readAgain(t, p, raw)
				}
				if p.sc.Name == rawTLC && slices.Contains(designs, p.design) {
					note(withTLC, p)
					compare(t, b, withGraph(t, b, raw, tlc.GraphLimit), tlc.CompareOptions{NoTraces: true})
				}
			})
		}
	})
	require.GreaterOrEqual(t, len(again), 20, "the second reader reads too few pairs")
	for _, d := range designs {
		require.True(t, withTLC[rawTLC+","+d], "%s under %s is no longer compared with TLC", rawTLC, d)
	}
	for _, d := range crossing {
		require.True(t, compared["umount-mkfs-walk,"+d], "umount-mkfs-walk under %s is no longer compared", d)
	}
}

func verdicts(r *explorer.Result) map[string]string {
	out := map[string]string{}
	for _, p := range r.Properties {
		out[p.Property.Name] = p.Verdict.String()
	}
	return out
}
