package randc_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"mcheck/spec/randc"
)

// propertyRE is a property of a random program.
var propertyRE = regexp.MustCompile(`(?m)^(?:INVARIANT|AT_REST|CAN_REST|COVER|EVENTUALLY|LEADS_TO)\((\w+), .*\n\{\n(?:.*\n)*?\}\n`)

// without returns the program without the property of that name.
func without(m randc.Model, name string) randc.Model {
	m.Text = propertyRE.ReplaceAllStringFunc(m.Text, func(p string) string {
		if propertyRE.FindStringSubmatch(p)[1] == name {
			return ""
		}
		return p
	})
	return m
}

// observing returns the program with an INVARIANT and a COVER that read all that the expressions
// do, so that hardly any two steps stay fused.
func observing(m randc.Model, exprs []string) randc.Model {
	var b strings.Builder
	for _, e := range exprs {
		b.WriteString("\tif (" + e + ")\n\t\treturn true;\n")
	}
	m.Text += "INVARIANT(AllSeen, \"\", \"\")\n{\n" + b.String() + "\treturn false;\n}\n" +
		"COVER(NoneSeen, \"\", \"\")\n{\n" + strings.ReplaceAll(b.String(), "true", "false") + "\treturn true;\n}\n"
	return m
}

// A property says nothing of the others: which there are changes what is fused and what is sliced,
// and no verdict. So a program has the same verdicts without each of its properties, without all,
// and with two more that read all there is.
func TestUnrelatedProperties(t *testing.T) {
	type drawn struct {
		m     randc.Model
		exprs []string
	}
	programs := rapid.Custom(func(t *rapid.T) drawn {
		m, exprs := randc.Observed(t)
		return drawn{m, exprs}
	})
	n := env("MCHECK_UNRELATED", 150)
	if testing.Short() {
		n = 30
	}
	compared, changed := 0, 0
	for i := range n {
		d := programs.Example(env("MCHECK_SEED", baseSeed) + i)
		base := readDefault(d.m)
		if base.refused != "" || base.broken != "" || base.tooLarge {
			continue
		}
		variants := []randc.Model{observing(d.m, d.exprs)}
		none := d.m
		for _, p := range propertyRE.FindAllStringSubmatch(d.m.Text, -1) {
			variants = append(variants, without(d.m, p[1]))
			none = without(none, p[1])
		}
		for _, v := range append(variants, none) {
			got := readDefault(v)
			if got.tooLarge {
				continue
			}
			require.Empty(t, got.refused, "seed %d:\n%s", i, v.Text)
			require.Empty(t, got.broken, "seed %d:\n%s", i, v.Text)
			compared++
			if got.states != base.states {
				changed++
			}
			for name, verdict := range got.verdicts {
				if was, ok := base.verdicts[name]; ok && was != verdict {
					t.Errorf("seed %d: %s is %s, and was %s before:\n%s\nnow:\n%s", i, name, verdict, was, d.m.Text, v.Text)
				}
			}
		}
	}
	t.Logf("%d pairs compared, %d with other states", compared, changed)
	require.Greater(t, compared, n)
	require.Greater(t, changed, n/10, "the properties are to make a difference to what is fused")
}
