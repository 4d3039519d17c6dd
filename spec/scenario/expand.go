package scenario

import (
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// maxWord is the length of the longest word that is understood.
const maxWord = 200

// environ is what a shell knows, for the expansion of words.
type environ struct {
	s *shell
	// asks, if it is not nil, gets why a status is not known that a word asks for.
	asks *string
}

// Get returns a variable or a parameter.
func (e environ) Get(name string) expand.Variable {
	text := func(s string) expand.Variable { return expand.Variable{Set: true, Kind: expand.String, Str: s} }
	s := e.s
	switch name {
	case "?":
		if s.status.kind == unknown && e.asks != nil {
			*e.asks = s.status.why
		}
		return text(strconv.Itoa(s.status.code))
	case "#":
		return text(strconv.Itoa(len(s.args)))
	case "@", "*":
		return expand.Variable{Set: true, Kind: expand.Indexed, List: s.args}
	case "$":
		return text("1000")
	case "0":
		return text("script")
	case "IFS":
		if _, ok := s.env[name]; !ok {
			return expand.Variable{}
		}
	}
	if n, err := strconv.Atoi(name); err == nil && n >= 1 && n <= len(s.args) {
		return text(s.args[n-1])
	}
	if v, ok := s.env[name]; ok {
		return text(v)
	}
	if v, ok := surroundings[name]; ok {
		return text(v)
	}
	return expand.Variable{}
}

// surroundings are variables that a shell finds in its environment.
var surroundings = map[string]string{"HOME": "/root", "USER": "root", "LOGNAME": "root", "UID": "0", "EUID": "0", "PWD": "/root", "TMPDIR": "/tmp",
	"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "SHELL": "/bin/sh", "HOSTNAME": "host", "LANG": "C", "PPID": "1", "RANDOM": "1", "SECONDS": "0", "OPTIND": "1"}

// Each is not needed: no command is run.
func (environ) Each(func(string, expand.Variable) bool) {}

// Set sets a variable, as ${X:=text} and i++ do.
func (e environ) Set(name string, vr expand.Variable) error {
	if vr.IsSet() {
		e.s.env[name] = vr.String()
	} else {
		delete(e.s.env, name)
	}
	return nil
}

var errReported = errors.New("reported already")

// config is how words are expanded in the state s. A pattern that would match files stays as it is.
func (l *lowerer) config(s *shell) *expand.Config { return l.configAsking(s, nil) }

func (l *lowerer) configAsking(s *shell, asks *string) *expand.Config {
	return &expand.Config{Env: environ{s, asks}, NoUnset: true, ProcSubst: func(*syntax.ProcSubst) (string, error) {
		return "", errors.New("a command in place of a file is not understood")
	}, CmdSubst: func(w io.Writer, c *syntax.CmdSubst) error {
		text, ok := l.output(s, c)
		if !ok {
			return errReported
		}
		_, err := io.WriteString(w, text)
		return err
	}}
}

// word expands a word to one text.
func (l *lowerer) word(s *shell, w *syntax.Word) (string, bool) {
	var asks string
	text, err := expand.Literal(l.configAsking(s, &asks), w)
	if err == nil {
		err = l.knownStatus(w, asks)
	}
	if err != nil {
		l.expandError(w, err)
		return "", false
	}
	return text, l.short(w, text)
}

// fields expands a word to the words that it stands for, without files that match it.
func (l *lowerer) fields(s *shell, w *syntax.Word) ([]string, bool) {
	var asks string
	out, err := expand.Fields(l.configAsking(s, &asks), w)
	if err == nil {
		err = l.knownStatus(w, asks)
	}
	if err != nil {
		l.expandError(w, err)
		return nil, false
	}
	return out, !slices.ContainsFunc(out, func(text string) bool { return !l.short(w, text) })
}

// knownStatus reports that w asks for a status that is not known; why: "" if it does not.
func (l *lowerer) knownStatus(w syntax.Node, why string) error {
	if why == "" {
		return nil
	}
	l.fail(w.Pos(), l.source(w), "the status is not known here: "+why, nil)
	return errReported
}

func (l *lowerer) short(w syntax.Node, text string) bool {
	if len(text) > maxWord {
		l.fail(w.Pos(), l.source(w), fmt.Sprintf("longer than %d letters", maxWord), nil)
		return false
	}
	return true
}

// expandError reports why n has no value. What hangs on a value that was reported already is not
// reported again.
func (l *lowerer) expandError(n syntax.Node, err error) {
	var unset expand.UnsetParameterError
	switch {
	case errors.Is(err, errReported):
	case errors.As(err, &unset) && unset.Node.Param != nil:
		name := unset.Node.Param.Value
		switch {
		case l.poisoned[name]:
		case name == "!":
			l.fail(unset.Node.Pos(), l.source(n), "nothing has been started in the background by here", nil)
		default:
			l.fail(unset.Node.Pos(), l.source(n), "$"+name+" is not set by this script", nil)
		}
	default:
		l.fail(n.Pos(), l.source(n), "this can't be expanded: "+err.Error(), nil)
	}
}

// poison notes that the value of a variable is not known, and why has been reported.
func (l *lowerer) poison(name string) { l.poisoned[name] = true }

// arithm evaluates an arithmetic expression.
func (m *machine) arithm(at syntax.Node, x syntax.ArithmExpr) (int, bool) {
	cfg := m.config(m.s)
	cfg.NoUnset = false // an unset name is 0 there
	n, err := expand.Arithm(cfg, x)
	if err != nil {
		m.expandError(at, err)
		return 0, false
	}
	return n, true
}

// arithmetic runs (( )) or let.
func (m *machine) arithmetic(at syntax.Node, xs ...syntax.ArithmExpr) {
	v := 0
	for _, x := range xs {
		var ok bool
		if v, ok = m.arithm(at, x); !ok {
			v = 1
		}
	}
	m.set(map[bool]int{true: 1}[v == 0])
}

// assignAll resolves VAR=text …, behind local, export and the like if keyword is not "".
func (m *machine) assignAll(all []*syntax.Assign, keyword string) {
	for _, a := range all {
		if a.Name == nil { // an option
			continue
		}
		name := a.Name.Value
		if keyword == "export" {
			m.exported[name] = true
		}
		if keyword == "local" || keyword == "declare" || keyword == "typeset" {
			m.local(name)
		}
		switch {
		case a.Naked && a.Value == nil && keyword != "":
			if keyword == "local" {
				m.s.env[name] = ""
			}
			continue
		case a.Naked || a.Index != nil || a.Array != nil:
			m.fail(a.Pos(), m.source(a), "only VAR=text is understood: a variable holds one text here", nil)
			m.poison(name)
			continue
		}
		value, ok := "", true
		if a.Value != nil {
			value, ok = m.word(m.s, a.Value)
		}
		if !ok {
			m.poison(name)
			delete(m.s.env, name)
			continue
		}
		if a.Append {
			value = m.s.env[name] + value
		}
		m.s.env[name] = value
	}
	m.set(0)
}

// output returns what a command prints that stands in $( ), without the end of the line.
func (l *lowerer) output(s *shell, c *syntax.CmdSubst) (string, bool) {
	var words []string
	if len(c.Stmts) == 1 {
		st := c.Stmts[0]
		if call, ok := st.Cmd.(*syntax.CallExpr); ok && !st.Background && !st.Negated {
			for _, w := range call.Args {
				f, ok := l.fields(s, w)
				if !ok {
					return "", false
				}
				words = append(words, f...)
			}
		}
	}
	if len(words) > 0 {
		if text, ok := l.printed(c, words[0], words[1:]); ok {
			return text + "\n", true
		}
	}
	l.fail(c.Pos(), l.source(c), "what this prints is not known here", []string{"$(seq N), $(seq M N), $(mktemp [-d]), $(echo TEXT), $(printf TEXT), " +
		"$(basename PATH), $(dirname PATH), $(losetup -f [--show FILE]), $(id -u), $(whoami), $(uname), $(nproc), $(pwd)"})
	return "", false
}

// printed returns what a command prints, as far as that is known.
func (l *lowerer) printed(c *syntax.CmdSubst, name string, args []string) (string, bool) {
	last := ""
	if len(args) > 0 {
		last = args[len(args)-1]
	}
	switch name {
	case "echo":
		return strings.Join(args, " "), true
	case "printf":
		return last, len(args) == 1 && !strings.Contains(last, "%")
	case "basename":
		if len(args) == 2 {
			return strings.TrimSuffix(path.Base(args[0]), args[1]), true
		}
		return path.Base(last), len(args) == 1
	case "dirname":
		return path.Dir(last), len(args) == 1
	case "readlink", "realpath":
		return path.Clean(last), strings.HasPrefix(last, "/")
	case "mktemp":
		if l.temps[c] == "" {
			l.temps[c] = "/tmp/tmp." + strconv.Itoa(len(l.temps)+1)
		}
		return l.temps[c], true
	case "seq":
		return seq(args)
	case "losetup":
		find := slices.ContainsFunc(args, func(a string) bool {
			return a == "--find" || strings.HasPrefix(a, "-") && strings.Contains(a, "f") && a[1] != '-'
		})
		if !find {
			return "", false
		}
		if l.temps[c] == "" {
			l.temps[c] = l.freeLoop()
			if slices.Contains(args, "--show") {
				l.numberDevice(l.temps[c])
			}
		}
		return l.temps[c], true
	case "id":
		return "0", slices.Contains(args, "-u") || slices.Contains(args, "-g")
	case "whoami":
		return "root", true
	case "uname":
		return "Linux", true
	case "hostname":
		return "host", true
	case "nproc":
		return "2", true
	case "pwd":
		return "/root", true
	case "date":
		return "now", true
	}
	return "", false
}

// seq returns what seq(1) prints.
func seq(args []string) (string, bool) {
	n := []int{1, 1, 1} // first, step, last
	switch len(args) {
	case 1:
		args = []string{"1", "1", args[0]}
	case 2:
		args = []string{args[0], "1", args[1]}
	case 3:
	default:
		return "", false
	}
	for i, a := range args {
		v, err := strconv.Atoi(a)
		if err != nil || v < -maxCommands || v > maxCommands {
			return "", false
		}
		n[i] = v
	}
	if n[1] == 0 {
		return "", false
	}
	var out []string
	for i := n[0]; n[1] > 0 && i <= n[2] || n[1] < 0 && i >= n[2]; i += n[1] {
		out = append(out, strconv.Itoa(i))
	}
	return strings.Join(out, "\n"), true
}
