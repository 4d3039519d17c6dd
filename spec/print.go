package spec

import (
	"fmt"
	"strings"
)

// String returns m in the text form: everything that has a meaning, in the order of the model, and
// nothing else (no positions, no groups, no source lines). It is made for reading and comparing,
// not for reading back. m must have passed [Check].
func (m *Model) String() string {
	p := &printer{}
	p.line(0, "model %s", m.Name)
	p.doc(m.Doc)
	p.enums(m)
	p.records(m)
	if len(m.Vars) > 0 {
		p.blank()
	}
	for _, v := range m.Vars {
		p.variable(v)
	}
	p.conditions(m)
	for _, a := range m.Actions {
		p.blank()
		p.action(a)
	}
	for _, q := range m.Properties {
		p.blank()
		p.property(q)
	}
	return p.b.String()
}

type printer struct{ b strings.Builder }

func (p *printer) line(indent int, format string, args ...any) {
	p.b.WriteString(strings.Repeat("  ", indent))
	fmt.Fprintf(&p.b, format, args...)
	p.b.WriteByte('\n')
}

func (p *printer) blank() { p.b.WriteByte('\n') }

func (p *printer) doc(text string) {
	if text == "" {
		return
	}
	for l := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		p.line(1, "# %s", l)
	}
}

func (p *printer) enums(m *Model) {
	if len(m.Enums) > 0 {
		p.blank()
	}
	for _, t := range m.Enums {
		kind := "enum"
		if t.Symbolic {
			kind = "symbolic enum"
		}
		p.line(0, "%s %s = %s", kind, t.Name, strings.Join(t.Values, ", "))
	}
}

// records declares the named record types, in the order in which the variables mention them.
func (p *printer) records(m *Model) {
	seen := map[*RecordType]bool{}
	for _, v := range m.Vars {
		Types(v.Type, func(t Type) {
			r, ok := t.(*RecordType)
			if !ok || r.Name == "" || seen[r] {
				return
			}
			if len(seen) == 0 {
				p.blank()
			}
			seen[r] = true
			anonymous := *r
			anonymous.Name = ""
			p.line(0, "record %s = %s", r.Name, anonymous.String())
		})
	}
}

func (p *printer) variable(v *Var) {
	s := fmt.Sprintf("var %s %s", v.Name, v.Type)
	if v.Ghost {
		s = "ghost " + s
	}
	if v.Init != nil {
		s += " = " + ExprString(v.Init)
	}
	if v.Doc != "" {
		s += "  # " + strings.Join(strings.Fields(v.Doc), " ")
	}
	p.line(0, "%s", s)
}

func (p *printer) conditions(m *Model) {
	if m.InitWhere != nil || m.Running != nil || m.Constraint != nil {
		p.blank()
	}
	p.clause(0, "init where", m.InitWhere)
	p.clause(0, "running", m.Running)
	p.clause(0, "constraint", m.Constraint)
}

func (p *printer) clause(indent int, word string, e Expr) {
	if e != nil {
		p.line(indent, "%s %s", word, ExprString(e))
	}
}

func (p *printer) action(a *Action) {
	s := "action " + a.Name
	if len(a.Params) > 0 {
		ps := make([]string, len(a.Params))
		for i, q := range a.Params {
			ps[i] = q.Name + " in " + domainString(q)
		}
		s += "(" + strings.Join(ps, ", ") + ")"
	}
	if a.Optional {
		s = "optional " + s
	}
	if a.Idle {
		s = "idle " + s
	}
	if a.Fairness != NoFairness {
		s += " " + a.Fairness.String() + " fair"
	}
	s += " by " + a.Kind.String()
	if a.Actor >= 0 {
		s += " " + a.Params[a.Actor].Name
	}
	p.line(0, "%s", s)
	p.clause(1, "when", a.Guard)
	p.node(1, a.Body)
}

// domainString returns the domain of a parameter: its type, or the values it is limited to.
func domainString(q *Param) string {
	if q.Only == nil {
		return q.Type.String()
	}
	vs := make([]string, len(q.Only))
	for i, n := range q.Only {
		vs[i] = FormatScalar(q.Type, n)
	}
	return "{" + strings.Join(vs, ", ") + "}"
}

func (p *printer) node(indent int, n Node) {
	switch n := n.(type) {
	case *Do:
		if len(n.Updates) == 0 {
			p.line(indent, "skip")
		}
		for _, u := range n.Updates {
			p.line(indent, "%s", u)
		}
	case *Branch:
		p.line(indent, "if %s", ExprString(n.Cond))
		p.node(indent+1, n.Then)
		p.line(indent, "else")
		p.node(indent+1, n.Else)
	default:
		panic(fmt.Sprintf("spec: unhandled %T", n))
	}
}

// String returns "place := value".
func (u Update) String() string {
	return u.Place() + " := " + ExprString(u.Value)
}

// Place returns the left-hand side of u: x, x[i].f.
func (u Update) Place() string {
	s := u.Var.Name
	for _, sel := range u.Path {
		if sel.Index != nil {
			s += "[" + ExprString(sel.Index) + "]"
		} else {
			s += "." + sel.Field
		}
	}
	return s
}

func (p *printer) property(q *Property) {
	p.line(0, "%s %s", q.Kind, q.Name)
	p.doc(q.Words)
	p.clause(1, "when", q.When)
	p.clause(1, "from", q.From)
	p.clause(1, "cond", q.Cond)
}

// ExprString returns e in the text form, with no more parentheses than it takes to read it without
// a table of precedence for other than the usual operators.
func ExprString(e Expr) string {
	var b strings.Builder
	writeExpr(&b, e, 0)
	return b.String()
}

// Binding strengths; operators of one strength are put in parentheses inside each other, but for
// chains of the same associative one.
const (
	precImplies = iota + 1
	precOr
	precAnd
	precCompare
	precAdd
	precMul
	precUnary
	precSelect
)

func precedence(op Op) int {
	switch op {
	case Implies, Iff:
		return precImplies
	case Or:
		return precOr
	case And:
		return precAnd
	case Eq, Ne, Lt, Le, Gt, Ge, In, SubsetEq:
		return precCompare
	case Add, Sub, Union, Minus:
		return precAdd
	case Mul, Div, Mod, Intersect:
		return precMul
	}
	panic("spec: unhandled " + op.String())
}

// writeExpr writes e, in parentheses if it binds no tighter than outer.
func writeExpr(b *strings.Builder, e Expr, outer int) {
	open := func(prec int) func() {
		if prec > outer {
			return func() {}
		}
		b.WriteByte('(')
		return func() { b.WriteByte(')') }
	}
	switch e := e.(type) {
	case *Lit:
		b.WriteString(FormatScalar(e.T, e.N))
	case *VarRef:
		b.WriteString(e.Var.Name)
	case *ParamRef:
		b.WriteString(e.Param.Name)
	case *Index:
		writeExpr(b, e.X, precUnary)
		b.WriteByte('[')
		writeExpr(b, e.I, 0)
		b.WriteByte(']')
	case *FieldSel:
		writeExpr(b, e.X, precUnary)
		b.WriteString("." + e.Name)
	case *Unary:
		switch e.Op {
		case Not, Neg:
			defer open(precUnary)()
			b.WriteString(e.Op.String())
			if e.Op == Not {
				b.WriteByte(' ')
			}
			writeExpr(b, e.X, precUnary)
		default:
			writeCall(b, e.Op, e.X)
		}
	case *Binary:
		switch e.Op {
		case Min, Max, Append, RemoveAt:
			writeCall(b, e.Op, e.X, e.Y)
			return
		}
		prec := precedence(e.Op)
		defer open(prec)()
		left := prec
		if x, ok := e.X.(*Binary); ok && x.Op == e.Op && chains(e.Op) {
			left--
		}
		writeExpr(b, e.X, left)
		b.WriteString(" " + e.Op.String() + " ")
		writeExpr(b, e.Y, prec)
	case *If:
		defer open(precImplies)()
		b.WriteString("if ")
		writeExpr(b, e.Cond, 0)
		b.WriteString(" then ")
		writeExpr(b, e.Then, 0)
		b.WriteString(" else ")
		writeExpr(b, e.Else, 0)
	case *Quant:
		b.WriteString("(" + e.Op.String() + " " + e.Param.Name + " in " + domainString(e.Param) + ": ")
		writeExpr(b, e.Body, 0)
		b.WriteByte(')')
	case *Composite:
		writeComposite(b, e)
	default:
		panic(fmt.Sprintf("spec: unhandled %T", e))
	}
}

// chains reports whether x op y op z is read from the left without doubt.
func chains(op Op) bool {
	switch op {
	case And, Or, Add, Mul, Union, Intersect:
		return true
	}
	return false
}

func writeCall(b *strings.Builder, op Op, args ...Expr) {
	b.WriteString(op.String() + "(")
	for i, a := range args {
		if i > 0 {
			b.WriteString(", ")
		}
		writeExpr(b, a, 0)
	}
	b.WriteByte(')')
}

// writeComposite writes a literal in the notation of FormatValue.
func writeComposite(b *strings.Builder, e *Composite) {
	left, right, label := "<", ">", func(int) string { return "" }
	switch t := e.T.(type) {
	case *RecordType:
		left, right = "[", "]"
		label = func(i int) string { return t.Fields[i].Name + ": " }
	case *ArrayType:
		left, right = "[", "]"
		lo, _, _ := Domain(t.Index)
		label = func(i int) string { return FormatScalar(t.Index, lo+int64(i)) + ": " }
	case *SetType:
		left, right = "{", "}"
	case *SeqType:
	default:
		panic(fmt.Sprintf("spec: unhandled %T", t))
	}
	b.WriteString(left)
	for i, x := range e.Elems {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(label(i))
		writeExpr(b, x, 0)
	}
	b.WriteString(right)
}
