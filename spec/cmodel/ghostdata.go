package cmodel

// ghostData marks the nodes of ghost code in f that depend on ghost data: a value that was
// computed from ghost data takes part, or ghost data has decided that the code comes there.
// Where such a node fails, the run goes on. The mark is about the source: what is known of
// a value on a path may make a constant of it, and no longer tells where it came from.
func (c *compiler) ghostData(f *fn) {
	done, tainted := map[*node]bool{}, map[*local]bool{} // the locals are temporaries
	for again := true; again; {
		again = false
		for _, n := range f.nodes {
			if done[n] || !n.ghost && !f.ghostly || !n.readsGhostData(c, tainted) {
				continue
			}
			done[n], again = true, true
			n.ghostData = true
			if n.dst != nil && n.dst.temp {
				tainted[n.dst] = true
			}
			if n.op == opBranch {
				dependOn(n)
			}
		}
	}
}

// readsGhostData says whether n reads ghost data itself, or what was computed from it.
func (n *node) readsGhostData(c *compiler, tainted map[*local]bool) bool {
	found := false
	n.uses(c, func(l *local) { found = found || tainted[l] || l.ghost && !l.temp })
	switch n.op {
	case opLoad, opUpdate, opHeld, opFree:
		found = found || n.pl.gv != nil && n.pl.gv.ghost || n.pl2.gv != nil && n.pl2.gv.ghost
	}
	return found
}

// dependOn marks what lies between the branch and the join of its sides.
func dependOn(branch *node) {
	stack := []*node{branch.next, branch.alt}
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if n == nil || n == branch.join || n.ghostData {
			continue
		}
		n.ghostData = true
		stack = append(stack, n.flow()...)
	}
}
