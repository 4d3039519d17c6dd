package spec

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSameExpr(t *testing.T) {
	slot := &EnumType{Name: "Slot", Values: []string{"A", "B"}}
	other := &EnumType{Name: "Other", Values: []string{"A", "B"}}
	pair := &RecordType{Name: "pair", Fields: []Field{{Name: "a", Type: Bool}, {Name: "b", Type: Bool}}}
	x := &Var{Name: "x", Type: &ArrayType{Index: slot, Elem: Bool}}
	r := &Var{Name: "r", Type: pair}
	p, q := &Param{Name: "p", Type: slot}, &Param{Name: "q", Type: slot}
	few := &Param{Name: "p", Type: slot, Only: []int64{1}}
	every := &Param{Name: "p", Type: slot, Only: []int64{0, 1}}
	all := func(p *Param, body Expr) Expr { return &Quant{Op: Forall, Param: p, Body: body} }
	at := func(p *Param) Expr { return At(x, P(p)) }
	list := func(t Type, es ...Expr) Expr { return &Composite{T: t, Elems: es} }
	seq := &SeqType{Elem: slot, Cap: 2}

	for _, tc := range []struct {
		name string
		a, b Expr
		same bool
	}{
		{"numbers of two ranges", &Lit{3, &RangeType{0, 3}}, &Lit{3, &RangeType{0, 7}}, true},
		{"other numbers", Int(3), Int(4), false},
		{"NULL and a number", Null(slot), Int(-1), false},
		{"NULL of two pools", Null(slot), Null(other), false},
		{"NULL of two types of one pool", &Lit{-1, &OptionType{Elem: slot}}, Null(slot), true},
		{"false and zero", F, Int(0), false},
		{"false and the empty set", F, &Lit{0, &SetType{Elem: slot}}, false},
		{"values of two enums", slot.Val("A"), other.Val("A"), false},
		{"a pointer that may be NULL, and one that may not", &Lit{0, &OptionType{Elem: slot}}, slot.Val("A"), false},
		{"nothing", nil, nil, true},
		{"nothing and something", nil, T, false},
		{"something and nothing", T, nil, false},
		{"fields", &FieldSel{V(r), "a"}, &FieldSel{V(r), "a"}, true},
		{"two fields", &FieldSel{V(r), "a"}, &FieldSel{V(r), "b"}, false},
		{"parameters", At(x, P(p)), At(x, P(p)), true},
		{"two parameters", At(x, P(p)), At(x, P(q)), false},
		{"order matters", Bin(And, at(p), at(q)), Bin(And, at(q), at(p)), false},
		{"operators", Bin(And, at(p), at(q)), Bin(Or, at(p), at(q)), false},
		{"conditionals", &If{at(p), T, F}, &If{at(p), T, F}, true},
		{"arms", &If{at(p), T, F}, &If{at(p), F, F}, false},
		{"quantifiers that are two objects", all(p, at(p)), all(p, at(p)), true},
		{"bound names", all(p, at(p)), all(q, at(q)), true},
		{"bound and free", all(p, at(p)), all(q, at(p)), false},
		{"free and bound", all(p, at(q)), all(q, at(q)), false},
		{"free in both", all(p, at(q)), all(p, at(q)), true},
		{"the inner one of two", all(p, all(q, at(p))), all(q, all(p, at(q))), true},
		{"not the inner one", all(p, all(q, at(p))), all(p, all(q, at(q))), false},
		{"the same object under other bindings", all(p, all(q, at(p))), all(q, all(p, at(p))), false},
		{"shadowed", all(p, all(p, at(p))), all(p, all(q, at(q))), true},
		{"other quantifiers", all(p, at(p)), &Quant{Op: Exists, Param: p, Body: at(p)}, false},
		{"other domains", all(p, at(p)), all(few, at(few)), false},
		{"a domain written out", all(p, at(p)), all(every, at(every)), true},
		{"literals", list(seq, slot.Val("A")), list(seq, slot.Val("A")), true},
		{"lengths", list(seq, slot.Val("A")), list(seq), false},
		{"types of literals", list(seq), list(&SeqType{Elem: slot, Cap: 1}), false},
	} {
		require.Equal(t, tc.same, SameExpr(tc.a, tc.b), tc.name)
		require.Equal(t, tc.same, SameExpr(tc.b, tc.a), "%s, the other way", tc.name)
		if tc.a != nil {
			require.True(t, SameExpr(tc.a, tc.a), tc.name)
		}
	}
}
