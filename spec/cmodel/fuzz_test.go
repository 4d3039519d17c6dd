package cmodel_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"mcheck/spec"
	"mcheck/spec/cmodel"
)

// FuzzCompile feeds the front end with anything: it answers with a well-formed model or an error,
// and never with an internal one.
func FuzzCompile(f *testing.F) {
	if a, err := txtar.ParseFile("testdata/errors.txtar"); err == nil {
		for _, x := range a.Files {
			if strings.HasSuffix(x.Name, ".c") {
				f.Add("#include \"mcheck.h\"\n"+string(x.Data), false)
			}
		}
	}
	for _, text := range []string{
		"#include \"fuzz.c\"\n", "#if 1\n#if 1\n#endif\n", "#endif\n", "#include X\n", "/*", "\"",
		"TASK(p, 1) { u1 x = " + strings.Repeat("(", 300), "TASK(p, 1) { " + strings.Repeat("x = !", 300),
		"static u2 g GUARDED_BY(l) GHOST, h; enum { A = 1 << 40 }; TASK(p, 1) { GHOST; }\n",
	} {
		f.Add("#include \"mcheck.h\"\n"+text, false)
	}
	if cases, err := filepath.Glob("testdata/input/*.c"); err == nil {
		for _, name := range cases {
			if src, err := os.ReadFile(name); err == nil {
				f.Add(string(src), true)
			}
		}
	}
	for _, name := range []string{"peterson", "seqlock", "objects", "rwsem"} {
		src, err := os.ReadFile("testdata/models/" + name + ".c")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src), true)
	}
	f.Fuzz(func(t *testing.T, src string, raw bool) {
		if len(src) > 4000 {
			return
		}
		res, err := cmodel.Compile([]cmodel.Source{{Name: "fuzz.c", Text: []byte(src)}}, cmodel.Options{Raw: raw, Include: include})
		if err != nil {
			var list cmodel.ErrorList
			if !errors.As(err, &list) {
				t.Fatal(err)
			}
			return
		}
		if errs := spec.Check(res.Model); len(errs) > 0 {
			t.Fatal(errs)
		}
	})
}
