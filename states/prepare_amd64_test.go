package states

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The two ways to prepare a batch find the same hashes, leave out the same states, and remember the
// same.
func TestPrepare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(2, 16).Draw(t, "width")
		// few, so that different states meet there
		places := 1 << rapid.IntRange(0, 10).Draw(t, "places")
		fast := Scratch{recent: recent{width, uint64(places - 1), make([]uint64, places*width)}}
		slow := Scratch{recent: recent{width, uint64(places - 1), make([]uint64, places*width)}}
		for range rapid.IntRange(1, 4).Draw(t, "batches") {
			n := rapid.IntRange(0, MaxBatch).Draw(t, "n")
			batch := make([]uint64, n*width)
			// States that come again, and some that differ in one word only.
			for i := range n {
				state := batch[i*width : i*width+width]
				state[0] = Live
				state[rapid.IntRange(0, width-1).Draw(t, "word")] |= rapid.Uint64Range(0, 3).Draw(t, "content") << rapid.SampledFrom([]int{0, 61}).Draw(t, "shift")
			}
			k, left := slow.prepareGo(batch, width), 0
			if width == 2 {
				again := Scratch{recent: recent{2, slow.recent.mask, slices.Clone(fast.recent.words)}}
				require.Equal(t, k, again.preparePairsGo(pairs(batch)))
				require.Equal(t, slow.recent.words, again.recent.words)
				left = fast.preparePairs(pairs(batch))
			} else {
				left = fast.prepare(batch, width)
			}
			require.Equal(t, k, left)
			require.Equal(t, slow.new[:k], fast.new[:k])
			require.Equal(t, slow.hash[:k], fast.hash[:k])
			require.Equal(t, slow.recent.words, fast.recent.words)
		}
	})
}
