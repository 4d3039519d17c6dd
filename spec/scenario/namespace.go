package scenario

import (
	"slices"

	"mvdan.cc/sh/v3/syntax"
)

// namespace resolves `unshare -m sh -c '…'` in the foreground: a task of its own, which the shell waits for.
func (l *lowerer) namespace(sh *shell, st *syntax.Stmt, c *syntax.CallExpr) node {
	if !l.nullOnly(sh, st) || !l.mayStart(sh, st, "unshare") {
		return nil
	}
	t := l.newTask(st)
	t.awaited = true
	slot := len(l.p.tasks) - 1
	t.body = l.namespaceBody(&shell{task: t, env: map[string]string{}, open: map[int]bool{}}, st, c)
	l.bases[slot] = l.baseOf(st, t)
	return &list{l.mark(st), []node{&start{l.mark(st), t}, &wait{l.mark(st), []*task{t}, true}}}
}

// namespaceBody resolves the commands in the quotes; the task of sh is the one that runs them. Variables that are not exported end with the shell that
// starts it.
func (l *lowerer) namespaceBody(sh *shell, st *syntax.Stmt, c *syntax.CallExpr) []node {
	words := c.Args[1:]
	if len(words) != 4 || len(c.Assigns) > 0 || words[0].Lit() != "-m" && words[0].Lit() != "--mount" || words[1].Lit() != "sh" || words[2].Lit() != "-c" {
		l.usage(&operands{call: c, name: "unshare"})
		return nil
	}
	inner := l.script.quoted[c]
	if inner == nil {
		l.fail(words[3].Pos(), l.source(words[3]), "the commands of the new namespace stand in quotes, with no $, ` or \\ if these are double", nil)
		return nil
	}
	for place, at := range l.p.places {
		if mount, ok := l.mounted[place]; ok {
			l.fail(st.Pos(), l.source(st), "would copy the mount at "+at+" ("+l.pos(mount).String()+
				"): mounts are not copied here, so the new namespace must begin without any; unmount it before, or mount it inside", nil)
			return nil
		}
	}
	sh.env, sh.namespace = map[string]string{}, true
	return slices.Concat([]node{&call{mark: l.mark(st), kind: callUnshare}}, l.stmts(sh, inner.Stmts))
}

// nullOnly reports redirections of st from or to anything but /dev/null: the task would inherit the file.
func (l *lowerer) nullOnly(sh *shell, st *syntax.Stmt) bool {
	for _, rd := range st.Redirs {
		_, target, ok := l.redirection(sh, rd)
		if ok && target != "/dev/null" {
			l.fail(rd.Pos(), l.source(rd), "the task in the new namespace would inherit this file: open it inside", nil)
		}
		if !ok || target != "/dev/null" {
			return false
		}
	}
	return true
}
