package cmodel

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
)

// The front end going wrong is told apart from a program that is wrong.
func TestUnwound(t *testing.T) {
	c := &compiler{errs: &errs{}}
	for _, c := range []*compiler{nil, c} {
		err := unwound("the sky falls", c)
		require.ErrorIs(t, err, spec.ErrInternal)
		require.ErrorContains(t, err, "the sky falls")
	}
	c.errs.add(spec.Pos{File: "a.c", Line: 1, Col: 2}, "", "no such thing")
	err := unwound(bailout{}, c)
	require.NotErrorIs(t, err, spec.ErrInternal)
	var list ErrorList
	require.ErrorAs(t, err, &list)
	require.EqualError(t, list, "a.c:1:2: no such thing")
}
