package spec

import (
	"fmt"
	"math"
	"reflect"
)

// Bounds on what a Model may contain.
const (
	MaxSet    = 64      // possible elements of a set
	MaxLen    = 1 << 16 // scalars in one value, elements of a sequence, values of a parameter
	minTLCInt = math.MinInt32
	maxTLCInt = math.MaxInt32
)

// Check returns everything that is wrong with m, in the order of the text: names, types of all
// expressions, what is assigned to what, domains, the flow of ghost data, and the fields that go
// with the kind of a property. A Model without errors can be evaluated, explored and exported; what
// still can go wrong depends on the state (a value outside its range, an index outside its array).
//
// Assignable are: a value of the same type; an enum's value to an option over it; an integer to a
// range that has at least one value in common with its own; and an array of values that can be
// assigned to the elements of an array with the same index type.
//
// Check panics for no Model, however malformed.
func Check(m *Model) []Error {
	c := &checker{
		global: map[string]string{},
		vars:   map[*Var]bool{},
		enums:  map[*EnumType]bool{},
		types:  map[Type]bool{},
		busy:   map[any]bool{},
		scope:  map[*Param]bool{},
		names:  map[string]bool{},
		recs:   map[string]*RecordType{},
	}
	if m == nil {
		c.missing("the model")
		return c.errs
	}
	c.model(m)
	return c.errs
}

// checker collects errors. pos and where say what is being checked.
type checker struct {
	errs   []Error
	pos    Pos
	where  string
	global map[string]string // name to what has it
	vars   map[*Var]bool
	enums  map[*EnumType]bool
	types  map[Type]bool // checked: are they right?
	busy   map[any]bool  // types, expressions and nodes being checked, to find one inside itself
	scope  map[*Param]bool
	names  map[string]bool // of the parameters in scope
	recs   map[string]*RecordType
}

// isNil also sees nil pointers of the concrete types.
func isNil(x any) bool { return x == nil || reflect.ValueOf(x).IsNil() }

// enter reports false, and an error, if x is being checked already; leave must follow a true one.
func (c *checker) enter(x any, what string) bool {
	if c.busy[x] {
		c.cyclic(what)
		return false
	}
	c.busy[x] = true
	return true
}

func (c *checker) leave(x any) { delete(c.busy, x) }

// declare checks a name that must be unlike every other name of the module.
func (c *checker) declare(what, name string) {
	if !c.identifier(what, name) {
		return
	}
	if other, ok := c.global[name]; ok {
		c.duplicateName(what, name, other)
		return
	}
	c.global[name] = what + " " + name
}

func (c *checker) identifier(what, name string) bool {
	switch {
	case !IsIdentifier(name):
		c.badName(what, name)
		return false
	case IsReserved(name):
		c.reservedName(what, name)
		return false
	}
	return true
}

func (c *checker) model(m *Model) {
	c.where = "model"
	c.declare("model", m.Name)
	for i, t := range m.Enums {
		if t == nil {
			c.missing(fmt.Sprintf("Enums[%d]", i))
			continue
		}
		c.enums[t] = true
	}
	for _, t := range m.Enums {
		if t != nil {
			c.enum(t)
		}
	}
	// All names, and the types of all variables, are known before the first expression is checked.
	for i, v := range m.Vars {
		c.at(Pos{}, "model")
		if v == nil {
			c.missing(fmt.Sprintf("Vars[%d]", i))
			continue
		}
		c.at(v.Pos, "variable "+v.Name)
		c.declare("variable", v.Name)
		c.vars[v] = true
		c.typ(v.Type)
	}
	for i, a := range m.Actions {
		c.at(Pos{}, "model")
		if a == nil {
			c.missing(fmt.Sprintf("Actions[%d]", i))
			continue
		}
		c.at(a.Pos, "action "+a.Name)
		c.declare("action", a.Name)
	}
	for i, p := range m.Properties {
		c.at(Pos{}, "model")
		if p == nil {
			c.missing(fmt.Sprintf("Properties[%d]", i))
			continue
		}
		c.at(p.Pos, "property "+p.Name)
		c.declare("property", p.Name)
	}
	for _, v := range m.Vars {
		if v != nil {
			c.variable(v)
		}
	}
	c.at(Pos{}, "model")
	c.stateCond("InitWhere", m.InitWhere)
	c.stateCond("Running", m.Running)
	c.stateCond("Constraint", m.Constraint)
	for _, a := range m.Actions {
		if a != nil {
			c.action(a)
		}
	}
	for _, p := range m.Properties {
		if p != nil {
			c.property(p)
		}
	}
}

func (c *checker) at(pos Pos, where string) { c.pos, c.where = pos, where }

// stateCond checks a condition that decides which states exist: nil, or bool and free of ghosts.
func (c *checker) stateCond(what string, e Expr) {
	if isNil(e) {
		return
	}
	c.cond(what, e)
	c.noGhost(what, e)
}

func (c *checker) enum(t *EnumType) {
	c.at(Pos{}, "enum "+t.Name)
	c.declare("enum", t.Name)
	if len(t.Values) == 0 {
		c.emptyType(t)
	}
	if len(t.Values) > MaxLen {
		c.largeType(t, MaxLen)
	}
	seen := map[string]bool{}
	for _, v := range t.Values {
		switch {
		case t.Symbolic:
			c.declare("value of enum "+t.Name, v)
			continue
		case v == "NULL":
			c.reservedName("value of enum "+t.Name, v)
		case !isEnumValue(v):
			c.badEnumValue(t, v)
		case seen[v]:
			c.duplicateName("value of enum "+t.Name, v, "another of its values")
		}
		seen[v] = true
	}
}

func (c *checker) variable(v *Var) {
	c.at(v.Pos, "variable "+v.Name)
	ok := c.types[v.Type]
	if isNil(v.Init) {
		return
	}
	t := c.expr(v.Init)
	if ok && t != nil && !Assignable(v.Type, t) {
		c.notAssignable("variable "+v.Name, v.Type, t)
	}
	if t != nil {
		for _, r := range VarsRead(v.Init) {
			c.initReadsVar(r)
		}
	}
}

func (c *checker) action(a *Action) {
	c.at(a.Pos, "action "+a.Name)
	for i, p := range a.Params {
		if p == nil {
			c.missing(fmt.Sprintf("Params[%d]", i))
			continue
		}
		c.bind(p)
	}
	if a.Actor < -1 || a.Actor >= len(a.Params) {
		c.badActor(a.Actor, len(a.Params))
	}
	if a.Fairness > StrongFairness {
		c.badKind("fairness", int(a.Fairness))
	} else if a.Optional && a.Fairness != NoFairness {
		c.optionalFair(a.Fairness)
	}
	if a.Kind > ActorMachine {
		c.badKind("kind of actor", int(a.Kind))
	}
	c.where = "guard of action " + a.Name
	c.stateCond("the guard", a.Guard)
	c.where = "body of action " + a.Name
	c.node(a.Body, nil)
	c.where = "source of action " + a.Name
	for _, l := range a.Source {
		if l.When != nil {
			c.cond("the condition of a statement", l.When)
		}
	}
	for _, p := range a.Params {
		if p != nil {
			c.unbind(p)
		}
	}
}

// bind checks a parameter and puts it in scope. It reports whether its domain is right.
func (c *checker) bind(p *Param) bool {
	if c.identifier("parameter", p.Name) {
		if other, ok := c.global[p.Name]; ok {
			c.duplicateName("parameter", p.Name, other)
		} else if c.names[p.Name] || c.scope[p] {
			c.duplicateName("parameter", p.Name, "a parameter around it")
		}
	}
	c.names[p.Name] = true
	c.scope[p] = true
	return c.domain(p)
}

func (c *checker) unbind(p *Param) {
	delete(c.names, p.Name)
	delete(c.scope, p)
}

func (c *checker) domain(p *Param) bool {
	if !c.typ(p.Type) {
		return false
	}
	if !isIndexType(p.Type) {
		c.badParam(p, "its type "+typeName(p.Type)+" is no bool, range or enum")
		return false
	}
	lo, hi, _ := Domain(p.Type)
	if p.Only == nil && hi-lo >= MaxLen || len(p.Only) > MaxLen {
		c.badParam(p, fmt.Sprintf("more than %d values", MaxLen))
		return false
	}
	for i, n := range p.Only {
		if n < lo || n > hi {
			c.badParam(p, fmt.Sprintf("%d is no value of type %s", n, typeName(p.Type)))
			return false
		}
		if i > 0 && n <= p.Only[i-1] {
			c.badParam(p, "the values are not in ascending order")
			return false
		}
	}
	return true
}

// node checks a body. ghost is the ghost variable that a condition around it reads, or nil.
func (c *checker) node(n Node, ghost *Var) {
	if isNil(n) {
		c.missing("a node of the body")
		return
	}
	switch n := n.(type) {
	case *Do:
		for _, u := range n.Updates {
			c.update(u, ghost)
		}
	case *Branch:
		if !c.enter(n, "the body") {
			return
		}
		if c.cond("a condition", n.Cond) && ghost == nil {
			ghost = firstGhost(n.Cond)
		}
		c.node(n.Then, ghost)
		c.node(n.Else, ghost)
		c.leave(n)
	default:
		panic(fmt.Sprintf("spec: unhandled %T", n))
	}
}

func (c *checker) update(u Update, ghost *Var) {
	if u.Var == nil {
		c.missing("the variable of an update")
		return
	}
	if !c.vars[u.Var] {
		c.unknownVar(u.Var)
	}
	ok := c.types[u.Var.Type]
	t := u.Var.Type
	what := "variable " + u.Var.Name
	for _, s := range u.Path {
		what = "a part of variable " + u.Var.Name
		if !isNil(s.Index) {
			it := c.expr(s.Index)
			if it != nil {
				c.updateNoGhost(u.Var, "an index", s.Index)
			}
			if ok {
				t, ok = c.element(t, it)
			}
			continue
		}
		if ok {
			r, isRec := t.(*RecordType)
			if !isRec || r.FieldIndex(s.Field) < 0 {
				c.badPath(t, fmt.Sprintf("%q", s.Field))
				ok = false
				continue
			}
			t = r.Fields[r.FieldIndex(s.Field)].Type
		}
	}
	vt := c.expr(u.Value)
	if ok && vt != nil && !Assignable(t, vt) {
		c.notAssignable(what, t, vt)
	}
	if vt != nil {
		c.updateNoGhost(u.Var, "a value", u.Value)
	}
	if ghost != nil && !u.Var.Ghost {
		c.ghostFlow("whether variable "+u.Var.Name+" is updated", ghost)
	}
}

// element returns the type of the elements of t, which are selected by an index of type it (nil:
// unknown).
func (c *checker) element(t, it Type) (Type, bool) {
	var elem, index Type
	switch t := t.(type) {
	case *ArrayType:
		elem, index = t.Elem, t.Index
	case *SeqType:
		elem, index = t.Elem, &RangeType{1, int64(t.Cap)}
	default:
		c.notIndexable(t)
		return nil, false
	}
	if it == nil {
		return elem, true
	}
	o, isOpt := it.(*OptionType)
	if !Assignable(index, it) && !(isOpt && Type(o.Elem) == index) {
		c.badIndex(t, it)
	}
	return elem, true
}

func (c *checker) updateNoGhost(v *Var, what string, e Expr) {
	if !v.Ghost {
		c.noGhost(what+" in an update of "+v.Name, e)
	}
}

// noGhost reports the first ghost variable that e, which must be well-typed, reads.
func (c *checker) noGhost(what string, e Expr) {
	if g := firstGhost(e); g != nil {
		c.ghostFlow(what, g)
	}
}

func firstGhost(e Expr) *Var {
	if !sound(e) {
		return nil
	}
	for _, v := range VarsRead(e) {
		if v.Ghost {
			return v
		}
	}
	return nil
}

func (c *checker) property(p *Property) {
	c.at(p.Pos, "property "+p.Name)
	if p.Kind > LeadsTo {
		c.badKind("kind of property", int(p.Kind))
	}
	if !isNil(p.When) {
		c.cond("When", p.When)
	}
	switch {
	case p.Kind == LeadsTo:
		c.cond("From", p.From)
	case !isNil(p.From):
		if p.Kind < LeadsTo {
			c.strayFrom(p.Kind)
		}
		c.cond("From", p.From)
	}
	c.cond("Cond", p.Cond)
}

// cond checks an expression that must be a truth value and reports whether it is well-typed.
func (c *checker) cond(what string, e Expr) bool {
	if isNil(e) {
		c.missing(what)
		return false
	}
	t := c.expr(e)
	if t == nil {
		return false
	}
	if !isBool(t) {
		c.notBool(what, t)
	}
	return true
}
