package eval

import "mcheck/spec"

// Switches counts the context switches of a trace: the steps of another actor than the last one
// before it. Steps of the machine are left out, and the first step is no switch.
func Switches(t spec.Trace) int {
	n, last := 0, ""
	for _, s := range t {
		n, last = afterStep(n, last, s)
	}
	return n
}

// afterStep returns the number of switches and the last actor after one more step; "" is nobody
// yet.
func afterStep(n int, last string, s spec.Step) (int, string) {
	if s.Action == nil || s.Action.Kind == spec.ActorMachine {
		return n, last
	}
	if last != "" && s.Actor() != last {
		n++
	}
	return n, s.Actor()
}

// FewestSwitches returns the least number of context switches of all shortest behaviours that
// decide property k (its position in Result.Properties): to a violation, for Cover to a covering
// state. ok is false if there is none. It looks at every shortest path.
func (r *Result) FewestSwitches(k int) (n int, ok bool) {
	// best[i] is, for each actor of a last step on a shortest path to state i, the least number of
	// switches.
	best := make([]map[string]int, len(r.States))
	improve := func(to map[string]int, from map[string]int, e Edge) {
		for last, n := range from {
			n, actor := afterStep(n, last, spec.Step{Action: e.Action, Args: e.Args})
			if old, ok := to[actor]; !ok || n < old {
				to[actor] = n
			}
		}
	}
	for i := range best {
		best[i] = map[string]int{}
		if r.Depths[i] == 1 {
			best[i][""] = 0
		}
	}
	// Edges leave states in the order of discovery, so that all paths to a state are known before
	// it is left.
	for _, e := range r.Edges {
		if e.To >= 0 && r.Depths[e.To] == r.Depths[e.From]+1 {
			improve(best[e.To], best[e.From], e)
		}
	}
	for _, end := range r.Properties[k].ends {
		found := map[string]int{}
		switch {
		case end.state >= 0:
			found = best[end.state]
		case end.edge >= 0:
			e := r.Edges[end.edge]
			improve(found, best[e.From], e)
		default:
			found[""] = 0
		}
		for _, m := range found {
			if !ok || m < n {
				n, ok = m, true
			}
		}
	}
	return n, ok
}
