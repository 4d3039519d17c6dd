package explorer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"unsafe"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// native is the compiled module of a program, which the workers share.
type native struct {
	*nativeCode
	c       *compiled
	runtime wazero.Runtime
	module  wazero.CompiledModule
}

// errNoNative says that states are expanded by closures only.
var errNoNative = errors.New("no native code")

// newNative compiles c to the code of this processor. The error is errNoNative where that can't be
// done, or is not worth it.
func newNative(c *compiled) (n *native, err error) {
	code := newNativeCode(c)
	if code == nil {
		return nil, fmt.Errorf("%w: the model is too large", errNoNative)
	}
	ctx := context.Background()
	// wazero panics where it has no compiler for the processor. Its interpreter would be slower
	// than the closures.
	defer func() {
		if r := recover(); r != nil {
			n, err = nil, fmt.Errorf("%w: %v", errNoNative, r)
		}
	}()
	r := newWazero(ctx)
	m, err := r.CompileModule(ctx, code.module)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("native code: %w", err), r.Close(ctx))
	}
	return &native{nativeCode: code, c: c, runtime: r, module: m}, nil
}

// newWazero is a variable for the test that has no compiler.
var newWazero = func(ctx context.Context) wazero.Runtime {
	return wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigCompiler())
}

func (n *native) close() {
	if err := n.runtime.Close(context.Background()); err != nil {
		panic(fmt.Sprintf("explorer: native code: %v", err))
	}
}

// nativeMachine is an instance of the module, for one worker. Single tests it leaves to the
// closures.
type nativeMachine struct {
	closures
	*nativeCode
	run    api.Function
	args   [3]uint64
	memory []byte
}

// newMachine instantiates the module.
func (n *native) newMachine() (*nativeMachine, error) {
	mod, err := n.runtime.InstantiateModule(context.Background(), n.module, wazero.NewModuleConfig().WithName(""))
	if err != nil {
		return nil, fmt.Errorf("native code: %w", err)
	}
	m := &nativeMachine{closures: closures{n.c}, nativeCode: n.nativeCode, run: mod.ExportedFunction("run")}
	// The memory never grows, so it stays where it is.
	memory, ok := mod.Memory().Read(0, uint32(n.size))
	if !ok {
		panic("explorer: the memory of the native code is too small")
	}
	m.memory = memory
	if l := n.groups; l != nil {
		copy(m.halves(l.lookup, len(l.tables)), l.tables)
	}
	return m, nil
}

// words and halves are parts of the memory as numbers; all addresses are multiples of 8.
// WebAssembly is little-endian, and so is every processor that wazero compiles for.
func (m *nativeMachine) words(at, n int) []uint64 {
	return unsafe.Slice((*uint64)(unsafe.Pointer(&m.memory[at])), n)
}

func (m *nativeMachine) halves(at, n int) []int32 {
	return unsafe.Slice((*int32)(unsafe.Pointer(&m.memory[at])), n)
}

// call runs the module on the states of the batch in its memory from position from on, and returns
// how far it came: it is from where nothing is known.
func (m *nativeMachine) call(raw bool, from, to int) int {
	m.args = [3]uint64{0, uint64(from), uint64(to)}
	if raw {
		m.args[0] = 1
	}
	if l := m.groups; l != nil {
		clear(m.halves(l.heads, l.many))
	}
	if err := m.run.CallWithStack(context.Background(), m.args[:]); err != nil {
		// it has no instruction that traps but by a mistake of its writer
		panic(fmt.Sprintf("explorer: native code: %v", err))
	}
	return int(m.args[0])
}

// visited is what [nativeMachine.visit] finds; its slices are good until the next call.
type visited struct {
	// states of the batch, the first ones; 0 if something can't be evaluated in one of them, and
	// nothing is known
	done    int
	rest    int64 // states at rest
	flags   []int32
	special bool     // some flags have flagError or flagHit
	ground  []int32  // ground actions of all transitions
	succ    []uint64 // successors within the constraint that differ from their source
	outside []uint64
}

// most is how many states may be visited at once.
func (n *nativeCode) most() int {
	if n.groups != nil {
		return n.groups.most
	}
	return nativeBatch
}

// visit visits states of a batch of at most [nativeCode.most]; undecided is the mask of the
// properties whose hits are wanted.
func (m *nativeMachine) visit(batch, undecided []uint64) visited {
	copy(m.words(m.batch, len(batch)), batch)
	if m.props > 0 {
		copy(m.words(m.undecided, m.maskLen), undecided)
		clear(m.words(m.situation, m.props))
	}
	done := m.call(false, 0, len(batch)/m.layout.Words)
	if done == 0 {
		return visited{}
	}
	r := m.halves(m.result, 8)
	out := visited{
		done:    done,
		rest:    int64(r[resRest/4]),
		flags:   m.halves(m.flags, done),
		special: r[resFlags/4]&(flagError|flagHit) != 0,
		ground:  m.halves(m.ground, (int(r[resGround/4])-m.ground)/4),
		succ:    m.words(m.succ, (int(r[resSucc/4])-m.succ)/8),
	}
	if m.outside > 0 {
		out.outside = m.words(m.outside, (int(r[resOutside/4])-m.outside)/8)
	}
	return out
}

// Expand implements Machine.
func (m *nativeMachine) Expand(batch []uint64, out *Successors) {
	width := m.layout.Words
	n := len(batch) / width
	out.Words, out.From, out.Ground = out.Words[:0], out.From[:0], out.Ground[:0]
	out.Stopped, out.Errors = slices.Grow(out.Stopped[:0], n)[:n], out.Errors[:0]
	for first := 0; first < n; first += nativeBatch {
		k := min(nativeBatch, n-first)
		copy(m.words(m.batch, k*width), batch[first*width:])
		for from := 0; from < k; {
			to := m.expand(from, k)
			m.collect(batch, first, from, to, out)
			from = to
		}
	}
}

// expand runs the module for the successors alone: of one state at a time where it would take the
// steps of several in another order.
func (m *nativeMachine) expand(from, to int) int {
	if m.groups == nil {
		return m.call(true, from, to)
	}
	if m.call(true, from, from+1) == from {
		m.halves(m.flags, nativeBatch)[from] = flagError
	}
	m.halves(m.ends, nativeBatch)[from] = m.halves(m.result, 8)[resGround/4]
	return from + 1
}

// collect appends what a raw call did for the states from to to of the part of the batch that
// begins at first.
func (m *nativeMachine) collect(batch []uint64, first, from, to int, out *Successors) {
	width := m.layout.Words
	flags, ends := m.halves(m.flags, nativeBatch), m.halves(m.ends, nativeBatch)
	k := 0
	for i := from; i < to; i++ {
		at := first + i
		out.Stopped[at] = flags[i]&flagStopped != 0
		if flags[i]&flagError != 0 {
			m.careful(batch, at, out)
			continue
		}
		end := (int(ends[i]) - m.ground) / 4
		out.Ground = append(out.Ground, m.halves(m.ground+4*k, end-k)...)
		out.Words = append(out.Words, m.words(m.succ+8*width*k, (end-k)*width)...)
		for ; k < end; k++ {
			out.From = append(out.From, int32(at))
		}
	}
}

var _ Machine = (*nativeMachine)(nil)
