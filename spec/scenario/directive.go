package scenario

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"mcheck/spec"
)

var directivesUnderstood = []string{
	"#mcheck run                                      the set-up ends here",
	"#mcheck task NAME                                names the next task",
	"#mcheck designs DESIGN...                        the designs to check",
	"#mcheck quick                                    part of a quick check of everything",
	"#mcheck for PROPERTY...                          the situations it is for: those of the properties; of a COVER, what it says",
	"#mcheck expect DESIGN,... PROPERTY,... VERDICT [STEPS]   VERDICT: holds, violated, vacuous, undecided",
	"#mcheck cpus=N migrate TASKs=N SIZE=N            settings: processors; tasks change them; copies of a task; a size of the kernel model",
	"#mcheck kmalloc-fails workers=N                  settings of designs with deferred unmounts: allocations may fail; kworkers that serve them",
	"#mcheck hangs /dev/X                             the file system on this device hangs when it is shut down",
}

// flags are the settings without a number.
var flags = []string{"kmalloc-fails", "migrate"}

// notTasks are no names for tasks: the first shell, and what cpus=N and workers=N would be copies of.
var notTasks = []string{"main", "cpu", "worker"}

var verdicts = []string{"holds", "violated", "vacuous", "undecided"}

var (
	nameRE   = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)
	designRE = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*(\+[A-Za-z0-9][A-Za-z0-9._-]*)*$`)
	sizeRE   = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)
)

// placed is a word of the script and where it stands.
type placed struct {
	text string
	pos  syntax.Pos
}

// directives are the #mcheck comments that the lowering needs.
type directives struct {
	run   []placed
	names []placed // of tasks, in the order of the text
	hangs []placed // devices
}

// readDirectives reads the #mcheck comments of the script into sc.
func (r *reader) readDirectives(s *script) {
	var comments []syntax.Comment
	s.walk(func(n syntax.Node) bool {
		if c, ok := n.(*syntax.Comment); ok {
			comments = append(comments, *c)
		}
		return true
	})
	slices.SortFunc(comments, func(a, b syntax.Comment) int { return int(a.Hash.Offset()) - int(b.Hash.Offset()) })
	for _, c := range comments {
		rest, ok := strings.CutPrefix(c.Text, "mcheck")
		if !ok || rest != "" && !strings.ContainsAny(rest[:1], " \t") {
			continue
		}
		if s.inQuotes(c.Hash) {
			r.fail(c.Hash, "#"+strings.TrimSpace(c.Text), "a directive can't stand in the quotes of sh -c", nil)
			continue
		}
		r.directive(c, strings.Fields(rest))
	}
}

func (r *reader) directive(c syntax.Comment, words []string) {
	text := "#" + strings.TrimSpace(c.Text)
	bad := func(msg string) { r.fail(c.Hash, text, msg, directivesUnderstood) }
	if len(words) == 0 {
		bad("an empty directive")
		return
	}
	switch args := words[1:]; words[0] {
	case "run":
		if len(args) > 0 {
			bad("run stands alone")
		}
		if r.run = append(r.run, placed{text, c.Hash}); len(r.run) > 1 {
			bad("the set-up can end only once")
		}
	case "task":
		if len(args) != 1 || !nameRE.MatchString(args[0]) || slices.Contains(notTasks, args[0]) {
			bad("task needs one name: letters, digits and _, not " + strings.Join(notTasks, ", "))
			return
		}
		r.names = append(r.names, placed{args[0], c.Hash})
	case "designs":
		if len(args) == 0 {
			bad("designs needs at least one")
		}
		for _, d := range args {
			if !designRE.MatchString(d) || slices.Contains(r.sc.Designs, d) {
				bad("design " + strconv.Quote(d) + " is named twice, or is no name (names may be stacked with +)")
				return
			}
			r.sc.Designs = append(r.sc.Designs, d)
		}
		r.sc.designPos = r.pos(c.Hash)
	case "for":
		r.purpose(c, args, bad)
	case "expect":
		r.expect(c, args, bad)
	case "hangs":
		if len(args) != 1 || !deviceRE.MatchString(args[0]) {
			bad("hangs needs one device, /dev/NAME")
			return
		}
		if r.hangs = append(r.hangs, placed{path.Clean(args[0]), c.Hash}); len(r.hangs) > 1 {
			bad("only one file system can hang")
		}
	default:
		for _, w := range words {
			if !r.setting(w) {
				bad("not understood: " + strconv.Quote(w))
				return
			}
		}
	}
}

// purpose reads for PROPERTY...: what the scenario must reach.
func (r *reader) purpose(c syntax.Comment, args []string, bad func(string)) {
	if len(args) == 0 {
		bad("for needs at least one property")
	}
	for _, name := range args {
		known := slices.ContainsFunc(r.sc.For, func(p Purpose) bool { return p.Property == name })
		if !nameRE.MatchString(name) || known {
			bad("property " + strconv.Quote(name) + " is named twice, or is no name")
			return
		}
		r.sc.For = append(r.sc.For, Purpose{Property: name, Pos: r.pos(c.Hash)})
	}
}

// expect reads expect DESIGN,... PROPERTY,... VERDICT [STEPS]: one verdict for each design and property.
func (r *reader) expect(c syntax.Comment, args []string, bad func(string)) {
	if len(args) < 3 || len(args) > 4 || !slices.Contains(verdicts, args[2]) {
		bad("expect needs a design, a property and a verdict")
		return
	}
	designs, properties := strings.Split(args[0], ","), strings.Split(args[1], ",")
	if !all(designs, designRE) || !all(properties, nameRE) {
		bad("expect needs a design, a property and a verdict")
		return
	}
	steps := 0
	if len(args) == 4 {
		n, err := strconv.Atoi(args[3])
		if err != nil || n < 1 || args[2] != "violated" {
			bad("the number of steps of a shortest counterexample is at least 1, and only a violated property has one")
			return
		}
		steps = n
	}
	for _, d := range designs {
		for _, p := range properties {
			if i := slices.IndexFunc(r.sc.Expects, func(o Expect) bool { return o.Design == d && o.Property == p }); i >= 0 {
				bad("expected already at " + r.sc.Expects[i].Pos.String())
				return
			}
			r.sc.Expects = append(r.sc.Expects, Expect{Design: d, Property: p, Verdict: args[2], Steps: steps, Pos: r.pos(c.Hash)})
		}
	}
}

// all says whether each word matches.
func all(words []string, re *regexp.Regexp) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !re.MatchString(w) })
}

// setting reads one word of a settings directive.
func (r *reader) setting(w string) bool {
	key, value, ok := strings.Cut(w, "=")
	switch {
	case w == "quick":
		r.sc.Quick = true
		return true
	case slices.Contains(flags, w):
		value = "true"
	case !ok:
		return false
	}
	if r.sc.Set[key] != "" || !settingOK(key, value) {
		return false
	}
	r.sc.Set[key] = value
	return true
}

// settingOK reports whether key=value is well-formed; that it means something is known when the script is lowered.
func settingOK(key, value string) bool {
	if slices.Contains(flags, key) {
		return value == "true" || value == "false"
	}
	n, err := strconv.Atoi(value)
	switch {
	case err != nil || n < 0 || n > 64 || strconv.Itoa(n) != value:
		return false
	case key == "cpus":
		return n >= 1 && n <= 8
	case key == "workers":
		return n >= 1 && n <= 4
	}
	return nameRE.MatchString(key)
}

// readDoc returns the leading comment: the lines before the first command or directive, the #! line left out. What is said between the
// directives belongs to them.
func readDoc(text string) string {
	var doc []string
	for i, l := range strings.Split(text, "\n") {
		rest, ok := strings.CutPrefix(l, "#")
		switch {
		case !ok:
			return strings.TrimSpace(strings.Join(doc, "\n"))
		case i == 0 && strings.HasPrefix(rest, "!"), strings.HasPrefix(rest, " SPDX-"):
			continue
		case strings.HasPrefix(rest, "mcheck"):
			if len(doc) == 0 {
				continue
			}
			return strings.TrimSpace(strings.Join(doc, "\n"))
		}
		doc = append(doc, strings.TrimRight(strings.TrimPrefix(rest, " "), " \t\r"))
	}
	return strings.TrimSpace(strings.Join(doc, "\n"))
}

func (r *reader) pos(p syntax.Pos) spec.Pos {
	return spec.Pos{File: r.sc.Path, Line: int(p.Line()), Col: int(p.Col())}
}
