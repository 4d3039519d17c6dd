package randc

import (
	"fmt"
	"slices"
	"strings"
)

// declareLocals draws the variables of a function.
func (g *gen) declareLocals(c *ctx) {
	for range 1 + g.upTo(2) {
		g.declareLocal(c)
	}
}

func (g *gen) declareLocal(c *ctx) {
	t := g.scalar()
	none := 0
	n := g.name("v")
	l := local{name: n, t: t}
	coll := b2i(len(g.pools) > 0 && t.k == kPtr && !t.pool.task && (g.on[fSet] || g.on[fList]) && g.often(20))
	switch {
	case coll == 1:
		l.t = t.pool.set()
		if g.on[fList] {
			l.t = t.pool.list()
		}
		g.line(c, "%s;", l.t.decl(n))
	case g.on[fArray] && t.k <= kEnum && g.often(15):
		l.dims = []int{2}
		g.line(c, "%s;", t.decl(n+"[2]"))
	case g.on[fGhost] && g.often(15) && !c.ghost && !c.init && !c.noWait:
		l.gh = true
		d := *c
		d.ghost = true
		v := g.expr(&d, &none, 0, t)
		if g.often(50) {
			g.line(c, "GHOST %s = %s;", t.decl(n), v)
		} else {
			g.line(c, "%s GHOST = %s;", t.decl(n), v)
		}
	case t.k == kInt && g.often(25):
		g.line(c, "%s;", t.decl(n))
		g.line(c, "%s = %d;", n, g.upTo(min(t.hi+1, 3)))
	default:
		l.gh = false
		g.line(c, "%s = %s;", t.decl(n), g.expr(c, &none, 1, t))
		if c.ghost {
			l.gh = true
		}
	}
	if c.ghost {
		l.gh = true
	}
	c.locals = append(c.locals, l)
}

// frame draws the body of a function: locals, statements, and labels at its end.
func (g *gen) frame(c *ctx, n int) {
	g.declareLocals(c)
	var labels []string
	c.labels = &labels
	again := ""
	if g.on[fGoto] && g.often(40) && !c.noWait {
		again = g.name("again")
		g.line(&ctx{}, "%s:", again)
		g.anchor(c)
	}
	if g.sequential && g.on[fGoto] { // C++ does not let a goto skip declarations
		g.body(c, "", n)
	} else {
		g.block(c, n)
	}
	if again != "" {
		// Each round reads what tasks share, or the loop would be a step that has no end.
		if s, v := g.shared(&ctx{locals: c.locals}, new(1), false, func(v *variable) bool { return v.owner == nil && v.ann == plain && v.t.k <= kInt }); v != nil {
			g.line(c, "if (%s)", s)
			g.line(c, "\tgoto %s;", again)
		}
	}
	for _, l := range labels {
		g.line(&ctx{}, "%s:", l)
		g.assign(c)
	}
	c.labels = nil
}

// anchor draws an access that is surely a step, for loops that would else be one without end.
func (g *gen) anchor(c *ctx) {
	plainOne := func(v *variable) bool { return v.owner == nil && v.ann == plain && v.t.k <= kInt }
	bud := 1
	if s, v := g.shared(c, &bud, true, plainOne); v != nil {
		none := 0
		g.line(c, "%s = %s;", s, g.expr(c, &none, 1, v.t))
	}
}

// block draws up to n statements.
func (g *gen) block(c *ctx, n int) {
	before := g.b.Len()
	for i := range n {
		if i > 0 && !g.often(85) {
			break
		}
		if g.room <= 0 && i > 0 {
			break
		}
		g.room--
		g.statement(c)
	}
	if g.b.Len() == before {
		g.line(c, ";")
	}
}

// body draws a statement in braces, or one without, behind what was just written.
func (g *gen) body(c *ctx, head string, n int) *ctx {
	d := c.child()
	g.line(c, "%s {", head)
	g.block(d, n)
	g.line(c, "}")
	return d
}

func (g *gen) statement(c *ctx) {
	waits := b2i(!c.noWait && !c.atomic && !c.ghost && !c.init)
	runs := b2i(!c.ghost && !c.init && !c.prop)
	nest := b2i(c.depth < 3)
	pools := min(len(g.pools), 1) * runs
	fn := b2i(c.fn != nil)
	type do = func(*ctx)
	pick(g, []choice[do]{
		{16, g.assign},
		{6 * nest, g.branch},
		{5 * nest, g.loop},
		{2 * nest, g.switchOf},
		{9 * min(len(g.funcs), 1), g.call},
		{5 * waits * nest * min(len(g.locks), 1), g.locked},
		{3 * waits * nest, g.atomicOf},
		{4 * waits, g.wait},
		{4 * runs * b2i(g.on[fChoose]), g.choice},
		{4 * b2i(g.on[fGhost] && !c.ghost && !c.init), g.ghostOf},
		{4 * waits * b2i(g.on[fMarks]), g.marked},
		{7 * pools, g.object},
		{5 * pools * b2i(g.on[fSet] || g.on[fList]), g.collect},
		{4 * waits * len(g.seqs), g.sequence},
		{4 * runs * len(g.cpuArr), g.perCPU},
		{2 * runs * b2i(g.on[fGoto] && c.labels != nil && c.depth > 0 && len(c.held) == 0), g.jump},
		{2 * b2i(c.loops > 0 && c.depth > 0), g.leave},
		{2 * fn * b2i(len(c.held) == 0 && !c.prop && c.depth > 0) * runs, g.giveBack},
		{1 * runs, g.claim},
		{1 * waits, func(c *ctx) {
			g.line(c, "%s;", one(g, []string{"smp_mb()", "smp_wmb()", "smp_rmb()", "await(store_buffer_empty(current))"}[:3+b2i(!g.sequential)]))
		}},
		{3 * len(g.sigs) * runs * waits, g.pointed},
		{2 * nest, func(c *ctx) {
			d := c.child()
			g.line(c, "{")
			if !c.init {
				g.declareLocal(d)
			}
			g.block(d, 1)
			g.line(c, "}")
		}},
	})(c)
}

// assign draws an assignment to a local or to what tasks share.
func (g *gen) assign(c *ctx) {
	value := func(t typ) bool { return t.k <= kPtr || t.k == kFunc }
	if s, t, ok := g.localOf(c, true, value); ok && (g.often(35) || c.init) && !c.init {
		c.nonnull = slices.DeleteFunc(c.nonnull, func(n string) bool { return n == s })
		g.store(c, s, t, 1)
		return
	}
	bud := 1
	s, v := g.shared(c, &bud, true, func(v *variable) bool { return value(v.t) && v.ann != interrupted })
	if v == nil {
		if s, t, ok := g.localOf(c, true, value); ok && !c.init {
			c.nonnull = slices.DeleteFunc(c.nonnull, func(n string) bool { return n == s })
			g.store(c, s, t, 1)
			return
		}
		g.line(c, ";")
		return
	}
	if v.ann == once && g.care {
		bud = 0
	}
	g.store(c, s, v.t, bud)
}

// store draws the value and the form of an assignment to s, with bud accesses to shared memory that
// the value may have.
func (g *gen) store(c *ctx, s string, t typ, bud int) {
	shared := bud == 0
	if t.k == kInt && g.often(25) {
		op := one(g, []string{"+", "-"})
		step := 1
		form := s + op + op
		if g.often(40) {
			step = 1 + g.upTo(2)
			none := 0
			form = fmt.Sprintf("%s %s= %d", s, op, step)
			if g.often(30) && !g.care {
				form = fmt.Sprintf("%s %s= %s", s, op, g.intx(c, &none, 0).s)
			}
		} else if g.often(40) {
			form = op + op + s
		}
		if !g.care && g.often(50) {
			g.line(c, "%s;", form)
			return
		}
		guard := fmt.Sprintf("%s <= %d", s, t.hi-step)
		if op == "-" {
			guard = fmt.Sprintf("%s >= %d", s, t.lo+step)
		}
		g.line(c, "if (%s)", guard)
		g.line(c, "\t%s;", form)
		return
	}
	if c.free() {
		bud = 1
	}
	e := g.expr(c, &bud, 2, t)
	if shared && g.often(8) && !c.ghost {
		g.line(c, "WRITE_ONCE(%s, %s);", s, e)
		return
	}
	g.line(c, "%s = %s;", s, e)
}

func (g *gen) branch(c *ctx) {
	bud := 1
	cond := g.boolx(c, &bud, 2)
	g.body(c, "if ("+cond+")", 2)
	if g.often(45) {
		g.body(c, "else", 2)
	}
}

func (g *gen) loop(c *ctx) {
	inside := func(d *ctx) *ctx { d.loops++; return d }
	zero := 0
	n := 1 + g.upTo(2)
	i := g.name("i")
	iter := local{name: i, t: intType(2, false), ro: true}
	type do = func()
	bounded := func(head string) {
		d := inside(c.child())
		d.locals = append(d.locals, iter)
		g.line(c, "%s {", head)
		g.block(d, 2)
		g.line(c, "}")
	}
	plainOne := func(v *variable) bool { return v.owner == nil && v.ann == plain && v.t.k <= kInt }
	open := b2i(!c.free() && !c.noWait)
	var cond string
	if open == 1 {
		bud := 1
		s, v := g.shared(c, &bud, false, plainOne)
		switch {
		case v == nil:
			open = 0
		case v.t.k == kBool:
			cond = one(g, []string{"", "!"}) + s
		default:
			cond = fmt.Sprintf("%s %s %d", s, one(g, comparisons), g.upTo(3))
		}
		if open == 1 && g.often(20) {
			cond = g.boolx(c, &zero, 1) + " && " + cond
			open = b2i(g.often(50)) // which may not read anything at times
		}
	}
	pick(g, []choice[do]{
		{5, func() { bounded(fmt.Sprintf("for (u2 %s = 0; %s < %d; %s++)", i, i, n, i)) }},
		{2, func() {
			g.line(c, "u2 %s;", i)
			bounded(fmt.Sprintf("for (%s = 0; %s < %d; %s++)", i, i, n, i))
		}},
		{b2i(g.on[fCPU]), func() {
			g.line(c, "u2 %s;", i)
			bounded(fmt.Sprintf("for_each_cpu(%s)", i))
		}},
		{2, func() {
			d := inside(c.child())
			g.line(c, "u3 %s = %d;", i, n)
			d.locals = append(d.locals, local{name: i, t: intType(3, false), ro: true})
			g.line(c, "do {")
			d.loops = 0 // continue would skip the count only in while
			g.block(d, 1)
			g.line(c, "} while (--%s > 0);", i)
		}},
		{2, func() {
			d := inside(c.child())
			g.line(c, "u3 %s = 0;", i)
			d.locals = append(d.locals, local{name: i, t: intType(3, false), ro: true})
			g.line(c, "while (%s++ < %d) {", i, n)
			g.block(d, 2)
			g.line(c, "}")
		}},
		{3 * open, func() { g.loopUntil(c, cond) }},
		{b2i(!c.free() && !c.noWait), func() {
			g.line(c, "for (;;) {")
			d := inside(c.child())
			g.anchor(d)
			g.block(d, 1)
			one := 1
			g.line(d, "if (%s)", g.boolx(d, &one, 1))
			g.line(d, "\tbreak;")
			g.line(c, "}")
		}},
		{4 * min(len(g.pools), 1) * b2i(c.free()), func() {
			p := one(g, g.pools)
			q := g.name("q")
			d := inside(c.child())
			g.line(c, "struct %s *%s;", p.tag, q)
			g.line(c, "for_each(%s, %s) {", p.tag, q)
			d.locals = append(d.locals, local{name: q, t: p.ptr(), ro: true})
			d.nonnull = append(d.nonnull, q)
			d.labels = nil
			g.block(d, 2)
			g.line(c, "}")
		}},
	})()
}

// loopUntil draws a loop without a bound, each round of which reads what tasks share.
func (g *gen) loopUntil(c *ctx, cond string) {
	d := c.child()
	d.loops++
	switch g.upTo(3) {
	case 0:
		g.line(c, "while (%s) {", cond)
		g.block(d, 2)
		g.line(c, "}")
	case 1:
		g.line(c, "do {")
		d.loops = 0
		g.block(d, 2)
		g.line(c, "} while (%s);", cond)
	default:
		g.line(c, "while (%s)", cond)
		g.line(c, "\t;")
	}
}

func (g *gen) switchOf(c *ctx) {
	bud := 1
	var on string
	var cases []string
	if len(g.enums) > 0 && g.often(50) {
		e := one(g, g.enums)
		on = g.enumx(c, &bud, e)
		cases = slices.Clone(e.names)
	} else {
		v := g.intx(c, &bud, 1)
		on = v.s
		for k := max(v.lo, -1); k <= min(v.hi, 3); k++ {
			cases = append(cases, fmt.Sprint(k))
		}
	}
	if len(cases) > 1 && g.often(60) {
		cases = cases[:len(cases)-1]
	}
	g.line(c, "switch (%s) {", on)
	d := c.child()
	d.loops, d.sw = 0, true
	for _, k := range cases {
		g.labelled(c, d, "case "+k)
		if !g.often(20) {
			g.line(d, "break;")
		}
	}
	if g.often(60) {
		g.labelled(c, d, "default")
	}
	g.line(c, "}")
}

// labelled draws what stands behind a case; a declaration can't without braces.
func (g *gen) labelled(c, d *ctx, label string) {
	switch g.upTo(3) {
	case 0:
		g.line(c, "%s:", label)
		g.line(d, ";")
	case 1:
		g.line(c, "%s:", label)
		g.assign(d)
	default:
		g.body(c, label+":", 1)
	}
}

func (g *gen) callable(c *ctx, f *function) bool {
	switch f.role {
	case steps:
		return !c.free() && !c.noWait && f != c.fn
	case immediate:
		return !c.ghost && !c.prop && !c.init && f != c.fn
	case ghostRole:
		return c.ghost && f != c.fn
	case pure:
		return !c.init
	}
	return c.free() && !c.init
}

func (g *gen) call(c *ctx) {
	var can []*function
	for _, f := range g.funcs {
		if g.callable(c, f) {
			can = append(can, f, f)
			if f.role <= immediate {
				can = append(can, f, f)
			}
		}
	}
	if len(can) == 0 {
		g.assign(c)
		return
	}
	f := one(g, can)
	bud := b2i(g.often(30))
	s := ""
	if f.self > 0 {
		n := g.upTo(f.self)
		if !g.care && g.often(20) {
			n++
		}
		s = fmt.Sprintf("%s(%d)", f.name, n)
	} else {
		s = g.callOf(c, &bud, 1, f)
	}
	if f.sig.ret.c == "void" {
		g.line(c, "%s;", s)
		if len(f.sig.args) > 0 && f.self == 0 && g.often(40) { // once more, with other arguments
			g.line(c, "%s;", g.callOf(c, new(int), 0, f))
		}
		return
	}
	fits := func(t typ) bool { return t.same(f.sig.ret) && t.lo <= f.sig.ret.lo && t.hi >= f.sig.ret.hi }
	if l, _, ok := g.localOf(c, true, fits); ok && !c.ghost && g.often(60) {
		c.nonnull = slices.DeleteFunc(c.nonnull, func(n string) bool { return n == l })
		g.line(c, "%s = %s;", l, s)
		return
	}
	one := 1
	if x, v := g.shared(c, &one, true, func(v *variable) bool { return fits(v.t) && v.ann != interrupted && v.ann != once }); v != nil && (bud == 0 || c.free()) && g.often(50) && f.role != pure {
		g.line(c, "%s = %s;", x, s)
		return
	}
	if f.sig.ret.k == kBool && c.depth < 3 {
		g.body(c, "if ("+s+")", 1)
		return
	}
	g.line(c, "%s;", s)
}

// pointed draws a call through a pointer.
func (g *gen) pointed(c *ctx) {
	sig := g.sigs[0]
	t := typ{k: kFunc, sig: sig}
	var can []string
	for _, f := range g.funcs {
		if f.sig == sig && f.role == steps {
			can = append(can, f.name)
		}
	}
	if len(can) == 0 && !g.taken {
		g.assign(c)
		return
	}
	p := g.name("fp")
	bud := 1
	first := ""
	if !g.taken || g.often(40) && len(can) > 0 {
		first = one(g, can)
		g.taken = true
	} else {
		first = g.expr(c, &bud, 0, t)
	}
	g.line(c, "%s = %s;", t.decl(p), first)
	none := 0
	var args []string
	for _, a := range sig.args {
		args = append(args, g.expr(c, &none, 0, a))
	}
	call := p + "(" + strings.Join(args, ", ") + ")"
	if c.fn != nil { // which may be the one that p points to
		c.locals = append(c.locals, local{name: p, t: t})
		return
	}
	if !g.care && g.often(30) {
		g.line(c, "%s;", call)
		return
	}
	g.line(c, "if (%s)", p)
	g.line(c, "\t%s;", call)
	c.locals = append(c.locals, local{name: p, t: t})
}

func (g *gen) jump(c *ctx) {
	if len(*c.labels) == 0 {
		*c.labels = append(*c.labels, g.name("out"))
	}
	l := one(g, *c.labels)
	bud := 1
	g.line(c, "if (%s)", g.boolx(c, &bud, 1))
	g.line(c, "\tgoto %s;", l)
}

func (g *gen) leave(c *ctx) {
	bud := 1
	g.line(c, "if (%s)", g.boolx(c, &bud, 1))
	g.line(c, "\t%s;", one(g, []string{"break", "continue"}))
}

func (g *gen) giveBack(c *ctx) {
	bud := 1
	if g.often(70) {
		g.line(c, "if (%s)", g.boolx(c, &bud, 1))
		g.b.WriteByte('\t')
	}
	if c.fn.sig.ret.c == "void" {
		g.line(c, "return;")
		return
	}
	one := 1
	g.line(c, "return %s;", g.expr(c, &one, 1, c.fn.sig.ret))
}

// claim draws an assertion.
func (g *gen) claim(c *ctx) {
	bud := 1
	if g.often(40) {
		g.line(c, "if (%s)", g.boolx(c, &bud, 1))
		if g.care {
			g.line(c, "\tassert(%s);", g.boolx(c, new(int), 0))
			return
		}
		g.line(c, "\t%s(\"why\");", one(g, []string{"NEVER", "BOUND"}))
		return
	}
	g.line(c, "assert(%s);", g.boolx(c, &bud, 1))
}

func (g *gen) choice(c *ctx) {
	if g.sequential {
		g.assign(c)
		return
	}
	n := 2 + g.upTo(2)
	fits := func(t typ) bool { return t.k == kInt && t.hi >= n-1 || t.k == kBool && n == 2 }
	switch g.upTo(5) {
	case 0:
		if s, _, ok := g.localOf(c, true, fits); ok {
			g.line(c, "%s = choose(%d);", s, n)
			return
		}
	case 1:
		if s, v := g.shared(c, new(1), true, func(v *variable) bool { return fits(v.t) && v.ann != once && v.ann != interrupted }); v != nil {
			g.line(c, "%s = choose(%d);", s, n)
			return
		}
	case 2:
		if c.depth < 3 {
			g.body(c, "if (choose(2))", 1)
			if g.often(50) {
				g.body(c, "else", 1)
			}
			return
		}
	case 3:
		if len(g.pools) > 0 && !c.noWait {
			p := one(g, g.pools)
			q := g.name("q")
			g.line(c, "struct %s *%s = choose_one(%s);", p.tag, q, p.tag)
			c.locals = append(c.locals, local{name: q, t: p.ptr()})
			c.nonnull = append(c.nonnull, q)
			return
		}
		if g.on[fTaskRef] {
			q := g.name("who")
			g.line(c, "struct task_struct *%s = choose_one(task_struct);", q)
			c.locals = append(c.locals, local{name: q, t: g.tasks.ptr()})
			c.nonnull = append(c.nonnull, q)
			return
		}
	}
	if c.depth < 3 {
		g.line(c, "switch (choose(%d)) {", n)
		d := c.child()
		d.loops = 0
		for k := range n {
			g.labelled(c, d, fmt.Sprintf("case %d", k))
			g.line(d, "break;")
		}
		g.line(c, "}")
		return
	}
	g.assign(c)
}

func (g *gen) ghostOf(c *ctx) {
	d := *c
	d.ghost, d.noWait = true, true
	d.labels = nil
	d.locals, d.nonnull = slices.Clone(c.locals), slices.Clone(c.nonnull)
	writes := slices.ContainsFunc(g.vars, func(v *variable) bool { return v.ann == ghostly })
	if !writes {
		g.assign(c)
		return
	}
	if g.often(50) {
		bud := 1
		s, v := g.shared(&d, &bud, true, func(v *variable) bool { return v.t.k <= kPtr })
		if v != nil {
			g.line(c, "ghost %s = %s;", s, g.expr(&d, &bud, 1, v.t))
			return
		}
	}
	e := d.child()
	e.loops, e.depth = 0, max(e.depth, 2)
	g.line(c, "ghost {")
	g.block(e, 2)
	g.line(c, "}")
}
