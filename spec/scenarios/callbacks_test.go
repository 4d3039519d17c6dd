package scenarios_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/explorer"
	"mcheck/spec/scenario"
)

// A callback that only frees memory runs as soon as its grace period is over. That it could run
// later changes no verdict.
func TestLateFree(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	for _, p := range []struct{ scenario, design string }{
		{"umount-mkfs-walk", "v6.15"},
		{"umount-mkfs-walk", "no-grace-period+fs-frees-at-once"},
		{"cwd-threads", "v6.15"},
		{"cwd-threads", "v3.13"}, // something is used when it is freed
		{"cwd-threads", "mutants/super-at-once"},
		{"ltp-mkfs", "defer-v4+rcu-barrier"},
	} {
		t.Run(p.scenario+","+p.design, func(t *testing.T) {
			t.Parallel()
			sc, err := scenario.Load(p.scenario)
			require.NoError(t, err)
			b, err := scenario.Build(sc, p.design+"+./testdata/late-free.patch", scenario.Options{})
			require.NoError(t, err)
			late := explored(t, b, explorer.Options{})
			require.True(t, late.Complete)
			_, r := reduced(t, pair{sc: sc, design: p.design})
			require.Equal(t, verdicts(r), verdicts(late))
			require.Greater(t, late.Distinct, r.Distinct, "nothing is freed late")
		})
	}
}
