package states

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// What is said to be known has been added before, whatever the hash; and a state is known when it
// comes again at once.
func TestRecent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 16).Draw(t, "width")
		var r recent
		r.init(width)
		require.LessOrEqual(t, len(r.words)*8, recentBytes(r.width))
		added := map[uint64]bool{}
		for range rapid.IntRange(1, 100).Draw(t, "states") {
			// Few states and fewer hashes, so that all that can happen does.
			n := rapid.Uint64Range(0, 9).Draw(t, "state")
			key := make([]uint64, width)
			key[0], key[width-1] = Live, Live|n
			h := n / 2 << 40
			if r.add(h, key) == 0 {
				require.True(t, added[n])
			}
			added[n] = true
			require.Zero(t, r.add(h, key))
		}
	})
}
