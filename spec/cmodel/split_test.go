package cmodel_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
	"mcheck/spec/cmodel"
	"mcheck/spec/eval"
)

func actionNames(m *spec.Model) []string {
	var out []string
	for _, a := range m.Actions {
		out = append(out, a.Name)
	}
	return out
}

// set returns to two places, from which the task goes on differently: an action for each. clear
// returns to two places with the same next step, and is one action.
func TestAnActionForEachCaller(t *testing.T) {
	src := `#include "mcheck.h"
static bool x, z;
static void set(void) { x = true; }
static void clear(void) { x = false; }
TASK(p, 1) {
	bool y;
	set();
	y = z;
	if (y)
		clear();
	else
		clear();
	set();
	THE_END
}
COVER(Cleared, "", "") { return !x; }`
	for name, c := range map[string]struct {
		end   string
		names []string
	}{
		"done":       {"", []string{"set_3_to_p_7", "set_3_to_p_13", "clear_4"}},
		"once again": {"set();", []string{"set_3_to_p_7", "set_3_to_p_13", "set_3_to_p_14", "clear_4"}},
	} {
		t.Run(name, func(t *testing.T) {
			res := compile(t, "m.c", strings.Replace(src, "THE_END", c.end, 1), cmodel.Options{})
			require.ElementsMatch(t, c.names, actionNames(res.Model))
			r := explore(t, res.Model)
			// Its steps are set, clear, set, and the last set; nobody writes z, so reading it is
			// none.
			steps := 3
			if c.end != "" {
				steps++
			}
			require.Equal(t, int64(1+steps), r.Distinct)
			require.Equal(t, int64(steps), r.Transitions)
			require.Equal(t, eval.Holds, verdict(t, r, "Cleared").Verdict)
			require.Equal(t, eval.Holds, verdict(t, r, "NoFail").Verdict)
		})
	}
}

// inner is called by outer only, outer by two places: the name says the outermost caller, which is
// what tells the actions apart.
func TestCallersOfCallers(t *testing.T) {
	res := compile(t, "m.c", `#include "mcheck.h"
static bool x, z;
static void inner(void) { x = true; }
static void outer(void) { inner(); }
TASK(p, 1) {
	outer();
	z = true;
	outer();
}`, cmodel.Options{})
	require.ElementsMatch(t, []string{"inner_3_to_p_6", "inner_3_to_p_8", "p_7"}, actionNames(res.Model))
	r := explore(t, res.Model)
	require.Equal(t, int64(3), r.Transitions)
}

// A NEVER after a write that a property reads is a step of its own: the write's state comes first.
func TestNeverAfterAVisibleWrite(t *testing.T) {
	for _, raw := range []bool{false, true} {
		r := run(t, `static bool x, y;
TASK(p, 1) {
	bool b;
	b = y;
	x = true;
	if (b)
		NEVER("nobody writes y");
}
TASK(q, 1) { y = true; }
COVER(Written, "", "") { return x; }`, cmodel.Options{Raw: raw})
		require.Equal(t, eval.Violated, verdict(t, r, "NoFail").Verdict, "q may come first")
		require.Equal(t, eval.Holds, verdict(t, r, "Written").Verdict)
	}
}
