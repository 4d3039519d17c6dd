package scenarios_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/explorer"
	"mcheck/spec"
	"mcheck/spec/scenario"
)

// getsAndPutsRE matches a call of a task that gets a reference to a mount for a file or a working
// directory and then puts that of its walk: if it may change its CPU between the two, one is
// counted here and the other there.
var getsAndPutsRE = regexp.MustCompile(`\bsys_(?:open|open_from|chdir)\(`)

// tornSum is what mainline itself violates where a get and a put of a mount are on two CPUs while
// umount adds up.
var tornSum = map[string]bool{"umount_sees_holders": true, "cleanup_before_return_sync": true}

// Where a task can get a mount on one CPU and put it on another, it is let do so, whether the
// script asks for it or not: v6.15 then violates nothing that must hold but what follows from the
// torn sum. It takes long, as there are many more states.
func TestMigrationSlow(t *testing.T) {
	if !everything {
		t.Skip("make crosscheck runs it")
	}
	n := 0
	for _, p := range pairs(t) {
		if p.design != scenario.BaseDesign || p.sc.Set["migrate"] == "true" || p.sc.Set["cpus"] == "1" {
			continue
		}
		p.set = map[string]string{"migrate": "true"}
		t.Run(p.String(), func(t *testing.T) {
			b, err := scenario.Build(p.sc, p.design, scenario.Options{Set: p.set})
			require.NoError(t, err)
			if !getsAndPutsRE.MatchString(b.C) {
				return
			}
			n++
			r := explored(t, b, explorer.Options{MaxStates: 2_000_000})
			require.True(t, r.Complete, r.Reason)
			expected := map[string]bool{}
			for _, e := range p.sc.Expects {
				if e.Design == p.design && e.Verdict == "violated" {
					expected[e.Property] = true
				}
			}
			for _, q := range r.Properties {
				if q.Verdict == explorer.Violated && q.Property.Class == spec.MustHold {
					name := q.Property.Name
					require.True(t, tornSum[name] || expected[name], "%s is violated in %d steps", name, len(q.Trace)-1)
				}
			}
		})
	}
	require.Positive(t, n)
}
