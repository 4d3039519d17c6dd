package flat

import (
	"fmt"

	"mcheck/spec"
)

// MaxInitial bounds the initial states that an export writes out one by one.
const MaxInitial = 20000

// Constant is a value that is known when the model is printed: one number for each scalar part, in
// the order of the parts; the length of a sequence comes after its slots.
type Constant struct {
	v value
}

// InitialStates returns the initial states of m that its constraint allows, each once, as one
// constant a variable. It is an error if there are more than MaxInitial candidates for them.
func (l *Lowering) InitialStates(m *spec.Model) ([][]Constant, error) {
	choices := make([][]value, len(m.Vars))
	n := 1
	for i, v := range m.Vars {
		if v.Init != nil {
			choices[i] = []value{l.lower(v.Init)}
		} else if size := l.size(v.Type, MaxInitial); n*size <= MaxInitial {
			choices[i] = l.all(v.Type)
			n *= size
		} else {
			return nil, fmt.Errorf("%s has more than %d candidates for initial states", m.Name, MaxInitial)
		}
	}
	var out [][]Constant
	s := make([]value, len(m.Vars))
	quantifiers := l.Quantifiers
	l.vars, l.Quantifiers = make(map[*spec.Var]value), false // so that conditions become constants
	defer func() { l.vars, l.Quantifiers = nil, quantifiers }()
	var choose func(i int) error
	choose = func(i int) error {
		if i < len(s) {
			for _, s[i] = range choices[i] {
				l.vars[m.Vars[i]] = s[i]
				if err := choose(i + 1); err != nil {
					return err
				}
			}
			return nil
		}
		for _, c := range []spec.Expr{m.InitWhere, m.Constraint} {
			switch ok, known := lit(l.Scalar(c)); {
			case !known:
				return fmt.Errorf("%s: no value in an initial state", spec.ExprString(c))
			case ok == 0:
				return nil
			}
		}
		state := make([]Constant, len(s))
		for i, v := range s {
			state[i] = Constant{v}
		}
		out = append(out, state)
		return nil
	}
	return out, choose(0)
}

// size is the number of values of t, or anything above limit.
func (l *Lowering) size(t spec.Type, limit int) int {
	pow := func(base, exp int) int {
		n := 1
		for range exp {
			if n = n * base; n > limit {
				return limit + 1
			}
		}
		return n
	}
	switch t := t.(type) {
	case *spec.SetType:
		return pow(2, count(t))
	case *spec.ArrayType:
		return pow(l.size(t.Elem, limit), count(t))
	case *spec.SeqType:
		n, base := 0, l.size(t.Elem, limit)
		for k := range t.Cap + 1 {
			n = min(n+pow(base, k), limit+1)
		}
		return n
	case *spec.RecordType:
		n := 1
		for _, f := range t.Fields {
			n = min(n*l.size(f.Type, limit), limit+1)
		}
		return n
	}
	lo, hi, _ := spec.Domain(t)
	return int(min(hi-lo+1, int64(limit)+1))
}

// all returns every value of t.
func (l *Lowering) all(t spec.Type) []value {
	if s, ok := t.(*spec.SetType); ok && l.scalarType(t) {
		var out []value
		for mask := range int64(1) << count(s) {
			out = append(out, value{t: t, e: &spec.Lit{N: mask, T: t}})
		}
		return out
	}
	if l.scalarType(t) {
		var out []value
		lo, hi, _ := spec.Domain(t)
		for n := lo; n <= hi; n++ {
			out = append(out, value{t: t, e: &spec.Lit{N: n, T: t}})
		}
		return out
	}
	if s, ok := t.(*spec.SeqType); ok {
		var out []value
		for n := range s.Cap + 1 {
			out = append(out, l.tuples(t, n)...)
		}
		return out
	}
	return l.tuples(t, count(t))
}

// tuples returns the values of t with any first n parts and the least ones after them.
func (l *Lowering) tuples(t spec.Type, n int) []value {
	out := []value{{t: t}}
	if _, ok := t.(*spec.SeqType); ok {
		out[0].n = spec.Int(int64(n))
	}
	for k := range count(t) {
		pt := partType(t, k)
		choices := []value{l.least(pt)}
		if k < n {
			choices = l.all(pt)
		}
		var longer []value
		for _, v := range out {
			for _, c := range choices {
				w := v
				w.parts = append(append([]value(nil), v.parts...), c)
				longer = append(longer, w)
			}
		}
		out = longer
	}
	return out
}

// Assigns returns the assignments of the constant c to v, one a scalar part.
func (l *Lowering) Assigns(v *spec.Var, c Constant) []*Assign {
	return l.store(nil, &spec.VarRef{Var: v}, v.Type, c.v)
}
