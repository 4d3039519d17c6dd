// Package story reads a trace as people tell it: who acts, which statements each step stands for,
// where the context switches are.
//
// The views of a counterexample share it. It may import spec, and spec/eval to find out which
// statements a step executed.
package story

import (
	"slices"
	"strconv"
	"strings"

	"mcheck/spec"
	"mcheck/spec/eval"
)

// Actor is one who takes steps.
type Actor struct {
	Name string
	Kind spec.ActorKind
}

// Title returns the name, with the kind behind it where the actor is no task.
func (a Actor) Title() string {
	if a.Kind == spec.ActorTask {
		return a.Name
	}
	return a.Name + " (" + a.Kind.String() + ")"
}

// Step is one step of the trace after its initial state.
type Step struct {
	Number int // from 1; the state it leads to is Trace[Number]
	Actor  int // position in Story.Actors
	// Switch says that another actor than the one of the last step that was not the machine's goes
	// on here.
	Switch bool
	Lines  []Line
}

// Line is a statement, the first one with the choices that the step made.
type Line struct {
	Pos  spec.Pos
	Func string
	// Key says that the statement is the one that the step begins with: the access to shared data.
	// The others are private to the actor.
	Key bool
	// Text is empty for a step of ghost code alone: its function says what it is for.
	Text string
	// Command says that the statement is a command of the scenario's shell script, or a comment of
	// its that begins with #.
	Command bool
	// Depth is how many calls the statement is inside of, of those that the trace shows; Enter says
	// that nothing shown before leads into its function, which is therefore to be named.
	Depth int
	Enter bool
	// Return says that the statement is the rest of a call that was shown when it was made; a step
	// has others beside it.
	Return bool
	// again says that the statement is the head of a loop that was shown when its function came to
	// it first.
	again bool
}

// Shell returns the text of a command as it would stand in a terminal.
func (l Line) Shell() string {
	if strings.HasPrefix(l.Text, "#") {
		return l.Text
	}
	return "$ " + l.Text
}

// Story is a trace, told.
type Story struct {
	Actors   []Actor // in the order in which they first act, those of the machine too
	Steps    []Step
	Switches int
}

// Subject names a run at the head of a text: "SCENARIO under DESIGN: ", as far as there is one.
func Subject(scenario, design string) string {
	switch {
	case scenario != "" && design != "":
		return scenario + " under " + design + ": "
	case scenario+design != "":
		return scenario + design + ": "
	}
	return ""
}

// Length says how long a shortest trace about p is.
func (s *Story) Length(p *spec.Property) string {
	what := "Shortest counterexample: "
	if p.Kind == spec.Cover {
		what = "Shortest way there: "
	}
	return what + s.Counts()
}

// Counts says how many steps and context switches there are.
func (s *Story) Counts() string {
	return counted(len(s.Steps), "step", "steps") + ", " +
		counted(s.Switches, "context switch", "context switches") + "."
}

func counted(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + more
}

// Tell reads a trace of m.
func Tell(m *spec.Model, tr spec.Trace) *Story {
	s := &Story{}
	env := eval.NewEnv(m)
	var source [][]spec.SourceLine // of each step
	last := -1                     // the actor of the last step that was not the machine's
	for n, st := range tr {
		if st.Action == nil {
			continue
		}
		a := s.actor(Actor{st.Actor(), st.Action.Kind})
		step := Step{Number: n, Actor: a}
		if st.Action.Kind != spec.ActorMachine {
			if last >= 0 && last != a {
				step.Switch = true
				s.Switches++
			}
			last = a
		}
		s.Steps = append(s.Steps, step)
		source = append(source, executed(env, tr, n))
	}
	first := make([]spec.SourceLine, len(source))
	for i, ls := range source {
		if len(ls) > 0 {
			first[i] = ls[0]
		}
	}
	s.moveCalls(source, functions(m))
	stacks := make([]stack, len(s.Actors))
	for i := range s.Steps {
		st := &s.Steps[i]
		st.Lines = lines(tr[st.Number], source[i], &stacks[st.Actor])
		key := slices.IndexFunc(st.Lines, func(l Line) bool { return l.Pos == first[i].Pos && l.Func == first[i].Func && !l.Command })
		if key < 0 {
			// The first one is ghost code, or within a block that its call stands for: the
			// innermost of those that are shown.
			key = 0
			for k, l := range st.Lines {
				if !l.Return && (st.Lines[key].Return || l.Depth >= st.Lines[key].Depth) {
					key = k
				}
			}
		}
		st.Lines[key].Key = true
	}
	return s
}

// functions returns the functions with steps.
func functions(m *spec.Model) map[string]bool {
	out := map[string]bool{}
	for _, a := range m.Actions {
		for _, l := range a.Source {
			out[l.Func] = true
		}
	}
	return out
}

// moveCalls moves what stands at the end of a step to the actor's next step where that is what it
// belongs to: a call whose function begins there, a command of the script, a statement that goes on
// there. All of it was private to the actor. What stands at the end of an actor's last step and
// only leads to what would come next is left out.
func (s *Story) moveCalls(source [][]spec.SourceLine, fns map[string]bool) {
	next := make([]int, len(s.Actors)) // the actor's next step
	for i := range next {
		next[i] = -1
	}
	for i := len(s.Steps) - 1; i >= 0; i-- {
		a := s.Steps[i].Actor
		j := next[a]
		for len(source[i]) > 1 {
			l := source[i][len(source[i])-1]
			if j < 0 && !l.Script && !callsOneOf(l, fns) || j >= 0 && !leads(l, source[j]) {
				break
			}
			source[i] = source[i][:len(source[i])-1]
			if j >= 0 && !same(l, source[j][0]) {
				source[j] = append([]spec.SourceLine{l}, source[j]...)
			}
		}
		next[a] = i
	}
}

// leads reports whether l, at the end of a step, belongs to the actor's next one.
func leads(l spec.SourceLine, next []spec.SourceLine) bool {
	if len(next) == 0 {
		return false
	}
	first := next[0]
	return l.Script || same(l, first) || l.Func != first.Func && calls(l.Text, first.Func)
}

// callsOneOf reports whether l calls another function of fns.
func callsOneOf(l spec.SourceLine, fns map[string]bool) bool {
	for _, f := range callees(l.Text) {
		if f != l.Func && fns[f] {
			return true
		}
	}
	return false
}

// actor finds a by its name: a task that runs in another kind's stead (a softirq on top of it)
// keeps its column. The machine's steps stay apart from everybody else's.
func (s *Story) actor(a Actor) int {
	for i, b := range s.Actors {
		if a.Name == b.Name && (a.Kind == spec.ActorMachine) == (b.Kind == spec.ActorMachine) {
			return i
		}
	}
	s.Actors = append(s.Actors, a)
	return len(s.Actors) - 1
}

// executed returns the statements that step n of tr executed. What can't be told is taken as
// executed. Of ghost code only a first statement is among them: the step may be there for it.
func executed(env eval.Env, tr spec.Trace, n int) []spec.SourceLine {
	a := tr[n].Action
	for i, p := range a.Params {
		env = env.Bind(p, tr[n].Args[i])
	}
	var out []spec.SourceLine
	for i, l := range a.Source {
		if l.When != nil {
			if yes, err := eval.Cond(l.When, tr[n-1].State, env); err == nil && !yes {
				continue
			}
		}
		if i == 0 || !ghost(l) {
			out = append(out, l)
		}
	}
	return out
}

// lines returns what st does: the statements it stands for or, where the model names none, its
// action.
func lines(st spec.Step, source []spec.SourceLine, calls *stack) []Line {
	var out []Line
	for _, l := range statements(slices.DeleteFunc(slices.Clone(source), ghost)) {
		out = append(out, calls.place(st.Action, l))
	}
	if slices.ContainsFunc(out, func(l Line) bool { return !l.again && !l.Return }) {
		out = slices.DeleteFunc(out, func(l Line) bool { return l.again })
	}
	switch {
	case len(out) > 0:
	case len(source) > 0: // ghost code
		out = []Line{calls.place(st.Action, spec.SourceLine{Pos: source[0].Pos, Func: source[0].Func})}
	default:
		out = []Line{calls.place(st.Action, spec.SourceLine{Pos: st.Action.Pos, Func: st.Action.Func, Text: st.Action.Name})}
	}
	shown := slices.IndexFunc(out, func(l Line) bool { return !l.Return })
	if shown < 0 {
		// A step that only returns shows the outermost of the calls.
		shown = len(out) - 1
		out[shown].Return = false
	}
	if c := Choices(st); c != "" && out[shown].Text != "" {
		out[shown].Text += " [" + c + "]"
	}
	return out
}

// Choices returns the values of the parameters of the step's action but for the actor: "cpu: 1,
// slot: M2".
func Choices(st spec.Step) string {
	var parts []string
	for i, p := range st.Action.Params {
		if i != st.Action.Actor {
			parts = append(parts, p.Name+": "+spec.FormatScalar(p.Type, st.Args[i]))
		}
	}
	return strings.Join(parts, ", ")
}
