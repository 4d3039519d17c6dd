package cread

import (
	"fmt"
	"strings"

	"modernc.org/cc/v4"
)

type kind int

const (
	kVoid kind = iota
	kInt       // an integer type of C: constants and the values inside expressions
	kNull      // what NULL is before it is stored
	kString
	kBool
	kRange // u1 … u8, s2 … s8
	kEnum
	kPtr // to an object of a pool, or to a task
	kFn  // a pointer to a function
	kSet
	kList
	kSeq
	kSpin
	kRwsem
	kSeqcount
	kArray
	kStruct
	kFunc // a function itself
)

// ctype is a type of the language.
type ctype struct {
	kind   kind
	name   string
	lo, hi int64   // kRange
	values []int64 // kEnum: its enumerators
	// kPtr, kSet, kList: the struct; kArray: the element; kFn: the function; kFunc: the result
	of     *ctype
	n      int      // kArray: how many
	fields []*field // kStruct
	pool   int      // kStruct: its number among the pools, tasks first; -1: no objects of it
	params []*ctype // kFunc
}

// field is a field of a struct.
type field struct {
	name   string
	typ    *ctype
	offset int
	notes  []note
}

// note is an annotation: its name, and behind a colon, if there is one, what it speaks of.
type note struct {
	at   cc.Node
	word string
	arg  string
}

var (
	tVoid   = &ctype{kind: kVoid, name: "void"}
	tInt    = &ctype{kind: kInt, name: "int"}
	tNull   = &ctype{kind: kNull, name: "NULL"}
	tString = &ctype{kind: kString, name: "char *"}
	tBool   = &ctype{kind: kBool, name: "bool"}
)

// size is the number of cells that a value of the type takes.
func (t *ctype) size() int {
	switch t.kind {
	case kArray:
		return t.n * t.of.size()
	case kStruct:
		n := 0
		for _, f := range t.fields {
			n += f.typ.size()
		}
		return n
	}
	return 1
}

// aggregate says whether the type is that of an array or a struct, which is no value.
func (t *ctype) aggregate() bool { return t.kind == kArray || t.kind == kStruct }

func (t *ctype) field(name string) *field {
	for _, f := range t.fields {
		if f.name == name {
			return f
		}
	}
	return nil
}

// fit returns what a variable of the type holds when n is stored there, and whether it fits.
func (t *ctype) fit(n int64) (int64, bool) {
	switch t.kind {
	case kBool:
		if n != 0 {
			return 1, true
		}
		return 0, true
	case kRange:
		return n, t.lo <= n && n <= t.hi
	case kEnum:
		for _, v := range t.values {
			if v == n {
				return n, true
			}
		}
		return n, false
	}
	return n, true
}

// standard is the type that a typedef of the header with this name stands for, or nil.
func standard(name string) *ctype {
	switch name {
	case "bool":
		return tBool
	case "spinlock_t":
		return &ctype{kind: kSpin, name: name}
	case "rwsem_t":
		return &ctype{kind: kRwsem, name: name}
	case "seqcount_t":
		return &ctype{kind: kSeqcount, name: name}
	case "seq_t":
		return &ctype{kind: kSeq, name: name}
	}
	if len(name) == 2 && '1' <= name[1] && name[1] <= '8' {
		bits := int64(name[1] - '0')
		switch {
		case name[0] == 'u':
			return &ctype{kind: kRange, name: name, lo: 0, hi: 1<<bits - 1}
		case name[0] == 's' && bits > 1:
			return &ctype{kind: kRange, name: name, lo: -1 << (bits - 1), hi: 1<<(bits-1) - 1}
		}
	}
	return nil
}

// structure returns the struct with the tag, which need not be defined yet.
func (p *program) structure(tag string) *ctype {
	t := p.structs[tag]
	if t == nil {
		t = &ctype{kind: kStruct, name: tag, pool: -1}
		p.structs[tag] = t
	}
	return t
}

// specifier returns the type that a type specifier names.
func (p *program) specifier(s *cc.TypeSpecifier) *ctype {
	switch s.Case {
	case cc.TypeSpecifierVoid:
		return tVoid
	case cc.TypeSpecifierBool:
		return tBool
	case cc.TypeSpecifierChar:
		return tString // only const char * is of any use
	case cc.TypeSpecifierInt, cc.TypeSpecifierLong, cc.TypeSpecifierShort,
		cc.TypeSpecifierSigned, cc.TypeSpecifierUnsigned:
		return tInt
	case cc.TypeSpecifierStructOrUnion:
		return p.structSpecifier(s.StructOrUnionSpecifier)
	case cc.TypeSpecifierEnum:
		return p.enumSpecifier(s.EnumSpecifier)
	case cc.TypeSpecifierTypeName:
		name := s.Token.SrcStr()
		if t := standard(name); t != nil {
			return t
		}
		if t := p.typedefs[name]; t != nil {
			return t
		}
	}
	fail(s, "the type %s is not in the language", cc.NodeSource(s))
	return nil
}

func (p *program) structSpecifier(s *cc.StructOrUnionSpecifier) *ctype {
	if s.StructOrUnion.Case == cc.StructOrUnionUnion {
		fail(s, "unions are not in the language")
	}
	tag := s.Token.SrcStr()
	if s.Case == cc.StructOrUnionSpecifierTag {
		return p.structure(tag)
	}
	t := p.structure(tag)
	if tag == "" {
		t = &ctype{kind: kStruct, pool: -1}
	}
	offset := 0
	for l := s.StructDeclarationList; l != nil; l = l.StructDeclarationList {
		d := l.StructDeclaration
		if d.Case != cc.StructDeclarationDecl {
			continue
		}
		base, notes := p.qualifiers(d.SpecifierQualifierList)
		for sl := d.StructDeclaratorList; sl != nil; sl = sl.StructDeclaratorList {
			sd := sl.StructDeclarator
			if sd.Case == cc.StructDeclaratorBitField {
				fail(sd, "bit-fields are not in the language")
			}
			f := &field{offset: offset}
			f.name, f.typ, f.notes = p.declarator(sd.Declarator, base)
			f.notes = append(f.notes, notes...)
			if sl.StructDeclaratorList == nil { // an attribute at the end is that of the last name
				f.notes = append(f.notes, p.attributes(d.AttributeSpecifierList)...)
			}
			if f.typ.kind == kStruct && len(f.typ.fields) == 0 {
				fail(sd, "struct %s is not defined here", f.typ.name)
			}
			t.fields = append(t.fields, f)
			offset += f.typ.size()
		}
	}
	return t
}

// collection returns the type that a typedef of a struct with one field of this name stands for:
// POOL makes sets and lists of it.
func (p *program) collection(t *ctype) *ctype {
	if t.kind != kStruct || len(t.fields) != 1 {
		return t
	}
	if of, ok := strings.CutPrefix(t.fields[0].name, "__set_of_"); ok {
		return &ctype{kind: kSet, name: of + "_set", of: p.structure(of)}
	}
	if of, ok := strings.CutPrefix(t.fields[0].name, "__list_of_"); ok {
		return &ctype{kind: kList, name: of + "_list", of: p.structure(of)}
	}
	return t
}

func (p *program) enumSpecifier(s *cc.EnumSpecifier) *ctype {
	tag := s.Token2.SrcStr()
	if s.Case == cc.EnumSpecifierTag {
		if t := p.enums[tag]; t != nil {
			return t
		}
		fail(s, "enum %s is not declared", tag)
	}
	t := &ctype{kind: kEnum, name: "enum " + tag}
	next := int64(0)
	for l := s.EnumeratorList; l != nil; l = l.EnumeratorList {
		e := l.Enumerator
		if e.Case == cc.EnumeratorExpr {
			next = p.constant(e.ConstantExpression)
		}
		if next < -1<<31 || next > 1<<31-1 {
			fail(e, "the enumerator %s is %d, which does not fit into an int", e.Token.SrcStr(), next)
		}
		p.enumerator(e.Token.SrcStr(), next)
		t.values = append(t.values, next)
		next++
	}
	if tag != "" {
		p.enums[tag] = t
	}
	return t
}

// enumerator notes a constant; POOL and TASK declare theirs by names that begin with underscores.
func (p *program) enumerator(name string, value int64) {
	p.constants[name] = value
	if of, ok := strings.CutPrefix(name, "__pool_"); ok {
		t := p.structure(of)
		t.pool = len(p.pools)
		p.pools = append(p.pools, &pool{of: t, n: int(value)})
	}
}

// declared returns the type of declaration specifiers, their storage class, and annotations.
func (p *program) declared(s *cc.DeclarationSpecifiers) (t *ctype, storage string, notes []note) {
	for ; s != nil; s = s.DeclarationSpecifiers {
		switch s.Case {
		case cc.DeclarationSpecifiersStorage:
			storage = s.StorageClassSpecifier.Token.SrcStr()
		case cc.DeclarationSpecifiersTypeSpec:
			t = p.specifier(s.TypeSpecifier)
		case cc.DeclarationSpecifiersTypeQual:
			notes = append(notes, p.attributes(s.TypeQualifier.AttributeSpecifierList)...)
		case cc.DeclarationSpecifiersAttr:
			notes = append(notes, p.attributes(s.AttributeSpecifierList)...)
		}
	}
	if t == nil {
		t = tInt
	}
	return t, storage, notes
}

func (p *program) qualifiers(s *cc.SpecifierQualifierList) (t *ctype, notes []note) {
	for ; s != nil; s = s.SpecifierQualifierList {
		switch s.Case {
		case cc.SpecifierQualifierListTypeSpec:
			t = p.specifier(s.TypeSpecifier)
		case cc.SpecifierQualifierListTypeQual:
			notes = append(notes, p.attributes(s.TypeQualifier.AttributeSpecifierList)...)
		}
	}
	if t == nil {
		t = tInt
	}
	return t, notes
}

// declarator returns the name that d declares, its type, and the annotations within.
func (p *program) declarator(d *cc.Declarator, base *ctype) (name string, t *ctype, notes []note) {
	base, notes = p.pointer(d.Pointer, base)
	t = p.direct(d.DirectDeclarator, base, &notes)
	return d.Name(), t, notes
}

func (p *program) pointer(ptr *cc.Pointer, base *ctype) (*ctype, []note) {
	var notes []note
	for ; ptr != nil; ptr = ptr.Pointer {
		for q := ptr.TypeQualifiers; q != nil; q = q.TypeQualifiers {
			if q.TypeQualifier != nil {
				notes = append(notes, p.attributes(q.TypeQualifier.AttributeSpecifierList)...)
			}
		}
		base = pointerTo(base)
	}
	return base, notes
}

func pointerTo(t *ctype) *ctype {
	switch t.kind {
	case kStruct:
		return &ctype{kind: kPtr, name: "struct " + t.name + " *", of: t}
	case kFunc:
		return &ctype{kind: kFn, name: "function pointer", of: t}
	case kString:
		return tString
	case kVoid:
		return tNull
	}
	return &ctype{kind: kVoid, name: t.name + " *"} // of no use, and refused where it is used
}

func (p *program) direct(d *cc.DirectDeclarator, base *ctype, notes *[]note) *ctype {
	switch d.Case {
	case cc.DirectDeclaratorIdent:
		return base
	case cc.DirectDeclaratorDecl:
		_, t, n := p.declarator(d.Declarator, base)
		*notes = append(*notes, n...)
		return t
	case cc.DirectDeclaratorArr:
		n := p.constant(d.AssignmentExpression)
		if n < 1 || n > 1<<12 {
			fail(d, "an array of %d elements", n)
		}
		a := &ctype{kind: kArray, name: fmt.Sprintf("%s[%d]", base.name, n), of: base, n: int(n)}
		return p.direct(d.DirectDeclarator, a, notes)
	case cc.DirectDeclaratorFuncParam:
		f := &ctype{kind: kFunc, name: "function", of: base}
		for _, d := range parameters(d) {
			t := p.parameter(d)
			if t.kind != kVoid || d.Case == cc.ParameterDeclarationDecl {
				f.params = append(f.params, t)
			}
		}
		return p.direct(d.DirectDeclarator, f, notes)
	case cc.DirectDeclaratorFuncIdent:
		return p.direct(d.DirectDeclarator, &ctype{kind: kFunc, name: "function", of: base}, notes)
	}
	fail(d, "this declaration is not in the language")
	return nil
}

// parameters returns the declarations of the parameters of a function.
func parameters(d *cc.DirectDeclarator) (ds []*cc.ParameterDeclaration) {
	if d.ParameterTypeList == nil {
		return nil
	}
	for l := d.ParameterTypeList.ParameterList; l != nil; l = l.ParameterList {
		ds = append(ds, l.ParameterDeclaration)
	}
	return ds
}

func (p *program) parameter(d *cc.ParameterDeclaration) *ctype {
	base, _, notes := p.declared(d.DeclarationSpecifiers)
	var own []note
	if d.Case == cc.ParameterDeclarationDecl {
		_, base, own = p.declarator(d.Declarator, base)
	} else if d.AbstractDeclarator != nil {
		base, own = p.pointer(d.AbstractDeclarator.Pointer, base)
	}
	meaningless(append(append(notes, own...), p.attributes(d.AttributeSpecifierList)...), "a parameter")
	if base.kind == kFunc {
		return pointerTo(base)
	}
	return base
}

// meaningless refuses annotations where there is nothing that they could be about.
func meaningless(notes []note, where string) {
	for _, n := range notes {
		fail(n.at, "the annotation %s means nothing at %s", n.word, where)
	}
}

// attributes returns the annotations among attributes.
func (p *program) attributes(l *cc.AttributeSpecifierList) (notes []note) {
	for ; l != nil; l = l.AttributeSpecifierList {
		for v := l.AttributeSpecifier.AttributeValueList; v != nil; v = v.AttributeValueList {
			a := v.AttributeValue
			if a.Case != cc.AttributeValueExpr || a.Token.SrcStr() != "annotate" {
				continue
			}
			p.annotations[l.AttributeSpecifier] = true
			text := strings.Trim(cc.NodeSource(a.ArgumentExpressionList), ` "`)
			word, arg, _ := strings.Cut(text, ":")
			notes = append(notes, note{l.AttributeSpecifier, word, strings.TrimSpace(arg)})
		}
	}
	return notes
}
