package spectest_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"mcheck/spec"
	"mcheck/spec/eval"
	"mcheck/spec/spectest"
)

func TestModelsAreRight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := spectest.Model(t)
		require.Empty(t, spec.Check(m), "%s", m)
		r, err := eval.Explore(m, eval.Options{})
		require.NoError(t, err)
		if r.Err != nil {
			t.Fatalf("%v in\n%s", r.Err, m)
		}
		require.Less(t, r.Distinct, int64(5000))
	})
}

func TestLiveModelsAreRight(t *testing.T) {
	seen := map[string]int{}
	models := rapid.Custom(spectest.LiveModel)
	for seed := range 200 {
		m := models.Example(seed)
		require.Empty(t, spec.Check(m), "%s", m)
		r, err := eval.Explore(m, eval.Options{})
		require.NoError(t, err)
		require.True(t, r.Complete)
		for _, p := range r.Properties {
			seen[fmt.Sprintf("%s %s", p.Property.Kind, p.Verdict)]++
		}
	}
	for _, x := range []string{"EVENTUALLY holds", "EVENTUALLY violated", "EVENTUALLY vacuous", "LEADS_TO holds", "LEADS_TO violated", "LEADS_TO vacuous"} {
		require.NotZero(t, seen[x], "%s: %v", x, seen)
	}
}

func TestFaultyModelsAreWellTyped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := spectest.FaultyModel(t)
		require.Empty(t, spec.Check(m), "%s", m)
		_, err := eval.Explore(m, eval.Options{})
		require.NoError(t, err)
	})
}

// The generators between them use every operator, type, kind of property and kind of expression,
// most models have more than a few states, and faulty models do fail now and then.
func TestGeneratorsUseEverything(t *testing.T) {
	seen := map[string]int{}
	note := func(e spec.Expr) {
		spec.Inspect(e, func(e spec.Expr) bool {
			seen[fmt.Sprintf("%T", e)]++
			switch e := e.(type) {
			case *spec.Unary:
				seen[e.Op.String()]++
			case *spec.Binary:
				seen[e.Op.String()]++
			case *spec.Quant:
				seen[e.Op.String()]++
			}
			return true
		})
	}
	models, faulty := rapid.Custom(spectest.Model), rapid.Custom(spectest.FaultyModel)
	for seed := range 400 {
		m := models.Example(seed)
		for _, v := range m.Vars {
			spec.Types(v.Type, func(t spec.Type) { seen[fmt.Sprintf("%T", t)]++ })
			if v.Init == nil {
				seen["any initial value"]++
			}
		}
		for _, a := range m.Actions {
			spec.InspectNode(a.Body, func(n spec.Node) bool { seen[fmt.Sprintf("%T", n)]++; return true })
			for _, e := range a.Exprs() {
				note(e)
			}
			for _, u := range spec.Updates(a.Body) {
				for _, s := range u.Path {
					seen[fmt.Sprintf("path by index: %t", s.Index != nil)]++
				}
			}
			seen[fmt.Sprintf("optional: %t", a.Optional)]++
		}
		r, err := eval.Explore(m, eval.Options{})
		require.NoError(t, err)
		for _, p := range r.Properties {
			seen[fmt.Sprintf("%s %s", p.Property.Kind, p.Verdict)]++
		}
		for name, e := range map[string]spec.Expr{"InitWhere": m.InitWhere, "Running": m.Running, "Constraint": m.Constraint} {
			if e != nil {
				seen[name]++
			}
		}
		if r.Distinct > 8 {
			seen["more than 8 states"]++
		}
		if r.Distinct > 100 {
			seen["more than 100 states"]++
		}
		if r.Rest > 0 {
			seen["rest"]++
		}
		r, err = eval.Explore(faulty.Example(seed), eval.Options{})
		require.NoError(t, err)
		if r.Err != nil {
			seen["fault"]++
		}
	}
	for op := spec.Not; op <= spec.MapOf; op++ {
		require.NotZero(t, seen[op.String()], op)
	}
	for _, x := range []string{
		"*spec.Lit", "*spec.VarRef", "*spec.ParamRef", "*spec.Index", "*spec.FieldSel", "*spec.If", "*spec.Composite",
		"*spec.BoolType", "*spec.RangeType", "*spec.EnumType", "*spec.OptionType", "*spec.ArrayType", "*spec.SetType", "*spec.SeqType", "*spec.RecordType",
		"*spec.Do", "*spec.Branch", "path by index: true", "path by index: false", "optional: true", "optional: false",
		"any initial value", "InitWhere", "Running", "Constraint",
		"INVARIANT holds", "INVARIANT violated", "INVARIANT vacuous", "AT_REST holds", "AT_REST violated", "AT_REST vacuous",
		"DEADLOCK holds", "DEADLOCK violated", "CAN_REST holds", "CAN_REST violated", "CAN_REST vacuous",
		"COVER holds", "COVER violated", "COVER vacuous",
	} {
		require.NotZero(t, seen[x], x)
	}
	require.Zero(t, seen["DEADLOCK vacuous"])
	require.Greater(t, seen["more than 8 states"], 100)
	require.Greater(t, seen["more than 100 states"], 10)
	require.Greater(t, seen["rest"], 50)
	require.Greater(t, seen["fault"], 20)
}
