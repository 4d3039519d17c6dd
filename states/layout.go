package states

import (
	"fmt"
	"math/bits"
)

// Live is set in the first word of every packed state.
const Live = uint64(1) << 63

// Field is where a cell lies in a packed state. A cell never crosses a word; one without bits has Mask 0.
type Field struct {
	Word  int
	Shift uint
	Mask  uint64 // of the cell's bits, before the shift
}

// Get returns the raw content of the cell in w.
func (f Field) Get(w []uint64) uint64 { return w[f.Word] >> f.Shift & f.Mask }

// Put sets the raw content of the cell in w; v must fit in Mask.
func (f Field) Put(w []uint64, v uint64) { w[f.Word] = w[f.Word]&^(f.Mask<<f.Shift) | v<<f.Shift }

// Layout places cells in words.
type Layout struct {
	Fields []Field
	Words  int // of a packed state, at least 1
	Bits   int // that carry information
}

// NewLayout places cells of the given widths (0 to 64 bits), each in the first word with room for it: cells that are neighbours stay
// neighbours until a word is full, and a state is at most a few bits longer than the sum of its cells.
func NewLayout(widths []int) *Layout {
	l := &Layout{Fields: make([]Field, len(widths))}
	used := []int{1} // the Live bit
	for i, n := range widths {
		if n < 0 || n > 64 {
			panic(fmt.Sprintf("states: cell of %d bits", n))
		}
		if n == 0 {
			continue
		}
		w := 0
		for w < len(used) && used[w]+n > 64 {
			w++
		}
		if w == len(used) {
			used = append(used, 0)
		}
		shift := used[w]
		if w == 0 {
			shift-- // Live is the top bit
		}
		l.Fields[i] = Field{Word: w, Shift: uint(shift), Mask: ^uint64(0) >> (64 - n)}
		used[w] += n
		l.Bits += n
	}
	l.Words = len(used)
	return l
}

// Last is how many bits of the last word are in use, from the lowest on; 64 where that is the first word too.
func (l *Layout) Last() int {
	if l.Words == 1 {
		return 64
	}
	n := 0
	for _, f := range l.Fields {
		if f.Word == l.Words-1 && f.Mask != 0 {
			n = max(n, int(f.Shift)+bits.Len64(f.Mask))
		}
	}
	return n
}

// New returns a packed state in which every cell is 0.
func (l *Layout) New() []uint64 {
	w := make([]uint64, l.Words)
	w[0] = Live
	return w
}
