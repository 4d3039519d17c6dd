package explorer

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"mcheck/spec"
	"mcheck/spec/eval"
	"mcheck/spec/spectest"
)

// Sets of values against the same as maps of a range that is wider than the window.
func TestValueSet(t *testing.T) {
	const from, to = windowLo - 40, windowHi + 40
	member := rapid.Int64Range(from, to)
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) (valueSet, map[int64]bool) {
			v, m := noValue, map[int64]bool{}
			for _, n := range rapid.SliceOfN(member, 0, 6).Draw(t, name) {
				v.add(n)
			}
			if rapid.Bool().Draw(t, "range") {
				lo := member.Draw(t, "lo")
				v = between(lo, lo+rapid.Int64Range(-1, 300).Draw(t, "length"))
			}
			for n := int64(from); n <= to+300; n++ {
				if v.has(n) {
					m[n] = true
				}
			}
			return v, m
		}
		a, as := draw("a")
		b, bs := draw("b")
		n := member.Draw(t, "n")
		join, meet, less := a.join(b), a.meet(b), a.without(n)
		require.Equal(t, len(as) == 0, a.empty())
		for i := int64(from); i <= to+300; i++ {
			if as[i] || bs[i] {
				require.True(t, join.has(i))
			} else if join.exact() {
				require.False(t, join.has(i), "%d", i)
			}
			if as[i] && bs[i] {
				require.True(t, meet.has(i))
			} else if meet.exact() {
				require.False(t, meet.has(i), "%d", i)
			}
			if as[i] && i != n {
				require.True(t, less.has(i))
			} else if less.exact() {
				require.False(t, less.has(i), "%d", i)
			}
		}
		for _, v := range []valueSet{a, join, meet, less} {
			if v.empty() || !v.exact() {
				continue
			}
			require.True(t, v.has(v.lo) && v.has(v.hi))
			k := 0
			v.each(func(n int64) {
				require.True(t, v.has(n))
				k++
			})
			require.Equal(t, k, v.size())
		}
	})
}

// requireFound requires that the analysis of m has found everything that is in states, which are
// reachable, and all that leads from one to another.
func requireFound(t fatal, m *spec.Model, fuel int) {
	p := lowerModel(m)
	if p.initError != nil {
		return
	}
	an := p.analyse(fuel)
	want, err := eval.Explore(m, eval.Options{})
	require.NoError(t, err)
	for _, s := range want.States {
		for i, v := range s {
			requireHeld(t, an, p.trees[i], v, m)
		}
	}
	possible := map[string]bool{}
	for i, g := range p.grounds {
		if an.looks[i].possible {
			possible[eval.CallString(m.Actions[g.action], g.args)] = true
		}
	}
	for _, e := range want.Edges {
		require.Contains(t, possible, eval.CallString(e.Action, e.Args), "%s", m)
	}
}

func requireHeld(t fatal, an *analysis, shape tree, v spec.Value, m *spec.Model) {
	elems := v.Elems
	if shape.cell >= 0 {
		n := v.N
		if _, ok := shape.t.(*spec.SeqType); ok {
			n = int64(len(elems))
		}
		c, found := &an.p.cells[shape.cell], &an.cells[shape.cell]
		if c.set {
			require.True(t, found.must&^uint64(n) == 0 && uint64(n)&^found.may == 0, "%s has %b; found: %b to %b in\n%s", c.what, n, found.must, found.may, m)
		} else {
			require.True(t, found.has(n), "%s is %d; found: %v in\n%s", c.what, n, found.valueSet, m)
		}
	}
	for i, e := range elems {
		requireHeld(t, an, shape.elems[i], e, m)
	}
}

func TestAnalysisFindsWhatIsReachable(t *testing.T) {
	for _, fuel := range []int{maxFuel, 30, 3, 0} {
		t.Run(fmt.Sprint(fuel), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { requireFound(t, spectest.Model(t), fuel) })
		})
	}
}

// nodes draws expressions over cells 0 to 2, which are integers, 3, a truth value, 4 and 5, sets of
// four, and 6, one of one.
type nodes struct {
	t  *rapid.T
	cs []cell
}

func (g nodes) pick(n int) int     { return rapid.IntRange(0, n-1).Draw(g.t, "pick") }
func (g nodes) number(n int) int64 { return int64(g.pick(n)) - 2 }
func (g nodes) cell(i int) *node   { return g.cs[i].read(i) }

func several[T any](g nodes, f func() T) []T {
	out := make([]T, 2+g.pick(2))
	for i := range out {
		out[i] = f()
	}
	return out
}

func (g nodes) int(depth int) *node {
	if depth == 0 {
		if k := g.pick(4); k < 3 {
			return g.cell(k)
		}
		return konst(g.number(6))
	}
	depth--
	sub := func() *node { return g.int(depth) }
	switch g.pick(8) {
	case 0, 1:
		ops := []op{opAdd, opSub, opMul, opDiv, opMod, opMin, opMax}
		return arith(ops[g.pick(len(ops))], sub(), sub())
	case 2:
		return sum(several(g, sub))
	case 3:
		return ite(g.bool(depth), sub(), sub())
	case 4:
		return choose(sub(), g.number(3), several(g, sub), "index")
	case 5:
		return popcount(g.mask(depth), 4)
	case 6:
		return check(g.bool(depth), "no", sub())
	}
	lo := g.number(3)
	return strict([]*node{sub()}, within(sub(), lo, lo+int64(g.pick(4)), "value"))
}

func (g nodes) bool(depth int) *node {
	if depth == 0 {
		return g.cell(3)
	}
	depth--
	sub := func() *node { return g.bool(depth) }
	a, b := g.int(depth), g.int(depth)
	switch g.pick(11) {
	case 10:
		return not(less([]op{opLt, opLe}[g.pick(2)], konst(g.number(6)), g.cell(g.pick(3))))
	case 9:
		return eq(g.cell(6), konst(int64(g.pick(2))))
	case 0:
		return not(sub())
	case 1, 2:
		return junction([]op{opAnd, opOr}[g.pick(2)], sub(), sub())
	case 3:
		return all(several(g, sub))
	case 4:
		return eq(a, b)
	case 5:
		return less(opLt, a, b)
	case 6:
		return less(opLe, a, b)
	case 7:
		return eq(g.mask(depth), g.mask(depth))
	}
	return member(a, g.mask(depth), g.number(3), 4)
}

func (g nodes) mask(depth int) *node {
	if depth == 0 {
		if k := g.pick(4); k < 3 {
			return g.cell(4 + k)
		}
		return konst(int64(g.pick(4)))
	}
	depth--
	sub := func() *node { return g.mask(depth) }
	switch g.pick(6) {
	case 5:
		return ite(g.bool(depth), konst(1), nodeF)
	case 0:
		return ite(g.bool(depth), sub(), sub())
	case 1:
		return choose(g.int(depth), g.number(3), several(g, sub), "index")
	case 2:
		return singleton(g.int(depth), g.number(3), 4)
	}
	return bitwise([]op{opBitAnd, opBitOr, opAndNot}[g.pick(3)], sub(), sub(), 4)
}

// Whatever an expression is, for contents that cells can have, the analysis says that it can be.
func TestAnalysisOfExpressions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var cs []cell
		for range 3 {
			addCells(&cs, &spec.RangeType{Lo: -3, Hi: 4}, "n", subject{})
		}
		addCells(&cs, spec.Bool, "b", subject{})
		four := &spec.EnumType{Name: "Four", Values: []string{"a", "b", "c", "d"}}
		for range 2 {
			addCells(&cs, &spec.SetType{Elem: four}, "s", subject{})
		}
		addCells(&cs, &spec.SetType{Elem: &spec.RangeType{}}, "s", subject{})
		c := &compiled{program: &program{cells: cs}, layout: placeCells(cs)}
		an := &analysis{p: c.program, cells: make([]abstract, len(cs)), fuel: rapid.SampledFrom([]int{maxFuel, 8}).Draw(t, "fuel")}
		w := c.layout.New()
		for i, x := range cs {
			// What it holds, and what else it can.
			v := rapid.Int64Range(x.lo, x.hi).Draw(t, "content")
			c.put(w, i, v)
			an.cells[i] = exactly(v)
			for _, o := range rapid.SliceOfN(rapid.Int64Range(x.lo, x.hi), 0, 3).Draw(t, "others") {
				an.cells[i].add(o)
				an.cells[i].must &= uint64(o)
				an.cells[i].may |= uint64(o)
			}
		}
		g := nodes{t, cs}
		e := newEmitter(cs, c.layout)
		value := func(x *node) (v int64, _ *node, err *evalError) {
			defer recoverEval(&err)
			return e.int(x)(w), x, nil
		}
		// Rebuilt over cells that are as narrow as what is known of them, it is the same, and in
		// its interval.
		p := &program{cells: slices.Clone(cs)}
		p.narrowCells(an.cells, false)
		narrow := &compiled{program: p, layout: placeCells(p.cells)}
		there := narrow.layout.New()
		for i := range cs {
			narrow.put(there, i, c.get(w, i))
			require.Equal(t, c.get(w, i), narrow.get(there, i))
		}
		known := newFacts(p.cells)
		refined, e2 := known.refiner(), newEmitter(p.cells, narrow.layout)
		valueThere := func(x *node) (v int64, err *evalError) {
			defer recoverEval(&err)
			return e2.int(x)(there), nil
		}
		same := func(x *node, v int64) *node {
			y := refined.node(x)
			now, err := valueThere(y)
			require.Nil(t, err)
			require.Equal(t, v, now)
			require.True(t, y.lo <= v && v <= y.hi, "%d is not in %d..%d", v, y.lo, y.hi)
			for i := range p.cells {
				if c := &p.cells[i]; slices.ContainsFunc(c.ranks, func(x *node) bool { return x.n == v }) {
					rank, err := valueThere(refined.rankOf(c, y))
					require.Nil(t, err)
					require.Equal(t, c.rank(v), rank)
				}
			}
			return y
		}
		learned := func(f facts) {
			for i := range p.cells {
				content := narrow.get(there, i)
				if c := &p.cells[i]; c.ranks != nil {
					content = c.rank(content)
				}
				x := f.of(&node{op: opCell, n: int64(i)})
				require.True(t, x.lo <= content && content <= x.hi, "cell %d", i)
			}
		}
		for range 10 {
			if v, x, err := value(g.int(2)); err == nil {
				found := an.values(x, nil)
				require.True(t, found.has(v), "%d, %v", v, found)
				learned(known.evaluated(same(x, v)))
			}
			if v, x, err := value(g.mask(2)); err == nil {
				must, may := an.mask(x, nil)
				require.Zero(t, must&^uint64(v), "%b has not %b", v, must)
				require.Zero(t, uint64(v)&^may, "%b has more than %b", v, may)
				same(x, v)
			}
			v, x, err := value(g.bool(2))
			if err != nil {
				continue
			}
			if y := same(x, v); v == 1 {
				learned(known.assume(y))
			} else {
				learned(known.assume(not(y)))
			}
			f, canBe := an.truth(x, nil)
			require.True(t, v == 0 && f || v == 1 && canBe)
			as, ok := an.assume(x, v == 1, nil)
			require.True(t, ok)
			for i := range 4 {
				require.True(t, an.of(int64(i), as).has(c.get(w, i)), "cell %d", i)
			}
		}
	})
}

// What the analysis says of a small model, by hand.
func TestAnalysis(t *testing.T) {
	label := &spec.EnumType{Name: "Label", Values: []string{"Begin", "Work", "Clean", "Done", "Error"}}
	task := &spec.EnumType{Name: "Task", Values: []string{"t1", "t2"}}
	count := &spec.RangeType{Lo: 0, Hi: 1000}
	lit := func(t spec.Type, n int64) spec.Expr { return &spec.Lit{N: n, T: t} }
	each := func(t spec.Type, first, second int64) spec.Expr {
		return &spec.Composite{T: &spec.ArrayType{Index: task, Elem: t}, Elems: []spec.Expr{lit(t, first), lit(t, second)}}
	}
	pc := &spec.Var{Name: "pc", Type: &spec.ArrayType{Index: task, Elem: label}, Init: each(label, 0, 2)}
	ret := &spec.Var{Name: "ret", Type: &spec.ArrayType{Index: task, Elem: count}, Init: each(count, 0, 0)}
	total := &spec.Var{Name: "total", Type: count, Init: spec.Int(0)}
	never := &spec.Var{Name: "never", Type: count, Init: spec.Int(0)}
	mode := &spec.Var{Name: "mode", Type: count, Init: spec.Int(0)}
	seen := &spec.Var{Name: "seen", Type: count, Init: spec.Int(0)}
	held := &spec.Var{Name: "held", Type: &spec.SetType{Elem: task}, Init: &spec.Composite{T: &spec.SetType{Elem: task}}}
	p := &spec.Param{Name: "t", Type: task}
	at := func(l int64) spec.Expr { return spec.Bin(spec.Eq, spec.At(pc, spec.P(p)), lit(label, l)) }
	is := func(n int64) spec.Expr { return spec.Bin(spec.Eq, spec.At(ret, spec.P(p)), spec.Int(n)) }
	action := func(name string, guard spec.Expr, us ...spec.Update) *spec.Action {
		return &spec.Action{Name: name, Actor: -1, Params: []*spec.Param{p}, Guard: guard, Body: do(us...)}
	}
	goTo := func(e spec.Expr) spec.Update { return spec.Set(pc, e, spec.P(p)) }
	m := &spec.Model{Name: "Tasks", Enums: []*spec.EnumType{label, task}, Vars: []*spec.Var{pc, ret, total, never, mode, seen, held}, Actions: []*spec.Action{
		action("Begin", at(0), spec.Set(ret, spec.Int(7), spec.P(p)), spec.Set(held, spec.Bin(spec.Union, spec.V(held), &spec.Composite{T: held.Type, Elems: []spec.Expr{spec.P(p)}})),
			goTo(lit(label, 1))),
		// Back to where ret says: only 3 is to Error, and nobody stores it.
		action("Work", at(1), goTo(&spec.If{Cond: is(3), Then: lit(label, 4), Else: lit(label, 2)})),
		action("Clean", spec.Bin(spec.And, at(2), is(7)), spec.Set(total, spec.Bin(spec.Add, spec.V(total), spec.Int(1))), goTo(lit(label, 0))),
		action("Error", at(4), spec.Set(ret, spec.Int(900), spec.P(p)), spec.Set(never, spec.Int(1))),
		// Looked at before Mode, and once more after it, as it reads mode.
		{Name: "See", Actor: -1, Body: do(spec.Set(seen, &spec.If{Cond: spec.Bin(spec.Eq, spec.V(never), spec.Int(1)), Then: spec.Int(5), Else: spec.V(mode)}))},
		{Name: "Mode", Actor: -1, Body: do(spec.Set(mode, spec.Int(2)))},
	}}
	require.Empty(t, spec.Check(m))
	program := lowerModel(m)
	an := program.analyse(maxFuel)
	found := map[string]string{}
	for i, c := range program.cells {
		var vs []int64
		if x := an.cells[i]; c.set {
			vs = []int64{int64(x.must), int64(x.may)}
		} else if x.exact() {
			x.each(func(n int64) { vs = append(vs, n) })
		} else {
			vs = []int64{x.lo, x.hi}
		}
		found[c.what] = fmt.Sprint(vs)
	}
	require.Equal(t, map[string]string{
		"pc[t1]": "[0 1 2]", "ret[t1]": "[0 7]",
		"pc[t2]": "[2]", "ret[t2]": "[0]", // t2 begins at Clean, where its ret is not 7
		"total": "[0 1000]", // it leaves the window
		"never": "[0]", "mode": "[0 2]", "seen": "[0 2]",
		"held": "[0 1]", // t1 possibly
	}, found)
	narrow := newProgram(m, false)
	var widths []int
	for _, c := range narrow.cells {
		if c.fixed {
			widths = append(widths, 0)
		} else {
			widths = append(widths, c.width)
		}
	}
	// ret, mode and seen are ranked: 0 or 7, 0 or 2
	require.Equal(t, []int{2, 0, 1, 0, 10, 0, 1, 1, 1}, widths)
	var left []string
	for _, g := range narrow.grounds {
		left = append(left, eval.CallString(m.Actions[g.action], g.args))
	}
	require.Equal(t, []string{"Begin(t1)", "Work(t1)", "Clean(t1)", "See", "Mode"}, left)
	require.Len(t, newProgram(m, true).grounds, 6, "that t2 stays where it is is known, that t1 never comes to Error is not made use of")
	agree(t, m)
}

// A guard that can't be evaluated is an error, and not an action that is never possible.
func TestAnalysisKeepsErrors(t *testing.T) {
	index := &spec.RangeType{Lo: 1, Hi: 2}
	a := &spec.Var{Name: "a", Type: &spec.ArrayType{Index: index, Elem: spec.Bool}, Init: mapOf(index, "k", func(spec.Expr) spec.Expr { return spec.BoolLit(true) })}
	i := &spec.Var{Name: "i", Type: &spec.RangeType{Lo: 0, Hi: 3}, Init: spec.Int(3)}
	m := &spec.Model{Name: "Outside", Vars: []*spec.Var{a, i}, Actions: []*spec.Action{
		{Name: "Step", Actor: -1, Guard: spec.At(a, spec.V(i)), Body: do(spec.Set(i, spec.Int(1)))},
	}}
	require.Empty(t, spec.Check(m))
	require.NotNil(t, explore(t, m, Options{}).Error)
	agree(t, m)
}

// Lowering a kernel model, and narrowing it.
func BenchmarkProgram(b *testing.B) {
	for _, x := range []struct{ scenario, design string }{{"ltp-mkfs", "defer-v4"}, {"ltp-mkfs-walk", "defer-v4"}, {"umount-mkfs-walk", "v6.15"}} {
		m := kernelModel(b, x.scenario, x.design, nil)
		b.Run(x.scenario, func(b *testing.B) {
			for b.Loop() {
				newProgram(m, false)
			}
		})
	}
}
