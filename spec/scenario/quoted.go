package scenario

import (
	"fmt"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"mcheck/spec"
)

// script is a parsed script, with the scripts that stand in quotes inside it.
type script struct {
	file *syntax.File
	// quoted holds, by its command, what stands in the quotes of `unshare -m sh -c '…'`, `sh -c
	// '…'`, `trap '…' EXIT` and `eval '…'`. Positions there are those in the file.
	quoted map[*syntax.CallExpr]*syntax.File
	bash   bool // a script of bash
}

// inner returns the word of c that holds commands, nil if none does.
func inner(c *syntax.CallExpr) *syntax.Word {
	if len(c.Args) < 2 {
		return nil
	}
	switch c.Args[0].Lit() {
	case "unshare":
		return c.Args[len(c.Args)-1]
	case "trap", "eval":
		return c.Args[1]
	}
	for i := 0; i+2 < len(c.Args); i++ {
		if flag := c.Args[i+1].Lit(); isShell(c.Args[i].Lit()) && strings.HasPrefix(flag, "-") && strings.HasSuffix(flag, "c") {
			return c.Args[i+2]
		}
	}
	return nil
}

func isShell(name string) bool {
	return slices.Contains([]string{"sh", "bash", "dash", "/bin/sh", "/bin/bash"}, name)
}

// commands returns the commands that the word of c holds.
func (l *lowerer) commands(s *shell, c *syntax.CallExpr, w *syntax.Word) ([]*syntax.Stmt, bool) {
	if f := l.script.quoted[c]; f != nil {
		return f.Stmts, true
	}
	text, err := expand.Literal(l.config(s), w)
	if err != nil {
		l.expandError(w, err)
		return nil, false
	}
	key := fmt.Sprintf("%p %s", w, text)
	if f := l.texts[key]; f != nil {
		return f.Stmts, true
	}
	// It is put behind the script, so that it has a place there, which pos knows to be that of w.
	lang := syntax.LangPOSIX
	if l.bash {
		lang = syntax.LangBash
	}
	from := len(l.text) + 1
	l.behind = append(l.behind, behind{uint(strings.Count(l.text, "\n")) + 2, l.pos(w.Pos())})
	l.text += "\n" + text + "\n"
	f, err := parseShell(l.sc.Path, blank(l.text[:from])+text, lang)
	if err != nil {
		l.fail(w.Pos(), l.source(w), "these are no commands: "+l.syntaxError(err).Msg, nil)
		return nil, false
	}
	l.texts[key] = f
	return f.Stmts, true
}

// behind is text that was put behind a script: the line that it begins with, and the place that it
// stands for.
type behind struct {
	line uint
	at   spec.Pos
}

// parse parses the text of the script. Scripts in quotes inside quotes are left alone.
func (r *reader) parse() (*script, *Error) {
	lang := syntax.LangPOSIX
	if first, _, _ := strings.Cut(r.text, "\n"); strings.HasPrefix(first, "#!") && strings.Contains(first, "bash") {
		lang = syntax.LangBash
	}
	file, err := parseShell(r.sc.Path, r.text, lang)
	if err != nil && lang == syntax.LangPOSIX && !strings.HasPrefix(r.text, "#!") {
		if f, ok := parseShell(r.sc.Path, r.text, syntax.LangBash); ok == nil {
			file, err, lang = f, nil, syntax.LangBash
		}
	}
	if err != nil {
		return nil, r.syntaxError(err)
	}
	s := &script{file, map[*syntax.CallExpr]*syntax.File{}, lang == syntax.LangBash}
	var bad *Error
	syntax.Walk(file, func(n syntax.Node) bool {
		c, ok := n.(*syntax.CallExpr)
		if !ok || inner(c) == nil || bad != nil || len(s.quoted) > maxCommands { // so many are refused later on
			return bad == nil
		}
		from, to, ok := quotes(r.text, inner(c))
		if !ok {
			return true // its commands are known only when it runs
		}
		// Everything before the quotes made blank keeps the positions.
		f, err := parseShell(r.sc.Path, blank(r.text[:from])+r.text[from:to], lang)
		if err != nil {
			bad = r.syntaxError(err)
		}
		s.quoted[c] = f
		return true
	})
	return s, bad
}

func parseShell(path, text string, lang syntax.LangVariant) (*syntax.File, error) {
	return syntax.NewParser(syntax.KeepComments(true), syntax.Variant(lang)).Parse(strings.NewReader(text), path)
}

func isUnshare(c *syntax.CallExpr) bool { return len(c.Args) > 1 && c.Args[0].Lit() == "unshare" }

// unshares returns the command of st if that is unshare, else nil.
func unshares(st *syntax.Stmt) *syntax.CallExpr {
	if c, ok := st.Cmd.(*syntax.CallExpr); ok && isUnshare(c) {
		return c
	}
	return nil
}

// quotes returns where the text of a word is that is one pair of quotes with nothing to expand.
func quotes(text string, w *syntax.Word) (from, to int, ok bool) {
	if len(w.Parts) != 1 {
		return 0, 0, false
	}
	switch q := w.Parts[0].(type) {
	case *syntax.SglQuoted:
		from, to, ok = int(q.Left.Offset())+1, int(q.Right.Offset()), !q.Dollar
	case *syntax.DblQuoted:
		from, to, ok = int(q.Left.Offset())+1, int(q.Right.Offset()), !q.Dollar
		ok = ok && from <= to && to <= len(text) && !strings.ContainsAny(text[from:to], "$`\\")
	}
	return from, to, ok && from <= to && to <= len(text)
}

// blank replaces all but the ends of lines with blanks.
func blank(text string) string {
	b := []byte(text)
	for i := range b {
		if b[i] != '\n' {
			b[i] = ' '
		}
	}
	return string(b)
}

// unshares reports whether the script has a mount namespace of its own somewhere.
func (s *script) unshares() bool {
	found := false
	s.walk(func(n syntax.Node) bool {
		c, ok := n.(*syntax.CallExpr)
		found = found || ok && isUnshare(c)
		return !found
	})
	return found
}

// walk is syntax.Walk over the script and what stands in quotes in it, in the order of the text.
func (s *script) walk(f func(syntax.Node) bool) {
	var visit func(n syntax.Node) bool
	visit = func(n syntax.Node) bool {
		if !f(n) {
			return false
		}
		if c, ok := n.(*syntax.CallExpr); ok && s.quoted[c] != nil {
			syntax.Walk(s.quoted[c], visit)
		}
		return true
	}
	syntax.Walk(s.file, visit)
}

// inQuotes reports whether p is in a script in quotes.
func (s *script) inQuotes(p syntax.Pos) bool {
	for c := range s.quoted {
		if p.After(c.Pos()) && c.End().After(p) {
			return true
		}
	}
	return false
}
