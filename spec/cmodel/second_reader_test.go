package cmodel_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec/cmodel"
	"mcheck/spec/cread"
	"mcheck/spec/eval"
)

var readNames = map[eval.Verdict]cread.Verdict{
	eval.Holds: cread.Holds, eval.Violated: cread.Violated, eval.Vacuous: cread.Vacuous, eval.Undecided: cread.Undecided,
}

// agrees wants the second reader to say the same of a program as its model without reductions:
// verdicts, lengths of the shortest violations, and the number of states.
func agrees(t *testing.T, src string, opt cmodel.Options) {
	t.Helper()
	r := explore(t, compile(t, "test.c", src, cmodel.Options{Raw: true, Defines: opt.Defines, Migrate: opt.Migrate}).Model)
	c, err := cread.Check([]cread.File{{Name: "test.c", Text: []byte(src)}}, cread.Options{Defines: opt.Defines, Migrate: opt.Migrate})
	require.NoError(t, err, src)
	require.EqualValues(t, r.Distinct, c.States, "states of\n%s", src)
	for _, p := range r.Properties {
		q := c.Find(p.Property.Name)
		require.NotNil(t, q, p.Property.Name)
		if q.Kind == "EVENTUALLY" || q.Kind == "LEADS_TO" {
			continue // not decided by it
		}
		require.Equal(t, readNames[p.Verdict], q.Verdict, "%s of\n%s", p.Property.Name, src)
		if p.Verdict == eval.Violated {
			require.Equal(t, p.Length-1, q.Length, "%s of\n%s", p.Property.Name, src)
		}
	}
}
