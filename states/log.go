package states

import (
	"sync"
	"sync/atomic"
)

// Log is an append-only list of packed states, kept in segments that never move. Several goroutines may append; a position
// may be read by whoever has learned of it, in a way that the memory model knows, from the goroutine that appended.
type Log struct {
	width int
	limit int64 // bytes, 0: none
	seg   int   // states a segment
	n     atomic.Int64

	mu   sync.RWMutex
	segs [][]uint64
}

// NewLog returns an empty log of states of width words that refuses to grow beyond limit bytes (0: no limit).
func NewLog(width int, limit int64) *Log {
	return &Log{width: width, limit: limit, seg: max(1<<12, 1<<19/width)}
}

// Append adds states, their words one after another, and returns the position of the first. Their order among those of other
// goroutines is not defined. After an error the log is of no more use but for ErrFull, when nothing was added.
func (l *Log) Append(words []uint64) (int64, error) {
	k := int64(len(words) / l.width)
	if l.limit > 0 && (l.n.Load()+k)*int64(l.width)*8 > l.limit {
		return 0, ErrFull
	}
	first := l.n.Add(k) - k
	at := first
	for len(words) > 0 {
		s, err := l.segment(int(at / int64(l.seg)))
		if err != nil {
			return 0, err
		}
		c := copy(s[int(at%int64(l.seg))*l.width:], words)
		words = words[c:]
		at += int64(c / l.width)
	}
	return first, nil
}

func (l *Log) segment(i int) ([]uint64, error) {
	l.mu.RLock()
	if i < len(l.segs) {
		defer l.mu.RUnlock()
		return l.segs[i], nil
	}
	l.mu.RUnlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	for i >= len(l.segs) {
		s, err := allocate(l.seg * l.width)
		if err != nil {
			return nil, err
		}
		l.segs = append(l.segs, s)
	}
	return l.segs[i], nil
}

// Len returns the number of states.
func (l *Log) Len() int64 { return l.n.Load() }

// Chunk returns the words of the states from position at on: at least one, at most n, and none beyond end.
func (l *Log) Chunk(at, end int64, n int) []uint64 {
	l.mu.RLock()
	defer l.mu.RUnlock()
	in := int(at % int64(l.seg))
	k := min(int64(n), end-at, int64(l.seg-in))
	return l.segs[at/int64(l.seg)][in*l.width : (in+int(k))*l.width]
}

// Truncate drops the states from position n on.
func (l *Log) Truncate(n int64) { l.n.Store(min(n, l.n.Load())) }

// Bytes returns the memory in use.
func (l *Log) Bytes() int64 { return l.n.Load() * int64(l.width) * 8 }

// Close gives the memory back.
func (l *Log) Close() {
	for _, s := range l.segs {
		release(s)
	}
	l.segs = nil
}
