package cmodel

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"modernc.org/cc/v4"
)

// quotedLength is the number of characters of the program that a message quotes at most.
const quotedLength = 200

// printable returns r, or ? in its place where a terminal would show none or something else.
func printable(r rune) rune {
	if r == utf8.RuneError || unicode.IsControl(r) && r != '\t' || unicode.Is(unicode.Bidi_Control, r) {
		return '?'
	}
	return r
}

// quote returns text of the program as a message shows it: on one line, without what a terminal
// would not show, and the beginning of what is long.
func quote(s string) string {
	s = strings.Map(printable, strings.Join(strings.Fields(s), " "))
	if r := []rune(s); len(r) > quotedLength {
		return string(r[:quotedLength]) + fmt.Sprintf("… (%d characters)", len(r))
	}
	return s
}

func quoteNode(n cc.Node) string { return quote(cc.NodeSource(n)) }

// plain returns text of the program as the value of an enum, which every language that a model is
// exported to can have: in ASCII, with neither quotes nor backslashes.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '"':
			return '\''
		case r == '\\':
			return '/'
		case r < ' ' || r > '~':
			return '?'
		}
		return r
	}, quote(s))
}

// unique returns s, with a number if that is needed to make it none of the others.
func unique(others []string, s string) string {
	name := s
	for k := 2; slices.Contains(others, name); k++ {
		name = fmt.Sprintf("%s (%d)", s, k)
	}
	return name
}
