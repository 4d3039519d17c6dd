package safe

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestLine(t *testing.T) {
	for in, want := range map[string]string{
		"":                     "",
		`a "b" \ c`:            `a "b" \ c`,
		"größe … ∈ 日":          "größe … ∈ 日",
		"a\nb\tc\rd":           `a\nb\tc\rd`,
		"\x1b[31mred":          `\x1b[31mred`,
		"nul\x00del\x7f":       `nul\x00del\x7f`,
		"c1\u009b1m":           `c1\u009b1m`,
		"right\u202eleft":      `right\u202eleft`,
		"\u2066x\u2069\u2028y": `\u2066x\u2069\u2028y`,
		"bad\xffutf\xc3":       `bad\xffutf\xc3`,
		"replaced \ufffd":      "replaced \ufffd",
	} {
		require.Equal(t, want, Line(in), "%q", in)
	}
	require.Equal(t, "a\n\tb\\r\\x1b", Text("a\n\tb\r\x1b"))
}

func TestQuote(t *testing.T) {
	require.Equal(t, `"a\n\x1bb"`, Quote("a\n\x1bb"))
	require.Equal(t, `"`+strings.Repeat("ä", 200)+`"`, Quote(strings.Repeat("ä", 200)))
	require.Equal(t, `"`+strings.Repeat("ä", 200)+`"…`, Quote(strings.Repeat("ä", 201)))
	require.Equal(t, `"`+strings.Repeat(`\xff`, 200)+`"…`, Quote(strings.Repeat("\xff", 5000)))
}

// Nothing but printable characters comes out, what is printable stays, and nothing is escaped
// twice.
func TestSafe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) + rapid.String().Draw(t, "text")
		line, text := Line(s), Text(s)
		require.True(t, utf8.ValidString(line))
		for _, r := range line {
			require.True(t, unicode.IsPrint(r), "%q", r)
		}
		for _, r := range text {
			require.True(t, unicode.IsPrint(r) || r == '\n' || r == '\t', "%q", r)
		}
		require.Equal(t, line, Line(line))
		require.Equal(t, line, Line(text))
	})
}
