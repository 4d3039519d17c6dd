package scenario

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/explorer"
)

// What Build does to a model beyond one access, one step (fusion, reset, slicing) changes no verdict.
func TestRawAgrees(t *testing.T) {
	for _, name := range []string{"ltp-mkfs", "umount-mkfs", "umount-mkfs-walk"} {
		sc, err := Load(name)
		require.NoError(t, err)
		for _, d := range sc.Designs {
			got := map[bool]map[string]string{}
			for _, raw := range []bool{false, true} {
				b, err := Build(sc, d, Options{Raw: raw})
				require.NoError(t, err)
				r, err := explorer.Explore(context.Background(), b.Model, explorer.Options{MaxStates: 1_000_000})
				require.NoError(t, err)
				require.Nil(t, r.Error)
				require.True(t, r.Complete, "%s %s", name, d)
				got[raw] = map[string]string{}
				for _, p := range r.Properties {
					got[raw][p.Property.Name] = p.Verdict.String()
				}
				t.Logf("%s %s raw=%v: %d states", name, d, raw, r.Distinct)
			}
			require.Equal(t, got[true], got[false], "%s %s", name, d)
		}
	}
}
