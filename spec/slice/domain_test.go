package slice

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"mcheck/spec"
)

// What is joined is not changed, and is not made anew where nothing comes to it.
func TestJoin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set := func(name string) []int64 {
			s := rapid.SliceOfNDistinct(rapid.Int64Range(-2, 100), 0, maxSet, rapid.ID[int64]).Draw(t, name)
			slices.Sort(s)
			return s
		}
		a, b := set("a"), set("b")
		of := &spec.RangeType{Lo: 0, Hi: 90}
		v, w := scalar(slices.Clone(a)), scalar(slices.Clone(b))
		got := (&values{elems: []*values{v, v}}).join(&values{elems: []*values{w, v}}, &spec.ArrayType{Index: spec.Bool, Elem: of})
		require.Equal(t, a, append([]int64{}, v.set...))
		require.Equal(t, b, append([]int64{}, w.set...))
		want := a
		for _, n := range b {
			if n >= of.Lo && n <= of.Hi {
				want = insert(slices.Clone(want), n)
			}
		}
		require.Len(t, got.elems, 2)
		require.Same(t, v, got.elems[1])
		if len(want) > maxSet {
			require.True(t, got.elems[0].top)
			return
		}
		require.Equal(t, want, append([]int64{}, got.elems[0].set...))
		require.Equal(t, len(want) == len(a), got.elems[0] == v)
	})
}
