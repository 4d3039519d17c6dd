package slice_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
	"mcheck/spec/slice"
)

// A task goes on from the label start only while its flag is down, so that the flag is down when it
// comes to the label wait; there it needs it up. Only the machine raises it, at any time: what the
// machine does must count at labels that are found after it.
func TestWritesReachLabelsFoundLater(t *testing.T) {
	task := &spec.EnumType{Name: "Task", Values: []string{"a"}, Symbolic: true}
	label := &spec.EnumType{Name: "Label", Values: []string{"start", "wait", "done"}}
	pcs, flags := &spec.ArrayType{Index: task, Elem: label}, &spec.ArrayType{Index: task, Elem: spec.Bool}
	pc := &spec.Var{Name: "pc", Type: pcs, Init: &spec.Composite{T: pcs, Elems: []spec.Expr{label.Val("start")}}}
	flag := &spec.Var{Name: "flag", Type: flags, Init: &spec.Composite{T: flags, Elems: []spec.Expr{spec.F}}}
	q := &spec.Param{Name: "q", Type: task}
	step := func(name, from, to string, up spec.Expr) *spec.Action {
		p := &spec.Param{Name: "p", Type: task}
		return &spec.Action{
			Name: name, Params: []*spec.Param{p},
			Guard: spec.Bin(spec.And, spec.Bin(spec.Eq, spec.At(pc, spec.P(p)), label.Val(from)), spec.Bin(spec.Eq, spec.At(flag, spec.P(p)), up)),
			Body:  &spec.Do{Updates: []spec.Update{spec.Set(pc, label.Val(to), spec.P(p))}},
		}
	}
	m := &spec.Model{
		Name: "Flag", Enums: []*spec.EnumType{task, label}, Vars: []*spec.Var{pc, flag},
		Actions: []*spec.Action{
			step("Go", "wait", "done", spec.T),
			{Name: "Raise", Actor: -1, Kind: spec.ActorMachine, Params: []*spec.Param{q}, Body: &spec.Do{Updates: []spec.Update{spec.Set(flag, spec.T, spec.P(q))}}},
			step("Start", "start", "wait", spec.F),
		},
	}
	sliced, rep := slice.Slice(m)
	require.Empty(t, rep.Unreachable)
	agree(t, m, sliced, rep)
}
