package randc

import (
	"fmt"
	"slices"
)

// locked draws the taking of a lock, what is done under it, and its release.
func (g *gen) locked(c *ctx) {
	top := -1
	for _, h := range c.held {
		top = max(top, h.l.order)
	}
	s, l := g.lockOf(c, func(l *lock) bool { return l.order > top || !g.care && !g.sequential && g.often(20) })
	if l == nil {
		g.assign(c)
		return
	}
	d := *c
	d.locals, d.nonnull = slices.Clone(c.locals), slices.Clone(c.nonnull)
	expr := s[1:]
	d.labels = nil
	d.loops = 0
	with := func(read bool, n int, of *ctx) {
		e := of.child()
		e.ind--
		e.held = append(e.held, held{l, expr, read})
		g.block(e, n)
	}
	forget := func() bool { return !g.care && g.often(10) }
	if l.rw {
		read := g.often(50)
		mode := "write"
		if read {
			mode = "read"
		}
		g.line(c, "down_%s(%s);", mode, s)
		with(read, 2, &d)
		if !read && g.often(25) {
			g.line(c, "downgrade_write(%s);", s)
			with(true, 1, &d)
			mode = "read"
		}
		if !g.care && g.often(8) {
			mode = one(g, []string{"read", "write"})
		}
		if !forget() {
			g.line(c, "up_%s(%s);", mode, s)
		}
		return
	}
	if g.often(25) {
		b := ""
		if g.often(40) {
			b = g.name("got")
			g.line(c, "bool %s = spin_trylock(%s);", b, s)
			g.line(c, "if (%s) {", b)
		} else {
			g.line(c, "if (spin_trylock(%s)) {", s)
		}
		e := d
		e.ind++
		with(false, 2, &e)
		if !forget() {
			g.line(&e, "spin_unlock(%s);", s)
		}
		g.line(c, "}")
		return
	}
	g.line(c, "spin_lock(%s);", s)
	with(false, 3, &d)
	if !forget() {
		g.line(c, "spin_unlock(%s);", s)
	}
}

// atomicOf draws an atomic block, that may wait at its start.
func (g *gen) atomicOf(c *ctx) {
	d := c.child()
	d.atomic, d.noWait = true, true
	d.labels = c.labels
	if g.often(40) {
		d.loops = 0
	}
	bud := 1
	if g.often(30) {
		g.line(c, "atomic {")
		g.line(d, "await(%s);", g.waitable(d, &bud))
		g.block(d, 2)
		g.line(c, "}")
		return
	}
	if g.often(20) {
		g.line(c, "atomic await(%s);", g.waitable(d, &bud))
		return
	}
	word := "atomic"
	if g.often(15) {
		word = "locked"
	}
	g.line(c, "%s {", word)
	g.block(d, 3)
	g.line(c, "}")
}

// waitable draws a condition to wait for: one that tasks change, as a rule.
func (g *gen) waitable(c *ctx, bud *int) string {
	s, v := g.shared(c, bud, false, func(v *variable) bool { return v.t.k <= kInt && v.ann != private && v.ann != once })
	if v == nil {
		return g.boolx(c, bud, 1)
	}
	cond := s
	switch {
	case v.t.k == kBool:
		cond = one(g, []string{"!", "", "!"}) + s
	default:
		cond = fmt.Sprintf("%s %s %d", s, one(g, []string{"==", "!=", "<", "<=", ">"}), g.upTo(2))
	}
	if g.often(25) {
		none := *bud
		cond = "(" + cond + one(g, []string{" && ", " || "}) + g.boolx(c, &none, 1) + ")"
	}
	return cond
}

func (g *gen) wait(c *ctx) {
	bud := 1
	cond := g.waitable(c, &bud)
	if g.often(20) {
		g.line(c, "await_by(%s, %s);", cond, g.ptrx(c, new(int), g.tasks))
		return
	}
	g.line(c, "await(%s);", cond)
}

// marked draws a statement that the environment chooses to do, or that may wait.
func (g *gen) marked(c *ctx) {
	mark := one(g, []string{"optional", "idle", "hangs"})
	bud := 1
	d := c.child()
	switch g.upTo(5) {
	case 0:
		d.atomic, d.noWait = true, true
		g.line(c, "%s atomic {", mark)
		g.line(d, "await(%s);", g.waitable(d, &bud))
		g.block(d, 1)
		g.line(c, "}")
	case 1:
		if s, v := g.shared(c, &bud, true, func(v *variable) bool { return v.t.k <= kEnum && v.ann <= plain }); v != nil {
			g.line(c, "%s %s = %s;", mark, s, g.expr(c, &bud, 1, v.t))
			return
		}
		fallthrough
	case 2:
		if s, l := g.lockOf(c, func(l *lock) bool { return !l.rw }); l != nil && len(c.held) == 0 {
			g.line(c, "%s spin_lock(%s);", mark, s)
			d.ind--
			d.held = append(d.held, held{l, s[1:], false})
			d.loops, d.labels = 0, nil
			g.block(d, 1)
			g.line(c, "spin_unlock(%s);", s)
			return
		}
		fallthrough
	case 3:
		if c.depth < 3 {
			g.line(c, "%s {", mark)
			g.block(d, 2)
			g.line(c, "}")
			return
		}
		fallthrough
	default:
		g.line(c, "%s await(%s);", mark, g.waitable(c, &bud))
	}
}

// sequence draws a writer or a reader of a seqcount.
func (g *gen) sequence(c *ctx) {
	s := g.seqs[0]
	d := *c
	d.locals, d.nonnull = slices.Clone(c.locals), slices.Clone(c.nonnull)
	d.labels, d.loops = nil, 0
	e := d.child()
	e.ind--
	if g.often(50) {
		g.line(c, "write_seqcount_begin(&%s);", s)
		g.block(e, 2)
		g.line(c, "write_seqcount_end(&%s);", s)
		return
	}
	q := g.name("seq")
	g.line(c, "seq_t %s;", q)
	if g.often(50) || g.sequential {
		g.line(c, "%s = read_seqbegin(&%s);", q, s)
		g.block(e, 1)
		g.line(c, "if (read_seqretry(&%s, %s))", s, q)
		g.line(c, "\tsmp_rmb();")
		return
	}
	g.line(c, "do {")
	g.line(e, "\t%s = read_seqbegin(&%s);", q, s)
	e.ind++
	g.block(e, 1)
	g.line(c, "} while (read_seqretry(&%s, %s));", s, q)
}

func (g *gen) perCPU(c *ctx) {
	a := g.cpuArr[0]
	switch g.upTo(3) {
	case 0:
		cpu := g.name("cpu")
		g.line(c, "u2 %s = smp_processor_id();", cpu)
		c.locals = append(c.locals, local{name: cpu, t: intType(2, false), ro: true})
		if g.often(50) {
			g.line(c, "%s[%s] = %d;", a, cpu, g.upTo(3))
		}
	case 1:
		g.line(c, "this_cpu_add(%s, -1);", a)
	default:
		g.line(c, "this_cpu_add(%s, 1);", a)
	}
}

// object draws what is done with the objects of a pool.
func (g *gen) object(c *ctx) {
	p := one(g, g.pools)
	is := func(v *variable) bool { return v.t.k == kPtr && v.t.pool == p && v.ann != once }
	mine := func(n string) {
		c.locals = append(c.locals, local{name: n, t: p.ptr()})
		c.nonnull = append(c.nonnull, n)
	}
	type do = func()
	waits := b2i(!c.noWait && !c.atomic)
	some := b2i(slices.ContainsFunc(c.locals, func(l local) bool {
		return l.t.k == kPtr && l.t.pool == p && slices.Contains(c.nonnull, l.name) && !l.ro
	}))
	can := b2i(p.allocs && g.allocs < p.n+b2i(!g.care) && (!g.sequential || c.fn == nil && c.depth == 0 && g.allocs < p.n))
	pick(g, []choice[do]{
		{5, func() { // look at an object that is published
			q := g.name("q")
			bud := 1
			s, v := g.shared(c, &bud, false, is)
			if v == nil {
				s = "NULL"
			}
			g.line(c, "struct %s *%s = %s;", p.tag, q, s)
			d := c.child()
			d.locals = append(d.locals, local{name: q, t: p.ptr()})
			if !g.care && g.often(15) {
				mine(q)
				return
			}
			d.nonnull = append(d.nonnull, q)
			g.line(c, "if (%s) {", q)
			g.block(d, 2)
			g.line(c, "}")
			c.locals = append(c.locals, local{name: q, t: p.ptr()})
		}},
		{(5 + 8*b2i(c.fn == nil)) * can, func() {
			g.allocs++
			q := g.name("q")
			var onces []*variable
			for _, v := range g.vars {
				if v.owner == p && v.ann == once {
					onces = append(onces, v)
				}
			}
			set := func(d *ctx) {
				for _, v := range onces {
					val := "NULL"
					switch v.t.k {
					case kBool:
						val = "true"
					case kInt:
						val = fmt.Sprint(1 + g.upTo(v.t.hi))
					case kEnum:
						val = v.t.enum.names[1]
					case kPtr:
						val = q
						if v.t.pool != p {
							val = "current"
							if !v.t.pool.task {
								continue
							}
						}
					}
					g.line(d, "%s->%s = %s;", q, g.index(d, v.name), val)
				}
			}
			if len(onces) > 0 && waits == 1 && g.often(60) {
				g.line(c, "struct %s *%s;", p.tag, q)
				g.line(c, "atomic {")
				d := c.child()
				g.line(d, "%s = alloc(%s);", q, p.tag)
				set(d)
				g.line(c, "}")
			} else {
				g.line(c, "struct %s *%s = alloc(%s);", p.tag, q, p.tag)
				if g.care || g.often(60) {
					set(c)
				}
			}
			mine(q)
			if s, v := g.shared(c, new(1), true, is); v != nil && v.ann != guarded && g.often(80) {
				g.line(c, "%s = %s;", s, q)
			}
		}},
		{6 * some, func() {
			var names []string
			for _, l := range c.locals {
				if l.t.k == kPtr && l.t.pool == p && slices.Contains(c.nonnull, l.name) && !l.ro {
					names = append(names, l.name)
				}
			}
			n := one(g, names)
			if p.allocs && g.allocs > 0 && (g.often(35) || !g.care) {
				if s, v := g.shared(c, new(1), true, is); v != nil && g.care {
					g.line(c, "%s = NULL;", s)
				}
				g.line(c, "release(%s);", n)
				if g.care || g.often(50) { // else it is used after that
					c.nonnull = slices.DeleteFunc(c.nonnull, func(x string) bool { return x == n })
				}
				return
			}
			if s, v := g.shared(c, new(1), true, is); v != nil {
				g.line(c, "%s = %s;", s, n)
			}
		}},
	})()
}

// collect draws an operation on a set or list.
func (g *gen) collect(c *ctx) {
	bud := 1
	isColl := func(t typ) bool { return t.k == kSet || t.k == kList }
	s, t, ok := g.localOf(c, true, isColl)
	if !ok || g.often(75) {
		if r, v := g.shared(c, &bud, true, func(v *variable) bool { return isColl(v.t) }); v != nil {
			s, t, ok = r, v.t, true
		}
	}
	if !ok {
		g.assign(c)
		return
	}
	p := t.pool
	q, _, have := g.localOf(c, false, func(u typ) bool { return u.k == kPtr && u.pool == p })
	known := have && slices.Contains(c.nonnull, q)
	if p.task && !known {
		q, have, known = "current", true, true
	}
	if t.k == kSet {
		op := one(g, []string{"set_add", "set_del", "set_add", "set_clear"})
		switch {
		case op == "set_clear":
			g.line(c, "set_clear(&%s);", s)
		case known || have && !g.care:
			g.line(c, "%s(&%s, %s);", op, s, q)
		default:
			g.line(c, "set_clear(&%s);", s)
		}
		return
	}
	first := func(fn string) {
		n := g.name("q")
		g.line(c, "struct %s *%s = %s(&%s);", p.tag, n, fn, s)
		c.locals = append(c.locals, local{name: n, t: p.ptr()})
		c.nonnull = append(c.nonnull, n)
	}
	op := one(g, []string{"list_add", "list_add_tail", "list_first", "list_pop", "list_del", "list_splice_tail", "list_pop"})
	if !g.care && g.often(40) {
		switch op {
		case "list_first", "list_pop":
			first(op)
			return
		case "list_add", "list_add_tail", "list_del":
			if have {
				g.line(c, "%s(&%s, %s);", op, s, q)
				return
			}
		}
	}
	atomic, d := "", c.child()
	if !c.free() && bud == 0 {
		if c.noWait {
			atomic = "atomic "
		} else {
			atomic = one(g, []string{"atomic ", "atomic ", ""})
		}
	}
	switch {
	case op == "list_splice_tail":
		for _, v := range g.vars {
			if v.t.same(t) && v.owner == nil && v.name != s && (v.ann == plain || v.ann == ghostly && c.ghost) && atomic != "" {
				g.line(c, "atomic list_splice_tail(&%s, &%s);", s, v.name)
				return
			}
		}
		fallthrough
	case op == "list_first" || op == "list_pop":
		n := g.name("q")
		g.line(c, "struct %s *%s = NULL;", p.tag, n)
		g.line(c, "%sif (!list_empty(&%s))", atomic, s)
		if op != "list_first" {
			op = "list_pop"
		}
		g.line(d, "%s = %s(&%s);", n, op, s)
		c.locals = append(c.locals, local{name: n, t: p.ptr()})
	case have && op == "list_del":
		g.line(c, "%sif (list_has(&%s, %s))", atomic, s, q)
		g.line(d, "list_del(&%s, %s);", s, q)
	case known:
		g.line(c, "%sif (!list_has(&%s, %s))", atomic, s, q)
		g.line(d, "%s(&%s, %s);", op, s, q)
	default:
		g.assign(c)
	}
}
