package peers

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"mcheck/export/promela"
)

var (
	spinVector  = regexp.MustCompile(`State-vector (\d+) byte`)
	spinErrors  = regexp.MustCompile(`, errors: (\d+)`)
	spinStored  = regexp.MustCompile(`(?m)^\s*(\S+) states, stored`)
	spinMatched = regexp.MustCompile(`(?m)^\s*(\S+) states, matched`)
	spinFull    = regexp.MustCompile(`(?m)^Full statespace search for:`)
	spinMessage = regexp.MustCompile(`pan:\d+: (.*?)(?: \(at depth \d+\))?\n`)
	spinNamed   = regexp.MustCompile(`^assertion violated \(+(\d+)&&`)
)

// parseSpin reads what pan printed about the exported model text.
func parseSpin(out string, text []byte) (Counts, error) {
	var c Counts
	errs := spinErrors.FindStringSubmatch(out)
	if errs == nil {
		return c, fmt.Errorf("no result: %s", tail(out))
	}
	if !spinFull.MatchString(out) {
		return c, fmt.Errorf("not a search with whole states: %s", tail(out))
	}
	stored, err := spinCount(spinStored, out)
	if err != nil {
		return c, err
	}
	matched, err := spinCount(spinMatched, out)
	if err != nil {
		return c, err
	}
	initial, ok := promela.Initial(text)
	if !ok {
		return c, fmt.Errorf("the text is no exported model")
	}
	// The state before the first step is stored too; each other one that is stored or matched ends
	// a transition, and those to the initial states are not the model's.
	c.States, c.Transitions = stored-1, stored-1+matched-initial
	if errs[1] == "0" && (c.States < 0 || c.Transitions < 0) {
		return Counts{}, fmt.Errorf("counts that contradict each other: %s", tail(out))
	}
	// it may end before it has come to all initial states
	c.States, c.Transitions = max(c.States, 0), max(c.Transitions, 0)
	if v := spinVector.FindStringSubmatch(out); v != nil {
		c.StateBytes, _ = strconv.Atoi(v[1])
	}
	if m := spinMessage.FindStringSubmatch(out); m != nil {
		c.Message = m[1]
		if n := spinNamed.FindStringSubmatch(c.Message); n != nil {
			c.Violated, _ = promela.Invariant(text, n[1])
		}
	}
	c.Complete = errs[1] == "0" && c.Violated == "" && !strings.Contains(out, "Search not completed") && !strings.Contains(out, "max search depth too small")
	if errs[1] == "0" && !c.Complete {
		return c, fmt.Errorf("the search was not completed: %s", tail(out))
	}
	return c, nil
}

// spinCount reads a count, of which pan prints eight digits.
func spinCount(re *regexp.Regexp, out string) (int64, error) {
	m := re.FindStringSubmatch(out)
	if m == nil {
		return 0, fmt.Errorf("no count like %q: %s", re, tail(out))
	}
	x, err := strconv.ParseFloat(m[1], 64)
	if err != nil || !(0 <= x && x < 1<<53) {
		return 0, fmt.Errorf("%q is no count", m[1])
	}
	return int64(x), nil
}

var rumurInvariant = regexp.MustCompile(`^invariant "(.*)" failed`)

// parseRumur reads rumur's XML.
func parseRumur(out string, _ []byte) (Counts, error) {
	var r struct {
		Information struct {
			Bytes int `xml:"state_size_bytes,attr"`
		} `xml:"information"`
		Errors []struct {
			Message string `xml:"message"`
		} `xml:"error"`
		Summary *struct {
			States int64 `xml:"states,attr"`
			Fired  int64 `xml:"rules_fired,attr"`
			Errors int64 `xml:"errors,attr"`
		} `xml:"summary"`
	}
	if err := xml.Unmarshal([]byte(out), &r); err != nil {
		return Counts{}, fmt.Errorf("%w: %s", err, tail(out))
	}
	if r.Summary == nil {
		return Counts{}, fmt.Errorf("no result: %s", tail(out))
	}
	if r.Summary.States < 0 || r.Summary.Fired < 0 || r.Summary.Errors < 0 || r.Information.Bytes < 0 {
		return Counts{}, fmt.Errorf("negative counts: %s", tail(out))
	}
	c := Counts{
		Complete: r.Summary.Errors == 0 && len(r.Errors) == 0, States: r.Summary.States, Transitions: r.Summary.Fired,
		StateBytes: r.Information.Bytes,
	}
	if len(r.Errors) > 0 {
		c.Message = strings.TrimSpace(r.Errors[0].Message)
		if m := rumurInvariant.FindStringSubmatch(c.Message); m != nil {
			c.Violated = m[1]
		}
	}
	return c, nil
}

func tail(s string) string {
	if len(s) > 1000 {
		return "…" + s[len(s)-1000:]
	}
	return s
}
