package scenarios_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/explorer"
	"mcheck/spec/cread"
	"mcheck/spec/scenario"
)

// readAgainLimit is the number of states of a raw model up to which the second reader of the C
// explores it too.
func readAgainLimit() int64 {
	if everything {
		return 200_000
	}
	return 12_500
}

// readAgain lets the second reader, which shares nothing with the front end, read and explore the C
// of a pair: it finds as many states as the raw model has, the same verdicts, and shortest
// counterexamples of the same length.
func readAgain(t *testing.T, p pair, raw *explorer.Result) {
	t.Helper()
	sources, opt, err := scenario.Sources(p.sc, p.design, scenario.Options{Set: p.set})
	require.NoError(t, err)
	var files []cread.File
	for _, s := range sources {
		files = append(files, cread.File{Name: s.Name, Text: s.Text})
	}
	r, err := cread.Check(files, cread.Options{
		Defines: opt.Defines, Migrate: opt.Migrate, TaskCPU: opt.TaskCPU, Include: opt.Include,
		MaxStates: int(raw.Distinct) + 1, Setup: &cread.Setup{Running: "scenario_running"},
	})
	require.NoError(t, err)
	require.EqualValues(t, raw.Distinct, r.States)
	for _, q := range raw.Properties {
		second := r.Find(q.Property.Name)
		require.NotNil(t, second, q.Property.Name)
		require.Equal(t, q.Verdict.String(), string(second.Verdict), q.Property.Name)
		if len(q.Trace) > 0 {
			require.Equal(t, len(q.Trace)-1, second.Length, q.Property.Name)
		}
	}
}
