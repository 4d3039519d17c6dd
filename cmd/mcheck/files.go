package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"mcheck/internal/safe"
	"mcheck/internal/temp"
)

// fileSet is files to be written to a directory: all of them, or none. Each is first written in
// full under a temporary name.
type fileSet struct {
	dir   string
	files []pendingFile
}

// pendingFile is open, and so locked, until it has its name: what a killed process leaves is known
// by that nobody has it locked.
type pendingFile struct {
	temp *os.File
	name string
}

// newFileSet makes the directory if it is not there.
func newFileSet(dir string) (*fileSet, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("the directory %s can't be made: %w", safe.Line(dir), errors.Unwrap(err))
	}
	return &fileSet{dir: dir}, nil
}

// add writes a file under a temporary name.
func (s *fileSet) add(name string, write func(io.Writer) error) (err error) {
	f, err := temp.NewFile(s.dir, ".mcheck-")
	if err != nil {
		return err
	}
	s.files = append(s.files, pendingFile{f, filepath.Join(s.dir, name)})
	return errors.Join(write(f), f.Chmod(0o644), f.Sync())
}

// commit gives the files their names and returns these; nothing is left to discard.
func (s *fileSet) commit() ([]string, error) {
	var names []string
	for len(s.files) > 0 {
		f := s.files[0]
		if err := os.Rename(f.temp.Name(), f.name); err != nil {
			return names, err
		}
		f.temp.Close() // nothing is left to be written
		s.files = s.files[1:]
		names = append(names, f.name)
	}
	return names, nil
}

// discard removes what has not been committed.
func (s *fileSet) discard() {
	for _, f := range s.files {
		os.Remove(f.temp.Name())
		f.temp.Close()
	}
}
