package explorer

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"mcheck/spec"
)

// Long conditions about one cell, or about two in any order, mean the same as a table: in guards,
// values and properties, of cells with and without one.
func TestTables(t *testing.T) {
	tables := 0
	rapid.Check(t, func(t *rapid.T) {
		lo := rapid.Int64Range(-3, 3).Draw(t, "lo")
		domain := &spec.RangeType{Lo: lo, Hi: lo + rapid.SampledFrom([]int64{1, 4, 6, 63, 64, 99, 127, 128, 129, 200, 256, 300, 512, 513}).Draw(t, "values") - 1}
		x := &spec.Var{Name: "x", Type: domain, Init: spec.Int(domain.Lo)}
		y := &spec.Var{Name: "y", Type: &spec.RangeType{Lo: 0, Hi: 5}, Init: spec.Int(0)}
		out := &spec.Var{Name: "out", Type: spec.Bool, Init: spec.BoolLit(false)}
		cond := func() spec.Expr {
			o := rapid.SampledFrom([]spec.Op{spec.And, spec.Or}).Draw(t, "junction")
			var e spec.Expr
			for range rapid.IntRange(1, 12).Draw(t, "terms") {
				c := rapid.SampledFrom([]spec.Op{spec.Eq, spec.Ne, spec.Lt, spec.Ge}).Draw(t, "comparison")
				term := spec.Bin(c, spec.V(x), spec.Int(rapid.Int64Range(domain.Lo, domain.Hi).Draw(t, "n")))
				if rapid.IntRange(0, 3).Draw(t, "about") == 0 {
					term = spec.Bin(c, spec.V(y), spec.Int(rapid.Int64Range(0, 5).Draw(t, "n")))
				}
				if e == nil {
					e = term
				} else {
					e = spec.Bin(o, e, term)
				}
			}
			return e
		}
		next := func(v *spec.Var, hi int64) spec.Update {
			return spec.Set(v, &spec.If{Cond: spec.Bin(spec.Lt, spec.V(v), spec.Int(hi)), Then: spec.Bin(spec.Add, spec.V(v), spec.Int(1)), Else: spec.V(v)})
		}
		m := &spec.Model{Name: "Tables", Vars: []*spec.Var{x, y, out}, Actions: []*spec.Action{
			{Name: "X", Actor: -1, Body: do(next(x, domain.Hi))},
			{Name: "Y", Actor: -1, Guard: cond(), Body: do(next(y, 5))},
			{Name: "Out", Actor: -1, Body: do(spec.Set(out, cond()))},
		}, Properties: []*spec.Property{
			{Name: "Always", Kind: spec.Invariant, When: cond(), Cond: cond()},
			{Name: "Same", Kind: spec.Invariant, Cond: cond()},
			{Name: "Ever", Kind: spec.Cover, Cond: cond()},
			{Name: "Rest", Kind: spec.AtRest, Cond: cond()},
		}}
		require.Empty(t, spec.Check(m))
		c := compile(m, false)
		e := newEmitter(c.cells, c.layout)
		for _, p := range c.program.props {
			for _, x := range []*node{p.when, p.cond} {
				if _, ok := e.asTable(x); ok {
					tables++
				}
			}
		}
		agree(t, m)
	})
	require.NotZero(t, tables)
}

// What a set has of the elements in a constant, or beside them, compared with a constant: one mask,
// for every content of the set, of which the lowest element never comes.
func TestPartsOfSets(t *testing.T) {
	cells := []cell{{hi: 1, width: 1}, {hi: 15, width: 4, zeros: 1, set: true}}
	e := newEmitter(cells, placeCells(cells))
	x := &node{op: opCell, n: 1, hi: 15}
	masks := 0
	for _, o := range []op{opBitAnd, opAndNot} {
		for k := range int64(16) {
			for n := range int64(16) {
				y := &node{op: opEq, a: &node{op: o, a: x, b: konst(k)}, b: konst(n)}
				m, ok := e.asMask(y)
				if !ok {
					continue
				}
				masks++
				for v := int64(0); v < 16; v += 2 {
					w := e.layout.New()
					e.layout.Fields[1].Put(w, uint64(v))
					part := v & k
					if o == opAndNot {
						part = v &^ k
					}
					require.Equal(t, part == n, w[m.word]&m.mask == m.want, "%d of %d, %d: %d", o, v, k, n)
				}
			}
		}
	}
	require.Greater(t, masks, 50)
}
