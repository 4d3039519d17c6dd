package tlc

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// Output is what a run of TLC said.
type Output struct {
	Version string
	// Totals of the search; Complete says that it left no state unexplored and reported no error.
	Generated, Distinct int64
	Depth               int
	Complete            bool
	// Violations are the invariants and properties that TLC reports as violated, in order (more
	// than one only with Continue).
	Violations []Violation
	// Errors are the texts of TLC's other errors: parsing, configuration, evaluation, its own
	// failures.
	Errors []string
	// Warnings are SANY's and TLC's.
	Warnings []string
	// Fired are the counts of generated states for each named action; only with Coverage.
	Fired map[string]int64
	// First and Counts are what a module of [tla.Spec.Tally] prints: by the number of the property,
	// how many states the shortest behaviour has that breaks it; by the number of the counter, its
	// count (nil: there is none).
	First  map[int]int
	Counts map[int]int64
	// Probes is what a module of [tla.Spec.Probes] prints: is the property of that number true
	// there?
	Probes map[int]bool
	// Seconds is the wall time of the Java machine, CPUSeconds its processor time, PeakBytes its
	// largest resident set.
	Seconds, CPUSeconds float64
	PeakBytes           int64

	ExitCode int
	Raw      string // all of it
}

// Violation is one report of a violated property.
type Violation struct {
	// Name is the property's; of a temporal one TLC gives none.
	Name     string
	Initial  bool // violated by an initial state
	Temporal bool
	// States are the states of the behaviour, as TLA+ text, and Actions the operator that led to
	// each ("Initial predicate" for the first).
	States, Actions []string
}

// TLC's message codes (class tlc2.output.EC) that have a meaning of their own here.
const (
	codeGeneral           = 1000
	codeVersion           = 2262
	codeInvariantInitial  = 2107
	codeInvariant         = 2110
	codeActionProperty    = 2112
	codeTemporal          = 2116
	codeBehaviour         = 2121
	codeCounterExample    = 2264
	codeDepth             = 2194
	codeTotals            = 2199
	codeState             = 2217
	codeStuttering        = 2218
	codeBackToState       = 2122
	codeNestedExpressions = 2103
	codeCoverageAction    = 2772
	codeSuccess           = 2193
)

var (
	startRE    = regexp.MustCompile(`^@!@!@STARTMSG (\d+):(\d+) @!@!@$`)
	endRE      = regexp.MustCompile(`^@!@!@ENDMSG (\d+) @!@!@$`)
	totalsRE   = regexp.MustCompile(`(\d+) states generated, (\d+) distinct states found, (\d+) states left on queue`)
	depthRE    = regexp.MustCompile(`complete state graph search is (\d+)`)
	violatedRE = regexp.MustCompile(`(?:Invariant|property) (\S+) is violated`)
	stateRE    = regexp.MustCompile(`^\d+: <(.*?)(?: line \d+, col \d+ to line \d+, col \d+ of module \S+)?>\n`)
	printRE    = regexp.MustCompile(`^<<"(first|count|probe)", (\d+), (\d+)>>$`)
	coverRE    = regexp.MustCompile(`^<(\S+) line .*>: (\d+):(\d+)`)
)

// message is one message of TLC's -tool output.
type message struct {
	code, severity int
	text           string
}

// printed notes what a companion module has TLC print.
func (out *Output) printed(what, index, number string) {
	i, _ := strconv.Atoi(index)
	n, _ := strconv.ParseInt(number, 10, 64)
	switch what {
	case "first":
		if out.First[i] == 0 {
			out.First[i] = int(n) + 1
		}
	case "count":
		if out.Counts == nil {
			out.Counts = make(map[int]int64)
		}
		out.Counts[i] = n
	case "probe":
		out.Probes[i] = n != 0
	}
}

// parse reads the output of TLC with -tool.
func parse(r io.Reader) (*Output, error) {
	out := &Output{Fired: make(map[string]int64), First: make(map[int]int), Probes: make(map[int]bool)}
	var raw, body strings.Builder
	var cur *message
	left := int64(-1)
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 1<<16), 1<<28)
	for sc.Scan() {
		line := sc.Text()
		raw.WriteString(line)
		raw.WriteByte('\n')
		if m := printRE.FindStringSubmatch(line); m != nil { // also between the lines of a message, which is another thread's
			out.printed(m[1], m[2], m[3])
			continue
		}
		if m := startRE.FindStringSubmatch(line); m != nil {
			code, _ := strconv.Atoi(m[1])
			severity, _ := strconv.Atoi(m[2])
			cur = &message{code: code, severity: severity}
			body.Reset()
			continue
		}
		if endRE.MatchString(line) && cur != nil {
			cur.text = body.String()
			out.add(*cur, &left)
			cur = nil
			continue
		}
		if cur != nil {
			body.WriteString(line)
			body.WriteByte('\n')
			continue
		}
		out.loose(line)
	}
	out.Raw = raw.String()
	out.Complete = left == 0 && len(out.Errors) == 0
	return out, sc.Err()
}

// loose takes a line outside of messages: SANY writes there.
func (o *Output) loose(line string) {
	l := strings.TrimSpace(line)
	switch {
	case strings.Contains(l, "*** Warnings:"), strings.HasPrefix(l, "Warning"):
		o.Warnings = append(o.Warnings, l)
	case strings.Contains(l, "***Parse Error***"), strings.HasPrefix(l, "*** Errors:"), strings.HasPrefix(l, "*** Abort"),
		strings.HasPrefix(l, "Error:"), strings.HasPrefix(l, "Exception in thread"):
		o.Errors = append(o.Errors, l)
	case len(o.Errors) > 0 && l != "" && !strings.HasPrefix(l, "Semantic processing") && !strings.HasPrefix(l, "Parsing file"):
		// What follows an error of SANY explains it.
		if last := &o.Errors[len(o.Errors)-1]; strings.Count(*last, "\n") < 20 {
			*last += "\n" + l
		}
	}
}

func (o *Output) add(m message, left *int64) {
	switch m.code {
	case codeVersion:
		o.Version = strings.TrimSpace(m.text)
	case codeTotals:
		if t := totalsRE.FindStringSubmatch(m.text); t != nil {
			o.Generated, _ = strconv.ParseInt(t[1], 10, 64)
			o.Distinct, _ = strconv.ParseInt(t[2], 10, 64)
			*left, _ = strconv.ParseInt(t[3], 10, 64)
		}
	case codeDepth:
		if t := depthRE.FindStringSubmatch(m.text); t != nil {
			o.Depth, _ = strconv.Atoi(t[1])
		}
	case codeInvariant, codeInvariantInitial, codeActionProperty, codeTemporal:
		v := Violation{Initial: m.code == codeInvariantInitial, Temporal: m.code == codeTemporal}
		if t := violatedRE.FindStringSubmatch(m.text); t != nil {
			v.Name = t[1]
		} else if t := strings.Fields(m.text); len(t) > 1 && !v.Temporal {
			v.Name = t[1]
		}
		if v.Initial { // the state follows in the same message
			if _, state, ok := strings.Cut(m.text, "\n"); ok {
				v.States, v.Actions = []string{strings.TrimSpace(state)}, []string{"Initial predicate"}
			}
		}
		o.Violations = append(o.Violations, v)
	case codeState:
		if n := len(o.Violations); n > 0 {
			v := &o.Violations[n-1]
			if h := stateRE.FindStringSubmatch(m.text); h != nil {
				v.Actions = append(v.Actions, h[1])
				v.States = append(v.States, strings.TrimSpace(m.text[len(h[0]):]))
			}
		}
	case codeCoverageAction:
		if t := coverRE.FindStringSubmatch(m.text); t != nil {
			n, _ := strconv.ParseInt(t[3], 10, 64)
			o.Fired[t[1]] += n
		}
	case codeBehaviour, codeCounterExample, codeStuttering, codeBackToState, codeSuccess:
	case codeNestedExpressions:
		if n := len(o.Errors); n > 0 {
			o.Errors[n-1] += "\n" + strings.TrimSpace(m.text)
		}
	default:
		switch m.severity {
		case 1, 2:
			o.Errors = append(o.Errors, fmt.Sprintf("%s (TLC message %d)", strings.TrimSpace(m.text), m.code))
		case 3:
			o.Warnings = append(o.Warnings, strings.TrimSpace(m.text))
		}
	}
}
