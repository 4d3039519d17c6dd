package explorer

import (
	"context"
	"errors"
	"fmt"

	"mcheck/spec"
)

// CountLines returns how many transitions execute each statement of m: counts[a][i] belongs to
// m.Actions[a].Source[i]. A step that branches stands for more statements than one transition of it
// executes, so these are not the counts of the actions.
//
// It visits all states once more, with a property for each condition of a statement and binding of
// the action's parameters: a state in whose situation it is has one transition that executes the
// statement. That costs as many evaluations a state as there are such properties; it is for
// coverage reports. It is an error if the exploration does not come to its end.
func CountLines(ctx context.Context, m *spec.Model, opt Options) ([][]int64, error) {
	probed := *m
	probed.Properties = nil
	type probe struct {
		action int
		when   spec.Expr
		from   int // its properties, as many as the action has bindings
		n      int
	}
	var probes []probe
	// the probe of each statement, -1: executed whenever the action fires
	of := make([][]int, len(m.Actions))
	for a, act := range m.Actions {
		own := len(probes)
		for _, l := range act.Source {
			if l.When == nil {
				of[a] = append(of[a], -1)
				continue
			}
			at := -1
			for i := own; i < len(probes); i++ {
				if spec.SameExpr(probes[i].when, l.When) {
					at = i
				}
			}
			if at < 0 {
				at = len(probes)
				p := probe{action: a, when: l.When, from: len(probed.Properties)}
				cond := spec.All(m.Constraint, m.Running, act.Guard, l.When)
				eachBinding(act.Params, map[*spec.Param]spec.Expr{}, func(b map[*spec.Param]spec.Expr) {
					probed.Properties = append(probed.Properties, &spec.Property{Name: fmt.Sprintf("line%d", len(probed.Properties)), Kind: spec.Invariant,
						When: spec.Substitute(cond, b), Cond: spec.T})
				})
				p.n = len(probed.Properties) - p.from
				probes = append(probes, p)
			}
			of[a] = append(of[a], at)
		}
	}
	r, err := Explore(ctx, &probed, opt)
	if err != nil {
		return nil, err
	}
	if !r.Complete {
		return nil, errors.New("the statements are counted only where every state is visited")
	}
	counts := make([][]int64, len(m.Actions))
	for a, act := range m.Actions {
		counts[a] = make([]int64, len(act.Source))
		for i := range act.Source {
			at := of[a][i]
			if at < 0 {
				counts[a][i] = r.Fired[a]
				continue
			}
			for _, p := range r.Properties[probes[at].from : probes[at].from+probes[at].n] {
				counts[a][i] += p.Situations
			}
		}
	}
	return counts, nil
}

// eachBinding calls f for each choice of values for the parameters.
func eachBinding(params []*spec.Param, b map[*spec.Param]spec.Expr, f func(map[*spec.Param]spec.Expr)) {
	if len(params) == 0 {
		f(b)
		return
	}
	for _, n := range params[0].Values() {
		b[params[0]] = &spec.Lit{N: n, T: params[0].Type}
		eachBinding(params[1:], b, f)
	}
	delete(b, params[0])
}
