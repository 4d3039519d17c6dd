// Package temp makes temporary files and directories that do not outlive the process for long: what
// a killed process left behind is removed when the next one makes its own beside it. It imports
// none of our packages.
//
// Each is locked (flock) for as long as the process has it open. The system drops the lock with the
// process, however that ends, so what is not locked belongs to nobody.
package temp

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Dir is a temporary directory.
type Dir struct {
	Path string
	lock *os.File
}

// NewDir makes a directory in the system's directory for temporary files. Its name begins with
// prefix, which no other kind of file uses. What killed processes left under that prefix is
// removed.
func NewDir(prefix string) (*Dir, error) {
	sweep(os.TempDir(), prefix)
	for {
		path, err := os.MkdirTemp("", prefix)
		if err != nil {
			return nil, err
		}
		f, err := os.Open(path)
		switch {
		case os.IsNotExist(err): // somebody swept it away before it was locked
			continue
		case err != nil:
			return nil, errors.Join(err, os.RemoveAll(path))
		}
		lock(f)
		if same(f, path) {
			return &Dir{path, f}, nil
		}
		f.Close()
	}
}

// Remove removes the directory and what is in it.
func (d *Dir) Remove() error { return errors.Join(os.RemoveAll(d.Path), d.lock.Close()) }

// NewFile makes a file in dir, whose name begins with prefix, and opens it for writing. It is
// locked until it is closed: close it after it has got another name. What killed processes left
// under that prefix is removed.
func NewFile(dir, prefix string) (*os.File, error) {
	sweep(dir, prefix)
	for {
		f, err := os.CreateTemp(dir, prefix)
		if err != nil {
			return nil, err
		}
		lock(f)
		if same(f, f.Name()) {
			return f, nil
		}
		f.Close()
	}
}

// lock waits for the lock. A file system without locks has nothing swept away either.
func lock(f *os.File) { _ = flock(f, syscall.LOCK_EX) }

func flock(f *os.File, how int) error {
	for {
		err := syscall.Flock(int(f.Fd()), how)
		if err != syscall.EINTR {
			return err
		}
	}
}

// same reports whether path still leads to f.
func same(f *os.File, path string) bool {
	a, err1 := f.Stat()
	b, err2 := os.Lstat(path)
	return err1 == nil && err2 == nil && os.SameFile(a, b)
}

// sweep removes what begins with prefix in dir and is locked by nobody. Whatever can't be removed
// stays.
func sweep(dir, prefix string) {
	d, err := os.Open(dir)
	if err != nil {
		return
	}
	defer d.Close()
	names, _ := d.Readdirnames(-1)
	for _, name := range names {
		if strings.HasPrefix(name, prefix) {
			removeStale(filepath.Join(dir, name))
		}
	}
}

func removeStale(path string) {
	info, err := os.Lstat(path)
	if err != nil || !info.IsDir() && !info.Mode().IsRegular() {
		return
	}
	f, err := os.Open(path)
	if err != nil {
		return
	}
	defer f.Close() // and with it the lock, after the removal
	if flock(f, syscall.LOCK_EX|syscall.LOCK_NB) == nil && same(f, path) {
		os.RemoveAll(path)
	}
}

// ErrLocked is the error of [Lock] when another process holds the lock.
var ErrLocked = errors.New("another process uses it")

// Lock locks the file at path, which is made if it is not there, for this process, until the file
// that it returns is closed. It does not wait: the error is [ErrLocked] while another process has
// the lock. A process that has been killed has it no more.
func Lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NONBLOCK, 0o666)
	if err != nil {
		return nil, err
	}
	switch err := flock(f, syscall.LOCK_EX|syscall.LOCK_NB); {
	case errors.Is(err, syscall.EWOULDBLOCK):
		f.Close()
		return nil, ErrLocked
	case err != nil:
		f.Close()
		return nil, &os.PathError{Op: "lock", Path: path, Err: err}
	}
	return f, nil
}
