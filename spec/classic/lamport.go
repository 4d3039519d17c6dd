package classic

import "mcheck/spec"

// LamportMutex is Lamport's distributed mutual exclusion with logical clocks, of n processes whose
// clocks the constraint stops at maxClock.
func LamportMutex(n, maxClock int) *spec.Model {
	procs := upTo(1, n)
	sets := setOf(procs)
	kind := &spec.EnumType{Name: "Kind", Values: []string{"req", "ack", "rel"}}
	msg := &spec.RecordType{Name: "Message", Fields: []spec.Field{{Name: "kind", Type: kind}, {Name: "clock", Type: upTo(0, maxClock)}}}
	// No queue ever holds more than 3 messages; a fourth would be an error of the model.
	queue := &spec.SeqType{Elem: msg, Cap: 3}
	pairs := func(elem spec.Type) spec.Type { return array(procs, array(procs, elem)) }
	square := func(e expr) expr {
		return quant(spec.MapOf, "k", procs, func(expr) expr { return quant(spec.MapOf, "l", procs, func(expr) expr { return e }) })
	}
	clk := &spec.Var{Name: "clk", Type: array(procs, upTo(1, maxClock+1)), Init: everywhere(procs, num(1))}
	req := &spec.Var{Name: "req", Type: pairs(upTo(0, maxClock)), Init: square(num(0)), Doc: "req[p][q]: the request of q that p knows; 0 is none"}
	ack := &spec.Var{Name: "ack", Type: array(procs, sets), Init: everywhere(procs, emptySet(sets)), Doc: "who has acknowledged"}
	net := &spec.Var{Name: "net", Type: pairs(queue), Init: square(emptySeq(queue)), Doc: "net[p][q]: messages from p to q"}
	crit := &spec.Var{Name: "crit", Type: sets, Init: emptySet(sets), Doc: "who is in the critical section"}
	pp, pq := param("p", procs), param("q", procs)
	me, you := p(pp), p(pq)
	// broadcast appends m to the queues from me to all others.
	broadcast := func(m expr) update {
		return set(net, quant(spec.MapOf, "k", procs, func(x expr) expr {
			return cond(eq(x, me), at(net, me, x), push(at(net, me, x), m))
		}), me)
	}
	message := func(k string, clock expr) expr { return record(msg, kind.Val(k), clock) }
	own := at(req, me, me)
	in1 := at(net, you, me) // from you to me
	first := func(k string) expr {
		return all(lt(num(0), length(in1)), eq(field(head(in1), "kind"), kind.Val(k)))
	}
	clock := field(head(in1), "clock")
	pop := set(net, tail(in1), you, me)
	return &spec.Model{
		Name: "LamportMutex", Doc: "Distributed mutual exclusion by timestamps (Lamport 1978).",
		Enums: []*spec.EnumType{kind}, Vars: []*spec.Var{clk, req, ack, net, crit},
		Constraint: forall("x", procs, func(x expr) expr { return le(at(clk, x), num(maxClock)) }),
		Actions: []*spec.Action{
			action("Request", eq(own, num(0)), params(pp),
				set(req, at(clk, me), me, me), set(ack, singleton(sets, me), me), broadcast(message("req", at(clk, me)))),
			action("Enter", all(eq(at(ack, me), fullSet(sets)), forall("x", procs, func(x expr) expr {
				theirs := at(req, me, x)
				return any(eq(x, me), eq(theirs, num(0)), lt(own, theirs), all(eq(own, theirs), lt(me, x)))
			})), params(pp), set(crit, with(v(crit), me))),
			action("Exit", in(me, v(crit)), params(pp),
				set(crit, without(v(crit), me)), set(req, num(0), me, me), set(ack, emptySet(sets), me), broadcast(message("rel", num(0)))),
			action("RcvReq", first("req"), params(pp, pq),
				pop, set(req, clock, me, you), set(clk, add(spec.Bin(spec.Max, at(clk, me), clock), num(1)), me),
				set(net, push(at(net, me, you), message("ack", num(0))), me, you)),
			action("RcvAck", first("ack"), params(pp, pq), pop, set(ack, with(at(ack, me), you), me)),
			action("RcvRel", first("rel"), params(pp, pq), pop, set(req, num(0), me, you)),
		},
		Properties: []*spec.Property{
			invariant("MutualExclusion", "at most one process is in the critical section", le(spec.Un(spec.Cardinality, v(crit)), num(1))),
			invariant("BoundedNetwork", "no queue holds more than three messages", forall("x", procs, func(x expr) expr {
				return forall("y", procs, func(y expr) expr { return le(length(at(net, x, y)), num(3)) })
			})),
		},
	}
}
