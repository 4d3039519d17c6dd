// Package claims holds what was claimed in the mail threads about mount teardown, and which runs
// decide each claim.
//
// The claims are text (claims.txt, whose head describes the format). This package reads them;
// whether their verdicts are what a run gives is for the command to find out. It may import spec.
package claims

import (
	_ "embed"
	"fmt"
)

// File is the path of the built-in claims, as errors show it.
const File = "spec/claims/claims.txt"

//go:embed claims.txt
var text []byte

// Builtin returns the built-in claims, in the order of their file.
func Builtin() ([]*Claim, error) { return Parse(File, text) }

// Answer is what the runs of a claim say about it.
type Answer string

// The answers.
const (
	True         Answer = "true"
	False        Answer = "false"
	InPart       Answer = "in part"
	NotDecidable Answer = "not decidable here" // it is about likelihood or latency
)

// Claim is one assertion, in our own words.
type Claim struct {
	Name   string // short, for the command line
	Text   string
	Thread string // who made it, where and when
	Answer Answer
	// Question is what was decided instead, where the claim itself can't be: what can happen, or
	// how many.
	Question string
	Note     string // what the reader of the answer should know besides; may be empty
	// Rows decide the claim; only one that is not decidable here may have none.
	Rows []*Row
	Pos  Pos
}

// Row is one run and the verdict that it must give.
type Row struct {
	Scenario, Design, Property string
	// Set overrides directives of the scenario, as KEY=VALUE.
	Set     []string
	Verdict string // holds, violated or vacuous
	// Story says in one sentence who does what between which functions, and with what consequence;
	// it may be empty in all rows but one.
	Story string
	// Trace asks for the whole trace in the findings.
	Trace bool
	Pos   Pos
}

// Pos is a line of a file of claims.
type Pos struct {
	File string
	Line int // from 1
}

func (p Pos) String() string { return fmt.Sprintf("%s:%d", p.File, p.Line) }
