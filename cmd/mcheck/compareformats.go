package main

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"mcheck/export/text"
)

// compareFormats are what --format takes for a comparison.
var compareFormats = []string{"text", "json", "junit", "ktap", "sarif"}

// verdictDiff is what the machine-readable reports of a comparison are made of.
type verdictDiff struct {
	*comparer
	*summary
	statements []statementCount
	unfinished []string // scenarios that were not come to
}

// write writes the comparison in one of the formats but text.
func (c *verdictDiff) write(w io.Writer, format string) error {
	switch format {
	case "junit":
		return c.junit(w)
	case "ktap":
		return c.ktap(w)
	case "sarif":
		return c.sarif(w)
	}
	return encodeJSON(w, newJSONComparison(c.comparer, c.summary, c.statements))
}

// testCase is what one scenario comes to, as test reports have it.
type testCase struct {
	name    string
	broken  []difference
	problem string // why it is not decided
	skipped string // why nothing was compared
}

// cases are the scenarios, in the order in which they were compared, those not come to at the end.
func (c *verdictDiff) cases() []testCase {
	var out []testCase
	for _, sc := range c.scenarios {
		t := testCase{name: sc.Name}
		for _, r := range c.impossible {
			if r.sc == sc {
				t.skipped = r.base.Impossible
			}
		}
		for _, g := range c.broken {
			for _, d := range g.in {
				if d.run.sc == sc {
					t.broken = append(t.broken, d)
				}
			}
		}
		for _, r := range c.runs {
			if r.sc == sc && r.base.Reason == "" {
				t.problem = r.with.Reason
			}
		}
		if slices.Contains(c.unfinished, sc.Name) {
			t.problem = "the comparison was stopped before it came to this scenario"
		}
		out = append(out, t)
	}
	return out
}

// story is a broken property in words, with the end of its counterexample.
func (c *verdictDiff) story(d difference) string {
	var b strings.Builder
	fmt.Fprintf(&b, "breaks %s (%s): %s\n", d.prop.Name, stepCount(d.prop.Steps), d.prop.Words)
	if d.run.outcome != nil {
		if p := d.run.outcome.property(d.prop.Name); p != nil && len(p.Trace) > 0 {
			opt := text.Options{Scenario: d.run.sc.Name, Design: c.with.name}
			b.WriteString(endOfTrace(text.Counterexample(d.run.outcome.built.Model, p.Property, p.Trace, opt)))
		}
	}
	return b.String()
}

// The elements of JUnit's XML, as surefire-test-report.xsd of Maven has them.
type (
	junitSuite struct {
		XMLName  xml.Name    `xml:"testsuite"`
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Failure *junitMessage `xml:"failure"`
		Error   *junitMessage `xml:"error"`
		Skipped *junitMessage `xml:"skipped"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// junit writes one test case for each scenario, and one for each changed statement that no scenario
// executes.
func (c *verdictDiff) junit(w io.Writer) error {
	s := junitSuite{Name: "mcheck " + c.with.name}
	for _, t := range c.cases() {
		j := junitCase{Class: "mcheck." + c.with.name, Name: t.name}
		switch {
		case len(t.broken) > 0:
			var names []string
			var b strings.Builder
			for _, d := range t.broken {
				names = append(names, d.prop.Name)
				b.WriteString(c.story(d) + "\n")
			}
			j.Failure = &junitMessage{"breaks " + strings.Join(names, ", "), b.String()}
			s.Failures++
		case t.problem != "":
			j.Error = &junitMessage{Message: "not decided: " + t.problem}
			s.Errors++
		case t.skipped != "":
			j.Skipped = &junitMessage{Message: t.skipped}
			s.Skipped++
		}
		s.Cases = append(s.Cases, j)
	}
	for _, st := range c.statements {
		if st.never() {
			j := junitCase{Class: "mcheck." + c.with.name, Name: fmt.Sprintf("%s:%d: %s", st.File, st.Line, st.Text)}
			j.Skipped = &junitMessage{Message: neverExecuted}
			s.Skipped++
			s.Cases = append(s.Cases, j)
		}
	}
	s.Tests = len(s.Cases)
	text, err := xml.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, text)
	return err
}

// neverExecuted is what is said of a changed statement that no scenario executes.
const neverExecuted = "never executed: the verdicts say nothing about it"

// ktap writes one result for each scenario, in the Kernel Test Anything Protocol, version 1
// (Documentation/dev-tools/ktap.rst): the diagnostics of a result stand before it.
func (c *verdictDiff) ktap(out io.Writer) error {
	w := bufio.NewWriter(out)
	cases := c.cases()
	fmt.Fprintf(w, "KTAP version 1\n1..%d\n", len(cases))
	for _, st := range c.statements {
		if st.never() {
			fmt.Fprintf(w, "# %s:%d: %s: %s\n", st.File, st.Line, st.Text, neverExecuted)
		}
	}
	for i, t := range cases {
		for _, d := range t.broken {
			for l := range strings.Lines(c.story(d)) {
				fmt.Fprintf(w, "%s\n", strings.TrimRight("# "+l, " \n"))
			}
		}
		result, directive := "ok", ""
		switch {
		case len(t.broken) > 0:
			result = "not ok"
		case t.problem != "":
			fmt.Fprintf(w, "# not decided: %s\n", t.problem)
			result = "not ok"
		case t.skipped != "":
			directive = " # SKIP " + strings.Join(strings.Fields(t.skipped), " ")
		}
		fmt.Fprintf(w, "%s %d %s%s\n", result, i+1, t.name, directive)
	}
	return w.Flush()
}

// The objects of SARIF 2.1.0, as OASIS has them, as far as they are written.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool     sarifTool     `json:"tool"`
		Language string        `json:"language"`
		Newlines []string      `json:"newlineSequences"`
		Results  []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name     string      `json:"name"`
		Language string      `json:"language"`
		Rules    []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID          string       `json:"id"`
		Description sarifMessage `json:"shortDescription"`
	}
	sarifMessage struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		Level     string          `json:"level"`
		Message   sarifMessage    `json:"message"`
		Locations []sarifLocation `json:"locations"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		Start int `json:"startLine"`
	}
)

// modelDir is where the files of the kernel model stand in the project.
const modelDir = "spec/kernel/model/"

func sarifAt(file string, line int) sarifLocation {
	return sarifLocation{sarifPhysical{sarifArtifact{modelDir + file}, sarifRegion{line}}}
}

// sarif writes a result for each property that is newly violated, at the changed lines that its
// shortest counterexample executes (else at the first changed line), and one for each changed
// statement that no scenario executes.
func (c *verdictDiff) sarif(w io.Writer) error {
	run := sarifRun{Language: "en", Newlines: []string{"\n"}, Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "mcheck", Language: "en", Rules: []sarifRule{}}
	rule := func(id, words string) {
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{id, sarifMessage{words}})
	}
	for _, g := range c.broken {
		d := g.in[0]
		rule(g.name, d.prop.Words)
		msg := fmt.Sprintf("breaks %s in %s: %s", g.name, where(g, true), d.prop.Words)
		run.Results = append(run.Results, sarifResult{g.name, "error", sarifMessage{msg}, c.blame(&d)})
	}
	told := false
	for _, st := range c.statements {
		if !st.never() {
			continue
		}
		if !told {
			told = true
			rule("never-executed", "a changed statement that no scenario executes")
		}
		run.Results = append(run.Results, sarifResult{"never-executed", "warning", sarifMessage{st.Text + ": " + neverExecuted},
			[]sarifLocation{sarifAt(st.File, st.Line)}})
	}
	return encodeJSON(w, sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

// blame is the changed lines that a counterexample executes; else the first changed line.
func (c *verdictDiff) blame(d *difference) []sarifLocation {
	var out []sarifLocation
	seen := map[sarifLocation]bool{}
	for _, s := range newJSONTrace(d) {
		if at := sarifAt(s.File, s.Line); !seen[at] && slices.Contains(c.change.added[s.File], s.Line) {
			seen[at] = true
			out = append(out, at)
		}
	}
	if len(out) > 0 {
		return out
	}
	for _, lines := range []map[string][]int{c.change.added, c.change.removed} {
		var files []string
		for f := range lines {
			files = append(files, f)
		}
		if len(files) > 0 {
			f := slices.Min(files)
			return []sarifLocation{sarifAt(f, lines[f][0])}
		}
	}
	return []sarifLocation{}
}
