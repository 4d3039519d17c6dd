package cmodel

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"modernc.org/cc/v4"
)

// A function declared with RECURSION(n) is unfolded: each depth, 1 to n, is a function of its own
// with locals of its own, and so is every function between two depths. Going deeper is a bound that
// is exceeded.

// depths says how deep an instance of a function stands in each recursive function; nil outside all
// of them.
type depths map[string]int

// key names the instance of a function.
func (d depths) key(name string) string {
	var names []string
	for n := range d {
		names = append(names, n)
	}
	sort.Strings(names)
	var b strings.Builder
	b.WriteString(name)
	for _, n := range names {
		fmt.Fprintf(&b, "@%s=%d", n, d[n])
	}
	return b.String()
}

// deepest is the number that tells the instances of a function apart in names.
func (d depths) deepest() int {
	out := 0
	for _, n := range d {
		out = max(out, n)
	}
	return out
}

// declareRecursion notes RECURSION(n) on a function.
func (c *compiler) declareRecursion(name string, notes []note) {
	for _, a := range notes {
		r, ok := strings.CutPrefix(a.text, "recursion:")
		if !ok {
			c.errs.add(a.pos, a.advice(), "a function can't be %s", a.name())
			continue
		}
		n, err := strconv.Atoi(strings.Trim(r, "() "))
		if err != nil || n < 1 || n > 8 {
			c.errs.add(a.pos, "RECURSION(n) with n from 1 to 8", "the depth of the recursion is out of range")
			n = 1
		}
		if was, ok := c.recursive[name]; ok && was != n {
			c.errs.add(a.pos, "say it once", "'%s' is RECURSION(%d) and %s", name, was, a.name())
		}
		c.recursive[name] = n
	}
}

// callsOf returns the functions that a function names. Few are asked for: those between two depths
// of a recursion.
func (c *compiler) callsOf(name string) map[string]bool {
	calls, ok := c.calls[name]
	if !ok {
		calls = map[string]bool{}
		if fd := c.defs[name]; fd != nil {
			walkAST(fd.CompoundStatement, func(n cc.Node) bool {
				if p, ok := n.(*cc.PrimaryExpression); ok && p.Case == cc.PrimaryExpressionIdent {
					if d, ok := p.ResolvedTo().(*cc.Declarator); ok && d.Type().Kind() == cc.Function {
						calls[d.Name()] = true
					}
				}
				return true
			})
		}
		c.calls[name] = calls
	}
	return calls
}

// reaches reports whether from leads to a call of to.
func (c *compiler) reaches(from, to string) bool {
	seen := map[string]bool{}
	var visit func(f string) bool
	visit = func(f string) bool {
		if seen[f] {
			return false
		}
		seen[f] = true
		for g := range c.callsOf(f) {
			if g == to || visit(g) {
				return true
			}
		}
		return false
	}
	return visit(from)
}

// instance returns the depths of a call of name from an instance at d; ok is false if the call is
// too deep.
func (c *compiler) instance(name string, d depths) (out depths, ok bool) {
	for r, n := range d {
		if name == r || c.reaches(name, r) { // what can't come back needs no copy
			if out == nil {
				out = depths{}
			}
			out[r] = n
		}
	}
	if n := c.recursive[name]; n > 0 {
		if out == nil {
			out = depths{}
		}
		out[name]++
		if out[name] > n {
			return nil, false
		}
	}
	return out, true
}
