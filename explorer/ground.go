package explorer

import (
	"cmp"
	"fmt"
	"slices"

	"mcheck/internal/parallel"
	"mcheck/spec"
)

// ground is an action under one binding of its parameters, over cells.
type ground struct {
	action int // position in Model.Actions
	args   []int64
	actor  int // position in program.actors, -1 for a step of the machine
	owed   bool
	guard  *node
	body   *body
}

// body is a choice, or the stores of a spec.Do in order.
type body struct {
	cond *node // nil: none
	then *body
	els  *body

	stores []store
}

// each calls f for the conditions of b, the indices and the values of its stores.
func (b *body) each(f func(*node)) {
	if b.cond != nil {
		f(b.cond)
		b.then.each(f)
		b.els.each(f)
		return
	}
	for _, s := range b.stores {
		f(s.index)
		f(s.value)
	}
}

// store sets cells[index] to value, all read in the old state. A single cell has index 0. A cell of
// -1 is none: such a store only evaluates.
type store struct {
	cells []int
	index *node
	value *node
}

// predicate is the situation (with From, for LeadsTo) and the condition of a property.
type predicate struct {
	when, cond *node
}

// program is a model over cells.
type program struct {
	model      *spec.Model
	cells      []cell
	trees      []tree // one a variable
	actors     []string
	grounds    []ground // in the order of Model.Actions, then of the actor, then of the bindings
	running    *node
	constraint *node
	initWhere  *node
	props      []predicate
	init       []val // one a variable; nodes are nil where any value is initial
	initError  error
}

// newProgram lowers m, and makes its cells as narrow as what they can hold allows. With fixedOnly
// they keep the width of their types, but for those that never change. An initial value that can't
// be evaluated is in initError, and there are no grounds then.
func newProgram(m *spec.Model, fixedOnly bool) *program {
	p := lowerModel(m)
	if p.initError == nil {
		p.narrow(fixedOnly)
		p.order()
	}
	return p
}

// lowerModel lowers m as it is.
func lowerModel(m *spec.Model) *program {
	p := &program{model: m}
	for _, v := range m.Vars {
		p.trees = append(p.trees, addCells(&p.cells, v.Type, v.Name, subject{}))
	}
	if p.initError = p.initial(); p.initError != nil {
		return p
	}
	vars := map[*spec.Var]val{}
	for i, v := range m.Vars {
		vars[v] = readTree(p.cells, p.trees[i])
	}
	lowered := make([][]ground, len(m.Actions))
	parallel.Each(len(m.Actions), func(i int) { lowered[i] = p.lower(newLowerer(vars), i, m.Actions[i]) })
	p.grounds = slices.Concat(lowered...)
	p.conditions(newLowerer(vars))
	return p
}

// initial evaluates the initial values, and fixes the cells of variables that no action writes.
func (p *program) initial() error {
	l := newLowerer(nil)
	written := map[*spec.Var]bool{}
	for _, a := range p.model.Actions {
		for _, v := range spec.VarsWritten(a.Body) {
			written[v] = true
		}
	}
	for i := range p.cells {
		if c := &p.cells[i]; c.lo == c.hi && !c.set {
			c.fixed, c.value = true, c.lo
		}
	}
	for i, v := range p.model.Vars {
		if v.Init == nil {
			p.init = append(p.init, val{})
			continue
		}
		x := convert(v.Type, l.expr(v.Init))
		p.init = append(p.init, x)
		cells := p.trees[i].cellsOf(nil)
		for k, n := range x.leaves(nil) {
			if n.op != opConst {
				why := "it is not constant"
				if n.op == opFail {
					why = n.msg
				}
				return fmt.Errorf("initial value of %s: %s", v.Name, why)
			}
			if !written[v] {
				p.cells[cells[k]].fixed, p.cells[cells[k]].value = true, n.n
			}
		}
	}
	return nil
}

// cellsOf appends the cells of t in the order of [val.leaves].
func (t tree) cellsOf(out []int) []int {
	if t.cell >= 0 {
		out = append(out, t.cell)
	}
	for _, e := range t.elems {
		out = e.cellsOf(out)
	}
	return out
}

// lower returns what the ith action is under each of its bindings for which its guard does not
// contradict itself.
func (p *program) lower(l *lowerer, i int, a *spec.Action) []ground {
	var out []ground
	p.bind(l, a, nil, func(args []int64) {
		guard := l.cond(a.Guard)
		if guard.is(0) {
			return
		}
		out = append(out, ground{action: i, args: slices.Clone(args), actor: -1, owed: !a.Optional, guard: guard, body: p.body(l, a.Body)})
	})
	return out
}

// order puts the grounds in order, and numbers those who act.
func (p *program) order() {
	actors := map[string]int{}
	for i := range p.grounds {
		g := &p.grounds[i]
		a := p.model.Actions[g.action]
		if a.Kind == spec.ActorMachine {
			continue
		}
		name := a.Kind.String() + " " + spec.Step{Action: a, Args: g.args}.Actor()
		n, ok := actors[name]
		if !ok {
			n = len(p.actors)
			actors[name] = n
			p.actors = append(p.actors, name)
		}
		g.actor = n
	}
	slices.SortStableFunc(p.grounds, func(x, y ground) int {
		if c := cmp.Compare(x.action, y.action); c != 0 {
			return c
		}
		if at := p.model.Actions[x.action].Actor; at >= 0 {
			if c := cmp.Compare(x.args[at], y.args[at]); c != 0 {
				return c
			}
		}
		return slices.Compare(x.args, y.args)
	})
}

// conditions lowers the conditions of the model and of its properties.
func (p *program) conditions(l *lowerer) {
	m := p.model
	p.running = nodeT
	if m.Running != nil {
		p.running = l.cond(m.Running)
	}
	p.constraint, p.initWhere = l.cond(m.Constraint), l.cond(m.InitWhere)
	for _, q := range m.Properties {
		p.props = append(p.props, predicate{and(l.cond(q.When), l.cond(q.From)), l.cond(q.Cond)})
	}
}

// bind calls f for every binding of the parameters of a.
func (p *program) bind(l *lowerer, a *spec.Action, args []int64, f func([]int64)) {
	if len(args) == len(a.Params) {
		f(args)
		return
	}
	q := a.Params[len(args)]
	for _, v := range q.Values() {
		l.env[q] = v
		p.bind(l, a, append(args, v), f)
	}
	delete(l.env, q)
}

func (p *program) body(l *lowerer, n spec.Node) *body {
	switch n := n.(type) {
	case *spec.Do:
		b := &body{}
		for _, u := range n.Updates {
			p.update(l, b, u)
		}
		return b
	case *spec.Branch:
		c := l.cond(n.Cond)
		switch {
		case c.is(1):
			return p.body(l, n.Then)
		case c.is(0):
			return p.body(l, n.Else)
		}
		return &body{cond: c, then: p.body(l, n.Then), els: p.body(l, n.Else)}
	}
	panic(fmt.Sprintf("unhandled %T", n))
}

// update appends the stores of u to b. A path with indices that are not constant has several
// possible places; their positions are combined to one index. A position in a sequence must be
// there after the updates before this one.
func (p *program) update(l *lowerer, b *body, u spec.Update) {
	var root tree
	for i, v := range p.model.Vars {
		if v == u.Var {
			root = p.trees[i]
		}
	}
	places := []tree{root}
	index := nodeF
	var t spec.Type = u.Var.Type
	for _, s := range u.Path {
		if s.Index == nil {
			k := t.(*spec.RecordType).FieldIndex(s.Field)
			for i := range places {
				places[i] = places[i].elems[k]
			}
			t = spec.ElemType(t, k)
			continue
		}
		i := l.scalar(s.Index)
		base, what, size := int64(1), "position", len(places[0].elems)
		if at, ok := t.(*spec.ArrayType); ok {
			base, _, _ = spec.Domain(at.Index)
			what = "index"
		} else {
			lens := make([]*node, len(places))
			for k := range places {
				lens[k] = p.after(b.stores, places[k].cell)
			}
			n := choose(index, 0, lens, "index")
			i = check(and(less(opLe, nodeT, i), less(opLe, i, n)), "position outside the sequence", i)
		}
		i = within(i, base, base+int64(size)-1, what)
		if i.op == opFail {
			b.stores = append(b.stores, store{cells: []int{-1}, index: nodeF, value: i})
			return
		}
		t = spec.ElemType(t, 0)
		if i.op == opConst {
			for k := range places {
				places[k] = places[k].elems[i.n-base]
			}
			continue
		}
		var ps []tree
		for k := range places {
			ps = append(ps, places[k].elems...)
		}
		places = ps
		index = arith(opAdd, arith(opMul, index, konst(int64(size))), arith(opSub, i, konst(base)))
	}
	value := convert(t, l.expr(u.Value)).leaves(nil)
	cells := make([][]int, len(places))
	for i := range places {
		cells[i] = places[i].cellsOf(nil)
	}
	for k, v := range value {
		s := store{index: index, value: v, cells: make([]int, len(places))}
		for i := range places {
			s.cells[i] = cells[i][k]
		}
		b.stores = append(b.stores, s)
	}
}

// after is the content of a cell after stores.
func (p *program) after(stores []store, c int) *node {
	x := p.cells[c].read(c)
	for _, s := range stores {
		for i, d := range s.cells {
			if d == c {
				x = ite(eq(s.index, konst(int64(i))), s.value, x)
			}
		}
	}
	return x
}
