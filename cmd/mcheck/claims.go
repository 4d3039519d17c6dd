package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mcheck/explorer"
	"mcheck/export/text"
	"mcheck/internal/input"
	"mcheck/internal/near"
	"mcheck/internal/safe"
	"mcheck/spec"
	"mcheck/spec/claims"
	"mcheck/spec/scenario"
)

// claimsFlags is what claims is asked to do.
type claimsFlags struct {
	search               search
	format, file, update string
}

func newClaims(c *cli) *cobra.Command {
	k := &claimsFlags{}
	cmd := &cobra.Command{
		Use:   "claims [NAME…]",
		Short: "decide what was claimed in the threads, and compare with the answers on record",
		Long: `Claims runs each scenario and design that decides a claim, and compares the verdicts with those on record in
spec/claims/claims.txt. A verdict that is another exits with 151, one that is not reached with 3.`,
		Example: examples(
			"mcheck claims                                     # all of them",
			"mcheck claims ltp-mkfs-fails                      # one, by its name",
			"mcheck claims --file mine.txt                     # claims of your own, in the same format",
			"mcheck claims --update docs/findings.md           # write the generated part of the findings"),
		RunE: func(cmd *cobra.Command, args []string) error { return k.run(cmd.Context(), c, args) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	choiceFlag(f, &k.format, "format", []string{"text", "json", "markdown"}, "`text|json|markdown`; json is one object a line and claim")
	pathFlag(f, &k.file, "file", "", "the claims of this `FILE` instead of the built-in ones")
	pathFlag(f, &k.update, "update", "", "replace the generated part of this `FILE`, in Markdown, instead of printing")
	k.search.timeFlag(f)
	wholeFlag(f, &k.search.workers, "workers", "w", 0, 0, maxWorkers, "`N` threads (0: one a processor); nothing but the time depends on it")
	cmd.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		all, err := claims.Builtin()
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		return claimNames(all), cobra.ShellCompDirectiveNoFileComp
	}
	return cmd
}

func claimNames(all []*claims.Claim) []string {
	var names []string
	for _, cl := range all {
		names = append(names, cl.Name)
	}
	return names
}

// load returns the claims that args name; none: all.
func (k *claimsFlags) load(c *cli, args []string) ([]*claims.Claim, error) {
	all, err := claims.Builtin()
	if k.file != "" {
		data, readErr := newInputFiles(c.stdin).read(k.file)
		if readErr != nil {
			return nil, fail(exitScenario, readErr)
		}
		all, err = claims.Parse(input.Name(k.file), []byte(safe.Text(string(data))))
	}
	if err != nil || len(args) == 0 {
		return all, fail(exitScenario, err)
	}
	var out []*claims.Claim
	for _, a := range args {
		i := slices.IndexFunc(all, func(cl *claims.Claim) bool { return cl.Name == a })
		if i < 0 {
			return nil, failf(exitScenario, "there is no claim %s%s; there are %s", safe.Quote(a), near.Hint(a, claimNames(all)), strings.Join(claimNames(all), ", "))
		}
		out = append(out, all[i])
	}
	return out, nil
}

func (k *claimsFlags) run(ctx context.Context, c *cli, args []string) error {
	if k.update != "" && (len(args) > 0 || k.format != "text" || k.file != "") {
		return failf(exitUsage, "--update writes all built-in claims, in Markdown: no name, --format or --file beside it")
	}
	if err := k.search.check(); err != nil {
		return err
	}
	opt := k.search.options()
	limited, cancel := limit(ctx, opt)
	defer cancel()
	all, err := await(limited, "reading the claims", nil, func() ([]*claims.Claim, error) { return k.load(c, args) })
	if err != nil {
		return err
	}
	if k.update != "" { // minutes later would be late
		if _, err := generatedPart(k.update, generatedBegin, generatedEnd); err != nil {
			return err
		}
	}
	d := &decider{c: c, opt: opt, scenarios: map[string]*scenario.Scenario{}, runs: map[string]*outcome{}}
	if err := d.check(all); err != nil {
		return err
	}
	var done []*decided
	for _, cl := range all {
		dc, err := d.decide(ctx, cl)
		if err != nil {
			if ctx.Err() != nil {
				c.warn("stopped after %d of %d claims", len(done), len(all))
			}
			return err
		}
		done = append(done, dc)
		switch k.format {
		case "json":
			err = c.claimJSON(dc)
		case "text":
			if k.update == "" {
				err = c.claimText(dc)
			}
		}
		if err != nil {
			return fail(exitScenario, err)
		}
	}
	switch {
	case k.update != "":
		err = k.write(done)
	case k.format == "markdown":
		_, err = c.stdout.Write(claimsMarkdown(done))
		err = fail(exitScenario, err)
	case k.format == "text":
		err = fail(exitScenario, c.claimsSummary(done))
	}
	if err != nil {
		return err
	}
	code := claimsCode(done)
	if code != exitOK && (k.format != "text" || k.update != "") {
		for _, r := range unmet(done) {
			c.warn("%s: %s", r.row.Pos, r)
		}
	}
	return exitWith(code)
}

// write replaces the generated part of the file, unless a verdict is not what is on record.
func (k *claimsFlags) write(done []*decided) error {
	if claimsCode(done) != exitOK {
		return nil
	}
	return updateGenerated(k.update, generatedBegin, generatedEnd, claimsMarkdown(done))
}

// The lines around the generated part of a file.
const (
	generatedBegin = "<!-- generated by mcheck claims: begin -->\n"
	generatedEnd   = "<!-- generated by mcheck claims: end -->\n"
)

// decider runs what decides claims, each model once.
type decider struct {
	c         *cli
	opt       explorer.Options
	scenarios map[string]*scenario.Scenario
	runs      map[string]*outcome
}

// check reports scenarios and designs that are not there, before anything runs.
func (d *decider) check(all []*claims.Claim) error {
	for _, cl := range all {
		for _, r := range cl.Rows {
			if d.scenarios[r.Scenario] == nil {
				sc, err := scenario.Load(r.Scenario)
				if err != nil {
					return failf(exitScenario, "%s: %w", r.Pos, err)
				}
				d.scenarios[r.Scenario] = sc
			}
			if _, err := scenario.Patches(r.Design); err != nil {
				return failf(exitScenario, "%s: %w", r.Pos, err)
			}
		}
	}
	return nil
}

// decided is a claim with what its runs say.
type decided struct {
	claim *claims.Claim
	rows  []*decidedRow
}

// decidedRow is one verdict; result is the property's.
type decidedRow struct {
	row     *claims.Row
	outcome *outcome
	result  *explorer.PropertyResult
}

func (d *decider) decide(ctx context.Context, cl *claims.Claim) (*decided, error) {
	dc := &decided{claim: cl}
	for _, r := range cl.Rows {
		o, err := d.explore(ctx, r)
		if err != nil {
			return nil, err
		}
		p := o.property(r.Property)
		if p == nil {
			return nil, failf(exitScenario, "%s: %s has no property %s; there are:%s", r.Pos, o.target, r.Property, propertyList(o.built))
		}
		dc.rows = append(dc.rows, &decidedRow{r, o, p})
	}
	return dc, nil
}

// explore returns the outcome of the run that r names.
func (d *decider) explore(ctx context.Context, r *claims.Row) (*outcome, error) {
	sel := selection{set: map[string]string{}, files: newInputFiles(d.c.stdin)}
	for _, s := range r.Set {
		k, v, _ := strings.Cut(s, "=")
		sel.set[k] = v
	}
	t := target{sc: d.scenarios[r.Scenario], design: r.Design, stack: r.Design}
	key := runName(r)
	if o := d.runs[key]; o != nil {
		return o, nil
	}
	opt := d.opt
	opt.Started = time.Now()
	b, err := sel.build(ctx, t, opt)
	if err != nil {
		var e *exitError
		if errors.As(err, &e) {
			return nil, failf(e.code, "%s: %w", r.Pos, err)
		}
		return nil, err
	}
	o, err := d.c.run(ctx, t, b, opt)
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, stopped(ctx, key+" was explored")
	}
	d.runs[key] = o
	return o, nil
}

// runName names the run of a row; rows of the same run have the same name.
func runName(r *claims.Row) string {
	s := r.Scenario + " under " + r.Design
	if len(r.Set) > 0 {
		s += " with " + strings.Join(slices.Sorted(slices.Values(r.Set)), " ")
	}
	return s
}

// met reports whether the verdict is the one on record.
func (r *decidedRow) met() bool { return r.result.Verdict.String() == r.row.Verdict }

// verdict says what came, with the length of the trace.
func (r *decidedRow) verdict() string {
	p := *r.result
	if p.Property.Kind == spec.Cover {
		switch p.Verdict {
		case explorer.Holds:
			return "reached in " + stepCount(steps(p))
		case explorer.Violated:
			return "never reached"
		}
	}
	if p.Verdict == explorer.Violated {
		return "violated in " + stepCount(steps(p))
	}
	return p.Verdict.String()
}

// String says what the row is about, what came and, if that is another, what is on record.
func (r *decidedRow) String() string {
	s := fmt.Sprintf("%s: %s: %s", runName(r.row), r.row.Property, r.verdict())
	if !r.met() {
		s += ", not " + r.row.Verdict
	}
	return s
}

// command repeats the run, with the trace where there is one.
func (r *decidedRow) command() string {
	s := "mcheck check " + r.row.Scenario + " -d " + r.row.Design
	for _, kv := range r.row.Set {
		s += " --set " + kv
	}
	if len(r.result.Trace) > 0 {
		s += " --trace " + r.row.Property
	}
	return s
}

// trace is the text of the trace, or "".
func (r *decidedRow) trace() string {
	if len(r.result.Trace) == 0 {
		return ""
	}
	opt := text.Options{Scenario: r.row.Scenario, Design: r.row.Design}
	return text.Counterexample(r.outcome.built.Model, r.result.Property, r.result.Trace, opt)
}

// unmet returns the rows whose verdicts are not those on record.
func unmet(done []*decided) []*decidedRow {
	var out []*decidedRow
	for _, dc := range done {
		for _, r := range dc.rows {
			if !r.met() {
				out = append(out, r)
			}
		}
	}
	return out
}

// claimsCode is the exit code: an answer on record that is not so is an expectation that is missed.
func claimsCode(done []*decided) int {
	code := exitOK
	for _, r := range unmet(done) {
		switch {
		case r.outcome.result.Error != nil:
			code = worst(code, exitModel)
		case r.result.Verdict == explorer.Undecided:
			code = worst(code, exitUndecided)
		default:
			code = worst(code, exitScenario)
		}
	}
	return code
}
