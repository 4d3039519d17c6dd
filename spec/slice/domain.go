package slice

import (
	"slices"

	"mcheck/spec"
)

// maxSet is the number of values above which a scalar is taken to have any.
const maxSet = 64

// values is what a variable or an expression can be at most. Of a scalar: the values in set, ascending, or any (top). Of an array or a
// record: one for each element. Of a sequence: nothing is known.
type values struct {
	top   bool
	set   []int64
	elems []*values
}

// anything returns the values of t without a restriction.
func anything(t spec.Type) *values {
	switch t := t.(type) {
	case *spec.ArrayType:
		lo, hi, _ := spec.Domain(t.Index)
		v := &values{}
		for i := lo; i <= hi; i++ {
			v.elems = append(v.elems, anything(t.Elem))
		}
		return v
	case *spec.RecordType:
		v := &values{}
		for _, f := range t.Fields {
			v.elems = append(v.elems, anything(f.Type))
		}
		return v
	case *spec.SeqType:
		return &values{top: true}
	}
	lo, hi, ok := spec.Domain(t)
	if !ok || hi-lo >= maxSet {
		return &values{top: true}
	}
	v := &values{}
	for n := lo; n <= hi; n++ {
		v.set = append(v.set, n)
	}
	return v
}

func one(n int64) *values { return &values{set: []int64{n}} }

func truth(f, t bool) *values {
	v := &values{}
	if f {
		v.set = append(v.set, 0)
	}
	if t {
		v.set = append(v.set, 1)
	}
	return v
}

// single returns the only value of a scalar.
func (v *values) single() (int64, bool) {
	if v.top || len(v.set) != 1 || v.elems != nil {
		return 0, false
	}
	return v.set[0], true
}

// may reports whether the scalar v can be n.
func (v *values) may(n int64) bool { return v.top || slices.Contains(v.set, n) }

// clone returns a copy that can be changed.
func (v *values) clone() *values {
	c := &values{top: v.top, set: slices.Clone(v.set)}
	for _, e := range v.elems {
		c.elems = append(c.elems, e.clone())
	}
	return c
}

// join adds w to v in place and reports whether that changed v. Values of a scalar that t, if it is not nil, does not have are left out: a step
// that would store one is an evaluation error.
func (v *values) join(w *values, t spec.Type) bool {
	if len(v.elems) > 0 || len(w.elems) > 0 {
		changed := false
		for i := range v.elems {
			if i < len(w.elems) {
				changed = v.elems[i].join(w.elems[i], elemType(t, i)) || changed
			}
		}
		return changed
	}
	if v.top {
		return false
	}
	if w.top {
		return v.widen(t)
	}
	lo, hi, bounded := int64(0), int64(0), false
	if t != nil {
		lo, hi, bounded = spec.Domain(t)
	}
	changed := false
	for _, n := range w.set {
		if bounded && (n < lo || n > hi) {
			continue
		}
		if i, ok := slices.BinarySearch(v.set, n); !ok {
			v.set = slices.Insert(v.set, i, n)
			changed = true
		}
	}
	if len(v.set) > maxSet {
		v.top, v.set = true, nil
	}
	return changed
}

// widen makes v any value of t.
func (v *values) widen(t spec.Type) bool {
	if t != nil {
		if a := anything(t); !a.top {
			return v.join(a, nil)
		}
	}
	v.top, v.set = true, nil
	return true
}

func elemType(t spec.Type, i int) spec.Type {
	switch t := t.(type) {
	case *spec.ArrayType:
		return t.Elem
	case *spec.RecordType:
		return t.Fields[i].Type
	}
	return nil
}

// equalConstant reports whether v and w are the same single value, and returns it; both of one type.
func equalConstant(v, w *values) bool {
	if len(v.elems) != len(w.elems) {
		return false
	}
	if len(v.elems) == 0 {
		a, ok1 := v.single()
		b, ok2 := w.single()
		return ok1 && ok2 && a == b
	}
	for i := range v.elems {
		if !equalConstant(v.elems[i], w.elems[i]) {
			return false
		}
	}
	return true
}

// constant reports whether v is a single value throughout.
func constant(v *values) bool { return equalConstant(v, v) }
