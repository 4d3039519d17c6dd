package states

import (
	"fmt"
	"math"
)

// Growing takes a fifth of the time of a large search and more. Who knows how many states there
// will be, from an earlier run, may say so ([Config].Capacity), as users of other model checkers do
// for their tables of fixed size. It is only a hint.

// makeRoom makes the table as large as so many states need, before there is one, but no larger than
// half of the memory.
func (b *Bounded) makeRoom(n int64) error {
	words := b.mem.most(2 * parts)
	if words == 0 { // nobody knows how much there is
		words = 1 << 25
	}
	switch s := b.store.(type) {
	case *Whole:
		slots := min(slotsFor(n, s.callers, wholeUse), words/s.width)
		for i := range s.parts {
			if p := &s.parts[i]; slots > p.n {
				if err := s.resize(p, slots); err != nil {
					return err
				}
			}
		}
	case *Index:
		slots := min(slotsFor(n, s.callers, indexUse), words)
		for i := range s.parts {
			if p := &s.parts[i]; slots > len(p.slots) {
				if err := s.resize(p, slots); err != nil {
					return err
				}
			}
		}
	default:
		return fmt.Errorf("the capacity of a store of kind %v can't be chosen", b.c.Kind)
	}
	return nil
}

// slotsFor is how many slots a part needs for its share of n states, of which it may use that much.
// Shares differ by chance, in one of a thousand runs by more than four standard deviations
// somewhere.
func slotsFor(n, callers int64, use float64) int {
	share := float64(n) / parts
	share += 4*math.Sqrt(share) + float64(callers)
	return int(min(share/use+wordsPerLine, 1<<40))
}
