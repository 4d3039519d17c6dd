package story

import (
	"mcheck/spec"
)

// Change is a place of the state (a variable, or an element or field of one) whose value a step
// changed.
type Change struct {
	Place    string
	Old, New string
}

// Diff returns what differs from a to b but for where the tasks stand, in the order of the model's
// variables: of arrays and records the elements and fields.
func Diff(m *spec.Model, a, b spec.State) []Change {
	var out []Change
	for i, v := range m.Vars {
		if v.Control {
			continue
		}
		out = diff(out, v.Name, v.Type, a[i], b[i])
	}
	return out
}

func diff(out []Change, place string, t spec.Type, a, b spec.Value) []Change {
	if a.Equal(b) {
		return out
	}
	switch t := t.(type) {
	case *spec.ArrayType:
		for i, name := range Indices(t) {
			out = diff(out, place+"["+name+"]", t.Elem, a.Elems[i], b.Elems[i])
		}
		return out
	case *spec.RecordType:
		for i, f := range t.Fields {
			out = diff(out, place+"."+f.Name, f.Type, a.Elems[i], b.Elems[i])
		}
		return out
	}
	return append(out, Change{place, spec.FormatValue(t, a), spec.FormatValue(t, b)})
}

// Indices returns the names of the indices of t, in the order of the elements of its values.
func Indices(t *spec.ArrayType) []string {
	lo, hi, _ := spec.Domain(t.Index)
	names := make([]string, 0, hi-lo+1)
	for n := lo; n <= hi; n++ {
		names = append(names, spec.FormatScalar(t.Index, n))
	}
	return names
}
