package cmodel

import (
	"fmt"

	"modernc.org/cc/v4"

	"mcheck/spec"
)

// op is the operation of a node of three-address code.
type op uint8

const (
	opNop     op = iota
	opSet        // dst = x, local
	opLoad       // dst = place
	opStore      // place = x
	opUpdate     // set and list operations: place = f(place, x), dst = its result
	opBranch     // next if x, else alt
	opCall       // dst = callee(args)
	opReturn     // the function's result = x
	opExit       // the end of the function
	opAssert     // a violation unless x
	opFail       // NEVER, BOUND
	opAwait      // blocks until x; the loads of x stand before it in one region
	opEnter      // a region begins: an atomic block, or the evaluation of an await's condition
	opMark       // idle, optional, hangs: the step that begins here has the property
	opChoose     // dst = any value of its type; of a pool any object that it can have
	opCPU        // dst = the task's CPU
	opAlloc      // dst = a new object
	opRelease    // x ceases to exist
	opLock       // the lock operation what on place
	opSeq        // the seqcount operation what on place
	opHeld       // dst = whether current holds the lock
	opFree       // dst = whether the lock is free (WHEN_FREE)
	opWhen       // the property's situation is x
	opFrom       // the property's From is x
	opUnset      // the local of place, which is declared here, has no value yet
	opAgain      // the step before it has begun at next, and goes there again
	opDoom       // the task is about to fail
	opFence      // waits until the store buffer of the CPU is empty
	opDrained    // dst = whether the store buffer of the task x is empty
)

// local is a local variable, parameter, result or temporary of a function; TAC refers to its value
// by sym.
type local struct {
	name  string
	fn    *fn
	typ   spec.Type // the value, an array for an array
	dims  []spec.Type
	elem  spec.Type
	sym   *spec.Var
	v     *spec.Var // array over Task; nil if it is never live between two steps
	pos   spec.Pos
	temp  bool
	ghost bool
	seq   *gvar // the seqcount a seq_t remembers
	param bool
}

// place is something that can be read and written: a local or a shared variable, and its indices.
type place struct {
	loc *local
	gv  *gvar
	idx []spec.Expr
	cur bool // the object is written current
}

// region is an atomic block, or the condition of an await.
type region struct {
	await bool // not an atomic block of the source
	// locked says that the block is a locked operation: it needs an empty store buffer, and stores
	// to memory.
	locked bool
	pos    spec.Pos
}

// node is an instruction of three-address code.
type node struct {
	op     op
	fn     *fn
	id     int
	dst    *local
	x      spec.Expr
	args   []spec.Expr
	pl     place
	pl2    place // list_splice_tail's target
	what   string
	bound  bool // of an assertion or a failure: it is about a bound of the model
	uaf    bool // of opDoom: an object was used after its release
	never  bool // of opDoom: it is a NEVER
	pool   *pool
	callee *fn
	next   *node
	alt    *node

	pos   spec.Pos
	line  spec.SourceLine
	reg   *region         // the region it stands in
	ghost bool            // in ghost code
	seq   int             // sequence point: accesses with the same number are between the same two
	rmw   bool            // the store of x++ and the like: its load has been counted
	held  locks           // must-held locks before it, nil: unreachable
	live  map[*local]bool // the locals that are read later
	keep  map[*local]bool // those that have a value while the task stands here
	over  map[*local]bool // of a call: those that have one while it is active
	scope []*local        // those in scope
	join  *node           // of a branch: where its sides meet, if they do
	again *node           // the opAgain before it

	situation bool // part of a WHEN or a FROM
}

// fn is a function that is lowered.
type fn struct {
	name    string // as in the source
	display string // without the header's prefixes
	params  []*local
	ret     spec.Type
	retv    *local
	locals  []*local
	nodes   []*node
	entry   *node
	exit    *node
	pos     spec.Pos
	rv      *spec.Var // the return point of each task; nil if there is one call site
	retEnum *spec.EnumType
	sites   []*node // the opCall nodes that call it
	tasks   uint64  // tasks that can be in it
	normal  bool    // called from code that is not ghost
	ghostly bool    // called from ghost code
	depths  depths
	pure    bool    // called from a property or INIT only
	current cc.Node // where the source says current first
	asks    []*node // of a property: its WHENs and FROMs
}

func (f *fn) addNode(n *node) *node {
	n.fn = f
	n.id = len(f.nodes)
	f.nodes = append(f.nodes, n)
	return n
}

func (f *fn) newLocal(c *compiler, name string, t spec.Type, pos spec.Pos) *local {
	l := &local{name: name, fn: f, typ: t, elem: t, pos: pos}
	for {
		a, ok := l.elem.(*spec.ArrayType)
		if !ok {
			break
		}
		l.dims = append(l.dims, a.Index)
		l.elem = a.Elem
	}
	l.sym = &spec.Var{Name: name, Type: t}
	f.locals = append(f.locals, l)
	c.syms[l.sym] = l
	return l
}

// exprs calls f for each expression n reads.
func (n *node) exprs(f func(spec.Expr)) {
	if n.x != nil {
		f(n.x)
	}
	for _, a := range n.args {
		f(a)
	}
	for _, pl := range []place{n.pl, n.pl2} {
		for _, i := range pl.idx {
			f(i)
		}
	}
}

// inspect calls f for e and everything inside it.
func inspect(e spec.Expr, f func(spec.Expr)) {
	spec.Inspect(e, func(e spec.Expr) bool { f(e); return true })
}

// succs returns the successors of n.
func (n *node) succs() []*node {
	var out []*node
	if n.next != nil {
		out = append(out, n.next)
	}
	if n.alt != nil {
		out = append(out, n.alt)
	}
	return out
}

func (n *node) String() string { return fmt.Sprintf("%s#%d(op %d, %s)", n.fn.name, n.id, n.op, n.what) }
