package slice

import (
	"slices"

	"mcheck/internal/parallel"
	"mcheck/spec"
)

// variable is what is known of a variable, and when that became known: times are counted in
// changes.
type variable struct {
	values *values
	when   int
}

// firing is an action with a binding, and when it was looked at last.
type firing struct {
	done bool
	when int // it began
}

// step is an action with what is the same for each of its firings.
type step struct {
	a    *spec.Action
	args [][]int64 // the values of the parameters
	// waits says that the action waits for a task, its parameter param, to stand at a label.
	waits   bool
	param   *spec.Param
	label   int64
	reads   []*variable
	firings []firing
	enabled bool
}

// steps makes the steps of the model.
func (r *reach) steps() []*step {
	out := make([]*step, len(r.m.Actions))
	parallel.Each(len(out), func(i int) {
		a := r.m.Actions[i]
		st := &step{a: a}
		for _, p := range a.Params {
			st.args = append(st.args, p.Values())
		}
		if r.control != nil {
			st.label, st.param, st.waits = r.control.dispatch(a)
		}
		r.findReads(st)
		out[i] = st
	})
	return out
}

// due reports whether the nth binding of st has something new to see, and takes it to be looked at
// now: it reads a variable, or stands at a label, of which more is known by now. It leaves out one
// kind: a write to what tasks have wherever they stand has to come again for a label that is found
// after it, if the way there had excluded the written value.
func (r *reach) due(st *step, nth int) bool {
	for len(st.firings) <= nth {
		st.firings = append(st.firings, firing{})
	}
	f := &st.firings[nth]
	due := !f.done || r.cur != nil && r.cur.at.when > f.when ||
		slices.ContainsFunc(st.reads, func(v *variable) bool { return v.when > f.when })
	if due {
		f.done, f.when = true, r.now
	}
	return due
}

// findReads finds the variables that a firing of st looks at, but for what the task that takes it
// has where it stands.
func (r *reach) findReads(st *step) {
	var es []spec.Expr
	for _, g := range spec.Conjuncts(st.a.Guard) {
		// That the task is where it stands is known; what else may be is not.
		if v, p, _, ok := waitsAt(g); ok && st.waits && p == st.param && v == r.control.pc {
			continue
		}
		es = append(es, g)
	}
	eachExpr(st.a.Body, nil, func(e spec.Expr) { es = append(es, e) })
	seen := map[*spec.Var]bool{}
	for _, e := range es {
		spec.Inspect(e, func(e spec.Expr) bool {
			if v, p, ok := ownElement(e); ok && st.waits && p == st.param && r.control.isLocal(v) {
				return false
			}
			if v, ok := e.(*spec.VarRef); ok && !seen[v.Var] {
				seen[v.Var] = true
				st.reads = append(st.reads, r.vars[v.Var])
			}
			return true
		})
	}
}
