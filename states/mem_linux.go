//go:build linux && !race

package states

import (
	"fmt"
	"syscall"
	"unsafe"
)

const (
	hugeFrom     = 4 << 20 // bytes from which a mapping asks for huge pages
	madvHugepage = 14      // MADV_HUGEPAGE
)

// allocate returns n zeroed words outside Go's heap.
func allocate(n int) ([]uint64, error) {
	if n == 0 {
		return nil, nil
	}
	b, err := syscall.Mmap(-1, 0, n*8, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON|syscall.MAP_NORESERVE)
	if err != nil {
		return nil, fmt.Errorf("map %d bytes for states: %w", n*8, err)
	}
	if len(b) >= hugeFrom {
		// Advice only: without huge pages everything works, slower.
		_ = syscall.Madvise(b, madvHugepage)
	}
	return unsafe.Slice((*uint64)(unsafe.Pointer(&b[0])), n), nil
}

// release gives back what allocate returned.
func release(w []uint64) {
	if len(w) == 0 {
		return
	}
	if err := syscall.Munmap(unsafe.Slice((*byte)(unsafe.Pointer(&w[0])), len(w)*8)); err != nil {
		panic(fmt.Sprintf("states: unmap: %v", err))
	}
}
