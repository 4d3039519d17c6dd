package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
	"mcheck/spec/cmodel"
	"mcheck/spec/scenario"
)

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

func TestBug(t *testing.T) {
	var stderr bytes.Buffer
	out := writerFunc(func([]byte) (int, error) { panic("the sky falls") })
	require.Equal(t, exitBug, run([]string{"version"}, nil, out, &stderr))
	require.True(t, strings.HasPrefix(stderr.String(), "mcheck: this is a bug in mcheck, please report it: the sky falls\n"))
}

// A code that says whose fault it is does not say so of what is mcheck's own.
func TestInternalErrorIsABug(t *testing.T) {
	bug := fmt.Errorf("building: %w", spec.ErrInternal)
	for _, code := range []int{exitUsage, exitUndecided, exitModel, exitScenario} {
		var e *exitError
		require.ErrorAs(t, failf(code, "s under v6.15: %w", bug), &e)
		require.Equal(t, exitBug, e.code)
		require.ErrorAs(t, failf(code, "s under v6.15: %w", io.EOF), &e)
		require.Equal(t, code, e.code)
	}
	require.Equal(t, exitBug, fail(buildCode(bug), bug).(*exitError).code)
	require.Equal(t, exitModel, buildCode(cmodel.ErrorList{{Msg: "no"}}))
	require.Equal(t, exitScenario, buildCode(scenario.ErrorList{{Msg: "no"}}))
}

func TestStdoutIsFull(t *testing.T) {
	var stderr bytes.Buffer
	out := writerFunc(func([]byte) (int, error) { return 0, errors.New("no space left") })
	require.Equal(t, exitScenario, run([]string{"version"}, nil, out, &stderr))
	require.Equal(t, "mcheck: the output can't be written: no space left\n", stderr.String())
}

func TestVersionText(t *testing.T) {
	info := &debug.BuildInfo{GoVersion: "go1.26", Main: debug.Module{Version: "v1.2.3"},
		Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "0123456789abcdef"}, {Key: "vcs.modified", Value: "true"}}}
	require.Equal(t, "mcheck v1.2.3 (0123456789ab, modified) go1.26", versionText(info, true))
	require.Equal(t, "mcheck (devel) go1.26", versionText(&debug.BuildInfo{GoVersion: "go1.26"}, true))
	require.Contains(t, versionText(nil, false), "without module information")
}

// A message shows no more than the beginning of a long word, and no path breaks its line.
func TestMessage(t *testing.T) {
	long := strings.Repeat("ä", 1000)
	require.Equal(t, "s: "+strings.Repeat("ä", 200)+"…: no", message(fmt.Errorf("s: %s: no", long)))
	require.Equal(t, strings.Repeat("ä", 250), message(errors.New(strings.Repeat("ä", 250))))
	_, err := os.Open("no\nsuch\x1b[1m")
	require.Equal(t, `open no\nsuch\x1b[1m: no such file or directory`+"\n\tmore", message(fmt.Errorf("%w\n\tmore", err)))
	err = os.Rename("a\nb", "c\nd")
	require.Equal(t, `rename a\nb c\nd: no such file or directory`, message(err))
}
