package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strings"

	"golang.org/x/term"

	"mcheck/explorer"
	"mcheck/internal/safe"
)

// cli is where a run of the program reads and writes.
type cli struct {
	stdin  io.Reader
	stdout *output
	stderr io.Writer
	colour bool // on stdout
	tty    bool // stderr is a terminal
	width  int  // of lines on stdout: that of the terminal, at most widest
}

func newCLI(stdin io.Reader, stdout, stderr io.Writer) *cli {
	return &cli{stdin: stdin, stdout: &output{w: stdout}, stderr: stderr, colour: useColour(isTerminal(stdout), os.Getenv), tty: isTerminal(stderr), width: terminalWidth(stdout)}
}

// warn writes a line to standard error.
func (c *cli) warn(format string, args ...any) {
	fmt.Fprintf(c.stderr, "mcheck: %s\n", message(fmt.Errorf(format, args...)))
}

// message is the text of an error, safe to print. It may have several lines, but not through a path
// in it.
func message(err error) string {
	text := err.Error()
	var p *fs.PathError
	if errors.As(err, &p) && p.Path != "" {
		text = strings.ReplaceAll(text, p.Path, safe.Line(p.Path))
	}
	var l *os.LinkError
	if errors.As(err, &l) {
		text = strings.NewReplacer(l.Old, safe.Line(l.Old), l.New, safe.Line(l.New)).Replace(text)
	}
	return longWords.ReplaceAllStringFunc(safe.Text(text), func(word string) string {
		end := ""
		if strings.HasSuffix(word, ":") {
			end = ":"
		}
		return string([]rune(word)[:200]) + "…" + end
	})
}

// longWords are those of which a message shows the beginning only: no name of ours is as long.
var longWords = regexp.MustCompile(`\S{260,}`)

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// widest is how long a line is at most, where nothing says how wide the terminal is.
const widest = 80

// narrowest is how long a line is at least: no terminal that people read is narrower.
const narrowest = 20

// terminalWidth returns how many characters a line on w may have.
func terminalWidth(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
			return min(widest, max(narrowest, n))
		}
	}
	return widest
}

// useColour decides on colours: FORCE_COLOR, then NO_COLOR and a dumb terminal, then whether it is
// a terminal at all.
func useColour(terminal bool, getenv func(string) string) bool {
	switch {
	case getenv("FORCE_COLOR") != "":
		return getenv("FORCE_COLOR") != "0"
	case getenv("NO_COLOR") != "", getenv("TERM") == "dumb":
		return false
	}
	return terminal
}

const (
	red    = "31"
	green  = "32"
	yellow = "33"
	dim    = "2"
)

func (c *cli) paint(code, s string) string {
	if !c.colour || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// verdict paints s, which names v and may be padded.
func (c *cli) verdict(v explorer.Verdict, s string) string {
	return c.paint([...]string{explorer.Undecided: yellow, explorer.Holds: green, explorer.Violated: red, explorer.Vacuous: dim}[v], s)
}
