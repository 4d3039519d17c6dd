package classic

import "mcheck/spec"

var rmStates = []string{"working", "prepared", "committed", "aborted"}

// resources declares the n resource managers of a commit protocol and their states.
func resources(n int) (rm, label *spec.EnumType, s *spec.Var, consistent *spec.Property) {
	rm = members("RM", "r", n)
	label = &spec.EnumType{Name: "RMState", Values: rmStates}
	s = &spec.Var{Name: "s", Type: array(rm, label), Init: everywhere(rm, label.Val("working")), Doc: "state of each resource manager"}
	some := func(x, label2 string) expr {
		return exists(x, rm, func(r expr) expr { return eq(at(s, r), label.Val(label2)) })
	}
	consistent = invariant("Consistent", "no resource manager has committed while another has aborted",
		not(all(some("x", "aborted"), some("y", "committed"))))
	return rm, label, s, consistent
}

// TCommit is the commitment of a transaction by n resource managers, without a protocol.
func TCommit(n int) *spec.Model {
	rm, label, s, consistent := resources(n)
	r := param("r", rm)
	is := func(i expr, l string) expr { return eq(at(s, i), label.Val(l)) }
	to := func(l string) update { return set(s, label.Val(l), p(r)) }
	return &spec.Model{
		Name: "TCommit", Doc: "Resource managers agree on committing or aborting a transaction (Gray and Lamport).",
		Enums: []*spec.EnumType{rm, label}, Vars: []*spec.Var{s},
		Actions: []*spec.Action{
			action("Prepare", is(p(r), "working"), params(r), to("prepared")),
			action("Commit", all(is(p(r), "prepared"), forall("x", rm, func(x expr) expr { return oneOf(at(s, x), "prepared", "committed") })),
				params(r), to("committed")),
			action("Abort", all(oneOf(at(s, p(r)), "working", "prepared"), forall("x", rm, func(x expr) expr { return not(is(x, "committed")) })),
				params(r), to("aborted")),
		},
		Properties: []*spec.Property{consistent},
	}
}

// TwoPhase is the two-phase commit protocol with n resource managers and a set of messages that
// only grows. A state takes 4 n + 4 bits.
func TwoPhase(n int) *spec.Model {
	rm, label, s, consistent := resources(n)
	tmState := &spec.EnumType{Name: "TMState", Values: []string{"init", "committed", "aborted"}}
	rms := setOf(rm)
	tm := &spec.Var{Name: "tm", Type: tmState, Init: tmState.Val("init"), Doc: "state of the transaction manager"}
	seen := &spec.Var{Name: "seen", Type: rms, Init: emptySet(rms), Doc: "whose prepared messages the manager has received"}
	sent := &spec.Var{Name: "sent", Type: rms, Init: emptySet(rms), Doc: "who has sent a prepared message"}
	commit := &spec.Var{Name: "commit", Type: spec.Bool, Init: spec.F, Doc: "the commit message has been sent"}
	abort := &spec.Var{Name: "abort", Type: spec.Bool, Init: spec.F, Doc: "the abort message has been sent"}
	r := param("r", rm)
	fresh := eq(v(tm), tmState.Val("init"))
	working := eq(at(s, p(r)), label.Val("working"))
	to := func(l string) update { return set(s, label.Val(l), p(r)) }
	return &spec.Model{
		Name: "TwoPhase", Doc: "The two-phase commit protocol (Gray and Lamport).",
		Enums: []*spec.EnumType{rm, label, tmState}, Vars: []*spec.Var{s, tm, seen, sent, commit, abort},
		Actions: []*spec.Action{
			action("TMRcvPrepared", all(fresh, in(p(r), v(sent))), params(r), set(seen, with(v(seen), p(r)))),
			action("TMCommit", all(fresh, eq(v(seen), fullSet(rms))), nil, set(tm, tmState.Val("committed")), set(commit, spec.T)),
			action("TMAbort", fresh, nil, set(tm, tmState.Val("aborted")), set(abort, spec.T)),
			action("RMPrepare", working, params(r), to("prepared"), set(sent, with(v(sent), p(r)))),
			action("RMChooseToAbort", working, params(r), to("aborted")),
			action("RMRcvCommit", v(commit), params(r), to("committed")),
			action("RMRcvAbort", v(abort), params(r), to("aborted")),
		},
		Properties: []*spec.Property{consistent},
	}
}
