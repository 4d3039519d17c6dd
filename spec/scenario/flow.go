package scenario

import (
	"fmt"
	"slices"
)

// simplify leaves out the blocks of t that do nothing, and makes its ends one.
func (l *lowerer) simplify(t *task) {
	end := &block{id: len(t.blocks)}
	for _, b := range t.blocks {
		if b.next == nil {
			b.next = end
		}
	}
	t.blocks = append(t.blocks, end)
	through := func(b *block) *block {
		for range len(t.blocks) {
			if b == nil || b == end || b.fail != nil || len(b.do) > 0 {
				return b
			}
			b = b.next
		}
		l.failAt(t.at, "a loop that does nothing and never ends")
		return end
	}
	for changed := true; changed; {
		changed = false
		t.entry = through(t.entry)
		for _, b := range t.blocks {
			b.next, b.fail = through(b.next), through(b.fail)
			if b.fail != nil && b.fail == b.next {
				b.fail, changed = nil, true // it decides nothing, and may be left out now
			}
		}
	}
	for _, b := range t.blocks {
		if b.fail != nil && b.unknown != "" {
			l.failAt(b.at, "its status is not known here: "+b.unknown)
		}
	}
	t.finish = end
}

// hasSetup reports whether the task asks for the results of a set-up.
func (t *task) hasSetup() bool {
	return countNodes(t, func(n node) int {
		switch n.(type) {
		case *setupCheck, *setupFails:
			return 1
		}
		return 0
	}) > 0
}

// countNodes adds up count over what t does on a way that makes it greatest; what is in a loop
// counts twice, as the next may come before the last is gone.
func countNodes(t *task, count func(node) int) int {
	order := t.order()
	best := map[*block]int{}
	for _, b := range slices.Backward(order) {
		sum := 0
		for _, n := range b.do {
			sum += count(n)
		}
		if sum > 0 && (reaches(b.next, b) || reaches(b.fail, b)) {
			sum *= 2
		}
		best[b] = sum + max(best[b.next], best[b.fail]) // 0 where a loop closes
	}
	return best[t.entry]
}

// flow says how the blocks of a task are written as C: a block that several come to stands behind
// what decides whether it is come to at all.
type flow struct {
	order []*block
	rank  map[*block]int
	comes map[*block]int      // how many blocks come from
	after map[*block][]*block // by the block that decides, those that stand behind it
	label map[*block]bool     // a goto leads there
	dom   map[*block]*block   // its immediate dominator
}

// decides reports whether every way to b is one over a.
func (f *flow) decides(a, b *block) bool {
	for {
		switch b {
		case nil, f.dom[b]:
			return a == b
		case a:
			return true
		}
		b = f.dom[b]
	}
}

func newFlow(t *task) *flow {
	f := &flow{order: t.order(), rank: map[*block]int{}, comes: map[*block]int{}, after: map[*block][]*block{}, label: map[*block]bool{}}
	preds := map[*block][]*block{}
	for i, b := range f.order {
		f.rank[b] = i
		to := []*block{b.next, b.fail}
		if t.killable && b != t.finish {
			to = append(to, t.finish, t.finish)
		}
		for _, n := range to {
			if n != nil {
				f.comes[n]++
				preds[n] = append(preds[n], b)
			}
		}
	}
	// Immediate dominators, after Cooper, Harvey and Kennedy, A Simple, Fast Dominance Algorithm.
	dom := map[*block]*block{t.entry: t.entry}
	common := func(a, b *block) *block {
		for a != b {
			for f.rank[a] > f.rank[b] {
				a = dom[a]
			}
			for f.rank[b] > f.rank[a] {
				b = dom[b]
			}
		}
		return a
	}
	for changed := true; changed; {
		changed = false
		for _, b := range f.order {
			if b == t.entry {
				continue
			}
			var d *block
			for _, p := range preds[b] {
				if dom[p] == nil {
					continue
				}
				if d == nil {
					d = p
				} else {
					d = common(d, p)
				}
			}
			if d != dom[b] {
				dom[b], changed = d, true
			}
		}
	}
	f.dom = dom
	for _, b := range f.order {
		if b != t.entry && f.comes[b] > 1 {
			f.after[dom[b]] = append(f.after[dom[b]], b)
		}
	}
	return f
}

// blocks writes the program of t.
func (g *generator) blocks(t *task) { g.tree(t.entry, nil) }

// tree writes b and what it decides about. next is the block that stands behind that; nil: the end
// of the function. It reports whether the text can come to its end.
func (g *generator) tree(b, next *block) bool {
	if g.flow.label[b] {
		g.indent--
		g.line(mark{}, "%s:", g.labelOf(b))
		g.indent++
	}
	behind := append(slices.Clone(g.flow.after[b]), next)
	falls := g.code(b, behind[0])
	for i, a := range g.flow.after[b] {
		falls = g.tree(a, behind[i+1])
	}
	return falls
}

func (g *generator) labelOf(b *block) string {
	g.flow.label[b] = true
	return fmt.Sprintf("L%d", g.flow.rank[b])
}

func (g *generator) code(b, next *block) bool {
	for _, n := range b.do {
		g.node(n)
	}
	t := g.current
	switch {
	case b == t.finish:
		g.end(mark{t.end.pos, "# " + t.written() + " ends"})
		if next != nil {
			g.line(t.end, "return;")
		}
		return false
	case b.fail == nil:
		return g.jump(b.at, b.next, next)
	case b.fail != next && g.goes(b.fail):
		g.line(b.at, "if (r != OK)")
		g.line(b.at, "\tgoto %s;", g.labelOf(b.fail))
		return g.jump(b.at, b.next, next)
	case b.next != next && g.goes(b.next):
		g.line(b.at, "if (r == OK)")
		g.line(b.at, "\tgoto %s;", g.labelOf(b.next))
		return g.jump(b.at, b.fail, next)
	case b.next == next:
		g.open(b.at, "if (r != OK) {")
		g.jump(b.at, b.fail, next)
		g.close(b.at)
		return true
	}
	// The way to the end stands last: behind it there is nothing.
	first, second, cond := b.next, b.fail, "r == OK"
	if g.flow.decides(b.next, t.finish) {
		first, second, cond = b.fail, b.next, "r != OK"
	}
	g.open(b.at, "if (%s) {", cond)
	falls := g.jump(b.at, first, next)
	switch {
	case second == next:
		falls = true
	case !falls:
		g.close(b.at)
		return g.jump(b.at, second, next)
	default:
		g.indent--
		g.open(b.at, "} else {")
		g.jump(b.at, second, next)
	}
	g.close(b.at)
	return falls
}

// jump goes on with b, where next stands behind.
func (g *generator) jump(at mark, b, next *block) bool {
	switch {
	case b == next:
		return true
	case g.goes(b):
		g.line(at, "goto %s;", g.labelOf(b))
		return false
	}
	return g.tree(b, next)
}

// goes reports whether one comes to b by a goto, if not by what stands before it.
func (g *generator) goes(b *block) bool { return g.flow.comes[b] > 1 || b == g.current.entry }

// written returns the name that the task has in C: that of its copies is made of it.
func (t *task) written() string {
	if len(t.copies) > 0 {
		return t.base
	}
	return t.name
}
