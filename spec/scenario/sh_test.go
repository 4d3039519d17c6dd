package scenario

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The generated C does what sh does: random scripts are run by sh, with the commands replaced by
// functions that note their name and return statuses from a list, and by an interpreter of the C
// that notes the same. Both stop where the list is at its end.
func TestSameAsShell(t *testing.T) {
	dir := t.TempDir()
	place := filepath.Join(dir, "mnt")
	require.NoError(t, os.Mkdir(place, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(place, "f"), nil, 0o644))
	long := 0
	rapid.Check(t, func(t *rapid.T) {
		g := &scriptGen{t: t, place: place}
		script := "#mcheck run\numount " + place + "\n" + g.list(3) + "\n"
		statuses := rapid.StringMatching("[01]{12}").Draw(t, "statuses")
		sc, err := Parse("s.sh", []byte(script))
		require.NoError(t, err, script)
		p, err := sc.program(nil)
		require.NoError(t, err)
		c := generate(sc, p, true)
		want := runShell(t, dir, script, statuses)
		got := runC(c.text, statuses)
		require.Equal(t, want, got, "%s\n%s\n%s", script, c.text, statuses)
		if len(want) > 6 {
			long++
		}
	})
	require.Positive(t, long, "some scripts do something")
}

type scriptGen struct {
	t         *rapid.T
	place     string
	functions int
}

func (g *scriptGen) list(depth int) string {
	n := rapid.IntRange(1, 3).Draw(g.t, "n")
	var parts []string
	for range n {
		parts = append(parts, g.command(depth))
	}
	return strings.Join(parts, "\n")
}

func (g *scriptGen) command(depth int) string {
	kind := rapid.IntRange(0, 26).Draw(g.t, "kind")
	if depth == 0 && kind > 7 {
		kind %= 8
	}
	switch kind {
	case 0:
		return "umount " + g.place
	case 1:
		return "mount /dev/sda " + g.place
	case 2:
		return "stat " + g.place
	case 3:
		return "mkfs -t ext4 /dev/sda"
	case 4:
		return "true"
	case 5:
		return "false"
	case 6:
		return "cat <" + g.place + "/f"
	case 7:
		return "stat " + g.place + " <" + g.place + "/f"
	case 8:
		return g.command(depth-1) + " && " + g.operand(depth-1)
	case 9:
		return g.command(depth-1) + " || " + g.operand(depth-1)
	case 10:
		return "! { " + g.list(depth-1) + "\n}"
	case 11:
		s := "if " + g.list(depth-1) + "; then " + g.list(depth-1) + "\n"
		if rapid.Bool().Draw(g.t, "else") {
			s += "else " + g.list(depth-1) + "\n"
		}
		return s + "fi"
	case 12:
		return "for i in 1 2; do " + g.list(depth-1) + "\ndone"
	case 14:
		return "ret=0\n" + g.command(depth-1) + " || ret=$?\nif [ \"$ret\" -ne 0 ]; then " + g.list(depth-1) + "\nfi"
	case 15:
		return g.command(depth-1) + "\ncase $? in 0) " + g.list(depth-1) + ";; *) " + g.list(depth-1) + ";; esac"
	case 16:
		g.functions++
		name := fmt.Sprintf("f%d", g.functions)
		return name + "() { " + g.list(depth-1) + "\n[ \"$1\" = a ] && return\n" + g.list(depth-1) + "\n}\n" + name + " " + rapid.SampledFrom([]string{"a", "b"}).Draw(g.t, "arg")
	case 17:
		return "for i in 1 2 3; do " + g.command(depth-1) + " && break\n" + g.list(depth-1) + "\ndone"
	case 18:
		return "for i in 1 2; do " + g.command(depth-1) + " || continue\n" + g.list(depth-1) + "\ndone"
	case 19:
		return "n=0\nwhile [ $n -lt 2 ]; do n=$((n + 1))\n" + g.list(depth-1) + "\ndone"
	case 20:
		return "( " + g.list(depth-1) + "\n" + rapid.SampledFrom([]string{"exit 1", "exit", "true"}).Draw(g.t, "end") + "\n)"
	case 21:
		return "( set -e\n" + g.list(depth-1) + "\n)"
	case 22:
		return "sh_c=$(seq 1 2)\nfor j in $sh_c; do [ $j = 2 ] && { " + g.list(depth-1) + "\n}\ndone"
	case 23:
		return "eval 'x=1; " + g.command(0) + "'"
	case 24:
		return "( trap '" + g.command(0) + "' EXIT\n" + g.list(depth-1) + "\n)"
	case 25:
		return "while :; do " + g.command(depth-1) + " && break\n" + g.list(depth-1) + "\ndone"
	default:
		word := rapid.SampledFrom([]string{"while", "until"}).Draw(g.t, "word")
		not := rapid.SampledFrom([]string{"", "! "}).Draw(g.t, "not")
		return word + " " + not + "umount " + g.place + "; do " + g.list(depth-1) + "\ndone\ntrue"
	}
}

// operand is what stands behind && and ||.
func (g *scriptGen) operand(depth int) string {
	if rapid.IntRange(0, 5).Draw(g.t, "exit") == 0 {
		return "exit"
	}
	return "{ " + g.list(depth) + "\n}"
}

func runShell(t require.TestingT, dir, script, statuses string) []string {
	// The statuses are in a file, as a ( ) keeps its variables to itself. Where they are at an end,
	// so is everything.
	prelude := "echo " + statuses + ` >statuses
run() {
	read -r S <statuses
	[ -n "$S" ] || { kill -9 $$; exit 0; }
	echo "$1"
	echo "${S#?}" >statuses
	return "${S%"${S#?}"}"
}
umount() { run umount; }
mount() { run mount; }
stat() { run stat; }
mkfs() { run mkfs; }
`
	cmd := exec.Command("sh", "-c", prelude+script)
	cmd.Dir = dir
	out, _ := cmd.Output() // its status is that of the last command
	return strings.Fields(string(out))
}

// runC interprets what generate writes for main after setup_done(). Opening a file always succeeds.
func runC(text, statuses string) []string {
	_, body, ok := strings.Cut(text, "setup_done();\n")
	if !ok {
		panic("no setup_done()")
	}
	m := &interpreter{lines: strings.Split(body, "\n"), statuses: statuses}
	m.block(m.parseBlock())
	return m.log
}

type interpreter struct {
	lines    []string
	statuses string
	ok       bool // r == OK
	log      []string
}

// stmt is a line with the blocks that belong to it.
type stmt struct {
	text      string
	then, els []stmt
}

func (m *interpreter) next() string {
	l := strings.TrimSpace(m.lines[0])
	m.lines = m.lines[1:]
	return l
}

func (m *interpreter) peek() string { return strings.TrimSpace(m.lines[0]) }

func (m *interpreter) parseBlock() []stmt {
	var out []stmt
	for m.peek() != "}" && m.peek() != "} else {" {
		out = append(out, m.parse())
	}
	return out
}

func (m *interpreter) parse() stmt {
	s := stmt{text: m.next()}
	switch {
	case strings.HasSuffix(s.text, "{"):
		s.text = strings.TrimSuffix(s.text, " {")
		s.then = m.parseBlock()
		if m.next() == "} else {" {
			s.els = m.parseBlock()
			m.next()
		}
	case strings.HasPrefix(s.text, "if ("):
		s.then = []stmt{m.parse()}
		if m.peek() == "else" {
			m.next()
			s.els = []stmt{m.parse()}
		}
	}
	return s
}

// way is how a statement ends: "", "return", or the label that it goes to.
type way string

const (
	goOn      way = ""
	leaveTask way = "return"
)

func (m *interpreter) block(ss []stmt) way {
	for i := 0; i < len(ss); i++ {
		w := m.step(ss[i])
		if w == goOn {
			continue
		}
		i = slices.IndexFunc(ss, func(s stmt) bool { return s.text == string(w)+":" })
		if i < 0 {
			return w
		}
	}
	return goOn
}

func (m *interpreter) step(s stmt) way {
	call := strings.TrimPrefix(s.text, "r = ")
	switch {
	case s.text == "if (r == OK)" && m.ok, s.text == "if (r != OK)" && !m.ok:
		return m.block(s.then)
	case s.text == "if (r == OK)", s.text == "if (r != OK)":
		return m.block(s.els)
	case strings.HasPrefix(s.text, "goto "):
		return way(strings.TrimSuffix(strings.TrimPrefix(s.text, "goto "), ";"))
	case strings.HasSuffix(s.text, ":"):
	case s.text == "return;":
		return leaveTask
	case s.text == "r = OK;":
		m.ok = true
	case s.text == "r = EINVAL;":
		m.ok = false
	case s.text == "exit_task();":
	case strings.HasPrefix(call, "sys_open("), strings.HasPrefix(call, "sys_close("):
		if call != s.text {
			m.ok = true
		}
	case strings.HasPrefix(call, "sys_"):
		if m.statuses == "" {
			return leaveTask
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(call, "sys_"), "(")
		m.log = append(m.log, name)
		if call != s.text {
			m.ok = m.statuses[0] == '0'
		}
		m.statuses = m.statuses[1:]
	default:
		panic(fmt.Sprintf("unhandled line %q", s.text))
	}
	return goOn
}
