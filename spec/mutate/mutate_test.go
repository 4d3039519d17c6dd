package mutate

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec/kernel"
)

const source = `/* a file */
#include "kernel.h"

static bool f(struct mount *m)
{
	bool old;

	/* two words */
	spin_lock(&l);
	m->flag = true;
	ghost note(m);
	old = m->other;
	if (old && m->third ||
	    m->fourth > 2)
		return false;
	atomic {
		m->a = 1;
		m->b = 2;
	}
	ghost {
		if (old)
			note(m);
	}
	spin_unlock(&l);
	return true;
}

INIT
{
	start();
}
`

func generated() []Mutant {
	return Generate([]kernel.File{{Name: "x.c", Text: []byte(source)}}, "x.c")
}

func TestGenerate(t *testing.T) {
	var names []string
	for _, m := range generated() {
		names = append(names, m.Name)
	}
	require.Equal(t, []string{
		"x.c:f:drop:spin_lock(&l)",
		"x.c:f:swap:spin_lock(&l) <> m->flag = true",
		"x.c:f:drop:m->flag = true",
		"x.c:f:swap:m->flag = true <> old = m->other",
		"x.c:f:never:old && m->third || m->fourth > 2",
		"x.c:f:without:old && m->third",
		"x.c:f:without:m->fourth > 2",
		"x.c:f:constant:2->3 in if (old && m->third || m->fourth > 2)",
		"x.c:f:constant:2->1 in if (old && m->third || m->fourth > 2)",
		"x.c:f:constant:false->true in return false",
		"x.c:f:drop:m->a = 1",
		"x.c:f:constant:1->2 in m->a = 1",
		"x.c:f:drop:m->b = 2",
		"x.c:f:constant:2->3 in m->b = 2",
		"x.c:f:constant:2->1 in m->b = 2",
		"x.c:f:drop:spin_unlock(&l)",
		"x.c:f:constant:true->false in return true",
	}, names)
}

// A mutant is the file with its one mistake, wherever it stands in it.
func TestPatch(t *testing.T) {
	want := map[string][2]string{
		"x.c:f:drop:spin_lock(&l)": {"\tspin_lock(&l);\n", "\t;\n"},
		// The ghost code goes with the statement that it belongs to.
		"x.c:f:swap:m->flag = true <> old = m->other": {
			"\tm->flag = true;\n\tghost note(m);\n\told = m->other;\n", "\told = m->other;\n\tm->flag = true;\n\tghost note(m);\n"},
		"x.c:f:without:m->fourth > 2":               {"if (old && m->third ||\n\t    m->fourth > 2)", "if (old && m->third)"},
		"x.c:f:constant:true->false in return true": {"return true;", "return false;"},
	}
	files := []kernel.File{{Name: "x.c", Text: []byte(source)}}
	for _, m := range generated() {
		got, err := kernel.Apply(files, m.Patch())
		require.NoError(t, err, m.Name)
		require.NotEqual(t, source, string(got[0].Text), m.Name)
		if w, ok := want[m.Name]; ok {
			require.Equal(t, strings.Replace(source, w[0], w[1], 1), string(got[0].Text), m.Name)
			delete(want, m.Name)
		}
	}
	require.Empty(t, want)
}

// Names don't change when lines are put in elsewhere.
func TestNamesAreStable(t *testing.T) {
	moved := strings.Replace(source, "/* a file */", "/* a\n * file\n */\nvoid g(void)\n{\n\th();\n}\n", 1)
	var now []string
	for _, m := range Generate([]kernel.File{{Name: "x.c", Text: []byte(moved)}}, "x.c") {
		now = append(now, m.Name)
	}
	require.Equal(t, "x.c:g:drop:h()", now[0])
	for i, m := range generated() {
		require.Equal(t, m.Name, now[i+1])
	}
}

// The mutants of the model are patches that apply, each of another name.
func TestMutantsOfTheModel(t *testing.T) {
	seen := map[string]bool{}
	var files []string
	for _, f := range kernel.Base() {
		files = append(files, f.Name)
	}
	for _, m := range Generate(kernel.Base(), files...) {
		require.False(t, seen[m.Name], m.Name)
		seen[m.Name] = true
		_, err := kernel.Sources(m.Patch())
		require.NoError(t, err)
	}
	for _, name := range []string{
		"namespace.c:mntput_no_expire:drop:lock_mount_hash()",
		"namespace.c:umount_tree:drop:p->mnt_ns = NULL",
		"namespace.c:namespace_unlock:drop:synchronize_rcu_expedited()",
		"namespace.c:propagate_mount_busy:constant:2->3 in return count > 2",
	} {
		require.True(t, seen[name], name)
	}
}

func TestReasons(t *testing.T) {
	reasons, err := Reasons()
	require.NoError(t, err)
	var files []string
	for _, f := range kernel.Base() {
		files = append(files, f.Name)
	}
	there := map[string]bool{}
	for _, m := range Generate(kernel.Base(), files...) {
		there[m.Name] = true
	}
	for name := range reasons {
		require.True(t, there[name], "reasons.txt: there is no mutant %s", name)
	}

	got, err := parseReasons("# a\nequivalent: it is\n\ta:b\n\tc:d\n")
	require.NoError(t, err)
	require.Equal(t, map[string]Reason{"a:b": {Equivalent, "it is"}, "c:d": {Equivalent, "it is"}}, got)
	for _, bad := range []string{"\ta:b\n", "because: it is\n", "equivalent\n", "cost only: a\n\tx\nbarrier: b\n\tx\n"} {
		_, err := parseReasons(bad)
		require.ErrorContains(t, err, "reasons.txt:")
	}
}
