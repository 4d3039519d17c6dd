package cmodel

import (
	"math"
	"strconv"
	"strings"

	"modernc.org/cc/v4"

	"mcheck/spec"
)

// The C parser computes constants in C's own types, and wraps. The language has no wrapping:
// constant expressions are computed anew here, and what leaves the range of int is refused.

const constantAdvice = "constants, and the values inside expressions, are -2147483648 … 2147483647"

func fitsInt(v int64) bool { return math.MinInt32 <= v && v <= math.MaxInt32 }

// notConstant unwinds the evaluation of an expression that has no constant value.
type notConstant struct{}

// exact returns the value of a constant expression; ok is false where it has none, or after an
// error.
func (c *compiler) exact(n cc.ExpressionNode) (v int64, ok bool) {
	defer func() {
		if r := recover(); r != nil {
			if _, is := r.(notConstant); !is {
				panic(r)
			}
			v, ok = 0, false
		}
	}()
	return c.value(n), true
}

// value is exact for a part of an expression.
func (c *compiler) value(n cc.ExpressionNode) int64 {
	n = unparen(n)
	fits := func(v int64) int64 {
		if !fitsInt(v) {
			c.errs.add(c.u.pos(operator(n)), constantAdvice, "%s is %d, which does not fit", quoteNode(n), v)
			panic(notConstant{})
		}
		return v
	}
	switch x := n.(type) {
	case *cc.PrimaryExpression:
		return c.primaryValue(x)
	case *cc.ConstantExpression:
		return c.value(x.ConditionalExpression)
	case *cc.UnaryExpression:
		switch x.Case {
		case cc.UnaryExpressionMinus:
			return fits(-c.value(x.CastExpression))
		case cc.UnaryExpressionPlus:
			return c.value(x.CastExpression)
		case cc.UnaryExpressionNot:
			return truthOf(c.value(x.CastExpression) == 0)
		}
	case *cc.MultiplicativeExpression:
		a, b := c.value(x.MultiplicativeExpression), c.value(x.CastExpression)
		if x.Case == cc.MultiplicativeExpressionMul {
			return fits(a * b)
		}
		if b == 0 {
			c.errs.add(c.u.pos(operator(n)), "divide by something else", "%s divides by 0", quoteNode(n))
			panic(notConstant{})
		}
		if x.Case == cc.MultiplicativeExpressionDiv {
			return fits(a / b)
		}
		return a % b
	case *cc.AdditiveExpression:
		a, b := c.value(x.AdditiveExpression), c.value(x.MultiplicativeExpression)
		if x.Case == cc.AdditiveExpressionSub {
			return fits(a - b)
		}
		return fits(a + b)
	case *cc.ShiftExpression, *cc.AndExpression, *cc.ExclusiveOrExpression, *cc.InclusiveOrExpression:
		c.errs.add(c.u.pos(operator(n)), "use + - * / and comparisons; * and / for powers of two",
			"%s: shifts and bit operations are not in the language", quoteNode(n))
		panic(notConstant{})
	case *cc.RelationalExpression:
		a, b := c.value(x.RelationalExpression), c.value(x.ShiftExpression)
		switch x.Case {
		case cc.RelationalExpressionLt:
			return truthOf(a < b)
		case cc.RelationalExpressionGt:
			return truthOf(a > b)
		case cc.RelationalExpressionLeq:
			return truthOf(a <= b)
		}
		return truthOf(a >= b)
	case *cc.EqualityExpression:
		same := c.value(x.EqualityExpression) == c.value(x.RelationalExpression)
		return truthOf(same == (x.Case == cc.EqualityExpressionEq))
	case *cc.LogicalAndExpression:
		return truthOf(c.value(x.LogicalAndExpression) != 0 && c.value(x.InclusiveOrExpression) != 0)
	case *cc.LogicalOrExpression:
		return truthOf(c.value(x.LogicalOrExpression) != 0 || c.value(x.LogicalAndExpression) != 0)
	case *cc.ConditionalExpression:
		if c.value(x.LogicalOrExpression) != 0 {
			return c.value(x.ExpressionList)
		}
		return c.value(x.ConditionalExpression)
	}
	panic(notConstant{})
}

func truthOf(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func (c *compiler) primaryValue(x *cc.PrimaryExpression) int64 {
	switch x.Case {
	case cc.PrimaryExpressionIdent:
		if e, ok := x.ResolvedTo().(*cc.Enumerator); ok {
			if v, ok := c.enumerators[e]; ok {
				return v
			}
		}
	case cc.PrimaryExpressionInt:
		text := x.Token.SrcStr()
		v, err := strconv.ParseUint(strings.TrimRight(text, "uUlL"), 0, 64)
		if err != nil || v > math.MaxInt32 {
			c.errs.add(c.position(x), constantAdvice, "the constant %s does not fit", quote(text))
			panic(notConstant{})
		}
		return int64(v)
	case cc.PrimaryExpressionChar:
		if v, ok := constant(x); ok {
			return v
		}
	}
	panic(notConstant{})
}

// constants evaluates the enumerators, the lengths of arrays and the case labels of the program,
// and reports those that do not fit.
func (c *compiler) constants() {
	first := map[string]spec.Pos{}
	for l := c.u.ast.TranslationUnit; l != nil; l = l.TranslationUnit {
		walkAST(l.ExternalDeclaration, func(n cc.Node) bool {
			switch n := n.(type) {
			case *cc.EnumSpecifier:
				if n.Case == cc.EnumSpecifierDef {
					for l := n.EnumeratorList; l != nil; l = l.EnumeratorList {
						name := l.Enumerator.Token.SrcStr()
						c.twice(first, name, strings.TrimPrefix(strings.TrimPrefix(name, "__count_"), "__pool_"), l.Enumerator)
					}
					c.enumeratorValues(n)
				}
			case *cc.DirectDeclarator:
				if n.Case == cc.DirectDeclaratorArr && n.AssignmentExpression != nil {
					c.exact(n.AssignmentExpression)
				}
			case *cc.LabeledStatement:
				if n.Case == cc.LabeledStatementCaseLabel {
					c.exact(n.ConstantExpression)
				}
			}
			return true
		})
	}
}

func (c *compiler) enumeratorValues(n *cc.EnumSpecifier) {
	next := int64(0)
	for l := n.EnumeratorList; l != nil; l = l.EnumeratorList {
		e := l.Enumerator
		v := next
		if e.ConstantExpression != nil {
			var ok bool
			if v, ok = c.exact(e.ConstantExpression); !ok {
				if v, ok = constantValue(e.Value()); !ok {
					c.errs.add(c.position(e), "write an expression of constants", "'%s' has no constant value", e.Token.SrcStr())
				}
			}
		} else if !fitsInt(v) {
			c.errs.add(c.position(e), constantAdvice, "'%s' is %d, which does not fit", e.Token.SrcStr(), v)
			v = 0
		}
		c.enumerators[e] = v
		next = v + 1
	}
}

func constantValue(v cc.Value) (int64, bool) {
	switch v := v.(type) {
	case cc.Int64Value:
		return int64(v), true
	case cc.UInt64Value:
		return int64(v), true
	}
	return 0, false
}
