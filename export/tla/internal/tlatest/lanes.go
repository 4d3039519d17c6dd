package tlatest

import "mcheck/spec"

// Lanes returns a model with temporal properties, and with names that the export would like to use
// itself: two cars cross a bridge with one lane, which a barge may close. Its fairness is weak for
// leaving and strong for entering.
func Lanes() *spec.Model {
	car := &spec.EnumType{Name: "car", Values: []string{"x", "y"}, Symbolic: true}
	boat := &spec.EnumType{Name: "boat", Values: []string{"Owed", "barge"}, Symbolic: true}
	place := &spec.EnumType{Name: "place", Values: []string{"road", "bridge"}}
	at := &spec.Var{Name: "_at", Type: &spec.ArrayType{Index: car, Elem: place}, Init: &spec.Quant{Op: spec.MapOf, Param: &spec.Param{Name: "Min", Type: car}, Body: place.Val("road")}}
	first := &spec.Var{Name: "first", Type: &spec.OptionType{Elem: boat}, Init: spec.Null(boat)}
	grid := &spec.ArrayType{Index: car, Elem: &spec.ArrayType{Index: boat, Elem: spec.Bool}}
	row := func() spec.Expr { return &spec.Composite{T: grid.Elem, Elems: []spec.Expr{spec.F, spec.F}} }
	i := &spec.Var{Name: "i", Type: grid, Init: &spec.Composite{T: grid, Elems: []spec.Expr{row(), row()}}}

	on := func(c *spec.Param) spec.Expr { return spec.Bin(spec.Eq, spec.At(at, spec.P(c)), place.Val("bridge")) }
	free := func(name string) spec.Expr {
		c := &spec.Param{Name: name, Type: car}
		return &spec.Quant{Op: spec.Forall, Param: c, Body: spec.Bin(spec.Eq, spec.At(at, spec.P(c)), place.Val("road"))}
	}
	c1 := &spec.Param{Name: "AtRest", Type: car}
	c2 := &spec.Param{Name: "Optional", Type: car}
	enter := &spec.Action{Name: "enter", Params: []*spec.Param{c1}, Actor: 0, Fairness: spec.StrongFairness,
		Guard: spec.All(free("Running"), spec.Bin(spec.Eq, spec.V(first), spec.Null(boat))),
		Body:  &spec.Do{Updates: []spec.Update{spec.Set(at, place.Val("bridge"), spec.P(c1))}}}
	leave := &spec.Action{Name: "leave", Params: []*spec.Param{c2}, Actor: 0, Fairness: spec.WeakFairness,
		Guard: on(c2), Body: &spec.Do{Updates: []spec.Update{spec.Set(at, place.Val("road"), spec.P(c2))}}}
	open := &spec.Action{Name: "open", Actor: -1, Fairness: spec.WeakFairness, Guard: spec.Bin(spec.Ne, spec.V(first), spec.Null(boat)),
		Body: &spec.Do{Updates: []spec.Update{spec.Set(first, spec.Null(boat))}}}
	b := &spec.Param{Name: "b", Type: boat}
	shut := &spec.Action{Name: "shut", Params: []*spec.Param{b}, Actor: 0, Optional: true,
		Guard: spec.All(free("Constraint"), spec.Bin(spec.Eq, spec.V(first), spec.Null(boat))),
		Body:  &spec.Do{Updates: []spec.Update{spec.Set(first, spec.P(b))}}}

	x := spec.Bin(spec.Eq, spec.At(at, car.Val("x")), place.Val("bridge"))
	return &spec.Model{
		Name: "Lanes", Enums: []*spec.EnumType{car, boat, place}, Vars: []*spec.Var{at, first, i}, Actions: []*spec.Action{enter, leave, open, shut},
		Properties: []*spec.Property{
			{Name: "_Crosses", Kind: spec.Eventually, Words: "The first car crosses, again and again.", Cond: x},
			{Name: "Returns", Kind: spec.LeadsTo, Words: "Who is on the bridge leaves it.", From: x, Cond: spec.Un(spec.Not, x)},
			{Name: "Opens", Kind: spec.Eventually, When: spec.Bin(spec.Ne, spec.V(first), spec.Null(boat)), Cond: spec.Bin(spec.Eq, spec.V(first), spec.Null(boat))},
			{Name: "Barges", Kind: spec.Eventually, Words: "A barge passes: nothing makes it.", Cond: spec.Bin(spec.Eq, spec.V(first), boat.Val("barge"))},
		},
	}
}
