package story

import (
	"slices"

	"mcheck/spec"
	"mcheck/spec/eval"
)

// Tag says in few lines what st, a step of m from the state before, does: its first statement, or
// the name of its function where that is all there is to say, and the last command of the script
// that it begins.
func Tag(m *spec.Model, before spec.State, st spec.Step) []string {
	ls := executed(eval.NewEnv(m), spec.Trace{{State: before}, st}, 1)
	command, first := "", false
	for i, l := range ls {
		if l.Script {
			command, first = Line{Text: l.Text}.Shell(), i == 0
		}
	}
	a := *st.Action
	a.Source = slices.DeleteFunc(ls, func(l spec.SourceLine) bool { return l.Script })
	if len(a.Source) == 0 && command != "" {
		return []string{command}
	}
	_, text := begins(&a)
	if text == "" {
		text = a.Source[0].Func + "()"
	}
	if c := Choices(st); c != "" {
		text += " [" + c + "]"
	}
	switch {
	case command == "":
		return []string{text}
	case first:
		return []string{command, text}
	}
	return []string{text, command}
}
