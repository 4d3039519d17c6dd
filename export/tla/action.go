package tla

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"mcheck/internal/safe"
	"mcheck/spec"
)

// action prints the operator of a, with what it has in common with others in an operator of its
// own, unless c is nil.
func (p *printer) action(a *spec.Action, running bool, c *common) box {
	head := p.sym.actions[a]
	var params []string
	for _, q := range a.Params {
		name, done := p.bind(q)
		defer done()
		params = append(params, name)
	}
	if len(params) > 0 {
		head += "(" + strings.Join(params, ", ") + ")"
	}
	statements := a.Source
	if c != nil {
		statements = statements[c.source:]
	}
	out := p.source(head+" ==", statements)

	var items []box
	if running {
		items = append(items, box{p.sym.running})
	}
	items = append(items, p.conjuncts(a.Guard, width-5)...)
	changed := p.changed(a.Body)
	does := p.node(a.Body, changed, width-5)
	if c != nil {
		does = c.call(does, params[0])
	}
	items = append(items, does...)
	var same []*spec.Var
	for _, v := range p.m.Vars {
		if !slices.Contains(changed, v) {
			same = append(same, v)
		}
	}
	switch {
	case len(changed) == 0:
		items = append(items, box{"UNCHANGED " + p.sym.varsTuple})
	case len(same) > 0:
		items = append(items, unchanged(p.frame(same), width-5))
	}
	if len(items) == 1 {
		return append(out, hang("  ", items[0], "")...)
	}
	return append(out, hang("  ", bullets(`/\`, items), "")...)
}

// source returns head with statements beside it; one that the statement before it shows already is
// left out.
func (p *printer) source(head string, statements []spec.SourceLine) box {
	var lines []string
	file, before := "", ""
	for _, s := range statements {
		text := strings.ReplaceAll(strings.TrimSpace(clean(s.Text)), "\n", " ")
		if text != "" && s.Pos.File == file && strings.Contains(before, text) {
			continue
		}
		before = text
		switch {
		case s.Pos.Line == 0:
		case s.Pos.File != file:
			text = fmt.Sprintf("%s:%d: %s", clean(safe.Line(path.Base(s.Pos.File))), s.Pos.Line, text)
		default:
			text = fmt.Sprintf("%d: %s", s.Pos.Line, text)
		}
		file = s.Pos.File
		lines = append(lines, text)
	}
	if len(lines) == 1 && len(head)+len(`  \* `)+len(lines[0]) <= width {
		return box{head + `  \* ` + lines[0]}
	}
	out := box{head}
	for _, l := range lines {
		out = append(out, `  \* `+l)
	}
	return out
}

// unchanged is UNCHANGED of the named variables.
func unchanged(vs []string, w int) box {
	if len(vs) == 1 {
		return box{"UNCHANGED " + vs[0]}
	}
	items := make([]box, len(vs))
	for i, v := range vs {
		items[i] = box{v}
	}
	return list("UNCHANGED <<", items, ">>", w, true)
}

// changed returns the variables that n may assign, in the order of its updates.
func (p *printer) changed(n spec.Node) []*spec.Var {
	switch n := n.(type) {
	case *spec.Do:
		var out []*spec.Var
		for _, u := range n.Updates {
			if !slices.Contains(out, u.Var) {
				out = append(out, u.Var)
			}
		}
		return out
	case *spec.Branch:
		out := p.changed(n.Then)
		for _, v := range p.changed(n.Else) {
			if !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
		return out
	}
	panic(fmt.Sprintf("tla: unhandled %T", n))
}

// node returns the conjuncts that assign every variable of changed.
func (p *printer) node(n spec.Node, changed []*spec.Var, w int) []box {
	switch n := n.(type) {
	case *spec.Do:
		return p.do(n, changed, w)
	case *spec.Branch:
		// What all ends of the branches assign alike stands once before them.
		d := &spec.Do{}
		var alike, rest []*spec.Var
		for _, v := range changed {
			if us, ok := p.alike(n, v); ok {
				alike = append(alike, v)
				d.Updates = append(d.Updates, us...)
			} else {
				rest = append(rest, v)
			}
		}
		out := p.do(d, alike, w)
		if len(rest) == 0 {
			return out
		}
		at := len(out)
		if at > 0 && len(d.Updates) < len(out) && strings.HasPrefix(out[at-1][0], "UNCHANGED ") {
			at-- // what does not change is said last
		}
		return slices.Insert(out, at, p.decided(n, rest, w))
	}
	panic(fmt.Sprintf("tla: unhandled %T", n))
}

// decided lays out what n assigns to the variables, which depends on the branch taken.
func (p *printer) decided(n *spec.Branch, vs []*spec.Var, w int) box {
	if len(vs) == 1 {
		if us, ok := choose(n, vs[0]); ok {
			return p.assign(vs[0], us, w)
		}
	}
	return p.branch(n, vs, w)
}

// choose returns one update of v that does what the different ones in n do, if they are all to one
// place, and the place is there also where an end of n writes nothing.
func choose(n spec.Node, v *spec.Var) (us []spec.Update, ok bool) {
	var place *spec.Update
	skips := false
	for _, l := range ends(n) {
		switch us := assigned(l, v); {
		case len(us) == 0:
			skips = true
		case len(us) > 1:
			return nil, false
		case place == nil:
			place = &us[0]
		case !samePath(place.Path, us[0].Path):
			return nil, false
		}
	}
	if skips && !surelyThere(v.Type, place.Path) {
		return nil, false
	}
	var old spec.Expr = &spec.VarRef{Var: v}
	for _, s := range place.Path {
		if s.Index == nil {
			old = &spec.FieldSel{X: old, Name: s.Field}
		} else {
			old = &spec.Index{X: old, I: s.Index}
		}
	}
	var value func(n spec.Node) spec.Expr
	value = func(n spec.Node) spec.Expr {
		switch n := n.(type) {
		case *spec.Do:
			if us := assigned(n, v); len(us) > 0 {
				return us[0].Value
			}
			return old
		case *spec.Branch:
			a, b := value(n.Then), value(n.Else)
			if same(a, b) {
				return a
			}
			return &spec.If{Cond: n.Cond, Then: a, Else: b}
		}
		panic(fmt.Sprintf("tla: unhandled %T", n))
	}
	return []spec.Update{{Var: v, Path: place.Path, Value: value(n)}}, true
}

// surelyThere says whether a value of type t has the place, whatever the state: TLC warns of an
// EXCEPT for a place that is not there, though that changes nothing.
func surelyThere(t spec.Type, path []spec.Selector) bool {
	for _, s := range path {
		switch of := t.(type) {
		case *spec.RecordType:
			i := of.FieldIndex(s.Field)
			if i < 0 {
				return false
			}
			t = of.Fields[i].Type
		case *spec.ArrayType:
			lo, hi, ok := spec.Domain(s.Index.Type())
			from, to, bounded := spec.Domain(of.Index)
			if !ok || !bounded || lo < from || hi > to {
				return false
			}
			t = of.Elem
		default:
			return false
		}
	}
	return true
}

// ends returns the ends of the branches of n.
func ends(n spec.Node) []*spec.Do {
	switch n := n.(type) {
	case *spec.Do:
		return []*spec.Do{n}
	case *spec.Branch:
		return append(ends(n.Then), ends(n.Else)...)
	}
	panic(fmt.Sprintf("tla: unhandled %T", n))
}

// assigned returns the updates of v in d that count.
func assigned(d *spec.Do, v *spec.Var) []spec.Update {
	var us []spec.Update
	for _, u := range d.Updates {
		if u.Var != v {
			continue
		}
		if len(u.Path) == 0 {
			us = us[:0] // what was written before is gone
		}
		us = append(us, u)
	}
	return us
}

// alike returns the updates of v at the ends of n, if they are the same at all of them.
func (p *printer) alike(n spec.Node, v *spec.Var) ([]spec.Update, bool) {
	all := ends(n)
	first := assigned(all[0], v)
	for _, d := range all[1:] {
		us := assigned(d, v)
		if len(us) != len(first) {
			return nil, false
		}
		for i, u := range us {
			if !samePath(u.Path, first[i].Path) || !same(u.Value, first[i].Value) {
				return nil, false
			}
		}
	}
	return first, true
}

func samePath(a, b []spec.Selector) bool {
	return slices.EqualFunc(a, b, func(a, b spec.Selector) bool { return a.Field == b.Field && same(a.Index, b.Index) })
}

// same reports whether a and b are printed alike.
func same(a, b spec.Expr) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return a == b || spec.ExprString(a) == spec.ExprString(b)
}

// branch lays out an IF; what follows ELSE, if it is one again, stands below and not to the right
// of it.
func (p *printer) branch(n *spec.Branch, changed []*spec.Var, w int) box {
	var out box
	for head := "IF "; ; head = "ELSE IF " {
		n = together(n, changed)
		out = stack(out, hang(head, p.expr(n.Cond, -1, w-len(head)), ""),
			hang("THEN ", bullets(`/\`, p.node(n.Then, changed, w-8)), ""))
		again, ok := n.Else.(*spec.Branch)
		if ok && len(changed) > 1 {
			for _, v := range changed {
				_, alike := p.alike(again, v)
				ok = ok && !alike
			}
		}
		if !ok {
			return stack(out, hang("ELSE ", bullets(`/\`, p.node(n.Else, changed, w-8)), ""))
		}
		n = again
	}
}

// together returns n with the first of its sides and those after it, as far as they all do nothing
// but set the same variable (a step that fails in one of several ways), made one.
func together(n *spec.Branch, changed []*spec.Var) *spec.Branch {
	sets := func(n spec.Node) *spec.Update {
		d, ok := n.(*spec.Do)
		if !ok {
			return nil
		}
		var only *spec.Update
		for i, u := range d.Updates {
			if !slices.Contains(changed, u.Var) {
				continue
			}
			if only != nil || len(u.Path) > 0 {
				return nil
			}
			only = &d.Updates[i]
		}
		return only
	}
	first := sets(n.Then)
	next, ok := n.Else.(*spec.Branch)
	if first == nil || !ok || len(changed) < 3 {
		return n
	}
	next = together(next, changed)
	second := sets(next.Then)
	if second == nil || second.Var != first.Var {
		return n
	}
	value := &spec.If{Cond: n.Cond, Then: first.Value, Else: second.Value}
	return &spec.Branch{
		Cond: &spec.Binary{Op: spec.Or, X: n.Cond, Y: next.Cond},
		Then: &spec.Do{Updates: []spec.Update{{Var: first.Var, Value: value}}},
		Else: next.Else,
	}
}

func (p *printer) do(d *spec.Do, changed []*spec.Var, w int) []box {
	var out []box
	var same []*spec.Var
	for _, v := range changed {
		us := reroll(assigned(d, v))
		if len(us) == 0 {
			same = append(same, v)
			continue
		}
		out = append(out, p.assign(v, us, w))
	}
	if len(same) > 0 {
		out = append(out, unchanged(p.frame(same), w))
	}
	return out
}

// part is path = value in an EXCEPT, in one line if that fits into room; else as it stands below,
// where the lines are w long.
func (p *printer) part(path string, value spec.Expr, room, w int) (item box, fits bool) {
	if len(path) <= w { // else each line of the value would be as long
		item = hang(path+" = ", p.expr(value, -1, room-len(path)-len(" = ")), "")
		if len(item) == 1 && len(item[0]) <= room {
			return item, true
		}
		item = hang(path+" = ", p.expr(value, -1, w-len("  EXCEPT ")-len(path)-len(" = ,")), "")
		if item.fits(w-len("  EXCEPT ,")) && (len(item) == 1 || len(path) <= w/3) {
			return item, false
		}
	}
	return append(box{path + " ="}, hang("  ", p.expr(value, -1, w-len("  EXCEPT   ,")), "")...), false
}

// assign is v' = its new value: a whole value first in us, or none, then updates of parts, the
// later over the earlier.
func (p *printer) assign(v *spec.Var, us []spec.Update, w int) box {
	name := p.sym.vars[v]
	head := name + "' = "
	base := box{name}
	if len(us[0].Path) == 0 {
		if len(us) == 1 {
			return hang(head, p.last(us[0].Value, cmpPrec, w-len(head)), "")
		}
		base = p.expr(us[0].Value, cmpPrec, w-len(head)-1)
		us = us[1:]
	}
	items := make([]box, len(us))
	below := false
	for i, u := range us {
		path := "!"
		for _, s := range u.Path {
			if s.Index != nil {
				path += "[" + p.flat(s.Index, -1) + "]"
			} else {
				path += "." + fieldName(s.Field)
			}
		}
		if i == 0 && len(base) == 1 && base[0] == name {
			// for what stands there, one writes @
			p.at, p.atVar = name+strings.ReplaceAll(path[1:], "!", ""), v
		}
		room := w - len(head) - len("[ EXCEPT ") - len(base[0]) - len(",")
		var fits bool
		items[i], fits = p.part(path, u.Value, room, w)
		below = below || !fits
		p.at, p.atVar = "", nil
	}
	if below && len(base) == 1 {
		return append(box{head + "[" + base[0]}, list("  EXCEPT ", items, "]", w, false)...)
	}
	if len(base) == 1 {
		return list(head+"["+base[0]+" EXCEPT ", items, "]", w, false)
	}
	return stack(hang(head+"[", base, ""), list(strings.Repeat(" ", len(head)+1)+"EXCEPT ", items, "]", w, false))
}
