package explorer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"mcheck/spec"
	"mcheck/spec/classic"
	"mcheck/spec/spectest"
	"mcheck/states"
)

// Runs that end early, each for another reason, and go on from the checkpoint of the one before
// with other workers and another store, find in the end what one run finds.
func TestResume(t *testing.T) {
	for name, m := range map[string]*spec.Model{
		"TwoPhase": classic.TwoPhase(6), "Lamport": classic.LamportMutex(3, 5), "kernel": kernelModel(t, "umount-mkfs-walk", "v4.18", nil), "counters": twoCounters(20),
	} {
		t.Run(name, func(t *testing.T) {
			want := plain(explore(t, m, Options{}))
			dir := t.TempDir()
			opt := Options{Checkpoint: dir, StopAtFirst: true}
			for run := 0; ; run++ {
				// not hash, which says that it may have missed something
				opt.Workers, opt.Store = 1+run%3, allKinds[run%4]
				r := explore(t, m, opt)
				require.NoError(t, r.CheckpointError)
				// A run that ends when all states are visited may have left a CAN_REST open.
				open := slices.ContainsFunc(r.Properties, func(p PropertyResult) bool {
					return p.Verdict == Undecided && strings.Contains(p.Reason, "stopped")
				})
				if r.Complete && !open {
					require.Equal(t, want, plain(r))
					break
				}
				require.Less(t, run, 1000)
				opt = Options{Checkpoint: dir, Resume: dir}
				switch run % 3 {
				case 0:
					opt.MaxDepth = r.Depth + 3
				case 1:
					opt.MaxStates = r.Distinct + max(50, want.Distinct/10)
				case 2:
					// In the middle of a level, as like as not.
					opt.MaxTime = time.Duration(1+run) * time.Millisecond
				}
			}
			// A checkpoint of the end is one too.
			require.Equal(t, want, plain(explore(t, m, Options{Resume: dir})))
		})
	}
}

func TestResumeRandomModels(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := spectest.Model(rt)
		want := plain(explore(rt, m, Options{}))
		dir, err := os.MkdirTemp("", "mcheck-test-")
		require.NoError(rt, err)
		defer os.RemoveAll(dir)
		opt := Options{Checkpoint: dir, MaxDepth: 1}
		for depth := 2; ; depth++ {
			r := explore(rt, m, opt)
			if r.Complete {
				require.Equal(rt, want, plain(r))
				return
			}
			opt = Options{Checkpoint: dir, Resume: dir, MaxDepth: depth, Workers: 1 + depth%2}
		}
	})
}

// The search is interrupted again and again to save; each of the checkpoints leads to the same end.
func TestCheckpointsMeanwhile(t *testing.T) {
	m := classic.LamportMutex(3, 5)
	want := plain(explore(t, m, Options{}))
	dir := t.TempDir()
	r := explore(t, m, Options{Checkpoint: dir, CheckpointEvery: time.Millisecond, Workers: 2})
	require.NoError(t, r.CheckpointError)
	require.Equal(t, want, plain(r))
	require.Equal(t, want, plain(explore(t, m, Options{Resume: dir})))
}

// saved returns the directory of a checkpoint of twoCounters(20).
func saved(t *testing.T) string {
	dir := t.TempDir()
	r := explore(t, twoCounters(20), Options{Checkpoint: dir, MaxDepth: 10})
	require.NoError(t, r.CheckpointError)
	require.False(t, r.Complete)
	return dir
}

func TestBadCheckpoints(t *testing.T) {
	for name, c := range map[string]struct {
		harm func(t *testing.T, dir string)
		want string
	}{
		"none": {func(t *testing.T, dir string) { require.NoError(t, os.Remove(filepath.Join(dir, manifestFile))) }, "there is none"},
		"no states": {func(t *testing.T, dir string) { require.NoError(t, os.Remove(filepath.Join(dir, statesFile))) },
			"no such file or directory"},
		"short": {func(t *testing.T, dir string) { require.NoError(t, os.Truncate(filepath.Join(dir, statesFile), 100)) },
			"it is torn: states has 100 bytes of 528"}, // 66 states at depth 1 to 11
		"changed state":    {func(t *testing.T, dir string) { flip(t, filepath.Join(dir, statesFile), 9) }, "it is torn: the states do not have the checksum"},
		"changed manifest": {func(t *testing.T, dir string) { flip(t, filepath.Join(dir, manifestFile), 20) }, "it is torn: checkpoint does not have the checksum"},
		"half a manifest": {func(t *testing.T, dir string) { require.NoError(t, os.Truncate(filepath.Join(dir, manifestFile), 50)) },
			"it is torn"},
		"contradictory": {func(t *testing.T, dir string) {
			name := filepath.Join(dir, manifestFile)
			text, err := os.ReadFile(name)
			require.NoError(t, err)
			body, _, _ := bytes.Cut(text, []byte("\n"))
			body = regexp.MustCompile(`"Cursor":\d+`).ReplaceAll(body, []byte(`"Cursor":67`))
			require.NoError(t, os.WriteFile(name, append(body, fmt.Sprintf("\n%x\n", sha256.Sum256(body))...), 0o666))
		}, "its numbers contradict each other"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := saved(t)
			c.harm(t, dir)
			_, err := Explore(context.Background(), twoCounters(20), Options{Resume: dir})
			var bad *CheckpointError
			require.ErrorAs(t, err, &bad)
			require.ErrorContains(t, err, "checkpoint in "+dir+": ")
			require.ErrorContains(t, err, c.want)
		})
	}
}

// flip changes one bit of a file.
func flip(t *testing.T, name string, at int) {
	b, err := os.ReadFile(name)
	require.NoError(t, err)
	b[at] ^= 1
	require.NoError(t, os.WriteFile(name, b, 0o666))
}

func TestForeignCheckpoints(t *testing.T) {
	dir := saved(t)
	_, err := Explore(context.Background(), classic.DieHard(), Options{Resume: dir})
	require.ErrorContains(t, err, "it is of another model: of "+twoCounters(1).Name+", not of DieHard")
	_, err = Explore(context.Background(), twoCounters(21), Options{Resume: dir})
	require.ErrorContains(t, err, "has changed since")
	_, err = Explore(context.Background(), twoCounters(20), Options{Checkpoint: dir})
	require.ErrorContains(t, err, "there is one already")
}

func TestCheckpointOfSymmetry(t *testing.T) {
	m, dir := classic.TwoPhase(5), t.TempDir()
	require.NotEmpty(t, Symmetry(m))
	want := plain(explore(t, m, Options{Symmetry: true}))
	explore(t, m, Options{Symmetry: true, Checkpoint: dir, MaxDepth: 5})
	_, err := Explore(context.Background(), m, Options{Resume: dir})
	require.ErrorContains(t, err, "is built by other options")
	require.Equal(t, want, plain(explore(t, m, Options{Symmetry: true, Resume: dir})))
}

// What can't be written does not end the search, and spoils no checkpoint that is there.
func TestCheckpointCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o666))
	_, err := Explore(context.Background(), twoCounters(20), Options{Checkpoint: filepath.Join(file, "dir")})
	require.ErrorContains(t, err, "not a directory")

	dir := t.TempDir()
	require.NoError(t, os.Symlink("/dev/full", filepath.Join(dir, statesFile)))
	r := explore(t, twoCounters(20), Options{Checkpoint: dir})
	require.True(t, r.Complete)
	require.ErrorIs(t, r.CheckpointError, syscall.ENOSPC)

	dir = saved(t)
	states := filepath.Join(dir, statesFile)
	require.NoError(t, os.Rename(states, states+".real"))
	s, err := newSearch(compile(twoCounters(20), false), Options{Workers: 1, Checkpoint: dir, Resume: dir})
	require.NoError(t, err)
	defer s.close()
	require.NoError(t, os.Symlink(states+".real", states))
	require.NoError(t, s.openCheckpoints())
	full, err := os.OpenFile("/dev/full", os.O_RDWR, 0)
	require.NoError(t, err)
	s.checkpoints.f.Close()
	s.checkpoints.f = full
	require.NoError(t, s.run(context.Background()))
	require.ErrorIs(t, s.res.CheckpointError, syscall.ENOSPC)
	_, err = Explore(context.Background(), twoCounters(20), Options{Resume: dir})
	require.ErrorContains(t, err, "another mcheck uses it")
	s.locks[0].Close()
	require.True(t, explore(t, twoCounters(20), Options{Resume: dir}).Complete)
}

// What hash compaction may have missed stays so with an exact store.
func TestResumeKeepsTheBound(t *testing.T) {
	m, dir := classic.TwoPhase(5), t.TempDir()
	first := explore(t, m, Options{Checkpoint: dir, Store: states.KindHash, MaxDepth: 8})
	r := explore(t, m, Options{Resume: dir})
	require.True(t, r.Complete)
	require.Equal(t, first.Missed, r.Missed)
	again := explore(t, m, Options{Resume: dir, Store: states.KindHash})
	require.InEpsilon(t, 2*first.Missed.Bound, again.Missed.Bound, 1e-9)
	want, got := plain(explore(t, m, Options{})), plain(r)
	require.Equal(t, want, got)
}

// Whatever a manifest with a right checksum says, it is refused, or what it says is within what
// there is.
func FuzzManifest(f *testing.F) {
	s, err := newSearch(compile(twoCounters(3), false), Options{Workers: 1})
	require.NoError(f, err)
	f.Cleanup(s.close)
	s.id = s.identity()
	require.NoError(f, s.run(context.Background()))
	body := func(change func(m *manifest)) []byte {
		m := s.snapshot(s.starts[len(s.starts)-1])
		m.Starts, m.Levels = append(m.Starts, m.States), m.Levels[:len(m.Starts)-1]
		change(m)
		b, err := json.Marshal(m)
		require.NoError(f, err)
		return b
	}
	f.Add(body(func(*manifest) {}), true)
	f.Add(body(func(*manifest) {}), false)
	f.Add(body(func(m *manifest) { m.Situations = nil }), true)
	f.Add(body(func(m *manifest) { m.Goals[0].Positions = []int64{m.States} }), true)
	f.Add(body(func(m *manifest) { m.Starts = m.Starts[:1] }), true)
	f.Add(body(func(m *manifest) { m.Cursor = -1 }), true)
	f.Add([]byte(`{"Version":2}`), true)
	f.Add([]byte("{"), true)
	f.Fuzz(func(t *testing.T, body []byte, mend bool) {
		if mend {
			body = append(body, fmt.Sprintf("\n%x\n", sha256.Sum256(body))...)
		}
		m, err := parseManifest(body, s)
		if err != nil {
			return
		}
		r, err := newSearch(s.c, Options{Workers: 1})
		require.NoError(t, err)
		defer r.close()
		r.restore(m)
		// What [search.levels] takes for granted.
		n := len(r.starts)
		require.True(t, 0 <= r.starts[n-2] && r.starts[n-2] <= m.Cursor && m.Cursor <= r.starts[n-1] && r.starts[n-1] <= m.States)
		for _, g := range r.goals {
			for _, at := range g.positions {
				require.True(t, 0 <= at && at < m.States)
			}
		}
	})
}
