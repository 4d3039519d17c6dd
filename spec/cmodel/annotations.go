package cmodel

import (
	"regexp"
	"strconv"
	"strings"

	"modernc.org/cc/v4"

	"mcheck/spec"
)

// note is an annotation: one of the header's macros that are an attribute.
type note struct {
	text string // what the header's macro makes of it, "guarded_by:l"
	pos  spec.Pos
}

// name is the annotation as the source writes it.
func (n note) name() string {
	kind, arg, hasArg := strings.Cut(n.text, ":")
	if hasArg {
		return strings.ToUpper(kind) + "(" + arg + ")"
	}
	return strings.ToUpper(kind)
}

// fieldNote is a field's place with its annotations.
type fieldNote struct {
	pos   spec.Pos
	notes []note
}

var (
	annotation = regexp.MustCompile(`annotate\s*\(\s*((?:"[^"]*"\s*)+)\)`)
	quoted     = regexp.MustCompile(`"([^"]*)"`)
	// annotatedAt is the second attribute of each of the header's annotations: its macro's place.
	annotatedAt = regexp.MustCompile(`__mc_at\s*\(\s*"((?:[^"\\]|\\.)*)"\s*,\s*(\d+)\s*\)`)
)

// knownNotes are the annotations of the header.
var knownNotes = regexp.MustCompile(`^(ghost|private|interrupted|set_once|no_buffer|locked|(write_)?guarded_by:.*|recursion:.*)$`)

// read returns the annotations in lists of attributes, which have a meaning where they stand.
func (c *compiler) read(lists ...*cc.AttributeSpecifierList) []note {
	var out []note
	for _, l := range lists {
		for ; l != nil; l = l.AttributeSpecifierList {
			a := l.AttributeSpecifier
			if n, ok := c.noteOf(a); ok {
				c.attrsRead[a] = true
				out = append(out, n)
			}
		}
	}
	return out
}

// noteOf returns the annotation that an attribute is; ok is false if it is another attribute.
func (c *compiler) noteOf(a *cc.AttributeSpecifier) (n note, ok bool) {
	m := annotation.FindStringSubmatch(cc.NodeSource(a))
	if m == nil {
		return note{}, false
	}
	n.pos = c.position(a)
	for _, q := range quoted.FindAllStringSubmatch(m[1], -1) {
		n.text += q[1]
	}
	return n, knownNotes.MatchString(n.text)
}

// specifierNotes returns the annotations among the specifiers of a declaration: those of all that
// it declares.
func (c *compiler) specifierNotes(ds *cc.DeclarationSpecifiers) []note {
	var out []note
	for ; ds != nil; ds = ds.DeclarationSpecifiers {
		out = append(out, c.read(ds.AttributeSpecifierList)...)
		if q := ds.TypeQualifier; q != nil {
			out = append(out, c.read(q.AttributeSpecifierList)...)
		}
	}
	return out
}

// qualifierNotes is specifierNotes for fields.
func (c *compiler) qualifierNotes(sq *cc.SpecifierQualifierList) []note {
	var out []note
	for ; sq != nil; sq = sq.SpecifierQualifierList {
		out = append(out, c.read(sq.AttributeSpecifierList)...)
		if q := sq.TypeQualifier; q != nil {
			out = append(out, c.read(q.AttributeSpecifierList)...)
		}
	}
	return out
}

// pointerNotes returns the annotations between the asterisks and the name of a declarator.
func (c *compiler) pointerNotes(d *cc.Declarator) []note {
	var out []note
	for d != nil {
		for p := d.Pointer; p != nil; p = p.Pointer {
			for q := p.TypeQualifiers; q != nil; q = q.TypeQualifiers {
				if q.TypeQualifier != nil {
					out = append(out, c.read(q.TypeQualifier.AttributeSpecifierList)...)
				}
			}
		}
		dd := d.DirectDeclarator
		for dd != nil && dd.Declarator == nil {
			dd = dd.DirectDeclarator
		}
		if dd == nil {
			break
		}
		d = dd.Declarator
	}
	return out
}

// declaratorNotes returns the annotations of what l declares first, those of the specifiers left
// out.
func (c *compiler) declaratorNotes(l *cc.InitDeclaratorList) []note {
	id := l.InitDeclarator
	return append(c.pointerNotes(id.Declarator), c.read(l.AttributeSpecifierList, id.AttributeSpecifierList)...)
}

// noteFields notes the annotations of the fields of a struct. Those behind the names are about the
// last name, as in C.
func (c *compiler) noteFields(s *cc.StructOrUnionSpecifier) {
	first := map[string]spec.Pos{}
	for l := s.StructDeclarationList; l != nil; l = l.StructDeclarationList {
		sd := l.StructDeclaration
		all := c.qualifierNotes(sd.SpecifierQualifierList)
		for dl := sd.StructDeclaratorList; dl != nil; dl = dl.StructDeclaratorList {
			d := dl.StructDeclarator.Declarator
			if d == nil {
				continue
			}
			c.twice(first, d.Name(), d.Name(), d)
			notes := append(all[:len(all):len(all)], c.pointerNotes(d)...)
			if dl.StructDeclaratorList == nil {
				notes = append(notes, c.read(sd.AttributeSpecifierList)...)
			}
			c.fieldNotes[d] = fieldNote{c.position(d), notes}
		}
	}
}

// noteLocals notes the annotations of what a declaration in a function declares.
func (c *compiler) noteLocals(d *cc.Declaration) {
	if d.Case != cc.DeclarationDecl || d.InitDeclaratorList == nil ||
		d.InitDeclaratorList.InitDeclarator.Declarator.IsTypename() {
		return
	}
	all := c.specifierNotes(d.DeclarationSpecifiers)
	for l := d.InitDeclaratorList; l != nil; l = l.InitDeclaratorList {
		notes := append(all[:len(all):len(all)], c.declaratorNotes(l)...)
		c.localNotes[l.InitDeclarator.Declarator] = notes
		for _, n := range notes {
			if n.text != "ghost" {
				c.errs.add(n.pos, "drop it: nobody else can reach a local variable",
					"a local variable can't be %s", n.name())
			}
		}
	}
}

// meaningless reports the attributes that nothing has read: they stand where they mean nothing.
func (c *compiler) meaningless() {
	seen := map[string]int{} // place of the header's macro → how many the syntax tree has
	at := map[spec.Pos]bool{}
	for l := c.u.ast.TranslationUnit; l != nil; l = l.TranslationUnit {
		walkAST(l.ExternalDeclaration, func(n cc.Node) bool {
			a, ok := n.(*cc.AttributeSpecifier)
			if !ok {
				return true
			}
			for _, m := range annotatedAt.FindAllString(cc.NodeSource(a), -1) {
				seen[m]++
			}
			p := a.Position()
			at[spec.Pos{File: p.Filename, Line: p.Line, Col: p.Column}] = true
			if c.attrsRead[a] {
				return false
			}
			if n, ok := c.noteOf(a); ok {
				c.errs.add(n.pos, n.advice(), "%s means nothing here", n.name())
			} else {
				c.errs.add(c.position(a), "drop it, or use an annotation of mcheck.h",
					"this attribute is not in the language")
			}
			return false
		})
	}
	// The C parser drops some attributes: those of statements, of enumerators, and of declarators
	// in parentheses.
	for _, m := range c.u.annotated {
		if seen[m]--; seen[m] >= 0 {
			continue
		}
		g := annotatedAt.FindStringSubmatch(m)
		file := g[1]
		if s, err := strconv.Unquote(`"` + g[1] + `"`); err == nil {
			file = s
		}
		line, _ := strconv.Atoi(g[2])
		c.errs.add(c.u.annotationAt(file, line, at), note{}.advice(), "an annotation means nothing here")
	}
}

var annotationWord = regexp.MustCompile(
	`\b(GHOST|PRIVATE|INTERRUPTED|SET_ONCE|NO_BUFFER|LOCKED|(WRITE_)?GUARDED_BY|RECURSION)\b`)

// annotationAt is the place of the first annotation of a line that is none of those at.
func (u *unit) annotationAt(file string, line int, at map[spec.Pos]bool) spec.Pos {
	if ls := u.lines[file]; line >= 1 && line <= len(ls) {
		for _, is := range annotationWord.FindAllStringIndex(ls[line-1], -1) {
			if !at[spec.Pos{File: file, Line: line, Col: is[0] + 1}] {
				return u.place(file, line, is[0]+1)
			}
		}
	}
	return u.place(file, line, 1)
}

// advice says where an annotation belongs.
func (n note) advice() string {
	switch kind, _, _ := strings.Cut(n.text, ":"); kind {
	case "recursion":
		return "write it before a function"
	case "private", "interrupted":
		return "write it before the type of a field of struct task_struct, or behind its name"
	}
	return "write it before the type of a variable or field, or behind its name"
}

// annotate gives g the meaning of its annotations, and returns the group of its variable.
func (c *compiler) annotate(g *gvar, notes []note, group string) string {
	has := map[string]note{}
	for _, n := range notes {
		kind, arg, _ := strings.Cut(n.text, ":")
		if kind == "recursion" {
			c.errs.add(n.pos, n.advice(), "%s means nothing here", n.name())
			continue
		}
		if was, ok := has["guard"]; ok && strings.HasSuffix(kind, "guarded_by") && was.text != n.text {
			c.errs.add(n.pos, "name one lock, once", "'%s' is %s and %s", g.name, was.name(), n.name())
			continue
		}
		if g.kind != gPlain {
			c.errs.add(n.pos, "drop it: what a lock or a seqcount is for says itself",
				"'%s' is %s, which can't be %s", g.name, lockNames[g.kind], n.name())
			continue
		}
		switch kind {
		case "ghost":
			g.ghost = true
			group = "ghost/ghost of " + strings.TrimPrefix(group, "ghost/ghost of ")
		case "private":
			g.declPrivate = true
			if g.pool != c.tasks {
				c.errs.add(n.pos, "move it into struct task_struct",
					"PRIVATE is for fields of struct task_struct")
			}
		case "set_once":
			g.once = true
			if len(g.dims) > 1 || !spec.IsScalar(g.elem) {
				c.errs.add(n.pos, "make it a scalar field",
					"'%s' is more than one value, so it can't be SET_ONCE", g.name)
			}
		case "no_buffer":
			g.noBuffer = true
		case "locked":
			g.lockedOps = true
		case "interrupted":
			g.stops = true
			if g.pool != c.tasks || len(g.dims) != 1 || g.elem != spec.Type(spec.Bool) {
				c.errs.add(n.pos, "make it a bool in struct task_struct", "'%s' can't be INTERRUPTED", g.name)
			}
		case "guarded_by":
			g.guard = arg
			kind = "guard"
		case "write_guarded_by":
			g.guard, g.guardAny = arg, true
			kind = "guard"
		}
		has[kind] = n
		g.guardPos = has["guard"].pos
	}
	for _, kind := range []string{"guard", "set_once", "private"} {
		if n, ok := has[kind]; ok && g.ghost {
			c.errs.add(n.pos, "drop one of them", "'%s' is GHOST, for which %s is not checked", g.name, n.name())
		}
	}
	return group
}
