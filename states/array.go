package states

import "unsafe"

// Array32 is a zeroed array of uint32 outside Go's heap, such as one number for each slot of a [Set].
type Array32 struct {
	At    []uint32
	words []uint64
}

// NewArray32 returns an array of n elements.
func NewArray32(n int) (*Array32, error) {
	w, err := allocate((n + 2) / 2)
	if err != nil {
		return nil, err
	}
	return &Array32{At: unsafe.Slice((*uint32)(unsafe.Pointer(&w[0])), n), words: w}, nil
}

// Close gives the memory back.
func (a *Array32) Close() { release(a.words); a.At, a.words = nil, nil }
