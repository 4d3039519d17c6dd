package sweep

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// dead reports whether some command of a task has no effect. It is written from the words of the
// documentation, and knows commands by their names.
func dead(setup string, program []string) bool {
	file, dup, dir, stands := setup == "open file", false, setup == "directory", false
	for _, c := range program {
		if stands {
			return true
		}
		switch c {
		case "open":
			if file {
				return true
			}
			file = true
		case "close":
			if !file {
				return true
			}
			file = false
		case "dup":
			if !file || dup {
				return true
			}
			dup = true
		case "cd":
			if dir {
				return true
			}
			dir = true
		case "cd /":
			if !dir {
				return true
			}
			dir = false
		case "hold":
			if !file && !dup && !dir {
				return true
			}
			stands = true
		}
	}
	return false
}

// words are all sequences of 1 to n of the commands.
func words(commands []string, n int) [][]string {
	out := [][]string{}
	last := [][]string{nil}
	for range n {
		var next [][]string
		for _, w := range last {
			for _, c := range commands {
				next = append(next, append(slices.Clone(w), c))
			}
		}
		out = append(out, next...)
		last = next
	}
	return out
}

// bruteForce is the set of scripts up to the order of their tasks, from the whole product.
func bruteForce(commands, setups []string, tasks, length int) map[string]bool {
	all := words(commands, length)
	found := map[string]bool{}
	for _, u := range setups {
		var try func(script []string, left int, mounted bool)
		try = func(script []string, left int, mounted bool) {
			if len(script) > 0 && mounted {
				sorted := slices.Sorted(slices.Values(script))
				found[u+": "+strings.Join(sorted, " || ")] = true
			}
			if left == 0 {
				return
			}
			for _, w := range all {
				if !dead(u, w) {
					try(append(slices.Clone(script), strings.Join(w, "; ")), left-1, mounted || slices.Contains(w, "mount"))
				}
			}
		}
		try(nil, tasks, u != "nothing")
	}
	return found
}

// Each script is there once up to the order of its tasks, none is missing, and Size counts them.
func TestSameAsBruteForce(t *testing.T) {
	check := func(t require.TestingT, commands, setups []string, tasks, length int) {
		s, err := New(commands, setups, tasks, length)
		require.NoError(t, err)
		want := bruteForce(commands, setups, tasks, length)
		got := map[string]bool{}
		before := 0
		for _, x := range s.Scripts(nil) {
			require.GreaterOrEqual(t, x.Len(), before, "the smallest first")
			before = x.Len()
			u, programs, _ := strings.Cut(s.Title(x), ": ")
			sorted := slices.Sorted(slices.Values(strings.Split(programs, " || ")))
			title := u + ": " + strings.Join(sorted, " || ")
			require.False(t, got[title], "%s is there twice", title)
			got[title] = true
		}
		require.Equal(t, want, got)
		require.EqualValues(t, len(want), s.Size())
	}
	check(t, Commands(), Setups(), 1, 2)
	check(t, []string{"umount", "open", "close", "hold"}, Setups(), 2, 2)
	rapid.Check(t, func(t *rapid.T) {
		commands := rapid.SliceOfNDistinct(rapid.SampledFrom(Commands()), 1, 4, rapid.ID[string]).Draw(t, "commands")
		setups := rapid.SliceOfNDistinct(rapid.SampledFrom(Setups()), 1, 2, rapid.ID[string]).Draw(t, "setups")
		check(t, commands, setups, rapid.IntRange(1, 2).Draw(t, "tasks"), rapid.IntRange(1, 2).Draw(t, "length"))
	})
}

// Three tasks of one command: C(3,1) + C(4,2) + C(5,3) multisets of three commands.
func TestSizeByHand(t *testing.T) {
	s, err := New([]string{"umount", "stat", "mkfs"}, []string{"mounted"}, 3, 1)
	require.NoError(t, err)
	require.EqualValues(t, 3+6+10, s.Size())
	require.Len(t, s.Scripts(nil), 19)
	// Nothing is mounted, and mount is not among them.
	s, err = New([]string{"umount", "stat", "mkfs"}, []string{"nothing"}, 2, 2)
	require.NoError(t, err)
	require.Zero(t, s.Size())
	s, err = New(Commands(), Setups(), MaxTasks, MaxLength)
	require.NoError(t, err)
	require.Greater(t, s.Size(), int64(1e18))
}

func TestBounds(t *testing.T) {
	for _, b := range [][2]int{{0, 1}, {1, 0}, {MaxTasks + 1, 1}, {1, MaxLength + 1}} {
		_, err := New(Commands(), Setups(), b[0], b[1])
		require.ErrorContains(t, err, "from 1 to")
	}
}

// What can reach a change comes first among scripts of one length; without it a script is left out.
func TestOrder(t *testing.T) {
	s, err := New([]string{"stat", "mkfs"}, []string{"mounted"}, 2, 1)
	require.NoError(t, err)
	var got []string
	for _, x := range s.Scripts(func(f string) bool { return f == "sys_mkfs" }) {
		got = append(got, s.Title(x))
	}
	require.Equal(t, []string{"mounted: mkfs", "mounted: mkfs || mkfs", "mounted: stat || mkfs"}, got)
}

func TestText(t *testing.T) {
	s, err := New([]string{"open", "hold", "umount -l"}, []string{"mounted"}, 2, 2)
	require.NoError(t, err)
	for _, x := range s.Scripts(nil) {
		if s.Title(x) == "mounted: umount -l || open; hold" {
			require.Equal(t, `#!/bin/sh
# found
mount /dev/sda /mnt
#mcheck run
{
	umount -l /mnt
} &
exec 3</mnt/f
sleep infinity
`, string(s.Text(x, "# found")))
			return
		}
	}
	t.Fatal("the script is not there")
}
