package scenario

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
)

func TestPrintable(t *testing.T) {
	bad, line, text := "a\n\x1b[1m\u202e", `a\n\x1b[1m\u202e`, "a\n"+`\x1b[1m\u202e`
	labels := &spec.EnumType{Name: "Label", Values: []string{"fine", bad}}
	m := &spec.Model{Doc: bad, Enums: []*spec.EnumType{labels}, Vars: []*spec.Var{{Doc: bad, Group: bad}},
		Actions:    []*spec.Action{{Never: bad, To: bad, Source: []spec.SourceLine{{Pos: spec.Pos{File: bad}, Text: bad}}}},
		Properties: []*spec.Property{{Words: bad, Source: bad}}}
	printable(m)
	require.Equal(t, &spec.Model{Doc: text, Enums: []*spec.EnumType{{Name: "Label", Values: []string{"fine", line}}},
		Vars:       []*spec.Var{{Doc: text, Group: line}},
		Actions:    []*spec.Action{{Never: text, To: text, Source: []spec.SourceLine{{Pos: spec.Pos{File: line}, Text: text}}}},
		Properties: []*spec.Property{{Words: text, Source: text}}}, m)
}
