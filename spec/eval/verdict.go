package eval

import (
	"fmt"

	"mcheck/spec"
)

// stateProperties evaluates, for a state that is met for the first time, the properties that need
// no more than the state. i is its position, or -1 for one outside the constraint, of which only
// the invariants are checked.
func (x *search) stateProperties(s spec.State, i, depth int) error {
	for k, p := range x.m.Properties {
		if i < 0 && p.Kind != spec.Invariant || p.Kind == spec.AtRest || p.Kind == spec.Deadlock {
			continue
		}
		in, err := x.holds(p, p.When, "When", s)
		if err != nil {
			return err
		}
		if in && p.Kind == spec.LeadsTo {
			if in, err = x.holds(p, p.From, "From", s); err != nil {
				return err
			}
		}
		cond := false
		if in || needsGraph(p.Kind) {
			if cond, err = x.holds(p, p.Cond, "Cond", s); err != nil {
				return err
			}
		}
		if in && i >= 0 {
			x.r.Properties[k].Situations++
			if p.Kind != spec.CanRest && cond == (p.Kind == spec.Cover) {
				x.r.Properties[k].Hits++
			}
		}
		switch p.Kind {
		case spec.Invariant:
			if in && !cond {
				x.found(k, Violated, i, depth)
			}
		case spec.Cover:
			if in && cond {
				x.found(k, Holds, i, depth)
			}
		case spec.CanRest, spec.Eventually, spec.LeadsTo:
			x.when[k] = append(x.when[k], in)
			x.good[k] = append(x.good[k], cond)
		default:
			panic(fmt.Sprintf("unhandled %s", p.Kind))
		}
	}
	return nil
}

// needsGraph reports whether a property of kind k is decided when the whole graph is known.
func needsGraph(k spec.PropertyKind) bool {
	return k == spec.CanRest || k == spec.Eventually || k == spec.LeadsTo
}

// restProperties evaluates the properties of the states at rest, for state i.
func (x *search) restProperties(i int, rest bool) error {
	s := x.r.States[i]
	for k, p := range x.m.Properties {
		if rest && p.Kind == spec.CanRest && x.good[k][i] {
			x.r.Properties[k].Hits++
		}
		if !rest || p.Kind != spec.AtRest && p.Kind != spec.Deadlock {
			continue
		}
		in, err := x.holds(p, p.When, "When", s)
		if err != nil {
			return err
		}
		if !in {
			continue
		}
		x.r.Properties[k].Situations++
		cond, err := x.holds(p, p.Cond, "Cond", s)
		if err != nil {
			return err
		}
		if !cond {
			x.r.Properties[k].Hits++
			x.found(k, Violated, i, x.r.Depths[i])
		}
	}
	return nil
}

func (x *search) holds(p *spec.Property, e spec.Expr, where string, s spec.State) (bool, error) {
	ok, err := Cond(e, s, x.env)
	if err != nil {
		return false, &Error{Msg: err.Error(), Prop: p, Where: where}
	}
	return ok, nil
}

// found notes that property k is decided by state i at the given depth, unless a shorter behaviour
// did so. For a state outside the constraint (-1) that is not an initial one, the last edge leads
// to it.
func (x *search) found(k int, v Verdict, i, depth int) {
	r := &x.r.Properties[k]
	if r.Length == 0 || depth < r.Length {
		r.Verdict, r.Length, r.State = v, depth, i
		r.ends = nil
	}
	if depth == r.Length {
		r.ends = append(r.ends, end{i, len(x.r.Edges) - 1})
	}
}

// verdicts decides what only the end of the search can decide.
func (x *search) verdicts() {
	for k := range x.r.Properties {
		r := &x.r.Properties[k]
		if !x.r.Complete || r.Verdict != Undecided {
			continue
		}
		if r.Property.Kind == spec.CanRest && r.Situations > 0 {
			x.canRest(k)
			continue
		}
		if (r.Property.Kind == spec.Eventually || r.Property.Kind == spec.LeadsTo) && r.Situations > 0 {
			x.live(k)
			continue
		}
		switch r.Property.Kind {
		case spec.Invariant, spec.AtRest, spec.Deadlock:
			r.Verdict = Holds
		case spec.Cover:
			r.Verdict = Violated
		case spec.CanRest, spec.Eventually, spec.LeadsTo: // not in its situation
		default:
			panic(fmt.Sprintf("unhandled %s", r.Property.Kind))
		}
		if r.Situations == 0 && r.Property.Kind != spec.Deadlock { // where nothing is ever at rest there is no deadlock
			r.Verdict = Vacuous
		}
	}
}

// canRest searches backwards from the states at rest that satisfy the condition; a state in the
// situation that is not met then, of least depth, is a violation.
func (x *search) canRest(k int) {
	before := make([][]int, len(x.r.States))
	for _, e := range x.r.Edges {
		if e.To >= 0 {
			before[e.To] = append(before[e.To], e.From)
		}
	}
	can := make([]bool, len(x.r.States))
	var todo []int
	for i := range x.r.States {
		if x.r.AtRest[i] && x.good[k][i] {
			can[i] = true
			todo = append(todo, i)
		}
	}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, j := range before[i] {
			if !can[j] {
				can[j] = true
				todo = append(todo, j)
			}
		}
	}
	x.r.Properties[k].Verdict = Holds
	for i := range x.r.States {
		if x.when[k][i] && !can[i] {
			x.found(k, Violated, i, x.r.Depths[i])
		}
	}
}
