package scenarios_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/explorer"
	"mcheck/spec/scenario"
)

// What one list for all umounts costs: the mount is lost. The scenario is larger than a built-in
// one may be, so that its verdicts are tested here and nowhere else.
func TestOneListLosesAMount(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	sc, err := scenario.Load("./testdata/slow/seq-lazy-open.sh")
	require.NoError(t, err)
	for _, design := range sc.Designs {
		t.Run(design, func(t *testing.T) {
			b, err := scenario.Build(sc, design, scenario.Options{})
			require.NoError(t, err)
			res := explored(t, b, explorer.Options{})
			require.True(t, res.Complete, res.Reason)
			got := verdicts(res)
			met := 0
			for _, e := range sc.Expects {
				if e.Design == design {
					met++
					require.Equal(t, e.Verdict, got[e.Property], e.Property)
				}
			}
			require.Positive(t, met)
		})
	}
}
