package spec

import "fmt"

// Expr is an expression over the variables of one state. It has no side effects. The set of
// expressions is closed: *Lit, *VarRef, *ParamRef, *Index, *FieldSel, *Unary, *Binary, *If, *Quant,
// *Composite.
//
// Evaluation can fail (index out of range, NULL index, head of an empty sequence, division by
// zero): the well-formed models that the front end makes never reach such a case, since And, Or,
// Implies and If evaluate only what they need, left to right.
type Expr interface {
	// Type is the type of the value. Integer arithmetic has type *RangeType wide enough for its
	// operands' ranges; it is checked against the target's range where it is assigned.
	Type() Type
	isExpr()
}

// Lit is a scalar constant: a bool (0, 1), an integer, the position of an enum value, -1 for NULL
// of an option, the bit mask of a set (bit i stands for the i-th value of the element type).
type Lit struct {
	N int64
	T Type
}

// VarRef is the whole value of a variable.
type VarRef struct{ Var *Var }

// ParamRef is the value of an action parameter or of a variable bound by a Quant.
type ParamRef struct{ Param *Param }

// Index is X[I]: an array at an index of its index type (an Option of it is allowed, and must not
// be NULL), or element I of a sequence, counted from 1.
type Index struct{ X, I Expr }

// FieldSel is X.Name for a record X.
type FieldSel struct {
	X    Expr
	Name string
}

// Op is an operator of Unary, Binary or Quant.
type Op uint8

// The operators. In Binary, Eq and Ne work on any two values of one type (an option and its element
// type mix), the order comparisons and arithmetic on integers; Div and Mod round towards minus
// infinity, as in TLA+, and need a positive divisor.
const (
	OpInvalid Op = iota
	// unary
	Not
	Neg
	Len         // of a sequence
	Head        // first element of a sequence that is not empty
	Tail        // all but the first
	Cardinality // of a set
	// binary
	And
	Or
	Implies
	Iff
	Eq
	Ne
	Lt
	Le
	Gt
	Ge
	Add
	Sub
	Mul
	Div
	Mod
	Min
	Max
	In        // element in set
	Union     // of sets
	Intersect // of sets
	Minus     // set difference
	SubsetEq  // of sets
	Append    // sequence, element
	RemoveAt  // sequence, position from 1
	// quantifiers
	Forall
	Exists
	Count // how many values of the parameter satisfy Body
	Sum   // of an integer Body
	SetOf // the set of the values that satisfy Body
	MapOf // the array that maps each value to Body
	opLast
)

var opNames = [...]string{
	Not: "not", Neg: "-", Len: "len", Head: "head", Tail: "tail", Cardinality: "card",
	And: "and", Or: "or", Implies: "=>", Iff: "<=>", Eq: "=", Ne: "!=", Lt: "<", Le: "<=", Gt: ">", Ge: ">=",
	Add: "+", Sub: "-", Mul: "*", Div: "div", Mod: "mod", Min: "min", Max: "max",
	In: "in", Union: "union", Intersect: "intersect", Minus: "minus", SubsetEq: "subseteq", Append: "append", RemoveAt: "removeat",
	Forall: "forall", Exists: "exists", Count: "count", Sum: "sum", SetOf: "setof", MapOf: "mapof",
}

func (op Op) String() string {
	if op > OpInvalid && op < opLast {
		return opNames[op]
	}
	return fmt.Sprintf("Op(%d)", uint8(op))
}

// Unary is an operator applied to X.
type Unary struct {
	Op Op
	X  Expr
}

// Binary is X Op Y. And, Or and Implies evaluate Y only if X does not decide.
type Binary struct {
	Op   Op
	X, Y Expr
}

// If is Then where Cond holds, Else where not; only the chosen branch is evaluated.
type If struct{ Cond, Then, Else Expr }

// Quant binds Param over its domain in Body.
type Quant struct {
	Op    Op
	Param *Param
	Body  Expr
}

// Composite is a literal of a record (one element a field), a sequence or an array (one element an
// index), or a set (its elements).
type Composite struct {
	T     Type
	Elems []Expr
}

func (*Lit) isExpr()       {}
func (*VarRef) isExpr()    {}
func (*ParamRef) isExpr()  {}
func (*Index) isExpr()     {}
func (*FieldSel) isExpr()  {}
func (*Unary) isExpr()     {}
func (*Binary) isExpr()    {}
func (*If) isExpr()        {}
func (*Quant) isExpr()     {}
func (*Composite) isExpr() {}

// Type implements Expr.
func (e *Lit) Type() Type { return e.T }

// Type implements Expr.
func (e *VarRef) Type() Type { return e.Var.Type }

// Type implements Expr.
func (e *ParamRef) Type() Type { return e.Param.Type }

// Type implements Expr. It is nil if X is no array or sequence ([Check] reports it).
func (e *Index) Type() Type {
	switch t := e.X.Type().(type) {
	case *ArrayType:
		return t.Elem
	case *SeqType:
		return t.Elem
	}
	return nil
}

// Type implements Expr. It is nil if X is no record with such a field.
func (e *FieldSel) Type() Type {
	if t, ok := e.X.Type().(*RecordType); ok {
		if i := t.FieldIndex(e.Name); i >= 0 {
			return t.Fields[i].Type
		}
	}
	return nil
}

// Type implements Expr.
func (e *Unary) Type() Type {
	t := e.X.Type()
	switch e.Op {
	case Not:
		return Bool
	case Neg:
		if r, ok := t.(*RangeType); ok {
			return &RangeType{-r.Hi, -r.Lo}
		}
	case Len:
		if s, ok := t.(*SeqType); ok {
			return &RangeType{0, int64(s.Cap)}
		}
	case Head:
		if s, ok := t.(*SeqType); ok {
			return s.Elem
		}
	case Tail:
		return t
	case Cardinality:
		if s, ok := t.(*SetType); ok {
			if lo, hi, ok := Domain(s.Elem); ok {
				return &RangeType{0, hi - lo + 1}
			}
		}
	}
	return nil
}

// Type implements Expr.
func (e *Binary) Type() Type {
	switch e.Op {
	case And, Or, Implies, Iff, Eq, Ne, Lt, Le, Gt, Ge, In, SubsetEq:
		return Bool
	case Union, Intersect, Minus, Append, RemoveAt:
		return e.X.Type()
	}
	x, ok1 := e.X.Type().(*RangeType)
	y, ok2 := e.Y.Type().(*RangeType)
	if !ok1 || !ok2 {
		return nil
	}
	switch e.Op {
	case Add:
		return &RangeType{far(x.Lo + y.Lo), far(x.Hi + y.Hi)}
	case Sub:
		return &RangeType{far(x.Lo - y.Hi), far(x.Hi - y.Lo)}
	case Mul:
		a, b, c, d := farTimes(x.Lo, y.Lo), farTimes(x.Lo, y.Hi), farTimes(x.Hi, y.Lo), farTimes(x.Hi, y.Hi)
		return &RangeType{min(a, b, c, d), max(a, b, c, d)}
	case Div:
		return &RangeType{min(x.Lo, 0), max(x.Hi, 0)}
	case Mod:
		return &RangeType{0, max(y.Hi-1, 0)}
	case Min:
		return &RangeType{min(x.Lo, y.Lo), min(x.Hi, y.Hi)}
	case Max:
		return &RangeType{max(x.Lo, y.Lo), max(x.Hi, y.Hi)}
	}
	return nil
}

// farthest is the end of a range of integers that stands for all that lies beyond it: an expression
// over checked values may be nested so deep that the range of what it could be, were they not
// checked, has no end in an int64.
const farthest = int64(1) << 61

func far(n int64) int64 { return max(-farthest, min(farthest, n)) }

func farTimes(x, y int64) int64 {
	switch {
	case x == 0 || y == 0:
		return 0
	case max(x, -x) <= farthest/max(y, -y):
		return x * y
	case (x < 0) == (y < 0):
		return farthest
	}
	return -farthest
}

// Type implements Expr. Branches of different types join: integer ranges to their hull, an enum and
// its option to the option.
func (e *If) Type() Type { return JoinTypes(e.Then.Type(), e.Else.Type()) }

// JoinTypes returns the least type that holds the values of both a and b, or nil if there is none.
func JoinTypes(a, b Type) Type {
	if a == nil || b == nil {
		return nil
	}
	if SameType(a, b) {
		return a
	}
	switch a := a.(type) {
	case *RangeType:
		if b, ok := b.(*RangeType); ok {
			return &RangeType{min(a.Lo, b.Lo), max(a.Hi, b.Hi)}
		}
	case *EnumType:
		if b, ok := b.(*OptionType); ok && b.Elem == a {
			return b
		}
	case *OptionType:
		if a.Elem == b {
			return a
		}
	}
	return nil
}

// Type implements Expr.
func (e *Quant) Type() Type {
	switch e.Op {
	case Forall, Exists:
		return Bool
	case Count:
		return &RangeType{0, int64(len(e.Param.Values()))}
	case Sum:
		if r, ok := e.Body.Type().(*RangeType); ok {
			n := int64(len(e.Param.Values()))
			return &RangeType{n * r.Lo, n * r.Hi}
		}
	case SetOf:
		return &SetType{e.Param.Type}
	case MapOf:
		return &ArrayType{e.Param.Type, e.Body.Type()}
	}
	return nil
}

// Type implements Expr.
func (e *Composite) Type() Type { return e.T }
