package spec

import "fmt"

// Error is one thing that is wrong with a Model. Codes are stable: a code is never given to another
// mistake, and one that is no longer reported is never used again.
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

// badName (MC0001): the name is none that TLA+, and every other language a model is printed in, can
// use.
func (c *checker) badName(what, name string) {
	c.report("MC0001", "%s %q is not a TLA+ identifier (letters, digits and _, beginning with a letter or _, at least one letter)", what, name)
}

// reservedName (MC0002): the name would be taken for something else in the exported module.
func (c *checker) reservedName(what, name string) {
	c.report("MC0002", "%s %q is a name that TLA+ or its export uses itself", what, name)
}

// duplicateName (MC0003): TLA+ has one namespace for all declarations of a module and refuses to
// shadow a name.
func (c *checker) duplicateName(what, name, other string) {
	c.report("MC0003", "%s %q has the name of %s", what, name, other)
}

// missing (MC0004): a part that must be there is nil.
func (c *checker) missing(what string) {
	c.report("MC0004", "%s is missing", what)
}

// badType (MC0005): a type is built of parts that it cannot have.
func (c *checker) badType(t Type, why string) {
	c.report("MC0005", "type %s: %s", typeName(t), why)
}

// emptyType (MC0006): a variable of the type could have no value.
func (c *checker) emptyType(t Type) {
	c.report("MC0006", "type %s has no values", typeName(t))
}

// wideSet (MC0007): sets are bit masks of 64 bits.
func (c *checker) wideSet(n uint64) {
	c.report("MC0007", "a set has at most %d possible elements, this one has %d", MaxSet, n)
}

// largeType (MC0008): values of the type would not fit any search.
func (c *checker) largeType(t Type, limit int64) {
	c.report("MC0008", "type %s has more than %d elements", typeName(t), limit)
}

// unlistedEnum (MC0009): exports declare the enums that the model lists.
func (c *checker) unlistedEnum(t *EnumType) {
	c.report("MC0009", "enum %s is used but not in Model.Enums", t.Name)
}

// badEnumValue (MC0010): the value could not be printed as a string of TLA+, JSON and DOT.
func (c *checker) badEnumValue(t *EnumType, v string) {
	c.report("MC0010", "value %q of enum %s: only printable ASCII characters without quotes and backslashes", v, t.Name)
}

// cyclic (MC0011): a type, expression or body contains itself.
func (c *checker) cyclic(what string) {
	c.report("MC0011", "%s contains itself", what)
}

// unknownVar (MC0012): the variable would be in no state.
func (c *checker) unknownVar(v *Var) {
	c.report("MC0012", "variable %s is not in Model.Vars", v.Name)
}

// unboundParam (MC0013): no action or quantifier around the reference binds the parameter.
func (c *checker) unboundParam(p *Param) {
	c.report("MC0013", "parameter %s is not bound here", p.Name)
}

// badLiteral (MC0014): the constant is no value of its type, or its type has no constants of one
// number.
func (c *checker) badLiteral(l *Lit) {
	c.report("MC0014", "the number %d is no value of type %s", l.N, typeName(l.T))
}

// badOperator (MC0015): the operator belongs to another kind of expression.
func (c *checker) badOperator(op Op, kind string) {
	c.report("MC0015", "%s is not a %s operator", op, kind)
}

// badOperand (MC0016): an operand is of a type that the operator is not defined for.
func (c *checker) badOperand(op Op, want string, got Type) {
	c.report("MC0016", "operator %s needs %s, not %s", op, want, typeName(got))
}

// incomparable (MC0017): two operands, each right by itself, do not go together.
func (c *checker) incomparable(op Op, x, y Type) {
	c.report("MC0017", "operator %s cannot have operands of types %s and %s", op, typeName(x), typeName(y))
}

// notIndexable (MC0018): only arrays and sequences have elements selected by an index.
func (c *checker) notIndexable(t Type) {
	c.report("MC0018", "a value of type %s has no elements to select by an index", typeName(t))
}

// badIndex (MC0019): no value of the index can be an index there.
func (c *checker) badIndex(t, index Type) {
	c.report("MC0019", "a value of type %s cannot be indexed with %s", typeName(t), typeName(index))
}

// noField (MC0020): only records have fields, and only those of their type.
func (c *checker) noField(t Type, name string) {
	c.report("MC0020", "a value of type %s has no field %q", typeName(t), name)
}

// notBool (MC0021): guards, conditions and properties are true or false.
func (c *checker) notBool(what string, t Type) {
	c.report("MC0021", "%s is of type %s, not bool", what, typeName(t))
}

// noJoin (MC0022): the branches of a conditional have no type in common.
func (c *checker) noJoin(x, y Type) {
	c.report("MC0022", "a conditional cannot have branches of types %s and %s", typeName(x), typeName(y))
}

// badParam (MC0023): parameters range over some values of a bool, a range or an enum, in ascending
// order.
func (c *checker) badParam(p *Param, why string) {
	c.report("MC0023", "domain of parameter %s: %s", p.Name, why)
}

// partialMap (MC0024): arrays are total functions.
func (c *checker) partialMap(p *Param) {
	c.report("MC0024", "an array needs a value at each index, but %s is limited to some", p.Name)
}

// badArity (MC0025): a literal has too many or too few elements.
func (c *checker) badArity(t Type, want string, got int) {
	c.report("MC0025", "a literal of type %s needs %s, not %d", typeName(t), want, got)
}

// notAssignable (MC0026): no value of the expression can be stored there.
func (c *checker) notAssignable(what string, want, got Type) {
	c.report("MC0026", "%s of type %s cannot take a value of type %s", what, typeName(want), typeName(got))
}

// initReadsVar (MC0027): initial values are constants; what relates variables belongs in
// Model.InitWhere.
func (c *checker) initReadsVar(v *Var) {
	c.report("MC0027", "an initial value must not depend on variable %s", v.Name)
}

// ghostFlow (MC0028): ghost data would change what the model does.
func (c *checker) ghostFlow(what string, v *Var) {
	c.report("MC0028", "%s must not depend on ghost variable %s", what, v.Name)
}

// badActor (MC0029): the actor is one of the parameters, or -1.
func (c *checker) badActor(i, n int) {
	c.report("MC0029", "actor position %d with %d parameters", i, n)
}

// optionalFair (MC0030): what need not happen is not forced to happen.
func (c *checker) optionalFair(f Fairness) {
	c.report("MC0030", "an optional action cannot have %s fairness", f)
}

// badKind (MC0031): a number that stands for no kind.
func (c *checker) badKind(what string, n int) {
	c.report("MC0031", "there is no %s with number %d", what, n)
}

// strayFrom (MC0032): only LeadsTo has two conditions.
func (c *checker) strayFrom(k PropertyKind) {
	c.report("MC0032", "a property of kind %s has no From", k)
}

// wideInt (MC0033): TLC would overflow where we do not.
func (c *checker) wideInt(r *RangeType) {
	c.report("MC0033", "integers %s are beyond 32 bits, which is what TLC computes with", r)
}

// badPath (MC0034): an update names a field that is not there.
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
