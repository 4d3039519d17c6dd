package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/spec/kernel"
)

// What a system call leads to, told by reading the model: a umount comes to do_umount(), a mkfs
// does not; both come to what the end of a task does, and to what a macro of theirs calls.
func TestReaching(t *testing.T) {
	files := kernel.Base()
	g, err := newCallGraph(files)
	require.NoError(t, err)
	require.True(t, g.closure("sys_umount")["do_umount"])
	require.True(t, g.closure("sys_umount")["mntput_no_expire"])
	require.False(t, g.closure("sys_mkfs")["do_umount"])
	require.True(t, g.closure("sys_mkfs")["bd_claim_excl"])
	require.True(t, g.always()["exit_task"])
	require.True(t, g.always()["mntput_no_expire"], "the end of a task closes its files")
	require.False(t, g.always()["do_umount"])

	at := func(file, text string) *change {
		return &change{added: map[string][]int{file: {lineOf(t, file, text)}}, removed: map[string][]int{}}
	}
	in := func(file, text string) func(string) bool {
		f, err := at(file, text).reaching(files, files)
		require.NoError(t, err)
		return f
	}
	f := in("namespace.c", "if (propagate_mount_busy(m))")
	require.True(t, f("sys_umount"))
	require.False(t, f("sys_stat"))
	require.Nil(t, in("namespace.c", "m->MNT_DOOMED = true;"), "a task that ends may come there")
	require.Nil(t, in("kernel.h", "#include"), "outside of functions")
	require.Nil(t, in("properties.c", "INVARIANT("), "a property")
	require.Nil(t, in("workqueue.c", "work->func(work);"), "a thread")
}
