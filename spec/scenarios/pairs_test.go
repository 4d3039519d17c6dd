// Package scenarios_test checks the built-in scenarios as a whole: under each design they name,
// against TLC, against the model without reductions, and against what the scripts themselves say.
// Being at the end of everything, it may import all of it.
package scenarios_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/explorer"
	"mcheck/export/tla/tlc"
	"mcheck/spec/scenario"
)

// pair is a scenario under a design.
type pair struct {
	sc     *scenario.Scenario
	design string
	set    map[string]string // settings over those of the script
}

func (p pair) String() string {
	s := p.sc.Name + "," + p.design
	if len(p.set) > 0 {
		s += fmt.Sprint(",", p.set)
	}
	return s
}

// pairs returns each built-in scenario under each of the designs it names.
func pairs(t *testing.T) []pair {
	t.Helper()
	var out []pair
	for _, name := range scenario.Names() {
		sc, err := scenario.Load(name)
		require.NoError(t, err)
		require.NotEmpty(t, sc.Designs, "%s names no design", name)
		for _, d := range sc.Designs {
			out = append(out, pair{sc: sc, design: d})
		}
	}
	require.NotEmpty(t, out)
	return out
}

// explored is the result of a search without errors of the model.
func explored(t *testing.T, b *scenario.Built, opt explorer.Options) *explorer.Result {
	t.Helper()
	r, err := explorer.Explore(context.Background(), b.Model, opt)
	require.NoError(t, err)
	require.Nil(t, r.Error)
	return r
}

// searched is a model as mcheck check has it, and what a complete search finds.
type searched struct {
	*scenario.Built
	*explorer.Result
}

// done has a func() (searched, error) for each pair that was asked for, as more than one test asks.
var done sync.Map

// reduced builds and explores a pair as mcheck check does, once.
func reduced(t *testing.T, p pair) (*scenario.Built, *explorer.Result) {
	t.Helper()
	once, _ := done.LoadOrStore(p.sc.Path+" "+p.String(), sync.OnceValues(func() (s searched, err error) {
		if s.Built, err = scenario.Build(p.sc, p.design, scenario.Options{Set: p.set}); err == nil {
			s.Result, err = explorer.Explore(context.Background(), s.Model, explorer.Options{})
		}
		return s, err
	}))
	s, err := once.(func() (searched, error))()
	require.NoError(t, err)
	require.NotEmpty(t, s.Bounds)
	require.Nil(t, s.Error)
	require.True(t, s.Complete, s.Reason)
	return s.Built, s.Result
}

// prepare has all of them built and explored, as many at a time as there are processors: building
// takes one, and most of the time.
func prepare(t *testing.T, all []pair) {
	t.Helper()
	t.Run("prepare", func(t *testing.T) {
		for _, p := range all {
			t.Run(p.String(), func(t *testing.T) {
				t.Parallel()
				reduced(t, p)
			})
		}
	})
}

// everything says that every pair is to be compared in every way, as make crosscheck has it.
// Otherwise the ways that take long are gone for some of the pairs: see wanted.
var everything = os.Getenv("MCHECK_ALL") != ""

// crossed are the scenarios that are compared in all ways under each of the crossing designs that
// they name: the reported failure and what stands around it.
var (
	crossed  = []string{"ltp-mkfs", "ltp-mkfs-walk", "umount-mkfs", "umount-mkfs-walk", "open-umount", "fsstress-umount-mount"}
	crossing = []string{"v6.15", "v4.18", "defer-v4", "no-grace-period"}
)

func isCrossed(p pair) bool {
	return slices.Contains(crossed, p.sc.Name) && slices.Contains(crossing, p.design)
}

// isReported says that p is the failure that LTP reported, under the design that has it.
func isReported(p pair) bool {
	return p.sc.Name == "ltp-mkfs-walk" && p.design == "defer-v4"
}

// wanted returns the crossed pairs, and the other scenarios under their first design; or all pairs.
func wanted(t *testing.T) []pair {
	t.Helper()
	return slices.DeleteFunc(pairs(t), func(p pair) bool { return !everything && !isCrossed(p) && p.design != p.sc.Designs[0] })
}

// withGraph explores again for the graph, if there are few enough states for that: TLC takes a
// millisecond to print one.
func withGraph(t *testing.T, b *scenario.Built, r *explorer.Result, limit int64) *explorer.Result {
	t.Helper()
	if r.Distinct > limit {
		return r
	}
	g, err := explorer.Explore(context.Background(), b.Model, explorer.Options{Graph: true, GraphLimit: tlc.GraphLimit})
	require.NoError(t, err)
	return g
}
