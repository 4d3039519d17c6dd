package claims

import "mcheck/spec"

// Error is one thing that is wrong with a file of claims.
type Error struct {
	Pos Pos
	Msg string
}

// Error returns "file:line: message".
func (e *Error) Error() string { return e.Pos.String() + ": " + e.Msg }

// ErrorList is everything that is wrong with a file, in the order of its lines.
type ErrorList = spec.ErrorList[*Error]
