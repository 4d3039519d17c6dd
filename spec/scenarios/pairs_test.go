// Package scenarios_test checks the built-in scenarios as a whole: under each design they name, against TLC, against the model without
// reductions, and against what the scripts themselves say. Being at the end of everything, it may import all of it.
package scenarios_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/explorer"
	"mcheck/export/tla/tlc"
	"mcheck/spec/scenario"
)

// pair is a built-in scenario under one of the designs it names.
type pair struct {
	sc     *scenario.Scenario
	design string
}

func (p pair) String() string { return p.sc.Name + "," + p.design }

// pairs returns all of them.
func pairs(t *testing.T) []pair {
	t.Helper()
	var out []pair
	for _, name := range scenario.Names() {
		sc, err := scenario.Load(name)
		require.NoError(t, err)
		require.NotEmpty(t, sc.Designs, "%s names no design", name)
		for _, d := range sc.Designs {
			out = append(out, pair{sc, d})
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

// done holds the pairs that were explored completely: more than one test asks for them.
var done struct {
	sync.Mutex
	built  map[string]*scenario.Built
	result map[string]*explorer.Result
}

// reduced builds and explores a pair as mcheck check does.
func reduced(t *testing.T, p pair) (*scenario.Built, *explorer.Result) {
	t.Helper()
	done.Lock()
	defer done.Unlock()
	if done.built == nil {
		done.built, done.result = map[string]*scenario.Built{}, map[string]*explorer.Result{}
	}
	key := p.String()
	if done.result[key] == nil {
		b, err := scenario.Build(p.sc, p.design, scenario.Options{})
		require.NoError(t, err)
		r := explored(t, b, explorer.Options{})
		require.True(t, r.Complete)
		done.built[key], done.result[key] = b, r
	}
	return done.built[key], done.result[key]
}

// withGraph explores again for the graph, if there are few enough states for that.
func withGraph(t *testing.T, b *scenario.Built, r *explorer.Result) *explorer.Result {
	t.Helper()
	if r.Distinct > tlc.GraphLimit {
		return r
	}
	g, err := explorer.Explore(context.Background(), b.Model, explorer.Options{Graph: true, GraphLimit: tlc.GraphLimit})
	require.NoError(t, err)
	return g
}
