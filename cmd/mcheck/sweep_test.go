package main

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/explorer"
	"mcheck/spec/scenario"
	"mcheck/spec/sweep"
)

// Every script of the alphabet is a scenario: it is understood, and C is made of it.
func TestSweptScriptsAreScenarios(t *testing.T) {
	for _, bounds := range [][2]int{{1, 2}, {2, 1}} {
		space, err := sweep.New(sweep.Commands(), sweep.Setups(), bounds[0], bounds[1])
		require.NoError(t, err)
		for _, x := range space.Scripts(nil) {
			_, err := scenario.Parse("sweep.sh", space.Text(x))
			require.NoError(t, err, "%s", space.Text(x))
		}
	}
}

// Each set-up and each command can be run: one script of each in which nothing is refused.
func TestSweptScriptsRun(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	space, err := sweep.New(sweep.Commands(), sweep.Setups(), 1, 1)
	require.NoError(t, err)
	w := &sweeper{space: space, search: explorer.Options{Workers: 1, MaxStates: 100_000}}
	w.base.name = scenario.BaseDesign
	wanted := map[string]bool{"two places: umount -l": true, "mount below: umount -l": true, "nothing: mount": true,
		"open file: hold": true, "open file: dup": true, "directory: cd /": true, "mounted: remount": true}
	for _, x := range space.Scripts(nil) {
		if !wanted[space.Title(x)] {
			continue
		}
		delete(wanted, space.Title(x))
		r := w.one(context.Background(), x)
		require.NoError(t, r.err)
		require.False(t, r.refused || r.given || r.stopped, space.Title(x))
		require.Empty(t, r.about, "%s: what must hold is violated in v6.15", space.Title(x))
	}
	require.Empty(t, wanted)
}

// What breaks is one group a property, whatever it was before; the smallest script is the first.
func TestSweepGroups(t *testing.T) {
	about := func(kind, property, base string) sweepDiffer {
		return sweepDiffer{Property: property, Kind: kind, Base: base, Design: "violated", Steps: 7}
	}
	s := &sweepState{Base: "v6.15", Design: "v6.15+x", Found: []sweepFinding{
		{1, "a", "#!/bin/sh\na\n", []sweepDiffer{about(sweepDiffers, "R", "holds"), about(sweepBreaks, "P", "vacuous")}},
		{4, "b", "#!/bin/sh\nb\n", []sweepDiffer{about(sweepBreaks, "P", "holds"), about(sweepDiffers, "R", "vacuous")}},
		{5, "c", "#!/bin/sh\nc\n", []sweepDiffer{about(sweepViolates, "Q", "violated")}},
	}}
	var got []string
	names := map[string]bool{}
	for _, g := range s.groups() {
		got = append(got, fmt.Sprintf("%s %s %d %d", g.Kind, g.Property, g.script, g.n))
		names[g.fileName()] = true
	}
	require.Equal(t, []string{"breaks P 1 2", "violates Q 5 1", "differs R 1 1", "differs R 4 1"}, got)
	require.Len(t, names, 4)
}
