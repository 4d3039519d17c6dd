package states

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Every cell reads back what was put in it, whatever was put in the others, and no two cells share
// a bit.
func TestLayoutRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		widths := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Width {
			n := rapid.IntRange(0, 64).Draw(t, "bits")
			return Width{n, rapid.IntRange(0, n).Draw(t, "zeros")}
		}), 0, 40).Draw(t, "widths")
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
			if x := widths[i]; x.Bits > 0 {
				want[i] = rapid.Uint64().Draw(t, "value") >> (64 - x.Bits) &^ (1<<x.Zeros - 1)
			}
			l.Fields[i].Put(w, want[i])
		}
		for i, f := range l.Fields {
			require.Equal(t, want[i], f.Get(w))
			total += widths[i].Bits - widths[i].Zeros
		}
		require.Equal(t, total, l.Bits)
		require.Equal(t, Live, w[0]&Live)
		require.Len(t, w, l.Words)
		require.GreaterOrEqual(t, l.Words*64, total+1)
	})
}

func TestLayoutFillsWords(t *testing.T) {
	require.Equal(t, 1, NewLayout(nil).Words)
	layout := func(bits ...int) *Layout {
		var widths []Width
		for _, n := range bits {
			widths = append(widths, Width{Bits: n})
		}
		return NewLayout(widths)
	}
	require.Equal(t, 64, layout(5).Last())
	require.Equal(t, 64, layout(60, 64).Last())
	require.Equal(t, 11, layout(60, 10, 3, 1).Last())
	require.Equal(t, 1, layout(63).Words)
	require.Equal(t, 2, layout(64).Words)
	require.Equal(t, 2, layout(60, 10, 3).Words) // the 3 fill up the first word
	require.Equal(t, 3, layout(40, 40, 40).Words)
	require.Equal(t, 6, layout(64, 64, 64, 64, 64).Words)
	require.Equal(t, 8, layout(64, 64, 64, 64, 64, 64).Words) // and not 7
	require.Equal(t, 8, layout(64, 64, 64, 64, 64, 64, 64).Words)
	require.Equal(t, 1, layout(64, 64, 64, 64, 64, 64).Last())
	require.Equal(t, 9, layout(64, 64, 64, 64, 64, 64, 64, 64).Words)
	require.Equal(t, 16, layout(64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64).Words)
	require.Equal(t, 1, NewLayout([]Width{{Bits: 50}, {Bits: 30, Zeros: 17}}).Words)
	// the 10 leave no place for the zeros
	require.Equal(t, 2, NewLayout([]Width{{Bits: 10}, {Bits: 30, Zeros: 17}}).Words)
}

// keyOf makes the i-th of many different states.
func keyOf(i, width int) []uint64 {
	w := make([]uint64, width)
	// All but the last few bits equal: a hash that looks at part of the state would make every
	// state collide.
	w[width-1] = uint64(i)
	w[0] |= Live
	return w
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
				h := Hash(w)
				count[part(h)*buckets/parts+home(h, buckets/parts, 1)]++
				w[bit/64] ^= 1 << (bit % 64)
				n++
			}
		}
		// Chi-squared with 255 degrees of freedom: above 400 has a probability below 10^-8 for a
		// random function.
		x := 0.0
		want := float64(n) / buckets
		for _, c := range count {
			x += (float64(c) - want) * (float64(c) - want) / want
		}
		require.Less(t, x, 400.0, "width %d", width)
	}
}

func TestLogSegments(t *testing.T) {
	l := NewLog(2, 1, nil)
	defer l.Close()
	l.shift = 3
	for i := range 30 {
		at, err := l.Append(slices.Concat(keyOf(3*i, 2), keyOf(3*i+1, 2), keyOf(3*i+2, 2)))
		require.NoError(t, err)
		require.EqualValues(t, 3*i, at)
	}
	require.EqualValues(t, 90, l.Len())
	check := func() {
		for at := int64(0); at < 90; {
			c, err := l.Read(at, 90, 5, nil)
			require.NoError(t, err)
			require.NotEmpty(t, c)
			require.LessOrEqual(t, len(c), 10)
			for ; len(c) > 0; c = c[2:] {
				require.Equal(t, keyOf(int(at), 2), c[:2])
				at++
			}
		}
	}
	check()
	// In part and as a whole in a file; what is not a full segment stays in memory.
	f, err := newSpillFile(t.TempDir())
	require.NoError(t, err)
	defer f.close()
	n, err := l.spill(f, 1)
	require.NoError(t, err)
	require.EqualValues(t, 8*2*8, n)
	check()
	n, err = l.spill(f, 1<<40)
	require.NoError(t, err)
	require.EqualValues(t, 10*8*2*8, n)
	require.EqualValues(t, 2*2*8, l.Bytes())
	check()
	n, err = l.spill(f, 1<<40)
	require.NoError(t, err)
	require.Zero(t, n)
	_, err = l.Append(keyOf(90, 2))
	require.NoError(t, err)
	c, err := l.Read(90, 91, 5, nil)
	require.NoError(t, err)
	require.Equal(t, keyOf(90, 2), c)
	l.Truncate(10)
	require.EqualValues(t, 10, l.Len())
}

func TestBitset(t *testing.T) {
	b, err := NewBitset(1000, nil)
	require.NoError(t, err)
	defer b.Close()
	var wg sync.WaitGroup
	for k := range 4 {
		wg.Go(func() {
			for i := int64(k); i < 1000; i += 8 {
				b.Set(i)
			}
		})
	}
	wg.Wait()
	for i := range int64(1000) {
		require.Equal(t, i%8 < 4, b.Get(i), i)
	}
	b.Clear()
	for i := range int64(1000) {
		require.False(t, b.Get(i))
	}
}
