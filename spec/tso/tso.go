// Package tso is the store buffers of total store order, as variables and expressions of a
// [spec.Model]. It imports spec and nothing else of ours.
//
// # The memory model
//
// Each CPU has a first-in first-out buffer of at most K stores. A plain store puts an entry at its
// end; a load takes the last entry of its own CPU's buffer that is for the same place, else what is
// in memory; a flush, which is an action of the machine and owed, takes the first entry out and
// writes it to memory. A locked operation is enabled only while the buffer of its CPU is empty, and
// works on memory. That is the abstract machine of Sewell, Sarkar, Owens, Zappa Nardelli and
// Myreen, "x86-TSO: A Rigorous and Usable Programmer's Model for x86 Multiprocessors" (CACM 2010),
// its lock being held for one step at most.
//
// # Where the front end makes it
//
// The front end makes the buffers while it lowers the C: the intermediate representation no longer
// has what is needed. There a step that stores under a condition assigns the old value where the
// condition is false, which in a buffer would be one more store; which accesses are locked
// operations, and which data is checked to be guarded, is not said there at all. What comes out is
// a model like any other, so all engines and exports see the same one.
//
// # Why it is right
//
//  1. One buffer a task. A task takes a step only while the buffers of the other tasks of its CPU
//     are empty. So at each moment the buffer of a CPU holds stores of one task at most, and is the
//     buffer of that task, all others of the CPU being empty: the union of the tasks' buffers is the
//     buffer of the CPU. Tasks of the kind MACHINE are no CPU: they store to memory.
//
//  2. Data that bypasses the buffers. Data that only its own task reaches is seen by nobody else, so
//     when its stores arrive can't be told. Data whose every access is checked to be under a lock L
//     (GUARDED_BY): the release of L is a store that is issued later, or a locked operation, and
//     buffers are first-in first-out; so who holds L next has waited for all stores of the critical
//     section before. In the machine with all stores buffered the new holder therefore reads the
//     same value as in the one where these stores go to memory at once, and nobody else reads at
//     all. SET_ONCE data is written before its object is published, by a store that is issued later:
//     the same. Ghost data is no memory.
//
//  3. Data that is written under L and read by anybody (WRITE_GUARDED_BY) goes through the buffers.
//     Reads under L stay both-movers: by the same argument no other buffer holds a store to it then,
//     so no flush but the reader's own can change the memory under it, and a flush of the own buffer
//     doesn't change what the own CPU reads.
//
//  4. Sequence counts. What a reader remembers becomes stale when the odd value of a writer arrives
//     in memory, and for the writer itself when it is issued: a count that the own buffer forwards
//     is read by nobody else.
//
//  5. Fusion. A store into the buffer begins a step like any store, so what is fused is a subset of
//     what is fused under sequential consistency, but for the release of a spinlock: to issue it
//     changes nothing that another task sees.
//
//  6. Properties and the buffers. A property reads the memory as it will be when the buffers have
//     been flushed, those of the first task first. Where one buffer holds stores to the place
//     (counters of one CPU, data under a lock) that is the value that was stored last.
//
//  7. The bound. A store into a full buffer fails with a bound of the model: nothing is decided
//     then, and no flush is forced.
package tso

import "mcheck/spec"

// Place is a variable, or the elements of an array, that stores to go through the buffers.
type Place struct {
	Name  string
	Index []spec.Type // of its indices
	Elem  spec.Type   // of its value: scalar, and no set
	// Values of the entry: the positions in Buffers.slots of its indices, then of its value.
	slots []int
	id    int64
}

// Buffers are the variables of the store buffers, all sequences of one length.
type Buffers struct {
	Places []*Place
	K      int
	// Which holds for each task the places of its entries, the oldest first.
	Which *spec.Var
	// slots hold the indices and values of the entries, by type.
	slots []slot
	enum  *spec.EnumType
}

// slot is a part of the entries.
type slot struct {
	v      *spec.Var
	class  class
	nth    int
	filler *spec.Lit // of entries that don't use it
	elem   spec.Type
}

// class is what one slot can hold.
type class struct {
	kind byte // b: truth values, i: integers, e: values of an enum, o: the same and NULL
	enum *spec.EnumType
}

func classOf(t spec.Type, index bool) class {
	switch t := t.(type) {
	case *spec.BoolType:
		return class{'b', nil}
	case *spec.RangeType:
		return class{'i', nil}
	case *spec.OptionType:
		return class{'o', t.Elem}
	case *spec.EnumType:
		if index {
			return class{'o', t} // the index may have been a pointer
		}
		return class{'e', t}
	}
	panic("tso: a store buffer can't hold values of type " + t.String())
}

// New makes the buffers of k entries for the places, one for each value of task. fresh makes a name
// that nothing else has.
func New(task *spec.EnumType, places []*Place, k int, fresh func(name string) string) *Buffers {
	b := &Buffers{Places: places, K: k, enum: &spec.EnumType{Name: fresh("Buffered")}}
	hull := spec.RangeType{}
	for i, p := range places {
		b.enum.Values = append(b.enum.Values, p.Name)
		p.id = int64(i)
		used := map[class]int{}
		for k, t := range append(p.Index[:len(p.Index):len(p.Index)], p.Elem) {
			if r, ok := t.(*spec.RangeType); ok {
				hull.Lo, hull.Hi = min(hull.Lo, r.Lo), max(hull.Hi, r.Hi)
			}
			c := classOf(t, k < len(p.Index))
			p.slots = append(p.slots, b.slotOf(c, used[c]))
			used[c]++
		}
	}
	buffer := func(name, doc string, elem spec.Type) *spec.Var {
		t := &spec.SeqType{Elem: elem, Cap: k}
		return &spec.Var{Name: fresh(name), Type: &spec.ArrayType{Index: task, Elem: t}, Group: "store buffers", Doc: doc,
			Init: &spec.Quant{Op: spec.MapOf, Param: &spec.Param{Name: fresh("x"), Type: task}, Body: &spec.Composite{T: t}}}
	}
	b.Which = buffer("buffer", "the places of the stores that have not reached memory, the oldest first", b.enum)
	for i := range b.slots {
		s := &b.slots[i]
		name := "buffer_"
		switch s.class.kind {
		case 'b':
			s.elem, name = spec.Bool, name+"bool"
		case 'i':
			s.elem, name = &spec.RangeType{Lo: hull.Lo, Hi: hull.Hi}, name+"int"
		case 'e':
			s.elem, name = s.class.enum, name+s.class.enum.Name
		case 'o':
			s.elem, name = &spec.OptionType{Elem: s.class.enum}, name+s.class.enum.Name
		}
		s.filler = &spec.Lit{T: s.elem}
		if s.class.kind == 'o' {
			s.filler.N = -1
		}
		s.v = buffer(name, "of these stores, indices and values", s.elem)
	}
	return b
}

// slotOf is the position of the nth slot of the class in each entry.
func (b *Buffers) slotOf(c class, nth int) int {
	for i, s := range b.slots {
		if s.class == c && s.nth == nth {
			return i
		}
	}
	b.slots = append(b.slots, slot{class: c, nth: nth})
	return len(b.slots) - 1
}

// Vars returns the variables of the buffers.
func (b *Buffers) Vars() []*spec.Var {
	out := []*spec.Var{b.Which}
	for _, s := range b.slots {
		out = append(out, s.v)
	}
	return out
}

// Enum is the type of the elements of Which.
func (b *Buffers) Enum() *spec.EnumType { return b.enum }

// Of is one of the variables for the task t in the state.
func Of(v *spec.Var, t spec.Expr) spec.Expr { return &spec.Index{X: &spec.VarRef{Var: v}, I: t} }

// Len is the number of entries in the buffer of t.
func (b *Buffers) Len(t spec.Expr) spec.Expr { return &spec.Unary{Op: spec.Len, X: Of(b.Which, t)} }

// Put calls put for each variable of the buffers with the element to append for a store of val to
// p[idx].
func (b *Buffers) Put(p *Place, idx []spec.Expr, val spec.Expr, put func(v *spec.Var, elem spec.Expr)) {
	put(b.Which, &spec.Lit{N: p.id, T: b.enum})
	parts := append(idx[:len(idx):len(idx)], val)
	for i, s := range b.slots {
		elem := spec.Expr(s.filler)
		for k, at := range p.slots {
			if at == i {
				elem = widen(parts[k], s.elem)
			}
		}
		put(s.v, elem)
	}
}

// widen gives a literal the type of the slot.
func widen(e spec.Expr, t spec.Type) spec.Expr {
	if l, ok := e.(*spec.Lit); ok {
		return &spec.Lit{N: l.N, T: t}
	}
	return e
}

// View is p[idx] as the task t reads it: what its buffer forwards, else mem.
func (b *Buffers) View(t spec.Expr, p *Place, idx []spec.Expr, mem spec.Expr) spec.Expr {
	out := mem
	n := b.Len(t)
	for k := 1; k <= b.K; k++ {
		at := &spec.Lit{N: int64(k), T: &spec.RangeType{Lo: 1, Hi: int64(b.K)}}
		elem := func(v *spec.Var) spec.Expr { return &spec.Index{X: Of(v, t), I: at} }
		hit := and(&spec.Binary{Op: spec.Ge, X: n, Y: at}, &spec.Binary{Op: spec.Eq, X: elem(b.Which), Y: &spec.Lit{N: p.id, T: b.enum}})
		for i, x := range idx {
			hit = and(hit, &spec.Binary{Op: spec.Eq, X: elem(b.slots[p.slots[i]].v), Y: widen(x, b.slots[p.slots[i]].elem)})
		}
		out = &spec.If{Cond: hit, Then: narrow(elem(b.value(p).v), p.Elem), Else: out}
	}
	return out
}

func and(x, y spec.Expr) spec.Expr { return &spec.Binary{Op: spec.And, X: x, Y: y} }

func (b *Buffers) value(p *Place) slot { return b.slots[p.slots[len(p.slots)-1]] }

// narrow is e, a value of t in a slot for wider integers, with the type t.
func narrow(e spec.Expr, t spec.Type) spec.Expr {
	r, ok := t.(*spec.RangeType)
	if !ok {
		return e
	}
	have := e.Type().(*spec.RangeType)
	if have.Hi > r.Hi {
		e = &spec.Binary{Op: spec.Min, X: e, Y: spec.Int(r.Hi)}
	}
	if have.Lo < r.Lo {
		e = &spec.Binary{Op: spec.Max, X: e, Y: spec.Int(r.Lo)}
	}
	return e
}

// Oldest is the first entry of the buffer of t, for the place p: whether it is for p, its indices
// and its value.
func (b *Buffers) Oldest(t spec.Expr, p *Place) (is spec.Expr, idx []spec.Expr, val spec.Expr) {
	head := func(v *spec.Var) spec.Expr { return &spec.Unary{Op: spec.Head, X: Of(v, t)} }
	is = &spec.Binary{Op: spec.Eq, X: head(b.Which), Y: &spec.Lit{N: p.id, T: b.enum}}
	for i, it := range p.Index {
		idx = append(idx, narrow(head(b.slots[p.slots[i]].v), it))
	}
	return is, idx, narrow(head(b.value(p).v), p.Elem)
}

// Pop takes the first entry out of the buffer of t.
func (b *Buffers) Pop(t spec.Expr) []spec.Update {
	var out []spec.Update
	for _, v := range b.Vars() {
		out = append(out, spec.Update{Var: v, Path: []spec.Selector{{Index: t}}, Value: &spec.Unary{Op: spec.Tail, X: Of(v, t)}})
	}
	return out
}

// Naming returns the variables of the buffers that may hold values of the enum or NULL.
func (b *Buffers) Naming(e *spec.EnumType) []*spec.Var {
	var out []*spec.Var
	for _, s := range b.slots {
		if s.class == (class{'o', e}) {
			out = append(out, s.v)
		}
	}
	return out
}
