package tlatest

import (
	"fmt"

	"mcheck/spec"
)

// Ways returns a model with what a front end makes of the end of a function: at one label an action
// for each way on, which do the same before. Two clerks sweep and switch off a row of lamps, then
// go where they came from; one of them may go home instead, which does less.
func Ways() *spec.Model {
	clerk := &spec.EnumType{Name: "Clerk", Values: []string{"ann", "bob"}, Symbolic: true}
	label := &spec.EnumType{Name: "Label", Values: []string{"sweep:1", "hall", "yard"}}
	array := func(name string, elem spec.Type, init spec.Expr) *spec.Var {
		return &spec.Var{Name: name, Type: &spec.ArrayType{Index: clerk, Elem: elem},
			Init: &spec.Quant{Op: spec.MapOf, Param: &spec.Param{Name: "i", Type: clerk}, Body: init}}
	}
	pc := array("pc", label, label.Val("sweep:1"))
	back := &spec.Var{Name: "back", Type: &spec.ArrayType{Index: clerk, Elem: label},
		Init: &spec.Composite{T: &spec.ArrayType{Index: clerk, Elem: label}, Elems: []spec.Expr{label.Val("hall"), label.Val("yard")}}}
	vars := []*spec.Var{pc, back}
	var lamps []*spec.Var
	for k := range 12 {
		lamps = append(lamps, &spec.Var{Name: fmt.Sprint("lamp", k), Type: spec.Bool, Init: spec.BoolLit(k%2 == 0)})
	}
	broom := &spec.Var{Name: "broom", Type: &spec.OptionType{Elem: clerk}, Init: spec.Null(clerk)}
	vars = append(append(vars, lamps...), broom)

	line := func(text string) spec.SourceLine {
		return spec.SourceLine{Pos: spec.Pos{File: "sweep.c", Line: len(text)}, Text: text}
	}
	way := func(name, to string, more ...spec.Update) *spec.Action {
		c := &spec.Param{Name: "c", Type: clerk}
		a := &spec.Action{Name: name, Func: "sweep", Params: []*spec.Param{c},
			Guard:  spec.All(spec.Bin(spec.Eq, spec.At(pc, spec.P(c)), label.Val("sweep:1")), spec.Bin(spec.Eq, spec.At(back, spec.P(c)), label.Val(to))),
			Source: []spec.SourceLine{line("switch_off();"), line("go_to(" + to + ");")}}
		do := &spec.Do{Updates: []spec.Update{spec.Set(pc, label.Val(to), spec.P(c))}}
		for _, l := range lamps {
			do.Updates = append(do.Updates, spec.Set(l, spec.F))
		}
		do.Updates = append(do.Updates, more...)
		a.Body = do
		return a
	}
	home := &spec.Param{Name: "someone", Type: clerk}
	return &spec.Model{
		Name: "Ways", Enums: []*spec.EnumType{clerk, label}, Vars: vars,
		Actions: []*spec.Action{
			way("sweep_1_to_hall", "hall"),
			way("sweep_1_to_yard", "yard", spec.Set(broom, clerk.Val("bob"))),
			{Name: "sweep_1_home", Func: "sweep", Params: []*spec.Param{home},
				Guard: spec.All(spec.Bin(spec.Eq, spec.At(pc, spec.P(home)), label.Val("sweep:1")), spec.Bin(spec.Ne, spec.V(broom), spec.Null(clerk))),
				Body:  &spec.Do{Updates: []spec.Update{spec.Set(pc, label.Val("yard"), spec.P(home)), spec.Set(lamps[0], spec.T)}}},
		},
		Properties: []*spec.Property{{Name: "Dark", Kind: spec.AtRest, When: spec.T, Cond: spec.Un(spec.Not, spec.V(lamps[0]))}},
	}
}
