package scenario

import (
	"os"
	"path/filepath"
	"strings"
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

// The second patch applies to what the first has made, at other lines than in the base; two that
// change the same place don't stack.
func TestStackedDesignsApply(t *testing.T) {
	stack := func(design string) ([]kernel.File, error) {
		p, err := Patches(design)
		require.NoError(t, err)
		return kernel.Sources(p...)
	}
	both, err := stack("v4.18+no-grace-period")
	require.NoError(t, err)
	for _, one := range []string{"v4.18", "no-grace-period"} {
		alone, err := stack(one)
		require.NoError(t, err)
		require.NotEqual(t, alone, both)
	}
	_, err = stack("v4.18+defer-v4")
	require.NoError(t, err)
	_, err = stack("defer-v4+no-grace-period")
	require.ErrorContains(t, err, "the hunk does not apply")
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
	require.ErrorContains(t, err, "there is no design \"defer-v9\"; did you mean \"defer-v4\"? (a patch of your own is a path that ends in .patch; designs stack with +); there are:\n\tv6.15\n")
	for _, d := range Designs() {
		require.ErrorContains(t, err, d.Name)
	}
}

// Any text is a design, or an error that says so: names of patches, which are read from the disk,
// are left out here.
func FuzzPatches(f *testing.F) {
	for _, d := range []string{"v6.15", "v4.18+no-grace-period", "mutants/counts-twice", "defer-v4+", "+", "", "mutants/", "mutants/../v4.18", "V6.15"} {
		f.Add(d)
	}
	f.Fuzz(func(t *testing.T, design string) {
		if strings.Contains(design, ".patch") {
			return
		}
		p, err := Patches(design)
		if err != nil {
			require.Nil(t, p)
			require.Contains(t, err.Error(), "there is no ")
			return
		}
		require.LessOrEqual(t, len(p), strings.Count(design, "+")+1)
		for _, one := range p {
			require.NotEmpty(t, one.Text)
		}
	})
}

// Settings are taken as they are, or refused.
func FuzzSettings(f *testing.F) {
	for _, kv := range [][2]string{{"cpus", "2"}, {"migrate", ""}, {"walkers", "2"}, {"NR_MOUNTS", "-1"}, {"workers", "9"}, {"", ""}} {
		f.Add(kv[0], kv[1])
	}
	f.Fuzz(func(t *testing.T, key, value string) {
		out, err := settings(map[string]string{"cpus": "1"}, map[string]string{key: value})
		if err != nil {
			require.Nil(t, out)
			return
		}
		require.True(t, settingOK(key, out[key]))
	})
}

func TestPatchOfOnesOwn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mine.patch")
	require.NoError(t, os.WriteFile(path, []byte("Subject: mine\n\n--- a/x.c\n+++ b/x.c\n@@ -1 +1 @@\n-a\n+b\n"), 0o644))
	p, err := Patches("no-grace-period+" + path)
	require.NoError(t, err)
	require.Len(t, p, 2)
	require.Equal(t, "Subject: mine", p[1].Description())
	_, err = Patches("missing.patch")
	require.ErrorIs(t, err, os.ErrNotExist)
}
