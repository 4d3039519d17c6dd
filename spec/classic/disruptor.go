package classic

import "mcheck/spec"

// Disruptor is a ring buffer of the given size with one producer and several consumers, each of
// which reads every value. The constraint ends it when limit values are published.
func Disruptor(ring, readers, limit int) *spec.Model {
	slotIndex, seqNo := upTo(0, ring-1), upTo(-1, limit)
	reader := members("Reader", "r", readers)
	sets := setOf(reader)
	history := &spec.SeqType{Elem: seqNo, Cap: limit}
	slot := &spec.Var{Name: "slot", Type: array(slotIndex, seqNo), Init: everywhere(slotIndex, num(-1)), Doc: "values; -1 is none"}
	rd := &spec.Var{Name: "rd", Type: array(slotIndex, sets), Init: everywhere(slotIndex, emptySet(sets)), Doc: "who reads the slot"}
	wr := &spec.Var{Name: "wr", Type: array(slotIndex, spec.Bool), Init: everywhere(slotIndex, spec.F), Doc: "is the slot written?"}
	pub := &spec.Var{Name: "pub", Type: seqNo, Init: num(-1), Doc: "last published"}
	read := &spec.Var{Name: "read", Type: array(reader, seqNo), Init: everywhere(reader, num(-1)), Doc: "last read"}
	got := &spec.Var{Name: "got", Type: array(reader, history), Init: everywhere(reader, emptySeq(history)), Doc: "all that was read"}
	wbusy := &spec.Var{Name: "wbusy", Type: spec.Bool, Init: spec.F}
	rbusy := &spec.Var{Name: "rbusy", Type: array(reader, spec.Bool), Init: everywhere(reader, spec.F)}
	r := param("r", reader)
	next := add(v(pub), num(1))
	w := mod(next, num(ring))
	mine := add(at(read, p(r)), num(1))
	k := mod(mine, num(ring))
	return &spec.Model{
		Name: "Disruptor", Doc: "A ring buffer with one producer and several consumers.",
		Enums: []*spec.EnumType{reader}, Vars: []*spec.Var{slot, rd, wr, pub, read, got, wbusy, rbusy},
		Constraint: lt(v(pub), num(limit)),
		Actions: []*spec.Action{
			action("BeginWrite", all(not(v(wbusy)), forall("x", reader, func(x expr) expr { return le(sub(next, num(ring)), at(read, x)) })), nil,
				set(wr, spec.T, w), set(slot, next, w), set(wbusy, spec.T)),
			action("EndWrite", v(wbusy), nil, set(wr, spec.F, w), set(pub, next), set(wbusy, spec.F)),
			action("BeginRead", all(not(at(rbusy, p(r))), le(mine, v(pub))), params(r),
				set(rd, with(at(rd, k), p(r)), k), set(got, push(at(got, p(r)), at(slot, k)), p(r)), set(rbusy, spec.T, p(r))),
			action("EndRead", at(rbusy, p(r)), params(r),
				set(rd, without(at(rd, k), p(r)), k), set(read, mine, p(r)), set(rbusy, spec.F, p(r))),
		},
		Properties: []*spec.Property{
			invariant("NoRace", "no slot is read while it is written",
				forall("x", slotIndex, func(x expr) expr { return implies(at(wr, x), eq(at(rd, x), emptySet(sets))) })),
		},
	}
}
