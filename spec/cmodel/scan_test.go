package cmodel_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"mcheck/spec/cmodel"
)

// wrong compiles a program that is refused, and returns its first error.
func wrong(t *testing.T, src string, files map[string]string) *cmodel.Error {
	t.Helper()
	begun := time.Now()
	_, err := cmodel.Compile([]cmodel.Source{{Name: "m.c", Text: []byte(src)}}, cmodel.Options{Include: func(name string) ([]byte, error) {
		if text, ok := files[name]; ok {
			return []byte(text), nil
		}
		if name != "mcheck.h" {
			return nil, fs.ErrNotExist
		}
		return include(name)
	}})
	var list cmodel.ErrorList
	require.ErrorAs(t, err, &list)
	require.Less(t, time.Since(begun), 10*time.Second)
	return list[0]
}

// Texts that nest deeper than the C parser can follow, or that would keep it busy, are refused
// before it sees them.
func TestTooDeep(t *testing.T) {
	around := func(before, open, middle, closing, after string) func(n int) string {
		return func(n int) string {
			return "#include \"mcheck.h\"\n" + before + strings.Repeat(open, n) + middle + strings.Repeat(closing, n) + after
		}
	}
	levels := func(each string) func(n int) string {
		return func(n int) string {
			var b strings.Builder
			b.WriteString("#include \"mcheck.h\"\n#define A0 1\n")
			for i := 1; i < n; i++ {
				fmt.Fprintf(&b, "#define A%d "+each+"\n", i, i-1)
			}
			fmt.Fprintf(&b, "static u1 x; TASK(p, 1) { x = A%d; }\n", n-1)
			return b.String()
		}
	}
	for name, tc := range map[string]struct {
		text  func(n int) string
		n     int // deeper than is allowed
		fine  int
		words string
	}{
		"parentheses":  {around("static u1 x; TASK(p, 1) { x = ", "(", "1", ")", "; }"), 100_000, 150, "brackets nest too deeply"},
		"braces":       {around("static u1 x; TASK(p, 1) { ", "{", "x = 1;", "}", "}"), 100_000, 150, "brackets nest too deeply"},
		"initialisers": {around("static u1 x = ", "{", "1", "}", "; TASK(p, 1) { }"), 100_000, 0, "brackets nest too deeply"},
		"structs":      {around("", "struct { ", "bool a;", "} x;", " TASK(p, 1) { }"), 50_000, 150, "brackets nest too deeply"},
		"calls":        {around("static u1 f(u1 a) { return a; } TASK(p, 1) { ", "f(", "1", ")", "; }"), 50_000, 150, "brackets nest too deeply"},
		"pointers":     {around("static bool ", "*", "x", "", "; TASK(p, 1) { }"), 200_000, 0, "this statement has more than 5000 words and signs"},
		"dimensions":   {around("static bool x", "[1]", "", "", "; TASK(p, 1) { }"), 50_000, 10, "this statement has more than 5000 words and signs"},
		"operators":    {around("static u1 x; TASK(p, 1) { x = ", "!", "1", "", "; }"), 200_000, 4_000, "this statement has more than 5000 words and signs"},
		"casts":        {around("static u1 x; TASK(p, 1) { x = ", "(u1)", "1", "", "; }"), 50_000, 1_000, "this statement has more than 5000 words and signs"},
		"conditionals": {around("static u1 x; TASK(p, 1) { x = ", "1?1:", "1", "", "; }"), 50_000, 1_000, "this statement has more than 5000 words and signs"},
		"if":           {around("static u1 x; TASK(p, 1) { ", "if (1) ", "x = 1;", "", " }"), 50_000, 500, "this statement has more than 5000 words and signs"},
		"else":         {around("static u1 x; TASK(p, 1) { ", "if (0) { x = 0; } else ", "x = 1;", "", " }"), 50_000, 400, "more than 500 else follow each other"},
		"labels":       {around("static u1 x; TASK(p, 1) { switch (1) { ", "default: ", "x = 1;", "", " } }"), 50_000, 1, "this statement has more than 5000 words and signs"},
		"#if":          {around("", "#if 1\n", "TASK(p, 1) { }\n", "#endif\n", ""), 20_000, 50, "#if nests too deeply"},
		"macros":       {levels("(A%d)"), 1_200, 150, "the macros of the program expand to too much"},
		"powers of 2":  {levels("A%d + A%[2]d - 1"), 60, 8, "the macros of the program expand to too much"},
	} {
		t.Run(name, func(t *testing.T) {
			e := wrong(t, tc.text(tc.n), nil)
			require.Equal(t, tc.words, e.Msg)
			require.NotEmpty(t, e.Advice)
			require.Equal(t, "m.c", e.Pos.File)
			require.Less(t, len(e.Error()), 1200)
			if tc.fine > 0 {
				_, err := cmodel.Compile([]cmodel.Source{{Name: "m.c", Text: []byte(tc.text(tc.fine))}}, cmodel.Options{Include: include})
				require.NoError(t, err)
			}
		})
	}
	big := "#include \"mcheck.h\"\n" + strings.Repeat("/* nothing */\n", 400_000) + "TASK(p, 1) { }\n"
	require.Equal(t, "the program has more than 4 MiB", wrong(t, big, nil).Msg)
}

// What includes itself is refused where it does so; what is guarded is not.
func TestIncludes(t *testing.T) {
	guarded := "#ifndef A_H\n#define A_H\n#include \"b.h\"\nstatic bool a;\n#endif\n"
	many := map[string]string{}
	for i := range 30 {
		many[fmt.Sprintf("h%d.h", i)] = fmt.Sprintf("#include \"h%d.h\"\n#include \"h%d.h\"\n", i+1, i+1)
	}
	many["h30.h"] = "\n"
	deep := map[string]string{}
	for i := range 60 {
		deep[fmt.Sprintf("h%d.h", i)] = fmt.Sprintf("#include \"h%d.h\"\n", i+1)
	}
	deep["h60.h"] = "\n"
	for name, tc := range map[string]struct {
		text  string
		files map[string]string
		err   string // place and message
	}{
		"itself":               {`#include "m.c"`, map[string]string{"m.c": `#include "m.c"`}, "m.c:1:1: m.c includes itself"},
		"another that does":    {`#include "a.h"`, map[string]string{"a.h": "\n#include \"a.h\"\n"}, "a.h:2:1: a.h includes itself"},
		"each other":           {`#include "a.h"`, map[string]string{"a.h": `#include "b.h"`, "b.h": ` # include  <a.h>`}, "b.h:1:2: a.h includes itself"},
		"guard that is undone": {`#include "a.h"`, map[string]string{"a.h": "#ifndef A\n#define A\n#undef A\n#include \"a.h\"\n#endif\n"}, "a.h:4:1: a.h includes itself"},
		"too often":            {`#include "h0.h"`, many, "more than 2000 files are included"},
		"too deep":             {`#include "h0.h"`, deep, "#include nests too deeply"},
		"by a macro":           {"#define F \"a.h\"\n#include F\n", map[string]string{"a.h": ""}, "m.c:2:1: this #include does not name a file"},
		"no such file":         {"#include \"nope.h\"\n", nil, "m.c:1:10: there is no file nope.h"},
		"bracket in it":        {`#include "a.h"`, map[string]string{"a.h": "static bool x[2;\n"}, "a.h:1:16: a ']' is missing here"},
		"no text":              {`#include "a.h"`, map[string]string{"a.h": "\x00"}, "a.h:1:1: this is no text"},
	} {
		t.Run(name, func(t *testing.T) {
			e := wrong(t, tc.text, tc.files)
			require.Contains(t, fmt.Sprintf("%s: %s", e.Pos, e.Msg), tc.err)
			require.NotEmpty(t, e.Advice)
		})
	}
	files := map[string]string{"a.h": guarded, "b.h": "#include \"a.h\"\nstatic bool b;\n"}
	_, err := cmodel.Compile([]cmodel.Source{{Name: "m.c", Text: []byte("#include \"mcheck.h\"\n#include \"a.h\"\n#if 0\n#include \"nope.h\"\n#endif\n/*\n#include X\n*/\nTASK(p, 1) { a = true; b = true; }\n")}},
		cmodel.Options{Include: func(name string) ([]byte, error) {
			if text, ok := files[name]; ok {
				return []byte(text), nil
			}
			return include(name)
		}})
	require.NoError(t, err)
}
