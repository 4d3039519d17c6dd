package parallel

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEach(t *testing.T) {
	for _, n := range []int{0, 1, 2, 1000} {
		calls := make([]int, n)
		Each(n, func(i int) { calls[i]++ })
		for i, c := range calls {
			require.Equal(t, 1, c, "call %d of %d", i, n)
		}
	}
}

func TestEachPanics(t *testing.T) {
	calls := make([]int, 100)
	defer func() {
		p, ok := recover().(*Panic)
		require.True(t, ok)
		require.Equal(t, 40, p.Value)
		require.Contains(t, p.String(), "TestEachPanics")
		for i, c := range calls {
			require.Equal(t, 1, c, "call %d", i)
		}
	}()
	Each(len(calls), func(i int) {
		calls[i]++
		if i == 40 || i == 70 {
			panic(i)
		}
	})
}
