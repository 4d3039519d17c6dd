package randc

import (
	"fmt"
	"slices"
	"strings"
)

// val is an expression with an integer value and the bounds that its types give it.
type val struct {
	s      string
	lo, hi int
}

// index fills the indices of an access in.
func (g *gen) index(c *ctx, path string) string {
	for {
		i := strings.IndexByte(path, '#')
		if i < 0 {
			return path
		}
		n := int(path[i+1] - '0')
		path = path[:i] + g.indexOf(c, n) + path[i+2:]
	}
}

// indexOf draws an index below n of constants and locals.
func (g *gen) indexOf(c *ctx, n int) string {
	for _, l := range c.locals {
		if l.t.k == kInt && len(l.dims) == 0 && (!l.gh || c.ghost) && l.t.lo >= 0 && g.often(50) {
			switch {
			case l.t.hi < n:
				return l.name
			// g++ does not look at the indices of arrays of a class.
			case !g.care && !g.sequential && !c.prop && !c.init && g.often(30):
				return l.name
			case g.often(40):
				return fmt.Sprintf("%s %% %d", l.name, n)
			}
		}
	}
	return fmt.Sprint(g.upTo(n))
}

// holds reports whether the lock that guards v in the object base is surely held.
func (c *ctx) holds(v *variable, base string, write bool) bool {
	for _, h := range c.held {
		if h.l == v.guard && (h.l.owner == nil || strings.HasPrefix(h.expr, base+"->")) {
			return !(write && h.read)
		}
	}
	return false
}

// shared draws an access to a variable that ok accepts. The access takes one from the budget if
// it is a step of its own; where the budget is 0 only others are drawn.
func (g *gen) shared(c *ctx, bud *int, write bool, ok func(*variable) bool) (string, *variable) {
	type access struct {
		v    *variable
		base string
		cost int
	}
	var can []access
	for _, v := range g.vars {
		if !ok(v) || v.ann == ghostly && !(c.ghost || c.prop || c.init) || c.ghost && write && v.ann != ghostly {
			continue
		}
		bases := []string{""}
		if v.owner != nil {
			bases = nil
			for _, l := range c.locals {
				if l.t.k == kPtr && l.t.pool == v.owner && len(l.dims) == 0 && (slices.Contains(c.nonnull, l.name) || !g.care && !c.prop && !c.init && g.often(20)) {
					bases = append(bases, l.name)
				}
			}
			if v.owner.task && !c.prop && !c.init {
				bases = append(bases, "current")
				if v.ann == private && !c.ghost {
					bases = []string{"current"}
				}
			}
		}
		for _, base := range bases {
			cost := 1
			switch v.ann {
			case guarded:
				if c.holds(v, base, write) {
					cost = 0
				} else if !c.ghost && !c.prop && !c.init && (g.care || g.sequential || !g.often(30)) {
					continue
				}
			case writeGuarded:
				if c.holds(v, base, write) {
					cost = 0
				} else if write && !c.init && (g.care || g.sequential || !g.often(30)) {
					continue
				}
			case private:
				cost = 0
			case once:
				if write && (g.care || !g.often(20)) {
					continue
				}
				cost = 0
			}
			if c.free() {
				cost = 0
			}
			if cost > *bud {
				continue
			}
			can = append(can, access{v, base, cost})
		}
	}
	if len(can) == 0 {
		return "", nil
	}
	a := one(g, can)
	*bud -= a.cost
	s := g.index(c, a.v.name)
	if a.base != "" {
		s = a.base + "->" + s
	}
	return s, a.v
}

func (g *gen) localOf(c *ctx, write bool, ok func(typ) bool) (string, typ, bool) {
	var can []local
	for _, l := range c.locals {
		if ok(l.t) && !(write && l.ro) && !(write && c.ghost && !l.gh) && !(l.gh && !c.ghost) {
			can = append(can, l)
		}
	}
	if len(can) == 0 {
		return "", typ{}, false
	}
	l := one(g, can)
	s := l.name
	for _, d := range l.dims {
		s += "[" + g.indexOf(c, d) + "]"
	}
	return s, l.t, true
}

// once reads may be written READ_ONCE.
func (g *gen) read(c *ctx, s string) string {
	if !c.prop && g.often(6) {
		return "READ_ONCE(" + s + ")"
	}
	return s
}

// intx draws an integer expression.
func (g *gen) intx(c *ctx, bud *int, d int) val {
	deep := b2i(d > 0)
	lit := func() val {
		if len(g.consts) > 0 && g.often(30) {
			return val{g.consts[0], 2, 2}
		}
		n := g.upTo(4)
		return val{fmt.Sprint(n), n, n}
	}
	binary := func() val {
		a := g.intx(c, bud, d-1)
		k := 1 + g.upTo(3)
		switch g.upTo(6) {
		case 0:
			b := g.intx(c, bud, d-1)
			return val{"(" + a.s + " + " + b.s + ")", a.lo + b.lo, a.hi + b.hi}
		case 1:
			b := g.intx(c, bud, d-1)
			return val{"(" + a.s + " - " + b.s + ")", a.lo - b.hi, a.hi - b.lo}
		case 2:
			return val{fmt.Sprintf("(%s * %d)", a.s, k), a.lo * k, a.hi * k}
		case 3:
			if a.lo >= 0 {
				return val{fmt.Sprintf("(%s / %d)", a.s, k), a.lo / k, a.hi / k}
			}
		case 4:
			if a.lo >= 0 {
				return val{fmt.Sprintf("(%s %% %d)", a.s, k+1), 0, k}
			}
		}
		if a.lo < 0 || a.hi < 2 && g.often(60) {
			return val{fmt.Sprintf("(1 - %s)", a.s), 1 - a.hi, 1 - a.lo}
		}
		return val{fmt.Sprintf("(%s + 1)", a.s), a.lo + 1, a.hi + 1}
	}
	return pick(g, []choice[func() val]{
		{4, lit},
		{8, func() val {
			if s, t, ok := g.localOf(c, false, func(t typ) bool { return t.k == kInt }); ok {
				return val{s, t.lo, t.hi}
			}
			return lit()
		}},
		{7, func() val {
			if s, v := g.shared(c, bud, false, func(v *variable) bool { return v.t.k == kInt }); v != nil {
				return val{g.read(c, s), v.t.lo, v.t.hi}
			}
			return lit()
		}},
		{4 * deep, binary},
		{2 * deep, func() val {
			cond := g.boolx(c, bud, d-1)
			a, b := g.intx(c, bud, d-1), g.intx(c, bud, d-1)
			if g.sequential { // a class of C++ and a number have no common type
				a.s = "(" + a.s + " + 0)"
				b.s = "(" + b.s + " + 0)"
			}
			return val{fmt.Sprintf("(%s ? %s : %s)", cond, a.s, b.s), min(a.lo, b.lo), max(a.hi, b.hi)}
		}},
		{2 * deep, func() val {
			if s, f := g.callx(c, bud, d, func(t typ) bool { return t.k == kInt }); f != nil {
				return val{s, f.sig.ret.lo, f.sig.ret.hi}
			}
			return lit()
		}},
		{b2i(g.on[fCPU] && !c.prop && !c.init && !c.ghost && (!g.migrate || c.atomic)), func() val { return val{"smp_processor_id()", 0, g.cpus - 1} }},
		{deep * b2i(!c.prop), func() val {
			v := g.intx(c, bud, d-1)
			return val{"(-" + v.s + ")", -v.hi, -v.lo}
		}},
	})()
}

// callx draws a call that is part of an expression.
func (g *gen) callx(c *ctx, bud *int, d int, ok func(typ) bool) (string, *function) {
	var can []*function
	for _, f := range g.funcs {
		fits := f.role == pure && *bud > 0 || f.role == pure && c.free() || f.role == predicate && c.free()
		if c.prop {
			fits = f.role == predicate
		}
		if fits && ok(f.sig.ret) && f.sig.ret.c != "void" {
			can = append(can, f)
		}
	}
	if len(can) == 0 {
		return "", nil
	}
	f := one(g, can)
	*bud = 0
	none := 0
	return g.callOf(c, &none, d-1, f), f
}

func (g *gen) callOf(c *ctx, bud *int, d int, f *function) string {
	var args []string
	for _, a := range f.sig.args {
		args = append(args, g.expr(c, bud, min(d, 1), a))
	}
	return f.name + "(" + strings.Join(args, ", ") + ")"
}

var comparisons = []string{"==", "!=", "<", "<=", ">", ">="}

// boolx draws a condition.
func (g *gen) boolx(c *ctx, bud *int, d int) string {
	deep := b2i(d > 0)
	coll := b2i(g.on[fSet] || g.on[fList])
	lit := func() string { return one(g, []string{"true", "false"}) }
	compare := func() string {
		a := g.intx(c, bud, d-1)
		for range 2 {
			if a.lo < a.hi {
				break
			}
			a = g.intx(c, bud, d-1) // a number says nothing
		}
		k := a.lo + g.upTo(min(a.hi-a.lo+1, 5))
		b := fmt.Sprint(k)
		if g.often(25) {
			b = g.intx(c, bud, d-1).s
		}
		return "(" + a.s + " " + one(g, comparisons) + " " + b + ")"
	}
	return pick(g, []choice[func() string]{
		{1, lit},
		{7, compare},
		{4, func() string {
			if s, _, ok := g.localOf(c, false, func(t typ) bool { return t.k == kBool }); ok {
				return s
			}
			return compare()
		}},
		{5, func() string {
			if s, v := g.shared(c, bud, false, func(v *variable) bool { return v.t.k == kBool }); v != nil {
				return g.read(c, s)
			}
			return compare()
		}},
		{2 * deep, func() string { return "!" + g.boolx(c, bud, d-1) }},
		{3 * deep, func() string {
			a := g.boolx(c, bud, d-1)
			return "(" + a + one(g, []string{" && ", " || "}) + g.boolx(c, bud, d-1) + ")"
		}},
		{2 * min(len(g.enums), 1), func() string {
			e := one(g, g.enums)
			return "(" + g.enumx(c, bud, e) + one(g, []string{" == ", " != "}) + one(g, e.names) + ")"
		}},
		{2 * min(len(g.pools), 1), func() string {
			p := one(g, g.pools)
			a := g.ptrx(c, bud, p)
			switch g.upTo(4) {
			case 0:
				return "(" + a + " == " + g.ptrx(c, bud, p) + ")"
			case 1:
				return "(" + a + " != NULL)"
			case 2:
				return "!" + a
			}
			if a == "NULL" {
				return "(NULL == " + g.ptrx(c, bud, p) + ")"
			}
			if s := g.through(c, bud, p, a); s != "" {
				return s
			}
			return "(" + a + " != NULL)"
		}},
		{coll, func() string {
			if s := g.collx(c, bud); s != "" {
				return s
			}
			return compare()
		}},
		{deep, func() string {
			if s, f := g.callx(c, bud, d, func(t typ) bool { return t.k == kBool }); f != nil {
				return s
			}
			return compare()
		}},
		{b2i(len(g.locks) > 0 && !c.prop && !c.init && (*bud > 0 || c.free())), func() string {
			l := g.someLock(c, func(l *lock) bool { return !l.rw || c.ghost })
			if l == "" {
				return compare()
			}
			if c.ghost {
				return "lock_is_held(" + l + ")"
			}
			*bud--
			return "spin_is_locked(" + l + ")"
		}},
		{deep * b2i(len(g.sigs) > 0 && g.taken), func() string {
			t := typ{k: kFunc, sig: g.sigs[0]}
			return "(" + g.expr(c, bud, 0, t) + " == " + g.expr(c, bud, 0, t) + ")"
		}},
		{b2i(g.on[fTaskRef]), func() string {
			return "(" + g.ptrx(c, bud, g.tasks) + " == " + g.ptrx(c, bud, g.tasks) + ")"
		}},
	})()
}

// through draws a condition that tests a pointer and then looks at a field.
func (g *gen) through(c *ctx, bud *int, p *pool, ptr string) string {
	simple := !strings.ContainsAny(ptr, "(")
	var can []*variable
	for _, v := range g.vars {
		if v.owner == p && v.t.k <= kInt && v.ann != guarded && (v.ann != ghostly || c.ghost || c.prop) && v.ann != once {
			can = append(can, v)
		}
	}
	if len(can) == 0 || !simple || !c.free() {
		return ""
	}
	v := one(g, can)
	if v.t.k == kBool {
		return fmt.Sprintf("(%s && %s->%s)", ptr, ptr, g.index(c, v.name))
	}
	return fmt.Sprintf("(%s && %s->%s %s %d)", ptr, ptr, g.index(c, v.name), one(g, comparisons), g.upTo(3))
}

// collx draws a question to a set or list.
func (g *gen) collx(c *ctx, bud *int) string {
	isColl := func(t typ) bool { return t.k == kSet || t.k == kList }
	s, t, ok := g.localOf(c, false, isColl)
	if !ok || g.often(70) {
		if r, v := g.shared(c, bud, false, func(v *variable) bool { return isColl(v.t) }); v != nil {
			s, t, ok = r, v.t, true
		}
	}
	if !ok {
		return ""
	}
	fn := "set"
	if t.k == kList {
		fn = "list"
	}
	if g.often(50) {
		return fn + "_empty(&" + s + ")"
	}
	return fn + "_has(&" + s + ", " + g.ptrx(c, bud, t.pool) + ")"
}

func (g *gen) enumx(c *ctx, bud *int, e *enum) string {
	is := func(t typ) bool { return t.enum == e }
	switch g.upTo(3) {
	case 0:
		if s, _, ok := g.localOf(c, false, is); ok {
			return s
		}
	case 1:
		if s, v := g.shared(c, bud, false, func(v *variable) bool { return is(v.t) }); v != nil {
			return g.read(c, s)
		}
	}
	if g.often(15) {
		b := g.boolx(c, bud, 0)
		return "(" + b + " ? " + one(g, e.names) + " : " + one(g, e.names) + ")"
	}
	return one(g, e.names)
}

func (g *gen) ptrx(c *ctx, bud *int, p *pool) string {
	is := func(t typ) bool { return t.k == kPtr && t.pool == p }
	switch g.upTo(5) {
	case 1, 2:
		if s, _, ok := g.localOf(c, false, is); ok {
			return s
		}
	case 3, 4:
		if s, v := g.shared(c, bud, false, func(v *variable) bool { return is(v.t) }); v != nil {
			return g.read(c, s)
		}
	}
	if p.task && !c.prop && !c.init && g.often(60) {
		return "current"
	}
	return "NULL"
}

// expr draws a value of type t, that fits as a rule.
func (g *gen) expr(c *ctx, bud *int, d int, t typ) string {
	switch t.k {
	case kBool:
		return g.boolx(c, bud, d)
	case kEnum:
		return g.enumx(c, bud, t.enum)
	case kPtr:
		return g.ptrx(c, bud, t.pool)
	case kFunc:
		is := func(u typ) bool { return u.k == kFunc && u.sig == t.sig }
		switch g.upTo(4) {
		case 0:
			return "NULL"
		case 1:
			if s, v := g.shared(c, bud, false, func(v *variable) bool { return is(v.t) }); v != nil {
				return s
			}
		}
		var can []string
		for _, f := range g.funcs {
			if f.sig == t.sig {
				can = append(can, f.name)
			}
		}
		if s, _, ok := g.localOf(c, false, is); ok {
			can = append(can, s)
		}
		if len(can) == 0 || c.prop {
			return "NULL"
		}
		g.taken = true
		return one(g, can)
	}
	return g.fit(c, g.intx(c, bud, d), t)
}

// fit returns v, changed so that it is in the range of t, or as it is.
func (g *gen) fit(c *ctx, v val, t typ) string {
	if v.lo >= t.lo && v.hi <= t.hi {
		return v.s
	}
	if v.lo < v.hi && !g.care && !c.init && !c.prop && g.often(25) { // numbers that do not fit are refused
		return v.s
	}
	if v.lo >= 0 {
		return fmt.Sprintf("%s %% %d", v.s, t.hi+1)
	}
	if s, _, ok := g.localOf(c, false, func(u typ) bool { return u.k == kInt && u.lo >= t.lo && u.hi <= t.hi }); ok {
		return s
	}
	return fmt.Sprint(g.upTo(min(t.hi+1, 4)))
}

// someLock draws the address of a lock.
func (g *gen) someLock(c *ctx, ok func(*lock) bool) string {
	s, _ := g.lockOf(c, ok)
	return s
}

func (g *gen) lockOf(c *ctx, ok func(*lock) bool) (string, *lock) {
	type access struct {
		s string
		l *lock
	}
	var can []access
	for _, l := range g.locks {
		if !ok(l) {
			continue
		}
		switch {
		case l.owner == nil:
			can = append(can, access{"&" + l.name, l})
		default:
			for _, v := range c.locals {
				if v.t.k == kPtr && v.t.pool == l.owner && slices.Contains(c.nonnull, v.name) {
					can = append(can, access{"&" + v.name + "->" + l.name, l})
				}
			}
			if l.owner.task && !c.prop {
				can = append(can, access{"&current->" + l.name, l})
			}
		}
	}
	if len(can) == 0 {
		return "", nil
	}
	a := one(g, can)
	return g.index(c, a.s), a.l
}
