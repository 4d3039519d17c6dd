package randc

import (
	"fmt"
	"strings"
)

// pattern adds to some programs a few tasks of a shape that statements drawn one by one hardly
// ever have, and that front ends have read wrongly. What varies in it is drawn. It comes last, so
// that the rest of the program is as it would be without.
func (g *gen) pattern() {
	if g.sequential || !g.often(25) {
		return
	}
	one(g, []func(*gen){(*gen).setLater, (*gen).between, (*gen).spins, (*gen).reenters,
		(*gen).interrupts, (*gen).tries, (*gen).watched, (*gen).later})(g)
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

// reenters draws a task that leaves a function and enters it again within one step, with an
// argument that is 0 or not, and another task that sees in which order that has happened.
func (g *gen) reenters() {
	x, y, f := g.name("x"), g.name("y"), g.name("f")
	fmt.Fprintf(&g.b, "static bool %s[2], %s;\n", x, y)
	fmt.Fprintf(&g.b, "static void %s(u1 a)\n{\n", f)
	if g.often(30) {
		fmt.Fprintf(&g.b, "\tu1 b = 1 - a;\n\t%s[b] = false;\n", x)
	}
	fmt.Fprintf(&g.b, "\t%s[a] = true;\n\t%s[a] = false;\n}\n", x, x)
	calls := ""
	for range 2 + g.upTo(2) {
		calls += fmt.Sprintf("\t\t%s(%d);\n", f, g.upTo(2))
	}
	fmt.Fprintf(&g.b, "TASK(%s, 1)\n{\n\t%s {\n%s\t}\n}\n", g.name("t"),
		one(g, []string{"for (;;)", "if (!" + y + ")", "while (!" + y + ")"}), calls)
	first := g.upTo(2)
	fmt.Fprintf(&g.b, "TASK(%s, 1)\n{\n\tawait(%s[%d]);\n\tawait(%s[%d]);\n\t%s = true;\n}\n",
		g.name("t"), x, first, x, 1-first, y)
	fmt.Fprintf(&g.b, "INVARIANT(%s, \"\", \"\") { return !%s; }\n", g.name("P"), y)
}

// interrupts draws a softirq that stops a task where that has come to something, and may need
// what the task has, so that it goes on never.
func (g *gen) interrupts() {
	if strings.Contains(g.b.String(), "struct task_struct {") {
		return
	}
	g.b.WriteString("struct task_struct { INTERRUPTED bool stopped; PRIVATE bool done; };\n")
	x, y, l, me := g.name("x"), g.name("y"), g.name("l"), g.name("me")
	fmt.Fprintf(&g.b, "static u2 %s;\nstatic spinlock_t %s;\nstatic u2 GUARDED_BY(%s) %s;\n", x, l, l, y)
	fmt.Fprintf(&g.b, "static struct task_struct *%s;\n", me)
	fmt.Fprintf(&g.b, "TASK(%s, 1)\n{\n\t%s = current;\n", g.name("t"), me)
	locked := g.often(50)
	if locked {
		fmt.Fprintf(&g.b, "\tspin_lock(&%s);\n", l)
		if g.often(40) {
			fmt.Fprintf(&g.b, "\t%s = %d;\n", y, g.upTo(3))
		}
	}
	fmt.Fprintf(&g.b, "\t%s = 1;\n", x)
	if locked {
		fmt.Fprintf(&g.b, "\tspin_unlock(&%s);\n", l)
	}
	if locked && g.often(60) {
		fmt.Fprintf(&g.b, "\t%s = 2;\n", x)
	}
	if !locked || g.often(50) {
		fmt.Fprintf(&g.b, "\tcurrent->done = true;\n")
	}
	if g.often(40) {
		fmt.Fprintf(&g.b, "\t%sawait(%s == 0);\n", one(g, []string{"", "idle ", "optional "}), x)
	}
	fmt.Fprintf(&g.b, "}\nSOFTIRQ(%s, 1)\n{\n\tstruct task_struct *t;\n", g.name("t"))
	when := x
	if !locked && g.often(30) {
		when = me
	}
	fmt.Fprintf(&g.b, "\tawait(%s != 0);\n\tt = %s;\n\tif (t == NULL)\n\t\treturn;\n\tt->stopped = true;\n", when, me)
	if locked {
		fmt.Fprintf(&g.b, "\tspin_lock(&%s);\n\tspin_unlock(&%s);\n", l, l)
	}
	if locked || g.often(50) {
		fmt.Fprintf(&g.b, "\tt->stopped = false;\n")
	}
	g.b.WriteString("}\n")
}

// tries draws a task that sees that another one holds a lock, and does not wait for it.
func (g *gen) tries() {
	x, y, l := g.name("x"), g.name("y"), g.name("l")
	fmt.Fprintf(&g.b, "static u2 %s, %s;\nstatic spinlock_t %s;\n", x, y, l)
	fmt.Fprintf(&g.b, "TASK(%s, 1)\n{\n\tspin_lock(&%s);\n\t%s = 1;\n\tspin_unlock(&%s);\n", g.name("t"), l, x, l)
	if g.often(40) {
		fmt.Fprintf(&g.b, "\t%s = 2;\n", x)
	}
	fmt.Fprintf(&g.b, "}\nTASK(%s, 1)\n{\n\tawait(%s);\n", g.name("t"), x)
	if g.often(50) {
		fmt.Fprintf(&g.b, "\tif (!spin_trylock(&%s))\n\t\t%s = 1;\n", l, y)
	} else {
		fmt.Fprintf(&g.b, "\tif (spin_is_locked(&%s))\n\t\t%s = %d;\n", l, y, 1+g.upTo(2))
	}
	fmt.Fprintf(&g.b, "}\n%s(%s, \"\", \"\") { return %s == 1; }\n", one(g, []string{"COVER", "CAN_REST"}), g.name("P"), y)
}

// watched draws writes of guarded data that a property looks at between them.
func (g *gen) watched() {
	x, y, l := g.name("x"), g.name("y"), g.name("l")
	fmt.Fprintf(&g.b, "static spinlock_t %s;\nstatic u2 %s GUARDED_BY(%s), %s GUARDED_BY(%s);\n", l, x, l, y, l)
	fmt.Fprintf(&g.b, "TASK(%s, %d)\n{\n\tspin_lock(&%s);\n", g.name("t"), 1+g.upTo(2), l)
	for range 2 + g.upTo(3) {
		fmt.Fprintf(&g.b, "\t%s = %d;\n", one(g, []string{x, x, y}), g.upTo(4))
	}
	fmt.Fprintf(&g.b, "\tspin_unlock(&%s);\n}\n", l)
	fmt.Fprintf(&g.b, "%s(%s, \"\", \"\") { return %s %s %d; }\n", one(g, []string{"COVER", "INVARIANT", "CAN_REST"}),
		g.name("P"), x, one(g, []string{"==", "!="}), 1+g.upTo(3))
}

// later draws a property whose situation and condition are about two states of the same data.
func (g *gen) later() {
	x := g.name("x")
	fmt.Fprintf(&g.b, "static u2 %s;\nTASK(%s, 1)\n{\n", x, g.name("t"))
	for range 1 + g.upTo(3) {
		fmt.Fprintf(&g.b, "\t%s = %d;\n", x, g.upTo(4))
	}
	fmt.Fprintf(&g.b, "}\nCAN_REST(%s, \"\", \"\") { WHEN(%s %s %d); return %s %s %d; }\n", g.name("P"),
		x, one(g, []string{"==", "!="}), g.upTo(3), x, one(g, []string{"==", "!="}), g.upTo(3))
}
