package scenario

import (
	"mvdan.cc/sh/v3/syntax"
)

// namespace resolves `unshare -m sh -c '…'` in the foreground: a task of its own, which the shell
// waits for.
func (l *lowerer) namespace(s *shell, st *syntax.Stmt, c *syntax.CallExpr) node {
	if !l.nullOnly(s, st) || !l.mayStart(s, st) {
		return nil
	}
	t := l.newTask(l.mark(st))
	t.awaited = true
	l.namespaceProgram(l.child(s, t), st, c)
	l.name(st, t)
	return &list{l.mark(st), []node{&start{l.mark(st), t}, &wait{l.mark(st), []*task{t}, true}}}
}

// namespaceProgram makes the program of the commands in the quotes; the task of s is the one that
// runs them. Variables that are not exported end with the shell that starts it.
func (l *lowerer) namespaceProgram(s *shell, st *syntax.Stmt, c *syntax.CallExpr) {
	l.program(s.task, s, func(m *machine) *frame { return m.seq(nil, nil) })
	words := c.Args[1:]
	if len(words) != 4 || len(c.Assigns) > 0 || words[0].Lit() != "-m" && words[0].Lit() != "--mount" || words[1].Lit() != "sh" && words[1].Lit() != "bash" || words[2].Lit() != "-c" {
		l.usage(&operands{call: c, name: "unshare"})
		return
	}
	inner := l.script.quoted[c]
	if inner == nil {
		l.fail(words[3].Pos(), l.source(words[3]), "the commands of the new namespace stand in quotes, with no $, ` or \\ if these are double", nil)
		return
	}
	for place, at := range l.p.places {
		if s.mounted[place] {
			l.fail(st.Pos(), l.source(st), "would copy the mount at "+at+" ("+l.pos(l.mountAt[place]).String()+
				"): mounts are not copied here, so the new namespace must begin without any; unmount it before, or mount it inside", nil)
			return
		}
	}
	s.env, s.namespace = map[string]string{}, true
	s.task.blocks, s.task.entry = nil, nil
	l.program(s.task, s, func(m *machine) *frame {
		return m.push(frame{kind: frameNodes, nodes: []node{&list{l.mark(st), []node{&call{mark: l.mark(st), kind: callUnshare}}}}, next: m.seq(inner.Stmts, nil)})
	})
}

// nullOnly reports redirections of st from or to anything but /dev/null: the task would inherit the
// file.
func (l *lowerer) nullOnly(s *shell, st *syntax.Stmt) bool {
	for _, rd := range st.Redirs {
		_, target, ok := l.redirection(s, rd)
		if ok && l.reaches(s, target) {
			l.fail(rd.Pos(), l.source(rd), "the task in the new namespace would inherit this file: open it inside", nil)
			return false
		}
		if !ok {
			return false
		}
	}
	return true
}
