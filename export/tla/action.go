package tla

import (
	"fmt"
	"slices"
	"strings"

	"mcheck/spec"
)

// action prints the operator of a.
func (p *printer) action(a *spec.Action, running bool) box {
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
	out := p.source(head+" ==", a)

	var items []box
	if running {
		items = append(items, box{p.sym.running})
	}
	items = append(items, p.conjuncts(a.Guard, width-5)...)
	changed := p.changed(a.Body)
	items = append(items, p.node(a.Body, changed, width-5)...)
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
		items = append(items, unchanged(p.tuples(same), width-5))
	}
	if len(items) == 1 {
		return append(out, hang("  ", items[0], "")...)
	}
	return append(out, hang("  ", bullets(`/\`, items), "")...)
}

// source returns head with the statements that a stands for beside it.
func (p *printer) source(head string, a *spec.Action) box {
	var lines []string
	for i, s := range a.Source {
		text := strings.TrimSpace(clean(s.Text))
		if s.Pos.Line > 0 && (i == 0 || s.Pos.File != a.Source[i-1].Pos.File) {
			text = fmt.Sprintf("%s:%d: %s", clean(s.Pos.File), s.Pos.Line, text)
		} else if s.Pos.Line > 0 {
			text = fmt.Sprintf("%d: %s", s.Pos.Line, text)
		}
		lines = append(lines, strings.ReplaceAll(text, "\n", " "))
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

// tuples returns the names of vs, a group of which all are there by its tuple.
func (p *printer) tuples(vs []*spec.Var) []string {
	var out []string
	for _, g := range p.tupleOf {
		whole := !slices.ContainsFunc(g.vars, func(v *spec.Var) bool { return !slices.Contains(vs, v) })
		if whole {
			out = append(out, g.name)
			vs = slices.DeleteFunc(slices.Clone(vs), func(v *spec.Var) bool { return slices.Contains(g.vars, v) })
		}
	}
	for _, v := range vs {
		out = append(out, p.sym.vars[v])
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
	if len(changed) == 0 {
		return nil
	}
	switch n := n.(type) {
	case *spec.Do:
		return p.do(n, changed, w)
	case *spec.Branch:
		return []box{p.branch(n, changed, w)}
	}
	panic(fmt.Sprintf("tla: unhandled %T", n))
}

// branch lays out an IF; what follows ELSE, if it is one again, stands below and not to the right of it.
func (p *printer) branch(n *spec.Branch, changed []*spec.Var, w int) box {
	var out box
	for head := "IF "; ; head = "ELSE IF " {
		out = stack(out, hang(head, p.expr(n.Cond, -1, w-len(head)), ""),
			hang("THEN ", bullets(`/\`, p.node(n.Then, changed, w-8)), ""))
		again, ok := n.Else.(*spec.Branch)
		if !ok {
			return stack(out, hang("ELSE ", bullets(`/\`, p.node(n.Else, changed, w-8)), ""))
		}
		n = again
	}
}

func (p *printer) do(d *spec.Do, changed []*spec.Var, w int) []box {
	var out []box
	var same []string
	for _, v := range changed {
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
		if len(us) == 0 {
			same = append(same, p.sym.vars[v])
			continue
		}
		out = append(out, p.assign(v, us, w))
	}
	if len(same) > 0 {
		out = append(out, unchanged(same, w))
	}
	return out
}

// assign is v' = its new value: a whole value first in us, or none, then updates of parts, the later over the earlier.
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
			p.at, p.atVar = name+strings.ReplaceAll(path[1:], "!", ""), v // for what stands there, one writes @
		}
		room := w - len(head) - len("[ EXCEPT ") - len(base[0]) - len(",")
		beside := hang(path+" = ", p.expr(u.Value, -1, room-len(path)-len(" = ")), "")
		items[i] = beside
		if len(beside) > 1 || len(beside[0]) > room {
			below = true
			items[i] = hang(path+" = ", p.expr(u.Value, -1, w-len("  EXCEPT ")-len(path)-len(" = ,")), "")
			if !items[i].fits(w-len("  EXCEPT ,")) || len(items[i]) > 1 && len(path) > w/3 {
				items[i] = append(box{path + " ="}, hang("  ", p.expr(u.Value, -1, w-len("  EXCEPT   ,")), "")...)
			}
		}
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
