package classic

import "mcheck/spec"

// Chameneos is creatures that meet in pairs and change their colours, until there were enough
// meetings.
func Chameneos(creatures, meetings int) *spec.Model {
	creature := members("Creature", "c", creatures)
	colour := &spec.EnumType{Name: "Colour", Values: []string{"blue", "red", "yellow", "faded"}}
	col := &spec.Var{Name: "col", Type: array(creature, colour)}
	met := &spec.Var{Name: "met", Type: array(creature, upTo(0, meetings)), Init: everywhere(creature, num(0)), Doc: "meetings of each"}
	hall := &spec.Var{Name: "hall", Type: &spec.OptionType{Elem: creature}, Init: spec.Null(creature), Doc: "who waits for another"}
	n := &spec.Var{Name: "n", Type: upTo(0, meetings), Init: num(0), Doc: "meetings so far"}
	i := param("i", creature)
	mine, other := at(col, p(i)), at(col, v(hall))
	free := eq(v(hall), spec.Null(creature))
	neither := func(c string) expr { return all(ne(mine, colour.Val(c)), ne(other, colour.Val(c))) }
	third := cond(neither("blue"), colour.Val("blue"), cond(neither("red"), colour.Val("red"), colour.Val("yellow")))
	mixed := cond(eq(mine, other), mine, third)
	step := action("Go", all(ne(mine, colour.Val("faded")), ne(v(hall), p(i))), params(i))
	step.Body = &spec.Branch{
		Cond: free,
		Then: &spec.Branch{
			Cond: lt(v(n), num(meetings)),
			Then: &spec.Do{Updates: []update{set(hall, p(i))}},
			Else: &spec.Do{Updates: []update{set(col, colour.Val("faded"), p(i))}},
		},
		Else: &spec.Do{Updates: []update{
			set(col, mixed, p(i)), set(col, mixed, v(hall)),
			set(met, add(at(met, p(i)), num(1)), p(i)), set(met, add(at(met, v(hall)), num(1)), v(hall)),
			set(n, add(v(n), num(1))), set(hall, spec.Null(creature)),
		}},
	}
	return &spec.Model{
		Name: "Chameneos", Doc: "Creatures that change their colours when they meet.",
		Enums: []*spec.EnumType{creature, colour}, Vars: []*spec.Var{col, met, hall, n},
		InitWhere: forall("x", creature, func(x expr) expr { return ne(at(col, x), colour.Val("faded")) }),
		Actions:   []*spec.Action{step},
		Properties: []*spec.Property{
			invariant("Sum", "in the end each meeting was counted by two creatures", implies(eq(v(n), num(meetings)),
				eq(quant(spec.Sum, "x", creature, func(x expr) expr { return at(met, x) }), num(2*meetings)))),
		},
	}
}
