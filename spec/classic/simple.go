package classic

import "mcheck/spec"

// terminating is the step of a program that has ended: it changes nothing, and is there because it
// is counted.
func (g program) terminating(last string) *spec.Action {
	return action("Terminating", forall("u", g.procs, func(u expr) expr { return g.at(u, last) }), nil)
}

// someOne says that in the end some process has read 1.
func (g program) someOne(y *spec.Var) *spec.Property {
	return invariant("SomeOne", "when all are done, some process has read 1", implies(
		forall("u", g.procs, func(u expr) expr { return g.at(u, "done") }),
		exists("z", g.procs, func(x expr) expr { return eq(at(y, x), num(1)) })))
}

// SimpleRegular is n processes, each of which writes its own regular register and reads that of its
// neighbour: while a register is written it reads as either value.
func SimpleRegular(n int) *spec.Model {
	procs, bit := upTo(0, n-1), upTo(0, 1)
	g := newProgram(procs, "a1", "a2", "b", "done")
	value := &spec.EnumType{Name: "Register", Values: []string{"zero", "both", "one"}}
	x := &spec.Var{Name: "x", Type: array(procs, value), Init: everywhere(procs, value.Val("zero"))}
	y := &spec.Var{Name: "y", Type: array(procs, bit), Init: everywhere(procs, num(0))}
	i, w := param("i", procs), param("w", bit)
	left := at(x, mod(sub(p(i), num(1)), num(n)))
	admits := cond(eq(p(w), num(0)), ne(left, value.Val("one")), ne(left, value.Val("zero")))
	return &spec.Model{
		Name: "SimpleRegular", Doc: "Lamport's exercise in proving, with regular registers.",
		Enums: []*spec.EnumType{g.labels, value}, Vars: []*spec.Var{g.pc, x, y},
		Actions: []*spec.Action{
			g.step("BeginWrite", "a1", "a2", nil, params(i), set(x, value.Val("both"), p(i))),
			g.step("EndWrite", "a2", "b", nil, params(i), set(x, value.Val("one"), p(i))),
			g.step("Read", "b", "done", admits, params(i, w), set(y, p(w), p(i))),
			g.terminating("done"),
		},
		Properties: []*spec.Property{g.someOne(y)},
	}
}

// Simple is SimpleRegular with registers that are written in one step.
func Simple(n int) *spec.Model {
	procs, bit := upTo(0, n-1), upTo(0, 1)
	g := newProgram(procs, "a", "b", "done")
	x := &spec.Var{Name: "x", Type: array(procs, bit), Init: everywhere(procs, num(0))}
	y := &spec.Var{Name: "y", Type: array(procs, bit), Init: everywhere(procs, num(0))}
	i := param("i", procs)
	return &spec.Model{
		Name: "Simple", Doc: "Lamport's exercise in proving.",
		Enums: []*spec.EnumType{g.labels}, Vars: []*spec.Var{g.pc, x, y},
		Actions: []*spec.Action{
			g.step("Write", "a", "b", nil, params(i), set(x, num(1), p(i))),
			g.step("Read", "b", "done", nil, params(i), set(y, at(x, mod(sub(p(i), num(1)), num(n))), p(i))),
			g.terminating("done"),
		},
		Properties: []*spec.Property{g.someOne(y)},
	}
}
