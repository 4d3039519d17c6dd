package states

import (
	"math/bits"
	"runtime"
	"sync"
	"sync/atomic"
)

// Marks in the first word of a slot; no packed state has them, because its first word has the Live
// bit.
const (
	empty = 0
	busy  = 1
)

// wholeUse is how much of a part's slots may be in use.
const wholeUse = 6. / 7

// Whole is the exact Store that keeps every state whole in its set, and once more in the log: open
// addressing with linear probing.
//
// The first bits of the hash choose the part of the table, the next ones the home (hash * homes /
// 2^64), so that growing copies the states in nearly the order of the new table. Where slots fill
// cache lines a home is a line: its slots are free from some slot on, so whoever finds the last one
// taken knows that the line is full, and where to go on. A slot is claimed by compare-and-swap of
// its first word from empty to busy, then its other words are stored, then its first word: whoever
// reads a first word that is a state's sees that state's other words too, as both accesses of the
// first word are atomic and so order the plain ones. A slot never changes again, but for growing,
// which excludes everybody by the lock.
//
// So a state is in the set at most once: of two callers that insert it both walk the same slots
// from its home on, and stop at the first that is empty or holds it. Only one can claim that slot;
// the other then waits for its words and compares them, all of them.
type Whole struct {
	width   int
	callers int64
	mem     *Budget
	log     *Log

	mu    sync.RWMutex
	parts [parts]wholePart
}

type wholePart struct {
	slots []uint64
	n     int // slots
	max   int64
	_     [24]byte // what all callers write to is in a cache line of its own
	count atomic.Int64
	_     [56]byte
}

// NewWhole returns an empty store of states of width words for at most the given number of
// concurrent callers of Insert.
func NewWhole(width, callers int, mem *Budget) (*Whole, error) {
	return newWholeOf(NewLog(width, callers, mem), callers, mem)
}

// newWholeOf returns an empty store whose log is that.
func newWholeOf(log *Log, callers int, mem *Budget) (*Whole, error) {
	s := &Whole{width: log.width, callers: int64(callers), mem: mem, log: log}
	for i := range s.parts {
		if err := s.resize(&s.parts[i], s.mem.first(max(256, 8*callers), i)); err != nil {
			s.Forget()
			return nil, err
		}
	}
	return s, nil
}

func (s *Whole) resize(p *wholePart, n int) (err error) {
	n = (n + wordsPerLine - 1) &^ (wordsPerLine - 1) // whole lines, whatever the width
	if p.slots, err = s.mem.resize(p.slots, s.width, n, wholeHomes(s.width)); err != nil {
		return err
	}
	p.n = n
	// As many callers as there are may be between the look at the counter and their claim.
	p.max = int64(float64(n)*wholeUse) - s.callers
	return nil
}

// wholeHomes finds the home slots of states of w words in a part.
func wholeHomes(w int) homes {
	if w == 2 {
		return pairHomes
	}
	return func(states []uint64, n int, at []int) {
		for i := range at {
			at[i] = home(Hash(states[i*w:i*w+w]), n, slotsPerHome(w))
		}
	}
}

func part(h uint64) int { return int(h >> (64 - partBits)) }

// slotsPerHome is how many slots of w words a home has.
func slotsPerHome(w int) int {
	if wordsPerLine%w == 0 {
		return wordsPerLine / w
	}
	return 1
}

// home is the first word of the home of a hash, of slots of w words.
func (p *wholePart) home(h uint64, w int) int { return home(h, p.n, slotsPerHome(w)) * w }

// home is the first slot of the home of a hash in a part of n slots.
func home(h uint64, n, slotsPerHome int) int {
	hi, _ := bits.Mul64(h<<partBits, uint64(n/slotsPerHome))
	return int(hi) * slotsPerHome
}

// Insert implements [Store].
//
// The whole batch is hashed, and the homes are asked for, before the first state is looked up: so
// the processor waits for many cache misses at the same time.
func (s *Whole) Insert(batch []uint64, t *Scratch) error {
	if err := s.log.ensure(); err != nil {
		return err
	}
	if s.width == 2 {
		return s.insertPairs(pairs(batch), t)
	}
	k := t.prepare(batch, s.width)
	for done := 0; done < k; {
		var full *wholePart
		if done, full = s.insertFrom(batch, t, done, k); full != nil {
			if err := s.grow(full); err != nil {
				t.failed()
				return err
			}
		}
	}
	return nil
}

// insertFrom looks up the prepared states from done to k. It ends early at one whose part has no
// room for another state.
func (s *Whole) insertFrom(batch []uint64, t *Scratch, done, k int) (int, *wholePart) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	w := s.width
	for j := done; j < k; j++ {
		p := &s.parts[part(t.hash[j])]
		at := p.home(t.hash[j], w)
		t.at[j] = at
		prefetch(&p.slots[at])
		if w > wordsPerLine/2 { // the slot often lies across two lines
			prefetch(&p.slots[at+w-1])
		}
	}
	t.out = t.out[:0]
	var full *wholePart
	for ; done < k; done++ {
		at := int(t.new[done]) * w
		p := &s.parts[part(t.hash[done])]
		key := batch[at : at+w]
		fresh, ok := p.insert(key, t.at[done])
		if !ok {
			full = p
			break
		}
		if fresh {
			t.out = append(t.out, key...)
		}
	}
	s.log.append(t.out)
	return done, full
}

// wordsPerLine is how many words a cache line has.
const wordsPerLine = 8

// grow makes room in a part.
func (s *Whole) grow(p *wholePart) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.count.Load() < p.max {
		return nil
	}
	return s.resize(p, s.mem.grown(p.n, s.width))
}

// insert adds a state whose home slot begins at word at. It reports whether it is new, and whether
// there was room.
func (p *wholePart) insert(key []uint64, at int) (fresh, ok bool) {
	slots, first := p.slots, key[0]
	for {
		slot := slots[at : at+len(key)]
		v := atomic.LoadUint64(&slot[0])
		if v == empty {
			if p.count.Load() >= p.max {
				return false, false
			}
			if atomic.CompareAndSwapUint64(&slot[0], empty, busy) {
				for i := 1; i < len(key); i++ {
					slot[i] = key[i]
				}
				atomic.StoreUint64(&slot[0], first)
				p.count.Add(1)
				return true, true
			}
			v = atomic.LoadUint64(&slot[0])
		}
		for v == busy {
			runtime.Gosched()
			v = atomic.LoadUint64(&slot[0])
		}
		if v == first && equal(slot[1:], key[1:]) {
			return false, true
		}
		if at += len(key); at == len(slots) {
			at = 0
		}
	}
}

// Find implements [Store]: the number of a state is that of its slot.
func (s *Whole) Find(key []uint64) int64 {
	h := Hash(key)
	i := part(h)
	p := &s.parts[i]
	at := p.home(h, s.width)
	for {
		slot := p.slots[at : at+len(key)]
		switch {
		case slot[0] == empty:
			return -1
		case slot[0] == key[0] && equal(slot[1:], key[1:]):
			n := int64(at / s.width)
			for k := range i {
				n += int64(s.parts[k].n)
			}
			return n
		}
		if at += len(key); at == len(p.slots) {
			at = 0
		}
	}
}

// Cap implements [Store].
func (s *Whole) Cap() int64 {
	n := int64(0)
	for i := range s.parts {
		n += int64(s.parts[i].n)
	}
	return n
}

// Touch implements [Store].
func (s *Whole) Touch(keys []uint64) {
	for w := s.width; len(keys) > 0; keys = keys[w:] {
		h := Hash(keys[:w])
		p := &s.parts[part(h)]
		prefetch(&p.slots[p.home(h, w)])
	}
}

// Len implements [Store].
func (s *Whole) Len() int64 { return s.log.Len() }

// Read implements [Store].
func (s *Whole) Read(at, end int64, n int, buf []uint64) ([]uint64, error) {
	return s.log.Read(at, end, n, buf)
}

// Truncate implements [Store].
func (s *Whole) Truncate(n int64) { s.log.Truncate(n) }

// Bytes implements [Store].
func (s *Whole) Bytes() (set, log int64) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for i := range s.parts {
		set += int64(len(s.parts[i].slots)) * 8
	}
	return set, s.log.Bytes()
}

// Forget implements [Store].
func (s *Whole) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.parts {
		p := &s.parts[i]
		s.mem.release(p.slots)
		p.slots, p.n, p.max = nil, 0, 0
	}
}

// Close implements [Store].
func (s *Whole) Close() { s.Forget(); s.log.Close() }
