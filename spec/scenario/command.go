package scenario

import (
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// commandUsages says how the simple commands are written that simple understands.
var commandUsages = []string{
	"mount [-t TYPE] /dev/X PLACE",
	"umount [-l|--lazy] PLACE",
	"mkfs.TYPE /dev/X",
	"mkfs [-t TYPE] /dev/X",
	"stat PATH, ls PATH, cat [PATH]",
	"test -e PATH, [ -e PATH ]",
	"exec N</PLACE/FILE, exec N<&M, exec N<&-",
	"cd PLACE, cd /",
	"unshare -m sh -c 'COMMANDS'",
	"modprobe NAME, rmmod NAME",
	"fsstress [-n N] -d DIR",
	"wait",
	"exit [N]",
	"true, false, :",
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
	if len(c.Assigns) > 0 {
		return l.assign(sh, c)
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
	switch name := o.name; {
	case name == "mount":
		return l.mount(o)
	case name == "umount":
		return l.umount(o)
	case name == "mkfs", strings.HasPrefix(name, "mkfs.") && nameRE.MatchString(name[len("mkfs."):]):
		return l.mkfs(o)
	case name == "stat", name == "ls", name == "cat":
		return l.stat(o, len(st.Redirs) > 0)
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
		return &status{o.at, true}
	case name == "false" && len(o.words) == 0:
		return &status{o.at, false}
	case name == "sleep":
		l.refuse(c, "not understood: every interleaving is explored, so there is nothing to wait for; leave it out")
		return nil
	}
	l.refuse(c, "not understood")
	return nil
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
	var how []string
	for _, u := range commandUsages {
		if strings.HasPrefix(u, strings.SplitN(o.name, ".", 2)[0]) || strings.Contains(u, ", "+o.name+" ") {
			how = append(how, u)
		}
	}
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

func (l *lowerer) mount(o *operands) node {
	if _, ok := o.options("", "-t"); !ok || len(o.words) != 2 {
		return l.usage(o)
	}
	dev, ok1 := l.device(o.nodes[0], o.words[0])
	place, ok2 := l.mountPlace(o.nodes[1], o.words[1])
	if !ok1 || !ok2 {
		return nil
	}
	if !o.sh.namespace {
		l.mounted[place] = o.call.Pos()
	}
	return &call{mark: o.at, kind: callMount, dev: dev, path: target{place: place}}
}

func (l *lowerer) umount(o *operands) node {
	opts, ok := o.options("-l --lazy", "")
	if !ok || len(o.words) != 1 {
		return l.usage(o)
	}
	place, ok := l.mountPlace(o.nodes[0], o.words[0])
	if !ok {
		return nil
	}
	if !o.sh.namespace {
		delete(l.mounted, place)
		for child, parent := range l.p.parents {
			if parent == place {
				delete(l.mounted, child)
			}
		}
	}
	return &call{mark: o.at, kind: callUmount, path: target{place: place}, lazy: len(opts) > 0}
}

func (l *lowerer) mkfs(o *operands) node {
	keys := ""
	if o.name == "mkfs" {
		keys = "-t"
	}
	if _, ok := o.options("", keys); !ok || len(o.words) != 1 {
		return l.usage(o)
	}
	dev, ok := l.device(o.nodes[0], o.words[0])
	if !ok {
		return nil
	}
	return &call{mark: o.at, kind: callMkfs, dev: dev}
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
		return &status{o.at, true} // what it reads is the redirection
	}
	if len(o.words) != 1 || strings.HasPrefix(o.words[0], "-") {
		return l.usage(o)
	}
	return l.walk(o, 0)
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
	if len(o.words) != 2 || o.words[0] != "-e" {
		return l.usage(o)
	}
	return l.walk(o, 1)
}

func (l *lowerer) fsstress(o *operands) node {
	if o.sh.setup {
		l.fail(o.call.Pos(), o.at.text, "fsstress does not do the same each time, so it can't stand in the set-up", nil)
		return nil
	}
	opts, ok := o.options("", "-n -d")
	dir, hasDir := opts["-d"]
	if !ok || len(o.words) > 0 || !hasDir {
		return l.usage(o)
	}
	n := 1 // fsstress's own default
	if v, ok := opts["-n"]; ok {
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
	if rd.Op == syntax.DplIn && rd.Word.Lit() != "-" && rd.N != nil {
		return l.dup(o, rd)
	}
	if rd.Op == syntax.DplIn && rd.N != nil {
		fd, err := strconv.Atoi(rd.N.Value)
		if err != nil {
			return l.usage(o)
		}
		if !sh.open[fd] {
			l.fail(rd.Pos(), l.source(rd), "closes a file that nothing opened", nil)
			return nil
		}
		if !sh.conditional {
			delete(sh.open, fd)
		}
		return &call{mark: o.at, kind: callClose, fd: sh.task.fd(fdKey(fd, false))}
	}
	if rd.Op != syntax.RdrIn || rd.N == nil {
		return l.usage(o)
	}
	fd, name, ok := l.redirection(sh, rd)
	if !ok || !l.free(sh, rd, fd) {
		return nil
	}
	p, ok := l.path(sh, rd.Word, name)
	if !ok {
		return nil
	}
	sh.open[fd] = true
	return &call{mark: o.at, kind: callOpen, fd: sh.task.fd(fdKey(fd, false)), path: p, fatal: true}
}

// free reports a file descriptor that may be open.
func (l *lowerer) free(sh *shell, rd *syntax.Redirect, fd int) bool {
	switch {
	case sh.open[fd]:
		l.fail(rd.Pos(), l.source(rd), "this file descriptor may still be open: close it first (exec "+rd.N.Value+"<&-)", nil)
	case sh.looping:
		l.fail(rd.Pos(), l.source(rd), "a while or until loop can't open a file for what comes after: the next round would open it again", nil)
	default:
		return true
	}
	return false
}

// dup resolves `exec 4<&3`.
func (l *lowerer) dup(o *operands, rd *syntax.Redirect) node {
	to, from := rd.N.Value, rd.Word.Lit()
	if len(to) != 1 || len(from) != 1 || !strings.Contains("0123456789", to) || !strings.Contains("0123456789", from) {
		l.fail(rd.Pos(), l.source(rd), "a file descriptor is one digit", nil)
		return nil
	}
	fd, _ := strconv.Atoi(from)
	copied, _ := strconv.Atoi(to)
	if !o.sh.open[fd] {
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
