package story

import (
	"regexp"
	"slices"
	"strings"

	"mcheck/spec"
)

// stack is the calls that an actor is inside of, as far as its statements show them. A trace names
// the function of each statement and not the calls; but a statement that contains "f(", followed by
// one in f, is the call of f.
type stack struct {
	frames []frame
	last   spec.SourceLine // the statement before
	by     *spec.Action    // the step it was in
	// roots is, for each function that was entered from nowhere, the last statement of its own;
	// enter is one to be named with the next.
	roots map[string]spec.SourceLine
	enter string
}

type frame struct {
	fn    string
	call  spec.SourceLine // the statement that calls it, in the frame below
	loops []spec.Pos      // the heads of loops shown in it
}

// place says where the next statement, of a step of by, stands.
func (s *stack) place(by *spec.Action, l spec.SourceLine) Line {
	out := Line{Pos: l.Pos, Func: l.Func, Text: l.Text, Command: l.Script}
	at := len(s.frames) - 1
	for at >= 0 && s.frames[at].fn != l.Func {
		at--
	}
	switch {
	case at >= 0:
		out.Return = at+1 < len(s.frames) && same(s.frames[at+1].call, l)
		s.frames = s.frames[:at+1]
	case len(s.frames) > 0 && calls(s.last.Text, l.Func):
		s.frames = append(s.frames, frame{fn: l.Func, call: s.last})
	default:
		out.Enter = l.Func != ""
		s.frames = []frame{{fn: l.Func}}
		// A command of a shell, which is no call of the function that it leads to, goes on after
		// that.
		if last, ok := s.roots[l.Func]; ok && same(last, l) && !strings.HasSuffix(l.Text, ";") {
			out.Return, s.enter = true, l.Func
		}
	}
	if s.enter == l.Func && !out.Return {
		out.Enter = s.enter != ""
		s.enter = ""
	}
	if len(s.frames) == 1 {
		if s.roots == nil {
			s.roots = map[string]spec.SourceLine{}
		}
		s.roots[l.Func] = l
	}
	if out.Command {
		out.Enter = false // its task's name is above the column
	}
	out.Depth = len(s.frames) - 1
	if loop.MatchString(l.Text) {
		f := &s.frames[len(s.frames)-1]
		out.again = slices.Contains(f.loops, l.Pos)
		f.loops = append(f.loops, l.Pos)
	}
	if same(s.last, l) && s.by != by && l.Text != "" {
		// A statement of several steps, an x++ for one; in a loop it would be the same step again.
		out.Text = "... " + out.Text
	}
	s.last, s.by = l, by
	return out
}

// calls reports whether the text of a statement calls fn.
func calls(text, fn string) bool {
	return fn != "" && strings.Contains(text, fn) && regexp.MustCompile(`\b`+regexp.QuoteMeta(fn)+`\(`).MatchString(text)
}

// callee is what looks like the name of a function that is called.
var callee = regexp.MustCompile(`\b([A-Za-z_]\w*)\(`)

// callees returns the functions that the text of a statement calls, and what else looks like them.
func callees(text string) []string {
	var out []string
	for _, m := range callee.FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	return out
}

// same reports whether a and b are one statement, whatever step they are in.
func same(a, b spec.SourceLine) bool { return a.Pos == b.Pos && a.Func == b.Func && a.Text == b.Text }
