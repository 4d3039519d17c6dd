package cread

// judgement is what the properties say of the shared data of a state: for each whether the state is
// one of its situation, and whether its condition holds there.
type judgement struct{ about, holds []bool }

// judge evaluates the properties in a state; once for the same shared data, since they look at
// nothing else. Of CAN_REST, which speaks of two states, situation and condition are asked for by
// themselves.
func (x *search) judge(s *state) *judgement {
	key := string(s.appendShared(nil))
	j := x.judged[key]
	if j != nil {
		return j
	}
	j = &judgement{}
	for _, q := range x.p.props {
		m := newMachine(x.p, s, &thread{}, -1)
		m.mode, m.both = propertyMode, q.kind == "CAN_REST"
		r := m.call(q.fn)
		if r == failed {
			fail(q.fn.def, "a property must not fail: %s: %s", m.failure.at, m.failure.what)
		}
		j.about = append(j.about, !m.elsewhere)
		j.holds = append(j.holds, r == done && m.t.stack[0].n != 0)
	}
	x.judged[key] = j
	return j
}

// result gives the verdicts.
func (x *search) result() *Result {
	r := &Result{States: len(x.keys), Complete: len(x.seen) == len(x.keys)}
	for i := range x.seen {
		if x.seen[i].fail != "" {
			r.Failed++
		}
		if x.seen[i].rest {
			r.Rest++
		}
	}
	for _, f := range x.p.failures {
		r.Failures = append(r.Failures, f.at+": "+f.what)
	}
	everywhere := func(*seen) bool { return true }
	for _, name := range []string{"NoFail", "NoUseAfterFree", "WithinBounds"} {
		r.add(x, name, "", everywhere, func(s *seen) bool { return s.fail != name && s.ghostFail != name })
	}
	r.add(x, "NoDeadlock", "", everywhere, func(s *seen) bool { return !s.deadlock })
	for k, q := range x.p.props {
		about := func(s *seen) bool { return s.about[k] }
		holds := func(s *seen) bool { return s.holds[k] }
		switch q.kind {
		case "INVARIANT":
			r.add(x, q.name, q.kind, about, holds)
		case "AT_REST":
			r.add(x, q.name, q.kind, func(s *seen) bool { return s.rest && s.about[k] }, holds)
		case "COVER":
			x.cover(r, q, about, holds)
		case "CAN_REST":
			x.canRest(r, q, k)
		default:
			r.Properties = append(r.Properties, Property{q.name, q.kind, Undecided, -1})
		}
	}
	return r
}

// add gives the verdict on a property that all states of a situation should have.
func (r *Result) add(x *search, name, kind string, about, holds func(*seen) bool) {
	v := Property{name, kind, Vacuous, -1}
	for i := range x.seen {
		switch s := &x.seen[i]; {
		case !about(s):
		case holds(s):
			if v.Verdict == Vacuous {
				v.Verdict = Holds
			}
		case v.Verdict != Violated:
			v.Verdict, v.Length = Violated, x.depth[i]
		}
	}
	if v.Verdict != Violated && !r.Complete {
		v.Verdict = Undecided
	}
	r.Properties = append(r.Properties, v)
}

// cover: some state of the situation satisfies it.
func (x *search) cover(r *Result, q *property, about, holds func(*seen) bool) {
	v := Property{q.name, q.kind, Vacuous, -1}
	for i := range x.seen {
		if s := &x.seen[i]; holds(s) {
			v.Verdict, v.Length = Holds, x.depth[i]
			break
		} else if about(s) {
			v.Verdict = Violated
		}
	}
	if v.Verdict != Holds && !r.Complete {
		v.Verdict = Undecided
	}
	r.Properties = append(r.Properties, v)
}

// canRest: from each state of the situation a state at rest that satisfies the condition can be
// reached. A backward search from those finds the states from which it can.
func (x *search) canRest(r *Result, q *property, k int) {
	if !r.Complete {
		r.Properties = append(r.Properties, Property{q.name, q.kind, Undecided, -1})
		return
	}
	before := make([][]int, len(x.keys))
	for i, next := range x.next {
		for _, j := range next {
			before[j] = append(before[j], i)
		}
	}
	can := make([]bool, len(x.keys))
	var todo []int
	reach := func(i int) {
		if !can[i] {
			can[i] = true
			todo = append(todo, i)
		}
	}
	for i := range x.seen {
		if s := &x.seen[i]; s.rest && s.holds[k] {
			reach(i)
		}
	}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, j := range before[i] {
			reach(j)
		}
	}
	v := Property{q.name, q.kind, Vacuous, -1}
	for i := range x.seen {
		switch {
		case !x.seen[i].about[k]:
		case can[i]:
			if v.Verdict == Vacuous {
				v.Verdict = Holds
			}
		case v.Verdict != Violated:
			v.Verdict, v.Length = Violated, x.depth[i]
		}
	}
	r.Properties = append(r.Properties, v)
}
