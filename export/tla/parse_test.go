package tla_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/export/tla"
	"mcheck/export/tla/internal/tlatest"
	"mcheck/spec"
)

func TestParseValue(t *testing.T) {
	for _, c := range []struct {
		text string
		want tla.Value
	}{
		{"TRUE", tla.Bool(true)},
		{"-3", tla.Int(-3)},
		{"ann", tla.Ident("ann")},
		{`"a b\"c\\"`, tla.Str(`a b"c\`)},
		{"<<>>", tla.Tuple{}},
		{"{1, 2}", tla.Set{tla.Int(1), tla.Int(2)}},
		{"1..3", tla.Set{tla.Int(1), tla.Int(2), tla.Int(3)}},
		{`[kind |-> "easy", for |-> NULL]`, tla.Record{{tla.Str("kind"), tla.Str("easy")}, {tla.Str("for"), tla.Ident("NULL")}}},
		{"(0 :> {} @@\n 1 :> <<TRUE>>)", tla.Fun{{tla.Int(0), tla.Set{}}, {tla.Int(1), tla.Tuple{tla.Bool(true)}}}},
	} {
		got, err := tla.ParseValue(c.text)
		require.NoError(t, err, c.text)
		require.Equal(t, c.want, got)
	}
	for _, bad := range []string{"", "<<1", "{1 2}", "[a |-> ]", "(1 :> 2", "-x", `"a`, "1 2", "null..3", "1..TRUE", "99999999999999999999"} {
		_, err := tla.ParseValue(bad)
		require.Error(t, err, bad)
	}
}

func TestState(t *testing.T) {
	m := tlatest.Workshop()
	s, err := tla.Module(m)
	require.NoError(t, err)
	text := `/\ pc = (ann :> "look" @@ bob :> "idle")
/\ holds = (ann :> NULL @@ bob :> "hard")
/\ queue = <<[for |-> bob, kind |-> "easy"]>>
/\ tool = NULL
/\ seen = {bob, ann}
/\ count = (0 :> (FALSE :> 0 @@ TRUE :> 1) @@ 1 :> (FALSE :> 0 @@ TRUE :> 0))
/\ shift = 1
/\ last = [kind |-> "hard", for |-> ann]
/\ broken = FALSE
/\ other = 7`
	got, rest, err := s.State(text)
	require.NoError(t, err)
	require.Equal(t, map[string]tla.Value{"other": tla.Int(7)}, rest)
	n := func(ns ...int64) spec.Value {
		var v spec.Value
		for _, x := range ns {
			v.Elems = append(v.Elems, spec.Value{N: x})
		}
		return v
	}
	require.Equal(t, spec.State{n(1, 0), n(-1, 1), {Elems: []spec.Value{n(0, 1)}}, {N: -1}, {N: 3}, {Elems: []spec.Value{n(0, 1), n(0, 0)}}, {N: 1}, n(1, 0), {}}, got)
	for _, bad := range []string{"", `/\ pc = 1`, text + "\n/\\ pc = 1", text[:len(text)-len("7")] + "null.", `/\ pc = (ann :> "look")`} {
		_, _, err := s.State(bad)
		require.Error(t, err, bad)
	}
}

// What is parsed is printed so that it is parsed to the same value; nothing crashes.
func FuzzParseValue(f *testing.F) {
	for _, s := range []string{"TRUE", "-1", "1..2", `<<"a", {x}>>`, `[a |-> 1, b |-> (0 :> 1 @@ 2 :> <<>>)]`, "(((", `[ |-> `} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := tla.ParseValue(s)
		if err != nil {
			return
		}
		again, err := tla.ParseValue(tla.Format(v))
		require.NoError(t, err)
		require.Equal(t, v, again)
	})
}
