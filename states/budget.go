package states

import (
	"errors"
	"sync/atomic"
)

// ErrFull says that a Store or Log would have to grow beyond its limit.
var ErrFull = errors.New("memory limit for states reached")

// Budget counts the bytes that stores and logs take from outside Go's heap, and refuses what goes
// beyond its limit. A nil Budget counts nothing.
type Budget struct {
	limit      int64 // 0: none
	used, peak atomic.Int64
}

// NewBudget returns a budget of limit bytes; 0 is no limit.
func NewBudget(limit int64) *Budget { return &Budget{limit: limit} }

// Limit returns the limit in bytes; 0 is none.
func (b *Budget) Limit() int64 {
	if b == nil {
		return 0
	}
	return b.limit
}

// Used returns the bytes in use, and the most that ever were.
func (b *Budget) Used() (now, peak int64) {
	if b == nil {
		return 0, 0
	}
	return b.used.Load(), b.peak.Load()
}

// take counts bytes, or returns ErrFull where the budget has not that much left.
func (b *Budget) take(bytes int64) error {
	if b == nil {
		return nil
	}
	now := b.used.Add(bytes)
	if b.limit > 0 && now > b.limit {
		b.used.Add(-bytes)
		return ErrFull
	}
	for {
		peak := b.peak.Load()
		if now <= peak || b.peak.CompareAndSwap(peak, now) {
			return nil
		}
	}
}

// allocate returns n zeroed words, or ErrFull where the budget has not that much left.
func (b *Budget) allocate(n int) ([]uint64, error) { return b.reserve(n, n) }

// reserve is allocate of words that may become up to most without moving, as far as their capacity
// goes, by [Budget.extend]. Only what is in use counts.
func (b *Budget) reserve(n, most int) ([]uint64, error) {
	if err := b.take(int64(n) * 8); err != nil {
		return nil, err
	}
	if b.Limit() == 0 && most == n { // a limit is kept to the word
		if w := cut(n); w != nil {
			return w, nil
		}
	}
	w, err := reserve(n, most)
	if err != nil && b != nil {
		b.used.Add(-int64(n) * 8)
	}
	return w, err
}

// extend returns w with n words, of which its capacity must be enough; the new ones are zero.
func (b *Budget) extend(w []uint64, n int) ([]uint64, error) {
	if err := b.take(int64(n-len(w)) * 8); err != nil {
		return nil, err
	}
	return extend(w, n), nil
}

// most is how many words one of so many equal tables may come to have; 0 where nobody knows.
func (b *Budget) most(tables int) int {
	bytes := physical()
	if limit := b.Limit(); limit > 0 && (bytes == 0 || limit < bytes) {
		bytes = limit
	}
	return int(bytes / 8 / int64(tables))
}

// release gives back what allocate or reserve returned.
func (b *Budget) release(w []uint64) {
	release(w)
	if b != nil {
		b.used.Add(-int64(len(w)) * 8)
	}
}
