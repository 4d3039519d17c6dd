package scenario

import (
	"fmt"
	"slices"
	"strings"

	"mcheck/spec"
	"mcheck/spec/eval"
)

// maxSetup is the number of states after which a set-up is given up.
const maxSetup = 100_000

// setup is what runs before the scenario: a model in which the tasks wait at a label until a
// variable says that the scenario runs.
type setup struct {
	m    *spec.Model
	file string // of the script
	// pc is the program counter of the tasks, main the one that must stand at one of the labels
	// ready at the end.
	pc    *spec.Var
	main  int64
	ready map[string]bool
	// running lets the tasks go on; failed, which may be nil, says that a command of the set-up
	// failed.
	running, failed *spec.Var
	// fail says what went wrong in the model.
	fail *spec.Var
	// cpu is the name of the parameters that choose a CPU: during the set-up they take their first
	// value only. "": none do.
	cpu string
}

// run explores the set-up and returns the one state in which it comes to rest, with running set.
//
// Only owed steps are taken: what is the environment's choice does not happen. The error is an
// *Error at a place in the script.
func (s *setup) run() (spec.State, error) {
	init, err := eval.Init(s.m)
	if err != nil {
		return nil, notEvaluated(err)
	}
	x := &setupSearch{setup: s, env: eval.NewEnv(s.m), seen: map[string]int{}}
	for _, a := range s.m.Actions {
		x.waits = append(x.waits, s.waitsAt(a))
	}
	for i, v := range s.m.Vars {
		if v == s.pc {
			x.pcAt = i
		}
	}
	for _, st := range init {
		x.visit(st, -1, nil)
	}
	for i := 0; i < len(x.states); i++ {
		if len(x.states) > maxSetup {
			return nil, x.errorAt(i, fmt.Sprintf("the set-up has more than %d states: it should do one thing after the other", maxSetup))
		}
		if err := x.expand(i); err != nil {
			return nil, err
		}
	}
	return x.outcome()
}

// notEvaluated is the error for a model that can't be evaluated: the front end guards whatever may
// fail, so it is not the user's.
func notEvaluated(err error) error {
	return fmt.Errorf("%w: the set-up can't be evaluated: %w", spec.ErrInternal, err)
}

// waitsAt returns the label at which a waits for a task: the constant in the first condition of its
// guard, pc[t] = label. It is -1 if that says something else.
func (s *setup) waitsAt(a *spec.Action) int64 {
	var first spec.Expr
	if cs := spec.Conjuncts(a.Guard); len(cs) > 0 {
		first = cs[0]
	}
	if eq, ok := first.(*spec.Binary); ok && eq.Op == spec.Eq {
		at, ok1 := eq.X.(*spec.Index)
		label, ok2 := eq.Y.(*spec.Lit)
		if ok1 && ok2 {
			if v, ok := at.X.(*spec.VarRef); ok && v.Var == s.pc {
				return label.N
			}
		}
	}
	return -1
}

type setupSearch struct {
	*setup
	env    eval.Env
	pcAt   int     // the position of pc in a state
	waits  []int64 // of each action, as waitsAt returns it
	states []spec.State
	parent []int
	by     []*spec.Action
	seen   map[string]int
	rest   []int
}

func (x *setupSearch) visit(st spec.State, parent int, by *spec.Action) {
	key := st.Key()
	if _, ok := x.seen[key]; !ok {
		x.seen[key] = len(x.states)
		x.states, x.parent, x.by = append(x.states, st), append(x.parent, parent), append(x.by, by)
	}
}

func (x *setupSearch) value(v *spec.Var, st spec.State) spec.Value {
	for i, w := range x.m.Vars {
		if w == v {
			return st[i]
		}
	}
	panic("scenario: variable " + v.Name + " is not of this model")
}

// candidates returns the actions that wait for no task at a label where none stands in st: a set-up
// is one task after the other, most are out of question.
func (x *setupSearch) candidates(st spec.State) []*spec.Action {
	var as []*spec.Action
	for i, a := range x.m.Actions {
		if l := x.waits[i]; l < 0 || slices.ContainsFunc(st[x.pcAt].Elems, func(v spec.Value) bool { return v.N == l }) {
			as = append(as, a)
		}
	}
	return as
}

func (x *setupSearch) expand(i int) error {
	st := x.states[i]
	if x.failed != nil && x.value(x.failed, st).N != 0 {
		err := x.errorAt(i, "this command of the set-up fails")
		// The step that sets failed begins with that and may reach into the next commands.
		if a := x.by[i]; a != nil {
			for _, l := range slices.Backward(a.Source) {
				if l.Pos.File == x.file {
					err.Pos, err.Text = l.Pos, l.Text
				}
			}
		}
		return err
	}
	running, err := eval.Cond(x.m.Running, st, x.env)
	if err != nil {
		return notEvaluated(err)
	}
	if !running {
		msg := "the set-up breaks a rule of the model"
		if x.fail != nil {
			msg += ": " + spec.FormatValue(x.fail.Type, x.value(x.fail, st))
		}
		return x.errorAt(i, msg)
	}
	succs, err := eval.SuccessorsBy(x.m, x.candidates(st), st, x.env)
	if err != nil {
		return notEvaluated(err)
	}
	rest := true
	for _, sc := range succs {
		if sc.Action.Optional || sc.State.Equal(st) || x.otherCPU(sc) {
			continue
		}
		rest = false
		x.visit(sc.State, i, sc.Action)
	}
	if rest {
		x.rest = append(x.rest, i)
	}
	return nil
}

func (x *setupSearch) otherCPU(sc eval.Succ) bool {
	for i, p := range sc.Action.Params {
		if x.cpu != "" && p.Name == x.cpu && sc.Args[i] != p.Values()[0] {
			return true
		}
	}
	return false
}

func (x *setupSearch) outcome() (spec.State, error) {
	if len(x.rest) == 0 {
		return nil, x.errorAt(len(x.states)-1, "the set-up never comes to rest")
	}
	for _, i := range x.rest {
		at := spec.FormatScalar(x.pc.Type.(*spec.ArrayType).Elem, x.value(x.pc, x.states[i]).Elems[x.main].N)
		if !x.ready[at] {
			return nil, x.errorAt(i, "the set-up gets stuck: main waits at "+at)
		}
	}
	if len(x.rest) > 1 {
		return nil, x.errorAt(x.rest[1], "the set-up can end in more than one way: "+x.difference())
	}
	end := append(spec.State(nil), x.states[x.rest[0]]...)
	for i, v := range x.m.Vars {
		if v == x.running {
			end[i] = spec.Value{N: 1}
		}
	}
	return end, nil
}

// difference shows the variables in which the first two outcomes differ.
func (x *setupSearch) difference() string {
	a, b := x.states[x.rest[0]], x.states[x.rest[1]]
	var parts []string
	for i, v := range x.m.Vars {
		if !a[i].Equal(b[i]) {
			parts = append(parts, fmt.Sprintf("%s is %s or %s", v.Name, spec.FormatValue(v.Type, a[i]), spec.FormatValue(v.Type, b[i])))
		}
	}
	return strings.Join(parts, "; ")
}

// errorAt returns an error at the command of the script that led to state i.
func (x *setupSearch) errorAt(i int, msg string) *Error {
	for ; i >= 0; i = x.parent[i] {
		if x.by[i] == nil {
			break
		}
		for k := len(x.by[i].Source) - 1; k >= 0; k-- {
			if l := x.by[i].Source[k]; l.Pos.File == x.file {
				return &Error{Pos: l.Pos, Text: l.Text, Msg: msg}
			}
		}
	}
	return &Error{Pos: spec.Pos{File: x.file, Line: 1, Col: 1}, Msg: msg}
}

// startAt makes st the only initial state of m.
func startAt(m *spec.Model, st spec.State) {
	used := map[string]bool{}
	for _, t := range m.Enums {
		used[t.Name] = true
		for _, v := range t.Values {
			used[v] = used[v] || t.Symbolic
		}
	}
	for _, v := range m.Vars {
		used[v.Name] = true
	}
	for _, a := range m.Actions {
		used[a.Name] = true
	}
	for _, p := range m.Properties {
		used[p.Name] = true
	}
	for i, v := range m.Vars {
		v.Init = constant(v.Type, st[i], used)
	}
	m.InitWhere = nil
}

// constant returns an expression for the value v of type t. An array with the same value throughout
// is written as a map, with a parameter whose name is not used.
func constant(t spec.Type, v spec.Value, used map[string]bool) spec.Expr {
	same := func(t spec.Type) (spec.Expr, bool) {
		for _, e := range v.Elems {
			if !e.Equal(v.Elems[0]) {
				return nil, false
			}
		}
		return constant(t, v.Elems[0], used), true
	}
	switch t := t.(type) {
	case *spec.RangeType:
		return spec.Int(v.N)
	case *spec.ArrayType:
		if e, ok := same(t.Elem); ok {
			return &spec.Quant{Op: spec.MapOf, Param: &spec.Param{Name: unused(e, used), Type: t.Index}, Body: e}
		}
		c := &spec.Composite{T: t}
		for _, e := range v.Elems {
			c.Elems = append(c.Elems, constant(t.Elem, e, used))
		}
		return c
	case *spec.SeqType:
		c := &spec.Composite{T: t}
		for _, e := range v.Elems {
			c.Elems = append(c.Elems, constant(t.Elem, e, used))
		}
		return c
	case *spec.RecordType:
		c := &spec.Composite{T: t}
		for i, e := range v.Elems {
			c.Elems = append(c.Elems, constant(t.Fields[i].Type, e, used))
		}
		return c
	}
	return &spec.Lit{N: v.N, T: t}
}

// unused returns a name for a parameter around e.
func unused(e spec.Expr, used map[string]bool) string {
	taken := map[string]bool{}
	spec.Inspect(e, func(e spec.Expr) bool {
		if q, ok := e.(*spec.Quant); ok {
			taken[q.Param.Name] = true
		}
		return true
	})
	for _, n := range []string{"i", "j", "k"} {
		if !used[n] && !taken[n] {
			return n
		}
	}
	for n := 1; ; n++ {
		if name := fmt.Sprintf("i%d", n); !used[name] && !taken[name] {
			return name
		}
	}
}
