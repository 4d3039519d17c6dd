package states

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// A quotient table says of each number once that it is new, and finds those that it has and no
// others, however unevenly they are spread: the remainders and displacements tell all numbers
// apart, before and after it grows.
func TestQuotient(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bits := rapid.IntRange(12, 64).Draw(t, "bits")
		q, err := newQuotient(bits, 1, nil)
		require.NoError(t, err)
		defer q.close()
		mask := ^uint64(0) >> (64 - bits)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		near := rapid.Bool().Draw(t, "near") // to each other
		draw := func() uint64 {
			if near {
				return (r.Uint64N(4)*k0 + r.Uint64N(300)) & mask
			}
			return r.Uint64() & mask
		}
		known := map[uint64]bool{}
		for range rapid.IntRange(1, 30).Draw(t, "batches") {
			var batch []uint64
			for range rapid.IntRange(1, MaxBatch).Draw(t, "numbers") {
				batch = append(batch, draw())
			}
			want := map[int]bool{}
			for i, x := range batch {
				want[i] = !known[x]
				known[x] = true
			}
			require.NoError(t, q.insert(batch, func(i int) {
				require.True(t, want[i])
				want[i] = false
			}))
			for i := range batch {
				require.False(t, want[i])
			}
		}
		places := map[int64]bool{}
		for x := range known {
			at := q.find(x)
			require.False(t, at < 0 || at >= q.slots() || places[at])
			places[at] = true
		}
		for range 100 {
			if x := draw(); !known[x] {
				require.EqualValues(t, -1, q.find(x))
			}
		}
	})
}

// The hash is what its proof is about: the upper 64 bits of b + a₁x₁ + … modulo 2¹²⁸.
func TestCompactionHash(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 20).Draw(t, "width")
		s, err := NewCompaction(width, 1, rapid.Uint64().Draw(t, "seed"), nil)
		require.NoError(t, err)
		defer s.Close()
		number := func(hi, lo uint64) *big.Int {
			n := new(big.Int).SetUint64(hi)
			return n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(lo))
		}
		state := make([]uint64, width)
		sum := number(s.coef[0], s.coef[1])
		for i := range state {
			state[i] = rapid.Uint64().Draw(t, "word")
			product := number(s.coef[2*i+2], s.coef[2*i+3])
			sum.Add(sum, product.Mul(product, new(big.Int).SetUint64(state[i])))
		}
		sum.Mod(sum, new(big.Int).Lsh(big.NewInt(1), 128))
		require.Equal(t, sum.Rsh(sum, 64).Uint64(), s.hash(state))
	})
}

// 2^32 states have some 2^63 pairs, each with a probability of 2^-64.
func TestMissBound(t *testing.T) {
	require.InEpsilon(t, 0.5, MissBound(1<<32), 1e-9)
	require.InEpsilon(t, 2.71e-8, MissBound(1_000_000), 1e-3)
	require.EqualValues(t, 1, MissBound(1<<40))
}

// What is spread is not lost: roots that differ in one bit stay different, and so do many at
// random.
func TestSpreadIsOneToOne(t *testing.T) {
	for _, width := range []int{1, 2} {
		s, err := NewTree(width, 0, 1, nil)
		require.NoError(t, err)
		seen := map[uint64]bool{}
		r := rand.New(rand.NewPCG(1, 2))
		for range 100_000 {
			x := r.Uint64() >> (64 - s.roots.bits)
			y := x ^ 1<<r.IntN(s.roots.bits)
			require.NotEqual(t, s.spread(x), s.spread(y))
			require.Zero(t, s.spread(x)>>s.roots.bits)
			seen[s.spread(x)] = true
		}
		require.Len(t, seen, 100_000)
		s.Close()
	}
}

// A part grows alone, and few do so soon after one another: what is moved meanwhile, which others
// wait for, is a small part of the numbers.
func TestQuotientGrowsInTurns(t *testing.T) {
	q, err := newQuotient(60, 1, nil)
	require.NoError(t, err)
	defer q.close()
	const n = 1 << 20
	var moved []int // how many numbers of which part, by batch
	total := 0
	x := uint64(0)
	for range n / MaxBatch {
		var batch []uint64
		for range MaxBatch {
			x += k0
			batch = append(batch, x>>4)
		}
		var before [quotientParts]uint64
		for i := range q.parts {
			before[i] = q.parts[i].m
		}
		require.NoError(t, q.insert(batch, func(int) {}))
		now := 0
		for i := range q.parts {
			if p := &q.parts[i]; p.m != before[i] {
				now += int(p.count.Load())
				require.LessOrEqual(t, int(p.count.Load()), (total+MaxBatch)/quotientParts*3/2+MaxBatch)
			}
		}
		total += MaxBatch
		moved = append(moved, now)
		// Each number is moved once while there come a quarter more: in any stretch of a 50th, a
		// 10th of them if all is even.
		stretch := 0
		for i := len(moved) - 1; i >= 0 && len(moved)-i <= len(moved)/50; i-- {
			stretch += moved[i]
		}
		if total > n/8 {
			require.LessOrEqual(t, stretch, total/4)
		}
	}
	// A part that is full has 7/8 of its slots in use, and one that has just grown 7/10: together
	// 1.12 times what they have when full.
	full := 8 * bucketWords / float64(q.parts[0].room) * 8 / 7
	require.InEpsilon(t, 1.12, float64(q.bytes())/n/full, 0.03)
}
