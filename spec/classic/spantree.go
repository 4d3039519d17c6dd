package classic

import "mcheck/spec"

// SpanTree builds a spanning tree of a graph of 5 nodes and 7 edges, rooted at node 1, by lowering
// distances, at most 6, in any order.
func SpanTree() *spec.Model {
	const far = 6
	node, dist := upTo(1, 5), upTo(0, far)
	nodes := setOf(node)
	neighbours := &spec.Composite{T: array(node, nodes)}
	for i := int64(1); i <= 5; i++ {
		s := &spec.Lit{T: nodes}
		for _, e := range [][2]int64{{1, 2}, {1, 3}, {2, 3}, {2, 4}, {3, 4}, {3, 5}, {4, 5}} {
			switch i {
			case e[0]:
				s.N |= 1 << (e[1] - 1)
			case e[1]:
				s.N |= 1 << (e[0] - 1)
			}
		}
		neighbours.Elems = append(neighbours.Elems, s)
	}
	adjacent := func(x, y expr) expr { return in(y, &spec.Index{X: neighbours, I: x}) }
	mom := &spec.Var{Name: "mom", Type: array(node, node), Init: quant(spec.MapOf, "k", node, func(x expr) expr { return x }), Doc: "parent"}
	d := &spec.Var{Name: "dist", Type: array(node, dist), Doc: "distance from the root, or more",
		Init: quant(spec.MapOf, "k", node, func(x expr) expr { return cond(eq(x, num(1)), num(0), num(far)) })}
	n, m, to := param("n", node), param("m", node), param("d", dist)
	rooted := func(x expr) expr { return all(eq(x, num(1)), eq(at(d, x), num(0)), eq(at(mom, x), num(1))) }
	cut := func(x expr) expr {
		return all(eq(at(d, x), num(far)), eq(at(mom, x), x),
			forall("y", node, func(y expr) expr { return implies(adjacent(x, y), eq(at(d, y), num(far))) }))
	}
	inTree := func(x expr) expr {
		return all(adjacent(x, at(mom, x)), eq(at(d, x), add(at(d, at(mom, x)), num(1))))
	}
	return &spec.Model{
		Name: "SpanTree", Doc: "A spanning tree, built by nodes that lower their distances.", Vars: []*spec.Var{mom, d},
		Actions: []*spec.Action{
			action("Lower", all(adjacent(p(n), p(m)), lt(at(d, p(m)), p(to)), lt(p(to), at(d, p(n)))), params(n, m, to),
				set(mom, p(m), p(n)), set(d, p(to), p(n))),
		},
		Properties: []*spec.Property{{
			Name: "Tree", Kind: spec.AtRest, Words: "at rest each node is the root, out of reach, or one further from the root than its parent",
			Cond: forall("x", node, func(x expr) expr { return any(rooted(x), cut(x), inTree(x)) }),
		}},
	}
}
