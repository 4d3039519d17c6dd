package cmodel

import (
	"slices"
	"strings"

	"modernc.org/cc/v4"
	"modernc.org/token"

	"mcheck/spec"
)

// builder lowers one function to three-address code.
type builder struct {
	c        *compiler
	f        *fn
	cur      *node // the last node; control goes on at its next
	vars     map[*cc.Declarator]*local
	scope    []*local // the local variables in scope
	breaks   []*node
	conts    []*node
	labels   map[string]*node
	gotos    []pendingGoto
	cases    *[]switchCase
	reg      *region
	ghost    bool
	seq      int
	line     spec.SourceLine
	linePos  token.Position
	property bool
	// the statements with a prefix that the code stands in
	inside  []*cc.SelectionStatement
	entered map[*node][]*cc.SelectionStatement // inside, at each label and each case
	// what a constant condition rules out: constants need not fit there
	dead bool
}

type pendingGoto struct {
	from   *node
	name   string
	pos    spec.Pos
	inside []*cc.SelectionStatement
}

type switchCase struct {
	expr cc.ExpressionNode // nil: default
	to   *node
	pos  spec.Pos
}

func (b *builder) err(n cc.Node, advice, format string, args ...any) {
	b.c.errs.add(b.c.u.pos(n.Position()), advice, format, args...)
}

// errOp is err at the operator of n, where n has one.
func (b *builder) errOp(n cc.Node, advice, format string, args ...any) {
	b.c.errs.add(b.c.u.pos(operator(n)), advice, format, args...)
}

// operator is where the operator of an expression stands, or where the expression begins.
func operator(n cc.Node) token.Position {
	var t cc.Token
	switch x := n.(type) {
	case *cc.AssignmentExpression:
		t = x.Token
	case *cc.InclusiveOrExpression:
		t = x.Token
	case *cc.ExclusiveOrExpression:
		t = x.Token
	case *cc.AndExpression:
		t = x.Token
	case *cc.EqualityExpression:
		t = x.Token
	case *cc.RelationalExpression:
		t = x.Token
	case *cc.ShiftExpression:
		t = x.Token
	case *cc.AdditiveExpression:
		t = x.Token
	case *cc.MultiplicativeExpression:
		t = x.Token
	}
	if p := t.Position(); p.IsValid() {
		return p
	}
	return n.Position()
}

// node makes a node without linking it.
func (b *builder) node(o op, at cc.Node) *node {
	pos := b.line.Pos
	if at != nil {
		pos = b.c.u.pos(at.Position())
	}
	return b.f.addNode(&node{op: o, pos: pos, line: b.line, reg: b.reg, ghost: b.ghost, seq: b.seq, scope: b.scope})
}

// link makes n follow the current node.
func (b *builder) link(n *node) *node {
	if b.cur != nil && b.cur.next == nil && b.cur.op != opExit {
		b.cur.next = n
	}
	b.cur = n
	return n
}

func (b *builder) emit(o op, at cc.Node) *node { return b.link(b.node(o, at)) }

// jump ends the current path at n; what follows is not reached unless something jumps there.
func (b *builder) jump(n *node) {
	if b.cur != nil && b.cur.next == nil && b.cur.op != opExit {
		b.cur.next = n
	}
	b.cur = b.node(opNop, nil)
}

// resume goes on at n without linking.
func (b *builder) resume(n *node) { b.cur = n }

func (b *builder) branch(x spec.Expr, at cc.Node) *node {
	n := b.emit(opBranch, at)
	n.x = x
	return n
}

// arms starts the two sides of a branch with a node each.
func (b *builder) arms(br *node) (then, els *node) {
	then, els = b.node(opNop, nil), b.node(opNop, nil)
	br.next, br.alt = then, els
	return then, els
}

func (b *builder) temp(t spec.Type) *local {
	if r, ok := t.(*spec.RangeType); ok && (r.Lo > 0 || r.Hi < 0) {
		// before it is set, and after, it is 0
		t = &spec.RangeType{Lo: min(r.Lo, 0), Hi: max(r.Hi, 0)}
	}
	l := b.f.newLocal(b.c, "tmp", t, b.line.Pos)
	l.temp = true
	return l
}

func ref(l *local) spec.Expr { return &spec.VarRef{Var: l.sym} }

func (b *builder) set(l *local, x spec.Expr, at cc.Node) {
	n := b.emit(opSet, at)
	n.pl = place{loc: l}
	n.x = x
}

// statement begins a statement: what follows stands for its text.
func (b *builder) statement(n cc.Node) {
	p := n.Position()
	b.seq++
	if b.linePos.Filename == p.Filename && b.linePos.Line == p.Line && b.linePos.Column == p.Column {
		return
	}
	b.linePos = p
	b.line = spec.SourceLine{Pos: b.c.u.pos(p), Func: b.f.display, Text: b.c.u.statement(p)}
}

func (b *builder) block(s *cc.CompoundStatement) {
	defer b.inner()()
	for l := s.BlockItemList; l != nil; l = l.BlockItemList {
		switch it := l.BlockItem; it.Case {
		case cc.BlockItemDecl:
			b.declaration(it.Declaration)
		case cc.BlockItemStmt:
			b.stmt(it.Statement)
		default:
			b.err(it, "define functions at file level", "nested functions and label declarations are not in the language")
		}
	}
}

// inner begins a scope; the function it returns ends that.
func (b *builder) inner() (end func()) {
	outside := b.scope
	return func() { b.scope = outside }
}

func (b *builder) declaration(d *cc.Declaration) {
	if d.Case != cc.DeclarationDecl {
		b.err(d, "", "this declaration is not in the language")
		return
	}
	for l := d.InitDeclaratorList; l != nil; l = l.InitDeclaratorList {
		id := l.InitDeclarator
		dc := id.Declarator
		if dc.IsSynthetic() || dc.Name() == "__func__" {
			continue
		}
		if dc.IsTypename() {
			b.err(dc, "declare it at file level", "a type is declared inside a function")
			continue
		}
		if dc.IsStatic() || dc.IsExtern() {
			b.err(d, "make it a global variable", "the local variable '%s' is static or extern", dc.Name())
			b.vars[dc] = nil
			continue
		}
		b.statement(d)
		lv := b.declareLocal(dc)
		if lv == nil {
			continue
		}
		b.scope = push(b.scope, lv)
		was := b.ghost
		b.ghost = b.ghost || lv.ghost
		b.emit(opUnset, dc).pl = place{loc: lv}
		b.ghost = was
		if id.Case == cc.InitDeclaratorInit {
			if id.Initializer.Case != cc.InitializerExpr {
				b.err(id.Initializer, "assign the elements one by one", "'%s' can't be initialised with a list", dc.Name())
				continue
			}
			was := b.ghost
			b.ghost = b.ghost || lv.ghost
			x := b.coerce(b.expr(id.Initializer.AssignmentExpression), lv.typ, id.Initializer)
			if x != nil {
				b.set(lv, x, id)
			}
			b.ghost = was
			continue
		}
		switch lv.typ.(type) {
		case *spec.SetType, *spec.SeqType, *spec.ArrayType:
			was := b.ghost
			b.ghost = b.ghost || lv.ghost
			b.set(lv, b.c.zero(lv.typ), id)
			b.ghost = was
		}
	}
}

func (b *builder) declareLocal(dc *cc.Declarator) *local {
	pos := b.c.u.pos(dc.Position())
	t := dc.Type()
	var dims []int64
	for {
		a, ok := t.(*cc.ArrayType)
		if !ok {
			break
		}
		if a.Len() < 1 || a.Len() > 64 {
			b.err(dc, "give it a constant length of 1 to 64", "the array '%s' has no usable length", dc.Name())
			return nil
		}
		dims = append(dims, a.Len())
		t = a.Elem()
	}
	vt := b.c.valueType(t, pos, "'"+dc.Name()+"'")
	if vt == nil {
		vt = nil
		b.vars[dc] = nil
		return nil
	}
	for i := len(dims) - 1; i >= 0; i-- {
		vt = &spec.ArrayType{Index: &spec.RangeType{Lo: 0, Hi: dims[i] - 1}, Elem: vt}
	}
	if old := b.vars[dc]; old != nil {
		return old // a body that is lowered once per object
	}
	l := b.f.newLocal(b.c, dc.Name(), vt, pos)
	for _, n := range b.c.localNotes[dc] {
		l.ghost = l.ghost || n.text == "ghost"
	}
	b.vars[dc] = l
	return l
}

func (b *builder) stmt(s *cc.Statement) {
	switch s.Case {
	case cc.StatementCompound:
		b.block(s.CompoundStatement)
	case cc.StatementExpr:
		if s.ExpressionStatement.ExpressionList == nil {
			return
		}
		b.statement(s)
		b.effect(s.ExpressionStatement.ExpressionList)
	case cc.StatementSelection:
		b.selection(s.SelectionStatement)
	case cc.StatementIteration:
		b.iteration(s.IterationStatement)
	case cc.StatementJump:
		b.jumpStmt(s.JumpStatement)
	case cc.StatementLabeled:
		b.labeled(s.LabeledStatement)
	default:
		b.err(s, "write what it does in C", "assembler is not in the language")
	}
}

// keyword returns the header's name for the pseudo condition of atomic, ghost, idle, optional,
// hangs.
func keyword(n cc.ExpressionNode) string {
	if p, ok := unparen(n).(*cc.PrimaryExpression); ok && p.Case == cc.PrimaryExpressionIdent {
		if s, ok := strings.CutPrefix(p.Token.SrcStr(), "__mc_"); ok {
			return s
		}
	}
	return ""
}

func unparen(n cc.ExpressionNode) cc.ExpressionNode {
	for {
		switch x := n.(type) {
		case *cc.PrimaryExpression:
			if x.Case != cc.PrimaryExpressionExpr {
				return n
			}
			n = x.ExpressionList
		case *cc.ExpressionList:
			if x.ExpressionList != nil {
				return n
			}
			n = x.AssignmentExpression
		default:
			return n
		}
	}
}

func (b *builder) selection(s *cc.SelectionStatement) {
	switch s.Case {
	case cc.SelectionStatementIfElse:
		if k := keyword(s.ExpressionList); k != "" {
			b.prefixed(k, s)
			return
		}
	case cc.SelectionStatementSwitch:
		b.switchStmt(s)
		return
	}
	b.statement(s)
	x := b.cond(s.ExpressionList)
	if x == nil {
		x = spec.T
	}
	br := b.branch(x, s)
	then, els := b.arms(br)
	b.resume(then)
	b.unless(isFalse(x), func() { b.stmt(s.Statement) })
	end1 := b.cur
	b.resume(els)
	if s.Case == cc.SelectionStatementIfElse {
		b.unless(isTrue(x), func() { b.stmt(s.Statement2) })
	}
	join := b.node(opNop, nil)
	br.join = join
	b.link(join)
	if end1.next == nil && end1.op != opExit {
		end1.next = join
	}
	b.resume(join)
}

// unless lowers a part of the function; never says that a constant condition rules it out.
func (b *builder) unless(never bool, lower func()) {
	was := b.dead
	b.dead = b.dead || never
	lower()
	b.dead = was
}

// prefixed lowers atomic, ghost, idle, optional, hangs and the statement after it.
func (b *builder) prefixed(k string, s *cc.SelectionStatement) {
	reg, ghost := b.reg, b.ghost
	b.statement(s)
	switch k {
	case "atomic", "locked":
		if b.reg == nil && !b.ghost {
			b.reg = &region{pos: b.line.Pos, locked: k == "locked"}
			n := b.emit(opEnter, s)
			n.what = "atomic"
			b.c.atomics = append(b.c.atomics, atomicAt{b.f, Atomic{Pos: b.line.Pos, Func: b.f.display, Text: b.line.Text}})
		}
	case "ghost":
		b.ghost = true
	case "idle", "optional", "hangs":
		if b.reg != nil || b.ghost {
			b.err(s, "put it before the atomic or ghost statement", "'%s' is about the start of a step, and this is inside one", k)
			break
		}
		n := b.emit(opMark, s)
		n.what = k
	default:
		b.err(s, "", "'__mc_%s' is not a keyword of the language", k)
	}
	outer := b.inside
	b.inside = append(outer[:len(outer):len(outer)], s)
	b.stmt(s.Statement2)
	b.inside = outer
	if b.reg != reg || b.ghost != ghost {
		b.reg, b.ghost = reg, ghost
		b.emit(opNop, nil)
	}
}

func (b *builder) loop(breakTo, contTo *node, body func()) {
	b.breaks, b.conts = append(b.breaks, breakTo), append(b.conts, contTo)
	body()
	b.breaks, b.conts = b.breaks[:len(b.breaks)-1], b.conts[:len(b.conts)-1]
}

func (b *builder) iteration(s *cc.IterationStatement) {
	b.statement(s)
	defer b.inner()()
	after := b.node(opNop, nil)
	switch s.Case {
	case cc.IterationStatementWhile:
		head := b.emit(opNop, s)
		br := b.branch(b.condOr(s.ExpressionList), s)
		then, els := b.arms(br)
		els.next = after
		br.join = after
		b.resume(then)
		b.loop(after, head, func() { b.stmt(s.Statement) })
		b.jump(head)
	case cc.IterationStatementDo:
		head := b.emit(opNop, s)
		cont := b.node(opNop, nil)
		b.loop(after, cont, func() { b.stmt(s.Statement) })
		b.link(cont)
		if s.ExpressionList != nil {
			b.statement(s.ExpressionList)
		}
		br := b.branch(b.condOr(s.ExpressionList), s)
		then, els := b.arms(br)
		then.next, els.next = head, after
		br.join = after
	case cc.IterationStatementFor, cc.IterationStatementForDecl:
		if s.Case == cc.IterationStatementFor && b.forEach(s, after) {
			break
		}
		cond, post := s.ExpressionList2, s.ExpressionList3
		if s.Case == cc.IterationStatementForDecl {
			b.declaration(s.Declaration)
			cond, post = s.ExpressionList, s.ExpressionList2
		} else if s.ExpressionList != nil {
			b.effect(s.ExpressionList)
		}
		b.statement(s)
		head := b.emit(opNop, s)
		cont := b.node(opNop, nil)
		if cond != nil {
			br := b.branch(b.condOr(cond), s)
			then, els := b.arms(br)
			els.next = after
			br.join = after
			b.resume(then)
		}
		b.loop(after, cont, func() { b.stmt(s.Statement) })
		b.link(cont)
		b.statement(s)
		if post != nil {
			b.effect(post)
		}
		b.jump(head)
	default:
		b.err(s, "", "this loop is not in the language")
	}
	b.resume(after)
}

func (b *builder) condOr(n cc.ExpressionNode) spec.Expr {
	if n == nil {
		return spec.T
	}
	b.seq++
	if x := b.cond(n); x != nil {
		return x
	}
	return spec.T
}

func (b *builder) jumpStmt(s *cc.JumpStatement) {
	b.statement(s)
	switch s.Case {
	case cc.JumpStatementBreak:
		if len(b.breaks) > 0 {
			b.leaves(s, b.breaks[len(b.breaks)-1].ghost)
			b.jump(b.breaks[len(b.breaks)-1])
		}
	case cc.JumpStatementContinue:
		for i := len(b.conts) - 1; i >= 0; i-- {
			if b.conts[i] != nil {
				b.leaves(s, b.conts[i].ghost)
				b.jump(b.conts[i])
				break
			}
		}
	case cc.JumpStatementGoto:
		n := b.emit(opNop, s)
		b.gotos = append(b.gotos, pendingGoto{n, s.Token2.SrcStr(), b.c.u.pos(s.Position()), b.inside})
		b.cur = b.node(opNop, nil)
		n.next = nil
	case cc.JumpStatementReturn:
		if s.ExpressionList != nil {
			if b.f.ret == nil {
				ft, _ := b.c.defs[b.f.name].Declarator.Type().(*cc.FunctionType)
				if b.effect(s.ExpressionList) && ft != nil && ft.Result().Kind() == cc.Void {
					b.err(s.ExpressionList, "write return;, or let the function have a result", "'%s' has no result", b.f.display)
				}
			} else if x := b.coerce(b.expr(s.ExpressionList), b.f.ret, s.ExpressionList); x != nil {
				n := b.emit(opReturn, s)
				n.pl = place{loc: b.f.retv}
				n.x = x
			}
		} else if b.f.ret != nil {
			b.err(s, "return a value, or declare the function void", "'%s' returns nothing here", b.f.display)
		}
		b.leaves(s, false)
		b.jump(b.f.exit)
	default:
		b.err(s, "name a label", "a goto to a computed place is not in the language")
	}
}

func (b *builder) labeled(s *cc.LabeledStatement) {
	n := b.node(opNop, nil)
	b.link(n)
	b.entered[n] = b.inside
	switch s.Case {
	case cc.LabeledStatementLabel:
		if _, dup := b.labels[s.Token.SrcStr()]; dup {
			b.err(s, "put the label outside: the body is repeated for each object", "a label stands in the body of for_each")
		}
		b.labels[s.Token.SrcStr()] = n
	case cc.LabeledStatementCaseLabel:
		if b.cases != nil {
			*b.cases = append(*b.cases, switchCase{s.ConstantExpression, n, b.c.u.pos(s.Position())})
		}
	case cc.LabeledStatementDefault:
		if b.cases != nil {
			*b.cases = append(*b.cases, switchCase{nil, n, b.c.u.pos(s.Position())})
		}
	default:
		b.err(s, "write one case for each value", "ranges of cases are not in the language")
	}
	b.stmt(s.Statement)
}

const leaveAdvice = "let it lead to the end of the ghost statement: other code must not depend on ghost data"

// leaves refuses a jump of ghost code to code that is not ghost.
func (b *builder) leaves(s cc.Node, toGhost bool) {
	if b.ghost && !toGhost {
		b.err(s, leaveAdvice, "a jump leaves ghost code")
	}
}

// enters refuses a jump from code that stands in the statements from to a place in others: a step,
// or ghost code, begins at the start of its statement.
func (b *builder) enters(from []*cc.SelectionStatement, to *node, at spec.Pos, jump string) {
	in := b.entered[to]
	if len(in) <= len(from) && slices.Equal(in, from[:len(in)]) {
		return
	}
	b.c.errs.add(at, "jump to the start of that statement, or write the code without the jump",
		"%s leads into an atomic, ghost, optional, idle or hangs statement", jump)
}

func (b *builder) switchStmt(s *cc.SelectionStatement) {
	b.statement(s)
	x := b.expr(s.ExpressionList)
	if x == nil {
		return
	}
	t := b.temp(x.Type())
	b.set(t, x, s)
	head := b.cur
	line, lp := b.line, b.linePos
	after := b.node(opNop, nil)
	var cases []switchCase
	outer := b.cases
	b.cases = &cases
	b.cur = b.node(opNop, nil)
	b.loop(after, nil, func() { b.stmt(s.Statement) })
	b.jump(after)
	b.cases = outer
	b.line, b.linePos = line, lp
	b.resume(head)
	def := after
	seen := map[int64]bool{}
	for _, cs := range cases {
		b.enters(b.inside, cs.to, cs.pos, "this case")
		if cs.expr == nil {
			if def != after {
				b.c.errs.add(cs.pos, "write one", "there is a default already")
			}
			def = cs.to
			continue
		}
		v := b.expr(cs.expr)
		if v == nil {
			continue
		}
		l, ok := v.(*spec.Lit)
		if !ok {
			b.err(cs.expr, "write a constant, or use if", "a case label is no constant")
			continue
		}
		if lo, hi, isInt := integers(x.Type()); isInt && !b.dead && (l.N < lo || l.N > hi) {
			b.err(cs.expr, "remove it", "what is switched on is %d … %d, never %d", lo, hi, l.N)
			continue
		}
		if seen[l.N] {
			b.err(cs.expr, "write one case for each value", "there is a case %s already", quoteNode(cs.expr))
			continue
		}
		seen[l.N] = true
		eq := b.compare(spec.Eq, ref(t), v, s)
		if eq == nil {
			continue
		}
		br := b.branch(eq, s)
		els := b.node(opNop, nil)
		br.next, br.alt = cs.to, els
		br.join = after
		b.resume(els)
	}
	b.jump(def)
	b.resume(after)
}

// integers returns the integers that values of t are; ok is false if they are none.
func integers(t spec.Type) (lo, hi int64, ok bool) {
	switch t := t.(type) {
	case *spec.BoolType:
		return 0, 1, true
	case *spec.RangeType:
		return t.Lo, t.Hi, true
	}
	return 0, 0, false
}

// forEach lowers for_each(type, p): one copy of the body for each object of the pool.
func (b *builder) forEach(s *cc.IterationStatement, after *node) bool {
	as, ok := s.ExpressionList.(*cc.AssignmentExpression)
	if !ok {
		return false
	}
	name, args := callOf(as.AssignmentExpression)
	if name != "__first" || len(args) != 1 {
		return false
	}
	pl := b.poolArg(args[0])
	if pl == nil {
		return true
	}
	lv, ok := b.lvalue(as.UnaryExpression)
	if !ok {
		return true
	}
	if lv.loc == nil || len(lv.idx) > 0 || !spec.SameType(lv.loc.typ, pl.option()) {
		b.err(s, "declare struct "+pl.tag+" *p in the function", "the variable of for_each must be a local pointer to struct %s", pl.tag)
		return true
	}
	b.emit(opNop, s).what = "for_each"
	for i := range pl.enum.Values {
		slot := &spec.Lit{N: int64(i), T: pl.enum}
		nextSlot := b.node(opNop, nil)
		b.statement(s)
		if !pl.isTask {
			exists := spec.Expr(spec.F)
			if !pl.empty() {
				t := b.temp(spec.Bool)
				ld := b.emit(opLoad, s)
				ld.dst, ld.pl, ld.what = t, place{gv: pl.live, idx: []spec.Expr{slot}}, "live"
				exists = ref(t)
			}
			br := b.branch(exists, s)
			then, els := b.arms(br)
			els.next = nextSlot
			br.join = nextSlot
			b.resume(then)
		}
		b.set(lv.loc, slot, s)
		b.loop(after, nextSlot, func() { b.stmt(s.Statement) })
		b.jump(nextSlot)
		b.resume(nextSlot)
	}
	b.set(lv.loc, &spec.Lit{N: -1, T: pl.option()}, s)
	b.jump(after)
	return true
}
