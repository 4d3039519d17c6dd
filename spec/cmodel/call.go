package cmodel

import (
	"fmt"
	"strconv"
	"strings"

	"modernc.org/cc/v4"

	"mcheck/spec"
)

// call lowers a call. isValue reports whether the function has a result; v is it, nil after an
// error.
func (b *builder) call(x *cc.PostfixExpression, want bool) (v spec.Expr, isValue bool) {
	var args []cc.ExpressionNode
	for l := x.ArgumentExpressionList; l != nil; l = l.ArgumentExpressionList {
		args = append(args, l.AssignmentExpression)
	}
	f, ok := unparen(x.PostfixExpression).(*cc.PrimaryExpression)
	if ok && f.Case == cc.PrimaryExpressionIdent {
		name := f.Token.SrcStr()
		if in, ok := intrinsics[name]; ok && b.c.isHeader(f) {
			if len(args) != in.args {
				b.err(x, "pass one value for each parameter", "%s takes %s, not %d", name, arguments(in.args), len(args))
				return nil, in.value
			}
			v := in.lower(b, name, args, x)
			if want && !in.value {
				b.err(x, "call it as a statement of its own", "%s has no value", name)
			}
			return v, in.value
		}
		if d, ok := f.ResolvedTo().(*cc.Declarator); ok && d.Type().Kind() == cc.Function {
			callee := b.c.function(name, x, b.f.depths)
			if callee == nil {
				return nil, want
			}
			if callee == tooDeep {
				return b.tooDeep(d, x)
			}
			return b.callFn(callee, args, x, want)
		}
	}
	return b.indirect(x, args, want)
}

func arguments(n int) string {
	if n == 1 {
		return "1 argument"
	}
	return strconv.Itoa(n) + " arguments"
}

func (b *builder) callFn(callee *fn, args []cc.ExpressionNode, x cc.Node, want bool) (spec.Expr, bool) {
	var vals []spec.Expr
	if len(args) != len(callee.params) {
		b.err(x, "pass one value for each parameter", "'%s' takes %s, not %d", callee.display, arguments(len(callee.params)), len(args))
		return nil, callee.ret != nil
	}
	for i, a := range args {
		var v spec.Expr
		if callee.params[i] != nil {
			v = b.coerce(b.expr(a), callee.params[i].typ, a)
		}
		if v == nil {
			return nil, callee.ret != nil
		}
		if b.reads(v) && len(args) > 1 {
			// A later argument must not change it.
			if _, isLit := v.(*spec.Lit); !isLit && hasEffects(args[i+1:]) {
				t := b.temp(callee.params[i].typ)
				b.set(t, v, a)
				v = ref(t)
			}
		}
		if rangeCheck(v, callee.params[i].typ) != nil {
			t := b.temp(callee.params[i].typ) // where it is stored, it is checked
			b.set(t, v, a)
			v = ref(t)
		}
		vals = append(vals, v)
	}
	b.seq++
	return b.emitCall(callee, vals, x, want)
}

// tooDeep ends the run: the bound of a recursion is exceeded.
func (b *builder) tooDeep(d *cc.Declarator, x cc.Node) (spec.Expr, bool) {
	n := b.emit(opAssert, x)
	n.x, n.what, n.bound = spec.F, fmt.Sprintf("the recursion of %s is deeper than %d: enlarge its RECURSION(n)", d.Name(), b.c.recursive[d.Name()]), true
	ft, ok := d.Type().(*cc.FunctionType)
	if !ok || ft.Result().Kind() == cc.Void {
		return nil, false
	}
	t := b.c.valueType(ft.Result(), n.pos, "the result")
	if t == nil {
		return nil, true
	}
	return ref(b.temp(t)), true
}

func (b *builder) reads(e spec.Expr) bool { return len(spec.VarsRead(e)) > 0 }

// hasEffects reports whether evaluating one of the expressions may assign.
func hasEffects(es []cc.ExpressionNode) bool {
	for _, e := range es {
		switch unparen(e).(type) {
		case *cc.PrimaryExpression:
		default:
			return true
		}
	}
	return false
}

func (b *builder) emitCall(callee *fn, vals []spec.Expr, x cc.Node, want bool) (spec.Expr, bool) {
	n := b.emit(opCall, x)
	n.callee, n.args = callee, vals
	callee.sites = append(callee.sites, n)
	b.seq++
	if callee.ret == nil {
		if want {
			b.err(x, "let it return one, or call it as a statement of its own", "'%s' has no value", callee.display)
		}
		return nil, false
	}
	n.dst = b.temp(callee.ret)
	return ref(n.dst), true
}

// indirect lowers a call through a function pointer: one call for each function it can point to.
func (b *builder) indirect(x *cc.PostfixExpression, args []cc.ExpressionNode, want bool) (spec.Expr, bool) {
	fv := b.expr(x.PostfixExpression)
	if fv == nil {
		return nil, want
	}
	o, ok := fv.Type().(*spec.OptionType)
	var key string
	if ok {
		key, ok = b.c.funcEnums[o.Elem]
	}
	if !ok {
		if e, isEnum := fv.Type().(*spec.EnumType); isEnum {
			key, ok = b.c.funcEnums[e]
			o = &spec.OptionType{Elem: e}
		}
	}
	if !ok {
		b.err(x, "call a function by its name or through a pointer to one", "this is no function")
		return nil, want
	}
	ft := b.temp(o)
	b.set(ft, fv, x)
	names := b.c.addrTaken[key]
	if len(names) == 0 {
		b.err(x, "assign a function to the pointer somewhere", "no function of this type ever has its address taken")
		return nil, want
	}
	// The arguments are evaluated once.
	var vals []spec.Expr
	first := b.c.function(names[0], x, b.f.depths)
	if first == tooDeep {
		b.err(x, "call it by name", "a function calls itself through a pointer")
	}
	if first == nil || first == tooDeep {
		return nil, want
	}
	for i, a := range args {
		if i >= len(first.params) || first.params[i] == nil {
			return nil, want
		}
		v := b.coerce(b.expr(a), first.params[i].typ, a)
		if v == nil {
			return nil, want
		}
		t := b.temp(first.params[i].typ)
		b.set(t, v, a)
		vals = append(vals, ref(t))
	}
	var res *local
	if first.ret != nil {
		res = b.temp(first.ret)
	}
	as := b.emit(opAssert, x)
	as.x, as.what = mkBin(spec.Ne, ref(ft), &spec.Lit{N: -1, T: o}), "a NULL function pointer is called"
	join := b.node(opNop, nil)
	for i, name := range names {
		callee := b.c.function(name, x, b.f.depths)
		if callee == tooDeep {
			b.err(x, "call it by name", "a function calls itself through a pointer")
		}
		if callee == nil || callee == tooDeep {
			return nil, want
		}
		var next *node
		if i < len(names)-1 {
			br := b.branch(mkBin(spec.Eq, ref(ft), &spec.Lit{N: int64(i), T: o.Elem}), x)
			br.join = join
			then, els := b.arms(br)
			next = els
			b.resume(then)
		}
		v, _ := b.emitCall(callee, vals, x, res != nil)
		if res != nil && v != nil {
			b.set(res, v, x)
		}
		b.jump(join)
		if next != nil {
			b.resume(next)
		}
	}
	b.resume(join)
	if res == nil {
		return nil, false
	}
	return ref(res), true
}

// funcValue is the address of a function.
func (b *builder) funcValue(n cc.Node, d *cc.Declarator) spec.Expr {
	ft, ok := d.Type().(*cc.FunctionType)
	if !ok {
		return nil
	}
	t, _ := b.c.funcPtrType(ft, b.c.u.pos(n.Position())).(*spec.OptionType)
	for i, name := range b.c.addrTaken[b.c.funcEnums[t.Elem]] {
		if name == d.Name() {
			return &spec.Lit{N: int64(i), T: t.Elem}
		}
	}
	b.err(n, "define the function", "'%s' can't be pointed to", d.Name())
	return nil
}

// intrinsic is a function of the header.
type intrinsic struct {
	args  int
	value bool
	lower func(b *builder, name string, args []cc.ExpressionNode, x cc.Node) spec.Expr
}

var intrinsics map[string]intrinsic

func init() {
	nop := func(b *builder, name string, args []cc.ExpressionNode, x cc.Node) spec.Expr { return nil }
	intrinsics = map[string]intrinsic{
		"__alloc": {1, true, lowerAlloc}, "release": {1, false, lowerRelease},
		"set_add": {2, false, lowerUpdate}, "set_del": {2, false, lowerUpdate}, "set_clear": {1, false, lowerUpdate},
		"set_has": {2, true, lowerQuery}, "set_empty": {1, true, lowerQuery},
		"list_add": {2, false, lowerUpdate}, "list_add_tail": {2, false, lowerUpdate}, "list_del": {2, false, lowerUpdate},
		"list_first": {1, true, lowerUpdate}, "list_pop": {1, true, lowerUpdate},
		"list_has": {2, true, lowerQuery}, "list_empty": {1, true, lowerQuery},
		"list_splice_tail": {2, false, lowerSplice},
		"await":            {1, false, lowerAwait}, "await_by": {2, false, lowerAwait}, "choose": {1, true, lowerChoose}, "__choose_one": {1, true, lowerChooseOne}, "assert": {1, false, lowerAssert}, "NEVER": {1, false, lowerNever}, "BOUND": {1, false, lowerNever},
		"WHEN": {1, false, lowerWhen}, "FROM": {1, false, lowerWhen}, "__when_free": {1, false, lowerWhenFree},
		"spin_lock": {1, false, lowerLock}, "spin_trylock": {1, true, lowerLock}, "spin_unlock": {1, false, lowerLock}, "spin_is_locked": {1, true, lowerLock},
		"down_read": {1, false, lowerLock}, "up_read": {1, false, lowerLock}, "down_write": {1, false, lowerLock}, "up_write": {1, false, lowerLock},
		"downgrade_write": {1, false, lowerLock}, "lock_is_held": {1, true, lowerLock},
		"write_seqcount_begin": {1, false, lowerLock}, "write_seqcount_end": {1, false, lowerLock}, "read_seqbegin": {1, true, lowerLock},
		"read_seqretry": {2, true, lowerLock},
		"smp_mb":        {0, false, lowerFence}, "smp_wmb": {0, false, nop}, "smp_rmb": {0, false, nop},
		"smp_processor_id": {0, true, lowerCPU}, "store_buffer_empty": {1, true, lowerDrained},
	}
}

// address lowers the operand of a &x argument.
func (b *builder) address(n cc.ExpressionNode) (lval, bool) {
	n = unparen(n)
	if u, ok := n.(*cc.UnaryExpression); ok && u.Case == cc.UnaryExpressionAddrof {
		return b.lvalue(u.CastExpression)
	}
	if c, ok := n.(*cc.CastExpression); ok && c.Case == cc.CastExpressionCast {
		return b.address(c.CastExpression)
	}
	b.err(n, "name it directly: &lock, &p->list", "the argument must be the address of a lock, set or list")
	return lval{}, false
}

func lowerAlloc(b *builder, name string, args []cc.ExpressionNode, x cc.Node) spec.Expr {
	pl := b.poolArg(args[0])
	if pl == nil {
		return nil
	}
	n := b.emit(opAlloc, x)
	n.pool = pl
	n.dst = b.temp(pl.option())
	return ref(n.dst)
}

func lowerRelease(b *builder, name string, args []cc.ExpressionNode, x cc.Node) spec.Expr {
	p := b.expr(args[0])
	if p == nil {
		return nil
	}
	pl := b.c.poolByEnum(p.Type())
	if pl == nil || pl.isTask || pl.live == nil {
		b.err(x, "release what alloc(s) has made", "nothing of this type is ever allocated")
		return nil
	}
	n := b.emit(opRelease, x)
	n.x, n.pool = p, pl
	return nil
}

// collection lowers the set or list argument and returns its element enum.
func (b *builder) collection(name string, n cc.ExpressionNode) (place, *spec.EnumType, bool) {
	l, ok := b.address(n)
	if !ok {
		return place{}, nil, false
	}
	pl, ok := b.leafOf(l, n)
	if !ok {
		return place{}, nil, false
	}
	switch t := pl.elem().(type) {
	case *spec.SetType:
		if name[:3] == "set" {
			return pl, t.Elem.(*spec.EnumType), true
		}
	case *spec.SeqType:
		if name[:4] == "list" {
			return pl, t.Elem.(*spec.OptionType).Elem, true
		}
	}
	what, advice := "list", "name a list directly: &head, &p->list"
	if name[:3] == "set" {
		what, advice = "set", "name a set directly: &members, &p->members"
	}
	switch pl.elem().(type) {
	case *spec.SetType:
		advice = "use the set_ functions on a set"
	case *spec.SeqType:
		advice = "use the list_ functions on a list"
	}
	b.err(n, advice, "%s needs the address of a %s", name, what)
	return place{}, nil, false
}

func lowerUpdate(b *builder, name string, args []cc.ExpressionNode, x cc.Node) spec.Expr {
	pl, e, ok := b.collection(name, args[0])
	if !ok {
		return nil
	}
	var v spec.Expr
	if len(args) > 1 {
		if v = b.coerce(b.expr(args[1]), &spec.OptionType{Elem: e}, args[1]); v == nil {
			return nil
		}
	}
	n := b.emit(opUpdate, x)
	n.pl, n.x, n.what = pl, v, name
	if name == "list_first" || name == "list_pop" {
		n.dst = b.temp(&spec.OptionType{Elem: e})
		return ref(n.dst)
	}
	return nil
}

func lowerQuery(b *builder, name string, args []cc.ExpressionNode, x cc.Node) spec.Expr {
	pl, e, ok := b.collection(name, args[0])
	if !ok {
		return nil
	}
	var v spec.Expr
	if len(args) > 1 {
		if v = b.coerce(b.expr(args[1]), &spec.OptionType{Elem: e}, args[1]); v == nil {
			return nil
		}
	}
	s := b.load(pl, x)
	switch name {
	case "set_has":
		return mkBin(spec.In, v, s)
	case "set_empty":
		return mkBin(spec.Eq, s, &spec.Lit{N: 0, T: s.Type()})
	case "list_has":
		return listHas(b.c, s, v)
	}
	return mkBin(spec.Eq, mkUn(spec.Len, s), spec.Int(0))
}

// listHas is "v is in the list s".
func listHas(c *compiler, s, v spec.Expr) spec.Expr {
	n := s.Type().(*spec.SeqType).Cap
	if k, ok := s.(*spec.Composite); ok {
		var es []spec.Expr
		for _, e := range k.Elems {
			es = append(es, mkBin(spec.Eq, e, v))
		}
		return mkAny(es...)
	}
	p := &spec.Param{Name: c.bound(), Type: &spec.RangeType{Lo: 1, Hi: int64(n)}}
	i := &spec.ParamRef{Param: p}
	return &spec.Quant{Op: spec.Exists, Param: p, Body: mkBin(spec.And, mkBin(spec.Le, i, mkUn(spec.Len, s)), mkBin(spec.Eq, &spec.Index{X: s, I: i}, v))}
}

func lowerSplice(b *builder, name string, args []cc.ExpressionNode, x cc.Node) spec.Expr {
	from, e1, ok1 := b.collection(name, args[0])
	to, e2, ok2 := b.collection(name, args[1])
	if !ok1 || !ok2 {
		return nil
	}
	if e1 != e2 {
		b.err(x, "use two lists of one type", "the lists hold different objects")
		return nil
	}
	n := b.emit(opUpdate, x)
	n.pl, n.pl2, n.what = from, to, name
	return nil
}

func lowerAwait(b *builder, name string, args []cc.ExpressionNode, x cc.Node) spec.Expr {
	defer b.waits("await", x)()
	var by []spec.Expr
	if len(args) > 1 {
		if t := b.coerce(b.expr(args[1]), b.c.tasks.option(), args[1]); t != nil {
			by = []spec.Expr{t}
		}
	}
	if v := b.cond(args[0]); v != nil {
		n := b.emit(opAwait, x)
		n.x, n.args = v, by
	}
	return nil
}

// waits begins what is one step that may wait, if it is not in one already; the function it returns
// ends that.
func (b *builder) waits(what string, x cc.Node) (end func()) {
	if b.reg != nil {
		return func() {}
	}
	b.reg = &region{await: true, pos: b.line.Pos}
	b.emit(opEnter, x).what = what
	return func() {
		b.reg = nil
		b.emit(opNop, nil)
	}
}

func lowerChoose(b *builder, name string, args []cc.ExpressionNode, x cc.Node) spec.Expr {
	v, _ := b.expr(args[0]).(*spec.Lit)
	if v == nil || v.N < 1 || v.N > 64 {
		b.err(args[0], "write choose(n) with a constant n from 1 to 64", "the number of choices is not a constant from 1 to 64")
		return nil
	}
	n := b.emit(opChoose, x)
	n.what = name
	n.dst = b.temp(&spec.RangeType{Lo: 0, Hi: v.N - 1})
	return ref(n.dst)
}

// lowerChooseOne lowers choose_one(s): a choice among all objects that a pool can have, and a wait
// for the one that is chosen to be there.
func lowerChooseOne(b *builder, name string, args []cc.ExpressionNode, x cc.Node) spec.Expr {
	pl := b.poolArg(args[0])
	if pl == nil {
		return nil
	}
	defer b.waits("choose_one", x)()
	n := b.emit(opChoose, x)
	n.what, n.pool = "choose_one", pl
	n.dst = b.temp(pl.option())
	switch {
	case b.ghost: // an error
	case pl.empty():
		b.emit(opAwait, x).x = spec.F
	case pl.live != nil:
		live := b.emit(opLoad, x)
		live.dst, live.pl, live.what = b.temp(spec.Bool), place{gv: pl.live, idx: []spec.Expr{ref(n.dst)}}, "live"
		b.emit(opAwait, x).x = ref(live.dst)
	}
	return ref(n.dst)
}

func lowerAssert(b *builder, name string, args []cc.ExpressionNode, x cc.Node) spec.Expr {
	v := b.cond(args[0])
	if v == nil {
		return nil
	}
	n := b.emit(opAssert, x)
	n.x, n.what = v, "assertion failed"
	return nil
}

// lowerNever lowers NEVER, and BOUND: a place that is beyond what the model can say.
func lowerNever(b *builder, name string, args []cc.ExpressionNode, x cc.Node) spec.Expr {
	why, ok := stringOf(args[0])
	if !ok || strings.TrimSpace(why) == "" {
		b.err(args[0], name+`("why")`, "%s needs a string constant that says why", name)
		return nil
	}
	n := b.emit(opFail, x)
	n.what, n.bound = why, name == "BOUND"
	return nil
}

func stringOf(n cc.ExpressionNode) (string, bool) {
	if p, ok := unparen(n).(*cc.PrimaryExpression); ok && p.Case == cc.PrimaryExpressionString {
		if s, ok := p.Value().(cc.StringValue); ok {
			for len(s) > 0 && s[len(s)-1] == 0 {
				s = s[:len(s)-1]
			}
			return string(s), true
		}
	}
	return "", false
}

func lowerWhen(b *builder, name string, args []cc.ExpressionNode, x cc.Node) spec.Expr {
	if !b.property {
		b.err(x, "write it as the first statement of an INVARIANT or another property", "%s stands outside a property", name)
		return nil
	}
	first := len(b.f.nodes)
	if v := b.cond(args[0]); v != nil {
		o := opWhen
		if name == "FROM" {
			o = opFrom
		}
		b.asks(o, x, v, first)
	}
	return nil
}

// asks emits the WHEN or FROM of a property; its condition is computed by the nodes from the first
// on.
func (b *builder) asks(o op, x cc.Node, cond spec.Expr, first int) {
	n := b.emit(o, x)
	n.x = cond
	b.f.asks = append(b.f.asks, n)
	for _, m := range b.f.nodes[first:] {
		m.situation = true
	}
}

func lowerWhenFree(b *builder, name string, args []cc.ExpressionNode, x cc.Node) spec.Expr {
	if !b.property {
		b.err(x, "write it as the first statement of a property", "WHEN_FREE stands outside a property")
		return nil
	}
	l, ok := b.address(args[0])
	if !ok {
		return nil
	}
	if l.o == nil || l.o.gv == nil || l.o.gv.kind != gSpin && l.o.gv.kind != gRwsem {
		b.err(x, "name a spinlock_t or an rwsem_t", "WHEN_FREE needs a lock")
		return nil
	}
	first := len(b.f.nodes)
	n := b.emit(opFree, x)
	n.dst = b.temp(spec.Bool)
	n.pl = place{gv: l.o.gv, idx: l.idx}
	b.asks(opWhen, x, ref(n.dst), first)
	return nil
}

// lockKinds says which kind of object each lock function works on.
var lockKinds = map[string]gkind{
	"spin_lock": gSpin, "spin_trylock": gSpin, "spin_unlock": gSpin, "spin_is_locked": gSpin,
	"down_read": gRwsem, "up_read": gRwsem, "down_write": gRwsem, "up_write": gRwsem, "downgrade_write": gRwsem,
	"write_seqcount_begin": gSeqcount, "write_seqcount_end": gSeqcount, "read_seqbegin": gSeqcount, "read_seqretry": gSeqcount,
}

// lockNames and lockAdvice say what kind of object something is, and which functions are for it.
var (
	lockNames = map[gkind]string{gPlain: "no lock", gSpin: "a spinlock_t", gRwsem: "an rwsem_t", gSeqcount: "a seqcount_t"}

	lockAdvice = map[gkind]string{
		gPlain:    "declare it as a spinlock_t, rwsem_t or seqcount_t",
		gSpin:     "use spin_lock, spin_trylock, spin_unlock or spin_is_locked",
		gRwsem:    "use down_read, up_read, down_write, up_write or downgrade_write",
		gSeqcount: "use write_seqcount_begin, write_seqcount_end, read_seqbegin or read_seqretry",
	}
)

func lowerLock(b *builder, name string, args []cc.ExpressionNode, x cc.Node) spec.Expr {
	l, ok := b.address(args[0])
	if !ok {
		return nil
	}
	if l.o == nil || l.o.gv == nil {
		b.err(args[0], "name it directly: &lock, &p->lock", "%s needs the address of a lock", name)
		return nil
	}
	g := l.o.gv
	if name == "lock_is_held" {
		if g.kind != gSpin && g.kind != gRwsem {
			b.err(x, "name a spinlock_t or an rwsem_t", "lock_is_held needs a lock")
			return nil
		}
		if b.property {
			b.err(x, "compare what the lock protects, or use WHEN_FREE", "lock_is_held asks for the current task, and a property has none")
			return nil
		}
	} else if g.kind != lockKinds[name] {
		b.err(args[0], lockAdvice[g.kind], "'%s' is %s, which %s is not for", g.name, lockNames[g.kind], name)
		return nil
	}
	g.used = true
	g.tried = g.tried || name == "spin_trylock" || name == "spin_is_locked"
	var seq spec.Expr
	if len(args) > 1 {
		if seq = b.coerce(b.expr(args[1]), b.c.seqEnum, args[1]); seq == nil {
			return nil
		}
	}
	o := opLock
	if g.kind == gSeqcount {
		o = opSeq
	}
	if name == "lock_is_held" {
		o = opHeld
	}
	n := b.emit(o, x)
	n.what, n.x = name, seq
	n.pl = place{gv: g, idx: l.idx, cur: l.cur}
	switch name {
	case "spin_trylock", "spin_is_locked", "lock_is_held", "read_seqretry":
		n.dst = b.temp(spec.Bool)
	case "read_seqbegin":
		n.dst = b.temp(b.c.seqEnum)
		n.dst.seq = g
	}
	if n.dst != nil {
		return ref(n.dst)
	}
	return nil
}

func lowerCPU(b *builder, name string, args []cc.ExpressionNode, x cc.Node) spec.Expr {
	if b.property {
		b.err(x, "a property is about one state, not about a task", "a property runs on no CPU")
		return nil
	}
	n := b.emit(opCPU, x)
	n.dst = b.temp(&spec.RangeType{Lo: 0, Hi: b.c.nrCPUs - 1})
	return ref(n.dst)
}
