package scenario

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"mcheck/internal/near"
)

// commandUsages says how the simple commands are written that simple understands, by the names of each.
var commandUsages = []struct{ names, usage string }{
	{"mount", "mount [-t TYPE] [-o OPTIONS] /dev/X PLACE, mount -t tmpfs none PLACE, mount -o remount,... PLACE"},
	{"umount", "umount [-l] [-f] [-d] [-R] PLACE or /dev/X"},
	{"mkfs", "mkfs.TYPE /dev/X, mkfs [-t TYPE] /dev/X"},
	{"losetup", "losetup /dev/loopN FILE, losetup -d /dev/loopN"},
	{"stat ls cat", "stat PATH, ls PATH, cat [PATH]"},
	{"mountpoint", "mountpoint [-q] PLACE"},
	{"test [", "test -e PATH, [ -e PATH ]"},
	{"exec", "exec N</PLACE/FILE, exec N>/PLACE/FILE, exec N<&M, exec N<&-"},
	{"cd", "cd PLACE, cd /"},
	{"unshare", "unshare -m sh -c 'COMMANDS'"},
	{"modprobe rmmod", "modprobe NAME, rmmod NAME"},
	{"fsstress", "fsstress [-n N] -d DIR"},
	{"wait", "wait"},
	{"exit", "exit [N]"},
	{"true false :", "true, false, :"},
	{"sudo timeout", "sudo COMMAND, timeout TIME COMMAND, VAR=text COMMAND: as COMMAND"},
	{"sleep", "sleep TIME"},
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
}

// simple resolves a simple command or an assignment.
func (l *lowerer) simple(sh *shell, st *syntax.Stmt, c *syntax.CallExpr) node {
	if len(c.Assigns) > 0 && len(c.Args) == 0 {
		return l.assign(sh, c)
	}
	for _, a := range c.Assigns {
		l.note(a, "in the environment of one command: no effect")
	}
	o := &operands{call: c, at: l.mark(st), sh: sh, nodes: c.Args[1:]}
	for i, w := range c.Args {
		s, ok := l.word(sh, w)
		if !ok {
			return nil
		}
		if i == 0 {
			o.name = s
		} else {
			o.words = append(o.words, s)
		}
	}
	return l.dispatch(o, len(st.Redirs) > 0 || sh.piped)
}

// dispatch resolves the command of o.
func (l *lowerer) dispatch(o *operands, redirected bool) node {
	c := o.call
	switch name := o.name; {
	case name == "sudo" || name == "env" || name == "timeout" || name == "nohup" || name == "command" || name == "time" || name == "nice" || name == "stdbuf":
		return l.wrapped(o, redirected)
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
	case name == "cd":
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
		l.note(c, "whatever can happen meanwhile is explored anyway")
		return &status{mark: o.at, ok: true}
	case name == "set":
		return l.set(o)
	}
	if h, ok := harmlessCommands[o.name]; ok {
		return l.harmless(o, h)
	}
	l.unknownCommand(o)
	return nil
}

// unknownCommand reports a command that is not understood.
func (l *lowerer) unknownCommand(o *operands) {
	msg := "not a command that is understood"
	if n := near.Name(o.name, commandNames()); n != "" {
		msg += "; did you mean " + n + "?"
	}
	l.fail(o.call.Pos(), l.source(o.call), msg, shellUnderstood)
}

// wrapped resolves a command that stands behind sudo or the like.
func (l *lowerer) wrapped(o *operands, redirected bool) node {
	values := map[string]string{"sudo": "-u -g -C -D -h -p -r -t -T -U", "timeout": "-k -s --kill-after --signal", "env": "-u -C", "nice": "-n", "stdbuf": "-i -o -e"}[o.name]
	inner := *o
	skip := func(n int) {
		inner.words, inner.nodes = inner.words[min(n, len(inner.words)):], inner.nodes[min(n, len(inner.nodes)):]
	}
	for len(inner.words) > 0 && strings.HasPrefix(inner.words[0], "-") {
		if slices.Contains(strings.Fields(values), inner.words[0]) {
			skip(1)
		}
		skip(1)
	}
	for o.name != "timeout" && len(inner.words) > 0 && strings.Contains(inner.words[0], "=") {
		skip(1)
	}
	if o.name == "timeout" {
		skip(1)
	}
	if len(inner.words) == 0 {
		return l.usage(o)
	}
	l.note(o.call, o.name+": no effect on what the command does to mounts")
	inner.name = inner.words[0]
	skip(1)
	return l.dispatch(&inner, redirected)
}

// set resolves set -e and the like. Only -e changes what a script does: an unset variable is an error in any case.
func (l *lowerer) set(o *operands) node {
	for i := 0; i < len(o.words); i++ {
		w := o.words[i]
		name := ""
		switch {
		case (w == "-o" || w == "+o") && i+1 < len(o.words):
			i++
			name = map[string]string{"errexit": "e", "nounset": "u", "xtrace": "x", "verbose": "v", "pipefail": "u", "noclobber": "C", "monitor": "m"}[o.words[i]]
		case len(w) > 1 && (w[0] == '-' || w[0] == '+'):
			name = w[1:]
		}
		if name == "" || strings.Trim(name, "euxvCmhbE") != "" {
			return l.usage(o)
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

// assign resolves VAR=text.
func (l *lowerer) assign(sh *shell, c *syntax.CallExpr) node {
	if len(c.Args) > 0 {
		l.refuse(c, "an assignment in front of a command is not understood")
		return nil
	}
	if sh.conditional {
		l.fail(c.Pos(), l.source(c), "a variable must get its value in any case: not in a loop, an if, behind && or behind ||", nil)
		return nil
	}
	for _, a := range c.Assigns {
		if a.Append || a.Naked || a.Index != nil || a.Array != nil {
			l.refuse(c, "only VAR=text is understood")
			return nil
		}
		value := ""
		if a.Value != nil {
			v, ok := l.word(sh, a.Value)
			if !ok {
				return nil
			}
			value = v
		}
		sh.env[a.Name.Value] = value
	}
	return nil
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

// options takes the leading words that begin with - out of o: flags alone, keys with the word that follows. ok is false if there is another.
func (o *operands) options(flags, keys string) (got map[string]string, ok bool) {
	got = map[string]string{}
	for len(o.words) > 0 && strings.HasPrefix(o.words[0], "-") {
		w := o.words[0]
		switch {
		case slices.Contains(strings.Fields(flags), w):
			got[w] = ""
			o.words, o.nodes = o.words[1:], o.nodes[1:]
		case slices.Contains(strings.Fields(keys), w) && len(o.words) > 1:
			got[w] = o.words[1]
			o.words, o.nodes = o.words[2:], o.nodes[2:]
		default:
			return nil, false
		}
	}
	return got, true
}

// module resolves modprobe and rmmod of a module that mounts a file system for itself. What that is on is numbered with the devices.
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

func (l *lowerer) test(o *operands) node {
	if o.name == "[" {
		if len(o.words) == 0 || o.words[len(o.words)-1] != "]" {
			return l.usage(o)
		}
		o.words = o.words[:len(o.words)-1]
	}
	if len(o.words) != 2 || !slices.Contains([]string{"-e", "-f", "-d", "-r", "-w", "-x", "-s", "-L", "-h", "-b"}, o.words[0]) {
		return l.usage(o)
	}
	if l.elsewhere(o.sh, o.words[1]) {
		l.note(o.call, "not on a mount of this script; taken as true")
		return &status{mark: o.at, ok: true}
	}
	return l.walk(o, 1)
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
	if len(o.words) > 0 {
		return l.usage(o)
	}
	if o.sh.nested {
		l.fail(o.call.Pos(), o.at.text, "a ( ) in the foreground has no tasks of its own to wait for", nil)
		return nil
	}
	n := &wait{mark: o.at, tasks: slices.Clone(o.sh.jobs)}
	for _, t := range n.tasks {
		t.awaited = true
	}
	if !o.sh.conditional {
		o.sh.jobs = nil
	}
	return n
}

func (l *lowerer) exit(o *operands) node {
	if len(o.words) > 1 || len(o.words) == 1 && strings.Trim(o.words[0], "0123456789") != "" {
		return l.usage(o)
	}
	if o.sh.nested || o.sh.setup {
		l.fail(o.call.Pos(), o.at.text, "exit can't stand in the set-up, or in a ( ) in the foreground", nil)
		return nil
	}
	return &exit{o.at}
}

// exec resolves `exec 3</mnt/f`, `exec 4<&3` and `exec 3<&-`.
func (l *lowerer) exec(sh *shell, st *syntax.Stmt, c *syntax.CallExpr) node {
	o := &operands{call: c, name: "exec", at: l.mark(st), sh: sh}
	if len(c.Args) != 1 || len(c.Assigns) > 0 || len(st.Redirs) != 1 {
		return l.usage(o)
	}
	if sh.nested {
		l.fail(c.Pos(), o.at.text, "exec in a ( ) in the foreground is not understood: put the ( ) in the background, or use { }", nil)
		return nil
	}
	rd := st.Redirs[0]
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
		if !sh.conditional {
			delete(sh.open, n)
		}
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
	if !ok {
		return nil
	}
	sh.open[n] = true
	return &call{mark: o.at, kind: callOpen, fd: sh.task.fd(fdKey(n, false)), path: p, fatal: true}
}

// free reports a file descriptor that may be open.
func (l *lowerer) free(sh *shell, rd *syntax.Redirect, fd int) bool {
	switch {
	case sh.open[fd]:
		l.fail(rd.Pos(), l.source(rd), "this file descriptor may still be open: close it first (exec "+strconv.Itoa(fd)+"<&-)", nil)
	case sh.looping:
		l.fail(rd.Pos(), l.source(rd), "a while or until loop can't open a file for what comes after: the next round would open it again", nil)
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
	return &call{mark: o.at, kind: callDup, fd: t.fd(fdKey(fd, false)), to: t.fd(fdKey(copied, false)), fatal: true}
}
