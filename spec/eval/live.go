package eval

import "mcheck/spec"

// group is what one fairness assumption is about: the steps of an action by one actor; of weakly
// fair actions with actors all that an actor can make, as it is the actor that is fair, and not a
// choice of its own.
type group struct {
	action *spec.Action // of several the first
	actor  int64        // value of the actor parameter; 0 if there is none
}

// live decides property k, of kind Eventually or LeadsTo: it is violated if some fair behaviour
// from a state in the situation never reaches Cond.
//
// A behaviour may stutter for ever. It is fair if, for each group of steps, those that change the
// state (TLA+'s <<A>>_vars) are taken again and again, or are not enabled in some state that it
// comes back to for ever (weak), or in no such state (strong). A group is an action with strong
// fairness by one actor, or all actions with weak fairness by one actor, which are those whose
// actor parameters have one type.
func (x *search) live(k int) {
	x.r.Properties[k].Verdict = Holds
	g := newFairGraph(x.m, &x.r)
	bad := make([]bool, len(x.r.States)) // where Cond fails
	var all []int
	for i, good := range x.good[k] {
		if !good {
			bad[i] = true
			all = append(all, i)
		}
	}
	// avoid[i]: from i a fair behaviour leads through bad states only.
	avoid := make([]bool, len(x.r.States))
	var todo []int
	for _, c := range g.fairComponents(all) {
		for _, i := range c {
			avoid[i] = true
			todo = append(todo, i)
		}
	}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, e := range g.into[i] {
			if j := x.r.Edges[e].From; bad[j] && !avoid[j] {
				avoid[j] = true
				todo = append(todo, j)
			}
		}
	}
	for i := range x.r.States {
		if x.when[k][i] && avoid[i] {
			x.found(k, Violated, i, x.r.Depths[i])
		}
	}
}

// fairGraph is the state graph with the fairness assumptions.
type fairGraph struct {
	r *Result
	// of weakly fair actions, the first of those with actors of its type
	first map[*spec.Action]*spec.Action
	// edges of each state, those that lead to a different state within the constraint
	out, into [][]int
	enabled   []map[group]bool
}

func newFairGraph(m *spec.Model, r *Result) *fairGraph {
	n := len(r.States)
	g := &fairGraph{r: r, first: map[*spec.Action]*spec.Action{}, out: make([][]int, n), into: make([][]int, n), enabled: make([]map[group]bool, n)}
	for i, a := range m.Actions {
		for _, b := range m.Actions[:i+1] {
			if a == b || a.Fairness == spec.WeakFairness && b.Fairness == spec.WeakFairness && a.Actor >= 0 && b.Actor >= 0 &&
				spec.SameType(a.Params[a.Actor].Type, b.Params[b.Actor].Type) {
				g.first[a] = b
				break
			}
		}
	}
	for i := range n {
		g.enabled[i] = map[group]bool{}
	}
	for k, e := range r.Edges {
		if e.To == e.From {
			continue
		}
		if e.Action.Fairness != spec.NoFairness {
			g.enabled[e.From][g.groupOf(e)] = true
		}
		if e.To >= 0 {
			g.out[e.From] = append(g.out[e.From], k)
			g.into[e.To] = append(g.into[e.To], k)
		}
	}
	return g
}

func (g *fairGraph) groupOf(e Edge) group {
	if e.Action.Actor < 0 {
		return group{e.Action, 0}
	}
	return group{g.first[e.Action], e.Args[e.Action.Actor]}
}

// fairComponents returns sets of states, out of those given, in each of which a fair behaviour can
// stay for ever; every fair behaviour that stays in the given states comes to stay in a part of
// such a set or of a state that reaches one.
func (g *fairGraph) fairComponents(states []int) [][]int {
	var fair [][]int
	for _, c := range g.components(states) {
		within := map[int]bool{}
		for _, i := range c {
			within[i] = true
		}
		taken := map[group]bool{}
		for _, i := range c {
			for _, k := range g.out[i] {
				if e := g.r.Edges[k]; within[e.To] {
					taken[g.groupOf(e)] = true
				}
			}
		}
		// strong: assumptions that are broken as long as a state that enables them is there
		weak, strong := true, map[group]bool{}
		for _, i := range c {
			for a := range g.enabled[i] {
				switch {
				case taken[a]:
				case a.action.Fairness == spec.StrongFairness:
					strong[a] = true
				case g.enabledEverywhere(a, c):
					weak = false
				}
			}
		}
		switch {
		case !weak:
			// No part of c can be fair: the steps are enabled in all of it and taken in none.
		case len(strong) == 0:
			fair = append(fair, c)
		default:
			var rest []int
			for _, i := range c {
				breaks := false
				for a := range g.enabled[i] {
					breaks = breaks || strong[a]
				}
				if !breaks {
					rest = append(rest, i)
				}
			}
			fair = append(fair, g.fairComponents(rest)...)
		}
	}
	return fair
}

func (g *fairGraph) enabledEverywhere(a group, c []int) bool {
	for _, i := range c {
		if !g.enabled[i][a] {
			return false
		}
	}
	return true
}

// components returns the strongly connected components of the given states: two states are in one
// if each is reached from the other. A state alone is one too, since it can stutter.
func (g *fairGraph) components(states []int) [][]int {
	within := map[int]bool{}
	for _, i := range states {
		within[i] = true
	}
	// Finish times of a depth-first search, then searches against the edges in descending order of
	// them (Kosaraju).
	var order []int
	seen := map[int]bool{}
	for _, root := range states {
		if seen[root] {
			continue
		}
		seen[root] = true
		type frame struct{ state, next int }
		stack := []frame{{root, 0}}
		for len(stack) > 0 {
			f := &stack[len(stack)-1]
			if f.next == len(g.out[f.state]) {
				order = append(order, f.state)
				stack = stack[:len(stack)-1]
				continue
			}
			to := g.r.Edges[g.out[f.state][f.next]].To
			f.next++
			if within[to] && !seen[to] {
				seen[to] = true
				stack = append(stack, frame{to, 0})
			}
		}
	}
	var out [][]int
	done := map[int]bool{}
	for k := len(order) - 1; k >= 0; k-- {
		if done[order[k]] {
			continue
		}
		done[order[k]] = true
		c := []int{order[k]}
		for n := 0; n < len(c); n++ {
			for _, e := range g.into[c[n]] {
				if from := g.r.Edges[e].From; within[from] && !done[from] {
					done[from] = true
					c = append(c, from)
				}
			}
		}
		out = append(out, c)
	}
	return out
}
