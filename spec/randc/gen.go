package randc

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// gen is the state of one drawing.
type gen struct {
	t          *rapid.T
	b          strings.Builder
	sequential bool
	// care says that statements are drawn so that they do not fail as a rule. Without it a value
	// may be out of range, a pointer NULL, a lock not held.
	care    bool
	on      map[feature]bool
	cpus    int
	migrate bool

	pools  []*pool
	tasks  *pool
	enums  []*enum
	locks  []*lock
	vars   []*variable // globals, parts of global structs, and fields
	seqs   []string
	cpuArr []string
	sigs   []*signature
	funcs  []*function
	allocs int
	taken  bool // the address of a function is taken
	consts []string
	fresh  int
	room   int // statements that may still be drawn
}

type feature int

// Features are switched on for a whole program: each program uses some of the language, so that
// it stays small, and many programs use all of it.
const (
	fPool feature = iota
	fSet
	fList
	fEnum
	fSpin
	fRwsem
	fSeq
	fFuncPtr
	fGhost
	fRecursion
	fInterrupted
	fPrivate
	fOnce
	fStruct
	fArray
	fCPU
	fGoto
	fChoose
	fMarks
	fSigned
	fTaskRef
	features
)

func newGen(t *rapid.T, sequential bool) *gen {
	return &gen{t: t, sequential: sequential, on: map[feature]bool{}}
}

// upTo draws a number from 0 to n-1, n at most 64, all with about the same probability; rapid's
// own integers prefer small ones. It shrinks to 0.
func (g *gen) upTo(n int) int {
	if n <= 1 {
		return 0
	}
	k := 0
	for 1<<k < 4*n {
		k++
	}
	v := 0
	for range k {
		v <<= 1
		if coin.Draw(g.t, "bit") {
			v++
		}
	}
	return v * n >> k
}

var coin = rapid.Bool()

// often is true in about p of 100 cases, and shrinks to false.
func (g *gen) often(p int) bool {
	v := 0
	for range 6 {
		v <<= 1
		if coin.Draw(g.t, "bit") {
			v++
		}
	}
	return v*100 >= (100-p)*64 && p > 0
}

// choice is one of several things to draw, with its weight.
type choice[T any] struct {
	weight int
	it     T
}

// pick draws one of the choices that have a weight; it shrinks to the first.
func pick[T any](g *gen, cs []choice[T]) T {
	sum := 0
	for _, c := range cs {
		sum += c.weight
	}
	v := 0
	if sum > 0 {
		for range 8 {
			v <<= 1
			if coin.Draw(g.t, "bit") {
				v++
			}
		}
		v = v * sum >> 8
	}
	for _, c := range cs {
		if v < c.weight {
			return c.it
		}
		v -= c.weight
	}
	return cs[0].it
}

func one[T any](g *gen, of []T) T { return of[g.upTo(len(of))] }

func (g *gen) name(prefix string) string {
	g.fresh++
	return fmt.Sprintf("%s%d", prefix, g.fresh)
}

type kind uint8

const (
	kBool kind = iota
	kInt
	kEnum
	kPtr
	kSet
	kList
	kFunc
	kSeq
)

// typ is a type of values.
type typ struct {
	k      kind
	c      string // as C writes it; of functions the name is missing
	lo, hi int    // of integers
	pool   *pool
	enum   *enum
	sig    *signature
}

func (t typ) same(u typ) bool {
	return t.k == u.k && t.pool == u.pool && t.enum == u.enum && t.sig == u.sig
}

// decl declares name with the type.
func (t typ) decl(name string) string {
	if t.k == kFunc {
		return t.sig.ret.c + " (*" + name + ")(" + t.sig.params() + ")"
	}
	if strings.HasSuffix(t.c, "*") {
		return t.c + name
	}
	return t.c + " " + name
}

type pool struct {
	tag    string
	n      int
	task   bool
	allocs bool
}

func (p *pool) ptr() typ  { return typ{k: kPtr, c: "struct " + p.tag + " *", pool: p} }
func (p *pool) set() typ  { return typ{k: kSet, c: p.tag + "_set", pool: p} }
func (p *pool) list() typ { return typ{k: kList, c: p.tag + "_list", pool: p} }

type enum struct {
	tag   string
	names []string
}

func (e *enum) typ() typ { return typ{k: kEnum, c: "enum " + e.tag, enum: e} }

// lock is a spinlock or rwsem: a global one, an element of an array, or a field.
type lock struct {
	name  string // with #n for an index below n
	rw    bool
	owner *pool // of a field
	order int
}

type signature struct {
	ret  typ
	args []typ
}

func (s *signature) params() string {
	if len(s.args) == 0 {
		return "void"
	}
	var out []string
	for _, a := range s.args {
		out = append(out, strings.TrimSpace(a.c))
	}
	return strings.Join(out, ", ")
}

type annotation uint8

const (
	plain annotation = iota
	ghostly
	guarded
	writeGuarded
	private
	once
	interrupted
)

// variable is a leaf of what tasks share.
type variable struct {
	// how an access is written, with #n for an index below n; of a field, what comes behind ->
	name  string
	t     typ
	ann   annotation
	guard *lock
	owner *pool
}

// role says where a function may be called.
type role uint8

const (
	steps     role = iota // anywhere outside of atomic blocks and ghost code
	immediate             // in atomic blocks too: it never waits
	pure                  // everywhere, as part of an expression: parameters and one shared read
	predicate             // in properties: any number of reads, never fails
	ghostRole             // in ghost code
)

type function struct {
	name string
	sig  *signature
	role role
	self int // of a recursive function, how deep it may go
}

var voidType = typ{k: kBool, c: "void"}

func intType(n int, signed bool) typ {
	if signed {
		return typ{k: kInt, c: fmt.Sprintf("s%d", n), lo: -(1 << (n - 1)), hi: 1<<(n-1) - 1}
	}
	return typ{k: kInt, c: fmt.Sprintf("u%d", n), lo: 0, hi: 1<<n - 1}
}

var boolType = typ{k: kBool, c: "bool", lo: 0, hi: 1}

// scalar draws a type of a variable.
func (g *gen) scalar() typ {
	type mk = func() typ
	n := 0
	if g.on[fSigned] {
		n = 1
	}
	return pick(g, []choice[mk]{
		{4, func() typ { return intType(2, false) }},
		{4, func() typ { return boolType }},
		{3, func() typ { return intType(1, false) }},
		{2, func() typ { return intType(3, false) }},
		{4 * n, func() typ { return intType(2+g.upTo(2), true) }},
		{1, func() typ { return intType(4+g.upTo(5), n == 1 && g.often(50)) }},
		{3 * min(len(g.enums), 1), func() typ { return one(g, g.enums).typ() }},
		{2 * min(len(g.pools), 1), func() typ { return one(g, g.pools).ptr() }},
		{len(g.sigs), func() typ { return typ{k: kFunc, sig: g.sigs[0]} }},
		{b2i(g.on[fTaskRef]), func() typ { return g.tasks.ptr() }},
	})()
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// local is a variable or parameter of a function.
type local struct {
	name string
	t    typ
	dims []int
	ro   bool // counts a loop: nothing else writes it
	gh   bool
}

// held is a lock that is surely held where a statement stands.
type held struct {
	l    *lock
	expr string
	read bool
}

// ctx is where a statement or expression stands.
type ctx struct {
	fn      *function // nil: a task
	atomic  bool
	ghost   bool
	prop    bool
	init    bool
	noWait  bool // nothing that waits, or begins a step that is marked
	locals  []local
	nonnull []string
	held    []held
	loops   int
	sw      bool // directly in a switch: continue needs a loop
	depth   int
	ind     int
	labels  *[]string // labels at the end of the function that a goto may name
	private bool      // in the body of a task, where current is simple
}

func (c *ctx) child() *ctx {
	d := *c
	d.locals = slices.Clone(c.locals)
	d.nonnull = slices.Clone(c.nonnull)
	d.held = slices.Clone(c.held)
	d.depth++
	d.ind++
	return &d
}

func (c *ctx) free() bool { return c.atomic || c.ghost || c.prop || c.init }

func (g *gen) line(c *ctx, format string, args ...any) {
	g.b.WriteString(strings.Repeat("\t", c.ind))
	fmt.Fprintf(&g.b, format, args...)
	g.b.WriteByte('\n')
}
