package symmetry

import (
	"fmt"
	"slices"
	"strconv"

	"mcheck/spec"
)

// A loop that counts, or looks for something, comes out of the front end as a nest of choices,
// element by element. Its text depends on the order of the elements where its value does not. So a
// nest of choices is written as an ordered decision diagram: each condition is asked once, in the
// order of the texts of the conditions, and what comes out the same either way is not asked for.
// Two nests with the same diagram have the same value.

// maxDecisions bounds a diagram; a nest with a larger one is written as it stands.
const maxDecisions = 500

// decision is a node of a diagram: a condition with what follows, or (cond is "") a value.
type decision struct {
	cond     string
	yes, no  *decision
	value    string
	constant bool // the value is n
	n        int64
}

// diagram makes decisions; equal ones are the same pointer.
type diagram struct {
	p     *printer
	nodes map[decision]*decision
	yes   *decision
	no    *decision
}

// errTooLarge is what a diagram panics with inside decisions.
type errTooLarge struct{}

// decisions returns the text of e as a diagram, if e is a nest of choices, can't fail, and is not
// too large.
func (p *printer) decisions(e spec.Expr) (text string, ok bool) {
	if !chooses(e) || p.mayFail(e) {
		return "", false
	}
	d := &diagram{p: p, nodes: map[decision]*decision{}}
	d.yes, d.no = d.number(1), d.number(0)
	size := len(p.out)
	defer func() {
		switch r := recover().(type) {
		case nil:
		case errTooLarge:
			p.out = p.out[:size]
			text, ok = "", false
		default:
			panic(r)
		}
	}()
	numbers := map[*decision]int{}
	var out []byte
	var write func(x *decision)
	write = func(x *decision) {
		if k, ok := numbers[x]; ok {
			out = fmt.Appendf(out, "#%d", k)
			return
		}
		numbers[x] = len(numbers)
		switch {
		case x.cond != "":
			out = append(out, "("+x.cond+"?"...)
			write(x.yes)
			out = append(out, ':')
			write(x.no)
			out = append(out, ')')
		case x.constant:
			out = strconv.AppendInt(out, x.n, 10)
		default:
			out = append(out, x.value...)
		}
	}
	write(d.of(e))
	return "decide" + string(out), true
}

// logical and comparing are the operators that a diagram goes through, beside Add and Sub.
var (
	logical   = []spec.Op{spec.And, spec.Or, spec.Implies, spec.Iff}
	comparing = []spec.Op{spec.Eq, spec.Ne, spec.Lt, spec.Le, spec.Gt, spec.Ge}
)

// chooses reports whether an If is in e, below nothing but what a diagram goes through.
func chooses(e spec.Expr) bool {
	switch e := e.(type) {
	case *spec.If:
		return spec.IsScalar(e.Type())
	case *spec.Unary:
		return e.Op == spec.Not && chooses(e.X)
	case *spec.Binary:
		return through(e) && (chooses(e.X) || chooses(e.Y))
	}
	return false
}

func through(e *spec.Binary) bool {
	switch {
	case slices.Contains(logical, e.Op):
		return true
	case e.Op == spec.Add, e.Op == spec.Sub, slices.Contains(comparing, e.Op):
		_, x := e.X.Type().(*spec.RangeType)
		_, y := e.Y.Type().(*spec.RangeType)
		return x && y
	}
	return false
}

func (d *diagram) node(x decision) *decision {
	if x.cond != "" && x.yes == x.no {
		return x.yes
	}
	y, ok := d.nodes[x]
	if !ok {
		if len(d.nodes) >= maxDecisions {
			panic(errTooLarge{})
		}
		y = &x
		d.nodes[x] = y
	}
	return y
}

func (d *diagram) number(n int64) *decision { return d.node(decision{constant: true, n: n}) }

// asked is the diagram of a condition.
func (d *diagram) asked(cond string) *decision {
	return d.node(decision{cond: cond, yes: d.yes, no: d.no})
}

// of returns the diagram of e; the truth values are 0 and 1.
func (d *diagram) of(e spec.Expr) *decision {
	switch x := e.(type) {
	case *spec.If:
		if spec.IsScalar(x.Type()) {
			return d.choose(d.of(x.Cond), d.of(x.Then), d.of(x.Else))
		}
	case *spec.Unary:
		if x.Op == spec.Not {
			return d.choose(d.of(x.X), d.no, d.yes)
		}
	case *spec.Binary:
		if !through(x) {
			break
		}
		a, b := d.of(x.X), d.of(x.Y)
		switch x.Op {
		case spec.And:
			return d.choose(a, b, d.no)
		case spec.Or:
			return d.choose(a, d.yes, b)
		case spec.Implies:
			return d.choose(a, b, d.yes)
		case spec.Iff:
			return d.choose(a, b, d.choose(b, d.no, d.yes))
		}
		return d.apply(x.Op, a, b)
	case *spec.Lit:
		switch x.T.(type) {
		case *spec.BoolType, *spec.RangeType:
			return d.number(x.N)
		}
	}
	text := d.p.sub(func() { d.p.expr(e) })
	if _, ok := e.Type().(*spec.BoolType); ok {
		return d.asked(text)
	}
	return d.node(decision{value: text})
}

// first is the least condition that some of the diagrams begin with, "" if all are values.
func first(xs ...*decision) string {
	out := ""
	for _, x := range xs {
		if x.cond != "" && (out == "" || x.cond < out) {
			out = x.cond
		}
	}
	return out
}

// under is what is left of x where cond, which comes before all others in x, holds or does not.
func (x *decision) under(cond string, holds bool) *decision {
	switch {
	case x.cond != cond:
		return x
	case holds:
		return x.yes
	}
	return x.no
}

func (d *diagram) choose(c, x, y *decision) *decision {
	switch {
	case c == d.yes, x == y:
		return x
	case c == d.no:
		return y
	}
	cond := first(c, x, y)
	return d.node(decision{cond: cond,
		yes: d.choose(c.under(cond, true), x.under(cond, true), y.under(cond, true)),
		no:  d.choose(c.under(cond, false), x.under(cond, false), y.under(cond, false))})
}

// apply is an operator on integers.
func (d *diagram) apply(op spec.Op, x, y *decision) *decision {
	if cond := first(x, y); cond != "" {
		return d.choose(d.asked(cond),
			d.apply(op, x.under(cond, true), y.under(cond, true)),
			d.apply(op, x.under(cond, false), y.under(cond, false)))
	}
	if !x.constant || !y.constant {
		text := func(x *decision) string {
			if x.constant {
				return strconv.FormatInt(x.n, 10)
			}
			return x.value
		}
		value := "(" + text(x) + " " + op.String() + " " + text(y) + ")"
		if op == spec.Add || op == spec.Sub {
			return d.node(decision{value: value})
		}
		return d.asked(value)
	}
	truth := func(b bool) *decision {
		if b {
			return d.yes
		}
		return d.no
	}
	a, b := x.n, y.n
	switch op {
	case spec.Add:
		return d.number(a + b)
	case spec.Sub:
		return d.number(a - b)
	case spec.Eq:
		return truth(a == b)
	case spec.Ne:
		return truth(a != b)
	case spec.Lt:
		return truth(a < b)
	case spec.Le:
		return truth(a <= b)
	case spec.Gt:
		return truth(a > b)
	case spec.Ge:
		return truth(a >= b)
	}
	panic(fmt.Sprintf("unhandled %s", op))
}
