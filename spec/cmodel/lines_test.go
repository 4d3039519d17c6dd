package cmodel_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
	"mcheck/spec/cmodel"
	"mcheck/spec/eval"
)

// A step that branches says of each statement when it is executed; statements come in the order of
// the source, and ghost code is marked. Decisions over locals alone are no statements.
func TestStatementsOfAStep(t *testing.T) {
	res := compile(t, "test.c", `#include "mcheck.h"
static u2 x;
GHOST static u2 seen;
static bool late;
static u1 pick(u2 v)
{
	if (v == 2)
		return 1;
	return 0;
}
TASK(a, 1) {
	u2 v; u1 w;
	v = x;
	if (v == 1) {
		w = 1;
	} else {
		w = pick(v);
		ghost seen = 1;
	}
	v = w;
	x = v;
	late = true;
}
INVARIANT(i, "x is read", "test") { return x <= 3 && seen <= 1 && !late; }
`, cmodel.Options{})
	m := res.Model
	env := eval.NewEnv(m)
	a := m.Actions[0]
	env = env.Bind(a.Params[0], 0)
	at := 0
	for i, v := range m.Vars {
		if v.Name == "x" {
			at = i
		}
	}
	init, err := eval.Init(m)
	require.NoError(t, err)
	executed := func(x int64) (out []string) {
		st := append(spec.State{}, init[0]...)
		st[at] = spec.Value{N: x}
		for _, l := range a.Source {
			yes := true
			if l.When != nil {
				yes, err = eval.Cond(l.When, st, env)
				require.NoError(t, err)
			}
			if yes {
				require.Equal(t, l.Text == "seen = 1;", l.Ghost, l.Text)
				out = append(out, l.Text)
			}
		}
		return out
	}
	require.Equal(t, []string{"v = x;", "w = 1;", "v = w;"}, executed(1))
	require.Equal(t, []string{"v = x;", "w = pick(v);", "return 1;", "seen = 1;", "v = w;"}, executed(2))
	require.Equal(t, []string{"v = x;", "w = pick(v);", "return 0;", "seen = 1;", "v = w;"}, executed(3))
}
