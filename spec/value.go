package spec

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Value is a decoded value. Of a scalar type ([IsScalar]): N, as in [Lit]. Of an array or a record:
// one element an index or field, in order. Of a sequence: its elements. Values are never changed in
// place once they are part of a State.
type Value struct {
	N     int64
	Elems []Value
}

// State is one value a variable, in the order of Model.Vars.
type State []Value

// Equal reports whether v and w, of one type, are the same value.
func (v Value) Equal(w Value) bool {
	return v.N == w.N && slices.EqualFunc(v.Elems, w.Elems, Value.Equal)
}

// Equal reports whether s and r, of one model, are the same state.
func (s State) Equal(r State) bool { return slices.EqualFunc(s, r, Value.Equal) }

// Key returns a string that is equal for equal states of one model and different for different
// ones.
func (s State) Key() string {
	var b []byte
	for _, v := range s {
		b = appendKey(b, v)
	}
	return string(b)
}

func appendKey(b []byte, v Value) []byte {
	b = binary.AppendUvarint(binary.AppendVarint(b, v.N), uint64(len(v.Elems)))
	for _, e := range v.Elems {
		b = appendKey(b, e)
	}
	return b
}

// FormatValue returns v, of type t, in the text form of the IR: false, 3, main, NULL, [a: 1, b: 2],
// {x, y}, <x, y>.
func FormatValue(t Type, v Value) string {
	switch t := t.(type) {
	case *ArrayType:
		lo, _, _ := Domain(t.Index)
		parts := make([]string, len(v.Elems))
		for i, e := range v.Elems {
			parts[i] = FormatScalar(t.Index, lo+int64(i)) + ": " + FormatValue(t.Elem, e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case *RecordType:
		parts := make([]string, len(v.Elems))
		for i, e := range v.Elems {
			parts[i] = t.Fields[i].Name + ": " + FormatValue(t.Fields[i].Type, e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case *SeqType:
		parts := make([]string, len(v.Elems))
		for i, e := range v.Elems {
			parts[i] = FormatValue(t.Elem, e)
		}
		return "<" + strings.Join(parts, ", ") + ">"
	}
	return FormatScalar(t, v.N)
}

// FormatScalar returns the scalar n of type t in the text form of the IR.
func FormatScalar(t Type, n int64) string {
	switch t := t.(type) {
	case *BoolType:
		return strconv.FormatBool(n != 0)
	case *RangeType:
		return strconv.FormatInt(n, 10)
	case *EnumType:
		if n >= 0 && n < int64(len(t.Values)) {
			return t.Values[n]
		}
		return fmt.Sprintf("%s(%d)", t.Name, n)
	case *OptionType:
		if n == -1 {
			return "NULL"
		}
		return FormatScalar(t.Elem, n)
	case *SetType:
		lo, hi, _ := Domain(t.Elem)
		var parts []string
		for i := lo; i <= hi; i++ {
			if n&(1<<(i-lo)) != 0 {
				parts = append(parts, FormatScalar(t.Elem, i))
			}
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	panic(fmt.Sprintf("spec: unhandled type %T", t))
}

// Step is one step of a Trace: the action and its arguments (in the order of its Params), and the
// state it leads to. The first step of a trace has no action: its state is the initial one.
type Step struct {
	Action *Action
	Args   []int64
	State  State
}

// Trace is a behaviour of a model from an initial state.
type Trace []Step

// Actor returns the name of who takes the step: the value of the action's actor parameter, else the
// action's name; "" for the first step.
func (s Step) Actor() string {
	switch {
	case s.Action == nil:
		return ""
	case s.Action.Actor < 0:
		return s.Action.Name
	}
	return FormatScalar(s.Action.Params[s.Action.Actor].Type, s.Args[s.Action.Actor])
}
