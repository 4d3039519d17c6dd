package kernel

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const source = `/* do_it() is here */
static int do_it(struct mount *m);	// a declaration
static inline void other(void) { do_it(NULL); }

#ifdef CONFIG_A
static int do_it(struct mount *m)
{
	if (m) {	/* never */
		return 1;
	}
	return 0;
}
#endif

int calls(void)
{
	do_it(NULL);
}

static struct mount *
of_two_lines(int a,
	     int b)
{
}
`

func TestFunctionHash(t *testing.T) {
	hash := func(text, name string) string {
		h, ok := FunctionHash([]byte(text), name)
		require.True(t, ok, name)
		require.Len(t, h, 16)
		return h
	}
	was := hash(source, "do_it")
	for _, same := range [][2]string{
		{"/* never */", "// always"}, {"\tif (m)", "  if  (m)"}, {"int calls", "long calls"}, {"do_it(NULL);\n}", "do_it(m);\n}"},
	} {
		changed := strings.Replace(source, same[0], same[1], 1)
		require.NotEqual(t, source, changed)
		require.Equal(t, was, hash(changed, "do_it"), same[0])
	}
	for _, other := range [][2]string{
		{"return 0", "return 2"}, {"if (m) {", "if (!m) {"}, {"static int do_it(struct mount *m)\n", "static int do_it(struct mount *n)\n"},
	} {
		require.NotEqual(t, was, hash(strings.Replace(source, other[0], other[1], 1), "do_it"), other[0])
	}
	// A second definition, for another configuration, is part of it.
	require.NotEqual(t, was, hash(source+"static int do_it(struct mount *m)\n{\n}\n", "do_it"))
	hash(source, "calls")
	hash(source, "of_two_lines")
	for _, none := range []string{"it", "do", "never", "NULL"} {
		_, ok := FunctionHash([]byte(source), none)
		require.False(t, ok, none)
	}
	_, ok := FunctionHash([]byte("int do_it(void)\n{\n"), "do_it")
	require.False(t, ok, "without an end")
}

// Each row names a function of the model, and each function of namespace.c has a row. That the hash
// is there, or not, is as the release notes of Linux have it: file_ref_put() came with 6.13.
func TestCounterparts(t *testing.T) {
	table, err := Counterparts()
	require.NoError(t, err)
	texts := map[string]string{}
	for _, f := range Base() {
		texts[f.Name] = string(f.Text)
	}
	rows := map[string]StandsFor{}
	for _, s := range table {
		_, ok := FunctionHash([]byte(texts[s.File]), s.Func)
		require.True(t, ok, "%s has no function %s", s.File, s.Func)
		require.Empty(t, rows[s.File+":"+s.Func].Func, "%s is there twice", s.Func)
		rows[s.File+":"+s.Func] = s
		require.Equal(t, s.KernelFile == "", s.KernelFunc == "")
		if s.KernelFile == "" {
			require.Empty(t, s.Hash)
		}
	}
	for l := range strings.Lines(texts["namespace.c"]) {
		if head, _, ok := strings.Cut(l, "("); ok && !strings.ContainsAny(l[:1], "\t/# }*{") {
			words := strings.Fields(strings.ReplaceAll(head, "*", " "))
			name := words[len(words)-1]
			require.Equal(t, name, rows["namespace.c:"+name].Func, "standsfor.txt lacks a function of namespace.c")
		}
	}
	require.Empty(t, rows["file_table.c:file_ref_put"].Hash)
	require.Equal(t, "fs/namespace.c", rows["namespace.c:umount_tree"].KernelFile)
	require.NotEmpty(t, rows["namespace.c:umount_tree"].Hash)

	for _, bad := range []string{"a.c:f", "a.c f -", "a.c:f g -", "a.c:f b.c:g h i"} {
		_, err := parseStandsFor(bad)
		require.ErrorContains(t, err, "standsfor.txt:1: ")
	}
}
