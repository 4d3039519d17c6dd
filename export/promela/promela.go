package promela

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"mcheck/export/internal/flat"
	"mcheck/internal/safe"
	"mcheck/spec"
)

// The words of Promela and C, and names that pan.h gives to macros.
const reserved = `active assert atomic bit bool break byte c_code c_decl c_expr c_state c_track chan D_proctype do d_step else empty enabled
	end eval false fi for full get_p goto hidden if in init inline int len local ltl mtype nempty never nfull notrace np_ od of pc_value
	pid priority printf printm proctype provided return run select set_p short show skip STDIN timeout trace true typedef unless unsigned
	xr xs always eventually until weakuntil release implies equivalent next
	auto case char const continue default double enum extern float long register signed sizeof static struct switch union void volatile
	while inline restrict main main_ now this o_pm tau st from to x
	linux unix errno stdin stdout stderr uchar uint ulong ushort wasnew static_assert maxseq0 minseq0 air0 air1 bad base bfs chunk delta freq global
	merged ws sync async safety ncore nqs pclaim pm transitions maxq maxproc putpid unblock ifnotblocked stacksize memlim vectorsz`

const maxSet = 31 // a mask is a C int that stays positive

// Model prints m, which must have passed [spec.Check]. The same model gives the same bytes. Sets of
// more than 31 elements are refused.
func Model(m *spec.Model) ([]byte, error) {
	p := &printer{
		m: m, names: flat.NewNames(reserved), fields: flat.NewNames(reserved), low: flat.Lowering{NoSelfIndex: true},
		vars: map[*spec.Var]string{}, values: map[*spec.EnumType][]string{}, types: map[string]string{}, records: map[*spec.RecordType]string{},
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	states, err := p.low.InitialStates(m)
	if err != nil {
		return nil, err
	}
	p.comment("The model "+m.Name+", exported by mcheck.", "")
	if m.Doc != "" {
		p.comment(m.Doc, "")
	}
	p.linef("%s%d", initialMark, len(states))
	p.declare()
	p.invariants()
	// The process comes last, but how many temporaries it needs shows only when it is printed.
	head := p.out.String()
	p.out.Reset()
	p.process(states)
	process := p.out.String()
	p.out.Reset()
	for i := range p.temps {
		if i == 0 {
			p.linef("\n#ifndef TEMPORARY\n#define TEMPORARY hidden\n#endif")
		}
		p.linef("TEMPORARY int %s;", p.temp(i))
	}
	return []byte(head + p.out.String() + process), nil
}

const initialMark = "// initial states: "

var initialLine = regexp.MustCompile(`(?m)^` + initialMark + `(\d+)$`)

// Initial returns the number of initial states of an exported model, each of which is one
// transition of the first step; ok is false for a text that was not exported.
func Initial(text []byte) (n int64, ok bool) {
	if sub := initialLine.FindSubmatch(text); sub != nil {
		n, err := strconv.ParseInt(string(sub[1]), 10, 64)
		return n, err == nil
	}
	return 0, false
}

const invariantMark = " // invariant"

var invariantLine = regexp.MustCompile(`(?m)^#define (\w+) (\d+)` + invariantMark + `$`)

// Invariant returns the name of the n-th invariant, from 1, in an exported model; pan's message
// about it begins "assertion violated (n&&".
func Invariant(text []byte, n string) (name string, ok bool) {
	for _, sub := range invariantLine.FindAllSubmatch(text, -1) {
		if string(sub[2]) == n {
			return string(sub[1]), true
		}
	}
	return "", false
}

type printer struct {
	m      *spec.Model
	out    strings.Builder
	names  *flat.Names
	fields *flat.Names // takes none: a record's fields have a name space of their own
	low    flat.Lowering

	null    string
	vars    map[*spec.Var]string
	values  map[*spec.EnumType][]string
	records map[*spec.RecordType]string
	types   map[string]string // names of the typedefs by their text
	checks  []check
	temps   int
	tempVar []*spec.Var
}

// check is the inline that asserts an invariant.
type check struct {
	name  string
	reads []*spec.Var
}

func (p *printer) linef(format string, args ...any) { fmt.Fprintf(&p.out, format+"\n", args...) }

func (p *printer) comment(text, indent string) {
	for line := range strings.Lines(safe.Text(text)) {
		line = strings.Map(func(r rune) rune {
			if r == '\\' { // would continue the comment
				return '/'
			}
			return r
		}, strings.TrimRight(line, " \n"))
		p.linef("%s", strings.TrimRight(indent+"// "+line, " "))
	}
}

func (p *printer) check() error {
	var err error
	for _, v := range p.m.Vars {
		spec.Types(v.Type, func(t spec.Type) {
			if s, ok := t.(*spec.SetType); ok && err == nil {
				if lo, hi, _ := spec.Domain(s.Elem); hi-lo >= maxSet {
					err = fmt.Errorf("%s: a set of more than %d elements is too wide for Promela", v.Name, maxSet)
				}
			}
		})
	}
	return err
}

func (p *printer) declare() {
	p.null = p.names.Pick("NULL")
	null := 255
	for _, t := range p.m.Enums {
		p.linef("\n// %s", flat.Identifier(t.Name))
		for i, v := range t.Values {
			n := p.names.Pick(v)
			p.values[t] = append(p.values[t], n)
			p.linef("#define %s %d", n, i)
		}
		if len(t.Values) > 255 {
			null = -1
		}
	}
	if flat.UsesNull(p.m) {
		p.linef("\n#define %s %d", p.null, null)
	}
	p.out.WriteString("\n")
	for _, v := range p.m.Vars {
		p.vars[v] = p.names.Pick(v.Name)
	}
	var vars []string
	for _, v := range p.m.Vars {
		vars = append(vars, p.field(v.Type, p.vars[v])+";")
	}
	for _, v := range vars {
		p.linef("%s", v)
	}
}

// field declares name to be of type t, after the typedefs that needs.
func (p *printer) field(t spec.Type, name string) string {
	if a, ok := t.(*spec.ArrayType); ok {
		return fmt.Sprintf("%s %s[%d]", p.elem(a.Elem), name, length(a))
	}
	return p.elem(t) + " " + name
}

func length(t *spec.ArrayType) int64 {
	lo, hi, _ := spec.Domain(t.Index)
	return hi - lo + 1
}

// elem is the name of t as the type of an element of an array, or of a single place.
func (p *printer) elem(t spec.Type) string {
	switch t := t.(type) {
	case *spec.BoolType:
		return "bool"
	case *spec.RangeType, *spec.EnumType:
		lo, hi, _ := spec.Domain(t)
		return integer(lo, hi)
	case *spec.OptionType:
		if len(t.Elem.Values) <= 255 {
			return "byte"
		}
		return integer(-1, int64(len(t.Elem.Values)))
	case *spec.SetType:
		lo, hi, _ := spec.Domain(t.Elem)
		return integer(0, 1<<(hi-lo+1)-1)
	case *spec.ArrayType:
		return p.typedef("row", "", p.field(t, "a"))
	case *spec.SeqType:
		return p.typedef("seq", "", fmt.Sprintf("%s n; %s e[%d]", integer(0, int64(t.Cap)), p.elem(t.Elem), t.Cap))
	case *spec.RecordType:
		if n, ok := p.records[t]; ok {
			return n
		}
		var fs []string
		for _, f := range t.Fields {
			fs = append(fs, p.field(f.Type, p.fields.Free(f.Name)))
		}
		name := t.Name
		if name == "" {
			name = "record"
		}
		p.records[t] = p.typedef(name, fmt.Sprintf("%p", t), strings.Join(fs, "; "))
		return p.records[t]
	}
	panic(fmt.Sprintf("unhandled %T", t))
}

// typedef defines a type with the given fields, unless there is one with the same key and fields.
func (p *printer) typedef(name, key, fields string) string {
	if n, ok := p.types[key+fields]; ok {
		return n
	}
	n := p.names.Pick(name)
	p.types[key+fields] = n
	p.linef("typedef %s { %s }", n, fields)
	return n
}

// integer is the smallest type that holds lo to hi.
func integer(lo, hi int64) string {
	switch {
	case lo >= 0 && hi <= 1:
		return "bit"
	case lo >= 0 && hi <= 255:
		return "byte"
	case lo >= -1<<15 && hi < 1<<15:
		return "short"
	}
	return "int"
}

func (p *printer) invariants() {
	for _, q := range p.m.Properties {
		if q.Kind != spec.Invariant {
			continue
		}
		p.out.WriteString("\n")
		e := q.Cond
		if q.When != nil {
			e = spec.Bin(spec.Implies, q.When, q.Cond)
		}
		e = p.low.Scalar(e)
		name := p.names.Pick(q.Name)
		c := check{p.names.Pick("check_" + name), spec.VarsRead(e)}
		p.checks = append(p.checks, c)
		if q.Words != "" {
			p.comment(q.Words, "")
		}
		p.linef("#define %s %d%s", name, len(p.checks), invariantMark)
		p.linef("inline %s() { assert(%s && %s) }", c.name, name, flat.Operand(p, e))
	}
}

func (p *printer) process(states [][]flat.Constant) {
	p.linef("\nactive proctype %s() {", p.names.Pick("model"))
	if len(states) == 0 {
		p.linef("  false;")
	} else {
		p.linef("  if")
		for _, s := range states {
			p.linef("  :: d_step {")
			p.linef("    true;")
			for k, c := range s {
				for _, a := range p.low.Assigns(p.m.Vars[k], c) {
					p.linef("    %s = %s;", p.text(a.Place), p.text(a.Value))
				}
			}
			for _, c := range p.checks {
				p.linef("    %s();", c.name)
			}
			p.linef("  }")
		}
		p.linef("  fi;")
	}
	p.linef("end:")
	p.linef("  do")
	for _, a := range p.m.Actions {
		p.action(a, a.Params, nil)
	}
	p.linef("  :: false")
	p.linef("  od\n}")
}

// action prints the steps of a: one for each binding of its parameters; args are bound already.
func (p *printer) action(a *spec.Action, params []*spec.Param, args []string) {
	if len(params) > 0 {
		q := params[0]
		for _, n := range q.Values() {
			p.low.Bind(q, n)
			p.action(a, params[1:], append(slices.Clip(args), spec.FormatScalar(q.Type, n)))
			p.low.Unbind(q)
		}
		return
	}
	guard := p.low.Scalar(spec.All(p.m.Running, a.Guard))
	if p.m.Constraint != nil {
		guard = spec.All(guard, p.low.After(a.Body, p.m.Constraint))
	}
	if l, ok := guard.(*spec.Lit); ok && l.N == 0 {
		return
	}
	title := a.Name
	if len(args) > 0 {
		title += "(" + strings.Join(args, ", ") + ")"
	}
	p.comment(title, "  ")
	p.linef("  :: d_step {")
	// The brackets are needed: Spin takes one that begins a guard for all of it.
	var conjuncts []string
	for _, c := range spec.Conjuncts(guard) {
		conjuncts = append(conjuncts, flat.Conjunct(p, c))
	}
	p.linef("    (%s) ->", strings.Join(conjuncts, "\n     && "))
	n := 0
	body := p.low.Body(a.Body, func(t spec.Type) *spec.Var {
		v := &spec.Var{Name: "old", Type: t}
		p.vars[v] = p.temp(n)
		n++
		p.temps = max(p.temps, n)
		return v
	})
	if len(body) == 0 {
		p.linef("    skip;")
	}
	p.statements("    ", body)
	for i := range n {
		p.linef("    %s = 0;", p.temp(i))
	}
	written := spec.VarsWritten(a.Body)
	for _, c := range p.checks {
		if slices.ContainsFunc(c.reads, func(v *spec.Var) bool { return slices.Contains(written, v) }) {
			p.linef("    %s();", c.name)
		}
	}
	p.linef("  }")
}

// temp is the name of temporary i.
func (p *printer) temp(i int) string {
	for len(p.tempVar) <= i {
		v := &spec.Var{}
		p.vars[v] = p.names.Pick("old_" + strconv.Itoa(len(p.tempVar)+1))
		p.tempVar = append(p.tempVar, v)
	}
	return p.vars[p.tempVar[i]]
}

func (p *printer) statements(indent string, body []flat.Stmt) {
	for _, s := range body {
		switch s := s.(type) {
		case *flat.Assign:
			p.linef("%s%s = %s;", indent, p.text(s.Place), p.text(s.Value))
		case *flat.Require:
			p.linef("%sassert(%s);", indent, p.text(s.Cond))
		case *flat.Cond:
			p.linef("%sif", indent)
			p.branch(indent, p.text(s.If), s.Then)
			p.branch(indent, "else", s.Else)
			p.linef("%sfi;", indent)
		default:
			panic(fmt.Sprintf("unhandled %T", s))
		}
	}
}

func (p *printer) branch(indent, guard string, body []flat.Stmt) {
	if len(body) == 0 {
		p.linef("%s:: %s -> skip", indent, guard)
		return
	}
	p.linef("%s:: %s ->", indent, guard)
	p.statements(indent+"   ", body)
}
