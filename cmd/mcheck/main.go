// Command mcheck checks models of the kernel's mount teardown: a shell reproducer and a patch in, a
// verdict and the shortest counterexample out.
//
// The package reads flags and files, prints, and turns results into exit codes; everything else is
// done below it.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
)

func main() {
	// Building a model makes many short-lived expressions on a small heap (states live outside of
	// it): collecting them a quarter as often starts a run a quarter sooner.
	collectAt(400)
	go hugeHeap(128 << 20)
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// collectAt has the garbage collector work when the heap has grown by so many per cent, unless the
// environment says when.
func collectAt(percent int) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}

// run is mcheck with these arguments and files; it returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Fprintf(stderr, "mcheck: this is a bug in mcheck, please report it: %v\n\n%s", r, debug.Stack())
			code = exitBug
		}
	}()
	ctx, release := untilSignal()
	defer release()
	c := newCLI(stdin, stdout, stderr)
	root := newRoot(c)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	var e *exitError
	switch {
	case c.stdout.closed():
		return exitClosed
	case c.stdout.err != nil:
		fmt.Fprintf(stderr, "mcheck: %v: %v\n", errOutput, c.stdout.err)
		return exitScenario
	case err == nil:
		return exitOK
	case !errors.As(err, &e):
		// What cobra refuses by itself: unknown commands, wrong arguments.
		e = &exitError{exitUsage, err}
	}
	if e.err != nil {
		fmt.Fprintf(stderr, "mcheck: %s\n", message(e.err))
	}
	if e.code == exitUsage {
		fmt.Fprintln(stderr, "Run 'mcheck help' for what there is.")
	}
	return e.code
}
