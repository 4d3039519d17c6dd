package cmodel

import (
	"fmt"
	"slices"

	"modernc.org/cc/v4"

	"mcheck/spec"
)

// lval is a place in the source: a local, or an object and the indices into it.
type lval struct {
	loc *local
	typ spec.Type // of a local at idx
	o   *obj
	idx []spec.Expr
	cur bool
}

func (b *builder) current() spec.Expr {
	return &spec.ParamRef{Param: b.c.curParam}
}

// callOf returns the name and arguments of a direct call.
func callOf(n cc.ExpressionNode) (string, []cc.ExpressionNode) {
	n = unparen(n)
	if c, ok := n.(*cc.CastExpression); ok && c.Case == cc.CastExpressionCast {
		return callOf(c.CastExpression)
	}
	p, ok := n.(*cc.PostfixExpression)
	if !ok || p.Case != cc.PostfixExpressionCall {
		return "", nil
	}
	f, ok := unparen(p.PostfixExpression).(*cc.PrimaryExpression)
	if !ok || f.Case != cc.PrimaryExpressionIdent {
		return "", nil
	}
	var args []cc.ExpressionNode
	for l := p.ArgumentExpressionList; l != nil; l = l.ArgumentExpressionList {
		args = append(args, l.AssignmentExpression)
	}
	return f.Token.SrcStr(), args
}

// poolArg returns the pool that __pool_x names.
func (b *builder) poolArg(n cc.ExpressionNode) *pool {
	if p, ok := unparen(n).(*cc.PrimaryExpression); ok && p.Case == cc.PrimaryExpressionIdent {
		if s := p.Token.SrcStr(); len(s) > 7 && s[:7] == "__pool_" {
			if pl := b.c.poolOf(s[7:]); pl != nil {
				pl.touched = true
				return pl
			}
			b.err(n, "declare POOL("+s[7:]+", n)", "there is no pool of struct %s", s[7:])
			return nil
		}
	}
	b.c.tasks.touched = true
	return b.c.tasks
}

// lvalue lowers an expression that names a place. ok is false after an error.
func (b *builder) lvalue(n cc.ExpressionNode) (lval, bool) {
	n = unparen(n)
	switch x := n.(type) {
	case *cc.PrimaryExpression:
		if x.Case != cc.PrimaryExpressionIdent {
			break
		}
		d, ok := x.ResolvedTo().(*cc.Declarator)
		if !ok {
			break
		}
		if l, ok := b.vars[d]; ok {
			if l == nil {
				return lval{}, false
			}
			return lval{loc: l, typ: l.typ}, true
		}
		if d.Type().Kind() == cc.Function {
			break
		}
		name := x.Token.SrcStr()
		if o, ok := b.c.globals[name]; ok {
			if o == nil {
				return lval{}, false
			}
			return lval{o: o}, true
		}
		b.err(n, "name a variable", "'%s' is not a variable that can be used here", name)
		return lval{}, false
	case *cc.PostfixExpression:
		switch x.Case {
		case cc.PostfixExpressionIndex:
			base, ok := b.lvalue(x.PostfixExpression)
			if !ok {
				return base, false
			}
			i := b.arith(b.expr(x.ExpressionList), x.ExpressionList)
			if i == nil {
				return base, false
			}
			i = b.index(base, i, x.ExpressionList)
			if base.loc != nil {
				a, ok := base.typ.(*spec.ArrayType)
				if !ok {
					b.err(n, "only arrays have elements", "this is no array")
					return base, false
				}
				base.typ = a.Elem
			} else {
				if base.o.elem == nil {
					b.err(n, "only arrays have elements", "this is no array")
					return base, false
				}
				base.o = base.o.elem
			}
			base.idx = append(base.idx[:len(base.idx):len(base.idx)], i)
			return base, true
		case cc.PostfixExpressionSelect:
			base, ok := b.lvalue(x.PostfixExpression)
			if !ok {
				return base, false
			}
			return b.field(base, x.Token2.SrcStr(), n)
		case cc.PostfixExpressionPSelect:
			base, ok := b.deref(x.PostfixExpression)
			if !ok {
				return base, false
			}
			return b.field(base, x.Token2.SrcStr(), n)
		}
	case *cc.UnaryExpression:
		if x.Case == cc.UnaryExpressionDeref {
			return b.deref(x.CastExpression)
		}
	}
	b.err(n, "name a variable, a field or an element", "this is not something that can be assigned or pointed to")
	return lval{}, false
}

// index reports an index that is a constant and names no element of base.
func (b *builder) index(base lval, i spec.Expr, n cc.Node) spec.Expr {
	size := int64(0)
	switch {
	case base.loc != nil:
		if a, ok := base.typ.(*spec.ArrayType); ok {
			size = a.Index.(*spec.RangeType).Hi + 1
		}
	case base.o.elem != nil:
		size = base.o.n
	}
	if l, ok := i.(*spec.Lit); ok && size > 0 && !b.dead && (l.N < 0 || l.N >= size) {
		b.err(n, fmt.Sprintf("use 0 … %d, or a longer array", size-1), "the array has no element %d", l.N)
	}
	return i
}

func (b *builder) deref(n cc.ExpressionNode) (lval, bool) {
	p := b.expr(n)
	if p == nil {
		return lval{}, false
	}
	pl := b.c.poolByEnum(p.Type())
	if pl == nil {
		b.err(n, "use a pointer to the struct of a POOL", "this is no pointer to an object of a pool")
		return lval{}, false
	}
	if pl.root == nil {
		b.err(n, "define the struct", "struct %s has no fields here", pl.tag)
		return lval{}, false
	}
	pr, isCur := p.(*spec.ParamRef)
	return lval{o: pl.root, idx: []spec.Expr{p}, cur: isCur && pr.Param == b.c.curParam}, true
}

func (b *builder) field(base lval, name string, n cc.Node) (lval, bool) {
	if base.o != nil && base.o.fields != nil {
		if o := base.o.fields[name]; o != nil {
			base.o = o
			return base, true
		}
		return base, false // reported at its declaration
	}
	b.err(n, "", "this has no field '%s'", name)
	return base, false
}

// leafOf returns the place of a leaf.
func (b *builder) leafOf(l lval, n cc.Node, kinds ...gkind) (place, bool) {
	if l.loc != nil {
		return place{loc: l.loc, idx: l.idx}, true
	}
	if l.o == nil || l.o.gv == nil {
		b.err(n, "name one field or element", "an array or struct as a whole is not a value")
		return place{}, false
	}
	if l.o.gv.kind != gPlain {
		b.err(n, "use the lock's functions", "the lock '%s' is not a value", l.o.gv.name)
		return place{}, false
	}
	l.o.gv.used = true
	return place{gv: l.o.gv, idx: l.idx, cur: l.cur}, true
}

func (pl place) elem() spec.Type {
	if pl.loc != nil {
		t := pl.loc.typ
		for range pl.idx {
			t = t.(*spec.ArrayType).Elem
		}
		return t
	}
	return pl.gv.elem
}

// load reads a place.
func (b *builder) load(pl place, n cc.Node) spec.Expr {
	if pl.loc != nil && len(pl.idx) == 0 {
		return ref(pl.loc)
	}
	t := b.temp(pl.elem())
	ld := b.emit(opLoad, n)
	ld.dst, ld.pl = t, pl
	t.ghost = b.ghost
	return ref(t)
}

func (b *builder) store(pl place, x spec.Expr, n cc.Node) *node {
	o := opStore
	if pl.loc != nil {
		o = opSet
	}
	st := b.emit(o, n)
	st.pl, st.x = pl, x
	return st
}

// effect lowers an expression for its effects; it reports whether the expression has a value.
func (b *builder) effect(n cc.ExpressionNode) bool {
	n = unparen(n)
	switch x := n.(type) {
	case *cc.ExpressionList:
		for l := x; l != nil; l = l.ExpressionList {
			b.effect(l.AssignmentExpression)
			b.seq++
		}
		return true
	case *cc.PostfixExpression:
		switch x.Case {
		case cc.PostfixExpressionCall:
			_, isValue := b.call(x, false)
			return isValue
		case cc.PostfixExpressionInc:
			b.assignOp(x.PostfixExpression, spec.Add, spec.Int(1), n, false)
			return true
		case cc.PostfixExpressionDec:
			b.assignOp(x.PostfixExpression, spec.Sub, spec.Int(1), n, false)
			return true
		}
	}
	b.expr(n)
	return true
}

// expr lowers an expression to a value over locals, emitting its accesses in order. It returns nil
// after an error.
func (b *builder) expr(n cc.ExpressionNode) spec.Expr {
	n = unparen(n)
	switch x := n.(type) {
	case *cc.PrimaryExpression:
		return b.primary(x)
	case *cc.ExpressionList:
		var v spec.Expr
		for l := x; l != nil; l = l.ExpressionList {
			v = b.expr(l.AssignmentExpression)
			b.seq++
		}
		return v
	case *cc.CastExpression:
		if x.Case != cc.CastExpressionCast {
			return b.expr(x.UnaryExpression)
		}
		if _, ok := x.Type().(*cc.PointerType); ok {
			v := b.expr(x.CastExpression)
			if v == nil {
				return nil
			}
			if l, ok := v.(*spec.Lit); ok && l.N == 0 {
				return nullLit
			}
			if _, ok := v.Type().(*spec.RangeType); !ok {
				return v
			}
			b.err(n, "use an object of a pool, or NULL", "a number is cast to a pointer")
			return nil
		}
		t := b.c.valueType(x.Type(), b.c.u.pos(n.Position()), "the cast")
		v := b.expr(x.CastExpression)
		if t == nil || v == nil {
			return nil
		}
		v = b.coerce(v, t, n)
		if v == nil {
			return nil
		}
		tmp := b.temp(t)
		b.set(tmp, v, n)
		return ref(tmp)
	case *cc.PostfixExpression:
		switch x.Case {
		case cc.PostfixExpressionCall:
			v, _ := b.call(x, true)
			return v
		case cc.PostfixExpressionInc:
			return b.assignOp(x.PostfixExpression, spec.Add, spec.Int(1), n, true)
		case cc.PostfixExpressionDec:
			return b.assignOp(x.PostfixExpression, spec.Sub, spec.Int(1), n, true)
		case cc.PostfixExpressionComplit:
			b.err(n, "assign the fields one by one", "compound literals are not in the language")
			return nil
		}
		l, ok := b.lvalue(n)
		if !ok {
			return nil
		}
		pl, ok := b.leafOf(l, n)
		if !ok {
			return nil
		}
		return b.load(pl, n)
	case *cc.UnaryExpression:
		return b.unary(x)
	case *cc.MultiplicativeExpression:
		o := map[cc.MultiplicativeExpressionCase]spec.Op{cc.MultiplicativeExpressionMul: spec.Mul, cc.MultiplicativeExpressionDiv: spec.Div, cc.MultiplicativeExpressionMod: spec.Mod}[x.Case]
		return b.arith2(o, x.MultiplicativeExpression, x.CastExpression, n)
	case *cc.AdditiveExpression:
		o := spec.Add
		if x.Case == cc.AdditiveExpressionSub {
			o = spec.Sub
		}
		return b.arith2(o, x.AdditiveExpression, x.MultiplicativeExpression, n)
	case *cc.RelationalExpression:
		o := map[cc.RelationalExpressionCase]spec.Op{cc.RelationalExpressionLt: spec.Lt, cc.RelationalExpressionGt: spec.Gt,
			cc.RelationalExpressionLeq: spec.Le, cc.RelationalExpressionGeq: spec.Ge}[x.Case]
		return b.arith2(o, x.RelationalExpression, x.ShiftExpression, n)
	case *cc.EqualityExpression:
		o := spec.Eq
		if x.Case == cc.EqualityExpressionNeq {
			o = spec.Ne
		}
		l := b.expr(x.EqualityExpression)
		r := b.expr(x.RelationalExpression)
		if l == nil || r == nil {
			return nil
		}
		return b.compare(o, l, r, n)
	case *cc.LogicalAndExpression:
		return b.logical(spec.And, x.LogicalAndExpression, x.InclusiveOrExpression, n)
	case *cc.LogicalOrExpression:
		return b.logical(spec.Or, x.LogicalOrExpression, x.LogicalAndExpression, n)
	case *cc.ConditionalExpression:
		if x.Case == cc.ConditionalExpressionCond {
			return b.ternary(x)
		}
		return b.expr(x.LogicalOrExpression)
	case *cc.AssignmentExpression:
		return b.assignment(x)
	case *cc.AndExpression:
		return b.boolOp(spec.And, x.AndExpression, x.EqualityExpression, n)
	case *cc.InclusiveOrExpression:
		return b.boolOp(spec.Or, x.InclusiveOrExpression, x.ExclusiveOrExpression, n)
	case *cc.ExclusiveOrExpression:
		return b.boolOp(spec.Ne, x.ExclusiveOrExpression, x.AndExpression, n)
	case *cc.ConstantExpression:
		return b.expr(x.ConditionalExpression)
	case *cc.ShiftExpression:
		b.errOp(n, "use a set or separate bools for bits, and * or / for powers of two", "shifts are not in the language")
		return nil
	}
	b.err(n, "write it with assignments to locals and the operators of the language", "this expression is not in the language")
	return nil
}

// constant returns the value of an integer constant expression.
func constant(n cc.ExpressionNode) (int64, bool) {
	return constantValue(n.Value())
}

func (b *builder) primary(x *cc.PrimaryExpression) spec.Expr {
	switch x.Case {
	case cc.PrimaryExpressionIdent:
		name := x.Token.SrcStr()
		if ev, ok := b.c.enumVals[name]; ok {
			if _, isEnum := x.ResolvedTo().(*cc.Enumerator); isEnum {
				return &spec.Lit{N: ev.i, T: ev.info.t}
			}
		}
		if name == "current" {
			if b.property {
				b.err(x, "a property is about one state: loop over the tasks with for_each(task_struct, t)", "a property has no 'current'")
				return nil
			}
			if b.f.current == nil {
				b.f.current = x
			}
			return b.current()
		}
		switch r := x.ResolvedTo().(type) {
		case *cc.Enumerator:
			if v, ok := b.c.enumerators[r]; ok {
				return spec.Int(v)
			}
		case *cc.Declarator:
			if r.Type().Kind() == cc.Function {
				return b.funcValue(x, r)
			}
		}
		l, ok := b.lvalue(x)
		if !ok {
			return nil
		}
		pl, ok := b.leafOf(l, x)
		if !ok {
			return nil
		}
		return b.load(pl, x)
	case cc.PrimaryExpressionInt, cc.PrimaryExpressionChar:
		n := len(b.c.errs.list)
		if v, ok := b.c.exact(x); ok {
			return spec.Int(v)
		}
		if len(b.c.errs.list) > n {
			return nil
		}
	case cc.PrimaryExpressionStmt:
		b.err(x, "write a function", "statement expressions are not in the language")
		return nil
	}
	b.err(x, intAdvice, "this constant is not in the language")
	return nil
}

func (b *builder) unary(x *cc.UnaryExpression) spec.Expr {
	switch x.Case {
	case cc.UnaryExpressionNot:
		v := b.cond(x.CastExpression)
		if v == nil {
			return nil
		}
		return mkNot(v)
	case cc.UnaryExpressionMinus:
		v := b.arith(b.expr(x.CastExpression), x)
		if v == nil {
			return nil
		}
		return b.fitting(mkUn(spec.Neg, v), x)
	case cc.UnaryExpressionPlus:
		return b.arith(b.expr(x.CastExpression), x)
	case cc.UnaryExpressionInc:
		return b.assignOp(x.UnaryExpression, spec.Add, spec.Int(1), x, false)
	case cc.UnaryExpressionDec:
		return b.assignOp(x.UnaryExpression, spec.Sub, spec.Int(1), x, false)
	case cc.UnaryExpressionDeref:
		if _, ok := x.Type().(*cc.FunctionType); ok {
			return b.expr(x.CastExpression)
		}
		b.err(x, "name the field: p->field", "an object as a whole is not a value")
		return nil
	case cc.UnaryExpressionAddrof:
		if p, ok := unparen(x.CastExpression).(*cc.PrimaryExpression); ok {
			if d, ok := p.ResolvedTo().(*cc.Declarator); ok && d.Type().Kind() == cc.Function {
				return b.funcValue(p, d)
			}
		}
		// &*p and &p[0] of the kernel's idioms do not exist here; only locks, sets and lists have
		// their address taken.
		b.err(x, "pass the value, or a pointer to an object of a pool", "only locks, sets and lists, as arguments of the header's functions, have an address")
		return nil
	case cc.UnaryExpressionSizeofExpr, cc.UnaryExpressionSizeofType:
		b.err(x, "use NR_CPUS or a macro of your own for lengths", "sizeof is not in the language")
		return nil
	}
	if x.Case == cc.UnaryExpressionCpl {
		b.err(x, "use bools or a set for bits", "the operator '~' is not in the language")
		return nil
	}
	b.err(x, "write it with other operators", "this operator is not in the language")
	return nil
}

// arith makes an integer of v: a bool counts as 0 or 1.
func (b *builder) arith(v spec.Expr, n cc.Node) spec.Expr {
	if v == nil {
		return nil
	}
	switch t := v.Type().(type) {
	case *spec.RangeType:
		return v
	case *spec.BoolType:
		return mkIf(v, spec.Int(1), spec.Int(0))
	case *spec.EnumType:
		b.err(n, "enums are names, not numbers: use an integer type or a switch", "a value of %s is used in arithmetic", b.c.enumTag(t))
		return nil
	}
	b.err(n, "compare it, or use an integer", "an integer is needed here, not %s", b.c.describe(v.Type()))
	return nil
}

// describe names a type in messages.
func (c *compiler) describe(t spec.Type) string {
	switch t := t.(type) {
	case *spec.OptionType:
		if t.Elem == nullEnum {
			return "NULL"
		}
		if p := c.poolByEnum(t); p != nil {
			return "a pointer to struct " + p.tag
		}
		return "a function pointer"
	case *spec.EnumType:
		if t == c.tasks.enum {
			return "a pointer to struct task_struct"
		}
		if t == c.seqEnum {
			return "a seq_t"
		}
		return "a value of " + c.enumTag(t)
	case *spec.SetType:
		return "a set"
	case *spec.SeqType:
		return "a list"
	case *spec.BoolType:
		return "a truth value"
	case *spec.RangeType:
		return "an integer"
	}
	return t.String()
}

func (b *builder) arith2(o spec.Op, ln, rn cc.ExpressionNode, n cc.Node) spec.Expr {
	l := b.arith(b.expr(ln), ln)
	r := b.arith(b.expr(rn), rn)
	if l == nil || r == nil {
		return nil
	}
	return b.binary(o, l, r, n)
}

func (b *builder) binary(o spec.Op, l, r spec.Expr, n cc.Node) spec.Expr {
	if o == spec.Div || o == spec.Mod {
		k, ok := r.(*spec.Lit)
		lt := l.Type().(*spec.RangeType)
		if !ok || k.N <= 0 {
			b.errOp(n, "divide by a positive constant", "the divisor is not a positive constant")
			return nil
		}
		if lt.Lo < 0 {
			b.errOp(n, "use an unsigned type for the dividend, or divide where it is known to be positive", "the dividend may be negative, and C rounds towards zero")
			return nil
		}
	}
	return b.fitting(mkBin(o, l, r), n)
}

// fitting returns v if all values that it can have fit into an int, or reports the operator of n.
func (b *builder) fitting(v spec.Expr, n cc.Node) spec.Expr {
	t, ok := v.Type().(*spec.RangeType)
	if !ok || fitsInt(t.Lo) && fitsInt(t.Hi) {
		return v
	}
	b.errOp(n, "store a part of it in a variable before; "+constantAdvice,
		"the value may be as low as %d and as high as %d, which does not fit", t.Lo, t.Hi)
	return nil
}

// boolOp is a bitwise operator on truth values.
func (b *builder) boolOp(o spec.Op, ln, rn cc.ExpressionNode, n cc.Node) spec.Expr {
	l := b.expr(ln)
	r := b.expr(rn)
	if l == nil || r == nil {
		return nil
	}
	if l.Type() != spec.Type(spec.Bool) || r.Type() != spec.Type(spec.Bool) {
		b.errOp(n, "use separate bools, or a set", "bit operations on numbers are not in the language")
		return nil
	}
	return mkBin(o, l, r)
}

// cond lowers an expression as a truth value.
func (b *builder) cond(n cc.ExpressionNode) spec.Expr {
	v := b.expr(n)
	if v == nil {
		return nil
	}
	return b.truth(v, n)
}

func (b *builder) truth(v spec.Expr, n cc.Node) spec.Expr {
	switch t := v.Type().(type) {
	case *spec.BoolType:
		return v
	case *spec.RangeType:
		return mkBin(spec.Ne, v, spec.Int(0))
	case *spec.OptionType:
		if isNullLit(v) {
			return spec.F
		}
		return mkBin(spec.Ne, v, &spec.Lit{N: -1, T: t})
	case *spec.EnumType:
		if b.isAddress(t) {
			return spec.T
		}
		b.err(n, "compare it with an enumerator", "a value of %s is used as a truth value", b.c.enumTag(t))
		return nil
	}
	b.err(n, "use set_empty or list_empty", "%s is used as a truth value", b.c.describe(v.Type()))
	return nil
}

// compare lowers == and !=.
func (b *builder) compare(o spec.Op, l, r spec.Expr, n cc.Node) spec.Expr {
	lt, rt := l.Type(), r.Type()
	fix := func(e spec.Expr, other spec.Type) spec.Expr {
		isZero := false
		if k, ok := e.(*spec.Lit); ok {
			if _, isInt := k.T.(*spec.RangeType); isInt && k.N == 0 {
				isZero = true
			}
		}
		switch t := other.(type) {
		case *spec.OptionType:
			if isNullLit(e) || isZero {
				return &spec.Lit{N: -1, T: t}
			}
		case *spec.EnumType:
			if (isNullLit(e) || isZero) && b.isAddress(t) {
				return &spec.Lit{N: -1, T: &spec.OptionType{Elem: t}}
			}
		}
		return e
	}
	l, r = fix(l, rt), fix(r, lt)
	lt, rt = l.Type(), r.Type()
	_, lb := lt.(*spec.BoolType)
	_, rb := rt.(*spec.BoolType)
	_, li := lt.(*spec.RangeType)
	_, ri := rt.(*spec.RangeType)
	switch {
	case lb && ri:
		l = mkIf(l, spec.Int(1), spec.Int(0))
	case li && rb:
		r = mkIf(r, spec.Int(1), spec.Int(0))
	}
	if spec.JoinTypes(l.Type(), r.Type()) == nil {
		b.errOp(n, "compare values of one type", "%s is compared with %s", b.c.describe(lt), b.c.describe(rt))
		return nil
	}
	return mkBin(o, l, r)
}

// isAddress reports whether the values of t are those of a pointer that is not NULL: objects of a
// pool, or functions.
func (b *builder) isAddress(t *spec.EnumType) bool {
	return b.c.poolByEnum(t) != nil || b.c.funcEnums[t] != ""
}

// coerce makes v a value of type t, or reports why it is none.
func (b *builder) coerce(v spec.Expr, t spec.Type, n cc.Node) spec.Expr {
	if v == nil || t == nil {
		return nil
	}
	vt := v.Type()
	if vt == nil {
		return nil
	}
	lit, isLit := v.(*spec.Lit)
	_, isInt := vt.(*spec.RangeType)
	switch t := t.(type) {
	case *spec.BoolType:
		switch vt.(type) {
		case *spec.BoolType, *spec.RangeType, *spec.OptionType:
			return b.truth(v, n)
		}
	case *spec.RangeType:
		if vt == spec.Type(spec.Bool) {
			return mkIf(v, spec.Int(1), spec.Int(0))
		}
		if isInt {
			if isLit && !b.dead && (lit.N < t.Lo || lit.N > t.Hi) {
				b.err(n, fmt.Sprintf("use a value of %d … %d, or a wider type", t.Lo, t.Hi),
					"%d does not fit: the type holds %d … %d", lit.N, t.Lo, t.Hi)
				return nil
			}
			return v
		}
	case *spec.OptionType:
		if isNullLit(v) || isLit && isInt && lit.N == 0 {
			return &spec.Lit{N: -1, T: t}
		}
		if o, ok := vt.(*spec.OptionType); ok && o.Elem == t.Elem {
			return v
		}
		if vt == spec.Type(t.Elem) {
			return v
		}
	case *spec.EnumType:
		if vt == spec.Type(t) {
			return v
		}
		if isInt {
			b.err(n, "use one of its enumerators", "a number is used as a value of %s", b.c.enumTag(t))
			return nil
		}
	default:
		if spec.SameType(vt, t) {
			return v
		}
	}
	b.err(n, "use "+b.c.describe(t)+", or change the type it is stored in", "%s is used where %s is needed", b.c.describe(vt), b.c.describe(t))
	return nil
}

// logical lowers && and ||: what stands right of them is evaluated only if it decides.
func (b *builder) logical(o spec.Op, ln, rn cc.ExpressionNode, n cc.Node) spec.Expr {
	l := b.cond(ln)
	head := b.cur
	right := b.node(opNop, nil)
	b.resume(right)
	b.seq++
	var r spec.Expr
	b.unless(l != nil && (o == spec.And && isFalse(l) || o == spec.Or && isTrue(l)), func() { r = b.cond(rn) })
	if l == nil || r == nil {
		b.resume(head)
		return nil
	}
	if b.cur == right { // nothing to do before it
		b.resume(head)
		return mkBin(o, l, r)
	}
	t := b.temp(spec.Bool)
	b.set(t, r, n)
	end := b.cur
	b.resume(head)
	br := b.branch(l, n)
	then, els := b.arms(br)
	decided, other := els, then
	if o == spec.Or {
		decided, other = then, els
	}
	other.next = right
	b.resume(decided)
	b.set(t, spec.BoolLit(o == spec.Or), n)
	join := b.node(opNop, nil)
	br.join = join
	b.link(join)
	end.next = join
	b.seq++
	return ref(t)
}

func (b *builder) ternary(x *cc.ConditionalExpression) spec.Expr {
	c := b.cond(x.LogicalOrExpression)
	head := b.cur
	b.seq++
	n1 := b.node(opNop, nil)
	b.resume(n1)
	var v1, v2 spec.Expr
	b.unless(c != nil && isFalse(c), func() { v1 = b.expr(x.ExpressionList) })
	e1 := b.cur
	n2 := b.node(opNop, nil)
	b.resume(n2)
	b.unless(c != nil && isTrue(c), func() { v2 = b.expr(x.ConditionalExpression) })
	e2 := b.cur
	b.resume(head)
	if c == nil || v1 == nil || v2 == nil {
		return nil
	}
	t := spec.JoinTypes(v1.Type(), v2.Type())
	switch {
	case isNullLit(v1) || isNullLit(v2):
		o := v1
		if isNullLit(v1) {
			o = v2
		}
		switch ot := o.Type().(type) {
		case *spec.OptionType:
			t = ot
		case *spec.EnumType:
			t = &spec.OptionType{Elem: ot}
		}
		v1, v2 = b.coerce(v1, t, x), b.coerce(v2, t, x)
	case t == nil:
		_, i1 := v1.Type().(*spec.RangeType)
		_, i2 := v2.Type().(*spec.RangeType)
		switch {
		case i1 && v2.Type() == spec.Type(spec.Bool):
			v2 = mkIf(v2, spec.Int(1), spec.Int(0))
		case i2 && v1.Type() == spec.Type(spec.Bool):
			v1 = mkIf(v1, spec.Int(1), spec.Int(0))
		}
		t = spec.JoinTypes(v1.Type(), v2.Type())
	}
	if v1 == nil || v2 == nil || t == nil {
		b.err(x, "use two values of one type, or if and else", "the two values of ?: have different types")
		return nil
	}
	if e1 == n1 && e2 == n2 {
		return mkIf(c, v1, v2)
	}
	br := b.branch(c, x)
	br.next, br.alt = n1, n2
	tmp := b.temp(t)
	b.resume(e1)
	b.set(tmp, v1, x)
	s1 := b.cur
	b.resume(e2)
	b.set(tmp, v2, x)
	join := b.node(opNop, nil)
	br.join = join
	b.link(join)
	s1.next = join
	b.seq++
	return ref(tmp)
}

var assignOps = map[cc.AssignmentExpressionCase]spec.Op{
	cc.AssignmentExpressionAdd: spec.Add, cc.AssignmentExpressionSub: spec.Sub, cc.AssignmentExpressionMul: spec.Mul,
	cc.AssignmentExpressionDiv: spec.Div, cc.AssignmentExpressionMod: spec.Mod, cc.AssignmentExpressionAnd: spec.And,
	cc.AssignmentExpressionOr: spec.Or, cc.AssignmentExpressionXor: spec.Ne,
}

func (b *builder) assignment(x *cc.AssignmentExpression) spec.Expr {
	if x.Case == cc.AssignmentExpressionCond {
		return b.expr(x.ConditionalExpression)
	}
	if x.Case != cc.AssignmentExpressionAssign {
		o, ok := assignOps[x.Case]
		if !ok {
			b.errOp(x, "use a set or separate bools for bits, and x = x * n or x = x / n for powers of two", "shifts are not in the language")
			return nil
		}
		v := b.expr(x.AssignmentExpression)
		if v == nil {
			return nil
		}
		return b.assignOp(x.UnaryExpression, o, v, x, false)
	}
	v := b.expr(x.AssignmentExpression) // the right side first
	l, ok := b.lvalue(x.UnaryExpression)
	if !ok || v == nil {
		return nil
	}
	pl, ok := b.leafOf(l, x)
	if !ok {
		return nil
	}
	v = b.coerce(v, pl.elem(), x.AssignmentExpression)
	if v == nil {
		return nil
	}
	b.store(pl, v, x)
	return b.stored(pl, v)
}

// assignOp lowers x op= y, and ++ and --; old asks for the value before.
func (b *builder) assignOp(ln cc.ExpressionNode, o spec.Op, y spec.Expr, n cc.Node, old bool) spec.Expr {
	l, ok := b.lvalue(ln)
	if !ok {
		return nil
	}
	pl, ok := b.leafOf(l, n)
	if !ok {
		return nil
	}
	was := b.load(pl, n)
	if pl.loc != nil && len(pl.idx) == 0 && old {
		t := b.temp(pl.elem())
		b.set(t, was, n)
		was = ref(t)
	}
	var v spec.Expr
	switch o {
	case spec.And, spec.Or, spec.Ne:
		if was.Type() != spec.Type(spec.Bool) {
			b.errOp(n, "use separate bools, or a set", "bit operations on numbers are not in the language")
			return nil
		}
		y = b.coerce(y, spec.Bool, n)
		if y == nil {
			return nil
		}
		v = mkBin(o, was, y)
	default:
		x, y := b.arith(was, n), b.arith(y, n)
		if x == nil || y == nil {
			return nil
		}
		v = b.binary(o, x, y, n)
		if v == nil {
			return nil
		}
	}
	v = b.coerce(v, pl.elem(), n)
	if v == nil {
		return nil
	}
	b.store(pl, v, n).rmw = true
	if old {
		return was
	}
	return b.stored(pl, v)
}

// stored is the value of an assignment of v, after it: if v reads the local that was assigned, only
// that still has it.
func (b *builder) stored(pl place, v spec.Expr) spec.Expr {
	if pl.loc != nil && len(pl.idx) == 0 && slices.Contains(spec.VarsRead(v), pl.loc.sym) {
		return ref(pl.loc)
	}
	return v
}
