package cmodel_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
	"mcheck/spec/cmodel"
	"mcheck/spec/eval"
	"mcheck/spec/kernel"
)

// include serves the header, and the headers of the kernel model.
func include(name string) ([]byte, error) {
	if name == kernel.HeaderName {
		return kernel.Header(), nil
	}
	for _, f := range kernel.Base() {
		if f.Name == name {
			return f.Text, nil
		}
	}
	return nil, os.ErrNotExist
}

func compile(t *testing.T, name, src string, opt cmodel.Options) *cmodel.Result {
	t.Helper()
	opt.Include = include
	res, err := cmodel.Compile([]cmodel.Source{{Name: name, Text: []byte(src)}}, opt)
	require.NoError(t, err)
	require.Empty(t, spec.Check(res.Model), res.Model)
	return res
}

// explore visits all states of the model.
func explore(t *testing.T, m *spec.Model) *eval.Result {
	t.Helper()
	r, err := eval.Explore(m, eval.Options{Limit: 200_000})
	require.NoError(t, err)
	require.Nil(t, r.Err, "%+v", r.Err)
	require.True(t, r.Complete)
	return r
}

// run compiles and explores a program in C after the header's #include.
func run(t *testing.T, src string, opt cmodel.Options) *eval.Result {
	t.Helper()
	if opt.Raw {
		agrees(t, "#include \"mcheck.h\"\n"+src, opt)
	}
	return explore(t, compile(t, "test.c", "#include \"mcheck.h\"\n"+src, opt).Model)
}

func verdict(t *testing.T, r *eval.Result, name string) eval.PropertyResult {
	t.Helper()
	for _, p := range r.Properties {
		if p.Property.Name == name {
			return p
		}
	}
	require.Fail(t, "no property "+name)
	return eval.PropertyResult{}
}

// verdicts returns the verdict on each property, by name; undecided ones (liveness without a search
// for it) are left out.
func verdicts(r *eval.Result) map[string]string {
	out := map[string]string{}
	for _, p := range r.Properties {
		out[p.Property.Name] = p.Verdict.String()
	}
	return out
}

func models(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/models/*.c")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return files
}

// Raw and reduced must agree on every property of every model.
func TestRawAgreesWithReduced(t *testing.T) {
	for _, f := range models(t) {
		t.Run(filepath.Base(f), func(t *testing.T) {
			src, err := os.ReadFile(f)
			require.NoError(t, err)
			reduced := explore(t, compile(t, f, string(src), cmodel.Options{}).Model)
			raw := explore(t, compile(t, f, string(src), cmodel.Options{Raw: true}).Model)
			require.Equal(t, verdicts(raw), verdicts(reduced))
			require.LessOrEqual(t, reduced.Distinct, raw.Distinct)
		})
	}
}

// Every model is valid C for a compiler, so that editors and cscope understand it.
func TestModelsAreC(t *testing.T) {
	kernel, err := filepath.Glob("../kernel/model/*.c")
	require.NoError(t, err)
	require.NotEmpty(t, kernel)
	for _, f := range append(models(t), kernel...) {
		out, err := exec.Command("gcc", "-std=gnu11", "-fsyntax-only", "-Wall", "-I", "../kernel/model", f).CombinedOutput()
		require.NoError(t, err, "%s", out)
		require.Empty(t, string(out))
	}
}
