package scenarios_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"mcheck/explorer"
	"mcheck/spec"
	"mcheck/spec/scenario"
)

// mutant is a design with a mistake, and what a scenario finds of it.
type mutant struct {
	mutant, scenario string
	set              map[string]string
	violates         []string
}

func (m mutant) pair(t *testing.T) pair {
	t.Helper()
	sc, err := scenario.Load(m.scenario)
	require.NoError(t, err)
	return pair{sc, m.mutant, m.set}
}

// Each mutant breaks what it is made to break. What that is follows from its mistake: see the head
// of each patch.
var mutants = []mutant{
	// One CPU's counter is up for ever: the sum is one more than the references, and nobody does
	// the last put.
	{"mutants/forgets-a-put", "umount-mkfs-walk", nil, []string{"counts_match_ledger", "nothing_leaked", "cleanup_before_return_sync"}},
	// Own and caller's reference are two: more than the one that is allowed, with nobody else
	// there.
	{"mutants/allows-one-less", "umount-mkfs", nil, []string{"umount_ebusy_phantom"}},
	// A third reference, of a walker or a file, is allowed.
	{"mutants/allows-one-more", "open-umount", nil, []string{"umount_sees_holders"}},
	// The put of the own reference leaves the caller's, and dooms the mount.
	{"mutants/dooms-at-one", "umount-mkfs", nil, []string{"doomed_unreferenced"}},
	// And then the last put dooms it once more: it is queued for cleanup while it still is, which
	// no list allows, or cleaned up again.
	{"mutants/dooms-again", "ltp-mkfs-walk", nil, []string{"doomed_unreferenced", "doomed_once", "cleaned_once", "NoFail"}},
	{"mutants/frees-at-once", "umount-mkfs-walk", nil, []string{"NoUseAfterFree", "grace_period_before_put"}},
	{"mutants/counts-twice", "umount-mkfs-walk", nil, []string{"counts_match_ledger", "no_negative_sum"}},
	// A walker that has failed waits for mount_lock inside its RCU section, the umounter for the
	// walker with the lock held.
	{"mutants/waits-under-the-lock", "umount-mkfs-walk", nil, []string{"NoDeadlock", "namespace_sem_is_not_held_long",
		"no_sleep_where_nothing_may", "no_grace_period_for_nothing"}},
	{"mutants/mount-attaches-nothing", "wait-umount-mount", nil, []string{"mount_does_what_it_says"}},
	{"mutants/keeps-namespace-sem", "umount-mkfs", nil, []string{"NoDeadlock", "nothing_is_kept"}},
	{"mutants/claim-before-dying", "umount-mkfs", nil, []string{"superblock_has_claim"}},
	// Sums far above and below what the busy check and the last put tell apart.
	{"mutants/counts-sixteen", "umount-mkfs", map[string]string{"COUNT_BITS": "6"}, []string{"counts_match_ledger", "umount_ebusy_phantom"}},
	{"mutants/puts-thirty", "umount-mkfs", map[string]string{"COUNT_BITS": "7"}, []string{"counts_match_ledger", "no_negative_sum", "nothing_leaked"}},
	// Its callback finds nothing of it left.
	{"mutants/no-barrier", "rmmod-internal", nil, []string{"NoUseAfterFree"}},
	// No callback is queued, so the walkers are not waited for.
	{"mutants/barrier-for-wait", "umount-mkfs-walk", nil, []string{"grace_period_before_put", "cleanup_before_return_sync", "nothing_leaked"}},
	// The cleanup is task work, which runs after kern_unmount().
	{"mutants/internal-later", "rmmod-internal", nil, []string{"cleanup_in_kern_unmount"}},
	// The walk that has no reference of its own outlives the file system, and not what is left of
	// it.
	{"mutants/super-at-once", "cwd-threads", nil, []string{"super_block_outlives_walks", "NoUseAfterFree"}},
	// Three mounts, three grace periods.
	{"mutants/waits-for-each", "umount-tree", nil, []string{"one_grace_period"}},
	// The answer and the effect disagree.
	{"mutants/umount-does-nothing", "umount-mkfs", nil, []string{"umount_does_what_it_says"}},
	{"mutants/lazy-does-nothing", "ltp-mkfs", nil, []string{"umount_does_what_it_says"}},
	{"mutants/umount-ebusy-after-detach", "umount-mkfs", nil, []string{"umount_does_what_it_says"}},
	{"mutants/put-mnt-ns-nothing", "ns-exit", nil, []string{"namespace_end_detaches_all"}},
	// What is not mounted is looked up again and again.
	{"mutants/lookup-tries-again", "umount-mkfs-walk", nil, []string{"nothing_spins"}},
	// Nobody owes what is left.
	{"mutants/stat-leaks", "umount-mkfs-walk", nil, []string{"references_are_owed"}},
	{"mutants/lookup-keeps-parent", "nested-umount-walk", nil, []string{"references_are_owed"}},
	{"mutants/wrong-destructor", "rmmod-internal", nil, []string{"nothing_leaked"}},
	{"mutants/mkfs-always", "concurrent-mount", nil, []string{"exclusive_claims"}},
	{"mutants/stillborn", "two-mounts-mkfs", nil, []string{"NoDeadlock", "superblocks_are_owed"}},
	{"mutants/fs-list-before-claim", "umount-and-mount", nil, []string{"mount_waits_for_dying"}},
	// The walk is over before the umounter's last put, and excuses nothing.
	{"mutants/late-if-walked", "ltp-mkfs-walk", nil, []string{"cleanup_before_return_lazy", "device_free_after_umount"}},
	// The mount that is unmounted lazily is still there when the next one is made.
	{"defer-v4", "remount", map[string]string{"NR_MOUNTS": "1"}, []string{"WithinBounds"}},
}

func TestMutantsAreCaught(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	used := map[string]bool{}
	for _, m := range mutants {
		used[m.mutant] = true
		t.Run(m.mutant, func(t *testing.T) {
			_, r := reduced(t, m.pair(t))
			violated := map[string]bool{}
			for _, p := range r.Properties {
				violated[p.Property.Name] = p.Verdict == explorer.Violated
			}
			for _, p := range m.violates {
				require.True(t, violated[p], "%s is not violated by %s under %s", p, m.scenario, m.mutant)
			}
		})
	}
	for _, m := range scenario.Mutants() {
		require.True(t, used[m], "%s is in no row", m)
	}
}

// A property that nothing violates says nothing: each is violated by a design, in a pair whose
// script expects it, or by a mutant. A COVER is reached somewhere instead. TestPairs holds the
// scripts to what they expect.
func TestEveryPropertyCanFail(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	fails, reached := map[string]bool{}, map[string]bool{}
	for _, m := range mutants {
		for _, p := range m.violates {
			fails[p] = true
		}
	}
	kinds := map[string]spec.PropertyKind{}
	for _, name := range scenario.Names() {
		sc, err := scenario.Load(name)
		require.NoError(t, err)
		for _, e := range sc.Expects {
			if e.Verdict == "violated" {
				fails[e.Property] = true
			}
		}
		_, r := reduced(t, pair{sc: sc, design: sc.Designs[0]})
		for _, p := range r.Properties {
			kinds[p.Property.Name] = p.Property.Kind
			if p.Property.Kind == spec.Cover && p.Verdict == explorer.Holds {
				reached[p.Property.Name] = true
			}
		}
	}
	var names []string
	for n := range kinds {
		names = append(names, n)
	}
	slices.Sort(names)
	var wrong []string
	for _, n := range names {
		switch {
		case kinds[n] == spec.Cover && !reached[n]:
			wrong = append(wrong, n+" is reached nowhere")
		case kinds[n] != spec.Cover && !fails[n]:
			wrong = append(wrong, n+" is violated nowhere")
		}
	}
	require.Empty(t, wrong)
}
