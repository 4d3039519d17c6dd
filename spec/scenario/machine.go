package scenario

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// A script is turned into blocks by running it: all that it knows, as variables, open files, the
// working directory, is followed exactly, and where the status of a system call decides how it goes
// on, it goes on both ways. Two ways that come to the same command and know the same meet there
// again, and so a loop closes. What is known and asked for no more does not count: see refs.go.

// block is a piece of a task's program: what it does one after the other, and what comes next.
type block struct {
	id int
	do []node
	// if the last system call has succeeded, where fail is set; nil: the end of the task
	next *block
	fail *block
	at   mark // of the branch
	// unknown says why the status is not known that decides here; "": it is.
	unknown string
}

// result is the status of a command.
type result struct {
	kind resultKind
	code int  // known: the status. asked: what it is if the system call fails
	not  bool // asked: turned round
	why  string
}

type resultKind uint8

const (
	known   resultKind = iota
	asked              // the result of the last system call
	unknown            // not followed; why says why
)

// frame is what is still to be done behind the command in hand. Equal ones are one, so that they
// can be compared.
type frame struct {
	id     int
	kind   frameKind
	next   *frame
	stmts  []*syntax.Stmt // of seq
	nodes  []node
	cmd    syntax.Node
	n      int
	items  []string
	tested bool // somebody asks for the status of what runs on top: set -e leaves it alone
	used   refs // what is asked for by this and by what is behind it
}

type frameKind uint8

const (
	frameSeq    frameKind = iota // statements
	frameNodes                   // nodes[0] is a list, of which n is next
	frameDo                      // nodes[0] is next
	frameAndOr                   // && or || of nodes: the right one is next
	frameIfNode                  // ifElse of nodes
	frameOpened                  // redirect of nodes: is it open?
	frameClose                   // close descriptor n
	frameFatal                   // end the shell unless it has worked
	frameCheck                   // behind a simple command: set -e, and what the set-up asks for
	frameMust                    // a command that must succeed
	frameBinary                  // && or || of the script: the right one is next
	frameNot
	frameIf
	frameWhile    // the condition is next; n is the status of the body, -1: not followed
	frameTest     // the condition has been looked at
	frameFor      // round n is next
	frameCFor     // the condition is next; n as in frameWhile
	frameRedirs   // redirection n is next; the one before has been opened
	frameFunction // the end of a function
	frameSubshell // the end of a ( )
	frameStatus   // the status is n
	frameRun      // the end of the set-up
)

// machine makes the blocks of one task.
type machine struct {
	*lowerer
	t      *task
	frames map[string]*frame
	points map[string]*block
	queue  []point
	b      *block // the one in the making, nil: done
	k      *frame
	s      *shell
	last   *call // the system call whose result s.status stands for
}

// point is where a block begins.
type point struct {
	b *block
	k *frame
	s *shell
}

// program makes the blocks of t, which begins with k in the state s.
func (l *lowerer) program(t *task, s *shell, start func(m *machine) *frame) {
	m := &machine{lowerer: l, t: t, frames: map[string]*frame{}, points: map[string]*block{}}
	t.entry = m.at(start(m), s)
	for len(m.queue) > 0 {
		p := m.queue[0]
		m.queue = m.queue[1:]
		m.b, m.k, m.s, m.last = p.b, p.k, p.s, nil
		for first := true; m.b != nil; first = false {
			m.step(first)
		}
	}
}

// at returns the block that goes on with k in the state s.
func (m *machine) at(k *frame, s *shell) *block {
	key := fmt.Sprintf("%d %s", frameID(k), s.key(k))
	if b, ok := m.points[key]; ok {
		return b
	}
	b := &block{id: len(m.t.blocks)}
	m.t.blocks = append(m.t.blocks, b)
	m.points[key] = b
	m.queue = append(m.queue, point{b, k, s.clone()})
	return b
}

func frameID(k *frame) int {
	if k == nil {
		return 0
	}
	return k.id
}

// push returns f on top of its next one, the same for equal frames.
func (m *machine) push(f frame) *frame {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %d %p %d %t %q", f.kind, frameID(f.next), f.cmd, f.n, f.tested, f.items)
	for _, st := range f.stmts {
		fmt.Fprintf(&b, " %p", st)
	}
	for _, n := range f.nodes {
		fmt.Fprintf(&b, " %p", n)
	}
	key := b.String()
	if old, ok := m.frames[key]; ok {
		return old
	}
	f.id = len(m.frames) + 1
	f.used = m.refsOf(&f)
	m.frames[key] = &f
	return &f
}

// seq returns the frame that runs the statements and goes on with next.
func (m *machine) seq(stmts []*syntax.Stmt, next *frame) *frame {
	if len(stmts) == 0 {
		return next
	}
	return m.push(frame{kind: frameSeq, stmts: stmts, next: next, tested: next != nil && next.tested})
}

func (m *machine) add(n node) { m.b.do = append(m.b.do, n) }

// set makes the status of the command in hand known.
func (m *machine) set(code int) { m.s.status = result{code: code} }

// ask marks the system call whose result is the status: it is asked for.
func (m *machine) ask() {
	if m.last != nil {
		m.last.used = true
	}
}

// branch goes on with k both ways that the status can be, which is known from there on.
func (m *machine) branch(at mark) {
	m.ask()
	r := m.s.status
	way := func(failed bool) *block {
		m.s.status = result{}
		if failed != r.not {
			m.s.status.code = max(1, r.code)
		}
		return m.at(m.k, m.s)
	}
	m.b.at = at
	m.b.next, m.b.fail = way(false), way(true)
	m.b = nil
}

// decided reports whether the status is known; if it is not, the block has been ended with a
// branch, or an error was reported.
func (m *machine) decided(at mark) bool {
	switch m.s.status.kind {
	case known:
		return true
	case asked:
		m.branch(at)
	default:
		// Both ways, which must come to the same.
		m.last, m.b.unknown = nil, m.s.status.why
		m.branch(at)
	}
	return false
}

// step does what k says with the status.
func (m *machine) step(first bool) {
	k := m.k
	if k == nil && m.s.trap != nil && !m.s.setup {
		m.k = m.seq(m.s.trap.stmts, nil)
		m.s.trap = nil
		return
	}
	if k == nil {
		if m.t.job >= 0 {
			m.add(&jobResult{m.t.end, m.s.status, m.last})
		}
		m.t.ends++
		m.t.last = m.s.status
		m.b = nil
		return
	}
	ok := m.s.status.kind == known && m.s.status.code == 0
	switch k.kind {
	case frameSeq:
		m.nextStmt(k, first)
		return
	case frameStatus:
		m.set(k.n)
	case frameRun:
		m.add(&setupDone{m.t.at})
		m.s.setup = false
		m.set(0)
	case frameNodes:
		l := k.nodes[0].(*list)
		next := k.next
		if k.n+1 < len(l.nodes) {
			next = m.push(frame{kind: frameNodes, nodes: k.nodes, n: k.n + 1, next: next, tested: k.tested})
		}
		m.k = next
		m.node(l.nodes[k.n])
		return
	case frameDo:
		m.set(0) // which it does not ask for
		if !first {
			m.cut(k)
			return
		}
		m.k = k.next
		m.node(k.nodes[0])
		return
	case frameClose:
		if n := len(m.b.do); n > 0 && k.next == nil {
			if s, ok := m.b.do[n-1].(*standStill); ok && s.last {
				break // its end closes the file
			}
		}
		m.add(&call{mark: k.mark(m), kind: callClose, fd: k.n, last: atEnd(k.next)})
	case frameCheck:
		if m.check(k) {
			return
		}
	case frameMust:
		m.checkMust(k)
	case frameFunction, frameSubshell:
		if m.leave(k) {
			return
		}
	case frameNot:
		switch m.s.status.kind {
		case known:
			m.set(map[bool]int{true: 1, false: 0}[ok])
		case asked:
			m.s.status.not, m.s.status.code = !m.s.status.not, 1
		}
	default:
		if k.kind != frameWhile && k.kind != frameCFor && k.kind != frameFor && !m.decided(k.mark(m)) {
			return
		}
		m.decide(k, m.s.status.code == 0)
		return
	}
	m.k = k.next
}

// decide goes on behind what k has asked the status of; ok: it is 0.
func (m *machine) decide(k *frame, ok bool) {
	m.k = k.next
	switch k.kind {
	case frameAndOr:
		if n := k.nodes[0].(*andOr); ok != n.or {
			m.do(n.y)
		}
	case frameIfNode:
		if n := k.nodes[0].(*ifElse); ok {
			m.do(n.then)
		} else {
			m.do(n.els)
		}
	case frameOpened:
		n := k.nodes[0].(*redirect)
		if ok {
			m.k = m.push(frame{kind: frameClose, n: n.fd, nodes: k.nodes, next: k.next, tested: k.tested})
			m.node(n.body)
		} else {
			m.set(1)
		}
	case frameFatal:
		if !ok {
			m.exit(k.mark(m), k.next)
		}
	case frameBinary:
		if c := k.cmd.(*syntax.BinaryCmd); ok == (c.Op == syntax.AndStmt) {
			m.k = m.seq([]*syntax.Stmt{c.Y}, k.next)
		}
	default:
		m.compound(k, ok)
	}
}

// do goes on with a node, to which several ways may lead.
func (m *machine) do(n node) {
	if n == nil {
		m.set(0)
		return
	}
	m.k = m.push(frame{kind: frameDo, nodes: []node{n}, next: m.k, tested: m.k != nil && m.k.tested})
}

// node does what a command stands for, and goes on with k.
func (m *machine) node(n node) {
	tested := m.k != nil && m.k.tested
	switch n := n.(type) {
	case nil:
		m.set(0)
	case *status:
		m.s.status = result{}
		if !n.ok {
			m.set(cmp.Or(n.code, 1))
		}
		if n.unknown != "" {
			m.s.status = result{kind: unknown, why: n.unknown}
		}
	case *call:
		c := *n
		c.last = atEnd(m.k) && !n.fatal
		c.forked = !c.last && !n.builtin && n.kind != callClose && n.kind != callDup && n.kind != callChdir && n.kind != callKill && n.kind != callUnshare && (n.kind != callOpen || n.redirected)
		m.add(&c)
		m.last = &c
		switch {
		case n.unknown != "":
			m.s.status = result{kind: unknown, why: n.unknown}
		case n.kind == callClose || n.kind == callUnshare || n.kind == callChdir || n.kind == callKill:
			m.set(0)
		default:
			m.s.status = result{kind: asked, code: n.failure()}
		}
		if n.fatal && !m.s.setup { // there it must succeed anyway
			m.k = m.push(frame{kind: frameFatal, nodes: []node{n}, next: m.k, tested: tested})
		}
	case *exit:
		if n.code >= 0 {
			m.set(n.code)
		}
		m.exit(n.mark, m.k)
	case *start, *fsstress, *bug:
		m.add(n)
		m.set(0)
	case *standStill:
		s := *n
		s.last = m.t.job >= 0 && atEnd(m.k)
		m.add(&s)
		m.set(0)
	case *wait:
		m.add(n)
		m.set(0)
		switch {
		case n.status && len(n.tasks) == 1:
			c := &call{mark: n.mark, kind: callJobStatus, dev: n.tasks[0].job, builtin: true, waits: n.tasks[0]}
			m.add(c)
			m.last = c
			m.s.status = result{kind: asked, code: 1}
		case n.status:
			m.s.status = result{kind: unknown, why: "that of several tasks"}
		}
	case *list:
		if len(n.nodes) == 0 {
			m.set(0)
			return
		}
		m.k = m.push(frame{kind: frameNodes, nodes: []node{n}, next: m.k, tested: tested})
	case *andOr:
		m.k = m.push(frame{kind: frameAndOr, nodes: []node{n}, next: m.k, tested: tested})
		m.node(n.x)
	case *ifElse:
		m.k = m.push(frame{kind: frameIfNode, nodes: []node{n}, next: m.k, tested: tested})
		m.node(n.cond)
	case *redirect:
		m.k = m.push(frame{kind: frameOpened, nodes: []node{n}, next: m.k, tested: tested})
		m.node(&call{mark: n.mark, kind: callOpen, fd: n.fd, path: n.path, redirected: true})
	default:
		panic(fmt.Sprintf("unhandled %T", n))
	}
}

// check is behind a simple command. It reports whether it has ended the block.
func (m *machine) check(k *frame) bool {
	st := k.cmd.(*syntax.Stmt)
	if m.s.setup {
		switch {
		case m.s.status.kind == asked:
			m.ask()
			m.add(&setupCheck{m.mark(st), m.s.status.not})
		case m.s.status.kind == known && m.s.status.code != 0:
			m.add(&setupFails{m.mark(st)})
		}
		m.set(0)
		return false
	}
	switch {
	case m.s.status.kind == asked:
		m.branch(m.mark(st))
		return true
	case m.s.status.kind == known && m.s.status.code != 0:
		m.exit(m.mark(st), k.next)
		return true
	}
	return false
}

// exit ends the shell that k is in, by what stands at at: a ( ), or the task.
func (m *machine) exit(at mark, k *frame) {
	var closes []*frame
	for ; k != nil; k = k.next {
		switch k.kind {
		case frameClose:
			closes = append(closes, k)
		case frameFunction:
			m.s.outer = slices.Clone(m.s.outer[:len(m.s.outer)-1])
		case frameSubshell:
			for _, c := range closes {
				m.add(&call{mark: c.mark(m), kind: callClose, fd: c.n})
			}
			m.k = k
			return
		}
	}
	if m.s.setup {
		m.add(&setupFails{at})
	}
	m.k = nil
}

// mark returns where k stands in the script.
func (k *frame) mark(m *machine) mark {
	switch {
	case k.cmd != nil:
		return m.mark(k.cmd)
	case len(k.nodes) > 0:
		return k.nodes[0].where()
	case len(k.stmts) > 0:
		return m.mark(k.stmts[0])
	}
	return m.t.at
}

// shell is what a shell knows.
type shell struct {
	task *task
	env  map[string]string
	args []string     // $1, $2, …
	open map[int]bool // descriptors of files on mounts
	cwd  string       // the working directory, "" outside of the mount places
	dirs []string     // those that popd, or cd -, comes back to
	// mounted are the places where the first namespace may have a mount by what this shell has
	// done; nil: nobody asks.
	mounted map[int]bool
	jobs    []*task // started and not waited for
	// setup: before the scenario runs. namespace: in a mount namespace of its own. errexit: set -e.
	// piped: its input is a pipe.
	setup, namespace, errexit, piped bool

	trap   *trap // what runs at its end
	status result
	outer  []outerShell // of the ( ) and the functions that it is in
}

// trap is what runs at the end of a shell.
type trap struct {
	stmts []*syntax.Stmt
	used  refs
}

// outerShell is what comes back at the end of a ( ) or a function.
type outerShell struct {
	env            map[string]string // of a ( ); of a function: the variables that are local to it
	unset          []string          // of a function: local variables that were not set
	args           []string
	errexit, piped bool
	function       bool
	trap           *trap
}

func (s *shell) clone() *shell {
	c := *s
	c.env, c.open, c.mounted = maps.Clone(s.env), maps.Clone(s.open), maps.Clone(s.mounted)
	c.jobs, c.outer = slices.Clone(s.jobs), slices.Clone(s.outer)
	return &c
}

// key tells states apart in which k goes on differently.
func (s *shell) key(k *frame) string {
	var b strings.Builder
	used := refs{}
	if k != nil {
		used = k.used
	}
	vars := func(env map[string]string) {
		for _, name := range slices.Sorted(maps.Keys(env)) {
			if used.names[name] || s.trap != nil && s.trap.used.names[name] {
				fmt.Fprintf(&b, " %s=%q", name, env[name])
			}
		}
	}
	vars(s.env)
	fmt.Fprintf(&b, " %q %v %v %s %q %t %t %t %t |", s.args, slices.Sorted(maps.Keys(s.open)), slices.Sorted(maps.Keys(s.mounted)), s.cwd, s.dirs, s.setup, s.namespace, s.errexit, s.piped)
	if k != nil {
		for _, t := range s.jobs {
			fmt.Fprintf(&b, " %p", t)
		}
	}
	fmt.Fprintf(&b, " %p", s.trap)
	if used.statusFirst {
		fmt.Fprintf(&b, " %v", s.status)
	}
	for _, o := range s.outer {
		fmt.Fprintf(&b, " %v %q %t %t", o.unset, o.args, o.errexit, o.piped)
		vars(o.env)
	}
	return b.String()
}
