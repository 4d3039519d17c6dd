package randc

import (
	"fmt"
	"strings"
)

// pattern adds to some programs a few tasks of a shape that statements drawn one by one hardly
// ever have, and that front ends have read wrongly. What varies in it is drawn. It comes last, so
// that the rest of the program is as it would be without.
func (g *gen) pattern() {
	if g.sequential || !g.often(9) {
		return
	}
	one(g, []func(*gen){(*gen).setLater, (*gen).between, (*gen).spins})(g)
}

// setLater draws SET_ONCE data that one task sets, and another one reads: the one that has made the
// object, after it has told the other one that the object is there; or that other one. Where both
// set it, the second to come fails.
func (g *gen) setLater() {
	s, p, x, y := g.name("s"), g.name("g"), g.name("x"), g.name("y")
	fmt.Fprintf(&g.b, "struct %s { SET_ONCE u2 f; };\nPOOL(%s, 1);\n", s, s)
	fmt.Fprintf(&g.b, "static struct %s *%s;\nstatic u2 %s;\nstatic bool %s;\n", s, p, x, y)
	if g.often(50) {
		fmt.Fprintf(&g.b, "COVER(%s, \"\", \"\") { return %s == 3; }\n", g.name("P"), x)
	} else {
		fmt.Fprintf(&g.b, "INVARIANT(%s, \"\", \"\") { return %s != 3; }\n", g.name("P"), x)
	}
	set := fmt.Sprintf("\tq->f = %d;\n", 1+g.upTo(3))
	read := fmt.Sprintf("\tv = q->f;\n\t%s = v + 1;\n", x)
	one, other := read, set
	switch g.upTo(4) {
	case 0, 1:
		one, other = set, read
	case 2:
		one, other = set, set
	}
	fmt.Fprintf(&g.b, "TASK(%s, 1)\n{\n\tstruct %s *q = alloc(%s);\n\tu2 v;\n", g.name("t"), s, s)
	fmt.Fprintf(&g.b, "\t%s = q;\n\t%s = 1;\n%s}\n", p, y, one)
	fmt.Fprintf(&g.b, "TASK(%s, 1)\n{\n\tstruct %s *q;\n\tu2 v;\n", g.name("t"), s)
	if g.often(50) {
		fmt.Fprintf(&g.b, "\tawait(%s);\n", y)
	} else {
		fmt.Fprintf(&g.b, "\tawait(%s != NULL);\n", p)
	}
	fmt.Fprintf(&g.b, "\tq = %s;\n%s}\n", p, other)
}

// between draws two writes under a lock, and a read without the lock, which may come between them.
func (g *gen) between() {
	l, x, y := g.name("l"), g.name("x"), g.name("y")
	fmt.Fprintf(&g.b, "static %s %s;\nstatic WRITE_GUARDED_BY(%s) u2 %s;\nstatic u2 %s;\n",
		one(g, []string{"spinlock_t", "rwsem_t"}), l, l, x, y)
	take, give := "spin_lock", "spin_unlock"
	if strings.Contains(g.b.String(), "rwsem_t "+l+";") {
		take, give = "down_write", "up_write"
	}
	fmt.Fprintf(&g.b, "TASK(%s, 1)\n{\n\t%s(&%s);\n", g.name("t"), take, l)
	for range 2 + g.upTo(2) {
		fmt.Fprintf(&g.b, "\t%s = %d;\n", x, g.upTo(4))
	}
	fmt.Fprintf(&g.b, "\t%s(&%s);\n}\n", give, l)
	fmt.Fprintf(&g.b, "TASK(%s, 1)\n{\n\tu2 v = %s;\n\n\t%s = v;\n}\n", g.name("t"), x, y)
	kind := one(g, []string{"COVER", "AT_REST", "INVARIANT"})
	fmt.Fprintf(&g.b, "%s(%s, \"\", \"\") { return %s %s %d; }\n", kind, g.name("P"), y,
		one(g, []string{"==", "!="}), 1+g.upTo(3))
}

// spins draws a task that goes round a loop until another one, which may not come, changes what
// it looks at.
func (g *gen) spins() {
	x, y := g.name("x"), g.name("y")
	fmt.Fprintf(&g.b, "static bool %s;\nstatic u2 %s;\n", x, y)
	fmt.Fprintf(&g.b, "TASK(%s, 1)\n{\n\twhile (!%s)\n\t\t", g.name("t"), x)
	if g.often(50) {
		fmt.Fprintf(&g.b, ";\n\t%s = 1;\n}\n", y)
	} else {
		fmt.Fprintf(&g.b, "%s = %d;\n}\n", y, g.upTo(3))
	}
	how := one(g, []string{"optional ", "", ""})
	fmt.Fprintf(&g.b, "TASK(%s, 1)\n{\n\t%s%s = %d;\n}\n", g.name("t"), how, x, b2i(g.often(60)))
	kind := one(g, []string{"AT_REST", "CAN_REST"})
	fmt.Fprintf(&g.b, "%s(%s, \"\", \"\") { return %s == %d; }\n", kind, g.name("P"), y, g.upTo(3))
}
