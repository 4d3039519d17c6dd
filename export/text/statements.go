package text

import (
	"mcheck/export/internal/story"
	"mcheck/spec"
)

// Statement is a statement that a trace executes, as a counterexample shows it.
type Statement struct {
	Step  int    // the atomic step that it belongs to, from 1
	Actor string // who takes the step
	Pos   spec.Pos
	Func  string
	Text  string // on one line; empty for a step of ghost code alone
}

// Statements returns the statements of the steps of a trace of m, in their order. They are those
// that [Counterexample] shows, before it leaves any out for shortness.
func Statements(m *spec.Model, tr spec.Trace) []Statement {
	var out []Statement
	t := story.Tell(m, tr)
	for _, st := range t.Steps {
		for _, l := range st.Lines {
			if !l.Return {
				out = append(out, Statement{st.Number, t.Actors[st.Actor].Name, l.Pos, l.Func, l.Text})
			}
		}
	}
	return out
}
