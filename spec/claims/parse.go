package claims

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"mcheck/internal/near"
	"mcheck/internal/safe"
)

// The words that fields may have as their values.
var (
	answers  = []Answer{True, False, InPart, NotDecidable}
	verdicts = []string{"holds", "violated", "vacuous"}
	yesNo    = []string{"yes", "no"}
	// fields are those of a claim, then those of a row.
	fields = []string{"name", "claim", "thread", "answer", "question", "note", "scenario", "design", "set", "property", "verdict", "story", "trace"}
)

var nameRE = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// field is one "key: value" with its continuation lines.
type field struct {
	key, value string
	pos        Pos
}

// parser collects the claims of a file, and what is wrong with it.
type parser struct {
	file   string
	claims []*Claim
	byName map[string]*Claim
	errs   ErrorList
}

func (p *parser) errorf(pos Pos, format string, args ...any) {
	p.errs = append(p.errs, &Error{pos, fmt.Sprintf(format, args...)})
}

// Parse reads claims. file is their path, for errors. The error is an ErrorList with everything
// that is wrong.
func Parse(file string, text []byte) ([]*Claim, error) {
	p := &parser{file: file, byName: map[string]*Claim{}}
	for _, stanza := range p.stanzas(string(text)) {
		p.claim(stanza)
	}
	if len(p.errs) > 0 {
		slices.SortStableFunc(p.errs, func(a, b *Error) int { return a.Pos.Line - b.Pos.Line })
		return nil, p.errs
	}
	return p.claims, nil
}

// stanzas splits a text at its blank lines, and each part into fields. Comments are left out, and
// end nothing.
func (p *parser) stanzas(text string) [][]field {
	var out [][]field
	var stanza []field
	broken := false // the field before is none, so that nothing continues it
	for i, line := range strings.Split(text, "\n") {
		pos := Pos{p.file, i + 1}
		key, value, isField := strings.Cut(line, ":")
		switch {
		case !utf8.ValidString(line):
			p.errorf(pos, "not UTF-8")
			broken = true
		case strings.HasPrefix(line, "#"):
		case strings.TrimSpace(line) == "":
			if len(stanza) > 0 {
				out = append(out, stanza)
			}
			stanza, broken = nil, false
		case line[0] == ' ' || line[0] == '\t':
			switch {
			case broken:
			case len(stanza) == 0:
				p.errorf(pos, "an indented line continues a field, but there is none before it")
			default:
				last := &stanza[len(stanza)-1]
				last.value = words(last.value + " " + line)
			}
		case !isField:
			p.errorf(pos, "%s is no field; a field is KEY: VALUE, and what continues it is indented", safe.Quote(words(line)))
			broken = true
		case !slices.Contains(fields, key):
			p.errorf(pos, "there is no field %s%s; there are %s", safe.Quote(key), near.Hint(key, fields), strings.Join(fields, ", "))
			broken = true
		default:
			stanza = append(stanza, field{key, words(value), pos})
			broken = false
		}
	}
	if len(stanza) > 0 {
		out = append(out, stanza)
	}
	return out
}

// words returns s with single spaces between its words.
func words(s string) string { return strings.Join(strings.Fields(s), " ") }

// claim reads the fields of one stanza.
func (p *parser) claim(stanza []field) {
	c := &Claim{Pos: stanza[0].pos}
	var row *Row
	seen := map[string]bool{}
	for _, f := range stanza {
		if f.key == "scenario" {
			row = &Row{Pos: f.pos}
			c.Rows = append(c.Rows, row)
			for _, k := range []string{"scenario", "design", "set", "property", "verdict", "story", "trace"} {
				delete(seen, k)
			}
		}
		if seen[f.key] {
			p.errorf(f.pos, "a second %q; what decides the claim besides begins with another scenario", f.key)
			continue
		}
		seen[f.key] = true
		if f.value == "" {
			p.errorf(f.pos, "%q is empty", f.key)
			continue
		}
		p.field(c, row, f)
	}
	p.complete(c)
	if other := p.byName[c.Name]; other != nil && c.Name != "" {
		p.errorf(c.Pos, "the claim of line %d is named %s too", other.Pos.Line, c.Name)
	}
	p.byName[c.Name] = c
	p.claims = append(p.claims, c)
}

// field sets what f says of c, or of row, its last row, nil where there is none yet.
func (p *parser) field(c *Claim, row *Row, f field) {
	switch f.key {
	case "name":
		if !nameRE.MatchString(f.value) {
			p.errorf(f.pos, "name %s: small letters, digits and single hyphens between them", safe.Quote(f.value))
		}
		c.Name = f.value
		return
	case "claim":
		c.Text = f.value
		return
	case "thread":
		c.Thread = f.value
		return
	case "answer":
		c.Answer = Answer(f.value)
		if !slices.Contains(answers, c.Answer) {
			p.errorf(f.pos, "answer %s; there are %s", safe.Quote(f.value), list(answers))
		}
		return
	case "question":
		c.Question = f.value
		return
	case "note":
		c.Note = f.value
		return
	}
	if row == nil {
		p.errorf(f.pos, "%q before the first scenario", f.key)
		return
	}
	switch f.key {
	case "scenario":
		row.Scenario = f.value
	case "design":
		row.Design = f.value
	case "set":
		row.Set = strings.Fields(f.value)
		for _, s := range row.Set {
			if k, v, ok := strings.Cut(s, "="); !ok || k == "" || v == "" {
				p.errorf(f.pos, "set %s: KEY=VALUE, several with spaces between them", safe.Quote(s))
			}
		}
	case "property":
		row.Property = f.value
	case "verdict":
		row.Verdict = p.oneOf(f, verdicts)
	case "story":
		row.Story = f.value
	case "trace":
		row.Trace = p.oneOf(f, yesNo) == "yes"
	default:
		panic(fmt.Sprintf("claims: unhandled field %q", f.key))
	}
}

// oneOf returns the value of f, which must be one of these.
func (p *parser) oneOf(f field, of []string) string {
	if !slices.Contains(of, f.value) {
		p.errorf(f.pos, "%s %s; there are %s", f.key, safe.Quote(f.value), list(of))
	}
	return f.value
}

func list[T ~string](of []T) string {
	var b strings.Builder
	for i, s := range of {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(s))
	}
	return b.String()
}

// complete reports what c lacks.
func (p *parser) complete(c *Claim) {
	need := func(pos Pos, key, value string) {
		if value == "" {
			p.errorf(pos, "no %q", key)
		}
	}
	need(c.Pos, "name", c.Name)
	need(c.Pos, "claim", c.Text)
	need(c.Pos, "thread", c.Thread)
	need(c.Pos, "answer", string(c.Answer))
	if len(c.Rows) == 0 && c.Answer != NotDecidable {
		p.errorf(c.Pos, "nothing decides the claim: a scenario, design, property and verdict, or the answer %q", NotDecidable)
	}
	if c.Answer == NotDecidable && len(c.Rows) > 0 && c.Question == "" {
		p.errorf(c.Pos, "the claim is not decidable here, but has scenarios: no %q that they answer", "question")
	}
	told := len(c.Rows) == 0
	for _, r := range c.Rows {
		need(r.Pos, "scenario", r.Scenario)
		need(r.Pos, "design", r.Design)
		need(r.Pos, "property", r.Property)
		need(r.Pos, "verdict", r.Verdict)
		told = told || r.Story != ""
	}
	if !told {
		p.errorf(c.Pos, "no %q says what happens", "story")
	}
}
