package spec

import "fmt"

// expr checks e and returns its type, or nil if e has an error (that is reported).
func (c *checker) expr(e Expr) Type {
	if isNil(e) {
		c.missing("an expression")
		return nil
	}
	if !c.enter(e, "an expression") {
		return nil
	}
	ok := c.wellTyped(e)
	c.leave(e)
	if !ok {
		return nil
	}
	// Everything inside e is right, so that Type can neither fail nor overflow.
	t := e.Type()
	if r, isRange := t.(*RangeType); isRange && (r.Lo < minTLCInt || r.Hi > maxTLCInt) {
		c.wideInt(r)
		return nil
	}
	return t
}

// wellTyped checks e and what is in it.
func (c *checker) wellTyped(e Expr) bool {
	switch e := e.(type) {
	case *Lit:
		return c.lit(e)
	case *VarRef:
		if e.Var == nil {
			c.missing("the variable of a reference")
			return false
		}
		if !c.vars[e.Var] {
			c.unknownVar(e.Var)
			return false
		}
		return c.types[e.Var.Type] // if not, that was reported with the variable
	case *ParamRef:
		if e.Param == nil {
			c.missing("the parameter of a reference")
			return false
		}
		if !c.scope[e.Param] {
			c.unboundParam(e.Param)
			return false
		}
		return c.types[e.Param.Type] && isIndexType(e.Param.Type)
	case *Index:
		x, i := c.expr(e.X), c.expr(e.I)
		if x == nil {
			return false
		}
		_, ok := c.element(x, i)
		return ok && i != nil
	case *FieldSel:
		x := c.expr(e.X)
		if x == nil {
			return false
		}
		if r, ok := x.(*RecordType); !ok || r.FieldIndex(e.Name) < 0 {
			c.noField(x, e.Name)
			return false
		}
		return true
	case *Unary:
		x := c.expr(e.X)
		return c.unaryOp(e.Op) && x != nil && c.unary(e.Op, x)
	case *Binary:
		x, y := c.expr(e.X), c.expr(e.Y)
		return c.binaryOp(e.Op) && x != nil && y != nil && c.binary(e.Op, x, y)
	case *If:
		ok := c.cond("a condition", e.Cond)
		x, y := c.expr(e.Then), c.expr(e.Else)
		if x == nil || y == nil {
			return false
		}
		if JoinTypes(x, y) == nil {
			c.noJoin(x, y)
			return false
		}
		return ok
	case *Quant:
		return c.quant(e)
	case *Composite:
		return c.composite(e)
	}
	panic(fmt.Sprintf("spec: unhandled %T", e))
}

func (c *checker) lit(e *Lit) bool {
	if !c.typ(e.T) {
		return false
	}
	ok := false
	if s, isSet := e.T.(*SetType); isSet {
		lo, hi, _ := Domain(s.Elem)
		n := hi - lo + 1
		ok = n == MaxSet || uint64(e.N) < 1<<n
	} else if lo, hi, scalar := Domain(e.T); scalar {
		ok = lo <= e.N && e.N <= hi
	}
	if !ok {
		c.badLiteral(e)
	}
	return ok
}

func (c *checker) unaryOp(op Op) bool {
	if op < Not || op > Cardinality {
		c.badOperator(op, "unary")
		return false
	}
	return true
}

func (c *checker) binaryOp(op Op) bool {
	if op < And || op > RemoveAt {
		c.badOperator(op, "binary")
		return false
	}
	return true
}

// want reports a wrong operand.
func (c *checker) want(ok bool, op Op, what string, got Type) bool {
	if !ok {
		c.badOperand(op, what, got)
	}
	return ok
}

func (c *checker) unary(op Op, x Type) bool {
	switch op {
	case Not:
		return c.want(isBool(x), op, "a bool", x)
	case Neg:
		return c.want(isRange(x), op, "an integer", x)
	case Len, Head, Tail:
		return c.want(isSeq(x), op, "a sequence", x)
	case Cardinality:
		return c.want(isSet(x), op, "a set", x)
	}
	panic("spec: unhandled " + op.String())
}

func (c *checker) binary(op Op, x, y Type) bool {
	switch op {
	case And, Or, Implies, Iff:
		a := c.want(isBool(x), op, "a bool", x)
		return c.want(isBool(y), op, "a bool", y) && a
	case Eq, Ne:
		if JoinTypes(x, y) == nil {
			c.incomparable(op, x, y)
			return false
		}
		return true
	case Lt, Le, Gt, Ge, Add, Sub, Mul, Div, Mod, Min, Max:
		a := c.want(isRange(x), op, "an integer", x)
		b := c.want(isRange(y), op, "an integer", y)
		if (op == Div || op == Mod) && b {
			b = c.want(y.(*RangeType).Hi > 0, op, "a positive divisor", y)
		}
		return a && b
	case In:
		s, ok := y.(*SetType)
		if !ok {
			return c.want(false, op, "a set", y)
		}
		if JoinTypes(x, s.Elem) == nil {
			c.incomparable(op, x, y)
			return false
		}
		return true
	case Union, Intersect, Minus, SubsetEq:
		a := c.want(isSet(x), op, "a set", x)
		b := c.want(isSet(y), op, "a set", y)
		if a && b && !SameType(x, y) {
			c.incomparable(op, x, y)
			return false
		}
		return a && b
	case Append:
		s, ok := x.(*SeqType)
		if !ok {
			return c.want(false, op, "a sequence", x)
		}
		if !Assignable(s.Elem, y) {
			c.notAssignable("an element", s.Elem, y)
			return false
		}
		return true
	case RemoveAt:
		a := c.want(isSeq(x), op, "a sequence", x)
		return c.want(isRange(y), op, "an integer", y) && a
	}
	panic("spec: unhandled " + op.String())
}

func isRange(t Type) bool { _, ok := t.(*RangeType); return ok }
func isSet(t Type) bool   { _, ok := t.(*SetType); return ok }
func isSeq(t Type) bool   { _, ok := t.(*SeqType); return ok }

func (c *checker) quant(e *Quant) bool {
	ok := true
	if e.Op < Forall || e.Op > MapOf {
		c.badOperator(e.Op, "quantifying")
		ok = false
	}
	if e.Param == nil {
		c.missing("the parameter of a quantifier")
		return false
	}
	outer := c.scope[e.Param]
	domain := c.bind(e.Param)
	body := c.expr(e.Body)
	if !outer {
		c.unbind(e.Param)
	}
	if !ok || !domain || body == nil {
		return false
	}
	switch e.Op {
	case Forall, Exists, Count:
		return c.want(isBool(body), e.Op, "a bool", body)
	case Sum:
		return c.want(isRange(body), e.Op, "an integer", body)
	case SetOf:
		return c.want(isBool(body), e.Op, "a bool", body) && c.typ(&SetType{e.Param.Type})
	case MapOf:
		if e.Param.Only != nil {
			c.partialMap(e.Param)
			return false
		}
		return c.typ(&ArrayType{e.Param.Type, body})
	}
	panic("spec: unhandled " + e.Op.String())
}

func (c *checker) composite(e *Composite) bool {
	if !c.typ(e.T) {
		for _, x := range e.Elems {
			c.expr(x)
		}
		return false
	}
	ok := true
	var elem func(int) Type
	n := len(e.Elems)
	switch t := e.T.(type) {
	case *RecordType:
		if n != len(t.Fields) {
			c.badArity(t, fmt.Sprintf("%d elements", len(t.Fields)), n)
			ok = false
		}
		elem = func(i int) Type { return t.Fields[min(i, len(t.Fields)-1)].Type }
	case *ArrayType:
		lo, hi, _ := Domain(t.Index)
		if int64(n) != hi-lo+1 {
			c.badArity(t, fmt.Sprintf("%d elements", hi-lo+1), n)
			ok = false
		}
		elem = func(int) Type { return t.Elem }
	case *SeqType:
		if n > t.Cap {
			c.badArity(t, fmt.Sprintf("at most %d elements", t.Cap), n)
			ok = false
		}
		elem = func(int) Type { return t.Elem }
	case *SetType:
		elem = func(int) Type { return t.Elem }
	default:
		c.badType(t, "a value of it has no elements to list")
		return false
	}
	for i, x := range e.Elems {
		t := c.expr(x)
		if t == nil {
			ok = false
		} else if want := elem(i); !Assignable(want, t) {
			c.notAssignable("an element", want, t)
			ok = false
		}
	}
	return ok
}

// sound reports whether e and everything in it is there, so that it can be walked; Check calls it
// for expressions that may not be well-typed.
func sound(e Expr) bool { return soundWithin(e, map[Expr]bool{}) }

func soundWithin(e Expr, path map[Expr]bool) bool {
	if isNil(e) || path[e] {
		return false
	}
	path[e] = true
	defer delete(path, e)
	switch e := e.(type) {
	case *VarRef:
		return e.Var != nil
	case *Quant:
		if e.Param == nil {
			return false
		}
	}
	for _, x := range Children(e) {
		if !soundWithin(x, path) {
			return false
		}
	}
	return true
}
