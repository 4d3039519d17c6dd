package explorer

import (
	"math"
	"math/bits"
)

// valueSet is a set of integers: any set of those in the window, else all from lo to hi. An empty
// one has lo > hi.
type valueSet struct {
	lo, hi int64
	in     [window / 64]uint64 // bit v-windowLo; of use only where exact
}

// The window has room for what kernel models count, and for the labels of most.
const (
	window   = 256
	windowLo = -16
	windowHi = windowLo + window - 1
)

var noValue = valueSet{lo: math.MaxInt64, hi: math.MinInt64}

func (v *valueSet) empty() bool { return v.lo > v.hi }

func (v *valueSet) exact() bool { return v.lo >= windowLo && v.hi <= windowHi }

// between is all values from lo to hi.
func between(lo, hi int64) valueSet {
	v := valueSet{lo: lo, hi: hi}
	switch {
	case lo > hi:
		return noValue
	case !v.exact():
	case lo == hi:
		v.in[(lo-windowLo)/64] = 1 << ((lo - windowLo) % 64)
	default:
		for i := range v.in {
			first := windowLo + int64(i)*64
			if lo > first+63 || hi < first {
				continue
			}
			v.in[i] = ^uint64(0) << max(lo-first, 0) & (^uint64(0) >> max(first+63-hi, 0))
		}
	}
	return v
}

func only(n int64) valueSet { return between(n, n) }

func (v *valueSet) has(n int64) bool {
	if n < v.lo || n > v.hi {
		return false
	}
	return !v.exact() || v.in[(n-windowLo)/64]>>((n-windowLo)%64)&1 != 0
}

// each calls f for every value of an exact set.
func (v *valueSet) each(f func(n int64)) {
	for i, word := range v.in {
		for ; word != 0; word &= word - 1 {
			f(windowLo + int64(i*64+bits.TrailingZeros64(word)))
		}
	}
}

// size is how many values an exact set has.
func (v *valueSet) size() int {
	n := 0
	for _, word := range v.in {
		n += bits.OnesCount64(word)
	}
	return n
}

// join is the values of either.
func (v valueSet) join(o valueSet) valueSet {
	switch {
	case v.empty():
		return o
	case o.empty():
		return v
	}
	out := valueSet{lo: min(v.lo, o.lo), hi: max(v.hi, o.hi)}
	if out.exact() {
		for i := range out.in {
			out.in[i] = v.in[i] | o.in[i]
		}
	}
	return out
}

// add puts n in v.
func (v *valueSet) add(n int64) {
	v.lo, v.hi = min(v.lo, n), max(v.hi, n)
	if n >= windowLo && n <= windowHi {
		v.in[(n-windowLo)/64] |= 1 << ((n - windowLo) % 64)
	}
}

// meet is the values of both.
func (v valueSet) meet(o valueSet) valueSet {
	lo, hi := max(v.lo, o.lo), min(v.hi, o.hi)
	if lo > hi {
		return noValue
	}
	if v.exact() && o.exact() {
		for i := range v.in {
			v.in[i] &= o.in[i]
		}
		return v.tight()
	}
	out := between(lo, hi)
	if !out.exact() {
		return out
	}
	if o.exact() {
		v = o
	}
	if v.exact() {
		for i := range out.in {
			out.in[i] &= v.in[i]
		}
	}
	return out.tight()
}

// without is v less one value.
func (v valueSet) without(n int64) valueSet {
	switch {
	case !v.has(n):
	case v.exact():
		v.in[(n-windowLo)/64] &^= 1 << ((n - windowLo) % 64)
		return v.tight()
	case n == v.lo:
		return between(n+1, v.hi)
	case n == v.hi:
		return between(v.lo, n-1)
	}
	return v
}

// tight gives an exact set its bounds.
func (v valueSet) tight() valueSet {
	lo, hi := int64(math.MaxInt64), int64(math.MinInt64)
	for i, word := range v.in {
		if word != 0 {
			lo = min(lo, windowLo+int64(i*64+bits.TrailingZeros64(word)))
			hi = windowLo + int64(i*64+63-bits.LeadingZeros64(word))
		}
	}
	if lo > hi {
		return noValue
	}
	v.lo, v.hi = lo, hi
	return v
}
