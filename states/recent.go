package states

// recentBytes is the size of the memory for recent states, a part of the second-level cache: there
// should be some thousands of them, as a batch leads to two thousand, and wide ones take twice as
// much.
func recentBytes(width int) int {
	if width > 4 {
		return 256 << 10
	}
	return 128 << 10
}

// recent holds some of the states that one caller has inserted lately. A state that comes again
// soon, as those do that two actions lead to in either order, is found here and costs no access to
// the set. It is no more than a filter: a state that is not found may still be in the set.
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
	for 2*n*width*8 <= recentBytes(width) {
		n *= 2
	}
	r.width, r.mask, r.words = width, uint64(n-1), make([]uint64, n*width)
}

// add remembers the state of hash h and returns 1 if it was not remembered yet, else 0: a number,
// as which of them it is is as good as random, and a branch that the processor guesses wrong takes
// longer than the comparison. The low bits of the hash choose the place: the set goes by the high
// ones.
func (r *recent) add(h uint64, key []uint64) int {
	c := int(h&r.mask) * r.width
	known := r.words[c : c+len(key)]
	differs := uint64(0)
	for i, x := range key {
		differs |= known[i] ^ x
		known[i] = x
	}
	return isNot0(differs)
}

// isNot0 is 1 unless x is 0, without a branch.
func isNot0(x uint64) int { return int((x | -x) >> 63) }
