package classic

import "mcheck/spec"

// EWD840 is Dijkstra's termination detection in a ring of n nodes, from every state in which the
// token is black. Its guards have alternatives that TLC counts one by one if they are written as
// disjunctions; we count one step a binding.
func EWD840(n int) *spec.Model {
	node := upTo(0, n-1)
	act := &spec.Var{Name: "act", Type: array(node, spec.Bool), Doc: "is the node active?"}
	blk := &spec.Var{Name: "blk", Type: array(node, spec.Bool), Doc: "is the node black?"}
	pos := &spec.Var{Name: "pos", Type: node, Doc: "where the token is"}
	tb := &spec.Var{Name: "tb", Type: spec.Bool, Init: spec.T, Doc: "is the token black?"}
	i, j, h := param("i", node), param("j", node), param("i", node)
	for k := 1; k < n; k++ {
		h.Only = append(h.Only, int64(k))
	}
	return &spec.Model{
		Name: "EWD840", Doc: "Termination detection in a ring (Dijkstra, Feijen, van Gasteren).", Vars: []*spec.Var{act, blk, pos, tb},
		Actions: []*spec.Action{
			action("Probe", all(eq(v(pos), num(0)), any(v(tb), at(blk, num(0)))), nil,
				set(pos, num(n-1)), set(tb, spec.F), set(blk, spec.F, num(0))),
			action("Pass", all(eq(v(pos), p(h)), any(not(at(act, p(h))), at(blk, p(h)), v(tb))), params(h),
				set(pos, sub(p(h), num(1))), set(tb, any(v(tb), at(blk, p(h)))), set(blk, spec.F, p(h))),
			action("Send", all(at(act, p(i)), ne(p(j), p(i))), params(i, j),
				set(act, spec.T, p(j)), set(blk, any(at(blk, p(i)), lt(p(i), p(j))), p(i))),
			action("Stop", at(act, p(i)), params(i), set(act, spec.F, p(i))),
		},
		Properties: []*spec.Property{
			invariant("Detection", "when node 0 finds termination, every node is inactive",
				implies(all(eq(v(pos), num(0)), not(v(tb)), not(at(blk, num(0))), not(at(act, num(0)))),
					forall("x", node, func(x expr) expr { return not(at(act, x)) }))),
			invariant("Inductive", "the nodes that the token has left are inactive, or it will not come home white", any(
				forall("x", node, func(x expr) expr { return implies(lt(v(pos), x), not(at(act, x))) }),
				exists("x", node, func(x expr) expr { return all(le(x, v(pos)), at(blk, x)) }),
				v(tb))),
		},
	}
}
