// Package randc draws random programs in the modelling language of docs/modelling-c.md, for
// tests that compare what several readers of a program make of it. The programs have small
// state spaces. Nearly all of them are accepted by the front end; some fail, deadlock, or
// exceed a bound when they are explored.
//
// The package imports rapid and nothing of ours; only tests import it.
package randc

import (
	"fmt"
	"strconv"
	"strings"

	"pgregory.net/rapid"
)

// Model is a program with what is given to it from outside.
type Model struct {
	Text    string // C; its first line is a comment that says CPUs and Migrate
	CPUs    int    // NR_CPUS
	Migrate bool   // smp_processor_id() is a choice at each call
}

// Defines returns the macros that the program is compiled with.
func (m Model) Defines() map[string]string {
	return map[string]string{"NR_CPUS": strconv.Itoa(m.CPUs)}
}

// Parse returns the model whose Text is text.
func Parse(text string) (Model, error) {
	m := Model{Text: text}
	head, _, _ := strings.Cut(text, "\n")
	if _, err := fmt.Sscanf(head, "/* cpus=%d migrate=%t", &m.CPUs, &m.Migrate); err != nil {
		return m, fmt.Errorf("the first line is not /* cpus=N migrate=BOOL */: %w", err)
	}
	return m, nil
}

// Program draws a model of one to four tasks.
func Program(t *rapid.T) Model { return draw(t, false) }

// Sequential draws a model of one task that never chooses, and expressions over its globals
// that tell its final state.
func Sequential(t *rapid.T) (Model, []string) {
	g := newGen(t, true)
	m := g.program()
	return m, g.observations()
}

// Observed draws a model like those of Program, and expressions over its globals, each of which a
// property may read.
func Observed(t *rapid.T) (Model, []string) {
	g := newGen(t, false)
	m := g.program()
	return m, g.observations()
}

func draw(t *rapid.T, sequential bool) Model { return newGen(t, sequential).program() }
