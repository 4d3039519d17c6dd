package spec

// Short constructors, for models written in Go.

// T and F are the truth values.
var (
	T = &Lit{1, Bool}
	F = &Lit{0, Bool}
)

// Int returns the integer constant n.
func Int(n int64) *Lit { return &Lit{n, &RangeType{n, n}} }

// BoolLit returns T or F.
func BoolLit(b bool) *Lit {
	if b {
		return T
	}
	return F
}

// Null returns the NULL of an option over t.
func Null(t *EnumType) *Lit { return &Lit{-1, &OptionType{t}} }

// Val returns the named value of t; it panics if there is none.
func (t *EnumType) Val(name string) *Lit {
	for i, v := range t.Values {
		if v == name {
			return &Lit{int64(i), t}
		}
	}
	panic("spec: enum " + t.Name + " has no value " + name)
}

// V returns a reference to v.
func V(v *Var) *VarRef { return &VarRef{v} }

// P returns a reference to p.
func P(p *Param) *ParamRef { return &ParamRef{p} }

// At returns v[i][j]…
func At(v *Var, is ...Expr) Expr {
	var e Expr = &VarRef{v}
	for _, i := range is {
		e = &Index{e, i}
	}
	return e
}

// Bin returns x op y.
func Bin(op Op, x, y Expr) Expr { return &Binary{op, x, y} }

// Un returns op x.
func Un(op Op, x Expr) Expr { return &Unary{op, x} }

// All returns the conjunction of es, nil elements left out; T if none is left.
func All(es ...Expr) Expr { return fold(And, T, es) }

// Any returns the disjunction of es, nil elements left out; F if none is left.
func Any(es ...Expr) Expr { return fold(Or, F, es) }

func fold(op Op, empty Expr, es []Expr) Expr {
	var out Expr
	for _, e := range es {
		switch {
		case e == nil:
		case out == nil:
			out = e
		default:
			out = &Binary{op, out, e}
		}
	}
	if out == nil {
		return empty
	}
	return out
}

// Set returns the update of v[is…] to value.
func Set(v *Var, value Expr, is ...Expr) Update {
	u := Update{Var: v, Value: value}
	for _, i := range is {
		u.Path = append(u.Path, Selector{Index: i})
	}
	return u
}
