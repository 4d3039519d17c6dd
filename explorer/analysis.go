package explorer

import "math/bits"

// This file finds what values each cell can hold, by abstract interpretation: instead of states
// there is one set of values for each cell.
//
// A cell begins with what it holds in the initial states. A ground action whose guard can hold, for
// the values found so far, stores what its right-hand sides can be for these: that is joined to the
// cell's set, until nothing is new. What comes out includes every reachable state, by induction
// over the steps that lead to it: the cells of the state before hold values that were found, so the
// step was looked at with these, and what it stores was joined. (Of an expression that fails
// nothing comes out: that step is not taken.) It ends, as sets only grow and a set that leaves the
// window becomes the whole type.
//
// The analysis knows nothing of which values come together, but for what the conditions on the way
// to a store say of single cells.

// abstract is what a cell can hold: a set of values or, where it holds a set, the elements that
// this surely and possibly has.
type abstract struct {
	valueSet
	must, may uint64
}

func exactly(v int64) abstract { return abstract{valueSet: only(v), must: uint64(v), may: uint64(v)} }

// constant reports whether a cell has one value, which is v. set says whether the cell holds a set.
func (x *abstract) constant(set bool) (v int64, ok bool) {
	if set {
		return int64(x.may), x.must == x.may
	}
	return x.lo, x.lo == x.hi
}

// analysis is the one of a program.
type analysis struct {
	p       *program
	cells   []abstract
	readers [][]int32 // of cells: the grounds that read them
	looks   []look    // of grounds
	fuel    int       // see maxFuel
}

// look says whether a ground is to be looked at, as something that it reads has changed, and
// whether it was found possible.
type look struct{ due, possible bool }

// maxFuel bounds the work on one look at a ground, in nodes: one that several others share is
// looked at several times. Beyond that all values are possible.
const maxFuel = 20_000

// assumed is what a condition says of a cell that holds no set.
type assumed struct {
	cell int64
	v    valueSet
}

// assumptions are what the conditions on the way say; the last about a cell counts. They are used
// as a stack: what is appended may overwrite what was appended for a way that has been looked at.
type assumptions []assumed

// analyse finds what the cells of p can hold, and which of its grounds are possible.
func (p *program) analyse(fuel int) *analysis {
	an := &analysis{p: p, cells: make([]abstract, len(p.cells)), readers: make([][]int32, len(p.cells)), looks: make([]look, len(p.grounds))}
	an.begin()
	an.read()
	stack := make(assumptions, 0, 256)
	for again := true; again; {
		again = false
		for i := range an.looks {
			l := &an.looks[i]
			if !l.due {
				continue
			}
			again, l.due = true, false
			an.fuel = fuel
			g := &p.grounds[i]
			as, ok := an.assume(g.guard, true, stack)
			if ok {
				an.body(g.body, as)
			}
			// a guard that can't be evaluated is an error that must be found
			l.possible = l.possible || ok || g.guard.fails
		}
	}
	return an
}

// begin sets the cells to what they hold in the initial states.
func (an *analysis) begin() {
	for i := range an.p.cells {
		c := &an.p.cells[i]
		an.cells[i] = abstract{valueSet: between(c.lo, c.hi), may: fullMask(c.width)}
	}
	for i, t := range an.p.trees {
		if an.p.model.Vars[i].Init == nil {
			continue
		}
		cells := t.cellsOf(nil)
		for k, x := range an.p.init[i].leaves(nil) {
			an.cells[cells[k]] = exactly(x.n)
		}
	}
}

// read notes which cells the grounds read, and that all grounds are to be looked at.
func (an *analysis) read() {
	seen := map[*node]int{} // node → who read it last, counted from 1
	var walk func(x *node, i int)
	walk = func(x *node, i int) {
		switch {
		case x == nil || x.op == opConst || x.op == opFail:
			return
		case x.op == opCell:
			if r := an.readers[x.n]; len(r) == 0 || r[len(r)-1] != int32(i) {
				an.readers[x.n] = append(r, int32(i))
			}
			return
		case len(x.list) > 0 || x.c != nil: // of the others there is not much to save
			if seen[x] == i+1 {
				return
			}
			seen[x] = i + 1
		}
		walk(x.a, i)
		walk(x.b, i)
		walk(x.c, i)
		for _, y := range x.list {
			walk(y, i)
		}
	}
	for i := range an.looks {
		an.looks[i].due = true
		g := &an.p.grounds[i]
		walk(g.guard, i)
		g.body.each(func(x *node) { walk(x, i) })
	}
}

// body joins what b can store.
func (an *analysis) body(b *body, as assumptions) {
	if b.cond == nil {
		for i := range b.stores {
			s, ok := &b.stores[i], true
			if as, ok = an.evaluated(s.index, as); !ok {
				return
			}
			if as, ok = an.evaluated(s.value, as); !ok {
				return
			}
		}
		for i := range b.stores {
			an.store(&b.stores[i], b.stores[i].index, as)
		}
		return
	}
	if then, ok := an.assume(b.cond, true, as); ok {
		an.body(b.then, then)
	}
	if els, ok := an.assume(b.cond, false, as); ok {
		an.body(b.els, els)
	}
}

// store joins what s can store. at is its index: one that depends on a condition is looked at case
// by case, as the value often depends on the same.
func (an *analysis) store(s *store, at *node, as assumptions) {
	if s.cells[0] < 0 {
		return
	}
	if at = an.through(at, as); at.op == opIte && an.fuel > 0 {
		if then, ok := an.assume(at.a, true, as); ok {
			an.store(s, at.b, then)
		}
		if els, ok := an.assume(at.a, false, as); ok {
			an.store(s, at.c, els)
		}
		return
	}
	in := only(0)
	if len(s.cells) > 1 {
		in = an.values(at, as)
	}
	var v abstract
	if an.p.cells[s.cells[0]].set {
		v.must, v.may = an.mask(s.value, as)
	} else {
		v.valueSet = an.values(s.value, as)
	}
	for i, c := range s.cells {
		if in.has(int64(i)) {
			an.join(c, v)
		}
	}
}

// join adds v to what cell c can hold. Who reads it is to be looked at again if that is new.
func (an *analysis) join(c int, v abstract) {
	x, now := &an.p.cells[c], an.cells[c]
	switch {
	case x.set:
		now.must, now.may = now.must&v.must, now.may|v.may&fullMask(x.width)
	case v.lo == v.hi && now.has(v.lo):
		return // as below, but faster
	default:
		whole := between(x.lo, x.hi)
		now.valueSet = now.join(v.meet(whole))
		if !now.exact() {
			now.valueSet = whole
		}
	}
	if now == an.cells[c] {
		return
	}
	an.cells[c] = now
	for _, g := range an.readers[c] {
		an.looks[g].due = true
	}
}

// plain reports whether x is a cell that holds no set.
func (an *analysis) plain(x *node) bool { return x.op == opCell && !an.p.cells[x.n].set }

// of is what cell c, which holds no set, can hold. It must be used at once: it may lie in as.
func (an *analysis) of(c int64, as assumptions) *valueSet {
	for i := len(as) - 1; i >= 0; i-- {
		if as[i].cell == c {
			return &as[i].v
		}
	}
	return &an.cells[c].valueSet
}

// through is what x stands for if it is evaluated without failing: what lies behind checks and
// known indices.
func (an *analysis) through(x *node, as assumptions) *node {
	for {
		switch x.op {
		case opCheck:
			x = x.b
		case opStrict:
			x = x.a
		case opSelect:
			at := an.values(x.a, as)
			if at.lo != at.hi || at.lo < x.n || at.lo-x.n >= int64(len(x.list)) {
				return x
			}
			x = x.list[at.lo-x.n]
		default:
			return x
		}
	}
}

// evaluated returns as with what it says that x is evaluated without failing: that the checks hold
// in those parts that are always evaluated. ok is false if that can't be.
func (an *analysis) evaluated(x *node, as assumptions) (_ assumptions, ok bool) {
	if x == nil || !x.fails {
		return as, true
	}
	if an.fuel--; an.fuel < 0 {
		return as, true
	}
	parts := x.list
	switch x.op {
	case opFail:
		return as, false
	case opAnd, opOr:
		parts = parts[:1]
	case opSelect:
		return an.evaluated(x.a, as)
	case opCheck:
		if x.a != nil {
			if as, ok = an.assume(x.a, true, as); !ok {
				return as, false
			}
			return an.evaluated(x.b, as)
		}
		as, ok = an.evaluated(x.b, as)
		if b := an.through(x.b, as); ok && an.plain(b) {
			return an.lies(b, x.n, x.m, as)
		}
		return as, ok
	case opIte:
		return an.evaluated(x.a, as)
	}
	for _, y := range parts {
		if as, ok = an.evaluated(y, as); !ok {
			return as, false
		}
	}
	if as, ok = an.evaluated(x.a, as); !ok {
		return as, false
	}
	return an.evaluated(x.b, as)
}

// assume returns as with what it says that x holds, or that it does not; ok is false if that can't
// be.
func (an *analysis) assume(x *node, holds bool, as assumptions) (_ assumptions, ok bool) {
	if an.fuel--; an.fuel < 0 {
		return as, true
	}
	if as, ok = an.evaluated(x, as); !ok {
		return as, false
	}
	switch x = an.through(x, as); x.op {
	case opNot:
		return an.assume(x.a, !holds, as)
	case opAnd, opAll, opOr:
		if holds == (x.op == opOr) {
			break // one of several
		}
		for _, y := range x.list {
			if as, ok = an.assume(y, holds, as); !ok {
				return as, false
			}
		}
		return as, true
	case opCell:
		if an.plain(x) {
			return an.is(x, 1, holds, as)
		}
	case opEq:
		if a := an.through(x.a, as); an.plain(a) && x.b.op == opConst {
			return an.is(a, x.b.n, holds, as)
		}
	case opLt, opLe:
		d := int64(0) // x.a < x.b + d
		if x.op == opLe {
			d = 1
		}
		const huge = 1 << 62
		switch a, b := an.through(x.a, as), an.through(x.b, as); {
		case an.plain(a) && b.op == opConst && b.n > -huge && b.n < huge:
			if holds {
				return an.lies(a, a.lo, b.n+d-1, as)
			}
			return an.lies(a, b.n+d, a.hi, as)
		case a.op == opConst && an.plain(b) && a.n > -huge && a.n < huge:
			if holds {
				return an.lies(b, a.n-d+1, b.hi, as)
			}
			return an.lies(b, b.lo, a.n-d, as)
		}
	}
	f, t := an.truth(x, as)
	return as, holds && t || !holds && f
}

// is assumes that cell x holds v, or that it does not.
func (an *analysis) is(x *node, v int64, holds bool, as assumptions) (assumptions, bool) {
	switch old := an.of(x.n, as); {
	case !old.has(v):
		return as, !holds
	case old.lo == old.hi:
		return as, holds
	case holds:
		return append(as, assumed{x.n, only(v)}), true
	default:
		return append(as, assumed{x.n, old.without(v)}), true
	}
}

// lies assumes that cell x holds something from lo to hi.
func (an *analysis) lies(x *node, lo, hi int64, as assumptions) (assumptions, bool) {
	old := an.of(x.n, as)
	if old.lo >= lo && old.hi <= hi {
		return as, !old.empty()
	}
	now := old.meet(between(lo, hi))
	return append(as, assumed{x.n, now}), !now.empty()
}

// truth is whether x can be false, and whether it can be true.
func (an *analysis) truth(x *node, as assumptions) (f, t bool) {
	switch x.op {
	case opNot:
		f, t = an.truth(x.a, as)
		return t, f
	case opAnd, opAll, opOr:
		// What decides is a false part of a conjunction, a true one of a disjunction. Each comes
		// after others that don't.
		decides := x.op == opOr
		can := false
		for _, y := range x.list {
			f, t := an.truth(y, as)
			if f && !decides || t && decides {
				can = true
			}
			var ok bool
			if as, ok = an.assume(y, !decides, as); !ok {
				return !decides, decides
			}
		}
		return can || decides, can || !decides
	case opEq:
		if an.plain(x.a) && x.b.op == opConst {
			v := an.of(x.a.n, as)
			return v.lo < v.hi || v.lo != x.b.n, v.has(x.b.n)
		}
	}
	v := an.values(x, as)
	return v.has(0), v.has(1)
}

// values is what x, which is no set, can be.
func (an *analysis) values(x *node, as assumptions) valueSet {
	if an.fuel--; an.fuel < 0 {
		return between(x.lo, x.hi)
	}
	switch x.op {
	case opConst:
		return only(x.n)
	case opFail:
		return noValue
	case opCell:
		if an.plain(x) {
			return *an.of(x.n, as)
		}
		// A set of one element is also whether it has it.
		if c := &an.cells[x.n]; int64(c.may) >= 0 {
			return between(int64(c.must), int64(c.may))
		}
	case opNot, opAnd, opOr, opAll:
		return truths(an.truth(x, as))
	case opStrict:
		return an.values(x.a, as)
	case opCheck:
		if x.a == nil {
			return an.values(x.b, as).meet(between(x.n, x.m))
		}
		as, ok := an.assume(x.a, true, as)
		if !ok {
			return noValue
		}
		return an.values(x.b, as)
	case opIte:
		out := noValue
		if then, ok := an.assume(x.a, true, as); ok {
			out = an.values(x.b, then)
		}
		if els, ok := an.assume(x.a, false, as); ok {
			out = out.join(an.values(x.c, els))
		}
		return out
	case opSelect:
		out := noValue
		at := an.values(x.a, as)
		for i, y := range x.list {
			if at.has(x.n + int64(i)) {
				out = out.join(an.values(y, as))
			}
		}
		return out
	case opEq:
		return an.equal(x, as)
	case opLt, opLe:
		a, b := an.values(x.a, as), an.values(x.b, as)
		switch {
		case a.empty() || b.empty():
			return noValue
		case x.op == opLt:
			return truths(a.hi >= b.lo, a.lo < b.hi)
		}
		return truths(a.hi > b.lo, a.lo <= b.hi)
	case opAdd, opSub, opMul, opDiv, opMod, opMin, opMax:
		if out, ok := combine(x.op, an.values(x.a, as), an.values(x.b, as)); ok {
			return out
		}
	case opSum:
		out, ok := only(0), true
		for _, y := range x.list {
			if out, ok = combine(opAdd, out, an.values(y, as)); !ok {
				return between(x.lo, x.hi)
			}
		}
		return out
	case opPop:
		must, may := an.mask(x.a, as)
		return between(int64(bits.OnesCount64(must)), int64(bits.OnesCount64(may)))
	case opBit:
		must, may := an.mask(x.b, as)
		at := an.values(x.a, as)
		f, t := at.lo < x.n || at.hi >= x.n+x.m, false
		for i := range x.m {
			if at.has(x.n + i) {
				f, t = f || must>>i&1 == 0, t || may>>i&1 != 0
			}
		}
		return truths(f, t)
	}
	return between(x.lo, x.hi)
}

func (an *analysis) equal(x *node, as assumptions) valueSet {
	if an.isMask(x.a) || an.isMask(x.b) {
		amust, amay := an.mask(x.a, as)
		bmust, bmay := an.mask(x.b, as)
		return truths(amust != amay || bmust != bmay || amay != bmay, amust&^bmay == 0 && bmust&^amay == 0)
	}
	a, b := an.values(x.a, as), an.values(x.b, as)
	if a.empty() || b.empty() {
		return noValue
	}
	both := a.meet(b)
	return truths(a.lo != b.hi || b.lo != a.hi, !both.empty())
}

// truths is the set of the truth values that can be.
func truths(f, t bool) valueSet {
	switch {
	case f && t:
		return between(0, 1)
	case f:
		return only(0)
	case t:
		return only(1)
	}
	return noValue
}

// maxPairs bounds the pairs of operands that an operation is done for.
const maxPairs = 1 << 12

// combine is what operation o can make of a and b, unless that is too much work.
func combine(o op, a, b valueSet) (_ valueSet, ok bool) {
	switch {
	case a.empty() || b.empty():
		return noValue, true
	case !a.exact() || !b.exact() || a.size()*b.size() > maxPairs:
		return noValue, false
	}
	out := noValue
	a.each(func(p int64) {
		b.each(func(q int64) {
			if o != opDiv && o != opMod || q > 0 { // else it fails
				out.add(calc(o, p, q))
			}
		})
	})
	return out, true
}

// isMask reports whether x is seen to be a set. Constants are not, but they compare as sets as they
// do as integers.
func (an *analysis) isMask(x *node) bool {
	switch x.op {
	case opCell:
		return an.p.cells[x.n].set
	case opBitAnd, opBitOr, opAndNot, opShl:
		return true
	case opIte:
		return an.isMask(x.b) || an.isMask(x.c)
	case opCheck:
		return an.isMask(x.b)
	case opStrict:
		return an.isMask(x.a)
	case opSelect:
		for _, y := range x.list {
			if an.isMask(y) {
				return true
			}
		}
	}
	return false
}

// mask is the elements that x, a set, surely and possibly has. Of one that fails it may say that it
// has all, and none.
func (an *analysis) mask(x *node, as assumptions) (must, may uint64) {
	if an.fuel--; an.fuel < 0 {
		return 0, ^uint64(0)
	}
	must, may = ^uint64(0), 0
	or := func(y *node, as assumptions) {
		a, b := an.mask(y, as)
		must, may = must&a, may|b
	}
	switch x.op {
	case opConst:
		return uint64(x.n), uint64(x.n)
	case opFail:
	case opStrict:
		return an.mask(x.a, as)
	case opCheck:
		return an.mask(x.b, as)
	case opIte:
		if then, ok := an.assume(x.a, true, as); ok {
			or(x.b, then)
		}
		if els, ok := an.assume(x.a, false, as); ok {
			or(x.c, els)
		}
	case opSelect:
		at := an.values(x.a, as)
		for i, y := range x.list {
			if at.has(x.n + int64(i)) {
				or(y, as)
			}
		}
	case opBitAnd, opBitOr, opAndNot:
		amust, amay := an.mask(x.a, as)
		bmust, bmay := an.mask(x.b, as)
		switch x.op {
		case opBitAnd:
			return amust & bmust, amay & bmay
		case opBitOr:
			return amust | bmust, amay | bmay
		}
		return amust &^ bmay, amay &^ bmust
	case opShl:
		at := an.values(x.a, as)
		for i := range int64(64) {
			if at.has(x.n + i) {
				must, may = must&(1<<i), may|1<<i
			}
		}
	default:
		if x.op == opCell && an.p.cells[x.n].set {
			return an.cells[x.n].must, an.cells[x.n].may
		}
		// A truth value stands for the set of the first element if it holds.
		v := an.values(x, as)
		if !v.exact() {
			return 0, ^uint64(0)
		}
		v.each(func(n int64) { must, may = must&uint64(n), may|uint64(n) })
	}
	return must, may
}
