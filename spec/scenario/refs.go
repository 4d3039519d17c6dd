package scenario

import (
	"slices"

	"mvdan.cc/sh/v3/syntax"
)

// refs are what some commands ask for of what came before them.
type refs struct {
	names       map[string]bool // variables
	statusFirst bool            // the status
}

// refsOf returns what f and what is behind it ask for. A variable counts if its name stands there
// at all, but for words that are only printed, and for its own new value: n=$((n+1)).
func (l *lowerer) refsOf(f *frame) refs {
	r := refs{names: map[string]bool{}, statusFirst: true}
	if f.next != nil {
		for n := range f.next.used.names {
			r.names[n] = true
		}
	}
	for _, st := range f.stmts {
		l.addNames(r.names, st, "")
	}
	if f.cmd != nil && f.kind != frameCheck && f.kind != frameMust {
		l.addNames(r.names, f.cmd, "")
	}
	behind := f.next != nil && f.next.used.statusFirst
	switch f.kind {
	case frameSeq:
		r.statusFirst = l.asksStatus(f.stmts[0])
	case frameDo, frameNodes, frameRun, frameStatus:
		r.statusFirst = false
	case frameClose, frameSubshell, frameFunction, frameNot:
		r.statusFirst = behind
	case frameWhile, frameFor, frameCFor:
		r.statusFirst = behind || l.asksInLoop(f.cmd)
	}
	return r
}

// addNames adds the variables that n asks for. own is the one that is being set there.
func (l *lowerer) addNames(names map[string]bool, n syntax.Node, own string) {
	add := func(name string) {
		if name != own {
			names[name] = true
		}
	}
	syntax.Walk(n, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.ParamExp:
			if n.Param != nil {
				add(n.Param.Value)
			}
		case *syntax.Assign:
			if n.Name != nil && n.Value != nil {
				l.addNames(names, n.Value, n.Name.Value)
				return false
			}
		case *syntax.ArithmExp, *syntax.ArithmCmd, *syntax.LetClause, *syntax.CStyleLoop:
			syntax.Walk(n, func(n syntax.Node) bool { // names stand there without a $
				if lit, ok := n.(*syntax.Lit); ok && syntax.ValidName(lit.Value) {
					add(lit.Value)
				}
				return true
			})
		case *syntax.CallExpr:
			name := ""
			if len(n.Args) > 0 {
				name = n.Args[0].Lit()
			}
			if f := l.functions[name]; f != nil && !l.walking[name] {
				l.walking[name] = true
				l.addNames(names, f, own)
				delete(l.walking, name)
			}
			if name == "echo" || name == "printf" || name == "logger" {
				for _, a := range n.Assigns {
					l.addNames(names, a, own)
				}
				for _, a := range n.Args { // a command in there may ask for more
					syntax.Walk(a, func(n syntax.Node) bool {
						if c, ok := n.(*syntax.CmdSubst); ok {
							l.addNames(names, c, own)
						}
						return true
					})
				}
				return false
			}
		case *syntax.CmdSubst:
			syntax.Walk(n, func(n syntax.Node) bool {
				if p, ok := n.(*syntax.ParamExp); ok && p.Param != nil {
					add(p.Param.Value)
				}
				return true
			})
		}
		return true
	})
}

// asksStatus reports whether st may ask for the status of the command before it.
func (l *lowerer) asksStatus(st *syntax.Stmt) bool {
	found := false
	syntax.Walk(st, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.ParamExp:
			found = found || n.Param != nil && n.Param.Value == "?"
		case *syntax.CallExpr:
			if len(n.Args) > 0 {
				name := n.Args[0].Lit()
				bare := len(n.Args) == 1 && (name == "return" || name == "exit")
				found = found || bare || l.functions[name] != nil && l.statusInFunctions
			}
		}
		return !found
	})
	return found
}

// asksInLoop reports whether a round of a loop may ask for the status of what came before it.
func (l *lowerer) asksInLoop(c syntax.Node) bool {
	switch c := c.(type) {
	case *syntax.WhileClause:
		return l.asksStatus(c.Cond[0]) || l.asksStatus(c.Do[0])
	case *syntax.ForClause:
		return len(c.Do) > 0 && l.asksStatus(c.Do[0])
	}
	return false
}

// findFunctions notes the functions of the script: which there are, and whether one may ask for the
// status of the command before its call.
func (l *lowerer) findFunctions() {
	l.functions, l.walking = map[string]*syntax.FuncDecl{}, map[string]bool{}
	l.script.walk(func(n syntax.Node) bool {
		if f, ok := n.(*syntax.FuncDecl); ok && f.Name != nil {
			if name := f.Name.Value; l.functions[name] != nil {
				l.fail(f.Pos(), name, "defined before: a function is the same everywhere here", nil)
			}
			l.functions[f.Name.Value] = f
		}
		return true
	})
	for _, f := range l.functions {
		if l.asksStatus(f.Body) {
			l.statusInFunctions = true
		}
	}
}

// needsTask reports whether a ( ) must be a task of its own: it leaves a working directory, opens
// or closes files, or starts tasks. Else what it does can as well be done by the shell that waits
// for it.
func needsTask(stmts []*syntax.Stmt) bool {
	found := false
	look := func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Stmt:
			found = found || n.Background
		case *syntax.CallExpr:
			found = found || len(n.Args) > 0 && slices.Contains([]string{"cd", "exec", "pushd", "popd"}, n.Args[0].Lit())
		}
		return !found
	}
	for _, st := range stmts {
		syntax.Walk(st, look)
	}
	return found
}
