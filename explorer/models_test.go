package explorer

import (
	"fmt"

	. "mcheck/spec"
)

// Three published models, in the sizes that the tests and benchmarks here want.

func names(prefix string, n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("%s%d", prefix, i))
	}
	return out
}

func mapOf(index Type, name string, f func(p Expr) Expr) Expr {
	p := &Param{Name: name, Type: index}
	return &Quant{Op: MapOf, Param: p, Body: f(P(p))}
}

func quantOf(op Op, index Type, name string, f func(p Expr) Expr) Expr {
	p := &Param{Name: name, Type: index}
	return &Quant{Op: op, Param: p, Body: f(P(p))}
}

func do(us ...Update) *Do { return &Do{Updates: us} }

// twoPhase is two-phase commit with n resource managers (Lamport and Gray).
func twoPhase(n int) *Model {
	rm := &EnumType{Name: "RM", Values: names("r", n), Symbolic: true}
	st := &EnumType{Name: "RMState", Values: []string{"working", "prepared", "committed", "aborted"}}
	tmst := &EnumType{Name: "TMState", Values: []string{"init", "committed", "aborted"}}
	set := &SetType{Elem: rm}
	rmT := &ArrayType{Index: rm, Elem: st}
	s := &Var{Name: "rmState", Type: rmT, Init: mapOf(rm, "i", func(Expr) Expr { return st.Val("working") })}
	tm := &Var{Name: "tmState", Type: tmst, Init: tmst.Val("init")}
	seen := &Var{Name: "tmPrepared", Type: set, Init: &Lit{N: 0, T: set}}
	sent := &Var{Name: "sent", Type: set, Init: &Lit{N: 0, T: set}}
	commit := &Var{Name: "commit", Type: Bool, Init: F}
	abort := &Var{Name: "abort", Type: Bool, Init: F}
	r := &Param{Name: "r", Type: rm}
	single := func() Expr { return &Composite{T: set, Elems: []Expr{P(r)}} }
	is := func(x *Var, v Expr) Expr { return Bin(Eq, V(x), v) }
	at := func(v string) Expr { return Bin(Eq, At(s, P(r)), st.Val(v)) }
	per := func(name string, guard Expr, us ...Update) *Action {
		return &Action{Name: name, Params: []*Param{r}, Guard: guard, Body: do(us...), Actor: 0}
	}
	return &Model{
		Name: "TwoPhase", Enums: []*EnumType{rm, st, tmst}, Vars: []*Var{s, tm, seen, sent, commit, abort},
		Actions: []*Action{
			per("TMRcvPrepared", All(is(tm, tmst.Val("init")), Bin(In, P(r), V(sent))), Set(seen, Bin(Union, V(seen), single()))),
			{Name: "TMCommit", Actor: -1, Guard: All(is(tm, tmst.Val("init")), is(seen, &Lit{N: 1<<n - 1, T: set})), Body: do(Set(tm, tmst.Val("committed")), Set(commit, T))},
			{Name: "TMAbort", Actor: -1, Guard: is(tm, tmst.Val("init")), Body: do(Set(tm, tmst.Val("aborted")), Set(abort, T))},
			per("RMPrepare", at("working"), Set(s, st.Val("prepared"), P(r)), Set(sent, Bin(Union, V(sent), single()))),
			per("RMChooseAbort", at("working"), Set(s, st.Val("aborted"), P(r))),
			per("RMRcvCommit", V(commit), Set(s, st.Val("committed"), P(r))),
			per("RMRcvAbort", V(abort), Set(s, st.Val("aborted"), P(r))),
		},
		Properties: []*Property{{Name: "Consistent", Kind: Invariant, Cond: quantOf(Forall, rm, "a", func(a Expr) Expr {
			return quantOf(Forall, rm, "b", func(b Expr) Expr {
				return Un(Not, All(Bin(Eq, At(s, a), st.Val("aborted")), Bin(Eq, At(s, b), st.Val("committed"))))
			})
		})}},
	}
}

// simpleRegular is Lamport's "simple" algorithm with regular registers, for n processes.
func simpleRegular(n int) *Model {
	proc := &RangeType{Lo: 0, Hi: int64(n - 1)}
	reg := &EnumType{Name: "Reg", Values: []string{"zero", "both", "one"}}
	label := &EnumType{Name: "Label", Values: []string{"a1", "a2", "b", "done"}}
	bit := &RangeType{Lo: 0, Hi: 1}
	x := &Var{Name: "x", Type: &ArrayType{Index: proc, Elem: reg}, Init: mapOf(proc, "a", func(Expr) Expr { return reg.Val("zero") })}
	y := &Var{Name: "y", Type: &ArrayType{Index: proc, Elem: bit}, Init: mapOf(proc, "a", func(Expr) Expr { return &Lit{N: 0, T: bit} })}
	pc := &Var{Name: "pc", Type: &ArrayType{Index: proc, Elem: label}, Init: mapOf(proc, "a", func(Expr) Expr { return label.Val("a1") })}
	i := &Param{Name: "i", Type: proc}
	v := &Param{Name: "v", Type: bit}
	at := func(l string) Expr { return Bin(Eq, At(pc, P(i)), label.Val(l)) }
	goTo := func(l string) Update { return Set(pc, label.Val(l), P(i)) }
	left := At(x, Bin(Mod, Bin(Add, P(i), Int(int64(n-1))), Int(int64(n))))
	done := quantOf(Forall, proc, "k", func(j Expr) Expr { return Bin(Eq, At(pc, j), label.Val("done")) })
	return &Model{
		Name: "SimpleRegular", Enums: []*EnumType{reg, label}, Vars: []*Var{x, y, pc},
		Actions: []*Action{
			{Name: "A1", Params: []*Param{i}, Guard: at("a1"), Body: do(Set(x, reg.Val("both"), P(i)), goTo("a2"))},
			{Name: "A2", Params: []*Param{i}, Guard: at("a2"), Body: do(Set(x, reg.Val("one"), P(i)), goTo("b"))},
			{Name: "B", Params: []*Param{i, v}, Guard: All(at("b"), Any(
				Bin(Eq, left, reg.Val("both")), All(Bin(Eq, left, reg.Val("zero")), Bin(Eq, P(v), Int(0))), All(Bin(Eq, left, reg.Val("one")), Bin(Eq, P(v), Int(1))))),
				Body: do(Set(y, P(v), P(i)), goTo("done"))},
			{Name: "Terminating", Actor: -1, Guard: done, Body: do()},
		},
		Properties: []*Property{{Name: "PCorrect", Kind: Invariant, When: done,
			Cond: quantOf(Exists, proc, "j", func(j Expr) Expr { return Bin(Eq, At(y, j), Int(1)) })}},
	}
}

// lamportMutex is Lamport's mutual exclusion with logical clocks, for n processes and clocks up to maxClock.
func lamportMutex(n, maxClock int) *Model {
	proc := &RangeType{Lo: 1, Hi: int64(n)}
	clock := &RangeType{Lo: 1, Hi: int64(maxClock + 1)}
	reqT := &RangeType{Lo: 0, Hi: int64(maxClock)}
	msg := &RangeType{Lo: 0, Hi: int64(maxClock + 1)} // 0: acknowledgement; 1..maxClock: request; else release
	rel := &Lit{N: int64(maxClock + 1), T: msg}
	ackMsg := &Lit{N: 0, T: msg}
	seq := &SeqType{Elem: msg, Cap: 3}
	set := &SetType{Elem: proc}
	per := func(e Type) *ArrayType { return &ArrayType{Index: proc, Elem: e} }
	all := func(name string, e Expr) Expr { return mapOf(proc, name, func(Expr) Expr { return e }) }
	none := &Lit{N: 0, T: set}
	clk := &Var{Name: "clk", Type: per(clock), Init: all("a", &Lit{N: 1, T: clock})}
	req := &Var{Name: "req", Type: per(per(reqT)), Init: all("a", all("b", &Lit{N: 0, T: reqT}))}
	ack := &Var{Name: "ack", Type: per(set), Init: all("a", none)}
	net := &Var{Name: "net", Type: per(per(seq)), Init: all("a", all("b", &Composite{T: seq}))}
	crit := &Var{Name: "crit", Type: set, Init: none}
	p, q := &Param{Name: "p", Type: proc}, &Param{Name: "q", Type: proc}
	P_, Q := P(p), P(q)
	sendAll := func(m Expr) Update {
		return Set(net, mapOf(proc, "to", func(to Expr) Expr {
			return &If{Cond: Bin(Eq, to, P_), Then: At(net, P_, to), Else: Bin(Append, At(net, P_, to), m)}
		}), P_)
	}
	in := At(net, Q, P_)
	head := Un(Head, in)
	some := Bin(Gt, Un(Len, in), Int(0))
	one := func(e Expr) Expr { return &Composite{T: set, Elems: []Expr{e}} }
	single := func(name string, g Expr, us ...Update) *Action {
		return &Action{Name: name, Params: []*Param{p}, Guard: g, Body: do(us...)}
	}
	receive := func(name string, g Expr, us ...Update) *Action {
		return &Action{Name: name, Params: []*Param{p, q}, Guard: All(Bin(Ne, P_, Q), some, g), Body: do(append([]Update{Set(net, Un(Tail, in), Q, P_)}, us...)...)}
	}
	before := quantOf(Forall, proc, "j", func(o Expr) Expr {
		mine, other := At(req, P_, P_), At(req, P_, o)
		return Any(Bin(Eq, o, P_), Bin(Eq, other, Int(0)), Bin(Lt, mine, other), All(Bin(Eq, mine, other), Bin(Lt, P_, o)))
	})
	return &Model{
		Name: "LamportMutex", Vars: []*Var{clk, req, ack, net, crit},
		Constraint: quantOf(Forall, proc, "j", func(o Expr) Expr { return Bin(Le, At(clk, o), Int(int64(maxClock))) }),
		Actions: []*Action{
			single("Request", Bin(Eq, At(req, P_, P_), Int(0)), Set(req, At(clk, P_), P_, P_), Set(ack, one(P_), P_), sendAll(At(clk, P_))),
			single("Enter", All(Bin(Eq, At(ack, P_), &Lit{N: 1<<n - 1, T: set}), before), Set(crit, Bin(Union, V(crit), one(P_)))),
			single("Exit", Bin(In, P_, V(crit)), Set(crit, Bin(Minus, V(crit), one(P_))), Set(req, Int(0), P_, P_), Set(ack, none, P_), sendAll(rel)),
			receive("RcvReq", All(Bin(Ne, head, ackMsg), Bin(Ne, head, rel)),
				Set(req, head, P_, Q), Set(clk, Bin(Add, Bin(Max, At(clk, P_), head), Int(1)), P_), Set(net, Bin(Append, At(net, P_, Q), ackMsg), P_, Q)),
			receive("RcvAck", Bin(Eq, head, ackMsg), Set(ack, Bin(Union, At(ack, P_), one(Q)), P_)),
			receive("RcvRel", Bin(Eq, head, rel), Set(req, Int(0), P_, Q)),
		},
		Properties: []*Property{{Name: "Mutex", Kind: Invariant, Cond: Bin(Le, Un(Cardinality, V(crit)), Int(1))}},
	}
}
