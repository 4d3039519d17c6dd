package eval

import (
	"fmt"
	"math/bits"

	"mcheck/spec"
)

// conform reports why v, whose type is assignable to t, is no value of t.
func conform(t spec.Type, v spec.Value) error {
	switch t := t.(type) {
	case *spec.BoolType, *spec.EnumType, *spec.OptionType, *spec.SetType:
		return nil
	case *spec.RangeType:
		if v.N < t.Lo || v.N > t.Hi {
			return fmt.Errorf("%d is outside %s", v.N, t)
		}
		return nil
	case *spec.ArrayType:
		return conformAll(v.Elems, func(int) spec.Type { return t.Elem })
	case *spec.SeqType:
		return conformAll(v.Elems, func(int) spec.Type { return t.Elem })
	case *spec.RecordType:
		return conformAll(v.Elems, func(i int) spec.Type { return t.Fields[i].Type })
	}
	panic(fmt.Sprintf("unhandled %T", t))
}

func conformAll(vs []spec.Value, t func(i int) spec.Type) error {
	for i, v := range vs {
		if err := conform(t(i), v); err != nil {
			return err
		}
	}
	return nil
}

// Values returns every value of t in a fixed order: scalars ascending, sets by their masks, arrays
// and records with the first element changing slowest, sequences by length and then like arrays. It
// is for small types.
func Values(t spec.Type) []spec.Value {
	var out []spec.Value
	switch t := t.(type) {
	case *spec.BoolType, *spec.RangeType, *spec.EnumType, *spec.OptionType:
		lo, hi, _ := spec.Domain(t)
		for n := lo; n <= hi; n++ {
			out = append(out, spec.Value{N: n})
		}
	case *spec.SetType:
		lo, hi, _ := spec.Domain(t.Elem)
		for mask := uint64(0); ; mask++ {
			out = append(out, spec.Value{N: int64(mask)})
			if bits.OnesCount64(mask) == int(hi-lo+1) {
				return out
			}
		}
	case *spec.ArrayType:
		lo, hi, _ := spec.Domain(t.Index)
		return tuples(int(hi-lo+1), func(int) []spec.Value { return Values(t.Elem) })
	case *spec.RecordType:
		return tuples(len(t.Fields), func(i int) []spec.Value { return Values(t.Fields[i].Type) })
	case *spec.SeqType:
		for n := range t.Cap + 1 {
			out = append(out, tuples(n, func(int) []spec.Value { return Values(t.Elem) })...)
		}
	default:
		panic(fmt.Sprintf("unhandled %T", t))
	}
	return out
}

// tuples returns the values of n elements, the i-th one out of choices(i).
func tuples(n int, choices func(i int) []spec.Value) []spec.Value {
	out := []spec.Value{{}}
	for i := range n {
		var longer []spec.Value
		for _, v := range out {
			for _, e := range choices(i) {
				elems := append(append([]spec.Value(nil), v.Elems...), e)
				longer = append(longer, spec.Value{Elems: elems})
			}
		}
		out = longer
	}
	return out
}
