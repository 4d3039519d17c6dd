package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec/kernel"
)

func TestCode(t *testing.T) {
	for in, want := range map[string]string{
		"a  =\tb; // c\n\n":              "a = b;\n\n",
		"/* x\n y */ a;\n":               "\na;\n",
		"a /* b */ c;\n":                 "a c;\n",
		"s = \"/* no \\\" */\"; /* */\n": "s = \"/* no \\\" */\";\n",
		"c = '\"'; // \"\n":              "c = '\"';\n",
		"a; /* no end":                   "a;\n",
		"":                               "",
	} {
		require.Equal(t, want, string(kernel.Code([]byte(in))), "%q", in)
	}
}

// The lines of a change are those whose code differs, each in its own version.
func TestChangeBetween(t *testing.T) {
	c := &change{map[string][]int{}, map[string][]int{}}
	require.NoError(t, c.file("x.c", []byte("a;\nb;\nc;\n"), []byte("a; /* same */\n\nb;\nd;\ne;\n")))
	require.Equal(t, map[string][]int{"x.c": {4, 5}}, c.added)
	require.Equal(t, map[string][]int{"x.c": {3}}, c.removed)
	same, err := changeBetween(nil, []kernel.Patch{})
	require.NoError(t, err)
	require.True(t, same.empty())
}
