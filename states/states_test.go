package states

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Every cell reads back what was put in it, whatever was put in the others, and no two cells share a bit.
func TestLayoutRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		widths := rapid.SliceOfN(rapid.IntRange(0, 64), 0, 40).Draw(t, "widths")
		l := NewLayout(widths)
		w := l.New()
		want := make([]uint64, len(widths))
		total := 0
		order := rapid.Permutation(slices.Collect(func(yield func(int) bool) {
			for i := range 2 * len(widths) {
				if !yield(i) {
					return
				}
			}
		})).Draw(t, "order")
		for _, k := range order {
			i := k / 2
			if widths[i] > 0 {
				want[i] = rapid.Uint64().Draw(t, "value") >> (64 - widths[i])
			}
			l.Fields[i].Put(w, want[i])
		}
		for i, f := range l.Fields {
			require.Equal(t, want[i], f.Get(w))
			total += widths[i]
		}
		require.Equal(t, total, l.Bits)
		require.Equal(t, Live, w[0]&Live)
		require.Len(t, w, l.Words)
		require.GreaterOrEqual(t, l.Words*64, total+1)
	})
}

func TestLayoutFillsWords(t *testing.T) {
	require.Equal(t, 1, NewLayout(nil).Words)
	require.Equal(t, 1, NewLayout([]int{63}).Words)
	require.Equal(t, 2, NewLayout([]int{64}).Words)
	require.Equal(t, 2, NewLayout([]int{60, 10, 3}).Words) // the 3 fill up the first word
	require.Equal(t, 3, NewLayout([]int{40, 40, 40}).Words)
}

// keyOf makes the i-th of many different states.
func keyOf(i, width int) []uint64 {
	w := make([]uint64, width)
	// All but the last few bits equal: a hash that looks at part of the state would make every state collide.
	w[width-1] = uint64(i)
	w[0] |= Live
	return w
}

func TestSetIsExact(t *testing.T) {
	for _, width := range []int{1, 2, 3, 7} {
		s, err := NewSet(width, 1, 0)
		require.NoError(t, err)
		var scratch Scratch
		const n = 50_000
		for round := range 2 {
			for i := 0; i < n; i += 100 {
				var batch []uint64
				for k := range 100 {
					batch = append(batch, keyOf(i+k, width)...)
				}
				fresh, err := s.Insert(batch, nil, &scratch)
				require.NoError(t, err)
				if round == 0 {
					require.Len(t, fresh, 100)
				} else {
					require.Empty(t, fresh)
				}
			}
		}
		require.EqualValues(t, n, s.Len())
		slots := map[int]bool{}
		for i := range n {
			slot := s.Find(keyOf(i, width))
			require.GreaterOrEqual(t, slot, 0)
			require.Less(t, slot, s.Cap())
			require.False(t, slots[slot])
			slots[slot] = true
		}
		require.Equal(t, -1, s.Find(keyOf(n, width)))
		s.Close()
	}
}

func TestSetTwiceInOneBatch(t *testing.T) {
	s, err := NewSet(2, 1, 0)
	require.NoError(t, err)
	defer s.Close()
	var scratch Scratch
	fresh, err := s.Insert(slices.Concat(keyOf(1, 2), keyOf(2, 2), keyOf(1, 2)), nil, &scratch)
	require.NoError(t, err)
	require.Equal(t, []int32{0, 1}, fresh)
}

func TestSetLimit(t *testing.T) {
	s, err := NewSet(1, 1, 1<<20)
	require.NoError(t, err)
	defer s.Close()
	var scratch Scratch
	for i := 0; err == nil; i++ {
		_, err = s.Insert(keyOf(i, 1), nil, &scratch)
		require.Less(t, i, 1<<17, "more states than there is room for")
	}
	require.ErrorIs(t, err, ErrFull)
	now, _ := s.Bytes()
	require.LessOrEqual(t, now, int64(1<<20))
	require.Greater(t, s.Len(), int64(1<<16)) // at least half of the room was used
}

// Many goroutines insert overlapping batches while the set grows: each state is fresh exactly once, and the log holds each once, whole.
func TestSetHammer(t *testing.T) {
	for _, width := range []int{3, 12} {
		t.Run(fmt.Sprint(width, " words"), func(t *testing.T) { hammer(t, width) })
	}
}

func hammer(t *testing.T, width int) {
	const workers, n = 8, 20_000
	s, err := NewSet(width, workers, 0)
	require.NoError(t, err)
	defer s.Close()
	log := NewLog(width, 0)
	defer log.Close()
	state := func(i int) []uint64 {
		w := []uint64{Live | uint64(i%7), uint64(i) * k0}
		for len(w) < width {
			w = append(w, uint64(i)*k1+uint64(len(w)))
		}
		return w
	}
	var wg sync.WaitGroup
	for k := range workers {
		wg.Go(func() {
			var scratch Scratch
			r := rand.New(rand.NewPCG(1, uint64(k)))
			order := r.Perm(n)
			for len(order) > 0 {
				c := min(len(order), 1+r.IntN(MaxBatch))
				var batch, out []uint64
				for _, i := range order[:c] {
					batch = append(batch, state(i)...)
				}
				order = order[c:]
				fresh, err := s.Insert(batch, nil, &scratch)
				if err != nil {
					panic(err)
				}
				for _, i := range fresh {
					out = append(out, batch[int(i)*width:(int(i)+1)*width]...)
				}
				if _, err := log.Append(out); err != nil {
					panic(err)
				}
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, n, s.Len())
	require.EqualValues(t, n, log.Len())
	seen := map[string]bool{}
	for at := int64(0); at < n; at++ {
		seen[fmt.Sprint(log.Chunk(at, n, 1))] = true
	}
	require.Len(t, seen, n)
	for i := range n {
		require.True(t, seen[fmt.Sprint(state(i))])
		require.GreaterOrEqual(t, s.Find(state(i)), 0)
	}
}

// Hashes of states that differ in one bit spread over the whole table.
func TestHashSpreads(t *testing.T) {
	for _, width := range []int{1, 2, 3, 5} {
		const buckets = 256
		var count [buckets]int
		n := 0
		r := rand.New(rand.NewPCG(3, 4))
		for range 200 {
			w := make([]uint64, width)
			w[width-1] = uint64(r.IntN(1 << 30)) // few bits vary, as in real models
			w[0] |= Live
			for bit := range 64*width - 1 {
				w[bit/64] ^= 1 << (bit % 64)
				count[home(Hash(w), buckets)]++
				w[bit/64] ^= 1 << (bit % 64)
				n++
			}
		}
		// Chi-squared with 255 degrees of freedom: above 400 has a probability below 10^-8 for a random function.
		x := 0.0
		want := float64(n) / buckets
		for _, c := range count {
			x += (float64(c) - want) * (float64(c) - want) / want
		}
		require.Less(t, x, 400.0, "width %d", width)
	}
}

func TestLogSegments(t *testing.T) {
	l := NewLog(2, 0)
	defer l.Close()
	l.seg = 8
	for i := range 30 {
		at, err := l.Append(slices.Concat(keyOf(3*i, 2), keyOf(3*i+1, 2), keyOf(3*i+2, 2)))
		require.NoError(t, err)
		require.EqualValues(t, 3*i, at)
	}
	require.EqualValues(t, 90, l.Len())
	for at := int64(0); at < 90; {
		c := l.Chunk(at, 90, 5)
		require.NotEmpty(t, c)
		require.LessOrEqual(t, len(c), 10)
		for ; len(c) > 0; c = c[2:] {
			require.Equal(t, keyOf(int(at), 2), c[:2])
			at++
		}
	}
	l.Truncate(10)
	require.EqualValues(t, 10, l.Len())
}

func TestBitset(t *testing.T) {
	b, err := NewBitset(1000)
	require.NoError(t, err)
	defer b.Close()
	var wg sync.WaitGroup
	for k := range 4 {
		wg.Go(func() {
			for i := k; i < 1000; i += 8 {
				b.Set(i)
			}
		})
	}
	wg.Wait()
	for i := range 1000 {
		require.Equal(t, i%8 < 4, b.Get(i), i)
	}
	b.Clear()
	for i := range 1000 {
		require.False(t, b.Get(i))
	}
}
