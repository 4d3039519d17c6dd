package tla

import (
	"fmt"
	"strconv"
	"strings"

	"mcheck/spec"
)

// typ returns the set of the values of t, flat, and its precedence.
func (p *printer) typ(t spec.Type) (string, int) {
	switch t := t.(type) {
	case *spec.BoolType:
		return "BOOLEAN", atom
	case *spec.RangeType:
		return fmt.Sprintf("%d..%d", t.Lo, t.Hi), rangePrec
	case *spec.EnumType:
		return p.sym.enums[t], atom
	case *spec.OptionType:
		return p.sym.enums[t.Elem] + ` \cup {` + p.sym.null + "}", setPrec
	case *spec.ArrayType:
		return "[" + p.typ0(t.Index) + " -> " + p.typ0(t.Elem) + "]", atom
	case *spec.SetType:
		s, prec := p.typ(t.Elem)
		return "SUBSET " + parens(s, prec <= setPrec+1), setPrec
	case *spec.SeqType:
		op := p.sym.boundedSeq
		if p.enumerate {
			op = p.sym.allSeq
		}
		return op + "(" + p.typ0(t.Elem) + ", " + strconv.Itoa(t.Cap) + ")", atom
	case *spec.RecordType:
		if n := p.sym.records[t]; n != "" && !(p.enumerate && hasSeq(t)) {
			return n, atom
		}
		return p.recordSet(t), atom
	}
	panic(fmt.Sprintf("tla: unhandled %T", t))
}

func (p *printer) typ0(t spec.Type) string {
	s, _ := p.typ(t)
	return s
}

// recordSet returns the set of records of t written out.
func (p *printer) recordSet(t *spec.RecordType) string {
	parts := make([]string, len(t.Fields))
	for i, f := range t.Fields {
		parts[i] = fieldName(f.Name) + ": " + p.typ0(f.Type)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// domain returns the set that q ranges over, flat.
func (p *printer) domain(q *spec.Param) string {
	if q.Only == nil {
		return p.typ0(q.Type)
	}
	if n := len(q.Only); n > 1 && q.Only[n-1]-q.Only[0] == int64(n-1) {
		if _, ok := q.Type.(*spec.RangeType); ok {
			return fmt.Sprintf("%d..%d", q.Only[0], q.Only[n-1])
		}
	}
	parts := make([]string, len(q.Only))
	for i, v := range q.Only {
		parts[i], _ = p.scalar(q.Type, v)
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// scalar returns the scalar n of t, and its precedence.
func (p *printer) scalar(t spec.Type, n int64) (string, int) {
	switch t := t.(type) {
	case *spec.BoolType:
		if n != 0 {
			return "TRUE", atom
		}
		return "FALSE", atom
	case *spec.RangeType:
		if n < 0 {
			return strconv.FormatInt(n, 10), negPrec
		}
		return strconv.FormatInt(n, 10), atom
	case *spec.EnumType:
		if vs := p.sym.values[t]; n >= 0 && n < int64(len(vs)) {
			return vs[n], atom
		}
		// no such value: spec.Check refuses it
		return fmt.Sprintf("%q", fmt.Sprintf("%s(%d)", t.Name, n)), atom
	case *spec.OptionType:
		if n == -1 {
			return p.sym.null, atom
		}
		return p.scalar(t.Elem, n)
	case *spec.SetType:
		lo, hi, _ := spec.Domain(t.Elem)
		if e, ok := t.Elem.(*spec.EnumType); ok && hi > 0 && n == int64(uint64(1)<<(hi+1)-1) {
			return p.sym.enums[e], atom // all of them
		}
		var parts []string
		for i := lo; i <= hi; i++ {
			if n&(1<<(i-lo)) != 0 {
				s, _ := p.scalar(t.Elem, i)
				parts = append(parts, s)
			}
		}
		return "{" + strings.Join(parts, ", ") + "}", atom
	}
	panic(fmt.Sprintf("tla: unhandled %T", t))
}

// value returns v, of type t, as a TLA+ expression without variables.
func (p *printer) value(t spec.Type, v spec.Value) box {
	switch t := t.(type) {
	case *spec.ArrayType:
		name := p.names().pick("i") // before the elements pick theirs
		defer p.names().release(name)
		items := make([]box, len(v.Elems))
		for i, e := range v.Elems {
			items[i] = p.value(t.Elem, e)
		}
		return p.array(t, name, items, width-8)
	case *spec.RecordType:
		items := make([]box, len(v.Elems))
		for i, e := range v.Elems {
			items[i] = hang(fieldName(t.Fields[i].Name)+" |-> ", p.value(t.Fields[i].Type, e), "")
		}
		return list("[", items, "]", width-8, false)
	case *spec.SeqType:
		items := make([]box, len(v.Elems))
		for i, e := range v.Elems {
			items[i] = p.value(t.Elem, e)
		}
		return list("<<", items, ">>", width-8, false)
	}
	s, _ := p.scalar(t, v.N)
	return box{s}
}

// array returns the function whose values, in index order, are items; name is free for a bound
// variable.
func (p *printer) array(t *spec.ArrayType, name string, items []box, w int) box {
	if len(items) > 1 && allSame(items) {
		return hang("["+name+` \in `+p.typ0(t.Index)+" |-> ", items[0], "]")
	}
	lo, _, _ := spec.Domain(t.Index)
	if _, ok := t.Index.(*spec.RangeType); ok && lo == 1 {
		return list("<<", items, ">>", w, false)
	}
	p.uses.pairs = true
	lines := make([]box, len(items))
	for i, it := range items {
		k, _ := p.scalar(t.Index, lo+int64(i))
		lines[i] = hang(k+" :> ", it, "")
	}
	if flat, ok := joined(lines, " @@ "); ok && len(flat)+2 <= w {
		return box{"(" + flat + ")"}
	}
	var body box
	for i, l := range lines {
		if i > 0 {
			body = append(body, hang("@@ ", l, "")...)
		} else {
			body = append(body, hang("   ", l, "")...)
		}
	}
	return hang("(", body, ")")
}

func allSame(items []box) bool {
	first := strings.Join(items[0], "\n")
	for _, it := range items[1:] {
		if strings.Join(it, "\n") != first {
			return false
		}
	}
	return true
}

// hasSeq reports whether values of t hold sequences.
func hasSeq(t spec.Type) bool {
	found := false
	spec.Types(t, func(t spec.Type) {
		if _, ok := t.(*spec.SeqType); ok {
			found = true
		}
	})
	return found
}
