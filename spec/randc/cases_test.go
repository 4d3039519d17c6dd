package randc_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec/randc"
)

// Programs that two readers disagreed about once; each is as small as could be made of what was
// drawn, and its first line but one says what was wrong.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.c")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, f := range files {
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		m, err := randc.Parse(string(text))
		require.NoError(t, err, f)
		j := judge(m, true)
		require.Empty(t, j.disagree, f)
		require.Empty(t, j.dropped, f)
	}
}
