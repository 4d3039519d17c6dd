package tlc_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/explorer"
	"mcheck/export/tla/tlc"
	"mcheck/spec/classic"
)

// TLC, told of the same interchangeable values, finds the same number of orbits, and shortest
// counterexamples of the same length.
func TestSymmetryAgreesWithTLC(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	for _, name := range []string{"TwoPhase", "AlternatingBit", "InnerFIFO", "Chameneos3", "ReadersWriters2"} {
		t.Run(name, func(t *testing.T) {
			for _, e := range classic.Models {
				if e.Name != name {
					continue
				}
				m := e.Build()
				on, err := explorer.Explore(t.Context(), m, explorer.Options{Symmetry: true})
				require.NoError(t, err)
				require.NotEmpty(t, on.Symmetry)
				require.Less(t, on.Distinct, e.Distinct)
				r, err := tlc.Compare(t.Context(), jar(t), m, on, tlc.CompareOptions{})
				require.NoError(t, err)
				require.Empty(t, r.Disagreements)
				require.Equal(t, on.Distinct, r.Distinct)
				t.Logf("%d states of %d", r.Distinct, e.Distinct)
			}
		})
	}
}
