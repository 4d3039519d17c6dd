package murphi

import (
	"fmt"

	"mcheck/spec"
)

// The printer is the [flat.Dialect] of Murphi.

func (p *printer) Op(op spec.Op) string {
	switch op {
	case spec.And:
		return "&"
	case spec.Or:
		return "|"
	case spec.Eq, spec.Ne:
		return op.String()
	}
	panic("unhandled " + op.String())
}

func (p *printer) Implies(x, y string) string { return "(" + x + " -> " + y + ")" }

func (p *printer) If(c, x, y string) string { return "(" + c + " ? " + x + " : " + y + ")" }

func (p *printer) Lit(l *spec.Lit) string {
	switch t := l.T.(type) {
	case *spec.EnumType:
		return p.value(t, l.N)
	case *spec.OptionType:
		return p.value(t.Elem, l.N)
	}
	return spec.FormatScalar(l.T, l.N)
}

func (p *printer) value(t *spec.EnumType, n int64) string {
	if n == -1 {
		return p.null
	}
	return p.values[t][n]
}

func (p *printer) Param(q *spec.Param) string { return p.params[q] }

func (p *printer) Place(e spec.Expr, text func(spec.Expr) string) string {
	switch e := e.(type) {
	case *spec.VarRef:
		return p.vars[e.Var]
	case *spec.Index:
		x := p.Place(e.X, text)
		if _, ok := e.X.Type().(*spec.SeqType); ok {
			x += ".e"
		}
		return x + "[" + text(e.I) + "]"
	case *spec.FieldSel:
		return p.Place(e.X, text) + "." + p.field(e.Name)
	case *spec.Unary: // Len
		return p.Place(e.X, text) + ".n"
	case *spec.Binary: // In
		return p.Place(e.Y, text) + "[" + text(e.X) + "]"
	}
	panic(fmt.Sprintf("unhandled %T", e))
}

func (p *printer) SetArrays() bool { return true }

func (p *printer) Set(e spec.Expr, _ func(spec.Expr) string) string {
	panic(fmt.Sprintf("a set is an array: %T", e))
}

func (p *printer) Quant(q *spec.Quant, text func(spec.Expr) string) string {
	release := p.bind(q.Param)
	defer release()
	word := "forall"
	if q.Op == spec.Exists {
		word = "exists"
	}
	return word + " " + p.params[q.Param] + ": " + p.typ(q.Param.Type) + " do " + text(q.Body) + " end"
}
