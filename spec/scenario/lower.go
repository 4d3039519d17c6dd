package scenario

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Sizes of the types that carry these numbers in the kernel model's interface.
const (
	maxDevices = 4
	maxPlaces  = 4
	maxFDs     = 3
	maxJobs    = 8
)

// maxCommands bounds what a script may unroll to.
const maxCommands = 1000

var shellUnderstood = []string{
	"commands: " + usages(),
	"commands without an effect on mounts: " + strings.Join(slices.Sorted(maps.Keys(harmlessCommands)), " "),
	"combined by: ; && || ! ( ) { } if while until for &, redirections cmd </PLACE/FILE, VAR=text and $VAR",
}

func usages() string {
	var out []string
	for _, u := range commandUsages {
		out = append(out, u.usage)
	}
	return strings.Join(out, "; ")
}

// lowerer resolves the statements of a script.
type lowerer struct {
	*reader
	script   *script
	p        *program
	settings map[string]string
	units    map[*syntax.Stmt]int
	dropped  map[int]bool
	names    map[*syntax.Stmt]string // from #mcheck task
	copies   map[string]bool         // base names of the tasks there are
	bases    []string                // of p.tasks
	count    int                     // of statements resolved
	groups   [][]*task               // copies of one statement each
	// discovers: this is the pass that finds the mount places. placeAt holds where each stands first.
	discovers bool
	placeAt   map[string]syntax.Pos
	mounts    []mountedAt        // what the commands up to here may have mounted
	mounted   map[int]syntax.Pos // places where the first namespace may have a mount by now, and the command
}

// shell is the state of one shell while its statements are resolved in order.
type shell struct {
	task *task
	env  map[string]string
	open map[int]bool // shell fds that exec may have opened
	cwd  string       // the working directory, "" outside of the mount places
	jobs []*task      // started and not waited for
	// conditional: this may not be reached. nested: inside a foreground ( ). setup: before the scenario runs. looping: in a while or
	// until loop. namespace: in a mount namespace of its own.
	conditional, nested, setup, looping, namespace bool
	// errexit: set -e. tested: the status of this is asked for, so -e leaves it alone.
	errexit, tested bool
	piped           bool // a part of a pipe
}

// lower resolves a script under the settings, leaving out the dropped units. What is wrong is added to r.errs.
//
// The mount places are the operands of mount and umount. A path before them must resolve too, so a first pass over the script
// finds them.
func lower(r *reader, s *script, settings map[string]string, dropped map[int]bool) *program {
	known := len(r.errs)
	first := &lowerer{reader: r, script: s, settings: settings, dropped: dropped, discovers: true, p: &program{}, placeAt: map[string]syntax.Pos{}}
	first.lower()
	r.errs = r.errs[:known]
	l := &lowerer{reader: r, script: s, settings: settings, dropped: dropped, p: &program{places: first.p.places}, placeAt: first.placeAt}
	l.nestPlaces()
	l.lower()
	return l.p
}

// lower resolves the script into l.p.
func (l *lowerer) lower() {
	l.p.hung, l.p.anon = -1, -1
	l.units = units(l.script)
	l.names = map[*syntax.Stmt]string{}
	l.copies = map[string]bool{}
	l.mounted = map[int]syntax.Pos{}
	file := l.script.file
	l.nameTasks()
	main := &task{name: "main", job: -1}
	l.p.tasks, l.bases = []*task{main}, []string{"main"}
	sh := &shell{task: main, env: map[string]string{}, open: map[int]bool{}}
	n := l.setupEnd(file)
	sh.setup = true
	main.setup = l.stmts(sh, file.Stmts[:n])
	sh.setup = false
	main.body = l.stmts(sh, file.Stmts[n:])
	if n < len(file.Stmts) {
		main.at, main.end = l.mark(file.Stmts[n]), l.mark(file.Stmts[len(file.Stmts)-1])
	}
	l.numberTasks()
	l.checkSettings()
	l.checkHangs()
	if len(l.errs) > 0 {
		return // may be why there are too many
	}
	l.limit("devices", len(l.p.devices), maxDevices)
	l.limit("mount places", len(l.p.places), maxPlaces)
	for _, t := range l.p.tasks {
		l.limit("open files of one task", len(t.fds), maxFDs)
	}
	l.limit("background tasks", len(l.p.tasks)-1, maxJobs)
}

func (l *lowerer) limit(what string, n, most int) {
	if n > most {
		l.fail(syntax.NewPos(0, 1, 1), "", fmt.Sprintf("%d %s; the kernel model has room for %d", n, what, most), nil)
	}
}

// units numbers what a minimality test can leave out: simple commands and background statements, in the order of the text.
func units(s *script) map[*syntax.Stmt]int {
	out := map[*syntax.Stmt]int{}
	s.walk(func(n syntax.Node) bool {
		if st, ok := n.(*syntax.Stmt); ok {
			if c, ok := st.Cmd.(*syntax.CallExpr); st.Background || st.Cmd == nil || ok && len(c.Args) > 0 {
				out[st] = len(out)
			}
		}
		return true
	})
	return out
}

// nameTasks resolves the #mcheck task directives: each names the statement that ends before it on its line, or the next one.
func (l *lowerer) nameTasks() {
	var bg []*syntax.Stmt
	syntax.Walk(l.script.file, func(n syntax.Node) bool {
		if st, ok := n.(*syntax.Stmt); ok && (st.Background || unshares(st) != nil) {
			bg = append(bg, st)
		}
		return true
	})
	for _, d := range l.reader.names {
		var found *syntax.Stmt
		for _, st := range bg {
			if end := st.End(); end.Line() == d.pos.Line() && end.Offset() <= d.pos.Offset() && (found == nil || end.After(found.End())) {
				found = st
			}
		}
		for _, st := range bg {
			if found == nil && st.Pos().After(d.pos) {
				found = st
			}
		}
		if found == nil || l.names[found] != "" {
			l.fail(d.pos, d.text, "there is no `&` or unshare that it could name", nil)
			continue
		}
		l.names[found] = d.text
	}
}

// setupEnd returns how many of the statements are set-up: those before #mcheck run, else those before the first that starts a task.
func (l *lowerer) setupEnd(file *syntax.File) int {
	if len(l.run) > 0 {
		at := l.run[0].pos
		for i, st := range file.Stmts {
			if st.Pos().After(at) {
				return i
			}
			if st.End().After(at) {
				l.fail(at, l.run[0].text, "the set-up can't end inside a command", nil)
				return i
			}
		}
		return len(file.Stmts)
	}
	for i, st := range file.Stmts {
		starts := false
		syntax.Walk(st, func(n syntax.Node) bool {
			if s, ok := n.(*syntax.Stmt); ok {
				starts = starts || s.Background || unshares(s) != nil
			}
			return true
		})
		if starts {
			return i
		}
	}
	l.fail(syntax.NewPos(0, 1, 1), "", "nothing to check: no #mcheck run, & or unshare says where the set-up ends", directivesUnderstood[:1])
	return len(file.Stmts)
}

// checkSettings reports settings that change nothing.
func (l *lowerer) checkSettings() {
	for _, key := range slices.Sorted(maps.Keys(l.settings)) {
		if key == "cpus" || key == "workers" || slices.Contains(flags, key) || sizeRE.MatchString(key) || l.copies[strings.TrimSuffix(key, "s")] && strings.HasSuffix(key, "s") {
			continue
		}
		known := []string{"cpus=N", "migrate", "kmalloc-fails", "workers=N", "SIZE=N of the kernel model, in capitals"}
		for _, name := range slices.Sorted(maps.Keys(l.copies)) {
			known = append(known, name+"s=N")
		}
		l.errs = append(l.errs, &Error{l.sc.settingPos(key, l.settings[key]), key + "=" + l.settings[key], "an unknown setting", known})
	}
}

// checkHangs numbers the device whose file system hangs.
func (l *lowerer) checkHangs() {
	for _, h := range l.hangs {
		if l.p.hung = slices.Index(l.p.devices, h.text); l.p.hung < 0 {
			l.fail(h.pos, h.text, "the script does not use this device", l.p.devices)
		}
	}
}

// numberTasks gives tasks of one name numbers.
func (l *lowerer) numberTasks() {
	count := map[string]int{}
	for _, b := range l.bases {
		count[b]++
	}
	next := map[string]int{}
	for i, t := range l.p.tasks {
		b := l.bases[i]
		if t.base = b; count[b] > 1 {
			next[b]++
			t.name = b + strconv.Itoa(next[b])
		} else {
			t.name = b
		}
	}
	l.mergeCopies(count)
}

func (l *lowerer) mark(n syntax.Node) mark { return mark{l.pos(n.Pos()), l.source(n)} }

func (l *lowerer) refuse(n syntax.Node, msg string) {
	l.fail(n.Pos(), l.source(n), msg, shellUnderstood)
}

func (l *lowerer) stmts(sh *shell, stmts []*syntax.Stmt) []node {
	var out []node
	for i, st := range stmts {
		n := l.stmt(sh, st)
		if n == nil {
			continue
		}
		if b, ok := n.(*list); ok {
			out = append(out, b.nodes...)
		} else {
			out = append(out, n)
		}
		if len(out) == 0 {
			continue
		}
		if _, ok := out[len(out)-1].(*exit); ok && i+1 < len(stmts) {
			l.fail(stmts[i+1].Pos(), l.source(stmts[i+1]), "never runs: it stands behind exit", nil)
			break
		}
	}
	return out
}

func (l *lowerer) block(sh *shell, at syntax.Node, stmts []*syntax.Stmt) node {
	ns := l.stmts(sh, stmts)
	if len(ns) == 1 {
		return ns[0]
	}
	return &list{l.mark(at), ns}
}

// stmt resolves a statement. It returns nil for one that does nothing, and after an error.
func (l *lowerer) stmt(sh *shell, st *syntax.Stmt) node {
	if u, ok := l.units[st]; ok && l.dropped[u] {
		return &status{mark: l.mark(st), ok: true}
	}
	if l.count++; l.count > maxCommands {
		if l.count == maxCommands+1 {
			l.fail(st.Pos(), l.source(st), fmt.Sprintf("the script unrolls to more than %d commands", maxCommands), nil)
		}
		return nil
	}
	switch {
	case st.Coprocess || st.Disown:
		l.refuse(st, "not understood")
		return nil
	case st.Background:
		return l.background(sh, st)
	}
	outer := sh.tested
	sh.tested = sh.tested || st.Negated
	n := l.redirected(sh, st)
	sh.tested = outer
	if st.Negated && n != nil {
		return &not{l.mark(st), n}
	}
	return l.errexit(sh, st, n)
}

// errexit ends the shell behind a simple command that fails, under set -e and where nothing asks for its status.
func (l *lowerer) errexit(sh *shell, st *syntax.Stmt, n node) node {
	if c, ok := n.(*call); !sh.errexit || sh.tested || sh.setup || n == nil || ok && (c.fatal || c.unknown != "") {
		return n
	}
	switch st.Cmd.(type) {
	case *syntax.CallExpr, *syntax.Subshell:
	default:
		return n // what is in it has been seen to
	}
	switch n := n.(type) {
	case *status:
		if n.ok || n.unknown != "" {
			return n
		}
	case *start, *wait, *exit:
		return n
	}
	if sh.nested {
		l.fail(st.Pos(), l.source(st), "set -e ends a ( ) in the foreground here, which is not followed", nil)
		return nil
	}
	return &andOr{l.mark(st), true, n, &exit{l.mark(st)}}
}

// tested resolves what has its status asked for.
func (l *lowerer) tested(sh *shell, f func() node) node {
	outer := sh.tested
	sh.tested = true
	defer func() { sh.tested = outer }()
	return f()
}

// mayStart reports that st can't start a task here; what is the & or the command that starts it.
func (l *lowerer) mayStart(sh *shell, st *syntax.Stmt, what string) bool {
	msg := ""
	switch {
	case sh.setup:
		msg = "a task can't start in the set-up, before #mcheck run"
	case sh.conditional:
		msg = "a task must start in any case: " + what + " can't stand in a loop, an if, behind && or behind ||"
	case sh.nested:
		msg = "a task can't start inside a ( ) in the foreground"
	case sh.namespace:
		msg = "a mount namespace has one task here: no other can start in it"
	case sh.cwd != "":
		msg = "the task would inherit the working directory " + sh.cwd + ": cd / first, or cd after this"
	case len(sh.open) > 0:
		fd := slices.Sorted(maps.Keys(sh.open))[0]
		msg = fmt.Sprintf("the task would inherit file descriptor %d: close it first (exec %d<&-), or open it after this", fd, fd)
	default:
		return true
	}
	l.fail(st.Pos(), l.source(st), msg, nil)
	return false
}

// newTask adds the task that st starts, without a name yet.
func (l *lowerer) newTask(st *syntax.Stmt) *task {
	t := &task{job: len(l.p.tasks) - 1, at: l.mark(st), end: l.mark(st)}
	l.p.tasks, l.bases = append(l.p.tasks, t), append(l.bases, "")
	return t
}

// baseOf returns the name of the task that st starts, without a number.
func (l *lowerer) baseOf(st *syntax.Stmt, t *task) string {
	if name := l.names[st]; name != "" {
		return name
	}
	return baseName(t.body)
}

// background resolves `stmt &`.
func (l *lowerer) background(sh *shell, st *syntax.Stmt) node {
	if !l.mayStart(sh, st, "&") {
		return nil
	}
	inner := *st
	inner.Background, inner.Semicolon = false, syntax.Pos{}
	out := &list{mark: l.mark(st)}
	copies := 1
	first := len(l.p.tasks)
	for i := 0; i < copies; i++ {
		slot := len(l.p.tasks)
		t := l.newTask(&inner)
		child := &shell{task: t, env: maps.Clone(sh.env), open: map[int]bool{}, errexit: sh.errexit}
		t.body = l.taskBody(child, &inner)
		base := l.baseOf(st, t)
		l.bases[slot] = base
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
		sh.jobs = append(sh.jobs, t)
		sh.env["!"] = pid(t.job)
		out.nodes = append(out.nodes, &start{l.mark(st), t})
	}
	if len(out.nodes) == 1 {
		return out.nodes[0]
	}
	if started := sh.jobs[len(sh.jobs)-len(out.nodes):]; len(l.p.tasks) == first+len(started) { // they start no tasks of their own
		l.groups = append(l.groups, slices.Clone(started))
	}
	return out
}

// taskBody resolves what stands before the &; a ( ) or { } there is the task's own shell.
func (l *lowerer) taskBody(sh *shell, st *syntax.Stmt) []node {
	if c := unshares(st); c != nil && !st.Negated && l.nullOnly(sh, st) {
		return l.namespaceBody(sh, st, c)
	}
	if !st.Negated && len(st.Redirs) == 0 {
		switch c := st.Cmd.(type) {
		case *syntax.Subshell:
			return l.stmts(sh, c.Stmts)
		case *syntax.Block:
			return l.stmts(sh, c.Stmts)
		}
	}
	return l.stmts(sh, []*syntax.Stmt{st})
}

// baseName names a task after its first command.
func baseName(body []node) string {
	for i, n := range body {
		switch n := n.(type) {
		case *call:
			switch n.kind {
			case callMount:
				return "mounter"
			case callUmount:
				return "umount"
			case callMkfs:
				return "mkfs"
			case callStat:
				return "walker"
			case callOpen, callClose, callDup:
				return "opener"
			case callUnshare:
				return "unshare"
			case callRemount:
				return "remount"
			case callMounted, callMountpoint:
				return "walker"
			case callLoopClear, callLoopSet:
				return "losetup"
			case callModprobe, callRmmod:
				return "module"
			case callChdir: // what it does there says more
				if name := baseName(body[i+1:]); name != "task" {
					return name
				}
				return "cd"
			default:
				panic(fmt.Sprintf("unhandled call %d", n.kind))
			}
		case *fsstress:
			return "fsstress"
		case *redirect:
			if name := baseName([]node{n.body}); name != "task" {
				return name
			}
			return "opener"
		case *list:
			if name := baseName(n.nodes); name != "task" {
				return name
			}
		case *andOr:
			return baseName([]node{n.x, n.y})
		case *not:
			return baseName([]node{n.x})
		case *ifElse:
			return baseName([]node{n.cond, n.then})
		case *loop:
			return baseName([]node{n.cond, n.body})
		case *status, *exit, *start, *wait, nil:
		default:
			panic(fmt.Sprintf("unhandled %T", n))
		}
	}
	return "task"
}

// command resolves the command of a statement, its redirections left aside.
func (l *lowerer) command(sh *shell, st *syntax.Stmt) node {
	switch c := st.Cmd.(type) {
	case nil:
		return &status{mark: l.mark(st), ok: true}
	case *syntax.CallExpr:
		return l.simple(sh, st, c)
	case *syntax.Block:
		return l.block(sh, c, c.Stmts)
	case *syntax.Subshell:
		inner := *sh
		inner.env, inner.nested = maps.Clone(sh.env), true
		return l.block(&inner, c, c.Stmts)
	case *syntax.BinaryCmd:
		if c.Op == syntax.Pipe || c.Op == syntax.PipeAll {
			return l.pipe(sh, c)
		}
		x := l.tested(sh, func() node { return l.stmt(sh, c.X) })
		y := l.maybe(sh, func(sh *shell) node { return l.stmt(sh, c.Y) })
		return &andOr{l.mark(c), c.Op == syntax.OrStmt, orTrue(x, l.mark(c.X)), orTrue(y, l.mark(c.Y))}
	case *syntax.IfClause:
		return l.ifClause(sh, c)
	case *syntax.WhileClause:
		return l.while(sh, c)
	case *syntax.ForClause:
		return l.forClause(sh, c)
	}
	l.refuse(st, "not understood")
	return nil
}

// pipe resolves x | y, where one of them has nothing to do with mounts, so that it does not matter what of them comes first.
func (l *lowerer) pipe(sh *shell, c *syntax.BinaryCmd) node {
	inner := *sh
	inner.env, inner.nested, inner.piped = maps.Clone(sh.env), true, true
	n := len(l.errs)
	x, y := l.stmt(&inner, c.X), l.stmt(&inner, c.Y)
	_, noX := x.(*status)
	_, noY := y.(*status)
	switch {
	case len(l.errs) > n:
		return nil
	case x == nil || noX:
		return orTrue(y, l.mark(c.Y))
	case noY:
		l.note(c.Y, "a pipe to what has no effect on mounts")
		return &list{l.mark(c), []node{x, y}}
	}
	l.fail(c.OpPos, l.source(c), "both sides of this pipe use mounts at the same time: put one of them in the background (&) instead", nil)
	return nil
}

func orTrue(n node, at mark) node {
	if n == nil {
		return &status{mark: at, ok: true}
	}
	return n
}

// maybe resolves what may not be reached.
func (l *lowerer) maybe(sh *shell, f func(*shell) node) node {
	old := sh.conditional
	sh.conditional = true
	defer func() { sh.conditional = old }()
	return f(sh)
}

func (l *lowerer) ifClause(sh *shell, c *syntax.IfClause) node {
	if len(c.Cond) == 0 { // an else
		return l.maybe(sh, func(sh *shell) node { return l.block(sh, c, c.Then) })
	}
	n := &ifElse{mark: l.mark(c)}
	n.cond = orTrue(l.tested(sh, func() node { return l.block(sh, c, c.Cond) }), n.mark)
	n.then = l.maybe(sh, func(sh *shell) node { return orTrue(l.block(sh, c, c.Then), n.mark) })
	if c.Else != nil {
		n.els = l.maybe(sh, func(sh *shell) node { return orTrue(l.ifClause(sh, c.Else), n.mark) })
	}
	return n
}

func (l *lowerer) while(sh *shell, c *syntax.WhileClause) node {
	if sh.setup {
		l.fail(c.Pos(), l.source(c), "a loop without a bound can't stand in the set-up", nil)
		return nil
	}
	n := &loop{mark: l.mark(c), until: c.Until}
	outer := sh.looping
	sh.looping = true
	l.maybe(sh, func(sh *shell) node {
		n.cond = orTrue(l.tested(sh, func() node { return l.block(sh, c, c.Cond) }), n.mark)
		n.body = orTrue(l.block(sh, c, c.Do), n.mark)
		return n
	})
	sh.looping = outer
	if !calls(n.cond) {
		l.fail(c.Pos(), l.source(c), "a loop needs a condition that can change: a command like umount or test -e (for a fixed number of times: for i in 1 2 3)", nil)
		return nil
	}
	return n
}

// calls reports whether n's status comes from a system call.
func calls(n node) bool {
	switch n := n.(type) {
	case *call:
		return n.kind != callClose && n.kind != callUnshare && n.kind != callChdir
	case *redirect:
		return true
	case *list:
		return len(n.nodes) > 0 && calls(n.nodes[len(n.nodes)-1])
	case *andOr:
		return calls(n.x) || calls(n.y)
	case *not:
		return calls(n.x)
	case *ifElse:
		return calls(n.cond)
	case *status, *exit, *start, *wait, *fsstress, *loop:
		return false
	}
	panic(fmt.Sprintf("unhandled %T", n))
}

// forClause unrolls `for x in a b c`.
func (l *lowerer) forClause(sh *shell, c *syntax.ForClause) node {
	w, ok := c.Loop.(*syntax.WordIter)
	if !ok || c.Select || c.Braces || !w.InPos.IsValid() {
		l.refuse(c, "only `for VAR in WORDS; do …; done` is understood")
		return nil
	}
	n := &list{mark: l.mark(c)}
	for _, item := range w.Items {
		value, ok := l.word(sh, item)
		if !ok {
			return nil
		}
		if len(l.p.tasks) > 4*maxJobs || l.count > maxCommands {
			break // reported as too many
		}
		sh.env[w.Name.Value] = value
		n.nodes = append(n.nodes, l.stmts(sh, c.Do)...)
	}
	return n
}

// redirected resolves a statement with its redirections.
func (l *lowerer) redirected(sh *shell, st *syntax.Stmt) node {
	if c, ok := st.Cmd.(*syntax.CallExpr); ok && len(c.Args) > 0 && c.Args[0].Lit() == "exec" {
		return l.exec(sh, st, c)
	}
	if c := unshares(st); c != nil {
		return l.namespace(sh, st, c)
	}
	type opened struct {
		at   mark
		fd   int
		path target
	}
	var files []opened
	for _, rd := range st.Redirs {
		fd, name, ok := l.redirection(sh, rd)
		if !ok {
			return nil
		}
		switch {
		case isDup(rd):
			if from, err := strconv.Atoi(name); err == nil && sh.open[from] {
				l.note(rd, "another descriptor of a file that the shell has open anyway")
			}
			continue
		case name == "", name == "/dev/null", rd.Op != syntax.RdrIn && !l.reaches(sh, name), l.elsewhere(sh, name):
			continue
		}
		p, ok := l.path(sh, rd.Word, name)
		if !ok {
			return nil
		}
		files = append(files, opened{l.mark(st), sh.task.fd(fdKey(fd, sh.open[fd])), p})
	}
	n := l.command(sh, st)
	for _, f := range slices.Backward(files) {
		if c, ok := st.Cmd.(*syntax.CallExpr); ok && len(c.Args) > 0 && c.Args[0].Lit() == ":" {
			// A special built-in: the shell exits if the redirection fails.
			n = &list{f.at, []node{
				&call{mark: f.at, kind: callOpen, fd: f.fd, path: f.path, fatal: !sh.nested},
				&call{mark: f.at, kind: callClose, fd: f.fd},
			}}
			continue
		}
		n = &redirect{f.at, f.fd, f.path, orTrue(n, f.at)}
	}
	return n
}

// isDup reports whether rd copies or closes a descriptor.
func isDup(rd *syntax.Redirect) bool { return rd.Op == syntax.DplIn || rd.Op == syntax.DplOut }

// redirection returns the shell fd and the target of a redirection: a path, a descriptor or -; "" for text in the script.
func (l *lowerer) redirection(sh *shell, rd *syntax.Redirect) (fd int, target string, ok bool) {
	switch rd.Op {
	case syntax.RdrIn, syntax.RdrInOut, syntax.DplIn:
	case syntax.RdrOut, syntax.AppOut, syntax.RdrClob, syntax.RdrAll, syntax.AppAll, syntax.DplOut:
		fd = 1
	case syntax.Hdoc, syntax.DashHdoc, syntax.WordHdoc:
		return 0, "", true
	default:
		l.fail(rd.Pos(), l.source(rd), "this redirection is not understood", shellUnderstood)
		return 0, "", false
	}
	if rd.N != nil {
		n, err := strconv.Atoi(rd.N.Value)
		if err != nil || n < 0 || n > 9 {
			l.fail(rd.Pos(), l.source(rd), "a file descriptor is one digit", nil)
			return 0, "", false
		}
		fd = n
	}
	target, ok = l.word(sh, rd.Word)
	return fd, target, ok
}

// fdKey names what a shell fd stands for. A redirection of one command over a file that exec has open leaves that open.
func fdKey(fd int, over bool) string {
	if over {
		return fmt.Sprintf("fd %d of a command", fd)
	}
	return fmt.Sprintf("fd %d", fd)
}

// fd numbers a file of t.
func (t *task) fd(key string) int {
	n := slices.Index(t.fds, key)
	if n < 0 {
		n = len(t.fds)
		t.fds = append(t.fds, key)
	}
	return n
}
