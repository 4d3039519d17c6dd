package cread

import (
	"math/bits"
	"strings"
)

// access executes an instruction that is an access, a choice, or may wait.
func (m *machine) access(in *instr) outcome {
	switch in.op {
	case opLoad:
		a := m.pop()
		if r := m.check(in, a, false); r != done {
			return r
		}
		v := m.s.mem[a.n]
		v.ghost = a.ghost || m.p.cells[a.n].ghost && m.mode == taskMode
		m.push(m.p.asLoaded(v))
	case opStore:
		a, v := m.pop(), m.pop()
		return m.store(in, a, v)
	case opAtomic:
	case opAwait:
		m.taskOnly(in)
	case opTest:
		by, c := m.pop(), m.pop()
		if c.n == 0 {
			return m.wait(in, -1, int(by.n))
		}
	case opChoose:
		m.taskOnly(in)
		m.push(value{n: int64(m.choose(int(in.n)))})
	case opChooseOne:
		return m.chooseOne(in)
	case opAlloc:
		return m.alloc(in)
	case opRelease:
		return m.release(in)
	case opFirst:
		m.push(m.existing(in, 0))
	case opNext:
		p := m.pop()
		m.push(m.existing(in, int(p.n)))
	case opSet:
		return m.collection(in)
	case opLock:
		return m.lockOperation(in)
	case opSeq:
		return m.seqOperation(in)
	}
	return done
}

// taskOnly refuses what only a task does, outside ghost code.
func (m *machine) taskOnly(in *instr) {
	if m.mode != taskMode || m.inGhost() {
		fail(in.at, "this can't stand here: ghost code, INIT and properties have one outcome, and do not wait")
	}
}

// wait is that the task waits, for the owner of a lock or for a task if that is known. An atomic
// block waits at its start only, or for a choice that it has made to be another one.
func (m *machine) wait(in *instr, lock, by int) outcome {
	m.taskOnly(in)
	if m.wrote && len(m.choices) == 0 {
		fail(in.at, "the atomic block waits after it has changed something")
	}
	m.lock, m.by = lock, by
	return blocked
}

// check is the check of an access to a cell: the object must exist, and the annotations be kept.
func (m *machine) check(in *instr, a value, write bool) outcome {
	if a.n < 0 {
		return m.noAccess(a)
	}
	c := &m.p.cells[a.n]
	if m.mode == propertyMode {
		if write {
			fail(in.at, "a property writes %s", c.name)
		}
		return done
	}
	if c.obj >= 0 && !m.s.exists[c.obj] {
		return m.wrongOf("NoUseAfterFree", in, c.name+" is accessed, which was released")
	}
	inGhost := m.mode == taskMode && m.inGhost()
	switch {
	case write && inGhost && !c.ghost:
		fail(in.at, "ghost code writes %s, which is not ghost", c.name)
	case c.ghost && !inGhost && m.mode == taskMode:
		fail(in.at, "%s is ghost data, and this is not ghost code", c.name)
	}
	if write {
		m.wrote = true
	}
	if inGhost || m.mode == initMode {
		return done
	}
	for _, g := range c.guards {
		if (write || !g.writes) && !m.holds(g.lock, write) {
			return m.wrong(in, c.name+" is accessed without its lock")
		}
	}
	if c.private && c.task != m.task {
		fail(in.at, "%s is PRIVATE, and this is that of another task", c.name)
	}
	if v := m.s.mem[a.n]; c.setOnce && !write && v.n == 0 {
		return m.wrong(in, c.name+" is read before it is set")
	} else if c.setOnce && write && v.n != 0 {
		return m.wrong(in, c.name+" is set a second time")
	}
	return done
}

// store writes v to the cell and leaves what was stored on the stack.
func (m *machine) store(in *instr, a, v value) outcome {
	if r := m.check(in, a, true); r != done {
		return r
	}
	t := m.p.cells[a.n].typ
	n, ok := t.fit(v.n)
	if !ok {
		return m.wrong(in, "a value does not fit into "+t.name)
	}
	m.s.mem[a.n] = v.stored(t, n)
	m.s.mem[a.n].ghost = false
	m.push(m.s.mem[a.n])
	return done
}

// chooseOne takes an object that exists; it waits while there is none.
func (m *machine) chooseOne(in *instr) outcome {
	m.taskOnly(in)
	var slots []int
	for slot := range m.p.pools[in.n].n {
		if m.alive(in.n, slot) {
			slots = append(slots, slot)
		}
	}
	if len(slots) == 0 {
		return m.wait(in, -1, 0)
	}
	m.push(value{n: int64(slots[m.choose(len(slots))]) + 1, kind: pointerKind + byte(in.n)})
	return done
}

// alive says whether the object in the slot of the pool exists: tasks always do.
func (m *machine) alive(pool int64, slot int) bool {
	return pool == taskPool || m.s.exists[m.p.pools[pool].first+slot]
}

// existing returns the first object from the slot on that exists, or NULL.
func (m *machine) existing(in *instr, slot int) value {
	if m.mode == taskMode && !m.inAtomic() && !m.inGhost() {
		fail(in.at, "for_each stands outside an atomic block")
	}
	for ; slot < m.p.pools[in.n].n; slot++ {
		if m.alive(in.n, slot) {
			return value{n: int64(slot) + 1, kind: pointerKind + byte(in.n)}
		}
	}
	return value{kind: pointerKind + byte(in.n)}
}

// alloc takes the first free slot whose name nothing holds.
func (m *machine) alloc(in *instr) outcome {
	if m.mode == propertyMode || m.inGhost() {
		fail(in.at, "alloc can't stand here")
	}
	pl := m.p.pools[in.n]
	held := m.held(in.n)
	for slot := range pl.n {
		o := m.p.objects[pl.first+slot]
		if m.s.exists[pl.first+slot] || held&(1<<slot) != 0 {
			continue
		}
		m.wrote = true
		m.s.exists[pl.first+slot] = true
		clear(m.s.mem[o.base : o.base+o.size])
		m.push(value{n: int64(slot) + 1, kind: pointerKind + byte(in.n)})
		return done
	}
	return m.wrongOf("WithinBounds", in, "the pool of struct "+pl.of.name+" is too small")
}

// held returns the slots of the pool whose names are held: by shared memory, and by what is kept of
// the locals and operands of tasks. Ghost data holds nothing: it must not influence the run.
func (m *machine) held(pool int64) (slots uint64) {
	hold := func(v value) {
		switch v.kind {
		case pointerKind + byte(pool):
			if v.n != 0 {
				slots |= 1 << (v.n - 1)
			}
		case listKind + byte(pool):
			for _, slot := range []byte(m.p.texts[v.n]) {
				slots |= 1 << slot
			}
		case setKind + byte(pool):
			slots |= uint64(v.n)
		case addressKind:
			if v.n < 0 || m.p.cells[v.n].obj < 0 {
				break
			}
			if o := m.p.objects[m.p.cells[v.n].obj]; int64(o.pool) == pool {
				slots |= 1 << o.slot
			}
		}
	}
	for i, v := range m.s.mem {
		if !m.p.cells[i].ghost {
			hold(v)
		}
	}
	threads := m.s.threads
	if m.mode == initMode {
		threads = []thread{*m.t}
	}
	for i := range threads {
		t := &threads[i]
		for j := range t.frames {
			f := &t.frames[j]
			keep := f.kept(j == len(t.frames)-1)
			for k, v := range f.locals {
				if keep[k] && !f.fn.ghost[k] {
					hold(v)
				}
			}
		}
		for _, v := range t.stack {
			hold(v)
		}
	}
	return slots
}

// kept returns which locals of the frame are kept; top: it is the last one.
func (f *frame) kept(top bool) []bool {
	if top {
		return f.fn.keep[f.pc]
	}
	return f.fn.keepIn[f.pc]
}

func (m *machine) release(in *instr) outcome {
	if m.mode == propertyMode || m.inGhost() {
		fail(in.at, "release can't stand here")
	}
	x := m.pop()
	if x.n == 0 {
		return m.wrong(in, "NULL is released")
	}
	i := m.p.pools[in.n].first + int(x.n) - 1
	if !m.s.exists[i] {
		return m.wrongOf("NoUseAfterFree", in, "what was released is released again")
	}
	m.wrote = true
	m.s.exists[i] = false
	o := m.p.objects[i]
	clear(m.s.mem[o.base : o.base+o.size])
	m.push(value{})
	return done
}

// collection executes an operation on a set or a list, shared or local.
func (m *machine) collection(in *instr) outcome {
	if in.what == "list_splice_tail" {
		b, a := m.pop(), m.pop()
		from, r := m.contents(in, in.v, a, true)
		if r != done {
			return r
		}
		to, r := m.contents(in, in.w, b, true)
		if r != done {
			return r
		}
		m.content = m.ghostly(in.v, a) || m.ghostly(in.w, b)
		first, last := m.p.texts[to.n], m.p.texts[from.n]
		if strings.ContainsAny(first, last) {
			return m.wrong(in, "the list has it already")
		}
		to.n, from.n = m.p.intern(first+last), 0
		m.push(value{})
		return done
	}
	x := value{}
	if in.n == 2 {
		x = m.pop()
	}
	a := m.pop()
	writes := !strings.HasSuffix(in.what, "_has") && !strings.HasSuffix(in.what, "_empty") && in.what != "list_first"
	v, r := m.contents(in, in.v, a, writes)
	if r != done {
		return r
	}
	of := m.ghostly(in.v, a)
	result := value{ghost: of || a.ghost || x.ghost}
	if (in.what == "set_add" || in.what == "list_add" || in.what == "list_add_tail") && x.n == 0 {
		return m.wrong(in, "NULL is added")
	}
	m.content = of
	slot, list := string(byte(x.n-1)), ""
	if in.typ.kind == kList {
		list = m.p.texts[v.n]
	}
	switch in.what {
	case "set_add":
		v.n |= 1 << (x.n - 1)
	case "set_del":
		if x.n > 0 {
			v.n &^= 1 << (x.n - 1)
		}
	case "set_clear":
		v.n = 0
	case "set_has":
		result.n = truth(x.n > 0 && v.n&(1<<(x.n-1)) != 0)
	case "set_empty":
		result.n = truth(v.n == 0)
	case "list_add", "list_add_tail":
		if strings.Contains(list, slot) {
			return m.wrong(in, "the list has it already")
		}
		if in.what == "list_add" {
			list = slot + list
		} else {
			list += slot
		}
	case "list_del":
		if x.n == 0 || !strings.Contains(list, slot) {
			return m.wrong(in, "the list does not have it")
		}
		list = strings.Replace(list, slot, "", 1)
	case "list_first", "list_pop":
		if list == "" {
			return m.wrong(in, "the list is empty")
		}
		result.n, result.kind = int64(list[0])+1, pointerKind+byte(in.typ.of.pool)
		if in.what == "list_pop" {
			list = list[1:]
		}
	case "list_has":
		result.n = truth(x.n > 0 && strings.Contains(list, slot))
	case "list_empty":
		result.n = truth(list == "")
	}
	if in.typ.kind == kList {
		v.n = m.p.intern(list)
	}
	v.kind = nameKind(in.typ)
	if in.v == nil {
		result = m.p.asLoaded(result)
	}
	m.push(result)
	return done
}

// ghostly says whether what is in a set or a list is ghost data, or was computed from it.
func (m *machine) ghostly(local *variable, a value) bool {
	if local != nil {
		return local.data || m.top().locals[a.n].ghost
	}
	return m.p.cells[a.n].ghost && m.mode == taskMode
}

// contents returns where the set or list at the address is kept.
func (m *machine) contents(in *instr, local *variable, a value, write bool) (*value, outcome) {
	switch {
	case a.n < 0:
		return nil, m.noAccess(a)
	case local != nil:
		return &m.top().locals[a.n], done
	}
	return &m.s.mem[a.n], m.check(in, a, write)
}

// An rwsem holds a bit for each reader, shifted by one; or 1 + twice (1 + the number of the
// writer).
func rwsemWriter(n int64) int {
	if n&1 == 1 {
		return int(n>>1) - 1
	}
	return -1
}

// holds says whether the task holds the lock; write: so that it may write.
func (m *machine) holds(lock int, write bool) bool {
	n := m.s.mem[lock].n
	if m.p.cells[lock].typ.kind == kSpin {
		return n == int64(m.task)+1
	}
	return rwsemWriter(n) == m.task || !write && n&1 == 0 && n&(2<<m.task) != 0
}

// holders returns the tasks that hold the lock.
func (p *program) holders(s *state, lock int) (tasks []int) {
	n := s.mem[lock].n
	switch {
	case n == 0:
	case p.cells[lock].typ.kind == kSpin:
		tasks = append(tasks, int(n)-1)
	case n&1 == 1:
		tasks = append(tasks, rwsemWriter(n))
	default:
		for r := uint64(n) >> 1; r != 0; r &= r - 1 {
			tasks = append(tasks, bits.TrailingZeros64(r))
		}
	}
	return tasks
}

func (m *machine) lockOperation(in *instr) outcome {
	a := m.pop()
	if a.n < 0 {
		return m.noAccess(a)
	}
	l := int(a.n)
	if in.what != "lock_is_held" && in.what != "spin_is_locked" {
		m.taskOnly(in)
	} else if m.mode == initMode || m.mode == propertyMode && in.what == "lock_is_held" {
		fail(in.at, "there is no current task here")
	}
	if c := m.p.cells[l]; c.obj >= 0 && !m.s.exists[c.obj] && m.mode != propertyMode {
		return m.wrongOf("NoUseAfterFree", in, c.name+" is accessed, which was released")
	}
	v := &m.s.mem[l]
	me := int64(m.task) + 1
	result := int64(0)
	n := v.n
	switch in.what {
	case "spin_lock":
		if n != 0 {
			return m.wait(in, l, 0)
		}
		n = me
	case "spin_trylock":
		if n == 0 {
			n, result = me, 1
		}
	case "spin_unlock", "up_write":
		if !m.holds(l, true) {
			return m.wrong(in, "the lock is not held")
		}
		n = 0
	case "spin_is_locked":
		result = truth(n != 0)
	case "lock_is_held":
		result = truth(m.holds(l, false))
	case "down_read":
		if n&1 == 0 && n&(2<<m.task) != 0 {
			return m.wrong(in, "the task reads under the lock already")
		}
		if n&1 == 1 {
			return m.wait(in, l, 0)
		}
		n |= 2 << m.task
	case "down_write":
		if n != 0 {
			return m.wait(in, l, 0)
		}
		n = me<<1 | 1
	case "up_read":
		if n&1 == 1 || n&(2<<m.task) == 0 {
			return m.wrong(in, "the lock is not held")
		}
		n &^= 2 << m.task
	case "downgrade_write":
		if !m.holds(l, true) {
			return m.wrong(in, "the lock is not held")
		}
		n = 2 << m.task
	}
	m.wrote = m.wrote || n != v.n
	v.n = n
	m.push(value{n: result})
	return done
}

// seqOperation executes an operation on a seqcount, which is 1 while it is odd.
func (m *machine) seqOperation(in *instr) outcome {
	if m.mode == propertyMode || m.mode == initMode || m.inGhost() {
		fail(in.at, "this is for tasks, outside ghost code")
	}
	seq := value{}
	if in.n == 2 {
		seq = m.pop()
	}
	cell := int(m.pop().n)
	result := value{}
	switch in.what {
	case "write_seqcount_begin":
		m.wrote = true
		m.s.mem[cell].n = 1
		m.stale(cell)
	case "write_seqcount_end":
		m.wrote = true
		m.s.mem[cell].n = 0
	case "read_seqbegin":
		if m.s.mem[cell].n != 0 {
			return m.wait(in, -1, 0)
		}
		result = seqValue(cell, false)
	case "read_seqretry":
		if seq != seqValue(cell, false) && seq != seqValue(cell, true) {
			fail(in.at, "the seq_t is not set, or is that of another seqcount")
		}
		result.n = truth(seq == seqValue(cell, true))
	}
	m.push(result)
	return done
}

// stale marks what everybody remembers of the seqcount.
func (m *machine) stale(cell int) {
	mark := func(vs []value) {
		for i, v := range vs {
			if v.kind == seqKind && v.n == seqValue(cell, false).n {
				vs[i] = seqValue(cell, true)
			}
		}
	}
	mark(m.s.mem)
	for i := range m.s.threads {
		t := &m.s.threads[i]
		mark(t.stack)
		for j := range t.frames {
			mark(t.frames[j].locals)
		}
	}
}
