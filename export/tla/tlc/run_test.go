package tlc

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mcheck/export/tla"
)

func TestFind(t *testing.T) {
	dir := t.TempDir()
	jar := filepath.Join(dir, "some.jar")
	require.NoError(t, os.WriteFile(jar, nil, 0o666))
	home := filepath.Join(dir, "home")
	maven := filepath.Join(home, filepath.FromSlash(mavenPath))

	_, err := find("", "", home)
	require.ErrorContains(t, err, "TLA2TOOLS")
	require.ErrorContains(t, err, "mvn dependency:get")
	_, err = find("", filepath.Join(dir, "none"), home)
	require.ErrorContains(t, err, "which TLA2TOOLS names")
	_, err = find(dir, "", home)
	require.ErrorContains(t, err, "which the flag names")

	require.NoError(t, os.MkdirAll(filepath.Dir(maven), 0o777))
	require.NoError(t, os.WriteFile(maven, nil, 0o666))
	for _, c := range []struct{ flag, env, want string }{{"", "", maven}, {"", jar, jar}, {jar, "none", jar}} {
		got, err := find(c.flag, c.env, home)
		require.NoError(t, err)
		require.Equal(t, c.want, got)
	}

	t.Setenv("PATH", dir)
	_, err = find(jar, "", home)
	require.ErrorContains(t, err, "TLC needs java")
}

func TestParseOutput(t *testing.T) {
	out, err := parse(strings.NewReader(`@!@!@STARTMSG 2262:0 @!@!@
TLC2 Version 2.18 of 20 March 2023
@!@!@ENDMSG 2262 @!@!@
Parsing file A.tla
@!@!@STARTMSG 2110:1 @!@!@
Invariant P is violated.
@!@!@ENDMSG 2110 @!@!@
@!@!@STARTMSG 2121:1 @!@!@
The behavior up to this point is:
@!@!@ENDMSG 2121 @!@!@
@!@!@STARTMSG 2217:4 @!@!@
1: <Initial predicate>
/\ x = 1

@!@!@ENDMSG 2217 @!@!@
@!@!@STARTMSG 2217:4 @!@!@
2: <Go line 33, col 10 to line 33, col 41 of module A>
/\ x = 2

@!@!@ENDMSG 2217 @!@!@
@!@!@STARTMSG 2772:0 @!@!@
<Go line 34, col 1 to line 34, col 4 of module A>: 4:16
@!@!@ENDMSG 2772 @!@!@
@!@!@STARTMSG 2199:0 @!@!@
49 states generated, 20 distinct states found, 3 states left on queue.
@!@!@ENDMSG 2199 @!@!@
@!@!@STARTMSG 2194:0 @!@!@
The depth of the complete state graph search is 7.
@!@!@ENDMSG 2194 @!@!@
`))
	require.NoError(t, err)
	require.Equal(t, []Violation{{Name: "P", States: []string{`/\ x = 1`, `/\ x = 2`}, Actions: []string{"Initial predicate", "Go"}}}, out.Violations)
	require.Equal(t, map[string]int64{"Go": 16}, out.Fired)
	require.Equal(t, [3]int64{49, 20, 7}, [3]int64{out.Generated, out.Distinct, int64(out.Depth)})
	require.Empty(t, out.Errors)
	require.False(t, out.Complete, "three states are left")

	out, err = parse(strings.NewReader("@!@!@STARTMSG 2107:1 @!@!@\nInvariant P is violated by the initial state:\n/\\ x = 1\n\n@!@!@ENDMSG 2107 @!@!@\n"))
	require.NoError(t, err)
	require.Equal(t, []Violation{{Name: "P", Initial: true, States: []string{`/\ x = 1`}, Actions: []string{"Initial predicate"}}}, out.Violations)
}

func TestDump(t *testing.T) {
	var texts []string
	keep := func(text string) error {
		texts = append(texts, text)
		return nil
	}
	d, err := readDump(strings.NewReader(`strict digraph DiskGraph {
nodesep=0.35;
-12 [label="/\\ s = \"a\"\n/\\ x = {}",style = filled]
-12 -> 7 [label="Go",color="black",fontcolor="black"];
7 [label="/\\ s = \"b\"\n/\\ x = [a |-> 1]"];
-12 -> 7 [label="Go",color="black",fontcolor="black"];
{rank = same; -12;}
}`), keep)
	require.NoError(t, err)
	require.Equal(t, []string{"/\\ s = \"a\"\n/\\ x = {}", "/\\ s = \"b\"\n/\\ x = [a |-> 1]"}, texts)
	require.Equal(t, &dump{
		states: map[string]int{"-12": 0, "7": 1},
		init:   []string{"-12"}, edges: []dumpEdge{{"-12", "7", "Go"}, {"-12", "7", "Go"}},
	}, d)
	_, err = readDump(strings.NewReader(`1 -> 2 [label="Go"]`), keep)
	require.ErrorContains(t, err, "not the state")
	_, err = readDump(strings.NewReader(`1 <- 2`), keep)
	require.ErrorContains(t, err, "line 1")
	_, err = readDump(strings.NewReader(`1 [label="x"];`), func(string) error { return io.ErrUnexpectedEOF })
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

// A run that does not end is ended, by its timeout or by the context.
func TestTimeout(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	jar, err := Find("")
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, Write(dir,
		tla.File{Name: "A.tla", Text: "---- MODULE A ----\nEXTENDS Integers\nVARIABLE x\nInit == x = 0\nNext == x' = x + 1\n====\n"},
		tla.File{Name: "A.cfg", Text: "INIT Init\nNEXT Next\n"}))
	start := time.Now()
	_, err = Run(t.Context(), jar, dir, "A", "A.cfg", Options{Timeout: 2 * time.Second})
	require.ErrorContains(t, err, "no end after 2s")
	require.Less(t, time.Since(start), 30*time.Second)

	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(time.Second, cancel)
	_, err = Run(ctx, jar, dir, "A", "A.cfg", Options{})
	require.ErrorIs(t, err, context.Canceled)

	// What TLC can't read is in the output, not an error of ours.
	require.NoError(t, Write(dir, tla.File{Name: "A.cfg", Text: "INIT Init\nNEXT Next\nINVARIANT Nothing\n"}))
	out, err := Run(t.Context(), jar, dir, "A", "A.cfg", Options{})
	require.NoError(t, err)
	require.NotEmpty(t, out.Errors)
	require.Equal(t, 151, out.ExitCode)
}
