package scenario

import "mcheck/spec"

const (
	// startFunc is the function of the kernel model in which main waits between the set-up and the
	// scenario.
	startFunc = "setup_done"
	startText = "# the scenario starts"
)

// markScript tells the statements of m that are commands of the script at path from those of C;
// what startFunc does is the start of main, the first task.
func markScript(m *spec.Model, path string, main *task) {
	for _, a := range m.Actions {
		for i := range a.Source {
			l := &a.Source[i]
			if l.Func == startFunc && l.Pos.File != path {
				*l = spec.SourceLine{Pos: main.at.pos, Func: main.name, Text: startText, When: l.When}
			}
			l.Script = l.Pos.File == path
		}
	}
}
