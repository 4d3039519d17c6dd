package slice

import (
	"fmt"
	"slices"

	"mcheck/internal/parallel"
	"mcheck/spec"
)

// Report says what Slice removed, a line each, in the order of the model.
type Report struct {
	// Unreachable are actions that no reachable state enables, with the source they stand for.
	Unreachable []string
	// Sliced are the variables and enum values that are gone, and why.
	Sliced []string
	// Merged says that variables are gone that changed: states that differed only in them are one
	// now.
	Merged bool
}

// Slice returns m without what its reachable states can't show. m, which must have passed
// spec.Check, is left as it is; the two share what is equal.
//
// Variables that a property reads are kept. No action that can happen is removed, and none that
// changes the state becomes one that does not: at rest, deadlock and fairness mean the same in both
// models.
func Slice(m *spec.Model) (*spec.Model, *Report) {
	out := *m
	rep := &Report{}
	r := reachable(m)
	out.Actions = actions(m, r, rep)
	keepProps := map[*spec.Var]bool{}
	for _, p := range m.Properties {
		for _, v := range spec.VarsRead(p.Exprs()...) {
			keepProps[v] = true
		}
	}
	foldConstants(&out, r, keepProps, rep)
	dropUnread(&out, rep)
	cleanSource(&out)
	shrinkEnums(&out, r, rep)
	return &out, rep
}

// actions returns the actions that can happen, with the arguments and branches that can.
func actions(m *spec.Model, r *reach, rep *Report) []*spec.Action {
	var out []*spec.Action
	for _, a := range m.Actions {
		if !r.enabled[a] {
			rep.Unreachable = append(rep.Unreachable, describe(a))
			continue
		}
		c := *a
		c.Guard = knownGuard(a.Guard, r)
		c.Body, c.Source = takenBranches(a.Body, r), rewriteSource(a.Source, r.known)
		with := map[*spec.Param]spec.Expr{}
		c.Params = slices.Clone(a.Params)
		for i, p := range c.Params {
			if seen := r.args[p]; !seen.top && len(seen.set) < len(p.Values()) {
				c.Params[i] = &spec.Param{Name: p.Name, Type: p.Type, Only: slices.Clone(seen.set)}
				with[p] = spec.P(c.Params[i])
			}
		}
		if len(with) > 0 {
			c.Guard, c.Body = spec.Substitute(c.Guard, with), spec.SubstituteNode(c.Body, with)
			c.Source = rewriteSource(c.Source, func(e spec.Expr) spec.Expr { return spec.Substitute(e, with) })
		}
		out = append(out, &c)
	}
	return out
}

// knownGuard returns the guard e without the conditions that hold wherever those before them do.
// The first one stays: it may be the program counter's.
func knownGuard(e spec.Expr, r *reach) spec.Expr {
	if b, ok := e.(*spec.Binary); ok && b.Op == spec.And {
		return simplify(&spec.Binary{Op: spec.And, X: knownGuard(b.X, r), Y: r.known(b.Y)})
	}
	return e
}

func describe(a *spec.Action) string {
	s := a.Name
	for i, l := range a.Source {
		if i == 0 {
			s += fmt.Sprintf(": %s %s:", l.Pos, l.Func)
		}
		s += " " + l.Text
	}
	return s
}

// takenBranches returns n without the sides of branches that no reachable state takes.
func takenBranches(n spec.Node, r *reach) spec.Node {
	b, ok := n.(*spec.Branch)
	if !ok {
		return n
	}
	c := r.branches[b]
	switch {
	case c == nil: // in a part that is not taken itself
		return n
	case !c.may(0):
		return takenBranches(b.Then, r)
	case !c.may(1):
		return takenBranches(b.Else, r)
	}
	return &spec.Branch{Cond: b.Cond, Then: takenBranches(b.Then, r), Else: takenBranches(b.Else, r)}
}

// modelExprs returns the conditions of m itself.
func modelExprs(m *spec.Model) []spec.Expr {
	var es []spec.Expr
	for _, e := range []spec.Expr{m.InitWhere, m.Running, m.Constraint} {
		if e != nil {
			es = append(es, e)
		}
	}
	return es
}

// foldConstants replaces variables that never change, and that no property reads, by their values.
func foldConstants(m *spec.Model, r *reach, keep map[*spec.Var]bool, rep *Report) {
	consts := map[*spec.Var]bool{}
	for _, v := range m.Vars {
		if v.Init != nil && !keep[v] && constant(r.vars[v].values) {
			consts[v] = true
		}
	}
	// What is read otherwise than by an index that leads to one value stays a variable. Updates of
	// constants don't count: they go.
	for {
		var left []*spec.Var
		note := func(left *[]*spec.Var, e spec.Expr) {
			for _, v := range spec.VarsRead(fold(e, r, consts)) {
				if consts[v] {
					*left = append(*left, v)
				}
			}
		}
		for _, e := range modelExprs(m) {
			note(&left, e)
		}
		by := make([][]*spec.Var, len(m.Actions))
		parallel.Each(len(m.Actions), func(i int) {
			note(&by[i], m.Actions[i].Guard)
			eachExpr(m.Actions[i].Body, consts, func(e spec.Expr) { note(&by[i], e) })
		})
		if left = slices.Concat(append(by, left)...); len(left) == 0 {
			break
		}
		for _, v := range left {
			delete(consts, v)
		}
	}
	if len(consts) == 0 {
		return
	}
	f := func(e spec.Expr) spec.Expr { return fold(e, r, consts) }
	m.InitWhere, m.Running, m.Constraint = f(m.InitWhere), f(m.Running), f(m.Constraint)
	m.Actions = rewriteActions(m.Actions, f, func(u spec.Update) bool { return !consts[u.Var] })
	m.Vars = slices.DeleteFunc(slices.Clone(m.Vars), func(v *spec.Var) bool {
		if consts[v] {
			rep.Sliced = append(rep.Sliced, "variable "+v.Name+": never changes")
		}
		return consts[v]
	})
}

// eachExpr calls f for the expressions of n, those of updates to skipped variables left out.
func eachExpr(n spec.Node, skip map[*spec.Var]bool, f func(spec.Expr)) {
	switch n := n.(type) {
	case *spec.Do:
		for _, u := range n.Updates {
			if !skip[u.Var] {
				for _, e := range u.Exprs() {
					f(e)
				}
			}
		}
	case *spec.Branch:
		f(n.Cond)
		eachExpr(n.Then, skip, f)
		eachExpr(n.Else, skip, f)
	default:
		panic(fmt.Sprintf("unhandled %T", n))
	}
}

// rewriteActions returns the actions with f applied to their outermost expressions and only the
// updates that keep says. Both are called for several actions at a time.
func rewriteActions(as []*spec.Action, f func(spec.Expr) spec.Expr, keep func(spec.Update) bool) []*spec.Action {
	out := make([]*spec.Action, len(as))
	parallel.Each(len(as), func(i int) {
		a := as[i]
		c := *a
		c.Guard, c.Body, c.Source = f(a.Guard), rewriteNode(a.Body, f, keep), rewriteSource(a.Source, f)
		if c.Guard != nil && isTrue(c.Guard) {
			c.Guard = nil
		}
		out[i] = &c
	})
	return out
}

func rewriteNode(n spec.Node, f func(spec.Expr) spec.Expr, keep func(spec.Update) bool) spec.Node {
	switch n := n.(type) {
	case *spec.Do:
		d := &spec.Do{}
		for _, u := range n.Updates {
			if !keep(u) {
				continue
			}
			w := spec.Update{Var: u.Var, Value: f(u.Value)}
			for _, s := range u.Path {
				w.Path = append(w.Path, spec.Selector{Index: f(s.Index), Field: s.Field})
			}
			d.Updates = append(d.Updates, w)
		}
		all := slices.Clone(d.Updates)
		d.Updates = slices.DeleteFunc(d.Updates, func(u spec.Update) bool { return changesNothing(u, all) })
		return d
	case *spec.Branch:
		then, els := rewriteNode(n.Then, f, keep), rewriteNode(n.Else, f, keep)
		if isEmpty(then) && isEmpty(els) {
			return then
		}
		cond := f(n.Cond)
		switch {
		case isTrue(cond):
			return then
		case isFalse(cond):
			return els
		}
		return &spec.Branch{Cond: cond, Then: then, Else: els}
	}
	panic(fmt.Sprintf("unhandled %T", n))
}

// changesNothing reports whether u gives a place the value that it has, cannot fail, and no other
// of the updates is about that variable.
func changesNothing(u spec.Update, all []spec.Update) bool {
	n := 0
	for _, w := range all {
		if w.Var == u.Var {
			n++
		}
	}
	if n > 1 {
		return false
	}
	var place spec.Expr = spec.V(u.Var)
	for _, s := range u.Path {
		switch s.Index.(type) {
		case nil:
			place = &spec.FieldSel{X: place, Name: s.Field}
		case *spec.ParamRef, *spec.Lit:
			place = &spec.Index{X: place, I: s.Index}
		default:
			return false
		}
	}
	return spec.SameExpr(place, u.Value)
}

func isEmpty(n spec.Node) bool {
	d, ok := n.(*spec.Do)
	return ok && len(d.Updates) == 0
}

// fold returns e with reads of constant variables replaced by their values, and simplified. nil
// stays nil.
func fold(e spec.Expr, r *reach, consts map[*spec.Var]bool) spec.Expr {
	if e == nil {
		return nil
	}
	if t := e.Type(); t != nil && spec.IsScalar(t) {
		if v := constantPlace(e, r, consts); v != nil {
			if n, ok := v.single(); ok {
				if _, isRange := t.(*spec.RangeType); isRange {
					return spec.Int(n)
				}
				return &spec.Lit{N: n, T: t}
			}
		}
	}
	switch x := e.(type) {
	case *spec.Lit, *spec.VarRef, *spec.ParamRef:
		return e
	case *spec.Index:
		return &spec.Index{X: fold(x.X, r, consts), I: fold(x.I, r, consts)}
	case *spec.FieldSel:
		return &spec.FieldSel{X: fold(x.X, r, consts), Name: x.Name}
	case *spec.Unary:
		return simplify(&spec.Unary{Op: x.Op, X: fold(x.X, r, consts)})
	case *spec.Binary:
		return simplify(&spec.Binary{Op: x.Op, X: fold(x.X, r, consts), Y: fold(x.Y, r, consts)})
	case *spec.If:
		return simplify(&spec.If{Cond: fold(x.Cond, r, consts), Then: fold(x.Then, r, consts), Else: fold(x.Else, r, consts)})
	case *spec.Quant:
		return &spec.Quant{Op: x.Op, Param: x.Param, Body: fold(x.Body, r, consts)}
	case *spec.Composite:
		c := &spec.Composite{T: x.T}
		for _, y := range x.Elems {
			c.Elems = append(c.Elems, fold(y, r, consts))
		}
		return c
	}
	panic(fmt.Sprintf("unhandled %T", e))
}

// constantPlace returns the value of a place in a constant variable, if it does not depend on the
// indices; else nil.
func constantPlace(e spec.Expr, r *reach, consts map[*spec.Var]bool) *values {
	switch e := e.(type) {
	case *spec.VarRef:
		if consts[e.Var] {
			return r.vars[e.Var].values
		}
	case *spec.FieldSel:
		if v := constantPlace(e.X, r, consts); v != nil {
			return v.elems[e.X.Type().(*spec.RecordType).FieldIndex(e.Name)]
		}
	case *spec.Index:
		v := constantPlace(e.X, r, consts)
		t, ok := e.X.Type().(*spec.ArrayType)
		if v == nil || !ok {
			return nil
		}
		lo, _, _ := spec.Domain(t.Index)
		if l, ok := fold(e.I, r, consts).(*spec.Lit); ok && l.N >= lo && l.N-lo < int64(len(v.elems)) {
			return v.elems[l.N-lo]
		}
		for _, w := range v.elems {
			if !equalConstant(w, v.elems[0]) {
				return nil
			}
		}
		return v.elems[0]
	}
	return nil
}

func isTrue(e spec.Expr) bool {
	l, ok := e.(*spec.Lit)
	return ok && l.T == spec.Type(spec.Bool) && l.N != 0
}
func isFalse(e spec.Expr) bool {
	l, ok := e.(*spec.Lit)
	return ok && l.T == spec.Type(spec.Bool) && l.N == 0
}

// simplify evaluates an operator whose operands are constants, or one that decides.
func simplify(e spec.Expr) spec.Expr {
	switch e := e.(type) {
	case *spec.Unary:
		if e.Op == spec.Not && (isTrue(e.X) || isFalse(e.X)) {
			return spec.BoolLit(isFalse(e.X))
		}
	case *spec.If:
		// A branch may be of a narrower type than the whole.
		if isTrue(e.Cond) && spec.SameType(e.Then.Type(), e.Type()) {
			return e.Then
		}
		if isFalse(e.Cond) && spec.SameType(e.Else.Type(), e.Type()) {
			return e.Else
		}
	case *spec.Binary:
		switch {
		case e.Op == spec.And && isTrue(e.X), e.Op == spec.Or && isFalse(e.X), e.Op == spec.Implies && isTrue(e.X):
			return e.Y
		case e.Op == spec.And && isTrue(e.Y), e.Op == spec.Or && isFalse(e.Y):
			return e.X
		case e.Op == spec.And && isFalse(e.X):
			return spec.F
		case e.Op == spec.Or && isTrue(e.X), e.Op == spec.Implies && isFalse(e.X):
			return spec.T
		}
		x, ok1 := e.X.(*spec.Lit)
		y, ok2 := e.Y.(*spec.Lit)
		if ok1 && ok2 && e.Type() == spec.Type(spec.Bool) && e.Op != spec.In {
			if n, ok := apply(e.Op, x.N, y.N, 0); ok {
				return spec.BoolLit(n != 0)
			}
		}
	}
	return e
}

// dropUnread removes the variables that no property and no step depends on.
func dropUnread(m *spec.Model, rep *Report) {
	live := map[*spec.Var]bool{}
	changed := false
	mark := func(es ...spec.Expr) {
		for _, v := range spec.VarsRead(es...) {
			if !live[v] {
				live[v], changed = true, true
			}
		}
	}
	mark(modelExprs(m)...)
	for _, p := range m.Properties {
		mark(p.Exprs()...)
	}
	for _, a := range m.Actions {
		mark(a.Guard)
	}
	for changed = true; changed; {
		changed = false
		for _, a := range m.Actions {
			markNode(a, a.Body, live, mark, func(v *spec.Var) {
				if !live[v] {
					live[v], changed = true, true
				}
			})
		}
	}
	same := func(e spec.Expr) spec.Expr { return e }
	changes := map[*spec.Var]bool{}
	for _, a := range m.Actions {
		for _, v := range spec.VarsWritten(a.Body) {
			changes[v] = true
		}
	}
	m.Actions = rewriteActions(m.Actions, same, func(u spec.Update) bool { return live[u.Var] })
	m.Vars = slices.DeleteFunc(slices.Clone(m.Vars), func(v *spec.Var) bool {
		if live[v] {
			return false
		}
		rep.Sliced = append(rep.Sliced, "variable "+v.Name+": nothing reads it")
		// One without an initial value has told initial states apart.
		rep.Merged = rep.Merged || changes[v] || v.Init == nil
		return true
	})
}

// markNode marks what the updates of live variables read, with the conditions they depend on. It
// makes live what a step changes that might change nothing else: otherwise the step would become
// one that changes nothing.
func markNode(a *spec.Action, n spec.Node, live map[*spec.Var]bool, mark func(...spec.Expr), markVar func(*spec.Var)) {
	switch n := n.(type) {
	case *spec.Do:
		moves := certainChange(a.Guard, n, live)
		for _, u := range n.Updates {
			if !live[u.Var] && !moves {
				markVar(u.Var)
			}
			if live[u.Var] {
				mark(u.Exprs()...)
			}
		}
	case *spec.Branch:
		markNode(a, n.Then, live, mark, markVar)
		markNode(a, n.Else, live, mark, markVar)
		if slices.ContainsFunc(spec.VarsWritten(n), func(v *spec.Var) bool { return live[v] }) {
			mark(n.Cond)
		}
	default:
		panic(fmt.Sprintf("unhandled %T", n))
	}
}

// certainChange reports whether n gives a place in a live variable a constant other than the one
// that the guard says it has.
func certainChange(guard spec.Expr, n *spec.Do, live map[*spec.Var]bool) bool {
	for _, c := range spec.Conjuncts(guard) {
		eq, ok := c.(*spec.Binary)
		if !ok || eq.Op != spec.Eq {
			continue
		}
		was, ok := eq.Y.(*spec.Lit)
		if !ok {
			continue
		}
		writes, last := 0, spec.Update{}
		for _, u := range n.Updates {
			if live[u.Var] && len(spec.VarsRead(eq.X)) > 0 && spec.VarsRead(eq.X)[0] == u.Var {
				writes, last = writes+1, u
			}
		}
		if writes != 1 || !isPlace(eq.X, last) {
			continue
		}
		if to, ok := last.Value.(*spec.Lit); ok && to.N != was.N {
			return true
		}
	}
	return false
}

// isPlace reports whether e is the place that u writes, index for index.
func isPlace(e spec.Expr, u spec.Update) bool {
	for i := len(u.Path) - 1; i >= 0; i-- {
		switch x := e.(type) {
		case *spec.Index:
			if u.Path[i].Index == nil || !spec.SameExpr(x.I, u.Path[i].Index) {
				return false
			}
			e = x.X
		case *spec.FieldSel:
			if u.Path[i].Index != nil || x.Name != u.Path[i].Field {
				return false
			}
			e = x.X
		default:
			return false
		}
	}
	r, ok := e.(*spec.VarRef)
	return ok && r.Var == u.Var
}
