package tla

import (
	"fmt"
	"os"
	"strings"

	"mcheck/spec"
	"mcheck/spec/symmetry"
)

// Spec is a model printed as a TLA+ module. It reads TLC's states of that module back
// ([Spec.State]) and makes the configurations and the companion modules that the cross-check with
// TLC needs.
type Spec struct {
	// Name is the module's name: the file must be called Name.tla.
	Name string
	// Module is the text of the module.
	Module string
	// Config is the configuration with every safety property that is expected to hold of a correct
	// model: INVARIANT, AT_REST and DEADLOCK.
	Config string
	// LiveConfig is the configuration with the temporal properties under the fairness assumptions;
	// empty if there are none.
	LiveConfig string

	m       *spec.Model
	p       *printer
	classes []symmetry.Class
}

// File is a text file of an export.
type File struct{ Name, Text string }

// Files returns the module and its configurations, each under its name.
func (s *Spec) Files() []File {
	out := []File{{s.Name + ".tla", s.Module}, {s.Name + ".cfg", s.Config}}
	if s.LiveConfig != "" {
		out = append(out, File{s.Name + "_live.cfg", s.LiveConfig})
	}
	return out
}

// Module prints m, which must have passed spec.Check. The same model gives the same bytes. If it is
// given interchangeable values, the configurations but that of the temporal properties tell TLC of
// them.
func Module(m *spec.Model, interchangeable ...symmetry.Class) (s *Spec, err error) {
	c := collect(m)
	p := &printer{m: m, sym: newSymbols(m, c), uses: c, env: make(map[*spec.Param]text)}
	p.classes = interchangeable
	s = &Spec{Name: identifier(m.Name), m: m, p: p, classes: interchangeable}
	s.Module = p.module(s.Name)
	s.Config = s.Configuration(s.Safety())
	if live := s.Temporal(); len(live) > 0 {
		s.LiveConfig = s.TemporalConfiguration(live...)
	}
	return s, nil
}

// IsInvariant reports whether a property of kind k is printed as a state predicate that TLC checks
// as an INVARIANT.
func IsInvariant(k spec.PropertyKind) bool {
	switch k {
	case spec.Invariant, spec.AtRest, spec.Deadlock, spec.Cover:
		return true
	}
	return false
}

// IsTemporal reports whether a property of kind k is printed as a temporal formula.
func IsTemporal(k spec.PropertyKind) bool { return k == spec.Eventually || k == spec.LeadsTo }

// Safety returns the properties that TLC checks as invariants and that a correct model keeps. A
// COVER is none of them: its operator says that the state is not reached, and TLC's violation of it
// is the proof that it is.
func (s *Spec) Safety() []*spec.Property {
	var out []*spec.Property
	for _, p := range s.m.Properties {
		if IsInvariant(p.Kind) && p.Kind != spec.Cover {
			out = append(out, p)
		}
	}
	return out
}

// Temporal returns the EVENTUALLY and LEADS_TO properties.
func (s *Spec) Temporal() []*spec.Property {
	var out []*spec.Property
	for _, p := range s.m.Properties {
		if IsTemporal(p.Kind) {
			out = append(out, p)
		}
	}
	return out
}

// Operator returns the name of the operator of q in the module: q.Name, but where that is no TLA+
// identifier.
func (s *Spec) Operator(q *spec.Property) string { return s.p.sym.props[q] }

// TypeOK returns the name of the type invariant.
func (s *Spec) TypeOK() string { return s.p.sym.typeOK }

// Configuration returns a configuration that checks TypeOK and the given invariants, and operators
// beside them; TLC's own deadlock check is always off.
func (s *Spec) Configuration(invariants []*spec.Property, beside ...string) string {
	names := []string{s.p.sym.typeOK}
	for _, q := range invariants {
		names = append(names, s.p.sym.props[q])
	}
	return s.config(s.p.sym.spec_, append(names, beside...), nil)
}

// PlainConfiguration returns a configuration without any property but the named invariants.
func (s *Spec) PlainConfiguration(invariants ...string) string {
	return s.config(s.p.sym.spec_, invariants, nil)
}

// TemporalConfiguration returns a configuration that checks the given temporal properties under the
// fairness assumptions.
func (s *Spec) TemporalConfiguration(props ...*spec.Property) string {
	var names []string
	for _, q := range props {
		names = append(names, s.p.sym.props[q])
	}
	return s.config(s.p.sym.fairSpec, nil, names)
}

// UnfairConfiguration returns a configuration that checks a temporal property of all behaviours, in
// which nothing that is enabled needs to happen.
func (s *Spec) UnfairConfiguration(q *spec.Property) string {
	return s.config(s.p.sym.spec_, nil, []string{s.p.sym.props[q]})
}

func (s *Spec) config(behaviours string, invariants, properties []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "SPECIFICATION %s\n", behaviours)
	b.WriteString(s.constants())
	if s.m.Constraint != nil {
		fmt.Fprintf(&b, "CONSTRAINT %s\n", s.p.sym.constraint)
	}
	if len(s.classes) > 0 && len(properties) == 0 {
		fmt.Fprintf(&b, "SYMMETRY %s\n", s.p.sym.symmetry)
	}
	section(&b, "INVARIANT", invariants)
	section(&b, "PROPERTY", properties)
	b.WriteString("CHECK_DEADLOCK FALSE\n")
	return b.String()
}

// constants assigns every model value to itself.
func (s *Spec) constants() string {
	cs := s.p.constants()
	if len(cs) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("CONSTANTS\n")
	for _, c := range cs {
		fmt.Fprintf(&b, "  %s = %s\n", c, c)
	}
	return b.String()
}

func section(b *strings.Builder, keyword string, names []string) {
	switch len(names) {
	case 0:
	case 1:
		fmt.Fprintf(b, "%s %s\n", keyword, names[0])
	default:
		plural := keyword + "S"
		if keyword == "PROPERTY" {
			plural = "PROPERTIES"
		}
		b.WriteString(plural + "\n")
		for _, n := range names {
			b.WriteString("  " + n + "\n")
		}
	}
}

// constants returns the names of all model values.
func (p *printer) constants() []string {
	var out []string
	for _, t := range p.uses.enums {
		if t.Symbolic {
			out = append(out, p.sym.values[t]...)
		}
	}
	if p.uses.options {
		out = append(out, p.sym.null)
	}
	return out
}

// module prints everything.
func (p *printer) module(name string) string {
	// The parts come before the header: what they use decides what is extended and which helpers
	// are defined.
	sections := []box{p.declarations(), p.types(), p.initial()}
	sections = append(sections, p.actions()...)
	sections = append(sections, p.properties()...)

	var out box
	out = append(out, p.header(name)...)
	for _, s := range sections {
		if len(s) > 0 {
			out = append(out, "")
			out = append(out, s...)
		}
	}
	out = append(out, "", strings.Repeat("=", width-2))
	for i := range out {
		out[i] = strings.TrimRight(out[i], " ")
	}
	return strings.Join(out, "\n") + "\n"
}

func title(name string) string {
	t := " MODULE " + name + " "
	n := max(width-2-len(t), 8)
	return strings.Repeat("-", n/2) + t + strings.Repeat("-", n-n/2)
}

func rule(text string) box {
	return box{strings.Repeat("-", width-2), `\* ` + strings.ReplaceAll(clean(text), "\n", " ")}
}

func (p *printer) extends() []string {
	var mods []string
	if p.uses.ints {
		mods = append(mods, "Integers")
	}
	if p.uses.seqs {
		mods = append(mods, "Sequences")
	}
	if p.uses.card {
		mods = append(mods, "FiniteSets")
	}
	if p.uses.pairs || len(p.classes) > 0 {
		mods = append(mods, "TLC")
	}
	return mods
}

func (p *printer) header(name string) box {
	out := box{title(name)}
	out = append(out, comment("", "The model "+name+", exported by mcheck: one operator for each atomic step, its guard first.")...)
	if p.m.Doc != "" {
		out = append(out, `\*`)
		for i, para := range strings.Split(strings.TrimSpace(p.m.Doc), "\n\n") {
			if i > 0 {
				out = append(out, `\*`)
			}
			out = append(out, comment("", strings.ReplaceAll(para, "\n", " "))...)
		}
	}
	if mods := p.extends(); len(mods) > 0 {
		out = append(out, "EXTENDS "+strings.Join(mods, ", "))
	}
	return out
}

// declarations are the constants, the sets of them, the variables and the helpers that TLA+ lacks.
func (p *printer) declarations() box {
	var out box
	if cs := p.constants(); len(cs) > 0 {
		items := make([]box, len(cs))
		for i, c := range cs {
			items[i] = box{c}
		}
		out = append(out, list("CONSTANTS ", items, "", width, true)...)
		out = append(out, "")
	}
	for _, t := range p.uses.enums {
		items := make([]box, len(t.Values))
		for i, v := range p.sym.values[t] {
			items[i] = box{v}
		}
		out = append(out, define(p.sym.enums[t], func(w int) box { return list("{", items, "}", w, true) })...)
	}
	out = append(out, p.permutations()...)
	if p.uses.seqTypes {
		out = append(out, `\* The sequences over S of at most n elements`,
			p.helper(p.sym.boundedSeq+`($S, $n) == {$s \in Seq($S) : Len($s) <= $n}`, "S", "n", "s"))
	}
	if p.uses.allSeq {
		out = append(out, `\* The same, in a form that can be enumerated`,
			p.helper(p.sym.allSeq+`($S, $n) == UNION {[1..$k -> $S] : $k \in 0..$n}`, "S", "n", "k"))
	}
	for _, t := range p.uses.records {
		if n := p.sym.records[t]; n != "" {
			out = append(out, p.recordDef(n, t)...)
		}
	}
	if p.uses.removeAt {
		out = append(out, p.helper(p.sym.removeAt+`($s, $i) == SubSeq($s, 1, $i - 1) \o SubSeq($s, $i + 1, Len($s))`, "s", "i"))
	}
	if p.uses.min {
		out = append(out, p.helper(p.sym.min+`($a, $b) == IF $a < $b THEN $a ELSE $b`, "a", "b"))
	}
	if p.uses.max {
		out = append(out, p.helper(p.sym.max+`($a, $b) == IF $a > $b THEN $a ELSE $b`, "a", "b"))
	}
	if len(out) > 0 && out[len(out)-1] != "" {
		out = append(out, "")
	}
	return append(out, p.variables()...)
}

// helper is the definition of an operator over parameters, $name in text, which make way for what
// the model has.
func (p *printer) helper(text string, params ...string) string {
	names := map[string]string{}
	for _, q := range params {
		names[q] = p.names().pick(q)
		defer p.names().release(names[q])
	}
	return os.Expand(text, func(q string) string { return names[q] })
}

func (p *printer) recordDef(name string, t *spec.RecordType) box {
	items := make([]box, len(t.Fields))
	for i, f := range t.Fields {
		items[i] = box{fieldName(f.Name) + ": " + p.typ0(f.Type)}
	}
	return define(name, func(w int) box { return list("[", items, "]", w, false) })
}

// manyVars is the number of variables from which on the groups of them get tuples.
const manyVars = 16

// variables declares the variables, those of a group together, each with its doc.
func (p *printer) variables() box {
	root := p.groupTree()
	ordered := root.all()
	longest := 0
	for _, v := range ordered {
		longest = max(longest, len(p.sym.vars[v]))
	}
	out := box{"VARIABLES"}
	heading := ""
	names := make([]box, 0, len(ordered))
	for i, v := range ordered {
		if v.Group != heading {
			heading = v.Group
			out = append(out, comment("  ", heading[strings.LastIndex(heading, "/")+1:])...)
		}
		line := "  " + p.sym.vars[v]
		if i < len(ordered)-1 {
			line += ","
		}
		doc := strings.Join(strings.Fields(clean(v.Doc)), " ")
		if v.Ghost {
			doc = strings.TrimSpace("ghost: " + doc)
			doc = strings.TrimSuffix(doc, ":")
		}
		if doc != "" {
			pad := strings.Repeat(" ", max(longest+3-len(line), 0))
			if len(line)+len(pad)+len(`  \* `)+len(doc) <= width {
				line += pad + `  \* ` + doc
			} else {
				out = append(out, comment("  ", doc)...)
			}
		}
		out = append(out, line)
		names = append(names, box{p.sym.vars[v]})
	}
	out = append(out, "")
	if len(ordered) < manyVars {
		return append(out, list(p.sym.varsTuple+" == <<", names, ">>", width, true)...)
	}
	// Of many variables most stay as they are in a step: the groups that do are named.
	p.tuples = root
	return append(out, p.tupleDefs(root)...)
}

// types is TypeOK.
func (p *printer) types() box {
	items := make([]box, len(p.m.Vars))
	for i, v := range p.m.Vars {
		items[i] = box{p.sym.vars[v] + ` \in ` + p.member(v.Type)}
	}
	return hang(p.sym.typeOK+" == ", bullets(`/\`, items), "")
}

// member is the set of the values of t on the right of \in.
func (p *printer) member(t spec.Type) string {
	s, prec := p.typ(t)
	return parens(s, prec <= cmpPrec)
}

// initial is Init.
func (p *printer) initial() box {
	var items []box
	for _, v := range p.m.Vars {
		name := p.sym.vars[v]
		if v.Init == nil {
			p.enumerate = true
			items = append(items, box{name + ` \in ` + p.member(v.Type)})
			p.enumerate = false
			continue
		}
		head := name + " = "
		items = append(items, hang(head, p.last(v.Init, cmpPrec, width-len("Init == /\\ ")-len(head)), ""))
	}
	items = append(items, p.conjuncts(p.m.InitWhere, width-len("Init == /\\ "))...)
	out := hang(p.sym.init+" == ", bullets(`/\`, items), "")
	if p.m.Running != nil {
		out = stack(out, box{"", `\* States without it are ends: a step went wrong there.`},
			define(p.sym.running, func(w int) box { return p.expr(p.m.Running, -1, w) }))
	}
	if p.m.Constraint != nil {
		out = stack(out, box{"", `\* States without it are not explored further.`},
			define(p.sym.constraint, func(w int) box { return p.overStates(p.expr(p.m.Constraint, -1, w), p.m.Constraint) }))
	}
	return out
}

// actions are the operators of the steps, function by function, and Next.
func (p *printer) actions() []box {
	groups := p.groups()
	var out []box
	fn := ""
	grouped := make(map[*spec.Action]bool)
	for _, d := range groups {
		for _, a := range d.actions {
			grouped[a] = d.isFunc()
		}
	}
	for _, d := range groups {
		commons := p.commons(d)
		for i, a := range d.actions {
			c := commons[a]
			b := p.action(a, p.m.Running != nil && !grouped[a], c)
			if c != nil && c.first == a {
				b = stack(p.common(c), box{""}, b)
			}
			if i == 0 && a.Func != fn {
				fn = a.Func
				if fn != "" {
					b = stack(rule(fn), box{""}, b)
				} else {
					b = append(box{strings.Repeat("-", width-2)}, b...)
				}
			} else if i == 0 && len(out) == 0 {
				b = append(box{strings.Repeat("-", width-2)}, b...)
			}
			out = append(out, b)
		}
		if d.isFunc() {
			out = append(out, p.function(d))
		}
	}
	return append(out, p.nextState(groups)...)
}

func (p *printer) nextState(groups []*disjunct) []box {
	var owed, optional []*disjunct
	for _, d := range groups {
		if d.optional {
			optional = append(optional, d)
		} else {
			owed = append(owed, d)
		}
	}
	def := func(name string, ds []*disjunct) box { return hang(name+" == ", p.disjunction(ds), "") }
	line := box{strings.Repeat("-", width-2)}
	var out []box
	if len(optional) == 0 {
		p.sym.owed = p.sym.next // every step is owed
		out = append(out, stack(line, def(p.sym.next, owed)))
	} else {
		out = append(out,
			stack(line, box{`\* Steps that happen unless something else happens first`}, def(p.sym.owed, owed)),
			stack(box{`\* Steps that somebody may choose to take`}, def(p.sym.optional, optional)),
			box{p.sym.next + " == " + p.sym.owed + ` \/ ` + p.sym.optional})
	}
	return append(out, box{p.sym.spec_ + " == " + p.sym.init + ` /\ [][` + p.sym.next + "]_" + p.sym.varsTuple})
}
