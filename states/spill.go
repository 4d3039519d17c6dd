package states

import (
	"fmt"
	"os"
	"unsafe"

	"mcheck/internal/temp"
)

// file is what a log is spilled to: an *os.File, or what a test puts in its place.
type file interface {
	WriteAt(b []byte, off int64) (int, error)
	ReadAt(b []byte, off int64) (int, error)
	Close() error
}

// spillFile holds words on a disk, in the byte order of the processor: nobody but this process
// reads them.
type spillFile struct{ f file }

// newSpillFile makes a file in dir that has no name any more: it is gone with the process, however
// that ends.
func newSpillFile(dir string) (*spillFile, error) {
	f, err := temp.NewFile(dir, "mcheck.states-")
	if err != nil {
		return nil, fmt.Errorf("a file for states: %w", err)
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return nil, fmt.Errorf("a file for states: %w", err)
	}
	return &spillFile{f}, nil
}

// CheckSpill reports why there can be no file for states in dir, or nil.
func CheckSpill(dir string) error {
	f, err := newSpillFile(dir)
	if err == nil {
		f.close()
	}
	return err
}

func bytesOf(w []uint64) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(w))), len(w)*8)
}

// write writes words at a position in words.
func (s *spillFile) write(w []uint64, at int64) error {
	if _, err := s.f.WriteAt(bytesOf(w), at*8); err != nil {
		return fmt.Errorf("write states to disk: %w", err)
	}
	return nil
}

// read reads len(w) words from a position in words.
func (s *spillFile) read(w []uint64, at int64) error {
	if _, err := s.f.ReadAt(bytesOf(w), at*8); err != nil {
		return fmt.Errorf("read states from disk: %w", err)
	}
	return nil
}

func (s *spillFile) close() { s.f.Close() }
