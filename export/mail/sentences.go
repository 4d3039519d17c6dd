package mail

import (
	"fmt"
	"slices"
	"strings"

	"mcheck/export/internal/story"
	"mcheck/spec"
)

// sentences tells the trace in a few sentences: who runs what, who stands where while another one
// moves, what was read too early or too late, and what comes of it.
func (t *telling) sentences() []string {
	var out []string
	if s := t.cast(); s != "" {
		out = append(out, s)
	}
	switch {
	case len(t.s.Steps) == 0:
	case t.s.Switches == 0:
		out = append(out, "No race is needed: nobody else moves."+t.undone())
	default:
		if s := t.meanwhile(); s != "" {
			out = append(out, s)
		}
		if r := t.stale; r != nil {
			out = append(out, fmt.Sprintf("In step %d %s still finds %s; in step %d %s makes it %s.", t.s.Steps[r.read].Number, t.actor(r.read),
				t.name(r.place)+" is "+r.was, t.s.Steps[r.write].Number, t.actor(r.write), r.is))
		}
	}
	if s := t.consequence(); s != "" {
		out = append(out, s)
	}
	return out
}

func (t *telling) actor(step int) string { return t.s.Actors[t.s.Steps[step].Actor].Name }

// cast says which commands the actors run.
func (t *telling) cast() string {
	var parts []string
	for i, a := range t.s.Actors {
		var commands []string
		for _, st := range t.s.Steps {
			if st.Actor != i {
				continue
			}
			for _, l := range st.Lines {
				c := "'" + strings.TrimRight(l.Text, "; ") + "'"
				if l.Command && !l.Return && !strings.HasPrefix(l.Text, "#") && !slices.Contains(commands, c) {
					commands = append(commands, c)
				}
			}
		}
		if len(commands) > 0 {
			parts = append(parts, a.Name+" runs "+strings.Join(commands, ", then "))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, "; ") + "."
}

// gap returns the steps between which an actor stands still while others do most of the steps that
// matter.
func (t *telling) gap() (from, to int) {
	n := len(t.s.Steps)
	best := 0
	from, to = -1, -1
	try := func(j, i int) {
		matter := 0
		for k := j + 1; k < i; k++ {
			if t.worth[k] >= worthEffect && !t.glue(k) {
				matter++
			}
		}
		if i == n {
			matter++
		}
		if matter > best {
			best, from, to = matter, j, i
		}
	}
	last := make([]int, len(t.s.Actors))
	for i := range last {
		last[i] = -1
	}
	for i, st := range t.s.Steps {
		if t.s.Actors[st.Actor].Kind == spec.ActorMachine {
			continue
		}
		if j := last[st.Actor]; j >= 0 && j > t.begins[st.Actor] && i-j > 1 && t.keyText(j) != "" && t.keyText(i) != "" {
			try(j, i)
		}
		last[st.Actor] = i
	}
	stand := t.stand()
	for a, j := range last {
		if s, ok := stand[t.s.Actors[a].Name]; ok && j >= 0 && j > t.begins[a] && j < n-1 && s.Text != "" && t.keyText(j) != "" {
			try(j, n)
		}
	}
	return from, to
}

// stand returns where the actors stand in the end, by their names.
func (t *telling) stand() map[string]story.Standing {
	out := map[string]story.Standing{}
	for _, s := range story.Stand(t.m, t.tr[len(t.tr)-1].State) {
		out[s.Actor.Name] = s
	}
	return out
}

// meanwhile tells the stretch of gap.
func (t *telling) meanwhile() string {
	n, from, to := len(t.s.Steps), t.from, t.to
	if from < 0 {
		return ""
	}
	fn := t.keyLine(from).Func
	if fn == "" {
		return ""
	}
	next, text := "", ""
	if to < n {
		next, text = t.keyLine(to).Func, fmt.Sprintf("'%s' (step %d)", t.keyText(to), t.s.Steps[to].Number)
	} else {
		s := t.stand()[t.actor(from)]
		next, text = s.Func, "'"+strings.TrimSuffix(s.Text, ";")+"'"
	}
	in := ""
	if next != fn && next != "" {
		in = " in " + next + "()"
	}
	var others []string
	for i := from + 1; i < to; i++ {
		if a := t.actor(i); a != t.actor(from) && !slices.Contains(others, a) {
			others = append(others, a)
		}
	}
	verb := "does"
	if len(others) > 1 {
		verb = "do"
	}
	return fmt.Sprintf("%s stands in %s() after '%s' (step %d) and before %s%s while %s %s steps %d to %d.", t.actor(from), fn, t.keyText(from), t.s.Steps[from].Number,
		text, in, strings.Join(others, " and "), verb, t.s.Steps[from+1].Number, t.s.Steps[to-1].Number)
}

// undone says who has still something to do in the end.
func (t *telling) undone() string {
	var names []string
	last := t.actor(len(t.s.Steps) - 1)
	for _, s := range story.Stand(t.m, t.tr[len(t.tr)-1].State) {
		if s.Enabled && s.Actor.Name != last && s.Actor.Kind != spec.ActorTask {
			names = append(names, s.Actor.Name)
		}
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		return " " + names[0] + " could run, and has not."
	}
	return " " + strings.Join(names, " and ") + " could run, and have not."
}

func (t *telling) keyLine(step int) story.Line {
	for _, l := range t.s.Steps[step].Lines {
		if l.Key {
			return l
		}
	}
	return story.Line{}
}

func (t *telling) keyText(step int) string {
	l := t.keyLine(step)
	if l.Command {
		return ""
	}
	return strings.TrimSuffix(strings.TrimPrefix(l.Text, "... "), ";")
}

// consequence says how it ends.
func (t *telling) consequence() string {
	if len(t.s.Steps) == 0 || t.p.Words == "" {
		return ""
	}
	n := len(t.s.Steps) - 1
	where := t.actor(n)
	if fn := t.keyLine(n).Func; fn != "" && t.keyText(n) != "" {
		where += fmt.Sprintf(" at '%s' in %s()", t.keyText(n), fn)
	}
	if t.p.Kind == spec.Cover {
		return fmt.Sprintf("With step %d, %s, it comes about: %s.", t.s.Steps[n].Number, where, t.p.Words)
	}
	return fmt.Sprintf("With step %d, %s, this is broken: %s.", t.s.Steps[n].Number, where, t.p.Words)
}
