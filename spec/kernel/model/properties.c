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
	u3 cpu;
	s6 sum;

	for_each(mount, m) {
		sum = 0;
		for_each_cpu(cpu)
			sum += m->mnt_count[cpu];
		if (sum != (m->own ? 1 : 0) + m->live + m->zombie + m->walker + m->failing)
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

INVARIANT(umount_ebusy_walker,
	  "umount does not say EBUSY because of a path walk that is only passing",
	  "the thread on deferring umount's grace period, April 2025; mainline does not promise it")
{
	WHEN(someone_was_refused());
	return !someone_was_refused_for(EBUSY_WALKER);
}

INVARIANT(umount_ebusy_limbo,
	  "umount does not say EBUSY because of references that only the kernel still has to drop",
	  "the thread on delayed fput, August 2023; mainline does not promise it")
{
	WHEN(someone_was_refused());
	return !someone_was_refused_for(EBUSY_LIMBO);
}

INVARIANT(umount_ebusy_live,
	  "umount does not say EBUSY because somebody uses the mount (it should: this one only shows that it does)",
	  "umount(2)")
{
	WHEN(someone_was_refused());
	return !someone_was_refused_for(EBUSY_LIVE);
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
	  "when umount with MNT_DETACH is back in user mode and nobody else held the mount meanwhile, it is cleaned up",
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
	  "mount and O_EXCL open of a device do not say EBUSY to one who knows that its last umount has returned",
	  "the LTP failure reported by Brown, 16 April 2025")
{
	struct task_struct *t;

	WHEN(someone_claimed_known());
	for_each(task_struct, t)
		if (t->spurious_known)
			return false;
	return true;
}

INVARIANT(device_free_when_unused,
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

INVARIANT(doomed_unreferenced,
	  "a mount is doomed only when nobody holds a reference to it",
	  "fs/namespace.c, mntput_no_expire()")
{
	return !doomed_while_held;
}

INVARIANT(cleaned_once,
	  "a mount is cleaned up once",
	  "fs/namespace.c, cleanup_mnt()")
{
	return !cleaned_twice;
}

AT_REST(nothing_leaked,
	"a detached mount that nobody holds is cleaned up in the end",
	"fs/namespace.c, mntput_no_expire()")
{
	struct mount *m;

	for_each(mount, m)
		if (m->mnt_ns == NS_NONE && m->live == 0 && !m->cleaned)
			return false;
	return true;
}

/* ---- situations that scenarios are made for ---- */

static bool two_in_syscalls(void)
{
	struct task_struct *t;
	struct task_struct *u;

	for_each(task_struct, t)
		for_each(task_struct, u)
			if (t != u && t->in_syscall && u->in_syscall)
				return true;
	return false;
}

COVER(walk_meets_umount,
      "a path walk raises the count of a mount that a umount has just detached",
      "fs/namespace.c, __legitimize_mnt()")
{
	struct mount *m;

	WHEN(two_in_syscalls());
	for_each(mount, m)
		if (m->walker > 0 && m->victim_of)
			return true;
	return false;
}

static bool file_is_put(void)
{
	struct mount *m;

	for_each(mount, m)
		if (m->zombie > 0)
			return true;
	return false;
}

COVER(fput_meets_umount,
      "a umount looks at the count of a mount whose file is closed but not yet gone",
      "fs/file_table.c, fput()")
{
	struct task_struct *t;
	struct mount *m;

	WHEN(file_is_put() && two_in_syscalls());
	for_each(task_struct, t)
		for_each(mount, m)
			if (t->checking == m && m->zombie > 0)
				return true;
	return false;
}
