package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"
)

// machineText says what was measured on, with which versions, and what else the machine had to do.
func machineText(ctx context.Context, engines []string) string {
	var b strings.Builder
	cpu := fileField("/proc/cpuinfo", "model name")
	if cpu == "" {
		cpu = runtime.GOARCH
	}
	fmt.Fprintf(&b, "%s: %s, %d cores", time.Now().UTC().Format("2 January 2006, 15:04 UTC"), cpu, runtime.NumCPU())
	var kib int64
	if _, err := fmt.Sscanf(fileField("/proc/meminfo", "MemTotal"), "%d kB", &kib); err == nil {
		fmt.Fprintf(&b, ", %s of memory", formatBytes(kib<<10))
	}
	fmt.Fprintf(&b, "; %s", runtime.GOOS)
	if kernel, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		fmt.Fprintf(&b, " %s", strings.TrimSpace(string(kernel)))
	}
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		fmt.Fprintf(&b, "; load before the first run %s", loadText(string(load)))
	}
	fmt.Fprintf(&b, ".\n%s", versionText(debug.ReadBuildInfo()))
	for _, p := range []struct {
		of   string
		args []string
	}{
		{"spin", []string{"spin", "-V"}}, {"rumur", []string{"rumur", "--version"}}, {"spin", []string{"gcc", "--version"}}, {"tlc", []string{"java", "-version"}},
	} {
		if !slices.Contains(engines, p.of) {
			continue
		}
		out, err := exec.CommandContext(ctx, p.args[0], p.args[1:]...).CombinedOutput()
		if err != nil {
			fmt.Fprintf(&b, "; %s: %v", p.args[0], err)
			continue
		}
		fmt.Fprintf(&b, "; %s", firstLine(string(out)))
	}
	b.WriteString(".\n")
	if load, err := os.ReadFile("/proc/loadavg"); err == nil && busy(loadText(string(load)), runtime.NumCPU()) {
		b.WriteString(busyWarning)
	}
	return b.String()
}

const busyWarning = "\n**The machine was busy with other work.** Wall times, and all that follows from them, say little; processor times are better, but suffer from caches that\nothers fill.\n"

// busy reports whether a load leaves less than half of the cores free.
func busy(load string, cores int) bool {
	x, err := strconv.ParseFloat(load, 64)
	return err == nil && x > float64(cores)/2
}

// loadText is the average load of the last minute in a line of /proc/loadavg.
func loadText(line string) string {
	first, _, _ := strings.Cut(line, " ")
	return first
}

// fileField returns the value of the first line "key : value" of a file; "" if there is none.
func fileField(name, key string) string {
	data, err := os.ReadFile(name)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(data)) {
		if k, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == key {
			return strings.TrimSpace(v)
		}
	}
	return ""
}
