package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/explorer"
	"mcheck/export/tla/tlc"
	"mcheck/spec/examples"
	"mcheck/spec/kernel"
	"mcheck/spec/scenario"
)

func explore(t *testing.T, c string, set map[string]string) (*scenario.Built, *explorer.Result) {
	t.Helper()
	b, err := scenario.BuildModel("percpu.c", []byte(c), scenario.Options{Set: set})
	require.NoError(t, err)
	r, err := explorer.Explore(t.Context(), b.Model, explorer.Options{})
	require.NoError(t, err)
	require.True(t, r.Complete, r.Reason)
	return b, r
}

func verdicts(r *explorer.Result) map[string]explorer.Verdict {
	v := map[string]explorer.Verdict{}
	for _, p := range r.Properties {
		v[p.Property.Name] = p.Verdict
	}
	return v
}

// The examples are C for a compiler too.
func TestIsC(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, kernel.HeaderName), kernel.Header(), 0o666))
	inDir, err := filepath.Glob("models/*.c")
	require.NoError(t, err)
	require.Len(t, inDir, len(examples.Names()))
	for _, name := range examples.Names() {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, examples.Text(name), 0o666))
		out, err := exec.Command("gcc", "-std=gnu11", "-Wall", "-Werror", "-Wno-unused", "-fsyntax-only", file).CombinedOutput()
		require.NoError(t, err, string(out))
	}
}

// Everything holds, and TLC sees the same states.
func TestPerCPU(t *testing.T) {
	jar, err := tlc.Find("")
	require.NoError(t, err)
	b, r := explore(t, string(examples.Text(examples.PerCPU)), map[string]string{"WALKERS": "2", "READERS": "0"})
	for name, v := range verdicts(r) {
		require.Equal(t, explorer.Holds, v, name)
	}
	report, err := tlc.Compare(t.Context(), jar, b.Model, r, tlc.CompareOptions{NoTraces: true})
	require.NoError(t, err)
	require.Empty(t, report.Disagreements)

	// A reader is inside or outside, whatever the others do: twice as many states each. With one
	// that is inside, the owner's wait for a moment without readers is a step that can't be taken,
	// but no state that can't be reached.
	for n, readers := range []string{"1", "2"} {
		_, more := explore(t, string(examples.Text(examples.PerCPU)), map[string]string{"WALKERS": "2", "READERS": readers})
		require.Equal(t, r.Distinct<<(n+1), more.Distinct)
	}
}

// With k references to take, a walker that is not done is at one of k, and whoever is done is the
// same for all k: so the number of states is a polynomial in k whose degree is the number of
// walkers. From a few of its values the next ones can be computed.
func TestPerCPUWalks(t *testing.T) {
	for walkers, values := range map[string]int{"1": 4, "2": 5} {
		var d []int64
		for k := range values {
			b, r := explore(t, string(examples.Text(examples.PerCPU)), map[string]string{"WALKERS": walkers, "READERS": "0", "WALKS": strconv.Itoa(k + 1)})
			for name, v := range verdicts(r) {
				require.Equal(t, explorer.Holds, v, "%s of %s", name, b.Model.Name)
			}
			d = append(d, r.Distinct)
		}
		degree, _ := strconv.Atoi(walkers)
		for range degree { // differences of differences, …
			for i := range len(d) - 1 {
				d[i] = d[i+1] - d[i]
			}
			d = d[:len(d)-1]
		}
		require.Positive(t, d[0])
		require.Equal(t, slices.Repeat(d[:1], len(d)), d)
	}
}

// Each part of the algorithm is needed.
func TestPerCPUMutants(t *testing.T) {
	for _, m := range []struct{ part, without, violated string }{
		{"if (read_seqretry(&seq, s)) {", "if (read_seqretry(&seq, s) && false) {", "NotHeldWhenDetached"},
		{"await(readers == 0);", ";", "FreedInTheEnd"},
		{"if (sum == 1)", "if (true)", "NotHeldWhenDetached"},
	} {
		c := string(examples.Text(examples.PerCPU))
		require.Equal(t, 1, strings.Count(c, m.part), m.part)
		_, r := explore(t, strings.Replace(c, m.part, m.without, 1), map[string]string{"READERS": "0"})
		require.Equal(t, explorer.Violated, verdicts(r)[m.violated], m.part)
	}
}

// As large as it is measured with it takes no more than 128 bits.
func TestPerCPUFits(t *testing.T) {
	for _, set := range []map[string]string{{"WALKERS": "4", "READERS": "1"}, {"WALKERS": "3", "READERS": "0", "WALKS": "18"}} {
		b, err := scenario.BuildModel("percpu.c", examples.Text(examples.PerCPU), scenario.Options{Set: set})
		require.NoError(t, err)
		r, err := explorer.Explore(t.Context(), b.Model, explorer.Options{MaxStates: 1})
		require.NoError(t, err)
		require.LessOrEqual(t, r.StateBits, 128)
	}
}
