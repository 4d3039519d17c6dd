package slice

import (
	"slices"

	"mcheck/spec"
)

// inputs says which firings have something new to see: those that read a variable, or stand at a label, of which more is known by now.
// It leaves out one kind: a write to what tasks have wherever they stand has to come again for a label that is found after it, if the way
// there had excluded the written value. Times are counted in changes.
type inputs struct {
	now   int
	vars  map[*spec.Var]int
	at    map[place]int // what a task has at a label
	fired map[*spec.Action][]firing
	reads map[*spec.Action][]*spec.Var
}

// place is where a task stands.
type place struct{ t, l int64 }

// firing is an action with a binding.
type firing struct {
	done bool
	when int // it began
}

func newInputs() *inputs {
	return &inputs{vars: map[*spec.Var]int{}, at: map[place]int{}, fired: map[*spec.Action][]firing{}, reads: map[*spec.Action][]*spec.Var{}}
}

func (in *inputs) changed(v *spec.Var) {
	in.now++
	in.vars[v] = in.now
}

func (in *inputs) changedAt(t, l int64) {
	in.now++
	in.at[place{t, l}] = in.now
}

// due reports whether the nth binding of a has to be looked at, and takes it to be looked at now.
func (in *inputs) due(r *reach, a *spec.Action, nth int) bool {
	for len(in.fired[a]) <= nth {
		in.fired[a] = append(in.fired[a], firing{})
	}
	f := &in.fired[a][nth]
	due := !f.done
	if s := r.cur; s != nil {
		due = due || in.at[place{s.t, s.l}] > f.when
	}
	reads, ok := in.reads[a]
	if !ok {
		reads = r.readsOf(a)
		in.reads[a] = reads
	}
	due = due || slices.ContainsFunc(reads, func(v *spec.Var) bool { return in.vars[v] > f.when })
	if due {
		f.done, f.when = true, in.now
	}
	return due
}

// readsOf returns the variables that a firing of a looks at, but for what the task that takes it has where it stands.
func (r *reach) readsOf(a *spec.Action) []*spec.Var {
	var own *spec.Param
	var conds, es []spec.Expr
	conds = spec.Conjuncts(a.Guard)
	if r.control != nil {
		_, own, _, _ = r.control.dispatch(a)
	}
	for _, g := range conds {
		// That the task is where it stands is known; what else may be is not.
		if v, p, _, ok := waitsAt(g); ok && own != nil && p == own && v == r.control.pc {
			continue
		}
		es = append(es, g)
	}
	eachExpr(a.Body, nil, func(e spec.Expr) { es = append(es, e) })
	var out []*spec.Var
	for _, e := range es {
		spec.Inspect(e, func(e spec.Expr) bool {
			if v, p, ok := ownElement(e); ok && own != nil && p == own && slices.Contains(r.control.locals, v) {
				return false
			}
			if v, ok := e.(*spec.VarRef); ok && !slices.Contains(out, v.Var) {
				out = append(out, v.Var)
			}
			return true
		})
	}
	return out
}
