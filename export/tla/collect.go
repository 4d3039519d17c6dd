package tla

import (
	"fmt"
	"slices"

	"mcheck/spec"
)

// collected is what a model uses, in order of first appearance.
type collected struct {
	enums   []*spec.EnumType
	records []*spec.RecordType

	options                                           bool // some type has a NULL
	seqTypes                                          bool
	allSeq                                            bool // some variable starts with any sequence
	seqs, card, ints, removeAt, min, max, pairs, rest bool
}

// collect walks all of m.
func collect(m *spec.Model) *collected {
	c := &collected{}
	for _, t := range m.Enums {
		c.typ(t)
	}
	for _, v := range m.Vars {
		c.typ(v.Type)
		c.expr(v.Init)
		c.allSeq = c.allSeq || v.Init == nil && hasSeq(v.Type)
	}
	c.expr(m.InitWhere)
	c.expr(m.Running)
	c.expr(m.Constraint)
	for _, a := range m.Actions {
		for _, p := range a.Params {
			c.typ(p.Type)
		}
		c.expr(a.Guard)
		c.node(a.Body)
	}
	for _, p := range m.Properties {
		c.expr(p.When)
		c.expr(p.From)
		c.expr(p.Cond)
		switch p.Kind {
		case spec.AtRest, spec.Deadlock, spec.CanRest:
			c.rest = true
		}
	}
	return c
}

func (c *collected) typ(t spec.Type) {
	switch t := t.(type) {
	case *spec.BoolType:
	case *spec.RangeType:
		c.ints = true
	case *spec.EnumType:
		if !slices.Contains(c.enums, t) {
			c.enums = append(c.enums, t)
		}
	case *spec.OptionType:
		c.options = true
		c.typ(t.Elem)
	case *spec.ArrayType:
		c.typ(t.Index)
		c.typ(t.Elem)
	case *spec.SetType:
		c.typ(t.Elem)
	case *spec.SeqType:
		c.seqTypes, c.seqs, c.ints = true, true, true
		c.typ(t.Elem)
	case *spec.RecordType:
		if !slices.Contains(c.records, t) {
			for _, f := range t.Fields { // the records in it are defined before it
				c.typ(f.Type)
			}
			c.records = append(c.records, t)
		}
	default:
		panic(fmt.Sprintf("tla: unhandled %T", t))
	}
}

func (c *collected) node(n spec.Node) {
	switch n := n.(type) {
	case *spec.Do:
		for _, u := range n.Updates {
			for _, s := range u.Path {
				c.expr(s.Index)
			}
			c.expr(u.Value)
		}
	case *spec.Branch:
		c.expr(n.Cond)
		c.node(n.Then)
		c.node(n.Else)
	default:
		panic(fmt.Sprintf("tla: unhandled %T", n))
	}
}

func (c *collected) expr(e spec.Expr) {
	switch e := e.(type) {
	case nil:
	case *spec.Lit:
		c.typ(e.T)
	case *spec.VarRef, *spec.ParamRef:
	case *spec.Index:
		c.expr(e.X)
		c.expr(e.I)
	case *spec.FieldSel:
		c.expr(e.X)
	case *spec.Unary:
		switch e.Op {
		case spec.Len, spec.Head, spec.Tail:
			c.seqs = true
		case spec.Neg:
			c.ints = true
		case spec.Cardinality:
			c.card = true
		}
		c.expr(e.X)
	case *spec.Binary:
		switch e.Op {
		case spec.Append:
			c.seqs = true
		case spec.RemoveAt:
			c.seqs, c.ints, c.removeAt = true, true, true
		case spec.Min:
			c.ints, c.min = true, true
		case spec.Max:
			c.ints, c.max = true, true
		case spec.Lt, spec.Le, spec.Gt, spec.Ge, spec.Add, spec.Sub, spec.Mul, spec.Div, spec.Mod:
			c.ints = true
		}
		c.expr(e.X)
		c.expr(e.Y)
	case *spec.If:
		c.expr(e.Cond)
		c.expr(e.Then)
		c.expr(e.Else)
	case *spec.Quant:
		switch e.Op {
		case spec.Count:
			c.card = true
		case spec.Sum:
			c.ints = true
		}
		c.typ(e.Param.Type)
		c.expr(e.Body)
	case *spec.Composite:
		c.typ(e.T)
		for _, x := range e.Elems {
			c.expr(x)
		}
	default:
		panic(fmt.Sprintf("tla: unhandled %T", e))
	}
}
