package states

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// Kind names a Store.
type Kind uint8

// The kinds. Auto is [Whole] for states of one or two words, [Index] for wider ones, and goes over to [Tree] where memory runs out; the others
// stay what they are.
const (
	Auto Kind = iota
	KindWhole
	KindIndex
	KindTree
	KindHash
)

var kindNames = [...]string{"auto", "whole", "index", "tree", "hash"}

func (k Kind) String() string { return kindNames[k] }

// ParseKind returns the kind of that name.
func ParseKind(name string) (Kind, error) {
	for k, n := range kindNames {
		if n == name {
			return Kind(k), nil
		}
	}
	return 0, fmt.Errorf("there is no store %q; there are auto, whole, index, tree, hash", name)
}

// Config says what store is wanted.
type Config struct {
	Kind    Kind
	Width   int   // words of a state
	Last    int   // bits of the last word that are in use, the lowest ones; 0: all
	Callers int   // of Insert, at once
	Limit   int64 // bytes, 0: none
	// Spill is the directory for the file that states are moved to where memory runs out; "": they are not.
	Spill string
	Seed  uint64 // of KindHash
}

// ErrTooLow says that a limit is below what a store needs to begin.
var ErrTooLow = errors.New("the limit of memory is too low")

// minimum is the least limit for a store of states of the given width: with less it would end where it begins.
func minimum(c Config) int64 { return int64(c.Callers)*int64(c.Width+8)*8*MaxBatch*2 + 1<<20 }

// Bounded is a Store that keeps below a limit of memory as long as it can. When that is reached it goes over to a denser exact store, if that may be; then
// it moves the states that came first to a file, if their positions alone are in use; when there is nothing left to move Insert returns ErrFull.
//
// Going over excludes all callers by the lock. All states are in the log with their positions, so the set that was there before is given up first, and
// the new store is made from the log: the same states at the same positions.
type Bounded struct {
	c   Config
	mem *Budget

	mu      sync.RWMutex
	store   Store
	changes int // how often memory was found
	dense   bool
	file    *spillFile
	full    error // nothing more can be done, and why
}

// Open returns an empty store.
func Open(c Config) (*Bounded, error) {
	if least := minimum(c); c.Limit > 0 && c.Limit < least {
		return nil, fmt.Errorf("%w: %d bytes for states, at least %d are needed here", ErrTooLow, c.Limit, least)
	}
	b := &Bounded{c: c, mem: NewBudget(c.Limit)}
	var err error
	switch c.Kind {
	case Auto:
		if c.Width <= 2 {
			b.store, err = NewWhole(c.Width, c.Callers, b.mem)
		} else {
			b.store, err = NewIndex(c.Width, c.Callers, b.mem)
		}
	case KindWhole:
		b.store, err = NewWhole(c.Width, c.Callers, b.mem)
	case KindIndex:
		b.store, err = NewIndex(c.Width, c.Callers, b.mem)
	case KindTree:
		b.store, err = NewTree(c.Width, c.Last, c.Callers, b.mem)
	case KindHash:
		b.store, err = NewCompaction(c.Width, c.Callers, c.Seed, b.mem)
	default:
		panic(fmt.Sprintf("unhandled %d", c.Kind))
	}
	// Of a state of one word a tree is not much denser.
	b.dense = c.Kind != Auto || c.Width == 1
	return b, err
}

// Insert implements [Store].
func (b *Bounded) Insert(batch []uint64, t *Scratch) error {
	for {
		b.mu.RLock()
		changes, err := b.changes, b.full
		if err == nil {
			err = b.store.Insert(batch, t)
		}
		b.mu.RUnlock()
		if !errors.Is(err, ErrFull) || b.isFull() {
			return err
		}
		if err := b.relieve(changes, err); err != nil {
			return err
		}
	}
}

func (b *Bounded) isFull() bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.full != nil
}

// relieve finds memory, unless somebody else has since the caller looked.
func (b *Bounded) relieve(seen int, why error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.changes != seen || b.full != nil {
		return b.full
	}
	b.changes++
	if !b.dense {
		b.dense = true
		return b.toTree()
	}
	n, err := b.spill()
	switch {
	case err != nil:
		b.full = fmt.Errorf("%w: %w", ErrFull, err)
	case n == 0:
		b.full = why
	}
	return b.full
}

// logOf returns the log of a store that does not read it to find states.
func logOf(s Store) *Log {
	switch s := s.(type) {
	case *Whole:
		return s.log
	case *Tree:
		return s.log
	case *Compaction:
		return s.log
	}
	return nil
}

// spill moves states to the file and returns how many bytes it has found so; 0 where there is nothing to move.
func (b *Bounded) spill() (int64, error) {
	l := logOf(b.store)
	if l == nil || b.c.Spill == "" {
		return 0, nil
	}
	if b.file == nil {
		f, err := newSpillFile(b.c.Spill)
		if err != nil {
			return 0, err
		}
		b.file = f
	}
	// Not more at a time than what a disk takes soon: meanwhile everybody waits.
	return l.spill(b.file, min(256<<20, max(1<<20, b.c.Limit/4)))
}

// toTree replaces the store by a Tree of the same states. Where there is no memory for both the states and the tree, the states go to the file first. Where even
// the tree alone takes too much, a set of whole states is made again beside the file; where that can't be, nothing more can be inserted, and b.full
// says so.
func (b *Bounded) toTree() error {
	b.store.Forget()
	var log *Log
	switch s := b.store.(type) {
	case *Whole:
		log = s.log
	case *Index:
		log = s.log
	default:
		panic(fmt.Sprintf("unhandled %T", s))
	}
	b.store = &Whole{width: log.width, log: log, mem: b.mem} // what spill takes to have a log that is not read
	err := b.fillTree(log)
	if !errors.Is(err, ErrFull) {
		return err
	}
	if again := b.spillAll(); again != nil {
		b.full = fmt.Errorf("%w: %w", err, again)
		return b.full
	}
	if err = b.fillTree(log); !errors.Is(err, ErrFull) {
		return err
	}
	whole, err := newWholeOf(log, b.c.Callers, b.mem)
	if err == nil {
		b.store = whole
		err = whole.fill(b.c.Callers)
	}
	b.full = err
	return err
}

// fillTree makes the store a Tree of the states of a log, and closes that; on an error nothing has changed.
func (b *Bounded) fillTree(log *Log) error {
	t, err := NewTree(b.c.Width, b.c.Last, b.c.Callers, b.mem)
	if err != nil {
		return err
	}
	if err := t.fill(log, b.c.Callers); err != nil {
		t.Close()
		return err
	}
	log.Close()
	b.store = t
	return nil
}

// spillAll moves all states that it can to the file.
func (b *Bounded) spillAll() error {
	for {
		if n, err := b.spill(); err != nil || n == 0 {
			return err
		}
	}
}

// Len implements [Store].
func (b *Bounded) Len() int64 { return b.now().Len() }

func (b *Bounded) now() Store {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.store
}

// Read implements [Store].
func (b *Bounded) Read(at, end int64, n int, buf []uint64) ([]uint64, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.store.Read(at, end, n, buf)
}

// Truncate implements [Store].
func (b *Bounded) Truncate(n int64) { b.store.Truncate(n) }

// Find implements [Store].
func (b *Bounded) Find(state []uint64) int64 { return b.store.Find(state) }

// Cap implements [Store].
func (b *Bounded) Cap() int64 { return b.store.Cap() }

// Touch implements [Store].
func (b *Bounded) Touch(states []uint64) uint64 { return b.store.Touch(states) }

// Forget implements [Store].
func (b *Bounded) Forget() { b.store.Forget() }

// Bytes implements [Store].
func (b *Bounded) Bytes() (set, log int64) { return b.now().Bytes() }

// Kind returns what the store is now.
func (b *Bounded) Kind() Kind {
	switch s := b.now().(type) {
	case *Whole:
		return KindWhole
	case *Index:
		return KindIndex
	case *Tree:
		return KindTree
	case *Compaction:
		return KindHash
	default:
		panic(fmt.Sprintf("unhandled %T", s))
	}
}

// Spilled reports whether states are on the disk.
func (b *Bounded) Spilled() bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	l := logOf(b.store)
	return l != nil && l.spilled > 0
}

// Budget returns what the memory is taken from.
func (b *Bounded) Budget() *Budget { return b.mem }

// Close implements [Store].
func (b *Bounded) Close() {
	b.store.Close()
	if b.file != nil {
		b.file.close()
	}
}

// eachBatch calls f in parallel for the records of the log, batch by batch, each time with the position of the first.
func eachBatch(l *Log, workers int, f func(worker int, at int64, batch []uint64) error) error {
	var next atomic.Int64
	end := l.Len()
	errs := make([]error, workers)
	var wg sync.WaitGroup
	for i := range workers {
		wg.Go(func() {
			var buf []uint64
			for errs[i] == nil {
				at := next.Add(MaxBatch) - MaxBatch
				if at >= end {
					return
				}
				for stop := min(at+MaxBatch, end); at < stop && errs[i] == nil; {
					if buf, errs[i] = l.Read(at, stop, MaxBatch, buf); errs[i] == nil {
						errs[i] = f(i, at, buf)
						at += int64(len(buf) / l.width)
					}
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// fill adds the states of a log, each at the position that it has there.
func (s *Tree) fill(from *Log, workers int) error {
	s.log.n.Store(from.Len())
	if err := s.log.ensure(); err != nil {
		return err
	}
	scratch := make([]*treeScratch, workers)
	places := make([]int32, MaxBatch)
	for i := range places {
		places[i] = int32(i)
	}
	return eachBatch(from, workers, func(worker int, at int64, batch []uint64) error {
		t := scratch[worker]
		if t == nil {
			t = newTreeScratch(s)
			scratch[worker] = t
		}
		k := len(batch) / s.width
		if err := s.root(batch, places[:k], t); err != nil {
			return err
		}
		for j, r := range t.roots[:k] {
			s.log.at(at + int64(j))[0] = r
		}
		return s.roots.insert(t.mixed[:k], func(int) {})
	})
}

// fill adds the states of the store's own log to its empty set.
func (s *Whole) fill(workers int) error {
	return eachBatch(s.log, workers, func(_ int, _ int64, batch []uint64) error {
		for ; len(batch) > 0; batch = batch[s.width:] {
			key := batch[:s.width]
			h := Hash(key)
			p := &s.parts[part(h)]
			for {
				s.mu.RLock()
				_, ok := p.insert(key, home(h, p.n)*s.width)
				s.mu.RUnlock()
				if ok {
					break
				}
				if err := s.grow(p); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
