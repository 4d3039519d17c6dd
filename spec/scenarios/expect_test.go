package scenarios_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/explorer"
	"mcheck/spec"
)

// Everything that the scripts expect comes, and every violation of what must hold is expected.
func TestExpectations(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	for _, p := range pairs(t) {
		t.Run(p.String(), func(t *testing.T) {
			_, r := reduced(t, p)
			got, steps := map[string]string{}, map[string]int{}
			for _, q := range r.Properties {
				got[q.Property.Name] = q.Verdict.String()
				steps[q.Property.Name] = len(q.Trace) - 1
			}
			expected := map[string]bool{}
			for _, e := range p.sc.Expects {
				require.Contains(t, p.sc.Designs, e.Design, "%s: a design that the script does not name", e.Pos)
				if e.Design != p.design {
					continue
				}
				expected[e.Property] = true
				require.Equal(t, e.Verdict, got[e.Property], "%s: %s", e.Pos, e.Property)
				if e.Steps > 0 {
					require.Equal(t, e.Steps, steps[e.Property], "%s: %s", e.Pos, e.Property)
				}
			}
			for _, q := range r.Properties {
				require.False(t, q.Verdict == explorer.Violated && q.Property.Class == spec.MustHold && !expected[q.Property.Name],
					"%s is violated, in %d steps; the script does not expect it", q.Property.Name, len(q.Trace)-1)
			}
		})
	}
}
