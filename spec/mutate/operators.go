package mutate

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// generator makes the mutants of a function.
type generator struct {
	file, function string
	lines          []string
	units          []unit
	out            []Mutant
}

func (g *generator) generate() {
	for i, u := range g.units {
		switch {
		case u.text == "" || isDeclaration(u.text):
			continue
		case u.head:
			g.condition(u)
		default:
			g.drop(u)
			if i+1 < len(g.units) {
				g.swap(u, g.units[i+1])
			}
		}
		g.constants(u)
	}
}

// add makes a mutant that has with instead of the lines of u.
func (g *generator) add(mistake, what string, first, last int, with ...string) {
	g.out = append(g.out, Mutant{
		Name: strings.Join([]string{g.file, g.function, mistake, strings.TrimSuffix(what, ";")}, ":"),
		File: g.file, First: first + 1, Last: last + 1, with: with, old: g.lines,
	})
}

// declarationRE matches a declaration; a call or an assignment has no two words side by side.
var declarationRE = regexp.MustCompile(`^(?:struct|enum|bool|seq_t|mount_list|[us]\d+|rcu_cookie_t)\b`)

func isDeclaration(text string) bool { return declarationRE.MatchString(text) }

// jumps end a function or a round; to leave one out is another mistake than those meant here.
var jumpRE = regexp.MustCompile(`^(?:return|break|continue|goto|BOUND|idle|hangs|assert|READ_ONCE)\b`)

// localRE matches the assignment to a local of what is read or looked up: without it the local is
// not set, which the compiler of the kernel says. An assignment of a constant is what a call
// answers.
var (
	localRE  = regexp.MustCompile(`^\w+ [+-]?= `)
	answerRE = regexp.MustCompile(`^\w+ = (?:[A-Z_]+|true|false);$`)
)

// isFrame says that a statement only tells the judges where a system call begins, or ends one: its
// return to user mode has mutants of its own.
func isFrame(text string) bool { return text == "syscall_enter();" || text == "syscall_exit();" }

func canDrop(text string) bool {
	return !isFrame(text) && !jumpRE.MatchString(text) && (!localRE.MatchString(text) || answerRE.MatchString(text))
}

// drop leaves a statement out. Its ghost code stays: it says what is due.
func (g *generator) drop(u unit) {
	if canDrop(u.text) {
		g.add("drop", u.text, u.first, u.last, u.indent+";")
	}
}

// swap changes the order of two statements, each with its ghost code.
func (g *generator) swap(u, v unit) {
	if v.text == "" || v.head || u.indent != v.indent || isDeclaration(v.text) || jumpRE.MatchString(u.text) ||
		jumpRE.MatchString(v.text) || u.text == v.text || u.atomic || isFrame(u.text) || isFrame(v.text) {
		return
	}
	with := slices.Concat(g.lines[v.first:v.ghost+1], g.lines[u.ghost+1:v.first], g.lines[u.first:u.ghost+1])
	g.add("swap", strings.TrimSuffix(u.text, ";")+" <> "+v.text, u.first, v.ghost, with...)
}

// condition decides a test without looking, or leaves out a part of it.
func (g *generator) condition(u unit) {
	open := strings.Index(u.text, "(")
	end := closing(u.text, open)
	if end < 0 {
		return
	}
	before, cond, after := u.text[:open+1], u.text[open+1:end], u.text[end:]
	put := func(mistake, what, with string) {
		g.add(mistake, what, u.first, u.last, u.indent+before+with+after)
	}
	if strings.Contains(before, "if") && !u.exits {
		put("always", cond, "true") // if it only leaves the function, "always" is no subtle mistake
	}
	put("never", cond, "false")
	for _, op := range []string{" || ", " && "} {
		parts := split(cond, op)
		if len(parts) < 2 {
			continue
		}
		for i, p := range parts {
			put("without", p, strings.Join(slices.Delete(slices.Clone(parts), i, i+1), op))
		}
		return // of a && b || c the parts of the looser one
	}
}

// closing is where the parenthesis that opens at i is closed; -1 if nowhere.
func closing(s string, i int) int {
	depth := 0
	for ; i < len(s); i++ {
		switch s[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// split cuts s at each op that is in no parentheses.
func split(s, op string) []string {
	var out []string
	depth, from := 0, 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '(':
			depth++
		case s[i] == ')':
			depth--
		case depth == 0 && strings.HasPrefix(s[i:], op):
			out = append(out, s[from:i])
			from = i + len(op)
			i = from - 1
		}
	}
	return append(out, s[from:])
}

// others are the constants that stand for another one, in the order of the text.
var others = map[string]string{
	"VICTIM_SYNC": "VICTIM_LAZY", "VICTIM_LAZY": "VICTIM_SYNC", "VICTIM_EXIT": "VICTIM_SYNC",
	"SB_BORN": "SB_DYING", "SB_DYING": "SB_BORN", "SB_DEAD": "SB_DYING", "SB_UNBORN": "SB_BORN",
	"EBUSY": "OK", "EINVAL": "OK", "ENOENT": "OK", "system_wq": "system_unbound_wq",
	"LEGIT_OK": "LEGIT_QUIET", "LEGIT_QUIET": "LEGIT_PUT", "LEGIT_PUT": "LEGIT_QUIET", "REF_OWN": "", "EBADF": "OK",
}

var (
	numberRE = regexp.MustCompile(`[!=<>]=? (\d+)\b`)
	wordRE   = regexp.MustCompile(`\b[A-Za-z_]+\b`)
	returnRE = regexp.MustCompile(`^return (true|false);$`)
)

// constants replaces one constant.
func (g *generator) constants(u unit) {
	if strings.HasPrefix(u.text, "idle") || strings.HasPrefix(u.text, "BOUND") {
		return
	}
	put := func(from, to int, with string) {
		g.add("constant", u.text[from:to]+"->"+with+" in "+u.text, u.first, u.last,
			u.indent+u.text[:from]+with+u.text[to:])
	}
	for _, m := range numberRE.FindAllStringSubmatchIndex(u.text, -1) {
		n, _ := strconv.Atoi(u.text[m[2]:m[3]])
		put(m[2], m[3], strconv.Itoa(n+1))
		if n > 1 {
			put(m[2], m[3], strconv.Itoa(n-1))
		}
	}
	for _, m := range wordRE.FindAllStringIndex(u.text, -1) {
		if with := others[u.text[m[0]:m[1]]]; with != "" {
			put(m[0], m[1], with)
		}
	}
	if m := returnRE.FindStringSubmatch(u.text); m != nil {
		put(len("return "), len(u.text)-1, map[string]string{"true": "false", "false": "true"}[m[1]])
	}
}
