package spec_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
)

func TestReadAndWritten(t *testing.T) {
	s := newSample()
	require.Equal(t, []*spec.Var{s.pc, s.set}, spec.VarsRead(s.act.Guard))
	require.Equal(t, []*spec.Var{s.pc, s.set, s.n, s.gh}, spec.VarsRead(s.act.Exprs()...))
	require.Equal(t, []*spec.Var{s.pc, s.opt, s.gh}, spec.VarsWritten(s.act.Body))
	require.Equal(t, []*spec.Param{s.p}, spec.ParamsRead(s.act.Guard))
	require.Empty(t, spec.ParamsRead(s.pc.Init), "bound inside")
	require.Len(t, spec.Conjuncts(spec.All(spec.T, s.act.Guard, spec.F)), 4)
}

func TestSubstitute(t *testing.T) {
	s := newSample()
	red := map[*spec.Param]spec.Expr{s.p: s.color.Val("red")}
	before := spec.ExprString(s.act.Guard)
	require.Equal(t, "pc[red] = 0 and red in set", spec.ExprString(spec.Substitute(s.act.Guard, red)))
	require.Equal(t, before, spec.ExprString(s.act.Guard), "not changed in place")
	us := spec.Updates(spec.SubstituteNode(s.act.Body, red))
	require.Equal(t, []string{"pc[red] := 1", "opt := red", "gh := n"}, []string{us[0].String(), us[1].String(), us[2].String()})
	same := spec.Substitute(s.prop.Cond, red)
	require.Same(t, s.prop.Cond, same, "shared where nothing changes")
}
