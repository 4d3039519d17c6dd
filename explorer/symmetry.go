package explorer

import (
	"fmt"

	"mcheck/spec"
	"mcheck/spec/symmetry"
)

// Symmetry returns the classes of interchangeable values by which Explore reduces m when it is
// asked to.
func Symmetry(m *spec.Model) []symmetry.Class {
	s := newSymmetric(compile(m, true))
	if s == nil {
		return nil
	}
	return s.classes
}

// symmetric is what the cells of a model have to do with its interchangeable values. A permutation
// of them moves the content of cells that stand at an index (the local variables of a task) and
// changes content that is such a value, or a set of them (the owner of a lock).
type symmetric struct {
	c        *compiled
	classes  []symmetry.Class // in the order of types; those of one type side by side
	types    []*spec.EnumType
	classOf  [][]int // type, value → position in classes, -1: in none
	families []family
	features [][][]feature // class, position in it → what its elements are sorted by
	partial  []bool        // of classes: there is more to an element than its features
	actors   []symActor
	actorOf  map[symActor]int
}

// family is the cells of one place in the variables, one for each combination of the values that it
// is indexed by.
type family struct {
	dims  []int // types
	cells []int // the last index varies fastest
	// the positions in cells that some permutation moves, or whose content it may change
	moves []int
	held  heldKind
	typ   int // of what is held
	// live are the sequences that the cells are in: a cell holds something if the length in the
	// cell at the same place is more than at.
	live []living
}

type living struct {
	cells []int
	at    int64
}

type heldKind uint8

const (
	holdsPlain heldKind = iota // nothing that a permutation changes
	holdsValue                 // a value, or NULL
	holdsSet
)

// symActor is an actor that is a value of a type in types; typ is -1 for the others.
type symActor struct {
	typ, value int
	kind       spec.ActorKind
}

// newSymmetric returns nil if c has no interchangeable values.
//
// Of the classes that the text of the model has only those permutations are left that also respect
// what was folded into the program: the cells that never change. What is folded in because it is so
// in every reachable state is so in the permuted states too then.
func newSymmetric(c *compiled) *symmetric {
	if c.initError != nil {
		return nil
	}
	classes, _ := symmetry.Find(c.model)
	s := &symmetric{c: c}
	for i := 0; i < len(classes); {
		k := i
		for i < len(classes) && classes[i].Type == classes[k].Type {
			i++
		}
		s.types = append(s.types, classes[k].Type)
	}
	s.collectFamilies()
	if !s.collectActors() {
		return nil
	}
	for _, cl := range classes {
		s.classes = append(s.classes, s.split(cl)...)
	}
	for s.prepare() {
	}
	if len(s.classes) == 0 {
		return nil
	}
	return s
}

// prepare makes all that follows from s.classes. It reports whether it had to make a class smaller.
func (s *symmetric) prepare() (again bool) {
	s.types, s.classOf = nil, nil
	for k, cl := range s.classes {
		if k == 0 || cl.Type != s.classes[k-1].Type {
			of := make([]int, len(cl.Type.Values))
			for v := range of {
				of[v] = -1
			}
			s.types, s.classOf = append(s.types, cl.Type), append(s.classOf, of)
		}
		for _, v := range cl.Values {
			s.classOf[len(s.types)-1][v] = k
		}
	}
	s.collectFamilies()
	s.collectActors()
	s.collectMoves()
	s.collectFeatures()
	for k := range s.classes {
		if cl := &s.classes[k]; s.partial[k] && len(cl.Values) > maxTied {
			cl.Values, again = cl.Values[:maxTied], true
		}
	}
	return again
}

func (s *symmetric) typeOf(t spec.Type) int {
	for i, x := range s.types {
		if spec.Type(x) == t {
			return i
		}
	}
	return -1
}

// split divides a class by what the cells that never change hold: two values stay together if
// swapping them leaves that as it is.
func (s *symmetric) split(cl symmetry.Class) []symmetry.Class {
	typ := s.typeOf(cl.Type)
	var out []symmetry.Class
values:
	for _, v := range cl.Values {
		for i := range out {
			if s.sameFixed(typ, int(out[i].Values[0]), int(v)) {
				out[i].Values = append(out[i].Values, v)
				continue values
			}
		}
		out = append(out, symmetry.Class{Type: cl.Type, Values: []int64{v}})
	}
	k := 0
	for _, c := range out {
		if len(c.Values) > 1 {
			out[k] = c
			k++
		}
	}
	return out[:k]
}

func (s *symmetric) sameFixed(typ, a, b int) bool {
	p := s.identity()
	p[typ][a], p[typ][b] = b, a
	for i := range s.families {
		f := &s.families[i]
		for k, from := range f.cells {
			x, y := &s.c.cells[from], &s.c.cells[f.cells[s.moved(f, k, p)]]
			if x.fixed != y.fixed || x.fixed && s.changed(f, k, x.value, p, s.fixedLength) != y.value {
				return false
			}
		}
	}
	return true
}

// fixedLength is the length of a sequence that never changes; one that does may be any, and is said
// to be long.
func (s *symmetric) fixedLength(cell int) int64 {
	if x := &s.c.cells[cell]; x.fixed {
		return x.value
	}
	return s.c.cells[cell].hi
}

// permutation says for each type where its values go.
type permutation [][]int

func (s *symmetric) identity() permutation {
	p := make(permutation, len(s.types))
	for i, t := range s.types {
		p[i] = make([]int, len(t.Values))
		for v := range p[i] {
			p[i][v] = v
		}
	}
	return p
}

// moved is the place in the family that p moves the k-th to.
func (s *symmetric) moved(f *family, k int, p permutation) int {
	switch len(f.dims) {
	case 0:
		return k
	case 1:
		return p[f.dims[0]][k]
	}
	out, step := 0, 1
	for d := len(f.dims) - 1; d >= 0; d-- {
		n := len(s.types[f.dims[d]].Values)
		out += p[f.dims[d]][k%n] * step
		k /= n
		step *= n
	}
	return out
}

// changed is what p makes of the content v of the k-th cell; at reads the length of a sequence.
func (s *symmetric) changed(f *family, k int, v int64, p permutation, at func(cell int) int64) int64 {
	if f.held == holdsPlain {
		return v
	}
	for _, l := range f.live {
		if at(l.cells[k]) <= l.at {
			return v
		}
	}
	if f.held == holdsValue {
		if v < 0 {
			return v
		}
		return int64(p[f.typ][v])
	}
	out := int64(0)
	for i, to := range p[f.typ] {
		out |= v >> i & 1 << to
	}
	return out
}

// collectFamilies goes through the variables.
func (s *symmetric) collectFamilies() {
	s.families = nil
	for _, t := range s.c.trees {
		s.family([]tree{t}, nil, nil)
	}
}

// family adds the families below trees of one type, one tree a combination of indices.
func (s *symmetric) family(trees []tree, dims []int, live []living) {
	cells := func() []int {
		out := make([]int, len(trees))
		for i, t := range trees {
			out[i] = t.cell
		}
		return out
	}
	child := func(i int) []tree {
		out := make([]tree, len(trees))
		for k, t := range trees {
			out[k] = t.elems[i]
		}
		return out
	}
	add := func(held heldKind, typ int) {
		if len(dims) > 0 || held != holdsPlain {
			s.families = append(s.families, family{dims: dims, cells: cells(), held: held, typ: typ, live: live})
		}
	}
	switch t := trees[0].t.(type) {
	case *spec.BoolType, *spec.RangeType:
		add(holdsPlain, -1)
	case *spec.EnumType:
		s.addHeld(add, t, holdsValue)
	case *spec.OptionType:
		s.addHeld(add, t.Elem, holdsValue)
	case *spec.SetType:
		s.addHeld(add, t.Elem, holdsSet)
	case *spec.ArrayType:
		d := s.typeOf(t.Index)
		if d < 0 {
			for i := range trees[0].elems {
				s.family(child(i), dims, live)
			}
			return
		}
		n := len(s.types[d].Values)
		var next []tree
		for _, x := range trees {
			next = append(next, x.elems...)
		}
		var deeper []living
		for _, l := range live { // the lengths stay aligned with the cells
			var cs []int
			for _, c := range l.cells {
				for range n {
					cs = append(cs, c)
				}
			}
			deeper = append(deeper, living{cs, l.at})
		}
		s.family(next, append(dims[:len(dims):len(dims)], d), deeper)
	case *spec.RecordType:
		for i := range t.Fields {
			s.family(child(i), dims, live)
		}
	case *spec.SeqType:
		add(holdsPlain, -1)
		for i := range trees[0].elems {
			s.family(child(i), dims, append(live[:len(live):len(live)], living{cells(), int64(i)}))
		}
	default:
		panic(fmt.Sprintf("unhandled %T", t))
	}
}

func (s *symmetric) addHeld(add func(heldKind, int), t spec.Type, held heldKind) {
	if typ := s.typeOf(t); typ >= 0 {
		add(held, typ)
		return
	}
	add(holdsPlain, -1)
}

// collectActors finds the actors that are values of the types. It returns false if an actor's name
// stands for a value in some actions and for something else in others: no permutation could rename
// it.
func (s *symmetric) collectActors() bool {
	s.actors = make([]symActor, len(s.c.actors))
	s.actorOf = map[symActor]int{}
	known := make([]bool, len(s.c.actors))
	for i := range s.c.grounds {
		g := &s.c.grounds[i]
		if g.actor < 0 {
			continue
		}
		is := symActor{typ: -1}
		if a := s.c.model.Actions[g.action]; a.Actor >= 0 {
			if typ := s.typeOf(a.Params[a.Actor].Type); typ >= 0 {
				is = symActor{typ, int(g.args[a.Actor]), a.Kind}
				s.actorOf[is] = g.actor
			}
		}
		if known[g.actor] && s.actors[g.actor] != is {
			return false
		}
		s.actors[g.actor], known[g.actor] = is, true
	}
	return true
}
