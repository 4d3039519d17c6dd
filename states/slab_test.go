//go:build linux && !race

package states

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is cut from huge pages is zero and nobody else's, whoever asks and gives back meanwhile; in
// the end no huge page is left that was not there before.
func TestSlabs(t *testing.T) {
	huge := func() int {
		slabs.mu.Lock()
		defer slabs.mu.Unlock()
		return len(slabs.live)
	}
	before := huge()
	var wg sync.WaitGroup
	bad := make([]bool, 4)
	for k := range bad {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(1, uint64(k)))
			var mine [][]uint64
			drop := func(i int) {
				for _, x := range mine[i] {
					bad[k] = bad[k] || x != uint64(k+1)
				}
				release(mine[i])
				mine[i] = mine[len(mine)-1]
				mine = mine[:len(mine)-1]
			}
			for range 500 {
				n := cutFrom/8 + r.IntN((cutTo-cutFrom)/8+1)
				w := cut(n)
				if len(w) != n || cap(w) != n {
					bad[k] = true
					return
				}
				for i, x := range w {
					bad[k] = bad[k] || x != 0
					w[i] = uint64(k + 1)
				}
				if mine = append(mine, w); len(mine) > r.IntN(10) {
					drop(r.IntN(len(mine)))
				}
			}
			for len(mine) > 0 {
				drop(0)
			}
		})
	}
	wg.Wait()
	require.NotContains(t, bad, true)
	require.LessOrEqual(t, huge(), before)
	require.Nil(t, cut(cutFrom/8-1))
	require.Nil(t, cut(cutTo/8+1))
}

// A store of some ten thousand states has its tables in huge pages, and gives them back.
func TestTablesAreCut(t *testing.T) {
	for _, limit := range []int64{0, 1 << 30} {
		s := open(t, Config{Kind: KindWhole, Width: 2, Callers: 1, Limit: limit})
		var scratch Scratch
		for i := range 100_000 {
			require.NoError(t, s.Insert(randomState(i, 2), &scratch))
		}
		cuts := 0
		slabs.mu.Lock()
		for i := range s.store.(*Whole).parts {
			if slabOf(s.store.(*Whole).parts[i].slots) >= 0 {
				cuts++
			}
		}
		slabs.mu.Unlock()
		if limit == 0 {
			require.Equal(t, parts, cuts)
		} else {
			require.Zero(t, cuts, "memory that is limited would be less than what is counted")
		}
	}
}
