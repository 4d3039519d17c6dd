package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mcheck/explorer"
)

// hump is a search that has seen the first n levels of a space whose levels are 100 times the
// binomial coefficients of 24.
func hump(n int) explorer.Progress {
	levels := []int64{100}
	total := int64(100)
	for i := int64(1); i < int64(n); i++ {
		levels = append(levels, levels[i-1]*(25-i)/i)
		total += levels[i]
	}
	return explorer.Progress{Depth: n, Distinct: total, Levels: levels, Each: 32, Elapsed: 10 * time.Second}
}

func TestProgressText(t *testing.T) {
	s := explorer.Progress{Depth: 3, Distinct: 60, Generated: 90, Frontier: 7, Bytes: 2048, Elapsed: 2 * time.Second, Levels: []int64{1, 10, 20}}
	require.Equal(t, "depth=3 states=60 generated=90 queue=7 level=20 (growing) states/s=30 mem=2.0KiB time=2s", progressText(s, 0))
	s.Levels = []int64{1, 10, 9}
	require.Contains(t, progressText(s, 0), " level=9 (shrinking) ")
	s.Levels = []int64{10, 10}
	require.Contains(t, progressText(s, 0), " level=10 states/s")
	require.Contains(t, progressText(explorer.Progress{}, 0), "queue=0 states/s=0")

	// 2^24 times 100 states of 32 bytes are 50 GiB.
	require.Contains(t, progressText(hump(16), 1<<40), "G..")
	require.True(t, strings.HasSuffix(progressText(hump(16), 1<<40), "(fits)"))
	require.True(t, strings.HasSuffix(progressText(hump(16), 50<<30), "(may not fit)"))
	require.True(t, strings.HasSuffix(progressText(hump(16), 1<<30), "(does not fit)"))
}

func TestWriteEstimate(t *testing.T) {
	write := func(r *explorer.Result, p explorer.Progress, room int64) string {
		var b strings.Builder
		writeEstimate(&b, "it", r, p, room)
		return b.String()
	}
	require.Equal(t, "it has 1,234 states: counted, in 0.50 s and 2.0KiB\n",
		write(&explorer.Result{Complete: true, Distinct: 1234, Seconds: 0.5, Bytes: 2048}, explorer.Progress{}, 0))
	text := write(&explorer.Result{}, hump(16), 1<<30)
	// 2^24 · 100 = 1.7 G
	require.Regexp(t, `(?m)^Estimate: 1\.[5-9]G states; [0-9.]+G to [0-9.]+G is likely\.$`, text)
	require.Regexp(t, `; there is 1\.0GiB: that does not fit\.\n`, text)
	require.Contains(t, text, "--store tree")
	require.NotContains(t, write(&explorer.Result{}, hump(16), 1<<40), "--store tree")
	require.Contains(t, write(&explorer.Result{}, hump(5), 0), "No estimate")
}

func TestRoughly(t *testing.T) {
	for x, want := range map[float64]string{0: "0", 7: "7", 123: "120", 1249: "1.2k", 99600: "100k", 1.26e6: "1.3M", 2.5e9: "2.5G", 4.44e13: "44T"} {
		require.Equal(t, want, roughly(x))
	}
	for x, want := range map[float64]string{3: "3 s", 150: "2 min", 7200: "2 h", 1e6: "12 days"} {
		require.Equal(t, want, duration(x))
	}
}
