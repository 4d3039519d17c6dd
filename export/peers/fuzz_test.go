package peers

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever Spin prints, reading it ends with counts or an error, and who violates says so.
func FuzzParseSpin(f *testing.F) {
	result := "Full statespace search for:\nState-vector 28 byte, depth reached 9, errors: 0\n       20 states, stored\n       29 states, matched\n"
	f.Add(result, "")
	f.Add("pan:1: assertion violated ((0&&(x<3))) (at depth 4)\n"+result, "#define P 0")
	f.Add("State-vector 28 byte, depth reached 9, errors: 1\n 1e+08 states, stored\n", "")
	f.Fuzz(func(t *testing.T, out, text string) {
		c, err := parseSpin(out, []byte(text))
		if err == nil {
			require.False(t, c.Violated != "" && c.Message == "")
		}
	})
}

// The same of rumur, which prints XML; a complete search has no message.
func FuzzParseRumur(f *testing.F) {
	f.Add(`<rumur_run><information state_size_bytes="4"/><summary states="20" rules_fired="48" errors="0"/></rumur_run>`)
	f.Add(`<rumur_run><error><message>invariant "P" failed</message></error><summary states="2" rules_fired="3" errors="1"/></rumur_run>`)
	f.Add(`<rumur_run>`)
	f.Fuzz(func(t *testing.T, out string) {
		c, err := parseRumur(out, nil)
		if err == nil {
			require.False(t, c.Complete && c.Message != "")
		}
	})
}
