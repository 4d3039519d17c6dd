package scenario

import (
	"fmt"
	"strconv"
	"strings"
)

// generated is the C of a scenario, one place in the script for each line.
type generated struct {
	text  string
	lines []mark // of each line; the zero mark where it stands for nothing in the script
}

// generate writes the tasks of p in C. declareFailed says that the kernel model doesn't declare
// setup_failed itself.
func generate(sc *Scenario, p *program, declareFailed bool) *generated {
	g := &generator{out: &generated{}}
	g.header(sc, p)
	if declareFailed && p.tasks[0].hasSetup() {
		g.line(mark{}, "bool setup_failed;")
		g.line(mark{}, "")
	}
	for _, m := range p.musts {
		g.property(m)
	}
	for i, t := range p.tasks {
		if t.copyOf != nil {
			continue
		}
		if i > 0 {
			g.line(mark{}, "")
		}
		g.task(t)
	}
	g.out.text = g.b.String()
	return g.out
}

// property writes what it means that a command must succeed.
func (g *generator) property(m *must) {
	if m.checked {
		g.line(m.mark, "GHOST bool ran_%s;", m.name)
	}
	g.line(m.mark, "GHOST bool failed_%s;", m.name)
	g.line(m.mark, "INVARIANT(%s, %s, %s)", m.name, quoteC("the command succeeds: "+m.text), quoteC(m.pos.String()))
	g.open(m.mark, "{")
	if m.checked {
		g.line(m.mark, "WHEN(ran_%s);", m.name)
	}
	g.line(m.mark, "return !failed_%s;", m.name)
	g.close(m.mark)
	g.line(mark{}, "")
}

// quoteC returns s as a string of C, on one line of plain letters.
func quoteC(s string) string {
	return `"` + strings.Map(func(r rune) rune {
		switch {
		case r == '"', r == '\\':
			return '\''
		case r < ' ' || r > '~':
			return '?'
		}
		return r
	}, s) + `"`
}

type generator struct {
	out     *generated
	b       strings.Builder
	indent  int
	current *task
	uses    locals
	flow    *flow
}

// locals says which local variables the task needs.
type locals struct {
	status, choice bool
	rounds         int // the most iterations of an fsstress; 0 or 1: no counter
}

func (g *generator) line(at mark, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if text != "" {
		g.b.WriteString(strings.Repeat("\t", g.indent) + text)
	}
	g.b.WriteByte('\n')
	g.out.lines = append(g.out.lines, at)
}

func (g *generator) open(at mark, format string, args ...any) {
	g.line(at, format, args...)
	g.indent++
}

func (g *generator) close(at mark) {
	g.indent--
	g.line(at, "}")
}

func (g *generator) header(sc *Scenario, p *program) {
	g.line(mark{}, "/* The tasks of %s.", comment(sc.Path))
	for i, d := range p.devices {
		g.line(mark{}, " * device %d: %s", i, comment(d))
	}
	for i, d := range p.places {
		on := ""
		if p.parents[i] >= 0 {
			on = fmt.Sprintf(", on place %d", p.parents[i])
		}
		g.line(mark{}, " * place %d: %s%s", i, comment(d), on)
	}
	for _, t := range p.tasks {
		for i, d := range t.fds {
			g.line(mark{}, " * file %d of %s: %s", i, t.name, d)
		}
	}
	g.line(mark{}, " */")
}

// comment makes s safe inside a comment.
func comment(s string) string { return strings.ReplaceAll(s, "*/", "* /") }

func (g *generator) task(t *task) {
	g.current = t
	g.uses = locals{}
	g.flow = newFlow(t)
	// The declarations come first, and what they are is known only after the rest: write the rest
	// twice.
	text, lines := g.b.String(), len(g.out.lines)
	g.taskText(t)
	g.b.Reset()
	g.b.WriteString(text)
	g.out.lines = g.out.lines[:lines]
	g.taskText(t)
}

func (g *generator) taskText(t *task) {
	name := t.written()
	g.line(t.at, "TASK(%s, %d)", name, 1+len(t.copies))
	g.open(t.at, "{")
	declared := g.uses
	if declared.status {
		g.line(t.at, "enum err r;")
	}
	if declared.choice {
		g.line(t.at, "u2 op;")
	}
	if declared.rounds > 1 {
		g.line(t.at, "u3 i;")
	}
	if declared != (locals{}) {
		g.line(mark{}, "")
	}
	if t.job >= 0 {
		g.line(mark{t.at.pos, "# " + name + " starts"}, "job_enter(%d);", t.job)
		g.forked(t)
	}
	g.blocks(t)
	g.close(t.at)
}

// end writes the end of the task. The parent's wait returns only after the dying task has run its
// task work.
func (g *generator) end(at mark) {
	g.line(at, "exit_task();")
	if g.current.job >= 0 && len(g.current.copies) == 0 { // nobody waits for copies
		g.line(at, "job_exit(%d);", g.current.job)
	}
}

// node writes what a block does.
func (g *generator) node(n node) {
	switch n := n.(type) {
	case *call:
		g.call(n)
	case *standStill:
		g.standStill(n)
	case *start:
		if n.task.copyOf == nil {
			g.fork(n.mark, n.task)
			g.line(n.mark, "job_start(%d);", n.task.job)
		}
	case *wait:
		for _, t := range n.tasks {
			g.line(n.mark, "job_wait(%d);", t.job)
		}
		if len(n.tasks) > 0 {
			g.killPoint(n.mark)
		}
	case *fsstress:
		g.fsstress(n)
	case *jobResult:
		if n.result.kind == asked {
			g.line(n.mark, "if (r %s OK)", map[bool]string{true: "==", false: "!="}[n.result.not])
			g.line(n.mark, "\tjob_failed[%d] = true;", g.current.job)
		} else {
			g.line(n.mark, "job_failed[%d] = true;", g.current.job)
		}
	case *setupDone:
		g.line(mark{g.current.at.pos, "# the set-up is done"}, "setup_done();")
	case *setupCheck:
		g.line(n.mark, "if (r %s OK)", map[bool]string{true: "==", false: "!="}[n.not])
		g.line(n.mark, "\tsetup_failed = true;")
	case *setupFails:
		g.line(n.mark, "setup_failed = true;")
	case *mustCheck:
		g.open(n.mark, "ghost {")
		g.line(n.mark, "ran_%s = true;", n.must.name)
		switch {
		case n.must.told:
		case n.result.kind == asked:
			g.line(n.mark, "if (r %s OK)", map[bool]string{true: "==", false: "!="}[n.result.not])
			g.line(n.mark, "\tfailed_%s = true;", n.must.name)
		case n.result.code != 0:
			g.line(n.mark, "failed_%s = true;", n.must.name)
		}
		g.close(n.mark)
	case *bug:
		g.line(n.mark, "ghost failed_%s = true;", n.must.name)
	default:
		panic(fmt.Sprintf("unhandled %T", n))
	}
}

// invoke returns the call in C.
func (c *call) invoke() string {
	switch c.kind {
	case callMount:
		return fmt.Sprintf("sys_mount%s(%d, %d)", c.loopSuffix(), c.dev, c.path.place)
	case callUmount:
		return fmt.Sprintf("sys_umount(%d, %t)", c.path.place, c.lazy)
	case callMkfs:
		return fmt.Sprintf("sys_mkfs%s(%d)", c.loopSuffix(), c.dev)
	case callStat:
		return c.path.invoke("sys_stat")
	case callOpen:
		return c.path.invoke("sys_open", c.fd)
	case callClose:
		return fmt.Sprintf("sys_close(%d)", c.fd)
	case callDup:
		return fmt.Sprintf("sys_dup(%d, %d)", c.fd, c.to)
	case callUnshare:
		return "sys_unshare()"
	case callModprobe:
		return fmt.Sprintf("sys_modprobe(%d)", c.dev)
	case callRmmod:
		return fmt.Sprintf("sys_rmmod(%d)", c.dev)
	case callRemount:
		return fmt.Sprintf("sys_remount(%d)", c.path.place)
	case callMounted:
		return fmt.Sprintf("sys_mounted(%d)", c.path.place)
	case callMountpoint:
		return fmt.Sprintf("sys_mountpoint(%d)", c.path.place)
	case callLoopClear:
		return fmt.Sprintf("sys_loop_clear(%d)", c.dev)
	case callKill:
		return fmt.Sprintf("sys_kill(%d)", c.dev)
	case callFuser:
		return fmt.Sprintf("sys_fuser_kill(%d)", c.path.place)
	case callJobStatus:
		return fmt.Sprintf("job_status(%d)", c.dev)
	case callLoopSet:
		return fmt.Sprintf("sys_loop_set(%d)", c.dev)
	case callChdir:
		if c.path.place < 0 {
			return "sys_chdir_root()"
		}
		return c.path.invoke("sys_chdir")
	}
	panic(fmt.Sprintf("unhandled call %d", c.kind))
}

// loopSuffix is in the name of the call if something may take the file of the loop device away.
func (c *call) loopSuffix() string {
	if c.loop {
		return "_loop"
	}
	return ""
}

// invoke returns the call in C of the system call on the path; first are its first arguments.
func (p target) invoke(name string, first ...int) string {
	var args []string
	for _, a := range first {
		args = append(args, strconv.Itoa(a))
	}
	switch p.from {
	case fromRoot:
		return fmt.Sprintf("%s(%s)", name, strings.Join(append(args, strconv.Itoa(p.place)), ", "))
	case fromCwd:
		args = append(args, "FROM_CWD")
	case fromFile:
		args = append(args, "FROM_FD")
	case fromTask:
		args = append(args, "FROM_TASK")
	default:
		panic(fmt.Sprintf("unhandled origin %d", p.from))
	}
	return fmt.Sprintf("%s_from(%s, %d, %d)", name, strings.Join(args, ", "), p.via, p.place)
}

// fsstress writes its iterations: each is a path walk, a file opened and closed, or the end. An
// iteration is the user's choice, and need not come, unless some wait waits for the task.
func (g *generator) fsstress(n *fsstress) {
	g.uses.status, g.uses.choice = true, true
	g.uses.rounds = max(g.uses.rounds, n.n)
	as := func(what string) mark { return mark{n.pos, n.text + ": " + what} }
	if n.n > 1 {
		g.open(n.mark, "for (i = 0; i < %d; i++) {", n.n)
	}
	optional := "optional "
	if g.current.awaited {
		optional = ""
	}
	g.line(as("what next"), "%sop = choose(3);", optional)
	g.open(as("a walk"), "if (op == 0) {")
	g.line(as("a walk"), "sys_stat(%d);", n.place)
	g.indent--
	g.open(as("open and close"), "} else if (op == 1) {")
	g.line(as("open"), "r = sys_open(%d, %d);", n.fd, n.place)
	g.open(as("close"), "if (r == OK)")
	g.line(as("close"), "sys_close(%d);", n.fd)
	g.indent--
	if n.n > 1 {
		g.indent--
		g.open(as("stop"), "} else {")
		g.line(as("stop"), "break;")
	}
	g.close(n.mark)
	if n.n > 1 {
		g.close(n.mark)
	}
}
