package states

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Index is the exact Store that keeps every state once: the states are in the log, and the table
// has 8 bytes for each, a tag of tagBits bits of the hash and the position in the log. It takes
// less memory than [Whole] where a state has more than one word, and one cache miss more for each
// state that is there already.
//
// The tag alone says which slot is the home, so that growing needs no look at the states. Different
// states with one home mostly have different tags all the same, as there are many more tags than
// slots; where they have not, a comparison is made that need not have been.
//
// A slot is 0 while nobody uses it, then tag<<posBits while its state is being written to the log,
// and tag<<posBits|position+1 from then on, where it stays but for growing, which excludes
// everybody by the lock. The tag is never 0. Who finds a slot with the tag of its own state
// compares the states word by word, and waits for the position before: the words were stored before
// the position was, atomically. A slot with another tag holds another state, whether or not it is
// in the log already. So, as in Whole, two callers that insert one state meet at the same slot, and
// one claims it.
//
// A record may have more words than those that are compared: only the first ones are the key.
type Index struct {
	key, width int // words that are compared, and words of a record
	callers    int64
	mem        *Budget
	log        *Log

	mu    sync.RWMutex
	parts [parts]indexPart
}

type indexPart struct {
	slots []uint64
	max   int64
	_     [32]byte // what all callers write to is in a cache line of its own
	count atomic.Int64
	_     [56]byte
}

const (
	posBits = 34
	posMask = 1<<posBits - 1
	tagBits = 63 - posBits
	inUse   = uint64(1) << 63 // in every tag
)

// indexUse is how much of a part's slots may be in use.
const indexUse = 3. / 4

// tagOf makes the tag of a hash, in its place: of the bits after those that choose the part.
func tagOf(h uint64) uint64 { return h<<partBits>>(64-tagBits)<<posBits | inUse }

// homeOf is the home slot of a tag in a part of n slots.
func homeOf(tag uint64, n int) int { return int(tag &^ inUse >> posBits * uint64(n) >> tagBits) }

// NewIndex returns an empty store of states of width words for at most the given number of
// concurrent callers of Insert.
func NewIndex(width, callers int, mem *Budget) (*Index, error) {
	return newIndexOf(NewLog(width, callers, mem), width, callers, mem)
}

// NewKeyed returns an empty index of records of width words, of which the first ones are the key.
func NewKeyed(key, width, callers int, mem *Budget) (*Index, error) {
	return newIndexOf(NewLog(width, callers, mem), key, callers, mem)
}

func newIndexOf(log *Log, key, callers int, mem *Budget) (*Index, error) {
	s := &Index{key: key, width: log.width, callers: int64(callers), mem: mem, log: log}
	for i := range s.parts {
		if err := s.resize(&s.parts[i], s.mem.first(max(512, 8*callers), i)); err != nil {
			s.Forget()
			return nil, err
		}
	}
	return s, nil
}

func (s *Index) resize(p *indexPart, n int) (err error) {
	if p.slots, err = s.mem.resize(p.slots, 1, n, indexHomes); err != nil {
		return err
	}
	p.max = int64(float64(n)*indexUse) - s.callers
	return nil
}

// indexHomes finds the home slots of what some slots hold in a part of n slots.
func indexHomes(slots []uint64, n int, at []int) {
	for i, v := range slots[:len(at)] {
		at[i] = homeOf(v, n)
	}
}

// Insert implements [Store].
func (s *Index) Insert(batch []uint64, t *Scratch) error {
	if err := s.ensure(); err != nil {
		return err
	}
	k := t.prepare(batch, s.width)
	err := s.each(batch, t, k, nil)
	if err != nil {
		t.failed()
	}
	return err
}

// ensure makes room in the log, as far as there are positions.
func (s *Index) ensure() error {
	if s.log.Len()+s.log.slack > posMask {
		return ErrFull
	}
	return s.log.ensure()
}

// each finds or adds the k prepared records of a batch, and puts their positions in pos unless that
// is nil. It must be called after ensure.
func (s *Index) each(batch []uint64, t *Scratch, k int, pos []int64) error {
	for done := 0; done < k; {
		var full *indexPart
		if done, full = s.eachFrom(batch, t, done, k, pos); full != nil {
			if err := s.grow(full); err != nil {
				return err
			}
		}
	}
	return nil
}

// eachFrom does so from record done on, and ends early at one whose part has no room for another.
func (s *Index) eachFrom(batch []uint64, t *Scratch, done, k int, pos []int64) (int, *indexPart) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	// A slot is asked for some time before it is looked at, and then, as far as it says where, the
	// record that it points to, some time before that is compared.
	for j := done - 2*indexAhead; done < k; j++ {
		if ask := j + 2*indexAhead; ask < k {
			p := &s.parts[part(t.hash[ask])]
			t.at[ask] = homeOf(tagOf(t.hash[ask]), len(p.slots))
			prefetch(&p.slots[t.at[ask]])
		}
		if look := j + indexAhead; s.width > 1 && look >= done && look < k {
			t.at[look] = s.parts[part(t.hash[look])].likely(s, tagOf(t.hash[look]), t.at[look])
		}
		if j < done {
			continue
		}
		at := int(t.new[j]) * s.width
		n, ok := s.find(&s.parts[part(t.hash[j])], batch[at:at+s.width], tagOf(t.hash[j]), t.at[j], true)
		if !ok {
			return j, &s.parts[part(t.hash[j])]
		}
		if pos != nil {
			pos[j] = n
		}
		done = j + 1
	}
	return done, nil
}

// indexAhead is how many states are between asking for a slot, looking at it, and comparing the
// record.
const indexAhead = 16

// likely returns the first slot, from the home of a tag on, that has the tag or is empty, and asks
// for the record there. Those before hold other states, so a look-up may begin with it.
func (p *indexPart) likely(s *Index, tag uint64, at int) int {
	for {
		v := atomic.LoadUint64(&p.slots[at])
		if v == empty {
			return at
		}
		if v&^posMask == tag {
			if v&posMask != 0 {
				r := s.log.at(int64(v&posMask) - 1)
				prefetch(&r[0])
				prefetch(&r[s.key-1])
			}
			return at
		}
		if at++; at == len(p.slots) {
			at = 0
		}
	}
}

// find returns the position of a record, which no slot from its home to the one before at holds. If
// there is none it adds it, if it should, or returns -1; ok says that there was room.
func (s *Index) find(p *indexPart, record []uint64, tag uint64, at int, add bool) (pos int64, ok bool) {
	slots := p.slots
	for {
		v := atomic.LoadUint64(&slots[at])
		if v == empty {
			if !add {
				return -1, true
			}
			if p.count.Load() >= p.max {
				return -1, false
			}
			if atomic.CompareAndSwapUint64(&slots[at], empty, tag) {
				pos := s.log.take()
				dst := s.log.at(pos)
				set(dst, record)
				atomic.StoreUint64(&slots[at], tag|uint64(pos+1))
				p.count.Add(1)
				return pos, true
			}
			v = atomic.LoadUint64(&slots[at])
		}
		if v&^posMask == tag {
			for v&posMask == 0 {
				runtime.Gosched()
				v = atomic.LoadUint64(&slots[at])
			}
			pos := int64(v&posMask) - 1
			if equal(s.log.at(pos), record[:s.key]) {
				return pos, true
			}
		}
		if at++; at == len(slots) {
			at = 0
		}
	}
}

// Add adds a record unless there is one with its key, and returns the position of the one that is
// there then.
func (s *Index) Add(record []uint64) (int64, error) {
	if err := s.ensure(); err != nil {
		return 0, err
	}
	h := Hash(record[:s.key])
	p := &s.parts[part(h)]
	for {
		s.mu.RLock()
		pos, ok := s.find(p, record, tagOf(h), homeOf(tagOf(h), len(p.slots)), true)
		s.mu.RUnlock()
		if ok {
			return pos, nil
		}
		if err := s.grow(p); err != nil {
			return 0, err
		}
	}
}

// At returns the words of the record at a position. They must not be changed.
func (s *Index) At(pos int64) []uint64 { return s.log.at(pos) }

func (s *Index) grow(p *indexPart) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.count.Load() < p.max {
		return nil
	}
	return s.resize(p, s.mem.grown(len(p.slots), 1))
}

// Find implements [Store]: the number of a state is its position. Unlike that of other stores it
// may be called while others insert.
func (s *Index) Find(key []uint64) int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	h := Hash(key)
	p := &s.parts[part(h)]
	pos, _ := s.find(p, key, tagOf(h), homeOf(tagOf(h), len(p.slots)), false)
	return pos
}

// Cap implements [Store].
func (s *Index) Cap() int64 { return s.log.Len() }

// Touch implements [Store].
func (s *Index) Touch(keys []uint64) {
	for ; len(keys) > 0; keys = keys[s.width:] {
		h := Hash(keys[:s.width])
		p := &s.parts[part(h)]
		prefetch(&p.slots[homeOf(tagOf(h), len(p.slots))])
	}
}

// Len implements [Store].
func (s *Index) Len() int64 { return s.log.Len() }

// Read implements [Store].
func (s *Index) Read(at, end int64, n int, buf []uint64) ([]uint64, error) {
	return s.log.Read(at, end, n, buf)
}

// Truncate implements [Store].
func (s *Index) Truncate(n int64) { s.log.Truncate(n) }

// Bytes implements [Store].
func (s *Index) Bytes() (set, log int64) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for i := range s.parts {
		set += int64(len(s.parts[i].slots)) * 8
	}
	return set, s.log.Bytes()
}

// Forget implements [Store].
func (s *Index) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.parts {
		p := &s.parts[i]
		s.mem.release(p.slots)
		p.slots, p.max = nil, 0
	}
}

// Close implements [Store].
func (s *Index) Close() { s.Forget(); s.log.Close() }
