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
	errs  ErrorList
}

// generate writes the tasks of p in C. declareFailed says that the kernel model doesn't declare setup_failed itself.
func generate(sc *Scenario, p *program, declareFailed bool) *generated {
	g := &generator{out: &generated{}}
	g.header(sc, p)
	if declareFailed && len(p.tasks[0].setup) > 0 {
		g.line(mark{}, "bool setup_failed;")
		g.line(mark{}, "")
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

type generator struct {
	out     *generated
	b       strings.Builder
	indent  int
	current *task
	// inSetup: the statements of the set-up are being written.
	inSetup bool
	uses    locals
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
	// The declarations come first, and what they are is known only after the rest: write the rest twice.
	text, lines := g.b.String(), len(g.out.lines)
	g.taskText(t)
	g.b.Reset()
	g.b.WriteString(text)
	g.out.lines = g.out.lines[:lines]
	g.taskText(t)
}

func (g *generator) taskText(t *task) {
	name := t.name
	if len(t.copies) > 0 {
		name = t.base // their names are made of it
	}
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
	if t.job < 0 {
		g.inSetup = true
		for _, n := range t.setup {
			g.setup(n)
		}
		g.inSetup = false
		g.line(mark{t.at.pos, "# the set-up is done"}, "setup_done();")
	} else {
		g.line(mark{t.at.pos, "# " + name + " starts"}, "job_enter(%d);", t.job)
	}
	g.body(t.body)
	if n := len(t.body); n == 0 || !isExit(t.body[n-1]) {
		g.end(mark{t.end.pos, "# " + name + " ends"})
	}
	g.close(t.at)
}

func isExit(n node) bool { _, ok := n.(*exit); return ok }

// end writes the end of the task. The parent's wait returns only after the dying task has run its task work.
func (g *generator) end(at mark) {
	g.line(at, "exit_task();")
	if g.current.job >= 0 && len(g.current.copies) == 0 { // nobody waits for copies
		g.line(at, "job_exit(%d);", g.current.job)
	}
}

// body writes statements of the task's own level. An exec that fails ends the shell, so what follows one depends on it.
func (g *generator) body(nodes []node) {
	for i, n := range nodes {
		if c, ok := n.(*call); ok && c.fatal && i+1 < len(nodes) && !isExit(nodes[len(nodes)-1]) {
			g.uses.status = true
			g.line(c.mark, "r = %s;", c.invoke())
			g.open(c.mark, "if (r == OK) {")
			g.body(nodes[i+1:])
			g.close(c.mark)
			return
		}
		if e, ok := n.(*exit); ok {
			g.end(e.mark)
			return
		}
		g.stmt(n)
	}
}

// setup writes a statement of the set-up, which must succeed.
func (g *generator) setup(n node) {
	if l, ok := n.(*list); ok && len(l.nodes) > 0 {
		for _, m := range l.nodes {
			g.setup(m)
		}
		return
	}
	if s, ok := n.(*status); ok && s.unknown != "" {
		return
	}
	switch c := g.cond(n); c {
	case "true":
	case "false":
		g.line(n.where(), "setup_failed = true;")
	default:
		g.line(n.where(), "if (%s)", negate(c))
		g.indent++
		g.line(n.where(), "setup_failed = true;")
		g.indent--
	}
}

// invoke returns the call in C.
func (c *call) invoke() string {
	switch c.kind {
	case callMount:
		return fmt.Sprintf("sys_mount(%d, %d)", c.dev, c.path.place)
	case callUmount:
		return fmt.Sprintf("sys_umount(%d, %t)", c.path.place, c.lazy)
	case callMkfs:
		return fmt.Sprintf("sys_mkfs(%d)", c.dev)
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

// stmt writes n; nobody asks for its status.
func (g *generator) stmt(n node) {
	switch n := n.(type) {
	case *call:
		if !n.fatal {
			g.line(n.mark, "%s;", n.invoke())
			return
		}
		g.line(n.mark, "r = %s;", n.invoke())
		g.exitUnless(n.mark)
	case *status:
	case *exit:
		g.end(n.mark)
		g.line(n.mark, "return;")
	case *start:
		if n.task.copyOf == nil {
			g.line(n.mark, "job_start(%d);", n.task.job)
		}
	case *wait:
		for _, t := range n.tasks {
			g.line(n.mark, "job_wait(%d);", t.job)
		}
	case *fsstress:
		g.fsstress(n)
	case *list:
		for _, m := range n.nodes {
			g.stmt(m)
		}
	case *andOr:
		c := g.cond(n.x)
		if n.or {
			c = negate(c)
		}
		g.when(n.mark, c, func() { g.stmt(n.y) })
	case *not:
		g.stmt(n.x)
	case *ifElse:
		g.choose(n, func(m node) {
			if m != nil {
				g.stmt(m)
			}
		})
	case *loop:
		g.open(n.mark, "while (true) {")
		c := g.cond(n.cond)
		if !n.until {
			c = negate(c)
		}
		g.open(n.mark, "if (%s)", c)
		g.line(n.mark, "break;")
		g.indent--
		g.stmt(n.body)
		g.close(n.mark)
	case *redirect:
		g.uses.status = true
		g.line(n.mark, "r = %s;", n.path.invoke("sys_open", n.fd))
		g.open(n.mark, "if (r == OK) {")
		g.stmt(n.body)
		g.line(n.mark, "sys_close(%d);", n.fd)
		g.close(n.mark)
	default:
		panic(fmt.Sprintf("unhandled %T", n))
	}
}

// exitUnless ends the task if the last command failed.
func (g *generator) exitUnless(at mark) {
	g.uses.status = true
	g.open(at, "if (r != OK) {")
	g.end(at)
	g.line(at, "return;")
	g.close(at)
}

// when writes an if, or only what is inside where c is a constant.
func (g *generator) when(at mark, c string, inside func()) {
	switch c {
	case "true":
		inside()
	case "false":
	default:
		g.open(at, "if (%s) {", c)
		inside()
		g.close(at)
	}
}

// choose writes an if with f for its branches.
func (g *generator) choose(n *ifElse, f func(node)) {
	switch c := g.cond(n.cond); c {
	case "true":
		f(n.then)
	case "false":
		f(n.els)
	default:
		g.open(n.mark, "if (%s) {", c)
		f(n.then)
		g.indent--
		g.open(n.mark, "} else {")
		f(n.els)
		g.close(n.mark)
	}
}

// cond writes n and returns the condition, in C, that its status is zero.
func (g *generator) cond(n node) string {
	switch n := n.(type) {
	case *status:
		if n.unknown != "" {
			g.fail(n.mark, "its status is not known here: "+n.unknown)
		}
		if n.ok {
			return "true"
		}
		return "false"
	case *call:
		if n.kind == callClose {
			g.stmt(n)
			return "true"
		}
		if n.unknown != "" && !g.inSetup {
			g.fail(n.mark, "its status is not known here: "+n.unknown)
		}
		g.uses.status = true
		g.line(n.mark, "r = %s;", n.invoke())
		if n.fatal && !g.inSetup {
			g.exitUnless(n.mark)
			return "true"
		}
		return "r == OK"
	case *exit, *start, *fsstress:
		g.stmt(n)
		return "true"
	case *wait:
		if n.status {
			g.fail(n.mark, "the status of unshare is not followed: test what you need after it")
		}
		g.stmt(n)
		return "true"
	case *not:
		return negate(g.cond(n.x))
	case *list:
		for i, m := range n.nodes {
			if i == len(n.nodes)-1 {
				return g.cond(m)
			}
			g.stmt(m)
		}
		return "true"
	case *andOr:
		g.setStatus(n.x)
		g.open(n.mark, "if (r %s OK) {", map[bool]string{false: "==", true: "!="}[n.or])
		g.setStatus(n.y)
		g.close(n.mark)
		return "r == OK"
	case *ifElse:
		g.choose(n, func(m node) {
			if m == nil {
				m = &status{mark: n.mark, ok: true}
			}
			g.setStatus(m)
		})
		g.uses.status = true
		return "r == OK"
	case *loop:
		g.fail(n.mark, "the status of a loop is not followed: test what you need after it")
		g.stmt(n)
		return "true"
	case *redirect:
		g.uses.status = true
		g.line(n.mark, "r = %s;", n.path.invoke("sys_open", n.fd))
		g.open(n.mark, "if (r == OK) {")
		g.setStatus(n.body)
		g.line(n.mark, "sys_close(%d);", n.fd)
		g.close(n.mark)
		return "r == OK"
	}
	panic(fmt.Sprintf("unhandled %T", n))
}

// setStatus writes n and leaves its status in r.
func (g *generator) setStatus(n node) {
	g.uses.status = true
	switch c := g.cond(n); c {
	case "r == OK":
	case "true":
		g.line(n.where(), "r = OK;")
	case "false":
		g.line(n.where(), "r = EINVAL;")
	case "r != OK":
		g.line(n.where(), "if (r == OK)")
		g.line(n.where(), "\tr = EINVAL;")
		g.line(n.where(), "else")
		g.line(n.where(), "\tr = OK;")
	default:
		panic("scenario: unhandled condition " + c)
	}
}

func negate(c string) string {
	switch c {
	case "true":
		return "false"
	case "false":
		return "true"
	case "r == OK":
		return "r != OK"
	case "r != OK":
		return "r == OK"
	}
	panic("scenario: unhandled condition " + c)
}

// fsstress writes its iterations: each is a path walk, a file opened and closed, or the end. An iteration is the user's choice, and need
// not come, unless some wait waits for the task.
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

// fail reports what has no C.
func (g *generator) fail(at mark, msg string) {
	for _, e := range g.out.errs {
		if e.Pos == at.pos && e.Msg == msg {
			return
		}
	}
	g.out.errs = append(g.out.errs, &Error{Pos: at.pos, Text: at.text, Msg: msg})
}
