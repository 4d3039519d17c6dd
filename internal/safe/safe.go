// Package safe makes text that came from a file, a flag or a file name fit to be printed: on a
// terminal, in a comment of an exported module, in the label of a graph. It imports none of our
// packages.
//
// Printable is what [unicode.IsPrint] says: letters, marks, digits, punctuation, symbols and the
// space. All else is written as an escape of the Go language: control characters (\n, \x1b),
// characters that turn the direction of the text (\u202e), and bytes that are no UTF-8 (\xff).
package safe

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line returns s with every character that is not printable escaped. It has no line break.
func Line(s string) string { return escape(s, "") }

// Text returns s as Line does, but keeps line breaks and tabs: for a message or a program of
// several lines.
func Text(s string) string { return escape(s, "\n\t") }

// quoted is the number of characters that Quote shows at most.
const quoted = 200

// Quote returns the beginning of s, at most 200 characters, as Go writes a string, with … behind it
// if there is more.
func Quote(s string) string {
	n := 0
	for i := range s {
		if n == quoted {
			return strconv.Quote(s[:i]) + "…"
		}
		n++
	}
	return strconv.Quote(s)
}

// escape escapes what is neither printable nor in keep.
func escape(s, keep string) string {
	fine := func(r rune) bool { return unicode.IsPrint(r) || strings.ContainsRune(keep, r) }
	if utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return !fine(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && n == 1 || !fine(r) {
			q := strconv.Quote(s[:n])
			b.WriteString(q[1 : len(q)-1])
		} else {
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
	return b.String()
}
