package scenario

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// script is a parsed script, with the scripts that stand in quotes inside it.
type script struct {
	file *syntax.File
	// quoted holds, by its command, what stands in the quotes of `unshare -m sh -c '…'`. Positions there are those in the file.
	quoted map[*syntax.CallExpr]*syntax.File
	bash   bool // a script of bash
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
		if !ok || !isUnshare(c) || bad != nil || len(s.quoted) > maxCommands { // so many are refused later on
			return bad == nil
		}
		from, to, ok := quotes(r.text, c.Args[len(c.Args)-1])
		if !ok {
			return true // refused later on
		}
		// Everything before the quotes made blank keeps the positions.
		inner, err := parseShell(r.sc.Path, blank(r.text[:from])+r.text[from:to], lang)
		if err != nil {
			bad = r.syntaxError(err)
		}
		s.quoted[c] = inner
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
