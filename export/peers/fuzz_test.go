package peers

import (
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
)

const spinOutput = `(Spin Version 6.5.2 -- 6 December 2019)

Full statespace search for:
	never claim         	- (none specified)

State-vector 28 byte, depth reached 9, errors: 0
       21 states, stored
       12 states, matched
       33 transitions (= stored+matched)
`

const rumurOutput = `<?xml version="1.0" encoding="UTF-8"?>
<rumur_run><information state_size_bits="7" state_size_bytes="1" hash_table_slots="1024"/>
<summary states="20" rules_fired="49" errors="0" duration_seconds="0"/></rumur_run>
`

// sound are what callers take for granted of counts.
func sound(t *testing.T, c Counts) {
	require.False(t, c.States < 0 || c.Transitions < 0 || c.StateBytes < 0)
	require.False(t, c.Violated != "" && (c.Complete || c.Message == ""))
}

func deskModel(t testing.TB) []byte {
	a, err := txtar.ParseFile("testdata/desk.txtar")
	require.NoError(t, err)
	return a.Files[0].Data
}

// Whatever pan prints, reading it ends with counts that can be or an error.
func FuzzParseSpin(f *testing.F) {
	model := deskModel(f)
	c, err := parseSpin(spinOutput, model)
	require.NoError(f, err)
	// the step to the one initial state is left out
	require.Equal(f, Counts{Complete: true, States: 20, Transitions: 20 + 12 - 1, StateBytes: 28}, c)
	f.Add(spinOutput, model)
	f.Add("pan:1: assertion violated ((1&&0)) (at depth 7)\n"+spinOutput, model)
	f.Add("Full statespace search for:\n, errors: 1\n 1e+08 states, stored\n-1 states, matched\n", model)
	f.Add("Bit statespace search for:\n, errors: 0\n", []byte(nil))
	f.Fuzz(func(t *testing.T, out string, text []byte) {
		if c, err := parseSpin(out, text); err == nil {
			sound(t, c)
		}
	})
}

// The same of rumur.
func FuzzParseRumur(f *testing.F) {
	c, err := parseRumur(rumurOutput, nil)
	require.NoError(f, err)
	require.Equal(f, Counts{Complete: true, States: 20, Transitions: 49, StateBytes: 1}, c)
	f.Add(rumurOutput)
	f.Add(`<rumur_run><error><message>invariant "Few" failed</message></error><summary states="2" rules_fired="1" errors="1"/></rumur_run>`)
	f.Add(`<rumur_run><summary states="-1"/></rumur_run>`)
	f.Fuzz(func(t *testing.T, out string) {
		if c, err := parseRumur(out, nil); err == nil {
			sound(t, c)
			require.False(t, c.Complete && c.Message != "")
		}
	})
}
