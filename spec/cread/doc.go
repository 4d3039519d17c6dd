// Package cread is a second reader of the modelling C: it interprets a model as the syntax tree
// says and explores it with a Go map. One access to shared memory is one step; nothing is fused,
// sliced or simplified.
//
// The package exists to be compared with the front end (package cmodel) and shares no code with
// it: it is written from docs/modelling-c.md and the header mcheck.h. It is meant to be read
// beside that reference, and is slow where that keeps it plain.
//
// The stages, each in a file of its own or two: parse (modernc.org/cc/v4, no type check), types,
// the layout of shared memory with the annotations of each cell, code for a stack machine, which
// values are kept between steps, the machine, a step of a task, and the search.
//
// It refuses less than the front end: it does not see that a local may be read before it is set,
// nor that an expression makes two accesses without a lock, which it takes from left to right.
//
// The package imports nothing of ours but spec/kernel, for the text of the header.
package cread

// File is one source file of a model; the files of a model are one translation unit, in order.
type File struct {
	Name string
	Text []byte
}

// Options of [Check].
type Options struct {
	Defines map[string]string // macros, for example NR_CPUS
	// Migrate makes the CPU of a task a choice at each smp_processor_id().
	Migrate bool
	// TaskCPU gives the CPU of a task; default: its position among the tasks modulo NR_CPUS.
	TaskCPU map[string]int
	// Include returns the text of an included file by its base name; nil: there is only mcheck.h.
	Include func(name string) ([]byte, error)
	// MaxStates is the number of states after which the search stops; 0: 1,000,000.
	MaxStates int
	// Setup, if not nil, is run before the search and ends in its initial state.
	Setup *Setup
}

// Setup says how the initial state of a search is reached: only owed steps are taken, each
// smp_processor_id() is the first one, until nothing owed is left. Then Running becomes true.
type Setup struct {
	Running string // a global bool
}

// Verdict of a property.
type Verdict string

// The verdicts.
const (
	Holds     Verdict = "holds"
	Violated  Verdict = "violated"
	Vacuous   Verdict = "vacuous"
	Undecided Verdict = "undecided"
)

// Property is what was found about one property.
type Property struct {
	Name string
	// Kind is the keyword that declares it, for example INVARIANT, or "" for a built-in one.
	Kind    string
	Verdict Verdict
	// Length is the number of steps of the shortest violation, or of the shortest way to a state
	// that a COVER asks for; -1 if there is none.
	Length int
}

// Result of [Check].
type Result struct {
	States int // distinct states
	// Failed is how many of them are states in which the run has failed.
	Failed int
	Rest   int // states at rest
	// Complete says that the whole graph was explored.
	Complete   bool
	Properties []Property
	// Failures are the mistakes that were found, each with its place.
	Failures []string
}

// Find returns the property with the name, or nil.
func (r *Result) Find(name string) *Property {
	for i := range r.Properties {
		if r.Properties[i].Name == name {
			return &r.Properties[i]
		}
	}
	return nil
}
