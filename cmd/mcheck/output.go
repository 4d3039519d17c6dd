package main

import (
	"errors"
	"io"
	"io/fs"
	"syscall"
)

// output is standard output. It keeps the first error, after which it writes nothing, so that no
// command has to look at each line that it prints: run says at the end that not everything is
// there.
type output struct {
	w   io.Writer
	err error
}

// errOutput is the error of writing to standard output, of which run says what there is to say.
var errOutput = errors.New("the output can't be written")

func (o *output) Write(b []byte) (int, error) {
	if o.err != nil {
		return 0, errOutput
	}
	n, err := o.w.Write(b)
	if err != nil {
		o.err = err
		var p *fs.PathError
		if errors.As(err, &p) {
			o.err = p.Err // that it is standard output is said anyway
		}
		return n, errOutput
	}
	return n, nil
}

// closed reports whether nobody reads the output any more. (The system ends a process that writes
// to such a pipe, unless it was started to ignore that.)
func (o *output) closed() bool { return errors.Is(o.err, syscall.EPIPE) }
