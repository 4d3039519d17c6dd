package states

import (
	"math/bits"
	"runtime"
	"sync"
	"sync/atomic"
)

// quotient is an exact set of numbers of at most 64 bits that keeps of each only the bits that its
// place does not tell (Cleary, "Compact hash tables using bidirectional linear probing", 1984). The
// numbers must be spread evenly: callers put a one-to-one function before it.
//
// A part of the table has m buckets. Of a number, without the bits that choose the part, y / d is
// the home bucket and y % d is the remainder, where d is as large as makes the home bucket less
// than m. A bucket is a cache line of slots. A slot has the remainder and the displacement: how
// many buckets it is beyond the home bucket. From bucket, displacement and remainder the number can
// be computed again, so two numbers never have equal slots, and a slot that is equal is the number.
//
// A number is in the first bucket from its home on that was not full when it came. Buckets never
// lose a slot, so a bucket that was full is full, and who looks for a number may stop at the first
// bucket that is not: it is not behind it. Each look into a bucket is made under the lock of that
// bucket, and a number is added under the same hold of the lock that found room and did not find
// the number. Two callers with the same number pass the same full buckets, so the second finds what
// the first has added. Where the displacement does not fit in its bits the part grows.
//
// Nobody can insert while a part grows. So there are many parts, each a quarter larger every time:
// a pause is for a 64th of the numbers, a third of a second where there are a billion. As numbers
// are spread evenly, parts of one size would all be full at the same time, and the pauses would be
// one. So each begins a little larger than the one before; one after another they grow, and the
// table as a whole is never emptier than it is now.
type quotient struct {
	bits    int // of a number
	callers int64
	mem     *Budget

	mu    sync.RWMutex
	parts [quotientParts]quotientPart
}

type quotientPart struct {
	words []uint64
	m     uint64 // buckets
	d     uint64 // numbers to a home bucket
	rem   uint   // bits of a remainder
	slot  uint   // bits of a slot
	room  int    // slots of a bucket
	max   int64
	count atomic.Int64
}

const (
	quotientPartBits = 6
	quotientParts    = 1 << quotientPartBits

	bucketWords = 8 // a cache line
	// The first word of a bucket begins with its lock and its number of slots; what is left of the
	// line is for the slots.
	headBits   = 8
	bucketLock = 1 << 7
	countMask  = 15
	slotsBits  = 64*bucketWords - headBits
	// displaceBits is for how many buckets a number may be away from home.
	displaceBits = 5
)

func newQuotient(bits, callers int, mem *Budget) (*quotient, error) {
	q := &quotient{bits: bits, callers: int64(callers), mem: mem}
	for i := range q.parts {
		least := max(32, 2*callers)
		if err := q.resize(&q.parts[i], least+least*i/quotientParts); err != nil {
			q.close()
			return nil, err
		}
	}
	return q, nil
}

// shape sets what follows from m buckets.
func (q *quotient) shape(p *quotientPart, m uint64) {
	low := uint(q.bits - quotientPartBits) // bits of y
	p.m = m
	p.d = (uint64(1)<<low + m - 1) / m
	p.rem = uint(bits.Len64(p.d - 1))
	p.slot = p.rem + displaceBits
	p.room = min(countMask, slotsBits/int(p.slot))
	p.max = int64(m)*int64(p.room)/8*7 - q.callers
}

func (q *quotient) resize(p *quotientPart, buckets int) error {
	for {
		words, err := q.mem.allocate(buckets * bucketWords)
		if err != nil {
			return err
		}
		next := quotientPart{words: words}
		q.shape(&next, uint64(buckets))
		if p.moveTo(&next) {
			q.mem.release(p.words)
			p.words, p.m, p.d, p.rem, p.slot, p.room, p.max = next.words, next.m, next.d, next.rem, next.slot, next.room, next.max
			return nil
		}
		// A number would be too far from home.
		q.mem.release(words)
		buckets = moreBuckets(buckets)
	}
}

// moveTo adds all numbers of p to next and reports whether that could be done.
func (p *quotientPart) moveTo(next *quotientPart) bool {
	var line [bucketWords + 1]uint64
	for b := range p.m {
		copy(line[:], p.words[b*bucketWords:(b+1)*bucketWords])
		for j := range int(line[0] & countMask) {
			s := p.get(&line, j)
			at := b + p.m - s>>p.rem
			if at >= p.m {
				at -= p.m
			}
			if !next.place(at*p.d + s&(1<<p.rem-1)) {
				return false
			}
		}
	}
	return true
}

// place adds a number that is not there, while nobody else uses the part. It reports whether there
// was a place near enough.
func (p *quotientPart) place(y uint64) bool {
	at := y / p.d
	want := y - at*p.d
	for disp := range uint64(1 << displaceBits) {
		b := p.words[at*bucketWords : (at+1)*bucketWords]
		if n := int(b[0] & countMask); n < p.room {
			b[0] = p.set(b, n, want|disp<<p.rem, b[0])
			return true
		}
		if at++; at == p.m {
			at = 0
		}
	}
	return false
}

// set makes slot the n-th and last one of bucket b, and returns the first word as it is to be then.
// It is head before, without a lock.
func (p *quotientPart) set(b []uint64, n int, slot, head uint64) uint64 {
	bit := headBits + uint(n)*p.slot
	w, o := bit/64, bit%64
	if w == 0 {
		head |= slot << o
	} else {
		b[w] |= slot << o
	}
	if o+p.slot > 64 {
		b[w+1] |= slot >> (64 - o)
	}
	return head + 1
}

// get returns the j-th slot of a line.
func (p *quotientPart) get(line *[bucketWords + 1]uint64, j int) uint64 {
	bit := headBits + uint(j)*p.slot
	w, o := bit/64, bit%64
	v := line[w] >> o
	if o+p.slot > 64 {
		v |= line[w+1] << (64 - o)
	}
	return v & (1<<p.slot - 1)
}

// insert adds a number, without the bits that choose the part. It reports whether it is new, and
// whether there was a place near enough.
func (p *quotientPart) insert(y uint64) (fresh, ok bool) {
	at := y / p.d
	want := y - at*p.d
	var line [bucketWords + 1]uint64
	for disp := range uint64(1 << displaceBits) {
		b := p.words[at*bucketWords : (at+1)*bucketWords]
		head := lock(&b[0])
		line[0] = head
		copy(line[1:bucketWords], b[1:])
		n := int(head & countMask)
		slot := want | disp<<p.rem
		for j := range n {
			if p.get(&line, j) == slot {
				atomic.StoreUint64(&b[0], head)
				return false, true
			}
		}
		if n < p.room {
			atomic.StoreUint64(&b[0], p.set(b, n, slot, head))
			return true, true
		}
		atomic.StoreUint64(&b[0], head)
		if at++; at == p.m {
			at = 0
		}
	}
	return false, false
}

// lock locks the bucket whose first word is at w and returns that word as it is without the lock.
func lock(w *uint64) uint64 {
	for {
		if v := atomic.LoadUint64(w); v&bucketLock == 0 && atomic.CompareAndSwapUint64(w, v, v|bucketLock) {
			return v
		}
		runtime.Gosched()
	}
}

// split returns the part of a number and the rest of it.
func (q *quotient) split(x uint64) (*quotientPart, uint64) {
	low := uint(q.bits - quotientPartBits)
	return &q.parts[x>>low], x & (1<<low - 1)
}

// insert adds a batch of numbers and calls fresh with the place in the batch of each that is new.
func (q *quotient) insert(xs []uint64, fresh func(i int)) error {
	for done := 0; done < len(xs); {
		var full *quotientPart
		var m uint64
		if done, full, m = q.insertFrom(xs, done, fresh); full != nil {
			if err := q.grow(full, m); err != nil {
				return err
			}
		}
	}
	return nil
}

// insertFrom does so from position done on. It ends early at a number for which its part, of m
// buckets, has no room.
func (q *quotient) insertFrom(xs []uint64, done int, fresh func(i int)) (now int, full *quotientPart, m uint64) {
	q.mu.RLock()
	defer q.mu.RUnlock()
	for _, x := range xs[done:] {
		q.touch(x)
	}
	for ; done < len(xs); done++ {
		p, y := q.split(xs[done])
		if p.count.Load() >= p.max {
			return done, p, p.m
		}
		isNew, ok := p.insert(y)
		if !ok {
			return done, p, p.m
		}
		if isNew {
			p.count.Add(1)
			fresh(done)
		}
	}
	return done, nil, 0
}

// grow makes room in a part that had m buckets when it was found to be full.
func (q *quotient) grow(p *quotientPart, m uint64) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if p.m != m {
		return nil
	}
	return q.resize(p, moreBuckets(int(m)))
}

// moreBuckets is how many buckets follow on m.
func moreBuckets(m int) int { return m + m/4 }

// find returns the number of a slot, or -1. It must not run at the same time as insert.
func (q *quotient) find(x uint64) int64 {
	p, y := q.split(x)
	at := y / p.d
	want := y - at*p.d
	var line [bucketWords + 1]uint64
	for disp := range uint64(1 << displaceBits) {
		copy(line[:], p.words[at*bucketWords:(at+1)*bucketWords])
		n := int(line[0] & countMask)
		for j := range n {
			if p.get(&line, j) == want|disp<<p.rem {
				first := int64(0)
				for k := range q.parts {
					if p == &q.parts[k] {
						break
					}
					first += int64(q.parts[k].m) * int64(q.parts[k].room)
				}
				return first + int64(at)*int64(p.room) + int64(j)
			}
		}
		if n < p.room {
			return -1
		}
		if at++; at == p.m {
			at = 0
		}
	}
	return -1
}

// touch asks for the home bucket of a number.
func (q *quotient) touch(x uint64) {
	p, y := q.split(x)
	prefetch(&p.words[y/p.d*bucketWords])
}

// slots is one more than the largest number that find returns.
func (q *quotient) slots() int64 {
	n := int64(0)
	for i := range q.parts {
		n += int64(q.parts[i].m) * int64(q.parts[i].room)
	}
	return n
}

func (q *quotient) bytes() int64 {
	q.mu.RLock()
	defer q.mu.RUnlock()
	n := int64(0)
	for i := range q.parts {
		n += int64(len(q.parts[i].words)) * 8
	}
	return n
}

func (q *quotient) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := range q.parts {
		q.mem.release(q.parts[i].words)
		q.parts[i].words = nil
	}
}
