package tlc

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"mcheck/export/tla"
	"mcheck/spec"
	"mcheck/spec/eval"
)

// A property that holds says the same of the reachable states whatever is exported instead, as long
// as that is true there: TRUE, for one. So each is also asked for in a state where it is broken,
// and in some where one thing keeps it from that. Such states are found at random, near the
// reachable ones.

// Bounds of the search for the probes of one property.
const (
	maxProbed = 1500 // states in which it is evaluated
	maxRests  = 600  // of which it is found out whether they are at rest
)

// probe is a state, and whether the operator of the property is true in it.
type probe struct {
	tla.Probe
	truth bool
}

// prober looks for states in which properties are true or not.
type prober struct {
	m    *spec.Model
	env  eval.Env
	rand *rand.Rand
	all  []spec.State // where to begin
	rest []spec.State // those of them that are at rest
}

func (c *comparison) prober() (*prober, error) {
	p := &prober{m: c.m, env: eval.NewEnv(c.m), rand: rand.New(rand.NewPCG(1, 2))}
	if g := c.want.Graph; g != nil && len(g.States) > 0 {
		moves := make([]bool, len(g.States))
		owed := make(map[string]bool)
		for _, a := range c.m.Actions {
			owed[a.Name] = !a.Optional
		}
		for _, e := range g.Edges {
			if e.To != e.From && owed[e.Action.Name] {
				moves[e.From] = true
			}
		}
		for i, s := range g.States {
			p.all = append(p.all, s)
			if running, err := eval.Cond(c.m.Running, s, p.env); err == nil && running && !moves[i] {
				p.rest = append(p.rest, s)
			}
		}
		return p, nil
	}
	init, err := eval.Init(c.m)
	if err != nil {
		return nil, err
	}
	p.all = init
	for _, pr := range c.want.Properties {
		for _, st := range pr.Trace {
			p.all = append(p.all, st.State)
		}
		if n := len(pr.Trace); n > 0 && (pr.Property.Kind == spec.AtRest || pr.Property.Kind == spec.Deadlock) {
			p.rest = append(p.rest, pr.Trace[n-1].State)
		}
	}
	return p, nil
}

// profile is what a state is to a property: at rest, in its situation, satisfying its condition.
type profile struct{ rest, when, cond answer }

type answer uint8

const (
	either answer = iota
	yes
	no
)

func (a answer) is(b bool) bool { return a == either || (a == yes) == b }

// profiles returns what the states are like in which a property is asked for: in the first, what it
// says on its own matters; in each other one thing is different, which no other hides. The operator
// of q is true in the first as said, and in the others not so.
func profiles(q *spec.Property) (list []profile, truth bool) {
	switch q.Kind {
	case spec.CanRest:
		return []profile{{yes, either, yes}, {yes, either, no}, {no, either, yes}}, true
	case spec.Cover:
		list = []profile{{either, yes, yes}, {either, yes, no}, {either, no, yes}}
	case spec.AtRest, spec.Deadlock:
		list = []profile{{yes, yes, no}, {yes, yes, yes}, {no, yes, no}, {yes, no, no}}
	default:
		list = []profile{{either, yes, no}, {either, yes, yes}, {either, no, no}}
	}
	if q.When == nil {
		list = list[:len(list)-1]
	}
	return list, false
}

// fits reports whether s is as w says but for rest, and within the constraint.
func (p *prober) fits(q *spec.Property, s spec.State, w profile) bool {
	inside, err1 := eval.Cond(p.m.Constraint, s, p.env)
	when, err2 := eval.Cond(q.When, s, p.env)
	cond, err3 := eval.Cond(q.Cond, s, p.env)
	return err1 == nil && err2 == nil && err3 == nil && inside && w.when.is(when) && w.cond.is(cond)
}

// restless counts the owed steps that lead elsewhere from s; ok says that they can be counted.
func (p *prober) restless(s spec.State) (n int, ok bool) {
	running, err := eval.Cond(p.m.Running, s, p.env)
	if err != nil {
		return 0, false
	}
	next, err := eval.Successors(p.m, s)
	if err != nil {
		return 0, false
	}
	if !running {
		return math.MaxInt, true
	}
	for _, x := range next {
		if !x.Action.Optional && !x.State.Equal(s) {
			n++
		}
	}
	return n, true
}

// find returns a state that is to q as w says; nil if there was none among those that were tried.
func (p *prober) find(q *spec.Property, w profile) spec.State {
	var read, others []int
	vars := spec.VarsRead(q.Exprs()...)
	for i, v := range p.m.Vars {
		if slices.Contains(vars, v) {
			read = append(read, i)
		} else {
			others = append(others, i)
		}
	}
	from := p.all
	if w.rest == yes && len(p.rest) > 0 {
		from = p.rest
	}
	rests := 0
	for n := range maxProbed {
		s := from[p.rand.IntN(len(from))]
		for range n % 5 { // none at first: a reachable one
			s = p.near(s, read)
		}
		if !p.fits(q, s, w) {
			continue
		}
		if w.rest == either {
			return s
		}
		for best, ok := p.restless(s); ok; {
			if w.rest.is(best == 0) {
				return s
			}
			if rests++; rests > maxRests {
				return nil
			}
			if w.rest == no || rests%150 == 0 {
				break // elsewhere it may be easier
			}
			t := p.near(s, others)
			if !p.fits(q, t, w) { // out of the constraint
				continue
			}
			if r, known := p.restless(t); known && r <= best {
				s, best = t, r
			}
		}
	}
	return nil
}

// near is s with one thing changed in one of the given variables.
func (p *prober) near(s spec.State, vars []int) spec.State {
	if len(vars) == 0 {
		return s
	}
	s = slices.Clone(s)
	i := vars[p.rand.IntN(len(vars))]
	s[i] = p.mutate(p.m.Vars[i].Type, s[i])
	return s
}

// mutate returns x, of type t, with one scalar changed, or one element of a sequence more or less.
func (p *prober) mutate(t spec.Type, x spec.Value) spec.Value {
	switch t := t.(type) {
	case *spec.ArrayType, *spec.RecordType:
		if len(x.Elems) == 0 {
			return x
		}
		x.Elems = slices.Clone(x.Elems)
		i := p.rand.IntN(len(x.Elems))
		x.Elems[i] = p.mutate(elemType(t, i), x.Elems[i])
	case *spec.SeqType:
		x.Elems = slices.Clone(x.Elems)
		switch n := len(x.Elems); {
		case n < t.Cap && p.rand.IntN(2) == 0:
			x.Elems = append(x.Elems, p.mutate(t.Elem, first(t.Elem)))
		case n > 0:
			x.Elems = x.Elems[:n-1]
		}
	case *spec.SetType:
		lo, hi, _ := spec.Domain(t.Elem)
		x.N ^= 1 << p.rand.Int64N(hi-lo+1)
	default:
		lo, hi, _ := spec.Domain(t)
		x.N = lo + p.rand.Int64N(hi-lo+1)
	}
	return x
}

// elemType is the type of the i-th element of a value of type t, an array or a record.
func elemType(t spec.Type, i int) spec.Type {
	if r, ok := t.(*spec.RecordType); ok {
		return r.Fields[i].Type
	}
	return t.(*spec.ArrayType).Elem
}

// first is the least value of t.
func first(t spec.Type) spec.Value {
	switch t := t.(type) {
	case *spec.SeqType, *spec.SetType:
		return spec.Value{}
	case *spec.RecordType:
		x := spec.Value{}
		for _, f := range t.Fields {
			x.Elems = append(x.Elems, first(f.Type))
		}
		return x
	case *spec.ArrayType:
		lo, hi, _ := spec.Domain(t.Index)
		x := spec.Value{}
		for range hi - lo + 1 {
			x.Elems = append(x.Elems, first(t.Elem))
		}
		return x
	}
	lo, _, _ := spec.Domain(t)
	return spec.Value{N: lo}
}

// probes asks TLC for each property in states where it is true and where it is not.
func (c *comparison) probes() error {
	p, err := c.prober()
	if err != nil || len(p.all) == 0 {
		return err
	}
	var list []probe
	var never []string
	for _, pr := range c.want.Properties {
		q := c.property(pr.Property.Name)
		if q == nil || tla.IsTemporal(q.Kind) {
			continue
		}
		wanted, truth := profiles(q)
		for i, w := range wanted {
			if s := p.find(q, w); s != nil {
				list = append(list, probe{tla.Probe{Property: q, State: s}, truth == (i == 0)})
			} else if i == 0 {
				never = append(never, q.Name)
			}
		}
	}
	if len(never) > 0 {
		c.r.notCompared("what is exported where a property is false: no such state was found for %s", strings.Join(never, ", "))
	}
	if len(list) == 0 {
		return nil
	}
	probes := make([]tla.Probe, len(list))
	for i, x := range list {
		probes[i] = x.Probe
	}
	mod := c.s.Probes(probes)
	if err := Write(c.dir, mod.Files()...); err != nil {
		return err
	}
	out, err := c.run(mod.Name, mod.Name+".cfg", mod.Config, Options{})
	if err != nil || c.report("the states in which properties are asked for", out) {
		return err
	}
	for i, x := range list {
		switch got, ok := out.Probes[i+1]; {
		case !ok:
			c.r.differs("%s: TLC did not say what it is in %s", x.Property.Name, c.format(x.State))
		case got != x.truth:
			c.r.differs("%s: TLC finds the exported operator %v, and it should be %v, in %s", x.Property.Name, got, x.truth, c.format(x.State))
		}
	}
	c.r.compared("operators of the properties, in %d states where they are true or false", len(list))
	return nil
}
