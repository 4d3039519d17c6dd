package states

// recentBytes is the size of the memory for recent states: a part of the second-level cache.
const recentBytes = 128 << 10

// recent holds some of the states that one caller has inserted lately. A state that comes again soon, as those do that two actions lead to in either
// order, is found here and costs no access to the set. It is no more than a filter: a state that is not found may still be in the set.
type recent struct {
	width int
	mask  uint64
	words []uint64
}

func (r *recent) init(width int) {
	if r.words != nil {
		return
	}
	n := 1
	for 2*n*width*8 <= recentBytes {
		n *= 2
	}
	r.width, r.mask, r.words = width, uint64(n-1), make([]uint64, n*width)
}

// add remembers the state of hash h and reports whether it was not remembered yet. Its low bits choose the place: the set goes by the high ones.
func (r *recent) add(h uint64, key []uint64) bool {
	c := int(h&r.mask) * r.width
	known := r.words[c : c+len(key)]
	if known[0] == key[0] && equal(known[1:], key[1:]) {
		return false
	}
	set(known, key)
	return true
}
