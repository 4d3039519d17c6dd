package cread

import (
	"math/bits"

	"modernc.org/cc/v4"
)

// The code of a function is for a machine with a stack. What an instruction takes from it, and
// puts there, is written [below … top].
type op int

const (
	opNone op = iota

	// What touches only the task's own locals.
	opPush   // [] → [n]
	opPop    // [v] → []
	opDup    // [v] → [v v]
	opSwap   // [v w] → [w v]
	opRotate // [u v w] → [v w u]
	opLocal  // [] → [address of the local v]
	opIndex  // [address index] → [address of the element]; n elements of size m
	opField  // [pointer] → [address]: field at n of an object of pool m
	opOffset // [address] → [address]: of the field at n
	opLoadL  // [address] → [value]: of local v
	opStoreL // [value address] → [value as stored]: in local v
	opZero   // [] → []: the declaration of v without a value
	opAdd    // [x y] → [x + y], and so on
	opSub
	opMul
	opDiv
	opMod
	opEq
	opNe
	opLt
	opGt
	opLe
	opGe
	opAnd // bits of truth values
	opOr
	opXor
	opNot     // [x] → [!x]
	opFit     // [x] → [x as a value of the type]
	opJump    // to n
	opJumpIf0 // [x] → []
	opJumpIf1
	opCall   // [args …] → [result]: function fn
	opCallFn // [pointer args …] → [result]: n arguments
	opReturn // [result] → ends the function; n = 1: it has one
	opCurrent
	opCPU // [] → [CPU of the task]; a place if tasks migrate
	opAssert
	opNever
	opBound
	opFlag // the start of an optional, idle or hangs statement (n): a place
	opNothing
	opSettle // [v] → [v]: a value of its own, kept up to its last use like one that was loaded
	opMerge  // [condition v] → [v]: for which the condition was loaded, too
	opMark   // the start of a statement (n) that ghost data may decide about
	opUnmark // its end; m = 1: it may be left by another way
	opWhen   // [x] → []: ends a property that is not about this state
	opFrom
	opWhenFree // [address] → []

	// What is an access of its own, unless it stands in atomic or ghost code.
	opLoad   // [address] → [value]
	opStore  // [value address] → [value as stored]
	opAtomic // the start of an atomic block
	opAwait  // the start of await
	opTest   // [condition by] → []: the end of await, within its access: waits
	opChoose
	opChooseOne // of pool n
	opAlloc     // of pool n
	opRelease   // [pointer] → [0]
	opFirst     // [] → [first object of pool n]
	opNext      // [pointer] → [next object of pool n]
	opSet       // an operation on a set or a list: what
	opLock      // an operation on a lock
	opSeq       // an operation on a seqcount
)

// The flags of a task that stands at a marked statement.
const (
	flagOptional = 1 << iota
	flagIdle
	flagHangs
)

// instr is one instruction.
type instr struct {
	op     op
	n, m   int64
	typ    *ctype
	v      *variable // the local that it is about
	w      *variable // the second one, of list_splice_tail
	fn     *function
	what   string  // the function of the header
	at     cc.Node // for messages
	atomic bool    // inside an atomic block or an await
	ghost  bool    // inside ghost code
	scope  []*variable
}

// variable is a local variable or a parameter.
type variable struct {
	name  string
	typ   *ctype
	base  int  // its first cell in the frame
	id    int  // its number in the function
	ghost bool // it is declared GHOST, or in ghost code
	data  bool // it is declared GHOST, or only ghost code uses it

	used    bool    // other code than ghost code uses it
	written cc.Node // where ghost code writes it, though it is not declared for that
}

// function is a function of the model.
type function struct {
	name   string
	def    *cc.FunctionDefinition
	typ    *ctype
	depth  int // RECURSION; 0: none
	number int // its position in program.code; -1: not compiled
	params []*variable
	vars   []*variable
	cells  []*ctype // the type of each cell of a frame
	ghost  []bool   // whether it is one of a GHOST variable
	code   []instr
	keep   [][]bool // for each instruction: which cells of a frame are kept in front of it
	keepIn [][]bool // … and which while a function that it calls runs
}

// isPlace says whether a step begins at the instruction: it is an access, a choice, or waits, or a
// marked statement begins there.
func (in *instr) isPlace(migrate bool) bool {
	switch in.op {
	case opSet:
		return in.v == nil || in.what == "list_splice_tail" && in.w == nil
	case opCPU:
		return migrate
	case opFlag:
		return true
	}
	return in.op >= opLoad && in.op != opTest
}

// operator returns the operator and the operands of a binary expression, opNone if e is none.
func operator(e cc.ExpressionNode) (op, cc.ExpressionNode, cc.ExpressionNode) {
	switch e := e.(type) {
	case *cc.AdditiveExpression:
		switch e.Case {
		case cc.AdditiveExpressionAdd:
			return opAdd, e.AdditiveExpression, e.MultiplicativeExpression
		case cc.AdditiveExpressionSub:
			return opSub, e.AdditiveExpression, e.MultiplicativeExpression
		}
	case *cc.MultiplicativeExpression:
		switch e.Case {
		case cc.MultiplicativeExpressionMul:
			return opMul, e.MultiplicativeExpression, e.CastExpression
		case cc.MultiplicativeExpressionDiv:
			return opDiv, e.MultiplicativeExpression, e.CastExpression
		case cc.MultiplicativeExpressionMod:
			return opMod, e.MultiplicativeExpression, e.CastExpression
		}
	case *cc.EqualityExpression:
		switch e.Case {
		case cc.EqualityExpressionEq:
			return opEq, e.EqualityExpression, e.RelationalExpression
		case cc.EqualityExpressionNeq:
			return opNe, e.EqualityExpression, e.RelationalExpression
		}
	case *cc.RelationalExpression:
		switch e.Case {
		case cc.RelationalExpressionLt:
			return opLt, e.RelationalExpression, e.ShiftExpression
		case cc.RelationalExpressionGt:
			return opGt, e.RelationalExpression, e.ShiftExpression
		case cc.RelationalExpressionLeq:
			return opLe, e.RelationalExpression, e.ShiftExpression
		case cc.RelationalExpressionGeq:
			return opGe, e.RelationalExpression, e.ShiftExpression
		}
	case *cc.AndExpression:
		return opAnd, e.AndExpression, e.EqualityExpression
	case *cc.InclusiveOrExpression:
		return opOr, e.InclusiveOrExpression, e.ExclusiveOrExpression
	case *cc.ExclusiveOrExpression:
		return opXor, e.ExclusiveOrExpression, e.AndExpression
	}
	return opNone, nil, nil
}

// calculate is x op y, exactly.
func calculate(at cc.Node, op op, x, y int64) int64 {
	switch op {
	case opAdd, opSub:
		r := x + y
		if op == opSub {
			r, y = x-y, ^y
		}
		if (x^r)&(y^r) < 0 {
			fail(at, "the value is too large")
		}
		return r
	case opMul:
		hi, lo := bits.Mul64(uint64(max(x, -x)), uint64(max(y, -y)))
		if hi != 0 || lo > 1<<62 {
			fail(at, "the value is too large")
		}
		return x * y
	case opDiv, opMod:
		if y <= 0 || x < 0 {
			fail(at, "%d divided by %d: only what is not negative, by a positive constant", x, y)
		}
		if op == opDiv {
			return x / y
		}
		return x % y
	case opEq:
		return truth(x == y)
	case opNe:
		return truth(x != y)
	case opLt:
		return truth(x < y)
	case opGt:
		return truth(x > y)
	case opLe:
		return truth(x <= y)
	case opGe:
		return truth(x >= y)
	}
	if x>>1|y>>1 != 0 {
		fail(at, "bit operations on numbers are not in the language")
	}
	switch op {
	case opAnd:
		return x & y
	case opOr:
		return x | y
	case opXor:
		return x ^ y
	}
	panic("cread: no such operator")
}
