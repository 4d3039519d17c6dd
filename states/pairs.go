package states

import (
	"runtime"
	"sync/atomic"
	"unsafe"
)

// pair is a state of two words. [Whole] does what Insert does once more for them here, as most of its time goes into a few dozen instructions a state, which
// are half as many where the width is known: no loop over words, no slices. The argument is that of Whole; the tests of the stores are
// of states of one, two and more words.
type pair [2]uint64

func pairs(words []uint64) []pair {
	return unsafe.Slice((*pair)(unsafe.Pointer(unsafe.SliceData(words))), len(words)/2)
}

// hash is Hash of the pair.
func (k pair) hash() uint64 { return mix(mix(k[0]^k0, k[1]^k1)^k3, k2) }

// insertPairs is Insert for pairs.
func (s *Whole) insertPairs(batch []pair, t *Scratch) error {
	for done, k := 0, -1; done != k; {
		var full *wholePart
		if done, k, full = s.insertPairsFrom(batch, t, done, k); full != nil {
			if err := s.grow(full); err != nil {
				t.failed()
				return err
			}
		}
	}
	return nil
}

// preparePairs is prepare for pairs, and asks for the home of each as soon as it is known: so the lines come while the next states are hashed.
func (s *Whole) preparePairs(batch []pair, t *Scratch) int {
	t.recent.init(2)
	known := pairs(t.recent.words)
	mask := uint64(len(known) - 1)
	n := 0
	for i, k := range batch {
		h := k.hash()
		c := &known[h&mask]
		if *c == k {
			continue
		}
		*c = k
		p := &s.parts[part(h)]
		at := home(h, p.n, pairsPerLine)
		prefetch(&p.slots[2*at])
		t.new[n&(MaxBatch-1)], t.hash[n&(MaxBatch-1)], t.at[n&(MaxBatch-1)] = int32(i), h, at
		n++
	}
	return n
}

// insertPairsFrom looks up the k prepared states from done on, or prepares those of the batch if k is -1. It ends early at one whose part has no room for another state.
//
// The states are looked up twice: first in their homes, and then those that are not there, most of which are new, as far as they may be. In between the line
// behind is asked for where the home is full: else the processor would wait for these one after another.
func (s *Whole) insertPairsFrom(batch []pair, t *Scratch, done, k int) (int, int, *wholePart) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if k < 0 {
		k = s.preparePairs(batch, t)
	} else {
		for j := done; j < k; j++ { // a part has grown
			t.at[j] = home(t.hash[j], s.parts[part(t.hash[j])].n, pairsPerLine)
		}
	}
	open := t.open[:0]
	for j := done; j < k; j++ {
		slots := s.parts[part(t.hash[j])].slots
		at := t.at[j] * 2
		line := (*[wordsPerLine]uint64)(slots[at : at+wordsPerLine])
		key := &batch[t.new[j]]
		if key.is(line, 0) || key.is(line, 1) || key.is(line, 2) || key.is(line, 3) {
			continue
		}
		open = append(open, int32(j))
		if atomic.LoadUint64(&line[wordsPerLine-2]) != empty {
			if at += wordsPerLine; at == len(slots) {
				at = 0
			}
			prefetch(&slots[at])
		}
	}
	if t.out == nil {
		t.out = make([]uint64, 2*MaxBatch)
	}
	out := pairs(t.out[:2*MaxBatch])
	fresh := 0
	var full *wholePart
	done = k
	for _, j := range open {
		p := &s.parts[part(t.hash[j])]
		key := batch[t.new[j]]
		isNew, ok := p.insertPair(pairs(p.slots), key, t.at[j])
		if !ok {
			done, full = int(j), p
			break
		}
		out[fresh] = key
		fresh += isNew
	}
	s.log.append(t.out[:2*fresh])
	return done, k, full
}

const pairsPerLine = wordsPerLine / 2

// is reports whether the i-th slot of a line is the pair.
func (k *pair) is(line *[wordsPerLine]uint64, i int) bool {
	return atomic.LoadUint64(&line[2*i]) == k[0] && line[2*i+1] == k[1]
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
