package explorer

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"mcheck/spec"
	"mcheck/spec/eval"
	"mcheck/spec/spectest"
)

// Expressions that are lowered, simplified, and rebuilt under what is known of the cells and under
// the conditions before them have the value that the reference evaluator finds, in every assignment
// to the variables: as conditions of properties, and as guards, branches and values of a step that
// each state may make.
func TestExpressionsAreEqual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, es := spectest.Exprs(t, 14)
		var conds []spec.Expr
		for _, e := range es {
			if e.Type() == spec.Type(spec.Bool) {
				conds = append(conds, e)
			}
		}
		for i, c := range conds {
			p := &spec.Property{Name: fmt.Sprintf("P%d", i), Kind: spec.Invariant, Cond: c}
			if i%2 == 1 {
				p.When = conds[i-1]
			}
			m.Properties = append(m.Properties, p)
		}
		// The step notes what the conditions are, under others that are known to hold by
		// then.
		results := make([]*spec.Var, 3)
		do := func(k int) *spec.Do {
			d := &spec.Do{}
			for i, v := range results {
				d.Updates = append(d.Updates, spec.Set(v, conds[(k+i)%len(conds)]))
			}
			return d
		}
		if len(conds) > 0 {
			for i := range results {
				results[i] = &spec.Var{Name: fmt.Sprintf("r%d", i), Type: spec.Bool, Init: spec.F, Ghost: true}
			}
			m.Vars = append(m.Vars, results...)
			last := len(conds) - 1
			m.Actions = []*spec.Action{{Name: "Note", Actor: -1, Guard: conds[last],
				Body: &spec.Branch{Cond: conds[last/2], Then: do(0), Else: &spec.Branch{Cond: conds[last/3], Then: do(1), Else: do(2)}}}}
		}
		if len(spec.Check(m)) > 0 {
			t.Skip("not well-formed")
		}
		want, err := eval.Explore(m, eval.Options{})
		require.NoError(t, err)
		if want.Err != nil {
			return
		}
		agree(t, m)
	})
}
