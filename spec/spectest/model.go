package spectest

import (
	"fmt"
	"math/bits"

	"pgregory.net/rapid"

	"mcheck/spec"
)

const (
	maxStates  = 3000 // product of the sizes of all variables
	maxInitial = 60   // initial states before InitWhere
)

// Model draws a model with at most a few thousand states, in which no evaluation fails.
func Model(t *rapid.T) *spec.Model { return (&gen{t: t}).model() }

// FaultyModel draws a model that is like those of [Model], but in which evaluations may fail:
// values out of range, NULL and positions that are not there as indices, empty and full sequences,
// zero divisors.
func FaultyModel(t *rapid.T) *spec.Model { return (&gen{t: t, faulty: true}).model() }

// LiveModel draws a model that is like those of [Model], with properties of the kinds Eventually
// and LeadsTo and without a constraint.
func LiveModel(t *rapid.T) *spec.Model { return (&gen{t: t, live: true}).model() }

// gen draws one model.
type gen struct {
	t      *rapid.T
	faulty bool
	live   bool
	m      *spec.Model
	enums  []*spec.EnumType
	names  int
	scope  []*spec.Param // parameters that an expression may use
	vars   []*spec.Var   // variables that an expression may read
}

// coin is the one generator of rapid that does not prefer small values. The models would be too
// simple otherwise.
var coin = rapid.Bool()

// pick draws one of 0 … n-1, nearly evenly; smaller is simpler.
func (g *gen) pick(n int) int {
	if n <= 1 {
		return 0
	}
	x := 0
	for range bits.Len(uint(n-1)) + 2 {
		x *= 2
		if coin.Draw(g.t, "coin") {
			x++
		}
	}
	return x % n
}

// maybe is true once in n times.
func (g *gen) maybe(n int) bool { return g.pick(n) == n-1 }

// fault is true now and then in a faulty model.
func (g *gen) fault() bool { return g.faulty && g.maybe(4) }

func (g *gen) name(prefix string) string {
	g.names++
	return fmt.Sprintf("%s%d", prefix, g.names)
}

func (g *gen) model() *spec.Model {
	g.m = &spec.Model{Name: "Random"}
	for range 1 + g.pick(2) {
		g.enum()
	}
	states, initial := 1, 1
	if g.maybe(2) {
		v := g.programCounter()
		states *= size(v.Type)
	}
	for range 2 + g.pick(4) {
		typ := g.typ(2)
		n := size(typ)
		if states*n > maxStates {
			typ, n = spec.Bool, 2
		}
		states *= n
		v := &spec.Var{Name: g.name("v"), Type: typ, Ghost: g.maybe(5)}
		if initial*n <= maxInitial && g.maybe(3) {
			initial *= n
		} else {
			v.Init = g.value(typ, 2)
		}
		g.m.Vars = append(g.m.Vars, v)
	}
	g.vars = g.plain()
	if initial > 1 && g.maybe(2) {
		g.m.InitWhere = g.cond(2)
	}
	if g.maybe(8) {
		g.m.Running = g.cond(2)
	}
	if !g.live && g.maybe(6) {
		g.m.Constraint = g.cond(2)
	}
	for range 2 + g.pick(4) {
		g.m.Actions = append(g.m.Actions, g.action())
	}
	g.vars = g.m.Vars
	for range 1 + g.pick(4) {
		g.m.Properties = append(g.m.Properties, g.property())
	}
	return g.m
}

// plain returns the variables that are not ghosts.
func (g *gen) plain() []*spec.Var {
	var vs []*spec.Var
	for _, v := range g.m.Vars {
		if !v.Ghost {
			vs = append(vs, v)
		}
	}
	return vs
}

func (g *gen) enum() *spec.EnumType {
	t := &spec.EnumType{Name: g.name("E"), Symbolic: g.maybe(2)}
	for i := range 1 + (1+g.pick(3))%4 {
		t.Values = append(t.Values, fmt.Sprintf("%s_%c", t.Name, 'a'+i))
	}
	g.m.Enums = append(g.m.Enums, t)
	g.enums = append(g.enums, t)
	return t
}

// programCounter adds the variable pc, an array of labels over tasks.
func (g *gen) programCounter() *spec.Var {
	labels := &spec.EnumType{Name: "Label", Values: []string{"start", "work", "done"}[:2+g.pick(2)]}
	tasks := &spec.EnumType{Name: "Task", Values: []string{"main", "other", "third"}[:1+g.pick(3)], Symbolic: true}
	g.m.Enums = append(g.m.Enums, labels, tasks)
	v := &spec.Var{Name: "pc", Type: &spec.ArrayType{Index: tasks, Elem: labels}}
	p := &spec.Param{Name: g.name("q"), Type: tasks}
	v.Init = &spec.Quant{Op: spec.MapOf, Param: p, Body: labels.Val("start")}
	g.m.Vars = append(g.m.Vars, v)
	return v
}

func (g *gen) rangeType() *spec.RangeType {
	lo := int64([]int{0, 1, -1}[g.pick(3)])
	return &spec.RangeType{Lo: lo, Hi: lo + int64((1+g.pick(4))%4)}
}

// indexType draws the type of an index, a parameter or the elements of a set.
func (g *gen) indexType() spec.Type {
	switch g.pick(4) {
	case 0:
		return g.rangeType()
	case 1:
		return spec.Bool
	default:
		return g.enums[g.pick(len(g.enums))]
	}
}

// typ draws the type of a variable; depth bounds its nesting.
func (g *gen) typ(depth int) spec.Type {
	n := 8
	if depth == 0 {
		n = 4
	}
	switch g.pick(n) {
	case 0:
		return g.rangeType()
	case 1:
		return spec.Bool
	case 2:
		return g.enums[g.pick(len(g.enums))]
	case 3:
		return &spec.OptionType{Elem: g.enums[g.pick(len(g.enums))]}
	case 4:
		return &spec.ArrayType{Index: g.indexType(), Elem: g.typ(depth - 1)}
	case 5:
		return &spec.SetType{Elem: g.indexType()}
	case 6:
		return &spec.SeqType{Elem: g.typ(depth - 1), Cap: 1 + g.pick(3)}
	default:
		t := &spec.RecordType{}
		if g.maybe(2) {
			t.Name = g.name("R")
		}
		for i := range 1 + g.pick(2) {
			t.Fields = append(t.Fields, spec.Field{Name: fmt.Sprintf("f%d", i), Type: g.typ(depth - 1)})
		}
		return t
	}
}

// size returns the number of values of t, but no more than somewhat above maxStates.
func size(t spec.Type) int {
	const enough = maxStates + 1
	switch t := t.(type) {
	case *spec.SetType:
		lo, hi, _ := spec.Domain(t.Elem)
		return power(2, int(hi-lo+1), enough)
	case *spec.ArrayType:
		lo, hi, _ := spec.Domain(t.Index)
		return power(size(t.Elem), int(hi-lo+1), enough)
	case *spec.SeqType:
		n := 0
		for k := range t.Cap + 1 {
			n += power(size(t.Elem), k, enough)
		}
		return min(n, enough)
	case *spec.RecordType:
		n := 1
		for _, f := range t.Fields {
			n = min(n*size(f.Type), enough)
		}
		return n
	}
	lo, hi, _ := spec.Domain(t)
	return int(hi - lo + 1)
}

func power(base, exp, limit int) int {
	n := 1
	for range exp {
		n = min(n*base, limit)
	}
	return n
}

func (g *gen) param() *spec.Param {
	p := &spec.Param{Name: g.name("p"), Type: g.indexType()}
	if g.maybe(4) {
		p.Only = []int64{}
		for _, n := range (&spec.Param{Type: p.Type}).Values() {
			if !g.maybe(3) {
				p.Only = append(p.Only, n)
			}
		}
	}
	return p
}

func (g *gen) action() *spec.Action {
	a := &spec.Action{Name: g.name("A"), Actor: -1, Optional: g.maybe(4), Kind: spec.ActorKind(g.pick(4))}
	if !a.Optional {
		a.Fairness = spec.Fairness(g.pick(3))
	}
	var at []spec.Expr
	var move []spec.Update
	if v := g.m.Vars[0]; v.Name == "pc" && !g.maybe(4) {
		t := v.Type.(*spec.ArrayType)
		labels := t.Elem.(*spec.EnumType)
		p := &spec.Param{Name: g.name("t"), Type: t.Index}
		a.Params = append(a.Params, p)
		label := func() spec.Expr { return &spec.Lit{N: int64(g.pick(len(labels.Values))), T: labels} }
		at = append(at, spec.Bin(spec.Eq, spec.At(v, spec.P(p)), label()))
		move = append(move, spec.Set(v, label(), spec.P(p)))
	}
	for range (1 + g.pick(3)) % 3 {
		a.Params = append(a.Params, g.param())
	}
	if len(a.Params) > 0 && !g.maybe(4) {
		a.Actor = g.pick(len(a.Params))
	}
	g.scope = a.Params
	if g.maybe(3) {
		at = append(at, g.cond(2))
	}
	if len(at) > 0 {
		a.Guard = spec.All(at...)
	}
	a.Body = g.node(2, g.m.Vars, move)
	g.scope = nil
	return a
}

// node draws a body that updates some of targets; first are updates that each leaf may begin with.
func (g *gen) node(depth int, targets []*spec.Var, first []spec.Update) spec.Node {
	if depth > 0 && g.maybe(3) {
		b := &spec.Branch{Cond: g.cond(2)}
		b.Then = g.node(depth-1, targets, first)
		b.Else = g.node(depth-1, targets, first)
		return b
	}
	if ghosts := g.ghosts(targets); depth > 0 && len(ghosts) > 0 && g.maybe(3) {
		// Ghosts may decide about ghosts.
		plain := g.vars
		g.vars = g.m.Vars
		b := &spec.Branch{Cond: g.cond(2)}
		b.Then = g.node(depth-1, ghosts, nil)
		b.Else = g.node(depth-1, ghosts, nil)
		g.vars = plain
		return b
	}
	if v := targets[g.pick(len(targets))]; depth > 0 && g.maybe(3) {
		if n := g.riskyUpdate(v, first); n != nil {
			return n
		}
	}
	d := &spec.Do{Updates: append([]spec.Update(nil), first...)}
	for range (1 + g.pick(4)) % 4 {
		d.Updates = append(d.Updates, g.update(targets[g.pick(len(targets))]))
	}
	return d
}

func (g *gen) ghosts(vs []*spec.Var) []*spec.Var {
	var out []*spec.Var
	for _, v := range vs {
		if v.Ghost {
			out = append(out, v)
		}
	}
	return out
}

// within lets f read all variables if v is a ghost.
func (g *gen) within(v *spec.Var, f func()) {
	vars := g.vars
	if v.Ghost {
		g.vars = g.m.Vars
	}
	f()
	g.vars = vars
}

// update draws an update of v or of a part of it that is always there.
func (g *gen) update(v *spec.Var) spec.Update {
	u := spec.Update{Var: v}
	g.within(v, func() {
		t := v.Type
		for {
			switch x := t.(type) {
			case *spec.ArrayType:
				if !g.maybe(4) {
					u.Path = append(u.Path, spec.Selector{Index: g.value(x.Index, 1)})
					t = x.Elem
					continue
				}
			case *spec.RecordType:
				if !g.maybe(4) {
					f := x.Fields[g.pick(len(x.Fields))]
					u.Path = append(u.Path, spec.Selector{Field: f.Name})
					t = f.Type
					continue
				}
			}
			if g.maybe(2) {
				u.Value = g.moved(current(u), t)
			}
			if u.Value == nil {
				u.Value = g.value(t, 2)
			}
			return
		}
	})
	return u
}

// current returns the value that u replaces, for a path that is always there.
func current(u spec.Update) spec.Expr {
	var e spec.Expr = spec.V(u.Var)
	for _, s := range u.Path {
		if s.Index != nil {
			e = &spec.Index{X: e, I: s.Index}
		} else {
			e = &spec.FieldSel{X: e, Name: s.Field}
		}
	}
	return e
}

// moved draws a value of type t that differs from x but depends on it, so that a model does more
// than jump between constants; nil if there is no such thing for t.
func (g *gen) moved(x spec.Expr, t spec.Type) spec.Expr {
	switch t := t.(type) {
	case *spec.BoolType:
		return spec.Un(spec.Not, x)
	case *spec.RangeType:
		n := t.Hi - t.Lo + 1
		up := spec.Bin(spec.Add, x, spec.Int(1))
		if g.fault() && n > 1 {
			return up
		}
		if g.maybe(2) {
			return spec.Bin(spec.Min, up, spec.Int(t.Hi))
		}
		return spec.Bin(spec.Add, spec.Int(t.Lo), spec.Bin(spec.Mod, spec.Bin(spec.Sub, up, spec.Int(t.Lo)), spec.Int(n)))
	case *spec.SetType:
		c := &spec.Composite{T: t, Elems: []spec.Expr{g.value(t.Elem, 1)}}
		return spec.Bin([]spec.Op{spec.Union, spec.Minus}[g.pick(2)], x, c)
	case *spec.SeqType:
		n := spec.Un(spec.Len, x)
		if g.maybe(2) {
			return g.unless(spec.Bin(spec.Gt, n, spec.Int(0)), spec.Un(spec.Tail, x), t)
		}
		return g.unless(spec.Bin(spec.Lt, n, spec.Int(int64(t.Cap))), spec.Bin(spec.Append, x, g.value(t.Elem, 1)), t)
	}
	return nil
}

// riskyUpdate draws an update of a part of v that is not always there, behind a condition that says
// it is (unless the model may be faulty): an element of a sequence, or of an array at an option. It
// is nil if v has no such part.
func (g *gen) riskyUpdate(v *spec.Var, first []spec.Update) spec.Node {
	var n spec.Node
	g.within(v, func() {
		switch t := v.Type.(type) {
		case *spec.SeqType:
			pos := int64(1 + g.pick(t.Cap))
			do := &spec.Do{Updates: append([]spec.Update(nil), first...)}
			do.Updates = append(do.Updates, spec.Set(v, g.value(t.Elem, 1), spec.Int(pos)))
			n = g.guarded(spec.Bin(spec.Ge, spec.Un(spec.Len, spec.V(v)), spec.Int(pos)), do)
		case *spec.ArrayType:
			e, ok := t.Index.(*spec.EnumType)
			if !ok {
				return
			}
			o := g.value(&spec.OptionType{Elem: e}, 1)
			do := &spec.Do{Updates: append([]spec.Update(nil), first...)}
			do.Updates = append(do.Updates, spec.Set(v, g.value(t.Elem, 1), o))
			n = g.guarded(spec.Bin(spec.Ne, o, spec.Null(e)), do)
		}
	})
	if b, ok := n.(*spec.Branch); ok && v.Ghost && g.readsGhost(b.Cond) && len(first) > 0 {
		return nil // what a ghost decides must not touch the plain variables
	}
	return n
}

func (g *gen) readsGhost(e spec.Expr) bool { return len(g.ghosts(spec.VarsRead(e))) > 0 }

func (g *gen) guarded(c spec.Expr, n spec.Node) spec.Node {
	if g.fault() {
		return n
	}
	return &spec.Branch{Cond: c, Then: n, Else: &spec.Do{}}
}

func (g *gen) property() *spec.Property {
	kinds := []spec.PropertyKind{spec.Invariant, spec.AtRest, spec.Deadlock, spec.CanRest, spec.Cover}
	if g.live {
		kinds = []spec.PropertyKind{spec.Eventually, spec.LeadsTo}
	}
	p := &spec.Property{Name: g.name("P"), Kind: kinds[g.pick(len(kinds))], Cond: g.cond(3)}
	if p.Kind == spec.LeadsTo {
		p.From = g.cond(2)
	}
	if g.maybe(3) {
		p.When = g.cond(2)
	}
	return p
}
