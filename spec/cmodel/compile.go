package cmodel

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"

	"modernc.org/cc/v4"

	"mcheck/spec"
	"mcheck/spec/tso"
)

// task is a task of the program: an instance of a TASK, WORKER, SOFTIRQ or MACHINE.
type task struct {
	name string
	body *fn
	kind spec.ActorKind
}

// property is a property before it is an expression.
type property struct {
	name, words, source string
	kind                spec.PropertyKind
	class               spec.Class
	f                   *fn
	pos                 spec.Pos
}

type atomicAt struct {
	f *fn
	a Atomic
}

// compiler holds one compilation.
type compiler struct {
	u    *unit
	opt  Options
	errs *errs

	names       *nameTable
	pools       map[string]*pool
	poolList    []*pool
	tasks       *pool
	globals     map[string]*obj
	gvars       []*gvar
	byVar       map[*spec.Var]*gvar
	retOf       map[*spec.Var]*fn // the function whose return point a variable holds
	enumVals    map[string]enumVal
	enumList    []*enumInfo
	enumZero    map[*spec.EnumType]int64
	enumerators map[*cc.Enumerator]int64 // their exact values
	seqEnum     *spec.EnumType
	fieldNotes  map[*cc.Declarator]fieldNote
	localNotes  map[*cc.Declarator][]note
	attrsRead   map[*cc.AttributeSpecifier]bool // those that have a meaning where they stand
	structs     map[string]*cc.StructType
	defs        map[string]*cc.FunctionDefinition
	order       []string // functions in source order
	strings     map[string]string
	funcPtrs    map[string]*spec.OptionType
	funcEnums   map[*spec.EnumType]string
	addrTaken   map[string][]string
	allocated   map[string]bool
	nrCPUs      int64
	syms        map[*spec.Var]*local
	fns         map[string]*fn
	fnList      []*fn
	queue       []*fn
	curParam    *spec.Param
	atomics     []atomicAt
	taskList    []task
	props       []property
	initFn      *fn
	naming      sync.Mutex // of the three below: steps are executed several at a time
	boundNames  []string
	choiceNames map[string]string
	// where tasks stand that are about to fail, by the value that fail will have
	dooms   map[doom]*node
	stops   bool // a field that is marked INTERRUPTED is set: its task takes no step meanwhile
	frozen  bool // steps are executed in any order, and must not change anything
	initVal map[*gvar]spec.Expr
	initEnv store
	doneLit *spec.Lit
	tName   string

	failEnum  *spec.EnumType
	fail      *spec.Var
	gfail     *spec.Var
	recursive map[string]int // the depth of the functions declared RECURSION(n)
	calls     map[string]map[string]bool
	gfailUsed bool
	failUsed  bool
	uaf       map[string]bool // the failures that are uses after release
	failIdx   map[failed]int64
	bounds    map[string]bool // those that are bounds of the model
	// ghostBounds holds the bounds that ghost code can exceed.
	ghostBounds map[string]bool
	pc          *spec.Var
	labelEnum   *spec.EnumType
	waits       []wait

	buffers *tso.Buffers // nil: memory is sequentially consistent, or nothing is stored
	// the variables that stand for what a path has stored into its buffer
	views   map[*spec.Var]*gvar
	storing map[*gvar]uint64 // the tasks that store to it through their buffers
	storers uint64           // those that store through their buffers at all
}

func newCompiler(u *unit, opt Options) *compiler {
	if opt.Name == "" {
		opt.Name = "Model"
	}
	c := &compiler{u: u, opt: opt, errs: u.errs, names: newNames(), pools: map[string]*pool{}, globals: map[string]*obj{},
		byVar: map[*spec.Var]*gvar{}, retOf: map[*spec.Var]*fn{}, enumVals: map[string]enumVal{}, enumZero: map[*spec.EnumType]int64{}, enumerators: map[*cc.Enumerator]int64{},
		fieldNotes: map[*cc.Declarator]fieldNote{}, localNotes: map[*cc.Declarator][]note{}, attrsRead: map[*cc.AttributeSpecifier]bool{}, structs: map[string]*cc.StructType{}, defs: map[string]*cc.FunctionDefinition{},
		strings: map[string]string{}, funcPtrs: map[string]*spec.OptionType{}, funcEnums: map[*spec.EnumType]string{},
		addrTaken: map[string][]string{}, allocated: map[string]bool{}, syms: map[*spec.Var]*local{}, fns: map[string]*fn{},
		failIdx: map[failed]int64{}, dooms: map[doom]*node{}, bounds: map[string]bool{}, ghostBounds: map[string]bool{}, uaf: map[string]bool{}, nrCPUs: 2, recursive: map[string]int{}, calls: map[string]map[string]bool{}}
	c.seqEnum = &spec.EnumType{Name: "Seq", Values: []string{"none", "fresh", "stale"}}
	return c
}

// mayChange is called before a step changes something that other steps depend on. It gives up the
// execution of the step where that must not be.
func (c *compiler) mayChange() {
	if c.frozen {
		panic(abort{})
	}
}

// bound returns a name for a bound variable.
func (c *compiler) bound() string { return c.boundN(0) }

// boundN returns the k-th name for bound variables that stand inside each other.
func (c *compiler) boundN(k int) string {
	c.naming.Lock()
	defer c.naming.Unlock()
	for len(c.boundNames) <= k {
		c.mayChange()
		name := "x"
		for _, n := range []string{"x", "i", "j", "k", "n", "o", "y", "z"} {
			if !c.names.used[n] {
				name = n
				break
			}
		}
		c.boundNames = append(c.boundNames, c.names.fresh(name))
	}
	return c.boundNames[k]
}

// walkAST calls f for every node inside n, parents first; f returns false to leave out what is
// inside.
func walkAST(n any, f func(cc.Node) bool) {
	v := reflect.ValueOf(n)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return
	}
	if node, ok := n.(cc.Node); ok && !f(node) {
		return
	}
	s := v.Elem()
	for _, i := range nodeFields(s.Type()) {
		if fv := s.Field(i); !fv.IsNil() {
			if node, ok := fv.Interface().(cc.Node); ok {
				walkAST(node, f)
			}
		}
	}
}

// fieldsOfNodes holds what nodeFields has found, for each type of node: it never changes.
var fieldsOfNodes sync.Map // reflect.Type → []int

// nodeFields returns the positions of the fields of t that may hold nodes of the syntax tree.
func nodeFields(t reflect.Type) []int {
	if is, ok := fieldsOfNodes.Load(t); ok {
		return is.([]int)
	}
	var is []int
	for i := range t.NumField() {
		f := t.Field(i)
		if k := f.Type.Kind(); f.IsExported() && !f.Anonymous && (k == reflect.Pointer || k == reflect.Interface) {
			is = append(is, i)
		}
	}
	fieldsOfNodes.Store(t, is)
	return is
}

func (c *compiler) position(n cc.Node) spec.Pos { return c.u.pos(n.Position()) }

// isHeader reports whether the function an identifier names is declared by the header and not
// defined by the program.
func (c *compiler) isHeader(p *cc.PrimaryExpression) bool {
	_, defined := c.defs[p.Token.SrcStr()]
	return !defined
}

var kinds = []struct {
	prefix string
	kind   spec.ActorKind
}{{"__task_", spec.ActorTask}, {"__worker_", spec.ActorWorker}, {"__softirq_", spec.ActorSoftirq}, {"__machine_", spec.ActorMachine}}

var propKinds = []struct {
	prefix string
	kind   spec.PropertyKind
}{{"__invariant_", spec.Invariant}, {"__at_rest_", spec.AtRest}, {"__can_rest_", spec.CanRest}, {"__cover_", spec.Cover},
	{"__eventually_", spec.Eventually}, {"__leads_to_", spec.LeadsTo}}

// classes are the classes of properties, as the header's macros name them.
var classes = map[string]spec.Class{"": spec.MustHold, spec.NotPromised.String(): spec.NotPromised, spec.Situation.String(): spec.Situation}

// displayName strips the header's prefixes.
func displayName(s string) string {
	for _, k := range kinds {
		if r, ok := strings.CutPrefix(s, k.prefix); ok {
			return r
		}
	}
	for _, k := range propKinds {
		if r, ok := strings.CutPrefix(s, k.prefix); ok {
			return r
		}
	}
	if s == "__init_model" {
		return "INIT"
	}
	return s
}

// collect finds the declarations of the translation unit.
func (c *compiler) collect() {
	c.constants()
	c.propertyNames()
	c.check()
	if m := c.u.ast.Macros["NR_CPUS"]; m != nil {
		s := ""
		for _, t := range m.ReplacementList() {
			s += t.SrcStr()
		}
		n, err := strconv.ParseInt(strings.Trim(s, "() \t"), 0, 64)
		if err != nil || n < 1 || n > 16 {
			c.errs.add(spec.Pos{}, "", "NR_CPUS is %q, not a number from 1 to 16", s)
		} else {
			c.nrCPUs = n
		}
	}
	counts := map[string]int64{}
	pools := map[string]int64{}
	var poolOrder []string
	poolPos := map[string]spec.Pos{}
	typedefd := map[*cc.EnumSpecifier]string{}
	var bodies []any
	for l := c.u.ast.TranslationUnit; l != nil; l = l.TranslationUnit {
		ed := l.ExternalDeclaration
		switch ed.Case {
		case cc.ExternalDeclarationFuncDef:
			fd := ed.FunctionDefinition
			name := fd.Declarator.Name()
			c.defs[name] = fd
			c.order = append(c.order, name)
			bodies = append(bodies, fd.CompoundStatement)
			c.declareRecursion(name, c.specifierNotes(fd.DeclarationSpecifiers))
		case cc.ExternalDeclarationDecl:
			d := ed.Declaration
			if d.Case == cc.DeclarationDecl && d.InitDeclaratorList != nil && d.InitDeclaratorList.InitDeclarator.Declarator.IsTypename() {
				walkAST(d.DeclarationSpecifiers, func(n cc.Node) bool {
					if e, ok := n.(*cc.EnumSpecifier); ok && e.Case == cc.EnumSpecifierDef {
						typedefd[e] = d.InitDeclaratorList.InitDeclarator.Declarator.Name()
					}
					return true
				})
			}
		}
		walkAST(ed, func(n cc.Node) bool {
			switch n := n.(type) {
			case *cc.EnumSpecifier:
				if n.Case == cc.EnumSpecifierDef {
					c.enum(n, typedefd[n], counts, pools, &poolOrder, poolPos)
				}
			case *cc.StructOrUnionSpecifier:
				if n.Case != cc.StructOrUnionSpecifierDef {
					break
				}
				if st, ok := n.Type().(*cc.StructType); ok {
					c.structs[n.Token.SrcStr()] = st
				} else if n.StructOrUnion != nil && n.StructOrUnion.Case == cc.StructOrUnionUnion {
					c.errs.add(c.position(n), "use separate fields", "unions are not in the language")
				}
				c.noteFields(n)
			case *cc.Declaration:
				if ed.Case == cc.ExternalDeclarationFuncDef {
					c.noteLocals(n)
				}
			}
			return true
		})
	}
	c.makeTasks(counts)
	for _, tag := range poolOrder {
		n := pools[tag]
		if n < 1 || n > 16 {
			c.errs.add(poolPos[tag], "POOL(type, n) with n from 1 to 16", "the size %d of the pool of struct %s is out of range", n, tag)
			n = 1
		}
		p := &pool{tag: tag, n: n, pos: poolPos[tag], enum: &spec.EnumType{Name: c.names.fresh(title(tag)), Symbolic: true}}
		for i := int64(1); i <= n; i++ {
			name := fmt.Sprintf("%s%d", tag, i)
			if n == 1 {
				name = tag + "1"
			}
			p.enum.Values = append(p.enum.Values, c.names.fresh(name))
		}
		c.pools[tag] = p
		c.poolList = append(c.poolList, p)
	}
	for _, b := range bodies {
		c.scanBody(b)
	}
}

// generatedProperties are the names of the properties that every model has.
var generatedProperties = []string{"NoFail", "NoUseAfterFree", "WithinBounds", "NoDeadlock"}

// propertyNames reserves the names of the properties, which are the same everywhere: other names
// make way for them.
func (c *compiler) propertyNames() {
	for _, name := range generatedProperties {
		c.names.used[name] = true
	}
	defined := map[string]spec.Pos{}
	tasks := map[string]spec.Pos{}
	for l := c.u.ast.TranslationUnit; l != nil; l = l.TranslationUnit {
		fd := l.ExternalDeclaration.FunctionDefinition
		if fd == nil {
			continue
		}
		c.twice(defined, fd.Declarator.Name(), displayName(fd.Declarator.Name()), fd.Declarator)
		for _, k := range kinds {
			if r, ok := strings.CutPrefix(fd.Declarator.Name(), k.prefix); ok {
				c.twice(tasks, r, r, fd.Declarator)
			}
		}
		for _, k := range propKinds {
			r, ok := strings.CutPrefix(fd.Declarator.Name(), k.prefix)
			if !ok {
				continue
			}
			pos := c.position(fd.Declarator)
			switch {
			case slices.Contains(generatedProperties, r):
				c.errs.add(pos, "name it otherwise", "every model has a property '%s' of its own", quote(r))
			case !spec.IsIdentifier(r):
				c.errs.add(pos, "use letters, digits and _, not WF_ or SF_ in front", "'%s' can't be a name in TLA+", quote(r))
			case spec.IsReserved(r):
				c.errs.add(pos, "name it otherwise", "'%s' has a meaning in TLA+, and can't be the name of a property", quote(r))
			case c.names.used[r]:
				c.errs.add(pos, "name it otherwise", "there are two properties '%s'", quote(r))
			}
			c.names.used[r] = true
		}
	}
	if spec.IsStandardModule(c.opt.Name) {
		c.opt.Name = "Model_" + c.opt.Name
	}
	c.opt.Name = c.names.fresh(c.opt.Name)
}

// twice reports a name that is declared at n and was before; first has where.
func (c *compiler) twice(first map[string]spec.Pos, key, name string, n cc.Node) {
	pos := c.position(n)
	if was, ok := first[key]; ok {
		c.errs.add(pos, "name one of them otherwise", "'%s' is declared twice, first at %s", quote(name), was)
		return
	}
	first[key] = pos
}

// scanBody notes which functions have their address taken and which pools are allocated from.
func (c *compiler) scanBody(body any) {
	walkAST(body, func(n cc.Node) bool {
		switch n := n.(type) {
		case *cc.PostfixExpression:
			if n.Case != cc.PostfixExpressionCall {
				break
			}
			name, args := callOf(n)
			if name == "" {
				break
			}
			if name == "__alloc" && len(args) == 1 {
				if p, ok := unparen(args[0]).(*cc.PrimaryExpression); ok {
					c.allocated[strings.TrimPrefix(p.Token.SrcStr(), "__pool_")] = true
				}
			}
			if f, ok := unparen(n.PostfixExpression).(*cc.PrimaryExpression); ok {
				if d, ok := f.ResolvedTo().(*cc.Declarator); ok && d.Type().Kind() == cc.Function {
					for l := n.ArgumentExpressionList; l != nil; l = l.ArgumentExpressionList {
						c.scanBody(l.AssignmentExpression)
					}
					return false
				}
			}
		case *cc.PrimaryExpression:
			if n.Case != cc.PrimaryExpressionIdent {
				break
			}
			d, ok := n.ResolvedTo().(*cc.Declarator)
			if !ok {
				break
			}
			if ft, ok := d.Type().(*cc.FunctionType); ok && c.defs[d.Name()] != nil {
				key := ft.String()
				for _, s := range c.addrTaken[key] {
					if s == d.Name() {
						return true
					}
				}
				c.addrTaken[key] = append(c.addrTaken[key], d.Name())
			}
		}
		return true
	})
}

func (c *compiler) enum(n *cc.EnumSpecifier, typedef string, counts, pools map[string]int64, order *[]string, poolPos map[string]spec.Pos) {
	tag := n.Token2.SrcStr()
	if n.Token2.Ch == '{' || tag == "{" {
		tag = ""
	}
	if tag == "" {
		tag = typedef
	}
	var info *enumInfo
	for l := n.EnumeratorList; l != nil; l = l.EnumeratorList {
		e := l.Enumerator
		name := e.Token.SrcStr()
		v := c.enumerators[e]
		if r, ok := strings.CutPrefix(name, "__count_"); ok {
			counts[r] = v
			continue
		}
		if r, ok := strings.CutPrefix(name, "__pool_"); ok {
			if _, dup := pools[r]; !dup {
				*order = append(*order, r)
			}
			pools[r], poolPos[r] = v, c.position(n)
			continue
		}
		if tag == "" {
			continue // plain constants
		}
		if info == nil {
			info = &enumInfo{tag: tag, t: &spec.EnumType{Name: c.names.fresh(title(tag))}, zero: -1, pos: c.position(n)}
			c.enumList = append(c.enumList, info)
		}
		if v == 0 && info.zero < 0 {
			info.zero = int64(len(info.t.Values))
		}
		c.enumVals[name] = enumVal{info, int64(len(info.t.Values))}
		info.t.Values = append(info.t.Values, unique(info.t.Values, plain(name)))
	}
	if info != nil {
		if info.zero < 0 {
			c.errs.add(info.pos, "let the first enumerator be 0: it is what variables hold before they are set", "enum %s has no enumerator that is 0", tag)
			info.zero = 0
		}
		c.enumZero[info.t] = info.zero
	}
}

// makeTasks makes the tasks, in the order of the source.
func (c *compiler) makeTasks(counts map[string]int64) {
	e := &spec.EnumType{Name: c.names.fresh("Task"), Symbolic: true}
	c.tasks = &pool{tag: "task_struct", enum: e, isTask: true}
	for _, name := range c.order {
		for _, k := range kinds {
			r, ok := strings.CutPrefix(name, k.prefix)
			if !ok {
				continue
			}
			n, ok := counts[r]
			if !ok || n < 0 || n > 16 {
				c.errs.add(c.position(c.defs[name].Declarator), "write TASK(name, count) with a count of 0 to 16", "the number of tasks '%s' is out of range", r)
				n = 1
			}
			for i := int64(1); i <= n; i++ {
				tn := r
				if n > 1 {
					tn = fmt.Sprintf("%s%d", r, i)
				}
				tn = c.names.fresh(tn)
				e.Values = append(e.Values, tn)
				c.taskList = append(c.taskList, task{name: tn, kind: k.kind, body: c.functionOf(name)})
			}
		}
	}
	if len(e.Values) == 0 {
		c.errs.add(spec.Pos{File: c.u.last, Line: 1, Col: 1}, "write at least one TASK(name, count) { … }", "the program has no task")
		panic(bailout{})
	}
	if len(e.Values) > 60 {
		c.errs.add(spec.Pos{File: c.u.last, Line: 1, Col: 1}, "lower the counts of TASK(name, count)", "the program has %d tasks; 60 are possible", len(e.Values))
		panic(bailout{})
	}
	c.tasks.n = int64(len(e.Values))
	c.curParam = &spec.Param{Name: "current", Type: e}
}

// fileLevel calls f for each name that a declaration at file level declares, types left out.
func (c *compiler) fileLevel(f func(d *cc.Declaration, l *cc.InitDeclaratorList)) {
	for l := c.u.ast.TranslationUnit; l != nil; l = l.TranslationUnit {
		ed := l.ExternalDeclaration
		if ed.Case != cc.ExternalDeclarationDecl || ed.Declaration.Case != cc.DeclarationDecl {
			continue
		}
		for il := ed.Declaration.InitDeclaratorList; il != nil; il = il.InitDeclaratorList {
			if !il.InitDeclarator.Declarator.IsTypename() {
				f(ed.Declaration, il)
			}
		}
	}
}

// globalsAndFields declares the variables.
func (c *compiler) globalsAndFields() {
	notes := map[string][]note{} // of all declarations of a variable
	c.fileLevel(func(dn *cc.Declaration, l *cc.InitDeclaratorList) {
		d := l.InitDeclarator.Declarator
		ns := append(c.specifierNotes(dn.DeclarationSpecifiers), c.declaratorNotes(l)...)
		if d.Type().Kind() == cc.Function {
			c.declareRecursion(d.Name(), ns)
			if fd := c.defs[d.Name()]; fd != nil && signature(dn.DeclarationSpecifiers, d) != signature(fd.DeclarationSpecifiers, fd.Declarator) {
				c.errs.add(c.position(d), "declare it as it is defined", "'%s' is declared with other types than where it is defined, at %s",
					quote(d.Name()), c.position(fd.Declarator))
			}
			return
		}
		notes[d.Name()] = append(notes[d.Name()], ns...)
	})
	first := map[string]*cc.Declaration{}
	c.fileLevel(func(dn *cc.Declaration, l *cc.InitDeclaratorList) {
		id := l.InitDeclarator
		d := id.Declarator
		name := d.Name()
		switch {
		case d.Type().Kind() == cc.Function:
		case strings.HasPrefix(name, "__words_") || strings.HasPrefix(name, "__source_") || strings.HasPrefix(name, "__class_"):
			if id.Case == cc.InitDeclaratorInit {
				if s, ok := stringOf(id.Initializer.AssignmentExpression); ok {
					c.strings[name] = s
				}
			}
		case d.IsExtern() || name == "current" || strings.HasPrefix(name, "__"):
		case first[name] == nil:
			first[name] = dn
			c.globals[name] = c.declare(name, d.Type(), nil, nil, notes[name], c.position(d), "globals")
			c.initialised(name, id)
		default:
			if typeText(first[name].DeclarationSpecifiers) != typeText(dn.DeclarationSpecifiers) {
				c.errs.add(c.position(d), "declare it once", "'%s' is declared again with another type", name)
			}
			c.initialised(name, id)
		}
	})
	for _, g := range c.gvars {
		c.nameVar(g, g.name)
	}
	nglobals := len(c.gvars)
	// Fields: the plain name if it is the only one.
	count := map[string]int{}
	all := append([]*pool{c.tasks}, c.poolList...)
	for _, p := range all {
		if st := c.structs[p.tag]; st != nil {
			for i := 0; i < st.NumFields(); i++ {
				count[st.FieldByIndex(i).Name()]++
			}
		}
	}
	for _, p := range all {
		st := c.structs[p.tag]
		if st == nil {
			if !p.isTask {
				c.errs.add(p.pos, "define the struct", "there is a pool of struct %s, which is not defined", p.tag)
			}
			continue
		}
		p.root = &obj{fields: map[string]*obj{}, strct: p.tag}
		for i := 0; i < st.NumFields(); i++ {
			f := st.FieldByIndex(i)
			fn := c.fieldNotes[f.Declarator()]
			name := f.Name()
			if count[name] > 1 || c.names.used[name] {
				name = p.tag + "_" + name
			}
			if f.Name() == "" || f.IsBitfield() {
				c.errs.add(fn.pos, intAdvice, "%s", badField(f.Name()))
				continue
			}
			if o := c.declare(name, f.Type(), []spec.Type{p.enum}, p, fn.notes, fn.pos, "struct "+p.tag); o != nil {
				p.root.fields[f.Name()] = o
			}
		}
	}
	for _, g := range c.gvars[nglobals:] {
		c.nameVar(g, g.name)
	}
	for _, p := range c.poolList {
		if c.allocated[p.tag] {
			p.live = &gvar{name: p.tag + "_live", dims: []spec.Type{p.enum}, elem: spec.Bool, pool: p, pos: p.pos}
			p.live.v = &spec.Var{Name: c.names.fresh(p.tag + "_live"), Type: &spec.ArrayType{Index: p.enum, Elem: spec.Bool}, Group: "struct " + p.tag,
				Doc: "the objects that exist", Pos: p.pos}
			c.byVar[p.live.v] = p.live
		}
	}
	// Guards: a lock of the same object, else a global one.
	for _, g := range c.gvars {
		if g.guard == "" || g.lock != nil {
			continue
		}
		var o *obj
		if g.pool != nil && g.pool.root != nil {
			o = g.pool.root.fields[g.guard]
		}
		if !o.isLock() {
			o = c.globals[g.guard]
		}
		if o.isLock() {
			g.lock, g.lockSame = o.gv, len(o.gv.dims) > 0
			continue
		}
		c.errs.add(g.guardPos, "name a lock of the same struct or a global lock", "'%s' is guarded by '%s', which is no lock", g.name, g.guard)
	}
	c.meaningless()
}

// initialised notes the initialiser of a global variable, if it has one.
func (c *compiler) initialised(name string, id *cc.InitDeclarator) {
	o := c.globals[name]
	if o == nil || id.Case != cc.InitDeclaratorInit {
		return
	}
	if o.gv == nil || o.gv.kind != gPlain || id.Initializer.Case != cc.InitializerExpr {
		c.errs.add(c.position(id.Initializer), "set its parts in INIT { … }", "'%s' can't be initialised where it is declared", name)
		return
	}
	o.gv.init = id.Initializer
}

// signature is the types of a function's result and parameters, as [typeText] has them.
func signature(s *cc.DeclarationSpecifiers, d *cc.Declarator) string {
	out := typeText(s)
	walkAST(d, func(n cc.Node) bool {
		if p, ok := n.(*cc.ParameterDeclaration); ok && typeText(p.DeclarationSpecifiers) != "void" {
			out += ", " + typeText(p.DeclarationSpecifiers)
		}
		return true
	})
	return out
}

// typeText is the type in a declaration's specifiers as the source has it. The C parser does not
// tell integers of different widths apart, which are one type in C.
func typeText(s *cc.DeclarationSpecifiers) string {
	var out []string
	for ; s != nil; s = s.DeclarationSpecifiers {
		if s.TypeSpecifier != nil {
			out = append(out, cc.NodeSource(s.TypeSpecifier))
		}
	}
	return strings.Join(out, " ")
}

func (c *compiler) nameVar(g *gvar, name string) {
	if g.kind == gRwsem {
		g.v.Name = c.names.fresh(name + "_writer")
		g.readers.Name = c.names.fresh(name + "_readers")
		return
	}
	g.v.Name = c.names.fresh(name)
}

func (c *compiler) poolByEnum(t spec.Type) *pool {
	e, ok := t.(*spec.EnumType)
	if o, isOpt := t.(*spec.OptionType); isOpt {
		e, ok = o.Elem, true
	}
	if !ok {
		return nil
	}
	if e == c.tasks.enum {
		return c.tasks
	}
	for _, p := range c.poolList {
		if p.enum == e {
			return p
		}
	}
	return nil
}

// functionOf returns the fn of a function that is defined, to be lowered later.
func (c *compiler) functionOf(name string) *fn { return c.instanceOf(name, nil) }

// instanceOf is functionOf for an instance of the function.
func (c *compiler) instanceOf(name string, d depths) *fn {
	key := d.key(name)
	if f := c.fns[key]; f != nil {
		return f
	}
	f := &fn{name: name, display: displayName(name), pos: c.position(c.defs[name].Declarator), depths: d}
	if n := d.deepest(); n > 1 {
		f.display = fmt.Sprintf("%s_%d", f.display, n)
	}
	c.fns[key] = f
	return f
}

// tooDeep stands for a call that goes deeper than its RECURSION allows.
var tooDeep = &fn{}

// function returns the function of that name as it is called from an instance at d, to be lowered;
// tooDeep, or nil after an error.
func (c *compiler) function(name string, at cc.Node, d depths) *fn {
	fd := c.defs[name]
	if fd == nil {
		c.errs.add(c.position(at), cmp.Or(hints[name], "define it, or include the file that does"), "'%s' is not defined", quote(name))
		return nil
	}
	inner, ok := c.instance(name, d)
	if !ok {
		return tooDeep
	}
	f := c.instanceOf(name, inner)
	c.enqueue(f)
	return f
}

// enqueue declares the parameters of f and queues its body.
func (c *compiler) enqueue(f *fn) {
	if f.entry != nil {
		return
	}
	fd := c.defs[f.name]
	f.entry = f.addNode(&node{op: opNop, pos: f.pos})
	f.exit = f.addNode(&node{op: opExit, pos: f.pos})
	c.fnList = append(c.fnList, f)
	c.queue = append(c.queue, f)
	ft, ok := fd.Declarator.Type().(*cc.FunctionType)
	if !ok {
		return
	}
	if ft.IsVariadic() {
		c.errs.add(f.pos, "declare each parameter", "'%s' takes a variable number of arguments", f.display)
	}
	if ft.Result().Kind() != cc.Void {
		what := "the result of '" + f.display + "'"
		f.ret = c.valueType(ft.Result(), f.pos, what)
		if f.ret != nil {
			f.retv = f.newLocal(c, "result", f.ret, f.pos)
			f.retv.temp = true
		}
	}
	for _, p := range ft.Parameters() {
		if p.Type().Kind() == cc.Void {
			continue
		}
		pos := f.pos
		if p.Declarator != nil {
			pos = c.position(p.Declarator)
		}
		t := c.valueType(p.Type(), pos, "the parameter '"+p.Name()+"'")
		if t == nil {
			f.params = append(f.params, nil)
			continue
		}
		l := f.newLocal(c, p.Name(), t, pos)
		l.param = true
		f.params = append(f.params, l)
	}
}

// lowerBody lowers the body of f.
func (c *compiler) lowerBody(f *fn) {
	fd := c.defs[f.name]
	b := &builder{c: c, f: f, vars: map[*cc.Declarator]*local{}, labels: map[string]*node{}, entered: map[*node][]*cc.SelectionStatement{}, cur: f.entry, property: c.isProperty(f.name)}
	f.pure = b.property || f.name == "__init_model"
	if ft, ok := fd.Declarator.Type().(*cc.FunctionType); ok {
		i := 0
		for _, p := range ft.Parameters() {
			if p.Type().Kind() == cc.Void {
				continue
			}
			if p.Declarator != nil {
				b.vars[p.Declarator] = f.params[i]
			}
			i++
		}
	}
	b.block(fd.CompoundStatement)
	b.link(f.exit)
	for _, g := range b.gotos {
		to := b.labels[g.name]
		if to == nil {
			c.errs.add(g.pos, "write the label in this function", "there is no label '%s'", g.name)
			continue
		}
		b.enters(g.inside, to, g.pos, "this goto")
		if g.from.ghost && !to.ghost {
			c.errs.add(g.pos, leaveAdvice, "a jump leaves ghost code")
		}
		g.from.next = to
	}
	for _, n := range f.nodes {
		if n.next == nil && n.op != opExit {
			n.next = f.exit // code after a jump; nothing comes here
		}
	}
}

func (c *compiler) isProperty(name string) bool {
	for _, k := range propKinds {
		if strings.HasPrefix(name, k.prefix) {
			return true
		}
	}
	return false
}

// lowerAll lowers everything that is reached.
func (c *compiler) lowerAll() {
	for _, t := range c.taskList {
		c.enqueue(t.body)
	}
	if c.defs["__init_model"] != nil {
		c.initFn = c.functionOf("__init_model")
		c.enqueue(c.initFn)
	}
	for _, name := range c.order {
		for _, k := range propKinds {
			r, ok := strings.CutPrefix(name, k.prefix)
			if !ok {
				continue
			}
			f := c.functionOf(name)
			c.enqueue(f)
			c.props = append(c.props, property{name: r, words: c.strings["__words_"+r], source: c.strings["__source_"+r], kind: k.kind,
				class: classes[c.strings["__class_"+r]], f: f, pos: f.pos})
		}
	}
	for len(c.queue) > 0 {
		f := c.queue[0]
		c.queue = c.queue[1:]
		c.lowerBody(f)
	}
}

// check stops with an error if there is one.
func (c *compiler) check() {
	if len(c.errs.list) > 0 {
		panic(bailout{})
	}
}

func (c *compiler) compile() (*Result, error) {
	c.collect()
	c.globalsAndFields()
	c.check()
	c.tName = c.names.fresh("t")
	c.lowerAll()
	c.check()
	c.analyse()
	c.check()
	res := c.build()
	c.check()
	sort.SliceStable(res.Atomics, func(i, j int) bool { return res.Atomics[i].Func < res.Atomics[j].Func })
	return res, nil
}
