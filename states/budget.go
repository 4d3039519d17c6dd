package states

import (
	"errors"
	"sync/atomic"
)

// ErrFull says that a Store or Log would have to grow beyond its limit.
var ErrFull = errors.New("memory limit for states reached")

// Budget counts the bytes that stores and logs take from outside Go's heap, and refuses what goes beyond its limit. A nil Budget counts nothing.
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

// allocate returns n zeroed words, or ErrFull where the budget has not that much left.
func (b *Budget) allocate(n int) ([]uint64, error) {
	if b == nil {
		return allocate(n)
	}
	bytes := int64(n) * 8
	now := b.used.Add(bytes)
	if b.limit > 0 && now > b.limit {
		b.used.Add(-bytes)
		return nil, ErrFull
	}
	for {
		peak := b.peak.Load()
		if now <= peak || b.peak.CompareAndSwap(peak, now) {
			break
		}
	}
	w, err := allocate(n)
	if err != nil {
		b.used.Add(-bytes)
	}
	return w, err
}

// release gives back what allocate returned.
func (b *Budget) release(w []uint64) {
	release(w)
	if b != nil {
		b.used.Add(-int64(len(w)) * 8)
	}
}
