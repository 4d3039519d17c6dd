package scenario

import (
	"fmt"
	"strings"

	"mcheck/internal/safe"
	"mcheck/spec"
)

// Error is one thing that is wrong with a script, at its place.
type Error struct {
	Pos  spec.Pos // zero for what is not in the script: a setting of the caller
	Text string   // the offending text
	Msg  string
	// Understood lists what may stand there instead; it may be empty.
	Understood []string
}

// Error returns "file:line:col: "text": message" and, on lines of their own, what is understood.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Pos != (spec.Pos{}) {
		fmt.Fprintf(&b, "%s: ", e.Pos)
	}
	if e.Text != "" {
		fmt.Fprintf(&b, "%s: ", safe.Quote(e.Text))
	}
	b.WriteString(e.Msg)
	if len(e.Understood) > 0 {
		b.WriteString("; understood here:")
		for _, u := range e.Understood {
			b.WriteString("\n\t" + u)
		}
	}
	return b.String()
}

// ErrorList is everything that is wrong with a script, in the order of its text.
type ErrorList = spec.ErrorList[*Error]
