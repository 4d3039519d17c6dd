package states

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// In a table that has become longer in place, linear probing finds each entry from its new home on,
// and there are no others. The homes are crowded in places, at the two ends among them, so that
// entries are far from home and pass the end.
func TestSpread(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := rapid.IntRange(1, 3).Draw(t, "words")
		old := rapid.IntRange(4, 300).Draw(t, "slots")
		n := rapid.IntRange(old+1, 3*old).Draw(t, "longer")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		crowds := rapid.SliceOfN(rapid.SampledFrom([]uint64{0, 1 << 20, 1 << 31, 1<<32 - 1<<20, 1<<32 - 1}), 0, 4).Draw(t, "crowds")
		home := func(entry []uint64, n int) int { return int(entry[0] & (1<<32 - 1) * uint64(n) >> 32) }
		table := make([]uint64, old*w, n*w)
		var entries [][]uint64
		for i := range rapid.IntRange(0, old*4/5).Draw(t, "entries") {
			entry := make([]uint64, w)
			h := uint64(r.Uint32())
			if len(crowds) > 0 && i%2 == 0 {
				h = crowds[r.IntN(len(crowds))]
			}
			entry[0], entry[w-1] = uint64(i+1)<<32|h, uint64(i+1)<<32|h
			put(table, entry, home(entry, old))
			entries = append(entries, entry)
		}
		table = table[:n*w]
		spread(table, w, old, func(entries []uint64, n int, at []int) {
			for i := range at {
				at[i] = home(entries[i*w:i*w+w], n)
			}
		})
		for _, e := range entries {
			at := home(e, n)
			for !slices.Equal(table[at*w:at*w+w], e) {
				require.NotEqual(t, uint64(empty), table[at*w], "%x is not found", e)
				at = (at + 1) % n
			}
		}
		used := 0
		for at := 0; at < len(table); at += w {
			if table[at] != empty {
				used++
			}
		}
		require.Equal(t, len(entries), used)
	})
}
