package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

// twoChanges waits for a grace period before anything is unhashed, and no longer after it; it takes
// an unlock away where nothing comes by: MNT_DOOMED is set once.
const twoChanges = `--- a/namespace.c
+++ b/namespace.c
@@ -63,7 +63,6 @@
 	}
 	if (m->MNT_DOOMED) {
 		rcu_read_unlock();
-		unlock_mount_hash();
 		return;
 	}
 	m->MNT_DOOMED = true;
@@ -194,5 +193,6 @@
 
 static void namespace_lock(void)
 {
+	synchronize_rcu_expedited();
 	down_write(&namespace_sem);
 }
@@ -205,6 +205,5 @@
 	up_write(&namespace_sem);
 	if (list_empty(&head))
 		return;
-	synchronize_rcu_expedited();
 	while (!list_empty(&head))
 		mntput_no_expire(list_pop(&head), REF_OWN);
`

// checkSchema validates JSON with one of the schemas that docs/ publishes.
func checkSchema(t *testing.T, schema string, text []byte) {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "..", "docs", schema))
	require.NoError(t, err)
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	require.NoError(t, s.Validate(v))
}

// mcheck runs the program and returns its exit code and what it wrote to standard output.
func mcheck(t *testing.T, args ...string) (int, string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(args, strings.NewReader(""), &stdout, &stderr)
	require.Empty(t, stderr.String())
	return code, stdout.String()
}

// The three kinds of what a comparison says are in every format: a property that is newly violated,
// the end of its trace, a changed statement that is never executed.
func TestCompareFormats(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	patch := filepath.Join(t.TempDir(), "two.patch")
	require.NoError(t, os.WriteFile(patch, []byte(twoChanges), 0o644))
	args := []string{"check", patch, "ltp-mkfs", "--format"}

	code, text := mcheck(t, append(args, "json")...)
	require.Equal(t, exitSafety, code)
	checkSchema(t, "comparison.schema.json", []byte(text))
	var j jsonComparison
	require.NoError(t, json.Unmarshal([]byte(text), &j))
	require.Len(t, j.Breaks, 1, "%v", j.Breaks[0].Property)
	require.Equal(t, "no_grace_period_for_nothing", j.Breaks[0].Property)
	require.Equal(t, "must hold", j.Breaks[0].Class)
	require.NotEmpty(t, j.Breaks[0].Trace)
	require.Equal(t, j.Breaks[0].Steps, j.Breaks[0].Trace[len(j.Breaks[0].Trace)-1].Step)
	executed := map[string]bool{}
	for _, s := range j.Breaks[0].Trace {
		executed[s.Function] = true
	}
	require.True(t, executed["synchronize_rcu"] && executed["do_umount"])
	require.False(t, executed["__legitimize_mnt"] && executed["ref_walk"], "nobody has the walk fail")

	code, text = mcheck(t, append(args, "sarif")...)
	require.Equal(t, exitSafety, code)
	report, err := sarif.FromString(text)
	require.NoError(t, err)
	require.NoError(t, report.Validate())
	results := report.Runs[0].Results
	require.Len(t, results, 2)
	require.Equal(t, "no_grace_period_for_nothing", *results[0].RuleID)
	require.Equal(t, "error", results[0].Level)
	at := results[0].Locations[0].PhysicalLocation
	require.Equal(t, "spec/kernel/model/namespace.c", *at.ArtifactLocation.URI)
	line := lineOf(t, "namespace.c", "static void namespace_lock(void)")
	require.Equal(t, line+2-1, *at.Region.StartLine, "the line that is added, in the model without the unlock")
	require.Equal(t, "never-executed", *results[1].RuleID)
	require.Equal(t, "warning", results[1].Level)

	_, text = mcheck(t, append(args, "junit")...)
	var suite junitSuite
	require.NoError(t, xml.Unmarshal([]byte(text), &suite))
	require.Equal(t, []int{2, 1, 0, 1}, []int{suite.Tests, suite.Failures, suite.Errors, suite.Skipped})
	require.Equal(t, "breaks no_grace_period_for_nothing", suite.Cases[0].Failure.Message)
	require.Contains(t, suite.Cases[0].Failure.Text, "*** no_grace_period_for_nothing violated")
	require.Equal(t, neverExecuted, suite.Cases[1].Skipped.Message)

	_, text = mcheck(t, append(args, "ktap")...)
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	require.Equal(t, []string{"KTAP version 1", "1..1"}, lines[:2])
	require.Equal(t, "not ok 1 ltp-mkfs", lines[len(lines)-1])
	for _, l := range lines[2 : len(lines)-1] {
		require.True(t, strings.HasPrefix(l, "#"), l)
	}
	require.Contains(t, text, "\n# breaks no_grace_period_for_nothing (")
}

// A run, as --format json writes it, is what its schema says.
func TestRunHasItsSchema(t *testing.T) {
	_, text := mcheck(t, "check", "ltp-mkfs", "-d", "v6.15", "--format", "json")
	checkSchema(t, "run.schema.json", []byte(text))
}

// lineOf is the line of the model that holds a text.
func lineOf(t *testing.T, file, text string) int {
	t.Helper()
	all, err := os.ReadFile(filepath.Join("..", "..", modelDir, file))
	require.NoError(t, err)
	before, _, ok := strings.Cut(string(all), text)
	require.True(t, ok, text)
	return strings.Count(before, "\n") + 1
}

func TestEndOfTrace(t *testing.T) {
	var b strings.Builder
	b.WriteString("x under y: P is violated\n\nShortest counterexample: 20 steps.\n\n    main\n    ----\n")
	for range 20 {
		b.WriteString(" 1  step\n")
	}
	b.WriteString("last\n\n*** P violated after step 20 ***\n\n  more\n")
	short := endOfTrace(b.String())
	require.True(t, strings.HasPrefix(short, "Shortest counterexample: 20 steps.\n\n    main\n    ----\n…\n"), short)
	require.True(t, strings.HasSuffix(short, " 1  step\nlast\n\n*** P violated after step 20 ***\n"), short)
	require.Equal(t, 4+1+traceEnd+1, strings.Count(short, "\n"))
	require.Equal(t, "no trace", endOfTrace("no trace"))
}
