package scenario

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"mcheck/internal/input"
	"mcheck/internal/near"
	"mcheck/internal/safe"
	"mcheck/spec"
	"mcheck/spec/scenarios"
)

// Scenario is a script that has been read. It is not changed after that.
type Scenario struct {
	Name string // of the file, without .sh
	Path string // as errors and traces show it
	Doc  string // the comment at its top
	// Designs are the designs it is about; Quick says that it belongs to a quick check of
	// everything.
	Designs []string
	Quick   bool
	// For lists what it is for: properties whose situations it must reach (of a COVER: what it
	// says). Leaving out any of [Scenario.Units] makes at least one of them unreachable.
	For     []Purpose
	Expects []Expect
	// Set holds its settings: cpus, migrate, kmalloc-fails, workers, copies of tasks (walkers=2),
	// sizes of the kernel model (NR_MOUNTS=3).
	Set map[string]string

	text      []byte
	designPos []spec.Pos          // of Designs
	setPos    map[string]spec.Pos // of Set
	dropped   map[int]bool        // units left out, by number
}

// Expect is a verdict that a scenario expects.
type Expect struct {
	Design, Property, Verdict string
	Steps                     int // of the shortest counterexample; 0: any
	Pos                       spec.Pos
}

// Purpose is a property whose situation a scenario is for.
type Purpose struct {
	Property string
	Pos      spec.Pos
}

// Names returns the names of the built-in scenarios, sorted.
func Names() []string {
	entries, err := scenarios.FS.ReadDir(".")
	if err != nil {
		panic("scenario: " + err.Error()) // the embedded directory always exists
	}
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), ".sh"))
	}
	slices.Sort(out) // with .sh, x-walk would stand before x
	return out
}

// IsPath reports whether a scenario is named by its path: "-" (standard input), and anything with a
// / or ending in .sh.
func IsPath(name string) bool {
	return name == input.Stdin || strings.ContainsRune(name, '/') || strings.HasSuffix(name, ".sh")
}

// Load reads a built-in scenario by its name, or a script by its path (see [IsPath]; standard input
// is not read here).
func Load(nameOrPath string) (*Scenario, error) {
	if IsPath(nameOrPath) {
		text, err := input.Read(nameOrPath)
		if err != nil {
			return nil, err
		}
		return Parse(input.Name(nameOrPath), text)
	}
	if !slices.Contains(Names(), nameOrPath) {
		return nil, fmt.Errorf("there is no built-in scenario %s%s (a script of your own is named by its path); there are:\n\t%s",
			safe.Quote(nameOrPath), near.Hint(nameOrPath, Names()), strings.Join(Names(), "\n\t"))
	}
	text, err := scenarios.FS.ReadFile(nameOrPath + ".sh")
	if err != nil {
		return nil, fmt.Errorf("scenario: %w", err)
	}
	return Parse(nameOrPath+".sh", text)
}

// Parse reads a script. file is its path, for errors and traces. The error is an ErrorList with
// everything that is wrong.
func Parse(file string, text []byte) (*Scenario, error) {
	sc := &Scenario{
		Name: strings.TrimSuffix(path.Base(file), ".sh"),
		Path: file,
		Doc:  readDoc(string(text)),
		Set:  map[string]string{},
		text: slices.Clone(text),
	}
	_, errs := sc.read(sc, nil)
	if len(errs) > 0 {
		return nil, errs
	}
	return sc, nil
}

// Source returns the text of the script.
func (sc *Scenario) Source() []byte { return slices.Clone(sc.text) }

// read parses the text, notes its directives in into, and resolves it under the settings of sc with
// set over them.
func (sc *Scenario) read(into *Scenario, set map[string]string) (*program, ErrorList) {
	r := &reader{sc: into, text: string(sc.text)}
	s, bad := r.parse()
	if bad != nil {
		return nil, ErrorList{bad}
	}
	r.readDirectives(s)
	if len(r.errs) > 0 {
		r.sortErrors()
		return nil, r.errs
	}
	settings := maps.Clone(into.Set)
	maps.Copy(settings, set)
	p := lower(r, s, settings, sc.dropped)
	r.sortErrors()
	return p, r.errs
}

// sortErrors puts the errors in the order of the text. What is understood is listed once.
func (r *reader) sortErrors() {
	slices.SortStableFunc(r.errs, func(a, b *Error) int {
		return cmp.Or(a.Pos.Line-b.Pos.Line, a.Pos.Col-b.Pos.Col)
	})
	var listed [][]string
	for _, e := range r.errs {
		if slices.ContainsFunc(listed, func(l []string) bool { return slices.Equal(l, e.Understood) }) {
			e.Understood = nil
		} else {
			listed = append(listed, e.Understood)
		}
	}
}

// program resolves the script under its settings, with set over them.
func (sc *Scenario) program(set map[string]string) (*program, error) {
	scratch := *sc
	scratch.Set, scratch.Designs, scratch.For, scratch.Expects = map[string]string{}, nil, nil, nil
	scratch.designPos, scratch.setPos = nil, nil
	p, errs := sc.read(&scratch, set)
	if len(errs) > 0 {
		return nil, errs
	}
	return p, nil
}

// reader reads one script.
type reader struct {
	sc   *Scenario
	text string
	// behind is what was put behind the script.
	behind []behind
	errs   ErrorList
	directives
}

func (r *reader) fail(at syntax.Pos, text, msg string, understood []string) {
	r.failAt(mark{r.pos(at), text}, msg, understood...)
}

// failAt reports an error once, whatever ways lead to it.
func (r *reader) failAt(at mark, msg string, understood ...string) {
	for _, e := range r.errs {
		if e.Pos == at.pos && e.Text == at.text && e.Msg == msg {
			return
		}
	}
	r.errs = append(r.errs, &Error{at.pos, at.text, msg, understood})
}

// syntaxError turns an error of the shell parser into ours.
func (r *reader) syntaxError(err error) *Error {
	var pe syntax.ParseError
	if errors.As(err, &pe) {
		return &Error{r.pos(pe.Pos), r.lineAt(pe.Pos), "not a POSIX shell script: " + pe.Text, nil}
	}
	var le syntax.LangError
	if errors.As(err, &le) {
		return &Error{r.pos(le.Pos), r.lineAt(le.Pos), "not a POSIX shell script: " + le.Feature, nil}
	}
	return &Error{Pos: spec.Pos{File: r.sc.Path, Line: 1, Col: 1}, Msg: "not a POSIX shell script"}
}

// lineAt returns the line of the script that p is on, without blanks at its ends.
func (r *reader) lineAt(p syntax.Pos) string {
	lines := strings.Split(r.text, "\n")
	if i := int(p.Line()) - 1; i >= 0 && i < len(lines) {
		return strings.TrimSpace(lines[i])
	}
	return ""
}

// source returns the text of a part of the script on one line.
func (r *reader) source(n syntax.Node) string {
	from, to := int(n.Pos().Offset()), int(n.End().Offset())
	if from < 0 || to > len(r.text) || from > to {
		return ""
	}
	return strings.Join(strings.Fields(r.text[from:to]), " ")
}

// Units returns what [Scenario.Without] can leave out, in the order of the text: simple commands,
// and statements in the background.
func (sc *Scenario) Units() []string {
	r := &reader{sc: sc, text: string(sc.text)}
	s, err := r.parse()
	if err != nil {
		panic("scenario: " + err.Error()) // Parse has read the same text
	}
	numbers := units(s)
	out := make([]string, len(numbers))
	for st, i := range numbers {
		out[i] = r.source(st)
	}
	return out
}

// Without returns the scenario with unit i, by its position in [Scenario.Units], replaced by a
// command that does nothing and succeeds.
func (sc *Scenario) Without(i int) *Scenario {
	less := *sc
	less.dropped = maps.Clone(sc.dropped)
	if less.dropped == nil {
		less.dropped = map[int]bool{}
	}
	less.dropped[i] = true
	return &less
}
