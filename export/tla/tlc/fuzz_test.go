package tlc

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Whatever TLC prints, reading it ends with a result that hangs together: a state has an action
// that led to it, and a complete run has no error.
func FuzzParseOutput(f *testing.F) {
	f.Add("@!@!@STARTMSG 2110:1 @!@!@\nInvariant P is violated.\n@!@!@ENDMSG 2110 @!@!@\n@!@!@STARTMSG 2217:4 @!@!@\n1: <Initial predicate>\n/\\ x = 1\n@!@!@ENDMSG 2217 @!@!@\n")
	f.Add("@!@!@STARTMSG 2107:1 @!@!@\nInvariant P is violated by the initial state:\n/\\ x = 1\n\n@!@!@ENDMSG 2107 @!@!@\n")
	f.Add("@!@!@STARTMSG 2199:0 @!@!@\n49 states generated, 20 distinct states found, 0 states left on queue.\n@!@!@ENDMSG 2199 @!@!@\n")
	f.Add("***Parse Error***\nwas expecting something\n")
	f.Add("@!@!@STARTMSG 2110:1 @!@!@\n@!@!@STARTMSG 9:9 @!@!@")
	f.Fuzz(func(t *testing.T, text string) {
		out, err := parse(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, v := range out.Violations {
			require.Len(t, v.Actions, len(v.States))
		}
		require.False(t, out.Complete && len(out.Errors) > 0)
	})
}

// A dump that is read has every state that its edges and its initial states name.
func FuzzReadDump(f *testing.F) {
	f.Add("strict digraph DiskGraph {\n-12 [label=\"/\\\\ s = \\\"a\\\"\",style = filled]\n-12 -> 7 [label=\"Go\",color=\"black\"];\n7 [label=\"x\"];\n}")
	f.Add("1 -> 2 [label=\"Go\"]")
	f.Add("1 <- 2")
	f.Fuzz(func(t *testing.T, text string) {
		n := 0
		d, err := readDump(strings.NewReader(text), func(string) error { n++; return nil })
		if err != nil {
			return
		}
		require.Len(t, d.states, n)
		for _, e := range d.edges {
			require.Contains(t, d.states, e.from)
			require.Contains(t, d.states, e.to)
		}
		for _, i := range d.init {
			require.Contains(t, d.states, i)
		}
	})
}
