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
	count    int                     // of statements run
	groups   [][]*task               // copies of one statement each
	bash     bool
	killsAll bool // a command may kill any task
	// discovers: this is the pass that finds the mount places. placeAt holds where each stands
	// first.
	discovers bool
	placeAt   map[string]syntax.Pos
	mounts    []mountedAt        // what the commands up to here may have mounted
	mountAt   map[int]syntax.Pos // by place, the last command that mounts there
	must      map[*syntax.Stmt]*must
	bugs      map[*syntax.CallExpr]*must
	pipes     map[*syntax.BinaryCmd]node
	texts     map[string]*syntax.File     // commands that were known only when they ran
	exported  map[string]bool             // variables
	ends      map[*syntax.CallExpr]*exit  // of exec COMMAND
	traps     map[*syntax.Stmt]*trap      // by their first command
	starts    map[*syntax.Stmt]int        // tasks that a statement has started
	temps     map[*syntax.CmdSubst]string // the files and devices that commands have made
	// variables without a value, by a mistake that was reported
	poisoned map[string]bool

	functions         map[string]*syntax.FuncDecl
	walking           map[string]bool // of them
	statusInFunctions bool
}

// lower resolves a script under the settings, leaving out the dropped units. What is wrong is added
// to r.errs.
//
// The mount places are the operands of mount and umount. A path before them must resolve too, so a
// first pass over the script finds them.
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
	l.copies, l.poisoned = map[string]bool{}, map[string]bool{}
	l.mountAt = map[int]syntax.Pos{}
	l.must, l.pipes, l.temps = map[*syntax.Stmt]*must{}, map[*syntax.BinaryCmd]node{}, map[*syntax.CmdSubst]string{}
	l.starts, l.texts, l.exported = map[*syntax.Stmt]int{}, map[string]*syntax.File{}, map[string]bool{}
	l.ends, l.traps = map[*syntax.CallExpr]*exit{}, map[*syntax.Stmt]*trap{}
	l.bash = l.script.bash
	file := l.script.file
	l.findFunctions()
	l.nameTasks()
	l.findMust()
	n := l.setupEnd(file)
	main := &task{name: "main", job: -1}
	if n < len(file.Stmts) {
		main.at, main.end = l.mark(file.Stmts[n]), l.mark(file.Stmts[len(file.Stmts)-1])
	}
	l.p.tasks, l.bases = []*task{main}, []string{"main"}
	s := &shell{task: main, env: map[string]string{}, open: map[int]bool{}, setup: true}
	if l.script.unshares() {
		s.mounted = map[int]bool{}
	}
	l.program(main, s, func(m *machine) *frame {
		return m.seq(file.Stmts[:n], m.push(frame{kind: frameRun, next: m.seq(file.Stmts[n:], nil)}))
	})
	l.markLoops()
	l.markStatuses()
	for _, t := range l.p.tasks {
		l.checkSignals(t)
	}
	for _, t := range l.p.tasks {
		l.simplify(t)
		l.checkLoops(t)
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

// units numbers what a minimality test can leave out: simple commands and background statements, in
// the order of the text.
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

// nameTasks resolves the #mcheck task directives: each names the statement that ends before it on
// its line, or the next one.
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

// setupEnd returns how many of the statements are set-up: those before #mcheck run, else those
// before the first that starts a task, else those before the first umount, else none.
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
	starting := map[string]bool{} // functions that start tasks
	umount := -1
	for i, st := range file.Stmts {
		starts, unmounts := false, false
		f, _ := st.Cmd.(*syntax.FuncDecl)
		syntax.Walk(st, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.Stmt:
				starts = starts || n.Background || unshares(n) != nil
			case *syntax.CallExpr:
				if len(n.Args) > 0 {
					starts = starts || starting[n.Args[0].Lit()]
					unmounts = unmounts || n.Args[0].Lit() == "umount"
				}
			}
			return true
		})
		switch {
		case f != nil && f.Name != nil:
			starting[f.Name.Value] = starts
		case starts:
			return i
		case unmounts && umount < 0 && !mayFail(st):
			umount = i
		}
	}
	switch {
	case umount >= 0:
		return umount
	case len(file.Stmts) == 0:
		l.fail(syntax.NewPos(0, 1, 1), "", "nothing to check: no commands", nil)
	}
	return 0
}

// checkSettings reports settings that change nothing.
func (l *lowerer) checkSettings() {
	for _, key := range slices.Sorted(maps.Keys(l.settings)) {
		if key == "cpus" || key == "workers" || key == KeyMemoryModel || key == KeyStoreBuffer || slices.Contains(flags, key) || sizeRE.MatchString(key) || l.copies[strings.TrimSuffix(key, "s")] && strings.HasSuffix(key, "s") {
			continue
		}
		known := []string{"cpus=N", "migrate", "kmalloc-fails", "memory-model=sc|tso", "store-buffer=K", "workers=N", "SIZE=N of the kernel model, in capitals"}
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

// isDup reports whether rd copies or closes a descriptor.
func isDup(rd *syntax.Redirect) bool { return rd.Op == syntax.DplIn || rd.Op == syntax.DplOut }

// redirection returns the shell fd and the target of a redirection: a path, a descriptor or -; ""
// for text in the script.
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

// fdKey names what a shell fd stands for. A redirection of one command over a file that exec has
// open leaves that open.
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
