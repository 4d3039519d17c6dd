package tlc_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/export/tla/internal/tlatest"
	"mcheck/export/tla/tlc"
)

// jar finds TLC: these tests are worth nothing without it.
func jar(t *testing.T) string {
	t.Helper()
	j, err := tlc.Find("")
	require.NoError(t, err)
	return j
}

func TestWorkshop(t *testing.T) {
	m := tlatest.Workshop()
	want := tlatest.Expect(t, m)
	r, err := tlc.Compare(t.Context(), jar(t), m, want, tlc.CompareOptions{})
	require.NoError(t, err)
	for _, p := range want.Properties {
		t.Log(p.Property.Name, p.Verdict, p.Situations, len(p.Trace))
	}
	t.Logf("%+v", r)
	require.Empty(t, r.Disagreements)
}
