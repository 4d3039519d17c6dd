package explorer

import "slices"

// This file encodes WebAssembly 1.0 modules with multi-value blocks left out: one memory, mutable
// globals of i32, functions, all of them exported or not by name. Numbers and layout are those of
// the "Binary Format" chapter of the WebAssembly Core Specification.

// Types of values, and the type of a block without a result.
const (
	wI32  byte = 0x7f
	wI64  byte = 0x7e
	wVoid byte = 0x40
)

// wop is an instruction without operands in the code.
type wop byte

const (
	wReturn wop = 0x0f
	wDrop   wop = 0x1a
	wSelect wop = 0x1b

	wI32Eqz wop = 0x45
	wI32Ne  wop = 0x47
	wI32GtU wop = 0x4b
	wI32GeU wop = 0x4f
	wI64Eqz wop = 0x50
	wI64Eq  wop = 0x51
	wI64Ne  wop = 0x52
	wI64LtS wop = 0x53
	wI64LtU wop = 0x54
	wI64GtS wop = 0x55
	wI64GtU wop = 0x56
	wI64LeS wop = 0x57
	wI64GeS wop = 0x59

	wI32Add wop = 0x6a
	wI32Sub wop = 0x6b
	wI32Mul wop = 0x6c
	wI32And wop = 0x71
	wI32Or  wop = 0x72
	wI32Shl wop = 0x74

	wPopcnt wop = 0x7b
	wAdd    wop = 0x7c
	wSub    wop = 0x7d
	wMul    wop = 0x7e
	wDivS   wop = 0x7f
	wRemS   wop = 0x81
	wAnd    wop = 0x83
	wOr     wop = 0x84
	wXor    wop = 0x85
	wShl    wop = 0x86
	wShrS   wop = 0x87
	wShrU   wop = 0x88

	wWrap   wop = 0xa7 // i64 to i32
	wExtend wop = 0xad // unsigned i32 to i64
)

// wasmModule is a module under construction.
type wasmModule struct {
	pages   uint32 // of memory, 64 KiB each
	globals int    // mutable i32, initially 0
	funcs   []*wasmFunc
}

// wasmFunc is a function under construction. Parameters are the first locals.
type wasmFunc struct {
	index   int
	export  string // "": none
	params  []byte
	results []byte
	locals  []byte // types of the other locals
	code    []byte
	depth   int // blocks that are open
}

func (m *wasmModule) function(export string, params, results []byte) *wasmFunc {
	f := &wasmFunc{index: len(m.funcs), export: export, params: params, results: results}
	m.funcs = append(m.funcs, f)
	return f
}

// local returns a new local of type t.
func (f *wasmFunc) local(t byte) int {
	f.locals = append(f.locals, t)
	return len(f.params) + len(f.locals) - 1
}

func (f *wasmFunc) op(ops ...wop) {
	for _, o := range ops {
		f.code = append(f.code, byte(o))
	}
}

func (f *wasmFunc) i32(n int32) { f.code = appendS(append(f.code, 0x41), int64(n)) }
func (f *wasmFunc) i64(n int64) { f.code = appendS(append(f.code, 0x42), n) }

func (f *wasmFunc) get(local int) { f.code = appendU(append(f.code, 0x20), uint64(local)) }
func (f *wasmFunc) set(local int) { f.code = appendU(append(f.code, 0x21), uint64(local)) }
func (f *wasmFunc) tee(local int) { f.code = appendU(append(f.code, 0x22), uint64(local)) }

func (f *wasmFunc) getGlobal(g int) { f.code = appendU(append(f.code, 0x23), uint64(g)) }
func (f *wasmFunc) setGlobal(g int) { f.code = appendU(append(f.code, 0x24), uint64(g)) }

// The loads and stores take an address below, and add offset.
func (f *wasmFunc) memory(opcode byte, log2align, offset int) {
	f.code = appendU(append(f.code, opcode, byte(log2align)), uint64(offset))
}
func (f *wasmFunc) load32(offset int)  { f.memory(0x28, 2, offset) }
func (f *wasmFunc) load64(offset int)  { f.memory(0x29, 3, offset) }
func (f *wasmFunc) store32(offset int) { f.memory(0x36, 2, offset) }
func (f *wasmFunc) store64(offset int) { f.memory(0x37, 3, offset) }

// block, loop and when ("if") open a block with a result of type t (wVoid: none), end closes it.
func (f *wasmFunc) block(t byte) int { return f.open(0x02, t) }
func (f *wasmFunc) loop(t byte) int  { return f.open(0x03, t) }
func (f *wasmFunc) when(t byte) int  { return f.open(0x04, t) }
func (f *wasmFunc) otherwise()       { f.code = append(f.code, 0x05) }

func (f *wasmFunc) open(opcode, t byte) int {
	f.code = append(f.code, opcode, t)
	f.depth++
	return f.depth
}

func (f *wasmFunc) end() {
	f.code = append(f.code, 0x0b)
	f.depth--
}

// jump leaves the block (or repeats the loop) that open numbered; 0 is the function.
func (f *wasmFunc) jump(to int) { f.code = appendU(append(f.code, 0x0c), uint64(f.depth-to)) }

// jumpIf and jumpUnless jump if the i32 on the stack is not 0, and if it is. They are "if" around
// "br", and not "br_if": where a block is left in several places, wazero 1.12 makes of that an
// instruction for the comparison, one for its result as a number, and another comparison of this.
// And there is always an "else", as it forgets at the end of an "if" without one which addresses it
// knows to be within the memory.
func (f *wasmFunc) jumpIf(to int) {
	f.when(wVoid)
	f.jump(to)
	f.otherwise()
	f.end()
}

func (f *wasmFunc) jumpUnless(to int) {
	f.when(wVoid)
	f.otherwise()
	f.jump(to)
	f.end()
}

// jumpTable jumps to the block in to that the i32 on the stack is the position of, or to the last.
func (f *wasmFunc) jumpTable(to []int) {
	f.code = appendU(append(f.code, 0x0e), uint64(len(to)-1))
	for _, t := range to {
		f.code = appendU(f.code, uint64(f.depth-t))
	}
}

func (f *wasmFunc) call(g *wasmFunc) { f.code = appendU(append(f.code, 0x10), uint64(g.index)) }

// bytes is the module in the binary format.
func (m *wasmModule) bytes() []byte {
	out := []byte{0, 'a', 's', 'm', 1, 0, 0, 0}
	section := func(id byte, content []byte) {
		out = appendU(append(out, id), uint64(len(content)))
		out = append(out, content...)
	}
	// Each function has an entry of its own in the type section.
	n := uint64(len(m.funcs))
	types, decls := appendU(nil, n), appendU(nil, n)
	exports, count := []byte(nil), uint64(1)
	bodies := appendU(nil, n)
	for i, f := range m.funcs {
		types = append(types, 0x60)
		types = append(appendU(types, uint64(len(f.params))), f.params...)
		types = append(appendU(types, uint64(len(f.results))), f.results...)
		decls = appendU(decls, uint64(i))
		if f.export != "" {
			count++
			exports = append(appendU(exports, uint64(len(f.export))), f.export...)
			exports = appendU(append(exports, 0x00), uint64(i))
		}
		body := f.body()
		bodies = append(appendU(bodies, uint64(len(body))), body...)
	}
	exports = append(exports, append([]byte{6}, "memory"...)...)
	exports = append(exports, 0x02, 0)
	section(1, types)
	section(3, decls)
	section(5, appendU(appendU([]byte{1, 0x01}, uint64(m.pages)), uint64(m.pages)))
	globals := appendU(nil, uint64(m.globals))
	for range m.globals {
		globals = append(globals, wI32, 1, 0x41, 0, 0x0b)
	}
	section(6, globals)
	section(7, append(appendU(nil, count), exports...))
	section(10, bodies)
	return out
}

// body is the locals, as runs of one type, and the code.
func (f *wasmFunc) body() []byte {
	var runs []byte
	n := uint64(0)
	for i := 0; i < len(f.locals); n++ {
		k := i
		for k < len(f.locals) && f.locals[k] == f.locals[i] {
			k++
		}
		runs = append(appendU(runs, uint64(k-i)), f.locals[i])
		i = k
	}
	return slices.Concat(appendU(nil, n), runs, f.code, []byte{0x0b})
}

// appendU and appendS append a number in LEB128.
func appendU(b []byte, n uint64) []byte {
	for ; n >= 0x80; n >>= 7 {
		b = append(b, byte(n)|0x80)
	}
	return append(b, byte(n))
}

func appendS(b []byte, n int64) []byte {
	for n < -0x40 || n >= 0x40 {
		b = append(b, byte(n)&0x7f|0x80)
		n >>= 7
	}
	return append(b, byte(n)&0x7f)
}
