package explorer

import (
	"fmt"

	"mcheck/states"
)

// kept has the entries of a tracer: for each state that is kept on a level, by state and level. So
// it is not for the visited set to tell states apart here: what that has confused (hash compaction)
// is no step of a trace.
//
// Going back, the tracer looks for entries of the level that it was at before, and of no other. So
// where memory is limited the entries are kept in several indexes, for some levels each, and those
// that are not needed are put on a disk. Going forward it needs them once more, one after another.
type kept struct {
	s         *search
	key, size int         // words
	spans     []*keptSpan // the last levels first
	shelf     *states.Shelf
}

// keptSpan has the entries of the levels from first to last.
type keptSpan struct {
	first, last int
	index       *states.Index   // nil: on the shelf only
	shelved     *states.Shelved // nil: in memory only
}

// begin is called before entries of a level are added, the levels going down.
func (k *kept) begin(level int) error {
	n := len(k.spans)
	if n > 0 && !k.large(k.spans[n-1].index) {
		k.spans[n-1].first = level
		return nil
	}
	for _, s := range k.spans[:max(0, n-1)] {
		if err := k.putAway(s); err != nil {
			return err
		}
	}
	index, err := states.NewKeyed(k.key, k.size, k.s.opt.Workers, k.s.store.Budget())
	if err == nil {
		k.spans = append(k.spans, &keptSpan{first: level, last: level, index: index})
	}
	return err
}

// large reports whether an index should be left as it is for the next one to begin: two of them
// have to be in memory at a time.
func (k *kept) large(x *states.Index) bool {
	set, log := x.Bytes()
	return k.s.opt.MaxMemory > 0 && k.s.opt.Spill != "" && set+log > k.s.opt.MaxMemory/8
}

// putAway leaves a span to the shelf. Where that can't be there is no memory: a search does not end
// for want of a trace.
func (k *kept) putAway(s *keptSpan) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("%w: %w", states.ErrFull, err)
		}
	}()
	switch {
	case s.index == nil:
		return nil
	case s.shelved != nil:
		s.index.Close()
	default:
		if k.shelf == nil {
			if k.shelf, err = states.NewShelf(k.s.opt.Spill); err != nil {
				return err
			}
		}
		if s.shelved, err = k.shelf.Put(s.index); err != nil {
			return err
		}
	}
	s.index = nil
	return nil
}

// need brings the entries of a level to memory, going forward.
func (k *kept) need(level int) error {
	s := k.of(level)
	if s == nil || s.index != nil {
		return nil
	}
	for _, other := range k.spans {
		if err := k.putAway(other); err != nil {
			return err
		}
	}
	var err error
	s.index, err = k.shelf.Get(s.shelved)
	return err
}

// of returns the span of a level; nil if no entry is kept there.
func (k *kept) of(level int) *keptSpan {
	for i := len(k.spans) - 1; i >= 0; i-- {
		if s := k.spans[i]; s.first <= level && level <= s.last {
			return s
		}
	}
	return nil
}

// add adds an entry of the level that has begun.
func (k *kept) add(entry []uint64) error {
	_, err := k.spans[len(k.spans)-1].index.Add(entry)
	return err
}

// find returns the entry for a key on a level, or nil.
func (k *kept) find(level int, key []uint64) []uint64 {
	s := k.of(level)
	if s == nil {
		return nil
	}
	at := s.index.Find(key)
	if at < 0 {
		return nil
	}
	return s.index.At(at)
}

func (k *kept) close() {
	for _, s := range k.spans {
		if s.index != nil {
			s.index.Close()
		}
	}
	if k.shelf != nil {
		k.shelf.Close()
	}
}
