package cread_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/require"

	"mcheck/explorer"
	"mcheck/spec/cmodel"
	"mcheck/spec/cread"
	"mcheck/spec/kernel"
)

// frontEnd explores the model as the front end lowers it.
func frontEnd(t *testing.T, src string, opt cread.Options, raw bool) *explorer.Result {
	t.Helper()
	res, err := cmodel.Compile([]cmodel.Source{{Name: "test.c", Text: []byte(src)}}, cmodel.Options{
		Raw: raw, Defines: opt.Defines, Migrate: opt.Migrate, TaskCPU: opt.TaskCPU,
		Include: func(name string) ([]byte, error) {
			if name != kernel.HeaderName {
				return nil, os.ErrNotExist
			}
			return kernel.Header(), nil
		},
	})
	require.NoError(t, err)
	r, err := explorer.Explore(context.Background(), res.Model, explorer.Options{Workers: 1, Engine: explorer.Closures})
	require.NoError(t, err)
	require.Nil(t, r.Error)
	require.True(t, r.Complete)
	return r
}

// compare lets the second reader and the front end read the same C: the verdicts are the same, and without fusion so are the number of
// states and the length of each shortest counterexample.
func compare(t *testing.T, src string, opt cread.Options) *cread.Result {
	t.Helper()
	r, err := cread.Check([]cread.File{{Name: "test.c", Text: []byte(src)}}, opt)
	require.NoError(t, err)
	require.True(t, r.Complete)
	raw := frontEnd(t, src, opt, true)
	require.EqualValues(t, raw.Distinct, r.States, "states of the raw model; failures: %v", r.Failures)
	for _, mode := range []*explorer.Result{raw, frontEnd(t, src, opt, false)} {
		for _, q := range mode.Properties {
			p := r.Find(q.Property.Name)
			require.NotNil(t, p, q.Property.Name)
			require.Equal(t, q.Verdict.String(), string(p.Verdict), "%s; failures: %v", p.Name, r.Failures)
			if mode == raw && len(q.Trace) > 0 {
				require.Equal(t, len(q.Trace)-1, p.Length, p.Name)
			}
		}
	}
	return r
}

func TestPrograms(t *testing.T) {
	a, err := txtar.ParseFile("testdata/programs.txtar")
	require.NoError(t, err)
	for _, f := range a.Files {
		t.Run(strings.TrimSuffix(f.Name, ".c"), func(t *testing.T) {
			r := compare(t, header+string(f.Data), cread.Options{})
			right, _, ok := strings.Cut(strings.TrimPrefix(string(f.Data), "/* right: "), " */")
			require.True(t, ok)
			for _, claim := range strings.Split(right, ", ") {
				name, verdict, _ := strings.Cut(claim, " ")
				p := r.Find(name)
				require.NotNil(t, p, name)
				require.Equal(t, verdict, string(p.Verdict), name)
			}
		})
	}
}

// With migration each call of smp_processor_id() may answer any CPU.
func TestMigration(t *testing.T) {
	src := header + `static u2 n[NR_CPUS]; static u2 last;
TASK(p, 2) { u2 c; this_cpu_add(n, 1); c = smp_processor_id(); last = c; }
AT_REST(sum, "", "") { return n[0] + n[1] + n[2] == 2; }
COVER(third, "", "") { return n[2] == 2; }`
	r := compare(t, src, cread.Options{Migrate: true, Defines: map[string]string{"NR_CPUS": "3"}})
	require.Equal(t, cread.Holds, r.Find("third").Verdict)
	r = compare(t, src, cread.Options{Defines: map[string]string{"NR_CPUS": "3"}})
	require.Equal(t, cread.Violated, r.Find("third").Verdict)
	r = compare(t, src, cread.Options{TaskCPU: map[string]int{"p1": 2, "p2": 2}, Defines: map[string]string{"NR_CPUS": "3"}})
	require.Equal(t, cread.Holds, r.Find("third").Verdict)
	require.Equal(t, cread.Holds, r.Find("sum").Verdict)
}

// The models of the tree, as they are.
func TestModels(t *testing.T) {
	var files []string
	for _, pattern := range []string{"../cmodel/testdata/models/*.c", "../examples/models/*.c"} {
		found, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, found)
		files = append(files, found...)
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			src, err := os.ReadFile(f)
			require.NoError(t, err)
			if testing.Short() && filepath.Base(f) == "percpu.c" {
				t.Skip("tens of thousands of states")
			}
			compare(t, string(src), cread.Options{})
		})
	}
}
