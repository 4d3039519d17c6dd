package spec

import "fmt"

// Error is one thing that is wrong with a Model. Codes are stable: a code is never given to another mistake, and one that is
// no longer reported is never used again.
type Error struct {
	Code string // MC0001 …
	Pos  Pos    // of the variable, action or property at fault; zero for the model as a whole
	// Where names the place in words: "variable x", "guard of action A".
	Where string
	Msg   string
}

// Error returns "file:line:col: where: message (code)", without what is not known.
func (e Error) Error() string {
	s := fmt.Sprintf("%s (%s)", e.Msg, e.Code)
	if e.Where != "" {
		s = e.Where + ": " + s
	}
	if e.Pos != (Pos{}) {
		s = e.Pos.String() + ": " + s
	}
	return s
}

// String returns "file:line:col", or "file:line" where the column is not known.
func (p Pos) String() string {
	if p.Col == 0 {
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

func (c *checker) report(code, format string, args ...any) {
	c.errs = append(c.errs, Error{code, c.pos, c.where, fmt.Sprintf(format, args...)})
}

// One method for each diagnostic, in the order of the codes.

func (c *checker) badName(what, name string) {
	c.report("MC0001", "%s %q is not a TLA+ identifier (letters, digits and _, beginning with a letter or _, at least one letter)", what, name)
}

func (c *checker) reservedName(what, name string) {
	c.report("MC0002", "%s %q is a name that TLA+ or its export uses itself", what, name)
}

func (c *checker) duplicateName(what, name, other string) {
	c.report("MC0003", "%s %q has the name of %s", what, name, other)
}

func (c *checker) missing(what string) {
	c.report("MC0004", "%s is missing", what)
}

func (c *checker) badType(t Type, why string) {
	c.report("MC0005", "type %s: %s", typeName(t), why)
}

func (c *checker) emptyType(t Type) {
	c.report("MC0006", "type %s has no values", typeName(t))
}

func (c *checker) wideSet(n uint64) {
	c.report("MC0007", "a set has at most %d possible elements, this one has %d", MaxSet, n)
}

func (c *checker) largeType(t Type, limit int64) {
	c.report("MC0008", "type %s has more than %d elements", typeName(t), limit)
}

func (c *checker) unlistedEnum(t *EnumType) {
	c.report("MC0009", "enum %s is used but not in Model.Enums", t.Name)
}

func (c *checker) badEnumValue(t *EnumType, v string) {
	c.report("MC0010", "value %q of enum %s: only printable ASCII characters without blanks, quotes and backslashes", v, t.Name)
}

func (c *checker) cyclic(what string) {
	c.report("MC0011", "%s contains itself", what)
}

func (c *checker) unknownVar(v *Var) {
	c.report("MC0012", "variable %s is not in Model.Vars", v.Name)
}

func (c *checker) unboundParam(p *Param) {
	c.report("MC0013", "parameter %s is not bound here", p.Name)
}

func (c *checker) badLiteral(l *Lit) {
	c.report("MC0014", "the number %d is no value of type %s", l.N, typeName(l.T))
}

func (c *checker) badOperator(op Op, kind string) {
	c.report("MC0015", "%s is not a %s operator", op, kind)
}

func (c *checker) badOperand(op Op, want string, got Type) {
	c.report("MC0016", "operator %s needs %s, not %s", op, want, typeName(got))
}

func (c *checker) incomparable(op Op, x, y Type) {
	c.report("MC0017", "operator %s cannot have operands of types %s and %s", op, typeName(x), typeName(y))
}

func (c *checker) notIndexable(t Type) {
	c.report("MC0018", "a value of type %s has no elements to select by an index", typeName(t))
}

func (c *checker) badIndex(t, index Type) {
	c.report("MC0019", "a value of type %s cannot be indexed with %s", typeName(t), typeName(index))
}

func (c *checker) noField(t Type, name string) {
	c.report("MC0020", "a value of type %s has no field %q", typeName(t), name)
}

func (c *checker) notBool(what string, t Type) {
	c.report("MC0021", "%s is of type %s, not bool", what, typeName(t))
}

func (c *checker) noJoin(x, y Type) {
	c.report("MC0022", "a conditional cannot have branches of types %s and %s", typeName(x), typeName(y))
}

func (c *checker) badParam(p *Param, why string) {
	c.report("MC0023", "domain of parameter %s: %s", p.Name, why)
}

func (c *checker) partialMap(p *Param) {
	c.report("MC0024", "an array needs a value at each index, but %s is limited to some", p.Name)
}

func (c *checker) badArity(t Type, want string, got int) {
	c.report("MC0025", "a literal of type %s needs %s, not %d", typeName(t), want, got)
}

func (c *checker) notAssignable(what string, want, got Type) {
	c.report("MC0026", "%s of type %s cannot take a value of type %s", what, typeName(want), typeName(got))
}

func (c *checker) initReadsVar(v *Var) {
	c.report("MC0027", "an initial value must not depend on variable %s", v.Name)
}

func (c *checker) ghostFlow(what string, v *Var) {
	c.report("MC0028", "%s must not depend on ghost variable %s", what, v.Name)
}

func (c *checker) badActor(i, n int) {
	c.report("MC0029", "actor position %d with %d parameters", i, n)
}

func (c *checker) optionalFair(f Fairness) {
	c.report("MC0030", "an optional action cannot have %s fairness", f)
}

func (c *checker) badKind(what string, n int) {
	c.report("MC0031", "there is no %s with number %d", what, n)
}

func (c *checker) strayFrom(k PropertyKind) {
	c.report("MC0032", "a property of kind %s has no From", k)
}

func (c *checker) wideInt(r *RangeType) {
	c.report("MC0033", "integers %s are beyond 32 bits, which is what TLC computes with", r)
}

func (c *checker) badPath(t Type, sel string) {
	c.report("MC0034", "a value of type %s has no part %s to update", typeName(t), sel)
}

// typeName is t.String() that survives a malformed type.
func typeName(t Type) (s string) {
	if isNil(t) {
		return "(none)"
	}
	depth := 0
	return limitedName(t, &depth)
}

// limitedName writes a type without following it for ever.
func limitedName(t Type, depth *int) string {
	if isNil(t) {
		return "(none)"
	}
	if *depth++; *depth > 50 {
		return "…"
	}
	switch t := t.(type) {
	case *OptionType:
		return limitedName(t.Elem, depth) + "?"
	case *ArrayType:
		return "[" + limitedName(t.Index, depth) + "]" + limitedName(t.Elem, depth)
	case *SetType:
		return "set of " + limitedName(t.Elem, depth)
	case *SeqType:
		return fmt.Sprintf("seq %d of %s", t.Cap, limitedName(t.Elem, depth))
	case *RecordType:
		if t.Name != "" {
			return t.Name
		}
		s := "{"
		for i, f := range t.Fields {
			if i > 0 {
				s += ", "
			}
			s += f.Name + " " + limitedName(f.Type, depth)
		}
		return s + "}"
	}
	return t.String()
}
