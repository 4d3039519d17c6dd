//go:build linux && !race

package states

import (
	"fmt"
	"os"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	hugePage     = 2 << 20 // bytes; mappings from this size on ask for huge pages
	madvHugepage = 14      // MADV_HUGEPAGE
)

// reserve returns n zeroed words outside Go's heap that may become up to most, in place, by
// [extend]: the capacity of the slice. What is beyond n is only address space. Where there is not
// that much of it, the capacity is less.
func reserve(n, most int) ([]uint64, error) {
	if n == 0 {
		return nil, nil
	}
	w, err := reserveAll(n, most)
	if err != nil && most > n {
		w, err = reserveAll(n, n)
	}
	return w, err
}

func reserveAll(n, most int) ([]uint64, error) {
	bytes := (most*8 + os.Getpagesize() - 1) &^ (os.Getpagesize() - 1)
	extra := 0
	if bytes >= hugePage {
		extra = hugePage // so that the part of it that is aligned can be used
	}
	at, err := unix.MmapPtr(-1, 0, nil, uintptr(bytes+extra), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE)
	if err != nil {
		return nil, fmt.Errorf("map %d bytes for states: %w", most*8, err)
	}
	if extra > 0 {
		before := -uintptr(at) & (hugePage - 1)
		unmap(at, before)
		at = unsafe.Add(at, before)
		unmap(unsafe.Add(at, bytes), uintptr(extra)-before)
	}
	w := unsafe.Slice((*uint64)(at), most)
	advise(w, 0, n)
	return w[:n], nil
}

// extend returns w with n words; its capacity must be that much. The new ones are zero.
func extend(w []uint64, n int) []uint64 {
	old := len(w)
	w = w[:n]
	advise(w[:cap(w)], old, n)
	return w
}

// advise asks for huge pages for the words from old to n of w, as far as whole ones fit into w.
func advise(w []uint64, old, n int) {
	const words = hugePage / 8
	from, to := old&^(words-1), min((n+words-1)&^(words-1), len(w))
	if len(w)*8 < hugePage || from == to {
		return
	}
	// Advice only: without huge pages everything works, slower.
	_ = unix.Madvise(unsafe.Slice((*byte)(unsafe.Pointer(&w[from])), (to-from)*8), madvHugepage)
}

func unmap(at unsafe.Pointer, bytes uintptr) {
	if bytes == 0 {
		return
	}
	if err := unix.MunmapPtr(at, bytes); err != nil {
		panic(fmt.Sprintf("states: unmap: %v", err))
	}
}

// release gives back what reserve or cut returned, and all that it has become.
func release(w []uint64) {
	if len(w) > 0 && !uncut(w) {
		unmapWords(w)
	}
}

// unmapWords gives back what reserve has mapped.
func unmapWords(w []uint64) {
	unmap(unsafe.Pointer(&w[0]), uintptr((cap(w)*8+os.Getpagesize()-1)&^(os.Getpagesize()-1)))
}

// physical returns the bytes of memory that the machine has.
var physical = sync.OnceValue(func() int64 {
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		return 0
	}
	return int64(info.Totalram) * int64(info.Unit)
})
