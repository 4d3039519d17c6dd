package murphi

import (
	"fmt"
	"strconv"
	"strings"

	"mcheck/export/internal/flat"
	"mcheck/internal/safe"
	"mcheck/spec"
)

const reserved = `alias array assert assume begin boolean by case clear const cover do else elsif end endalias endexists endfor endforall
	endfunction endif endprocedure endrecord endrule endruleset endstartstate endswitch endwhile enum error exists false for forall from
	function if in interleaved invariant isundefined ismember liveness log map multiset multisetadd multisetcount multisetremove
	multisetremovepred undefine of port procedure process program property put real record return rule ruleset scalarset startstate
	switch then to traceuntil true type union var while choose`

// Model prints m, which must have passed [spec.Check]. The same model gives the same bytes.
func Model(m *spec.Model) ([]byte, error) {
	p := &printer{
		m: m, names: flat.NewNames(reserved), fields: flat.NewNames(reserved), low: flat.Lowering{SetArrays: true, Quantifiers: true},
		vars: map[*spec.Var]string{}, params: map[*spec.Param]string{},
		enums: map[*spec.EnumType]string{}, records: map[*spec.RecordType]string{}, values: map[*spec.EnumType][]string{},
	}
	p.comment("The model " + m.Name + ", exported by mcheck.")
	if m.Doc != "" {
		p.comment(m.Doc)
	}
	p.declare()
	if err := p.initial(); err != nil {
		return nil, err
	}
	for _, a := range m.Actions {
		p.action(a)
	}
	p.invariants()
	return []byte(p.out.String()), nil
}

type printer struct {
	m      *spec.Model
	out    strings.Builder
	names  *flat.Names
	fields *flat.Names // takes none: see field
	low    flat.Lowering

	null    string
	vars    map[*spec.Var]string
	params  map[*spec.Param]string
	enums   map[*spec.EnumType]string
	values  map[*spec.EnumType][]string
	records map[*spec.RecordType]string
}

func (p *printer) linef(format string, args ...any) { fmt.Fprintf(&p.out, format+"\n", args...) }

func (p *printer) comment(text string) {
	for line := range strings.Lines(safe.Text(text)) {
		p.linef("%s", strings.TrimRight("-- "+line, " \n"))
	}
}

// quoted is text as a string of Murphi.
func quoted(text string) string {
	return `"` + strings.NewReplacer(`"`, "'", `\`, "/", "\n", " ", "%", "_").Replace(safe.Text(text)) + `"`
}

func (p *printer) declare() {
	null := flat.UsesNull(p.m)
	if null || len(p.m.Enums) > 0 {
		p.linef("\nconst")
	}
	for _, t := range p.m.Enums {
		p.enums[t] = p.names.Pick(t.Name)
		for i, v := range t.Values {
			n := p.names.Pick(v)
			p.values[t] = append(p.values[t], n)
			p.linef("  %s: %d;", n, i)
		}
	}
	p.null = p.names.Pick("NULL")
	if null {
		p.linef("  %s: -1;", p.null)
	}
	var records []*spec.RecordType
	for _, v := range p.m.Vars {
		spec.Types(v.Type, func(t spec.Type) {
			r, ok := t.(*spec.RecordType)
			if _, seen := p.records[r]; !ok || seen {
				return
			}
			name := r.Name
			if name == "" {
				name = "record_" + strconv.Itoa(len(records)+1)
			}
			p.records[r] = p.names.Pick(name)
			records = append(records, r)
		})
	}
	if len(p.m.Enums)+len(records) > 0 {
		p.linef("\ntype")
	}
	for _, t := range p.m.Enums {
		p.linef("  %s: 0..%d;", p.enums[t], len(t.Values)-1)
	}
	for i := len(records) - 1; i >= 0; i-- { // those inside come after those around them
		r := records[i]
		p.linef("  %s: record", p.records[r])
		for _, f := range r.Fields {
			p.linef("    %s: %s;", p.field(f.Name), p.typ(f.Type))
		}
		p.linef("  end;")
	}
	p.linef("\nvar")
	for _, v := range p.m.Vars {
		p.vars[v] = p.names.Pick(v.Name)
		p.linef("  %s: %s;", p.vars[v], p.typ(v.Type))
	}
}

// field is the name of a record's field. Fields have a name space of their own, so that only the
// words of the language matter.
func (p *printer) field(name string) string { return p.fields.Free(name) }

func (p *printer) typ(t spec.Type) string {
	switch t := t.(type) {
	case *spec.BoolType:
		return "boolean"
	case *spec.RangeType:
		return flat.Number(t.Lo) + ".." + flat.Number(t.Hi)
	case *spec.EnumType:
		return p.enums[t]
	case *spec.OptionType:
		return p.null + ".." + strconv.Itoa(len(t.Elem.Values)-1)
	case *spec.ArrayType:
		return "array[" + p.typ(t.Index) + "] of " + p.typ(t.Elem)
	case *spec.SetType:
		return "array[" + p.typ(t.Elem) + "] of boolean"
	case *spec.SeqType:
		return fmt.Sprintf("record n: 0..%d; e: array[1..%d] of %s; end", t.Cap, t.Cap, p.typ(t.Elem))
	case *spec.RecordType:
		return p.records[t]
	}
	panic(fmt.Sprintf("unhandled %T", t))
}

func (p *printer) text(e spec.Expr) string { return flat.Text(p, e) }

func (p *printer) initial() error {
	if params, as, ok := p.low.FreeInitial(p.m); ok {
		p.out.WriteString("\n")
		done := p.ruleset(params)
		p.startstate("initial", as)
		p.endRuleset(params)
		done()
		return nil
	}
	states, err := p.low.InitialStates(p.m)
	if err != nil {
		return err
	}
	for i, s := range states {
		var as []*flat.Assign
		for k, c := range s {
			as = append(as, p.low.Assigns(p.m.Vars[k], c)...)
		}
		p.out.WriteString("\n")
		p.startstate("initial "+strconv.Itoa(i+1), as)
	}
	if len(states) == 0 {
		return fmt.Errorf("%s has no initial state, which Murphi cannot say", p.m.Name)
	}
	return nil
}

func (p *printer) startstate(name string, as []*flat.Assign) {
	p.linef("startstate %s\nbegin", quoted(name))
	for _, a := range as {
		p.linef("  %s := %s;", p.text(a.Place), p.text(a.Value))
	}
	p.linef("end;")
}

// ruleset opens a ruleset over params; the names are taken until done is called.
func (p *printer) ruleset(params []*spec.Param) (done func()) {
	var release []func()
	for _, q := range params {
		release = append(release, p.bind(q))
		p.linef("ruleset %s: %s do", p.params[q], p.typ(q.Type))
	}
	return func() {
		for _, f := range release {
			f()
		}
	}
}

func (p *printer) endRuleset(params []*spec.Param) {
	for range params {
		p.linef("end;")
	}
}

func (p *printer) bind(q *spec.Param) (release func()) {
	p.params[q] = p.names.Free(q.Name)
	return p.names.Take(p.params[q])
}

// action prints the rule of a: one for each combination of its parameters that range over a part of
// their type, each in a ruleset over the others.
func (p *printer) action(a *spec.Action) {
	var over, each []*spec.Param
	for _, q := range a.Params {
		if q.Only == nil {
			over = append(over, q)
		} else {
			each = append(each, q)
		}
	}
	p.rules(a, a.Name, over, each)
}

func (p *printer) rules(a *spec.Action, name string, over, each []*spec.Param) {
	if len(each) > 0 {
		for _, n := range each[0].Values() {
			p.low.Bind(each[0], n)
			p.rules(a, name+" "+each[0].Name+"="+spec.FormatScalar(each[0].Type, n), over, each[1:])
			p.low.Unbind(each[0])
		}
		return
	}
	p.out.WriteString("\n")
	for _, s := range a.Source {
		p.comment(strings.TrimSpace(s.Text))
	}
	done := p.ruleset(over)
	defer done()
	p.linef("rule %s", quoted(name))
	guard := p.low.Scalar(spec.All(p.m.Running, a.Guard))
	if p.m.Constraint != nil {
		guard = spec.All(guard, p.low.After(a.Body, p.m.Constraint))
	}
	var conjuncts []string
	for _, c := range spec.Conjuncts(guard) {
		conjuncts = append(conjuncts, flat.Conjunct(p, c))
	}
	p.linef("  %s", strings.Join(conjuncts, "\n  & "))
	var temps []*spec.Var
	body := p.low.Body(a.Body, func(t spec.Type) *spec.Var {
		v := &spec.Var{Name: "old", Type: t}
		p.vars[v] = p.names.Pick("old_" + strconv.Itoa(len(temps)+1))
		temps = append(temps, v)
		return v
	})
	p.linef("==>")
	for i, v := range temps {
		if i == 0 {
			p.linef("var")
		}
		p.linef("  %s: %s;", p.vars[v], p.typ(v.Type))
	}
	p.linef("begin")
	p.statements("  ", body)
	p.linef("end;")
	p.endRuleset(over)
	for _, v := range temps {
		p.names.Drop(p.vars[v])
	}
}

func (p *printer) statements(indent string, body []flat.Stmt) {
	for _, s := range body {
		switch s := s.(type) {
		case *flat.Assign:
			p.linef("%s%s := %s;", indent, p.text(s.Place), p.text(s.Value))
		case *flat.Require: // the assignment after it checks that
		case *flat.Cond:
			p.linef("%sif %s then", indent, p.text(s.If))
			p.statements(indent+"  ", s.Then)
			if len(s.Else) > 0 {
				p.linef("%selse", indent)
				p.statements(indent+"  ", s.Else)
			}
			p.linef("%send;", indent)
		default:
			panic(fmt.Sprintf("unhandled %T", s))
		}
	}
}

func (p *printer) invariants() {
	for _, q := range p.m.Properties {
		if q.Kind != spec.Invariant {
			continue
		}
		e := q.Cond
		if q.When != nil {
			e = spec.Bin(spec.Implies, q.When, q.Cond)
		}
		p.out.WriteString("\n")
		if q.Words != "" {
			p.comment(q.Words)
		}
		p.linef("invariant %s\n  %s;", quoted(q.Name), p.text(p.low.Scalar(e)))
	}
}
