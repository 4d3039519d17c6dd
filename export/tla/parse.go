package tla

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"mcheck/spec"
)

// Value is a TLA+ value as TLC prints it. The set of values is closed: Bool, Int, Str, Ident,
// Tuple, Set, Record, Fun.
type Value interface{ isValue() }

// The kinds of values. Ident is a model value; Fun the function (k :> v @@ …).
type (
	Bool   bool
	Int    int64
	Str    string
	Ident  string
	Tuple  []Value
	Set    []Value
	Record []Pair // keys are Str
	Fun    []Pair
	Pair   struct{ Key, Value Value }
)

func (Bool) isValue()   {}
func (Int) isValue()    {}
func (Str) isValue()    {}
func (Ident) isValue()  {}
func (Tuple) isValue()  {}
func (Set) isValue()    {}
func (Record) isValue() {}
func (Fun) isValue()    {}

// ParseValue parses a value in TLC's notation.
func ParseValue(s string) (Value, error) {
	p := &valueParser{s: s}
	v, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if p.space(); p.i < len(p.s) {
		return nil, p.errorf("unexpected text after the value")
	}
	return v, nil
}

// ParseState parses a state in TLC's notation, /\ x = v on one or more lines for each variable, or
// x = v alone if there is one.
func ParseState(s string) (map[string]Value, error) {
	p := &valueParser{s: s}
	out := make(map[string]Value)
	for {
		bullet := p.take(`/\`)
		if p.space(); p.i == len(p.s) && !bullet && len(out) > 0 {
			return out, nil
		}
		if !bullet && len(out) > 0 {
			return nil, p.errorf(`expected /\`)
		}
		name := p.word()
		if name == "" {
			return nil, p.errorf("expected a variable")
		}
		if _, ok := out[name]; ok {
			return nil, p.errorf("variable %s twice", name)
		}
		if !p.take("=") {
			return nil, p.errorf("expected =")
		}
		v, err := p.value(0)
		if err != nil {
			return nil, err
		}
		out[name] = v
	}
}

// maxNesting bounds the recursion of the parser.
const maxNesting = 1000

type valueParser struct {
	s string
	i int
}

func (p *valueParser) errorf(format string, args ...any) error {
	rest := p.s[p.i:]
	if len(rest) > 30 {
		rest = rest[:30] + "…"
	}
	return fmt.Errorf("TLA+ value, at %q: %s", rest, fmt.Sprintf(format, args...))
}

func (p *valueParser) space() {
	for p.i < len(p.s) && strings.IndexByte(" \t\r\n", p.s[p.i]) >= 0 {
		p.i++
	}
}

func (p *valueParser) take(tok string) bool {
	p.space()
	if strings.HasPrefix(p.s[p.i:], tok) {
		p.i += len(tok)
		return true
	}
	return false
}

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}

func (p *valueParser) word() string {
	p.space()
	j := p.i
	for j < len(p.s) && isWordByte(p.s[j]) {
		j++
	}
	w := p.s[p.i:j]
	p.i = j
	return w
}

func (p *valueParser) value(depth int) (Value, error) {
	if depth > maxNesting {
		return nil, p.errorf("nested too deeply")
	}
	switch {
	case p.take("<<"):
		items, err := p.items(depth, ">>")
		return Tuple(items), err
	case p.take("{"):
		items, err := p.items(depth, "}")
		return Set(items), err
	case p.take("["):
		return p.record(depth)
	case p.take("("):
		return p.fun(depth)
	case p.take(`"`):
		return p.str()
	}
	start := p.i
	neg := p.take("-")
	w := p.word()
	switch {
	case w == "":
		return nil, p.errorf("expected a value")
	case w == "TRUE" && !neg:
		return Bool(true), nil
	case w == "FALSE" && !neg:
		return Bool(false), nil
	}
	if strings.Trim(w, "0123456789") == "" {
		if neg {
			w = "-" + w
		}
		n, err := strconv.ParseInt(w, 10, 64)
		if err != nil {
			p.i = start
			return nil, p.errorf("%v", err)
		}
		if p.take("..") { // an interval
			m, err := p.value(depth + 1)
			if err != nil {
				return nil, err
			}
			hi, ok := m.(Int)
			if !ok || int64(hi)-n > 1<<16 {
				return nil, p.errorf("no interval")
			}
			set := Set{}
			for ; n <= int64(hi); n++ {
				set = append(set, Int(n))
			}
			return set, nil
		}
		return Int(n), nil
	}
	if neg {
		return nil, p.errorf("expected a number")
	}
	return Ident(w), nil
}

func (p *valueParser) items(depth int, end string) ([]Value, error) {
	out := []Value{}
	if p.take(end) {
		return out, nil
	}
	for {
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		if p.take(end) {
			return out, nil
		}
		if !p.take(",") {
			return nil, p.errorf("expected , or %s", end)
		}
	}
}

func (p *valueParser) record(depth int) (Value, error) {
	out := Record{}
	for {
		// TLC prints a function over strings as a record, whatever the strings are.
		key, _, ok := strings.Cut(p.s[p.i:], "|->")
		if !ok {
			return nil, p.errorf("expected field |->")
		}
		p.i += len(key) + len("|->")
		key = strings.TrimSpace(key)
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		out = append(out, Pair{Str(key), v})
		if p.take("]") {
			return out, nil
		}
		if !p.take(",") {
			return nil, p.errorf("expected , or ]")
		}
	}
}

func (p *valueParser) fun(depth int) (Value, error) {
	out := Fun{}
	for {
		k, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		if !p.take(":>") {
			return nil, p.errorf("expected :>")
		}
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		out = append(out, Pair{k, v})
		if p.take(")") {
			return out, nil
		}
		if !p.take("@@") {
			return nil, p.errorf("expected @@ or )")
		}
	}
}

func (p *valueParser) str() (Value, error) {
	var b strings.Builder
	for p.i < len(p.s) {
		c := p.s[p.i]
		p.i++
		switch {
		case c == '"':
			return Str(b.String()), nil
		case c == '\\' && p.i < len(p.s):
			e := p.s[p.i]
			p.i++
			switch e {
			case 'n':
				e = '\n'
			case 't':
				e = '\t'
			}
			b.WriteByte(e)
		default:
			b.WriteByte(c)
		}
	}
	return nil, p.errorf("string without end")
}

// Format returns v in TLC's notation.
func Format(v Value) string {
	list := func(vs []Value) string {
		parts := make([]string, len(vs))
		for i, x := range vs {
			parts[i] = Format(x)
		}
		return strings.Join(parts, ", ")
	}
	switch v := v.(type) {
	case Bool:
		if v {
			return "TRUE"
		}
		return "FALSE"
	case Int:
		return strconv.FormatInt(int64(v), 10)
	case Str:
		return quote(string(v))
	case Ident:
		return string(v)
	case Tuple:
		return "<<" + list(v) + ">>"
	case Set:
		return "{" + list(v) + "}"
	case Record:
		parts := make([]string, len(v))
		for i, f := range v {
			parts[i] = string(f.Key.(Str)) + " |-> " + Format(f.Value)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case Fun:
		parts := make([]string, len(v))
		for i, f := range v {
			parts[i] = Format(f.Key) + " :> " + Format(f.Value)
		}
		return "(" + strings.Join(parts, " @@ ") + ")"
	}
	panic(fmt.Sprintf("tla: unhandled %T", v))
}

// State returns the state of the model that TLC printed as text. Variables that are none of the
// model's are returned apart.
func (s *Spec) State(text string) (spec.State, map[string]Value, error) {
	return s.Reader().State(text)
}

// Reader reads states of TLC, many of which have many values in common.
type Reader struct {
	s     *Spec
	index map[string]int // of the model's variables, by their names in the module
	known map[string][]conjunct
}

// conjunct is what a state says of one variable.
type conjunct struct {
	name  string
	value Value
	i     int // of the model's variable, which has the value v; -1: it is none
	v     spec.Value
}

// Reader returns a reader of states of the module.
func (s *Spec) Reader() *Reader {
	r := &Reader{s: s, index: make(map[string]int), known: make(map[string][]conjunct)}
	for i, v := range s.m.Vars {
		r.index[s.p.sym.vars[v]] = i
	}
	return r
}

// State is [Spec.State].
func (r *Reader) State(text string) (spec.State, map[string]Value, error) {
	st, rest := make(spec.State, len(r.s.m.Vars)), make(map[string]Value)
	found := make([]bool, len(st))
	// A line that begins so is never in the middle of a value.
	for line := range strings.SplitSeq(strings.TrimPrefix(text, `/\ `), "\n/\\ ") {
		cs, ok := r.known[line]
		if !ok {
			line = strings.Clone(line) // or it keeps the whole text
			var err error
			if cs, err = r.read(line); err != nil {
				return nil, nil, err
			}
			r.known[line] = cs
		}
		for _, c := range cs {
			_, twice := rest[c.name]
			if c.i >= 0 {
				twice = found[c.i]
				st[c.i], found[c.i] = c.v, true
			} else {
				rest[c.name] = c.value
			}
			if twice {
				return nil, nil, fmt.Errorf("variable %s twice", c.name)
			}
		}
	}
	if i := slices.Index(found, false); i >= 0 {
		return nil, nil, fmt.Errorf("TLC's state has no %s", r.s.p.sym.vars[r.s.m.Vars[i]])
	}
	return st, rest, nil
}

// read parses what is mostly one line of a state.
func (r *Reader) read(text string) ([]conjunct, error) {
	vals, err := ParseState(text)
	if err != nil {
		return nil, err
	}
	var out []conjunct
	for name, x := range vals {
		c := conjunct{name: name, value: x, i: -1}
		if i, ok := r.index[name]; ok {
			c.i = i
			if c.v, err = r.s.decode(r.s.m.Vars[i].Type, x); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
		out = append(out, c)
	}
	return out, nil
}

var errType = errors.New("no such value of its type")

// decode returns the value of t that x is.
func (s *Spec) decode(t spec.Type, x Value) (spec.Value, error) {
	bad := func() (spec.Value, error) {
		return spec.Value{}, fmt.Errorf("%s as %s: %w", Format(x), t, errType)
	}
	switch t := t.(type) {
	case *spec.ArrayType:
		lo, hi, _ := spec.Domain(t.Index)
		byIndex := make(map[int64]Value)
		switch x := x.(type) {
		case Tuple:
			for i, e := range x {
				byIndex[int64(i)+1] = e
			}
		case Fun, Record:
			pairs, ok := x.(Fun)
			if !ok {
				pairs = Fun(x.(Record))
			}
			for _, f := range pairs {
				k, err := s.decode(t.Index, f.Key)
				if err != nil {
					return spec.Value{}, err
				}
				byIndex[k.N] = f.Value
			}
		default:
			return bad()
		}
		if int64(len(byIndex)) != hi-lo+1 {
			return bad()
		}
		out := spec.Value{Elems: make([]spec.Value, len(byIndex))}
		for _, k := range slices.Sorted(maps.Keys(byIndex)) {
			if k < lo || k > hi {
				return bad()
			}
			e, err := s.decode(t.Elem, byIndex[k])
			if err != nil {
				return spec.Value{}, err
			}
			out.Elems[k-lo] = e
		}
		return out, nil
	case *spec.RecordType:
		r, ok := x.(Record)
		if !ok || len(r) != len(t.Fields) {
			return bad()
		}
		out := spec.Value{Elems: make([]spec.Value, len(r))}
		for i, f := range t.Fields {
			j := slices.IndexFunc(r, func(p Pair) bool { return p.Key == Value(Str(fieldName(f.Name))) })
			if j < 0 {
				return bad()
			}
			e, err := s.decode(f.Type, r[j].Value)
			if err != nil {
				return spec.Value{}, err
			}
			out.Elems[i] = e
		}
		return out, nil
	case *spec.SeqType:
		q, ok := x.(Tuple)
		if !ok || len(q) > t.Cap {
			return bad()
		}
		var out spec.Value
		for _, e := range q {
			v, err := s.decode(t.Elem, e)
			if err != nil {
				return spec.Value{}, err
			}
			out.Elems = append(out.Elems, v)
		}
		return out, nil
	case *spec.SetType:
		q, ok := x.(Set)
		if !ok {
			return bad()
		}
		lo, _, _ := spec.Domain(t.Elem)
		var out spec.Value
		for _, e := range q {
			v, err := s.decode(t.Elem, e)
			if err != nil {
				return spec.Value{}, err
			}
			out.N |= 1 << (v.N - lo)
		}
		return out, nil
	case *spec.BoolType:
		if b, ok := x.(Bool); ok {
			if b {
				return spec.Value{N: 1}, nil
			}
			return spec.Value{}, nil
		}
	case *spec.RangeType:
		if n, ok := x.(Int); ok && int64(n) >= t.Lo && int64(n) <= t.Hi {
			return spec.Value{N: int64(n)}, nil
		}
	case *spec.EnumType:
		var text string
		switch x := x.(type) {
		case Ident:
			text = string(x)
		case Str:
			text = quote(string(x))
		}
		if i := slices.Index(s.p.sym.values[t], text); i >= 0 {
			return spec.Value{N: int64(i)}, nil
		}
	case *spec.OptionType:
		if x == Value(Ident(s.p.sym.null)) {
			return spec.Value{N: -1}, nil
		}
		return s.decode(t.Elem, x)
	default:
		panic(fmt.Sprintf("tla: unhandled %T", t))
	}
	return bad()
}
