package states

import (
	"math/bits"
	"math/rand/v2"
)

// Compaction is the Store that keeps a hash of fingerprintBits bits for each state instead of the
// state: two states with the same hash are taken for one, and what only the second leads to is
// missed. The log has the states whole, so that each that is visited is a real one.
//
// The hash is drawn at random from a family that is strongly universal (Dietzfelbinger, "Universal
// hashing and k-wise independent random variables via integer arithmetic without primes", 1996):
// the upper 64 bits of b + a₁x₁ + … + aₙxₙ modulo 2¹²⁸, with random a and b of 128 bits. Two
// different states have the same hash with a probability of 2⁻⁶⁴, whatever they are. The [quotient]
// is exact on hashes, so all 64 bits are compared, wherever a hash comes to lie in the table, and
// growing changes nothing.
type Compaction struct {
	width int
	coef  []uint64 // the hash's: b, a₁, …, the upper 64 bits of each first
	mem   *Budget
	set   *quotient
	log   *Log
}

// fingerprintBits is how many bits of hashes are compared.
const fingerprintBits = 64

// MissBound returns a bound on the probability that a search has missed a state, which has visited
// all states that it found and would have stopped at more than capacity states, the hash having
// been drawn at random after capacity was fixed.
//
// Take the states in the order of a breadth-first search that confuses none, the first capacity+1
// of them, or all if there are no more. If no two of these have the same hash, the search finds all
// of them: there are no more, and none is missed, or it stops. There are at most capacity
// (capacity+1) / 2 pairs, and each has the same hash with a probability of 2⁻⁶⁴.
func MissBound(capacity int64) float64 {
	k := float64(capacity)
	return min(1, k*(k+1)/2/(1<<32)/(1<<32))
}

// NewCompaction returns an empty store of states of width words for at most the given number of
// concurrent callers of Insert. The seed chooses the hash.
func NewCompaction(width, callers int, seed uint64, mem *Budget) (*Compaction, error) {
	return newCompactionOf(NewLog(width, callers, mem), callers, seed, mem)
}

func newCompactionOf(log *Log, callers int, seed uint64, mem *Budget) (*Compaction, error) {
	s := &Compaction{width: log.width, mem: mem, log: log}
	var key [32]byte
	for i := range 8 {
		key[i] = byte(seed >> (8 * i))
	}
	r := rand.NewChaCha8(key)
	for range 2 * (s.width + 1) {
		s.coef = append(s.coef, r.Uint64())
	}
	var err error
	s.set, err = newQuotient(fingerprintBits, callers, mem)
	return s, err
}

func (s *Compaction) hash(state []uint64) uint64 {
	hi, lo := s.coef[0], s.coef[1]
	for i, x := range state {
		a := s.coef[2*i+2 : 2*i+4]
		h, l := bits.Mul64(a[1], x)
		var carry uint64
		lo, carry = bits.Add64(lo, l, 0)
		hi += h + a[0]*x + carry
	}
	return hi
}

// Insert implements [Store].
func (s *Compaction) Insert(batch []uint64, t *Scratch) error {
	if err := s.log.ensure(); err != nil {
		return err
	}
	w := s.width
	t.recent.init(w)
	k := 0
	for i := range len(batch) / w {
		key := batch[i*w : i*w+w]
		h := s.hash(key)
		t.new[k&(MaxBatch-1)], t.hash[k&(MaxBatch-1)] = int32(i), h
		k += t.recent.add(h, key)
	}
	t.out = t.out[:0]
	err := s.set.insert(t.hash[:k], func(i int) {
		at := int(t.new[i]) * w
		t.out = append(t.out, batch[at:at+w]...)
	})
	s.log.append(t.out)
	if err != nil {
		t.failed()
	}
	return err
}

// Find implements [Store].
func (s *Compaction) Find(state []uint64) int64 { return s.set.find(s.hash(state)) }

// Cap implements [Store].
func (s *Compaction) Cap() int64 { return s.set.slots() }

// Touch implements [Store].
func (s *Compaction) Touch(states []uint64) {
	for ; len(states) > 0; states = states[s.width:] {
		s.set.touch(s.hash(states[:s.width]))
	}
}

// Len implements [Store].
func (s *Compaction) Len() int64 { return s.log.Len() }

// Read implements [Store].
func (s *Compaction) Read(at, end int64, n int, buf []uint64) ([]uint64, error) {
	return s.log.Read(at, end, n, buf)
}

// Truncate implements [Store].
func (s *Compaction) Truncate(n int64) { s.log.Truncate(n) }

// Bytes implements [Store].
func (s *Compaction) Bytes() (set, log int64) { return s.set.bytes(), s.log.Bytes() }

// Forget implements [Store].
func (s *Compaction) Forget() { s.set.close() }

// Close implements [Store].
func (s *Compaction) Close() { s.set.close(); s.log.Close() }
