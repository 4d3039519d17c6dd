package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mcheck/explorer"
	"mcheck/spec"
	"mcheck/spec/scenario"
)

// prop is the result of a property whose trace has so many steps.
func prop(name string, kind spec.PropertyKind, v explorer.Verdict, steps int) explorer.PropertyResult {
	r := explorer.PropertyResult{Property: &spec.Property{Name: name, Kind: kind, Cond: spec.T}, Verdict: v}
	if steps > 0 {
		r.Trace = make(spec.Trace, steps+1)
	}
	return r
}

// outcomeOf judges a completed run of a scenario under v6.15 that expects these things.
func outcomeOf(props []explorer.PropertyResult, expects ...scenario.Expect) *outcome {
	m := &spec.Model{}
	for _, p := range props {
		m.Properties = append(m.Properties, p.Property)
	}
	t := target{sc: &scenario.Scenario{Name: "s", Expects: expects}, design: "v6.15"}
	return judge(t, &scenario.Built{Model: m}, &explorer.Result{Complete: true, Properties: props, Distinct: 1234, Generated: 2000, Transitions: 1999,
		Depth: 7, Seconds: 0.5, BytesPerState: 25, Workers: 2})
}

func TestExitCodes(t *testing.T) {
	const h, v, u, c = explorer.Holds, explorer.Violated, explorer.Undecided, explorer.Vacuous
	for _, tc := range []struct {
		name    string
		props   []explorer.PropertyResult
		verdict explorer.Verdict
		code    int
	}{
		{"nothing to hold", nil, h, 0},
		{"all hold", []explorer.PropertyResult{prop("a", spec.Invariant, h, 0), prop("b", spec.Cover, h, 3)}, h, 0},
		{"vacuous is no violation", []explorer.PropertyResult{prop("a", spec.AtRest, c, 0)}, h, 0},
		{"invariant", []explorer.PropertyResult{prop("a", spec.Invariant, v, 3)}, v, 12},
		{"at rest", []explorer.PropertyResult{prop("a", spec.AtRest, v, 3)}, v, 12},
		{"cover", []explorer.PropertyResult{prop("a", spec.Cover, v, 0)}, v, 12},
		{"deadlock", []explorer.PropertyResult{prop("a", spec.Deadlock, v, 3)}, v, 11},
		{"can rest", []explorer.PropertyResult{prop("a", spec.CanRest, v, 3)}, v, 13},
		{"leads to", []explorer.PropertyResult{prop("a", spec.LeadsTo, v, 3)}, v, 13},
		{"undecided", []explorer.PropertyResult{prop("a", spec.Eventually, u, 0), prop("b", spec.Invariant, h, 0)}, u, 3},
		{"violated and undecided", []explorer.PropertyResult{prop("a", spec.Eventually, u, 0), prop("b", spec.Invariant, v, 1)}, v, 12},
		{"safety before deadlock", []explorer.PropertyResult{prop("a", spec.Deadlock, v, 1), prop("b", spec.Invariant, v, 1)}, v, 12},
		{"a bound", []explorer.PropertyResult{prop("WithinBounds", spec.Invariant, v, 4), prop("b", spec.Invariant, h, 0)}, u, 3},
		{"a bound and a violation", []explorer.PropertyResult{prop("WithinBounds", spec.Invariant, v, 4), prop("b", spec.Invariant, v, 2)}, v, 12},
	} {
		o := outcomeOf(tc.props)
		require.Equal(t, tc.verdict, o.verdict(), tc.name)
		require.Equal(t, tc.code, o.exitCode(), tc.name)
	}
}

func TestStoppedIsUndecided(t *testing.T) {
	o := outcomeOf(nil)
	o.result.Complete, o.result.Reason = false, "stopped at 10 states"
	require.Equal(t, explorer.Undecided, o.verdict())
	require.Equal(t, 3, o.exitCode())
}

func TestModelError(t *testing.T) {
	o := outcomeOf([]explorer.PropertyResult{prop("a", spec.Invariant, explorer.Violated, 1)})
	o.result.Error = &explorer.ModelError{Message: "index"}
	require.Equal(t, 150, o.exitCode())
}

// Where a bound is exceeded only what was seen to happen is decided.
func TestBounds(t *testing.T) {
	o := outcomeOf([]explorer.PropertyResult{
		prop("WithinBounds", spec.Invariant, explorer.Violated, 4),
		prop("inv_holds", spec.Invariant, explorer.Holds, 0),
		prop("inv_violated", spec.Invariant, explorer.Violated, 2),
		prop("vacuous", spec.AtRest, explorer.Vacuous, 0),
		prop("rest_violated", spec.AtRest, explorer.Violated, 5),
		prop("reached", spec.Cover, explorer.Holds, 5),
		prop("not_reached", spec.Cover, explorer.Violated, 0),
		prop("can_rest", spec.CanRest, explorer.Violated, 3),
	})
	got := map[string]string{}
	for _, p := range o.props {
		got[p.Property.Name] = p.Verdict.String()
	}
	require.Equal(t, map[string]string{
		"WithinBounds": "violated", "inv_holds": "undecided", "inv_violated": "violated", "vacuous": "undecided", "rest_violated": "violated",
		"reached": "holds", "not_reached": "undecided", "can_rest": "undecided",
	}, got)
	require.Equal(t, explorer.Holds, o.result.Properties[1].Verdict, "the explorer's result stays as it is")
}

func TestSeveralRuns(t *testing.T) {
	violated := []explorer.PropertyResult{prop("a", spec.Invariant, explorer.Violated, 3), prop("d", spec.Deadlock, explorer.Violated, 2)}
	holds := []explorer.PropertyResult{prop("a", spec.Invariant, explorer.Holds, 0)}
	a := scenario.Expect{Design: "v6.15", Property: "a", Verdict: "violated"}
	d := scenario.Expect{Design: "v6.15", Property: "d", Verdict: "violated"}
	other := scenario.Expect{Design: "v4.18", Property: "a", Verdict: "holds"}
	three, four := a, a
	three.Steps, four.Steps = 3, 4

	for _, tc := range []struct {
		name string
		runs []*outcome
		code int
	}{
		{"none", nil, 0},
		{"all expected", []*outcome{outcomeOf(violated, a, d), outcomeOf(holds)}, 0},
		{"another design's expectation", []*outcome{outcomeOf(holds, other)}, 0},
		{"the deadlock is not expected", []*outcome{outcomeOf(holds), outcomeOf(violated, a)}, 11},
		{"nothing is expected", []*outcome{outcomeOf(violated)}, 12},
		{"expected and not there", []*outcome{outcomeOf(holds, a)}, 151},
		{"expected to hold and violated", []*outcome{outcomeOf(violated, scenario.Expect{Design: "v6.15", Property: "a", Verdict: "holds"}, d)}, 12},
		{"the right length", []*outcome{outcomeOf(violated, three, d)}, 0},
		{"another length", []*outcome{outcomeOf(violated, four, d)}, 151},
		{"undecided", []*outcome{outcomeOf([]explorer.PropertyResult{prop("a", spec.Invariant, explorer.Undecided, 0)}, a)}, 3},
		{"safety before liveness", []*outcome{outcomeOf(violated), outcomeOf([]explorer.PropertyResult{prop("a", spec.CanRest, explorer.Violated, 1)})}, 12},
	} {
		require.Equal(t, tc.code, exitCodeOf(tc.runs), tc.name)
	}
}

func TestWorst(t *testing.T) {
	for _, c := range []int{exitOK, exitUsage, exitUndecided, exitDisagree, exitDeadlock, exitSafety, exitLiveness, exitModel, exitScenario, exitBug} {
		require.Equal(t, c, worst(c, exitOK))
		require.Equal(t, exitBug, worst(exitBug, c))
	}
}

func TestJSON(t *testing.T) {
	o := outcomeOf([]explorer.PropertyResult{prop("a", spec.Invariant, explorer.Violated, 3), prop("b", spec.AtRest, explorer.Vacuous, 0)})
	b, err := json.Marshal(newJSONRun(o))
	require.NoError(t, err)
	require.JSONEq(t, `{"scenario":"s","design":"v6.15","complete":true,"verdict":"violated","states":1234,"transitions":1999,"generated":2000,"depth":7,
		"seconds":0.5,"bytes_per_state":25,"store":"auto","spilled":false,"workers":2,
		"properties":[{"name":"a","class":"must hold","verdict":"violated","steps":3},{"name":"b","class":"must hold","verdict":"vacuous","steps":0}]}`, string(b))
}

func TestMatrix(t *testing.T) {
	a := scenario.Expect{Design: "v6.15", Property: "a", Verdict: "holds", Pos: spec.Pos{File: "s.sh", Line: 7, Col: 1}}
	first := outcomeOf([]explorer.PropertyResult{prop("a", spec.Invariant, explorer.Violated, 3), prop("b", spec.AtRest, explorer.Violated, 2)}, a)
	second := outcomeOf([]explorer.PropertyResult{prop("a", spec.Invariant, explorer.Holds, 0)})
	second.target = target{sc: &scenario.Scenario{Name: "other"}, design: "defer-v4"}
	var out bytes.Buffer
	c := newCLI(nil, &out, &out)
	c.colour = false
	r := newMatrixReport(c, []target{first.target, second.target})
	require.NoError(t, r.outcome(first))
	require.NoError(t, r.outcome(second))
	require.NoError(t, r.end([]*outcome{first, second}))
	require.Equal(t, `scenario  design    verdict         states  seconds  violated (steps)
s         v6.15     violated         1,234     0.50  a (3), b (2)
other     defer-v4  holds            1,234     0.50

          v6.15      defer-v4
s         violated   -
other     -          holds

Expectations: 0 met, 1 missed, 1 unexpected
  s.sh:7: v6.15: a holds, is violated
  s under v6.15: violated, and the scenario does not say so:
    b (2)
`, out.String())
}

func TestNote(t *testing.T) {
	require.Equal(t, "1 step", note(prop("p", spec.Deadlock, explorer.Violated, 1)))
	require.Equal(t, "2 steps", note(prop("p", spec.Invariant, explorer.Violated, 2)))
	require.Equal(t, "reached in 1 step", note(prop("p", spec.Cover, explorer.Holds, 1)))
	require.Equal(t, "reached in 0 steps", note(prop("p", spec.Cover, explorer.Holds, 0)))
	why := prop("p", spec.Eventually, explorer.Undecided, 0)
	why.Reason = "of this"
	require.Equal(t, "of this", note(why))
	require.Equal(t, "never reached", note(prop("p", spec.Cover, explorer.Violated, 0)))
	require.Equal(t, "a bound is exceeded (1 step); what is not seen to be violated is undecided", note(prop("WithinBounds", spec.Invariant, explorer.Violated, 1)))
}

// A matrix that would be too wide is turned, if that helps.
func TestMatrixTurned(t *testing.T) {
	var out bytes.Buffer
	c := newCLI(nil, &out, &out)
	c.colour = false
	var os []*outcome
	var ts []target
	for _, d := range []string{"v6.15", "a-design-with-a-name-of-forty-characters", "another-one-with-a-name-of-40-characters"} {
		o := outcomeOf([]explorer.PropertyResult{prop("a", spec.Invariant, explorer.Holds, 0)})
		o.target = target{sc: &scenario.Scenario{Name: "umount-mkfs"}, design: d}
		os, ts = append(os, o), append(ts, o.target)
	}
	r := newMatrixReport(c, ts)
	r.matrix(&out, os)
	require.Equal(t, `
                                          umount-mkfs
v6.15                                     holds
a-design-with-a-name-of-forty-characters  holds
another-one-with-a-name-of-40-characters  holds
`, out.String())

	out.Reset()
	r = newMatrixReport(c, ts[:2])
	r.matrix(&out, os[:2])
	require.Equal(t, `
             v6.15      a-design-with-a-name-of-forty-characters
umount-mkfs  holds      holds
`, out.String())
}

func TestNeverFired(t *testing.T) {
	o := outcomeOf(nil)
	at := func(line int, text string) []spec.SourceLine {
		return []spec.SourceLine{{Pos: spec.Pos{File: "f.c", Line: line}, Func: "f", Text: text}}
	}
	o.built.Model.Actions = []*spec.Action{
		{Name: "fired"}, {Name: "dead"}, {Name: "expected", Never: "an assertion"},
		{Name: "a", Source: at(3, "x = 1;"), To: "g:4"}, {Name: "b", Source: at(3, "x = 1;"), To: "g:5"}, {Name: "c", Source: at(3, "x = 1;"), To: "h:6"},
		{Name: "d", Source: at(7, "y = 1;"), To: "g:8"}, {Name: "e", Source: at(7, "y = 1;"), To: "g:9"},
	}
	o.result.Fired = []int64{4, 0, 0, 1, 0, 0, 0, 0}
	require.Equal(t, []string{"dead", "f.c:3: f(): x = 1; returning to g:5; h:6", "f.c:7: f(): y = 1;"}, o.neverFired())
	o.result.Complete = false
	require.Empty(t, o.neverFired(), "a stopped search says nothing about what never happens")
}

func TestThousands(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		require.Equal(t, want, thousands(n))
	}
}

func TestSize(t *testing.T) {
	for text, want := range map[string]int64{"1": 1, "500M": 500 << 20, "4GiB": 4 << 30, "2 kb": 2048} {
		var s size
		require.NoError(t, s.Set(text), text)
		require.Equal(t, want, int64(s), text)
	}
	for _, text := range []string{"", "GiB", "-1", "0", "1.5G", "4 apples", "99999999T", "99999999999999999999"} {
		var s size
		require.Error(t, s.Set(text), text)
	}
}

// What is taken as a size is a number of bytes that its own text gives again.
func FuzzSize(f *testing.F) {
	for _, text := range []string{"1", "500M", "4GiB", "2 kb", "-1", "1.5G", "99999999T", ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var s, again size
		if s.Set(text) != nil {
			require.Zero(t, s)
			return
		}
		require.Positive(t, int64(s))
		require.NoError(t, again.Set(s.String()))
		require.Equal(t, s, again)
	})
}

func TestColour(t *testing.T) {
	env := func(kv ...string) func(string) string {
		return func(k string) string {
			for i := 0; i < len(kv); i += 2 {
				if kv[i] == k {
					return kv[i+1]
				}
			}
			return ""
		}
	}
	require.True(t, useColour(true, env()))
	require.False(t, useColour(false, env()))
	require.True(t, useColour(false, env("FORCE_COLOR", "1", "NO_COLOR", "1")))
	require.False(t, useColour(true, env("FORCE_COLOR", "0")))
	require.False(t, useColour(true, env("NO_COLOR", "1")))
	require.False(t, useColour(true, env("TERM", "dumb")))
}

func TestProgress(t *testing.T) {
	var out bytes.Buffer
	p := &progress{w: &out, name: "s"}
	for i := range 25 {
		p.report(explorer.Progress{Distinct: int64(i) * 100, Elapsed: time.Duration(i) * time.Second})
	}
	p.done()
	require.Equal(t, 2, strings.Count(out.String(), "\n"), "a line every ten seconds")
	require.NotContains(t, out.String(), "\x1b")

	out.Reset()
	p = &progress{w: &out, tty: true, name: "s"}
	p.report(explorer.Progress{})
	p.done()
	require.NotContains(t, out.String(), "\n")
	require.True(t, strings.HasSuffix(out.String(), "\r\x1b[K"), "the line is cleared at the end")
}
