package temp

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMain is also the process that is killed: it makes a directory and a file, says so, and waits
// for its end.
func TestMain(m *testing.M) {
	if dir := os.Getenv("TEMP_TEST_DIR"); dir != "" {
		d, err := NewDir("mine-")
		if err != nil {
			panic(err)
		}
		if _, err := NewFile(dir, ".mine-"); err != nil {
			panic(err)
		}
		if _, err := Lock(filepath.Join(dir, "lock")); err != nil {
			panic(err)
		}
		os.WriteFile(filepath.Join(d.Path, "inside"), nil, 0o666)
		os.Stdout.WriteString("ready")
		select {}
	}
	os.Exit(m.Run())
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func TestKilled(t *testing.T) {
	tmp, dir := t.TempDir(), t.TempDir()
	t.Setenv("TMPDIR", tmp)
	other := exec.Command(os.Args[0])
	other.Env = append(os.Environ(), "TEMP_TEST_DIR="+dir)
	out, err := other.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, other.Start())
	buf := make([]byte, 5)
	_, err = out.Read(buf)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "yours"), nil, 0o666))

	make1 := func() {
		d, err := NewDir("mine-")
		require.NoError(t, err)
		f, err := NewFile(dir, ".mine-")
		require.NoError(t, err)
		require.NoError(t, os.Remove(f.Name()))
		require.NoError(t, f.Close())
		require.NoError(t, d.Remove())
	}
	// What a living process has stays.
	make1()
	require.Len(t, names(t, tmp), 1)
	require.Len(t, names(t, dir), 3)
	_, err = Lock(filepath.Join(dir, "lock"))
	require.Equal(t, ErrLocked, err)

	require.NoError(t, other.Process.Kill())
	other.Wait()
	make1()
	require.Empty(t, names(t, tmp))
	require.Equal(t, []string{"lock", "yours"}, names(t, dir))
	f, err := Lock(filepath.Join(dir, "lock"))
	require.NoError(t, err)
	_, err = Lock(filepath.Join(dir, "lock"))
	require.Equal(t, ErrLocked, err)
	require.NoError(t, f.Close())
}
