package spec_test

import (
	"math"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"mcheck/spec"
	"mcheck/spec/eval"
	"mcheck/spec/spectest"
)

// A random model, one of whose pointers, numbers, names or slices is replaced, may be right or
// wrong: Check says which and does not panic, and what it lets pass can be printed and evaluated
// without one.
func TestCheckNeverPanics(t *testing.T) {
	wrong, right := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		m := spectest.Model(t)
		for range rapid.IntRange(1, 3).Draw(t, "mistakes") {
			breakSomething(t, m)
		}
		if len(spec.Check(m)) > 0 {
			wrong++
			return
		}
		right++
		_ = m.String()
		if initialStates(m) < 1000 {
			_, err := eval.Explore(m, eval.Options{Limit: 100})
			require.NoError(t, err)
		}
	})
	require.Positive(t, wrong)
	require.Positive(t, right)
}

// initialStates bounds the number of initial states before InitWhere.
func initialStates(m *spec.Model) float64 {
	n := 1.0
	for _, v := range m.Vars {
		if v.Init == nil {
			n *= values(v.Type)
		}
	}
	return n
}

func values(t spec.Type) float64 {
	n := 1.0
	switch t := t.(type) {
	case *spec.ArrayType:
		return math.Pow(values(t.Elem), values(t.Index))
	case *spec.SetType:
		return math.Pow(2, values(t.Elem))
	case *spec.SeqType:
		return math.Pow(values(t.Elem)+1, float64(t.Cap))
	case *spec.RecordType:
		for _, f := range t.Fields {
			n *= values(f.Type)
		}
		return n
	}
	lo, hi, _ := spec.Domain(t)
	return float64(hi - lo + 1)
}

// breakSomething changes one place of the model, out of all that reflection can reach.
func breakSomething(t *rapid.T, m *spec.Model) {
	var places, nodes []reflect.Value
	seen := map[any]bool{}
	var visit func(v reflect.Value)
	visit = func(v reflect.Value) {
		if v.CanSet() {
			places = append(places, v)
		}
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() && !seen[v.Interface()] {
				seen[v.Interface()] = true
				nodes = append(nodes, v)
				visit(v.Elem())
			}
		case reflect.Interface:
			if !v.IsNil() {
				visit(v.Elem())
			}
		case reflect.Struct:
			for i := range v.NumField() {
				visit(v.Field(i))
			}
		case reflect.Slice:
			for i := range v.Len() {
				visit(v.Index(i))
			}
		}
	}
	visit(reflect.ValueOf(m).Elem())
	p := places[rapid.IntRange(0, len(places)-1).Draw(t, "place")]
	switch p.Kind() {
	case reflect.Int64, reflect.Int:
		p.SetInt(int64(rapid.SampledFrom([]int{-2, -1, 0, 1, 2, 65, 1 << 20, 1 << 40, -1 << 62}).Draw(t, "number")))
	case reflect.Uint8:
		p.SetUint(uint64(rapid.Uint8().Draw(t, "code")))
	case reflect.String:
		p.SetString(rapid.SampledFrom([]string{"", "IF", "a b", "v1", "NULL", "x"}).Draw(t, "name"))
	case reflect.Bool:
		p.SetBool(!p.Bool())
	default:
		// Another part of the model of the right kind, perhaps one around this place, or nothing.
		var fit []reflect.Value
		for _, n := range nodes {
			if n.Type().AssignableTo(p.Type()) {
				fit = append(fit, n)
			}
		}
		if k := rapid.IntRange(0, len(fit)).Draw(t, "part"); k < len(fit) {
			p.Set(fit[k])
		} else {
			p.SetZero()
		}
	}
}

// Equal draws give equal texts, and what Check and String do leaves the model as it was.
func TestPrintIsDeterministic(t *testing.T) {
	g := rapid.Custom(spectest.Model)
	for seed := range 100 {
		m, same := g.Example(seed), g.Example(seed)
		text := m.String()
		require.Empty(t, spec.Check(m))
		require.Equal(t, text, m.String())
		require.Equal(t, text, same.String())
	}
}
