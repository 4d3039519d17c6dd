package peers_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mcheck/explorer"
	"mcheck/export/peers"
	"mcheck/export/tla/tlc"
	"mcheck/spec"
	"mcheck/spec/classic"
	"mcheck/spec/scenario"
)

// agreement is a model on which all four checkers must find the same.
type agreement struct {
	name  string
	model *spec.Model
	// distinct and transitions are published (classic models); 0 where nobody has published any.
	distinct, transitions int64
}

// agreements are classic models with published counts, and a kernel scenario.
func agreements(t *testing.T) []agreement {
	t.Helper()
	var all []agreement
	wanted := map[string]bool{}
	for _, n := range strings.Fields(`Lock DieHard TCommit Peterson Barrier AlternatingBit TwoPhase EWD840 Simple SpanTree Bakery InnerFIFO
		Disruptor ReadersWriters2 Chameneos3 LamportMutex2to3`) {
		wanted[n] = true
	}
	for _, e := range classic.Models {
		if !wanted[e.Name] {
			continue
		}
		a := agreement{name: e.Name, model: e.Build(), distinct: e.Distinct, transitions: e.Generated - e.Initial}
		if a.model.Constraint != nil {
			// Published are those out of the constraint too, which are no transitions of the
			// exports.
			a.transitions = inside(explore(t, a.model))
		}
		all = append(all, a)
	}
	require.Len(t, all, len(wanted))
	// gcc takes half a minute for the C of a kernel scenario, and minutes for that of a larger one:
	// make bench has those.
	sc, err := scenario.Load("umount-mkfs")
	require.NoError(t, err)
	b, err := scenario.Build(sc, scenario.BaseDesign, scenario.Options{})
	require.NoError(t, err)
	return append(all, agreement{name: sc.Name, model: b.Model})
}

// The explorer, TLC, Spin and rumur reach the same number of states over the same number of
// transitions, and say the same of the invariants.
func TestFourWayAgreement(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	jar, err := tlc.Find("")
	require.NoError(t, err)
	violations := 0
	for _, a := range agreements(t) {
		t.Run(a.name, func(t *testing.T) {
			r, err := explorer.Explore(t.Context(), a.model, explorer.Options{})
			require.NoError(t, err)
			require.True(t, r.Complete, r.Reason)
			transitions := a.transitions
			if a.distinct == 0 {
				require.Nil(t, a.model.Constraint)
				transitions = r.Transitions
			} else {
				require.Equal(t, a.distinct, r.Distinct)
			}
			report, err := tlc.Compare(t.Context(), jar, a.model, r, tlc.CompareOptions{NoTraces: true, Timeout: time.Minute})
			require.NoError(t, err)
			require.Empty(t, report.Disagreements)
			require.Equal(t, r.Distinct, report.Distinct)

			var violated []string
			for _, p := range r.Properties {
				if p.Property.Kind == spec.Invariant && p.Verdict == explorer.Violated {
					violated = append(violated, p.Property.Name)
				}
			}
			violations += len(violated)
			for _, k := range []peers.Kind{peers.Spin, peers.Rumur} {
				m := a.model
				if len(violated) > 0 {
					c := run(t, k, m, quick)
					require.False(t, c.Complete, k)
					require.Contains(t, violated, c.Violated, k)
					m = plain(m)
				}
				c := run(t, k, m, quick)
				require.True(t, c.Complete, "%s: %s", k, c.Message)
				require.Equal(t, r.Distinct, c.States, k)
				require.Equal(t, transitions, c.Transitions, k)
				require.Positive(t, c.PeakBytes)
				require.Positive(t, c.StateBytes)
			}
		})
	}
	require.Positive(t, violations, "nothing is violated: nobody was asked to agree on that")
}
