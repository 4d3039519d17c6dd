package scenario

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/pattern"
	"mvdan.cc/sh/v3/syntax"
)

// fileTests are the tests of a path; each is a path walk.
var fileTests = []string{"-e", "-f", "-d", "-r", "-w", "-x", "-s", "-L", "-h", "-b", "-c", "-p", "-S", "-O", "-G"}

// test resolves test(1).
func (l *lowerer) test(o *operands) node {
	if o.name == "[" {
		if len(o.words) == 0 || o.words[len(o.words)-1] != "]" {
			return l.usage(o)
		}
		o.words = o.words[:len(o.words)-1]
	}
	n, ok := l.testWords(o, o.words, o.nodes)
	if !ok {
		return l.usage(o)
	}
	return n
}

// testWords resolves an expression of test(1). ok is false if it is none that is understood; after
// another error the node is nil.
func (l *lowerer) testWords(o *operands, words []string, nodes []*syntax.Word) (n node, ok bool) {
	value := func(v bool) (node, bool) { return &status{mark: o.at, ok: v}, true }
	if len(words) == 3 {
		if v, ok := compare(words[0], words[1], words[2]); ok {
			return value(v)
		}
	}
	for _, op := range []string{"-o", "-a"} { // -a binds closer
		if i := slices.Index(words, op); i > 0 && i < len(words)-1 {
			x, ok1 := l.testWords(o, words[:i], nodes[:i])
			y, ok2 := l.testWords(o, words[i+1:], nodes[i+1:])
			return either(o.at, op == "-o", x, y), ok1 && ok2
		}
	}
	switch {
	case len(words) == 0:
		return value(false)
	case len(words) == 1:
		return value(words[0] != "")
	case words[0] == "!":
		x, ok := l.testWords(o, words[1:], nodes[1:])
		return negated(o.at, x), ok
	case len(words) > 2:
		return nil, false
	}
	return l.testUnary(o.at, o.sh, words[0], nodes[1], words[1])
}

// testUnary resolves a test of one word.
func (l *lowerer) testUnary(at mark, s *shell, op string, arg syntax.Node, word string) (n node, ok bool) {
	switch {
	case op == "-z":
		return &status{mark: at, ok: word == ""}, true
	case op == "-n":
		return &status{mark: at, ok: word != ""}, true
	case op == "-t":
		return &status{mark: at}, true
	case !slices.Contains(fileTests, op):
		return nil, false
	case l.elsewhere(s, word):
		l.note(arg, "not on a mount of this script; taken as there")
		return &status{mark: at, ok: true}, true
	}
	p, ok := l.path(s, arg, word)
	if !ok {
		return nil, true
	}
	return &call{mark: at, kind: callStat, path: p, builtin: true}, true
}

// compare compares two words as test(1) does. ok is false if op is no comparison, or one of numbers
// and these are none.
func compare(x, op, y string) (result, ok bool) {
	switch op {
	case "=", "==":
		return x == y, true
	case "!=":
		return x != y, true
	case "<":
		return x < y, true
	case ">":
		return x > y, true
	}
	a, err1 := strconv.Atoi(strings.TrimSpace(x))
	b, err2 := strconv.Atoi(strings.TrimSpace(y))
	if err1 != nil || err2 != nil {
		return false, false
	}
	switch op {
	case "-eq":
		return a == b, true
	case "-ne":
		return a != b, true
	case "-lt":
		return a < b, true
	case "-le":
		return a <= b, true
	case "-gt":
		return a > b, true
	case "-ge":
		return a >= b, true
	}
	return false, false
}

// negated returns ! n.
func negated(at mark, n node) node {
	switch n := n.(type) {
	case nil:
		return nil
	case *status:
		return &status{mark: at, ok: !n.ok}
	}
	return &ifElse{mark: at, cond: n, then: &status{mark: at}, els: &status{mark: at, ok: true}}
}

// either returns x || y, or x && y.
func either(at mark, or bool, x, y node) node {
	if x == nil || y == nil {
		return nil
	}
	if s, ok := x.(*status); ok {
		if s.ok == or {
			return s
		}
		return y
	}
	return &andOr{at, or, x, y}
}

// testClause runs [[ ]].
func (m *machine) testClause(c *syntax.TestClause) {
	n, ok := m.testExpr(c, c.X)
	if !ok {
		m.fail(c.Pos(), m.source(c), "not understood with these words", usageOf("["))
	}
	m.node(n)
}

func (m *machine) testExpr(c *syntax.TestClause, x syntax.TestExpr) (n node, ok bool) {
	at := m.mark(c)
	switch x := x.(type) {
	case *syntax.ParenTest:
		return m.testExpr(c, x.X)
	case *syntax.Word:
		text, ok := m.word(m.s, x)
		if !ok {
			return nil, true
		}
		return &status{mark: at, ok: text != ""}, true
	case *syntax.UnaryTest:
		if x.Op == syntax.TsNot {
			y, ok := m.testExpr(c, x.X)
			return negated(at, y), ok
		}
		w, ok := x.X.(*syntax.Word)
		if !ok {
			return nil, false
		}
		text, ok := m.word(m.s, w)
		if !ok {
			return nil, true
		}
		return m.testUnary(at, m.s, x.Op.String(), w, text)
	case *syntax.BinaryTest:
		if op := x.Op.String(); op == "&&" || op == "||" {
			y, ok1 := m.testExpr(c, x.X)
			z, ok2 := m.testExpr(c, x.Y)
			return either(at, op == "||", y, z), ok1 && ok2
		}
		return m.testBinary(at, x)
	}
	return nil, false
}

func (m *machine) testBinary(at mark, x *syntax.BinaryTest) (n node, ok bool) {
	left, ok1 := x.X.(*syntax.Word)
	right, ok2 := x.Y.(*syntax.Word)
	if !ok1 || !ok2 {
		return nil, false
	}
	a, ok1 := m.word(m.s, left)
	b, ok2 := m.word(m.s, right)
	if !ok1 || !ok2 {
		return nil, true
	}
	op := x.Op.String()
	if op == "=" || op == "==" || op == "!=" {
		text, err := expand.Pattern(m.config(m.s), right)
		if err != nil {
			return nil, false
		}
		re, err := pattern.Regexp(text, pattern.EntireString)
		if err != nil {
			return nil, false
		}
		matched, err := regexp.MatchString(re, a)
		return &status{mark: at, ok: matched == (op != "!=")}, err == nil
	}
	v, ok := compare(a, op, b)
	return &status{mark: at, ok: v}, ok
}
