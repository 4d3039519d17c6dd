package tla

import (
	"strings"

	"mcheck/spec"
)

// reserved are the words of TLA+ and the operators of the standard modules that a module may
// extend: TLA+ does not let a name be declared twice, not even as a bound variable.
var reserved = strings.Fields(`
ACTION ASSUME ASSUMPTION AXIOM BY CASE CHOOSE CONSTANT CONSTANTS COROLLARY DEF DEFINE DEFS DOMAIN ELSE ENABLED
EXCEPT EXTENDS HAVE HIDE IF IN INSTANCE LAMBDA LEMMA LET LOCAL MODULE NEW OBVIOUS OMITTED ONLY OTHER PICK PROOF PROPOSITION
PROVE QED RECURSIVE SF_ STATE STRONG_FAIRNESS SUBSET SUFFICES TAKE TEMPORAL THEN THEOREM UNCHANGED UNION USE VARIABLE
VARIABLES WEAK_FAIRNESS WF_ WITH WITNESS TRUE FALSE BOOLEAN STRING
Nat Int Real Infinity Seq Len Head Tail Append SubSeq SelectSeq Cardinality IsFiniteSet
Print PrintT Assert JavaTime TLCGet TLCSet Permutations SortSeq RandomElement Any ToString TLCEval`)

var isReserved = func() map[string]bool {
	m := make(map[string]bool)
	for _, w := range reserved {
		m[w] = true
	}
	return m
}()

// names gives every declared thing of a module a name of its own.
type names struct{ used map[string]bool }

func newNames() *names { return &names{make(map[string]bool)} }

// pick returns want, or want with underscores behind it where it is taken, and takes it.
func (n *names) pick(want string) string {
	w := identifier(want)
	for n.used[w] || isReserved[w] {
		w += "_"
	}
	n.used[w] = true
	return w
}

func (n *names) release(name string) { delete(n.used, name) }

// identifier returns s with everything that a TLA+ identifier can't hold replaced.
func identifier(s string) string {
	var b strings.Builder
	letter := false
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
			letter = true
			b.WriteRune(r)
		case r >= '0' && r <= '9', r == '_':
			b.WriteRune(r)
		default:
			b.WriteByte('_')
		}
	}
	s = b.String()
	if !letter || strings.HasPrefix(s, "WF_") || strings.HasPrefix(s, "SF_") {
		s = "x" + s
	}
	return s
}

// fieldName returns the name of a record field, which lives in a space of its own but can't be a
// word of the language.
func fieldName(s string) string {
	s = identifier(s)
	if isReserved[s] {
		s += "_"
	}
	return s
}

// symbols are the names of a module's declarations.
type symbols struct {
	names   *names
	props   map[*spec.Property]string
	vars    map[*spec.Var]string
	actions map[*spec.Action]string
	enums   map[*spec.EnumType]string
	values  map[*spec.EnumType][]string // the text of each value: an identifier, or a quoted string
	records map[*spec.RecordType]string

	null, varsTuple, typeOK, init, next, spec_, running, constraint, atRest, owed, optional, fairness, fairSpec string
	boundedSeq, allSeq, removeAt, min, max, symmetry                                                            string
}

// newSymbols names everything; properties come first because they have one name everywhere.
func newSymbols(m *spec.Model, c *collected) *symbols {
	n := newNames()
	s := &symbols{
		names: n, props: make(map[*spec.Property]string), vars: make(map[*spec.Var]string), actions: make(map[*spec.Action]string),
		enums: make(map[*spec.EnumType]string), values: make(map[*spec.EnumType][]string), records: make(map[*spec.RecordType]string),
	}
	for _, p := range m.Properties {
		s.props[p] = n.pick(p.Name)
	}
	s.varsTuple, s.typeOK, s.init, s.next, s.spec_ = n.pick("vars"), n.pick("TypeOK"), n.pick("Init"), n.pick("Next"), n.pick("Spec")
	s.running, s.constraint, s.atRest = n.pick("Running"), n.pick("Constraint"), n.pick("AtRest")
	s.owed, s.optional, s.fairness, s.fairSpec = n.pick("Owed"), n.pick("Optional"), n.pick("Fairness"), n.pick("FairSpec")
	s.null = n.pick("NULL")
	s.boundedSeq, s.allSeq, s.removeAt, s.min, s.max = n.pick("BoundedSeq"), n.pick("AllSeq"), n.pick("RemoveAt"), n.pick("Min"), n.pick("Max")
	s.symmetry = n.pick("Symmetry")
	for _, v := range m.Vars {
		s.vars[v] = n.pick(v.Name)
	}
	for _, a := range m.Actions {
		s.actions[a] = n.pick(a.Name)
	}
	for _, t := range c.enums {
		s.enums[t] = n.pick(t.Name)
	}
	for _, t := range c.enums {
		for _, v := range t.Values {
			if t.Symbolic {
				s.values[t] = append(s.values[t], n.pick(v))
			} else {
				s.values[t] = append(s.values[t], quote(v))
			}
		}
	}
	for _, t := range c.records {
		if t.Name != "" {
			s.records[t] = n.pick(t.Name)
		}
	}
	return s
}

var quoter = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`)

// quote returns v as a TLA+ string.
func quote(v string) string { return `"` + quoter.Replace(v) + `"` }
