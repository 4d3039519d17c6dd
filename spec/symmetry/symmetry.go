// Package symmetry finds the values of a model that no part of it tells apart: tasks that run the
// same program, workers of one kind, objects that only pointers name. Swapping two of them
// everywhere in a state gives a state that behaves in the same way.
//
// It imports spec and nothing else of ours.
package symmetry

import (
	"fmt"
	"strings"

	"mcheck/spec"
)

// Class is two or more values of an enum type that are interchangeable: every permutation of them
// is an automorphism of the model (see [Find]).
type Class struct {
	Type   *spec.EnumType
	Values []int64 // ascending
}

// String lists the values.
func (c Class) String() string {
	names := make([]string, len(c.Values))
	for i, v := range c.Values {
		names[i] = c.Type.Values[v]
	}
	return strings.Join(names, ", ")
}

// Obstacle says why two values of a type are not interchangeable.
type Obstacle struct {
	Type  *spec.EnumType
	A, B  int64
	Where string // the part of the model that tells them apart: action NAME, property NAME, …
	// Order says that it does so for all values of the type, since the order in which they are
	// looked at may decide whether an evaluation fails.
	Order bool
}

func (o Obstacle) String() string {
	if o.Order {
		return fmt.Sprintf("%s looks at the values of %s in an order that may matter", o.Where, o.Type.Name)
	}
	return fmt.Sprintf("%s tells %s and %s apart", o.Where, o.Type.Values[o.A], o.Type.Values[o.B])
}

// Find returns the classes of interchangeable values of m, in the order of m.Enums, and for the
// values that are the first of their class, or in none, what tells them apart.
//
// Only symbolic enums are looked at: the values of the others are names with a meaning, and no
// model values of TLA+.
//
// Two values a and b are in one class if swapping them in the text of the model (in literals, in
// the domains of parameters, in the elements of an array literal) gives the same text up to the
// order of what may stand in any order. This is enough. No operator of the IR but these names a
// value of an enum: equality, indexing, membership, set algebra and quantifiers all give the
// swapped result for swapped operands. So for the swap π and every expression e of the model, e in
// π(s) is π of the value that π(e) has in s, and π(e) is e. By induction every action takes π(s) to
// π(s') for the bindings π(args) exactly where it takes s to s' for args, and every property and
// the constraint hold in both states or in neither. Swaps compose: if a and b, and b and c may be
// swapped, so may a and c, and the swaps within a class make all of its permutations.
//
// Initial values are not looked at: what is reachable from π(s) is π of what is reachable from s,
// wherever s comes from.
//
// What fails to evaluate must do so in both states or in neither. Only the order of evaluation
// could break that, so the operands of a conjunction or disjunction may stand in another order only
// where none of them can fail, and a Forall or Exists over the type whose body may fail makes all
// its values different.
func Find(m *spec.Model) ([]Class, []Obstacle) {
	var classes []Class
	var obstacles []Obstacle
	units := unitsOf(m)
	for _, t := range m.Enums {
		if !t.Symbolic || len(t.Values) < 2 {
			continue
		}
		cs, os := classesOf(t, units)
		classes, obstacles = append(classes, cs...), append(obstacles, os...)
	}
	return classes, obstacles
}

// unit is a part of the model that must be the same after a swap.
type unit struct {
	where string
	text  func(*printer)
}

func unitsOf(m *spec.Model) []unit {
	var us []unit
	expr := func(where string, e spec.Expr) {
		if e != nil {
			us = append(us, unit{where, func(p *printer) { p.expr(e) }})
		}
	}
	expr("the condition for going on", m.Running)
	expr("the constraint", m.Constraint)
	for _, a := range m.Actions {
		us = append(us, unit{"action " + a.Name, func(p *printer) { p.action(a) }})
	}
	for _, q := range m.Properties {
		for _, e := range q.Exprs() {
			expr("property "+q.Name, e)
		}
	}
	return us
}

// classesOf finds the classes of one type.
func classesOf(t *spec.EnumType, units []unit) ([]Class, []Obstacle) {
	var named []unit // those that name values of t at all
	var plain []string
	for _, u := range units {
		p := &printer{typ: t}
		text := p.print(u)
		if p.fragile {
			return nil, []Obstacle{{Type: t, B: 1, Where: u.where, Order: true}}
		}
		if p.names {
			named, plain = append(named, u), append(plain, text)
		}
	}
	differ := func(a, b int64) string {
		for i, u := range named {
			if (&printer{typ: t, a: a, b: b}).print(u) != plain[i] {
				return u.where
			}
		}
		return ""
	}
	var sets []Class
	var obstacles []Obstacle
	for v := range int64(len(t.Values)) {
		found := false
		var against []Obstacle
		for i := range sets {
			c := &sets[i]
			if where := differ(c.Values[0], v); where != "" {
				against = append(against, Obstacle{Type: t, A: c.Values[0], B: v, Where: where})
				continue
			}
			c.Values, found = append(c.Values, v), true
			break
		}
		if !found {
			sets = append(sets, Class{t, []int64{v}})
			obstacles = append(obstacles, against...)
		}
	}
	var out []Class
	for _, c := range sets {
		if len(c.Values) > 1 {
			out = append(out, c)
		}
	}
	return out, obstacles
}
