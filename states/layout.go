package states

import (
	"fmt"
	"math/bits"
)

// Live is set in the first word of every packed state.
const Live = uint64(1) << 63

// Field is where a cell lies in a packed state. A cell never crosses a word; one without bits has
// Mask 0.
type Field struct {
	Word  int
	Shift uint
	// of the cell's bits, before the shift; the lowest may be 0: those that are 0 in all contents
	Mask uint64
}

// Get returns the raw content of the cell in w.
func (f Field) Get(w []uint64) uint64 { return w[f.Word] >> f.Shift & f.Mask }

// Put sets the raw content of the cell in w; v must fit in Mask.
func (f Field) Put(w []uint64, v uint64) { w[f.Word] = w[f.Word]&^(f.Mask<<f.Shift) | v<<f.Shift }

// Layout places cells in words.
type Layout struct {
	Fields []Field
	Words  int // of a packed state, at least 1; the last may be empty
	Bits   int // that carry information
}

// Width is that of a cell: how many bits its contents have (0 to 64), and how many of these, the
// lowest, are 0 in each of them and need no place.
type Width struct{ Bits, Zeros int }

// lineWords is how many words a line of the cache has. A state that lacks one word to fill its
// lines gets it: in a row of such states each begins with a line then, and else three of four lie
// in one line more. Where looking at a state means waiting for its lines, that is worth an eighth
// more memory.
const lineWords = 8

// NewLayout places cells, each in the first word with room for it: cells that are neighbours stay
// neighbours until a word is full, and a state is at most a few bits longer than the sum of its
// cells. A cell with zeros lies where these would be in the word, too.
func NewLayout(widths []Width) *Layout {
	l := &Layout{Fields: make([]Field, len(widths))}
	used := []int{0}
	room := func(w int) int {
		if w == 0 {
			return 63 // Live is the top bit
		}
		return 64
	}
	for i, x := range widths {
		n := x.Bits - x.Zeros
		if n < 0 || x.Zeros < 0 || x.Bits > 64 {
			panic(fmt.Sprintf("states: cell of %d bits, %d of them 0", x.Bits, x.Zeros))
		}
		if n == 0 {
			continue
		}
		w := 0
		for w < len(used) && (used[w] < x.Zeros || used[w]+n > room(w)) {
			w++
		}
		if w == len(used) {
			used = append(used, x.Zeros)
		}
		shift := used[w] - x.Zeros
		l.Fields[i] = Field{Word: w, Shift: uint(shift), Mask: ^uint64(0) >> (64 - n) << x.Zeros}
		used[w] += n
		l.Bits += n
	}
	l.Words = len(used)
	if l.Words%lineWords == lineWords-1 {
		l.Words++
	}
	return l
}

// Last is how many bits of the last word are in use, from the lowest on, at least 1; 64 where that
// is the first word too.
func (l *Layout) Last() int {
	if l.Words == 1 {
		return 64
	}
	n := 1
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
