package cread

import (
	"encoding/binary"
)

// value is what a cell, or a place on a stack, holds: a number, a truth value, an enumerator; a
// pointer as 1 + the slot, or 0; a function as 1 + its number; a set as a bit for each slot; a list
// as the number of the text of its slots; a spinlock as 1 + its owner; an rwsem as rwsemWriter
// says; a seq_t as in seqValue.
type value struct {
	n int64
	// loaded is, in an expression in progress, the number of the text of what was loaded from
	// shared memory for this.
	loaded int32
	kind   byte // what names are in it
	// ghost: it was computed from ghost data. Never kept from one step to the next.
	ghost bool
}

// The kinds of names that are in a value, to which the number of a pool is added; 0: none.
const (
	pointerKind = 1
	setKind     = 64
	listKind    = 128
	addressKind = 254 // the address of a field of an object
	seqKind     = 255
)

// intern returns the number of a text, 0 of the empty one.
func (p *program) intern(text string) int64 {
	n, ok := p.textNumber[text]
	if !ok {
		n = int64(len(p.texts))
		p.texts, p.textNumber[text] = append(p.texts, text), n
	}
	return n
}

// asLoaded is the value as it comes from an access, for an expression that goes on.
func (p *program) asLoaded(v value) value {
	v.loaded = int32(p.intern(string(binary.AppendVarint(nil, v.n))))
	return v
}

// both is what was loaded for x and then y.
func (p *program) both(x, y value) int32 {
	if x.loaded == 0 {
		return y.loaded
	}
	return int32(p.intern(p.texts[x.loaded] + p.texts[y.loaded]))
}

// frame is a function that is active in a task.
type frame struct {
	fn     *function
	pc     int // the next instruction; of a frame below another one, behind the call
	bottom int // the height of the stack where it began
	locals []value
}

// thread is where a task stands.
type thread struct {
	frames []frame // none: the task has finished
	stack  []value // operands of the expression in progress
	again  bool    // its last step led back to the place where it began: it stands before that
}

// state is one state of the model.
type state struct {
	mem       []value
	exists    []bool // which objects there are
	threads   []thread
	fail      int // 1 + the number of what went wrong; 0: nothing
	ghostFail int // the same, in ghost code
}

func (s *state) clone() *state {
	c := *s
	c.mem = append([]value(nil), s.mem...)
	c.exists = append([]bool(nil), s.exists...)
	c.threads = make([]thread, len(s.threads))
	for i := range s.threads {
		c.threads[i] = s.threads[i].clone()
	}
	return &c
}

func (t *thread) clone() thread {
	c := *t
	c.stack = append([]value(nil), t.stack...)
	c.frames = append([]frame(nil), t.frames...)
	for i := range c.frames {
		c.frames[i].locals = append([]value(nil), c.frames[i].locals...)
	}
	return c
}

// seqValue is a seq_t of the seqcount in the cell: fresh, or stale, as there was a write since.
func seqValue(cell int, stale bool) value {
	return value{n: 1 + 2*int64(cell) + truth(stale), kind: seqKind}
}

// nameKind is what value.kind is for a variable of type t.
func nameKind(t *ctype) byte {
	switch t.kind {
	case kPtr:
		return pointerKind + byte(t.of.pool)
	case kList:
		return listKind + byte(t.of.pool)
	case kSet:
		return setKind + byte(t.of.pool)
	case kSeq:
		return seqKind
	}
	return 0
}

// key encodes the state: two states are the same iff their keys are.
func (p *program) key(s *state) string {
	b := s.appendShared(make([]byte, 0, 2*len(s.mem)))
	b = binary.AppendUvarint(b, uint64(s.fail))
	b = binary.AppendUvarint(b, uint64(s.ghostFail))
	for i := range s.threads {
		t := &s.threads[i]
		b = append(b, byte(truth(t.again)), byte(len(t.frames)))
		for j := range t.frames {
			f := &t.frames[j]
			b = binary.AppendUvarint(b, uint64(f.fn.number))
			b = binary.AppendUvarint(b, uint64(f.pc))
			b = append(b, byte(f.bottom))
			for _, v := range f.locals {
				b = binary.AppendVarint(b, v.n)
			}
		}
		b = append(b, byte(len(t.stack)))
		for _, v := range t.stack {
			b = append(b, v.kind)
			b = binary.AppendVarint(b, v.n)
			b = binary.AppendUvarint(b, uint64(v.loaded))
		}
	}
	return string(b)
}

// stored is the value as a variable of type t holds it.
func (v value) stored(t *ctype, n int64) value {
	return value{n: n, kind: nameKind(t), ghost: v.ghost}
}

// appendShared encodes the shared data.
func (s *state) appendShared(b []byte) []byte {
	for _, v := range s.mem {
		b = binary.AppendVarint(b, v.n)
	}
	for _, e := range s.exists {
		b = append(b, byte(truth(e)))
	}
	return b
}

// decoder takes a key apart again.
type decoder struct{ b string }

func (d *decoder) byte() byte {
	x := d.b[0]
	d.b = d.b[1:]
	return x
}

func (d *decoder) uvarint() int {
	var x, shift uint64
	for {
		c := d.byte()
		x |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return int(x)
		}
		shift += 7
	}
}

func (d *decoder) varint() int64 {
	u := uint64(d.uvarint())
	x := int64(u >> 1)
	if u&1 != 0 {
		x = ^x
	}
	return x
}

func (d *decoder) value(t *ctype) value {
	return value{n: d.varint(), kind: nameKind(t)}
}

// empty is a state in which there is nothing yet.
func (p *program) empty() *state {
	return &state{
		mem:     make([]value, len(p.cells)),
		exists:  make([]bool, len(p.objects)),
		threads: make([]thread, len(p.tasks)),
	}
}

func (p *program) decode(key string) *state {
	d := &decoder{key}
	s := p.empty()
	for i := range s.mem {
		s.mem[i] = d.value(p.cells[i].typ)
	}
	for i := range s.exists {
		s.exists[i] = d.byte() != 0
	}
	s.fail, s.ghostFail = d.uvarint(), d.uvarint()
	for i := range s.threads {
		t := &s.threads[i]
		t.again = d.byte() != 0
		t.frames = make([]frame, d.byte())
		for j := range t.frames {
			f := &t.frames[j]
			f.fn = p.code[d.uvarint()]
			f.pc = d.uvarint()
			f.bottom = int(d.byte())
			f.locals = make([]value, len(f.fn.cells))
			for k := range f.locals {
				f.locals[k] = d.value(f.fn.cells[k])
			}
		}
		t.stack = make([]value, d.byte())
		for j := range t.stack {
			k := d.byte()
			n := d.varint()
			t.stack[j] = value{n: n, kind: k, loaded: int32(d.uvarint())}
		}
	}
	return s
}
