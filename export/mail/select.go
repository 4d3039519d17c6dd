package mail

import (
	"cmp"
	"slices"
	"strings"

	"mcheck/export/internal/story"
	"mcheck/spec"
)

// row is a statement of the trace that may be shown.
type row struct {
	step   int // position in Story.Steps
	line   story.Line
	parent int // the row of the call that the statement is inside of; -1: none
	root   int // counts the functions that the actor entered from nowhere
	fn     string
	weight int
	shown  bool
	// notes are the values that the statement, and what is folded into it, read and write.
	notes []string
}

// What a step is worth in the mail form. A race is a place that one actor reads or writes and
// another one writes: those steps, and those around context switches, tell it. All else only leads
// there.
const (
	worthDeciding = 800 // it last wrote what the property reads, or what such a step read
	// it reads what another actor changes before the reader goes on, or changes it
	worthStale   = 600
	worthSwitch  = 400 // the step before or after a context switch
	worthRace    = 300 // it accesses what another actor writes
	worthEffect  = 200 // it wrote what a place holds in the end, and did not hold in the beginning
	worthBeside  = 100 // it is private to the actor, and stands in a step that decides
	worthCommand = 5000
	worthEnd     = 4000
)

// telling is what the trace says, before it is written.
type telling struct {
	m      *spec.Model
	p      *spec.Property
	tr     spec.Trace
	s      *story.Story
	rows   []row
	reads  [][]story.Access // of each step
	writes [][]story.Change // of each step, shared places only
	worth  []int            // of each step
	// of each actor, the step of its first command; what is before that is the script's business
	begins []int
	// the places whose value in the end is another one than in the beginning
	final map[string]string
	stale *stale
	// from and to are the steps between which an actor stands still while the others do most of
	// what matters; -1: there is no such stretch, and to is the number of steps if the actor does
	// not move again.
	from, to int
}

// stale is a read of a place which another actor writes later, before the reader has gone on to the
// end: the read value has not stayed true.
type stale struct {
	read, write int // positions in Story.Steps
	place       string
	was, is     string
}

func tell(m *spec.Model, p *spec.Property, tr spec.Trace) *telling {
	t := &telling{m: m, p: p, tr: tr, s: story.Tell(m, tr), from: -1}
	t.access()
	t.begin()
	t.weigh()
	t.list()
	return t
}

// access finds what the steps read and write.
func (t *telling) access() {
	for _, st := range t.s.Steps {
		t.reads = append(t.reads, story.Reads(t.m, t.tr, st.Number))
		t.writes = append(t.writes, story.SharedDiff(t.m, t.tr[st.Number-1].State, t.tr[st.Number].State))
	}
}

// begin finds where the actors begin.
func (t *telling) begin() {
	t.begins = make([]int, len(t.s.Actors))
	for i := range t.begins {
		t.begins[i] = -2 // no command: all that it does counts, from its first step on
	}
	for i := len(t.s.Steps) - 1; i >= 0; i-- {
		st := t.s.Steps[i]
		if slices.ContainsFunc(st.Lines, func(l story.Line) bool { return l.Command && !strings.HasPrefix(l.Text, "#") }) {
			t.begins[st.Actor] = i
		}
	}
}

// glue reports whether step i only starts its task.
func (t *telling) glue(i int) bool { return i < t.begins[t.s.Steps[i].Actor] }

// says reports whether the statement that step i begins with names the field or variable of a
// place.
func (t *telling) says(i int, place string) bool {
	name := t.name(place)
	if _, field, ok := strings.Cut(name, "->"); ok {
		name = field
	}
	name, _, _ = strings.Cut(name, "[")
	l := t.keyLine(i)
	text := l.Text
	if l.Func == "" {
		return true // no C, but an action with its name
	}
	if strings.Contains(text, "&"+name) {
		return false // a lock or the like, which its primitive stands for
	}
	return slices.Contains(strings.FieldsFunc(text, func(r rune) bool { return !named(r) }), name)
}

// weigh finds what the steps are worth.
func (t *telling) weigh() {
	n := len(t.s.Steps)
	t.worth = make([]int, n)
	if n == 0 {
		return
	}
	raise := func(i, w int) { t.worth[i] = max(t.worth[i], w) }
	last := -1
	for i, st := range t.s.Steps {
		if st.Switch && i > t.begins[st.Actor]+1 && !t.glue(i) {
			raise(i, worthSwitch)
			raise(last, worthSwitch)
		}
		if t.s.Actors[st.Actor].Kind != spec.ActorMachine {
			last = i
		}
	}
	raise(n-1, worthEnd)
	// Places whose value in the end is another than in the beginning. What was changed and changed
	// back (a lock, a counter) is bookkeeping.
	final := map[string]string{}
	t.final = final
	for _, c := range story.SharedDiff(t.m, t.tr[0].State, t.tr[n].State) {
		final[c.Place] = c.New
	}
	lastWriter := map[string]int{}
	for i := range t.s.Steps {
		for _, c := range t.writes[i] {
			lastWriter[c.Place] = i
		}
	}
	for place, i := range lastWriter {
		if t.lasts(place) && !t.glue(i) {
			raise(i, worthEffect)
		}
	}
	reads := t.races(raise)
	t.deciding(raise)
	t.from, t.to = t.gap()
	if t.from >= 0 {
		raise(t.from, worthStale)
		if t.to < n {
			raise(t.to, worthStale)
		}
		for _, r := range reads {
			// The last read before the reader stands still, of those that others make untrue
			// meanwhile.
			if t.s.Steps[r.read].Actor == t.s.Steps[t.from].Actor && r.read <= t.from && t.from < r.write && r.write < t.to && (t.stale == nil || r.read >= t.stale.read) {
				t.stale = &r
			}
		}
	}
	if t.stale != nil {
		raise(t.stale.read, worthStale)
		raise(t.stale.write, worthStale)
	}
}

// races raises the steps that access what another actor writes, and returns the stale reads.
func (t *telling) races(raise func(int, int)) []stale {
	var candidates []stale
	for j, st := range t.s.Steps {
		for _, c := range t.writes[j] {
			for i := 0; i < j; i++ {
				reader := t.s.Steps[i]
				if reader.Actor == st.Actor || t.glue(i) {
					continue
				}
				for _, a := range t.reads[i] {
					if a.Place != c.Place || a.Value != c.Old || !t.says(i, c.Place) || t.restored(c, j) {
						continue
					}
					raise(i, worthRace)
					raise(j, worthRace)
					if t.lasts(c.Place) && t.moves(reader.Actor, j) {
						candidates = append(candidates, stale{i, j, c.Place, c.Old, c.New})
					}
				}
			}
			for i := j + 1; i < len(t.s.Steps); i++ {
				if t.s.Steps[i].Actor == st.Actor || t.glue(i) {
					continue
				}
				for _, a := range t.reads[i] {
					if a.Place == c.Place && a.Value == c.New && t.says(i, c.Place) {
						raise(i, worthRace)
						raise(j, worthRace)
					}
				}
			}
		}
	}
	return candidates
}

// moves reports whether an actor goes on after step j.
func (t *telling) moves(actor, j int) bool {
	return slices.ContainsFunc(t.s.Steps[j+1:], func(s story.Step) bool { return s.Actor == actor })
}

// restored reports whether the place of c, written by step j, gets its old value back before
// another actor moves: nobody else sees that.
func (t *telling) restored(c story.Change, j int) bool {
	for k := j + 1; k < len(t.s.Steps); k++ {
		if t.s.Steps[k].Actor != t.s.Steps[j].Actor {
			return false
		}
		for _, d := range t.writes[k] {
			if d.Place == c.Place && d.New == c.Old {
				return true
			}
		}
	}
	return false
}

// deciding raises the steps that wrote last what the property reads, and what those read in turn.
func (t *telling) deciding(raise func(int, int)) {
	n := len(t.s.Steps)
	for _, a := range t.reads[n-1] {
		if i := t.wrote(a.Place, n-1); i >= 0 && t.lasts(a.Place) {
			raise(i, worthDeciding)
		}
	}
	for _, a := range story.About(t.m, t.p, t.tr[n].State) {
		i := t.wrote(a.Place, n)
		if i < 0 {
			continue
		}
		raise(i, worthDeciding)
		for _, b := range t.reads[i] {
			if j := t.wrote(b.Place, i); j >= 0 && t.lasts(b.Place) {
				raise(j, worthDeciding-100)
			}
		}
	}
}

// lasts reports whether a place holds something else in the end than in the beginning.
func (t *telling) lasts(place string) bool {
	_, ok := t.final[place]
	return ok
}

// wrote returns the last step before position end that changed the place, whether shared or not; -1
// if none did.
func (t *telling) wrote(place string, end int) int {
	for i := end - 1; i >= 0; i-- {
		st := t.s.Steps[i]
		for _, c := range story.Diff(t.m, t.tr[st.Number-1].State, t.tr[st.Number].State) {
			if c.Place == place {
				return i
			}
		}
	}
	return -1
}

// list makes the rows.
func (t *telling) list() {
	stacks := make([][]int, len(t.s.Actors)) // the rows of the calls that each actor is inside of
	roots := make([]int, len(t.s.Actors))
	fns := make([]string, len(t.s.Actors))
	for i, st := range t.s.Steps {
		for _, l := range st.Lines {
			if l.Return && !l.Key {
				continue
			}
			if l.Text == "" && l.Func == "" {
				continue
			}
			r := row{step: i, line: l, parent: -1}
			if l.Enter || l.Command {
				roots[st.Actor]++
				fns[st.Actor] = ""
				if l.Enter {
					fns[st.Actor] = l.Func
				}
				stacks[st.Actor] = nil
			}
			r.root, r.fn = roots[st.Actor], fns[st.Actor]
			stack := stacks[st.Actor]
			stack = stack[:min(l.Depth, len(stack))]
			if len(stack) > 0 {
				r.parent = stack[len(stack)-1]
			}
			switch {
			case l.Command:
				r.weight = worthCommand
			case l.Key:
				r.weight = t.worth[i]
			case t.worth[i] >= worthDeciding-100 && t.worth[i] < worthEnd:
				r.weight = worthBeside // beside what decides, if there is room
			default:
				r.weight = 1
			}
			t.rows = append(t.rows, r)
			if !l.Command {
				stacks[st.Actor] = append(slices.Clone(stack), len(t.rows)-1)
			}
		}
	}
}

// choose marks rows to be shown, in the order of their weights, while they fit into a number of
// lines. A statement comes with the calls that it is inside of.
func (t *telling) choose(lines int) {
	order := make([]int, len(t.rows))
	for i := range order {
		order[i] = i
	}
	// Of those that are worth as much the later ones are nearer to what goes wrong.
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(t.rows[b].weight-t.rows[a].weight, b-a)
	})
	type entered struct{ actor, root int }
	heads := map[entered]bool{}
	used := 0
	for _, i := range order {
		if t.rows[i].weight < worthBeside && len(t.rows) > lines-len(t.s.Actors) { // a short trace is shown whole
			break
		}
		if t.rows[i].line.Return {
			continue
		}
		var add []int
		for j := i; j >= 0 && !t.rows[j].shown; j = t.rows[j].parent {
			add = append(add, j)
		}
		r := &t.rows[i]
		head := entered{t.s.Steps[r.step].Actor, r.root}
		cost := len(add)
		if r.fn != "" && !heads[head] {
			cost++
		}
		if used+cost > lines && r.weight < worthEnd {
			continue
		}
		used += cost
		heads[head] = true
		for _, j := range add {
			t.rows[j].shown = true
		}
	}
	t.annotate()
}

// annotate gives the rows their values. Those of a step that is not shown go to the innermost call
// that is.
func (t *telling) annotate() {
	for i := range t.rows {
		r := &t.rows[i]
		if !r.line.Key || t.worth[r.step] < worthEffect {
			continue
		}
		to := i
		for to >= 0 && !t.rows[to].shown {
			to = t.rows[to].parent
		}
		if to < 0 {
			continue
		}
		for _, n := range t.values(r) {
			if !slices.Contains(t.rows[to].notes, n) && len(t.rows[to].notes) < maxNotes {
				t.rows[to].notes = append(t.rows[to].notes, n)
			}
		}
	}
}

// maxNotes is how many values stand behind a statement.
const maxNotes = 2

// values returns what the step of r found or changed, in words.
func (t *telling) values(r *row) []string {
	var out []string
	text := strings.TrimSuffix(r.line.Text, ";")
	for _, c := range t.writes[r.step] {
		if t.says(r.step, c.Place) && !strings.HasSuffix(text, " = "+c.New) {
			out = append(out, t.name(c.Place)+" = "+c.New)
		}
	}
	if len(t.writes[r.step]) > 0 && len(out) > 0 {
		return out
	}
	for _, a := range t.reads[r.step] {
		if t.says(r.step, a.Place) && t.wroteBy(r.step, a.Place) == "" {
			out = append(out, t.name(a.Place)+" is "+a.Value)
		}
	}
	return out
}

// wroteBy returns the value that step i gives to a place; "" if it does not change it.
func (t *telling) wroteBy(i int, place string) string {
	for _, c := range t.writes[i] {
		if c.Place == place {
			return c.New
		}
	}
	return ""
}

// name returns a place as C would name it: a field of a structure behind its object.
func (t *telling) name(place string) string {
	v, rest, ok := strings.Cut(place, "[")
	if !ok {
		return place
	}
	object, rest, ok := strings.Cut(rest, "]")
	if !ok {
		return place
	}
	for _, w := range t.m.Vars {
		if w.Name == v {
			typ, ok := strings.CutPrefix(w.Group, "struct ")
			if !ok {
				return place
			}
			return object + "->" + strings.TrimPrefix(v, typ+"_") + rest
		}
	}
	return place
}
