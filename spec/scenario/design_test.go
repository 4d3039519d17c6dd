package scenario

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec/kernel"
)

// Each design applies to the kernel model as it is, says what it is, and changes something.
func TestDesignsApply(t *testing.T) {
	ds := Designs()
	require.Equal(t, BaseDesign, ds[0].Name)
	require.Greater(t, len(ds), 1)
	base, err := kernel.Sources()
	require.NoError(t, err)
	for _, d := range ds {
		require.NotEmpty(t, d.Subject, d.Name)
		patches, err := Patches(d.Name)
		require.NoError(t, err)
		files, err := kernel.Sources(patches...)
		require.NoError(t, err)
		if d.Name == BaseDesign {
			require.Empty(t, patches)
			require.Equal(t, base, files)
		} else {
			require.Len(t, patches, 1)
			require.NotEqual(t, base, files, d.Name)
		}
	}
}

func TestStackedDesigns(t *testing.T) {
	p, err := Patches("defer-v4+no-grace-period")
	require.NoError(t, err)
	require.Len(t, p, 2)
	require.Equal(t, "defer-v4.patch", p[0].Name)
	require.Equal(t, "no-grace-period.patch", p[1].Name)
}

func TestUnknownDesign(t *testing.T) {
	_, err := Patches("v6.15+defer-v9")
	require.ErrorContains(t, err, `there is no design "defer-v9"; there are v6.15, `)
	for _, d := range Designs() {
		require.ErrorContains(t, err, d.Name)
	}
}

func TestPatchOfOnesOwn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mine.patch")
	require.NoError(t, os.WriteFile(path, []byte("Subject: mine\n"), 0o644))
	p, err := Patches("no-grace-period+" + path)
	require.NoError(t, err)
	require.Len(t, p, 2)
	require.Equal(t, "Subject: mine", p[1].Description())
	_, err = Patches("missing.patch")
	require.ErrorIs(t, err, os.ErrNotExist)
}
