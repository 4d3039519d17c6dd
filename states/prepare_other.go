//go:build !amd64

package states

const inAssembly = false

func prepareWords(*uint64, int, int, *uint64, uint64, *int32, *uint64) int {
	panic("states: no assembly")
}

func preparePairs(*pair, int, *pair, uint64, *int32, *uint64) int { panic("states: no assembly") }
