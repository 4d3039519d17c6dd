package cread

import (
	"modernc.org/cc/v4"
)

// cell is one place of shared memory: a variable, or an element or field of one that is no array
// and no struct.
type cell struct {
	typ  *ctype
	name string // without indices
	obj  int    // the object that it is in, -1: none
	task int    // the task whose field it is, -1: none

	ghost, setOnce, private, interrupted bool
	guards                               []guard
}

// guard is a lock that an access needs.
type guard struct {
	lock   int  // its cell
	writes bool // only writes need it
}

// object is a slot of a pool.
type object struct {
	pool, slot int
	base, size int // its fields are the cells from base on
}

// pool is the objects of one struct.
type pool struct {
	of    *ctype
	n     int
	size  int // of an object, in cells
	first int // its first object
	base  int // the first cell of its first object
}

// instance is a struct in memory: where a lock that an annotation names is looked for.
type instance struct {
	base int
	of   *ctype
}

// layOut gives every global variable, every object and every task its cells.
func (p *program) layOut() {
	base := 0
	for _, g := range p.globals { // an annotation may name a lock further down
		g.base = base
		base += g.typ.size()
	}
	for _, g := range p.globals {
		p.place(g.typ, g.name, cell{obj: -1, task: -1}, g.notes, nil)
	}
	for i, pl := range p.pools {
		if pl.of.name != "task_struct" && len(pl.of.fields) == 0 {
			fail(nil, "there is a pool of struct %s, which is not defined", pl.of.name)
		}
		if i > 0 && (pl.n < 1 || pl.n > 16) {
			fail(nil, "the size %d of the pool of struct %s is out of range", pl.n, pl.of.name)
		}
		pl.size, pl.first, pl.base = pl.of.size(), len(p.objects), len(p.cells)
		for slot := range pl.n {
			base := len(p.cells)
			c := cell{obj: len(p.objects), task: -1}
			if i == taskPool {
				c = cell{obj: -1, task: slot}
			}
			p.place(pl.of, pl.of.name, c, nil, nil)
			p.objects = append(p.objects, object{i, slot, base, len(p.cells) - base})
		}
	}
}

// place appends the cells of a variable of type t. like has what they have in common.
func (p *program) place(t *ctype, name string, like cell, notes []note, in *instance) {
	for _, n := range notes {
		p.annotate(&like, n, in)
	}
	like.typ, like.name = t, name
	switch t.kind {
	case kArray:
		for range t.n {
			p.place(t.of, name, like, nil, in)
		}
	case kStruct:
		inner := &instance{len(p.cells), t}
		for _, f := range t.fields {
			c := like
			c.guards = append([]guard(nil), like.guards...)
			p.place(f.typ, name+"."+f.name, c, f.notes, inner)
		}
	case kInt, kVoid, kString, kNull:
		fail(nil, "%s has the type %s, which no variable has", name, t.name)
	default:
		p.cells = append(p.cells, like)
	}
}

func (p *program) annotate(c *cell, n note, in *instance) {
	switch n.word {
	case "ghost":
		c.ghost = true
	case "set_once":
		c.setOnce = true
	case "private", "interrupted":
		if c.task < 0 {
			fail(n.at, "only a field of task_struct is %s", n.word)
		}
		c.private = c.private || n.word == "private"
		c.interrupted = c.interrupted || n.word == "interrupted"
	case "guarded_by":
		c.guards = append(c.guards, guard{lock: p.lock(n, in)})
	case "write_guarded_by":
		c.guards = append(c.guards, guard{lock: p.lock(n, in), writes: true})
	default:
		fail(n.at, "the annotation %s means nothing here", n.word)
	}
}

// lock returns the cell of the lock that an annotation names: of the same struct, or a global one.
func (p *program) lock(n note, in *instance) int {
	if in != nil {
		if f := in.of.field(n.arg); f != nil {
			return p.isLock(n.at, f.typ, in.base+f.offset)
		}
	}
	for _, g := range p.globals {
		if g.name == n.arg {
			return p.isLock(n.at, g.typ, g.base)
		}
	}
	fail(n.at, "there is no lock %s", n.arg)
	return 0
}

func (p *program) isLock(at cc.Node, t *ctype, base int) int {
	if t.kind != kSpin && t.kind != kRwsem {
		fail(at, "%s is no lock", t.name)
	}
	return base
}
