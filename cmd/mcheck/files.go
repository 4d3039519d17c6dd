package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"mcheck/internal/safe"
)

// fileSet is files to be written to a directory: all of them, or none. Each is first written in full under a temporary name.
type fileSet struct {
	dir   string
	files []pendingFile
}

type pendingFile struct{ temp, name string }

// newFileSet makes the directory if it is not there.
func newFileSet(dir string) (*fileSet, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("the directory %s can't be made: %w", safe.Line(dir), errors.Unwrap(err))
	}
	return &fileSet{dir: dir}, nil
}

// add writes a file under a temporary name.
func (s *fileSet) add(name string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(s.dir, ".mcheck-*")
	if err != nil {
		return err
	}
	s.files = append(s.files, pendingFile{f.Name(), filepath.Join(s.dir, name)})
	return errors.Join(write(f), f.Chmod(0o644), f.Close())
}

// commit gives the files their names and returns these; nothing is left to discard.
func (s *fileSet) commit() ([]string, error) {
	var names []string
	for len(s.files) > 0 {
		f := s.files[0]
		if err := os.Rename(f.temp, f.name); err != nil {
			return names, err
		}
		s.files = s.files[1:]
		names = append(names, f.name)
	}
	return names, nil
}

// discard removes what has not been committed.
func (s *fileSet) discard() {
	for _, f := range s.files {
		os.Remove(f.temp)
	}
}
