package tla_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
	"pgregory.net/rapid"

	"mcheck/export/tla"
	"mcheck/export/tla/internal/tlatest"
	"mcheck/spec"
	"mcheck/spec/classic"
	"mcheck/spec/eval"
	"mcheck/spec/spectest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// The exported text. That TLC agrees with it is tested in package tlc; here are its looks.
func TestGolden(t *testing.T) {
	for _, c := range []struct {
		m     *spec.Model
		trace string // a property whose counterexample is printed as well
	}{
		{tlatest.Workshop(), "BothBusy"},
		{tlatest.Lanes(), ""},
		{tlatest.Depot(), "NoFail"},
		{tlatest.Ways(), ""},
		{classic.Peterson(), ""},
		{classic.TwoPhase(3), ""},
		{classic.AlternatingBit(2), ""},
	} {
		t.Run(c.m.Name, func(t *testing.T) {
			require.Empty(t, spec.Check(c.m))
			s, err := tla.Module(c.m)
			require.NoError(t, err)
			files := s.Files()
			if c.trace != "" {
				files = append(files, trace(t, c.m, s, c.trace).Files()...)
			}
			var ar txtar.Archive
			for _, f := range files {
				ar.Files = append(ar.Files, txtar.File{Name: f.Name, Data: []byte(f.Text)})
			}
			golden := filepath.Join("testdata", strings.ToLower(c.m.Name)+".txtar")
			if *update {
				require.NoError(t, os.WriteFile(golden, txtar.Format(&ar), 0o666))
			}
			want, err := txtar.ParseFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(txtar.Format(want)), string(txtar.Format(&ar)))
		})
	}
}

func trace(t *testing.T, m *spec.Model, s *tla.Spec, name string) *tla.Companion {
	r, err := eval.Explore(m, eval.Options{})
	require.NoError(t, err)
	for _, p := range r.Properties {
		if p.Property.Name == name {
			c, err := s.Trace(p.Property, r.Trace(p.State))
			require.NoError(t, err)
			return c
		}
	}
	require.Fail(t, "no property "+name)
	return nil
}

// Whatever was printed before, the text is the same, and no line is longer than the page.
func TestTextDependsOnTheModelOnly(t *testing.T) {
	for _, e := range classic.Models {
		m := e.Build()
		a, err := tla.Module(m)
		require.NoError(t, err)
		a.Graph()
		b, err := tla.Module(e.Build())
		require.NoError(t, err)
		require.Equal(t, a.Files(), b.Files())
		require.Equal(t, a.Graph(), a.Graph())
		require.Equal(t, a.Graph().Module, b.Graph().Module)
		for _, f := range a.Files() {
			for line := range strings.Lines(f.Text) {
				require.LessOrEqual(t, len(strings.TrimRight(line, "\n")), 80, "%s: %s", e.Name, line)
				require.False(t, strings.HasSuffix(line, " \n"))
			}
		}
	}
}

// Nothing that TLC takes apart stands bare in an action.
func TestGuardsAreNotSplit(t *testing.T) {
	b := &spec.Var{Name: "b", Type: spec.Bool, Init: spec.F}
	q := &spec.Param{Name: "q", Type: spec.Bool}
	is := func(e spec.Expr) spec.Expr { return spec.Bin(spec.Eq, e, spec.T) }
	for guard, want := range map[spec.Expr]string{
		spec.Bin(spec.Or, spec.V(b), spec.V(b)):                                                               `(b \/ b) = TRUE`,
		spec.Bin(spec.Implies, spec.V(b), spec.V(b)):                                                          `(b => b) = TRUE`,
		is(spec.Bin(spec.Or, spec.V(b), spec.V(b))):                                                           `(b \/ b) = TRUE`,
		&spec.If{Cond: spec.Bin(spec.Or, spec.V(b), spec.V(b)), Then: spec.T, Else: spec.F}:                   `IF b \/ b THEN TRUE ELSE FALSE`,
		&spec.If{Cond: spec.V(b), Then: spec.Bin(spec.Or, spec.V(b), spec.V(b)), Else: spec.F}:                `(IF b THEN b \/ b ELSE FALSE) = TRUE`,
		&spec.Quant{Op: spec.Exists, Param: q, Body: spec.P(q)}:                                               `(\E q \in BOOLEAN : q) = TRUE`,
		&spec.Quant{Op: spec.Forall, Param: q, Body: spec.P(q)}:                                               `\A q \in BOOLEAN : q`,
		&spec.Quant{Op: spec.Forall, Param: q, Body: spec.Bin(spec.Or, spec.P(q), spec.V(b))}:                 `(\A q \in BOOLEAN : q \/ b) = TRUE`,
		spec.Un(spec.Not, spec.Bin(spec.And, spec.V(b), spec.V(b))):                                           `~(b /\ b)`,
		spec.Bin(spec.Iff, spec.Bin(spec.Or, spec.V(b), spec.V(b)), spec.V(b)):                                `b \/ b <=> b`,
		spec.Bin(spec.And, spec.V(b), spec.Bin(spec.And, spec.V(b), spec.Bin(spec.Or, spec.V(b), spec.V(b)))): `(b \/ b) = TRUE`,
	} {
		m := &spec.Model{Name: "M", Vars: []*spec.Var{b}, Actions: []*spec.Action{{Name: "A", Actor: -1, Guard: guard, Body: &spec.Do{Updates: []spec.Update{spec.Set(b, spec.T)}}}}}
		require.Empty(t, spec.Check(m))
		s, err := tla.Module(m)
		require.NoError(t, err)
		require.Contains(t, s.Module, "\n  /\\ "+want+"\n")
	}
}

func TestTraceRefusesWhatIsNone(t *testing.T) {
	m := tlatest.Lanes()
	_, _, err := tla.TraceModule(m, m.Properties[0], nil)
	require.ErrorContains(t, err, "not refuted by a finite behaviour")
	w := tlatest.Workshop()
	_, _, err = tla.TraceModule(w, w.Properties[0], nil)
	require.ErrorContains(t, err, "empty trace")
	_, _, err = tla.TraceModule(w, w.Properties[0], spec.Trace{{}})
	require.ErrorContains(t, err, "malformed")
}

// Deeply nested expressions are laid out in reasonable time, though every level of them may be
// printed in more than one way.
func TestDeepExpressions(t *testing.T) {
	b := &spec.Var{Name: "b", Type: spec.Bool, Init: spec.F}
	n := &spec.Var{Name: "n", Type: &spec.RangeType{Lo: 0, Hi: 3}, Init: spec.Int(0)}
	var e spec.Expr = spec.V(b)
	for i := range 120 {
		q := &spec.Param{Name: "q", Type: spec.Bool}
		switch i % 6 {
		case 0:
			e = spec.Bin(spec.Or, e, spec.V(b))
		case 1:
			e = spec.Bin(spec.And, e, spec.V(b))
		case 2:
			e = &spec.If{Cond: spec.V(b), Then: e, Else: spec.F}
		case 3:
			e = &spec.Quant{Op: spec.Exists, Param: q, Body: e}
		case 4:
			e = spec.Bin(spec.Implies, spec.V(b), e)
		case 5:
			e = spec.Bin(spec.Eq, spec.V(n), &spec.If{Cond: e, Then: spec.Int(1), Else: spec.V(n)})
		}
	}
	m := &spec.Model{Name: "M", Vars: []*spec.Var{b, n}, Actions: []*spec.Action{{Name: "A", Actor: -1, Guard: e, Body: &spec.Do{}}}}
	start := time.Now()
	_, err := tla.Module(m)
	require.NoError(t, err)
	// seconds, not 2^120 steps; other tests run beside it
	require.Less(t, time.Since(start), time.Minute)
}

// Random models, faulty ones among them, can be printed.
func TestEveryModelCanBePrinted(t *testing.T) {
	for seed := range 150 {
		for _, gen := range []*rapid.Generator[*spec.Model]{rapid.Custom(spectest.Model), rapid.Custom(spectest.FaultyModel)} {
			s, err := tla.Module(gen.Example(seed))
			require.NoError(t, err)
			require.Contains(t, s.Module, "\nNext == ")
			require.NotEmpty(t, s.Graph().Module)
		}
	}
}
