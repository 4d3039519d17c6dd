package main

import (
	"errors"
	"fmt"
	"slices"

	"mcheck/spec"
)

// The exit codes: TLC's where it has one for the case.
const (
	exitOK        = 0
	exitUsage     = 2  // unknown flag, command or combination of flags
	exitUndecided = 3  // stopped, or a bound was met
	exitDisagree  = 4  // TLC says something else
	exitDeadlock  = 11 // a deadlock
	exitSafety    = 12 // an INVARIANT, AT_REST or COVER property is violated
	exitLiveness  = 13 // a CAN_REST, EVENTUALLY or LEADS_TO property is violated
	// nobody reads the output any more: as if the system's SIGPIPE had ended the process
	exitClosed   = 141
	exitModel    = 150 // the model does not parse, or can't be evaluated
	exitScenario = 151 // bad scenario or configuration: names, files, tools
	exitBug      = 153 // a bug in mcheck
)

// severity orders the exit codes of several runs, the most severe first.
var severity = []int{exitBug, exitModel, exitScenario, exitDisagree, exitSafety, exitDeadlock, exitLiveness, exitUndecided, exitUsage, exitOK}

// worst returns the more severe of two exit codes.
func worst(a, b int) int {
	if slices.Index(severity, a) <= slices.Index(severity, b) {
		return a
	}
	return b
}

// exitError ends the program with a code and, where err is set, a message. Every error of a command
// but those that cobra makes is one.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// fail returns the error that ends the program with code and err's message; nil for nil. What wraps
// spec.ErrInternal is a bug in mcheck, whatever code its caller has for what users may do wrong.
func fail(code int, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, spec.ErrInternal) {
		code = exitBug
	}
	return &exitError{code, err}
}

func failf(code int, format string, args ...any) error {
	return fail(code, fmt.Errorf(format, args...))
}

// exitWith ends the program with code and no message: it has said what there is to say.
func exitWith(code int) error {
	if code == exitOK {
		return nil
	}
	return &exitError{code: code}
}
