package main

import (
	"bytes"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// measured are the parts of the output that may differ between two runs: times, memory, and the
// number of workers itself.
var measured = regexp.MustCompile(`[0-9.]+ s with \d+ workers?, [0-9.]+ bytes a state|time=[0-9.]+s|"(seconds|bytes_per_state|workers)":[0-9.e+-]+`)

// Not a byte of the output but those depends on the number of workers.
func TestWorkersSameBytes(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	for _, p := range [][2]string{
		{"ltp-mkfs", "defer-v4"}, {"umount-mkfs-walk", "v4.18"}, {"umount-mkfs-walk", "no-grace-period"}, {"ltp-mkfs-walk", "defer-v4"},
	} {
		for _, format := range []string{"text", "json"} {
			t.Run(p[0]+","+p[1]+","+format, func(t *testing.T) {
				check := func(workers int) string {
					var stdout, stderr bytes.Buffer
					args := []string{"check", p[0], "-d", p[1], "--format", format, "--workers", strconv.Itoa(workers)}
					require.Equal(t, exitSafety, run(args, nil, &stdout, &stderr), stderr.String())
					found := measured.FindAllString(stdout.String(), -1)
					require.Len(t, found, map[string]int{"text": 2, "json": 3}[format], "what is measured stands there once")
					return measured.ReplaceAllString(stdout.String(), "MEASURED")
				}
				one := check(1)
				require.Equal(t, one, check(2))
				require.Equal(t, one, check(8))
			})
		}
	}
}
