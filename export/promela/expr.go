package promela

import (
	"fmt"
	"strings"

	"mcheck/export/internal/flat"
	"mcheck/spec"
)

func (p *printer) text(e spec.Expr) string { return flat.Text(p, e) }

// The printer is the [flat.Dialect] of Promela.

func (p *printer) Op(op spec.Op) string {
	switch op {
	case spec.And:
		return "&&"
	case spec.Or:
		return "||"
	case spec.Eq:
		return "=="
	case spec.Ne:
		return "!="
	}
	panic("unhandled " + op.String())
}

func (p *printer) Implies(x, y string) string {
	if positive, ok := strings.CutPrefix(x, "!"); ok { // two in a row are an operator on channels
		return "(" + positive + " || " + y + ")"
	}
	return "(!" + x + " || " + y + ")"
}

func (p *printer) If(c, x, y string) string { return "(" + c + " -> " + x + " : " + y + ")" }

func (p *printer) Lit(l *spec.Lit) string {
	switch t := l.T.(type) {
	case *spec.EnumType:
		return p.value(t, l.N)
	case *spec.OptionType:
		return p.value(t.Elem, l.N)
	case *spec.SetType:
		return flat.Number(l.N)
	}
	return spec.FormatScalar(l.T, l.N)
}

func (p *printer) value(t *spec.EnumType, n int64) string {
	if n == -1 {
		return p.null
	}
	return p.values[t][n]
}

// Param panics: all parameters are instantiated.
func (p *printer) Param(q *spec.Param) string { panic("parameter " + q.Name + " is not bound") }

// Quant panics: all quantifiers are unrolled.
func (p *printer) Quant(q *spec.Quant, _ func(spec.Expr) string) string {
	panic("quantifier over " + q.Param.Name)
}

func (p *printer) Place(e spec.Expr, text func(spec.Expr) string) string {
	switch e := e.(type) {
	case *spec.VarRef:
		return p.vars[e.Var]
	case *spec.Index:
		x := p.Place(e.X, text)
		switch t := e.X.Type().(type) {
		case *spec.ArrayType:
			if _, ok := e.X.(*spec.Index); ok {
				x += ".a" // an array as an element is wrapped in a type of its own
			}
			lo, _, _ := spec.Domain(t.Index)
			return x + "[" + shifted(e.I, lo, text) + "]"
		case *spec.SeqType:
			return x + ".e[" + shifted(e.I, 1, text) + "]"
		default:
			panic(fmt.Sprintf("unhandled %T", t))
		}
	case *spec.FieldSel:
		return p.Place(e.X, text) + "." + p.fields.Free(e.Name)
	case *spec.Unary: // Len
		return p.Place(e.X, text) + ".n"
	}
	panic(fmt.Sprintf("unhandled %T", e))
}

// shifted is e - lo.
func shifted(e spec.Expr, lo int64, text func(spec.Expr) string) string {
	if lo == 0 {
		return text(e)
	}
	switch e := e.(type) {
	case *spec.Lit:
		return flat.Number(e.N - lo)
	case *spec.Binary: // of a sequence's end
		if n, ok := e.Y.(*spec.Lit); ok && e.Op == spec.Add && n.N == lo {
			return text(e.X)
		}
	}
	if lo < 0 {
		return text(e) + " + " + flat.Number(-lo)
	}
	return "(" + text(e) + ") - " + flat.Number(lo)
}

func (p *printer) SetArrays() bool { return false }

func (p *printer) Set(e spec.Expr, operand func(spec.Expr) string) string {
	bit := func(x spec.Expr, t spec.Type) string {
		lo, _, _ := spec.Domain(t.(*spec.SetType).Elem)
		s := shifted(x, lo, operand)
		if lo != 0 {
			s = "(" + s + ")"
		}
		return s
	}
	switch e := e.(type) {
	case *spec.Composite:
		return "(1 << " + bit(e.Elems[0], e.T) + ")"
	case *spec.Unary: // Cardinality
		lo, hi, _ := spec.Domain(e.X.Type().(*spec.SetType).Elem)
		var bits []string
		for k := range hi - lo + 1 {
			bits = append(bits, fmt.Sprintf("((%s >> %d) & 1)", operand(e.X), k))
		}
		return "(" + strings.Join(bits, " + ") + ")"
	case *spec.Binary:
		switch e.Op {
		case spec.In:
			return "((" + operand(e.Y) + " >> " + bit(e.X, e.Y.Type()) + ") & 1)"
		case spec.Union:
			return "(" + operand(e.X) + " | " + operand(e.Y) + ")"
		case spec.Intersect:
			return "(" + operand(e.X) + " & " + operand(e.Y) + ")"
		case spec.Minus:
			return "(" + operand(e.X) + " & ~" + operand(e.Y) + ")"
		case spec.SubsetEq:
			return "((" + operand(e.X) + " & ~" + operand(e.Y) + ") == 0)"
		}
		panic("unhandled " + e.Op.String())
	}
	panic(fmt.Sprintf("unhandled %T", e))
}
