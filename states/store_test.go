package states

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// kinds are those of which a test makes one each.
var kinds = []Kind{KindWhole, KindIndex, KindTree, KindHash}

func open(t *testing.T, c Config) *Bounded {
	t.Helper()
	c.Callers = max(1, c.Callers)
	s, err := Open(c)
	require.NoError(t, err)
	t.Cleanup(func() {
		s.Close()
		now, _ := s.Budget().Used()
		require.Zero(t, now, "memory was not given back")
	})
	return s
}

// randomState is the i-th of 90,000 states whose parts repeat, as those of models do.
func randomState(i, width int) []uint64 {
	w := make([]uint64, width)
	r := rand.New(rand.NewPCG(7, uint64(i/1000)))
	for k := range w {
		w[k] = r.Uint64N(20) * k1
	}
	if width == 1 {
		return []uint64{Live | uint64(i/300)<<40 | uint64(i%300)}
	}
	// all are different, and the last word has at most 25 bits
	w[0], w[width-1] = Live|uint64(i/300)<<20, uint64(i%300)*77_777
	return w
}

// keyed is w as the key of a map.
func keyed(w []uint64) string {
	b := make([]byte, 0, 8*len(w))
	for _, x := range w {
		b = binary.LittleEndian.AppendUint64(b, x)
	}
	return string(b)
}

// Each store holds every state once, in the order in which the states came first, and finds those
// and no others.
func TestStores(t *testing.T) {
	for _, kind := range kinds {
		for _, width := range []int{1, 2, 3, 4, 7, 12} {
			t.Run(fmt.Sprint(kind, width), func(t *testing.T) {
				s := open(t, Config{Kind: kind, Width: width, Last: 25})
				var scratch Scratch
				const n = 30_000
				insert := func(from, to int) {
					for i := from; i < to; {
						var batch []uint64
						for range MaxBatch - 3 {
							if i < to {
								batch = append(batch, randomState(i, width)...)
								i++
							}
						}
						batch = append(batch, batch[:width]...) // one of them twice
						require.NoError(t, s.Insert(batch, &scratch))
					}
				}
				insert(0, n/2)
				require.EqualValues(t, n/2, s.Len())
				insert(n/4, n)
				insert(0, n)
				require.EqualValues(t, n, s.Len())
				var buf []uint64
				for at := 0; at < n; {
					var err error
					buf, err = s.Read(int64(at), n, 100, buf)
					require.NoError(t, err)
					for w := buf; len(w) > 0; w = w[width:] {
						if !slices.Equal(randomState(at, width), w[:width]) {
							require.Equal(t, randomState(at, width), w[:width])
						}
						at++
					}
				}
				numbers := map[int64]bool{}
				for i := range n {
					x := s.Find(randomState(i, width))
					if x < 0 || x >= s.Cap() || numbers[x] {
						t.Fatalf("state %d has number %d of %d", i, x, s.Cap())
					}
					numbers[x] = true
				}
				for i := range n {
					if x := s.Find(randomState(n+i, width)); x != -1 {
						t.Fatalf("state %d, which is not there, has number %d", n+i, x)
					}
				}
				require.Equal(t, kind, s.Kind())
			})
		}
	}
}

// Many goroutines insert overlapping batches while the store grows: the log holds each state once,
// whole.
func TestStoresHammer(t *testing.T) {
	for _, kind := range append(kinds, Auto) {
		for _, width := range []int{1, 3, 12} {
			t.Run(fmt.Sprint(kind, width), func(t *testing.T) {
				const workers = 8
				n := 20_000
				c := Config{Kind: kind, Width: width, Callers: workers}
				if kind == Auto {
					// So little memory that the store changes, and spills, meanwhile.
					c.Spill = t.TempDir()
					c.Limit = minimum(c)
					n = 60_000
					if width == 1 {
						n = 90_000
					}
				}
				s := open(t, c)
				hammer(t, s, width, workers, n)
				if kind == Auto {
					require.True(t, s.Spilled() || s.Kind() == KindTree)
				}
			})
		}
	}
}

func hammer(t *testing.T, s *Bounded, width, workers, n int) {
	const first = 50 // states that are read while others are inserted
	var scratch Scratch
	for i := range first {
		require.NoError(t, s.Insert(randomState(i, width), &scratch))
	}
	var wg sync.WaitGroup
	errs := make([]error, workers)
	for k := range workers {
		wg.Go(func() {
			var scratch Scratch
			var buf []uint64
			r := rand.New(rand.NewPCG(1, uint64(k)))
			for order := r.Perm(n); len(order) > 0 && errs[k] == nil; {
				c := min(len(order), 1+r.IntN(MaxBatch))
				var batch []uint64
				for _, i := range order[:c] {
					batch = append(batch, randomState(i, width)...)
				}
				order = order[c:]
				errs[k] = s.Insert(batch, &scratch)
				if at := r.Int64N(first); errs[k] == nil {
					if buf, errs[k] = s.Read(at, at+1, 1, buf); !slices.Equal(buf, randomState(int(at), width)) {
						errs[k] = fmt.Errorf("position %d has changed", at)
					}
				}
			}
		})
	}
	wg.Wait()
	require.NoError(t, errors.Join(errs...))
	require.EqualValues(t, n, s.Len())
	seen := map[string]bool{}
	var buf []uint64
	for at := int64(0); at < int64(n); {
		var err error
		buf, err = s.Read(at, int64(n), 100, buf)
		require.NoError(t, err)
		for w := buf; len(w) > 0; w = w[width:] {
			seen[keyed(w[:width])] = true
			at++
		}
	}
	require.Len(t, seen, n)
	for i := range n {
		if !seen[keyed(randomState(i, width))] || s.Find(randomState(i, width)) < 0 {
			t.Fatalf("state %d is missing", i)
		}
	}
}

// Going over to other stores, and to the disk, changes no position; when all has been done that can
// be, the error says what the limit was.
func TestBounded(t *testing.T) {
	for _, width := range []int{1, 2, 5} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			limit := minimum(Config{Width: width, Callers: 1}) * 3
			fillUp := func(c Config) (*Bounded, int) {
				c.Width, c.Limit = width, limit
				s := open(t, c)
				var scratch Scratch
				for i := 0; ; i++ {
					err := s.Insert(randomState(i, width), &scratch)
					if _, peak := s.Budget().Used(); peak > limit {
						t.Fatalf("%d bytes in use", peak)
					}
					if err != nil {
						require.ErrorIs(t, err, ErrFull)
						require.ErrorIs(t, s.Insert(randomState(i, width), &scratch), ErrFull)
						var buf []uint64
						for k := range i {
							buf, err = s.Read(int64(k), int64(i), 1, buf)
							if err != nil || !slices.Equal(randomState(k, width), buf) {
								t.Fatalf("state %d is %x: %v", k, buf, err)
							}
						}
						return s, i
					}
				}
			}
			_, whole := fillUp(Config{Kind: KindWhole})
			_, spilled := fillUp(Config{Kind: KindWhole, Spill: t.TempDir()})
			s, auto := fillUp(Config{Spill: t.TempDir()})
			require.Greater(t, spilled, whole)
			require.Greater(t, auto, whole)
			require.True(t, s.Spilled())
			_, index := fillUp(Config{Kind: KindIndex, Spill: t.TempDir()})
			if width > 1 {
				require.Greater(t, index, whole)
			}
		})
	}
}

func TestLimitTooLow(t *testing.T) {
	_, err := Open(Config{Width: 3, Callers: 2, Limit: 1 << 16})
	require.ErrorIs(t, err, ErrTooLow)
	require.ErrorContains(t, err, "65536 bytes for states, at least ")
}

// fullDisk is a file that has room for some bytes.
type fullDisk struct {
	file
	room int64
}

func (f fullDisk) WriteAt(b []byte, off int64) (int, error) {
	if off+int64(len(b)) > f.room {
		return 0, syscall.ENOSPC
	}
	return f.file.WriteAt(b, off)
}

// Where the disk is full everything stays readable, and the error says so.
func TestFullDisk(t *testing.T) {
	const width = 2
	s := open(t, Config{Kind: KindWhole, Width: width, Limit: 4 << 20, Spill: t.TempDir()})
	f, err := newSpillFile(s.c.Spill)
	require.NoError(t, err)
	f.f = fullDisk{f.f, 300_000}
	s.file = f
	var scratch Scratch
	n := 0
	for ; err == nil; n++ {
		err = s.Insert(randomState(n, width), &scratch)
	}
	require.ErrorIs(t, err, ErrFull)
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.True(t, s.Spilled())
	require.EqualValues(t, n-1, s.Len())
	var buf []uint64
	for i := range n - 1 {
		buf, err = s.Read(int64(i), int64(n), 1, buf)
		require.NoError(t, err)
		require.Equal(t, randomState(i, width), buf)
	}
}

func TestSpillDirectory(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, CheckSpill(dir))
	require.ErrorContains(t, CheckSpill(dir+"/none"), "no such file or directory")
}

// What a state takes at most, at any moment after the first million: the set alone, and with the
// log.
func TestBytesPerState(t *testing.T) {
	for _, c := range []struct {
		kind     Kind
		width    int
		limit    int64
		set, all float64 // bytes
	}{
		{KindWhole, 2, 0, 28, 44},
		{KindIndex, 2, 0, 16.5, 32.5},
		// These two keep closer to what is needed where memory is limited.
		{KindWhole, 2, 1 << 30, 26, 44},
		{KindIndex, 2, 1 << 30, 14, 32},
		{KindTree, 2, 0, 9, 16},
		{KindTree, 2, 1 << 30, 9, 16},
		{KindTree, 4, 0, 9, 16},
		{KindHash, 2, 0, 9.5, 25.5},
	} {
		t.Run(fmt.Sprint(c.kind, c.width, c.limit), func(t *testing.T) {
			s := open(t, Config{Kind: c.kind, Width: c.width, Limit: c.limit})
			var scratch Scratch
			most, mostAll := 0.0, 0.0
			for i := 0; i < 3<<20; {
				var batch []uint64
				for range MaxBatch {
					// Parts as those of a model with two halves that know little of each other.
					state := make([]uint64, c.width)
					left, right := uint64(i>>11), uint64(i&(1<<11-1))
					for k := range state {
						if k < c.width/2 {
							state[k] = left * k1 >> k
						} else {
							state[k] = right * k2 >> k
						}
					}
					state[0] |= Live
					batch = append(batch, state...)
					i++
				}
				require.NoError(t, s.Insert(batch, &scratch))
				if n := s.Len(); n >= 1<<20 {
					set, log := s.Bytes()
					most, mostAll = max(most, float64(set)/float64(n)), max(mostAll, float64(set+log)/float64(n))
				}
			}
			require.EqualValues(t, 3<<20, s.Len())
			t.Logf("%.1f bytes, %.1f with the log", most, mostAll)
			require.LessOrEqual(t, most, c.set)
			require.LessOrEqual(t, mostAll, c.all)
		})
	}
}

func TestShelf(t *testing.T) {
	h, err := NewShelf(t.TempDir())
	require.NoError(t, err)
	defer h.Close()
	mem := NewBudget(0)
	var shelved []*Shelved
	const n = 5000
	record := func(k, i int) []uint64 { return []uint64{uint64(i), uint64(k), uint64(i * k)} }
	for k := range 3 {
		x, err := NewKeyed(2, 3, 1, mem)
		require.NoError(t, err)
		for i := range n {
			_, err := x.Add(record(k, i))
			require.NoError(t, err)
		}
		s, err := h.Put(x)
		require.NoError(t, err)
		shelved = append(shelved, s)
	}
	for _, k := range []int{1, 0, 2, 1} {
		x, err := h.Get(shelved[k])
		require.NoError(t, err)
		require.EqualValues(t, n, x.Len())
		for i := range n {
			require.Equal(t, record(k, i), x.At(x.Find(record(k, i)[:2])))
		}
		x.Close()
	}
	now, _ := mem.Used()
	require.Zero(t, now)
}

// A store goes over to a tree by and by: each call of Insert moves no more than its share, and at
// any time everything is where it was.
func TestGoingOverInShares(t *testing.T) {
	for _, width := range []int{2, 5} {
		t.Run(fmt.Sprint(width), func(t *testing.T) {
			s := open(t, Config{Width: width, Limit: 4 << 20})
			var scratch Scratch
			var buf []uint64
			n := 0
			insert := func() { // new states, and some that are known
				var batch []uint64
				for range 20 {
					batch = append(batch, randomState(n, width)...)
					batch = append(batch, randomState(n*7/13, width)...)
					n++
				}
				require.NoError(t, s.Insert(batch, &scratch))
				require.EqualValues(t, n, s.Len())
			}
			check := func(every int) {
				numbers := map[int64]bool{}
				for i := 0; i < n; i += every {
					var err error
					buf, err = s.Read(int64(i), int64(n), 1, buf)
					require.NoError(t, err)
					x := s.Find(randomState(i, width))
					if !slices.Equal(randomState(i, width), buf) || x < 0 || x >= s.Cap() || numbers[x] {
						t.Fatalf("position %d has %x with number %d", i, buf, x)
					}
					numbers[x] = true
				}
				require.EqualValues(t, -1, s.Find(randomState(n, width)))
			}
			var m *moving
			for ; m == nil; m, _ = s.store.(*moving) {
				insert()
			}
			calls := 0
			for ; s.store == Store(m); calls++ {
				before := m.next.Load()
				insert()
				require.LessOrEqual(t, m.next.Load()-before, int64(moveShare))
				check(37)
			}
			require.EqualValues(t, (m.end+moveShare-1)/moveShare, calls)
			require.IsType(t, &Tree{}, s.store)
			insert()
			check(1)
		})
	}
}

// Where the tree takes more memory than there is, since no parts of states repeat, the states are
// whole again: nothing is lost, in whichever store it was when memory ran out.
func TestGoingOverFails(t *testing.T) {
	for _, width := range []int{2, 5} {
		for _, spill := range []string{"", t.TempDir()} {
			t.Run(fmt.Sprint(width, spill != ""), func(t *testing.T) {
				state := func(i int) []uint64 {
					w := make([]uint64, width)
					for k := range w {
						w[k] = Live | uint64(i*width+k+1)*k0>>1
					}
					return w
				}
				s := open(t, Config{Width: width, Limit: 4 << 20, Spill: spill, Callers: 3})
				var n atomic.Int64
				var began atomic.Bool
				var wg sync.WaitGroup
				var done [3][]int
				for k := range done {
					wg.Go(func() {
						var scratch Scratch
						var batch []uint64
						for err := error(nil); err == nil; {
							batch = batch[:0]
							first := int(n.Add(50) - 50)
							for i := range 100 { // overlapping with those of others
								batch = append(batch, state(first+i)...)
							}
							if err = s.Insert(batch, &scratch); err == nil {
								done[k] = append(done[k], first)
							}
							s.mu.RLock()
							if _, ok := s.store.(*moving); ok {
								began.Store(true)
							}
							s.mu.RUnlock()
						}
					})
				}
				wg.Wait()
				require.True(t, began.Load())
				require.Equal(t, spill != "", s.Spilled())
				_, peak := s.Budget().Used()
				require.LessOrEqual(t, peak, int64(4<<20))
				seen := map[string]bool{}
				var buf []uint64
				for i := range s.Len() {
					var err error
					buf, err = s.Read(i, s.Len(), 1, buf)
					require.NoError(t, err)
					seen[keyed(buf)] = true
				}
				require.Len(t, seen, int(s.Len()), "a state is there twice")
				for _, first := range slices.Concat(done[:]...) {
					for i := range 100 {
						require.True(t, seen[keyed(state(first+i))])
					}
				}
			})
		}
	}
}
