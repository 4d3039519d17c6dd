package states

import (
	"sync"
	"sync/atomic"
)

// Log is an append-only list of records of some words, kept in segments that never move until they
// are spilled to a file. Several goroutines may append; a position may be read by whoever has
// learned of it, in a way that the memory model knows, from the goroutine that appended.
type Log struct {
	width int
	shift uint  // a segment has 1<<shift records
	slack int64 // records that callers under way may append
	mem   *Budget

	n    atomic.Int64
	room atomic.Int64 // records that there are segments for
	segs atomic.Pointer[[][]uint64]
	mu   sync.Mutex // of who adds a segment

	// reading keeps the memory of segments in place while they are read from, where they may be
	// spilled.
	reading sync.RWMutex
	file    *spillFile
	spilled int // segments at the beginning that are in the file, and not in memory
}

// segmentBytes is the largest size of a segment; where memory is short they are smaller.
const segmentBytes = 4 << 20

// NewLog returns an empty log of records of width words for at most the given number of callers at
// once.
func NewLog(width, callers int, mem *Budget) *Log {
	l := &Log{width: width, slack: int64(callers) * MaxBatch, mem: mem}
	bytes := int64(segmentBytes)
	if limit := mem.Limit(); limit > 0 {
		bytes = min(bytes, max(64<<10, limit/64))
	}
	for int64(width)*8<<(l.shift+1) <= bytes {
		l.shift++
	}
	l.segs.Store(&[][]uint64{})
	return l
}

// ensure makes room for a batch of each caller. Without it nothing may be appended.
func (l *Log) ensure() error {
	for l.n.Load()+l.slack > l.room.Load() {
		if err := l.grow(); err != nil {
			return err
		}
	}
	return nil
}

func (l *Log) grow() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.n.Load()+l.slack <= l.room.Load() {
		return nil
	}
	s, err := l.mem.allocate(l.width << l.shift)
	if err != nil {
		return err
	}
	old := *l.segs.Load()
	segs := append(old[:len(old):len(old)], s)
	l.segs.Store(&segs)
	l.room.Store(int64(len(segs)) << l.shift)
	return nil
}

// at returns the words of the record at a position, which must be in memory.
func (l *Log) at(pos int64) []uint64 {
	i := int(pos&(1<<l.shift-1)) * l.width
	return (*l.segs.Load())[pos>>l.shift][i : i+l.width]
}

// take returns the position of a new record, whose words the caller has to set.
func (l *Log) take() int64 { return l.n.Add(1) - 1 }

// Append adds records, their words one after another and not more than MaxBatch, and returns the
// position of the first.
func (l *Log) Append(words []uint64) (int64, error) {
	if err := l.ensure(); err != nil {
		return 0, err
	}
	return l.append(words), nil
}

// append is Append after ensure.
func (l *Log) append(words []uint64) int64 {
	k := int64(len(words) / l.width)
	first := l.n.Add(k) - k
	segs := *l.segs.Load()
	for at := first; len(words) > 0; {
		c := copy(segs[at>>l.shift][int(at&(1<<l.shift-1))*l.width:], words)
		words = words[c:]
		at += int64(c / l.width)
	}
	return first
}

// Len returns the number of records.
func (l *Log) Len() int64 { return l.n.Load() }

// Read returns the words of the records from position at on: at least one, at most n, and none
// beyond end. It uses buf for them.
func (l *Log) Read(at, end int64, n int, buf []uint64) ([]uint64, error) {
	l.reading.RLock()
	defer l.reading.RUnlock()
	seg := int(at >> l.shift)
	in := at & (1<<l.shift - 1)
	k := int(min(int64(n), end-at, 1<<l.shift-in)) * l.width
	if cap(buf) < k {
		buf = make([]uint64, k)
	}
	buf = buf[:k]
	if seg < l.spilled {
		return buf, l.file.read(buf, at*int64(l.width))
	}
	copy(buf, (*l.segs.Load())[seg][int(in)*l.width:])
	return buf, nil
}

// spill writes full segments, the first ones first, to the file and gives their memory back: as
// many as make up the given bytes, or all there are. It returns the bytes given back. Nothing may
// be appended meanwhile.
func (l *Log) spill(f *spillFile, bytes int64) (int64, error) {
	l.file = f
	done := int64(0)
	for segs := *l.segs.Load(); done < bytes && int64(l.spilled+1)<<l.shift <= l.n.Load(); {
		s := segs[l.spilled]
		if err := f.write(s, int64(l.spilled)<<l.shift*int64(l.width)); err != nil {
			return done, err
		}
		l.reading.Lock()
		l.spilled++
		segs[l.spilled-1] = nil
		l.reading.Unlock()
		l.mem.release(s)
		done += int64(len(s)) * 8
	}
	return done, nil
}

// Truncate drops the records from position n on.
func (l *Log) Truncate(n int64) { l.n.Store(min(n, l.n.Load())) }

// Bytes returns the memory that the records in memory take.
func (l *Log) Bytes() int64 {
	l.reading.RLock()
	defer l.reading.RUnlock()
	return max(0, l.n.Load()-int64(l.spilled)<<l.shift) * int64(l.width) * 8
}

// Close gives the memory back; the file is its owner's.
func (l *Log) Close() {
	for _, s := range *l.segs.Load() {
		if s != nil {
			l.mem.release(s)
		}
	}
	l.segs.Store(&[][]uint64{})
}
