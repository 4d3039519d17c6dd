package classic

import "mcheck/spec"

// bakery is the parts of Bakery.
type bakery struct {
	program
	num, flag, un, mx, nx *spec.Var
}

// before says that x is served before y: the smaller number, of equal ones the smaller process.
func (g *bakery) before(x, y expr) expr {
	return any(lt(at(g.num, x), at(g.num, y)), all(eq(at(g.num, x), at(g.num, y)), lt(x, y)))
}

// Bakery is Lamport's bakery algorithm for n processes in the form that needs no atomic registers,
// with numbers up to max. With everyState it begins in every state that satisfies the invariant, to
// show that the invariant is inductive: no other state is found then.
func Bakery(n, max int, everyState bool) *spec.Model {
	procs, numbers := upTo(1, n), upTo(0, max)
	sets := setOf(procs)
	g := &bakery{program: newProgram(procs, "ncs", "e1", "e2", "e3", "e4", "w1", "w2", "cs", "exit")}
	local := func(name, doc string, t spec.Type, init expr) *spec.Var {
		return &spec.Var{Name: name, Type: array(procs, t), Init: everywhere(procs, init), Doc: doc}
	}
	g.num = local("num", "number drawn; 0 is none", numbers, num(0))
	g.flag = local("flag", "is drawing a number", spec.Bool, spec.F)
	g.un = local("un", "whom it has still to look at", sets, emptySet(sets))
	g.mx = local("mx", "greatest number seen", numbers, num(0))
	g.nx = local("nx", "whom it waits for", procs, num(1))
	pi, pj, pk := param("i", procs), param("j", procs), param("k", numbers)
	i, j, k := p(pi), p(pj), p(pk)
	un := at(g.un, i)
	others := without(fullSet(sets), i)
	empty := eq(un, emptySet(sets))
	next := at(g.nx, i)
	flip := set(g.flag, not(at(g.flag, i)), i)
	write := set(g.num, k, i)
	m := &spec.Model{
		Name: "Bakery", Doc: "Lamport's bakery algorithm over safe registers.",
		Enums: []*spec.EnumType{g.labels}, Vars: []*spec.Var{g.pc, g.num, g.flag, g.un, g.mx, g.nx},
		Actions: []*spec.Action{
			g.step("Begin", "ncs", "e1", nil, params(pi)),
			g.step("RaiseFlicker", "e1", "e1", nil, params(pi), flip),
			g.step("Raise", "e1", "e2", nil, params(pi), set(g.flag, spec.T, i), set(g.un, others, i), set(g.mx, num(0), i)),
			g.step("Look", "e2", "e2", in(j, un), params(pi, pj),
				set(g.un, without(un, j), i), set(g.mx, spec.Bin(spec.Max, at(g.mx, i), at(g.num, j)), i)),
			g.step("Looked", "e2", "e3", empty, params(pi)),
			g.step("DrawFlicker", "e3", "e3", nil, params(pi, pk), write),
			g.step("Draw", "e3", "e4", lt(at(g.mx, i), k), params(pi, pk), write),
			g.step("LowerFlicker", "e4", "e4", nil, params(pi), flip),
			g.step("Lower", "e4", "w1", nil, params(pi), set(g.flag, spec.F, i), set(g.un, others, i)),
			g.step("Pick", "w1", "w2", all(in(j, un), not(at(g.flag, j))), params(pi, pj), set(g.nx, j, i)),
			g.step("Enter", "w1", "cs", empty, params(pi)),
			g.step("Wait", "w2", "w1", any(eq(at(g.num, next), num(0)), g.before(i, next)), params(pi), set(g.un, without(un, next), i)),
			g.step("Critical", "cs", "exit", nil, params(pi)),
			g.step("LeaveFlicker", "exit", "exit", nil, params(pi, pk), write),
			g.step("Leave", "exit", "ncs", nil, params(pi), set(g.num, num(0), i)),
		},
		Properties: []*spec.Property{
			invariant("MutualExclusion", "no two processes are in the critical section",
				le(quant(spec.Count, "x", procs, func(x expr) expr { return g.at(x, "cs") }), num(1))),
			invariant("Inductive", "what keeps the processes apart", g.inductive()),
		},
	}
	if everyState {
		m.InitWhere = g.inductive()
		for _, v := range m.Vars {
			v.Init = nil
		}
	}
	return m
}

// inductive is the invariant from which mutual exclusion follows.
func (g *bakery) inductive() expr {
	return forall("x", g.procs, func(x expr) expr {
		next := at(g.nx, x)
		apart := func(name string, among expr) expr {
			return forall(name, g.procs, func(y expr) expr {
				var looked expr
				if among != nil {
					looked = not(in(y, among))
				}
				return implies(all(ne(y, x), looked), g.ahead(x, y))
			})
		}
		return all(
			implies(g.at(x, "e4", "w1", "w2", "cs"), ne(at(g.num, x), num(0))),
			implies(g.at(x, "e2", "e3"), at(g.flag, x)),
			implies(g.at(x, "w2"), ne(next, x)),
			implies(g.at(x, "w1", "w2"), all(not(in(x, at(g.un, x))), apart("y", at(g.un, x)))),
			implies(all(g.at(x, "w2"), any(all(g.at(next, "e2"), not(in(x, at(g.un, next)))), g.at(next, "e3"))),
				le(at(g.num, x), at(g.mx, next))),
			implies(g.at(x, "cs"), apart("z", nil)),
		)
	})
}

// ahead says that x need not wait for y, now or when y has drawn its number.
func (g *bakery) ahead(x, y expr) expr {
	higher := le(at(g.num, x), at(g.mx, y))
	return all(lt(num(0), at(g.num, x)), any(
		g.at(y, "ncs", "e1", "exit"),
		all(g.at(y, "e2"), any(in(x, at(g.un, y)), higher)),
		all(g.at(y, "e3"), higher),
		all(g.at(y, "e4", "w1", "w2"), g.before(x, y), implies(g.at(y, "w1", "w2"), in(x, at(g.un, y))))))
}
