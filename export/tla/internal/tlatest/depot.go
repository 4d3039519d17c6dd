package tlatest

import (
	"fmt"

	"mcheck/spec"
)

// Depot returns a model with what a front end makes of loops, errors and callers: updates that go
// through all objects one by one, branches that share what they assign, a chain of errors,
// comparisons with several constants, and more variables in groups than a step changes. Clerks look
// at boxes and put them away; one box too many on a shelf is an error.
func Depot() *spec.Model {
	clerk := &spec.EnumType{Name: "Clerk", Values: []string{"ann", "bob"}, Symbolic: true}
	box := &spec.EnumType{Name: "Box", Values: []string{"b1", "b2", "b3"}, Symbolic: true}
	label := &spec.EnumType{Name: "Label", Values: []string{"look", "put", "rest", "gone"}}
	place := &spec.EnumType{Name: "Place", Values: []string{"yard", "hall", "shelf"}}
	failure := &spec.EnumType{Name: "Failure", Values: []string{"none", "no box", "not here", "full"}}

	all := func(t spec.Type, name string, e spec.Expr) spec.Expr {
		return &spec.Quant{Op: spec.MapOf, Param: &spec.Param{Name: name, Type: t}, Body: e}
	}
	array := func(name, group string, index, elem spec.Type, init spec.Expr) *spec.Var {
		return &spec.Var{Name: name, Group: group, Type: &spec.ArrayType{Index: index, Elem: elem}, Init: all(index, "i", init)}
	}
	pc := array("pc", "control", clerk, label, label.Val("look"))
	fail := &spec.Var{Name: "fail", Group: "control", Type: failure, Init: failure.Val("none")}
	at := array("at", "struct box", box, place, place.Val("yard"))
	seen := array("seen", "struct box", box, &spec.SetType{Elem: clerk}, &spec.Lit{T: &spec.SetType{Elem: clerk}})
	shelved := &spec.Var{Name: "shelved", Group: "depot", Type: &spec.RangeType{Lo: 0, Hi: 2}, Init: spec.Int(0)}
	rounds := array("rounds", "depot", clerk, &spec.RangeType{Lo: 0, Hi: 1}, spec.Int(0))
	which := array("which", "frames/in look.c/frame of look", clerk, &spec.OptionType{Elem: box}, spec.Null(box))
	back := array("back", "frames/in look.c/frame of look", clerk, label, label.Val("rest"))
	vars := []*spec.Var{pc, fail, at, seen, shelved, rounds, which, back}
	for i := range 10 { // to be carried along
		vars = append(vars, array(fmt.Sprintf("spare%d", i), fmt.Sprintf("frames/in spare%d.c/frame of f%d", i/4, i/2), clerk, spec.Bool, spec.F))
	}

	eq := func(x, y spec.Expr) spec.Expr { return spec.Bin(spec.Eq, x, y) }
	wrong := func(reason string) *spec.Do {
		return &spec.Do{Updates: []spec.Update{spec.Set(fail, failure.Val(reason))}}
	}
	at1 := func(c *spec.Param, l string) spec.Expr { return eq(spec.At(pc, spec.P(c)), label.Val(l)) }

	// look: every box that is not put away is marked as seen; the clerk picks one.
	c := &spec.Param{Name: "c", Type: clerk}
	b := &spec.Param{Name: "b", Type: box}
	self := &spec.Composite{T: &spec.SetType{Elem: clerk}, Elems: []spec.Expr{spec.P(c)}}
	look := &spec.Do{Updates: []spec.Update{spec.Set(pc, label.Val("put"), spec.P(c)), spec.Set(which, spec.P(b), spec.P(c))}}
	for i := range box.Values {
		x := &spec.Lit{N: int64(i), T: box}
		marked := &spec.If{Cond: spec.Any(eq(spec.At(at, x), place.Val("yard")), eq(spec.At(at, x), place.Val("hall"))),
			Then: spec.Bin(spec.Union, spec.At(seen, x), self), Else: spec.At(seen, x)}
		look.Updates = append(look.Updates, spec.Set(seen, marked, x))
	}
	// put: three errors, then one of two ways, which share most of what they do.
	d := &spec.Param{Name: "c", Type: clerk}
	mine := spec.At(which, spec.P(d))
	share := func(to string, more ...spec.Update) *spec.Do {
		return &spec.Do{Updates: append([]spec.Update{
			spec.Set(pc, spec.At(back, spec.P(d)), spec.P(d)), spec.Set(which, spec.Null(box), spec.P(d)), spec.Set(at, place.Val(to), mine)}, more...)}
	}
	put := &spec.Branch{Cond: eq(mine, spec.Null(box)), Then: wrong("no box"), Else: &spec.Branch{
		Cond: eq(spec.At(at, mine), place.Val("shelf")), Then: wrong("not here"), Else: &spec.Branch{
			Cond: spec.All(eq(spec.At(at, mine), place.Val("hall")), eq(spec.V(shelved), spec.Int(2))), Then: wrong("full"), Else: &spec.Branch{
				Cond: eq(spec.At(at, mine), place.Val("yard")), Then: share("hall"),
				Else: share("shelf", spec.Set(shelved, spec.Bin(spec.Add, spec.V(shelved), spec.Int(1))))}}}}
	// rest: home, or another round; only the place to go to differs.
	r := &spec.Param{Name: "c", Type: clerk}
	rest := &spec.Branch{Cond: eq(spec.At(rounds, spec.P(r)), spec.Int(0)),
		Then: &spec.Do{Updates: []spec.Update{spec.Set(rounds, spec.Int(1), spec.P(r)), spec.Set(pc, label.Val("look"), spec.P(r))}},
		Else: &spec.Do{Updates: []spec.Update{spec.Set(rounds, spec.Int(1), spec.P(r)), spec.Set(pc, label.Val("gone"), spec.P(r))}}}

	anybody := func(f func(who spec.Expr) spec.Expr) (es []spec.Expr) {
		for i := range clerk.Values {
			es = append(es, f(&spec.Lit{N: int64(i), T: clerk}))
		}
		return es
	}
	return &spec.Model{
		Name: "Depot", Doc: "Clerks put boxes away: from the yard into the hall, from the hall\non a shelf.\n\nA shelf holds two.",
		Enums: []*spec.EnumType{clerk, box, label, place, failure}, Vars: vars,
		Running: eq(spec.V(fail), failure.Val("none")),
		Actions: []*spec.Action{
			{Name: "look_1", Func: "look", Params: []*spec.Param{c, b}, Guard: at1(c, "look"), Body: look, Fairness: spec.WeakFairness},
			{Name: "put_2", Func: "look", Params: []*spec.Param{d}, Guard: spec.All(at1(d, "put"), spec.Any(eq(spec.At(back, spec.P(d)), label.Val("rest")), eq(spec.At(back, spec.P(d)), label.Val("gone")))),
				Body: put, Fairness: spec.WeakFairness},
			{Name: "rest_3", Func: "rest", Params: []*spec.Param{r}, Guard: at1(r, "rest"), Body: rest, Fairness: spec.WeakFairness},
		},
		Properties: []*spec.Property{
			{Name: "NoFail", Kind: spec.Invariant, Cond: spec.Any(eq(spec.V(fail), failure.Val("none")), eq(spec.V(fail), failure.Val("full")))},
			{Name: "NeverFull", Kind: spec.Invariant, When: spec.T, Cond: spec.All(spec.Bin(spec.Ne, spec.V(fail), failure.Val("full")), spec.Bin(spec.Ne, spec.V(fail), failure.Val("no box")))},
			{Name: "SomebodyLooks", Kind: spec.Cover, When: spec.T, Cond: spec.Any(anybody(func(who spec.Expr) spec.Expr {
				return spec.All(eq(spec.At(pc, who), label.Val("put")), spec.Bin(spec.Ne, spec.At(which, who), spec.Null(box)))
			})...)},
			{Name: "NobodyGone", Kind: spec.AtRest, When: spec.F, Cond: spec.All(anybody(func(who spec.Expr) spec.Expr {
				return spec.Bin(spec.Ne, spec.At(pc, who), label.Val("gone"))
			})...)},
		},
	}
}
