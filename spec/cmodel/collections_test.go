package cmodel_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"mcheck/spec/cmodel"
)

// Any number of list and set operations may stand in one step, in any order: what comes of them is
// what comes of them one by one.
func TestCollectionsInOneStep(t *testing.T) {
	if testing.Short() {
		t.Skip("a hundred programs")
	}
	rapid.Check(t, func(r *rapid.T) {
		size := rapid.IntRange(1, 3).Draw(r, "size")
		var ops strings.Builder
		obj := func() string { return fmt.Sprintf("o[%d]", rapid.IntRange(0, size-1).Draw(r, "object")) }
		list := func() string { return rapid.SampledFrom([]string{"a", "b"}).Draw(r, "list") }
		set := func() string { return rapid.SampledFrom([]string{"s", "u"}).Draw(r, "set") }
		var op func(depth int) string
		op = func(depth int) string {
			n := rapid.IntRange(0, 13).Draw(r, "op")
			if depth == 0 && n > 10 {
				n -= 10
			}
			l, k, x := list(), set(), obj()
			switch n {
			case 0, 1:
				return fmt.Sprintf("if (!list_has(&%s, %s)) list_add(&%s, %s);", l, x, l, x)
			case 2:
				return fmt.Sprintf("if (!list_has(&%s, %s)) list_add_tail(&%s, %s);", l, x, l, x)
			case 3:
				return fmt.Sprintf("if (list_has(&%s, %s)) list_del(&%s, %s);", l, x, l, x)
			case 4:
				return fmt.Sprintf("if (!list_empty(&%s)) q = list_pop(&%s);", l, l)
			case 5:
				return fmt.Sprintf("if (!list_empty(&%s)) q = list_first(&%s);", l, l)
			case 6:
				return fmt.Sprintf("{ bool c = false; %s if (!c) list_splice_tail(&a, &b); }", common(size))
			case 7:
				return fmt.Sprintf("set_add(&%s, %s);", k, x)
			case 8:
				return fmt.Sprintf("set_del(&%s, %s);", k, x)
			case 9:
				return fmt.Sprintf("if (q) set_add(&%s, q);", k)
			case 10:
				return fmt.Sprintf("if (q && !list_has(&%s, q)) list_add_tail(&%s, q);", l, l)
			case 11:
				return fmt.Sprintf("if (set_has(&%s, %s)) { %s %s } else { %s }", k, x, op(depth-1), op(depth-1), op(depth-1))
			case 12:
				return fmt.Sprintf("list_add(&%s, %s);", l, x) // fails if it is there
			}
			return fmt.Sprintf("q = list_pop(&%s);", l)
		}
		for range rapid.IntRange(1, 5).Draw(r, "ops") {
			ops.WriteString("\t\t" + op(1) + "\n")
		}
		src := fmt.Sprintf(`#include "mcheck.h"
struct s { bool x; }; POOL(s, %d);
static struct s *o[%d], *q; static s_list a, b; static s_set s, u;
INIT { u2 i; for (i = 0; i < %d; i++) o[i] = alloc(s); }
TASK(p, 1) {
	if (choose(2)) atomic { list_add(&a, o[0]); set_add(&s, o[0]); }
	atomic {
%s	}
}
AT_REST(Nothing, "", "") { return list_empty(&a) || set_empty(&s) || q != NULL; }
`, size, size, size, ops.String())
		_, err := cmodel.Compile([]cmodel.Source{{Name: "test.c", Text: []byte(src)}}, cmodel.Options{Include: include})
		if err != nil && strings.Contains(err.Error(), "becomes too large") {
			r.Skip("as it should be: it says where")
		}
		require.NoError(r, err, src)
		agrees(t, src, cmodel.Options{})
	})
}

// common sets c if an object is on both lists.
func common(size int) string {
	var out strings.Builder
	for i := range size {
		fmt.Fprintf(&out, "if (list_has(&a, o[%d]) && list_has(&b, o[%d])) c = true; ", i, i)
	}
	return out.String()
}
