package cread

import (
	"strconv"
	"strings"

	"modernc.org/cc/v4"
)

// taskPool is the number of the pool that stands for the tasks: its objects always exist.
const taskPool = 0

// program is a model as it was declared.
type program struct {
	opt       Options
	structs   map[string]*ctype
	enums     map[string]*ctype
	typedefs  map[string]*ctype
	constants map[string]int64
	globals   []*global
	functions map[string]*function
	code      []*function // those that are needed, in the order in which they were compiled
	tasks     []*task
	init      *function
	props     []*property

	pools   []*pool
	objects []object
	cells   []cell
	cpus    int

	annotations map[*cc.AttributeSpecifier]bool // those that were read
	interrupts  [][]int                         // of each task: the cells that stop it
	failures    []failure                       // what went wrong
	texts       []string                        // those that values are numbers of
	textNumber  map[string]int64
}

// global is a global variable.
type global struct {
	name  string
	typ   *ctype
	notes []note
	init  *cc.Initializer
	base  int // its first cell
}

// task is one task of the model.
type task struct {
	name string
	fn   *function
	cpu  int
}

// property is a property of the model.
type property struct {
	name, kind string
	fn         *function
}

// propertyKinds gives the keyword of each kind, by the prefix that the header's macro makes.
var propertyKinds = map[string]string{"invariant": "INVARIANT", "at_rest": "AT_REST", "can_rest": "CAN_REST",
	"cover": "COVER", "eventually": "EVENTUALLY", "leads_to": "LEADS_TO"}

// load reads the declarations of a translation unit.
func load(ast *cc.AST, opt Options) *program {
	p := &program{
		opt:         opt,
		structs:     map[string]*ctype{},
		enums:       map[string]*ctype{},
		typedefs:    map[string]*ctype{},
		constants:   map[string]int64{},
		functions:   map[string]*function{},
		annotations: map[*cc.AttributeSpecifier]bool{},
		texts:       []string{""},
		textNumber:  map[string]int64{"": 0},
	}
	p.pools = []*pool{{of: p.structure("task_struct")}}
	p.pools[taskPool].of.pool = taskPool
	for l := ast.TranslationUnit; l != nil; l = l.TranslationUnit {
		switch d := l.ExternalDeclaration; d.Case {
		case cc.ExternalDeclarationDecl:
			p.declaration(d.Declaration)
		case cc.ExternalDeclarationFuncDef:
			p.definition(d.FunctionDefinition)
		case cc.ExternalDeclarationAsmStmt:
			fail(d, "assembler is not in the language")
		}
	}
	p.cpus = int(p.constants["__cread_cpus"])
	if len(p.tasks) == 0 {
		fail(nil, "the program has no task")
	}
	for i, t := range p.tasks {
		t.cpu = i % p.cpus
		if cpu, ok := opt.TaskCPU[t.name]; ok {
			t.cpu = cpu
		}
	}
	p.pools[taskPool].n = len(p.tasks)
	p.layOut()
	return p
}

func (p *program) declaration(d *cc.Declaration) {
	if d.Case != cc.DeclarationDecl {
		return
	}
	base, storage, notes := p.declared(d.DeclarationSpecifiers)
	if d.InitDeclaratorList == nil {
		meaningless(append(notes, p.attributes(d.AttributeSpecifierList)...), "a type")
	}
	for l := d.InitDeclaratorList; l != nil; l = l.InitDeclaratorList {
		id := l.InitDeclarator
		name, t, own := p.declarator(id.Declarator, base)
		own = append(append(own, notes...), p.behind(d, l)...)
		switch {
		case storage == "typedef":
			meaningless(own, "a typedef")
			p.typedefs[name] = p.collection(t)
		case t.kind == kFunc:
			p.function(name).note(own)
		case strings.HasPrefix(name, "__") || name == "current":
			// of the header, or the words of a property
		default:
			p.global(&global{name: name, typ: t, notes: own, init: id.Initializer}, storage)
		}
	}
}

// behind returns the annotations that stand around the first name of l, in the declaration d.
func (p *program) behind(d *cc.Declaration, l *cc.InitDeclaratorList) []note {
	notes := append(p.attributes(l.AttributeSpecifierList), p.attributes(l.InitDeclarator.AttributeSpecifierList)...)
	if l.InitDeclaratorList == nil {
		notes = append(notes, p.attributes(d.AttributeSpecifierList)...)
	}
	return notes
}

// global notes a variable. It may be declared several times, and be initialised at one of them.
func (p *program) global(g *global, storage string) {
	for _, o := range p.globals {
		if o.name == g.name {
			o.notes = append(o.notes, g.notes...)
			if g.init != nil {
				o.init = g.init
			}
			return
		}
	}
	p.globals = append(p.globals, g)
}

// function returns the function with the name, which need not be defined yet.
func (p *program) function(name string) *function {
	f := p.functions[name]
	if f == nil {
		f = &function{name: name, number: -1}
		p.functions[name] = f
	}
	return f
}

// note takes what is written before a declaration of the function.
func (f *function) note(notes []note) {
	for _, n := range notes {
		if n.word != "recursion" {
			fail(n.at, "the annotation %s means nothing at a function", n.word)
		}
		depth, err := strconv.Atoi(n.arg)
		if err != nil || depth < 1 {
			fail(n.at, "RECURSION(%s): a positive number", n.arg)
		}
		f.depth = depth
	}
}

func (p *program) definition(d *cc.FunctionDefinition) {
	base, _, notes := p.declared(d.DeclarationSpecifiers)
	name, t, own := p.declarator(d.Declarator, base)
	f := p.function(name)
	if f.def != nil {
		fail(d, "%s is defined twice", name)
	}
	f.note(append(notes, own...))
	f.def, f.typ = d, t
	switch kind, what, _ := strings.Cut(strings.TrimPrefix(name, "__"), "_"); {
	case !strings.HasPrefix(name, "__"):
	case name == "__init_model":
		p.init = f
	case kind == "task" || kind == "worker" || kind == "softirq" || kind == "machine":
		p.declareTasks(what, f)
	default:
		for k, word := range propertyKinds {
			if what, ok := strings.CutPrefix(name, "__"+k+"_"); ok {
				p.props = append(p.props, &property{name: what, kind: word, fn: f})
			}
		}
	}
}

// declareTasks notes the tasks that run f: as many as TASK says, numbered if there are several.
func (p *program) declareTasks(name string, f *function) {
	n := p.constants["__count_"+name]
	if n < 1 || n > 60 {
		fail(f.def, "the number %d of tasks %s is out of range", n, name)
	}
	for i := range n {
		t := &task{name: name, fn: f}
		if n > 1 {
			t.name += strconv.FormatInt(i+1, 10)
		}
		p.tasks = append(p.tasks, t)
	}
}

// constant evaluates a constant expression exactly.
func (p *program) constant(e cc.ExpressionNode) int64 {
	switch e := e.(type) {
	case *cc.ConstantExpression:
		return p.constant(e.ConditionalExpression)
	case *cc.PrimaryExpression:
		switch e.Case {
		case cc.PrimaryExpressionExpr:
			return p.constant(e.ExpressionList)
		case cc.PrimaryExpressionInt:
			return number(e)
		case cc.PrimaryExpressionIdent:
			if v, ok := p.constants[e.Token.SrcStr()]; ok {
				return v
			}
		}
	case *cc.UnaryExpression:
		switch e.Case {
		case cc.UnaryExpressionPlus:
			return p.constant(e.CastExpression)
		case cc.UnaryExpressionMinus:
			return calculate(e, opSub, 0, p.constant(e.CastExpression))
		case cc.UnaryExpressionNot:
			return truth(p.constant(e.CastExpression) == 0)
		}
	case *cc.ConditionalExpression:
		if p.constant(e.LogicalOrExpression) != 0 {
			return p.constant(e.ExpressionList)
		}
		return p.constant(e.ConditionalExpression)
	case *cc.LogicalAndExpression:
		return truth(p.constant(e.LogicalAndExpression) != 0 && p.constant(e.InclusiveOrExpression) != 0)
	case *cc.LogicalOrExpression:
		return truth(p.constant(e.LogicalOrExpression) != 0 || p.constant(e.LogicalAndExpression) != 0)
	case *cc.CastExpression:
		if e.Case == cc.CastExpressionUnary {
			return p.constant(e.UnaryExpression)
		}
	}
	if op, x, y := operator(e); op != opNone {
		return calculate(e, op, p.constant(x), p.constant(y))
	}
	fail(e, "%s is not a constant", cc.NodeSource(e))
	return 0
}

// known is the value of the expression if that is constant.
func (p *program) known(e cc.Node) (v int64, ok bool) {
	defer func() {
		if r := recover(); r != nil {
			if _, is := r.(*Error); !is {
				panic(r)
			}
			ok = false
		}
	}()
	x, is := e.(cc.ExpressionNode)
	if !is {
		return 0, false
	}
	return p.constant(x), true
}

// number is the value of an integer constant.
func number(e *cc.PrimaryExpression) int64 {
	v, err := strconv.ParseInt(strings.TrimRight(e.Token.SrcStr(), "uUlL"), 0, 64)
	if err != nil {
		fail(e, "the number %s is too large", e.Token.SrcStr())
	}
	return v
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
