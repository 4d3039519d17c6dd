package spec

import (
	"fmt"
	"strings"
)

// Type is the type of a variable or expression. The set of types is closed: *BoolType, *RangeType,
// *EnumType, *OptionType, *ArrayType, *SetType, *SeqType, *RecordType. Two types are the same if
// [SameType] says so.
type Type interface {
	isType()
	String() string
}

// BoolType is the type of truth values; use [Bool].
type BoolType struct{}

// Bool is the one BoolType.
var Bool = &BoolType{}

// RangeType is the integers Lo to Hi, both included.
type RangeType struct{ Lo, Hi int64 }

// EnumType is a named finite set of values without arithmetic: tasks, CPUs, objects of a pool,
// program labels. Enum types are the same only if they are the same pointer.
type EnumType struct {
	Name   string
	Values []string
	// Symbolic values are printed as model values (TLA+ CONSTANTS); others as strings.
	Symbolic bool
}

// OptionType is one value of Elem or NULL: a pointer into a pool. A value of Elem may be assigned
// to it and compared with it; indexing an array over Elem with NULL is an evaluation error.
type OptionType struct{ Elem *EnumType }

// ArrayType is a total function from Index (*EnumType, *RangeType or *BoolType) to Elem.
type ArrayType struct{ Index, Elem Type }

// SetType is the subsets of Elem (*EnumType, *RangeType or *BoolType), which has at most 64 values.
type SetType struct{ Elem Type }

// SeqType is the sequences over Elem of at most Cap elements. Appending to a full one is an
// evaluation error.
type SeqType struct {
	Elem Type
	Cap  int
}

// RecordType is a record with the given fields, in order. Record types are the same only if they
// are the same pointer.
type RecordType struct {
	Name   string
	Fields []Field
}

// Field is one field of a RecordType.
type Field struct {
	Name string
	Type Type
}

func (*BoolType) isType()   {}
func (*RangeType) isType()  {}
func (*EnumType) isType()   {}
func (*OptionType) isType() {}
func (*ArrayType) isType()  {}
func (*SetType) isType()    {}
func (*SeqType) isType()    {}
func (*RecordType) isType() {}

func (*BoolType) String() string     { return "bool" }
func (t *RangeType) String() string  { return fmt.Sprintf("%d..%d", t.Lo, t.Hi) }
func (t *EnumType) String() string   { return t.Name }
func (t *OptionType) String() string { return t.Elem.Name + "?" }
func (t *ArrayType) String() string  { return "[" + t.Index.String() + "]" + t.Elem.String() }
func (t *SetType) String() string    { return "set of " + t.Elem.String() }
func (t *SeqType) String() string    { return fmt.Sprintf("seq %d of %s", t.Cap, t.Elem) }
func (t *RecordType) String() string {
	if t.Name != "" {
		return t.Name
	}
	var b strings.Builder
	b.WriteString("{")
	for i, f := range t.Fields {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(f.Name + " " + f.Type.String())
	}
	return b.String() + "}"
}

// FieldIndex returns the position of the named field, or -1.
func (t *RecordType) FieldIndex(name string) int {
	for i, f := range t.Fields {
		if f.Name == name {
			return i
		}
	}
	return -1
}

// SameType reports whether a and b have the same values and operations: structurally for the types
// without a name of their own, by identity for enums and records.
func SameType(a, b Type) bool {
	switch a := a.(type) {
	case *BoolType:
		_, ok := b.(*BoolType)
		return ok
	case *RangeType:
		b, ok := b.(*RangeType)
		return ok && *a == *b
	case *EnumType:
		return Type(a) == b
	case *RecordType:
		return Type(a) == b
	case *OptionType:
		b, ok := b.(*OptionType)
		return ok && a.Elem == b.Elem
	case *ArrayType:
		b, ok := b.(*ArrayType)
		return ok && SameType(a.Index, b.Index) && SameType(a.Elem, b.Elem)
	case *SetType:
		b, ok := b.(*SetType)
		return ok && SameType(a.Elem, b.Elem)
	case *SeqType:
		b, ok := b.(*SeqType)
		return ok && a.Cap == b.Cap && SameType(a.Elem, b.Elem)
	}
	panic(fmt.Sprintf("spec: unhandled type %T", a))
}

// ElemType returns the type of element i of a composite value of type t: of an array or sequence, a
// field of a record, of a set its elements'.
func ElemType(t Type, i int) Type {
	switch t := t.(type) {
	case *ArrayType:
		return t.Elem
	case *SeqType:
		return t.Elem
	case *SetType:
		return t.Elem
	case *RecordType:
		return t.Fields[i].Type
	}
	panic(fmt.Sprintf("spec: %s has no elements", t))
}

// IsScalar reports whether a value of t is one number ([Value].N): bool, range, enum, option, and
// set (a bit mask).
func IsScalar(t Type) bool {
	switch t.(type) {
	case *BoolType, *RangeType, *EnumType, *OptionType, *SetType:
		return true
	}
	return false
}

// Domain returns the scalar values of t, first and last, both included: false..true as 0..1, the
// bounds of a range, the positions of an enum's values, -1 (NULL) and the positions for an option.
// ok is false for every other type.
func Domain(t Type) (lo, hi int64, ok bool) {
	switch t := t.(type) {
	case *BoolType:
		return 0, 1, true
	case *RangeType:
		return t.Lo, t.Hi, true
	case *EnumType:
		return 0, int64(len(t.Values)) - 1, true
	case *OptionType:
		return -1, int64(len(t.Elem.Values)) - 1, true
	}
	return 0, 0, false
}
