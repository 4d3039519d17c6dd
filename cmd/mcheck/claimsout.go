package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"mcheck/explorer"
	"mcheck/spec/claims"
)

// claimText writes a claim and what decides it.
func (c *cli) claimText(dc *decided) error {
	w := bufio.NewWriter(c.stdout)
	para := func(indent, s string) {
		for _, l := range fill(s, 75-len(indent)) {
			fmt.Fprintf(w, "%s%s\n", indent, l)
		}
	}
	cl := dc.claim
	fmt.Fprintf(w, "%s: %s\n", cl.Name, cl.Answer)
	para("  ", cl.Text)
	para("  ", "("+cl.Thread+")")
	if cl.Question != "" {
		para("  ", "Asked instead: "+cl.Question)
	}
	if cl.Note != "" {
		para("  ", "Note: "+cl.Note)
	}
	for _, r := range dc.rows {
		mark := c.paint(green, "ok")
		if !r.met() {
			mark = c.paint(red, "NOT SO")
		}
		fmt.Fprintf(w, "  %s %s\n", mark, r)
		para("      ", r.row.Story)
	}
	fmt.Fprintln(w)
	return w.Flush()
}

// claimsSummary is the last line, for grep, after a line for each verdict that is not the one on
// record.
func (c *cli) claimsSummary(done []*decided) error {
	w := bufio.NewWriter(c.stdout)
	rows, open := 0, 0
	for _, dc := range done {
		rows += len(dc.rows)
		if dc.claim.Answer == claims.NotDecidable {
			open++
		}
	}
	bad := unmet(done)
	for _, r := range bad {
		fmt.Fprintf(w, "%s: %s\n", r.row.Pos, r)
	}
	fmt.Fprintf(w, "Claims: %d, of which %d not decidable here; verdicts: %d as on record, %s\n", len(done), open, rows-len(bad), c.alarm(len(bad), "not"))
	return w.Flush()
}

// jsonClaim is what --format json writes for each claim.
type jsonClaim struct {
	Name     string    `json:"name"`
	Claim    string    `json:"claim"`
	Thread   string    `json:"thread"`
	Answer   string    `json:"answer"`
	Question string    `json:"question,omitempty"`
	Note     string    `json:"note,omitempty"`
	Rows     []jsonRow `json:"rows"`
}

// jsonRow is one verdict; Expected is the one on record, Steps the length of the trace, 0 where
// there is none.
type jsonRow struct {
	Scenario string   `json:"scenario"`
	Design   string   `json:"design"`
	Set      []string `json:"set,omitempty"`
	Property string   `json:"property"`
	Expected string   `json:"expected"`
	Verdict  string   `json:"verdict"`
	Steps    int      `json:"steps"`
	Story    string   `json:"story,omitempty"`
	Command  string   `json:"command"`
}

func (c *cli) claimJSON(dc *decided) error {
	cl := dc.claim
	j := jsonClaim{Name: cl.Name, Claim: cl.Text, Thread: cl.Thread, Answer: string(cl.Answer), Question: cl.Question, Note: cl.Note, Rows: []jsonRow{}}
	for _, r := range dc.rows {
		j.Rows = append(j.Rows, jsonRow{r.row.Scenario, r.row.Design, r.row.Set, r.row.Property, r.row.Verdict,
			r.result.Verdict.String(), steps(*r.result), r.row.Story, r.command()})
	}
	return json.NewEncoder(c.stdout).Encode(j)
}

// claimsMarkdown returns the generated part of the findings: the table, the bounds, and the traces
// that are asked for.
func claimsMarkdown(done []*decided) []byte {
	var b bytes.Buffer
	b.WriteString("\n| claim | answer | decided by | verdict | repeat it | what happens |\n|---|---|---|---|---|---|\n")
	for _, dc := range done {
		claim, answer := markdownClaim(dc.claim), string(dc.claim.Answer)
		if len(dc.rows) == 0 {
			fmt.Fprintf(&b, "| %s | %s | | | | |\n", claim, answer)
		}
		for _, r := range dc.rows {
			fmt.Fprintf(&b, "| %s | %s | %s: `%s` | %s | `%s` | %s |\n", claim, answer, cell(runName(r.row)), r.row.Property, r.verdict(), cell(r.command()), cell(r.row.Story))
			claim, answer = "", "" // once
		}
	}
	b.WriteString("\n### Bounds of these runs\n\n")
	markdownBounds(&b, done)
	for _, dc := range done {
		for _, r := range dc.rows {
			if t := r.trace(); r.row.Trace && t != "" {
				fmt.Fprintf(&b, "\n### %s: %s, %s\n\n```text\n%s```\n", dc.claim.Name, runName(r.row), r.row.Property, t)
			}
		}
	}
	b.WriteByte('\n')
	return b.Bytes()
}

func markdownClaim(cl *claims.Claim) string {
	s := fmt.Sprintf("**%s**: %s *(%s)*", cl.Name, cell(cl.Text), cell(cl.Thread))
	if cl.Question != "" {
		s += "<br>Asked instead: " + cell(cl.Question)
	}
	if cl.Note != "" {
		s += "<br>Note: " + cell(cl.Note)
	}
	return s
}

// cell escapes what would end a cell of a table.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

// markdownBounds lists the runs under the bounds that they share.
func markdownBounds(b *bytes.Buffer, done []*decided) {
	var order []string
	runs := map[string][]string{}
	seen := map[*outcome]bool{}
	for _, dc := range done {
		for _, r := range dc.rows {
			if seen[r.outcome] {
				continue
			}
			seen[r.outcome] = true
			bounds := r.outcome.built.Bounds
			if r.outcome.verdict() == explorer.Undecided {
				bounds += "; not everything is decided: " + r.outcome.reason()
			}
			if runs[bounds] == nil {
				order = append(order, bounds)
			}
			runs[bounds] = append(runs[bounds], runName(r.row))
		}
	}
	for _, bounds := range order {
		fmt.Fprintf(b, "* %s: %s\n", strings.Join(runs[bounds], ", "), bounds)
	}
}
