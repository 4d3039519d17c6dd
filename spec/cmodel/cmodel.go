// Package cmodel is the C front end: it parses a model written in a subset of C11 with the header
// mcheck.h, refuses what is not in the subset, and lowers the rest to a [spec.Model].
//
// The stages, each in files of its own: parse (modernc.org/cc/v4, no host compiler), types and
// declarations, three-address code for each function that is reached, must-held locks, symbolic
// execution of each step, liveness of locals, properties.
//
// The package imports spec, spec/tso, internal/parallel, and nothing else of ours.
package cmodel

import (
	"fmt"
	"runtime/debug"

	"mcheck/spec"
)

// Source is one file of a model; the sources of a model are one translation unit, in order.
type Source struct {
	Name string
	Text []byte
	// Lines is for generated text: line i (from 0) stands for the place and the text given there. A
	// LineInfo without a file stands for itself.
	Lines []LineInfo
}

// LineInfo is what a generated line stands for in traces and messages.
type LineInfo struct {
	Pos  spec.Pos
	Text string
}

// Options of Compile.
type Options struct {
	Name string // Model.Name; "Model" if empty
	// Raw makes every access to shared memory a step of its own: no fusion and no reset of dead
	// locals (but dead pointers, which would keep freed objects from being reused).
	Raw     bool
	Defines map[string]string // macros, for example NR_CPUS
	// Migrate makes the CPU of a task a choice at each smp_processor_id(); otherwise a task stays
	// on its CPU.
	Migrate bool
	TaskCPU map[string]int // task → CPU; default: its position among the tasks modulo NR_CPUS
	// StoreBuffer is the number of stores that a CPU's store buffer holds: the memory model is
	// total store order then, and MCHECK_TSO is defined. 0 is sequential consistency. See package
	// tso. It excludes Migrate.
	StoreBuffer int
	// Outline asks for Result.Statements.
	Outline bool
	// Include returns the text of an included file, mcheck.h among them, by its base name.
	Include func(name string) ([]byte, error)
}

// Atomic is an atomic block that the program relies on: an assumption about the hardware or the
// code it stands for.
type Atomic struct {
	Pos  spec.Pos
	Func string
	Text string
}

// Label is a place where a task can stand between two steps.
type Label struct {
	Name                  string // the value of the program counter
	Func                  string
	Pos                   spec.Pos
	Text                  string // the statement
	Idle, Optional, Hangs bool
}

// Result is what Compile makes of a program.
type Result struct {
	Model   *spec.Model
	Atomics []Atomic
	// Explain says what was fused, reset and left out, for people.
	Explain string
	PC      *spec.Var      // array over Task of labels
	Task    *spec.EnumType // the tasks
	Kinds   []spec.ActorKind
	Labels  []Label   // in the order of the label enum; the last is done
	Fail    *spec.Var // none, or what went wrong
	// GhostFail is what went wrong first in ghost code; nil if nothing there can. It does not end a
	// run.
	GhostFail *spec.Var
	// Statements are those of all functions, reached or not, if Options.Outline asks for them.
	Statements []Statement
	Bounds     []string // the values of Fail that mean that a bound was exceeded
}

// Compile parses, checks and lowers the sources. The error is an [ErrorList] that holds everything
// that was found, or wraps [spec.ErrInternal] if the front end itself failed.
func Compile(sources []Source, opt Options) (res *Result, err error) {
	var c *compiler
	defer func() {
		if r := recover(); r != nil {
			res, err = nil, unwound(r, c)
		}
	}()
	u, err := parse(sources, opt)
	if err != nil {
		return nil, err
	}
	c = newCompiler(u, opt)
	if res, err = c.compile(); err == nil && opt.Outline {
		res.Statements = u.outline()
	}
	return res, err
}

// unwound is the error of a front end, c if it came so far, that panicked with r: what it has found
// wrong with the source, else what is wrong with itself.
func unwound(r any, c *compiler) error {
	if c != nil && len(c.errs.list) > 0 {
		return c.errs.err()
	}
	return fmt.Errorf("%w: the C front end: %v\n%s", spec.ErrInternal, r, debug.Stack())
}
