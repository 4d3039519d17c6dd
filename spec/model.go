package spec

// Pos is a place in a source file; the zero Pos is "nowhere". Line and Col count from 1.
type Pos struct {
	File      string
	Line, Col int
}

// Model is a finite transition system with properties.
type Model struct {
	Name string // a TLA+ identifier
	Doc  string // a sentence or a paragraph for readers
	// Enums are the enum types in use, in the order in which exports declare them.
	Enums []*EnumType
	Vars  []*Var
	// InitWhere filters the initial states (nil: all): those with each Var.Init, and every value
	// for variables without.
	InitWhere Expr
	// Running holds in the states that have successors at all (nil: everywhere); a state where it
	// fails (a model error) has none, and is neither at rest nor deadlocked.
	Running Expr
	// Constraint limits the states that are expanded and counted (nil: none). A successor that
	// breaks it is generated and its invariants are checked, but it is not distinct and not
	// expanded (TLC's CONSTRAINT).
	Constraint Expr
	Actions    []*Action
	Properties []*Property
}

// Var is a state variable.
type Var struct {
	Name string // a TLA+ identifier
	Type Type
	Init Expr // nil: any value of Type; must not refer to variables
	// Ghost variables may flow only into ghost variables and properties.
	Ghost bool
	// Control variables say where tasks stand: program counters and return points. Traces show that
	// by statements.
	Control bool
	// Group is a path of names separated by slashes: exports keep the variables of a group together
	// ("struct mount", "frames/frame of do_umount").
	Group string
	Doc   string
	Pos   Pos
}

// Param is an action parameter or a bound variable of a Quant. Its domain is all values of Type (a
// bool, range, enum), or only those in Only.
type Param struct {
	Name string
	Type Type
	Only []int64 // ascending; nil: all
}

// Values returns the domain of p in ascending order.
func (p *Param) Values() []int64 {
	if p.Only != nil {
		return p.Only
	}
	lo, hi, ok := Domain(p.Type)
	if !ok {
		return nil
	}
	vs := make([]int64, 0, hi-lo+1)
	for v := lo; v <= hi; v++ {
		vs = append(vs, v)
	}
	return vs
}

// ActorKind says who takes a step, for counting context switches and for columns.
type ActorKind uint8

// The kinds of actors. A step of the machine (grace period, timer, store-buffer flush, migration)
// is never a context switch.
const (
	ActorTask ActorKind = iota
	ActorWorker
	ActorSoftirq
	ActorMachine
)

func (k ActorKind) String() string {
	return [...]string{"task", "worker", "softirq", "machine"}[k]
}

// Fairness of an action, per value of its actor parameter. Weak fairness is that of the actor: one
// that can always make some step with it does so, whichever step that is at the moment. Actions
// whose actor parameters have one type have the same actors. Strong fairness is that of the action.
type Fairness uint8

// The fairness assumptions; NoFairness is also the one for optional actions.
const (
	NoFairness Fairness = iota
	WeakFairness
	StrongFairness
)

func (f Fairness) String() string { return [...]string{"none", "weak", "strong"}[f] }

// Action is a guarded atomic step, one for each binding of its parameters.
type Action struct {
	Name   string // a TLA+ identifier, unique
	Params []*Param
	// Guard is nil for "always". A guard whose first conjunct is "array variable at a parameter =
	// constant" (a program counter) is dispatched on it.
	Guard Expr
	Body  Node // never nil; a *Do without updates is a step that changes nothing
	// Optional actions are a user's or the environment's choice: at rest they need not happen.
	// Others are owed.
	Optional bool
	// Idle says that an actor which waits for this step has nothing to do: a worker at the top of
	// its loop.
	Idle     bool
	Fairness Fairness
	Kind     ActorKind
	// Actor is the position in Params of the parameter that says who acts; -1 if the action has no
	// such parameter (its own name stands for the actor then).
	Actor int
	// Func is the source function the step begins in, and Source the statements it stands for, in
	// order.
	Func   string
	Source []SourceLine
	// To says where the step returns to, if several actions stand for the same statements and
	// differ in that: "path_lookup:62".
	To string
	// Never, if not empty, says why the step is expected not to be reachable.
	Never string
	Pos   Pos
}

// SourceLine is a statement of the source that a step stands for.
type SourceLine struct {
	Pos   Pos
	Func  string
	Text  string // one line, without indentation
	Ghost bool   // ghost code: a trace for readers leaves it out
	// Script says that the statement is a command of a shell script, or a comment of its that
	// begins with #.
	Script bool
	// When holds in the states in which the step executes the statement (nil: in all): a step that
	// branches stands for more statements than one behaviour shows. It is for traces; nothing else
	// depends on it, and variables that only it reads may be missing from the model.
	When Expr
}

// Node is the body of an action: *Do or *Branch.
type Node interface{ isNode() }

// Do applies updates in order, all right-hand sides and indices read in the old state.
type Do struct{ Updates []Update }

// Branch is Then where Cond holds, Else where not.
type Branch struct {
	Cond       Expr
	Then, Else Node
}

func (*Do) isNode()     {}
func (*Branch) isNode() {}

// Update sets the place Var.Path to Value.
type Update struct {
	Var   *Var
	Path  []Selector
	Value Expr
}

// Selector is one step of a path into a variable: an index (array index, or position in a sequence
// from 1) or, where Index is nil, a record field.
type Selector struct {
	Index Expr
	Field string
}

// PropertyKind is what a property says of the reachable states.
type PropertyKind uint8

// The kinds of properties; each is about the states that satisfy its situation, When.
const (
	// Invariant: Cond holds in each of them.
	Invariant PropertyKind = iota
	// AtRest: Cond holds in those from which no owed action leads to a different state.
	AtRest
	// Deadlock is AtRest with an exit code of its own; Cond says that every task is finished or
	// waits by choice. Where no state is at rest it holds.
	Deadlock
	// CanRest: from each of them a state at rest where Cond holds can be reached.
	CanRest
	// Cover: Cond holds in at least one of them.
	Cover
	// Eventually: every fair behaviour reaches Cond from each of them.
	Eventually
	// LeadsTo: on every fair behaviour a state that satisfies From is followed (or is itself) by
	// one that satisfies Cond.
	LeadsTo
)

func (k PropertyKind) String() string {
	return [...]string{"INVARIANT", "AT_REST", "DEADLOCK", "CAN_REST", "COVER", "EVENTUALLY", "LEADS_TO"}[k]
}

// Class says what it means that a property is violated.
type Class uint8

// The classes of properties.
const (
	// MustHold: a violation is a fault of what is modelled. Only these decide the verdict of a run
	// and its exit code.
	MustHold Class = iota
	// NotPromised: nobody promises it; a violation shows what can happen.
	NotPromised
	// Situation: a Cover of what a model is made to reach. That it is reached is no violation, and
	// neither is that it is not.
	Situation
)

func (c Class) String() string {
	return [...]string{"must hold", "not promised", "situation"}[c]
}

// Property is a claim about all reachable states.
type Property struct {
	Name  string // a TLA+ identifier, unique
	Kind  PropertyKind
	Class Class
	// When is the situation the property is about (nil: every state). If no reachable state
	// satisfies it (and, for AtRest, is at rest; for LeadsTo, satisfies From) the property is
	// vacuous, which is not the same as holding. A Deadlock never is.
	When Expr
	From Expr // of LeadsTo only
	Cond Expr
	// Words says the property in a sentence, Source where it comes from (a kernel comment, a
	// thread).
	Words, Source string
	Pos           Pos
}
