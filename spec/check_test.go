package spec_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
)

// sample returns a small model without mistakes that has one of everything, and its parts for a
// test to break.
type sample struct {
	m            *spec.Model
	color        *spec.EnumType
	msg          *spec.RecordType
	pc, n, q, r  *spec.Var
	set, opt, gh *spec.Var
	p            *spec.Param
	act          *spec.Action
	prop         *spec.Property
}

func newSample() *sample {
	s := &sample{}
	s.color = &spec.EnumType{Name: "Color", Values: []string{"red", "green"}, Symbolic: true}
	s.msg = &spec.RecordType{Name: "Msg", Fields: []spec.Field{{Name: "kind", Type: s.color}, {Name: "val", Type: &spec.RangeType{Lo: 0, Hi: 3}}}}
	rng := &spec.RangeType{Lo: 0, Hi: 3}
	s.pc = &spec.Var{Name: "pc", Type: &spec.ArrayType{Index: s.color, Elem: rng}, Pos: spec.Pos{File: "a.c", Line: 3, Col: 1}}
	s.pc.Init = &spec.Quant{Op: spec.MapOf, Param: &spec.Param{Name: "k", Type: s.color}, Body: spec.Int(0)}
	s.n = &spec.Var{Name: "n", Type: rng, Init: spec.Int(1)}
	s.q = &spec.Var{Name: "q", Type: &spec.SeqType{Elem: s.msg, Cap: 2}}
	s.q.Init = &spec.Composite{T: s.q.Type}
	s.r = &spec.Var{Name: "r", Type: s.msg, Init: &spec.Composite{T: s.msg, Elems: []spec.Expr{s.color.Val("red"), spec.Int(2)}}}
	s.set = &spec.Var{Name: "set", Type: &spec.SetType{Elem: s.color}, Init: &spec.Lit{N: 1, T: &spec.SetType{Elem: s.color}}}
	s.opt = &spec.Var{Name: "opt", Type: &spec.OptionType{Elem: s.color}, Init: spec.Null(s.color)}
	s.gh = &spec.Var{Name: "gh", Type: rng, Init: spec.Int(0), Ghost: true}
	s.p = &spec.Param{Name: "c", Type: s.color}
	s.act = &spec.Action{
		Name: "Step", Params: []*spec.Param{s.p}, Actor: 0, Pos: spec.Pos{File: "a.c", Line: 7, Col: 2},
		Guard: spec.All(spec.Bin(spec.Eq, spec.At(s.pc, spec.P(s.p)), spec.Int(0)), spec.Bin(spec.In, spec.P(s.p), spec.V(s.set))),
		Body: &spec.Branch{
			Cond: spec.Bin(spec.Lt, spec.V(s.n), spec.Int(3)),
			Then: &spec.Do{Updates: []spec.Update{spec.Set(s.pc, spec.Int(1), spec.P(s.p)), spec.Set(s.opt, spec.P(s.p))}},
			Else: &spec.Branch{
				Cond: spec.Bin(spec.Eq, spec.V(s.gh), spec.Int(0)),
				Then: &spec.Do{Updates: []spec.Update{spec.Set(s.gh, spec.V(s.n))}},
				Else: &spec.Do{},
			},
		},
	}
	s.prop = &spec.Property{Name: "Small", Kind: spec.Invariant, Cond: spec.Bin(spec.Le, spec.V(s.gh), spec.Int(3)), Words: "gh is small"}
	s.m = &spec.Model{
		Name: "Sample", Enums: []*spec.EnumType{s.color},
		Vars:       []*spec.Var{s.pc, s.n, s.q, s.r, s.set, s.opt, s.gh},
		Actions:    []*spec.Action{s.act},
		Properties: []*spec.Property{s.prop},
	}
	return s
}

// inv makes e, compared with itself, the condition of the invariant, so that only e is under test.
func (s *sample) inv(e spec.Expr) { s.prop.Cond = spec.Bin(spec.Eq, e, e) }

// do makes u the only update of the action.
func (s *sample) do(u ...spec.Update) { s.act.Body = &spec.Do{Updates: u} }

func (s *sample) value() *spec.Update {
	s.do(spec.Set(s.n, spec.Int(1)))
	return &s.act.Body.(*spec.Do).Updates[0]
}

func rng(lo, hi int64) *spec.RangeType { return &spec.RangeType{Lo: lo, Hi: hi} }

func TestSampleIsRight(t *testing.T) {
	require.Empty(t, spec.Check(newSample().m))
}

// Each case breaks one thing, and exactly one error with its code is reported.
var broken = []struct {
	code, name string
	breakIt    func(s *sample)
}{
	{"MC0001", "variable with a dash", func(s *sample) { s.n.Name = "a-b" }},
	{"MC0001", "fairness prefix", func(s *sample) { s.act.Name = "WF_x" }},
	{"MC0001", "no letter", func(s *sample) { s.prop.Name = "_" }},
	{"MC0001", "first digit", func(s *sample) { s.m.Name = "1a" }},
	{"MC0001", "field", func(s *sample) {
		s.msg.Fields = append(s.msg.Fields, spec.Field{Name: "", Type: spec.Bool})
		s.r.Init = nil
	}},
	{"MC0002", "keyword", func(s *sample) { s.n.Name = "CHOOSE" }},
	{"MC0002", "name of the export", func(s *sample) { s.prop.Name = "TypeOK" }},
	{"MC0002", "NULL as a value", func(s *sample) { s.color.Symbolic = false; s.color.Values[0] = "NULL"; s.r.Init = nil }},
	{"MC0003", "variable and action", func(s *sample) { s.n.Name = "Step" }},
	{"MC0003", "parameter and variable", func(s *sample) { s.p.Name = "n" }},
	{"MC0003", "symbolic value and variable", func(s *sample) { s.color.Values[1] = "n" }},
	{"MC0003", "values of one enum", func(s *sample) { s.color.Symbolic = false; s.color.Values[1] = "red" }},
	{"MC0003", "nested parameters", func(s *sample) {
		s.prop.Cond = &spec.Quant{Op: spec.Forall, Param: s.p, Body: &spec.Quant{Op: spec.Forall, Param: &spec.Param{Name: "c", Type: spec.Bool}, Body: spec.T}}
	}},
	{"MC0003", "two records", func(s *sample) {
		s.n.Type = &spec.RecordType{Name: "Msg", Fields: []spec.Field{{Name: "x", Type: spec.Bool}}}
		s.n.Init = nil
		s.act.Body = &spec.Do{}
	}},
	{"MC0004", "no body", func(s *sample) { s.act.Body = nil }},
	{"MC0004", "no condition", func(s *sample) { s.prop.Cond = nil }},
	{"MC0004", "no From", func(s *sample) { s.prop.Kind = spec.LeadsTo }},
	{"MC0004", "nil action", func(s *sample) { s.m.Actions = append(s.m.Actions, nil) }},
	{"MC0004", "no value", func(s *sample) { s.value().Value = nil }},
	{"MC0004", "typed nil", func(s *sample) { s.value().Value = (*spec.Lit)(nil) }},
	{"MC0005", "array over a set", func(s *sample) {
		s.n.Type = &spec.ArrayType{Index: s.set.Type, Elem: spec.Bool}
		s.n.Init = nil
		s.do()
	}},
	{"MC0005", "no capacity", func(s *sample) { s.q.Type.(*spec.SeqType).Cap = 0; s.q.Init = nil }},
	{"MC0006", "range", func(s *sample) { s.gh.Type = rng(1, 0); s.gh.Init = nil; s.prop.Cond = spec.T; s.do() }},
	{"MC0007", "65 values", func(s *sample) { s.set.Type = &spec.SetType{Elem: rng(0, 64)}; s.set.Init = nil; s.act.Guard = nil }},
	{"MC0008", "array", func(s *sample) {
		s.pc.Type = &spec.ArrayType{Index: rng(0, 1<<20), Elem: spec.Bool}
		s.pc.Init = nil
		s.act.Guard = nil
		s.do()
	}},
	{"MC0008", "array of arrays", func(s *sample) {
		a := &spec.ArrayType{Index: rng(0, 999), Elem: spec.Bool}
		s.pc.Type = &spec.ArrayType{Index: rng(0, 999), Elem: a}
		s.pc.Init, s.act.Guard = nil, nil
		s.do()
	}},
	{"MC0009", "unlisted", func(s *sample) { s.m.Enums = nil; s.p.Name = "p" }},
	{"MC0010", "quote", func(s *sample) { s.color.Symbolic = false; s.color.Values = []string{"red", `gr"n`} }},
	{"MC0011", "record in itself", func(s *sample) { s.msg.Fields[1].Type = s.msg; s.r.Init = nil; s.q.Init = nil }},
	{"MC0011", "expression in itself", func(s *sample) { u := &spec.Unary{Op: spec.Not}; u.X = u; s.prop.Cond = u }},
	{"MC0012", "unknown variable", func(s *sample) { s.inv(spec.V(&spec.Var{Name: "zz", Type: spec.Bool})) }},
	{"MC0013", "out of scope", func(s *sample) { s.prop.Cond = spec.Bin(spec.In, spec.P(s.p), spec.V(s.set)) }},
	{"MC0014", "outside the range", func(s *sample) { s.n.Init = &spec.Lit{N: 9, T: s.n.Type} }},
	{"MC0014", "outside the set", func(s *sample) { s.set.Init = &spec.Lit{N: 4, T: s.set.Type} }},
	{"MC0014", "record", func(s *sample) { s.r.Init = &spec.Lit{N: 0, T: s.msg} }},
	{"MC0015", "binary as unary", func(s *sample) { s.prop.Cond = spec.Un(spec.And, spec.T) }},
	{"MC0015", "unary as binary", func(s *sample) { s.prop.Cond = spec.Bin(spec.Not, spec.T, spec.T) }},
	{"MC0015", "invalid", func(s *sample) { s.prop.Cond = &spec.Quant{Op: 200, Param: s.p, Body: spec.T} }},
	{"MC0016", "not of an integer", func(s *sample) { s.prop.Cond = spec.Un(spec.Not, spec.V(s.n)) }},
	{"MC0016", "sum of bools", func(s *sample) {
		s.prop.Cond = spec.Bin(spec.Eq, spec.Int(1), &spec.Quant{Op: spec.Sum, Param: s.p, Body: spec.T})
	}},
	{"MC0016", "never a divisor", func(s *sample) {
		s.prop.Cond = spec.Bin(spec.Eq, spec.Int(1), spec.Bin(spec.Div, spec.V(s.n), spec.Int(0)))
	}},
	{"MC0016", "head of a set", func(s *sample) { s.prop.Cond = spec.Bin(spec.Eq, spec.Un(spec.Head, spec.V(s.set)), spec.Int(1)) }},
	{"MC0017", "enum and integer", func(s *sample) { s.prop.Cond = spec.Bin(spec.Eq, spec.V(s.n), s.color.Val("red")) }},
	{"MC0017", "element of another type", func(s *sample) { s.prop.Cond = spec.Bin(spec.In, spec.V(s.n), spec.V(s.set)) }},
	{"MC0017", "sets of different types", func(s *sample) {
		s.prop.Cond = spec.Bin(spec.SubsetEq, spec.V(s.set), &spec.Composite{T: &spec.SetType{Elem: rng(0, 1)}})
	}},
	{"MC0018", "index of an integer", func(s *sample) { s.prop.Cond = spec.Bin(spec.Eq, spec.At(s.n, spec.Int(1)), spec.Int(1)) }},
	{"MC0018", "index of an integer in an update", func(s *sample) { s.do(spec.Set(s.n, spec.Int(1), spec.Int(1))) }},
	{"MC0019", "integer for an enum", func(s *sample) { s.prop.Cond = spec.Bin(spec.Eq, spec.At(s.pc, spec.Int(1)), spec.Int(1)) }},
	{"MC0019", "beyond every position", func(s *sample) { s.do(spec.Set(s.q, spec.V(s.r), spec.Int(3))) }},
	{"MC0020", "unknown field", func(s *sample) {
		s.prop.Cond = spec.Bin(spec.Eq, &spec.FieldSel{X: spec.V(s.r), Name: "x"}, spec.Int(1))
	}},
	{"MC0021", "guard", func(s *sample) { s.act.Guard = spec.V(s.n) }},
	{"MC0021", "condition of a statement", func(s *sample) { s.act.Source = []spec.SourceLine{{When: spec.V(s.n)}} }},
	{"MC0021", "constraint", func(s *sample) { s.m.Constraint = spec.V(s.opt) }},
	{"MC0022", "branches", func(s *sample) { s.value().Value = &spec.If{Cond: spec.T, Then: spec.T, Else: spec.Int(1)} }},
	{"MC0023", "sequence", func(s *sample) { s.act.Params = append(s.act.Params, &spec.Param{Name: "z", Type: s.q.Type}) }},
	{"MC0023", "option", func(s *sample) { s.act.Params = append(s.act.Params, &spec.Param{Name: "z", Type: s.opt.Type}) }},
	{"MC0023", "descending", func(s *sample) { s.p.Only = []int64{1, 0} }},
	{"MC0023", "outside", func(s *sample) { s.p.Only = []int64{0, 2} }},
	{"MC0023", "many", func(s *sample) { s.act.Params = append(s.act.Params, &spec.Param{Name: "z", Type: rng(0, 1<<17)}) }},
	{"MC0024", "partial", func(s *sample) { s.pc.Init.(*spec.Quant).Param.Only = []int64{1} }},
	{"MC0025", "record", func(s *sample) { s.r.Init = &spec.Composite{T: s.msg, Elems: []spec.Expr{s.color.Val("red")}} }},
	{"MC0025", "array", func(s *sample) { s.pc.Init = &spec.Composite{T: s.pc.Type} }},
	{"MC0025", "sequence", func(s *sample) {
		s.q.Init = &spec.Composite{T: s.q.Type, Elems: []spec.Expr{s.r.Init, s.r.Init, s.r.Init}}
	}},
	{"MC0026", "bool to range", func(s *sample) { s.value().Value = spec.T }},
	{"MC0026", "disjoint ranges", func(s *sample) { s.value().Value = spec.Int(4) }},
	{"MC0026", "option to enum", func(s *sample) {
		s.do(spec.Update{Var: s.r, Path: []spec.Selector{{Field: "kind"}}, Value: spec.V(s.opt)})
	}},
	{"MC0026", "initial value", func(s *sample) { s.n.Init = spec.Int(7) }},
	{"MC0026", "element of a literal", func(s *sample) { s.set.Init = &spec.Composite{T: s.set.Type, Elems: []spec.Expr{spec.T}} }},
	{"MC0026", "appended", func(s *sample) { s.do(spec.Set(s.q, spec.Bin(spec.Append, spec.V(s.q), spec.T))) }},
	{"MC0027", "initial value reads", func(s *sample) {
		s.opt.Init = &spec.If{Cond: spec.Bin(spec.Eq, spec.V(s.n), spec.Int(0)), Then: s.color.Val("red"), Else: spec.Null(s.color)}
	}},
	{"MC0027", "initial value reads a later variable", func(s *sample) { s.n.Init = spec.V(s.gh) }},
	{"MC0028", "guard", func(s *sample) { s.act.Guard = spec.Bin(spec.Eq, spec.V(s.gh), spec.Int(1)) }},
	{"MC0028", "running", func(s *sample) { s.m.Running = spec.Bin(spec.Eq, spec.V(s.gh), spec.Int(1)) }},
	{"MC0028", "initial states", func(s *sample) { s.m.InitWhere = spec.Bin(spec.Eq, spec.V(s.gh), spec.Int(1)) }},
	{"MC0028", "value", func(s *sample) { s.value().Value = spec.V(s.gh) }},
	{"MC0028", "index", func(s *sample) { s.do(spec.Set(s.q, spec.V(s.r), spec.V(s.gh))) }},
	{"MC0028", "branch", func(s *sample) {
		s.act.Body.(*spec.Branch).Cond = spec.Bin(spec.Eq, spec.V(s.gh), spec.Int(1))
		s.act.Body.(*spec.Branch).Then = s.act.Body.(*spec.Branch).Else
		s.act.Body.(*spec.Branch).Else = &spec.Do{Updates: []spec.Update{spec.Set(s.n, spec.Int(1))}}
	}},
	{"MC0029", "no such parameter", func(s *sample) { s.act.Actor = 1 }},
	{"MC0029", "negative", func(s *sample) { s.act.Actor = -2 }},
	{"MC0030", "optional and fair", func(s *sample) { s.act.Optional = true; s.act.Fairness = spec.WeakFairness }},
	{"MC0031", "property", func(s *sample) { s.prop.Kind = 7 }},
	{"MC0031", "fairness", func(s *sample) { s.act.Fairness = 3 }},
	{"MC0031", "actor", func(s *sample) { s.act.Kind = 4 }},
	{"MC0032", "From of an invariant", func(s *sample) { s.prop.From = spec.T }},
	{"MC0033", "range", func(s *sample) { s.gh.Type = rng(0, 1<<40); s.prop.Cond = spec.T; s.do() }},
	{"MC0033", "product", func(s *sample) {
		s.inv(spec.Bin(spec.Mul, spec.Int(1<<20), spec.Int(1<<20)))
		s.prop.Cond = s.prop.Cond.(*spec.Binary).X
		s.prop.Cond = spec.Bin(spec.Lt, s.prop.Cond, spec.Int(0))
	}},
	{"MC0034", "field of an integer", func(s *sample) { s.do(spec.Update{Var: s.n, Path: []spec.Selector{{Field: "x"}}, Value: spec.Int(1)}) }},
}

func TestEachDiagnostic(t *testing.T) {
	for _, tc := range broken {
		t.Run(tc.code+" "+tc.name, func(t *testing.T) {
			s := newSample()
			tc.breakIt(s)
			errs := spec.Check(s.m)
			require.NotEmpty(t, errs)
			for _, e := range errs {
				require.Equal(t, tc.code, e.Code, "%v", errs)
			}
		})
	}
}

// Every code of diag.go has a broken model above, and its number is used by one diagnostic only.
func TestEveryCodeIsTested(t *testing.T) {
	src, err := os.ReadFile("diag.go")
	require.NoError(t, err)
	var codes, tested []string
	for _, m := range regexp.MustCompile(`report\("(MC\d{4})"`).FindAllSubmatch(src, -1) {
		codes = append(codes, string(m[1]))
	}
	for i := range codes {
		require.Equal(t, fmt.Sprintf("MC%04d", i+1), codes[i])
	}
	for _, tc := range broken {
		tested = append(tested, tc.code)
	}
	require.Equal(t, codes, slices.Compact(tested))
}

// All mistakes are reported together, with their places, in the order of the text.
func TestAllErrorsAtOnce(t *testing.T) {
	s := newSample()
	s.pc.Name = "CHOOSE"
	s.act.Guard = spec.V(s.n)
	s.act.Actor = 5
	s.prop.Cond = nil
	var got []string
	for _, e := range spec.Check(s.m) {
		got = append(got, e.Error())
	}
	require.Equal(t, []string{
		`a.c:3:1: variable CHOOSE: variable "CHOOSE" is a name that TLA+ or its export uses itself (MC0002)`,
		`a.c:7:2: action Step: actor position 5 with 1 parameters (MC0029)`,
		`a.c:7:2: guard of action Step: the guard is of type 0..3, not bool (MC0021)`,
		`property Small: Cond is missing (MC0004)`,
	}, got)
}

// What is allowed although types differ.
func TestAssignable(t *testing.T) {
	e := &spec.EnumType{Name: "E", Values: []string{"a"}}
	f := &spec.EnumType{Name: "E", Values: []string{"a"}}
	arr := func(elem spec.Type) spec.Type { return &spec.ArrayType{Index: e, Elem: elem} }
	for _, tc := range []struct {
		to, from spec.Type
		want     bool
	}{
		{rng(0, 3), rng(3, 9), true},
		{rng(0, 3), rng(4, 9), false},
		{&spec.OptionType{Elem: e}, e, true},
		{&spec.OptionType{Elem: e}, f, false},
		{e, &spec.OptionType{Elem: e}, false},
		{e, f, false},
		{arr(rng(0, 3)), arr(rng(0, 0)), true},
		{arr(&spec.OptionType{Elem: e}), arr(e), true},
		{arr(rng(0, 3)), &spec.ArrayType{Index: f, Elem: rng(0, 3)}, false},
		{&spec.SeqType{Elem: e, Cap: 2}, &spec.SeqType{Elem: e, Cap: 1}, false},
	} {
		require.Equal(t, tc.want, spec.Assignable(tc.to, tc.from), "%s := %s", tc.to, tc.from)
	}
}
