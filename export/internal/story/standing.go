package story

import (
	"slices"

	"mcheck/spec"
	"mcheck/spec/eval"
)

// Standing is what an actor would do next.
type Standing struct {
	Actor Actor
	Func  string
	// the first statement of its next step; empty if the function is all there is to say
	Text string
	// Enabled says that it can take that step now; else it waits for another one.
	Enabled bool
}

// Words says who would do what next: "walker, in lookup(), waits at" and "spin_lock(&lock);".
func (s Standing) Words() (who, what string) {
	does, in := " waits at", ""
	if s.Enabled {
		does = " can go on with"
	}
	if s.Text == "" {
		return s.Actor.Title() + does, s.Func + "();"
	}
	if s.Func != "" && s.Func != s.Actor.Name {
		in = ", in " + s.Func + "(),"
	}
	return s.Actor.Title() + in + does, s.Text
}

// StandAfter returns where the actors stand at the end of tr, a counterexample to p (or the way to
// a COVER), and a title: those but the one that took the last step, or all where the property is
// about them all.
func StandAfter(m *spec.Model, p *spec.Property, tr spec.Trace) (title string, all []Standing) {
	title = "Where the others stand:"
	last := tr[len(tr)-1]
	switch p.Kind {
	case spec.AtRest, spec.Deadlock, spec.CanRest:
		title, last = "Where they all stand:", spec.Step{State: last.State}
	}
	for _, s := range Stand(m, last.State) {
		// The machine acts for a task too: a store of whoever took the last step may wait in a
		// store buffer.
		if last.Action == nil || s.Actor != (Actor{last.Actor(), last.Action.Kind}) {
			all = append(all, s)
		}
	}
	return title, all
}

// Stand returns where everybody stands in a state of m, in the order of the model's actors: those
// that have a step to take, now or once they need not wait any more, and what the machine can do.
// An actor that has finished, or waits for work, is left out. An actor without a program counter is
// there if it can take a step. Nobody is anywhere in a state without successors because the model
// went wrong.
func Stand(m *spec.Model, state spec.State) []Standing {
	env := eval.NewEnv(m)
	if running, err := eval.Cond(m.Running, state, env); err != nil || !running {
		return nil
	}
	succs, err := eval.Successors(m, state)
	if err != nil {
		return nil
	}
	type found struct {
		Standing
		order int64
	}
	var all []found
	for _, a := range m.Actions {
		for _, who := range actors(a) {
			enabled := slices.ContainsFunc(succs, func(s eval.Succ) bool {
				return s.Action == a && (a.Actor < 0 || s.Args[a.Actor] == who) && !(a.Kind == spec.ActorMachine && s.State.Equal(state))
			})
			if !enabled && !standsAt(a, who, state, env) {
				continue
			}
			args := make([]int64, len(a.Params))
			if a.Actor >= 0 {
				args[a.Actor] = who
			}
			f := found{Standing{Actor: Actor{spec.Step{Action: a, Args: args}.Actor(), a.Kind}, Enabled: enabled}, who}
			if !enabled && a.Idle {
				continue
			}
			f.Func, f.Text = begins(machineIn(a, who, state, env))
			i := slices.IndexFunc(all, func(g found) bool { return g.Actor == f.Actor })
			switch {
			case i < 0:
				all = append(all, f)
			case enabled && !all[i].Enabled:
				all[i] = f
			}
		}
	}
	slices.SortStableFunc(all, func(f, g found) int { return int(f.order - g.order) })
	var out []Standing
	for _, f := range all {
		out = append(out, f.Standing)
	}
	return out
}

// actors returns the values of the parameter that says who takes a; of an action without it, one
// value that stands behind them all.
func actors(a *spec.Action) []int64 {
	if a.Actor < 0 {
		return []int64{1 << 32}
	}
	return a.Params[a.Actor].Values()
}

// standsAt reports whether who is where a can be taken, by a's program counter: the first condition
// of its guard.
func standsAt(a *spec.Action, who int64, state spec.State, env eval.Env) bool {
	conds := spec.Conjuncts(a.Guard)
	if a.Actor < 0 || len(conds) == 0 {
		return false
	}
	p := a.Params[a.Actor]
	eq, ok := conds[0].(*spec.Binary)
	if !ok || eq.Op != spec.Eq {
		return false
	}
	at, ok1 := eq.X.(*spec.Index)
	_, ok2 := eq.Y.(*spec.Lit)
	if !ok1 || !ok2 {
		return false
	}
	if i, ok := at.I.(*spec.ParamRef); !ok || i.Param != p {
		return false
	}
	yes, err := eval.Cond(eq, state, env.Bind(p, who))
	return err == nil && yes
}

// machineIn returns a step of the machine without the statements that it would not execute in the
// state: of a store buffer, all stores but the one that is to reach memory.
func machineIn(a *spec.Action, who int64, state spec.State, env eval.Env) *spec.Action {
	if a.Kind != spec.ActorMachine || a.Actor < 0 {
		return a
	}
	b := *a
	b.Source = slices.DeleteFunc(slices.Clone(a.Source), func(l spec.SourceLine) bool {
		if l.When == nil {
			return false
		}
		yes, err := eval.Cond(l.When, state, env.Bind(a.Params[a.Actor], who))
		return err == nil && !yes
	})
	if len(b.Source) == 0 {
		return a
	}
	return &b
}

// begins returns the first statement of a, and its function.
func begins(a *spec.Action) (fn, text string) {
	ls := slices.DeleteFunc(slices.Clone(a.Source), ghost)
	switch {
	case len(a.Source) == 0:
		return a.Func, a.Name
	case len(ls) == 0 || ghost(a.Source[0]), a.Kind == spec.ActorTask && block.MatchString(ls[0].Text):
		return a.Source[0].Func, ""
	}
	first := statements(ls)[0]
	return first.Func, first.Text
}
