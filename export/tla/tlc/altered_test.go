package tlc_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/explorer"
	"mcheck/export/tla"
	"mcheck/export/tla/internal/tlatest"
	"mcheck/export/tla/tlc"
	"mcheck/spec"
	"mcheck/spec/scenario"
)

// kinds has a property of each kind that holds, and one that does not where that is another matter.
// Two tasks count to two, and say so.
const kinds = `#include "mcheck.h"
static spinlock_t l;
GUARDED_BY(l) static u2 n;
static bool up;
TASK(p, 2) { spin_lock(&l); n++; spin_unlock(&l); up = true; }
INVARIANT(Few, "", "") { return n <= 2; }
INVARIANT(Counted, "", "") { WHEN(up); return n >= 1; }
INVARIANT(One, "", "") { return n <= 1; }
AT_REST(Both, "", "") { return n == 2; }
AT_REST(BothUp, "", "") { WHEN(up); return n == 2; }
CAN_REST(Rests, "", "") { WHEN(!up); return up; }
CAN_REST(Stays, "", "") { WHEN(n == 1); return n == 1; }
COVER(Early, "", "") { return n == 2 && !up; }
COVER(Three, "", "") { return n == 3; }
EVENTUALLY(Ups, "", "") { return up; }
EVENTUALLY(Downs, "", "") { WHEN(up); return !up; }
LEADS_TO(Follows, "", "") { FROM(n == 1); return n == 2; }
LEADS_TO(Back, "", "") { WHEN(up); FROM(n == 2); return n == 1; }
`

// kindsVerdicts are derived by hand: the tasks take the lock one after the other, and nothing is
// ever taken back.
var kindsVerdicts = map[string]explorer.Verdict{
	"NoFail": explorer.Holds, "NoDeadlock": explorer.Holds, "Few": explorer.Holds, "Counted": explorer.Holds, "One": explorer.Violated,
	"Both": explorer.Holds, "BothUp": explorer.Holds, "Rests": explorer.Holds, "Stays": explorer.Violated, "Early": explorer.Holds, "Three": explorer.Violated,
	"Ups": explorer.Holds, "Downs": explorer.Violated, "Follows": explorer.Holds, "Back": explorer.Violated,
}

// kindsCounts are the states in the situation of each property, and those that break it (that cover
// a COVER; at rest with its condition of a CAN_REST). A task is before its lock, has it, has
// counted, or is done: 0 to 3. That are 15 pairs (not both have it), of which (3, 3) is at rest; n
// is how many are 2 or more, and up says that one is 3.
var kindsCounts = map[string][2]int64{
	"NoFail": {15, 0}, "NoDeadlock": {1, 0}, "Few": {15, 0},
	"Counted": {7, 0}, // 3 and any, any and 3
	"One":     {15, 4}, "Both": {1, 0}, "BothUp": {1, 0},
	"Rests": {8, 1},                    // neither is 3
	"Stays": {8, 0},                    // one is 2 or 3, the other 0 or 1
	"Early": {15, 1}, "Three": {15, 0}, // (2, 2); none
	"Ups": {15, 8}, "Downs": {7, 7}, "Follows": {8, 8},
	"Back": {3, 3}, // 2 and 3, 3 and 2, 3 and 3
}

func build(t *testing.T, name, text string) *spec.Model {
	t.Helper()
	b, err := scenario.BuildModel(name, []byte(text), scenario.Options{})
	require.NoError(t, err)
	return b.Model
}

// redefine replaces the definition of an operator.
func redefine(t *testing.T, module, name, body string) string {
	t.Helper()
	at := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + ` ==(.*\n)+?\n`).FindStringIndex(module)
	require.NotNil(t, at, name)
	return module[:at[0]] + name + " == " + body + "\n\n" + module[at[1]:]
}

// TLC, the reference evaluator and the verdicts that were derived by hand agree on each kind of
// property; and a property that is exported as something else is noticed, whatever its kind, though
// it be as true of the reachable states.
func TestAlteredPropertyIsNoticed(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	m := build(t, "kinds.c", kinds)
	want := tlatest.Expect(t, m)
	require.Len(t, want.Properties, len(kindsVerdicts))
	for _, p := range want.Properties {
		require.Equal(t, kindsVerdicts[p.Property.Name], p.Verdict, p.Property.Name)
	}
	for _, p := range want.Properties {
		require.Equal(t, kindsCounts[p.Property.Name], [2]int64{p.Situations, p.Hits}, p.Property.Name)
	}
	// The explorer counts the same.
	explored, err := explorer.Explore(t.Context(), m, explorer.Options{Tally: true})
	require.NoError(t, err)
	for i, p := range explored.Properties {
		require.Equal(t, want.Properties[i].Situations, p.Situations, p.Property.Name)
		require.Equal(t, want.Properties[i].Hits, p.Hits, p.Property.Name)
	}
	original, err := tla.Module(m)
	require.NoError(t, err)
	t.Run("golden", func(t *testing.T) {
		const head = `\* Nothing that is owed would change anything.`
		at := strings.Index(original.Module, head)
		require.Positive(t, at)
		text, err := os.ReadFile("testdata/kinds.txt")
		require.NoError(t, err)
		require.Equal(t, string(text), original.Module[at:]+"\n"+original.Tally(15).Module)
	})
	compare := func(t *testing.T, alter func(module string) string) *tlc.Report {
		s := *original
		s.Module = alter(s.Module)
		r, err := tlc.CompareSpec(t.Context(), jar(t), m, &s, want, tlc.CompareOptions{NoTraces: true})
		require.NoError(t, err)
		return r
	}
	t.Run("as it is", func(t *testing.T) {
		r := compare(t, func(s string) string { return s })
		require.Empty(t, r.Disagreements)
		require.Empty(t, r.NotCompared)
		require.Contains(t, r.Compared, "Downs: violated")
		require.Contains(t, r.Compared, "Ups: violated without fairness")
		require.Contains(t, r.Compared, "hold in TLC under fairness: Ups, Follows")
	})
	t.Run("all TRUE", func(t *testing.T) {
		all := compare(t, func(s string) string {
			for _, q := range m.Properties {
				s = redefine(t, s, q.Name, "TRUE")
			}
			return s
		}).Disagreements
		for _, q := range m.Properties {
			require.True(t, strings.Contains(strings.Join(all, "\n"), q.Name+": "), "%s was altered unseen:\n%s", q.Name, strings.Join(all, "\n"))
		}
	})
	for _, c := range []struct{ name, body string }{
		{"Few", "n <= 3"},           // which is true of all values of the type
		{"Counted", "up => n >= 0"}, // likewise
		{"NoDeadlock", "TRUE"},
		{"BothUp", "AtRest => n = 2"}, // whatever is at rest is in the situation
		{"Rests", "AtRest"},           // whatever is at rest satisfies the condition
		{"Three", "TRUE"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := compare(t, func(s string) string { return redefine(t, s, c.name, c.body) })
			require.NotEmpty(t, r.Disagreements)
			for _, d := range r.Disagreements {
				require.Contains(t, d, c.name+": ")
			}
		})
	}
}
