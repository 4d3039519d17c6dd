package classic

import "mcheck/spec"

// Lock is two processes that take turns by one lock.
func Lock() *spec.Model {
	procs := upTo(1, 2)
	g := newProgram(procs, "l0", "l1", "cs", "l2")
	lock := &spec.Var{Name: "lock", Type: upTo(0, 1), Init: num(1), Doc: "1 if free"}
	i := params(param("i", procs))
	return &spec.Model{
		Name: "Lock", Doc: "Mutual exclusion by a lock.",
		Enums: []*spec.EnumType{g.labels}, Vars: []*spec.Var{g.pc, lock},
		Actions: []*spec.Action{
			g.step("Begin", "l0", "l1", nil, i),
			g.step("Acquire", "l1", "cs", eq(v(lock), num(1)), i, set(lock, num(0))),
			g.step("Critical", "cs", "l2", nil, i),
			g.step("Release", "l2", "l0", nil, i, set(lock, num(1))),
		},
		Properties: []*spec.Property{
			invariant("MutualExclusion", "the processes do not hold the lock both",
				not(forall("x", procs, func(x expr) expr { return g.at(x, "cs", "l2") }))),
			invariant("LockHeld", "the lock is not free while a process holds it",
				implies(exists("x", procs, func(x expr) expr { return g.at(x, "cs", "l2") }), eq(v(lock), num(0)))),
		},
	}
}

// Peterson is Peterson's mutual exclusion of two processes.
func Peterson() *spec.Model {
	procs := upTo(1, 2)
	g := newProgram(procs, "a0", "a1", "a2", "a3", "cs", "a4")
	c := &spec.Var{Name: "c", Type: array(procs, spec.Bool), Init: everywhere(procs, spec.F), Doc: "who wants to enter"}
	turn := &spec.Var{Name: "turn", Type: procs, Init: num(1)}
	ps := params(param("i", procs))
	i := p(ps[0])
	other := func(x expr) expr { return sub(num(3), x) }
	return &spec.Model{
		Name: "Peterson", Doc: "Peterson's algorithm: mutual exclusion of two processes by reads and writes.",
		Enums: []*spec.EnumType{g.labels}, Vars: []*spec.Var{g.pc, c, turn},
		Actions: []*spec.Action{
			g.step("Begin", "a0", "a1", nil, ps),
			g.step("Want", "a1", "a2", nil, ps, set(c, spec.T, i)),
			g.step("Yield", "a2", "a3", nil, ps, set(turn, other(i))),
			g.step("Enter", "a3", "cs", any(not(at(c, other(i))), eq(v(turn), i)), ps),
			g.step("Critical", "cs", "a4", nil, ps),
			g.step("Leave", "a4", "a0", nil, ps, set(c, spec.F, i)),
		},
		Properties: []*spec.Property{
			invariant("MutualExclusion", "the processes are not in the critical section both",
				not(forall("x", procs, func(x expr) expr { return g.at(x, "cs", "a4") }))),
			invariant("Wanting", "c says who is between its announcement and its withdrawal",
				forall("x", procs, func(x expr) expr { return spec.Bin(spec.Iff, at(c, x), g.at(x, "a2", "a3", "cs", "a4")) })),
			invariant("Turn", "who is inside has the turn, or the other has not yet given it away",
				forall("x", procs, func(x expr) expr {
					return implies(g.at(x, "cs", "a4"), any(eq(v(turn), x), g.at(other(x), "a0", "a1", "a2")))
				})),
		},
	}
}

// Barrier is n processes that wait for each other, again and again.
func Barrier(n int) *spec.Model {
	procs := upTo(1, n)
	pc := &spec.Var{Name: "pc", Type: array(procs, upTo(0, 1)), Init: everywhere(procs, num(0)), Doc: "1 while waiting"}
	i := param("i", procs)
	return &spec.Model{
		Name: "Barrier", Doc: "A barrier that can be used again.", Vars: []*spec.Var{pc},
		Actions: []*spec.Action{
			action("Enter", eq(at(pc, p(i)), num(0)), params(i), set(pc, num(1), p(i))),
			action("Release", forall("x", procs, func(x expr) expr { return eq(at(pc, x), num(1)) }), nil, set(pc, everywhere(procs, num(0)))),
		},
	}
}
