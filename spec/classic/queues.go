package classic

import "mcheck/spec"

// AlternatingBit is the protocol over two queues that lose messages, each with at most n of them in
// the states that count.
func AlternatingBit(n int) *spec.Model {
	data := &spec.EnumType{Name: "Data", Values: []string{"x", "y"}, Symbolic: true}
	bit := upTo(0, 1)
	msg := &spec.RecordType{Name: "Message", Fields: []spec.Field{{Name: "bit", Type: bit}, {Name: "datum", Type: data}}}
	// One more than the constraint allows: such a state is generated.
	mqType, aqType := &spec.SeqType{Elem: msg, Cap: n + 1}, &spec.SeqType{Elem: bit, Cap: n + 1}
	mq := &spec.Var{Name: "mq", Type: mqType, Init: emptySeq(mqType), Doc: "messages under way"}
	aq := &spec.Var{Name: "aq", Type: aqType, Init: emptySeq(aqType), Doc: "acknowledgements under way"}
	sb := &spec.Var{Name: "sb", Type: bit, Doc: "bit of the message being sent"}
	sa := &spec.Var{Name: "sa", Type: bit, Doc: "bit last acknowledged"}
	rb := &spec.Var{Name: "rb", Type: bit, Doc: "bit last received"}
	sent := &spec.Var{Name: "sent", Type: data}
	rcvd := &spec.Var{Name: "rcvd", Type: data}
	d, k := param("d", data), param("k", upTo(1, n))
	flipped := sub(num(1), v(sb))
	notEmpty := func(q *spec.Var) expr { return lt(num(0), length(v(q))) }
	return &spec.Model{
		Name: "AlternatingBit", Doc: "The alternating bit protocol over lossy queues.",
		Enums: []*spec.EnumType{data}, Vars: []*spec.Var{mq, aq, sb, sa, rb, sent, rcvd},
		InitWhere:  all(eq(v(sb), v(sa)), eq(v(sa), v(rb))),
		Constraint: all(le(length(v(mq)), num(n)), le(length(v(aq)), num(n))),
		Actions: []*spec.Action{
			action("SendNew", eq(v(sa), v(sb)), params(d), set(sent, p(d)), set(sb, flipped), set(mq, push(v(mq), record(msg, flipped, p(d))))),
			action("Resend", ne(v(sa), v(sb)), nil, set(mq, push(v(mq), record(msg, v(sb), v(sent))))),
			action("Recv", notEmpty(mq), nil, set(rb, field(head(v(mq)), "bit")), set(rcvd, field(head(v(mq)), "datum")), set(mq, tail(v(mq)))),
			action("SendAck", nil, nil, set(aq, push(v(aq), v(rb)))),
			action("RecvAck", notEmpty(aq), nil, set(sa, head(v(aq))), set(aq, tail(v(aq)))),
			action("LoseMsg", le(p(k), length(v(mq))), params(k), set(mq, spec.Bin(spec.RemoveAt, v(mq), p(k)))),
			action("LoseAck", le(p(k), length(v(aq))), params(k), set(aq, spec.Bin(spec.RemoveAt, v(aq), p(k)))),
		},
		Properties: []*spec.Property{
			invariant("Acknowledged", "a message that has been acknowledged has been received",
				implies(eq(v(sa), v(sb)), eq(v(rb), v(sb)))),
		},
	}
}

// InnerFIFO is a buffer of at most n out of nData data between two channels with a two-phase
// handshake.
func InnerFIFO(nData, n int) *spec.Model {
	data := members("Data", "d", nData)
	bit := upTo(0, 1)
	channel := &spec.RecordType{Name: "Channel", Fields: []spec.Field{{Name: "val", Type: data}, {Name: "rdy", Type: bit}, {Name: "ack", Type: bit}}}
	qType := &spec.SeqType{Elem: data, Cap: n + 1} // one more than the constraint allows
	input := &spec.Var{Name: "input", Type: channel}
	output := &spec.Var{Name: "output", Type: channel}
	q := &spec.Var{Name: "q", Type: qType, Init: emptySeq(qType)}
	free := func(c *spec.Var) expr { return eq(field(v(c), "rdy"), field(v(c), "ack")) }
	flip := func(c *spec.Var, f string) update { return setField(c, f, sub(num(1), field(v(c), f))) }
	d := param("d", data)
	return &spec.Model{
		Name: "InnerFIFO", Doc: "A bounded buffer between two handshake channels (Lamport).",
		Enums: []*spec.EnumType{data}, Vars: []*spec.Var{input, output, q},
		InitWhere:  all(free(input), free(output)),
		Constraint: le(length(v(q)), num(n)),
		Actions: []*spec.Action{
			action("Put", free(input), params(d), setField(input, "val", p(d)), flip(input, "rdy")),
			action("BufRecv", not(free(input)), nil, set(q, push(v(q), field(v(input), "val"))), flip(input, "ack")),
			action("BufSend", all(lt(num(0), length(v(q))), free(output)), nil,
				setField(output, "val", head(v(q))), flip(output, "rdy"), set(q, tail(v(q)))),
			action("Get", not(free(output)), nil, flip(output, "ack")),
		},
	}
}

// ReadersWriters is n actors that read and write in the order of their requests.
func ReadersWriters(n int) *spec.Model {
	actor := members("Actor", "a", n)
	kind := &spec.EnumType{Name: "Kind", Values: []string{"read", "write"}}
	request := &spec.RecordType{Name: "Request", Fields: []spec.Field{{Name: "kind", Type: kind}, {Name: "actor", Type: actor}}}
	qType, actors := &spec.SeqType{Elem: request, Cap: 2 * n}, setOf(actor)
	readers := &spec.Var{Name: "R", Type: actors, Init: emptySet(actors), Doc: "who reads"}
	writers := &spec.Var{Name: "W", Type: actors, Init: emptySet(actors), Doc: "who writes"}
	q := &spec.Var{Name: "q", Type: qType, Init: emptySeq(qType), Doc: "requests in order"}
	a := param("a", actor)
	ask := func(name, k string) *spec.Action {
		r := record(request, kind.Val(k), p(a))
		waiting := exists("x", upTo(1, 2*n), func(x expr) expr { return all(le(x, length(v(q))), eq(at(q, x), r)) })
		return action(name, not(waiting), params(a), set(q, push(v(q), r)))
	}
	first := head(v(q))
	reads, who := eq(field(first, "kind"), kind.Val("read")), field(first, "actor")
	serve := action("Serve", all(lt(num(0), length(v(q))), eq(v(writers), emptySet(actors)), any(reads, eq(v(readers), emptySet(actors)))), nil)
	serve.Body = &spec.Branch{
		Cond: reads,
		Then: &spec.Do{Updates: []update{set(readers, with(v(readers), who)), set(q, tail(v(q)))}},
		Else: &spec.Do{Updates: []update{set(writers, with(v(writers), who)), set(q, tail(v(q)))}},
	}
	stop := action("Stop", any(in(p(a), v(readers)), in(p(a), v(writers))), params(a))
	stop.Body = &spec.Branch{
		Cond: in(p(a), v(readers)),
		Then: &spec.Do{Updates: []update{set(readers, without(v(readers), p(a)))}},
		Else: &spec.Do{Updates: []update{set(writers, without(v(writers), p(a)))}},
	}
	card := func(s *spec.Var) expr { return spec.Un(spec.Cardinality, v(s)) }
	return &spec.Model{
		Name: "ReadersWriters", Doc: "Readers and writers, served first come, first served.",
		Enums: []*spec.EnumType{actor, kind}, Vars: []*spec.Var{readers, writers, q},
		Actions: []*spec.Action{ask("AskRead", "read"), ask("AskWrite", "write"), serve, stop},
		Properties: []*spec.Property{
			invariant("Exclusive", "nobody reads while somebody writes", any(eq(card(readers), num(0)), eq(card(writers), num(0)))),
			invariant("OneWriter", "at most one actor writes", le(card(writers), num(1))),
		},
	}
}
