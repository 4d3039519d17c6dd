package scenarios_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/explorer"
	"mcheck/spec"
	"mcheck/spec/scenario"
)

// Under one of its designs at least a scenario reaches all that it is for, and without any one of
// its commands or tasks it no longer does (under the first such design: building all of them takes
// long), or a violation that it expects under some design is gone.
func TestScenariosAreMinimal(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	for _, name := range scenario.Names() {
		sc, err := scenario.Load(name)
		require.NoError(t, err)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.NotEmpty(t, sc.For, "the scenario does not say what it is for")
			design := ""
			for _, d := range sc.Designs {
				if _, r := reduced(t, pair{sc: sc, design: d}); len(notReached(t, sc, r)) == 0 {
					design = d
					break
				}
			}
			require.NotEmpty(t, design, "the scenario does not reach what it is for")
			units := sc.Units()
			require.NotEmpty(t, units)
			for i, u := range units {
				b, err := scenario.Build(sc.Without(i), design, scenario.Options{})
				var wrong *scenario.Error
				if errors.As(err, &wrong) {
					t.Logf("without %q it can't be set up: %v", u, wrong.Msg)
					continue
				}
				require.NoError(t, err)
				missing := notReached(t, sc, explored(t, b, explorer.Options{}))
				t.Logf("without %q it does not reach %q", u, missing)
				if len(missing) == 0 {
					missing = notViolated(t, sc, i)
					t.Logf("without %q there is no violation of %q", u, missing)
				}
				require.NotEmpty(t, missing, "without %q the scenario, under %s, still reaches all that it is for, and all that it expects is violated", u, design)
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

// notViolated returns what sc expects to be violated under its designs and is not without unit i:
// of the first design where there is such a property.
func notViolated(t *testing.T, sc *scenario.Scenario, i int) []string {
	t.Helper()
	for _, d := range sc.Designs {
		var expected []string
		for _, e := range sc.Expects {
			if e.Design == d && e.Verdict == "violated" {
				expected = append(expected, e.Property)
			}
		}
		if len(expected) == 0 {
			continue
		}
		b, err := scenario.Build(sc.Without(i), d, scenario.Options{})
		require.NoError(t, err)
		var gone []string
		for _, p := range explored(t, b, explorer.Options{}).Properties {
			if slices.Contains(expected, p.Property.Name) && p.Verdict != explorer.Violated {
				gone = append(gone, d+": "+p.Property.Name)
			}
		}
		if len(gone) > 0 {
			return gone
		}
	}
	return nil
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
