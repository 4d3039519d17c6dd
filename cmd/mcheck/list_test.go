package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFill(t *testing.T) {
	require.Equal(t, []string{"one two", "three", "extraordinary", "x"}, fill("one two\nthree extraordinary x", 7))
	require.Empty(t, fill(" ", 7))
}

func TestFirstSentence(t *testing.T) {
	require.Equal(t, "Two jugs, of 5 and 3 gallons.", firstSentence("Two jugs, of 5\nand 3 gallons. And a tap."))
	require.Equal(t, "No end", firstSentence("No  end"))
	require.Empty(t, firstSentence(""))
}
