package dot

import (
	"slices"

	"mcheck/explorer"
	"mcheck/spec"
	"mcheck/spec/eval"
)

// holds reports whether e (nil: true) holds in st; what can't be evaluated does not.
func holds(m *spec.Model, e spec.Expr, st spec.State) bool {
	yes, err := eval.Cond(e, st, eval.NewEnv(m))
	return err == nil && yes
}

// atRest says of each state whether it is at rest: the model is running there, and no owed step
// leads elsewhere.
func atRest(m *spec.Model, gr *explorer.Graph) []bool {
	out := make([]bool, len(gr.States))
	for i, st := range gr.States {
		out[i] = holds(m, m.Running, st)
	}
	for _, e := range gr.Edges {
		if !e.Action.Optional && e.To != e.From {
			out[e.From] = false
		}
	}
	return out
}

// decided returns the states in which a violated property of results is violated, and what to say
// at which state: there where a property is violated and was not in the state from which this one
// was discovered, and where a COVER is reached first.
func decided(m *spec.Model, gr *explorer.Graph, rest []bool, parent []int, results []explorer.PropertyResult) (map[int]bool, map[int][]mark) {
	bad, first := map[int]bool{}, map[int][]mark{}
	for _, r := range results {
		p := r.Property
		switch {
		case p.Kind == spec.Cover && r.Verdict == explorer.Holds:
			if i := slices.IndexFunc(gr.States, func(st spec.State) bool { return holds(m, p.When, st) && holds(m, p.Cond, st) }); i >= 0 {
				first[i] = append(first[i], mark{"reaches " + p.Name, true})
			}
		case r.Verdict == explorer.Violated:
			in := violating(m, gr, rest, p)
			for i, yes := range in {
				if !yes {
					continue
				}
				bad[i] = true
				if k := parent[i]; k < 0 || !in[gr.Edges[k].From] {
					first[i] = append(first[i], mark{"violates " + p.Name, false})
				}
			}
		}
	}
	return bad, first
}

// violating says of each state whether p is violated there.
func violating(m *spec.Model, gr *explorer.Graph, rest []bool, p *spec.Property) []bool {
	out := make([]bool, len(gr.States))
	var reach []bool // of CanRest: a rest where Cond holds can be reached
	if p.Kind == spec.CanRest {
		reach = make([]bool, len(gr.States))
		for i, st := range gr.States {
			reach[i] = rest[i] && holds(m, p.Cond, st)
		}
		for changed := true; changed; {
			changed = false
			for _, e := range slices.Backward(gr.Edges) {
				if e.To >= 0 && reach[e.To] && !reach[e.From] {
					reach[e.From], changed = true, true
				}
			}
		}
	}
	for i, st := range gr.States {
		if !holds(m, p.When, st) {
			continue
		}
		switch p.Kind {
		case spec.Invariant:
			out[i] = !holds(m, p.Cond, st)
		case spec.AtRest, spec.Deadlock:
			out[i] = rest[i] && !holds(m, p.Cond, st)
		case spec.CanRest:
			out[i] = !reach[i]
		case spec.Cover, spec.Eventually, spec.LeadsTo:
			// No single state violates them.
		}
	}
	return out
}
