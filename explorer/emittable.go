package explorer

// tableTest is a truth value that depends on the content of one cell alone, as a table with a bit
// for each raw content.
//
// It is what the front end's questions after one of many program counters, or after one of the
// mistakes that a model can make, come down to: fifty comparisons, or one shift. The table is made
// by asking the closures, with all other cells empty, which x does not read; contents beyond the
// type never occur.
type tableTest struct {
	place
	bits []uint64 // a power of two words
}

// maxTable is the most bits of a cell that has a table.
const maxTable = 9

// worthTable is from how many comparisons on a table is shorter, if it has one word or two; a
// longer one takes as many as it has words.
const worthTable = 3

// tableWords is how many words the table of a cell of so many bits has.
func tableWords(width int) int { return 1 << max(0, width-6) }

// asTable returns the test that x is, if it is one and worth it.
func (e *emitter) asTable(x *node) (tableTest, bool) {
	switch x.op {
	case opAnd, opOr:
	case opNot:
		t, ok := e.asTable(x.a)
		for i := range t.bits {
			t.bits[i] = ^t.bits[i]
		}
		return t, ok
	default:
		return tableTest{}, false
	}
	cell := int64(-1)
	if x.fails || len(x.list) < worthTable || !soleCell(x, &cell) || cell < 0 || e.cells[cell].width > maxTable {
		return tableTest{}, false
	}
	words := tableWords(e.cells[cell].width)
	if len(x.list) < words {
		return tableTest{}, false
	}
	if _, ok := e.asMask(x); ok {
		return tableTest{}, false
	}
	fs := e.bools(x.list) // and not e.bool(x), which asks for the table
	t := tableTest{place: e.place(cell), bits: make([]uint64, words)}
	w := e.layout.New()
	for v := range int64(1) << e.cells[cell].width {
		if !e.cells[cell].occurs(v) {
			continue
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

// tables takes out of a conjunction, as far as nothing in it may fail, the parts that are about one
// cell and worth a table.
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
	if len(bits) == 1 {
		b := bits[0]
		return func(w []uint64) bool { return b>>(w[i]>>(s&63)&m&63)&1 != 0 }
	}
	return func(w []uint64) bool {
		v := w[i] >> (s & 63) & m
		return bits[v>>6]>>(v&63)&1 != 0
	}
}

// tableTest pushes the bit of the table, 0 or 1.
func (c *coder) tableTest(t tableTest) {
	if len(t.bits) == 1 {
		c.i64(int64(t.bits[0]))
		c.bits(t.place)
	} else {
		v := c.local(wI64)
		c.bits(t.place)
		c.set(v)
		c.tableWord(t.bits, v)
		c.get(v)
	}
	c.op(wShrU) // by so many bits modulo 64
	c.i64(1)
	c.op(wAnd, wWrap)
}

// tableWord pushes the word of a table that the content in v chooses: by its highest bit one of the
// halves, and so on.
func (c *coder) tableWord(words []uint64, v int) {
	half := len(words) / 2
	if half == 0 {
		c.i64(int64(words[0]))
		return
	}
	c.tableWord(words[half:], v)
	c.tableWord(words[:half], v)
	c.get(v)
	c.i64(int64(half) * 64)
	c.op(wAnd, wWrap, wSelect)
}
