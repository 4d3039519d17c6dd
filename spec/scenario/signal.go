package scenario

import (
	"slices"
	"strings"
)

// Signals, by number and by name without SIG. What they do to a task that has no handler.
var (
	fatalSignals = strings.Fields("1 9 15 6 10 12 13 14 HUP KILL TERM ABRT USR1 USR2 PIPE ALRM")
	// of a task in the background, INT and QUIT
	ignoredSignals = strings.Fields("2 3 17 28 INT QUIT CHLD WINCH")
)

// kill resolves kill(1).
func (l *lowerer) kill(o *operands) node {
	signal := "TERM"
	for len(o.words) > 0 && strings.HasPrefix(o.words[0], "-") {
		w := o.words[0]
		o.words, o.nodes = o.words[1:], o.nodes[1:]
		if w == "--" {
			break
		}
		if (w == "-s" || w == "-n") && len(o.words) > 0 {
			w = "-" + o.words[0]
			o.words, o.nodes = o.words[1:], o.nodes[1:]
		}
		signal = strings.TrimPrefix(strings.ToUpper(w[1:]), "SIG")
	}
	var targets []*task
	for i, w := range o.words {
		t, ok := l.jobOf(o, i, w)
		if !ok {
			return nil
		}
		targets = append(targets, t)
	}
	switch {
	case len(targets) == 0:
		return l.usage(o)
	case signal == "0":
		return &status{mark: o.at, ok: true, unknown: "whether the task is still there"}
	case slices.Contains(ignoredSignals, signal):
		l.note(o.call, "a task in the background ignores this signal")
		return &status{mark: o.at, ok: true}
	case !slices.Contains(fatalSignals, signal):
		l.fail(o.call.Pos(), o.at.text, "only signals that end a task are understood: TERM, KILL, HUP", nil)
		return nil
	}
	var all []node
	for _, t := range targets {
		t.killable = true
		all = append(all, &call{mark: o.at, kind: callKill, dev: t.job})
	}
	if len(all) == 1 {
		return all[0]
	}
	return &list{o.at, all}
}

// fuser resolves fuser -km PLACE.
func (l *lowerer) fuser(o *operands) node {
	opts, ok := l.getopt(o, "k,kill m,mount M,ismountpoint v,verbose i,interactive s,silent u,user w c 9 KILL SIGKILL TERM HUP")
	if !ok {
		return nil
	}
	if len(o.words) != 1 {
		return l.usage(o)
	}
	_, kills := opts["k"]
	_, mount := opts["m"]
	if !mount {
		if _, mount = opts["c"]; !mount {
			l.fail(o.call.Pos(), o.at.text, "who has which file open is not followed, only who uses a mount: fuser -km PLACE", nil)
			return nil
		}
	}
	place, _, ok := l.umountOperand(o.nodes[0], o.words[0])
	if !ok {
		return nil
	}
	if !kills {
		return &list{o.at, []node{&call{mark: o.at, kind: callStat, path: target{place: place}}, &status{mark: o.at, ok: true, unknown: "whether somebody uses it"}}}
	}
	if o.sh.task.job < 0 && (len(o.sh.open) > 0 || o.sh.cwd != "") {
		l.fail(o.call.Pos(), o.at.text, "this may kill the script itself, which has a file open or its working directory on a mount", nil)
		return nil
	}
	l.killsAll = true
	return &call{mark: o.at, kind: callFuser, path: target{place: place}, unknown: "whether somebody used it"}
}

// sleep resolves sleep(1), and tail -f, which ends no sooner.
func (l *lowerer) sleep(o *operands) node {
	l.note(o.call, "takes any time: what can happen meanwhile is explored")
	forever := slices.ContainsFunc(o.words, func(w string) bool { return strings.HasPrefix(w, "inf") })
	return &standStill{mark: o.at, forever: forever}
}

// tailFollow resolves tail -f FILE.
func (l *lowerer) tailFollow(o *operands) node {
	for i, w := range o.words {
		if strings.HasPrefix(w, "-") || !l.reaches(o.sh, w) {
			continue
		}
		p, ok := l.path(o.sh, o.nodes[i], w)
		if !ok {
			return nil
		}
		return &redirect{o.at, o.sh.task.fd("a file of tail"), p, &standStill{mark: o.at, forever: true}}
	}
	return &standStill{mark: o.at, forever: true}
}

// flock resolves flock(1): the file is open while the command runs. Who has the lock is not
// followed.
func (l *lowerer) flock(o *operands, redirected bool) node {
	for len(o.words) > 0 && strings.HasPrefix(o.words[0], "-") {
		o.words, o.nodes = o.words[1:], o.nodes[1:]
	}
	switch len(o.words) {
	case 0:
		return l.usage(o)
	case 1:
		l.note(o.call, "a lock on a file: no effect on mounts")
		return &status{mark: o.at, ok: true}
	}
	file, at := o.words[0], o.nodes[0]
	inner := *o
	inner.name, inner.words, inner.nodes = o.words[1], o.words[2:], o.nodes[2:]
	if inner.name == "-c" || isShell(inner.name) {
		return l.usage(o)
	}
	n := l.dispatch(&inner, redirected)
	if n == nil || !l.reaches(o.sh, file) {
		return n
	}
	p, ok := l.path(o.sh, at, file)
	if !ok {
		return nil
	}
	return &redirect{o.at, o.sh.task.fd("a file of flock"), p, n}
}

// atEnd reports whether nothing but the end of the task is behind k. A shell lets its last command
// take its place.
func atEnd(k *frame) bool {
	for ; k != nil; k = k.next {
		switch k.kind {
		case frameClose, frameOpened, frameRedirs, frameSubshell, frameFunction, frameCheck, frameMust, frameStatus:
		case frameNodes:
			if k.n < len(k.nodes[0].(*list).nodes) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// checkSignals reports what can't be followed in a task that may be killed, and leaves out the
// commands that only stand still where that makes no difference.
func (l *lowerer) checkSignals(t *task) {
	if l.killsAll && t.job >= 0 {
		t.killable = true
	}
	if t.killable && len(l.hangs) > 0 {
		l.failAt(t.at, "a task that may be killed, and a file system that hangs, can't be followed together")
	}
	for _, b := range t.blocks {
		b.do = slices.DeleteFunc(b.do, func(n node) bool {
			s, ok := n.(*standStill)
			return ok && (!s.last && !t.killable || s.last && !s.forever && t.awaited)
		})
		for _, n := range b.do {
			if c, ok := n.(*call); ok && t.killable && c.forked && c.redirected {
				l.failAt(c.mark, "the redirection of a command in a task that may be killed is not followed: open the file with exec, or make the command the last one")
			}
		}
	}
}

// markStatuses notes which tasks are asked for their status, and leaves out what nobody asks for.
func (l *lowerer) markStatuses() {
	each := func(f func(t *task, n node) bool) {
		for _, t := range l.p.tasks {
			for _, b := range t.blocks {
				b.do = slices.DeleteFunc(b.do, func(n node) bool { return f(t, n) })
			}
		}
	}
	// What asks for a status may itself be the status of a task.
	for changed := true; changed; {
		changed = false
		each(func(t *task, n node) bool {
			switch n := n.(type) {
			case *call:
				if n.kind == callJobStatus && n.used && !n.waits.statusAsked {
					n.waits.statusAsked, changed = true, true
				}
			case *jobResult:
				if t.statusAsked && n.result.kind == asked && n.call != nil && !n.call.used {
					n.call.used, changed = true, true
				}
			}
			return false
		})
	}
	each(func(t *task, n node) bool {
		switch n := n.(type) {
		case *call:
			return n.kind == callJobStatus && !n.used
		case *jobResult:
			if t.statusAsked && n.result.kind == unknown {
				l.failAt(n.mark, "its status is asked for, and not known here: "+n.result.why)
			}
			return !t.statusAsked || n.result.kind == known && n.result.code == 0
		}
		return false
	})
}

// markLoops notes which calls are on loop devices that some command clears.
func (l *lowerer) markLoops() {
	cleared := map[int]bool{}
	each := func(f func(c *call)) {
		for _, t := range l.p.tasks {
			for _, b := range t.blocks {
				for _, n := range b.do {
					if c, ok := n.(*call); ok {
						f(c)
					}
				}
			}
		}
	}
	each(func(c *call) {
		if c.kind == callLoopClear {
			cleared[c.dev] = true
		}
	})
	each(func(c *call) { c.loop = cleared[c.dev] && (c.kind == callMount || c.kind == callMkfs) })
}

// signals returns whether any task may be killed.
func (p *program) signals() bool {
	return slices.ContainsFunc(p.tasks, func(t *task) bool { return t.killable })
}

// fork writes how the job of t gets what its shell has.
func (g *generator) fork(at mark, t *task) {
	for _, f := range t.inherits {
		g.line(at, "job_fork_fd(%d, %d, %d);", t.job, f.from, f.to)
	}
	if t.inheritsCwd {
		g.line(at, "job_fork_pwd(%d);", t.job)
	}
}

// forked writes what the job of t does first.
func (g *generator) forked(t *task) {
	for _, f := range t.inherits {
		g.line(t.at, "job_has_fd(%d, %d);", t.job, f.to)
	}
	if t.inheritsCwd {
		g.line(t.at, "job_has_pwd(%d);", t.job)
	}
	g.killPoint(t.at)
}

// killPoint writes that the task ends here if a signal has come.
func (g *generator) killPoint(at mark) {
	if t := g.current; t.killable {
		g.open(at, "if (job_killed[%d])%s", t.job, map[bool]string{true: " {"}[t.statusAsked])
		if t.statusAsked {
			g.line(at, "job_failed[%d] = true;", t.job)
		}
		g.line(at, "goto %s;", g.labelOf(t.finish))
		g.indent--
		if t.statusAsked {
			g.line(at, "}")
		}
	}
}

// call writes a system call.
func (g *generator) call(c *call) {
	t := g.current
	invoke := c.invoke() + ";"
	if c.used {
		g.uses.status = true
		invoke = "r = " + invoke
	}
	if !t.killable || c.last && !t.statusAsked {
		g.line(c.mark, "%s", invoke)
		return
	}
	if c.forked {
		g.line(c.mark, "job_command(%d);", t.job)
	}
	g.line(c.mark, "%s", invoke)
	if c.forked {
		g.line(c.mark, "job_commanded(%d);", t.job)
	}
	g.killPoint(c.mark)
}

// standStill writes a command that takes any time.
func (g *generator) standStill(n *standStill) {
	t := g.current
	switch {
	case !n.last:
		g.line(n.mark, "job_command(%d);", t.job)
		g.line(n.mark, "job_commanded(%d);", t.job)
		g.killPoint(n.mark)
	case n.forever:
		g.line(n.mark, "stand_still(%d);", t.job)
	default:
		g.uses.choice = true
		g.line(mark{n.pos, n.text + ": ends, or goes on"}, "op = choose(2);")
		g.line(n.mark, "if (op == 1)")
		g.line(n.mark, "\tstand_still(%d);", t.job)
	}
	if n.last && t.statusAsked {
		g.killPoint(n.mark)
	}
}
