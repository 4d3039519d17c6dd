package spec

import "strings"

// IsIdentifier reports whether s can be a name in TLA+: letters, digits and _, at least one letter.
// A first digit, which TLA+ allows, is refused because no other language does; so are the prefixes
// WF_ and SF_, which TLA+ reads as fairness.
func IsIdentifier(s string) bool {
	letter := false
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			letter = true
		case c == '_':
		case c >= '0' && c <= '9':
			if i == 0 {
				return false
			}
		default:
			return false
		}
	}
	return letter && !strings.HasPrefix(s, "WF_") && !strings.HasPrefix(s, "SF_")
}

// IsReserved reports whether the identifier s means something in TLA+, in the standard modules
// Integers, Sequences, FiniteSets and TLC, or in every module that is exported (Init, Next, Spec,
// vars, TypeOK, NULL), so that a model can't use it.
func IsReserved(s string) bool { return reserved[s] }

var reserved = func() map[string]bool {
	m := map[string]bool{}
	for s := range strings.FieldsSeq(`
		ACTION ASSUME ASSUMPTION AXIOM BY CASE CHOOSE CONSTANT CONSTANTS COROLLARY DEF DEFINE DEFS DOMAIN ELSE ENABLED EXCEPT
		EXTENDS HAVE HIDE IF IN INSTANCE LAMBDA LEMMA LET LOCAL MODULE NEW OBVIOUS OMITTED ONLY OTHER PICK PROOF PROPOSITION
		PROVE QED RECURSIVE STATE SUBSET SUFFICES TAKE TEMPORAL THEN THEOREM UNCHANGED UNION USE VARIABLE VARIABLES WITH WITNESS
		TRUE FALSE BOOLEAN STRING
		Nat Int Real Seq Len Head Tail Append SubSeq SelectSeq IsFiniteSet Cardinality
		Print PrintT Assert JavaTime TLCGet TLCSet Permutations SortSeq RandomElement Any ToString TLCEval
		Init Next Spec vars TypeOK NULL`) {
		m[s] = true
	}
	return m
}()

// IsStandardModule reports whether s is the name of a module that comes with TLC, so that no model
// that is exported can have it: a module that extends one of its own name is refused.
func IsStandardModule(s string) bool { return standardModules[s] }

var standardModules = func() map[string]bool {
	m := map[string]bool{}
	for s := range strings.FieldsSeq(`
		Naturals Integers Reals Sequences FiniteSets Bags TLC TLCExt RealTime Randomization Toolbox Json IOUtils ProtoReals
		Peano Functions Folds FiniteSetsExt SequencesExt`) {
		m[s] = true
	}
	return m
}()

func isEnumValue(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return s != ""
}
