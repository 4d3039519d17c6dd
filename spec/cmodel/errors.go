package cmodel

import (
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"

	"mcheck/spec"
)

// Error is one thing the front end refuses, with what to write instead.
type Error struct {
	Pos    spec.Pos
	Msg    string
	Advice string // what to write instead; may be empty
	Line   string // the source line, without its newline; may be empty
}

// Error returns the message in the form of a compiler: place and message, the source line, a caret,
// and the advice.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Pos.File != "" {
		fmt.Fprintf(&b, "%s:%d:%d: ", strings.Map(printable, e.Pos.File), e.Pos.Line, e.Pos.Col)
	}
	b.WriteString(e.Msg)
	if e.Line != "" {
		line, col := around(e.Line, e.Pos.Col-1)
		b.WriteString("\n\t" + line + "\n\t")
		for i, r := range line {
			if i >= col {
				break
			}
			if r == '\t' {
				b.WriteByte('\t')
			} else {
				b.WriteByte(' ')
			}
		}
		b.WriteByte('^')
	}
	if e.Advice != "" {
		b.WriteString("\n\t" + e.Advice)
	}
	return b.String()
}

// around returns a part of a line that is too long to be shown, around byte at of it, and where
// that is in the part.
func around(line string, at int) (string, int) {
	const most = 200
	if len(line) <= most {
		return line, at
	}
	from := max(0, min(at-most/2, len(line)-most))
	to := min(len(line), from+most)
	for from < to && !utf8.RuneStart(line[from]) {
		from++
	}
	for to < len(line) && !utf8.RuneStart(line[to]) {
		to++
	}
	out := line[from:to]
	at -= from
	if from > 0 {
		out, at = "… "+out, at+len("… ")
	}
	if to < len(line) {
		out += " …"
	}
	return out, at
}

// ErrorList is all that is wrong with a source, in the order of the source.
type ErrorList = spec.ErrorList[*Error]

// maxErrors is the number of errors after which the front end stops looking for more.
const maxErrors = 50

// tooMany unwinds the front end when maxErrors is reached, and stop when an error leaves nothing to
// go on with.
type bailout struct{}

// errs collects errors.
type errs struct {
	list ErrorList
	seen map[string]bool
	line func(spec.Pos) string
}

func (e *errs) add(pos spec.Pos, advice, format string, args ...any) {
	err := &Error{Pos: pos, Msg: fmt.Sprintf(format, args...), Advice: advice}
	if e.line != nil {
		err.Line = strings.Map(printable, e.line(pos))
	}
	e.append(err)
}

// addAll adds the errors of x.
func (e *errs) addAll(x *errs) {
	for _, err := range x.list {
		e.append(err)
	}
}

func (e *errs) append(err *Error) {
	key := err.Error()
	if e.seen[key] {
		return
	}
	if e.seen == nil {
		e.seen = map[string]bool{}
	}
	e.seen[key] = true
	e.list = append(e.list, err)
	if len(e.list) >= maxErrors {
		panic(bailout{})
	}
}

// err returns the collected errors in source order, or nil.
func (e *errs) err() error {
	if len(e.list) == 0 {
		return nil
	}
	sort.SliceStable(e.list, func(i, j int) bool {
		a, b := e.list[i].Pos, e.list[j].Pos
		if a.File != b.File {
			return false
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Col < b.Col
	})
	return e.list
}
