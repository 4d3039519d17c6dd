// Package story reads a trace as people tell it: who acts, which statements each step stands for, where the context switches are.
//
// The views of a counterexample share it. It may import spec, and spec/eval to find out which statements a step executed.
package story

import (
	"slices"
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
	// Switch says that another actor than the one of the last step that was not the machine's goes on here.
	Switch bool
	Lines  []Line
}

// Line is a statement, the first one with the choices that the step made.
type Line struct {
	Func string
	Text string
	// Depth is how many calls the statement is inside of, of those that the trace shows; Enter says that nothing shown before leads into
	// its function, which is therefore to be named.
	Depth int
	Enter bool
	// Return says that the statement is the rest of a call that was shown when it was made; a step has others beside it.
	Return bool
}

// Story is a trace, told.
type Story struct {
	Actors   []Actor // in the order in which they first act, those of the machine too
	Steps    []Step
	Switches int
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
	s.moveCalls(source)
	stacks := make([]stack, len(s.Actors))
	for i := range s.Steps {
		st := &s.Steps[i]
		st.Lines = lines(tr[st.Number], source[i], &stacks[st.Actor])
	}
	return s
}

// moveCalls moves the calls at the end of a step to the actor's next step, where the function called begins: calls are private to the actor, and
// belong to what they do.
func (s *Story) moveCalls(source [][]spec.SourceLine) {
	next := make([]int, len(s.Actors)) // the actor's next step
	for i := range next {
		next[i] = -1
	}
	for i := len(s.Steps) - 1; i >= 0; i-- {
		a := s.Steps[i].Actor
		if j := next[a]; j >= 0 {
			for len(source[i]) > 1 && len(source[j]) > 0 {
				l, first := source[i][len(source[i])-1], source[j][0]
				if l.Func == first.Func || !calls(l.Text, first.Func) {
					break
				}
				source[i] = source[i][:len(source[i])-1]
				source[j] = append([]spec.SourceLine{l}, source[j]...)
			}
		}
		next[a] = i
	}
}

// actor finds a by its name: a task that runs in another kind's stead (a softirq on top of it) keeps its column. The machine's
// steps stay apart from everybody else's.
func (s *Story) actor(a Actor) int {
	for i, b := range s.Actors {
		if a.Name == b.Name && (a.Kind == spec.ActorMachine) == (b.Kind == spec.ActorMachine) {
			return i
		}
	}
	s.Actors = append(s.Actors, a)
	return len(s.Actors) - 1
}

// executed returns the statements that step n of tr executed, without ghost code unless there is no other. What can't be told
// is taken as executed.
func executed(env eval.Env, tr spec.Trace, n int) []spec.SourceLine {
	a := tr[n].Action
	for i, p := range a.Params {
		env = env.Bind(p, tr[n].Args[i])
	}
	var out []spec.SourceLine
	for _, l := range a.Source {
		if l.Ghost {
			continue
		}
		if l.When != nil {
			if yes, err := eval.Cond(l.When, tr[n-1].State, env); err == nil && !yes {
				continue
			}
		}
		out = append(out, l)
	}
	if len(out) == 0 {
		return a.Source
	}
	return out
}

// lines returns what st does: the statements it stands for or, where the model names none, its action.
func lines(st spec.Step, source []spec.SourceLine, calls *stack) []Line {
	var out []Line
	for _, l := range statements(source) {
		out = append(out, calls.place(st.Action, l))
	}
	if len(out) == 0 {
		out = []Line{calls.place(st.Action, spec.SourceLine{Pos: st.Action.Pos, Func: st.Action.Func, Text: st.Action.Name})}
	}
	shown := slices.IndexFunc(out, func(l Line) bool { return !l.Return })
	if shown < 0 {
		// A step that only returns shows the outermost of the calls.
		shown = len(out) - 1
		out[shown].Return = false
	}
	if c := Choices(st); c != "" {
		out[shown].Text += " [" + c + "]"
	}
	return out
}

// Choices returns the values of the parameters of the step's action but for the actor: "cpu: 1, slot: M2".
func Choices(st spec.Step) string {
	var parts []string
	for i, p := range st.Action.Params {
		if i != st.Action.Actor {
			parts = append(parts, p.Name+": "+spec.FormatScalar(p.Type, st.Args[i]))
		}
	}
	return strings.Join(parts, ", ")
}
