package states

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// Kind names a Store.
type Kind uint8

// The kinds. Auto is [Whole] for states of one or two words, [Index] for wider ones, and goes over
// to [Tree] where memory runs out; the others stay what they are.
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
	return 0, fmt.Errorf("there is no store %.40q; there are auto, whole, index, tree, hash", name)
}

// Config says what store is wanted.
type Config struct {
	Kind    Kind
	Width   int   // words of a state
	Last    int   // bits of the last word that are in use, the lowest ones; 0: all
	Callers int   // of Insert, at once
	Limit   int64 // bytes, 0: none
	// Capacity is how many states are expected, 0: nobody knows. A table of KindWhole or KindIndex
	// is made for that many; it grows where there are more.
	Capacity int64
	// Spill is the directory for the file that states are moved to where memory runs out; "": they
	// are not.
	Spill string
	Seed  uint64 // of KindHash
}

// ErrTooLow says that a limit is below what a store needs to begin.
var ErrTooLow = errors.New("the limit of memory is too low")

// minimum is the least limit for a store of states of the given width: with less it would end where
// it begins.
func minimum(c Config) int64 { return int64(c.Callers)*int64(c.Width+8)*8*MaxBatch*2 + 1<<20 }

// Bounded is a Store that keeps below a limit of memory as long as it can. While there is still
// memory for both it begins to go over to a denser exact store ([moving]), if that may be. When the
// limit is reached it moves the states that came first to a file, if their positions alone are in
// use; when there is nothing left to move Insert returns ErrFull.
//
// Where there was not memory enough for both, what is left of going over excludes all callers by
// the lock. All states are in a log with their positions, so the set that was there before is given
// up first.
type Bounded struct {
	c   Config
	mem *Budget

	mu      sync.RWMutex
	store   Store
	changes int  // how often memory was found
	dense   bool // there is no denser store, or it was begun to go over
	tried   bool // to go over before it was necessary
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
	if err == nil && c.Capacity > 0 {
		if err = b.makeRoom(c.Capacity); err != nil {
			b.store.Close()
		}
	}
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
		due := err == nil && b.due()
		b.mu.RUnlock()
		if due {
			return b.change(changes)
		}
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

// due reports whether it is time to begin or to end going over. It begins when five eighths of the
// memory are in use: the states take at most half as much in a tree as they do otherwise, unless it
// has a part for nearly each state.
func (b *Bounded) due() bool {
	if m, ok := b.store.(*moving); ok {
		return m.moved()
	}
	used, _ := b.mem.Used()
	return !b.dense && !b.tried && b.c.Limit > 0 && used > b.c.Limit/8*5
}

// change begins or ends going over, unless somebody else has since the caller looked.
func (b *Bounded) change(seen int) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.changes != seen {
		return nil
	}
	b.changes++
	if m, ok := b.store.(*moving); ok {
		b.arrive(m)
		return nil
	}
	b.tried = true
	m, err := newMoving(b.store, b.c, b.mem)
	if err != nil {
		if errors.Is(err, ErrFull) {
			return nil // later
		}
		return err
	}
	b.store, b.dense = m, true
	return nil
}

// arrive ends going over: all states have been moved.
func (b *Bounded) arrive(m *moving) {
	m.old.Close()
	b.store = m.tree
}

// relieve finds memory, unless somebody else has since the caller looked.
func (b *Bounded) relieve(seen int, why error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.changes != seen || b.full != nil {
		return b.full
	}
	b.changes++
	m, ok := b.store.(*moving)
	if ok || !b.dense {
		b.dense = true
		return b.toTree(m)
	}
	var n int64
	var err error
	if _, reads := b.store.(*Index); !reads {
		n, err = b.spill(logOf(b.store))
	}
	switch {
	case err != nil:
		b.full = fmt.Errorf("%w: %w", ErrFull, err)
	case n == 0:
		b.full = why
	}
	return b.full
}

// logOf returns the log of a store.
func logOf(s Store) *Log {
	switch s := s.(type) {
	case *Whole:
		return s.log
	case *Index:
		return s.log
	case *Tree:
		return s.log
	case *Compaction:
		return s.log
	case *moving:
		return s.log
	default:
		panic(fmt.Sprintf("unhandled %T", s))
	}
}

// spill moves states of a log, which must not be needed to find states, to the file and returns how
// many bytes it has found so; 0 where there is nothing to move.
func (b *Bounded) spill(l *Log) (int64, error) {
	if b.c.Spill == "" {
		return 0, nil
	}
	if b.file == nil {
		f, err := newSpillFile(b.c.Spill)
		if err != nil {
			return 0, err
		}
		b.file = f
	}
	// Not more at a time than what a disk takes in a fraction of a second: meanwhile everybody
	// waits.
	return l.spill(b.file, min(64<<20, max(1<<20, b.c.Limit/4)))
}

// toTree replaces the store by a Tree of the same states, or ends that where m says how far it is.
// Where there is no memory for both the states and the tree, the states go to the file first. Where
// even the tree alone takes too much, a set of whole states is made again beside the file; where
// that can't be, nothing more can be inserted, and b.full says so.
func (b *Bounded) toTree(m *moving) (err error) {
	defer func() { b.full = err }()
	log := logOf(b.store)
	if m == nil {
		b.store.Forget()
	} else {
		m.old.Forget()
	}
	try := func() (err error) {
		if m == nil {
			if m, err = newMoving(b.store, b.c, b.mem); err != nil {
				return err
			}
			b.store = m
		}
		if err = m.rest(b.c.Callers); err == nil {
			b.arrive(m)
		}
		return err
	}
	if err = try(); !errors.Is(err, ErrFull) {
		return err
	}
	if again := b.spillAll(log); again != nil {
		return fmt.Errorf("%w: %w", err, again)
	}
	if err = try(); !errors.Is(err, ErrFull) {
		return err
	}
	if m != nil {
		if err = m.undo(func() (int64, error) { return b.spill(log) }); err != nil {
			return err
		}
		b.store = m.old
	}
	whole, err := newWholeOf(log, b.c.Callers, b.mem)
	if err != nil {
		return err
	}
	b.store = whole
	return whole.fill(b.c.Callers)
}

// spillAll moves all states of a log that it can to the file.
func (b *Bounded) spillAll(l *Log) error {
	for {
		if n, err := b.spill(l); err != nil || n == 0 {
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
func (b *Bounded) Touch(states []uint64) { b.store.Touch(states) }

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
	case *Tree, *moving:
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
	return logOf(b.store).spilled > 0
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

// eachBatch calls f in parallel for the positions from at to end, batch by batch, until there is an
// error.
func eachBatch(at, end int64, workers int, f func(worker int, at, stop int64) error) error {
	var next atomic.Int64
	next.Store(at)
	errs := make([]error, workers)
	var wg sync.WaitGroup
	for i := range workers {
		wg.Go(func() {
			for errs[i] == nil {
				at := next.Add(MaxBatch) - MaxBatch
				if at >= end {
					return
				}
				errs[i] = f(i, at, min(at+MaxBatch, end))
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

// fill adds the states of the store's own log to its empty set.
func (s *Whole) fill(workers int) error {
	return eachBatch(0, s.log.Len(), workers, func(_ int, at, stop int64) error {
		for at < stop {
			batch, err := s.log.Read(at, stop, MaxBatch, nil)
			if err != nil {
				return err
			}
			at += int64(len(batch) / s.width)
			if err := s.add(batch); err != nil {
				return err
			}
		}
		return nil
	})
}

// add adds states to the set alone.
func (s *Whole) add(states []uint64) error {
	for ; len(states) > 0; states = states[s.width:] {
		key := states[:s.width]
		h := Hash(key)
		p := &s.parts[part(h)]
		for {
			s.mu.RLock()
			_, ok := p.insert(key, p.home(h, s.width))
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
}
