package flat

import (
	"fmt"
	"strconv"
	"strings"

	"mcheck/spec"
)

// Dialect is what differs between languages in an expression.
type Dialect interface {
	// Op is the text of And, Or, Eq and Ne.
	Op(op spec.Op) string
	Implies(x, y string) string // operands that need no more parentheses
	If(c, x, y string) string   // likewise
	Lit(l *spec.Lit) string
	Param(p *spec.Param) string
	// Place is the text of a place; text prints an index.
	Place(e spec.Expr, text func(spec.Expr) string) string
	// SetArrays says that sets are arrays of booleans.
	SetArrays() bool
	// Set is the text of an operator on sets that are masks.
	Set(e spec.Expr, operand func(spec.Expr) string) string
	// Quant is the text of a Forall or Exists.
	Quant(q *spec.Quant, text func(spec.Expr) string) string
}

const (
	precOr = iota
	precAnd
	precCmp
	precAdd
	precMul
	precAtom
)

// Text prints a lowered expression.
func Text(d Dialect, e spec.Expr) string { s, _ := text(d, e); return s }

// Operand is Text in parentheses, unless the expression is a literal, a place or the like.
func Operand(d Dialect, e spec.Expr) string { return within(d, e, precAtom) }

// Conjunct is Text, in parentheses where an operand of And needs them.
func Conjunct(d Dialect, e spec.Expr) string { return within(d, e, precAnd) }

func within(d Dialect, e spec.Expr, least int) string {
	s, prec := text(d, e)
	if prec < least {
		return "(" + s + ")"
	}
	return s
}

func text(d Dialect, e spec.Expr) (string, int) {
	operand := func(x spec.Expr) string { return Operand(d, x) }
	if isPlace(e) {
		if _, in := e.(*spec.Binary); !in || d.SetArrays() {
			return d.Place(e, func(x spec.Expr) string { return Text(d, x) }), precAtom
		}
	}
	switch e := e.(type) {
	case *spec.Lit:
		s := d.Lit(e)
		if strings.HasPrefix(s, "-") {
			return s, precAdd
		}
		return s, precAtom
	case *spec.ParamRef:
		return d.Param(e.Param), precAtom
	case *spec.Unary:
		switch e.Op {
		case spec.Not:
			return "!" + operand(e.X), precAtom
		case spec.Neg:
			return "-" + operand(e.X), precAdd
		case spec.Cardinality:
			return d.Set(e, operand), precAtom
		}
		panic("unhandled " + e.Op.String())
	case *spec.Binary:
		return binaryText(d, e, operand)
	case *spec.If:
		return d.If(operand(e.Cond), operand(e.Then), operand(e.Else)), precAtom
	case *spec.Quant:
		return d.Quant(e, func(x spec.Expr) string { return Text(d, x) }), precAtom
	case *spec.Composite:
		return d.Set(e, operand), precAtom
	}
	panic(fmt.Sprintf("unhandled %T", e))
}

func binaryText(d Dialect, e *spec.Binary, operand func(spec.Expr) string) (string, int) {
	join := func(op string, prec, left, right int) (string, int) {
		return within(d, e.X, left) + " " + op + " " + within(d, e.Y, right), prec
	}
	switch e.Op {
	case spec.And:
		return join(d.Op(e.Op), precAnd, precAnd, precAnd)
	case spec.Or:
		// a conjunction inside is bracketed for readers
		s := func(x spec.Expr) string {
			if b, ok := x.(*spec.Binary); ok && b.Op == spec.Or {
				return Text(d, x)
			}
			return within(d, x, precCmp)
		}
		return s(e.X) + " " + d.Op(e.Op) + " " + s(e.Y), precOr
	case spec.Implies:
		return d.Implies(operand(e.X), operand(e.Y)), precAtom
	case spec.Eq, spec.Ne:
		return join(d.Op(e.Op), precCmp, precAdd, precAdd)
	case spec.Lt, spec.Le, spec.Gt, spec.Ge:
		return join(e.Op.String(), precCmp, precAdd, precAdd)
	case spec.Add:
		return join("+", precAdd, precAdd, precMul)
	case spec.Sub:
		return join("-", precAdd, precAdd, precMul)
	case spec.Mul:
		return join("*", precMul, precMul, precAtom)
	case spec.Div:
		return join("/", precMul, precAtom, precAtom)
	case spec.Mod:
		return join("%", precMul, precAtom, precAtom)
	case spec.In, spec.Union, spec.Intersect, spec.Minus, spec.SubsetEq:
		return d.Set(e, operand), precAtom
	}
	panic("unhandled " + e.Op.String())
}

// Number is the text of an integer.
func Number(n int64) string { return strconv.FormatInt(n, 10) }
