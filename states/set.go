package states

import (
	"errors"
	"math/bits"
	"runtime"
	"sync"
	"sync/atomic"
)

// ErrFull says that a Set or Log would have to grow beyond its limit.
var ErrFull = errors.New("memory limit for states reached")

// Marks in the first word of a slot; no packed state has them, because its first word has the Live bit.
const (
	empty = 0
	busy  = 1
)

// MaxBatch is the largest number of states in one call of Insert.
const MaxBatch = 256

// Set is an exact set of packed states for concurrent insertion: open addressing with linear probing over whole states.
//
// The high bits of the hash are the home slot (slot = hash * capacity / 2^64), so that growing copies the states in nearly
// the order of the new table. A slot is claimed by compare-and-swap of its first word from empty to busy, then its other words are
// stored, then its first word: whoever reads a first word that is a state's sees that state's other words too, as both accesses of the
// first word are atomic and so order the plain ones. A slot never changes again, but for growing, which excludes everybody by the lock.
type Set struct {
	width int
	limit int64 // bytes, 0: none
	slack int   // free slots that batches under way may take beyond the maximal load

	mu    sync.RWMutex
	slots []uint64
	n     int // capacity in slots
	max   int64
	count atomic.Int64
	peak  int64 // bytes, while growing too
}

// NewSet returns an empty set of states of width words for at most the given number of concurrent callers of Insert. It refuses to grow beyond
// limit bytes (0: no limit).
func NewSet(width, callers int, limit int64) (*Set, error) {
	s := &Set{width: width, limit: limit, slack: (callers + 1) * MaxBatch}
	return s, s.resize(max(4096, 8*s.slack))
}

func (s *Set) resize(n int) error {
	bytes := int64(n) * int64(s.width) * 8
	if s.limit > 0 && bytes > s.limit {
		return ErrFull
	}
	slots, err := allocate(n * s.width)
	if err != nil {
		return err
	}
	s.peak = max(s.peak, bytes+int64(len(s.slots))*8)
	w := s.width
	for i := 0; i < len(s.slots); i += w {
		if s.slots[i] == empty {
			continue
		}
		key := s.slots[i : i+w]
		j := home(Hash(key), n) * w
		for slots[j] != empty {
			if j += w; j == len(slots) {
				j = 0
			}
		}
		copy(slots[j:j+w], key)
	}
	release(s.slots)
	s.slots, s.n = slots, n
	s.max = int64(n/4*3 - s.slack)
	return nil
}

func home(h uint64, n int) int {
	hi, _ := bits.Mul64(h, uint64(n))
	return int(hi)
}

// Scratch is the memory that one caller of Insert keeps between calls, for one Set.
type Scratch struct {
	new    [MaxBatch]int32 // positions in the batch of the states that are looked up
	at     [MaxBatch]int   // their home slots
	recent recent
	sum    uint64 // of what was touched: keeps the loads
}

// Insert adds a batch of at most MaxBatch states (their words one after another) and appends to fresh the positions in the batch of
// those that were not there yet: each state is fresh for exactly one caller, once. On an error nothing was added.
//
// The whole batch is hashed, then all home slots are touched, then the states are looked up. The loop that touches does nothing else: the processor
// looks some hundred instructions ahead, and the fewer stand between two loads, the more cache misses it waits for at the same time.
func (s *Set) Insert(keys []uint64, fresh []int32, t *Scratch) ([]int32, error) {
	w := s.width
	n := len(keys) / w
	if err := s.rlockForInsert(); err != nil {
		return fresh, err
	}
	defer s.mu.RUnlock()
	t.recent.init(w)
	k := 0
	for i := range n {
		key := keys[i*w : i*w+w]
		h := Hash(key)
		if t.recent.add(h, key) {
			t.new[k], t.at[k] = int32(i), home(h, s.n)*w
			k++
		}
	}
	sum, slots := uint64(0), s.slots
	for _, at := range t.at[:k] {
		sum += atomic.LoadUint64(&slots[at])
	}
	if w > wordsPerLine/2 {
		// A slot often lies across two lines. Of the second one nothing may be read but the first word of the slot after, as other words are
		// stored by plain stores.
		for _, at := range t.at[:k] {
			if at += w; at < len(slots) {
				sum += atomic.LoadUint64(&slots[at])
			}
		}
	}
	t.sum += sum
	before := len(fresh)
	for j, i := range t.new[:k] {
		if at := int(i) * w; s.insert(keys[at:at+w], t.at[j]) {
			fresh = append(fresh, i)
		}
	}
	s.count.Add(int64(len(fresh) - before))
	return fresh, nil
}

// wordsPerLine is how many words a cache line has.
const wordsPerLine = 8

// rlockForInsert takes the lock for reading with room for a batch.
func (s *Set) rlockForInsert() error {
	s.mu.RLock()
	for s.count.Load() > s.max {
		s.mu.RUnlock()
		s.mu.Lock()
		var err error
		if s.count.Load() > s.max {
			if err = s.resize(s.n * 2); err == ErrFull {
				err = s.resize(s.n + s.n/4)
			}
		}
		s.mu.Unlock()
		if err != nil {
			return err
		}
		s.mu.RLock()
	}
	return nil
}

func (s *Set) insert(key []uint64, at int) bool {
	slots, first := s.slots, key[0]
	for {
		slot := slots[at : at+len(key)]
		v := atomic.LoadUint64(&slot[0])
		if v == empty {
			if atomic.CompareAndSwapUint64(&slot[0], empty, busy) {
				for i := 1; i < len(key); i++ {
					slot[i] = key[i]
				}
				atomic.StoreUint64(&slot[0], first)
				return true
			}
			v = atomic.LoadUint64(&slot[0])
		}
		for v == busy {
			runtime.Gosched()
			v = atomic.LoadUint64(&slot[0])
		}
		if v == first && equal(slot[1:], key[1:]) {
			return false
		}
		if at += len(key); at == len(slots) {
			at = 0
		}
	}
}

func equal(a, b []uint64) bool {
	for i, x := range b {
		if a[i] != x {
			return false
		}
	}
	return true
}

// Find returns the slot of a state, or -1. Slots stay the same as long as nothing is inserted; Find must not run at the same time
// as Insert.
func (s *Set) Find(key []uint64) int {
	at := home(Hash(key), s.n) * s.width
	for {
		slot := s.slots[at : at+len(key)]
		switch {
		case slot[0] == empty:
			return -1
		case slot[0] == key[0] && equal(slot[1:], key[1:]):
			return at / s.width
		}
		if at += len(key); at == len(s.slots) {
			at = 0
		}
	}
}

// Touch reads the home slots of some states, so that calls of Find that follow soon do not wait for memory one after another. What it returns
// means nothing.
func (s *Set) Touch(keys []uint64) uint64 {
	sum := uint64(0)
	for w := s.width; len(keys) > 0; keys = keys[w:] {
		sum += s.slots[home(Hash(keys[:w]), s.n)*w]
	}
	return sum
}

// Len returns the number of states.
func (s *Set) Len() int64 { return s.count.Load() }

// Cap returns the number of slots. It must not run at the same time as Insert.
func (s *Set) Cap() int { return s.n }

// Bytes returns the memory in use, and its peak.
func (s *Set) Bytes() (now, peak int64) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return int64(len(s.slots)) * 8, s.peak
}

// Close gives the memory back.
func (s *Set) Close() { release(s.slots); s.slots, s.n = nil, 0 }
