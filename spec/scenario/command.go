package scenario

import (
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"mcheck/internal/near"
)

// commandUsages says how the simple commands are written that simple understands, by the names of
// each.
var commandUsages = []struct{ names, usage string }{
	{"mount", "mount [-t TYPE] [-o OPTIONS] /dev/X PLACE, mount -t tmpfs none PLACE, mount -o remount,... PLACE"},
	{"umount", "umount [-l] [-f] [-d] [-R] PLACE or /dev/X"},
	{"mkfs", "mkfs.TYPE /dev/X, mkfs [-t TYPE] /dev/X"},
	{"losetup", "losetup /dev/loopN FILE, losetup -d /dev/loopN"},
	{"stat ls cat", "stat PATH, ls PATH, cat [PATH]"},
	{"mountpoint findmnt", "mountpoint [-q] PLACE, findmnt PLACE, grep PLACE /proc/mounts"},
	{"test [", "test -e PATH, [ -e PATH ], [ TEXT = TEXT ], [ N -lt M ]"},
	{"exec", "exec N</PLACE/FILE, exec N>/PLACE/FILE, exec N<&M, exec N<&-"},
	{"cd pushd popd", "cd PLACE, cd /, pushd PLACE, popd"},
	{"unshare", "unshare -m sh -c 'COMMANDS'"},
	{"modprobe rmmod", "modprobe NAME, rmmod NAME"},
	{"fsstress", "fsstress [-n N] -d DIR"},
	{"wait", "wait"},
	{"exit", "exit [N]"},
	{"true false :", "true, false, :"},
	{"sh bash", "sh -c 'COMMANDS'"},
	{"trap eval", "trap 'COMMANDS' EXIT, eval 'COMMANDS'"},
	{"flock", "flock PATH COMMAND"},
	{"bug", "bug"},
	{"sudo timeout", "sudo COMMAND, timeout TIME COMMAND, VAR=text COMMAND: as COMMAND"},
	{"sleep tail", "sleep TIME, tail -f PATH"},
	{"kill", "kill [-SIGNAL] $!"},
	{"fuser", "fuser -km PLACE"},
	{"set", "set -e, set -u, set -x, set -o pipefail"},
}

// usageOf returns how the command is written, nil if it is none.
func usageOf(name string) []string {
	name, _, _ = strings.Cut(name, ".") // mkfs.ext4
	for _, u := range commandUsages {
		if slices.Contains(strings.Fields(u.names), name) {
			return []string{u.usage}
		}
	}
	return nil
}

// commandNames are those of all commands.
func commandNames() []string {
	var out []string
	for _, u := range commandUsages {
		out = append(out, strings.Fields(u.names)...)
	}
	return append(out, slices.Sorted(maps.Keys(harmlessCommands))...)
}

// operands are the words of a simple command.
type operands struct {
	call  *syntax.CallExpr
	name  string
	words []string       // without the name
	nodes []*syntax.Word // of words
	at    mark
	sh    *shell
	// wrapped: behind sudo or the like, where functions are not known.
	wrapped bool
}

// simple runs a simple command or an assignment.
func (m *machine) simple(st *syntax.Stmt, c *syntax.CallExpr) {
	if len(c.Args) == 0 {
		m.assignAll(c.Assigns, "")
		return
	}
	for _, a := range c.Assigns {
		m.note(a, "in the environment of one command: no effect")
	}
	if b := m.bugs[c]; b != nil {
		m.node(&bug{m.mark(st), b})
		return
	}
	o := &operands{call: c, at: m.mark(st), sh: m.s}
	for _, w := range c.Args {
		fields, ok := m.fields(m.s, w)
		if !ok {
			m.set(0)
			return
		}
		for _, f := range fields {
			o.words, o.nodes = append(o.words, f), append(o.nodes, w)
		}
	}
	if len(o.words) == 0 {
		m.set(0)
		return
	}
	o.name, o.words, o.nodes = o.words[0], o.words[1:], o.nodes[1:]
	for isWrapper(o) {
		if !m.unwrap(o) {
			m.usage(o)
			m.set(0)
			return
		}
	}
	if f := m.functions[o.name]; f != nil && !o.wrapped {
		m.callFunction(c, f, o.words)
		return
	}
	switch o.name {
	case "sh", "bash", "dash", "/bin/sh", "/bin/bash":
		m.shellCommand(o)
	case "eval":
		if stmts, ok := m.commands(m.s, c, c.Args[1]); ok && len(c.Args) == 2 {
			m.k = m.seq(stmts, m.k)
		} else if ok {
			m.usage(o)
		}
	case "trap":
		m.trap(o)
	case "break", "continue", "return":
		m.jump(o)
	case "local", "export", "readonly", "declare", "typeset":
		m.declare(o)
	case "shift":
		m.set(0)
		if n := 1; len(m.s.args) >= n {
			m.s.args = m.s.args[n:]
		}
	case "unset":
		for _, w := range o.words {
			delete(m.s.env, w)
		}
		m.set(0)
	case "read":
		for _, w := range o.words {
			delete(m.s.env, w)
		}
		m.node(&status{mark: o.at, ok: true, unknown: "what is read"})
	case "let":
		m.fail(c.Pos(), o.at.text, "arithmetic is understood in $(( )) and, in a script of bash, in (( ))", nil)
		m.set(0)
	default:
		m.node(m.dispatch(o, len(st.Redirs) > 0 || m.s.piped))
	}
}

// declare runs local, export and the like where they are words as others are.
func (m *machine) declare(o *operands) {
	for _, w := range o.words {
		name, value, ok := strings.Cut(w, "=")
		if strings.HasPrefix(w, "-") || !syntax.ValidName(name) {
			continue
		}
		if o.name == "local" {
			m.local(name)
		}
		if ok || o.name == "local" {
			m.s.env[name] = value
		}
		if o.name == "export" {
			m.exported[name] = true
		}
	}
	m.set(0)
}

// dispatch resolves the command of o.
func (l *lowerer) dispatch(o *operands, redirected bool) node {
	if strings.HasPrefix(o.name, "/") {
		return l.executable(o, redirected)
	}
	switch name := o.name; {
	case name == "mount":
		return l.mount(o)
	case name == "umount":
		return l.umount(o)
	case name == "mkfs", strings.HasPrefix(name, "mkfs.") && nameRE.MatchString(name[len("mkfs."):]):
		return l.mkfs(o)
	case name == "losetup":
		return l.losetup(o)
	case name == "mountpoint":
		return l.mountpoint(o)
	case name == "stat", name == "ls", name == "cat":
		return l.stat(o, redirected)
	case name == "test", name == "[":
		return l.test(o)
	case name == "fsstress":
		return l.fsstress(o)
	case name == "modprobe", name == "rmmod":
		return l.module(o)
	case name == "cd", name == "pushd", name == "popd":
		return l.cd(o)
	case name == "wait":
		return l.wait(o)
	case name == "exit":
		return l.exit(o)
	case name == "true", name == ":":
		return &status{mark: o.at, ok: true}
	case name == "false" && len(o.words) == 0:
		return &status{mark: o.at}
	case name == "sleep":
		return l.sleep(o)
	case name == "kill":
		return l.kill(o)
	case name == "grep", name == "egrep", name == "fgrep", name == "findmnt":
		if n, ok := l.isMounted(o); ok {
			return n
		}
		if name == "findmnt" {
			return l.usage(o)
		}
	case name == "flock":
		return l.flock(o, redirected)
	case name == "fuser":
		return l.fuser(o)
	case name == "tail" && slices.ContainsFunc(o.words, func(w string) bool { return strings.HasPrefix(w, "-") && strings.ContainsAny(w, "fF") }):
		return l.tailFollow(o)
	case name == "set":
		return l.set(o)
	}
	if h, ok := harmlessCommands[o.name]; ok {
		return l.harmless(o, h)
	}
	l.unknownCommand(o)
	return nil
}

// executable resolves a command that is named by its path. One that is on a mount is open for as
// long as it runs.
func (l *lowerer) executable(o *operands, redirected bool) node {
	file := o.name
	inner := *o
	inner.name = path.Base(file)
	n := l.dispatch(&inner, redirected)
	if n == nil || !l.reaches(o.sh, file) {
		return n
	}
	p, ok := l.path(o.sh, o.call, file)
	if !ok {
		return nil
	}
	return &redirect{o.at, o.sh.task.fd("a program that runs"), p, n}
}

// isMounted resolves findmnt PLACE, and grep PLACE /proc/mounts: o asks whether something is
// mounted there. ok is false if it asks for something else.
func (l *lowerer) isMounted(o *operands) (n node, ok bool) {
	var words []string
	for _, w := range o.words {
		if !strings.HasPrefix(w, "-") {
			words = append(words, w)
		}
	}
	table := []string{"/proc/mounts", "/proc/self/mounts", "/proc/self/mountinfo", "/etc/mtab"}
	grep := o.name != "findmnt"
	if grep && (len(words) != 2 || !slices.Contains(table, words[1])) || !grep && len(words) != 1 {
		return nil, false
	}
	what := path.Clean(strings.Trim(words[0], " ^$"))
	place := slices.Index(l.p.places, what)
	if dev := slices.Index(l.p.devices, what); place < 0 && dev >= 0 {
		for _, m := range l.mounts {
			if m.dev == dev {
				place = m.place
			}
		}
	}
	if place < 0 {
		return nil, false
	}
	return &call{mark: o.at, kind: callMounted, path: target{place: place}}, true
}

// unknownCommand reports a command that is not understood.
func (l *lowerer) unknownCommand(o *operands) {
	l.fail(o.call.Pos(), l.source(o.call), "not a command that is understood"+near.Hint(o.name, commandNames()), shellUnderstood)
}

// wrappers run the command behind them. For each, its options that have a value.
var wrappers = map[string]string{"sudo": "-u -g -C -D -h -p -r -t -T -U", "timeout": "-k -s --kill-after --signal", "env": "-u -C",
	"nice": "-n", "stdbuf": "-i -o -e", "nohup": "", "command": "", "time": "-f -o", "exec": "-a", "builtin": "", "setsid": "", "ionice": "-c -n", "strace": "-e -o -p"}

func isWrapper(o *operands) bool {
	_, ok := wrappers[o.name]
	return ok && (o.name != "exec" || len(o.words) > 0)
}

// unwrap takes the wrapper off o. It reports whether there is a command behind it.
func (m *machine) unwrap(o *operands) bool {
	name := o.name
	skip := func(n int) { o.words, o.nodes = o.words[min(n, len(o.words)):], o.nodes[min(n, len(o.nodes)):] }
	for len(o.words) > 0 && strings.HasPrefix(o.words[0], "-") {
		if slices.Contains(strings.Fields(wrappers[name]), o.words[0]) {
			skip(1)
		}
		skip(1)
	}
	for name != "timeout" && len(o.words) > 0 && strings.Contains(o.words[0], "=") {
		skip(1)
	}
	if name == "timeout" {
		skip(1)
	}
	if len(o.words) == 0 {
		return false
	}
	m.note(o.call, name+": no effect on what the command does to mounts")
	o.name, o.wrapped = o.words[0], name != "exec"
	skip(1)
	if name == "exec" { // what comes behind it does not run
		if m.ends[o.call] == nil {
			m.ends[o.call] = &exit{o.at, -1}
		}
		m.k = m.push(frame{kind: frameDo, nodes: []node{m.ends[o.call]}, next: m.k, tested: m.k != nil && m.k.tested})
	}
	return true
}

// shellCommand runs sh -c '…'.
func (m *machine) shellCommand(o *operands) {
	w := inner(o.call)
	i := slices.IndexFunc(o.words, func(w string) bool { return strings.HasPrefix(w, "-") && strings.HasSuffix(w, "c") })
	if w == nil || i < 0 || i+1 >= len(o.words) {
		m.fail(o.call.Pos(), o.at.text, "a shell is understood with its commands: sh -c 'COMMANDS'", nil)
		m.set(0)
		return
	}
	stmts, ok := m.commands(m.s, o.call, w)
	if !ok {
		m.set(0)
		return
	}
	args := o.words[i+2:]
	m.subshell(o.at, o.call, stmts)
	if m.s.env != nil && len(m.s.outer) > 0 {
		for name := range m.s.env {
			if !m.exported[name] && name != "!" {
				delete(m.s.env, name)
			}
		}
	}
	m.s.args, m.s.errexit = nil, strings.Contains(o.words[i], "e")
	if len(args) > 1 {
		m.s.args = args[1:]
	}
}

// trap notes what runs at the end of the shell.
func (m *machine) trap(o *operands) {
	signals := o.words[min(1, len(o.words)):]
	defer m.set(0)
	switch atExit := slices.Contains(signals, "EXIT") || slices.Contains(signals, "0"); {
	case len(o.words) < 2, !atExit:
		m.note(o.call, "no signal comes that this is for")
	case o.words[0] == "-", o.words[0] == "":
		m.s.trap = nil
	default:
		if stmts, ok := m.commands(m.s, o.call, o.call.Args[1]); ok && len(stmts) > 0 {
			t := m.traps[stmts[0]]
			if t == nil {
				t = &trap{stmts, refs{names: map[string]bool{}}}
				for _, st := range stmts {
					m.addNames(t.used.names, st, "")
				}
				m.traps[stmts[0]] = t
			}
			m.s.trap = t
		}
	}
}

// set resolves set -e and the like. Only -e changes what a script does: an unset variable is an
// error in any case.
func (l *lowerer) set(o *operands) node {
	long := map[string]string{"errexit": "e", "nounset": "u", "xtrace": "x", "verbose": "v", "pipefail": "", "noclobber": "C", "monitor": "m", "posix": ""}
	for i := 0; i < len(o.words); i++ {
		w := o.words[i]
		if w == "--" {
			o.sh.args = o.words[i+1:]
			break
		}
		if len(w) < 2 || w[0] != '-' && w[0] != '+' || strings.Trim(w[1:], "euxvCmhbEo") != "" {
			return l.usage(o)
		}
		name := w[1:]
		if strings.Contains(name, "o") {
			if i++; i == len(o.words) {
				return l.usage(o)
			}
			letter, ok := long[o.words[i]]
			if !ok {
				return l.usage(o)
			}
			name += letter
		}
		if strings.Contains(name, "e") {
			o.sh.errexit = w[0] == '-'
		}
	}
	l.note(o.call, "of these, only -e has an effect: a command that fails ends the shell")
	return &status{mark: o.at, ok: true}
}

// mountpoint resolves mountpoint(1).
func (l *lowerer) mountpoint(o *operands) node {
	if _, ok := l.getopt(o, "q,quiet d,fs-devno x,devno nofollow"); !ok {
		return nil
	}
	if len(o.words) != 1 {
		return l.usage(o)
	}
	place, ok := l.mountPlace(o.nodes[0], o.words[0])
	if !ok {
		return nil
	}
	return &call{mark: o.at, kind: callMountpoint, path: target{place: place}}
}

// usage reports a command that is written otherwise than understood.
func (l *lowerer) usage(o *operands) node {
	how := usageOf(o.name)
	if name := o.name; len(o.words) > 0 && strings.HasPrefix(o.words[0], "-") && name != "test" && name != "[" && name != "exit" {
		l.fail(o.nodes[0].Pos(), l.source(o.nodes[0]), "an option of "+name+" that is not understood, or lacks its value", how)
		return nil
	}
	l.fail(o.call.Pos(), l.source(o.call), "not understood with these words", how)
	return nil
}

// module resolves modprobe and rmmod of a module that mounts a file system for itself. What that is
// on is numbered with the devices.
func (l *lowerer) module(o *operands) node {
	if len(o.words) != 1 || !nameRE.MatchString(o.words[0]) {
		return l.usage(o)
	}
	kind := callModprobe
	if o.name == "rmmod" {
		kind = callRmmod
	}
	return &call{mark: o.at, kind: kind, dev: l.numberDevice("the file system of module " + o.words[0])}
}

func (l *lowerer) stat(o *operands, redirected bool) node {
	if o.name == "cat" && len(o.words) == 0 && redirected {
		return &status{mark: o.at, ok: true} // what it reads is the redirection
	}
	var all []node
	for i, w := range o.words {
		switch {
		case strings.HasPrefix(w, "-"), strings.HasPrefix(w, "+"):
			l.note(o.nodes[i], "an option of "+o.name+": no effect on mounts")
		case l.elsewhere(o.sh, w):
			l.note(o.nodes[i], "not on a mount of this script")
			all = append(all, &status{mark: o.at, ok: true})
		default:
			n := l.walk(o, i)
			if n == nil {
				return nil
			}
			all = append(all, n)
		}
	}
	switch {
	case len(all) == 0 && o.name == "ls" && o.sh.cwd != "":
		p, ok := l.path(o.sh, o.call, ".")
		if !ok {
			return nil
		}
		return &call{mark: o.at, kind: callStat, path: p}
	case len(all) == 0 && o.name == "ls" && o.sh.cwd == "":
		l.note(o.call, "not on a mount of this script")
		return &status{mark: o.at, ok: true}
	case len(all) == 0:
		return l.usage(o)
	case len(all) == 1:
		return all[0]
	}
	return &list{o.at, all}
}

func (l *lowerer) walk(o *operands, word int) node {
	p, ok := l.path(o.sh, o.nodes[word], o.words[word])
	if !ok {
		return nil
	}
	return &call{mark: o.at, kind: callStat, path: p}
}

func (l *lowerer) fsstress(o *operands) node {
	if o.sh.setup {
		l.fail(o.call.Pos(), o.at.text, "fsstress does not do the same each time, so it can't stand in the set-up", nil)
		return nil
	}
	opts, ok := l.getopt(o, "n: d: p: s: l: v c r")
	if !ok {
		return nil
	}
	dir, hasDir := opts["d"]
	if _, several := opts["p"]; len(o.words) > 0 || !hasDir || several {
		return l.usage(o)
	}
	n := 1 // fsstress's own default
	if v, ok := opts["n"]; ok {
		var err error
		if n, err = strconv.Atoi(v); err != nil || n < 1 || n > 7 {
			l.fail(o.call.Pos(), o.at.text, "fsstress -n needs a number from 1 to 7", nil)
			return nil
		}
	}
	place, ok := l.place(o.call, dir)
	if !ok {
		return nil
	}
	return &fsstress{o.at, n, place, o.sh.task.fd("a file of fsstress")}
}

func (l *lowerer) wait(o *operands) node {
	if len(o.words) == 0 {
		n := &wait{mark: o.at, tasks: slices.Clone(o.sh.jobs)}
		for _, t := range n.tasks {
			t.awaited = true
		}
		o.sh.jobs = nil
		return n
	}
	n := &wait{mark: o.at, status: true}
	for i, w := range o.words {
		t, ok := l.jobOf(o, i, w)
		if !ok {
			return nil
		}
		if k := slices.Index(o.sh.jobs, t); k >= 0 {
			n.tasks = append(n.tasks, t)
			t.awaited = true
			o.sh.jobs = slices.Delete(slices.Clone(o.sh.jobs), k, k+1)
		}
	}
	return n
}

// jobOf returns the task that a word of o stands for: $! of when it started, or %N.
func (l *lowerer) jobOf(o *operands, i int, w string) (*task, bool) {
	if m := pidRE.FindStringSubmatch(w); m != nil {
		job, _ := strconv.Atoi(m[1])
		for _, t := range l.p.tasks {
			if t.job == job {
				return t, true
			}
		}
	}
	if n, err := strconv.Atoi(strings.TrimPrefix(w, "%")); err == nil && strings.HasPrefix(w, "%") && n >= 1 && n <= len(o.sh.jobs) {
		return o.sh.jobs[n-1], true
	}
	l.fail(o.nodes[i].Pos(), l.source(o.nodes[i]), "no task of this shell: $! is the last that & has started, or a variable that holds it", nil)
	return nil, false
}

func (l *lowerer) exit(o *operands) node {
	if len(o.words) > 1 || len(o.words) == 1 && strings.Trim(o.words[0], "0123456789") != "" {
		return l.usage(o)
	}
	n := &exit{o.at, -1}
	if len(o.words) == 1 {
		n.code, _ = strconv.Atoi(o.words[0])
	}
	return n
}

// execBuiltin resolves exec: what it does to descriptors of the shell, `exec 3</mnt/f`, `exec 4<&3`
// and `exec 3<&-`. ok is false if a command is to take the shell's place.
func (l *lowerer) execBuiltin(sh *shell, st *syntax.Stmt, c *syntax.CallExpr) (n node, ok bool) {
	o := &operands{call: c, name: "exec", at: l.mark(st), sh: sh}
	if len(c.Args) > 1 {
		return nil, false
	}
	if len(st.Redirs) == 0 {
		return l.usage(o), true
	}
	var all []node
	for _, rd := range st.Redirs {
		if n := l.execRedirection(o, rd); n != nil {
			all = append(all, n)
		}
	}
	switch len(all) {
	case 0:
		return &status{mark: o.at, ok: true}, true
	case 1:
		return all[0], true
	}
	return &list{o.at, all}, true
}

func (l *lowerer) execRedirection(o *operands, rd *syntax.Redirect) node {
	sh := o.sh
	n, name, ok := l.redirection(sh, rd)
	if !ok {
		return nil
	}
	switch {
	case name == "-":
		if !sh.open[n] {
			if n <= 2 {
				l.note(rd, "the file is not on a mount of this script")
				return &status{mark: o.at, ok: true}
			}
			l.fail(rd.Pos(), l.source(rd), "closes a file that nothing opened", nil)
			return nil
		}
		delete(sh.open, n)
		return &call{mark: o.at, kind: callClose, fd: sh.task.fd(fdKey(n, false))}
	case isDup(rd):
		return l.dup(o, rd, n, name)
	case name == "", name == "/dev/null", rd.Op != syntax.RdrIn && !l.reaches(sh, name), l.elsewhere(sh, name):
		if sh.open[n] {
			l.free(sh, rd, n)
			return nil
		}
		l.note(rd, "not a file on a mount of this script")
		return &status{mark: o.at, ok: true}
	}
	if !l.free(sh, rd, n) {
		return nil
	}
	p, ok := l.path(sh, rd.Word, name)
	sh.open[n] = true // after a mistake too: what follows from it is none
	if !ok {
		return nil
	}
	return &call{mark: o.at, kind: callOpen, fd: sh.task.fd(fdKey(n, false)), path: p, fatal: !l.bash}
}

// free reports a file descriptor that may be open.
func (l *lowerer) free(sh *shell, rd *syntax.Redirect, fd int) bool {
	switch {
	case sh.open[fd]:
		l.fail(rd.Pos(), l.source(rd), "this file descriptor is open still: close it first (exec "+strconv.Itoa(fd)+"<&-)", nil)
	default:
		return true
	}
	return false
}

// dup resolves `exec 4<&3`.
func (l *lowerer) dup(o *operands, rd *syntax.Redirect, copied int, from string) node {
	fd, err := strconv.Atoi(from)
	if err != nil || fd > 9 || fd < 0 {
		l.fail(rd.Pos(), l.source(rd), "a file descriptor is one digit", nil)
		return nil
	}
	if !o.sh.open[fd] {
		if fd <= 2 && !o.sh.open[copied] {
			l.note(rd, "not a file on a mount of this script")
			return &status{mark: o.at, ok: true}
		}
		l.fail(rd.Pos(), l.source(rd), "duplicates a file that nothing opened", nil)
		return nil
	}
	if !l.free(o.sh, rd, copied) {
		return nil
	}
	o.sh.open[copied] = true
	t := o.sh.task
	return &call{mark: o.at, kind: callDup, fd: t.fd(fdKey(fd, false)), to: t.fd(fdKey(copied, false)), fatal: !l.bash}
}
