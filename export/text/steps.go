package text

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"mcheck/export/internal/story"
	"mcheck/spec"
)

// item is something an actor's column shows: a function, a statement in it, a value that changed.
type item struct {
	indent int
	text   string
}

const (
	indentStmt  = 2
	indentValue = 6
	maxNesting  = 12 // deeper calls are not indented further
)

// steps writes the steps of tr, an actor a column.
func (d *doc) steps(m *spec.Model, tr spec.Trace, s *story.Story, opt Options) {
	if opt.Values {
		d.initial(m, tr[0].State)
	}
	if len(s.Steps) == 0 {
		return
	}
	items := stepItems(m, tr, s, opt)
	digits := max(2, len(strconv.Itoa(len(s.Steps))))
	l := newLayout(digits+2, s, items)
	d.blank()
	l.header(d)
	for i, st := range s.Steps {
		number := fmt.Sprintf("%*d", digits, st.Number)
		for _, it := range items[i] {
			if col := l.column[st.Actor]; col >= 0 {
				l.cell(d, number, col, it)
			} else {
				l.across(d, number, it)
			}
			number = ""
		}
	}
}

// initial writes the variables that are not false, zero, NULL or empty in the first state.
func (d *doc) initial(m *spec.Model, state spec.State) {
	d.blank()
	d.para(0, "Initially (false, zero, NULL and empty values left out):")
	for i, v := range m.Vars {
		if c := story.Diff(&spec.Model{Vars: []*spec.Var{v}}, spec.State{zero(v.Type)}, spec.State{state[i]}); len(c) > 0 {
			d.para(2, v.Name+" = "+spec.FormatValue(v.Type, state[i]))
		}
	}
}

// zero returns the value of t that says least.
func zero(t spec.Type) spec.Value {
	switch t := t.(type) {
	case *spec.BoolType, *spec.SetType, *spec.SeqType:
		return spec.Value{}
	case *spec.RangeType:
		return spec.Value{N: min(max(0, t.Lo), t.Hi)}
	case *spec.EnumType:
		return spec.Value{N: -1} // no value of an enum is less than another
	case *spec.OptionType:
		return spec.Value{N: -1}
	case *spec.ArrayType:
		v := spec.Value{Elems: make([]spec.Value, len(story.Indices(t)))}
		for i := range v.Elems {
			v.Elems[i] = zero(t.Elem)
		}
		return v
	case *spec.RecordType:
		v := spec.Value{Elems: make([]spec.Value, len(t.Fields))}
		for i, f := range t.Fields {
			v.Elems[i] = zero(f.Type)
		}
		return v
	}
	panic(fmt.Sprintf("text: unhandled type %T", t))
}

// stepItems returns what each step shows.
func stepItems(m *spec.Model, tr spec.Trace, s *story.Story, opt Options) [][]item {
	out := make([][]item, len(s.Steps))
	for i, st := range s.Steps {
		machine := s.Actors[st.Actor].Kind == spec.ActorMachine
		first := true
		for _, ln := range st.Lines {
			indent := indentStmt + min(2*ln.Depth, maxNesting)
			switch {
			case ln.Return:
				continue // the call itself has been shown
			case machine && first:
				first = false
				out[i] = append(out[i], item{0, machineText(s.Actors[st.Actor].Name, ln)})
				continue
			case machine:
				indent = indentStmt
			case ln.Command:
				out[i] = append(out[i], item{0, ln.Shell()})
				continue
			case ln.Text == "":
				out[i] = append(out[i], item{max(0, indent-indentStmt), ln.Func + "()"})
				continue
			case ln.Enter:
				out[i] = append(out[i], item{0, ln.Func + "()"})
			}
			out[i] = append(out[i], item{indent, ln.Text})
		}
		if opt.Values {
			for _, c := range story.Diff(m, tr[st.Number-1].State, tr[st.Number].State) {
				out[i] = append(out[i], item{indentValue, c.Place + ": " + c.Old + " -> " + c.New})
			}
		}
	}
	return out
}

// machineText names the actor of a machine step before its first statement.
func machineText(actor string, ln story.Line) string {
	if ln.Text == actor || strings.HasPrefix(ln.Text, actor+" [") {
		return ln.Text
	}
	return actor + ": " + ln.Text
}

// layout says where the columns are.
type layout struct {
	gutter int
	column []int // of each actor; -1 for the machine's steps, which go across
	titles []string
	start  []int // of each column
}

const (
	gap        = 2  // between columns
	sideBySide = 3  // so many columns; more of them make a staircase
	stair      = 8  // how far in each step of the staircase is, at most
	stairText  = 40 // what the last one keeps for its text, at least
)

func newLayout(gutter int, s *story.Story, items [][]item) *layout {
	l := &layout{gutter: gutter, column: make([]int, len(s.Actors))}
	var need []int
	for i, a := range s.Actors {
		l.column[i] = -1
		if a.Kind != spec.ActorMachine {
			l.column[i] = len(l.titles)
			l.titles = append(l.titles, a.Title())
			need = append(need, utf8.RuneCountInString(a.Title()))
		}
	}
	for i, st := range s.Steps {
		if c := l.column[st.Actor]; c >= 0 {
			for _, it := range items[i] {
				need[c] = max(need[c], it.indent+utf8.RuneCountInString(it.text))
			}
		}
	}
	n := len(need)
	l.start = make([]int, n)
	if n > sideBySide {
		step := max(1, min(stair, (Width-gutter-stairText)/(n-1)))
		for i := range l.start {
			l.start[i] = gutter + min(i*step, Width-gutter-stairText)
		}
		return l
	}
	at := gutter
	for i, w := range share(need, Width-gutter-gap*max(n-1, 0)) {
		l.start[i] = at
		at += w + gap
	}
	return l
}

// minLeft is what a column has beside others to its right, at least, if it needs it.
var minLeft = [sideBySide + 1]int{2: 28, 3: 20}

// share divides total among columns that need so much. The last column gets what it needs first:
// the text of the others can run on into the columns to their right.
func share(need []int, total int) []int {
	n := len(need)
	got := make([]int, n)
	if n == 0 {
		return got
	}
	left := 0 // the least that the columns before the last one take
	for _, w := range need[:n-1] {
		left += min(w, minLeft[n])
	}
	got[n-1] = min(need[n-1], total-left)
	total -= got[n-1] + left
	for i, w := range need[:n-1] {
		got[i] = min(w, minLeft[n])
		more := min(w-got[i], total/(n-1-i))
		got[i] += more
		total -= more
	}
	return got
}

func (l *layout) header(d *doc) {
	if len(l.titles) > sideBySide {
		for i, t := range l.titles {
			d.line(strings.Repeat(" ", l.start[i]) + cutTo(t, Width-l.start[i]))
		}
		d.blank()
		return
	}
	if len(l.titles) == 0 {
		return
	}
	var names, rule string
	for i, t := range l.titles {
		end := Width
		if i+1 < len(l.start) {
			end = l.start[i+1] - 1
		}
		t = cutTo(t, end-l.start[i])
		names = pad(names, l.start[i]) + t
		rule = pad(rule, l.start[i]) + strings.Repeat("-", utf8.RuneCountInString(t))
	}
	d.line(names)
	d.line(rule)
}

// cutTo shortens s to width characters.
func cutTo(s string, width int) string {
	if rs := []rune(s); len(rs) > width {
		return string(rs[:width-1]) + "~"
	}
	return s
}

// cell writes an item into its column. Only one actor moves at a time, so the columns to the right
// are empty on its lines: a long text runs on into them, and is wrapped where the line ends.
func (l *layout) cell(d *doc, number string, col int, it item) {
	at := l.start[col] + it.indent
	for i, t := range wrap(it.text, Width-at, hang) {
		if i > 0 {
			t = strings.Repeat(" ", hang) + t
		}
		d.line(pad(number, at) + t)
		number = ""
	}
}

// across writes an item of a machine step as a rule from the left edge to the right one.
func (l *layout) across(d *doc, number string, it item) {
	at := l.gutter + 3 + it.indent
	for i, t := range wrap(it.text, Width-at-1, hang) {
		if i > 0 {
			t = strings.Repeat(" ", hang) + t
		}
		s := pad(pad(number, l.gutter)+"--", at) + t + " "
		d.line(s + strings.Repeat("-", Width-utf8.RuneCountInString(s)))
		number = ""
	}
}
