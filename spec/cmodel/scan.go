package cmodel

import (
	"fmt"
	"math"
	pathpkg "path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"mcheck/spec"
)

// The C parser is recursive and follows every #include: what nests too deeply would overflow its
// stack, and what includes itself would keep it busy for ever. So texts are looked through before
// it sees them.

// limits are how far a text may go.
type limits struct {
	nesting   int // brackets in brackets
	statement int // words and signs in a statement
	elses     int // else if … else if … in a row
	ifs       int // #if in #if
}

var (
	sourceLimits   = limits{nesting: 200, statement: 5_000, elses: 500, ifs: 60}
	expandedLimits = limits{nesting: 1_000, statement: 20_000, elses: 1_000, ifs: math.MaxInt}
)

const (
	maxIncludeDepth = 40
	maxIncludes     = 2_000
	maxSource       = 4 << 20  // bytes of all sources
	maxExpanded     = 16 << 20 // bytes of the program when its macros are expanded
)

// look looks through the sources and what they include.
func (u *unit) look(sources []Source, include func(string) ([]byte, error)) {
	size := 0
	for _, s := range sources {
		if size += len(s.Text); size > maxSource {
			pos := spec.Pos{File: s.Name, Line: 1, Col: 1}
			u.errs.add(pos, "make it smaller", "the program has more than %d MiB", maxSource>>20)
			return
		}
		u.readable(s.Name)
	}
	for _, s := range sources {
		if len(u.errs.list) == 0 {
			u.scan(u.lines[s.Name], sourceLimits, func(line, col int) spec.Pos { return u.place(s.Name, line, col) })
		}
	}
	for _, s := range sources {
		if len(u.errs.list) == 0 {
			u.includes(s.Name, include)
		}
	}
}

// readable reports the first line of a source that is no text.
func (u *unit) readable(name string) {
	for i, l := range u.lines[name] {
		at := strings.IndexFunc(l, func(r rune) bool {
			return r == utf8.RuneError || r < ' ' && r != '\t' && r != '\r' && r != '\f' && r != '\v'
		})
		if at >= 0 {
			pos := spec.Pos{File: name, Line: i + 1, Col: at + 1}
			u.errs.add(pos, "a model is C in UTF-8", "this is no text")
			return
		}
	}
}

// opened is a bracket that has no partner yet.
type opened struct {
	c     byte
	pos   spec.Pos
	elses int  // in a row at the end of what it encloses so far
	loop  bool // the parenthesis of a for
}

// scanner looks through a text.
type scanner struct {
	u       *unit
	max     limits
	place   func(line, col int) spec.Pos
	stack   []opened
	ifs     []spec.Pos
	words   int // of the statement so far
	word    string
	end     spec.Pos // behind the last word or sign
	sign    byte
	ended   bool // a statement ends here
	comment spec.Pos
	open    bool // in a comment
	macro   bool // in a directive
}

// scan reports the first bracket of a text that has no partner, and what else the parser would tell
// less well or not survive. It reports no more than one mistake.
func (u *unit) scan(lines []string, max limits, place func(line, col int) spec.Pos) {
	s := &scanner{u: u, max: max, place: place, stack: []opened{{}}}
	for i, l := range lines {
		if !s.line(l, i+1) {
			return
		}
	}
	switch last := s.stack[len(s.stack)-1]; {
	case s.open:
		u.errs.add(s.comment, "write */ where it ends", "the comment that begins here does not end")
	case len(s.stack) > 1:
		closing := map[byte]byte{'(': ')', '[': ']', '{': '}'}
		u.errs.add(last.pos, fmt.Sprintf("write '%c' where it ends", closing[last.c]), "this '%c' is not closed", last.c)
	case len(s.ifs) > 0:
		u.errs.add(s.ifs[len(s.ifs)-1], "write #endif where it ends", "this #if has no #endif")
	}
}

var (
	directive     = regexp.MustCompile(`^\s*#\s*(ifdef|ifndef|if|elif|else|endif)\b`)
	directiveName = regexp.MustCompile(`^#\s*(\w+)`)
	directives    = []string{"include", "include_next", "import", "define", "undef", "error", "pragma", "line", "warning"}
)

// line looks through a line; it returns false after a mistake.
func (s *scanner) line(l string, n int) bool {
	fail := func(at int, advice, format string, args ...any) bool {
		s.u.errs.add(s.place(n, at+1), advice, format, args...)
		return false
	}
	if m := directive.FindStringSubmatchIndex(l); m != nil && !s.open {
		at := strings.IndexByte(l, '#')
		switch l[m[2]:m[3]] {
		case "endif":
			if len(s.ifs) == 0 {
				return fail(at, "remove it, or write the #if that it ends", "this #endif ends no #if")
			}
			s.ifs = s.ifs[:len(s.ifs)-1]
		case "else", "elif":
			if len(s.ifs) == 0 {
				return fail(at, "remove it, or write the #if that it belongs to", "this #%s belongs to no #if", l[m[2]:m[3]])
			}
		default:
			if s.ifs = append(s.ifs, s.place(n, at+1)); len(s.ifs) > s.max.ifs {
				return fail(at, fmt.Sprintf("nest no more than %d", s.max.ifs), "#if nests too deeply")
			}
		}
	}
	if t := strings.TrimSpace(l); !s.open && !s.macro && strings.HasPrefix(t, "#") && !directive.MatchString(l) {
		if word := directiveName.FindStringSubmatch(t); word != nil && !slices.Contains(directives, word[1]) {
			return fail(strings.IndexByte(l, '#'), "write #include, #define, #undef, #if, #ifdef, #ifndef, #elif, #else or #endif",
				"#%s is not in the language", quote(word[1]))
		}
	}
	s.macro = !s.open && (s.macro || strings.HasPrefix(strings.TrimSpace(l), "#"))
	defer func() { s.macro = s.macro && strings.HasSuffix(l, "\\") }()
	for j := 0; j < len(l); j++ {
		top := &s.stack[len(s.stack)-1]
		from := j
		switch c := l[j]; {
		case s.open:
			if strings.HasPrefix(l[j:], "*/") {
				s.open = false
				j++
			}
			continue
		case strings.HasPrefix(l[j:], "//"):
			return true
		case strings.HasPrefix(l[j:], "/*"):
			s.open, s.comment = true, s.place(n, j+1)
			j++
			continue
		case c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v':
			continue
		case isWord(l[j : j+1]):
			k := j + 1
			for k < len(l) && isWord(l[k:k+1]) {
				k++
			}
			switch {
			case s.ended && l[j:k] == "else":
				if top.elses++; top.elses > s.max.elses {
					return fail(j, "write a switch or a loop", "more than %d else follow each other", s.max.elses)
				}
			case s.ended:
				top.elses = 0
			}
			j = k - 1
		case c == '"' || c == '\'':
			k := j + 1
			for k < len(l) && l[k] != c {
				if l[k] == '\\' {
					k++
				}
				k++
			}
			if k >= len(l) {
				return fail(j, "close the quotes", "the text that begins here does not end on this line")
			}
			j = k
		case c == '(' || c == '[' || c == '{':
			if len(s.stack) > s.max.nesting {
				return fail(j, fmt.Sprintf("nest no more than %d", s.max.nesting), "brackets nest too deeply")
			}
			if c == '{' && top.c == '(' && s.sign != '(' && s.sign != ')' && s.inSource() {
				return s.missing(*top)
			}
			s.stack = append(s.stack, opened{c: c, pos: s.place(n, j+1), loop: s.word == "for"})
		case c == ')' || c == ']' || c == '}':
			partner := map[byte]byte{')': '(', ']': '[', '}': '{'}
			if len(s.stack) == 1 {
				return fail(j, "remove it, or write what it is to close", "this '%c' closes nothing", c)
			}
			if top.c != partner[c] {
				return s.unclosed(*top, fmt.Sprintf("the '%c' at %s closes nothing else", c, s.place(n, j+1)))
			}
			s.stack = s.stack[:len(s.stack)-1]
		case c == ';' && (top.c == '[' || top.c == '(' && !top.loop) && s.inSource():
			return s.missing(*top)
		}
		s.end, s.sign = s.place(n, j+2), l[j]
		if s.word = ""; isWord(l[j : j+1]) {
			s.word = l[from : j+1]
		}
		if s.macro {
			continue
		}
		s.ended = l[j] == ';' || l[j] == '{' || l[j] == '}'
		if s.words++; s.ended {
			s.words = 0
		} else if s.words > s.max.statement {
			return fail(j, "split it", "this statement has more than %d words and signs", s.max.statement)
		}
	}
	return true
}

// inSource reports whether the scanner is in what the user has written, and not in a macro.
func (s *scanner) inSource() bool { return !s.macro && s.max.ifs == sourceLimits.ifs }

// missing reports that the bracket o should have been closed at the last word or sign.
func (s *scanner) missing(o opened) bool {
	closing := map[byte]byte{'(': ')', '[': ']'}[o.c]
	s.u.errs.add(s.end, fmt.Sprintf("write '%c' behind this: it closes the '%c' at %s", closing, o.c, o.pos), "a '%c' is missing here", closing)
	return false
}

func (s *scanner) unclosed(o opened, why string) bool {
	closing := map[byte]byte{'(': ')', '[': ']', '{': '}'}
	s.u.errs.add(o.pos, fmt.Sprintf("write '%c' where it ends: %s", closing[o.c], why), "this '%c' is not closed", o.c)
	return false
}

var (
	includeLine = regexp.MustCompile(`^\s*#\s*(include|include_next|import)\b\s*(.*)$`)
	includeName = regexp.MustCompile(`^(?:"([^"]+)"|<([^>]+)>)`)
	guardLine   = regexp.MustCompile(`^\s*#\s*ifndef\s+(\w+)`)
)

// includes reads what the source name includes, directly or not, and looks through it as well.
func (u *unit) includes(name string, include func(string) ([]byte, error)) {
	w := &includeWalk{u: u, include: include, done: map[string]bool{}}
	w.file(name, []string{pathpkg.Base(name)})
}

type includeWalk struct {
	u       *unit
	include func(string) ([]byte, error)
	done    map[string]bool // files that are in the program once, whoever includes them
	n       int
	failed  bool
}

func (w *includeWalk) file(name string, within []string) {
	comment := false
	for i, l := range w.u.lines[name] {
		was := comment
		comment = endsInComment(l, comment)
		m := includeLine.FindStringSubmatchIndex(l)
		if m == nil || was || w.failed {
			continue
		}
		pos := w.u.place(name, i+1, strings.IndexByte(l, '#')+1)
		arg := includeName.FindStringSubmatch(l[m[4]:m[5]])
		if arg == nil || l[m[2]:m[3]] != "include" {
			w.fail(pos, `write #include "FILE"`, "this #include does not name a file")
			return
		}
		w.open(pos, pathpkg.Join(pathpkg.Dir(name), arg[1]+arg[2]), within)
	}
}

func (w *includeWalk) fail(pos spec.Pos, advice, format string, args ...any) {
	w.u.errs.add(pos, advice, format, args...)
	w.failed = true
}

// open goes on with the file that is included at pos.
func (w *includeWalk) open(pos spec.Pos, name string, within []string) {
	base := pathpkg.Base(name)
	if w.done[base] || w.include == nil {
		return
	}
	known := w.u.lines[name] != nil
	if !known {
		text, err := w.include(base)
		if err != nil {
			w.u.unread[base] = err // an error if the preprocessor comes here
			return
		}
		w.u.lines[name] = strings.Split(string(text), "\n")
	}
	guarded := isGuarded(w.u.lines[name])
	w.done[base] = guarded
	switch w.n++; {
	case slices.Contains(within, base):
		w.fail(pos, "drop the #include, or begin the file with #ifndef NAME and #define NAME, and end it with #endif",
			"%s includes itself", quote(base))
	case len(within) > maxIncludeDepth:
		w.fail(pos, fmt.Sprintf("nest no more than %d", maxIncludeDepth), "#include nests too deeply")
	case w.n > maxIncludes:
		w.fail(pos, "begin the files with #ifndef NAME and #define NAME, and end them with #endif",
			"more than %d files are included", maxIncludes)
	default:
		if !known {
			w.u.readable(name)
			w.u.scan(w.u.lines[name], sourceLimits, func(line, col int) spec.Pos { return w.u.place(name, line, col) })
		}
		if len(w.u.errs.list) > 0 {
			w.failed = true
			return
		}
		w.file(name, append(within[:len(within):len(within)], base))
	}
}

// isGuarded reports whether the text of a file is there only once: it begins with #ifndef NAME and
// #define NAME.
func isGuarded(lines []string) bool {
	comment, name := false, ""
	for _, l := range lines {
		was := comment
		comment = endsInComment(l, comment)
		switch text := strings.TrimSpace(l); {
		case was || text == "" || strings.HasPrefix(text, "/*") || strings.HasPrefix(text, "//"):
		case name == "":
			m := guardLine.FindStringSubmatch(l)
			if m == nil {
				return false
			}
			name = m[1]
		default:
			defines := regexp.MustCompile(`^#\s*define\s+` + name + `\b`).MatchString(text)
			undoes := regexp.MustCompile(`(?m)^\s*#\s*undef\s+` + name + `\b`).MatchString(strings.Join(lines, "\n"))
			return defines && !undoes
		}
	}
	return false
}

// endsInComment reports whether the end of the line l is in a comment; within says whether its
// beginning is.
func endsInComment(l string, within bool) bool {
	for {
		if within {
			_, rest, ok := strings.Cut(l, "*/")
			if !ok {
				return true
			}
			l, within = rest, false
			continue
		}
		before, rest, ok := strings.Cut(l, "/*")
		if !ok || strings.Contains(before, "//") {
			return false
		}
		l, within = rest, true
	}
}

// capped is what a program may expand to.
type capped struct{ strings.Builder }

// errExpanded says that a program expands to more than that.
var errExpanded = &Error{Msg: fmt.Sprintf("the macros of the program expand to more than %d MiB", maxExpanded>>20),
	Advice: "use functions, or fewer levels of macros"}

func (c *capped) Write(p []byte) (int, error) {
	if c.Len()+len(p) > maxExpanded {
		return 0, errExpanded
	}
	return c.Builder.Write(p)
}
