package cread

import (
	"slices"

	"modernc.org/cc/v4"
)

// compiler makes the code of one function.
type compiler struct {
	p      *program
	f      *function
	scope  []*variable // what is in scope, innermost last
	atomic int         // in how many atomic blocks
	ghost  int         // in how many ghost statements

	jumps             int     // how many statements that jump there are so far
	breaks, continues [][]int // jumps whose target is still to come
	labels            map[string]int
	labelled          map[string]*cc.LabeledStatement
	gotos             map[int]*cc.JumpStatement
	cases             map[*cc.LabeledStatement]int
	// atomic, ghost, … statements around the code
	prefixes []*cc.SelectionStatement
	around   map[cc.Node][]*cc.SelectionStatement // the same, of each label and jump
}

// emit appends an instruction and returns its number.
func (c *compiler) emit(at cc.Node, in instr) int {
	in.at, in.atomic, in.ghost = at, c.atomic > 0, c.ghost > 0
	in.scope = slices.Clone(c.scope)
	c.f.code = append(c.f.code, in)
	return len(c.f.code) - 1
}

func (c *compiler) push(at cc.Node, n int64) { c.emit(at, instr{op: opPush, n: n}) }

// land makes the jump jump to what comes next.
func (c *compiler) land(jumps ...int) {
	for _, j := range jumps {
		c.f.code[j].n = int64(len(c.f.code))
	}
}

// address is what an expression that names a variable says: a local one, or one that is shared.
type address struct {
	typ *ctype
	v   *variable // nil: shared
}

func (a address) load(c *compiler, at cc.Node) *ctype {
	if a.typ.aggregate() {
		fail(at, "an array or a struct as a whole is no value")
	}
	if a.v != nil {
		c.used(at, a.v, false)
		c.emit(at, instr{op: opLoadL, typ: a.typ, v: a.v})
	} else {
		c.emit(at, instr{op: opLoad, typ: a.typ})
	}
	return a.typ
}

// store emits [value address] → [value].
func (a address) store(c *compiler, at cc.Node) {
	if a.typ.aggregate() {
		fail(at, "an array or a struct as a whole is no value")
	}
	if a.v != nil {
		c.used(at, a.v, true)
		c.emit(at, instr{op: opStoreL, typ: a.typ, v: a.v})
	} else {
		c.emit(at, instr{op: opStore, typ: a.typ})
	}
}

// used notes a use of a local variable. One that only ghost code uses is ghost data.
func (c *compiler) used(at cc.Node, v *variable, write bool) {
	switch {
	case c.ghost == 0:
		v.used = true
	case write && !v.ghost:
		v.written = at
	}
}

// ghostLocals makes ghost data of the local variables that ghost code writes.
func (c *compiler) ghostLocals() {
	for _, v := range c.f.vars {
		if v.written == nil {
			continue
		}
		if v.used || v.id < len(c.f.params) {
			fail(v.written, "ghost code writes %s, which is not ghost", v.name)
		}
		v.ghost, v.data = true, true
		for i := range v.typ.size() {
			c.f.ghost[v.base+i] = true
		}
	}
}

// local returns the local variable with the name, or nil.
func (c *compiler) local(name string) *variable {
	for i := len(c.scope) - 1; i >= 0; i-- {
		if c.scope[i].name == name {
			return c.scope[i]
		}
	}
	return nil
}

// lvalue emits the address of what e names: [] → [address].
func (c *compiler) lvalue(e cc.ExpressionNode) address {
	switch e := e.(type) {
	case *cc.ExpressionList:
		if e.ExpressionList == nil {
			return c.lvalue(e.AssignmentExpression)
		}
	case *cc.PrimaryExpression:
		switch e.Case {
		case cc.PrimaryExpressionExpr:
			return c.lvalue(e.ExpressionList)
		case cc.PrimaryExpressionIdent:
			name := e.Token.SrcStr()
			if v := c.local(name); v != nil {
				c.emit(e, instr{op: opLocal, v: v})
				return address{v.typ, v}
			}
			for _, g := range c.p.globals {
				if g.name == name {
					c.push(e, int64(g.base))
					return address{g.typ, nil}
				}
			}
			fail(e, "%s is not declared", name)
		}
	case *cc.PostfixExpression:
		switch e.Case {
		case cc.PostfixExpressionIndex:
			a := c.lvalue(e.PostfixExpression)
			if a.typ.kind != kArray {
				fail(e, "%s is no array", cc.NodeSource(e.PostfixExpression))
			}
			c.expr(e.ExpressionList)
			c.emit(e, instr{op: opIndex, n: int64(a.typ.n), m: int64(a.typ.of.size())})
			a.typ = a.typ.of
			return a
		case cc.PostfixExpressionSelect:
			a := c.lvalue(e.PostfixExpression)
			f := c.fieldOf(e, a.typ)
			c.emit(e, instr{op: opOffset, n: int64(f.offset)})
			a.typ = f.typ
			return a
		case cc.PostfixExpressionPSelect:
			t := c.expr(e.PostfixExpression)
			if t.kind != kPtr || t.of.pool < 0 {
				fail(e, "%s points to no object of a pool", cc.NodeSource(e.PostfixExpression))
			}
			f := c.fieldOf(e, t.of)
			c.emit(e, instr{op: opField, n: int64(f.offset), m: int64(t.of.pool)})
			return address{f.typ, nil}
		}
	case *cc.UnaryExpression:
		if e.Case == cc.UnaryExpressionDeref {
			if u, ok := strip(e.CastExpression).(*cc.UnaryExpression); ok && u.Case == cc.UnaryExpressionAddrof {
				return c.lvalue(u.CastExpression)
			}
		}
	case *cc.CastExpression:
		if e.Case == cc.CastExpressionUnary {
			return c.lvalue(e.UnaryExpression)
		}
	}
	fail(e, "%s names no variable", cc.NodeSource(e))
	return address{}
}

func (c *compiler) fieldOf(at *cc.PostfixExpression, t *ctype) *field {
	name := at.Token2.SrcStr()
	if t.kind != kStruct || t.field(name) == nil {
		fail(at, "there is no field %s", name)
	}
	return t.field(name)
}

// strip takes the parentheses off.
func strip(e cc.ExpressionNode) cc.ExpressionNode {
	for {
		switch x := e.(type) {
		case *cc.PrimaryExpression:
			if x.Case != cc.PrimaryExpressionExpr {
				return e
			}
			e = x.ExpressionList
		case *cc.ExpressionList:
			if x.ExpressionList != nil {
				return e
			}
			e = x.AssignmentExpression
		default:
			return e
		}
	}
}

// name is the identifier that e is, or "".
func name(e cc.ExpressionNode) string {
	if x, ok := strip(e).(*cc.PrimaryExpression); ok && x.Case == cc.PrimaryExpressionIdent {
		return x.Token.SrcStr()
	}
	return ""
}

// expr emits the value of e: [] → [value]. Operands are evaluated from left to right, the right
// side of an assignment before the left.
func (c *compiler) expr(e cc.ExpressionNode) *ctype {
	if op, x, y := operator(e); op != opNone {
		a := c.expr(x)
		b := c.expr(y)
		if (op == opAnd || op == opOr || op == opXor) && a.kind != kBool && b.kind != kBool {
			fail(e, "bit operations on numbers are not in the language")
		}
		c.emit(e, instr{op: op})
		if op >= opEq && op <= opXor {
			return tBool
		}
		return tInt
	}
	switch e := e.(type) {
	case *cc.ExpressionList:
		for l := e; l != nil; l = l.ExpressionList {
			t := c.expr(l.AssignmentExpression)
			if l.ExpressionList == nil {
				return t
			}
			c.emit(e, instr{op: opPop})
		}
	case *cc.ConstantExpression:
		return c.expr(e.ConditionalExpression)
	case *cc.PrimaryExpression:
		return c.primary(e)
	case *cc.PostfixExpression:
		switch e.Case {
		case cc.PostfixExpressionCall:
			return c.call(e)
		case cc.PostfixExpressionInc:
			return c.increment(e, e.PostfixExpression, opAdd, true)
		case cc.PostfixExpressionDec:
			return c.increment(e, e.PostfixExpression, opSub, true)
		case cc.PostfixExpressionComplit:
			fail(e, "compound literals are not in the language")
		default:
			return c.lvalue(e).load(c, e)
		}
	case *cc.UnaryExpression:
		return c.unary(e)
	case *cc.CastExpression:
		if e.Case == cc.CastExpressionUnary {
			return c.expr(e.UnaryExpression)
		}
		return c.cast(e)
	case *cc.AssignmentExpression:
		return c.assign(e)
	case *cc.ConditionalExpression:
		c.expr(e.LogicalOrExpression)
		start := c.emit(e, instr{op: opDup})
		other := c.jumpIf(opJumpIf0, e.LogicalOrExpression, 0)
		t := c.expr(e.ExpressionList)
		end := c.emit(e, instr{op: opJump})
		c.land(other)
		if u := c.expr(e.ConditionalExpression); t.kind == kNull || t.kind == kInt && u.kind != kInt {
			t = u
		} else if t.kind != u.kind && u.kind != kNull {
			t = tInt
		}
		c.land(end)
		c.decided(e, start)
		return t
	case *cc.LogicalAndExpression:
		return c.logical(e, opJumpIf0, e.LogicalAndExpression, e.InclusiveOrExpression)
	case *cc.LogicalOrExpression:
		return c.logical(e, opJumpIf1, e.LogicalOrExpression, e.LogicalAndExpression)
	}
	fail(e, "%s is not in the language", cc.NodeSource(e))
	return nil
}

// jumpIf emits a jump to the instruction to that is taken if the condition, whose value has been
// pushed, is so.
func (c *compiler) jumpIf(if01 op, condition cc.Node, to int) int {
	in := instr{op: if01, n: int64(to)}
	if v, ok := c.p.known(condition); ok {
		in.m = never
		if (v == 0) == (if01 == opJumpIf0) {
			in.m = always
		}
	}
	return c.emit(condition, in)
}

// logical emits x && y or x || y: y is evaluated only if x does not decide.
func (c *compiler) logical(at cc.Node, decided op, x, y cc.ExpressionNode) *ctype {
	c.expr(x)
	start := c.emit(at, instr{op: opDup})
	short := c.jumpIf(decided, x, 0)
	c.expr(y)
	c.emit(at, instr{op: opFit, typ: tBool})
	end := c.emit(at, instr{op: opJump})
	c.land(short)
	c.push(at, truth(decided == opJumpIf1))
	c.land(end)
	c.decided(at, start)
	return tBool
}

// decided ends a conditional expression, which began at start with its condition: [condition value]
// → [value]. If what it chooses between makes no access, it is an operator like others. Else it is
// a branch: then the condition is done with, and the value is one of its own.
func (c *compiler) decided(at cc.Node, start int) {
	branch := false
	for i := start; i < len(c.f.code); i++ {
		in := &c.f.code[i]
		branch = branch || in.isPlace(c.p.opt.Migrate) || in.op == opCall || in.op == opCallFn
	}
	if branch {
		c.f.code[start].op = opNothing
		c.emit(at, instr{op: opSettle})
	} else {
		c.emit(at, instr{op: opMerge})
	}
}

func (c *compiler) primary(e *cc.PrimaryExpression) *ctype {
	switch e.Case {
	case cc.PrimaryExpressionExpr:
		return c.expr(e.ExpressionList)
	case cc.PrimaryExpressionInt:
		c.push(e, number(e))
		return tInt
	case cc.PrimaryExpressionString:
		c.push(e, 0)
		return tString
	case cc.PrimaryExpressionIdent:
		name := e.Token.SrcStr()
		if c.local(name) == nil {
			if name == "current" {
				c.emit(e, instr{op: opCurrent})
				return &ctype{kind: kPtr, name: "struct task_struct *", of: c.p.pools[taskPool].of}
			}
			if v, ok := c.p.constants[name]; ok {
				c.push(e, v)
				return tInt
			}
			if f := c.p.functions[name]; f != nil {
				c.p.compile(f, e)
				c.push(e, int64(f.number)+1)
				return pointerTo(f.typ)
			}
		}
		return c.lvalue(e).load(c, e)
	}
	fail(e, "%s is not in the language", cc.NodeSource(e))
	return nil
}

func (c *compiler) unary(e *cc.UnaryExpression) *ctype {
	switch e.Case {
	case cc.UnaryExpressionInc:
		return c.increment(e, e.UnaryExpression, opAdd, false)
	case cc.UnaryExpressionDec:
		return c.increment(e, e.UnaryExpression, opSub, false)
	case cc.UnaryExpressionPlus:
		return c.expr(e.CastExpression)
	case cc.UnaryExpressionMinus:
		c.push(e, 0)
		c.expr(e.CastExpression)
		c.emit(e, instr{op: opSub})
		return tInt
	case cc.UnaryExpressionNot:
		c.expr(e.CastExpression)
		c.emit(e, instr{op: opNot})
		return tBool
	case cc.UnaryExpressionAddrof:
		if f := c.p.functions[name(e.CastExpression)]; f != nil {
			return c.expr(e.CastExpression)
		}
	case cc.UnaryExpressionDeref:
		if t := c.p.functions[name(e.CastExpression)]; t != nil {
			return c.expr(e.CastExpression)
		}
		if u, ok := strip(e.CastExpression).(*cc.UnaryExpression); ok && u.Case == cc.UnaryExpressionAddrof {
			return c.lvalue(e).load(c, e)
		}
		if t := c.expr(e.CastExpression); t.kind == kFn {
			return t // what a pointer to a function points to is called as the pointer itself
		}
	}
	fail(e, "%s is not in the language", cc.NodeSource(e))
	return nil
}

func (c *compiler) cast(e *cc.CastExpression) *ctype {
	t, notes := c.p.qualifiers(e.TypeName.SpecifierQualifierList)
	if a := e.TypeName.AbstractDeclarator; a != nil {
		var own []note
		t, own = c.p.pointer(a.Pointer, t)
		notes = append(notes, own...)
	}
	meaningless(notes, "a cast")
	from := c.expr(e.CastExpression)
	if t.kind == kNull && from.kind == kInt { // (void *)0
		return t
	}
	if t.kind == kBool || t.kind == kRange {
		c.emit(e, instr{op: opFit, typ: t})
	}
	return t
}

// assign emits x = y or x op= y. The right side comes first.
func (c *compiler) assign(e *cc.AssignmentExpression) *ctype {
	var by op
	switch e.Case {
	case cc.AssignmentExpressionCond:
		return c.expr(e.ConditionalExpression)
	case cc.AssignmentExpressionAssign:
		c.expr(e.AssignmentExpression)
		a := c.lvalue(e.UnaryExpression)
		a.store(c, e)
		return a.typ
	case cc.AssignmentExpressionMul:
		by = opMul
	case cc.AssignmentExpressionDiv:
		by = opDiv
	case cc.AssignmentExpressionMod:
		by = opMod
	case cc.AssignmentExpressionAdd:
		by = opAdd
	case cc.AssignmentExpressionSub:
		by = opSub
	case cc.AssignmentExpressionAnd:
		by = opAnd
	case cc.AssignmentExpressionXor:
		by = opXor
	case cc.AssignmentExpressionOr:
		by = opOr
	default:
		fail(e, "shifts are not in the language")
	}
	t := c.expr(e.AssignmentExpression)
	a := c.lvalue(e.UnaryExpression)
	c.emit(e, instr{op: opDup})
	a.load(c, e)
	c.emit(e, instr{op: opRotate})
	if by >= opAnd && a.typ.kind != kBool && t.kind != kBool {
		fail(e, "bit operations on numbers are not in the language")
	}
	c.emit(e, instr{op: by})
	c.emit(e, instr{op: opSwap})
	a.store(c, e)
	return a.typ
}

// increment emits ++ and --; after says whether the value is that of before.
func (c *compiler) increment(at cc.Node, x cc.ExpressionNode, by op, after bool) *ctype {
	a := c.lvalue(x)
	c.emit(at, instr{op: opDup})
	a.load(c, at)
	c.push(at, 1)
	c.emit(at, instr{op: by})
	c.emit(at, instr{op: opSwap})
	a.store(c, at)
	if after {
		c.push(at, 1)
		c.emit(at, instr{op: opAdd + opSub - by})
	}
	return a.typ
}
