package cmodel

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	pathpkg "path"
	"regexp"
	"strconv"
	"strings"

	"modernc.org/cc/v4"

	"mcheck/spec"
)

// What the C parser says of a program is written for its authors. Here it is said again: where the
// mistake is, what it is, and what to write instead.

var errorLine = regexp.MustCompile(`^(.*?):(\d+):(\d+): (.*)$`)

var notIncluded = regexp.MustCompile(`^include file not found: ["<](.*)[">]$`)

// notAssignable is an error that follows from another one where the left side of an assignment is
// wrong in itself.
const notAssignable = "this can't be assigned to"

// reference is the advice where there is none that is better.
const reference = "docs/modelling-c.md says what is in the language"

// rewording is a message of the C parser, in words of ours.
type rewording struct {
	re           *regexp.Regexp
	with, advice string
}

func reword(re, with, advice string) rewording {
	return rewording{regexp.MustCompile(re), with, advice}
}

const (
	twice    = `^(?:multiple definitions|(?:incompatible )?redeclaration) of (?:enumerator )?`
	previous = `(?:, first definition)? at (.*?):?$`
)

var rewordings = []rewording{
	reword(`\s*\([A-Za-z0-9_]+\.go:\d+:.*$`, "", ""),
	reword(`^undefined: __pool_(\w+).*$`, "there is no pool of struct $1", "declare POOL($1, n)"),
	reword(`^undefined: (\S+).*$`, "'$1' is not declared",
		"declare it before: at file level what tasks share, in the function what is its own"),
	reword(`^label undefined: (\S+).*$`, "there is no label '$1'", "write the label in this function"),
	reword(`^type (struct \w+).* has no member named (\S+)$`, "$1 has no field '$2'",
		// cc/v4 makes a type of its own of an annotated one, which stays incomplete.
		"name a field of the struct (where a field points to its own struct, annotations stand behind its name)"),
	reword(twice+`'__(?:words|source|count|pool)_(\w+)'`+previous, "'$1' is declared twice, also at $2",
		"give properties, tasks and pools names of their own"),
	reword(twice+`'(struct \w+|\w+)[^']*'`+previous, "'$1' is declared twice, also at $2", "name one of them otherwise"),
	reword(`^conflicting types for '(\w+)', previous declaration at (.*?):?, .*$`,
		"'$1' is declared again with another type, first at $2", "name one of them otherwise"),
	reword(`^macro expansion limit exceeded .*$`, "the macros of the program expand to too much",
		"use functions, or fewer levels of macros"),
	reword(notIncluded.String(), "there is no file $1", "put it beside the model"),
	reword(`^cannot evaluate constant expression: (.*)$`, "'$1' has no constant value", "write an expression of constants"),
	reword(`^one of the expressions shall be a pointer and the other shall have integer type: .*$`, "this is no array",
		"only arrays have elements"),
	reword(`^left operand shall be a modifiable lvalue$`, notAssignable, "name a variable, a field or an element"),
	reword(`^(?:expected a pointer|operand shall be a pointer): .*$`, "this is no pointer",
		"write . for a field of a variable; -> and * follow a pointer"),
	reword(`^expected a struct or union: .*$`, "this has no fields", "name a struct, or write -> behind a pointer"),
	reword(`^expected pointer to function: .*$`, "this is no function", "call a function by its name, or through a pointer to one"),
	reword(`^invalid array size, .*$`, "the array has no usable length", "give it a constant length of 1 to 64"),
	reword(`^strconv\.\w+: parsing "(.*)": .*$`, "'$1' is no number", "write it in decimal, or as 0x…"),
	reword(`^invalid character constant$`, "this is no character", "write one character between the quotes"),
	reword(`^case label not within a switch statement$`, "a case stands outside a switch", "put it into a switch"),
	reword(`^'default' label not within a switch statement$`, "a default stands outside a switch", "put it into a switch"),
	reword(`^break statement not within loop or switch$`, "a break stands outside a loop and a switch",
		"put it into one, or return"),
	reword(`^continue statement not within a loop$`, "a continue stands outside a loop", "put it into one, or return"),
	reword(`^too many macro arguments$`, "the macro takes fewer values", "pass one for each of its parameters"),
	reword(`^not enough macro arguments$`, "the macro takes more values", "pass one for each of its parameters"),
	reword(`^missing macro name$`, "a name is missing", "write #define NAME, and what it stands for"),
	reword(`^expected #endif$`, "an #if has no #endif", "write #endif where it ends"),
	reword(`^TODO \*cc\.DeclarationSpecifiers .*\[.* .*\].*$`, "this declares something of two types",
		"write ; where a struct or an enum ends, and one type before a name"),
	reword(`^(?:internal error|TODO).*$`, "the C parser can't read this", reference),
}

// expected says what the C parser expects, and what to write.
var expected = []struct{ what, is, advice string }{
	{"direct declarator", "a name", "write a name behind the type"},
	{"declarator", "a name", "write a name behind the type"},
	{"external declaration", "a declaration", "write a type and a name, a function, TASK, or a property"},
	{"block item", "a statement", "write a statement, or } where the function ends"},
	{"statement", "a statement", "write a statement, or ; if there is nothing to do"},
	{"unary expression", "a value", "write an expression"},
	{"cast expression", "a value", "write an expression"},
	{"primary expression", "a value", "write an expression"},
	{"expression", "a value", "write an expression"},
	{"enumerator", "the name of a constant", "write the names of the enum's constants, with commas between them"},
	{"identifier", "a name", "write a name"},
}

// forms are how the header's macros are used.
var forms = map[string]string{
	"TASK": "TASK(name, count) { … }", "WORKER": "WORKER(name, count) { … }", "SOFTIRQ": "SOFTIRQ(name, count) { … }",
	"MACHINE": "MACHINE(name, count) { … }", "INIT": "INIT { … }", "POOL": "POOL(type, n);",
	"INVARIANT": `INVARIANT(name, "words", "source") { … }`, "AT_REST": `AT_REST(name, "words", "source") { … }`,
	"CAN_REST": `CAN_REST(name, "words", "source") { … }`, "COVER": `COVER(name, "words", "source") { … }`,
	"EVENTUALLY": `EVENTUALLY(name, "words", "source") { … }`, "LEADS_TO": `LEADS_TO(name, "words", "source") { … }`,
}

var unexpected = regexp.MustCompile(`^unexpected '?(.*?)'?, expected (.*)$`)

// syntaxErrors rewords the errors of the C parser.
func (u *unit) syntaxErrors(err error) {
	if e, ok := err.(*Error); ok {
		u.errs.add(cmp.Or(e.Pos, spec.Pos{File: u.last, Line: 1, Col: 1}), e.Advice, "%s", e.Msg)
		return
	}
	n := 0
	seen := map[spec.Pos]bool{}
	all := strings.Split(strings.TrimSpace(err.Error()), "\n")
	for _, l := range all {
		l = strings.TrimSpace(l)
		m := errorLine.FindStringSubmatch(l)
		// What has no place are the parser's notes to its authors, and what comes behind the end of
		// the program follows from an error before it.
		if m == nil || m[1] == "-" || m[1] == "<end>" {
			continue
		}
		line, _ := strconv.Atoi(m[2])
		col, _ := strconv.Atoi(m[3])
		pos, msg, advice := u.reworded(m[1], line, col, m[4])
		if seen[pos] || msg == notAssignable && len(all) > 1 {
			continue
		}
		seen[pos] = true
		if n++; n >= maxErrors-1 {
			break
		}
		u.errs.add(pos, advice, "%s", msg)
		if unexpected.MatchString(m[4]) {
			break // what the parser says of the rest follows from it
		}
	}
	if len(u.errs.list) == 0 {
		u.placeless()
	}
	if len(u.errs.list) == 0 {
		u.errs.add(spec.Pos{File: u.last, Line: 1, Col: 1}, gaveUp.Advice, "%s", gaveUp.Msg)
	}
}

// placeless reports the mistakes that the C parser finds and has no place for.
func (u *unit) placeless() {
	ast, err := u.parsed()
	if err != nil || ast == nil {
		return
	}
	for l := ast.TranslationUnit; l != nil; l = l.TranslationUnit {
		labels := map[string]spec.Pos{}
		walkAST(l.ExternalDeclaration, func(n cc.Node) bool {
			switch n := n.(type) {
			case *cc.LabeledStatement:
				if n.Case == cc.LabeledStatementLabel {
					name := n.Token.SrcStr()
					if was, ok := labels[name]; ok {
						u.errs.add(u.pos(n.Position()), "name one of them otherwise", "the label '%s' is there twice, first at %s", quote(name), was)
					}
					labels[name] = u.pos(n.Position())
				}
			case *cc.AssignmentExpression:
				if n.Case == cc.AssignmentExpressionCond {
					break
				}
				p, ok := unparen(n.UnaryExpression).(*cc.PrimaryExpression)
				if ok && p.Case != cc.PrimaryExpressionIdent && p.Case != cc.PrimaryExpressionExpr {
					u.errs.add(u.pos(p.Position()), "name a variable, a field or an element", notAssignable)
				}
			}
			return true
		})
	}
}

// reworded is a message of the C parser about a place in a file.
func (u *unit) reworded(file string, line, col int, text string) (pos spec.Pos, msg, advice string) {
	pos = u.place(file, line, col)
	if m := unexpected.FindStringSubmatch(text); m != nil {
		return u.notExpected(file, line, col, m[1], m[2])
	}
	if m := notIncluded.FindStringSubmatch(text); m != nil {
		if err := u.unread[pathpkg.Base(m[1])]; err != nil && !errors.Is(err, fs.ErrNotExist) {
			return pos, fmt.Sprintf("%s can't be included: %s", quote(m[1]), quote(err.Error())), "include another file"
		}
	}
	for _, w := range rewordings {
		if m := w.re.FindStringSubmatchIndex(text); m != nil {
			advice = cmp.Or(string(w.re.ExpandString(nil, w.advice, text, m)), advice)
			text = w.re.ReplaceAllString(text, w.with)
		}
	}
	return pos, quote(text), cmp.Or(quote(advice), reference)
}

// notExpected is a syntax error.
func (u *unit) notExpected(file string, line, col int, what, instead string) (pos spec.Pos, msg, advice string) {
	pos = u.place(file, line, col)
	here := u.wordAt(file, line, col)
	if form := forms[here]; form != "" && !strings.Contains(instead, "declaration") && what != "enum" {
		return pos, here + " is not complete", "write " + form
	}
	if before, ok := u.before(file, line, col); ok {
		word := before.word
		atStart := u.startsStatement(file, before)
		if strings.Contains(instead, "declaration") && what == "identifier" && word != "" && u.isType(word) {
			if end, ok := u.openType(file, before); ok {
				return end, "a ';' is missing here", "write ';' where a struct or an enum ends"
			}
		}
		switch {
		case what == "identifier" && word != "" && atStart && !u.isType(word):
			if form := forms[word]; form != "" {
				return before.pos, word + " is not complete", "write " + form
			}
			return before.pos, fmt.Sprintf("'%s' is not a type", quote(word)), cmp.Or(hints[word], intAdvice)
		case instead == "';'" && what != "','" && what != ",", instead == "')'" && what != "identifier", instead == "']'",
			strings.Contains(instead, "declaration") && before.last != ';' && before.last != '}' && before.last != 0:
			missing := strings.Trim(instead, "'")
			if len(missing) != 1 {
				missing = ";"
			}
			return before.end, fmt.Sprintf("a '%s' is missing here", missing), fmt.Sprintf("write '%s' behind this", missing)
		case instead == "';'":
			return pos, "this comma is not expected here",
				"declare each by itself where an annotation stands behind a field's name"
		}
	}
	for _, e := range expected {
		if strings.Contains(instead, e.what) {
			instead, advice = e.is, e.advice
			break
		}
	}
	what = strings.Trim(what, "'<>")
	switch {
	case what == "EOF":
		what = "the end of the program"
	default:
		what = "'" + cmp.Or(here, what) + "'"
	}
	return pos, fmt.Sprintf("syntax error at %s, expected %s", quote(what), quote(instead)), cmp.Or(advice, "write "+quote(instead))
}

// wordAt is the word that begins at a place, or the sign there.
func (u *unit) wordAt(file string, line, col int) string {
	ls := u.lines[file]
	if line < 1 || line > len(ls) || col < 1 || col > len(ls[line-1]) {
		return ""
	}
	rest := ls[line-1][col-1:]
	n := 0
	for n < len(rest) && isWord(rest[n:n+1]) {
		n++
	}
	if n == 0 {
		for i := range rest {
			if i > 0 {
				return rest[:i]
			}
		}
	}
	return rest[:max(n, min(1, len(rest)))]
}

// tokenBefore is what stands before a place.
type tokenBefore struct {
	pos, end  spec.Pos
	line, col int // of its beginning, from 1
	word      string
	last      byte
}

// before is the last word or sign before a place of a file, comments and lines of the preprocessor
// left out.
func (u *unit) before(file string, line, col int) (t tokenBefore, ok bool) {
	ls := u.lines[file]
	if line < 1 || line > len(ls) {
		return t, false
	}
	text := ls[line-1][:min(max(0, col-1), len(ls[line-1]))]
	for {
		if i := strings.Index(text, "//"); i >= 0 && strings.Count(text[:i], `"`)%2 == 0 {
			text = text[:i]
		}
		text = strings.TrimRight(text, " \t\r\f\v")
		if strings.HasSuffix(text, "*/") {
			for !strings.Contains(text, "/*") && line > 1 {
				line--
				text = ls[line-1]
			}
			text = text[:max(0, strings.LastIndex(text, "/*"))]
			continue
		}
		if text != "" && !strings.HasPrefix(strings.TrimSpace(text), "#") {
			break
		}
		if line--; line < 1 {
			return t, false
		}
		text = ls[line-1]
	}
	from := len(text)
	for from > 0 && isWord(text[from-1:from]) {
		from--
	}
	t.word, t.last = text[from:], text[len(text)-1]
	if t.word == "" {
		from = len(text) - 1
	} else if t.word[0] >= '0' && t.word[0] <= '9' {
		t.word = ""
	}
	t.line, t.col = line, from+1
	t.pos, t.end = u.place(file, line, from+1), u.place(file, line, len(text)+1)
	return t, true
}

// startsStatement reports whether t is where a statement, a declaration or a parameter begins.
func (u *unit) startsStatement(file string, t tokenBefore) bool {
	b, ok := u.before(file, t.line, t.col)
	if !ok {
		return true
	}
	switch b.word {
	case "static", "extern", "const", "struct", "enum", "GHOST", "PRIVATE", "SET_ONCE", "INTERRUPTED":
		return true
	}
	return b.last != 0 && strings.IndexByte(";{}(,", b.last) >= 0
}

// isType reports whether word is the name of a type, or a keyword of C.
func (u *unit) isType(word string) bool {
	switch word {
	case "bool", "int", "unsigned", "long", "short", "char", "void", "signed", "float", "double", "spinlock_t", "rwsem_t", "seqcount_t",
		"seq_t", "size_t", "ptrdiff_t", "wchar_t", "return", "goto", "else", "do", "case", "sizeof", "break", "continue", "default",
		"if", "while", "for", "switch", "static", "const", "extern", "typedef", "atomic", "ghost", "idle", "optional", "hangs":
		return true
	}
	if intTypes[word] != nil || strings.HasSuffix(word, "_set") || strings.HasSuffix(word, "_list") {
		return true
	}
	for _, ls := range u.lines {
		for _, l := range ls {
			if strings.Contains(l, "typedef") && strings.Contains(l, word) || strings.HasPrefix(strings.TrimSpace(l), "} "+word+";") {
				return true
			}
		}
	}
	return false
}

// openType is the end of a struct or an enum before the type t that has no ; behind it.
func (u *unit) openType(file string, t tokenBefore) (end spec.Pos, ok bool) {
	for range 4 {
		if t, ok = u.before(file, t.line, t.col); !ok {
			return end, false
		}
		if t.last == '}' {
			return t.end, true
		}
		if t.last == ';' {
			break
		}
	}
	return end, false
}

const (
	useIntegers = "integers are u1 … u8 and s2 … s8: as many bits as the model needs, u8 holds 0 … 255"
	useCounter  = "use a counter of type u1 … u8, and atomic x++; for what is one step"
	useSpinlock = "use spinlock_t: whether a lock lets its holder sleep is not part of the language"
	useList     = "use s_list or s_set of the objects of POOL(s, n), as a variable or a field"
	useFlag     = "use a bool, await(x); and x = true;"
	useWorker   = "use a WORKER, SOFTIRQ or MACHINE that takes objects from a list and calls what is to be called"
)

// hints say what there is in place of a type or function of the kernel or of C.
var hints = map[string]string{
	"atomic_t": useCounter, "atomic_long_t": useCounter, "atomic64_t": useCounter, "refcount_t": useCounter, "kref": useCounter,
	"percpu_ref": useCounter, "mutex": useSpinlock, "raw_spinlock_t": useSpinlock, "seqlock_t": "use a seqcount_t and a spinlock_t",
	"rw_semaphore": "use rwsem_t", "rwlock_t": "use rwsem_t", "semaphore": useCounter, "completion": useFlag,
	"wait_queue_head_t": useFlag, "wait_queue_head": useFlag, "wait_queue_entry": useFlag, "list_head": useList, "hlist_head": useList,
	"hlist_node": useList, "llist_head": useList, "llist_node": useList, "rb_root": useList, "xarray": useList, "rcu_head": useWorker,
	"callback_head": useWorker, "work_struct": useWorker, "delayed_work": useWorker, "timer_list": useWorker,
	"mutex_lock": "use spin_lock(&l)", "mutex_unlock": "use spin_unlock(&l)", "kmalloc": "use alloc(s)", "kzalloc": "use alloc(s)",
	"malloc": "use alloc(s)", "kfree": "use release(p)", "free": "use release(p)", "wait_event": "use await(condition)",
	"wait_for_completion": useFlag, "complete": useFlag, "schedule": "use await(condition)", "BUG_ON": "use assert(!condition)",
	"WARN_ON": "use assert(!condition)", "printk": "leave it out: traces show the values", "printf": "leave it out: traces show the values",
	"pr_info": "leave it out: traces show the values", "atomic_inc": useCounter, "atomic_dec": useCounter, "atomic_read": useCounter,
	"atomic_set": useCounter, "atomic_dec_and_test": useCounter, "list_for_each_entry": "use list_pop, or for_each(s, p) in atomic",
	"call_rcu": useWorker, "cmpxchg": "use atomic { … }", "xchg": "use atomic { … }",
}

func init() {
	for _, sign := range []string{"u", "s", "__u", "__s"} {
		for _, bits := range []string{"16", "32", "64"} {
			hints[sign+bits] = useIntegers
		}
	}
	for _, sign := range []string{"", "u"} {
		for _, bits := range []string{"8", "16", "32", "64"} {
			hints[sign+"int"+bits+"_t"] = useIntegers
		}
	}
	for _, t := range []string{"uint", "ulong", "ushort", "uchar", "ssize_t", "loff_t", "pid_t", "gfp_t", "u9", "s1", "u0"} {
		hints[t] = useIntegers
	}
}
