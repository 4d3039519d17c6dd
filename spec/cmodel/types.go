package cmodel

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"

	"modernc.org/cc/v4"

	"mcheck/spec"
)

// pool is a POOL(type, n), or the tasks.
type pool struct {
	tag    string // the struct's tag
	n      int64
	enum   *spec.EnumType
	isTask bool
	root   *obj // the fields; nil until the struct is seen
	// which objects exist; nil for tasks, and if nothing allocates, so that none exists
	live    *gvar
	frees   bool // the program releases objects
	pos     spec.Pos
	touched bool
}

// empty reports whether no object of p ever exists.
func (p *pool) empty() bool { return p.live == nil && !p.isTask }

// option returns the type of pointers into p.
func (p *pool) option() *spec.OptionType { return &spec.OptionType{Elem: p.enum} }

// obj is the shape of a declared object: a leaf, an array or a struct.
type obj struct {
	gv     *gvar
	elem   *obj // of an array of n
	n      int64
	fields map[string]*obj
	strct  string // the struct's tag
}

// isLock reports whether o is one lock, which can guard.
func (o *obj) isLock() bool {
	return o != nil && o.gv != nil && (o.gv.kind == gSpin || o.gv.kind == gRwsem)
}

// gkind is the kind of a leaf.
type gkind uint8

const (
	gPlain gkind = iota
	gSpin
	gRwsem
	gSeqcount
)

// gvar is a shared variable: a global, or a field of the objects of a pool.
type gvar struct {
	name string
	kind gkind
	dims []spec.Type // of its indices, the object's first
	elem spec.Type
	// the value; the owner of a spinlock, the writer of an rwsem, the oddness of a seqcount
	v        *spec.Var
	readers  *spec.Var // of an rwsem
	ghost    bool
	pool     *pool
	guard    string // the lock's name in the source
	guardAny bool   // write_guarded: anyone may read
	guardPos spec.Pos
	lock     *gvar
	// the lock is a field of the same object or element: it has the first of the indices
	lockSame    bool
	seqOf       *gvar // the seqcount a seq_t remembers
	tried       bool  // of a spinlock: code asks whether it is free and does not wait
	pos         spec.Pos
	init        *cc.Initializer
	written     bool // by code that is lowered, INIT excepted
	private     bool // only ever accessed through current
	declPrivate bool // annotated so
	once        bool // set once, before anybody else can reach it
	stops       bool // while it is true its task takes no step
	settled     bool // of the objects that exist: INIT has made them all
	noBuffer    bool // it is not what CPUs store to: see NO_BUFFER
	lockedOps   bool // it is stored to by locked operations only: see LOCKED
	buffered    *buffered
	// of what stands for a seqcount whose odd value is in the buffer of the task: that seqcount
	issueOf *gvar
	used    bool
}

// enumInfo is an enum that is a type of values.
type enumInfo struct {
	t    *spec.EnumType
	tag  string
	zero int64 // position of the enumerator that is 0, -1: none
	pos  spec.Pos
}

type enumVal struct {
	info *enumInfo
	i    int64
}

// nullEnum is the element type of the null pointer constant before it meets a pointer.
var nullEnum = &spec.EnumType{Name: "NULL"}

var nullLit = &spec.Lit{N: -1, T: &spec.OptionType{Elem: nullEnum}}

func isNullLit(e spec.Expr) bool {
	o, ok := e.Type().(*spec.OptionType)
	return ok && o.Elem == nullEnum
}

// intTypes are the integer types of the language.
var intTypes = map[string]*spec.RangeType{}

func init() {
	for n := 1; n <= 8; n++ {
		intTypes[fmt.Sprintf("u%d", n)] = &spec.RangeType{Lo: 0, Hi: 1<<n - 1}
		if n > 1 {
			intTypes[fmt.Sprintf("s%d", n)] = &spec.RangeType{Lo: -(1 << (n - 1)), Hi: 1<<(n-1) - 1}
		}
	}
}

const intAdvice = "use bool, an enum, or an integer of a stated width: u1 … u8, s2 … s8"

// valueType returns the IR type of a C type that can be the value of a variable, or nil after an
// error.
func (c *compiler) valueType(t cc.Type, pos spec.Pos, what string) spec.Type {
	if t.Typedef() != nil {
		if r, ok := intTypes[t.Typedef().Name()]; ok && t.Kind() != cc.Ptr {
			return r
		}
	}
	switch t := t.(type) {
	case *cc.EnumType:
		if es := t.Enumerators(); len(es) > 0 {
			if ev, ok := c.enumVals[es[0].Token.SrcStr()]; ok {
				return ev.info.t
			}
		}
		c.errs.add(pos, "give the enum a tag and declare it at file level", "%s has an enum type without a name", what)
		return nil
	case *cc.PointerType:
		switch e := t.Elem().(type) {
		case *cc.StructType:
			if p := c.poolOf(tagOf(e)); p != nil {
				return p.option()
			}
			c.errs.add(pos, cmp.Or(hints[tagOf(e)], "declare POOL("+tagOf(e)+", n) for it"), "%s points to struct %s, of which there is no pool", what, tagOf(e))
			return nil
		case *cc.FunctionType:
			return c.funcPtrType(e, pos)
		}
		c.errs.add(pos, "point to the struct of a POOL or to a function; pass values, and return results", "%s is a pointer to something that is no object of a pool", what)
		return nil
	case *cc.StructType:
		if t.NumFields() > 0 {
			f := t.FieldByIndex(0).Name()
			if tag, ok := strings.CutPrefix(f, "__set_of_"); ok {
				if p := c.poolOf(tag); p != nil {
					return &spec.SetType{Elem: p.enum}
				}
			}
			if tag, ok := strings.CutPrefix(f, "__list_of_"); ok {
				if p := c.poolOf(tag); p != nil {
					// an element is never NULL
					return &spec.SeqType{Elem: p.option(), Cap: len(p.enum.Values)}
				}
			}
			if f == "__seq" {
				return c.seqEnum
			}
			if f == "__spin" || f == "__rwsem" || f == "__seqcount" {
				c.errs.add(pos, "make it a global variable or a field of a pool's struct", "%s is a lock, which can't be a local variable or a value", what)
				return nil
			}
		}
		c.errs.add(pos, "use separate variables, or a pool and a pointer", "%s has a struct type, which is not a value", what)
		return nil
	case *cc.PredefinedType:
		if t.Kind() == cc.Bool {
			return spec.Bool
		}
	}
	c.errs.add(pos, intAdvice, "%s has the type '%s'", what, typeName(t))
	return nil
}

func typeName(t cc.Type) string {
	if t.Typedef() != nil && t.Typedef().Name() != "" {
		return t.Typedef().Name()
	}
	return t.String()
}

// poolOf returns the pool of struct tag, nil if there is none.
func (c *compiler) poolOf(tag string) *pool {
	if tag == "task_struct" {
		return c.tasks
	}
	return c.pools[tag]
}

// funcPtrType returns the option type over the functions of type t whose address is taken.
func (c *compiler) funcPtrType(t *cc.FunctionType, pos spec.Pos) spec.Type {
	key := t.String()
	if o, ok := c.funcPtrs[key]; ok {
		return o
	}
	values := c.addrTaken[key]
	if len(values) == 0 {
		values = []string{"nothing"} // a type has a value; pointers of this one are NULL
	}
	o := &spec.OptionType{Elem: &spec.EnumType{Name: c.names.fresh("Func" + fmt.Sprint(len(c.funcPtrs)+1)), Values: values}}
	c.funcPtrs[key] = o
	c.funcEnums[o.Elem] = key
	return o
}

// badField says what is wrong with a field that has no type of the language's own.
func badField(name string) string {
	if name == "" {
		return "a field has no name"
	}
	return "'" + name + "' is a bit-field"
}

// declare makes the shape of an object of type t, with a variable for each leaf.
func (c *compiler) declare(name string, t cc.Type, dims []spec.Type, pl *pool, notes []note, pos spec.Pos, group string) *obj {
	switch t := t.(type) {
	case *cc.ArrayType:
		n := t.Len()
		if n < 1 || n > 64 {
			c.errs.add(pos, "give it a constant length of 1 to 64", "the array '%s' has no usable length", name)
			return nil
		}
		e := c.declare(name, t.Elem(), append(dims[:len(dims):len(dims)], &spec.RangeType{Lo: 0, Hi: n - 1}), pl, notes, pos, group)
		if e == nil {
			return nil
		}
		return &obj{elem: e, n: n}
	case *cc.StructType:
		if t.NumFields() == 0 {
			c.errs.add(pos, cmp.Or(hints[tagOf(t)], "define the struct before it is used"), "struct %s is not defined yet", tagOf(t))
			return nil
		}
		first := t.FieldByIndex(0).Name()
		if !strings.HasPrefix(first, "__") {
			o := &obj{fields: map[string]*obj{}, strct: tagOf(t)}
			for i := 0; i < t.NumFields(); i++ {
				f := t.FieldByIndex(i)
				fpos, fnotes := pos, notes
				if d, ok := c.fieldNotes[f.Declarator()]; ok {
					fpos, fnotes = d.pos, append(notes[:len(notes):len(notes)], d.notes...)
				}
				if f.Name() == "" || f.IsBitfield() {
					c.errs.add(fpos, intAdvice, "%s", badField(f.Name()))
					continue
				}
				fo := c.declare(name+"_"+f.Name(), f.Type(), dims, pl, fnotes, fpos, group)
				if fo != nil {
					o.fields[f.Name()] = fo
				}
			}
			for _, f := range o.fields {
				if g := f.gv; g != nil && g.guard != "" && o.fields[g.guard].isLock() {
					g.lock = o.fields[g.guard].gv
					g.lockSame = len(g.lock.dims) > 0
				}
			}
			return o
		}
		switch first {
		case "__spin":
			return c.leaf(&gvar{name: name, kind: gSpin, dims: dims, elem: c.tasks.option(), pool: pl, pos: pos}, notes, group)
		case "__rwsem":
			return c.leaf(&gvar{name: name, kind: gRwsem, dims: dims, elem: c.tasks.option(), pool: pl, pos: pos}, notes, group)
		case "__seqcount":
			if len(dims) > 0 {
				c.errs.add(pos, "make it one global variable", "the seqcount '%s' is in an object or an array", name)
				return nil
			}
			return c.leaf(&gvar{name: name, kind: gSeqcount, elem: spec.Bool, pool: pl, pos: pos}, notes, group)
		}
	}
	vt := c.valueType(t, pos, "'"+name+"'")
	if vt == nil {
		return nil
	}
	return c.leaf(&gvar{name: name, dims: dims, elem: vt, pool: pl, pos: pos}, notes, group)
}

func (c *compiler) leaf(g *gvar, notes []note, group string) *obj {
	group = c.annotate(g, notes, group)
	t := g.elem
	mk := func(name string, elem spec.Type) *spec.Var {
		t := elem
		for i := len(g.dims) - 1; i >= 0; i-- {
			t = &spec.ArrayType{Index: g.dims[i], Elem: t}
		}
		return &spec.Var{Name: name, Type: t, Ghost: g.ghost, Group: group, Pos: g.pos}
	}
	g.v = mk(g.name, t)
	if g.kind == gRwsem {
		g.v.Name = g.name + "_writer"
		g.readers = mk(g.name+"_readers", &spec.SetType{Elem: c.tasks.enum})
	}
	c.gvars = append(c.gvars, g)
	c.byVar[g.v] = g
	if g.readers != nil {
		c.byVar[g.readers] = g
	}
	return &obj{gv: g}
}

// zero returns the zero value of a scalar, set or list type.
func (c *compiler) zero(t spec.Type) spec.Expr { return c.zeroAt(t, 0) }

// zeroAt is zero below depth-1 bound variables.
func (c *compiler) zeroAt(t spec.Type, depth int) spec.Expr {
	switch t := t.(type) {
	case *spec.BoolType:
		return spec.F
	case *spec.RangeType:
		return &spec.Lit{N: 0, T: t}
	case *spec.EnumType:
		return &spec.Lit{N: c.enumZero[t], T: t}
	case *spec.OptionType:
		return &spec.Lit{N: -1, T: t}
	case *spec.SetType:
		return &spec.Lit{N: 0, T: t}
	case *spec.SeqType:
		return &spec.Composite{T: t}
	case *spec.ArrayType:
		return &spec.Quant{Op: spec.MapOf, Param: &spec.Param{Name: c.boundN(depth), Type: t.Index}, Body: c.zeroAt(t.Elem, depth+1)}
	}
	panic(fmt.Sprintf("unhandled %T", t))
}

// enumTag names an enum as the source does.
func (c *compiler) enumTag(t *spec.EnumType) string {
	for _, i := range c.enumList {
		if i.t == t {
			return "enum " + i.tag
		}
	}
	return t.Name
}

// title returns s with a capital first letter, for the names of types.
func title(s string) string {
	for i, r := range s {
		return string(unicode.ToUpper(r)) + s[i+len(string(r)):]
	}
	return s
}

// nameTable hands out TLA+ identifiers.
type nameTable struct{ used map[string]bool }

func newNames() *nameTable {
	return &nameTable{used: map[string]bool{}}
}

// fresh returns s, or s with a number, as a name that was not given before.
func (n *nameTable) fresh(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r == '_' || r < 128 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			b.WriteRune(r)
		} else {
			b.WriteByte('_')
		}
	}
	s = b.String()
	if s == "" || s[0] >= '0' && s[0] <= '9' || strings.HasPrefix(s, "WF_") || strings.HasPrefix(s, "SF_") {
		s = "m_" + s
	}
	if strings.Trim(s, "_0123456789") == "" {
		s = "m" + s
	}
	name := s
	for i := 2; n.used[name] || spec.IsReserved(name); i++ {
		name = fmt.Sprintf("%s_%d", s, i)
	}
	n.used[name] = true
	return name
}

// tagOf returns the tag of a struct type.
func tagOf(t *cc.StructType) string {
	tok := t.Tag()
	return tok.SrcStr()
}
