package spec

import (
	"errors"
	"strings"
)

// ErrInternal is wrapped by errors that no input should be able to cause: mcheck itself went wrong.
var ErrInternal = errors.New("this is a bug in mcheck, please report it")

// ErrorList is everything that is wrong with an input, in the order of its text.
type ErrorList[E error] []E

// Error returns the errors, one after the other.
func (l ErrorList[E]) Error() string {
	parts := make([]string, len(l))
	for i, e := range l {
		parts[i] = e.Error()
	}
	return strings.Join(parts, "\n")
}

// Unwrap returns the errors for errors.As.
func (l ErrorList[E]) Unwrap() []error {
	out := make([]error, len(l))
	for i, e := range l {
		out[i] = e
	}
	return out
}
