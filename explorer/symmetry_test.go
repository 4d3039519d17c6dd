package explorer

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"mcheck/spec"
	"mcheck/spec/classic"
	"mcheck/spec/eval"
	"mcheck/spec/spectest"
	"mcheck/spec/symmetry"
)

// permuted is s with the values of type t replaced by what p says, where they stand and where they
// index.
func permuted(m *spec.Model, s spec.State, t *spec.EnumType, p []int64) spec.State {
	out := make(spec.State, len(s))
	for i, v := range s {
		out[i] = permutedValue(m.Vars[i].Type, v, t, p)
	}
	return out
}

func permutedValue(typ spec.Type, v spec.Value, t *spec.EnumType, p []int64) spec.Value {
	elems := func(of func(int) spec.Type) []spec.Value {
		var es []spec.Value
		for i, e := range v.Elems {
			es = append(es, permutedValue(of(i), e, t, p))
		}
		return es
	}
	switch x := typ.(type) {
	case *spec.BoolType, *spec.RangeType:
		return v
	case *spec.EnumType:
		if x == t {
			v.N = p[v.N]
		}
		return v
	case *spec.OptionType:
		if x.Elem == t && v.N >= 0 {
			v.N = p[v.N]
		}
		return v
	case *spec.SetType:
		if x.Elem != spec.Type(t) {
			return v
		}
		n := int64(0)
		for i, to := range p {
			if v.N>>i&1 != 0 {
				n |= 1 << to
			}
		}
		return spec.Value{N: n}
	case *spec.SeqType:
		return spec.Value{Elems: elems(func(int) spec.Type { return x.Elem })}
	case *spec.RecordType:
		return spec.Value{Elems: elems(func(i int) spec.Type { return x.Fields[i].Type })}
	case *spec.ArrayType:
		es := elems(func(int) spec.Type { return x.Elem })
		if x.Index != spec.Type(t) {
			return spec.Value{Elems: es}
		}
		moved := make([]spec.Value, len(es))
		for i, e := range es {
			moved[p[i]] = e
		}
		return spec.Value{Elems: moved}
	}
	panic("unhandled type")
}

// orbit is the states that the permutations of the classes make of s.
func orbit(m *spec.Model, s spec.State, classes []symmetry.Class) []spec.State {
	all := []spec.State{s}
	for _, c := range classes {
		var next []spec.State
		permutations(len(c.Values), func(order []int) {
			p := make([]int64, len(c.Type.Values))
			for i := range p {
				p[i] = int64(i)
			}
			for i, to := range order {
				p[c.Values[i]] = c.Values[to]
			}
			for _, x := range all {
				next = append(next, permuted(m, x, c.Type, p))
			}
		})
		all = next
	}
	return all
}

func permutations(n int, f func([]int)) {
	var rec func(order []int)
	rec = func(order []int) {
		if len(order) == n {
			f(order)
			return
		}
		for i := range n {
			if !slices.Contains(order, i) {
				rec(append(order[:len(order):len(order)], i))
			}
		}
	}
	rec(nil)
}

// least is the least key in the orbit of s.
func least(m *spec.Model, s spec.State, classes []symmetry.Class) string {
	var out string
	for i, x := range orbit(m, s, classes) {
		if k := x.Key(); i == 0 || k < out {
			out = k
		}
	}
	return out
}

// symmetryAgrees requires that a search by orbits finds what the evaluator finds, orbit by orbit,
// and reports how many states it spared.
func symmetryAgrees(t fatal, m *spec.Model) int64 {
	want, err := eval.Explore(m, eval.Options{})
	require.NoError(t, err)
	got := explore(t, m, Options{Workers: 1, Symmetry: true})
	classes := Symmetry(m)
	require.ElementsMatch(t, classes, got.Symmetry)
	require.Equal(t, want.Err != nil, got.Error != nil, "%v, %v in\n%s", want.Err, got.Error, m)
	for i, p := range got.Properties {
		if p.Trace != nil {
			replay(t, m, p.Trace, m.Properties[i])
		}
	}
	plainly := explore(t, m, Options{Workers: 1})
	if got.Error != nil {
		require.Len(t, got.Error.Trace, len(plainly.Error.Trace))
		if len(got.Error.Trace) > 0 {
			replay(t, m, got.Error.Trace, nil)
		}
		return 0
	}
	require.True(t, got.Complete)
	// The first state of each orbit that the evaluator meets, and what it found there.
	orbits := map[string]int{}
	var levels []int64
	rest := int64(0)
	first := make([]int, len(want.States))
	for i, s := range want.States {
		key := least(m, s, classes)
		if k, ok := orbits[key]; ok {
			first[i] = k
			continue
		}
		orbits[key], first[i] = i, i
		if len(levels) < want.Depths[i] {
			levels = append(levels, 0)
		}
		levels[want.Depths[i]-1]++
		if want.AtRest[i] {
			rest++
		}
	}
	transitions := int64(0)
	for _, e := range want.Edges {
		if first[e.From] == e.From {
			transitions++
		}
	}
	require.Equal(t, int64(len(orbits)), got.Distinct, "%s", m)
	require.Equal(t, levels, got.Levels, "%s", m)
	require.Equal(t, rest, got.Rest, "%s", m)
	require.Equal(t, transitions, got.Transitions, "%s", m)
	for i, p := range got.Properties {
		w := want.Properties[i]
		require.Equal(t, w.Verdict.String(), p.Verdict.String(), "%s in\n%s", p.Property.Name, m)
		require.Len(t, p.Trace, w.Length, "%s in\n%s", p.Property.Name, m)
		if p.Trace == nil {
			continue
		}
		require.Equal(t, switches(plainly.Properties[i].Trace), switches(p.Trace), "context switches of %s in\n%s", p.Property.Name, m)
	}
	for n, e := range map[int]Engine{1: Native, 2: Closures, 8: Native} {
		require.Equal(t, plain(got), plain(explore(t, m, Options{Workers: n, Engine: e, Symmetry: true})))
	}
	return want.Distinct - got.Distinct
}

// anons counts the parameters that anonymous makes.
var anons int

// anonymous is m with nothing in its actions and properties that names a value of t: such literals
// become parameters, or bound variables.
func anonymous(m *spec.Model, t *spec.EnumType) *spec.Model {
	out := *m
	t.Symbolic = true
	fresh := func() *spec.Param {
		anons++
		return &spec.Param{Name: fmt.Sprintf("any%d", anons), Type: t}
	}
	// without rewrites e; ps stand for the values.
	without := func(ps ...*spec.Param) func(spec.Expr) spec.Expr {
		return func(e spec.Expr) spec.Expr {
			p := ps[0]
			if x, ok := e.(*spec.Lit); ok && x.N > 0 {
				p = ps[int(x.N)%len(ps)]
			}
			switch x := e.(type) {
			case *spec.Lit:
				switch y := x.T.(type) {
				case *spec.EnumType:
					if y == t {
						return spec.P(p)
					}
				case *spec.OptionType:
					if y.Elem == t && x.N >= 0 {
						return spec.P(p)
					}
				case *spec.SetType:
					if y.Elem == spec.Type(t) && x.N != 0 {
						return &spec.Composite{T: y, Elems: []spec.Expr{spec.P(p)}}
					}
				}
			case *spec.Composite:
				if a, ok := x.T.(*spec.ArrayType); ok && a.Index == spec.Type(t) {
					return &spec.Quant{Op: spec.MapOf, Param: fresh(), Body: x.Elems[0]}
				}
			case *spec.Quant:
				if x.Param.Type == spec.Type(t) && x.Param.Only != nil {
					q := fresh()
					return &spec.Quant{Op: x.Op, Param: q, Body: spec.Substitute(x.Body, map[*spec.Param]spec.Expr{x.Param: spec.P(q)})}
				}
			}
			return e
		}
	}
	bound := func(e spec.Expr) spec.Expr {
		if e == nil {
			return nil
		}
		p := fresh()
		e = spec.Rewrite(e, without(p))
		if slices.Contains(spec.ParamsRead(e), p) {
			e = &spec.Quant{Op: spec.Exists, Param: p, Body: e}
		}
		return e
	}
	out.Actions, out.Properties = nil, nil
	for _, a := range m.Actions {
		b := *a
		b.Params = nil
		for _, q := range a.Params {
			if q.Type == spec.Type(t) {
				q.Only = nil
			}
			b.Params = append(b.Params, q)
		}
		p, q := fresh(), fresh()
		b.Guard = spec.Rewrite(a.Guard, without(p, q))
		b.Body = spec.RewriteNode(a.Body, without(p, q))
		for _, x := range []*spec.Param{p, q} {
			if slices.ContainsFunc(b.Exprs(), func(e spec.Expr) bool { return slices.Contains(spec.ParamsRead(e), x) }) {
				b.Params = append(b.Params, x)
			}
		}
		out.Actions = append(out.Actions, &b)
	}
	for _, q := range m.Properties {
		r := *q
		r.When, r.From, r.Cond = bound(q.When), bound(q.From), bound(q.Cond)
		out.Properties = append(out.Properties, &r)
	}
	out.Running, out.Constraint = bound(m.Running), bound(m.Constraint)
	return &out
}

// anonymousModel draws a model in which nothing names the values of some of its enums.
func anonymousModel(t *rapid.T, draw func(*rapid.T) *spec.Model) *spec.Model {
	m := draw(t)
	for range 2 {
		// An array literal whose elements become one value may lose its type; such a model is left
		// as it was.
		if next := anonymous(m, rapid.SampledFrom(m.Enums).Draw(t, "anonymous")); len(spec.Check(next)) == 0 {
			m = next
		}
	}
	return m
}

func TestSymmetryOnRandomModels(t *testing.T) {
	reduced, spared := 0, int64(0)
	rapid.Check(t, func(t *rapid.T) {
		m := anonymousModel(t, spectest.Model)
		n := symmetryAgrees(t, m)
		if n > 0 {
			reduced++
			spared += n
		}
	})
	t.Logf("%d models reduced, by %d states", reduced, spared)
	require.Greater(t, reduced, 5, "some models are reduced")
}

func TestSymmetryOnFaults(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { symmetryAgrees(t, anonymousModel(t, spectest.FaultyModel)) })
}

// What the models say by themselves, literals and all.
func TestSymmetryOnPlainModels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { symmetryAgrees(t, spectest.Model(t)) })
}

func TestSymmetryOnClassicModels(t *testing.T) {
	for _, e := range classic.Models {
		if e.Distinct > 60_000 {
			continue
		}
		m := e.Build()
		for _, t := range m.Enums {
			t.Symbolic = true
		}
		on, off := explore(t, m, Options{Symmetry: true}), explore(t, m, Options{})
		for i, p := range on.Properties {
			require.Equal(t, off.Properties[i].Verdict, p.Verdict, "%s of %s", p.Property.Name, e.Name)
			require.Len(t, p.Trace, len(off.Properties[i].Trace), "%s of %s", p.Property.Name, e.Name)
		}
		require.LessOrEqual(t, on.Distinct, off.Distinct)
		t.Log(e.Name, on.Symmetry, off.Distinct, on.Distinct)
	}
}
