package scenario

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Copies that nobody waits for are one program and one job; others keep programs of their own.
func TestCopies(t *testing.T) {
	c := func(script string, walkers string) string {
		sc, err := Parse("s.sh", []byte("mount /dev/sda /mnt\n#mcheck run\n"+script))
		require.NoError(t, err)
		b, err := Build(sc, BaseDesign, Options{Set: map[string]string{"walkers": walkers}})
		require.NoError(t, err)
		require.Subset(t, modelTasks(b), []string{"main", "walker1", "walker2"})
		return b.C
	}
	merged := c("stat /mnt/f &\numount -l /mnt\n", "3")
	require.Contains(t, merged, "TASK(walker, 3)")
	require.Contains(t, merged, "job_start(0);")
	require.NotContains(t, merged, "job_start(1);")
	require.NotContains(t, merged, "job_exit")

	awaited := c("stat /mnt/f &\numount -l /mnt\nwait\n", "2")
	require.Contains(t, awaited, "TASK(walker2, 1)")
	require.Contains(t, awaited, "job_wait(1);")

	several := c("stat /mnt/f &\nstat /mnt/g &\numount -l /mnt\n", "2")
	require.Contains(t, several, "TASK(walker4, 1)")
}

func modelTasks(b *Built) []string {
	for _, e := range b.Model.Enums {
		if e.Name == "Task" {
			return e.Values
		}
	}
	return nil
}
