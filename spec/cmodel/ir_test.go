package cmodel_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
	"mcheck/spec/cmodel"
	"mcheck/spec/kernel"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// The seven programs of testdata/ir together use the whole modelling language. Beside each stands
// the intermediate representation that the front end makes of it, as it is printed.
func TestPrintedIR(t *testing.T) {
	files, err := filepath.Glob("testdata/ir/*.c")
	require.NoError(t, err)
	require.Len(t, files, 7)
	for _, f := range files {
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		for suffix, raw := range map[string]bool{".ir": false, ".raw.ir": true} {
			res, err := cmodel.Compile(
				[]cmodel.Source{{Name: filepath.Base(f), Text: text}},
				cmodel.Options{Name: "M", Include: include, Raw: raw})
			require.NoError(t, err, f)
			require.Empty(t, spec.Check(res.Model), f)
			got := res.Model.String()
			golden := strings.TrimSuffix(f, ".c") + suffix
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o666))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), got, golden)
		}
	}
}

// What the header offers occurs in the programs of testdata/ir.
func TestIRProgramsUseTheLanguage(t *testing.T) {
	files, err := filepath.Glob("testdata/ir/*.c")
	require.NoError(t, err)
	var all strings.Builder
	for _, f := range files {
		text, err := os.ReadFile(f)
		require.NoError(t, err)
		all.Write(text)
	}
	used := 0
	offers := regexp.MustCompile(
		`(?m)^#define\s+([A-Za-z]\w*)|^[a-z_][\w \*]*?[ *]([a-z]\w+)\([^;{]*\);`)
	for _, m := range offers.FindAllStringSubmatch(string(kernel.Header()), -1) {
		name := m[1] + m[2]
		if name == "MCHECK_H" || name == "NULL" || name == "true" || name == "false" {
			continue
		}
		used++
		require.Regexp(t, `\b`+name+`\b`, all.String())
	}
	require.Greater(t, used, 50)
	for _, word := range []string{"if", "else", "for", "while", "do", "switch", "case", "default",
		"break", "continue", "goto", "return", "enum", "typedef", "struct"} {
		require.Regexp(t, `\b`+word+`\b`, all.String())
	}
}
