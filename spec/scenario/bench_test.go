package scenario

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkBuild measures what stands before every exploration: from the script to the sliced model.
func BenchmarkBuild(b *testing.B) {
	for _, name := range Names() {
		sc, err := Load(name)
		require.NoError(b, err)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, err := Build(sc, "v6.15", Options{})
				require.NoError(b, err)
			}
		})
	}
}
