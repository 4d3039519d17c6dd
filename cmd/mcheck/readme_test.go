package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// elided stands in an excerpt for lines that are left out.
const elided = "…"

// codeBlock is a fenced block of Markdown: its language and its text.
var codeBlock = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")

// TestREADME runs the commands of the README: what stands under them is what they print, but for
// lines left out.
func TestREADME(t *testing.T) { testDocument(t, "README.md", 4) }

// TestDesignsAndScenarios does what the worked example does.
func TestDesignsAndScenarios(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	testDocument(t, filepath.Join("docs", "designs-and-scenarios.md"), 3)
}

// TestTutorial does what the tutorial does.
func TestTutorial(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	testDocument(t, filepath.Join("docs", "tutorial.md"), 6)
}

// progressLine is what a slow machine sees of a command that takes long.
var progressLine = regexp.MustCompile("(?m)^.* (scripts/s|states/s=).*\n")

// testDocument runs the commands in the console blocks of a document, n of them, and looks for the
// lines below each in what it prints. A block in TLA+ is an excerpt of a module that a command
// before it has written; one in another language is the file that the next command names.
func testDocument(t *testing.T, name string, n int) {
	text, err := os.ReadFile(filepath.Join("..", "..", name))
	require.NoError(t, err)
	t.Chdir(t.TempDir())
	var pending []string
	for _, b := range codeBlock.FindAllStringSubmatch(string(text), -1) {
		if b[1] == "tla" {
			requireExcerpt(t, "*/*.tla", b[2])
			continue
		}
		if b[1] != "console" {
			pending = append(pending, b[2])
			continue
		}
		lines := strings.Split(strings.TrimRight(b[2], "\n"), "\n")
		command, ok := strings.CutPrefix(lines[0], "$ mcheck ")
		require.True(t, ok, lines[0])
		args := strings.Fields(command)
		for _, a := range args {
			if filepath.Ext(a) != "" && len(pending) > 0 {
				require.NoError(t, os.WriteFile(a, []byte(pending[0]), 0o666))
				pending = pending[1:]
			}
		}
		var stdout, stderr bytes.Buffer
		run(args, nil, &stdout, &stderr)
		require.Empty(t, progressLine.ReplaceAllString(stderr.String(), ""))
		if miss := excerptMiss(strings.Split(stdout.String(), "\n"), lines[1:]); miss != "" {
			t.Errorf("%s: mcheck %s does not print, or not there:\n%s\nIt prints:\n%s", name, command, miss, stdout.String())
		}
		n--
	}
	require.Zero(t, n, "commands not found in %s", name)
}

// requireExcerpt fails unless one of the files has the excerpt.
func requireExcerpt(t *testing.T, pattern, excerpt string) {
	files, err := filepath.Glob(pattern)
	require.NoError(t, err)
	var misses []string
	for _, f := range files {
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		miss := excerptMiss(strings.Split(string(text), "\n"), strings.Split(strings.TrimRight(excerpt, "\n"), "\n"))
		if miss == "" {
			return
		}
		misses = append(misses, f+" lacks "+miss)
	}
	require.Fail(t, "an excerpt that nothing was written of", "%s\n%q", excerpt, misses)
}

// excerptMiss returns the first line of excerpt that out does not have in its order; "" if it has
// them all. Lines follow each other directly in out unless elided stands between them.
func excerptMiss(out, excerpt []string) string {
	var parts [][]string
	part := []string{}
	for _, l := range append(excerpt, elided) {
		if l != elided {
			part = append(part, l)
			continue
		}
		if len(part) > 0 {
			parts = append(parts, part)
		}
		part = []string{}
	}
	at := 0
	for _, p := range parts {
		best := 0 // how many lines of the part were found together
		for i := at; ; i++ {
			k := 0
			for k < len(p) && i+k < len(out) && out[i+k] == p[k] {
				k++
			}
			if best = max(best, k); k == len(p) {
				at = i + k
				break
			}
			if i >= len(out) {
				return p[best]
			}
		}
	}
	return ""
}

func TestExcerptMiss(t *testing.T) {
	out := []string{"a", "b", "c", "b", "d"}
	for _, tc := range []struct {
		excerpt []string
		want    string
	}{
		{[]string{"a", "b", elided, "d"}, ""},
		{[]string{elided, "b", "d", elided}, ""},
		{[]string{"a", "c"}, "c"},         // not together
		{[]string{"d", elided, "a"}, "a"}, // the wrong order
		{[]string{"b", elided, "c", "d"}, "d"},
		{nil, ""},
	} {
		require.Equal(t, tc.want, excerptMiss(out, tc.excerpt), "%q", tc.excerpt)
	}
}
