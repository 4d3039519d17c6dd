/* SPDX-License-Identifier: MIT */
/*
 * properties.c - what umount, mount and path walks owe to each other and to
 * userspace. What is about a moment was noted by ledger.c when it came.
 */
#include "kernel.h"

static bool someone_was_refused(void)
{
	struct task_struct *t;

	for_each(task_struct, t)
		if (t->ebusy != EBUSY_NONE)
			return true;
	return false;
}

static bool someone_was_refused_for(enum ebusy what)
{
	struct task_struct *t;

	for_each(task_struct, t)
		if (t->ebusy == what)
			return true;
	return false;
}

INVARIANT(counts_match_ledger,
	  "the sum of a mount's per-CPU counts is the number of references to it",
	  "fs/namespace.c, mnt_get_count()")
{
	struct mount *m;
	u4 cpu;
	s8 sum;

	for_each(mount, m) {
		sum = 0;
		for_each_cpu(cpu)
			sum += m->mnt_count[cpu];
		if (sum != (m->own ? 1 : 0) + m->live + m->pins + m->zombie + m->walker + m->failing)
			return false;
	}
	return true;
}

INVARIANT(no_negative_sum,
	  "under mount_lock the counts of a mount never add up to less than zero",
	  "fs/namespace.c, the WARN in mntput_no_expire()")
{
	return !negative_sum;
}

INVARIANT(umount_ebusy_phantom,
	  "umount does not say EBUSY unless somebody other than its caller held the mount during its busy check",
	  "the thread on deferring umount's grace period, April 2025")
{
	WHEN(someone_was_refused());
	return !someone_was_refused_for(EBUSY_PHANTOM);
}

NOT_PROMISED(INVARIANT, umount_ebusy_walker,
	  "umount does not say EBUSY because of a path walk that is only passing",
	  "the thread on deferring umount's grace period, April 2025; mainline does not promise it")
{
	WHEN(someone_was_refused());
	return !someone_was_refused_for(EBUSY_WALKER);
}

NOT_PROMISED(INVARIANT, umount_ebusy_limbo,
	  "umount does not say EBUSY because of references that only the kernel still has to drop",
	  "the thread on delayed fput, August 2023; mainline does not promise it")
{
	WHEN(someone_was_refused());
	return !someone_was_refused_for(EBUSY_LIMBO) && !someone_was_refused_for(EBUSY_FPUT);
}

NOT_PROMISED(INVARIANT, umount_ebusy_fput,
	  "umount does not say EBUSY because of a file that is closed and whose __fput() is still due",
	  "Overstreet, the thread on delayed fput, August 2023; mainline does not promise it")
{
	WHEN(someone_was_refused());
	return !someone_was_refused_for(EBUSY_FPUT);
}

SITUATION(umount_ebusy_live,
	  "umount says EBUSY because somebody uses the mount, as it should",
	  "umount(2)")
{
	WHEN(someone_was_refused_for(EBUSY_LIVE));
	return true;
}

INVARIANT(umount_sees_holders,
	  "umount without MNT_DETACH does not succeed while somebody else holds the mount",
	  "umount(2); fs/pnode.c, propagate_mount_busy()")
{
	struct task_struct *t;

	for_each(task_struct, t)
		if (t->false_free)
			return false;
	return true;
}

static bool someone_returned_sync(void)
{
	struct task_struct *t;

	for_each(task_struct, t)
		if (t->returned_sync && !t->in_syscall)
			return true;
	return false;
}

static bool someone_returned_lazy(void)
{
	struct task_struct *t;

	for_each(task_struct, t)
		if (t->returned_lazy && !t->in_syscall)
			return true;
	return false;
}

INVARIANT(cleanup_before_return_sync,
	  "when umount without MNT_DETACH is back in user mode with 0, its mount is cleaned up",
	  "commit 48a066e72d97; Viro on the first deferral RFC, 2023")
{
	struct task_struct *t;

	WHEN(someone_returned_sync());
	for_each(task_struct, t)
		if (t->late_sync)
			return false;
	return true;
}

INVARIANT(cleanup_before_return_lazy,
	  "when umount with MNT_DETACH is back in user mode and nobody else held the mount when it gave that back, it is cleaned up",
	  "Brauner, 17 and 18 April 2025: what userspace relies on")
{
	struct task_struct *t;

	WHEN(someone_returned_lazy());
	for_each(task_struct, t)
		if (t->late_lazy)
			return false;
	return true;
}

static bool someone_claimed(void)
{
	struct task_struct *t;

	for_each(task_struct, t)
		if (t->claimed)
			return true;
	return false;
}

static bool someone_claimed_known(void)
{
	struct task_struct *t;

	for_each(task_struct, t)
		if (t->claimed_known)
			return true;
	return false;
}

INVARIANT(device_free_after_umount,
	  "mount and O_EXCL open of a device do not say EBUSY to one who knows that all who used its file system have given it back",
	  "the LTP failure reported by Brown, 16 April 2025")
{
	struct task_struct *t;

	WHEN(someone_claimed_known());
	for_each(task_struct, t)
		if (t->spurious_known)
			return false;
	return true;
}

NOT_PROMISED(INVARIANT, device_free_when_unused,
	  "mount and O_EXCL open of a device do not say EBUSY when only the kernel still holds on to its file system",
	  "the thread on deferring umount's grace period, April 2025; mainline does not promise it")
{
	struct task_struct *t;

	WHEN(someone_claimed());
	for_each(task_struct, t)
		if (t->spurious_any)
			return false;
	return true;
}

INVARIANT(mount_waits_for_dying,
	  "mount(2) is not refused by a superblock of its own type that is being shut down",
	  "commit 2c18a63b760a; fs/super.c, grab_super()")
{
	struct task_struct *t;

	WHEN(someone_claimed());
	for_each(task_struct, t)
		if (t->refused_by_dying)
			return false;
	return true;
}

/* A file system without a device: there is nothing to claim. */
static bool is_anonymous(struct block_device *b)
{
#ifdef ANON_DEV
	return b == disk[ANON_DEV];
#else
	return false;
#endif
}

INVARIANT(superblock_has_claim,
	  "a superblock that is in use has the claim on its device",
	  "fs/super.c, setup_bdev_super() and kill_block_super()")
{
	struct super_block *sb;
	struct block_device *b;

	WHEN_FREE(bdev_lock);
	for_each(block_device, b)
		for_each(super_block, sb)
			if (sb->s_bdev == b && sb->s_state == SB_BORN && b->bd_holder != sb && !is_anonymous(b))
				return false;
	return true;
}

AT_REST(exclusive_claims,
	"nobody opens a device with O_EXCL, or gets the claim on it, while somebody else has that",
	"block/bdev.c, bd_may_claim()")
{
	return !claims_overlap;
}

INVARIANT(doomed_unreferenced,
	  "a mount is doomed only when nobody holds a reference to it",
	  "fs/namespace.c, mntput_no_expire()")
{
	return !doomed_while_held;
}

INVARIANT(doomed_once,
	  "a mount is doomed once: its one link for what follows (task work, a list, RCU) is on one list at a time",
	  "fs/mount.h, the union of mnt_rcu and mnt_llist; fs/namespace.c, mntput_no_expire()")
{
	return !doomed_twice;
}

INVARIANT(cleaned_once,
	  "a mount is cleaned up once",
	  "fs/namespace.c, cleanup_mnt()")
{
	return !cleaned_twice;
}

static bool someone_returned_kern(void)
{
	struct task_struct *t;

	for_each(task_struct, t)
		if (t->returned_kern)
			return true;
	return false;
}

INVARIANT(cleanup_in_kern_unmount,
	  "when kern_unmount() returns, the mount is cleaned up: what its module does next may rely on that",
	  "commit 9ea459e110df; fs/namespace.c, MNT_INTERNAL in mntput_no_expire()")
{
	struct task_struct *t;

	WHEN(someone_returned_kern());
	for_each(task_struct, t)
		if (t->late_kern)
			return false;
	return true;
}

static bool something_is_cleaned(void)
{
	struct mount *m;

	for_each(mount, m)
		if (m->cleaning)
			return true;
	return false;
}

INVARIANT(cleanup_not_by_bystander,
	  "the cleanup of a mount is not left to a task that only happened to be interrupted",
	  "kernel/task_work.c; the first deferral RFC, January 2023, put mounts in softirq")
{
	WHEN(something_is_cleaned());
	return !left_to_bystander;
}

static bool hangs_itself(struct mount *m)
{
#ifdef HUNG_DEV
	return m->bdev == disk[HUNG_DEV];
#else
	return false;
#endif
}

static bool something_hangs(void)
{
	struct mount *m;

	for_each(mount, m)
		if (hangs_itself(m) && m->cleaning && !m->cleaned)
			return true;
	return false;
}

AT_REST(nothing_leaked,
	"a mount that is detached, or has lost its reference on itself, is cleaned up in the end if nobody holds it",
	"fs/namespace.c, mntput_no_expire()")
{
	struct mount *m;

	WHEN(!something_hangs());
	for_each(mount, m)
		if ((m->mnt_ns == NULL || !m->own) && m->live == 0 && !m->cleaned)
			return false;
	return true;
}

static bool mounted_somewhere(struct super_block *sb)
{
	struct mount *m;

	for_each(mount, m)
		if (m->mnt_sb == sb && m->mnt_ns != NULL)
			return true;
	return false;
}

static bool someone_walks_in_unmounted(void)
{
	struct task_struct *t;

	for_each(task_struct, t)
		if (t->walks_in && !mounted_somewhere(t->walks_in))
			return true;
	return false;
}

INVARIANT(super_block_outlives_walks,
	  "the super block of a file system that is mounted nowhere any more is not freed while a path walk under RCU is in it",
	  "fs/super.c, destroy_super_rcu()")
{
	struct task_struct *t;

	WHEN(someone_walks_in_unmounted());
	for_each(task_struct, t)
		if (t->walks_in && !t->walks_in->allocated)
			return false;
	return true;
}

NOT_PROMISED(INVARIANT, fs_data_outlives_walks,
	  "what a file system keeps for itself is not freed while a path walk under RCU is in it, though it is mounted nowhere any more",
	  "Viro's fixes of several file systems, October 2023; mainline does not promise it to a walk that starts from a directory")
{
	struct task_struct *t;

	WHEN(someone_walks_in_unmounted());
	for_each(task_struct, t)
		if (t->walks_in && t->walks_in->allocated && !t->walks_in->s_fs_info)
			return false;
	return true;
}

/* ---- situations that scenarios are made for ---- */

static bool walker_at_detached(void)
{
	struct mount *m;

	for_each(mount, m)
		if (m->walker > 0 && m->victim_of)
			return true;
	return false;
}

/* These two are vacuous where the situation does not arise: that is no fault. */
SITUATION(walk_meets_umount,
      "a path walk raises the count of a mount that a umount has just detached",
      "fs/namespace.c, __legitimize_mnt()")
{
	WHEN(walker_at_detached());
	return true;
}

static bool check_beside_fput(void)
{
	struct task_struct *t;
	struct mount *m;

	for_each(task_struct, t)
		for_each(mount, m)
			if (t->checking == m && m->zombie > 0)
				return true;
	return false;
}

SITUATION(fput_meets_umount,
      "a umount looks at the count of a mount whose file is closed but not yet gone",
      "fs/file_table.c, fput()")
{
	WHEN(check_beside_fput());
	return true;
}

/* ---- the deferral argument ---- */

static bool someone_left_a_namespace(void)
{
	struct task_struct *t;

	for_each(task_struct, t)
		if (t->returned_exit && !t->in_syscall)
			return true;
	return false;
}

INVARIANT(cleanup_before_exit_notify,
	  "when the last task of a mount namespace is gone for its parent, the mounts that nobody else held are cleaned up",
	  "Brauner and Kent, 17 April 2025: the deferral touched namespace exit too")
{
	struct task_struct *t;

	WHEN(someone_left_a_namespace());
	for_each(task_struct, t)
		if (t->late_exit)
			return false;
	return true;
}

static bool someone_has_waited(void)
{
	struct task_struct *t;

	for_each(task_struct, t)
		if (t->grace_periods > 0)
			return true;
	return false;
}

INVARIANT(one_grace_period,
	  "mounts that are detached together wait for one grace period at most",
	  "fs/namespace.c, namespace_unlock()")
{
	struct task_struct *t;

	WHEN(someone_has_waited());
	for_each(task_struct, t)
		if (t->grace_periods > 1)
			return false;
	return true;
}

/*
 * What follows is noted when it happens, for good, and looked at in the end: so it needs no step of its own.
 */
AT_REST(no_grace_period_for_nothing,
	"who has detached nothing waits for no grace period",
	"fs/namespace.c, namespace_unlock()")
{
	return !waited_for_nothing;
}

AT_REST(namespace_sem_is_not_held_long,
	"no grace period is waited for, and no mount's reference on itself put, under namespace_sem",
	"fs/namespace.c, namespace_unlock()")
{
	return !slow_under_sem;
}

AT_REST(no_sleep_where_nothing_may,
	"nothing that may sleep is entered with a spinlock held, under rcu_read_lock() or in softirq",
	"include/linux/kernel.h, might_sleep()")
{
	return !slept_atomic;
}

CAN_REST(nothing_spins,
	"whatever has happened, all can come to an end: nobody tries again and again for ever",
	"fs/namespace.c, lookup_mnt(); fs/super.c, sget()")
{
	return true;
}

AT_REST(nothing_is_kept,
	"a task holds no lock when it leaves the kernel, and is not in RCU",
	"kernel/locking/lockdep.c, lockdep_sys_exit()")
{
	return !kept_lock;
}

/* ---- what a call has done ---- */

AT_REST(umount_does_what_it_says,
	"an umount that returns 0 has detached its mount, or found it detached; one that fails has not, and EBUSY says that it was in use",
	"umount(2)")
{
	return !wrong_umount;
}

AT_REST(mount_does_what_it_says,
	"a mount that returns 0 has attached one, one that fails has not",
	"mount(2)")
{
	return !wrong_mount;
}

static bool a_namespace_is_left(void)
{
	struct mnt_namespace *ns;

	for_each(mnt_namespace, ns)
		if (ns->left)
			return true;
	return false;
}

/* A task that waits in a system call for ever, or in RCU: what it holds is not given back. */
static bool something_is_stuck(void)
{
	struct task_struct *t;

	if (!set_empty(&rcu_readers))
		return true;
	for_each(task_struct, t)
		if (t->in_syscall)
			return true;
	return false;
}

AT_REST(namespace_end_detaches_all,
	"the last put of a mount namespace detaches all that is mounted there",
	"fs/namespace.c, put_mnt_ns()")
{
	struct mount *m;

	WHEN(a_namespace_is_left() && !something_hangs() && !something_is_stuck());
	for_each(mount, m)
		if (m->mnt_ns != NULL && m->mnt_ns->left)
			return false;
	return true;
}

/* How often m is a working directory, and the mount of an open file. */
static u8 uses_of(struct mount *m)
{
	struct task_struct *t;
	struct file *f;
	u8 n = 0;

	for_each(file, f)
		if (f->f_mnt == m)
			n++;
#if CLONE_FS
	if (fs_pwd == m)
		n++;
#else
	for_each(task_struct, t)
		if (t->pwd == m)
			n++;
#endif
	return n;
}

static u8 children_of(struct mount *m)
{
	struct mount *p;
	u8 n = 0;

	for_each(mount, p)
		if (p->mnt_parent == m)
			n++;
	return n;
}

static u8 descriptors_of(struct file *f)
{
	struct task_struct *t;
	u8 n = 0;
	u2 fd;

	for_each(task_struct, t)
		for (fd = 0; fd < NR_FDS; fd++)
			if (t->fds[fd] == f)
				n++;
	return n;
}

AT_REST(references_are_owed,
	"at rest a mount is held by open files, working directories and mounts on it, and by nothing else",
	"fs/namespace.c, mntget() and mntput()")
{
	struct mount *m;
	struct file *f;

	WHEN(!something_hangs() && !something_is_stuck());
	for_each(mount, m)
		if (m->live != uses_of(m) || m->pins != children_of(m) || m->zombie > 0 || m->walker > 0 || m->failing > 0)
			return false;
	for_each(file, f)
		if (f->f_count == 0 || f->f_count != descriptors_of(f))
			return false;
	return true;
}

static u8 mounts_of(struct super_block *sb)
{
	struct mount *m;
	u8 n = 0;

	for_each(mount, m)
		if (m->mnt_sb == sb && !m->cleaned)
			n++;
	return n;
}

AT_REST(superblocks_are_owed,
	"at rest what was shut down is freed, and each superblock has one active reference for each of its mounts",
	"fs/super.c, deactivate_super() and put_super()")
{
	struct super_block *sb;
	struct mount *m;

	WHEN(!something_hangs() && !something_is_stuck());
	for_each(mount, m)
		if (m->cleaned)
			return false;
	for_each(super_block, sb)
		if (sb->s_state != SB_BORN || sb->s_active == 0 || sb->s_active != mounts_of(sb) || sb->s_count != 1 || !sb->s_on_list)
			return false;
	return true;
}

INVARIANT(grace_period_before_put,
	  "a mount's reference on itself is dropped only when every walker that was there when it was unhashed has left RCU",
	  "commits 48a066e72d97 and 9ea0a46ca2c3")
{
	return !put_too_early;
}

/* Two mounts that different tasks have detached, and that still hold their reference on themselves. */
static bool two_batches_due(void)
{
	struct mount *m;
	struct mount *n;

	for_each(mount, m)
		for_each(mount, n)
			if (m->own && n->own && m->taken_by && n->taken_by && m->taken_by != n->taken_by)
				return true;
	return false;
}

SITUATION(two_batches_at_once,
      "two tasks or workers drop the references of detached mounts at the same time",
      "Guzik and Siewior, 9 April 2025: whether one global list would serialise them")
{
	struct task_struct *t;
	struct task_struct *u;

	WHEN(two_batches_due());
	for_each(task_struct, t)
		for_each(task_struct, u)
			if (t != u && t->dropping_own && u->dropping_own)
				return true;
	return false;
}

AT_REST(hang_is_contained,
	"a file system that hangs when it is shut down keeps no mount of another one from being cleaned up",
	"Brauner, 18 April 2025: one hung NFS teardown in the shared delayed_mntput_work")
{
	struct mount *m;

	WHEN(something_hangs());
	for_each(mount, m)
		if (!hangs_itself(m) && m->mnt_ns == NULL && m->live == 0 && !m->cleaned)
			return false;
	return true;
}

/* ---- more situations that scenarios are made for, vacuous where they do not arise ---- */

#ifdef HUNG_DEV
static bool someone_grabs_what_hangs(void)
{
	struct task_struct *t;

	for_each(task_struct, t)
		if (t->grabbing && t->grabbing->s_bdev == disk[HUNG_DEV])
			return something_hangs();
	return false;
}

SITUATION(mount_meets_hang,
      "a mount of a device waits for the superblock on it, the shutdown of which hangs",
      "fs/super.c, grab_super()")
{
	WHEN(someone_grabs_what_hangs());
	return true;
}
#endif

static bool has_mounts(struct super_block *sb)
{
	struct mount *m;

	for_each(mount, m)
		if (m->mnt_sb == sb)
			return true;
	return false;
}

static bool someone_waits_for_dying(bool born)
{
	struct task_struct *t;
	struct super_block *sb;

	for_each(task_struct, t)
		for_each(super_block, sb)
			if (t->waits_for == sb && sb->s_state == SB_DYING && has_mounts(sb) == born)
				return true;
	return false;
}

SITUATION(mount_meets_dying,
	  "a mount of a device has found a superblock that is being shut down",
	  "fs/super.c, grab_super()")
{
	WHEN(someone_waits_for_dying(true));
	return true;
}

SITUATION(mount_meets_stillborn,
	  "a mount of a device has found a superblock the mount of which fails",
	  "fs/super.c, vfs_get_tree() and grab_super()")
{
	WHEN(someone_waits_for_dying(false));
	return true;
}

SITUATION(two_umounts_due,
      "the mounts of two umounts by different tasks wait for their last put",
      "Guzik and Siewior, 9 April 2025")
{
	WHEN(two_batches_due());
	return true;
}

/* How many mounts task t has detached that still hold their reference on themselves. */
static u8 batch_of(struct task_struct *t)
{
	struct mount *m;
	u8 n = 0;

	for_each(mount, m)
		if (m->own && m->taken_by == t)
			n++;
	return n;
}

static bool batch_of_at_least(u8 n)
{
	struct task_struct *t;

	for_each(task_struct, t)
		if (batch_of(t) >= n)
			return true;
	return false;
}

SITUATION(two_mounts_due,
      "two mounts that one task has detached wait for their last put",
      "Brauner, 9 April 2025: one umount takes many mounts")
{
	WHEN(batch_of_at_least(2));
	return true;
}

SITUATION(three_mounts_due,
      "three mounts that one task has detached wait for their last put",
      "Brauner, 9 April 2025: one umount takes many mounts")
{
	WHEN(batch_of_at_least(3));
	return true;
}

static bool check_beside_dup(void)
{
	struct task_struct *t;
	struct file *f;

	for_each(task_struct, t)
		for_each(file, f)
			if (f->closed_once && f->f_count > 0 && t->checking && f->f_mnt == t->checking)
				return true;
	return false;
}

SITUATION(dup_meets_umount,
      "a umount looks at the count of a mount whose file one of two descriptors has closed",
      "fs/file_table.c, fput()")
{
	WHEN(check_beside_dup());
	return true;
}

static bool claim_beside_umount(void)
{
	struct task_struct *t;
	struct mount *m;

	for_each(task_struct, t)
		for_each(mount, m)
			if (t->in_syscall && t->claimed && m->victim_of && m->victim_of != t)
				return true;
	return false;
}

SITUATION(claim_meets_umount,
      "a device is claimed while a umount that has detached its file system is still in its system call",
      "Brauner, 17 April 2025: concurrent mounters")
{
	WHEN(claim_beside_umount());
	return true;
}

/* The mount of a file that is closed and not yet gone is being taken away. */
static bool fput_beside_victim(enum victim how)
{
	struct mount *m;

	for_each(mount, m)
		if (m->zombie > 0 && m->victim_of && m->victim == how)
			return true;
	return false;
}

SITUATION(exit_meets_fput,
      "the last task of a namespace detaches a mount whose file it has closed and whose __fput() is still due",
      "kernel/exit.c, do_exit()")
{
	WHEN(fput_beside_victim(VICTIM_EXIT));
	return true;
}

SITUATION(fput_meets_lazy,
      "a file is closed and not yet gone while a umount with MNT_DETACH, which has taken its mount, is still in its system call",
      "fs/file_table.c, fput()")
{
	WHEN(fput_beside_victim(VICTIM_LAZY));
	return true;
}

static bool dup_beside_lazy(void)
{
	struct mount *m;
	struct file *f;

	for_each(mount, m)
		for_each(file, f)
			if (f->closed_once && f->f_count > 0 && f->f_mnt == m && m->victim_of && m->victim == VICTIM_LAZY)
				return true;
	return false;
}

SITUATION(dup_meets_lazy,
      "one of two descriptors of a file is closed while a umount with MNT_DETACH, which has taken its mount, is still in its system call",
      "fs/file_table.c, fput()")
{
	WHEN(dup_beside_lazy());
	return true;
}

static bool walk_from_detached(void)
{
	struct task_struct *t;

	for_each(task_struct, t)
		if (t->walk_from && t->walk_from->mnt_ns == NULL)
			return true;
	return false;
}

SITUATION(pwd_meets_umount,
      "a path walk starts at a working directory whose mount is detached",
      "fs/namei.c, path_init()")
{
	WHEN(walk_from_detached());
	return true;
}

static bool walk_in_dying(void)
{
	struct task_struct *t;
	struct mount *m;

	for_each(task_struct, t)
		for_each(mount, m)
			if (t->walks_in && m->mnt_sb == t->walks_in && m->cleaning)
				return true;
	return false;
}

SITUATION(walk_meets_shutdown,
      "a path walk under RCU is in a file system that is being shut down",
      "fs/super.c, kill_sb()")
{
	WHEN(walk_in_dying());
	return true;
}

static bool detached_is_got_again(void)
{
	struct mount *m;

	for_each(mount, m)
		if (m->mnt_ns == NULL && m->live > 2)
			return true;
	return false;
}

SITUATION(jump_meets_umount,
      "a task that holds a mount gets one more reference to it while a umount, which has detached it, holds its own",
      "fs/namei.c, nd_jump_link()")
{
	WHEN(detached_is_got_again());
	return true;
}

static bool dead_namespace_is_held(void)
{
	struct mount *m;

	for_each(mount, m)
		if (m->live > 0 && m->victim_of && m->victim == VICTIM_EXIT)
			return true;
	return false;
}

SITUATION(exit_meets_holder,
      "the last task of a namespace detaches a mount that a task outside holds",
      "proc(5), /proc/PID/root; fs/namespace.c, put_mnt_ns()")
{
	WHEN(dead_namespace_is_held());
	return true;
}

static bool check_beside_holder(void)
{
	struct task_struct *t;

	for_each(task_struct, t)
		if (t->checking && t->checking->live > 2)
			return true;
	return false;
}

SITUATION(handover_meets_umount,
      "a umount looks at the count of a mount while somebody who holds it gets one more reference, to give back the first",
      "Torvalds, 10 August 2023: the sum over the per-CPU mnt_count")
{
	WHEN(check_beside_holder());
	return true;
}

/* Something is mounted still and held, while another mount is being unmounted. */
static bool held_beside_victim(void)
{
	struct mount *m;
	struct mount *n;

	for_each(mount, m)
		for_each(mount, n)
			if (m != n && m->victim_of && n->mnt_ns != NULL && n->live > 0)
				return true;
	return false;
}

SITUATION(walk_holds_parent,
      "a path walk holds a mount while the one on top of it is being unmounted",
      "fs/namei.c, a walk in REF mode")
{
	WHEN(held_beside_victim());
	return true;
}
