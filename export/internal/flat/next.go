package flat

import (
	"fmt"
	"maps"

	"mcheck/spec"
)

// After lowers the scalar expression e as it is after the body n: over the old state.
func (l *Lowering) After(n spec.Node, e spec.Expr) spec.Expr {
	switch n := n.(type) {
	case *spec.Branch:
		c := l.Scalar(n.Cond)
		if v, ok := lit(c); ok {
			if v != 0 {
				return l.After(n.Then, e)
			}
			return l.After(n.Else, e)
		}
		return cond(c, l.After(n.Then, e), l.After(n.Else, e))
	case *spec.Do:
		next := maps.Clone(l.vars)
		if next == nil {
			next = make(map[*spec.Var]value)
		}
		for _, u := range n.Updates {
			old, ok := next[u.Var]
			if !ok {
				old = l.lower(&spec.VarRef{Var: u.Var})
			}
			var path []spec.Expr
			for _, s := range u.Path {
				var i spec.Expr
				if s.Index != nil {
					i = l.Scalar(s.Index)
				}
				path = append(path, i)
			}
			next[u.Var] = l.put(old, u.Path, path, l.lower(u.Value))
		}
		old := l.vars
		l.vars = next
		defer func() { l.vars = old }()
		return l.Scalar(e)
	}
	panic(fmt.Sprintf("unhandled %T", n))
}

// put is old with the part at the path replaced by v; path holds the lowered indices of sels.
func (l *Lowering) put(old value, sels []spec.Selector, path []spec.Expr, v value) value {
	if len(sels) == 0 {
		return value{t: old.t, e: v.e, n: v.n, parts: v.parts}
	}
	out := value{t: old.t}
	if _, ok := old.t.(*spec.SeqType); ok {
		out.n = old.length()
	}
	for k := range count(old.t) {
		part := old.part(k)
		var hit spec.Expr
		switch t := old.t.(type) {
		case *spec.RecordType:
			hit = spec.BoolLit(t.Fields[k].Name == sels[0].Field)
		case *spec.ArrayType:
			lo, _, _ := spec.Domain(t.Index)
			hit = equal(path[0], &spec.Lit{N: lo + int64(k), T: t.Index})
		case *spec.SeqType:
			hit = equal(path[0], spec.Int(int64(k+1)))
		default:
			panic(fmt.Sprintf("unhandled %T", t))
		}
		if !isFalse(hit) {
			part = l.choose(part.t, hit, l.put(part, sels[1:], path[1:], v), part)
		}
		out.parts = append(out.parts, part)
	}
	return out
}
