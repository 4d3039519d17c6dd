package states

import (
	"errors"
	"sync/atomic"
)

// moving is the store while a set of whole states, the old one, is replaced by a [Tree] of the same
// states. Nobody waits for it: every call of Insert moves some states.
//
// Nothing is added to the old set any more, so that everybody may look into it. A state that is in
// it is known, whether it was moved already or not. Any other is new iff it is new to the tree,
// into which only states come that are in the old set, by being moved, or are not, by being
// inserted; the first of those who insert it finds it new, as always, and gives it a position in
// the log of the tree, whose positions begin behind those of the old log. Moving a state puts it
// into the tree and its root into the log of the tree, at the position that it has in the old log;
// doing that twice is doing it once. When all positions have been moved the tree is the set of all
// states, in the same order, and the old set and log can go.
type moving struct {
	old  Store
	log  *Log // of old
	tree *Tree
	end  int64        // positions in the old log
	next atomic.Int64 // to be moved
	redo atomic.Int64 // of those taken, the first that were not moved for lack of memory
}

// moveShare is how many states a call of Insert moves, or leaves if there are no more. It inserts
// MaxBatch states at most, of which most are known: so when all is moved there are not many more
// states than before.
const moveShare = 2 * MaxBatch

// newMoving makes what is to take the place of a store.
func newMoving(old Store, c Config, mem *Budget) (*moving, error) {
	tree, err := NewTree(c.Width, c.Last, c.Callers, mem)
	if err != nil {
		return nil, err
	}
	m := &moving{old: old, log: logOf(old), tree: tree, end: old.Len()}
	m.redo.Store(m.end)
	m.tree.log.n.Store(m.end)
	if err := m.tree.log.ensure(); err != nil {
		m.tree.Close()
		return nil, err
	}
	return m, nil
}

// everyPlace are the places of a batch.
var everyPlace = func() (all [MaxBatch]int32) {
	for i := range all {
		all[i] = int32(i)
	}
	return all
}()

// move moves the states from position at to stop.
func (m *moving) move(at, stop int64, t *treeScratch, buf []uint64) error {
	s := m.tree
	for at < stop {
		batch, err := m.log.Read(at, stop, MaxBatch, buf)
		if err != nil {
			return err
		}
		k := len(batch) / s.width
		if err := s.root(batch, everyPlace[:k], t); err != nil {
			return err
		}
		for j, r := range t.roots[:k] {
			s.log.at(at + int64(j))[0] = r
		}
		if err := s.roots.insert(t.mixed[:k], func(int) {}); err != nil {
			return err
		}
		at += int64(k)
	}
	return nil
}

// share moves some states.
func (m *moving) share(t *treeScratch) error {
	if m.next.Load() >= m.end {
		return nil
	}
	at := m.next.Add(moveShare) - moveShare
	if at >= m.end {
		return nil
	}
	err := m.move(at, min(at+moveShare, m.end), t, nil)
	if err != nil {
		for {
			first := m.redo.Load()
			if first <= at || m.redo.CompareAndSwap(first, at) {
				return err
			}
		}
	}
	return nil
}

// rest moves all that was not moved, while nobody inserts.
func (m *moving) rest(workers int) error {
	m.next.Store(min(m.next.Load(), m.redo.Load()))
	scratch := make([]*treeScratch, workers)
	for i := range scratch {
		scratch[i] = newTreeScratch(m.tree)
	}
	err := eachBatch(m.next.Load(), m.end, workers, func(worker int, at, stop int64) error {
		return m.move(at, stop, scratch[worker], nil)
	})
	if err == nil {
		m.next.Store(m.end)
		m.redo.Store(m.end)
	}
	return err
}

// moved reports whether all states are in the tree, while nobody inserts.
func (m *moving) moved() bool { return m.next.Load() >= m.end && m.redo.Load() == m.end }

// Insert implements [Store].
func (m *moving) Insert(batch []uint64, t *Scratch) error {
	if err := m.tree.log.ensure(); err != nil {
		return err
	}
	if t.tree == nil {
		t.tree = newTreeScratch(m.tree)
	}
	w := m.tree.width
	k := t.prepare(batch, w)
	m.old.Touch(batch)
	unknown := 0
	for _, at := range t.new[:k] {
		if m.old.Find(batch[int(at)*w:int(at)*w+w]) < 0 {
			t.new[unknown] = at
			unknown++
		}
	}
	if err := m.tree.insertPrepared(batch, t, unknown); err != nil {
		return err
	}
	if err := m.share(t.tree); err != nil {
		t.failed()
		return err
	}
	return nil
}

// Len implements [Store].
func (m *moving) Len() int64 { return m.tree.Len() }

// Read implements [Store].
func (m *moving) Read(at, end int64, n int, buf []uint64) ([]uint64, error) {
	if at < m.end {
		return m.log.Read(at, min(end, m.end), n, buf)
	}
	return m.tree.Read(at, end, n, buf)
}

// Truncate implements [Store].
func (m *moving) Truncate(n int64) { m.tree.Truncate(n) }

// Find implements [Store]: the numbers of the tree come behind those of the old set.
func (m *moving) Find(state []uint64) int64 {
	if n := m.old.Find(state); n >= 0 {
		return n
	}
	if n := m.tree.Find(state); n >= 0 {
		return m.old.Cap() + n
	}
	return -1
}

// Cap implements [Store].
func (m *moving) Cap() int64 { return m.old.Cap() + m.tree.Cap() }

// Touch implements [Store].
func (m *moving) Touch(states []uint64) { m.old.Touch(states) }

// Bytes implements [Store].
func (m *moving) Bytes() (set, log int64) {
	set, log = m.old.Bytes()
	set2, log2 := m.tree.Bytes()
	return set + set2, log + log2
}

// Forget implements [Store].
func (m *moving) Forget() { m.old.Forget(); m.tree.Forget() }

// Close implements [Store].
func (m *moving) Close() { m.old.Close(); m.tree.Close() }

// undo appends the states that only the tree has to the old log, whose set was given up, and closes
// the tree; more finds memory. On an error the states stay where they are.
func (m *moving) undo(more func() (int64, error)) error {
	var buf []uint64
	for at, end := m.end, m.tree.Len(); at < end; at += int64(len(buf) / m.tree.width) {
		var err error
		if buf, err = m.tree.Read(at, end, MaxBatch, buf); err != nil {
			return err
		}
		for _, err = m.log.Append(buf); err != nil; _, err = m.log.Append(buf) {
			switch n, again := more(); {
			case again != nil:
				return errors.Join(err, again)
			case n == 0:
				return err
			}
		}
	}
	m.tree.Close()
	return nil
}
