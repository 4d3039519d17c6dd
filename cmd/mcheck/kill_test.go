package main

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const flagsModel = `#include "mcheck.h"
struct task_struct { bool on; };
static bool never;
TASK(flip, 10) { while (true) { atomic current->on = !current->on; } }
TASK(flop, 10) { while (true) { atomic current->on = !current->on; } }
INVARIANT(all_on, "nothing happens", "nobody") { return !never; }
`

// A search that is killed at random moments, and resumed each time, comes to the end that it has
// without, and never falls behind a checkpoint.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	dir := t.TempDir()
	model := filepath.Join(dir, "flags.c")
	require.NoError(t, os.WriteFile(model, []byte(flagsModel), 0o666))
	command := func(args ...string) (*exec.Cmd, *bytes.Buffer) {
		cmd := exec.Command("mcheck", append([]string{"check", "--model", model, "--format", "json"}, args...)...)
		var out bytes.Buffer
		cmd.Stdout = &out
		return cmd, &out
	}
	// The states with 0, 1, … of 20 flags on, and a transition for each flag of each.
	const states, transitions, depth = 1 << 20, 20 << 20, 21

	save := filepath.Join(dir, "save")
	position := func() (at int64) {
		text, err := os.ReadFile(filepath.Join(save, "checkpoint"))
		if os.IsNotExist(err) {
			return 0
		}
		require.NoError(t, err)
		var m struct{ Cursor int64 }
		require.NoError(t, json.NewDecoder(bytes.NewReader(text)).Decode(&m))
		return m.Cursor
	}
	killed, last := 0, int64(0)
	for run := 0; ; run++ {
		require.Less(t, run, 500)
		args := []string{"--checkpoint", save, "--checkpoint-every", "40ms"}
		if last > 0 {
			args = append(args, "--resume", save, "--store", []string{"auto", "index", "tree"}[run%3], "-w", []string{"1", "2"}[run%2])
		}
		cmd, out := command(args...)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		require.NoError(t, cmd.Start())
		timer := time.AfterFunc(time.Duration(30+rand.IntN(80)+10*run)*time.Millisecond, func() { cmd.Process.Kill() })
		err := cmd.Wait()
		timer.Stop()
		at := position()
		require.GreaterOrEqual(t, at, last)
		last = at
		if cmd.ProcessState.ExitCode() == -1 {
			killed++
			continue
		}
		require.NoError(t, err, stderr.String())
		var r jsonRun
		require.NoError(t, json.Unmarshal(out.Bytes(), &r))
		require.True(t, r.Complete)
		require.EqualValues(t, states, r.States)
		require.EqualValues(t, transitions, r.Transitions)
		require.Equal(t, depth, r.Depth)
		break
	}
	require.NotZero(t, killed)
}
