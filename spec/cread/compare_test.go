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

func include(name string) ([]byte, error) {
	if name != kernel.HeaderName {
		return nil, os.ErrNotExist
	}
	return kernel.Header(), nil
}

// frontEnd explores the model as the front end lowers it.
func frontEnd(t *testing.T, src string, opt cread.Options, raw bool) *explorer.Result {
	t.Helper()
	res, err := cmodel.Compile([]cmodel.Source{{Name: "test.c", Text: []byte(src)}}, cmodel.Options{
		Raw: raw, Defines: opt.Defines, Migrate: opt.Migrate, TaskCPU: opt.TaskCPU,
		Include: include,
	})
	require.NoError(t, err)
	r, err := explorer.Explore(context.Background(), res.Model, explorer.Options{Workers: 1, Engine: explorer.Closures})
	require.NoError(t, err)
	require.Nil(t, r.Error)
	require.True(t, r.Complete)
	return r
}

// compare lets the second reader and the front end read the same C: the verdicts are the same, and
// without fusion so are the number of states and the length of each shortest counterexample.
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

// Both readers refuse these.
func TestRefused(t *testing.T) {
	for name, src := range map[string]string{
		"annotation of a type":            `GHOST struct s { u2 a; }; TASK(p, 1) { }`,
		"of a typedef":                    `typedef GHOST u2 g; static g x; TASK(p, 1) { x = 1; }`,
		"of a parameter":                  `static void f(GHOST u2 a) { } TASK(p, 1) { f(1); }`,
		"in parentheses":                  `static void (GHOST *f)(void); TASK(p, 1) { ghost f = NULL; }`,
		"of an enumerator":                `enum e { A GHOST, B }; static enum e x; TASK(p, 1) { x = B; }`,
		"behind struct":                   `struct GHOST s { u2 a; }; static struct s x; TASK(p, 1) { x.a = 1; }`,
		"of a cast":                       `static u2 x; TASK(p, 1) { x = (GHOST u2)1; }`,
		"of a function":                   `static u2 x; GHOST static void f(void) { x = 1; } TASK(p, 1) { f(); }`,
		"PRIVATE data of all":             `PRIVATE static u2 x; TASK(p, 1) { x = 1; }`,
		"INTERRUPTED data of all":         `static bool x INTERRUPTED; TASK(p, 1) { x = 1; }`,
		"a lock that there is not":        `static u2 x GUARDED_BY(l); TASK(p, 1) { x = 1; }`,
		"a guard that is no lock":         `static bool l; static u2 x GUARDED_BY(l); TASK(p, 1) { x = 1; }`,
		"an enumerator that wraps":        `enum { A = 2147483647 * 2 + 3 }; static u8 x; TASK(p, 1) { x = A; }`,
		"an array size that wraps":        `static u8 a[2147483647 * 2 + 3]; TASK(p, 1) { a[0] = 1; }`,
		"an initial value that is large":  `static u2 x = 4; TASK(p, 1) { x = 1; }`,
		"ghost data in other code":        `GHOST static u2 g; static u2 x; TASK(p, 1) { x = g; }`,
		"other data written by ghost":     `static u2 x; TASK(p, 1) { x = 1; ghost { x = 2; } }`,
		"ghost code that waits":           `static bool x; TASK(p, 1) { x = 1; ghost { await(x); } }`,
		"a late wait":                     `static bool x, y; TASK(p, 1) { atomic { x = 1; await(y); } } TASK(q, 1) { y = 1; }`,
		"a property that writes":          `static u2 x; TASK(p, 1) { x = 2; } INVARIANT(P, "", "") { x = 1; return true; }`,
		"a property with current":         `TASK(p, 1) { } INVARIANT(P, "", "") { return current != NULL; }`,
		"recursion":                       `static u2 x; static void f(void) { x = 1; f(); } TASK(p, 1) { f(); }`,
		"for_each outside atomic":         `struct s { bool a; }; POOL(s, 2); TASK(p, 1) { struct s *q; for_each(s, q) q->a = true; }`,
		"a union":                         `union u { bool a; }; static union u x; TASK(p, 1) { x.a = 1; }`,
		"an int variable":                 `static int x; TASK(p, 1) { x = 1; }`,
		"a shift":                         `static u3 x; TASK(p, 1) { x = 1 << 2; }`,
		"no task":                         `static bool x;`,
		"INIT with a choice":              `static u3 x; INIT { x = choose(2); } TASK(p, 1) { x = 1; }`,
		"a step without an end":           `static u3 x; TASK(p, 1) { x = 1; for (;;) ; }`,
		"an assertion before any step":    `static u3 x; TASK(p, 1) { assert(0); x = 1; }`,
		"ghost data set before any step":  `static u3 x; GHOST static u2 g; TASK(p, 1) { ghost g = 1; x = 1; }`,
		"a static local":                  `static u3 x; TASK(p, 1) { static u1 y; x = y; }`,
		"a value that is not returned":    `static u3 x; static u3 f(void) { if (choose(2)) return 1; } TASK(p, 1) { u3 y; y = f(); x = y; }`,
		"a goto into an atomic block":     `static u2 x; TASK(p, 1) { goto in; atomic { x = 1; in: x = 2; } }`,
		"a case inside ghost code":        `static u2 x; GHOST static u2 g; TASK(p, 1) { switch (x) { case 0: ghost { case 1: g = 1; } } }`,
		"current in what INIT calls":      `static bool x; static bool f(void) { return current == current; } INIT { x = f(); } TASK(p, 1) { x = f(); }`,
		"a label that there is not":       `TASK(p, 1) { goto out; }`,
		"an argument too many":            `static u3 x; static void f(u1 a) { x = a; } TASK(p, 1) { f(1, 2); }`,
		"a pointer to nothing of a pool":  `struct s { u1 a; }; static struct s *g; TASK(p, 1) { g->a = 1; }`,
		"a seqcount of another variable":  `static seqcount_t a, b; TASK(p, 1) { seq_t s; bool r; s = read_seqbegin(&a); r = read_seqretry(&b, s); await(!r); }`,
		"the wrong lock for the function": `static rwsem_t l; TASK(p, 1) { spin_lock(&l); }`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := cread.Check([]cread.File{{Name: "test.c", Text: []byte(header + src)}}, cread.Options{})
			require.Error(t, err)
			_, err = cmodel.Compile([]cmodel.Source{{Name: "test.c", Text: []byte(header + src)}}, cmodel.Options{Include: include})
			require.Error(t, err)
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
