package symmetry

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mcheck/spec"
)

// printer writes a part of the model in a normal form, with two values of a type swapped. Two texts
// are equal only if the parts mean the same.
type printer struct {
	typ     *spec.EnumType
	a, b    int64 // swapped; equal: none
	out     []byte
	params  map[*spec.Param]int
	names   bool // something names values of typ
	fragile bool // a quantifier over typ may fail
	known   []string
}

func (p *printer) print(u unit) string {
	u.text(p)
	return string(p.out)
}

func (p *printer) swap(v int64) int64 {
	switch v {
	case p.a:
		return p.b
	case p.b:
		return p.a
	}
	return v
}

func (p *printer) put(parts ...string) {
	for _, s := range parts {
		p.out = append(p.out, s...)
	}
}

func (p *printer) number(n int64) { p.out = strconv.AppendInt(p.out, n, 10) }

// sub returns what f writes, and takes it out of the text.
func (p *printer) sub(f func()) string {
	n := len(p.out)
	f()
	text := string(p.out[n:])
	p.out = p.out[:n]
	return text
}

// bind names a parameter by the number of those around it, and writes its domain.
func (p *printer) bind(q *spec.Param) {
	if p.params == nil {
		p.params = map[*spec.Param]int{}
	}
	p.params[q] = len(p.params)
	p.put("(", q.Type.String())
	if q.Only != nil {
		p.put(" only")
		only := q.Only
		if q.Type == spec.Type(p.typ) {
			if len(only) < len(p.typ.Values) {
				p.names = true
			}
			only = make([]int64, len(q.Only))
			for i, v := range q.Only {
				only[i] = p.swap(v)
			}
			slices.Sort(only)
		}
		for _, v := range only {
			p.put(" ")
			p.number(v)
		}
	}
	p.put(")")
}

func (p *printer) action(a *spec.Action) {
	for _, q := range a.Params {
		p.bind(q)
	}
	if a.Guard != nil {
		p.expr(a.Guard)
	}
	n := len(p.known)
	p.learn(a.Guard, true)
	p.put(" do ")
	p.node(a.Body)
	p.known = p.known[:n]
}

func (p *printer) node(n spec.Node) {
	switch n := n.(type) {
	case *spec.Do:
		p.updates(n.Updates)
	case *spec.Branch:
		p.put("if ")
		p.expr(n.Cond)
		for i, c := range []spec.Node{n.Then, n.Else} {
			k := len(p.known)
			p.learn(n.Cond, i == 0)
			p.put("{")
			p.node(c)
			p.put("}")
			p.known = p.known[:k]
		}
	default:
		panic(fmt.Sprintf("unhandled %T", n))
	}
}

// updates writes the updates variable by variable, since updates of different ones may stand in any
// order. Of one variable those that name different places, one by one, may too.
func (p *printer) updates(us []spec.Update) {
	var vars []*spec.Var
	of := map[*spec.Var][]spec.Update{}
	for _, u := range us {
		if of[u.Var] == nil {
			vars = append(vars, u.Var)
		}
		of[u.Var] = append(of[u.Var], u)
	}
	slices.SortFunc(vars, func(a, b *spec.Var) int { return strings.Compare(a.Name, b.Name) })
	for _, v := range vars {
		for list := of[v]; len(list) > 0; {
			n := 1
			for n < len(list) && !slices.ContainsFunc(list[:n], func(u spec.Update) bool { return !apart(u.Path, list[n].Path) }) {
				n++
			}
			var texts []string
			for _, u := range list[:n] {
				texts = append(texts, p.sub(func() { p.update(u) }))
			}
			slices.Sort(texts)
			p.put(texts...)
			list = list[n:]
		}
		p.put("|")
	}
}

func (p *printer) update(u spec.Update) {
	p.put(u.Var.Name)
	for _, s := range u.Path {
		if s.Index == nil {
			p.put(".", s.Field)
			continue
		}
		p.put("[")
		p.expr(s.Index)
		p.put("]")
	}
	p.put(":=")
	p.expr(u.Value)
	p.put(";")
}

// apart reports whether two paths into one variable surely lead to places that have nothing in
// common.
func apart(x, y []spec.Selector) bool {
	for i := range min(len(x), len(y)) {
		switch a, b := x[i], y[i]; {
		case a.Index == nil && a.Field != b.Field:
			return true
		case a.Index == nil:
		default:
			k, ok1 := a.Index.(*spec.Lit)
			l, ok2 := b.Index.(*spec.Lit)
			if !ok1 || !ok2 {
				return false
			}
			if k.N != l.N {
				return true
			}
		}
	}
	return false
}

// literal writes a scalar constant, swapped.
func (p *printer) literal(t spec.Type, n int64) {
	switch x := t.(type) {
	case *spec.EnumType:
		if x == p.typ {
			p.names = true
			n = p.swap(n)
		}
	case *spec.OptionType:
		if x.Elem == p.typ && n >= 0 {
			p.names = true
			n = p.swap(n)
		}
	case *spec.SetType:
		if x.Elem == spec.Type(p.typ) && n != 0 && p.typ != nil {
			if n != 1<<len(p.typ.Values)-1 {
				p.names = true
			}
			if n>>p.a&1 != n>>p.b&1 {
				n ^= 1<<p.a | 1<<p.b
			}
		}
	}
	p.number(n)
	p.put(":", t.String())
}

func (p *printer) expr(e spec.Expr) {
	if text, ok := p.decisions(e); ok {
		p.put(text)
		return
	}
	switch e := e.(type) {
	case *spec.Lit:
		p.literal(e.T, e.N)
	case *spec.VarRef:
		p.put(e.Var.Name)
	case *spec.ParamRef:
		p.put("$")
		p.number(int64(p.params[e.Param]))
	case *spec.Index:
		p.expr(e.X)
		p.put("[")
		p.expr(e.I)
		p.put("]")
	case *spec.FieldSel:
		p.expr(e.X)
		p.put(".", e.Name)
	case *spec.Unary:
		p.put(e.Op.String(), "(")
		p.expr(e.X)
		p.put(")")
	case *spec.Binary:
		p.binary(e)
	case *spec.If:
		p.put("if(")
		p.expr(e.Cond)
		for i, x := range []spec.Expr{e.Then, e.Else} {
			n := len(p.known)
			p.learn(e.Cond, i == 0)
			p.put(",")
			p.expr(x)
			p.known = p.known[:n]
		}
		p.put(")")
	case *spec.Quant:
		p.put(e.Op.String())
		p.bind(e.Param)
		if e.Param.Type == spec.Type(p.typ) && (e.Op == spec.Forall || e.Op == spec.Exists) && p.mayFail(e.Body) {
			p.fragile = true
		}
		p.put("{")
		p.expr(e.Body)
		p.put("}")
		delete(p.params, e.Param)
	case *spec.Composite:
		p.composite(e)
	default:
		panic(fmt.Sprintf("unhandled %T", e))
	}
}

// anyOrder are the operators whose operands may stand in any order, and be nested in any way.
var anyOrder = map[spec.Op]bool{spec.Add: true, spec.Min: true, spec.Max: true, spec.Union: true, spec.Intersect: true}

// binary writes an operator; of a nest of one that may be reordered, the operands in the order of
// their texts.
func (p *printer) binary(e *spec.Binary) {
	logic := e.Op == spec.And || e.Op == spec.Or
	if !logic && !anyOrder[e.Op] {
		n := len(p.known)
		p.put("(")
		p.expr(e.X)
		if e.Op == spec.Implies {
			p.learn(e.X, true)
		}
		p.put(" ", e.Op.String(), " ")
		p.expr(e.Y)
		p.put(")")
		p.known = p.known[:n]
		return
	}
	n := len(p.known)
	p.put(e.Op.String(), "(")
	var run []string
	flush := func() {
		slices.Sort(run)
		for _, s := range run {
			p.put(s, ",")
		}
		run = run[:0]
	}
	for _, x := range operands(e.Op, e) {
		text := p.sub(func() { p.expr(x) })
		if logic && p.mayFail(x) {
			flush()
			p.put(text, ";")
		} else {
			run = append(run, text)
		}
		if logic {
			p.learn(x, e.Op == spec.And)
		}
	}
	flush()
	p.put(")")
	p.known = p.known[:n]
}

// operands returns the operands of a nest of one operator, left to right.
func operands(op spec.Op, e spec.Expr) []spec.Expr {
	if b, ok := e.(*spec.Binary); ok && b.Op == op {
		return append(operands(op, b.X), operands(op, b.Y)...)
	}
	return []spec.Expr{e}
}

// composite writes the elements; those of an array over the type at their swapped places, those of
// a set in the order of their texts.
func (p *printer) composite(e *spec.Composite) {
	texts := make([]string, len(e.Elems))
	for i, x := range e.Elems {
		texts[i] = p.sub(func() { p.expr(x) })
	}
	switch t := e.T.(type) {
	case *spec.ArrayType:
		if t.Index == spec.Type(p.typ) {
			p.names = true
			texts[p.a], texts[p.b] = texts[p.b], texts[p.a]
		}
	case *spec.SetType:
		slices.Sort(texts)
		texts = slices.Compact(texts)
	}
	p.put(e.T.String(), "<", strings.Join(texts, ","), ">")
}
