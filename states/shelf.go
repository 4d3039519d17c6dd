package states

// Shelf is a file for indexes that are not needed for a while. It has no name, and is gone with the
// process.
type Shelf struct {
	f   *spillFile
	end int64 // in words
}

// Shelved is an index on a [Shelf].
type Shelved struct {
	at, n      int64
	key, width int
	callers    int
	mem        *Budget
}

// NewShelf makes a shelf in a directory.
func NewShelf(dir string) (*Shelf, error) {
	f, err := newSpillFile(dir)
	if err != nil {
		return nil, err
	}
	return &Shelf{f: f}, nil
}

// Put writes the records of an index to the shelf, and closes it. On an error the index is as it
// was.
func (h *Shelf) Put(x *Index) (*Shelved, error) {
	s := &Shelved{h.end, x.Len(), x.key, x.width, int(x.callers), x.mem}
	var buf []uint64
	for at := int64(0); at < s.n; {
		var err error
		if buf, err = x.log.Read(at, s.n, 1<<12, buf); err != nil {
			return nil, err
		}
		if err := h.f.write(buf, s.at+at*int64(s.width)); err != nil {
			return nil, err
		}
		at += int64(len(buf) / s.width)
	}
	h.end += s.n * int64(s.width)
	x.Close()
	return s, nil
}

// Get makes an index of the same records as one that was put on the shelf, where they stay.
func (h *Shelf) Get(s *Shelved) (*Index, error) {
	x, err := NewKeyed(s.key, s.width, s.callers, s.mem)
	if err != nil {
		return nil, err
	}
	buf := make([]uint64, s.width<<12)
	for at := int64(0); at < s.n; {
		b := buf[:min(s.n-at, 1<<12)*int64(s.width)]
		err := h.f.read(b, s.at+at*int64(s.width))
		for r := b; len(r) > 0 && err == nil; r = r[s.width:] {
			_, err = x.Add(r[:s.width])
		}
		if err != nil {
			x.Close()
			return nil, err
		}
		at += int64(len(b) / s.width)
	}
	return x, nil
}

// Close gives the file back.
func (h *Shelf) Close() { h.f.close() }
