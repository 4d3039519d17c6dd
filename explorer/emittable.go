package explorer

// tableTest is a truth value that depends on the content of one cell alone, as a table with a bit for each raw content.
//
// It is what the front end's questions after one of many program counters, or after one of the mistakes that a model can make, come down to: fifty comparisons, or one
// shift. The table is made by asking the closures, with all other cells empty, which x does not read; contents beyond the type never occur.
type tableTest struct {
	place
	bits [2]uint64
}

// maxTable is the most bits of a cell that has a table.
const maxTable = 7

// worthTable is from how many comparisons on a table is shorter.
const worthTable = 3

// asTable returns the test that x is, if it is one and worth it.
func (e *emitter) asTable(x *node) (tableTest, bool) {
	switch x.op {
	case opAnd, opOr:
	case opNot:
		t, ok := e.asTable(x.a)
		t.bits[0], t.bits[1] = ^t.bits[0], ^t.bits[1]
		return t, ok
	default:
		return tableTest{}, false
	}
	cell := int64(-1)
	if x.fails || len(x.list) < worthTable || !soleCell(x, &cell) || cell < 0 || e.cells[cell].width > maxTable {
		return tableTest{}, false
	}
	if _, ok := e.asMask(x); ok {
		return tableTest{}, false
	}
	fs := e.bools(x.list) // and not e.bool(x), which asks for the table
	t := tableTest{place: e.place(cell)}
	w := e.layout.New()
	for v := range int64(1) << e.cells[cell].width {
		if !e.cells[cell].set && v > e.cells[cell].hi-e.cells[cell].lo {
			break
		}
		e.layout.Fields[cell].Put(w, uint64(v))
		holds := x.op == opAnd
		for _, f := range fs {
			if f(w) != holds {
				holds = !holds
				break
			}
		}
		if holds {
			t.bits[v/64] |= 1 << (v % 64)
		}
	}
	return t, true
}

// tables takes out of a conjunction, as far as nothing in it may fail, the parts that are about one cell and worth a table.
func (e *emitter) tables(list []*node) (tables []tableTest, rest []*node) {
	about := map[int64][]*node{}
	var order []int64
	for _, x := range list {
		if x.fails {
			break
		}
		if cell := int64(-1); soleCell(x, &cell) && cell >= 0 {
			if about[cell] == nil {
				order = append(order, cell)
			}
			about[cell] = append(about[cell], x)
		}
	}
	taken := map[*node]bool{}
	for _, cell := range order {
		if t, ok := e.asTable(&node{op: opAnd, list: about[cell]}); ok {
			tables = append(tables, t)
			for _, x := range about[cell] {
				taken[x] = true
			}
		}
	}
	if len(tables) == 0 {
		return nil, list
	}
	for _, x := range list {
		if !taken[x] {
			rest = append(rest, x)
		}
	}
	return tables, rest
}

func (t tableTest) fn() boolFn {
	i, s, m, bits := t.Word, t.Shift, t.Mask, t.bits
	if m < 64 {
		return func(w []uint64) bool { return bits[0]>>(w[i]>>(s&63)&m&63)&1 != 0 }
	}
	return func(w []uint64) bool {
		v := w[i] >> (s & 63) & m
		return bits[v>>6&1]>>(v&63)&1 != 0
	}
}

// tableTest pushes the bit of the table, 0 or 1.
func (c *coder) tableTest(t tableTest) {
	if t.Mask < 64 {
		c.i64(int64(t.bits[0]))
		c.bits(t.place)
	} else {
		v := c.local(wI64)
		c.i64(int64(t.bits[1]))
		c.i64(int64(t.bits[0]))
		c.bits(t.place)
		c.tee(v)
		c.i64(64)
		c.op(wAnd, wWrap, wSelect)
		c.get(v)
	}
	c.op(wShrU) // by so many bits modulo 64
	c.i64(1)
	c.op(wAnd, wWrap)
}
