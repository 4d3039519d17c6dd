package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func write(text string, err error) func(io.Writer) error {
	return func(w io.Writer) error {
		_, e := io.WriteString(w, text)
		return errors.Join(e, err)
	}
}

func TestFileSet(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "dir")
	s, err := newFileSet(dir)
	require.NoError(t, err)
	require.NoError(t, s.add("a", write("one", nil)))
	require.NoError(t, s.add("b", write("two", nil)))
	names, err := s.commit()
	require.NoError(t, err)
	require.Equal(t, []string{filepath.Join(dir, "a"), filepath.Join(dir, "b")}, names)
	s.discard()
	text, err := os.ReadFile(filepath.Join(dir, "b"))
	require.NoError(t, err)
	require.Equal(t, "two", string(text))
}

// A file that can't be written in full does not appear, nor do those beside it, and what was there
// stays.
func TestFileSetFails(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a"), []byte("old"), 0o644))
	s, err := newFileSet(dir)
	require.NoError(t, err)
	require.NoError(t, s.add("a", write("new", nil)))
	require.ErrorContains(t, s.add("b", write("half", errors.New("disk full"))), "disk full")
	s.discard()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	text, err := os.ReadFile(filepath.Join(dir, "a"))
	require.NoError(t, err)
	require.Equal(t, "old", string(text))
}
