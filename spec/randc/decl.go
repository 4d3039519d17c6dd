package randc

import (
	"fmt"
	"strings"
)

// program draws the whole model.
func (g *gen) program() Model {
	g.care = g.often(60)
	for f := range features {
		g.on[f] = g.often(28)
		if f == fArray {
			g.on[f] = g.on[f] || g.often(30)
		}
	}
	if g.sequential {
		for _, f := range []feature{fChoose, fMarks, fInterrupted, fTaskRef, fOnce} {
			g.on[f] = false
		}
	}
	g.cpus = 1 + g.upTo(2)
	g.migrate = g.on[fCPU] && !g.sequential && g.often(40)
	g.room = 8 + g.upTo(14)
	if g.sequential {
		g.room = 14 + g.upTo(20)
	}
	fmt.Fprintf(&g.b, "/* cpus=%d migrate=%t */\n#include \"mcheck.h\"\n\n", g.cpus, g.migrate)
	g.tasks = &pool{tag: "task_struct", task: true}
	g.types()
	g.globals()
	g.functions()
	if g.often(30) || len(g.pools) > 0 && g.often(60) {
		g.initial()
	}
	props := g.often(30)
	if props && !g.sequential {
		g.properties()
	}
	g.bodies()
	if !props && !g.sequential {
		g.properties()
	}
	g.pattern()
	return Model{Text: g.b.String(), CPUs: g.cpus, Migrate: g.migrate}
}

func (g *gen) types() {
	if g.on[fEnum] {
		for range 1 + b2i(g.often(20)) {
			e := &enum{tag: g.name("e")}
			for range 2 + g.upTo(2) {
				e.names = append(e.names, g.name("E"))
			}
			names := strings.Join(e.names, ", ")
			if g.often(25) {
				names = e.names[0] + " = 0, " + e.names[1] + " = 3"
				e.names = e.names[:2]
			}
			if g.often(20) {
				fmt.Fprintf(&g.b, "typedef enum %s { %s } %s_t;\n", e.tag, names, e.tag)
			} else {
				fmt.Fprintf(&g.b, "enum %s { %s };\n", e.tag, names)
			}
			g.enums = append(g.enums, e)
		}
	}
	if g.often(15) {
		g.consts = append(g.consts, g.name("K"))
		fmt.Fprintf(&g.b, "enum { %s = 2 };\n", g.consts[0])
	}
	if g.on[fSet] || g.on[fList] || g.on[fOnce] {
		g.on[fPool] = true
	}
	if g.on[fPool] {
		for range 1 + b2i(g.often(12)) {
			p := &pool{tag: g.name("s"), n: 1 + g.upTo(2), allocs: g.often(75)}
			if g.sequential { // where there is no type s2 beside struct s2
				p.tag, p.n = "o"+p.tag, 4
			}
			g.pools = append(g.pools, p)
		}
	}
	if g.on[fSpin] {
		for range 1 + g.upTo(2) {
			g.locks = append(g.locks, &lock{name: g.name("l"), order: len(g.locks)})
		}
		if g.on[fArray] && g.often(30) {
			g.locks = append(g.locks, &lock{name: g.name("l") + "[#2]", order: len(g.locks)})
		}
	}
	if g.on[fRwsem] {
		g.locks = append(g.locks, &lock{name: g.name("rw"), rw: true, order: len(g.locks)})
	}
	for _, l := range g.locks {
		fmt.Fprintf(&g.b, "static %s %s;\n", lockType(l), strings.ReplaceAll(l.name, "#", ""))
	}
	if g.on[fSeq] {
		g.seqs = append(g.seqs, g.name("sq"))
		fmt.Fprintf(&g.b, "static seqcount_t %s;\n", g.seqs[0])
	}
	early := g.often(50)
	for _, p := range g.pools {
		if early {
			fmt.Fprintf(&g.b, "struct %s;\nPOOL(%s, %d);\n", p.tag, p.tag, p.n)
		}
	}
	for _, p := range g.pools {
		fmt.Fprintf(&g.b, "struct %s {\n", p.tag)
		g.fields(p, early)
		g.b.WriteString("};\n")
		if !early {
			fmt.Fprintf(&g.b, "POOL(%s, %d);\n", p.tag, p.n)
		}
	}
	if g.on[fPrivate] || g.on[fInterrupted] || g.often(10) {
		g.b.WriteString("struct task_struct {\n")
		g.fields(g.tasks, true)
		g.b.WriteString("};\n")
	}
}

func lockType(l *lock) string {
	if l.rw {
		return "rwsem_t"
	}
	return "spinlock_t"
}

// declare writes the declaration of a leaf, with its annotation before the type or behind the name.
func (g *gen) declare(prefix, name string, v *variable, init string) {
	note := ""
	switch v.ann {
	case ghostly:
		note = "GHOST"
	case guarded:
		note = "GUARDED_BY(" + bare(v.guard.name) + ")"
	case writeGuarded:
		note = "WRITE_GUARDED_BY(" + bare(v.guard.name) + ")"
	case private:
		note = "PRIVATE"
	case once:
		note = "SET_ONCE"
	case interrupted:
		note = "INTERRUPTED"
	case plain:
		if g.often(5) { // they mean something under total store order only
			note = one(g, []string{"NO_BUFFER", "LOCKED"})
		}
	}
	d := v.t.decl(name)
	if note != "" {
		// A field that points to its own struct has its annotation behind the name.
		own := v.owner != nil && v.t.pool == v.owner
		switch n := g.upTo(3); {
		case own || n == 1:
			d = prefix + d + " " + note
		case n == 2 && prefix != "":
			d = prefix + note + " " + d
		default:
			d = note + " " + prefix + d
		}
	} else {
		d = prefix + d
	}
	if init != "" {
		d += " = " + init
	}
	g.b.WriteString(d + ";\n")
}

func bare(name string) string {
	s, _, _ := strings.Cut(name, "[")
	return s
}

// annotate draws an annotation for a leaf.
func (g *gen) annotate(v *variable) {
	v.ann = plain
	leaf := v.t.k != kSeq
	var locks []*lock
	for _, l := range g.locks {
		if (l.owner == nil || l.owner == v.owner) && !strings.Contains(l.name, "[") {
			locks = append(locks, l)
		}
	}
	task := v.owner != nil && v.owner.task
	v.ann = pick(g, []choice[annotation]{
		{6, plain},
		{2 * b2i(g.on[fGhost] && leaf), ghostly},
		{3 * min(len(locks), 1), guarded},
		{2 * min(len(locks), 1), writeGuarded},
		{6 * b2i(task && g.on[fPrivate]), private},
		{3 * b2i(g.on[fOnce] && v.owner != nil && !task && v.t.k <= kPtr), once},
	})
	if v.ann == guarded || v.ann == writeGuarded {
		v.guard = one(g, locks)
	}
}

// fields draws the fields of the objects of a pool. Its sets and lists exist if collections is
// true.
func (g *gen) fields(p *pool, collections bool) {
	add := func(v *variable, name string) {
		g.b.WriteByte('\t')
		g.declare("", strings.ReplaceAll(name, "#", ""), v, "")
		g.vars = append(g.vars, v)
	}
	if (p.task && g.often(10) || !p.task && g.often(25)) && (g.on[fSpin] || g.on[fRwsem]) {
		l := &lock{name: g.name("lock"), rw: g.on[fRwsem] && (!g.on[fSpin] || g.often(40)), owner: p, order: len(g.locks)}
		fmt.Fprintf(&g.b, "\t%s %s;\n", lockType(l), l.name)
		g.locks = append(g.locks, l)
	}
	if p.task && g.on[fInterrupted] {
		add(&variable{name: "irq", t: boolType, ann: interrupted, owner: p}, "irq")
	}
	for range 1 + g.upTo(2) {
		name := g.name("f")
		v := &variable{name: name, t: g.scalar(), owner: p}
		if v.t.k == kFunc {
			v.t = boolType
		}
		if g.on[fArray] && g.often(20) {
			v.name += "[#2]"
		}
		g.annotate(v)
		if v.ann == once {
			v.name = name
			if v.t.k == kInt {
				v.t = intType(2, false)
			}
		}
		decl := v.name
		if g.on[fStruct] && g.often(30) && v.ann == plain {
			n := g.name("n")
			fmt.Fprintf(&g.b, "\tstruct {\n\t\t%s;\n\t} %s;\n", v.t.decl(strings.ReplaceAll(decl, "#", "")), n)
			v.name = n + "." + v.name
			g.vars = append(g.vars, v)
			continue
		}
		add(v, decl)
	}
	if p.task && g.on[fSeq] && g.often(30) {
		fmt.Fprintf(&g.b, "\tseq_t seen;\n")
	}
	if collections && len(g.pools) > 0 && g.often(15) && (g.on[fSet] || g.on[fList]) {
		q := one(g, g.pools)
		v := &variable{name: g.name("f"), t: q.set(), owner: p}
		if g.on[fList] && (!g.on[fSet] || g.often(50)) {
			v.t = q.list()
		}
		g.annotate(v)
		if v.ann == private {
			v.ann = plain
		}
		add(v, v.name)
	}
}

func (g *gen) globals() {
	if g.on[fFuncPtr] {
		s := &signature{ret: voidType}
		if g.often(50) {
			s.ret = intType(2, false)
		}
		if g.often(60) {
			s.args = append(s.args, intType(1+g.upTo(2), false))
		}
		g.sigs = append(g.sigs, s)
	}
	if g.on[fStruct] {
		tag, name := g.name("r"), g.name("g")
		fmt.Fprintf(&g.b, "struct %s {\n", tag)
		dims := ""
		if g.on[fArray] && g.often(40) {
			dims = "[#2]"
		}
		for range 1 + g.upTo(2) {
			v := &variable{name: g.name("m"), t: g.scalar()}
			if v.t.k == kFunc {
				v.t = boolType
			}
			g.annotate(v)
			g.b.WriteByte('\t')
			g.declare("", v.name, v, "")
			v.name = name + dims + "." + v.name
			g.vars = append(g.vars, v)
		}
		fmt.Fprintf(&g.b, "};\nstatic struct %s %s%s;\n", tag, name, strings.ReplaceAll(dims, "#", ""))
	}
	for i := range 2 + g.upTo(3) {
		v := &variable{name: g.name("x"), t: g.scalar()}
		if i == 0 {
			v.t = one(g, []typ{intType(2, false), boolType, intType(1, false)})
		}
		if g.on[fArray] && g.often(45) {
			v.name += one(g, []string{"[#2]", "[#3]", "[#2][#2]"})
		}
		if i > 0 {
			g.annotate(v)
		}
		init := ""
		if g.often(25) && !strings.Contains(v.name, "[") {
			switch v.t.k {
			case kBool:
				init = "true"
			case kInt:
				init = fmt.Sprint(v.t.lo + g.upTo(min(v.t.hi-v.t.lo+1, 6)))
			case kEnum:
				init = one(g, v.t.enum.names)
			}
		}
		g.declare("static ", strings.ReplaceAll(v.name, "#", ""), v, init)
		g.vars = append(g.vars, v)
	}
	for _, p := range g.pools {
		v := &variable{name: g.name("p"), t: p.ptr()}
		g.declare("static ", v.name, v, "")
		g.vars = append(g.vars, v)
		if g.on[fSet] {
			g.collection(p.set())
		}
		if g.on[fList] {
			g.collection(p.list())
			if g.often(30) {
				g.collection(p.list())
			}
		}
	}
	if g.on[fTaskRef] && g.on[fSet] {
		g.collection(g.tasks.set())
	}
	if g.on[fTaskRef] && g.on[fList] {
		g.collection(g.tasks.list())
	}
	if g.on[fCPU] {
		n := g.name("cnt")
		fmt.Fprintf(&g.b, "static s3 %s[NR_CPUS];\n", n)
		g.cpuArr = append(g.cpuArr, n)
		g.vars = append(g.vars, &variable{name: fmt.Sprintf("%s[#%d]", n, g.cpus), t: intType(3, true)})
	}
	g.b.WriteByte('\n')
}

func (g *gen) collection(t typ) {
	v := &variable{name: g.name("c"), t: t}
	g.annotate(v)
	g.declare("static ", v.name, v, "")
	g.vars = append(g.vars, v)
}

// functions draws the functions that tasks and properties call, each of which may call those before
// it.
func (g *gen) functions() {
	for range g.upTo(4) + b2i(g.on[fFuncPtr]) {
		g.function()
	}
	if g.on[fRecursion] {
		g.recursive()
	}
}

func (g *gen) params(c *ctx, sig *signature) string {
	var out []string
	for _, a := range sig.args {
		n := g.name("a")
		out = append(out, a.decl(n))
		c.locals = append(c.locals, local{name: n, t: a})
	}
	if len(out) == 0 {
		return "void"
	}
	return strings.Join(out, ", ")
}

func (g *gen) function() {
	f := &function{name: g.name("f"), sig: &signature{ret: voidType}}
	f.role = pick(g, []choice[role]{{8, steps}, {4, immediate}, {2, pure}, {2, predicate}, {2 * b2i(g.on[fGhost]), ghostRole}})
	if len(g.sigs) > 0 && g.often(60) && f.role <= immediate {
		f.sig = g.sigs[0]
	} else {
		for range g.upTo(3) {
			t := g.scalar()
			if t.k == kInt && t.hi > 7 {
				t = intType(2, false)
			}
			if g.on[fArray] && g.often(50) {
				t = intType(1, false) // an index
			}
			f.sig.args = append(f.sig.args, t)
		}
		switch {
		case f.role == predicate:
			f.sig.ret = boolType
			if g.often(20) {
				f.sig.ret = intType(2, false)
			}
		case f.role == pure, f.role != ghostRole && g.often(40):
			f.sig.ret = g.scalar()
			for f.sig.ret.k == kFunc {
				f.sig.ret = boolType
			}
		}
	}
	c := &ctx{fn: f, ind: 1}
	fmt.Fprintf(&g.b, "static %s(%s)\n{\n", f.sig.ret.decl(f.name), g.params(c, f.sig))
	switch f.role {
	case pure, predicate:
		c.prop = f.role == predicate
		bud := b2i(f.role == pure && g.often(50))
		if g.often(30) {
			zero := 0
			g.line(c, "if (%s)", g.boolx(c, &zero, 1))
			g.line(c, "\treturn %s;", g.expr(c, &zero, 1, f.sig.ret))
		}
		g.line(c, "return %s;", g.expr(c, &bud, 2, f.sig.ret))
	case ghostRole:
		c.ghost, c.noWait = true, true
		g.block(c, 2)
	default:
		c.noWait = f.role == immediate
		g.frame(c, 2+g.upTo(2))
		if f.sig.ret.c != "void" {
			g.line(c, "return %s;", g.expr(c, new(1), 1, f.sig.ret))
		}
	}
	g.b.WriteString("}\n\n")
	g.funcs = append(g.funcs, f)
}

// recursive draws a function that calls itself, or two that call each other. Its first argument
// counts down, as a rule.
func (g *gen) recursive() {
	depth := 1 + g.upTo(3)
	f := &function{name: g.name("rec"), sig: &signature{ret: voidType, args: []typ{intType(2, false)}}, self: depth}
	if g.often(50) {
		f.sig.ret = intType(2, false)
	}
	c := &ctx{fn: f, ind: 1}
	through := ""
	mark := fmt.Sprintf("RECURSION(%d) ", depth)
	ret := f.sig.ret
	if g.often(30) {
		through = g.name("via")
		fmt.Fprintf(&g.b, "static %s(%s);\n", ret.decl(through), f.sig.params())
	}
	fmt.Fprintf(&g.b, "%sstatic %s(%s)\n{\n", mark, ret.decl(f.name), g.params(c, f.sig))
	n := c.locals[0].name
	c.locals[0].ro = true
	callee := f.name
	if through != "" {
		callee = through
	}
	g.line(c, "if (%s == 0)", n)
	if ret.c != "void" {
		g.line(c, "\treturn %d;", g.upTo(3))
	} else {
		g.line(c, "\treturn;")
	}
	g.block(c, 1)
	call := fmt.Sprintf("%s(%s - 1)", callee, n)
	if ret.c != "void" && g.often(50) {
		r := g.name("r")
		g.line(c, "u2 %s = %s;", r, call)
		c.locals = append(c.locals, local{name: r, t: ret})
	} else {
		g.line(c, "%s;", call)
	}
	g.block(c, 1)
	if ret.c != "void" {
		g.line(c, "return %s;", g.expr(c, new(int), 1, ret))
	}
	g.b.WriteString("}\n\n")
	if through != "" {
		c := &ctx{fn: f, ind: 1}
		fmt.Fprintf(&g.b, "%sstatic %s(%s)\n{\n", mark, ret.decl(through), g.params(c, f.sig))
		g.block(c, 1)
		if ret.c != "void" {
			g.line(c, "return %s(%s);", f.name, c.locals[0].name)
		} else {
			g.line(c, "%s(%s);", f.name, c.locals[0].name)
		}
		g.b.WriteString("}\n\n")
	}
	g.funcs = append(g.funcs, f)
}

// initial draws INIT.
func (g *gen) initial() {
	c := &ctx{init: true, noWait: true, ind: 1}
	g.b.WriteString("INIT\n{\n")
	for _, p := range g.pools {
		if g.often(70) && g.allocs < 3 {
			q := g.name("q")
			g.line(c, "struct %s *%s = alloc(%s);", p.tag, q, p.tag)
			g.allocs++
			c.locals = append(c.locals, local{name: q, t: p.ptr()})
			c.nonnull = append(c.nonnull, q)
		}
	}
	for range 1 + g.upTo(3) {
		g.assign(c)
	}
	g.b.WriteString("}\n\n")
}

// bodies draws the tasks.
func (g *gen) bodies() {
	n := 1 + b2i(!g.often(15))
	if g.sequential {
		n = 1
	}
	for i := range n {
		g.room = max(g.room, 5)
		kind := "TASK"
		if g.often(20) && !g.sequential {
			kind = one(g, []string{"WORKER", "SOFTIRQ", "MACHINE"})
		}
		count := 1
		if !g.sequential && n < 3 && g.often(15) {
			count = 2
		}
		if i == 1 && g.on[fInterrupted] {
			kind = "SOFTIRQ"
		}
		c := &ctx{ind: 1, private: true}
		fmt.Fprintf(&g.b, "%s(%s, %d)\n{\n", kind, g.name("t"), count)
		if i == 1 && g.on[fInterrupted] {
			g.interrupt(c)
		}
		if g.often(20) && !g.sequential {
			g.declareLocals(c)
			g.line(c, "for (;;) {")
			d := c.child()
			d.loops++
			g.anchor(d)
			g.block(d, 2)
			g.line(c, "}")
		} else {
			g.frame(c, 3+g.upTo(2))
		}
		g.b.WriteString("}\n\n")
	}
}

// interrupt draws the stopping of a task, by a softirq that does something on top of it.
func (g *gen) interrupt(c *ctx) {
	t := g.name("who")
	g.line(c, "struct task_struct *%s;", t)
	how := one(g, []string{"", "", "optional "})
	g.line(c, "%s%s = choose_one(task_struct);", how, t)
	g.line(c, "if (%s != current) {", t)
	d := c.child()
	g.line(d, "%s->irq = true;", t)
	g.block(d, 1)
	g.line(d, "%s->irq = false;", t)
	g.line(c, "}")
}
