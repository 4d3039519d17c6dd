package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	example "mcheck/spec/examples"
)

// peakOf is the most memory that was resident of a process since it began its program, in bytes; 0
// if it is gone. (What wait returns counts from the fork on: what was resident of the test itself.)
func peakOf(pid int) int64 {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	if m == nil {
		return 0
	}
	n, _ := strconv.ParseInt(string(m[1]), 10, 64)
	return n << 10
}

// The limit of memory holds for the process, whatever it takes to keep it, and changes nothing that
// is found.
func TestMemoryOfTheProcess(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	dir := t.TempDir()
	model := filepath.Join(dir, "flags.c")
	require.NoError(t, os.WriteFile(model, []byte(flagsModel), 0o666))
	run := func(args ...string) (r jsonRun, resident int64) {
		cmd := exec.Command("mcheck", append([]string{"check", "--format", "json", "-w", "2"}, args...)...)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, os.Stderr
		require.NoError(t, cmd.Start())
		done := make(chan error)
		go func() { done <- cmd.Wait() }()
		for {
			select {
			case err := <-done:
				require.NoError(t, json.Unmarshal(out.Bytes(), &r), "%v", err)
				require.Positive(t, resident)
				return r, resident
			case <-time.After(time.Millisecond):
				resident = max(resident, peakOf(cmd.Process.Pid))
			}
		}
	}
	const limit = 126 << 20 // 6 MiB above the least
	for _, store := range []string{"auto", "hash"} {
		// 2^20 states of one word: with the log 18 bytes each, and there are 14 MiB for states.
		r, resident := run("--model", model, "--memory", "126MiB", "--spill", dir, "--store", store)
		require.LessOrEqual(t, resident, int64(limit))
		require.EqualValues(t, 1<<20, r.States)
		require.True(t, r.Complete)
		require.True(t, r.Spilled)
	}
	// Where it can't be kept the run says so.
	r, resident := run("--model", model, "--memory", "126MiB", "--store", "index")
	require.LessOrEqual(t, resident, int64(limit))
	require.False(t, r.Complete)
	require.Contains(t, r.Reason, "limit of 14680064 bytes for states: visited all of the ")
	// Nothing is left in the directory.
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1)

	// A kernel scenario, with its large model and native code.
	r, resident = run("fsstress-umount-mount", "-d", "v6.15", "--set", "cpus=2", "--max-states", "300000", "--memory", "128MiB")
	require.LessOrEqual(t, resident, int64(128<<20))
	require.Positive(t, r.States)
}

// A run with so little memory that the store changes and states go to the disk says what one with
// enough memory says, word for word, but for how it was done. (docs/engine.md has the commands for
// 67 million states.)
func TestSameOnDisk(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	dir := t.TempDir()
	model := filepath.Join(dir, "percpu.c")
	// The owner detaches the object without looking whether it is in use.
	c := string(example.Text(example.PerCPU))
	mutant := strings.Replace(c, "if (sum == 1)", "if (true)", 1)
	require.NotEqual(t, c, mutant)
	require.NoError(t, os.WriteFile(model, []byte(mutant), 0o666))
	run := func(args ...string) (said, done string) {
		out, err := exec.Command("mcheck", append([]string{"check", "--model", model, "--set", "WALKERS=2", "--set", "READERS=2", "--set", "WALKS=7", "-w", "2"}, args...)...).Output()
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit)
		require.Equal(t, 12, exit.ExitCode(), "%s%s", out, exit.Stderr)
		how := regexp.MustCompile(`(?m)^[\d.]+ s with 2 workers, .*$| time=.*$`)
		return how.ReplaceAllString(string(out), ""), how.FindString(string(out))
	}
	want, how := run()
	require.Regexp(t, `(?m)^([\d,]+,)?\d{3},\d{3} states, `, want, "more than the memory below has room for")
	require.Contains(t, want, "NotHeldWhenDetached: violated after step ")
	require.Contains(t, how, "in store whole")
	// Of 132 MiB 20 are for states: half a million of them fit whole, and all of them in a tree if
	// what came first is on the disk.
	said, how := run("--memory", "132MiB", "--spill", dir)
	require.Contains(t, how, "in store tree and on disk")
	require.Equal(t, want, said)
}
