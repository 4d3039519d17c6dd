package scenario

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"mcheck/internal/near"
	"mcheck/spec"
)

var directivesUnderstood = []string{
	"#mcheck run                                      the set-up ends here",
	"#mcheck task NAME                                names the next task",
	"#mcheck must-succeed                             what this line or the next command does must succeed: a property",
	"#mcheck designs DESIGN...                        the designs to check",
	"#mcheck quick                                    part of a quick check of everything",
	"#mcheck for PROPERTY...                          the situations it is for: those of the properties; of a COVER, what it says",
	"#mcheck expect DESIGN,... PROPERTY,... VERDICT [STEPS]   VERDICT: holds, violated, vacuous, undecided",
	"#mcheck cpus=N migrate TASKs=N SIZE=N            settings: processors; tasks change them; copies of a task; a size of the kernel model",
	"#mcheck kmalloc-fails workers=N                  settings: allocations of a deferral may fail; kworkers, for all work items (2)",
	"#mcheck memory-model=sc|tso store-buffer=K       settings: the memory model (sc); how many stores a CPU's buffer holds (8)",
	"#mcheck hangs /dev/X                             the file system on this device hangs when it is shut down",
}

var directiveNames = []string{"run", "task", "must-succeed", "designs", "quick", "for", "expect", "hangs"}

// flags are the settings without a number.
var flags = []string{"kmalloc-fails", "migrate"}

// notTasks are no names for tasks: the first shell, and what cpus=N and workers=N would be copies
// of.
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
	musts []placed // that a command must succeed
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
		r.directive(c, fields(rest, c.Hash, len("#mcheck")))
	}
}

// fields splits text at its blanks. It stands skip characters behind at, on the same line.
func fields(text string, at syntax.Pos, skip int) []placed {
	var out []placed
	for i := 0; i < len(text); {
		if text[i] == ' ' || text[i] == '\t' {
			i++
			continue
		}
		n := strings.IndexAny(text[i:], " \t")
		if n < 0 {
			n = len(text) - i
		}
		by := uint(skip + i)
		out = append(out, placed{strings.TrimRight(text[i:i+n], "\r"), syntax.NewPos(at.Offset()+by, at.Line(), at.Col()+by)})
		i += n
	}
	return out
}

func (r *reader) directive(c syntax.Comment, words []placed) {
	whole := placed{"#" + strings.TrimSpace(c.Text), c.Hash}
	bad := func(at placed, msg string) { r.fail(at.pos, at.text, msg, directivesUnderstood) }
	if len(words) == 0 {
		bad(whole, "an empty directive")
		return
	}
	switch args := words[1:]; words[0].text {
	case "run":
		if len(args) > 0 {
			bad(args[0], "#mcheck run stands alone")
		}
		if r.run = append(r.run, whole); len(r.run) > 1 {
			bad(whole, "the set-up can end only once")
		}
	case "task":
		switch {
		case len(args) == 0:
			bad(whole, "task needs a name")
		case len(args) > 1:
			bad(args[1], "task needs one name")
		case !nameRE.MatchString(args[0].text) || slices.Contains(notTasks, args[0].text):
			bad(args[0], "no name of a task: letters, digits and _, not "+strings.Join(notTasks, ", "))
		default:
			r.names = append(r.names, args[0])
		}
	case "must-succeed":
		if len(args) > 0 {
			bad(args[0], "#mcheck must-succeed stands alone")
			return
		}
		r.musts = append(r.musts, whole)
	case "designs":
		if len(args) == 0 {
			bad(whole, "designs needs at least one")
		}
		for _, d := range args {
			switch {
			case !designRE.MatchString(d.text):
				bad(d, "no name of a design (names may be stacked with +)")
			case slices.Contains(r.sc.Designs, d.text):
				bad(d, "this design is named twice")
			default:
				r.sc.Designs = append(r.sc.Designs, d.text)
				r.sc.designPos = append(r.sc.designPos, r.pos(d.pos))
			}
		}
	case "for":
		r.purpose(whole, args, bad)
	case "expect":
		r.expect(whole, args, bad)
	case "hangs":
		switch {
		case len(args) != 1:
			bad(whole, "hangs needs one device, /dev/NAME")
		case !deviceRE.MatchString(args[0].text):
			bad(args[0], "a block device is named /dev/NAME")
		default:
			if r.hangs = append(r.hangs, placed{path.Clean(args[0].text), args[0].pos}); len(r.hangs) > 1 {
				bad(args[0], "only one file system can hang")
			}
		}
	default:
		for _, w := range words {
			if why := r.setting(w); why != "" {
				bad(w, why)
			}
		}
	}
}

// purpose reads for PROPERTY...: what the scenario must reach.
func (r *reader) purpose(whole placed, args []placed, bad func(placed, string)) {
	if len(args) == 0 {
		bad(whole, "for needs at least one property")
	}
	for _, a := range args {
		switch {
		case !nameRE.MatchString(a.text):
			bad(a, "no name of a property")
		case slices.ContainsFunc(r.sc.For, func(p Purpose) bool { return p.Property == a.text }):
			bad(a, "this property is named twice")
		default:
			r.sc.For = append(r.sc.For, Purpose{Property: a.text, Pos: r.pos(a.pos)})
		}
	}
}

// expect reads expect DESIGN,... PROPERTY,... VERDICT [STEPS]: one verdict for each design and
// property.
func (r *reader) expect(whole placed, args []placed, bad func(placed, string)) {
	if len(args) < 3 {
		bad(whole, "expect needs a design, a property and a verdict")
		return
	}
	designs, properties, verdict := strings.Split(args[0].text, ","), strings.Split(args[1].text, ","), args[2].text
	steps := 0
	switch {
	case !all(designs, designRE):
		bad(args[0], "no name of a design, or names with a comma between them")
		return
	case !all(properties, nameRE):
		bad(args[1], "no name of a property, or names with a comma between them")
		return
	case !slices.Contains(verdicts, verdict):
		bad(args[2], "no verdict: "+strings.Join(verdicts, ", "))
		return
	case len(args) > 4:
		bad(args[4], "nothing comes after the number of steps")
		return
	case len(args) == 4:
		n, err := strconv.Atoi(args[3].text)
		if err != nil || n < 1 || verdict != "violated" {
			bad(args[3], "the number of steps of a shortest counterexample is at least 1, and only a violated property has one")
			return
		}
		steps = n
	}
	for _, d := range designs {
		for _, p := range properties {
			if i := slices.IndexFunc(r.sc.Expects, func(o Expect) bool { return o.Design == d && o.Property == p }); i >= 0 {
				bad(whole, "expected already at "+r.sc.Expects[i].Pos.String())
				return
			}
			r.sc.Expects = append(r.sc.Expects, Expect{Design: d, Property: p, Verdict: verdict, Steps: steps, Pos: r.pos(whole.pos)})
		}
	}
}

// all says whether each word matches.
func all(words []string, re *regexp.Regexp) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !re.MatchString(w) })
}

// setting reads one word of a settings directive. It returns what is wrong with it, or "".
func (r *reader) setting(w placed) string {
	key, value, ok := strings.Cut(w.text, "=")
	switch {
	case w.text == "quick":
		r.sc.Quick = true
		return ""
	case slices.Contains(flags, w.text):
		value = "true"
	case !ok:
		return "no directive and no setting" + near.Hint(w.text, slices.Concat(directiveNames, flags))
	}
	switch {
	case r.sc.Set[key] != "":
		return key + " is set already"
	case !settingOK(key, value):
		return "not a setting, or not a value of it"
	}
	r.sc.Set[key] = value
	if r.sc.setPos == nil {
		r.sc.setPos = map[string]spec.Pos{}
	}
	r.sc.setPos[key] = r.pos(w.pos)
	return ""
}

// settingPos is where sc sets key to value; the zero Pos if it does not, and the setting is the
// caller's.
func (sc *Scenario) settingPos(key, value string) spec.Pos {
	if sc.Set[key] != value {
		return spec.Pos{}
	}
	return sc.setPos[key]
}

// settingOK reports whether key=value is well-formed; that it means something is known when the
// script is lowered.
func settingOK(key, value string) bool {
	if slices.Contains(flags, key) {
		return value == "true" || value == "false"
	}
	if key == KeyMemoryModel {
		return slices.Contains(MemoryModels, value)
	}
	n, err := strconv.Atoi(value)
	switch {
	case err != nil || n < 0 || n > 64 || strconv.Itoa(n) != value:
		return false
	case key == "cpus":
		return n >= 1 && n <= 8
	case key == "workers":
		return n >= 1 && n <= 4
	case key == KeyStoreBuffer:
		return n >= 1 && n <= MaxStoreBuffer
	}
	return nameRE.MatchString(key)
}

// readDoc returns the leading comment: the lines before the first command or directive, the #! line
// left out. What is said between the directives belongs to them.
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
	for _, b := range slices.Backward(r.behind) {
		if p.Line() >= b.line {
			return b.at
		}
	}
	return spec.Pos{File: r.sc.Path, Line: int(p.Line()), Col: int(p.Col())}
}
