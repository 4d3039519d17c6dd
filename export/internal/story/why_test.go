package story

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
)

func TestWhy(t *testing.T) {
	task := &spec.EnumType{Name: "Task", Values: []string{"main", "walker"}}
	slot := &spec.EnumType{Name: "Mount", Values: []string{"M1", "M2"}}
	small := &spec.RangeType{Lo: 0, Hi: 3}
	late := &spec.Var{Name: "late", Type: &spec.ArrayType{Index: task, Elem: spec.Bool}}
	count := &spec.Var{Name: "count", Type: &spec.ArrayType{Index: slot, Elem: small}}
	place := &spec.Var{Name: "place", Type: &spec.OptionType{Elem: slot}}
	m := &spec.Model{Vars: []*spec.Var{late, count, place}}
	// main is late; the mount that is in place has a count of 2.
	state := spec.State{{Elems: []spec.Value{{N: 1}, {N: 0}}}, {Elems: []spec.Value{{N: 0}, {N: 2}}}, {N: 1}}
	not := func(e spec.Expr) spec.Expr { return spec.Un(spec.Not, e) }
	onTime := func(who string) spec.Expr { return not(spec.At(late, task.Val(who))) }
	is := func(x spec.Expr, n int64) spec.Expr { return spec.Bin(spec.Eq, x, spec.Int(n)) }
	each := &spec.Param{Name: "t", Type: task}
	q := func(op spec.Op, body spec.Expr) spec.Expr { return &spec.Quant{Op: op, Param: each, Body: body} }
	lateMain := Reason{"not late[main]", []string{"late[main] is true"}}

	for _, tc := range []struct {
		name string
		cond spec.Expr
		want []Reason
	}{
		{"the conjunct that fails", spec.All(onTime("walker"), onTime("main"), is(spec.At(count, slot.Val("M1")), 0)), []Reason{lateMain}},
		{"all that fail", spec.All(onTime("main"), is(spec.At(count, slot.Val("M2")), 0)),
			[]Reason{lateMain, {"count[M2] = 0", []string{"count[M2] is 2"}}}},
		{"what a conjunct guards", spec.All(spec.Bin(spec.Eq, spec.V(place), spec.Null(slot)), is(spec.At(count, spec.Null(slot)), 1)),
			[]Reason{{"place = NULL", []string{"place is M2"}}}},
		{"the value that fails", q(spec.Forall, not(spec.At(late, spec.P(each)))), []Reason{lateMain}},
		{"a disjunction fails as a whole", spec.Any(onTime("main"), spec.At(late, task.Val("walker"))),
			[]Reason{{"not late[main] or late[walker]", []string{"late[main] is true", "late[walker] is false"}}}},
		{"a place found through another", is(spec.At(count, spec.V(place)), 1), []Reason{{"count[place] = 1", []string{"count[M2] is 2", "place is M2"}}}},
		{"a sum over all of them", is(q(spec.Count, spec.At(late, spec.P(each))), 0),
			[]Reason{{"(count t in Task: late[t]) = 0", []string{"late is [main: true, walker: false]"}}}},
		{"nothing to say", spec.F, nil},
		{"can't be evaluated", spec.Any(spec.F, is(spec.At(count, spec.Null(slot)), 1)), nil},
	} {
		require.Equal(t, tc.want, Why(m, &spec.Property{Cond: tc.cond}, state), tc.name)
	}

	cover := &spec.Property{Kind: spec.Cover, When: spec.Any(onTime("main"), spec.At(late, task.Val("main"))), Cond: q(spec.Exists, not(spec.At(late, spec.P(each))))}
	require.Equal(t, []Reason{{"late[main]", []string{"late[main] is true"}}, {"not late[walker]", []string{"late[walker] is false"}}}, Why(m, cover, state))
	require.Empty(t, Why(m, &spec.Property{Kind: spec.CanRest, Cond: onTime("main")}, state))
}
