package story

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec"
)

func TestHead(t *testing.T) {
	for text, want := range map[string]string{
		"x = 1;":                               "x = 1;",
		"  x  =\n\t1;":                         "x = 1;",
		"if (list_empty(&head)) return;":       "if (list_empty(&head))",
		"for_each(mount, m) if (m->live) n++;": "for_each(mount, m)",
		"for (fd = 0; fd < NR_FDS; fd++) {":    "for (fd = 0; fd < NR_FDS; fd++)",
		"atomic { if (x) y = 1; }":             "",
		"atomic await(!a || b);":               "await(!a || b);",
		"atomic ghost note(m);":                "note(m);",
		"else if (x) y = 1;":                   "if (x)",
		"do {":                                 "",
		"iffy(x); y":                           "iffy(x); y",
		"atomically(x);":                       "atomically(x);",
		"if (unfinished":                       "if (unfinished",
		"umount -l /mnt || echo (":             "umount -l /mnt || echo (",
	} {
		require.Equal(t, want, head(text), text)
	}
}

func TestStatements(t *testing.T) {
	src := func(fn, text string) spec.SourceLine { return spec.SourceLine{Func: fn, Text: text} }
	require.Equal(t, []spec.SourceLine{src("f", "await(x);"), src("g", "await(x);"), src("f", "y;")},
		statements([]spec.SourceLine{src("f", "atomic await(x);"), src("f", "await(x);"), src("g", "await(x);"), src("f", "do {"), src("f", "y;")}))
	require.Equal(t, []spec.SourceLine{src("f", "do {")}, statements([]spec.SourceLine{src("f", "do {")}))
	require.Empty(t, statements(nil))
}

// Of a function that is one atomic block the call is shown; of a task that is, or a block among
// others, what it does.
func TestAtomicFunctions(t *testing.T) {
	src := func(fn, text string) spec.SourceLine { return spec.SourceLine{Func: fn, Text: text} }
	require.Equal(t, []spec.SourceLine{src("f", "x;"), src("f", "rcu_read_unlock();"), src("f", "y;")},
		statements([]spec.SourceLine{src("f", "x;"), src("f", "rcu_read_unlock();"), src("rcu_read_unlock", "atomic { set_del(a, b);"),
			src("rcu_read_unlock", "set_del(a, b);"), src("rcu_read_unlock", "note(a);"), src("note", "a++;"), src("rcu_read_unlock", "z;"), src("f", "y;")}))
	require.Equal(t, []spec.SourceLine{src("worker", "await(x);"), src("worker", "y;")},
		statements([]spec.SourceLine{src("worker", "atomic { await(x);"), src("worker", "await(x);"), src("worker", "y;")}))
	require.Equal(t, []spec.SourceLine{src("f", "g();"), src("g", "x;"), src("g", "y;")},
		statements([]spec.SourceLine{src("f", "g();"), src("g", "x;"), src("g", "atomic { y;"), src("g", "y;")}))
}

// An atomic statement says enough of what it calls, which may be other functions in turn; what
// comes after it is shown again.
func TestAtomicStatements(t *testing.T) {
	src := func(fn, text string) spec.SourceLine { return spec.SourceLine{Func: fn, Text: text} }
	got := statements([]spec.SourceLine{src("f", "x;"), src("f", "atomic n = tree(m);"), src("f", "n = tree(m);"), src("tree", "for_each(mount, p)"),
		src("tree", "if (child(p))"), src("child", "return true;"), src("tree", "return 2;"), src("f", "y;"), src("f", "child(p);"), src("child", "return false;")})
	require.Equal(t, []spec.SourceLine{src("f", "x;"), src("f", "n = tree(m);"), src("f", "y;"), src("f", "child(p);"), src("child", "return false;")}, got)
	got = statements([]spec.SourceLine{src("f", "atomic tree(m);"), src("f", "tree(m);"), src("tree", "x;"), src("main", "y;")})
	require.Equal(t, []spec.SourceLine{src("f", "tree(m);"), src("main", "y;")}, got, "it is the last of its function")
	got = statements([]spec.SourceLine{src("f", "atomic x++;"), src("f", "x++;"), src("g", "y;")})
	require.Equal(t, []spec.SourceLine{src("f", "x++;"), src("g", "y;")}, got, "it calls nothing")
}
