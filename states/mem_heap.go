//go:build !linux || race

package states

// On the heap for other systems, and for the race detector, which does not watch memory that Go has
// not allocated.

// reserve reserves nothing, so that tables move when they grow.
func reserve(n, _ int) ([]uint64, error) { return make([]uint64, n), nil }

// cut finds no huge pages.
func cut(int) []uint64 { return nil }

func extend(w []uint64, n int) []uint64 { return w[:n] }

func release([]uint64) {}

func physical() int64 { return 0 }
