//go:build linux && !race

package states

import (
	"sync"
	"unsafe"
)

// Tables of less than a huge page would be in pages of 4 KiB, each of them a page fault and an entry of the processor's translation buffers of its own; a search of some hundred
// thousand states has such tables only. So they are cut from huge pages that several of them share. A huge page goes back when all that was cut from it has been released; as the
// parts of a table grow one soon after another, that does not take long.

// The sizes in bytes that are cut from huge pages. Smaller tables are as good in small pages, and a search that needs no others should not have to clear a huge page.
const (
	cutFrom = 64 << 10
	cutTo   = inPlace
)

// slabs are the huge pages that tables are cut from.
var slabs struct {
	mu   sync.Mutex
	free []uint64       // what is left of the newest
	live map[*slab]bool // those that something is left in
}

// slab is a huge page.
type slab struct {
	words []uint64
	cuts  int // that are in use
}

// of reports whether w was cut from the slab.
func (s *slab) of(w []uint64) bool {
	at, begin := uintptr(unsafe.Pointer(&w[0])), uintptr(unsafe.Pointer(&s.words[0]))
	return at >= begin && at < begin+hugePage
}

// cut returns n zeroed words of a huge page, or nil where they are too many or too few for that, or there is none.
func cut(n int) []uint64 {
	if n*8 < cutFrom || n*8 > cutTo {
		return nil
	}
	slabs.mu.Lock()
	defer slabs.mu.Unlock()
	if len(slabs.free) < n {
		w, err := reserve(hugePage/8, hugePage/8)
		if err != nil {
			return nil
		}
		if slabs.live == nil {
			slabs.live = map[*slab]bool{}
		}
		slabs.live[&slab{words: w}] = true
		slabs.free = w
	}
	w := slabs.free[:n:n]
	slabs.free = slabs.free[(n+wordsPerLine-1)&^(wordsPerLine-1):]
	slabOf(w).cuts++
	return w
}

// slabOf returns the slab that w was cut from, or nil. There are never more than a few.
func slabOf(w []uint64) *slab {
	for s := range slabs.live {
		if s.of(w) {
			return s
		}
	}
	return nil
}

// uncut reports whether w was cut from a huge page, and gives that back if nothing is left of it.
func uncut(w []uint64) bool {
	slabs.mu.Lock()
	defer slabs.mu.Unlock()
	s := slabOf(w)
	if s == nil {
		return false
	}
	if s.cuts--; s.cuts > 0 {
		return true
	}
	if f := slabs.free; len(f) > 0 && s.of(f) {
		slabs.free = nil
	}
	delete(slabs.live, s)
	unmapWords(s.words)
	return true
}
