package slice

import (
	"slices"

	"mcheck/spec"
)

// maxSet is the number of values above which a scalar is taken to have any.
const maxSet = 64

// values is what a variable or an expression can be at most. Of a scalar: the values in set,
// ascending, or any (top). Of an array or a record: one for each element. Of a sequence: nothing is
// known.
//
// It is never changed once it is made, so that it can stand in many places: most of what a task has
// at a label is what it had at the one before.
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

var (
	nothing   = &values{}
	onlyFalse = &values{set: []int64{0}}
	onlyTrue  = &values{set: []int64{1}}
	either    = &values{set: []int64{0, 1}}
	// small holds what one returns for the numbers from 0 on: labels, tasks, objects.
	small = func() (vs [256]*values) {
		for n := range vs {
			vs[n] = &values{set: []int64{int64(n)}}
		}
		vs[0], vs[1] = onlyFalse, onlyTrue
		return vs
	}()
)

func one(n int64) *values {
	if n >= 0 && n < int64(len(small)) {
		return small[n]
	}
	return &values{set: []int64{n}}
}

func truth(f, t bool) *values {
	switch {
	case f && t:
		return either
	case f:
		return onlyFalse
	case t:
		return onlyTrue
	}
	return nothing
}

// scalar returns the values in set, which is ascending.
func scalar(set []int64) *values {
	if len(set) > maxSet {
		return &values{top: true}
	}
	return &values{set: set}
}

// insert returns set with n in it.
func insert(set []int64, n int64) []int64 {
	if i, ok := slices.BinarySearch(set, n); !ok {
		set = slices.Insert(set, i, n)
	}
	return set
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

// empty reports whether nothing is known to be in v.
func (v *values) empty() bool { return !v.top && len(v.set) == 0 && len(v.elems) == 0 }

// join returns v with w added: v itself if that has everything already. Values of a scalar that t,
// if it is not nil, does not have are left out: a step that would store one is an evaluation error.
func (v *values) join(w *values, t spec.Type) *values {
	if v == w {
		return v
	}
	if len(v.elems) > 0 || len(w.elems) > 0 {
		var elems []*values
		for i := range min(len(v.elems), len(w.elems)) {
			elems = v.replace(elems, i, v.elems[i].join(w.elems[i], elemType(t, i)))
		}
		return v.of(elems)
	}
	switch {
	case v.top:
		return v
	case w.top:
		return v.widen(t)
	}
	lo, hi, bounded := int64(0), int64(0), false
	if t != nil {
		lo, hi, bounded = spec.Domain(t)
	}
	set, all := v.set, true
	for _, n := range w.set {
		if bounded && (n < lo || n > hi) {
			all = false
			continue
		}
		if _, ok := slices.BinarySearch(set, n); !ok {
			if len(set) == len(v.set) {
				set = slices.Clone(set)
			}
			set = insert(set, n)
		}
	}
	switch {
	case len(set) == len(v.set):
		return v
	case all && len(set) == len(w.set):
		return w
	}
	return scalar(set)
}

// replace returns elems, a copy of v's (nil: none was needed so far), with e at i; of makes values
// of what it returned last.
func (v *values) replace(elems []*values, i int, e *values) []*values {
	if e == v.elems[i] {
		return elems
	}
	if elems == nil {
		elems = slices.Clone(v.elems)
	}
	elems[i] = e
	return elems
}

func (v *values) of(elems []*values) *values {
	if elems == nil {
		return v
	}
	return &values{elems: elems}
}

// widen returns any value of t.
func (v *values) widen(t spec.Type) *values {
	if t != nil {
		if a := anything(t); !a.top {
			return v.join(a, nil)
		}
	}
	return &values{top: true}
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

// equalConstant reports whether v and w are the same single value, and returns it; both of one
// type.
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
