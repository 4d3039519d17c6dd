package tla

import (
	"fmt"
	"strconv"
	"strings"

	"mcheck/spec"
)

// Behaviour is what refutes a property that TLC checks as an invariant; for a COVER, what covers.
type Behaviour struct {
	Property *spec.Property
	Trace    spec.Trace
}

// Behaviours is a companion module that forces several behaviours, for a run of TLC that goes on
// after violations.
type Behaviours struct {
	Companion
	// Goals are the invariants whose violations are wanted, one for each behaviour.
	Goals []string
}

// Behaviours returns a module that forces exactly the behaviours bs, as [Spec.Trace] does one of
// them: TLC confirms each by violating its goal after as many states as it has. What several begin
// with is one branch of a tree, but each has a last step of its own, because of several invariants
// that a state breaks TLC names one.
func (s *Spec) Behaviours(bs []Behaviour) (*Behaviours, error) {
	for _, b := range bs {
		if err := s.refutes(b.Property, b.Trace); err != nil {
			return nil, err
		}
	}
	p := s.p
	pick, release := p.borrow()
	defer release()
	r := &Behaviours{}
	r.Name = pick(s.Name + "_behaviours")
	node, init, next := pick("node"), pick("BehavioursInit"), pick("BehavioursNext")

	type edge struct {
		from             int
		step, args, last string
	}
	nodes := make(map[edge]int)
	var inits, calls, goals []box
	var steps box
	for i, b := range bs {
		at := 0
		for k, st := range b.Trace {
			e := edge{from: at, step: st.State.Key()}
			if st.Action != nil {
				e.step, e.args = e.step+"\x00"+st.Action.Name, fmt.Sprint(st.Args)
			}
			if k == len(b.Trace)-1 {
				e.last = strconv.Itoa(i)
			}
			to, known := nodes[e]
			if !known {
				to = len(nodes) + 1
				nodes[e] = to
				if k == 0 {
					inits = append(inits, bullets(`/\`, append([]box{{fmt.Sprintf("%s = %d", node, to)}}, p.starts(st.State)...)))
				} else {
					n := pick("Step" + strconv.Itoa(to))
					calls = append(calls, box{n})
					steps = append(append(steps, "", n+" =="), p.forced(node, at, to, b.Trace[k-1].State, st)...)
				}
			}
			at = to
		}
		goal := pick("Unconfirmed_" + b.Property.Name)
		r.Goals = append(r.Goals, goal)
		goals = append(goals, box{fmt.Sprintf("%s == %s = %d => %s", goal, node, at, p.sym.props[b.Property])})
	}

	out := box{title(r.Name)}
	out = append(out, comment("", "Behaviours of "+s.Name+", state by state. TLC refutes each of the invariants at the end: that confirms a behaviour, and that its last state breaks the property.")...)
	out = append(out, "EXTENDS "+s.Name+", Integers, TLC", "VARIABLE "+node, "", init+" ==")
	out = append(out, hang("  ", bullets(`\/`, inits), "")...)
	out = append(out, steps...)
	if len(calls) == 0 {
		out = append(out, "", fmt.Sprintf(`%s == FALSE /\ %s' = %s /\ UNCHANGED %s`, next, node, node, p.sym.varsTuple))
	} else {
		out = append(append(out, ""), hang(next+" == ", bullets(`\/`, calls), "")...)
	}
	out = append(out, "")
	for _, g := range goals {
		out = append(out, g...)
	}
	out = append(out, "", strings.Repeat("=", width-2))
	r.Module = strings.Join(out, "\n") + "\n"
	var config strings.Builder
	config.WriteString("INIT " + init + "\nNEXT " + next + "\n" + s.constants())
	section(&config, "INVARIANT", r.Goals)
	config.WriteString("CHECK_DEADLOCK FALSE\n")
	r.Config = config.String()
	return r, nil
}

// borrow returns a function that picks names for a companion module, and one that gives them back.
func (p *printer) borrow() (pick func(string) string, release func()) {
	var taken []string
	pick = func(want string) string {
		n := p.names().pick(want)
		taken = append(taken, n)
		return n
	}
	return pick, func() {
		for _, n := range taken {
			p.names().release(n)
		}
	}
}
