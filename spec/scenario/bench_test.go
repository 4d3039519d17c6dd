package scenario

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
	"mcheck/spec/kernel"
	"mcheck/spec/slice"
)

// BenchmarkBuild measures what stands before every exploration: from the script to the sliced
// model.
func BenchmarkBuild(b *testing.B) {
	for _, name := range Names() {
		sc, err := Load(name)
		require.NoError(b, err)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := Build(sc, "v6.15", Options{})
				require.NoError(b, err)
			}
		})
	}
}

// BenchmarkPhases says how long the parts of it take.
func BenchmarkPhases(b *testing.B) {
	const name, design = "ltp-mkfs", "defer-v4"
	sc, err := Load(name)
	require.NoError(b, err)
	patches, err := Patches(design)
	require.NoError(b, err)
	set, err := settings(sc.Set, nil)
	require.NoError(b, err)
	var order []string
	took := map[string]time.Duration{}
	phase := func(name string, f func()) {
		begin := time.Now()
		f()
		if _, ok := took[name]; !ok {
			order = append(order, name)
		}
		took[name] += time.Since(begin)
	}
	n := 0
	for b.Loop() {
		n++
		var files []kernel.File
		var c *compiled
		var m *spec.Model
		phase("patch", func() { files, err = kernel.Sources(patches...) })
		require.NoError(b, err)
		phase("compile", func() { c, err = compile(sc, design, files, set, Options{}) })
		require.NoError(b, err)
		phase("set-up", func() { err = runSetup(sc, c.Result, false) })
		require.NoError(b, err)
		phase("slice", func() { m, _ = slice.Slice(c.Model) })
		phase("check", func() { require.Empty(b, spec.Check(m)) })
	}
	for _, name := range order {
		b.ReportMetric(float64(took[name].Microseconds())/1000/float64(n), "ms-"+name)
	}
}
