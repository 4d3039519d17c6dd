// Package explorer enumerates the reachable states of a [spec.Model] and decides its properties.
//
// It imports spec, spec/symmetry, states and internal/parallel, prints nothing and reads no flags.
package explorer

import (
	"time"

	"mcheck/spec"
	"mcheck/spec/symmetry"
	"mcheck/states"
)

// Options of Explore; the zero value is a complete exploration on all processors.
type Options struct {
	_ struct{}
	// Workers is the number of goroutines; 0 means GOMAXPROCS. Nothing in a Result but times and
	// memory depends on it.
	Workers int
	// Engine is what expands the states.
	Engine Engine
	// Symmetry explores one state of each orbit of the interchangeable values of the model; all
	// counts are of these states then. It excludes Graph.
	Symmetry bool
	// StopAtFirst ends the search after the first level with a violation; what is not decided then
	// is Undecided.
	StopAtFirst bool
	// MaxStates, MaxDepth and MaxTime bound the search; 0 means no bound. MaxDepth counts states,
	// as Result.Depth does.
	MaxStates int64
	MaxDepth  int
	MaxTime   time.Duration
	// Started is when MaxTime began to count; zero: when Explore was called. So the limit may be
	// for what came before, too.
	Started time.Time
	// MaxMemory bounds the bytes of the state storage; 0 means no bound. See [states.Auto] for what
	// is done before the search ends for it.
	MaxMemory int64
	// Store is what holds the states.
	Store states.Kind
	// Capacity is about how many states are expected; 0 says that nobody knows. The storage is then
	// made for that many at once, which is faster; it grows all the same. It is for states.Auto,
	// states.KindWhole and states.KindIndex only.
	Capacity int64
	// Spill is the directory of the file for states that the memory has no room for; "" is none.
	Spill string
	// Seed chooses the hash of [states.KindHash]; 0 has it drawn at random.
	Seed uint64
	// Checkpoint is the directory that the search is saved to, about every CheckpointEvery (0: a
	// minute) and when it ends; "" is none. Resume is the one that it goes on from; it may be the
	// same.
	Checkpoint, Resume string
	CheckpointEvery    time.Duration
	// Begin, if set, is called once, when all that comes before the first state is done: with the
	// engine Native that is compiling too.
	Begin func()
	// Progress, if set, is called about once a second and at the end of the search, from one
	// goroutine at a time.
	Progress func(Progress)
	// Survey asks for Result.Survey, which takes another visit of all states.
	Survey bool
	// Tally asks for PropertyResult.Hits, which takes another visit of all states.
	Tally bool
	// Graph asks for Result.Graph; the search fails if it has more than GraphLimit states (0:
	// 20,000).
	Graph      bool
	GraphLimit int
}

// Progress is a snapshot of a running search.
type Progress struct {
	Depth     int
	Distinct  int64
	Generated int64
	Frontier  int64 // states of this level not yet expanded
	Bytes     int64 // of state storage
	// of these, for one state; a table that was made for more states than there are yet counts as
	// one of as many
	Each    float64
	Elapsed time.Duration
	// Levels are the distinct states at depth 1, 2, …, Depth; see [EstimateStates] for what can be
	// made of them.
	Levels []int64
}

// Verdict of a property.
type Verdict uint8

// The verdicts. A vacuous property was never in its situation, in a completed search; it does not
// count as holding.
const (
	Undecided Verdict = iota
	Holds
	Violated
	Vacuous
)

func (v Verdict) String() string {
	return [...]string{"undecided", "holds", "violated", "vacuous"}[v]
}

// Result is what a search found.
type Result struct {
	// Complete says that every reachable state was visited; otherwise Reason says why not.
	Complete bool
	Reason   string
	// Initial counts the initial states; Distinct the reachable states; Transitions the enabled
	// (state, action, binding) triples; Generated = Initial + Transitions, as TLC counts; Depth the
	// states on the longest shortest path, an initial state being at depth 1.
	Initial, Distinct, Transitions, Generated int64
	Depth                                     int
	Levels                                    []int64 // distinct states at depth 1, 2, …
	Rest                                      int64   // states at rest
	// transitions of each action, in the order of Model.Actions
	Fired      []int64
	Properties []PropertyResult
	Tallied    bool // Hits of the properties is counted
	// Error is set if the model itself went wrong while it was evaluated (a value outside the type
	// of its variable, an index outside its array): the trace leads to the state, and to the action
	// or property, that can't be evaluated. The search stops there.
	Error *ModelError
	// Missed is set where states were told apart by a hash alone ([states.KindHash]).
	Missed *Missed
	Graph  *Graph
	// Survey says what each variable of the model costs; nil without Options.Survey, and where the
	// context ended before it was made.
	Survey []VarSurvey
	// Symmetry is the values that were taken as interchangeable: nil without Options.Symmetry,
	// empty if there are none.
	Symmetry []symmetry.Class

	// CheckpointError is set if the last checkpoint could not be written; the one before it is
	// still there.
	CheckpointError error

	Workers int
	// since the search began, with the runs that it was resumed from up to their checkpoint
	Seconds       float64
	Bytes         int64       // peak bytes of state storage
	BytesPerState float64     // of memory, at the end of the search
	Store         states.Kind // what the states were in at the end
	Spilled       bool        // some were on a disk
	StateBits     int
}

// Missed says how far hash compaction is to be trusted. What was seen is real; that there is
// nothing else is so but for the probability Bound.
type Missed struct {
	// Bound is on the probability that some state was missed, in a complete search; see
	// [states.MissBound]. It is 1 where the seed was given: a hash that is not drawn at random has
	// no probability.
	Bound    float64
	Seed     uint64
	Capacity int64 // the search would have stopped at more states
}

// PropertyResult is the verdict on one property.
type PropertyResult struct {
	Property *spec.Property
	Verdict  Verdict
	// Situations counts the states in which the property's situation held.
	Situations int64
	// Hits counts, if Result.Tallied, the states in the situation in which the condition fails; of
	// a Cover those in which it holds; of a CanRest the states at rest in which it holds, whatever
	// the situation.
	Hits int64
	// Trace is a shortest behaviour to a violating state (Violated; for Cover, to the covering
	// state when it Holds), with the fewest context switches among the shortest. Nil where there is
	// none.
	Trace spec.Trace
	// Reason says why the property is Undecided, where Result.Reason does not.
	Reason string
}

// ModelError is an evaluation error.
type ModelError struct {
	Message string
	Trace   spec.Trace
	Action  *spec.Action // the step that can't be evaluated in the last state of Trace, or nil
	Args    []int64
	Prop    *spec.Property // the property that can't be, or nil
}

func (e *ModelError) Error() string { return e.Message }

// Graph is the labelled state graph, states in the order of discovery (independent of the number of
// workers).
type Graph struct {
	States []spec.State
	Init   []int
	Edges  []Edge
}

// Edge is one transition of a Graph.
type Edge struct {
	From, To int // positions in Graph.States; To is -1 if the successor breaks the constraint
	Action   *spec.Action
	Args     []int64
}
