package scenario

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"mvdan.cc/sh/v3/syntax"
)

// mayStart reports that st can't start a task here.
func (l *lowerer) mayStart(s *shell, st *syntax.Stmt) bool {
	msg := ""
	switch {
	case s.setup:
		msg = "a task can't start in the set-up, before #mcheck run"
	case s.namespace:
		msg = "a mount namespace has one task here: no other can start in it"
	case l.starts[st] >= maxJobs:
		msg = fmt.Sprintf("starts more than %d tasks: the kernel model has no room for more, and a loop around it needs a bound", maxJobs)
	default:
		l.starts[st]++
		return true
	}
	l.fail(st.Pos(), l.source(st), msg, nil)
	return false
}

// newTask adds the task that starts at at, without a name yet.
func (l *lowerer) newTask(at mark) *task {
	t := &task{job: len(l.p.tasks) - 1, at: at, end: at}
	l.p.tasks, l.bases = append(l.p.tasks, t), append(l.bases, "")
	return t
}

// child returns what a task knows that is started in the state s, and notes what it inherits: each
// open file and the working directory.
func (l *lowerer) child(s *shell, t *task) *shell {
	c := s.clone()
	c.task, c.jobs, c.outer, c.piped, c.status, c.trap = t, nil, nil, false, result{}, nil
	for _, fd := range slices.Sorted(maps.Keys(s.open)) {
		from := s.task.fd(fdKey(fd, false))
		t.inherits = append(t.inherits, inherited{from, t.fd(fdKey(fd, false))})
	}
	t.inheritsCwd = s.cwd != ""
	return c
}

// name names the task that st starts, whose blocks are there.
func (l *lowerer) name(st *syntax.Stmt, t *task) string {
	base := l.names[st]
	if base == "" {
		base = baseName(t)
	}
	l.bases[slices.Index(l.p.tasks, t)] = base
	return base
}

// background resolves `stmt &`.
func (l *lowerer) background(s *shell, st *syntax.Stmt) node {
	if !l.mayStart(s, st) {
		return nil
	}
	inner := *st
	inner.Background, inner.Semicolon = false, syntax.Pos{}
	var started []node
	copies := 1
	first := len(l.p.tasks)
	for i := 0; i < copies; i++ {
		slot := len(l.p.tasks)
		t := l.newTask(l.mark(&inner))
		l.taskProgram(l.child(s, t), &inner)
		base := l.name(st, t)
		l.copies[base] = true
		if i == 0 {
			if v, ok := l.settings[base+"s"]; ok {
				copies, _ = strconv.Atoi(v) // settingOK has seen it
			}
			if copies == 0 {
				// Tasks that it would have started go with it.
				l.p.tasks, l.bases = l.p.tasks[:slot], l.bases[:slot]
				return nil
			}
		}
		if len(l.p.tasks) > 4*maxJobs {
			break // reported as too many
		}
		s.jobs = append(s.jobs, t)
		s.env["!"] = pid(t.job)
		started = append(started, &start{l.mark(st), t})
	}
	if len(started) == 1 {
		return started[0]
	}
	if tasks := s.jobs[len(s.jobs)-len(started):]; len(l.p.tasks) == first+len(tasks) { // they start no tasks of their own
		l.groups = append(l.groups, slices.Clone(tasks))
	}
	return &list{l.mark(st), started}
}

// taskProgram makes the program of what stands before the &; a ( ) or { } there is the task's own
// shell.
func (l *lowerer) taskProgram(s *shell, st *syntax.Stmt) {
	if c := unshares(st); c != nil && !st.Negated && l.nullOnly(s, st) {
		l.namespaceProgram(s, st, c)
		return
	}
	stmts := []*syntax.Stmt{st}
	if !st.Negated && len(st.Redirs) == 0 {
		switch c := st.Cmd.(type) {
		case *syntax.Subshell:
			stmts = c.Stmts
		case *syntax.Block:
			stmts = c.Stmts
		}
	}
	l.program(s.task, s, func(m *machine) *frame { return m.seq(stmts, nil) })
}

// foreground resolves a shell that must be a task, for which this one waits.
func (l *lowerer) foreground(s *shell, at mark, stmts []*syntax.Stmt) node {
	if !l.mayStart(s, stmts[0]) {
		return nil
	}
	t := l.newTask(at)
	t.awaited = true
	l.program(t, l.child(s, t), func(m *machine) *frame { return m.seq(stmts, nil) })
	l.name(stmts[0], t)
	return &list{at, []node{&start{at, t}, &wait{at, []*task{t}, true}}}
}

// baseName names a task after the first thing that it does; to open a file for a command, and to go
// to a directory, say the least.
func baseName(t *task) string {
	weak := "task"
	for _, b := range t.order() {
		for _, n := range b.do {
			name := ""
			switch n := n.(type) {
			case *fsstress:
				name = "fsstress"
			case *call:
				name = callNames[n.kind]
				if n.kind == callChdir || n.kind == callOpen && n.redirected {
					if weak == "task" {
						weak = name
					}
					name = ""
				}
			}
			if name != "" {
				return name
			}
		}
	}
	return weak
}

var callNames = map[callKind]string{callMount: "mounter", callUmount: "umount", callMkfs: "mkfs", callStat: "walker", callOpen: "opener", callClose: "opener",
	callDup: "opener", callUnshare: "unshare", callModprobe: "module", callRmmod: "module", callChdir: "cd", callRemount: "remount", callMounted: "walker",
	callMountpoint: "walker", callLoopClear: "losetup", callLoopSet: "losetup", callKill: "kill", callFuser: "fuser", callJobStatus: ""}

// order returns the blocks that t can come to: each before those behind it, but for loops.
func (t *task) order() []*block {
	var out []*block
	seen := map[*block]bool{}
	var visit func(b *block)
	visit = func(b *block) {
		if b == nil || seen[b] {
			return
		}
		seen[b] = true
		visit(b.fail)
		visit(b.next)
		out = append(out, b)
	}
	if t.killable {
		visit(t.finish) // it may come from anywhere
	}
	visit(t.entry)
	slices.Reverse(out)
	return out
}

// checkLoops reports tasks that start in a loop: as often as it goes round.
func (l *lowerer) checkLoops(t *task) {
	for _, b := range t.order() {
		for _, n := range b.do {
			if s, ok := n.(*start); ok && reaches(b.next, b) || ok && reaches(b.fail, b) {
				l.failAt(s.mark, "a task can't start in a loop without a bound: as many would start as it has rounds")
			}
		}
	}
}

// reaches reports whether one can come from a to b.
func reaches(a, b *block) bool {
	seen := map[*block]bool{}
	var visit func(c *block) bool
	visit = func(c *block) bool {
		if c == nil || seen[c] {
			return false
		}
		seen[c] = true
		return c == b || visit(c.next) || visit(c.fail)
	}
	return visit(a)
}

// findMust notes the commands that must succeed: by a directive, by what stands behind them (||
// bug), and the bugs themselves.
func (l *lowerer) findMust() {
	l.bugs = map[*syntax.CallExpr]*must{}
	names := map[string]int{}
	add := func(st syntax.Node, told bool, format string) *must {
		name := fmt.Sprintf(format, st.Pos().Line())
		if names[name]++; names[name] > 1 {
			name += "_" + strconv.Itoa(names[name])
		}
		m := &must{mark: l.mark(st), name: name, told: told}
		l.p.musts = append(l.p.musts, m)
		return m
	}
	var all []*syntax.Stmt
	l.script.walk(func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Stmt:
			all = append(all, n)
		case *syntax.BinaryCmd:
			if c, ok := n.Y.Cmd.(*syntax.CallExpr); ok && n.Op == syntax.OrStmt && l.isBug(c) {
				m := add(n.X, true, "line_%d_succeeds")
				l.must[n.X], l.bugs[c] = m, m
			}
		case *syntax.CallExpr:
			if l.isBug(n) && l.bugs[n] == nil {
				l.bugs[n] = add(n, true, "no_bug_line_%d")
			}
		}
		return true
	})
	for _, d := range l.reader.musts {
		var found *syntax.Stmt
		for _, st := range all {
			if end := st.End(); end.Line() == d.pos.Line() && end.Offset() <= d.pos.Offset() && (found == nil || end.After(found.End())) {
				found = st
			}
		}
		for _, st := range all {
			if found == nil && st.Pos().After(d.pos) {
				found = st
			}
		}
		if found == nil || l.must[found] != nil || found.Background {
			l.fail(d.pos, d.text, "there is no command in the foreground that it could be about", nil)
			continue
		}
		l.must[found] = add(found, false, "line_%d_succeeds")
	}
}

func (l *lowerer) isBug(c *syntax.CallExpr) bool {
	return len(c.Args) > 0 && c.Args[0].Lit() == "bug" && l.functions["bug"] == nil
}

// checkMust is behind a command that must succeed.
func (m *machine) checkMust(k *frame) {
	must := m.must[k.cmd.(*syntax.Stmt)]
	r := m.s.status
	if r.kind == unknown {
		m.failAt(k.mark(m), "its status is not known here: "+r.why)
		return
	}
	m.ask()
	must.checked = true
	m.add(&mustCheck{k.mark(m), must, r})
}
