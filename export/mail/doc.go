package mail

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"mcheck/internal/safe"
	"mcheck/spec"
)

// doc collects the lines of a text.
type doc struct{ b strings.Builder }

func (d *doc) String() string { return safe.Text(d.b.String()) }

// line writes one line without the spaces at its end.
func (d *doc) line(s string) { d.b.WriteString(strings.TrimRight(s, " ") + "\n") }

func (d *doc) blank() { d.b.WriteByte('\n') }

// para writes s, wrapped, indented by indent, its later lines two further.
func (d *doc) para(indent int, s string) {
	for i, l := range wrap(s, Width-indent-2) {
		if i > 0 {
			l = "  " + l
		}
		d.line(strings.Repeat(" ", indent) + l)
	}
}

// wrap cuts s into lines of at most width characters: at spaces, or where no space is, behind a
// character that is not part of a name. A name longer than a line is cut, as nothing else is left.
func wrap(s string, width int) []string {
	rs := []rune(strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " "))
	var lines []string
	for len(rs) > width {
		cut := width
		for cut > 0 && rs[cut] != ' ' {
			cut--
		}
		if cut < width/3 {
			for cut = width; cut > 0 && (named(rs[cut-1]) || !named(rs[cut])); cut-- {
			}
		}
		if cut == 0 {
			cut = width
		}
		lines = append(lines, strings.TrimRight(string(rs[:cut]), " "))
		rs = []rune(strings.TrimLeft(string(rs[cut:]), " "))
	}
	return append(lines, string(rs))
}

// wrapOrOne cuts s as wrap does if it is longer than width, with room for the second line to hang.
func wrapOrOne(s string, width int) []string {
	if utf8.RuneCountInString(s) <= width {
		return []string{s}
	}
	return wrap(s, width-hang)
}

// named reports whether r can be part of a name.
func named(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }

const (
	gap      = 2
	leftmost = 26 // what a column has before the next one begins, at most
	textRoom = 36 // what the last column has, at least
	hang     = 4
)

// write writes the race: the chosen rows, a column for each actor.
func (t *telling) write(d *doc) {
	digits := max(2, len(strconv.Itoa(len(t.s.Steps))))
	gutter := digits + 2
	var start []int
	var titles []string
	column := make([]int, len(t.s.Actors))
	for i, a := range t.s.Actors {
		column[i] = -1
		if a.Kind == spec.ActorMachine {
			continue
		}
		shown := false
		for _, r := range t.rows {
			shown = shown || r.shown && t.s.Steps[r.step].Actor == i
		}
		if shown {
			column[i] = len(titles)
			titles = append(titles, a.Title())
		}
	}
	step := 0
	if n := len(titles); n > 1 {
		step = min(leftmost, (Width-gutter-textRoom)/(n-1))
	}
	for i := range titles {
		start = append(start, gutter+i*step)
	}
	d.blank()
	heads(d, titles, start)
	roots := make([]int, len(t.s.Actors))
	last := ""
	for _, r := range t.rows {
		if !r.shown {
			continue
		}
		st := t.s.Steps[r.step]
		number := fmt.Sprintf("%*d", digits, st.Number)
		at := gutter
		who := ""
		if c := column[st.Actor]; c >= 0 {
			at = start[c]
		} else {
			who = t.s.Actors[st.Actor].Name + ": "
		}
		text := r.line.Text
		indent := 0
		switch {
		case r.line.Command:
			text = r.line.Shell()
			if strings.HasPrefix(text, "#") {
				continue
			}
		case r.fn != "":
			if roots[st.Actor] != r.root && who == "" {
				if number == last {
					number = ""
				} else {
					last = number
				}
				d.line(pad(number, at) + r.fn + "()")
				number = ""
				if text == "" {
					roots[st.Actor] = r.root
					continue
				}
			}
			roots[st.Actor] = r.root
			indent = 2
		}
		for p := r.parent; p >= 0; p = t.rows[p].parent {
			indent += 2
		}
		if text == "" {
			text = r.line.Func + "()"
		}
		text = who + strings.TrimPrefix(text, "... ")
		at += min(indent, Width-at-24)
		if number == last {
			number = ""
		} else if number != "" {
			last = number
		}
		note := ""
		if len(r.notes) > 0 {
			note = "/* " + strings.Join(r.notes, ", ") + " */"
		}
		if note != "" && utf8.RuneCountInString(text+note)+1 <= Width-at {
			text, note = text+" "+note, ""
		}
		for i, l := range append(wrapOrOne(text, Width-at), wrap(note, Width-at-hang)...) {
			if i > 0 {
				l = strings.Repeat(" ", hang) + l
			}
			if l == "" || strings.TrimSpace(l) == "" {
				continue
			}
			d.line(pad(number, at) + l)
			number = ""
		}
	}
}

// heads writes the titles of the columns: side by side, or a line each where they are long.
func heads(d *doc, titles []string, start []int) {
	var names, rule string
	for i, t := range titles {
		if i+1 < len(titles) && utf8.RuneCountInString(t)+gap > start[i+1]-start[i] {
			for i, t := range titles {
				d.line(strings.Repeat(" ", start[i]) + wrap(t, Width-start[i])[0])
			}
			d.blank()
			return
		}
		names = pad(names, start[i]) + t
		rule = pad(rule, start[i]) + strings.Repeat("-", utf8.RuneCountInString(t))
	}
	if len(titles) > 0 {
		d.line(names)
		d.line(rule)
	}
}

// pad returns s with spaces up to width characters.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s)))
}
