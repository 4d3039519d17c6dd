package states

import (
	"runtime"
	"slices"
	"sync/atomic"
	"unsafe"
)

// pair is a state of two words. [Whole] does what Insert does once more for them here, as most of
// its time goes into a few dozen instructions a state, which are half as many where the width is
// known: no loop over words, no slices. The argument is that of Whole; the tests of the stores are
// of states of one, two and more words.
type pair [2]uint64

func pairs(words []uint64) []pair {
	return unsafe.Slice((*pair)(unsafe.Pointer(unsafe.SliceData(words))), len(words)/2)
}

// hash is Hash of the pair.
func (k pair) hash() uint64 { return mix(mix(k[0]^k0, k[1]^k1)^k3, k2) }

// pairHomes is wholeHomes for pairs.
func pairHomes(states []uint64, n int, at []int) {
	for i, k := range pairs(states)[:len(at)] {
		at[i] = home(k.hash(), n, pairsPerLine)
	}
}

// insertPairs is Insert for pairs.
func (s *Whole) insertPairs(batch []pair, t *Scratch) (err error) {
	k := t.preparePairs(batch)
	clear(t.fresh[:k])
	for done := 0; done < k && err == nil; {
		var full *wholePart
		if done, full = s.insertPairsFrom(batch, t, done, k); full != nil {
			err = s.grow(full)
		}
	}
	t.out = slices.Grow(t.out[:0], 2*MaxBatch)[:2*MaxBatch]
	out, n := pairs(t.out), 0
	for j, fresh := range t.fresh[:k] {
		out[n&(MaxBatch-1)] = batch[t.new[j]]
		n += int(fresh)
	}
	s.log.append(t.out[:2*n])
	if err != nil {
		t.failed()
	}
	return err
}

// preparePairs is prepare for pairs.
func (t *Scratch) preparePairs(batch []pair) int {
	t.recent.init(2)
	if inAssembly && len(batch) > 0 {
		return preparePairs(&batch[0], len(batch), &pairs(t.recent.words)[0], t.recent.mask, &t.new[0], &t.hash[0])
	}
	return t.preparePairsGo(batch)
}

// preparePairsGo says what preparePairs does.
func (t *Scratch) preparePairsGo(batch []pair) int {
	known := pairs(t.recent.words)
	mask := uint64(len(known) - 1)
	n := 0
	for i, k := range batch {
		h := k.hash()
		c := &known[h&mask]
		t.new[n&(MaxBatch-1)], t.hash[n&(MaxBatch-1)] = int32(i), h
		n += isNot0((c[0] ^ k[0]) | (c[1] ^ k[1]))
		*c = k
	}
	return n
}

// insertPairsFrom looks up the prepared states from done to k, adds those that are not there, and
// notes which these were. It ends early with the first one whose part has no room for another
// state; those before it have been looked up, and some of those behind it.
//
// A line is asked for some time before the state that has its home there is looked up. A state that
// is not in its home, which is full, waits while its next line comes until all others have been
// looked up; so do those that are not there either.
func (s *Whole) insertPairsFrom(batch []pair, t *Scratch, done, k int) (int, *wholePart) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	open := t.open[:0]
	for j := done; j < k; j++ {
		p := &s.parts[part(t.hash[j])]
		t.at[j] = home(t.hash[j], p.n, pairsPerLine) * 2
		open = append(open, int32(j))
		if j < done+pairsAhead {
			prefetch(&p.slots[t.at[j]])
		}
	}
	ask := done + pairsAhead
	first, full := k, (*wholePart)(nil)
	for len(open) > 0 {
		rest := open[:0]
		for _, j := range open {
			if ask < k {
				prefetch(&s.parts[part(t.hash[ask])].slots[t.at[ask]])
				ask++
			}
			p := &s.parts[part(t.hash[j])]
			key := &batch[t.new[j]]
			at := t.at[j]
			line := (*[wordsPerLine]uint64)(p.slots[at : at+wordsPerLine])
			if key.is(line, 0) || key.is(line, 1) || key.is(line, 2) || key.is(line, 3) {
				continue
			}
			switch p.insertPair(line, *key) {
			case pairIsNew:
				t.fresh[j] = 1
			case pairElsewhere:
				if at += wordsPerLine; at == len(p.slots) {
					at = 0
				}
				prefetch(&p.slots[at])
				t.at[j] = at
				rest = append(rest, j)
			case pairHasNoRoom:
				if int(j) < first {
					first, full = int(j), p
				}
			}
		}
		open = rest
	}
	return first, full
}

const pairsPerLine = wordsPerLine / 2

// pairsAhead is how many lines are asked for before the first one is looked at.
const pairsAhead = 16

// is reports whether the i-th slot of a line is the pair.
func (k *pair) is(line *[wordsPerLine]uint64, i int) bool {
	return atomic.LoadUint64(&line[2*i]) == k[0] && line[2*i+1] == k[1]
}

// What insertPair finds.
const (
	pairIsNew = iota
	pairIsThere
	pairElsewhere // the line is full: in one behind it
	pairHasNoRoom
)

// insertPair is insert for a pair, in one line.
func (p *wholePart) insertPair(line *[wordsPerLine]uint64, key pair) int {
	for at := 0; at < wordsPerLine; at += 2 {
		v := atomic.LoadUint64(&line[at])
		if v == empty {
			if p.count.Load() >= p.max {
				return pairHasNoRoom
			}
			if atomic.CompareAndSwapUint64(&line[at], empty, busy) {
				line[at+1] = key[1]
				atomic.StoreUint64(&line[at], key[0])
				p.count.Add(1)
				return pairIsNew
			}
			v = atomic.LoadUint64(&line[at])
		}
		for v == busy {
			runtime.Gosched()
			v = atomic.LoadUint64(&line[at])
		}
		if v == key[0] && line[at+1] == key[1] {
			return pairIsThere
		}
	}
	return pairElsewhere
}
