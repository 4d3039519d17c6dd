package tla

import (
	"fmt"
	"slices"
	"strings"

	"mcheck/spec"
	"mcheck/spec/symmetry"
)

// Binding strengths, after TLA+'s table, a little coarser: where it leaves doubt we put
// parentheses.
const (
	lowest     = 0 // quantifier, IF
	impliesPre = 1
	iffPrec    = 2
	logicPrec  = 3 // /\ and \/
	notPrec    = 4
	cmpPrec    = 5
	pairPrec   = 6
	setPrec    = 8
	rangePrec  = 9
	negPrec    = 9
	addPrec    = 10
	subPrec    = 11
	mulPrec    = 13
	appPrec    = 16
	atom       = 20
)

func parens(s string, need bool) string {
	if need {
		return "(" + s + ")"
	}
	return s
}

// text is what a parameter stands for.
type text struct {
	s    string
	prec int
}

// printer prints the parts of one module.
type printer struct {
	m    *spec.Model
	sym  *symbols
	uses *collected
	env  map[*spec.Param]text
	// enumerate asks for sets that TLC can enumerate, not only test for membership.
	enumerate bool
	// at is the place of atVar that an update is about: @ in its new value. Empty outside of such a
	// value.
	at    string
	atVar *spec.Var
	// classes are the interchangeable values that TLC is told of.
	classes []symmetry.Class
	// tuples is the tree of the groups of variables that have tuples, nil if none has.
	tuples *group
	// trying counts the layouts around this one that may be thrown away.
	trying int
}

func (p *printer) names() *names { return p.sym.names }

// bind gives q a name in scope until the returned function is called.
func (p *printer) bind(q *spec.Param) (string, func()) {
	old, had := p.env[q]
	name := p.names().pick(q.Name)
	p.env[q] = text{name, atom}
	return name, func() {
		p.names().release(name)
		if had {
			p.env[q] = old
		} else {
			delete(p.env, q)
		}
	}
}

// subst lets q stand for s until the returned function is called.
func (p *printer) subst(q *spec.Param, s text) func() {
	old, had := p.env[q]
	p.env[q] = s
	return func() {
		if had {
			p.env[q] = old
		} else {
			delete(p.env, q)
		}
	}
}

// wide is a width that everything fits in; a bit less is still as good.
const (
	wide       = 1 << 30
	almostWide = wide / 2
)

// narrow is the least width that anything is laid out in: where less is left, the page is too
// narrow.
const narrow = 16

// maxTrying bounds how deep layouts that may be thrown away are nested: the time is that power of
// an expression's depth.
const maxTrying = 2

// flat returns e in one line, in parentheses if its operator binds no stronger than outer.
func (p *printer) flat(e spec.Expr, outer int) string {
	b := p.expr(e, outer, wide)
	return strings.Join(b, " ")
}

// expr lays out e within w columns, in parentheses if its operator binds no stronger than outer; -1
// asks for none.
//
// What fits in a line is one: only where it does not is the layout chosen, each part of it once, so
// that deep expressions take no more than quadratic time.
func (p *printer) expr(e spec.Expr, outer, w int) box {
	b, _ := p.layout(e, w, func(prec int) bool { return prec <= outer })
	return b
}

// last is expr for an operand that nothing follows: what begins with its operator (IF, quantifiers,
// ~) needs no parentheses there.
func (p *printer) last(e spec.Expr, outer, w int) box {
	b, _ := p.layout(e, w, func(prec int) bool { return prec <= outer && prec != lowest && prec != notPrec })
	return b
}

// layout lays out e within w columns, in parentheses if needed says so of its precedence, which is
// returned.
func (p *printer) layout(e spec.Expr, w int, needed func(prec int) bool) (box, int) {
	b, prec := p.oneLine(e)
	parens := needed(prec)
	if parens {
		w -= len("()")
	}
	if w = max(w, narrow); len(b[0]) > w {
		b, _ = p.broken(e, w)
	}
	if parens {
		return hang("(", b, ")"), prec
	}
	return b, prec
}

// oneLine lays out e in one line, without parentheses.
func (p *printer) oneLine(e spec.Expr) (box, int) { return p.broken(e, wide) }

// broken lays out e over several lines (in one, if w is wide), without parentheses, and returns its
// precedence.
func (p *printer) broken(e spec.Expr, w int) (box, int) {
	if p.at != "" && p.isAt(e) {
		return box{"@"}, atom
	}
	switch e := e.(type) {
	case *spec.Lit:
		s, prec := p.scalar(e.T, e.N)
		return box{s}, prec
	case *spec.VarRef:
		return box{p.sym.vars[e.Var]}, atom
	case *spec.ParamRef:
		t, ok := p.env[e.Param]
		if !ok {
			panic("tla: unbound parameter " + e.Param.Name)
		}
		return box{t.s}, t.prec
	case *spec.Index:
		i := "[" + p.flat(e.I, -1) + "]"
		return hang("", p.expr(e.X, appPrec-1, w-len(i)), i), appPrec
	case *spec.FieldSel:
		return hang("", p.expr(e.X, appPrec-1, w-len(e.Name)-1), "."+fieldName(e.Name)), appPrec
	case *spec.Unary:
		return p.unary(e, w)
	case *spec.Binary:
		return p.binary(e, w)
	case *spec.If:
		return p.ifThenElse(e, w), lowest
	case *spec.Quant:
		return p.quant(e, w)
	case *spec.Composite:
		return p.composite(e, w), atom
	}
	panic(fmt.Sprintf("tla: unhandled %T", e))
}

// ifThenElse lays out an IF, a chain of them without indentation, as branch does.
func (p *printer) ifThenElse(e *spec.If, w int) box {
	if w >= almostWide {
		return box{"IF " + p.expr(e.Cond, -1, w)[0] + " THEN " + p.expr(e.Then, -1, w)[0] + " ELSE " + p.expr(e.Else, -1, w)[0]}
	}
	var out box
	for head := "IF "; ; head = "ELSE IF " {
		out = stack(out, hang(head, p.expr(e.Cond, -1, w-len(head)), ""), hang("THEN ", p.expr(e.Then, -1, w-5), ""))
		again, ok := e.Else.(*spec.If)
		if !ok {
			return stack(out, hang("ELSE ", p.expr(e.Else, -1, w-5), ""))
		}
		if last, _ := p.oneLine(again); len(last[0]) <= w-5 {
			return stack(out, hang("ELSE ", last, ""))
		}
		e = again
	}
}

func (p *printer) call(name string, w int, args ...spec.Expr) box {
	items := make([]box, len(args))
	for i, a := range args {
		items[i] = p.expr(a, -1, w-len(name)-2)
	}
	return list(name+"(", items, ")", w, false)
}

func (p *printer) unary(e *spec.Unary, w int) (box, int) {
	switch e.Op {
	case spec.Not:
		switch x := e.X.(type) {
		case *spec.Binary:
			switch x.Op {
			case spec.Eq:
				return p.binary(&spec.Binary{Op: spec.Ne, X: x.X, Y: x.Y}, w)
			case spec.In:
				return p.infix(` \notin `, x.X, x.Y, cmpPrec, w), cmpPrec
			}
		case *spec.Lit:
			return p.broken(&spec.Lit{N: 1 - x.N, T: x.T}, w)
		}
		return hang("~", p.expr(e.X, cmpPrec, w-1), ""), notPrec
	case spec.Neg:
		return hang("-", p.expr(e.X, mulPrec, w-1), ""), negPrec
	case spec.Len:
		return p.call("Len", w, e.X), atom
	case spec.Head:
		return p.call("Head", w, e.X), atom
	case spec.Tail:
		return p.call("Tail", w, e.X), atom
	case spec.Cardinality:
		return p.call("Cardinality", w, e.X), atom
	}
	panic(fmt.Sprintf("tla: unhandled unary %v", e.Op))
}

// operands returns the operands of a chain of the associative operator op.
func operands(e spec.Expr, op spec.Op) []spec.Expr {
	if b, ok := e.(*spec.Binary); ok && b.Op == op {
		return append(operands(b.X, op), operands(b.Y, op)...)
	}
	return []spec.Expr{e}
}

func (p *printer) binary(e *spec.Binary, w int) (box, int) {
	switch e.Op {
	case spec.And, spec.Or:
		if x, values, in := membership(e); len(values) > 1 {
			return p.element(x, values, in, w), cmpPrec
		}
		op := `/\`
		if e.Op == spec.Or {
			op = `\/`
		}
		es := p.quantified(e.Op, operands(e, e.Op))
		if len(es) == 1 {
			return p.broken(es[0], w)
		}
		return p.chain(op, es, logicPrec, w), logicPrec
	case spec.Implies:
		return p.infix(" => ", e.X, e.Y, impliesPre, w), impliesPre
	case spec.Iff:
		return p.infix(" <=> ", e.X, e.Y, iffPrec, w), iffPrec
	case spec.Eq, spec.Ne:
		// A comparison with a truth value is the other side, or its negation.
		if l, ok := e.Y.(*spec.Lit); ok && l.T == spec.Type(spec.Bool) {
			if (l.N != 0) == (e.Op == spec.Eq) {
				return p.broken(e.X, w)
			}
			return p.unary(&spec.Unary{Op: spec.Not, X: e.X}, w)
		}
		if e.Op == spec.Eq {
			return p.infix(" = ", e.X, e.Y, cmpPrec, w), cmpPrec
		}
		return p.infix(" # ", e.X, e.Y, cmpPrec, w), cmpPrec
	case spec.Lt:
		return p.infix(" < ", e.X, e.Y, cmpPrec, w), cmpPrec
	case spec.Le:
		return p.infix(" <= ", e.X, e.Y, cmpPrec, w), cmpPrec
	case spec.Gt:
		return p.infix(" > ", e.X, e.Y, cmpPrec, w), cmpPrec
	case spec.Ge:
		return p.infix(" >= ", e.X, e.Y, cmpPrec, w), cmpPrec
	case spec.In:
		return p.infix(` \in `, e.X, e.Y, cmpPrec, w), cmpPrec
	case spec.SubsetEq:
		return p.infix(` \subseteq `, e.X, e.Y, cmpPrec, w), cmpPrec
	case spec.Union:
		return p.chain(`\cup`, operands(e, spec.Union), setPrec, w), setPrec
	case spec.Intersect:
		return p.chain(`\cap`, operands(e, spec.Intersect), setPrec, w), setPrec
	case spec.Minus:
		return p.infix(` \ `, e.X, e.Y, setPrec, w), setPrec
	case spec.Add:
		return p.chain("+", operands(e, spec.Add), addPrec, w), addPrec
	case spec.Sub:
		return p.infix(" - ", e.X, e.Y, subPrec, w), subPrec
	case spec.Mul:
		return p.chain("*", operands(e, spec.Mul), mulPrec, w), mulPrec
	case spec.Div:
		return p.infix(` \div `, e.X, e.Y, mulPrec, w), mulPrec
	case spec.Mod:
		// % ranges over two precedences and is not associative: it gets parentheses in any other
		// arithmetic.
		return p.infix(" % ", e.X, e.Y, mulPrec, w), negPrec
	case spec.Min:
		return p.call(p.sym.min, w, e.X, e.Y), atom
	case spec.Max:
		return p.call(p.sym.max, w, e.X, e.Y), atom
	case spec.Append:
		return p.call("Append", w, e.X, e.Y), atom
	case spec.RemoveAt:
		return p.call(p.sym.removeAt, w, e.X, e.Y), atom
	}
	panic(fmt.Sprintf("tla: unhandled binary %v", e.Op))
}

// chain lays out operands of one associative operator: in a line, or, if that is too long, as a
// list behind bullets.
func (p *printer) chain(op string, es []spec.Expr, prec, w int) box {
	outer := prec
	if prec == logicPrec && w < almostWide {
		outer = -1 // in a list the bullets delimit
	}
	items := make([]box, len(es))
	for i, e := range es {
		items[i] = p.expr(e, outer, w-len(op)-1)
	}
	if w >= almostWide {
		flat, _ := joined(items, " "+op+" ")
		return box{flat}
	}
	if prec == logicPrec {
		return bullets(op, items)
	}
	var out box
	for i, it := range items {
		if i == 0 {
			out = append(out, hang(strings.Repeat(" ", len(op)+1), it, "")...)
		} else {
			out = append(out, hang(op+" ", it, "")...)
		}
	}
	return out
}

// infix lays out x op y.
func (p *printer) infix(op string, x, y spec.Expr, prec, w int) box {
	l := p.expr(x, prec, w)
	operand := p.expr
	if prec == impliesPre { // nothing can follow its right side
		operand = p.last
	}
	if w >= almostWide {
		return hang(l[0]+op, operand(y, prec, w), "")
	}
	if len(l) == 1 && len(l[0]) <= w/3 && p.trying < maxTrying {
		p.trying++
		beside := hang(l[0]+op, operand(y, prec, w-len(l[0])-len(op)), "")
		p.trying--
		if beside.fits(w) {
			return beside
		}
	}
	op = strings.TrimLeft(op, " ")
	return stack(l, hang(op, operand(y, prec, w-len(op)), ""))
}

func (p *printer) quant(e *spec.Quant, w int) (box, int) {
	if e.Op == spec.Sum {
		return p.sum(e, w)
	}
	dom := p.domain(e.Param)
	name, done := p.bind(e.Param)
	defer done()
	in := name + ` \in ` + dom
	switch e.Op {
	case spec.Forall, spec.Exists:
		head := `\A ` + in + " : "
		if e.Op == spec.Exists {
			head = `\E ` + in + " : "
		}
		if w >= almostWide {
			return hang(head, p.expr(e.Body, -1, w), ""), lowest
		}
		return append(box{strings.TrimRight(head, " ")}, hang("  ", p.expr(e.Body, -1, w-2), "")...), lowest
	case spec.Count:
		return hang("Cardinality({"+in+" : ", p.expr(e.Body, -1, w-len(in)-18), "})"), atom
	case spec.SetOf:
		return hang("{"+in+" : ", p.expr(e.Body, -1, w-len(in)-5), "}"), atom
	case spec.MapOf:
		head := "[" + in + " |-> "
		if w >= almostWide || len(head) <= w/3 {
			return hang(head, p.expr(e.Body, -1, w-len(head)-1), "]"), atom
		}
		return append(box{strings.TrimRight(head, " ")}, hang("   ", p.expr(e.Body, -1, w-4), "]")...), atom
	}
	panic(fmt.Sprintf("tla: unhandled quantifier %v", e.Op))
}

// sum writes the sum over a finite domain out: TLA+ has no sum, and a recursive one is slow in TLC.
func (p *printer) sum(e *spec.Quant, w int) (box, int) {
	vs := e.Param.Values()
	if len(vs) == 0 {
		return box{"0"}, atom
	}
	term := func(v int64, outer, w int) (box, int) {
		s, prec := p.scalar(e.Param.Type, v)
		defer p.subst(e.Param, text{s, prec})()
		return p.layout(e.Body, w, func(prec int) bool { return prec <= outer })
	}
	if len(vs) == 1 {
		return term(vs[0], -1, w)
	}
	items := make([]box, len(vs))
	for i, v := range vs {
		items[i], _ = term(v, addPrec-1, w-2) // a sum in a sum needs no parentheses
	}
	if flat, ok := joined(items, " + "); ok && len(flat) <= w {
		return box{flat}, addPrec
	}
	var out box
	for i, it := range items {
		if i == 0 {
			out = append(out, hang("  ", it, "")...)
		} else {
			out = append(out, hang("+ ", it, "")...)
		}
	}
	return out, addPrec
}

func (p *printer) composite(e *spec.Composite, w int) box {
	name := p.names().pick("i") // for a function; before the elements pick theirs
	defer p.names().release(name)
	outer := -1
	if _, ok := e.T.(*spec.ArrayType); ok {
		outer = pairPrec
	}
	items := make([]box, len(e.Elems))
	for i, x := range e.Elems {
		items[i] = p.expr(x, outer, w-8)
	}
	switch t := e.T.(type) {
	case *spec.RecordType:
		for i, it := range items {
			items[i] = hang(fieldName(t.Fields[i].Name)+" |-> ", it, "")
		}
		return list("[", items, "]", w, false)
	case *spec.SeqType:
		return list("<<", items, ">>", w, false)
	case *spec.SetType:
		return list("{", items, "}", w, false)
	case *spec.ArrayType:
		return p.array(t, name, items, w)
	}
	panic(fmt.Sprintf("tla: unhandled composite of %T", e.T))
}

// membership takes apart a chain of comparisons of one x with constants, x = a \/ x = b or x # a /\
// x # b: x is in the set of them, or is not.
func membership(e *spec.Binary) (x spec.Expr, values []*spec.Lit, in bool) {
	op, in := spec.Ne, false
	switch e.Op {
	case spec.Or:
		op, in = spec.Eq, true
	case spec.And:
	default:
		return nil, nil, false
	}
	for _, o := range operands(e, e.Op) {
		c, ok := o.(*spec.Binary)
		if !ok || c.Op != op {
			return nil, nil, false
		}
		l, ok := c.Y.(*spec.Lit)
		if !ok || l.T == spec.Type(spec.Bool) || x != nil && !same(x, c.X) {
			return nil, nil, false
		}
		x, values = c.X, append(values, l)
	}
	return x, values, in
}

// element lays out that x is in the set of the values, or that it is not.
func (p *printer) element(x spec.Expr, values []*spec.Lit, in bool, w int) box {
	items := make([]box, len(values))
	for i, l := range values {
		items[i] = p.expr(l, -1, w)
	}
	op := ` \in {`
	if !in {
		op = ` \notin {`
	}
	left := p.expr(x, cmpPrec, w)
	if beside := hang("", left, op); w < almostWide && (len(left) > 1 || len(beside[0]) > w/2) {
		return stack(left, list(strings.TrimLeft(op, " "), items, "}", w, true))
	}
	return list(left[0]+op, items, "}", w, true)
}

// splits reports whether TLC, finding e in the place of an action, would take it apart and generate
// a successor for each true part.
func splits(e spec.Expr) bool {
	switch e := e.(type) {
	case *spec.Binary:
		switch e.Op {
		case spec.Or, spec.Implies:
			_, values, _ := membership(e)
			return len(values) < 2
		case spec.And:
			return splits(e.X) || splits(e.Y)
		case spec.Eq, spec.Ne: // may be printed as one side alone
			l, ok := e.Y.(*spec.Lit)
			return ok && l.T == spec.Type(spec.Bool) && splits(e.X)
		}
	case *spec.If:
		return splits(e.Then) || splits(e.Else)
	case *spec.Quant:
		return e.Op == spec.Exists || e.Op == spec.Forall && splits(e.Body)
	}
	return false
}

// conjuncts lays out e as conjuncts of an action or of Init, in a form that TLC does not take
// apart.
func (p *printer) conjuncts(e spec.Expr, w int) []box {
	if e == nil {
		return nil
	}
	var out []box
	for _, c := range operands(e, spec.And) {
		if !splits(c) {
			out = append(out, p.expr(c, -1, w))
			continue
		}
		out = append(out, hang("(", p.expr(c, -1, w-len("() = TRUE")), ") = TRUE"))
	}
	return slices.Clip(out)
}

// isAt reports whether e is the place that p.at says.
func (p *printer) isAt(e spec.Expr) bool {
	for x := e; ; {
		switch y := x.(type) {
		case *spec.Index:
			x = y.X
			continue
		case *spec.FieldSel:
			x = y.X
			continue
		case *spec.VarRef:
			if y.Var != p.atVar {
				return false
			}
			at := p.at
			p.at = ""
			b, _ := p.oneLine(e)
			p.at = at
			return b[0] == at
		}
		return false
	}
}
