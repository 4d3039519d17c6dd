package eval

import (
	"mcheck/spec"
)

// Options of Explore.
type Options struct {
	// Limit is the number of distinct states after which the search gives up; 0 means no limit.
	Limit int
}

// Verdict of a property.
type Verdict uint8

// The verdicts. A vacuous property was never in its situation, in a completed search.
const (
	Undecided Verdict = iota
	Holds
	Violated
	Vacuous
)

func (v Verdict) String() string {
	return [...]string{"undecided", "holds", "violated", "vacuous"}[v]
}

// Result is what Explore found.
type Result struct {
	// Complete says that every reachable state was visited.
	Complete bool
	// Initial counts the initial states, Distinct the reachable ones, Transitions the enabled
	// (state, action, binding) triples; Generated = Initial + Transitions. Depth is the number of
	// levels, Levels the distinct states at depth 1, 2, …
	Initial, Distinct, Transitions, Generated int64
	Depth                                     int
	Levels                                    []int64
	// transitions of each action, in the order of Model.Actions
	Fired      []int64
	Rest       int64 // states at rest
	Properties []PropertyResult
	// Err is the evaluation error that ended the search, and ErrDepth the depth of the state it was
	// met in: for a property or the constraint the depth of that state itself, for a step that of
	// the state the step begins in, and 0 for the initial states.
	Err      *Error
	ErrDepth int

	// The state graph, states in the order of discovery. Edges leave a state in the order of
	// [Successors].
	States []spec.State
	Depths []int // of each state
	AtRest []bool
	Init   []int // positions of the initial states within the constraint
	Edges  []Edge
	// position in Edges of the one by which each state was first reached; -1 for initial states
	via []int
}

// Edge is one transition: To is -1 if the successor breaks the constraint.
type Edge struct {
	From, To int
	Action   *spec.Action
	Args     []int64
}

// PropertyResult is the verdict on one property.
type PropertyResult struct {
	Property *spec.Property
	Verdict  Verdict
	// Situations counts the distinct states in which the property's situation held.
	Situations int64
	// Hits counts the distinct states in the situation in which Cond failed; of a Cover those in
	// which it held; of a CanRest the states at rest in which it held, whatever the situation.
	Hits int64
	// Length counts the states of a shortest behaviour to a violation (for Cover: to a covering
	// state), the initial state included; 0 if there is none. State is where such a behaviour ends,
	// in Result.States, or -1: there is none, or it ends outside the constraint.
	//
	// For Eventually and LeadsTo the state is one in the situation, of least depth, from which a
	// fair behaviour never reaches Cond, and Length is its depth.
	Length int
	State  int
	ends   []end // of all behaviours of that length
}

// end is where a behaviour ends: a state, or -1 for one outside the constraint, to which the edge
// leads (-1: it is initial).
type end struct{ state, edge int }

// Explore visits the reachable states of m breadth first and decides its properties.
//
// A state outside the constraint is generated and its invariants are checked, and that is all: it
// is not distinct, not in any situation, and neither at rest nor covering.
//
// What can fail is evaluated in this order: for a state when it is first met, the constraint and
// then each property (When, From, Cond, as far as they are needed; Cond of CanRest, Eventually and
// LeadsTo is needed in every state); when it is expanded, Running and its steps, then AtRest and
// Deadlock properties if it is at rest.
func Explore(m *spec.Model, opt Options) (*Result, error) {
	x := &search{m: m, env: NewEnv(m), opt: opt, seen: map[string]int{}, actions: map[*spec.Action]int{}}
	x.r.Fired = make([]int64, len(m.Actions))
	x.r.Properties = make([]PropertyResult, len(m.Properties))
	for i, a := range m.Actions {
		x.actions[a] = i
	}
	for i, p := range m.Properties {
		x.r.Properties[i] = PropertyResult{Property: p, State: -1}
	}
	if err := x.run(); err != nil {
		e, ok := err.(*Error)
		if !ok {
			return nil, err
		}
		x.r.Err = e
	}
	x.r.Complete = x.r.Err == nil && !x.limited
	x.r.Distinct = int64(len(x.r.States))
	x.r.Generated = x.r.Initial + x.r.Transitions
	x.r.Depth = len(x.r.Levels)
	x.verdicts()
	return &x.r, nil
}

type search struct {
	m       *spec.Model
	env     Env
	opt     Options
	r       Result
	seen    map[string]int // key to position in r.States
	actions map[*spec.Action]int
	limited bool
	good    [][]bool // of each property that needs the graph, and each state: does Cond hold?
	when    [][]bool // likewise: is it in the situation?
}

func (x *search) run() error {
	init, err := Init(x.m)
	if err != nil {
		return err
	}
	x.good = make([][]bool, len(x.m.Properties))
	x.when = make([][]bool, len(x.m.Properties))
	x.r.Initial = int64(len(init))
	for _, s := range init {
		i, err := x.visit(s, 1, -1)
		if err != nil {
			return err
		}
		if i >= 0 {
			x.r.Init = append(x.r.Init, i)
		}
	}
	for i := 0; i < len(x.r.States); i++ {
		if x.opt.Limit > 0 && len(x.r.States) > x.opt.Limit {
			x.limited = true
			return nil
		}
		if err := x.expand(i); err != nil {
			return err
		}
	}
	return nil
}

// expand adds the successors of state i. Whether it is at rest shows only then, so the properties
// that ask are evaluated here.
func (x *search) expand(i int) error {
	s := x.r.States[i]
	succs, err := Successors(x.m, s)
	if err != nil {
		x.r.ErrDepth = x.r.Depths[i]
		return err
	}
	running, _ := Cond(x.m.Running, s, x.env) // was evaluated by Successors
	rest := running
	for _, sc := range succs {
		if !sc.Action.Optional && !sc.State.Equal(s) {
			rest = false
		}
	}
	x.r.AtRest = append(x.r.AtRest, rest)
	if rest {
		x.r.Rest++
	}
	if err := x.restProperties(i, rest); err != nil {
		x.r.ErrDepth = x.r.Depths[i]
		return err
	}
	for _, sc := range succs {
		x.r.Transitions++
		x.r.Fired[x.actions[sc.Action]]++
		edge := len(x.r.Edges)
		x.r.Edges = append(x.r.Edges, Edge{i, -1, sc.Action, sc.Args})
		to, err := x.visit(sc.State, x.r.Depths[i]+1, edge)
		if err != nil {
			return err
		}
		x.r.Edges[edge].To = to
	}
	return nil
}

// visit returns the position of s in r.States, where it is added if it is new; -1 if it is outside
// the constraint.
func (x *search) visit(s spec.State, depth, edge int) (int, error) {
	key := s.Key()
	if i, ok := x.seen[key]; ok {
		return i, nil
	}
	inside, err := Cond(x.m.Constraint, s, x.env)
	if err != nil {
		x.r.ErrDepth = depth
		return -1, &Error{Msg: err.Error(), Where: "constraint"}
	}
	i := -1
	if inside {
		i = len(x.r.States)
		x.seen[key] = i
		x.r.States = append(x.r.States, s)
		x.r.Depths = append(x.r.Depths, depth)
		x.r.via = append(x.r.via, edge)
		if len(x.r.Levels) < depth {
			x.r.Levels = append(x.r.Levels, 0)
		}
		x.r.Levels[depth-1]++
	}
	if err := x.stateProperties(s, i, depth); err != nil {
		x.r.ErrDepth = depth
		return i, err
	}
	return i, nil
}

// Trace returns the behaviour by which state i was first reached: a shortest one.
func (r *Result) Trace(i int) spec.Trace {
	if e := r.via[i]; e >= 0 {
		edge := r.Edges[e]
		return append(r.Trace(edge.From), spec.Step{Action: edge.Action, Args: edge.Args, State: r.States[i]})
	}
	return spec.Trace{{State: r.States[i]}}
}
