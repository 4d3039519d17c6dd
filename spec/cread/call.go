package cread

import (
	"strings"

	"modernc.org/cc/v4"
)

// call emits a call: [] → [result].
func (c *compiler) call(e *cc.PostfixExpression) *ctype {
	var args []cc.ExpressionNode
	for l := e.ArgumentExpressionList; l != nil; l = l.ArgumentExpressionList {
		args = append(args, l.AssignmentExpression)
	}
	callee := name(e.PostfixExpression)
	if c.local(callee) == nil && callee != "" {
		if t := c.builtin(e, callee, args); t != nil {
			return t
		}
		if f := c.p.functions[callee]; f != nil {
			c.p.compile(f, e)
			c.arguments(e, f.typ, args)
			c.emit(e, instr{op: opCall, fn: f})
			return f.typ.of
		}
	}
	t := c.expr(e.PostfixExpression)
	if t.kind != kFn {
		fail(e, "%s is no function", cc.NodeSource(e.PostfixExpression))
	}
	c.arguments(e, t.of, args)
	c.emit(e, instr{op: opCallFn, n: int64(len(args)), typ: t})
	return t.of.of
}

func (c *compiler) arguments(at cc.Node, f *ctype, args []cc.ExpressionNode) {
	if len(args) != len(f.params) {
		fail(at, "%d arguments, where %d are needed", len(args), len(f.params))
	}
	for _, a := range args {
		c.expr(a)
	}
}

// operand emits the address of what an argument &x names.
func (c *compiler) operand(e cc.ExpressionNode, kinds ...kind) address {
	u, ok := strip(e).(*cc.UnaryExpression)
	if !ok || u.Case != cc.UnaryExpressionAddrof {
		fail(e, "%s: the address of a lock, a set or a list", cc.NodeSource(e))
	}
	a := c.lvalue(u.CastExpression)
	for _, k := range kinds {
		if a.typ.kind == k {
			return a
		}
	}
	fail(e, "%s is not what this function is for", cc.NodeSource(e))
	return a
}

// poolOf returns the number of the pool that an argument of the header's macros names.
func (c *compiler) poolOf(e cc.ExpressionNode) int64 {
	if tag, ok := strings.CutPrefix(name(e), "__pool_"); ok {
		if t := c.p.structs[tag]; t != nil && t.pool >= 0 {
			return int64(t.pool)
		}
	} else if c.p.constant(e) == -1 { // __pool_task_struct
		return taskPool
	}
	fail(e, "there is no pool of this type")
	return 0
}

func (c *compiler) pointerInto(pool int64) *ctype { return pointerTo(c.p.pools[pool].of) }

// builtin emits a call of a function of the header; nil: it is none.
func (c *compiler) builtin(e *cc.PostfixExpression, f string, args []cc.ExpressionNode) *ctype {
	arity, ok := arities[f]
	if !ok {
		return nil
	}
	if len(args) != arity {
		fail(e, "%s: %d arguments, where %d are needed", f, len(args), arity)
	}
	nothing := func() *ctype { c.push(e, 0); return tVoid }
	switch f {
	case "smp_mb", "smp_wmb", "smp_rmb":
		return nothing()
	case "store_buffer_empty": // memory is sequentially consistent here
		c.expr(args[0])
		c.emit(e, instr{op: opPop})
		c.push(e, 1)
		return tBool
	case "smp_processor_id":
		c.emit(e, instr{op: opCPU})
		return tInt
	case "assert", "WHEN", "FROM":
		c.expr(args[0])
		c.emit(e, instr{op: map[string]op{"assert": opAssert, "WHEN": opWhen, "FROM": opFrom}[f]})
		return nothing()
	case "__when_free":
		c.operand(args[0], kSpin, kRwsem)
		c.emit(e, instr{op: opWhenFree})
		return nothing()
	case "NEVER":
		c.emit(e, instr{op: opNever})
		return nothing()
	case "BOUND":
		c.emit(e, instr{op: opBound})
		return nothing()
	case "await", "await_by":
		c.emit(e, instr{op: opAwait})
		c.atomic++
		c.expr(args[0])
		if f == "await_by" {
			c.expr(args[1])
		} else {
			c.push(e, 0)
		}
		c.emit(e, instr{op: opTest})
		c.atomic--
		return nothing()
	case "choose":
		n := c.p.constant(args[0])
		if n < 1 || n > 64 {
			fail(e, "the number of choices is not from 1 to 64")
		}
		c.emit(e, instr{op: opChoose, n: n})
		return tInt
	case "__choose_one", "__alloc", "__first":
		pool := c.poolOf(args[0])
		ops := map[string]op{"__choose_one": opChooseOne, "__alloc": opAlloc, "__first": opFirst}
		c.emit(e, instr{op: ops[f], n: pool})
		return c.pointerInto(pool)
	case "__next":
		t := c.expr(args[0])
		c.emit(e, instr{op: opNext, n: int64(t.of.pool)})
		return t
	case "release":
		t := c.expr(args[0])
		if t.kind != kPtr || t.of.pool <= taskPool {
			fail(e, "release what alloc(s) has made")
		}
		c.emit(e, instr{op: opRelease, n: int64(t.of.pool)})
		return tVoid
	}
	if strings.HasPrefix(f, "set_") || strings.HasPrefix(f, "list_") {
		return c.collection(e, f, args)
	}
	return c.lock(e, f, args)
}

// collection emits an operation on a set or a list.
func (c *compiler) collection(e *cc.PostfixExpression, f string, args []cc.ExpressionNode) *ctype {
	k := kSet
	if strings.HasPrefix(f, "list_") {
		k = kList
	}
	a := c.operand(args[0], k)
	in := instr{op: opSet, what: f, v: a.v, typ: a.typ, n: int64(len(args))}
	if f == "list_splice_tail" {
		b := c.operand(args[1], k)
		in.w = b.v
	} else if len(args) == 2 {
		c.expr(args[1])
	}
	writes := !strings.HasSuffix(f, "_has") && !strings.HasSuffix(f, "_empty") && f != "list_first"
	for _, v := range []*variable{in.v, in.w} {
		if v != nil {
			c.used(e, v, writes)
		}
	}
	c.emit(e, in)
	switch f {
	case "set_has", "set_empty", "list_has", "list_empty":
		return tBool
	case "list_first", "list_pop":
		return pointerTo(a.typ.of)
	}
	return tVoid
}

// lock emits an operation on a lock or a seqcount.
func (c *compiler) lock(e *cc.PostfixExpression, f string, args []cc.ExpressionNode) *ctype {
	switch f {
	case "read_seqretry", "read_seqbegin", "write_seqcount_begin", "write_seqcount_end":
		c.operand(args[0], kSeqcount)
		if len(args) == 2 {
			c.expr(args[1])
		}
		c.emit(e, instr{op: opSeq, what: f, n: int64(len(args))})
		if f == "read_seqbegin" {
			return &ctype{kind: kSeq, name: "seq_t"}
		}
		return tBool
	case "lock_is_held":
		c.operand(args[0], kSpin, kRwsem)
	case "spin_lock", "spin_trylock", "spin_unlock", "spin_is_locked":
		c.operand(args[0], kSpin)
	default:
		c.operand(args[0], kRwsem)
	}
	c.emit(e, instr{op: opLock, what: f})
	return tBool
}

// arities gives the number of arguments of each function of the header.
var arities = map[string]int{
	"smp_mb": 0, "smp_wmb": 0, "smp_rmb": 0, "smp_processor_id": 0, "store_buffer_empty": 1, "assert": 1, "WHEN": 1, "FROM": 1, "__when_free": 1,
	"NEVER": 1, "BOUND": 1, "await": 1, "await_by": 2, "choose": 1, "__choose_one": 1, "__alloc": 1, "__first": 1, "__next": 1,
	"release": 1, "set_add": 2, "set_del": 2, "set_clear": 1, "set_has": 2, "set_empty": 1, "list_add": 2, "list_add_tail": 2,
	"list_del": 2, "list_first": 1, "list_pop": 1, "list_has": 2, "list_empty": 1, "list_splice_tail": 2, "spin_lock": 1,
	"spin_trylock": 1, "spin_unlock": 1, "spin_is_locked": 1, "down_read": 1, "up_read": 1, "down_write": 1, "up_write": 1,
	"downgrade_write": 1, "lock_is_held": 1, "write_seqcount_begin": 1, "write_seqcount_end": 1, "read_seqbegin": 1, "read_seqretry": 2,
}
