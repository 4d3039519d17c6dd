package scenarios_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/explorer"
	"mcheck/spec"
	"mcheck/spec/scenario"
)

// Pairs that no built-in scenario is for: because it would be too large, or has store buffers.
// Their verdicts are tested here and nowhere else: what one list for all umounts costs (the mount
// is lost), and what the barriers of v6.15 are for.
func TestSlowPairs(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	files, err := filepath.Glob("testdata/slow/*.sh")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, f := range files {
		sc, err := scenario.Load("./" + f)
		require.NoError(t, err)
		for _, design := range sc.Designs {
			t.Run(sc.Name+"/"+design, func(t *testing.T) {
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
}

// Without store buffers the barriers do nothing: the same scenarios find nothing wrong with the
// designs that have none.
func TestBarriersDoNothingWithoutBuffers(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	for _, name := range []string{"late-store-walk"} {
		sc, err := scenario.Load("./testdata/slow/" + name + ".sh")
		require.NoError(t, err)
		var states []int64
		for _, design := range []string{"v6.15", "v6.15-less-umount-mb", "v6.15-less-mntput-mb", "v6.15-less-legitimize-mb"} {
			b, err := scenario.Build(sc, design, scenario.Options{Set: map[string]string{"memory-model": "sc"}})
			require.NoError(t, err)
			res := explored(t, b, explorer.Options{})
			require.True(t, res.Complete, res.Reason)
			for _, p := range res.Properties {
				require.False(t, p.Property.Class == spec.MustHold && p.Verdict == explorer.Violated && p.Property.Kind != spec.Cover, "%s under %s", p.Property.Name, design)
			}
			states = append(states, res.Distinct)
		}
		require.Equal(t, []int64{states[0], states[0], states[0], states[0]}, states)
	}
}
