package slice

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"mcheck/spec"
)

// shrinkEnums removes the values of enums without symbolic values (program labels, failures) that
// no variable takes and the model does not mention, and the enums that nothing uses. Comparisons
// with such a value are false.
func shrinkEnums(m *spec.Model, r *reach, rep *Report) {
	s := &shrinker{m: m, enums: map[*spec.EnumType]*shrunk{}, vars: map[*spec.Var]*spec.Var{}, records: map[*spec.RecordType]*spec.RecordType{}}
	fixed := s.fixedEnums()
	for _, t := range m.Enums {
		if !t.Symbolic && !fixed[t] {
			s.enums[t] = &shrunk{taken: make([]bool, len(t.Values))}
		}
	}
	for _, v := range m.Vars {
		s.take(v.Type, r.vars[v].values)
	}
	// Comparisons with a value that is not taken go first, then what is still mentioned stays.
	drop := func(e spec.Expr) spec.Expr {
		return spec.Rewrite(e, func(e spec.Expr) spec.Expr { return simplify(s.compare(e)) })
	}
	all := func(spec.Update) bool { return true }
	m.InitWhere, m.Running, m.Constraint = drop(m.InitWhere), drop(m.Running), drop(m.Constraint)
	m.Actions = rewriteActions(m.Actions, drop, all)
	m.Properties = slices.Clone(m.Properties)
	for i, p := range m.Properties {
		c := *p
		c.When, c.From, c.Cond = drop(p.When), drop(p.From), drop(p.Cond)
		m.Properties[i] = &c
	}
	s.eachExpr(func(e spec.Expr) {
		if l, ok := e.(*spec.Lit); ok {
			s.take(l.T, one(l.N))
		}
	})
	s.number(rep)
	s.retype()
	m.Enums = s.usedEnums(rep)
}

type shrinker struct {
	m       *spec.Model
	enums   map[*spec.EnumType]*shrunk
	vars    map[*spec.Var]*spec.Var
	mu      sync.Mutex // of records: actions are rewritten several at a time
	records map[*spec.RecordType]*spec.RecordType
}

// shrunk is what becomes of an enum.
type shrunk struct {
	taken []bool // by value
	// to is the enum with the taken values only, nil if they all are; at says where they are in it.
	to *spec.EnumType
	at []int64
}

// eachExpr calls f for every expression of the model.
func (s *shrinker) eachExpr(f func(spec.Expr)) {
	visit := func(es ...spec.Expr) {
		for _, e := range es {
			spec.Inspect(e, func(e spec.Expr) bool { f(e); return true })
		}
	}
	visit(modelExprs(s.m)...)
	for _, v := range s.m.Vars {
		if v.Init != nil {
			visit(v.Init)
		}
	}
	for _, a := range s.m.Actions {
		visit(a.Exprs()...)
		for _, l := range a.Source {
			visit(l.When)
		}
	}
	for _, p := range s.m.Properties {
		visit(p.Exprs()...)
	}
}

// fixedEnums are the enums whose values something goes through: indices, elements of sets,
// parameters.
func (s *shrinker) fixedEnums() map[*spec.EnumType]bool {
	fixed := map[*spec.EnumType]bool{}
	fix := func(t spec.Type) {
		if e, ok := t.(*spec.EnumType); ok {
			fixed[e] = true
		}
		if o, ok := t.(*spec.OptionType); ok {
			fixed[o.Elem] = true
		}
	}
	inside := func(t spec.Type) {
		if t == nil {
			return
		}
		spec.Types(t, func(t spec.Type) {
			switch t := t.(type) {
			case *spec.ArrayType:
				fix(t.Index)
			case *spec.SetType:
				fix(t.Elem)
			}
		})
	}
	for _, v := range s.m.Vars {
		inside(v.Type)
		if v.Init == nil { // any value
			spec.Types(v.Type, fix)
		}
	}
	for _, a := range s.m.Actions {
		for _, p := range a.Params {
			fix(p.Type)
		}
	}
	s.eachExpr(func(e spec.Expr) {
		inside(e.Type())
		if q, ok := e.(*spec.Quant); ok {
			fix(q.Param.Type)
		}
	})
	return fixed
}

// take notes the values of enums in what a value of t can be.
func (s *shrinker) take(t spec.Type, v *values) {
	switch t := t.(type) {
	case *spec.EnumType:
		if e := s.enums[t]; e != nil {
			for n := range e.taken {
				e.taken[n] = e.taken[n] || v.may(int64(n))
			}
		}
	case *spec.OptionType:
		s.take(t.Elem, v)
	case *spec.ArrayType:
		for _, w := range v.elems {
			s.take(t.Elem, w)
		}
	case *spec.RecordType:
		for i, f := range t.Fields {
			s.take(f.Type, v.elems[i])
		}
	case *spec.SeqType:
		s.take(t.Elem, anything(t.Elem))
	case *spec.BoolType, *spec.RangeType, *spec.SetType:
	default:
		panic(fmt.Sprintf("unhandled %T", t))
	}
}

// compare returns the constant that a comparison with a value that nothing takes is, else e.
func (s *shrinker) compare(e spec.Expr) spec.Expr {
	b, ok := e.(*spec.Binary)
	if !ok || b.Op != spec.Eq && b.Op != spec.Ne {
		return e
	}
	for _, sides := range [][2]spec.Expr{{b.X, b.Y}, {b.Y, b.X}} {
		l, ok := sides[0].(*spec.Lit)
		if !ok || !inVariable(sides[1]) {
			continue
		}
		t, ok := l.T.(*spec.EnumType)
		if !ok || s.enums[t] == nil || s.enums[t].taken[l.N] {
			continue
		}
		return spec.BoolLit(b.Op == spec.Ne)
	}
	return e
}

// inVariable reports whether e is a place in a variable, so that it has only values that are taken.
func inVariable(e spec.Expr) bool {
	switch e := e.(type) {
	case *spec.VarRef:
		return true
	case *spec.Index:
		return inVariable(e.X)
	case *spec.FieldSel:
		return inVariable(e.X)
	}
	return false
}

func (s *shrinker) number(rep *Report) {
	for _, t := range s.m.Enums {
		e := s.enums[t]
		if e == nil || !slices.Contains(e.taken, false) || !slices.Contains(e.taken, true) {
			continue
		}
		e.to = &spec.EnumType{Name: t.Name}
		e.at = make([]int64, len(t.Values))
		var gone []string
		for n, name := range t.Values {
			if e.taken[n] {
				e.at[n] = int64(len(e.to.Values))
				e.to.Values = append(e.to.Values, name)
			} else {
				gone = append(gone, name)
			}
		}
		rep.Sliced = append(rep.Sliced, "values of "+t.Name+" that nothing takes: "+strings.Join(gone, ", "))
	}
}

// typ returns t with shrunk enums.
func (s *shrinker) typ(t spec.Type) spec.Type {
	switch t := t.(type) {
	case *spec.EnumType:
		if e := s.enums[t]; e != nil && e.to != nil {
			return e.to
		}
	case *spec.OptionType:
		if e := s.typ(t.Elem); e != spec.Type(t.Elem) {
			return &spec.OptionType{Elem: e.(*spec.EnumType)}
		}
	case *spec.ArrayType:
		if e := s.typ(t.Elem); e != t.Elem {
			return &spec.ArrayType{Index: t.Index, Elem: e}
		}
	case *spec.SeqType:
		if e := s.typ(t.Elem); e != t.Elem {
			return &spec.SeqType{Elem: e, Cap: t.Cap}
		}
	case *spec.RecordType:
		s.mu.Lock()
		known := s.records[t]
		s.mu.Unlock()
		if known != nil {
			return known
		}
		c := &spec.RecordType{Name: t.Name}
		same := true
		for _, f := range t.Fields {
			ft := s.typ(f.Type)
			same = same && ft == f.Type
			c.Fields = append(c.Fields, spec.Field{Name: f.Name, Type: ft})
		}
		if same {
			c = t
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if known := s.records[t]; known != nil { // made meanwhile
			return known
		}
		s.records[t] = c
		return c
	case *spec.BoolType, *spec.RangeType, *spec.SetType:
	default:
		panic(fmt.Sprintf("unhandled %T", t))
	}
	return t
}

// expr returns e over the new types and variables.
func (s *shrinker) expr(e spec.Expr) spec.Expr {
	return spec.Rewrite(e, func(e spec.Expr) spec.Expr {
		switch e := e.(type) {
		case *spec.Lit:
			t := s.typ(e.T)
			if t == e.T {
				return e
			}
			n := e.N
			if et, ok := e.T.(*spec.EnumType); ok {
				n = s.enums[et].at[n]
			} else if ot, ok := e.T.(*spec.OptionType); ok && n >= 0 {
				n = s.enums[ot.Elem].at[n]
			}
			return &spec.Lit{N: n, T: t}
		case *spec.VarRef:
			if v := s.vars[e.Var]; v != e.Var {
				return spec.V(v)
			}
		case *spec.Composite:
			if t := s.typ(e.T); t != e.T {
				return &spec.Composite{T: t, Elems: e.Elems}
			}
		}
		return e
	})
}

// retype moves the model to the shrunk enums.
func (s *shrinker) retype() {
	m := s.m
	m.Vars = slices.Clone(m.Vars)
	for i, v := range m.Vars {
		if t := s.typ(v.Type); t != v.Type {
			c := *v
			c.Type = t
			if v.Init != nil {
				c.Init = s.expr(v.Init)
			}
			m.Vars[i] = &c
		}
		s.vars[v] = m.Vars[i]
	}
	m.InitWhere, m.Running, m.Constraint = s.expr(m.InitWhere), s.expr(m.Running), s.expr(m.Constraint)
	m.Actions = rewriteActions(m.Actions, s.expr, func(spec.Update) bool { return true })
	for _, a := range m.Actions {
		spec.InspectNode(a.Body, func(n spec.Node) bool {
			if d, ok := n.(*spec.Do); ok {
				for i := range d.Updates {
					d.Updates[i].Var = s.vars[d.Updates[i].Var]
				}
			}
			return true
		})
	}
	for _, p := range m.Properties { // shrinkEnums has copied them
		p.When, p.From, p.Cond = s.expr(p.When), s.expr(p.From), s.expr(p.Cond)
	}
}

// usedEnums returns the enums that the model mentions, in order.
func (s *shrinker) usedEnums(rep *Report) []*spec.EnumType {
	used := map[*spec.EnumType]bool{}
	note := func(t spec.Type) {
		if t != nil {
			spec.Types(t, func(t spec.Type) {
				switch t := t.(type) {
				case *spec.EnumType:
					used[t] = true
				case *spec.OptionType:
					used[t.Elem] = true
				}
			})
		}
	}
	for _, v := range s.m.Vars {
		note(v.Type)
	}
	for _, a := range s.m.Actions {
		for _, p := range a.Params {
			note(p.Type)
		}
	}
	s.eachExpr(func(e spec.Expr) {
		note(e.Type())
		if q, ok := e.(*spec.Quant); ok {
			note(q.Param.Type)
		}
	})
	var out []*spec.EnumType
	for _, t := range s.m.Enums {
		n := s.typ(t).(*spec.EnumType)
		if used[n] {
			out = append(out, n)
		} else {
			rep.Sliced = append(rep.Sliced, "enum "+t.Name+": nothing uses it")
		}
	}
	return out
}
