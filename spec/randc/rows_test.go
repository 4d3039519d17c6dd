package randc_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec/kernel"
)

// rowPatterns say how each row of the tables of the language reference looks in a program. The key
// is the row's first column.
var rowPatterns = map[string][]string{
	"`bool`":                                 {`\bbool \w+`},
	"`u1` … `u8`, `s2` … `s8`":               {`\bu1 `, `\bu2 `, `\bu3 `, `\bu4 `, `\bu5 `, `\bu6 `, `\bu7 `, `\bu8 `, `\bs2 `, `\bs3 `, `\bs4 `, `\bs5 `, `\bs6 `, `\bs7 `, `\bs8 `},
	"`enum e` (with a tag, or in a typedef)": {`(?m)^enum \w+ \{`, `typedef enum`, `\benum \w+ \w+[;,) ]`},
	"`enum { A = 3 }` (without a name)":      {`enum \{ \w+ = \d`},
	"`struct s *`":                           {`struct s\d+ \*\w+`},
	"`struct task_struct *`":                 {`struct task_struct \*\w+`},
	"`s_set`, `s_list`":                      {`\w+_set \w+`, `\w+_list \w+`},
	"`T (*f)(…)`":                            {`\(\*\w+\)\(`},
	"`seq_t`":                                {`seq_t \w+;`},
	"arrays, nested structs of these":        {`(?m)^static .*\w\[\d\];`, `\w\[\d\]\[\d\]`, `(?m)^\t\w+ \w+\[2\];`, `(?m)^\tstruct \{`, `(?m)^static struct r\w+ \w+;`, `(?m)^static struct r\w+ \w+\[2\];`},
	"`atomic S`":                             {`\batomic \{`, `\batomic if`, `\batomic await`, `\batomic list`},
	"`locked S`":                             {`\blocked \{`},
	"`await(c);`":                            {`(?m)^\s*await\(`, `atomic \{\n\s*await\(`},
	"`await_by(c, t);`":                      {`await_by\(.*, current\)`, `await_by\(.*, NULL\)`},
	"`choose(n)`":                            {`= choose\(\d\);`, `if \(choose\(2\)\)`, `switch \(choose\(`},
	"`choose_one(s)`":                        {`choose_one\(s\d+\)`, `choose_one\(task_struct\)`},
	"`assert(c);` `NEVER(\"why\");`":         {`\bassert\(`, `\bNEVER\("`},
	"`BOUND(\"why\");`":                      {`\bBOUND\("`},
	"`optional S`":                           {`optional \{`, `optional atomic`, `optional await`, `optional spin_lock`, `optional \w+(\[.\])* = `},
	"`idle S`":                               {`idle \{`, `idle atomic`, `idle await`, `idle spin_lock`},
	"`hangs S`":                              {`hangs \{`, `hangs atomic`, `hangs await`, `hangs spin_lock`},
	"`ghost S`":                              {`ghost \{`, `ghost \w+(\[.\])* = `},
	"`alloc(s)`, `release(p)`":               {`alloc\(`, `release\(`},
	"`for_each(s, p)`":                       {`(?s)atomic \{[^}]*for_each\(s\d+`, `for_each\(task_struct`},
	"`RECURSION(n)`":                         {`RECURSION\(1\)`, `RECURSION\([23]\)`},
	"`INVARIANT`":                            {`(?m)^INVARIANT\(`},
	"`AT_REST`":                              {`(?m)^AT_REST\(`},
	"`CAN_REST`":                             {`(?m)^CAN_REST\(`},
	"`COVER`":                                {`(?m)^COVER\(`},
	"`EVENTUALLY`, `LEADS_TO` (begins with `FROM(c);`)": {`(?m)^EVENTUALLY\(`, `(?m)^LEADS_TO\(`, `FROM\(`},
}

// shapes are what must come up beside the rows of the tables.
var shapes = map[string]string{
	"function called with 0":                 `f\d+\(0[,)]`,
	"function called with another number":    `f\d+\([123][,)]`,
	"function called with a local":           `f\d+\([va]\d+[,)]`,
	"early return of nothing":                `(?m)^\s+return;`,
	"early return of a value":                `(?m)^\t\t+return [^;]+;`,
	"guarded call":                           `(?m)if \(.*\) \{\n\s+f\d+\(`,
	"call in a loop":                         `(?s)(for|while) \([^{]*\{\n\s+f\d+\(`,
	"mutual recursion":                       `static \w+ via\d+\(`,
	"call through a pointer":                 `(?m)^\s+fp\d+\(`,
	"condition that calls":                   `if \(f\d+\(`,
	"for":                                    `for \(u2 i\d+ = 0`,
	"for over a variable declared before":    `for \(i\d+ = 0`,
	"endless for":                            `for \(;;\)`,
	"while":                                  `while \([^;]*\) \{`,
	"busy-wait":                              `while \(.*\)\n\s+;`,
	"do":                                     `do \{`,
	"break":                                  `(?m)^\t\t+break;`,
	"continue":                               `continue;`,
	"goto forwards":                          `goto out`,
	"goto backwards":                         `goto again`,
	"switch over an enum":                    `case E\d+:`,
	"switch over a number":                   `case [0123]:`,
	"default":                                `default:`,
	"conditional expression":                 ` \? .* : `,
	"constants that leave 0 out":             ` \? [1-3] : [1-3]\)`,
	"annotation before a global":             `(?m)^(GUARDED_BY|GHOST|WRITE_GUARDED_BY).* static `,
	"annotation between static and the type": `(?m)^static (GUARDED_BY|GHOST|WRITE_GUARDED_BY)`,
	"GUARDED_BY behind a global":             `(?m)^static [^(\n]* GUARDED_BY\(`,
	"WRITE_GUARDED_BY behind a global":       `(?m)^static [^(\n]* WRITE_GUARDED_BY\(`,
	"GHOST behind a global":                  `(?m)^static [^(\n]* GHOST`,
	"GUARDED_BY before a field":              `(?m)^\tGUARDED_BY\(`,
	"GUARDED_BY behind a field":              `(?m)^\t[^(\n]* GUARDED_BY\(`,
	"guard in the same object":               `GUARDED_BY\(lock`,
	"PRIVATE before a field":                 `(?m)^\tPRIVATE`,
	"PRIVATE behind a field":                 `(?m)^\t\w.* PRIVATE;`,
	"SET_ONCE before a field":                `(?m)^\tSET_ONCE`,
	"SET_ONCE behind a field":                `(?m)^\t\w.* SET_ONCE;`,
	"INTERRUPTED before a field":             `(?m)^\tINTERRUPTED`,
	"INTERRUPTED behind a field":             `(?m)^\t\w.* INTERRUPTED;`,
	"ghost local, before":                    `(?m)^\t+GHOST \w+ v\d+`,
	"ghost local, behind":                    `(?m)^\t+\w+ v\d+ GHOST`,
	"annotated set or list":                  `(GUARDED_BY\(\w+\)|GHOST) static s\d+_(set|list)`,
	"lock in an array":                       `spin_lock\(&\w+\[`,
	"lock in an object":                      `&\w+->lock`,
	"trylock":                                `if \(spin_trylock\(`,
	"trylock kept":                           `= spin_trylock\(`,
	"two CPUs":                               `cpus=2`,
	"migration":                              `migrate=true`,
	"WHEN and WHEN_FREE missing":             `(?m)^INVARIANT.*\n\{\n\treturn`,
	"list of objects as a local":             `(?m)^\ts\d+_list v`,
	"INIT that allocates":                    `INIT\n\{\n\tstruct s\d+ \*q\d+ = alloc`,
	"several tasks of a kind":                `TASK\(t\d+, 2\)`,
	"initialised global":                     `(?m)^static .* = `,
	"property named as a variable":           `(?m)^(INVARIANT|AT_REST|CAN_REST|COVER)\([a-z]`,
}

// headerNames returns what the header offers to programs: its macros, functions and types.
func headerNames(t *testing.T) []string {
	t.Helper()
	text := string(kernel.Header())
	seen := map[string]bool{}
	var out []string
	add := func(n string) {
		if !strings.HasPrefix(n, "_") && n != "MCHECK_H" && n != "FROM" && !seen[n] {
			seen[n] = true
			out = append(out, n)
		}
	}
	for _, re := range []string{`(?m)^#define\s+(\w+)`, `(?m)^[a-z_][\w \*]*?\**(\w+)\([^;{]*\);`, `(?m)^typedef struct \{[^}]*\} (\w+);`} {
		for _, m := range regexp.MustCompile(re).FindAllStringSubmatch(text, -1) {
			add(m[1])
		}
	}
	require.Greater(t, len(out), 60)
	return out
}

// language counts in how many programs each part of the language occurs.
type language struct {
	name  []string
	re    []*regexp.Regexp
	count []int // 3 stands for any more
}

func newLanguage(t *testing.T) *language {
	t.Helper()
	doc, err := os.ReadFile("../../docs/modelling-c.md")
	require.NoError(t, err)
	l := &language{}
	add := func(name, re string) {
		l.name = append(l.name, name)
		l.re = append(l.re, regexp.MustCompile(re))
		l.count = append(l.count, 0)
	}
	rows := 0
	other := false // a table about something else than what programs say
	for _, line := range strings.Split(string(doc), "\n") {
		cells := strings.Split(line, "|")
		if len(cells) < 4 {
			other = false
		}
		first := strings.TrimSpace(cells[min(1, len(cells)-1)])
		if len(cells) < 4 || first == "" || first == "C" || strings.HasPrefix(first, "---") {
			continue
		}
		if other = other || first == "class"; other {
			continue
		}
		rows++
		patterns := rowPatterns[first]
		require.NotEmpty(t, patterns, "docs/modelling-c.md has the row %s: let randc draw it, and say here how it looks", first)
		for _, p := range patterns {
			add(first+" as "+p, p)
		}
	}
	require.GreaterOrEqual(t, rows, len(rowPatterns))
	for n, p := range shapes {
		add(n, p)
	}
	for _, n := range headerNames(t) {
		add("the header's "+n, `\b`+n+`\b`)
	}
	return l
}

func (l *language) add(text string) {
	for i, re := range l.re {
		if l.count[i] < 3 && re.MatchString(text) { // that is often enough to know
			l.count[i]++
		}
	}
}

// missing returns what no program has.
func (l *language) missing() []string {
	var out []string
	for i, n := range l.count {
		if n == 0 {
			out = append(out, l.name[i])
		}
	}
	return out
}

// Everything in the tables of the reference, and everything in the header, comes up.
func TestWholeLanguage(t *testing.T) {
	l := newLanguage(t)
	for i := range 2000 {
		l.add(programs.Example(baseSeed + i).Text)
	}
	require.Empty(t, l.missing())
}
