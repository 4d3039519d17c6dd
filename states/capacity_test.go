package states

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A table that was made for so many states has not grown when they are there; with more it grows,
// and where memory is limited it begins with no more than half of it.
func TestCapacity(t *testing.T) {
	const n = 50_000
	insert := func(s *Bounded, to int) {
		var scratch Scratch
		for i := int(s.Len()); i < to; i++ {
			require.NoError(t, s.Insert(randomState(i, 2), &scratch))
		}
		for i := range to {
			require.GreaterOrEqual(t, s.Find(randomState(i, 2)), int64(0))
		}
	}
	table := func(s *Bounded) int64 {
		set, _ := s.Bytes()
		return set
	}
	for _, kind := range []Kind{Auto, KindWhole, KindIndex} {
		s := open(t, Config{Kind: kind, Width: 2, Capacity: n})
		begin := table(s)
		insert(s, n)
		require.Equal(t, begin, table(s))
		use := map[Kind]float64{Auto: wholeUse / 16, KindWhole: wholeUse / 16, KindIndex: indexUse / 8}[kind]
		require.InEpsilon(t, n/use, begin, 0.1)
		insert(s, n*6/5)
		require.Less(t, begin, table(s))

		s = open(t, Config{Kind: kind, Width: 2, Capacity: 1 << 50, Limit: 8 << 20})
		require.Equal(t, int64(4<<20), table(s))
		insert(s, n)
	}
	for _, kind := range []Kind{KindTree, KindHash} {
		_, err := Open(Config{Kind: kind, Width: 2, Callers: 1, Capacity: n})
		require.ErrorContains(t, err, kind.String())
	}
}
