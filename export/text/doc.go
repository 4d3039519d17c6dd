package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"mcheck/internal/safe"
)

// hang is how much further in the second and later lines of a wrapped text begin.
const hang = 4

// doc collects the lines of a text.
type doc struct{ b strings.Builder }

func (d *doc) String() string { return safe.Text(d.b.String()) }

// line writes one line without the spaces at its end.
func (d *doc) line(s string) {
	d.b.WriteString(strings.TrimRight(s, " "))
	d.b.WriteByte('\n')
}

func (d *doc) blank() { d.b.WriteByte('\n') }

// para writes s, wrapped, indented by indent.
func (d *doc) para(indent int, s string) {
	for i, l := range wrap(s, Width-indent, 2) {
		if i > 0 {
			l = "  " + l
		}
		d.line(strings.Repeat(" ", indent) + l)
	}
}

// wrap cuts s at spaces into lines of at most width characters, the second and later ones shorter
// by in; a word that is longer than a line is cut before its last -> or where the line ends, and so
// is one that would leave more than half of a line empty. Control characters become spaces.
func wrap(s string, width, in int) []string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
	var lines []string
	for w := width; ; w = width - in {
		s = strings.Trim(s, " ")
		if utf8.RuneCountInString(s) <= w {
			return append(lines, s)
		}
		rs := []rune(s)
		cut := w
		for cut > w/2 && rs[cut] != ' ' {
			cut--
		}
		if rs[cut] != ' ' {
			if cut = strings.LastIndex(string(rs[:w]), "->"); cut < 0 {
				cut = w
			} else if cut = utf8.RuneCountInString(string(rs[:w])[:cut]); cut <= w/2 {
				cut = w
			}
		}
		lines = append(lines, strings.TrimRight(string(rs[:cut]), " "))
		s = string(rs[cut:])
	}
}

// pad returns s with spaces up to width characters.
func pad(s string, width int) string {
	if n := width - utf8.RuneCountInString(s); n > 0 {
		return s + strings.Repeat(" ", n)
	}
	return s
}
