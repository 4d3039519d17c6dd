package main

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"mcheck/explorer"
	"mcheck/export/tla/tlc"
	"mcheck/spec"
	"mcheck/spec/classic"
	"mcheck/spec/scenario"
)

// dieHard is the puzzle of the two jugs, which takes six pourings.
func dieHard() (target, *scenario.Built) {
	m := classic.DieHard()
	return target{model: "diehard.c"}, &scenario.Built{Model: m}
}

func runDieHard(t *testing.T, ctx context.Context, opt explorer.Options) (*outcome, string) {
	t.Helper()
	var out bytes.Buffer
	c := newCLI(nil, &out, &out)
	c.colour = false
	tg, b := dieHard()
	o, err := c.run(ctx, tg, b, opt)
	require.NoError(t, err)
	require.NoError(t, (&singleReport{c: c}).outcome(o))
	return o, out.String()
}

func TestSingleReport(t *testing.T) {
	o, out := runDieHard(t, context.Background(), explorer.Options{Workers: 1})
	require.Equal(t, exitSafety, o.exitCode())
	require.Contains(t, out, "diehard.c: violated\n")
	// TLC: 16 distinct, 97 generated with the initial state, depth 8
	require.Contains(t, out, "16 states, 96 transitions, depth 8")
	require.Contains(t, out, "Shortest counterexample: 6 steps")
	require.NotContains(t, out, "Never fired")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	require.Regexp(t, `^violated diehard.c distinct=16 generated=97 depth=8 time=\d+\.\d\ds$`, lines[len(lines)-1])
}

// Nothing but times and the number of threads depends on the workers.
func TestWorkersMakeNoDifference(t *testing.T) {
	times := regexp.MustCompile(`[0-9.]+ s with \d+ workers, [0-9.]+ bytes|time=\S+`)
	_, one := runDieHard(t, context.Background(), explorer.Options{Workers: 1})
	for _, n := range []int{2, 8} {
		_, out := runDieHard(t, context.Background(), explorer.Options{Workers: n})
		require.Equal(t, times.ReplaceAllString(one, ""), times.ReplaceAllString(out, ""))
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	o, out := runDieHard(t, ctx, explorer.Options{})
	require.False(t, o.result.Complete)
	require.NotEqual(t, exitOK, o.exitCode())
	require.Contains(t, out, "Not everything is decided: ")
}

// A model that TLC does not agree with is said to be one.
func TestTLCReport(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	jar, err := tlc.Find("")
	require.NoError(t, err, "TLC is needed: make test fetches it")
	var out bytes.Buffer
	c := newCLI(nil, &out, &out)
	c.colour = false
	tg, b := dieHard()
	o, err := c.run(context.Background(), tg, b, explorer.Options{})
	require.NoError(t, err)
	r, err := tlc.Compare(context.Background(), jar, b.Model, o.result, tlc.CompareOptions{})
	require.NoError(t, err)
	require.True(t, r.Agree(), r.Disagreements)
	require.NoError(t, c.tlcReport(tg, o.result, r))
	require.Contains(t, out.String(), "agree diehard.c: distinct=16 generated=97 depth=8 (TLC: 16, 97, 8;")

	out.Reset()
	o.result.Generated++
	r, err = tlc.Compare(context.Background(), jar, b.Model, o.result, tlc.CompareOptions{NoTraces: true})
	require.NoError(t, err)
	require.False(t, r.Agree())
	require.NoError(t, c.tlcReport(tg, o.result, r))
	require.Contains(t, out.String(), "DISAGREE diehard.c")
	require.Contains(t, out.String(), "  differs: ")
}

// The counterexamples of real models fit the page too.
func TestCounterexamplesFit(t *testing.T) {
	for _, m := range []*spec.Model{classic.DieHard(), classic.Peterson(), classic.TwoPhase(3), classic.Simple(3)} {
		var out bytes.Buffer
		c := newCLI(nil, &out, &out)
		o, err := c.run(context.Background(), target{model: m.Name}, &scenario.Built{Model: m}, explorer.Options{})
		require.NoError(t, err)
		r := &singleReport{c: c, values: true}
		r.traces(&out, o)
		for _, l := range strings.Split(out.String(), "\n") {
			require.LessOrEqual(t, utf8.RuneCountInString(l), 75, l)
		}
	}
}
