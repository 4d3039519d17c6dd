package kernel_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/bluekeyes/go-gitdiff/gitdiff"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"mcheck/spec/kernel"
)

// Each case of testdata/patch.txtar is a group of files NAME/a.c, NAME/1.patch …, and NAME/want.c
// or NAME/error. The wanted texts are written by hand.
func TestApply(t *testing.T) {
	ar, err := txtar.ParseFile("testdata/patch.txtar")
	require.NoError(t, err)
	type group struct {
		files   []kernel.File
		patches []kernel.Patch
		want    map[string]string
		err     string
	}
	groups := map[string]*group{}
	var order []string
	for _, f := range ar.Files {
		name, file, _ := strings.Cut(f.Name, "/")
		g := groups[name]
		if g == nil {
			g = &group{want: map[string]string{}}
			groups[name], order = g, append(order, name)
		}
		switch {
		case file == "error":
			g.err = strings.TrimSpace(string(f.Data))
		case strings.HasSuffix(file, ".patch"):
			g.patches = append(g.patches, kernel.Patch{Name: file, Text: f.Data})
		case strings.HasPrefix(file, "want/"):
			g.want[strings.TrimPrefix(file, "want/")] = string(f.Data)
		default:
			g.files = append(g.files, kernel.File{Name: file, Text: f.Data})
		}
	}
	require.NotEmpty(t, order)
	for _, name := range order {
		t.Run(name, func(t *testing.T) {
			g := groups[name]
			before := fmt.Sprintf("%q", g.files)
			got, err := kernel.Apply(g.files, g.patches...)
			require.Equal(t, before, fmt.Sprintf("%q", g.files), "the input is left alone")
			if g.err != "" {
				require.Error(t, err)
				require.Equal(t, g.err, err.Error())
				var pe *kernel.PatchError
				require.True(t, errors.As(err, &pe))
				return
			}
			require.NoError(t, err)
			have := map[string]string{}
			for _, f := range got {
				have[f.Name] = string(f.Text)
			}
			require.Equal(t, g.want, have)
		})
	}
}

func TestDescription(t *testing.T) {
	p := kernel.Patch{Text: []byte("Subject: one  \n\nMore of it.\n---\nnotes\n--- a/x.c\n+++ b/x.c\n")}
	require.Equal(t, "Subject: one\n\nMore of it.", p.Description())
	require.Empty(t, kernel.Patch{Text: []byte("--- a/x.c\n")}.Description())
}

func TestBase(t *testing.T) {
	var names []string
	for _, f := range kernel.Base() {
		names = append(names, f.Name)
		require.NotEmpty(t, f.Text)
	}
	require.Contains(t, names, "namespace.c")
	require.Contains(t, names, "kernel.h")
	require.NotContains(t, names, kernel.HeaderName)
	require.IsIncreasing(t, names)
	require.Contains(t, string(kernel.Header()), "#define TASK(")
	// What a caller does to its copy stays with it.
	kernel.Base()[0].Text[0] = '!'
	require.NotEqual(t, byte('!'), kernel.Base()[0].Text[0])
}

// Whatever the patch, applying it neither panics nor returns both files and an error; and what it
// returns without an error has every line that a patch of one file adds.
func FuzzApply(f *testing.F) {
	ar, err := txtar.ParseFile("testdata/patch.txtar")
	require.NoError(f, err)
	for _, file := range ar.Files {
		if strings.HasSuffix(file.Name, ".patch") {
			f.Add("one\ntwo\nthree\n", string(file.Data))
		}
	}
	f.Fuzz(func(t *testing.T, text, patch string) {
		out, err := kernel.Apply([]kernel.File{{Name: "a.c", Text: []byte(text)}}, kernel.Patch{Name: "p", Text: []byte(patch)})
		if err != nil {
			require.Nil(t, out)
			var pe *kernel.PatchError
			require.True(t, errors.As(err, &pe), "%v", err)
			return
		}
		require.NotEmpty(t, out)
		all := ""
		for _, f := range out {
			all += string(f.Text)
		}
		files, _, err := gitdiff.Parse(strings.NewReader(patch))
		require.NoError(t, err)
		if len(files) > 1 {
			return // the second may take out what the first has put in
		}
		for _, file := range files {
			for _, hunk := range file.TextFragments {
				for _, l := range hunk.Lines {
					if l.Op == gitdiff.OpAdd {
						require.Contains(t, all, l.Line)
					}
				}
			}
		}
	})
}
