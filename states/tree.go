package states

import (
	"fmt"
	"slices"
)

// Tree is the exact Store that keeps states as pairs of parts (Blom, Lisser, van de Pol, Weber, "A
// database approach to distributed state space generation", 2008). A state is cut in two at about
// the middle, and so on, until a part has at most 64 bits: the leaves of a binary tree, whose inner
// nodes are the pairs of the numbers of the two nodes below them. Leaves and inner nodes are kept
// once each, in an [Index] of single words, and the position there is their number. Many states
// differ in a few places only, so there are few parts for many states. The root is a pair of
// numbers of partNumberBits each, and the states are the set of these roots, a [quotient]. The log
// has the roots. A state of one word is its own root.
//
// Two states are equal iff their roots are. By induction from the leaves up: an index gives equal
// words equal positions, finding or adding in one step, and never moves what it has; different
// words have different positions. A pair of numbers is one word, so equal pairs of nodes have equal
// numbers and different ones different numbers. Leaves and pairs share the index: where a number
// stands in the tree says which it is, and the tree is the same for all states. Nothing is lost on
// the way to the root: expand goes back. What is done to a root before it comes to the quotient is
// one-to-one.
type Tree struct {
	width       int
	shape       []treeNode // children before their parents; the root is not among them
	left, right int        // of the root
	mem         *Budget
	nodes       *Index
	roots       *quotient
	log         *Log
}

// treeNode is a leaf, some 32-bit halves of words of a state, or the pair of the nodes left and
// right.
type treeNode struct {
	half, halves int // of a leaf: the first, and 1 or 2; 0 halves: a pair
	left, right  int
}

// partNumberBits is how many bits the number of a part has.
const (
	partNumberBits = 28
	partNumberMask = 1<<partNumberBits - 1
)

// errManyParts says that there are more parts than numbers for them.
var errManyParts = fmt.Errorf("%w: more than %d different parts of states", ErrFull, int64(partNumberMask))

// NewTree returns an empty store of states of width words for at most the given number of
// concurrent callers of Insert. Of the last word only the given number of bits is in use, from the
// lowest; 0 is all.
func NewTree(width, last, callers int, mem *Budget) (*Tree, error) {
	s := &Tree{width: width, mem: mem, log: NewLog(1, callers, mem)}
	bits := 2 * partNumberBits
	if width == 1 {
		bits = 63 // without Live
	} else {
		halves := 2 * width
		if last > 0 && last <= 32 {
			halves--
		}
		s.left = s.cut(0, (halves+1)/2)
		s.right = s.cut((halves+1)/2, halves)
	}
	var err error
	if s.nodes, err = NewIndex(1, callers, mem); err != nil {
		return nil, err
	}
	if s.roots, err = newQuotient(bits, callers, mem); err != nil {
		s.nodes.Close()
		return nil, err
	}
	return s, nil
}

// cut makes the nodes for the halves from first to end and returns the last of them.
func (s *Tree) cut(first, end int) int {
	n := treeNode{half: first, halves: end - first}
	if n.halves > 2 {
		mid := (first + end + 1) / 2
		n = treeNode{left: s.cut(first, mid), right: s.cut(mid, end)}
	}
	s.shape = append(s.shape, n)
	return len(s.shape) - 1
}

// half returns the i-th half of the words of a state.
func half(state []uint64, i int) uint64 { return state[i/2] >> (32 * (i % 2)) & (1<<32 - 1) }

// treeScratch is what one caller needs beyond a Scratch.
type treeScratch struct {
	nodes  Scratch
	column []uint64   // the keys of one node of all states
	number [][]uint64 // by node: the numbers of all states
	recent []recentParts
	pos    []int64
	roots  []uint64
	mixed  []uint64
}

// recentParts has the numbers of some parts that stood at one node lately. Most states of a batch
// have parts there that others had, and a number, once given, stays: what is found here costs no
// access to the index.
type recentParts struct {
	key    [recentSize]uint64
	number [recentSize]uint64 // the number and 1; 0: there is none
}

const recentSize = 256

func newTreeScratch(s *Tree) *treeScratch {
	t := &treeScratch{column: make([]uint64, MaxBatch), pos: make([]int64, MaxBatch), roots: make([]uint64, MaxBatch), mixed: make([]uint64, MaxBatch)}
	for range s.shape {
		t.number = append(t.number, make([]uint64, MaxBatch))
	}
	t.recent = make([]recentParts, len(s.shape))
	return t
}

// root makes the roots of the states of the batch at the given places, and what is made of them for
// the quotient.
func (s *Tree) root(batch []uint64, places []int32, t *treeScratch) error {
	k := len(places)
	if s.width == 1 {
		for j, at := range places {
			t.roots[j] = batch[at] &^ Live
			t.mixed[j] = s.spread(t.roots[j])
		}
		return nil
	}
	for i, n := range s.shape {
		switch {
		case n.halves == 1:
			for j, at := range places {
				t.column[j] = half(batch[int(at)*s.width:], n.half)
			}
		case n.halves == 2 && n.half%2 == 0:
			for j, at := range places {
				t.column[j] = batch[int(at)*s.width+n.half/2]
			}
		case n.halves == 2:
			for j, at := range places {
				state := batch[int(at)*s.width:]
				t.column[j] = half(state, n.half) | half(state, n.half+1)<<32
			}
		default:
			left, right := t.number[n.left], t.number[n.right]
			for j := range k {
				t.column[j] = left[j]<<partNumberBits | right[j]
			}
		}
		if err := s.intern(t, k, i); err != nil {
			return err
		}
	}
	left, right := t.number[s.left], t.number[s.right]
	for j := range k {
		t.roots[j] = left[j]<<partNumberBits | right[j]
		t.mixed[j] = s.spread(t.roots[j])
	}
	return nil
}

// intern sets the numbers of a node to those of the first k parts in the column.
func (s *Tree) intern(t *treeScratch, k, node int) error {
	number, recent := t.number[node], &t.recent[node]
	n := 0
	for j, x := range t.column[:k] {
		h := Hash(t.column[j : j+1])
		c := h % recentSize
		if recent.key[c] == x && recent.number[c] != 0 {
			number[j] = recent.number[c] - 1
			continue
		}
		t.nodes.new[n], t.nodes.hash[n] = int32(j), h
		n++
	}
	if n == 0 {
		return nil
	}
	if s.nodes.Len()+s.nodes.log.slack > partNumberMask {
		return errManyParts
	}
	if err := s.nodes.ensure(); err != nil {
		return err
	}
	if err := s.nodes.each(t.column[:k], &t.nodes, n, t.pos); err != nil {
		return err
	}
	for i, j := range t.nodes.new[:n] {
		x := uint64(t.pos[i])
		number[j] = x
		c := t.nodes.hash[i] % recentSize
		recent.key[c], recent.number[c] = t.column[j], x+1
	}
	return nil
}

// spread is a one-to-one function on roots whose values are evenly spread: each of its steps, an
// exclusive or with what is shifted down and a product with an odd number modulo a power of two,
// can be undone.
func (s *Tree) spread(x uint64) uint64 {
	mask := uint64(1)<<s.roots.bits - 1
	x ^= x >> 29
	x = x * k1 & mask
	x ^= x >> 29
	x = x * k2 & mask
	return x ^ x>>29
}

// Insert implements [Store].
func (s *Tree) Insert(batch []uint64, t *Scratch) error {
	if err := s.log.ensure(); err != nil {
		return err
	}
	if t.tree == nil {
		t.tree = newTreeScratch(s)
	}
	return s.insertPrepared(batch, t, t.prepare(batch, s.width))
}

// insertPrepared inserts the k prepared states of a batch.
func (s *Tree) insertPrepared(batch []uint64, t *Scratch, k int) error {
	if k == 0 {
		return nil
	}
	err := s.root(batch, t.new[:k], t.tree)
	if err == nil {
		t.out = t.out[:0]
		err = s.roots.insert(t.tree.mixed[:k], func(i int) { t.out = append(t.out, t.tree.roots[i]) })
		s.log.append(t.out)
	}
	if err != nil {
		t.failed()
	}
	return err
}

// expand makes the state of a root; number is memory for a number of each node.
func (s *Tree) expand(root uint64, state, number []uint64) {
	if s.width == 1 {
		state[0] = root | Live
		return
	}
	clear(state)
	number[s.left], number[s.right] = root>>partNumberBits, root&partNumberMask
	for i := len(s.shape) - 1; i >= 0; i-- {
		word := s.nodes.log.at(int64(number[i]))[0]
		switch n := s.shape[i]; {
		case n.halves == 0:
			number[n.left], number[n.right] = word>>partNumberBits, word&partNumberMask
		case n.half%2 == 0:
			state[n.half/2] |= word
		default:
			state[n.half/2] |= word << 32
			if n.halves == 2 {
				state[n.half/2+1] |= word >> 32
			}
		}
	}
}

// Read implements [Store].
func (s *Tree) Read(at, end int64, n int, buf []uint64) ([]uint64, error) {
	var few [MaxBatch]uint64
	roots, err := s.log.Read(at, end, min(n, MaxBatch), few[:])
	if err != nil {
		return nil, err
	}
	buf = slices.Grow(buf[:0], len(roots)*s.width)[:len(roots)*s.width]
	var some [64]uint64
	number := some[:]
	if len(s.shape) > len(some) {
		number = make([]uint64, len(s.shape))
	}
	for i, r := range roots {
		s.expand(r, buf[i*s.width:(i+1)*s.width], number)
	}
	return buf, nil
}

// rootOf returns the root of a state, if all of its parts are known.
func (s *Tree) rootOf(state []uint64) (root uint64, ok bool) {
	if s.width == 1 {
		return state[0] &^ Live, true
	}
	number := make([]uint64, len(s.shape))
	var key [1]uint64
	for i, n := range s.shape {
		switch n.halves {
		case 0:
			key[0] = number[n.left]<<partNumberBits | number[n.right]
		case 1:
			key[0] = half(state, n.half)
		default:
			key[0] = half(state, n.half) | half(state, n.half+1)<<32
		}
		pos := s.nodes.Find(key[:])
		if pos < 0 {
			return 0, false
		}
		number[i] = uint64(pos)
	}
	return number[s.left]<<partNumberBits | number[s.right], true
}

// Find implements [Store]: the number of a state is that of its root in the table.
func (s *Tree) Find(state []uint64) int64 {
	root, ok := s.rootOf(state)
	if !ok {
		return -1
	}
	return s.roots.find(s.spread(root))
}

// Cap implements [Store].
func (s *Tree) Cap() int64 { return s.roots.slots() }

// Touch implements [Store]. The parts are few, and mostly at hand.
func (s *Tree) Touch([]uint64) {}

// Len implements [Store].
func (s *Tree) Len() int64 { return s.log.Len() }

// Truncate implements [Store].
func (s *Tree) Truncate(n int64) { s.log.Truncate(n) }

// Bytes implements [Store]. The parts belong to the set.
func (s *Tree) Bytes() (set, log int64) {
	index, parts := s.nodes.Bytes()
	return s.roots.bytes() + index + parts, s.log.Bytes()
}

// Forget implements [Store]. The parts are still needed to read states.
func (s *Tree) Forget() {
	s.roots.close()
	s.nodes.Forget()
}

// Close implements [Store].
func (s *Tree) Close() {
	s.roots.close()
	s.nodes.Close()
	s.log.Close()
}
