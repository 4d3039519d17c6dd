//go:build linux && !race

package states

import (
	"slices"
	"sync"
	"unsafe"
)

// Tables of less than a huge page would be in pages of 4 KiB, each of them a page fault and an
// entry of the processor's translation buffers of its own; a search of some hundred thousand states
// has such tables only. So they are cut from huge pages that several of them share. A huge page
// goes back when all that was cut from it has been released; as the parts of a table grow one soon
// after another, that does not take long.

// The sizes in bytes that are cut from huge pages. Smaller tables are as good in small pages, and a
// search that needs no others should not have to clear a huge page.
const (
	cutFrom = 64 << 10
	cutTo   = inPlace
)

// slabs are the huge pages that tables are cut from, the newest last. There are never more than a
// few.
var slabs struct {
	mu   sync.Mutex
	live []*slab
}

// slab is a huge page of which something is in use.
type slab struct {
	words, free []uint64 // all, and what nothing was cut from yet
	cuts        int      // that are in use
}

// cut returns n zeroed words of a huge page, or nil where they are too many or too few for that, or
// there is none.
func cut(n int) []uint64 {
	if n*8 < cutFrom || n*8 > cutTo {
		return nil
	}
	slabs.mu.Lock()
	defer slabs.mu.Unlock()
	if k := len(slabs.live); k == 0 || len(slabs.live[k-1].free) < n {
		w, err := reserve(hugePage/8, hugePage/8)
		if err != nil {
			return nil
		}
		slabs.live = append(slabs.live, &slab{words: w, free: w})
	}
	s := slabs.live[len(slabs.live)-1]
	w := s.free[:n:n]
	s.free = s.free[(n+wordsPerLine-1)&^(wordsPerLine-1):]
	s.cuts++
	return w
}

// slabOf returns which slab w was cut from, or -1.
func slabOf(w []uint64) int {
	at := uintptr(unsafe.Pointer(&w[0]))
	return slices.IndexFunc(slabs.live, func(s *slab) bool {
		begin := uintptr(unsafe.Pointer(&s.words[0]))
		return at >= begin && at < begin+hugePage
	})
}

// uncut reports whether w was cut from a huge page, and gives that back if nothing of it is in use
// any more.
func uncut(w []uint64) bool {
	slabs.mu.Lock()
	defer slabs.mu.Unlock()
	i := slabOf(w)
	if i < 0 {
		return false
	}
	s := slabs.live[i]
	if s.cuts--; s.cuts == 0 {
		slabs.live = slices.Delete(slabs.live, i, i+1)
		unmapWords(s.words)
	}
	return true
}
