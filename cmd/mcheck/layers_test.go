package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// mayImport says which of our packages each may import: data flows one way. Tests, and the packages
// that only tests use, may import more.
var mayImport = map[string][]string{
	"spec":                        {},
	"spec/eval":                   {"spec"},
	"spec/spectest":               {"spec"},
	"spec/randc":                  {},
	"spec/classic":                {"spec"},
	"spec/slice":                  {"spec", "internal/parallel"},
	"spec/tso":                    {"spec"},
	"spec/cmodel":                 {"spec", "spec/tso", "internal/parallel"},
	"spec/cread":                  {"spec/kernel"}, // shares nothing with the front end
	"spec/kernel":                 {"internal/safe"},
	"spec/mutate":                 {"spec/kernel"},
	"spec/designs":                {},
	"spec/scenarios":              {},
	"spec/claims":                 {"internal/near", "internal/safe", "spec"},
	"spec/examples":               {},
	"spec/sweep":                  {},
	"spec/scenario":               {"internal/input", "internal/near", "internal/safe", "spec", "spec/eval", "spec/cmodel", "spec/kernel", "spec/designs", "spec/scenarios", "spec/slice"},
	"internal/cputime":            {},
	"internal/safe":               {},
	"internal/input":              {"internal/safe"},
	"internal/near":               {},
	"internal/temp":               {},
	"internal/parallel":           {},
	"states":                      {"internal/temp"},
	"spec/symmetry":               {"spec"},
	"explorer":                    {"spec", "spec/symmetry", "states", "internal/parallel", "internal/safe", "internal/temp"},
	"export/internal/story":       {"spec", "spec/eval"},
	"export/text":                 {"internal/safe", "spec", "export/internal/story"},
	"export/mail":                 {"internal/safe", "spec", "export/internal/story"},
	"export/dot":                  {"internal/safe", "spec", "spec/eval", "explorer", "export/internal/story"},
	"export/tla":                  {"internal/safe", "spec", "spec/symmetry"},
	"export/tla/internal/tlatest": {"spec", "spec/eval", "explorer"},
	"export/tla/tlc":              {"spec", "spec/eval", "explorer", "export/tla", "internal/temp"},
	"cmd/mcheck": {"spec", "spec/symmetry", "states", "spec/claims", "spec/cmodel", "spec/examples", "spec/kernel", "spec/mutate", "spec/scenario", "spec/sweep", "explorer", "export/mail", "export/text", "export/dot", "export/tla", "export/tla/tlc",
		"export/promela", "export/murphi", "export/peers", "spec/classic", "internal/cputime", "internal/input", "internal/near", "internal/parallel", "internal/safe", "internal/temp"},
}

// parsed returns the files of the module that are no tests, by package directory.
func parsed(t *testing.T) map[string][]*ast.File {
	t.Helper()
	out := map[string][]*ast.File{}
	root := filepath.Join("..", "..")
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		dir = filepath.ToSlash(dir)
		out[dir] = append(out[dir], f)
		return err
	}))
	require.Greater(t, len(out), 5)
	return out
}

func TestImportDirection(t *testing.T) {
	for dir, files := range parsed(t) {
		allowed, ok := mayImport[dir]
		if !ok && strings.HasPrefix(dir, "export/") {
			// a view
			allowed, ok = []string{"spec", "explorer", "export", "internal/safe", "internal/temp"}, true
		}
		require.True(t, ok, "package %s is in no layer: say in mayImport what it may import", dir)
		for _, f := range files {
			for _, imp := range f.Imports {
				path, err := strconv.Unquote(imp.Path.Value)
				require.NoError(t, err)
				if ours, ok := strings.CutPrefix(path, "mcheck/"); ok {
					view := strings.HasPrefix(ours, "export/") && slices.Contains(allowed, "export")
					require.True(t, view || slices.Contains(allowed, ours), "%s imports %s", dir, ours)
				}
			}
		}
	}
}

// Only the command prints, exits and reads flags.
func TestLibrariesAreQuiet(t *testing.T) {
	banned := map[string][]string{"fmt": {"Print", "Println", "Printf"}, "os": {"Exit", "Stdout", "Stderr"}}
	for dir, files := range parsed(t) {
		if dir == "cmd/mcheck" {
			continue
		}
		for _, f := range files {
			for _, imp := range f.Imports {
				require.NotContains(t, []string{`"flag"`, `"log"`, `"log/slog"`, `"github.com/spf13/pflag"`, `"github.com/spf13/cobra"`}, imp.Path.Value, dir)
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if sel, ok := n.(*ast.SelectorExpr); ok {
					if pkg, ok := sel.X.(*ast.Ident); ok {
						require.False(t, slices.Contains(banned[pkg.Name], sel.Sel.Name), "%s uses %s.%s", dir, pkg.Name, sel.Sel.Name)
					}
				}
				return true
			})
		}
	}
}
