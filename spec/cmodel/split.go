package cmodel

import (
	"maps"
	"slices"

	"mcheck/spec"
)

// variant is a step for one chain of callers: where each function that the step returns from was
// called.
type variant struct {
	conds []spec.Expr // of the return points, in the order in which the step returns
	sites []string    // the first of the return points that each of conds is for
	tree  *tree
	body  spec.Node // what tree does, where that is known already
}

// split takes t apart by the return points that it asks for, so that code that many call makes an
// action for each caller, and not one with all of them inside. Callers for whom the step does the
// same stay together.
//
// The return points do not change before the step is taken, and exactly one of the variants has the
// conditions that hold: while a task is in a function, the function's return variable names one of
// the calls that the task can have come by. So for each state and each choice of the other
// parameters exactly one variant stands for what t was, and the graph, with its multiplicities, is
// the same.
func (s *stepper) split(t *tree) []variant { return s.splitBut(t, map[*spec.Var]bool{}) }

// splitBut is split that does not look at the return variables in done.
func (s *stepper) splitBut(t *tree, done map[*spec.Var]bool) []variant {
	v := t.asked(s.c, done)
	if v == nil {
		return []variant{{tree: t}}
	}
	done = maps.Clone(done)
	done[v] = true
	type group struct {
		in   map[int64]bool
		body spec.Node
	}
	var groups []group
	for i, site := range s.c.retOf[v].returnSites() {
		if site.fn.tasks&s.tmask == 0 {
			continue
		}
		k := int64(i) + 1
		var body spec.Node
		if u := t.returning(s.c, v, map[int64]bool{k: true}).unblocked(); u != nil {
			body = s.body(u)
		}
		same := slices.IndexFunc(groups, func(g group) bool { return sameNode(g.body, body) })
		if same < 0 {
			groups = append(groups, group{map[int64]bool{k: true}, body})
		} else {
			groups[same].in[k] = true
		}
	}
	if len(groups) == 1 {
		return s.splitBut(t, done)
	}
	cell := &spec.Index{X: &spec.VarRef{Var: v}, I: s.t}
	enum := v.Type.(*spec.ArrayType).Elem.(*spec.EnumType)
	var out []variant
	for _, g := range groups {
		var cond spec.Expr = spec.F
		in := slices.Sorted(maps.Keys(g.in))
		for _, k := range in {
			cond = mkBin(spec.Or, cond, mkBin(spec.Eq, cell, &spec.Lit{N: k, T: enum}))
		}
		inner := s.splitBut(t.returning(s.c, v, g.in), done)
		if len(in) == 1 && len(inner) == 1 {
			inner[0].body = g.body
		}
		for _, w := range inner {
			out = append(out, variant{append([]spec.Expr{cond}, w.conds...), append([]string{enum.Values[in[0]]}, w.sites...), w.tree, w.body})
		}
	}
	return out
}

// returnTest is the return variable and the return point that cond, the condition of a decision,
// compares.
func (c *compiler) returnTest(cond spec.Expr) (v *spec.Var, site int64) {
	eq, ok := cond.(*spec.Binary)
	if !ok || eq.Op != spec.Eq {
		return nil, 0
	}
	at, ok1 := eq.X.(*spec.Index)
	lit, ok2 := eq.Y.(*spec.Lit)
	if !ok1 || !ok2 {
		return nil, 0
	}
	if ref, ok := at.X.(*spec.VarRef); ok && c.retOf[ref.Var] != nil {
		return ref.Var, lit.N
	}
	return nil, 0
}

// asked is the first return variable not in done that t decides on, nil if there is none.
func (t *tree) asked(c *compiler, done map[*spec.Var]bool) *spec.Var {
	if t.leaf != nil {
		return nil
	}
	if v, _ := c.returnTest(t.cond); v != nil && !done[v] {
		return v
	}
	if v := t.then.asked(c, done); v != nil {
		return v
	}
	return t.els.asked(c, done)
}

// returning is t where v is one of the return points in sites.
func (t *tree) returning(c *compiler, v *spec.Var, sites map[int64]bool) *tree {
	if t.leaf != nil {
		return t
	}
	then, els := sites, sites
	if w, x := c.returnTest(t.cond); w == v {
		if !sites[x] {
			return t.els.returning(c, v, sites)
		}
		if len(sites) == 1 {
			return t.then.returning(c, v, sites)
		}
		then, els = map[int64]bool{x: true}, maps.Clone(sites)
		delete(els, x)
	}
	a, b := t.then.returning(c, v, then), t.els.returning(c, v, els)
	if a == t.then && b == t.els {
		return t
	}
	return &tree{cond: t.cond, then: a, els: b}
}

// sameNode reports whether a and b, which may be nil, do the same.
func sameNode(a, b spec.Node) bool {
	switch a := a.(type) {
	case *spec.Do:
		b, ok := b.(*spec.Do)
		return ok && sameUpdates(a.Updates, b.Updates)
	case *spec.Branch:
		b, ok := b.(*spec.Branch)
		return ok && spec.SameExpr(a.Cond, b.Cond) && sameNode(a.Then, b.Then) && sameNode(a.Else, b.Else)
	}
	return b == nil
}

// callers is what tells a, by the callers it is for, from the other actions of the same step: the
// outermost of them that do.
func (a action) callers(all []action) []string {
	for n := range a.sites {
		own := a.sites[len(a.sites)-n:]
		if !slices.ContainsFunc(all, func(b action) bool {
			return b.a != a.a && b.at == a.at && b.kind == a.kind && len(b.sites) >= n && slices.Equal(own, b.sites[len(b.sites)-n:])
		}) {
			return own
		}
	}
	return a.sites
}
