package tla

import (
	"slices"
	"strings"

	"mcheck/spec"
)

// group is a node of the tree that the variables' groups make: [spec.Var.Group] is a path, its
// parts separated by slashes.
type group struct {
	title string // the last part of the path
	name  string // of the tuple that holds all of it; empty: it has none
	vars  []*spec.Var
	sub   []*group
}

// groupTree is the tree of the variables' groups, in the order in which they first appear.
func (p *printer) groupTree() *group {
	root := &group{name: p.sym.varsTuple}
	for _, v := range p.m.Vars {
		g := root
		if v.Group != "" {
			for part := range strings.SplitSeq(v.Group, "/") {
				i := slices.IndexFunc(g.sub, func(s *group) bool { return s.title == part })
				if i < 0 {
					i = len(g.sub)
					g.sub = append(g.sub, &group{title: part})
				}
				g = g.sub[i]
			}
		}
		g.vars = append(g.vars, v)
	}
	return root
}

// all returns the variables of g, its own first.
func (g *group) all() []*spec.Var {
	out := slices.Clone(g.vars)
	for _, s := range g.sub {
		out = append(out, s.all()...)
	}
	return out
}

// tupleDefs defines a tuple for each group of two variables or more, the inner ones before those
// that they are in.
func (p *printer) tupleDefs(g *group) box {
	var out box
	var members []box
	for _, v := range g.vars {
		members = append(members, box{p.sym.vars[v]})
	}
	for _, s := range g.sub {
		out = append(out, p.tupleDefs(s)...)
		if s.name != "" {
			members = append(members, box{s.name})
		} else {
			for _, v := range s.all() {
				members = append(members, box{p.sym.vars[v]})
			}
		}
	}
	switch {
	case len(members) < 2 && g.name == "":
		if len(g.sub) == 1 {
			g.name = g.sub[0].name // the same variables
		}
		return out
	case g.name == "":
		name := identifier(strings.ReplaceAll(g.title, " ", "_"))
		if !strings.Contains(name, "_") {
			name += "_vars"
		}
		g.name = p.names().pick(name)
	}
	return append(out, list(g.name+" == <<", members, ">>", width, true)...)
}

// frame returns the names of vs, groups of which all are there by their tuples.
func (p *printer) frame(vs []*spec.Var) []string {
	in := make(map[*spec.Var]bool, len(vs))
	for _, v := range vs {
		in[v] = true
	}
	var out []string
	if p.tuples == nil {
		for _, v := range vs {
			out = append(out, p.sym.vars[v])
		}
		return out
	}
	var visit func(g *group)
	visit = func(g *group) {
		if g.name != "" && !slices.ContainsFunc(g.all(), func(v *spec.Var) bool { return !in[v] }) {
			out = append(out, g.name)
			return
		}
		for _, v := range g.vars {
			if in[v] {
				out = append(out, p.sym.vars[v])
			}
		}
		for _, s := range g.sub {
			visit(s)
		}
	}
	visit(p.tuples)
	return out
}
