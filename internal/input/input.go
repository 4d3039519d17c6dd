// Package input reads the files that users name: models, scenarios, patches. It imports none of our
// packages.
package input

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"mcheck/internal/safe"
)

// Limit is the size in bytes up to which a file is read.
const Limit = 1 << 20

// Stdin is the name that stands for standard input.
const Stdin = "-"

// Read returns the contents of the regular file or pipe at path, through symbolic links.
// Directories, devices and sockets are refused, and so is more than [Limit] bytes. Opening and
// reading a pipe waits for whoever writes it.
func Read(path string) ([]byte, error) { return ReadLimit(path, Limit) }

// ReadLimit is [Read] with a limit of its own.
func ReadLimit(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path) // a device is not even opened
	if err != nil {
		return nil, wording(path, err)
	}
	if err := check(path, info.Mode()); err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, wording(path, err)
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil {
		return nil, wording(path, err)
	}
	if err := check(path, info.Mode()); err != nil {
		return nil, err
	}
	return From(f, path, limit)
}

// From returns what r has, which must be no more than limit bytes; name is for the error.
func From(r io.Reader, name string, limit int64) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, wording(name, err)
	}
	if int64(len(text)) > limit {
		return nil, fmt.Errorf("%s: it is larger than %d KiB, and no more is read", Name(name), limit>>10)
	}
	return text, nil
}

// check refuses what is neither a regular file nor a pipe.
func check(path string, mode fs.FileMode) error {
	kind := ""
	switch {
	case mode.IsDir():
		kind = "a directory"
	case mode&fs.ModeDevice != 0:
		kind = "a device"
	case mode&fs.ModeSocket != 0:
		kind = "a socket"
	case mode.IsRegular(), mode&fs.ModeNamedPipe != 0:
		return nil
	default:
		kind = "no file"
	}
	return fmt.Errorf("%s: it is %s: only regular files and pipes are read", Name(path), kind)
}

// wording is err without the name of the system call.
func wording(path string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return fmt.Errorf("%s: %w", Name(path), err)
}

// Name is a path as messages and exports show it: printable, with slashes; "stdin" for [Stdin].
func Name(path string) string {
	if path == Stdin {
		return "stdin"
	}
	return safe.Line(strings.ReplaceAll(path, string(os.PathSeparator), "/"))
}
