package story

import (
	"strings"

	"mcheck/spec"
	"mcheck/spec/eval"
)

// Access is a place of the state, with its value, that a step reads or a condition is about.
type Access struct {
	Place, Value string
}

// Shared reports whether v is data of the modelled system that more tasks than one can reach: no
// ghost, no program counter, and no local of a function.
func Shared(v *spec.Var) bool {
	return !v.Ghost && !v.Control && !strings.HasPrefix(v.Group, "frames/")
}

// Reads returns the shared places that step n of tr reads, each once, with the values that it
// finds: those of its guard and of the branches that it takes.
func Reads(m *spec.Model, tr spec.Trace, n int) []Access {
	a := tr[n].Action
	env := eval.NewEnv(m)
	bind := map[*spec.Param]spec.Expr{}
	for i, p := range a.Params {
		env = env.Bind(p, tr[n].Args[i])
		bind[p] = &spec.Lit{N: tr[n].Args[i], T: p.Type}
	}
	r := &accesses{why: why{state: tr[n-1].State, env: env}, bind: bind, shared: true}
	if a.Guard != nil {
		r.expr(a.Guard)
	}
	r.node(a.Body)
	return r.out
}

// About returns the places that p reads in state, ghosts too.
func About(m *spec.Model, p *spec.Property, state spec.State) []Access {
	r := &accesses{why: why{state: state, env: eval.NewEnv(m)}}
	for _, e := range r.decisive(p) {
		r.expr(e)
	}
	return r.out
}

type accesses struct {
	why
	bind   map[*spec.Param]spec.Expr
	shared bool
	out    []Access
}

// decisive returns the parts of the condition of p that fail, or else the whole of it.
func (r *accesses) decisive(p *spec.Property) []spec.Expr {
	if p.Cond != nil && (p.Kind == spec.Invariant || p.Kind == spec.AtRest) {
		if is, err := eval.Cond(p.Cond, r.state, r.env); err == nil && !is {
			return r.parts(p.Cond, false)
		}
	}
	return p.Exprs()
}

func (r *accesses) node(n spec.Node) {
	switch n := n.(type) {
	case *spec.Do:
		for _, u := range n.Updates {
			if u.Var.Ghost {
				continue
			}
			r.expr(u.Value)
			for _, s := range u.Path {
				if s.Index != nil {
					r.expr(s.Index)
				}
			}
		}
	case *spec.Branch:
		r.expr(n.Cond)
		if yes, err := eval.Cond(n.Cond, r.state, r.env); err != nil || yes {
			r.node(n.Then)
		} else {
			r.node(n.Else)
		}
	}
}

func (r *accesses) expr(e spec.Expr) {
	if len(r.bind) > 0 {
		e = spec.Substitute(e, r.bind)
	}
	r.walk(e)
}

func (r *accesses) walk(e spec.Expr) {
	switch x := e.(type) {
	case nil, *spec.Lit, *spec.ParamRef:
		return
	case *spec.Quant:
		for _, v := range x.Param.Values() {
			r.walk(spec.Substitute(x.Body, map[*spec.Param]spec.Expr{x.Param: &spec.Lit{N: v, T: x.Param.Type}}))
		}
		return
	case *spec.If:
		if len(spec.ParamsRead(x.Cond)) > 0 {
			break
		}
		// Only the branch that is taken reads anything.
		r.walk(x.Cond)
		if yes, err := eval.Cond(x.Cond, r.state, r.env); err == nil {
			if yes {
				r.walk(x.Then)
			} else {
				r.walk(x.Else)
			}
			return
		}
	case *spec.VarRef, *spec.Index, *spec.FieldSel:
		place, t, ok := r.place(x)
		if !ok {
			break
		}
		if v, err := eval.Eval(x, r.state, r.env); err == nil {
			if !r.shared || Shared(base(x)) {
				r.add(Access{place, spec.FormatValue(t, v)})
			}
			r.indices(x, func(string) {})
			for y := x; ; {
				switch z := y.(type) {
				case *spec.Index:
					r.walk(z.I)
					y = z.X
					continue
				case *spec.FieldSel:
					y = z.X
					continue
				}
				return
			}
		}
	}
	for _, c := range spec.Children(e) {
		r.walk(c)
	}
}

func (r *accesses) add(a Access) {
	for _, b := range r.out {
		if a == b {
			return
		}
	}
	r.out = append(r.out, a)
}

// base returns the variable of a place.
func base(e spec.Expr) *spec.Var {
	for {
		switch x := e.(type) {
		case *spec.VarRef:
			return x.Var
		case *spec.Index:
			e = x.X
		case *spec.FieldSel:
			e = x.X
		default:
			return &spec.Var{Ghost: true}
		}
	}
}

// SharedDiff returns the changes from a to b of shared places.
func SharedDiff(m *spec.Model, a, b spec.State) []Change {
	var out []Change
	for i, v := range m.Vars {
		if Shared(v) {
			out = diff(out, v.Name, v.Type, a[i], b[i])
		}
	}
	return out
}
