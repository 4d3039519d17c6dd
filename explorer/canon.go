package explorer

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
)

// This file chooses one state of each orbit: of all that the permutations of interchangeable values
// make of a state.
//
// A feature of an element v is a number that is read off a state and depends on nothing that a
// permutation changes but where v stands: feature(π(v), π(s)) = feature(v, s). Let S(s) be the
// permutations π for which the elements of every class stand in the order of their features in
// π(s). Then S(π(s)) = { σπ⁻¹ : σ in S(s) }, so the states σ(s) with σ in S(s) are the same set for
// every state of the orbit, and its least state is a canonical one. S(s) is found by sorting, and
// has more than one element where elements have equal features. Two such elements of a class whose
// features say all that a state has to do with it can be swapped without a change of the state, so
// it does not matter which comes first. Of other classes all orders of equals are tried. Every
// choice is exact: two states have the same canonical state if and only if they are in one orbit.

// feature reads a number for one element of a class.
type feature struct {
	kind  featureKind
	cell  int
	value int64 // the element
	mask  int64 // of the values in no class
	of    []int // classes of the values of the type of the content
	live  []at  // the cell holds something if each length is more than its position
}

type at struct {
	cell int
	pos  int64
}

type featureKind uint8

const (
	featureContent featureKind = iota // what the cell holds, which no permutation changes
	featureIs                         // whether it is the element
	featureHas                        // whether the element is in the set
	featureWhich                      // of a value: itself, a value in no class, the class
	// of a set: the values in no class, whether the element is in it, how many there are
	featureSet
)

func (s *symmetric) readFeature(w []uint64, f *feature) int64 {
	for _, l := range f.live {
		if s.c.get(w, l.cell) <= l.pos {
			return -2
		}
	}
	switch f.kind {
	case featureContent:
		return s.c.get(w, f.cell)
	case featureIs:
		if s.c.get(w, f.cell) == f.value {
			return 1
		}
		return 0
	case featureHas:
		return s.c.get(w, f.cell) >> f.value & 1
	case featureWhich:
		v := s.c.get(w, f.cell)
		n := int64(len(f.of))
		switch {
		case v < 0 || f.of[v] < 0:
			return v
		case v == f.value:
			return n
		}
		return n + 1 + int64(f.of[v])
	case featureSet:
		v := s.c.get(w, f.cell)
		out := v & f.mask
		if f.value >= 0 {
			out = out<<1 | v>>f.value&1
		}
		return out<<7 | int64(bits.OnesCount64(uint64(v)))
	}
	panic(fmt.Sprintf("unhandled %d", f.kind))
}

// collectMoves finds for each family the cells that matter.
func (s *symmetric) collectMoves() {
	for i := range s.families {
		f := &s.families[i]
		for k, c := range f.cells {
			if s.c.cells[c].fixed {
				continue
			}
			if f.held != holdsPlain || slices.ContainsFunc(s.indices(f, k), func(x index) bool { return s.classOf[x.typ][x.value] >= 0 }) {
				f.moves = append(f.moves, k)
			}
		}
	}
	s.families = slices.DeleteFunc(s.families, func(f family) bool { return len(f.moves) == 0 })
}

// index is a value that a cell is indexed by.
type index struct{ typ, value int }

// indices returns those of the k-th cell of f.
func (s *symmetric) indices(f *family, k int) []index {
	out := make([]index, len(f.dims))
	for d := len(f.dims) - 1; d >= 0; d-- {
		n := len(s.types[f.dims[d]].Values)
		out[d] = index{f.dims[d], k % n}
		k /= n
	}
	return out
}

// maxTied is the greatest size of a class of which all orders may have to be tried. More values
// than these stay as they are: fewer permutations are less of a reduction, and not wrong.
const maxTied = 6

// collectFeatures makes the features of all elements.
func (s *symmetric) collectFeatures() {
	s.features = make([][][]feature, len(s.classes))
	s.partial = make([]bool, len(s.classes))
	for k, cl := range s.classes {
		typ := s.typeOf(cl.Type)
		for _, v := range cl.Values {
			var fs []feature
			for i := range s.families {
				fs = append(fs, s.featuresOf(&s.families[i], k, typ, int(v))...)
			}
			s.features[k] = append(s.features[k], fs)
		}
	}
}

// featuresOf returns the features of value v of a class that lie in f. They stand in the same order
// for every v of the class.
func (s *symmetric) featuresOf(f *family, class, typ, v int) []feature {
	mine := slices.Contains(f.dims, typ)
	switch {
	case !mine && !(f.held != holdsPlain && f.typ == typ):
		return nil
	case len(f.dims) > 1, len(f.dims) == 1 && f.held != holdsPlain:
		s.partial[class] = true
	}
	type placed struct {
		feature
		indices []index // the element as -1
	}
	var out []placed
	for k, c := range f.cells {
		if s.c.cells[c].fixed {
			continue // equal for all of a class
		}
		// Only cells whose other indices stay where they are under every permutation.
		own, still := 0, true
		indices := s.indices(f, k)
		for i, x := range indices {
			if x.typ == typ && x.value == v {
				own++
				indices[i].value = -1
			} else if s.classOf[x.typ][x.value] >= 0 {
				still = false
			}
		}
		if !still || mine && own == 0 && !(f.held != holdsPlain && f.typ == typ) {
			continue
		}
		x := feature{cell: c, value: int64(v)}
		for _, l := range f.live {
			x.live = append(x.live, at{l.cells[k], l.at})
		}
		switch {
		case f.held == holdsPlain:
			x.kind = featureContent
		case own == 0 && f.held == holdsValue:
			x.kind = featureIs
		case own == 0:
			x.kind = featureHas
		default:
			x.of = s.classOf[f.typ]
			if f.typ != typ {
				x.value = -1
			}
			x.kind = featureWhich
			if f.held == holdsSet {
				x.kind = featureSet
				for u, k := range x.of {
					if k < 0 {
						x.mask |= 1 << u
					}
				}
			}
		}
		out = append(out, placed{x, indices})
	}
	slices.SortFunc(out, func(a, b placed) int {
		return slices.CompareFunc(a.indices, b.indices, func(a, b index) int { return cmp.Compare(a.value, b.value) })
	})
	fs := make([]feature, len(out))
	for i, x := range out {
		fs[i] = x.feature
	}
	return fs
}

// canonizer makes states canonical. It is for one goroutine.
type canonizer struct {
	s     *symmetric
	perm  permutation // from the last state to the canonical one
	order [][]int     // of classes: positions, sorted
	ties  []tie
	best  permutation
	words []uint64 // two states
}

// tie is the elements of a class from one position to another whose order is not settled.
type tie struct{ class, from, to int }

func (s *symmetric) newCanonizer() *canonizer {
	k := &canonizer{s: s, perm: s.identity(), best: s.identity(), words: make([]uint64, 2*s.c.layout.Words)}
	for _, cl := range s.classes {
		k.order = append(k.order, make([]int, len(cl.Values)))
	}
	return k
}

// canonical makes a state, of which only that is of interest, the one that is stored for it.
func (w *worker) canonical(state []uint64) {
	if w.canon != nil {
		w.canon.state(state)
	}
}

// representative is the state that is stored for state, which stays as it is.
func (w *worker) representative(state []uint64) []uint64 {
	if w.canon == nil {
		return state
	}
	state = slices.Clone(state)
	w.canon.state(state)
	return state
}

// renamed is a cost of the state that was made canonical last, with the actors as they are called
// in the state that it was made of.
func (w *worker) renamed(c cost) cost {
	if w.canon == nil || c.best == nil {
		return c
	}
	best := make([]uint64, len(c.best))
	for a := range len(w.s.c.actors) + 1 {
		b := a
		if a < len(w.s.c.actors) {
			b = w.canon.actor(a)
		}
		best[a>>6] |= c.best[b>>6] >> (b & 63) & 1 << (a & 63)
	}
	return cost{c.n, best}
}

// actor is who the last permutation makes of an actor.
func (k *canonizer) actor(a int) int {
	is := k.s.actors[a]
	if is.typ < 0 {
		return a
	}
	is.value = k.perm[is.typ][is.value]
	if b, ok := k.s.actorOf[is]; ok {
		return b
	}
	return a // not reached: who can act can do so under every name
}

// all makes the states, their words one after another, canonical.
func (k *canonizer) all(states []uint64) {
	for n := k.s.c.layout.Words; len(states) > 0; states = states[n:] {
		k.state(states[:n])
	}
}

// state makes one state canonical, and leaves in k.perm what did it.
func (k *canonizer) state(w []uint64) {
	k.ties = k.ties[:0]
	moved := false
	for c := range k.s.classes {
		if k.sort(w, c) {
			moved = true
		}
	}
	k.assign(k.perm)
	n := len(w)
	if len(k.ties) == 0 {
		if moved {
			copy(k.words, w)
			k.s.apply(k.words[:n], k.perm, w)
		}
		return
	}
	first := true
	best, next := k.words[:n], k.words[n:]
	k.orders(0, func() {
		k.assign(k.perm)
		k.s.apply(w, k.perm, next)
		if first || slices.Compare(next, best) < 0 {
			copy(best, next)
			for t := range k.perm {
				copy(k.best[t], k.perm[t])
			}
			first = false
		}
	})
	copy(w, best)
	k.perm, k.best = k.best, k.perm
}

// sort finds the order of the elements of a class in w, and reports whether it is not the one they
// stand in.
func (k *canonizer) sort(w []uint64, class int) bool {
	order := k.order[class]
	features := k.s.features[class]
	for i := range order {
		order[i] = i
	}
	moved := false
	for i := 1; i < len(order); i++ {
		x := order[i]
		at := i
		for at > 0 {
			c := k.s.compareFeatures(w, features[order[at-1]], features[x])
			if c <= 0 {
				break
			}
			order[at] = order[at-1]
			at--
		}
		if at < i {
			order[at] = x
			moved = true
		}
	}
	if !k.s.partial[class] {
		return moved
	}
	for from, i := 0, 1; i <= len(order); i++ {
		if i < len(order) && k.s.compareFeatures(w, features[order[i-1]], features[order[i]]) == 0 {
			continue
		}
		if i-from > 1 {
			k.ties = append(k.ties, tie{class, from, i})
		}
		from = i
	}
	return moved
}

func (s *symmetric) compareFeatures(w []uint64, a, b []feature) int {
	for i := range a {
		x, y := s.readFeature(w, &a[i]), s.readFeature(w, &b[i])
		switch {
		case x < y:
			return -1
		case x > y:
			return 1
		}
	}
	return 0
}

// assign makes p the permutation that puts the elements in the order found.
func (k *canonizer) assign(p permutation) {
	for c, cl := range k.s.classes {
		of := p[k.s.typeOf(cl.Type)]
		for i, at := range k.order[c] {
			of[cl.Values[at]] = int(cl.Values[i])
		}
	}
}

// orders calls f for all orders of the elements in the ties from the i-th on.
func (k *canonizer) orders(i int, f func()) {
	if i == len(k.ties) {
		f()
		return
	}
	t := k.ties[i]
	list := k.order[t.class][t.from:t.to]
	var permute func(n int)
	permute = func(n int) {
		if n == len(list) {
			k.orders(i+1, f)
			return
		}
		for m := n; m < len(list); m++ {
			list[n], list[m] = list[m], list[n]
			permute(n + 1)
			list[n], list[m] = list[m], list[n]
		}
	}
	permute(0)
}

// apply makes out what p makes of w.
func (s *symmetric) apply(w []uint64, p permutation, out []uint64) {
	copy(out, w)
	length := func(cell int) int64 { return s.c.get(w, cell) }
	for i := range s.families {
		f := &s.families[i]
		if len(f.dims) == 1 && f.held == holdsPlain {
			// The most frequent case: as below, but raw.
			of := p[f.dims[0]]
			for _, k := range f.moves {
				if to := of[k]; to != k {
					s.c.layout.Fields[f.cells[to]].Put(out, s.c.layout.Fields[f.cells[k]].Get(w))
				}
			}
			continue
		}
		for _, k := range f.moves {
			from := f.cells[k]
			to := f.cells[s.moved(f, k, p)]
			v := s.c.get(w, from)
			x := s.changed(f, k, v, p, length)
			if to != from || x != v {
				s.c.put(out, to, x)
			}
		}
	}
}
