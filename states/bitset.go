package states

import "sync/atomic"

// Bitset is a fixed number of bits outside Go's heap, for use by several goroutines at once.
type Bitset struct {
	words []uint64
	mem   *Budget
}

// NewBitset returns n cleared bits.
func NewBitset(n int64, mem *Budget) (*Bitset, error) {
	w, err := mem.allocate(int(n/64) + 1)
	return &Bitset{w, mem}, err
}

// Get reports bit i.
func (b *Bitset) Get(i int64) bool { return atomic.LoadUint64(&b.words[i>>6])>>(uint(i)&63)&1 != 0 }

// Set sets bit i.
func (b *Bitset) Set(i int64) { atomic.OrUint64(&b.words[i>>6], 1<<(uint(i)&63)) }

// Clear clears all bits. It must not run at the same time as anything else.
func (b *Bitset) Clear() { clear(b.words) }

// Close gives the memory back.
func (b *Bitset) Close() { b.mem.release(b.words); b.words = nil }
