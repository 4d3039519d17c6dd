package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestMedian(t *testing.T) {
	require.Equal(t, 3.0, median([]float64{3}))
	require.Equal(t, 2.0, median([]float64{9, 1, 2}))
	require.Equal(t, 2.5, median([]float64{2, 9, 1, 3}))
}

func row(of string, cores int, seconds ...float64) *benchRow {
	r := &benchRow{benchEngine: benchEngine{name: of, of: of, cores: cores}}
	for _, s := range seconds {
		r.samples = append(r.samples, sample{seconds: s, cpu: s / 2, peak: 64 << 20, stored: 50})
	}
	return r
}

// A million states: the numbers are easy to see.
func TestBenchMarkdown(t *testing.T) {
	slow := row("rumur", 1)
	slow.failure = "more than 1m0s"
	r := &benchResult{
		benchCase: &benchCase{benchModel: benchModel{name: "Lock", what: "a lock"}, states: 1_000_000, transitions: 4_000_000, bits: 77},
		rows:      []*benchRow{row("mcheck", 1, 0.5, 0.1, 0.2), row("mcheck", 2, 0.1), row("spin", 1, 5), row("spin", 1, 2), slow},
	}
	text := r.section("A machine.\n", true)
	for _, line := range []string{
		"A lock: 1,000,000 states, 4,000,000 transitions, 77 bits a state.",
		"| mcheck | 1 | 3 | 0.20 | 0.10 | 5.00 | 20.00 | 64.0MiB | 67 | | |",
		"| spin | 1 | 1 | 5.00 | 2.50 | 0.20 | 0.80 | 64.0MiB | 67 | 25.0 | 25.0 |",
		"| rumur | 1 | – | more than 1m0s | | | | | | | |",
		// the better of the two modes
		"| times as fast as Spin's best mode on one core | 6 | 8 | 10.0 (10.0) |",
		"| M states/s on one core, up to 128 bits | 4 | 4 | 5.0 (10.0) |",
		"| bytes a state of the storage, up to 128 bits | 44 | 44 | **50.0** |",
		"| times as fast on two cores as on one | 1.4 | 1.7 | 2.0 |",
	} {
		require.Contains(t, strings.Split(text, "\n"), line, text)
	}
	for _, goal := range []string{"rumur's best mode", "best mode on two cores", "kernel scenarios"} { // it was not measured, or is none of this model
		require.NotContains(t, text, goal)
	}
	require.NotContains(t, r.section("A machine.\n", false), "floor")

	r.rows[0] = row("mcheck", 1, 0.9)
	require.Contains(t, goalsTable(r), "| times as fast as Spin's best mode on one core | 6 | 8 | **2.2** (2.2) |")
	r.kernel, r.bits = true, 300
	require.Contains(t, goalsTable(r), "| M states/s on one core, kernel scenarios | 2 | 2 | **1.1** (2.2) |")
}

func TestMergeSections(t *testing.T) {
	old := "what was there\n### A\n\nold a\n\n### B\nold b\n"
	require.Equal(t, "\n### A\n\nold a\n\n### B\nnew b\n\n### C\nnew c\n", mergeSections(old, []string{"### B\nnew b\n", "### C\nnew c\n"}))
	require.Empty(t, mergeSections("old", nil))
}

type fakeRunner func(context.Context) (sample, error)

func (f fakeRunner) run(ctx context.Context) (sample, error) { return f(ctx) }
func (fakeRunner) close()                                    {}

// What an engine finds is compared, and what keeps it from finding anything is said.
func TestBenchOnce(t *testing.T) {
	bc := &benchCase{benchModel: benchModel{name: "Lock"}, states: 12, transitions: 20}
	k := &benchFlags{timeout: 10 * time.Millisecond}
	once := func(f fakeRunner) (*benchRow, error) {
		r := row("spin", 1)
		return r, k.once(t.Context(), bc, f, r)
	}
	r, err := once(func(context.Context) (sample, error) { return sample{states: 12, transitions: 20}, nil })
	require.NoError(t, err)
	require.Len(t, r.samples, 1)
	r, err = once(func(context.Context) (sample, error) { return sample{states: 12, transitions: -1}, nil })
	require.NoError(t, err)
	require.Len(t, r.samples, 1)
	_, err = once(func(context.Context) (sample, error) { return sample{states: 13, transitions: 20}, nil })
	require.EqualError(t, err, "Lock: spin finds 13 states, mcheck 12")
	_, err = once(func(context.Context) (sample, error) { return sample{states: 12, transitions: 21}, nil })
	require.EqualError(t, err, "Lock: spin finds 21 transitions, mcheck 20")
	r, err = once(func(context.Context) (sample, error) { return sample{}, errors.New("out of memory\nand more") })
	require.NoError(t, err)
	require.Equal(t, "out of memory", r.failure)
	r, err = once(func(ctx context.Context) (sample, error) { <-ctx.Done(); return sample{}, ctx.Err() })
	require.NoError(t, err)
	require.Equal(t, "more than 10ms", r.failure)
}

func TestFileField(t *testing.T) {
	name := filepath.Join(t.TempDir(), "meminfo")
	require.NoError(t, os.WriteFile(name, []byte("MemTotal:       24684084 kB\nMemFree:  1 kB\n"), 0o666))
	require.Equal(t, "24684084 kB", fileField(name, "MemTotal"))
	require.Empty(t, fileField(name, "SwapTotal"))
	require.Empty(t, fileField(name+"x", "MemTotal"))
	require.True(t, busy("1.01", 2))
	require.False(t, busy("1.00", 2))
	require.False(t, busy("", 2))
	require.Equal(t, "0.42", loadText("0.42 0.10 0.05 1/234 999\n"))
}

// Every model of bench can be built, and has a name of its own.
func TestBenchModels(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	seen := map[string]bool{}
	for _, m := range append(benchModels[:len(benchModels):len(benchModels)], benchQuick...) {
		require.False(t, seen[m.name], m.name)
		seen[m.name] = true
		found, ok := findBenchModel(m.name)
		require.True(t, ok)
		require.Equal(t, m.what, found.what)
		_, err := m.build()
		require.NoError(t, err, m.name)
	}
}

// A stop does not take away what has been measured.
func TestBenchStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stdout, stderr bytes.Buffer
	k := &benchFlags{runs: 1, quick: true, engines: []string{"mcheck"}, slow: time.Second, timeout: time.Second}
	err := k.run(ctx, newCLI(nil, &stdout, &stderr))
	require.EqualError(t, err, "stopped: 0 of 3 models were measured")
	require.Empty(t, stdout.String())
	var e *exitError
	require.ErrorAs(t, err, &e)
	require.Equal(t, exitUndecided, e.code)
}
