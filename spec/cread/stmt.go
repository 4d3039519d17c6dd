package cread

import (
	"slices"

	"modernc.org/cc/v4"
)

// compile makes the code of f, if that is not there yet, and of what it calls.
func (p *program) compile(f *function, at cc.Node) {
	if f.number >= 0 {
		return
	}
	if f.def == nil {
		fail(at, "%s is not defined", f.name)
	}
	f.number = len(p.code)
	p.code = append(p.code, f)
	c := &compiler{p: p, f: f,
		labels: map[string]int{},
		gotos:  map[int]*cc.JumpStatement{},
		cases:  map[*cc.LabeledStatement]int{},
		around: map[cc.Node][]*cc.SelectionStatement{},

		labelled: map[string]*cc.LabeledStatement{},
	}
	dd := f.def.Declarator.DirectDeclarator
	for _, d := range parameters(dd) {
		if d.Case != cc.ParameterDeclarationDecl {
			continue
		}
		base, _, _ := p.declared(d.DeclarationSpecifiers)
		name, t, _ := p.declarator(d.Declarator, base)
		f.params = append(f.params, c.declare(d, name, t))
	}
	c.compound(f.def.CompoundStatement)
	c.emit(f.def, instr{op: opReturn})
	for j, g := range c.gotos {
		to, ok := c.labels[g.Token2.SrcStr()]
		if !ok {
			fail(g, "there is no label %s", g.Token2.SrcStr())
		}
		c.mayJump(g, c.around[g], c.labelled[g.Token2.SrcStr()])
		f.code[j].n = int64(to)
	}
	c.ghostLocals()
	f.keepWhat()
}

// declare brings a local variable into scope.
func (c *compiler) declare(at cc.Node, name string, t *ctype) *variable {
	switch t.kind {
	case kBool, kRange, kEnum, kPtr, kFn, kSet, kList, kSeq, kArray:
	default:
		fail(at, "%s has the type %s, which a local variable can't have", name, t.name)
	}
	v := &variable{name: name, typ: t, base: len(c.f.cells), id: len(c.f.vars), ghost: c.ghost > 0, data: c.ghost > 0}
	c.f.vars = append(c.f.vars, v)
	leaf := t
	for leaf.kind == kArray {
		leaf = leaf.of
	}
	if leaf.kind == kStruct {
		fail(at, "%s has a struct type, which is no value", name)
	}
	for range t.size() {
		c.f.cells, c.f.ghost = append(c.f.cells, leaf), append(c.f.ghost, v.ghost)
	}
	c.scope = append(c.scope, v)
	return v
}

func (c *compiler) compound(s *cc.CompoundStatement) {
	outside := len(c.scope)
	for l := s.BlockItemList; l != nil; l = l.BlockItemList {
		switch b := l.BlockItem; b.Case {
		case cc.BlockItemDecl:
			c.localDeclaration(b.Declaration)
		case cc.BlockItemStmt:
			c.statement(b.Statement)
		default:
			fail(b, "this is not in the language")
		}
	}
	c.scope = c.scope[:outside]
}

// localDeclaration begins the life of variables: each is unset, which is zero, NULL or empty. What
// a GHOST variable is initialised with is ghost code.
func (c *compiler) localDeclaration(d *cc.Declaration) {
	base, storage, notes := c.p.declared(d.DeclarationSpecifiers)
	if l := d.InitDeclaratorList; l != nil && l.InitDeclarator.Declarator.Name() == "__func__" {
		return // the parser declares it in every function
	}
	if storage == "static" || storage == "extern" || storage == "typedef" {
		fail(d, "a declaration that is %s stands at file level", storage)
	}
	for l := d.InitDeclaratorList; l != nil; l = l.InitDeclaratorList {
		id := l.InitDeclarator
		name, t, own := c.p.declarator(id.Declarator, base)
		own = append(append(own, notes...), c.p.behind(d, l)...)
		v := c.declare(id, name, t)
		for _, n := range own {
			if n.word != "ghost" {
				fail(n.at, "the annotation %s means nothing at a local variable", n.word)
			}
			v.ghost, v.data = true, true
		}
		for i := range t.size() {
			c.f.ghost[v.base+i] = v.ghost
		}
		c.emit(id, instr{op: opZero, v: v})
		if id.Initializer == nil {
			continue
		}
		if id.Initializer.Case != cc.InitializerExpr {
			fail(id, "%s can't be initialised where it is declared", name)
		}
		if v.data {
			c.ghost++
		}
		c.expr(id.Initializer.AssignmentExpression)
		c.emit(id, instr{op: opLocal, v: v})
		address{t, v}.store(c, id)
		c.emit(id, instr{op: opPop})
		if v.data {
			c.ghost--
		}
	}
}

func (c *compiler) statement(s *cc.Statement) {
	switch s.Case {
	case cc.StatementLabeled:
		c.labeled(s.LabeledStatement)
	case cc.StatementCompound:
		c.compound(s.CompoundStatement)
	case cc.StatementExpr:
		if e := s.ExpressionStatement.ExpressionList; e != nil {
			c.effect(e)
		}
	case cc.StatementSelection:
		c.selection(s.SelectionStatement)
	case cc.StatementIteration:
		c.iteration(s.IterationStatement)
	case cc.StatementJump:
		c.jump(s.JumpStatement)
	default:
		fail(s, "assembler is not in the language")
	}
}

// effect emits an expression whose value is not used.
func (c *compiler) effect(e cc.ExpressionNode) {
	if x, is := strip(e).(*cc.PostfixExpression); is && x.Case == cc.PostfixExpressionCall {
		switch name(x.PostfixExpression) {
		case "smp_mb", "smp_wmb", "smp_rmb": // nothing stands here
			return
		}
	}
	c.expr(e)
	c.emit(e, instr{op: opPop})
}

func (c *compiler) labeled(s *cc.LabeledStatement) {
	c.around[s] = c.prefixes
	if s.Case == cc.LabeledStatementLabel {
		c.labelled[s.Token.SrcStr()] = s
		c.labels[s.Token.SrcStr()] = len(c.f.code)
	} else {
		c.cases[s] = len(c.f.code)
	}
	c.statement(s.Statement)
}

// marker returns the word that the header has made this if of, or "".
func marker(s *cc.SelectionStatement) string {
	if s.Case != cc.SelectionStatementIfElse {
		return ""
	}
	switch n := name(s.ExpressionList); n {
	case "__mc_atomic", "__mc_optional", "__mc_idle", "__mc_hangs", "__mc_ghost":
		return n
	}
	return ""
}

func (c *compiler) selection(s *cc.SelectionStatement) {
	m := marker(s)
	if m != "" {
		outside := c.prefixes
		c.prefixes = append(slices.Clone(outside), s)
		defer func() { c.prefixes = outside }()
	}
	switch {
	case m == "__mc_atomic":
		c.emit(s, instr{op: opAtomic})
		c.atomic++
		c.statement(s.Statement2)
		c.atomic--
		return
	case m == "__mc_ghost":
		c.ghost++
		c.statement(s.Statement2)
		c.ghost--
		return
	case m != "":
		flag := map[string]int64{"__mc_optional": flagOptional, "__mc_idle": flagIdle, "__mc_hangs": flagHangs}[m]
		c.emit(s, instr{op: opFlag, n: flag})
		c.statement(s.Statement2)
		return
	case s.Case == cc.SelectionStatementSwitch:
		c.switchStatement(s)
		return
	}
	defer c.marked(s)()
	c.expr(s.ExpressionList)
	other := c.jumpIf(opJumpIf0, s.ExpressionList, 0)
	c.statement(s.Statement)
	if s.Case == cc.SelectionStatementIfElse {
		end := c.emit(s, instr{op: opJump})
		c.land(other)
		c.statement(s.Statement2)
		c.land(end)
		return
	}
	c.land(other)
}

// marked surrounds a statement with branches: what comes behind it depends on ghost data only if it
// did before, unless a jump leaves the statement.
func (c *compiler) marked(at cc.Node) func() {
	start := c.emit(at, instr{op: opMark, n: int64(len(c.f.code))})
	jumps := c.jumps
	return func() { c.emit(at, instr{op: opUnmark, n: int64(start), m: truth(c.jumps > jumps)}) }
}

// switchStatement emits the body first, so that the places of the cases are known.
func (c *compiler) switchStatement(s *cc.SelectionStatement) {
	defer c.marked(s)()
	c.expr(s.ExpressionList)
	choose := c.emit(s, instr{op: opJump})
	c.breaks = append(c.breaks, nil)
	c.statement(s.Statement)
	end := c.emit(s, instr{op: opJump})
	c.land(choose)
	otherwise := -1
	for _, l := range casesOf(s.Statement) {
		c.mayJump(l, c.prefixes, l)
		switch l.Case {
		case cc.LabeledStatementDefault:
			otherwise = c.cases[l]
		case cc.LabeledStatementRange:
			fail(l, "case ranges are not in the language")
		default:
			c.emit(l, instr{op: opDup})
			c.push(l, c.p.constant(l.ConstantExpression))
			c.emit(l, instr{op: opEq})
			next := c.emit(l, instr{op: opJumpIf0})
			c.emit(l, instr{op: opPop})
			c.emit(l, instr{op: opJump, n: int64(c.cases[l])})
			c.land(next)
		}
	}
	c.emit(s, instr{op: opPop})
	if otherwise >= 0 {
		c.emit(s, instr{op: opJump, n: int64(otherwise)})
	}
	c.land(end)
	c.land(c.breaks[len(c.breaks)-1]...)
	c.jumps -= len(c.breaks[len(c.breaks)-1]) // they do not leave the statement
	c.breaks = c.breaks[:len(c.breaks)-1]
}

// mayJump refuses a jump into an atomic, ghost, optional, idle or hangs statement.
func (c *compiler) mayJump(at cc.Node, from []*cc.SelectionStatement, to *cc.LabeledStatement) {
	for i, s := range c.around[to] {
		if i >= len(from) || from[i] != s {
			fail(at, "the jump leads into a statement with a prefix")
		}
	}
}

// casesOf returns the labels of a switch statement with the body, but not of those within.
func casesOf(s *cc.Statement) (ls []*cc.LabeledStatement) {
	switch s.Case {
	case cc.StatementLabeled:
		if s.LabeledStatement.Case != cc.LabeledStatementLabel {
			ls = append(ls, s.LabeledStatement)
		}
		ls = append(ls, casesOf(s.LabeledStatement.Statement)...)
	case cc.StatementCompound:
		for l := s.CompoundStatement.BlockItemList; l != nil; l = l.BlockItemList {
			if l.BlockItem.Case == cc.BlockItemStmt {
				ls = append(ls, casesOf(l.BlockItem.Statement)...)
			}
		}
	case cc.StatementSelection:
		if x := s.SelectionStatement; x.Case != cc.SelectionStatementSwitch {
			ls = append(ls, casesOf(x.Statement)...)
			if x.Statement2 != nil {
				ls = append(ls, casesOf(x.Statement2)...)
			}
		}
	case cc.StatementIteration:
		ls = append(ls, casesOf(s.IterationStatement.Statement)...)
	}
	return ls
}

func (c *compiler) iteration(s *cc.IterationStatement) {
	defer c.marked(s)()
	outside := len(c.scope)
	var before, condition, after cc.ExpressionNode
	switch s.Case {
	case cc.IterationStatementForDecl:
		c.localDeclaration(s.Declaration)
		condition, after = s.ExpressionList, s.ExpressionList2
	case cc.IterationStatementFor:
		before, condition, after = s.ExpressionList, s.ExpressionList2, s.ExpressionList3
	default:
		condition = s.ExpressionList
	}
	if before != nil {
		c.effect(before)
	}
	c.breaks, c.continues = append(c.breaks, nil), append(c.continues, nil)
	top, leave := len(c.f.code), -1
	if condition != nil && s.Case != cc.IterationStatementDo {
		c.expr(condition)
		leave = c.jumpIf(opJumpIf0, condition, 0)
	}
	c.statement(s.Statement)
	c.land(c.continues[len(c.continues)-1]...)
	if after != nil {
		c.effect(after)
	}
	if s.Case == cc.IterationStatementDo {
		c.expr(condition)
		c.jumpIf(opJumpIf1, condition, top)
	} else {
		c.emit(s, instr{op: opJump, n: int64(top)})
	}
	if leave >= 0 {
		c.land(leave)
	}
	c.land(c.breaks[len(c.breaks)-1]...)
	// they do not leave the statement
	c.jumps -= len(c.breaks[len(c.breaks)-1]) + len(c.continues[len(c.continues)-1])
	c.breaks, c.continues = c.breaks[:len(c.breaks)-1], c.continues[:len(c.continues)-1]
	c.scope = c.scope[:outside]
}

func (c *compiler) jump(s *cc.JumpStatement) {
	c.jumps++
	switch s.Case {
	case cc.JumpStatementGoto:
		c.around[s] = c.prefixes
		c.gotos[c.emit(s, instr{op: opJump})] = s
	case cc.JumpStatementContinue:
		if len(c.continues) == 0 {
			fail(s, "continue stands outside a loop")
		}
		i := len(c.continues) - 1
		c.continues[i] = append(c.continues[i], c.emit(s, instr{op: opJump}))
	case cc.JumpStatementBreak:
		if len(c.breaks) == 0 {
			fail(s, "break stands outside a loop and a switch")
		}
		i := len(c.breaks) - 1
		c.breaks[i] = append(c.breaks[i], c.emit(s, instr{op: opJump}))
	case cc.JumpStatementReturn:
		n := int64(0)
		if s.ExpressionList != nil {
			c.expr(s.ExpressionList)
			n = 1
		}
		c.emit(s, instr{op: opReturn, n: n})
	default:
		fail(s, "computed goto is not in the language")
	}
}
