//go:build linux && !race

package states

import (
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	hugePage     = 2 << 20 // bytes; mappings from this size on ask for huge pages
	madvHugepage = 14      // MADV_HUGEPAGE
)

// allocate returns n zeroed words outside Go's heap.
func allocate(n int) ([]uint64, error) {
	if n == 0 {
		return nil, nil
	}
	bytes := (n*8 + os.Getpagesize() - 1) &^ (os.Getpagesize() - 1)
	extra := 0
	if bytes >= hugePage {
		extra = hugePage // so that the part of it that is aligned can be used
	}
	at, err := unix.MmapPtr(-1, 0, nil, uintptr(bytes+extra), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE)
	if err != nil {
		return nil, fmt.Errorf("map %d bytes for states: %w", n*8, err)
	}
	if extra > 0 {
		before := -uintptr(at) & (hugePage - 1)
		unmap(at, before)
		at = unsafe.Add(at, before)
		unmap(unsafe.Add(at, bytes), uintptr(extra)-before)
		// Advice only: without huge pages everything works, slower.
		_ = unix.Madvise(unsafe.Slice((*byte)(at), bytes), madvHugepage)
	}
	return unsafe.Slice((*uint64)(at), n), nil
}

func unmap(at unsafe.Pointer, bytes uintptr) {
	if bytes == 0 {
		return
	}
	if err := unix.MunmapPtr(at, bytes); err != nil {
		panic(fmt.Sprintf("states: unmap: %v", err))
	}
}

// release gives back what allocate returned.
func release(w []uint64) {
	if len(w) == 0 {
		return
	}
	unmap(unsafe.Pointer(&w[0]), uintptr((len(w)*8+os.Getpagesize()-1)&^(os.Getpagesize()-1)))
}
