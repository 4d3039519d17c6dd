package states

import (
	"math/bits"
	"runtime"
	"sync/atomic"
	"unsafe"
)

// pair is a state of two words. [Whole] does what Insert does once more for them here, as most of its time goes into a few dozen instructions a state, which
// are half as many where the width is known: no loop over words, no slices, and no branch where only a count depends on what was found. The argument is that of Whole; the tests of
// the stores are of states of one, two and more words.
type pair [2]uint64

func pairs(words []uint64) []pair {
	return unsafe.Slice((*pair)(unsafe.Pointer(unsafe.SliceData(words))), len(words)/2)
}

// hash is Hash of the pair.
func (k pair) hash() uint64 { return mix(mix(k[0]^k0, k[1]^k1)^k3, k2) }

// differs is 1 if the pairs differ, otherwise 0.
func (k pair) differs(o pair) int {
	d := (k[0] ^ o[0]) | (k[1] ^ o[1])
	return int((d | -d) >> 63)
}

// preparePairs is prepare for pairs.
func (t *Scratch) preparePairs(batch []pair) int {
	t.recent.init(2)
	known := pairs(t.recent.words)
	mask := uint64(len(known) - 1)
	n := 0
	for i, k := range batch {
		h := k.hash()
		c := &known[h&mask]
		differs := k.differs(*c)
		*c = k
		t.new[n&(MaxBatch-1)], t.hash[n&(MaxBatch-1)] = int32(i), h
		n += differs
	}
	return n
}

// insertPairsFrom is insertFrom for pairs.
func (s *Whole) insertPairsFrom(batch []pair, t *Scratch, done, k int) (int, *wholePart) {
	sum := uint64(0)
	for j := done; j < k; j++ {
		h := t.hash[j]
		p := &s.parts[part(h)]
		hi, _ := bits.Mul64(h<<partBits, uint64(p.n))
		t.at[j] = int(hi)
		sum += atomic.LoadUint64(&p.slots[2*hi])
	}
	t.sum += sum
	if t.out == nil {
		t.out = make([]uint64, 2*MaxBatch)
	}
	out := pairs(t.out[:2*MaxBatch])
	fresh := 0
	var full *wholePart
	for ; done < k; done++ {
		p := &s.parts[part(t.hash[done])]
		key := batch[t.new[done]]
		slots := pairs(p.slots)
		slot := &slots[t.at[done]]
		// Nearly all are found in their home slot, or are new and it is free.
		if atomic.LoadUint64(&slot[0]) == key[0] && slot[1] == key[1] {
			continue
		}
		isNew, ok := p.insertPair(slots, key, t.at[done])
		if !ok {
			full = p
			break
		}
		out[fresh] = key
		fresh += isNew
	}
	s.log.append(t.out[:2*fresh])
	return done, full
}

// insertPair is insert for a pair, of which it returns 1 if it is new.
func (p *wholePart) insertPair(slots []pair, key pair, at int) (fresh int, ok bool) {
	for {
		slot := &slots[at]
		v := atomic.LoadUint64(&slot[0])
		if v == empty {
			if p.count.Load() >= p.max {
				return 0, false
			}
			if atomic.CompareAndSwapUint64(&slot[0], empty, busy) {
				slot[1] = key[1]
				atomic.StoreUint64(&slot[0], key[0])
				p.count.Add(1)
				return 1, true
			}
			v = atomic.LoadUint64(&slot[0])
		}
		for v == busy {
			runtime.Gosched()
			v = atomic.LoadUint64(&slot[0])
		}
		if v == key[0] && slot[1] == key[1] {
			return 0, true
		}
		if at++; at == len(slots) {
			at = 0
		}
	}
}
