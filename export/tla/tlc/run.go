package tlc

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"mcheck/export/tla"
	"mcheck/internal/temp"
)

// Options of a run of TLC; the zero value is a plain check.
type Options struct {
	_ struct{}
	// Timeout of one run; 0 means 10 minutes.
	Timeout time.Duration
	// HeapMB is the largest heap of the Java machine; 0 means 1,500.
	HeapMB int
	// Continue goes on after a violation and reports them all.
	Continue bool
	// Coverage asks for the counts of each action. They are exact only without temporal properties.
	Coverage bool
	// Short says that the run is short: the Java machine's second compiler, which would cost more
	// than it gains, stays off.
	Short bool
	// Workers is the number of TLC's threads; 0 means 1. With more, the depth that 2.18 prints is
	// not exact.
	Workers int
	// Dump, if not empty, is the file that gets the labelled state graph.
	Dump string
}

// ErrNotStarted is wrapped by errors of Run about what did not even say that it is TLC: a jar that
// is something else, or a Java machine that could not start.
var ErrNotStarted = errors.New("TLC did not start")

// Run runs TLC on module name, whose files are in dir, with the configuration cfg (a file name in
// dir). TLC gets directories of its own, a fixed fingerprint function and a fixed seed. An error
// means that TLC could not be run or understood, or that the context or the timeout ended it; what
// TLC itself found wrong is in the Output.
func Run(ctx context.Context, jar, dir, name, cfg string, opt Options) (*Output, error) {
	timeout := opt.Timeout
	if timeout == 0 {
		timeout = 10 * time.Minute
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	scratch, err := temp.NewDir("mcheck.tlc-")
	if err != nil {
		return nil, err
	}
	defer scratch.Remove()
	tmp := filepath.Join(scratch.Path, "tmp")
	if err := os.Mkdir(tmp, 0o700); err != nil {
		return nil, err
	}
	heap := opt.HeapMB
	if heap == 0 {
		heap = 1500
	}
	// TLC's pretty printer throws and catches an exception for each function in a state: without
	// their stack traces a dump takes a third of the time.
	args := []string{"-XX:+UseParallelGC", "-XX:-StackTraceInThrowable", "-Xmx" + strconv.Itoa(heap) + "m", "-Djava.io.tmpdir=" + tmp, "-cp", jar, "tlc2.TLC",
		"-tool", "-workers", strconv.Itoa(max(1, opt.Workers)), "-fp", "1", "-seed", "1", "-metadir", filepath.Join(scratch.Path, "meta"), "-config", cfg}
	if opt.Short {
		args = append([]string{"-XX:TieredStopAtLevel=1"}, args...)
	}
	if opt.Continue {
		args = append(args, "-continue")
	}
	if opt.Coverage {
		args = append(args, "-coverage", "1")
	}
	if opt.Dump != "" {
		args = append(args, "-dump", "dot,actionlabels", opt.Dump)
	}
	cmd := exec.CommandContext(ctx, "java", append(args, name)...)
	cmd.Dir = dir
	cmd.WaitDelay = 5 * time.Second
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	cmd.Stderr = cmd.Stdout
	begin := time.Now()
	if err := cmd.Start(); errors.Is(err, context.DeadlineExceeded) {
		return nil, fmt.Errorf("TLC on %s: no end after %v", name, timeout)
	} else if err != nil {
		return nil, fmt.Errorf("TLC: %w", err)
	}
	out, perr := parse(stdout)
	werr := cmd.Wait()
	if out != nil {
		out.Seconds = time.Since(begin).Seconds()
		if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			out.PeakBytes = usage.Maxrss * 1024
			out.CPUSeconds = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
		}
	}
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return out, fmt.Errorf("TLC on %s: no end after %v", name, timeout)
	case ctx.Err() != nil:
		return out, fmt.Errorf("TLC on %s: %w", name, ctx.Err())
	case perr != nil:
		return out, fmt.Errorf("TLC on %s: %w", name, perr)
	}
	var exit *exec.ExitError
	if errors.As(werr, &exit) {
		out.ExitCode = exit.ExitCode()
	} else if werr != nil {
		return out, fmt.Errorf("TLC on %s: %w", name, werr)
	}
	if out.Version == "" {
		return out, fmt.Errorf("%w (java with the jar %s, exit code %d): %s", ErrNotStarted, jar, out.ExitCode, strings.TrimSpace(tail(out.Raw)))
	}
	if out.ExitCode != 0 && len(out.Errors) == 0 && len(out.Violations) == 0 {
		out.Errors = append(out.Errors, fmt.Sprintf("exit code %d: %s", out.ExitCode, tail(out.Raw)))
		out.Complete = false
	}
	return out, nil
}

// tail is the last part of a text.
func tail(s string) string {
	if len(s) > 2000 {
		return "…" + s[len(s)-2000:]
	}
	return s
}

// Write writes files into dir.
func Write(dir string, files ...tla.File) error {
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), []byte(f.Text), 0o666); err != nil {
			return err
		}
	}
	return nil
}
