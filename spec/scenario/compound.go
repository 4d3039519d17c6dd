package scenario

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/pattern"
	"mvdan.cc/sh/v3/syntax"
)

// maxCalls is the deepest nesting of functions.
const maxCalls = 20

// nextStmt runs the first statement of k. Where ways may meet a new block begins.
func (m *machine) nextStmt(k *frame, first bool) {
	st := k.stmts[0]
	if !m.asksStatus(st) || bareExit(st) && !k.in(frameSubshell) {
		m.set(0)
	}
	if !first {
		m.cut(k)
		return
	}
	if m.s.status.kind == asked {
		m.branch(m.mark(st))
		return
	}
	m.exec(st, m.seq(k.stmts[1:], k.next))
}

// bareExit reports whether st is exit, with the status of the command before.
func bareExit(st *syntax.Stmt) bool {
	c, ok := st.Cmd.(*syntax.CallExpr)
	return ok && len(c.Args) == 1 && c.Args[0].Lit() == "exit"
}

// isTested reports whether somebody asks for the status of what runs on top of k.
func (k *frame) isTested() bool { return k != nil && k.tested }

// isLoop reports whether k is part of a loop.
func (k *frame) isLoop() bool {
	return k.kind == frameWhile || k.kind == frameTest || k.kind == frameFor || k.kind == frameCFor
}

// in reports whether a frame of that kind is k, or behind it.
func (k *frame) in(kind frameKind) bool {
	return k != nil && (k.kind == kind || k.next.in(kind))
}

// cut ends the block: others may come to k too.
func (m *machine) cut(k *frame) {
	if m.s.status.kind == asked {
		m.ask()
	}
	m.b.next = m.at(k, m.s)
	m.b = nil
}

// exec runs st and goes on with k.
func (m *machine) exec(st *syntax.Stmt, k *frame) {
	m.k = k
	if u, ok := m.units[st]; ok && m.dropped[u] {
		m.set(0)
		return
	}
	if m.count++; m.count > maxCommands {
		if m.count == maxCommands+1 {
			var at syntax.Node = st
			for f := k; f != nil; f = f.next {
				if f.isLoop() {
					at = f.cmd
					break
				}
			}
			m.fail(at.Pos(), m.source(at), fmt.Sprintf("the script unrolls to more than %d commands", maxCommands), nil)
		}
		m.b = nil
		return
	}
	tested := k != nil && k.tested
	if m.must[st] != nil {
		m.k = m.push(frame{kind: frameMust, cmd: st, next: m.k, tested: tested})
	}
	switch {
	case st.Coprocess || st.Disown:
		m.refuse(st, "not understood")
		m.set(0)
		return
	case st.Background:
		m.node(m.background(m.s, st))
		return
	}
	_, binary := st.Cmd.(*syntax.BinaryCmd)
	if m.s.setup && !tested && !st.Negated && (binary || isSimple(st)) && !mayFail(st) || m.s.errexit && !tested && !st.Negated && isSimple(st) {
		m.k = m.push(frame{kind: frameCheck, cmd: st, next: m.k, tested: binary})
	}
	if st.Negated {
		m.k = m.push(frame{kind: frameNot, cmd: st, next: m.k, tested: true})
	}
	if c, ok := st.Cmd.(*syntax.CallExpr); ok && len(c.Args) > 0 && c.Args[0].Lit() == "exec" {
		if n, ok := m.execBuiltin(m.s, st, c); ok {
			m.node(n)
			return
		}
	}
	if c := unshares(st); c != nil {
		m.node(m.namespace(m.s, st, c))
		return
	}
	m.redirections(st, 0)
}

// isSimple reports whether the status of st is one that set -e looks at, and not that of a command
// in it.
func isSimple(st *syntax.Stmt) bool {
	switch c := st.Cmd.(type) {
	case *syntax.CallExpr, *syntax.Subshell, *syntax.TestClause, *syntax.ArithmCmd, *syntax.LetClause, *syntax.DeclClause:
		return true
	case *syntax.BinaryCmd:
		return c.Op == syntax.Pipe || c.Op == syntax.PipeAll
	}
	return false
}

// mayFail reports whether st is a umount of which nobody wants to hear: it cleans up what may not
// be there, before the set-up begins.
func mayFail(st *syntax.Stmt) bool {
	c, ok := st.Cmd.(*syntax.CallExpr)
	if !ok || len(c.Args) == 0 || c.Args[0].Lit() != "umount" && c.Args[0].Lit() != "losetup" {
		return false
	}
	return slices.ContainsFunc(st.Redirs, func(rd *syntax.Redirect) bool {
		return rd.Word.Lit() == "/dev/null" && (rd.N != nil && rd.N.Value == "2" || rd.Op == syntax.RdrAll)
	})
}

// redirections opens the files that st is redirected to, from number i on, and then runs its
// command.
func (m *machine) redirections(st *syntax.Stmt, i int) {
	tested := m.k != nil && m.k.tested
	for ; i < len(st.Redirs); i++ {
		rd := st.Redirs[i]
		fd, name, ok := m.redirection(m.s, rd)
		if !ok {
			m.set(0)
			return
		}
		switch {
		case isDup(rd):
			if from, err := strconv.Atoi(name); err == nil && m.s.open[from] {
				m.note(rd, "another descriptor of a file that the shell has open anyway")
			}
			continue
		case name == "", name == "/dev/null", rd.Op != syntax.RdrIn && !m.reaches(m.s, name), m.elsewhere(m.s, name):
			continue
		}
		p, ok := m.path(m.s, rd.Word, name)
		if !ok {
			m.set(0)
			return
		}
		n := m.t.fd(fdKey(fd, m.s.open[fd]))
		m.k = m.push(frame{kind: frameRedirs, cmd: st, n: i + 1, items: []string{strconv.Itoa(n)}, next: m.k, tested: tested})
		m.node(&call{mark: m.mark(st), kind: callOpen, fd: n, path: p, redirected: true})
		return
	}
	m.command(st)
}

// command runs the command of st, the redirections of which are open.
func (m *machine) command(st *syntax.Stmt) {
	k := m.k
	tested := k != nil && k.tested
	switch c := st.Cmd.(type) {
	case nil, *syntax.FuncDecl:
		m.set(0)
	case *syntax.CallExpr:
		m.simple(st, c)
	case *syntax.Block:
		m.k = m.seq(c.Stmts, k)
	case *syntax.Subshell:
		m.subshell(m.mark(st), c, c.Stmts)
	case *syntax.BinaryCmd:
		if c.Op == syntax.Pipe || c.Op == syntax.PipeAll {
			m.pipe(c)
			return
		}
		m.exec(c.X, m.push(frame{kind: frameBinary, cmd: c, next: k, tested: true}))
	case *syntax.IfClause:
		m.ifClause(c, k)
	case *syntax.WhileClause:
		m.loop(m.push(frame{kind: frameWhile, cmd: c, next: k, tested: tested}))
	case *syntax.ForClause:
		m.forClause(c)
	case *syntax.CaseClause:
		m.caseClause(c)
	case *syntax.DeclClause:
		m.assignAll(c.Args, c.Variant.Value)
	case *syntax.ArithmCmd:
		m.arithmetic(c, c.X)
	case *syntax.LetClause:
		m.arithmetic(c, c.Exprs...)
	case *syntax.TestClause:
		m.testClause(c)
	case *syntax.TimeClause:
		if c.Stmt != nil {
			m.exec(c.Stmt, k)
		}
	default:
		m.refuse(st, "not understood")
		m.set(0)
	}
}

// compound goes on with a compound command; ok: the status is 0.
func (m *machine) compound(k *frame, ok bool) {
	m.k = k.next
	switch k.kind {
	case frameIf:
		switch c := k.cmd.(*syntax.IfClause); {
		case ok:
			m.k = m.seq(c.Then, k.next)
		case c.Else == nil:
			m.set(0)
		case len(c.Else.Cond) > 0:
			m.ifClause(c.Else, k.next)
			return
		default:
			m.k = m.seq(c.Else.Then, k.next)
		}
	case frameWhile, frameCFor:
		n := 0
		if k.used.statusFirst {
			switch m.s.status.kind {
			case asked:
				m.k = k
				m.branch(k.mark(m))
				return
			case known:
				n = m.s.status.code
			default:
				n = -1
			}
		}
		m.post(k)
		m.loop(m.push(frame{kind: k.kind, cmd: k.cmd, n: n, next: k.next, tested: k.tested}))
	case frameTest:
		c := k.cmd.(*syntax.WhileClause)
		if ok != c.Until {
			m.k = m.seq(c.Do, m.push(frame{kind: frameWhile, cmd: c, n: k.n, next: k.next, tested: k.next.isTested()}))
			return
		}
		m.loopStatus(k.n)
	case frameFor:
		m.forRound(k)
	case frameRedirs:
		st := k.cmd.(*syntax.Stmt)
		fd, _ := strconv.Atoi(k.items[0])
		if ok {
			m.k = m.push(frame{kind: frameClose, cmd: st, n: fd, next: k.next, tested: k.tested})
			m.redirections(st, k.n)
			return
		}
		m.set(1)
		if c, isCall := st.Cmd.(*syntax.CallExpr); isCall && len(c.Args) > 0 && c.Args[0].Lit() == ":" && !m.bash {
			m.exit(m.mark(st), k.next) // a special built-in
		}
	default:
		panic(fmt.Sprintf("unhandled frame %d", k.kind))
	}
}

func (m *machine) loopStatus(n int) {
	m.set(n)
	if n < 0 {
		m.s.status = result{kind: unknown, why: "that of a loop; test what you need after it"}
	}
}

func (m *machine) ifClause(c *syntax.IfClause, k *frame) {
	m.k = m.seq(c.Cond, m.push(frame{kind: frameIf, cmd: c, next: k, tested: true}))
}

// loop begins a round of a while, until or for (( )) loop.
func (m *machine) loop(k *frame) {
	switch c := k.cmd.(type) {
	case *syntax.WhileClause:
		m.k = m.seq(c.Cond, m.push(frame{kind: frameTest, cmd: c, n: k.n, next: k.next, tested: true}))
	case *syntax.ForClause:
		loop := c.Loop.(*syntax.CStyleLoop)
		v := 1
		if loop.Cond != nil {
			var ok bool
			if v, ok = m.arithm(loop, loop.Cond); !ok {
				m.k = k.next
				return
			}
		}
		if v == 0 {
			m.k = k.next
			m.loopStatus(k.n)
			return
		}
		m.k = m.seq(c.Do, k)
	}
}

// post does what a for (( )) loop does behind a round.
func (m *machine) post(k *frame) {
	if c, ok := k.cmd.(*syntax.ForClause); ok {
		if loop := c.Loop.(*syntax.CStyleLoop); loop.Post != nil {
			m.arithm(loop, loop.Post)
		}
	}
}

func (m *machine) forClause(c *syntax.ForClause) {
	tested := m.k != nil && m.k.tested
	if c.Select {
		m.refuse(c, "select is not understood")
		return
	}
	switch loop := c.Loop.(type) {
	case *syntax.WordIter:
		items := m.s.args
		if loop.InPos.IsValid() {
			items = nil
			for _, w := range loop.Items {
				fields, ok := m.fields(m.s, w)
				if !ok {
					m.poison(loop.Name.Value)
					return
				}
				items = append(items, fields...)
			}
		}
		if len(items) > maxCommands {
			items = items[:maxCommands+1] // reported as too many
		}
		m.k = m.push(frame{kind: frameFor, cmd: c, items: items, next: m.k, tested: tested})
	case *syntax.CStyleLoop:
		if loop.Init != nil {
			m.arithm(loop, loop.Init)
		}
		m.loop(m.push(frame{kind: frameCFor, cmd: c, next: m.k, tested: tested}))
	}
}

func (m *machine) forRound(k *frame) {
	if k.n == len(k.items) {
		if k.n == 0 {
			m.set(0)
		}
		return // with the status of the last round
	}
	c := k.cmd.(*syntax.ForClause)
	m.s.env[c.Loop.(*syntax.WordIter).Name.Value] = k.items[k.n]
	m.k = m.seq(c.Do, m.push(frame{kind: frameFor, cmd: c, items: k.items, n: k.n + 1, next: k.next, tested: k.tested}))
}

func (m *machine) caseClause(c *syntax.CaseClause) {
	word, ok := m.word(m.s, c.Word)
	if !ok {
		m.set(0)
		return
	}
	for _, item := range c.Items {
		for _, p := range item.Patterns {
			text, err := expand.Pattern(m.config(m.s), p)
			if err != nil {
				m.expandError(p, err)
				return
			}
			re, err := pattern.Regexp(text, pattern.EntireString)
			if err != nil {
				m.fail(p.Pos(), m.source(p), "not a pattern: "+err.Error(), nil)
				return
			}
			if matched, err := regexp.MatchString(re, word); err != nil || !matched {
				continue
			}
			if item.Op != syntax.Break {
				m.refuse(c, "only ;; is understood at the end of a case")
				return
			}
			m.k = m.seq(item.Stmts, m.k)
			return
		}
	}
	m.set(0)
}

// subshell runs statements as a shell that this one waits for: a task of its own, if what it does
// to itself must not be done to this one.
func (m *machine) subshell(at mark, n syntax.Node, stmts []*syntax.Stmt) {
	if needsTask(stmts) && !atEnd(m.k) {
		m.node(m.foreground(m.s, at, stmts))
		return
	}
	m.enter(stmts, n)
}

// enter runs statements as a ( ) that the shell waits for.
func (m *machine) enter(stmts []*syntax.Stmt, at syntax.Node) {
	m.s.outer = append(slices.Clone(m.s.outer), outerShell{env: maps.Clone(m.s.env), args: m.s.args, errexit: m.s.errexit, piped: m.s.piped, trap: m.s.trap})
	m.s.trap = nil
	m.k = m.seq(stmts, m.push(frame{kind: frameSubshell, cmd: at, next: m.k, tested: m.k != nil && m.k.tested}))
}

// callFunction runs a function of the script.
func (m *machine) callFunction(c *syntax.CallExpr, f *syntax.FuncDecl, args []string) {
	if len(m.s.outer) >= maxCalls {
		m.fail(c.Pos(), m.source(c), fmt.Sprintf("more than %d functions or ( ) inside each other", maxCalls), nil)
		return
	}
	m.s.outer = append(slices.Clone(m.s.outer), outerShell{env: map[string]string{}, args: m.s.args, errexit: m.s.errexit, function: true})
	m.s.args = args
	m.k = m.seq([]*syntax.Stmt{f.Body}, m.push(frame{kind: frameFunction, cmd: c, next: m.k, tested: m.k != nil && m.k.tested}))
}

// leave ends a ( ) or a function. It reports whether something is to run before.
func (m *machine) leave(k *frame) bool {
	n := len(m.s.outer) - 1
	o := m.s.outer[n]
	m.s.outer = slices.Clone(m.s.outer[:n])
	if !o.function {
		if m.s.trap != nil { // it ends now, with the status that it has
			m.s.outer = append(m.s.outer, o)
			if m.s.status.kind == asked {
				m.branch(k.mark(m))
				return true
			}
			if m.s.status.kind == known {
				k = m.push(frame{kind: frameStatus, n: m.s.status.code, next: k, tested: k.tested})
			}
			m.k = m.seq(m.s.trap.stmts, k)
			m.s.trap = nil
			return true
		}
		m.s.env, m.s.args, m.s.errexit, m.s.piped, m.s.trap = maps.Clone(o.env), o.args, o.errexit, o.piped, o.trap
		return false
	}
	m.s.args = o.args
	for _, name := range o.unset {
		delete(m.s.env, name)
	}
	maps.Copy(m.s.env, o.env)
	return false
}

// local notes that a variable is local to the function in hand.
func (m *machine) local(name string) {
	n := len(m.s.outer) - 1
	if n < 0 || !m.s.outer[n].function {
		return
	}
	o := m.s.outer[n]
	if _, ok := o.env[name]; ok || slices.Contains(o.unset, name) {
		return
	}
	m.s.outer = slices.Clone(m.s.outer)
	o.env, o.unset = maps.Clone(o.env), slices.Clone(o.unset)
	if v, ok := m.s.env[name]; ok {
		o.env[name] = v
	} else {
		o.unset = append(o.unset, name)
	}
	m.s.outer[n] = o
}

// jump leaves loops or a function: break, continue, return.
func (m *machine) jump(o *operands) {
	n := 1
	if len(o.words) > 0 {
		v, err := strconv.Atoi(o.words[0])
		if err != nil || v < 0 || len(o.words) > 1 {
			m.usage(o)
			return
		}
		n = v
	}
	status := result{}
	switch {
	case o.name == "return" && len(o.words) == 0:
		status = m.s.status
	case o.name == "return":
		status.code = n
	}
	k := m.k
	var closes []*frame
	for ; k != nil; k = k.next {
		loop := k.isLoop()
		switch {
		case k.kind == frameClose:
			closes = append(closes, k)
		case k.kind == frameSubshell, k.kind == frameFunction && o.name != "return":
			k = nil
		case o.name == "return" && k.kind == frameFunction, o.name != "return" && loop && n <= 1:
			for _, c := range closes {
				m.add(&call{mark: c.mark(m), kind: callClose, fd: c.n})
			}
			m.s.status = status
			if m.k = k; o.name == "break" {
				m.k = k.next
			}
			if o.name == "continue" && k.kind == frameTest {
				m.k = m.push(frame{kind: frameWhile, cmd: k.cmd, next: k.next, tested: k.next.isTested()})
			}
			return
		case loop:
			n--
		}
		if k == nil {
			break
		}
	}
	m.fail(o.call.Pos(), o.at.text, o.name+" stands in no "+map[string]string{"return": "function"}[o.name]+map[bool]string{true: "loop"}[o.name != "return"], nil)
}

// pipe runs x | y, where one of them has nothing to do with mounts, so that it does not matter
// which of them comes first.
func (m *machine) pipe(c *syntax.BinaryCmd) {
	s := m.s.clone()
	s.piped = true
	x, y := m.trial(s, c.X), m.trial(s, c.Y)
	switch {
	case x.bad:
		m.enter([]*syntax.Stmt{c.X}, c)
	case y.bad, x.quiet:
		m.enter([]*syntax.Stmt{c.Y}, c)
	case y.quiet:
		m.note(c.Y, "a pipe to what has no effect on mounts")
		m.k = m.push(frame{kind: frameNodes, nodes: []node{m.pipeStatus(c, y.status)}, next: m.k, tested: true})
		m.enter([]*syntax.Stmt{c.X}, c)
	default:
		m.fail(c.OpPos, m.source(c), "both sides of this pipe use mounts at the same time: put one of them in the background (&) instead", nil)
		m.set(0)
		return
	}
	m.s.piped = true
}

// pipeStatus returns a node with the status of the right side of a pipe, the same one for equal
// statuses.
func (m *machine) pipeStatus(c *syntax.BinaryCmd, r result) node {
	if n, ok := m.pipes[c]; ok {
		return n
	}
	n := &list{m.mark(c), []node{&status{mark: m.mark(c), ok: r.kind == known && r.code == 0, code: r.code, unknown: r.why}}}
	m.pipes[c] = n
	return n
}

// trial is what comes of a command that is tried.
type trial struct {
	quiet  bool // it makes no system call
	bad    bool // it has errors
	status result
}

// trial tries st in the state s.
func (m *machine) trial(s *shell, st *syntax.Stmt) trial {
	scratch := *m.lowerer
	errs, notes, tasks := len(m.reader.errs), m.p.notes, len(m.p.tasks)
	t := &task{name: "trial", at: m.mark(st), job: -1}
	scratch.program(t, s, func(n *machine) *frame { return n.seq([]*syntax.Stmt{st}, nil) })
	out := trial{quiet: true, bad: len(m.reader.errs) > errs, status: result{kind: unknown, why: "that of a pipe"}}
	if t.ends == 1 {
		out.status = t.last
	}
	for _, b := range t.blocks {
		out.quiet = out.quiet && len(b.do) == 0
	}
	m.p.tasks, m.bases = m.p.tasks[:tasks], m.bases[:tasks]
	m.reader.errs, m.p.notes = m.reader.errs[:errs], notes
	m.count = scratch.count
	return out
}
