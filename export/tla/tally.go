package tla

import (
	"fmt"
	"strings"

	"mcheck/spec"
)

// Tally is a companion module with an invariant that is never violated: as TLC evaluates it once
// for each distinct state, it counts, with one worker. TLC prints
//
//	<<"first", i, n>>  on the first state that breaks the i-th property (from 1), n steps away
//	<<"count", k, n>>  for the k-th of Counts (from 1), once the expected number of states is met
//
// One run so says how often each property is in its situation and broken, what takes a run for each
// property otherwise, as TLC stops at a violation or reports every state that is one; and a
// property that is printed as something weaker is noticed where it is not broken as often.
type Tally struct {
	Name, Module string
	// Invariant is the operator that counts and prints.
	Invariant string
	Counts    []Count
}

// Count is what one of the counters of a Tally counts, of the states within the constraint.
type Count struct {
	// Property is nil for the states at rest.
	Property *spec.Property
	// Hits: the states that break it; of a COVER those that cover, of a CAN_REST those at rest
	// with its condition. Otherwise it is the states in its situation that are counted.
	Hits bool
}

// Tally returns that module, for as many distinct states as a search has found.
func (s *Spec) Tally(distinct int64) *Tally {
	p := s.p
	pick, release := p.borrow()
	defer release()
	t := &Tally{Name: pick(s.Name + "_tally"), Invariant: pick("Tallied")}
	count, first, at, is := pick("Count"), pick("First"), pick("i"), pick("is")

	props := s.m.Properties
	register := len(props) // the first of them say whether a property was broken
	counter := func(c Count) int {
		t.Counts = append(t.Counts, c)
		return register + len(t.Counts)
	}
	var firsts, counts []box
	add := func(c Count, e box) {
		counts = append(counts, hang(fmt.Sprintf("%s(%d, ", count, counter(c)), e, ")"))
	}
	rest := pick("rest") // ENABLED of all steps is the costliest part of a state
	if p.uses.rest {
		add(Count{}, box{rest})
	}
	for k, q := range props {
		name := p.sym.props[q]
		situation := p.situation(q, rest)
		add(Count{Property: q}, situation)
		hits := box{"~" + name}
		switch {
		case IsInvariant(q.Kind):
			firsts = append(firsts, box{fmt.Sprintf("%s(%d, %s)", first, k+1, name)})
		case q.Kind == spec.CanRest:
			hits = box{name}
		default:
			hits = bullets(`/\`, []box{situation, hang("~(", p.expr(q.Cond, -1, width-24), ")")})
		}
		add(Count{Property: q, Hits: true}, hits)
	}
	all := register + len(t.Counts) + 1
	counts = append(counts, box{fmt.Sprintf("%s(%d, TRUE)", count, all)})
	counts = append(counts, box{fmt.Sprintf(`TLCGet(%d) # %d \/ \A %s \in 1..%d : PrintT(<<"count", %s, TLCGet(%d + %s)>>)`,
		all, distinct, at, len(t.Counts), at, register, at)})

	out := box{title(t.Name)}
	out = append(out, comment("", "The module "+s.Name+" with an invariant that is never violated: TLC counts the states in the situation of each property and those that break it.")...)
	out = append(out, "EXTENDS "+s.Name+", Integers, TLC", "",
		fmt.Sprintf(`%s(%s, %s) == %s => TLCSet(%s, TLCGet(%s) + 1)`, count, at, is, is, at, at),
		fmt.Sprintf(`%s(%s, %s) == TLCGet(%s) \/ %s \/ (TLCSet(%s, TRUE) /\ PrintT(<<"first", %s, TLCGet("level")>>))`, first, at, is, at, is, at, at), "")
	within := bullets(`/\`, counts)
	if p.uses.rest {
		within = stack(box{"LET " + rest + " == " + p.sym.atRest}, hang("IN ", within, ""))
	}
	if s.m.Constraint != nil {
		within = stack(box{p.sym.constraint}, hang("=> ", within, ""))
	}
	out = append(out, hang(t.Invariant+" == ", bullets(`/\`, append(firsts, within)), "")...)
	out = append(out, "",
		fmt.Sprintf(`ASSUME \A %s \in 1..%d : TLCSet(%s, FALSE)`, at, register, at),
		fmt.Sprintf(`ASSUME \A %s \in %d..%d : TLCSet(%s, 0)`, at, register+1, all, at),
		"", strings.Repeat("=", width-2))
	t.Module = strings.Join(out, "\n") + "\n"
	return t
}

// situation is the situation of q as a state predicate; atRest is what says that the state is at
// rest.
func (p *printer) situation(q *spec.Property, atRest string) box {
	e := orNil(q.When, q.From)
	switch rest := q.Kind == spec.AtRest || q.Kind == spec.Deadlock; {
	case rest && e == nil:
		return box{atRest}
	case rest:
		return bullets(`/\`, []box{{atRest}, p.expr(e, -1, width-24)})
	case e == nil:
		return box{"TRUE"}
	}
	return p.expr(e, -1, width-16)
}

// File returns the module.
func (t *Tally) File() File { return File{t.Name + ".tla", t.Module} }

// Probe is a state, reachable or not, in which a property is asked for. A property that holds is
// told apart from one that is always true only where it is broken, and that is in no reachable
// state.
type Probe struct {
	Property *spec.Property
	State    spec.State
}

// Probes is a companion module whose initial states are those of probes. TLC prints <<"probe", i,
// b>> for the i-th (from 1): whether the operator of the property is true there.
type Probes struct{ Companion }

// Probes returns that module.
func (s *Spec) Probes(list []Probe) *Probes {
	p := s.p
	pick, release := p.borrow()
	defer release()
	r := &Probes{}
	r.Name = pick(s.Name + "_probes")
	node, init, next, say, is := pick("probe"), pick("ProbesInit"), pick("ProbesNext"), pick("Say"), pick("is")
	r.Goal = pick("Probed")
	var inits, says []box
	for i, q := range list {
		items := []box{{fmt.Sprintf("%s = %d", node, i+1)}}
		for k, v := range s.m.Vars {
			items = append(items, hang(p.sym.vars[v]+" = ", p.value(v.Type, q.State[k]), ""))
		}
		inits = append(inits, bullets(`/\`, items))
		says = append(says, box{fmt.Sprintf("%s = %d => %s(%s)", node, i+1, say, p.sym.props[q.Property])})
	}
	out := box{title(r.Name)}
	out = append(out, comment("", "States, reachable or not, in which TLC says whether a property of "+s.Name+" is true.")...)
	out = append(out, "EXTENDS "+s.Name+", Integers, TLC", "VARIABLE "+node, "", init+" ==")
	out = append(out, hang("  ", bullets(`\/`, inits), "")...)
	out = append(out, fmt.Sprintf(`%s == FALSE /\ %s' = %s /\ UNCHANGED %s`, next, node, node, p.sym.varsTuple), "",
		fmt.Sprintf(`%s(%s) == PrintT(<<"probe", %s, IF %s THEN 1 ELSE 0>>)`, say, is, node, is))
	out = append(out, hang(r.Goal+" == ", bullets(`/\`, says), "")...)
	out = append(out, strings.Repeat("=", width-2))
	r.Module = strings.Join(out, "\n") + "\n"
	r.Config = "INIT " + init + "\nNEXT " + next + "\n" + s.constants() + "INVARIANT " + r.Goal + "\nCHECK_DEADLOCK FALSE\n"
	return r
}
