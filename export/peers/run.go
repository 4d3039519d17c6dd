package peers

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

	"mcheck/internal/temp"
)

// Kind is a peer in one of its modes of search.
type Kind uint8

// The peers.
const (
	Spin         Kind = iota
	SpinCollapse      // depth first, states in compressed form
	SpinBreadthFirst
	SpinParallel
	Rumur
	RumurPacked // with the fields of a state packed into bits
)

func (k Kind) String() string {
	return [...]string{"Spin", "Spin -DCOLLAPSE", "Spin breadth first", "Spin parallel", "rumur", "rumur packed"}[k]
}

// rumur reports whether k reads the language of Murphi; the others read Promela.
func (k Kind) rumur() bool { return k == Rumur || k == RumurPacked }

// Options of a run; the zero value is a run as fast as the peer can, on one core.
type Options struct {
	_ struct{}
	// Cores is the number of threads of Rumur and of processes of SpinParallel; 0 means one for the
	// first, two for the second.
	Cores int
	// Optimize is gcc's level; empty means -O3.
	Optimize string
	// Slots is the number of states that the table of Spin is made for: it is rounded up to a power
	// of 2; 0 means 2^24.
	Slots int
	// SetBytes is the size of rumur's set at the beginning, as its --set-capacity counts it: slots
	// times the size of a state; 0 means its own default, 8 MB.
	SetBytes int64
	// Depth is the longest path that Spin's depth-first search follows; 0 means 10 million. A
	// deeper one makes the search incomplete. Its stack takes about 50 bytes for each.
	Depth int
	// MemoryMB is where Spin gives up; 0 means 16,000.
	MemoryMB int
	// VectorBytes is the longest state Spin allows for; 0 means 4096.
	VectorBytes int
}

// Counts are what a peer found, in terms of the model: the step before the initial states of an
// exported Promela model is taken off.
type Counts struct {
	// Complete says that every reachable state was visited. It is false after a violation, where
	// the counts are of what was visited until then.
	Complete bool
	// States are the distinct ones, Transitions the enabled (state, action, binding) triples within
	// the constraint. Spin prints eight digits: beyond 100 million its counts are rounded.
	States, Transitions int64
	// Seconds is the wall time of the search, without generating and compiling, which took
	// BuildSeconds; CPUSeconds the processor time of the search, of all its processes and threads.
	Seconds, BuildSeconds, CPUSeconds float64
	// PeakBytes is the largest resident set of the search's process (of SpinParallel: of its first
	// process).
	PeakBytes int64
	// StateBytes is the peer's own size of a state.
	StateBytes int
	// Violated is the name of the violated invariant, if one is; Message what the peer said of it,
	// or of another error that it found in the model.
	Violated, Message string
}

// Checker is the program that a peer made of a model.
type Checker struct {
	kind         Kind
	text         []byte
	opt          Options
	dir          *temp.Dir
	buildSeconds float64
}

// Build makes the checker of an exported model; it must be closed. An error means that it could not
// be built, or that ctx ended it.
func Build(ctx context.Context, k Kind, text []byte, opt Options) (*Checker, error) {
	dir, err := temp.NewDir("mcheck.peer-")
	if err != nil {
		return nil, err
	}
	c := &Checker{kind: k, text: text, opt: opt, dir: dir}
	begin := time.Now()
	build := buildSpin
	if k.rumur() {
		build = buildRumur
	}
	if err := build(ctx, dir.Path, k, text, opt); err != nil {
		c.Close()
		return nil, failure(ctx, k, err)
	}
	c.buildSeconds = time.Since(begin).Seconds()
	return c, nil
}

// Close removes the checker.
func (c *Checker) Close() error { return c.dir.Remove() }

// Run searches once. An error means that the checker could not be run or understood, or that ctx
// ended it.
func (c *Checker) Run(ctx context.Context) (Counts, error) {
	args, parse := spinArgs(c.kind, c.opt), parseSpin
	if c.kind.rumur() {
		args, parse = nil, parseRumur
	}
	start := time.Now()
	out, usage, err := command(ctx, c.dir.Path, filepath.Join(c.dir.Path, "checker"), args...)
	seconds := time.Since(start).Seconds()
	// Both exit with what they found; what that is, is in the text.
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return Counts{}, failure(ctx, c.kind, err)
	}
	if ctx.Err() != nil {
		return Counts{}, failure(ctx, c.kind, err)
	}
	r, err := parse(out, c.text)
	r.Seconds, r.BuildSeconds = seconds, c.buildSeconds
	if usage != nil {
		r.PeakBytes = usage.Maxrss * 1024
		r.CPUSeconds = time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
	}
	return r, failure(ctx, c.kind, err)
}

// Run builds the checker of an exported model and searches once.
func Run(ctx context.Context, k Kind, text []byte, opt Options) (Counts, error) {
	c, err := Build(ctx, k, text, opt)
	if err != nil {
		return Counts{}, err
	}
	defer c.Close()
	return c.Run(ctx)
}

// failure is err, of a checker of kind k; where ctx has ended, that is the reason.
func failure(ctx context.Context, k Kind, err error) error {
	if cause := ctx.Err(); cause != nil {
		err = cause
	}
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", k, err)
}

// command runs a program in dir and returns what it printed.
func command(ctx context.Context, dir, name string, args ...string) (string, *syscall.Rusage, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	// Spin's parallel search forks: the whole group must end.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.CombinedOutput()
	var usage *syscall.Rusage
	if cmd.ProcessState != nil {
		usage, _ = cmd.ProcessState.SysUsage().(*syscall.Rusage)
	}
	return string(out), usage, err
}

// tool runs a program that must succeed; debian is the package that has it.
func tool(ctx context.Context, dir, debian, name string, args ...string) error {
	if _, err := exec.LookPath(name); err != nil {
		return fmt.Errorf("%s is not installed (Debian package %s): %w", name, debian, err)
	}
	out, _, err := command(ctx, dir, name, args...)
	if err != nil {
		if len(out) > 2000 {
			out = out[:2000] + "…"
		}
		return fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(out))
	}
	return nil
}

func or[T comparable](x, byDefault T) T {
	var zero T
	if x == zero {
		return byDefault
	}
	return x
}

func buildSpin(ctx context.Context, dir string, k Kind, text []byte, opt Options) error {
	if err := os.WriteFile(filepath.Join(dir, "model.pml"), text, 0o666); err != nil {
		return err
	}
	spin := []string{"-a", "-o2"} // keep variables that are never read in the states
	flags := []string{or(opt.Optimize, "-O3"), "-w", "-DNOREDUCE", "-DSAFETY", "-DNOFAIR",
		"-DMEMLIM=" + strconv.Itoa(or(opt.MemoryMB, 16000)), "-DVECTORSZ=" + strconv.Itoa(or(opt.VectorBytes, 4096))}
	switch k {
	case Spin:
	case SpinCollapse:
		flags = append(flags, "-DCOLLAPSE")
	case SpinBreadthFirst:
		spin, flags = append(spin, "-DTEMPORARY="), append(flags, "-DBFS")
	case SpinParallel:
		spin, flags = append(spin, "-DTEMPORARY="), append(flags, "-DBFS_PAR", "-DNO_HC")
	default:
		panic("unhandled " + k.String())
	}
	if err := tool(ctx, dir, "spin", "spin", append(spin, "model.pml")...); err != nil {
		return err
	}
	return tool(ctx, dir, "gcc", "gcc", append(flags, "-o", "checker", "pan.c")...)
}

func spinArgs(k Kind, opt Options) []string {
	bits := 24
	if opt.Slots > 0 {
		for bits = 10; 1<<bits < opt.Slots; bits++ {
		}
	}
	args := []string{"-E", "-w" + strconv.Itoa(bits)}
	switch k {
	case Spin, SpinCollapse:
		args = append(args, "-m"+strconv.Itoa(or(opt.Depth, 10_000_000)))
	case SpinParallel:
		args = append(args, "-u"+strconv.Itoa(or(opt.Cores, 2)))
	}
	return args
}

func buildRumur(ctx context.Context, dir string, k Kind, text []byte, opt Options) error {
	pack := "off"
	if k == RumurPacked {
		pack = "on"
	}
	if err := os.WriteFile(filepath.Join(dir, "model.m"), text, 0o666); err != nil {
		return err
	}
	err := tool(ctx, dir, "rumur", "rumur", "--pack-state", pack, "--symmetry-reduction", "off", "--deadlock-detection", "off",
		"--set-capacity", strconv.FormatInt(or(opt.SetBytes, 8<<20), 10),
		"--counterexample-trace", "off", "--output-format", "machine-readable", "--value-type", "int32_t",
		"--threads", strconv.Itoa(or(opt.Cores, 1)), "--output", "model.c", "model.m")
	if err != nil {
		return err
	}
	return tool(ctx, dir, "gcc", "gcc", "-std=c11", or(opt.Optimize, "-O3"), "-march=native", "-w", "-o", "checker", "model.c", "-lpthread", "-latomic")
}
