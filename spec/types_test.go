package spec

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestElemType(t *testing.T) {
	slot := &EnumType{Name: "Slot", Values: []string{"A", "B"}}
	small := &RangeType{Lo: 0, Hi: 3}
	pair := &RecordType{Name: "pair", Fields: []Field{{Name: "a", Type: Bool}, {Name: "b", Type: slot}}}
	require.Equal(t, Type(small), ElemType(&ArrayType{Index: slot, Elem: small}, 1))
	require.Equal(t, Type(slot), ElemType(&SeqType{Elem: slot, Cap: 2}, 0))
	require.Equal(t, Type(slot), ElemType(&SetType{Elem: slot}, 0))
	require.Equal(t, Type(Bool), ElemType(pair, 0))
	require.Equal(t, Type(slot), ElemType(pair, 1))
	require.Panics(t, func() { ElemType(Bool, 0) })
}
