package scenarios_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/explorer"
	"mcheck/spec"
	"mcheck/spec/scenario"
)

// A scenario reaches what it is for under each of its designs, and without any one of its commands or tasks no longer (under the first design,
// the base: building all of them takes long).
func TestScenariosAreMinimal(t *testing.T) {
	for _, p := range pairs(t) {
		t.Run(p.String(), func(t *testing.T) {
			require.NotEmpty(t, p.sc.For, "the scenario does not say what it is for")
			_, r := reduced(t, p)
			require.Empty(t, notReached(t, p.sc, r), "the scenario does not reach what it is for")
			if p.design != p.sc.Designs[0] {
				return
			}
			units := p.sc.Units()
			require.NotEmpty(t, units)
			for i, u := range units {
				b, err := scenario.Build(p.sc.Without(i), p.design, scenario.Options{})
				var wrong *scenario.Error
				if errors.As(err, &wrong) {
					t.Logf("without %q it can't be set up: %v", u, wrong.Msg)
					continue
				}
				require.NoError(t, err)
				missing := notReached(t, p.sc, explored(t, b, explorer.Options{}))
				t.Logf("without %q it does not reach %q", u, missing)
				require.NotEmpty(t, missing)
			}
		})
	}
}

// notReached returns what sc is for and r does not reach.
func notReached(t *testing.T, sc *scenario.Scenario, r *explorer.Result) []string {
	t.Helper()
	require.True(t, r.Complete)
	var missing []string
	for _, w := range sc.For {
		if !reached(t, r, w.Property) {
			missing = append(missing, w.Property)
		}
	}
	return missing
}

// reached says whether the situation of a property arises; of a COVER, whether what it says does.
func reached(t *testing.T, r *explorer.Result, name string) bool {
	t.Helper()
	for _, p := range r.Properties {
		if p.Property.Name != name {
			continue
		}
		if p.Property.Kind == spec.Cover {
			return p.Verdict == explorer.Holds
		}
		return p.Situations > 0
	}
	require.Fail(t, "no such property", name)
	return false
}
