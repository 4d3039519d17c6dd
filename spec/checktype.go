package spec

import "fmt"

// typ checks a type and reports whether it is right. What is wrong with one type is reported where
// it is met first.
func (c *checker) typ(t Type) bool {
	if isNil(t) {
		c.missing("a type")
		return false
	}
	if ok, done := c.types[t]; done {
		return ok
	}
	if !c.enter(t, "type "+typeName(t)) {
		return false
	}
	ok := c.newType(t)
	if ok && scalars(t) > MaxLen {
		c.largeType(t, MaxLen)
		ok = false
	}
	c.leave(t)
	c.types[t] = ok
	return ok
}

func (c *checker) newType(t Type) bool {
	switch t := t.(type) {
	case *BoolType:
		return true
	case *RangeType:
		if t.Lo > t.Hi {
			c.emptyType(t)
			return false
		}
		if t.Lo < minTLCInt || t.Hi > maxTLCInt {
			c.wideInt(t)
			return false
		}
		return true
	case *EnumType:
		if !c.enums[t] {
			c.unlistedEnum(t)
		}
		return len(t.Values) > 0 // else the enum itself was reported
	case *OptionType:
		if t.Elem == nil {
			c.missing("the enum of an option")
			return false
		}
		return c.typ(t.Elem)
	case *ArrayType:
		index, elem := c.typ(t.Index), c.typ(t.Elem)
		if !index || !elem {
			return false
		}
		return c.smallDomain(t, t.Index)
	case *SetType:
		if !c.typ(t.Elem) || !c.smallDomain(t, t.Elem) {
			return false
		}
		if lo, hi, _ := Domain(t.Elem); hi-lo >= MaxSet {
			c.wideSet(uint64(hi - lo + 1))
			return false
		}
		return true
	case *SeqType:
		ok := c.typ(t.Elem)
		if t.Cap < 1 {
			c.badType(t, "its capacity is not positive")
			return false
		}
		if t.Cap > MaxLen {
			c.largeType(t, MaxLen)
			return false
		}
		return ok
	case *RecordType:
		return c.record(t)
	}
	panic(fmt.Sprintf("spec: unhandled %T", t))
}

// smallDomain reports whether index, a part of t, is a bool, a range or an enum of no more than
// MaxLen values.
func (c *checker) smallDomain(t, index Type) bool {
	if !isIndexType(index) {
		c.badType(t, typeName(index)+" is no bool, range or enum")
		return false
	}
	if lo, hi, _ := Domain(index); hi-lo >= MaxLen {
		c.largeType(t, MaxLen)
		return false
	}
	return true
}

func (c *checker) record(t *RecordType) bool {
	ok := true
	if len(t.Fields) == 0 {
		c.emptyType(t)
		ok = false
	}
	if t.Name != "" {
		if !IsIdentifier(t.Name) {
			c.badName("record", t.Name)
		} else if c.recs[t.Name] != nil {
			c.duplicateName("record", t.Name, "another record type")
		}
		c.recs[t.Name] = t
	}
	seen := map[string]bool{}
	for _, f := range t.Fields {
		switch {
		case !c.identifier("field", f.Name):
		case seen[f.Name]:
			c.duplicateName("field", f.Name, "another field of its record")
			ok = false
		}
		seen[f.Name] = true
		ok = c.typ(f.Type) && ok
	}
	return ok
}

// scalars counts the scalars in a value of t, a right type but perhaps a large one; it stops
// counting beyond MaxLen.
func scalars(t Type) int64 {
	switch t := t.(type) {
	case *ArrayType:
		lo, hi, _ := Domain(t.Index)
		return min((hi-lo+1)*scalars(t.Elem), MaxLen+1)
	case *SeqType:
		return min(int64(t.Cap)*scalars(t.Elem), MaxLen+1)
	case *RecordType:
		var n int64
		for _, f := range t.Fields {
			n = min(n+scalars(f.Type), MaxLen+1)
		}
		return n
	}
	return 1
}

// isIndexType reports whether t can be the index of an array, the element of a set and the type of
// a parameter.
func isIndexType(t Type) bool {
	switch t.(type) {
	case *BoolType, *RangeType, *EnumType:
		return true
	}
	return false
}

func isBool(t Type) bool {
	_, ok := t.(*BoolType)
	return ok
}

// Assignable reports whether [Check] lets a value of type from be stored where type to is wanted;
// both must be well-formed. A range may still refuse the value itself, when it is evaluated.
func Assignable(to, from Type) bool {
	if SameType(to, from) {
		return true
	}
	switch to := to.(type) {
	case *RangeType:
		from, ok := from.(*RangeType)
		return ok && to.Lo <= from.Hi && from.Lo <= to.Hi
	case *OptionType:
		return from == Type(to.Elem)
	case *ArrayType:
		from, ok := from.(*ArrayType)
		return ok && SameType(to.Index, from.Index) && Assignable(to.Elem, from.Elem)
	}
	return false
}
