/* SPDX-License-Identifier: MIT */
/*
 * ledger.c - ghost code: who truly holds which mount, and what a umount's busy
 * check can have seen. Called from ghost blocks only; nothing here is kernel code.
 */
#include "kernel.h"

/* Somebody gets hold of m: whoever puts m just now need not have seen that in the sum. */
static void ghost_hold(struct mount *m)
{
	struct task_struct *t;

	for_each(task_struct, t)
		if (t != current && t->putting == m && m->victim_of == t)
			set_add(&t->excused, m);
}

static bool ghost_put_in_progress(struct mount *m)
{
	struct task_struct *t;
	bool putting = false;
	bool of_m;

	for_each(task_struct, t) {
		of_m = t->putting == m;
		putting = putting || (t != current && of_m);
	}
	return putting;
}

/* Does anybody hold m, who can put it last? Not the mount itself, nor what is pinned only. */
static bool ghost_held(struct mount *m)
{
	return ghost_put_in_progress(m) || m->live > 0 || m->zombie > 0 || m->walker > 0 || m->failing > 0;
}

/* What counts as the last to hold m: the detacher and who puts it, but no worker or callback that puts what was left to it. */
void ghost_gives_back(struct mount *m, enum ref ref)
{
	if (!current->PF_KTHREAD && (ref != REF_OWN || current == m->taken_by))
		m->last_by = current;
}

static void ghost_see_walker(struct mount *m)
{
	struct task_struct *t;

	for_each(task_struct, t)
		if (t->checking == m)
			t->seen_walker = true;
}

static void ghost_see_limbo(struct mount *m)
{
	struct task_struct *t;

	for_each(task_struct, t)
		if (t->checking == m)
			t->seen_limbo = true;
}

static void ghost_see_fput(struct mount *m)
{
	struct task_struct *t;

	for_each(task_struct, t)
		if (t->checking == m)
			t->seen_fput = true;
}

static void ghost_see_live(struct mount *m)
{
	struct task_struct *t;

	for_each(task_struct, t)
		if (t->checking == m)
			t->seen_live = true;
}

void ghost_get_live(struct mount *m)
{
	m->live++;
	ghost_hold(m);
	ghost_see_live(m);
}

static void ghost_put_own(struct mount *m)
{
	bool held = lock_is_held(&namespace_sem);
	bool was = slow_under_sem;

	m->own = false;
	current->dropping_own = false;
	if (!set_empty(&m->walkers))
		put_too_early = true;
	slow_under_sem = was || held;
}

/* The count is lowered. The last put of a umount decides whether others excuse that the mount is not cleaned up in it. */
void ghost_put(struct mount *m, enum ref ref)
{
	if (ref == REF_LIVE)
		m->live--;
	else if (ref == REF_OWN)
		ghost_put_own(m);
	else if (ref == REF_FAILING)
		m->failing--;
	else
		m->zombie--;
	ghost_gives_back(m, ref);
	current->putting = m;	/* until it has added up, or leaves RCU without that */
	if (m->victim_of == current) {
		if (ghost_held(m))
			set_add(&current->excused, m);
		else
			set_del(&current->excused, m);
	}
}

/* __legitimize_mnt: the count is up, the second look is still to come. */
void ghost_walker_enters(struct mount *m)
{
	m->walker++;
	ghost_hold(m);
	ghost_see_walker(m);
}

void ghost_walker_succeeds(struct mount *m)
{
	m->walker--;
	ghost_get_live(m);
}

void ghost_walker_fails(struct mount *m)
{
	m->walker--;
	m->failing++;
	ghost_see_limbo(m);
}

void ghost_walker_leaves(struct mount *m)
{
	m->failing--;
	ghost_gives_back(m, REF_FAILING);
}

/* fput(): the file is closed, its reference goes when __fput() runs. */
void ghost_file_put(struct mount *m)
{
	m->live--;
	m->zombie++;
	ghost_gives_back(m, REF_LIVE);
	ghost_see_fput(m);
}

/* A mount is put on top of m, and goes. */
void ghost_pin(struct mount *m)
{
	m->pins++;
	ghost_see_live(m);
}

void ghost_unpin(struct mount *m)
{
	m->pins--;
}

/* m has left its namespace. */
void ghost_detached(struct mount *m, enum victim how)
{
	if (how == VICTIM_SYNC && (m->live > 1 || m->zombie > 0 || m->pins > 0))
		current->false_free = true;
	if (ghost_held(m))
		set_add(&current->excused, m);
	m->victim_of = current;
	m->taken_by = current;
	m->last_by = current;
	m->victim = how;
	current->has_batch = true;
}

/* m has left the hash: who is in RCU now may still know it. */
void ghost_unhashed(struct mount *m)
{
	m->walkers = rcu_readers;
}

void ghost_reader_leaves(void)
{
	struct mount *m;

	for_each(mount, m)
		set_del(&m->walkers, current);
	current->putting = NULL;
}

/* mount_lock is taken for the busy check of m; the caller's own reference does not count. */
void ghost_check_begins(struct mount *m)
{
	current->checking = m;
	current->seen_live = m->live > 1 || m->pins > 0;
	current->seen_fput = m->zombie > 0;
	current->seen_limbo = m->failing > 0;
	current->seen_walker = m->walker > 0;
}

/* The last counter has been read. */
void ghost_check_ends(struct mount *m, bool busy)
{
	if (busy) {
		if (current->seen_live)
			current->ebusy = EBUSY_LIVE;
		else if (current->seen_fput)
			current->ebusy = EBUSY_FPUT;
		else if (current->seen_limbo)
			current->ebusy = EBUSY_LIMBO;
		else if (current->seen_walker)
			current->ebusy = EBUSY_WALKER;
		else
			current->ebusy = EBUSY_PHANTOM;
	}
	current->checking = NULL;
	current->seen_live = false;
	current->seen_fput = false;
	current->seen_limbo = false;
	current->seen_walker = false;
}

/* cleanup_mnt() has finished while the umount that owes it is still in its system call. */
void ghost_cleaned(struct mount *m)
{
	struct task_struct *t = m->victim_of;

	m->cleaned = true;
	if (t) {
		if (m->victim == VICTIM_SYNC)
			t->returned_sync = true;
		else if (m->victim == VICTIM_KERN)
			t->returned_kern = true;
		else if (m->victim == VICTIM_EXIT)
			t->returned_exit = true;
		else if (!set_has(&t->excused, m))
			t->returned_lazy = true;
		set_del(&t->excused, m);
		m->victim_of = NULL;
	}
	m->last_by = NULL;
}

/* kern_unmount() is about to return. Nobody else can have held its mount: files on it are not modelled. */
void ghost_kern_unmounted(void)
{
	struct mount *m;

	for_each(mount, m)
		if (m->victim_of == current && m->victim == VICTIM_KERN) {
			current->returned_kern = true;
			current->late_kern = true;
		}
}

/*
 * EBUSY from a claim on bdev is spurious if its holder is a superblock that is
 * past saving, or all of whose mounts are detached and held by nobody. A umount
 * that is still in its system call counts as a holder, and so does a mount
 * that has got the superblock and is to attach what it makes of it.
 */
static bool ghost_holder_in_use(struct super_block *sb)
{
	bool coming = !set_empty(&sb->mounters);
	struct mount *m;

	for_each(mount, m)
		if (m->mnt_sb == sb && (m->mnt_ns != NULL || m->live > 0 || m->victim_of || (m->own && !m->taken_by)))
			return true;
	return coming;
}

/* A claim on bdev is decided, under bdev_lock. */
void ghost_claim(struct block_device *bdev, bool busy)
{
	bool known = false;
	bool knows;
	u3 i;

	for (i = 0; i < NR_DEVS; i++) {
		knows = current->knows[i];
		known = known || (disk[i] == bdev && knows);
	}

	current->claimed = true;
	current->claimed_known = known;
	if (busy && bdev->bd_holder != NULL) {
		current->spurious_any = known || !ghost_holder_in_use(bdev->bd_holder);
		current->spurious_known = known;
	}
}

/* ... for a mount(2), which waits for a superblock of its own type that is being shut down, and does not fail for it. */
void ghost_mount_refused(struct block_device *bdev)
{
	struct super_block *sb = bdev->bd_holder;

	current->refused_by_dying = sb != NULL && (sb->s_state == SB_DYING || sb->s_state == SB_DEAD);
	current->spurious_any = current->spurious_any || current->refused_by_dying;
}

/* mount(2) has got sb, new or shared. */
void ghost_mounter_comes(struct super_block *sb)
{
	set_add(&sb->mounters, current);
	current->waits_for = NULL;
}

/* ... and has made a mount of it. */
void ghost_mounter_goes(struct super_block *sb)
{
	set_del(&sb->mounters, current);
}

static void ghost_nobody_knows(struct block_device *bdev)
{
	struct task_struct *t;
	u3 i;
	u4 job;

	for (i = 0; i < NR_DEVS; i++) {
		for_each(task_struct, t)
			t->knows[i] = t->knows[i] && disk[i] != bdev;
		for (job = 0; job < NR_JOBS; job++)
			job_knows[job * NR_DEVS + i] = job_knows[job * NR_DEVS + i] && disk[i] != bdev;
	}
}

/* A superblock has bdev now, or somebody a share in the one that has it: whoever knew that it is free knows it no more. */
void ghost_claimed_by_sb(struct block_device *bdev)
{
	bool overlap = bdev->excl_openers > 0;
	bool was = claims_overlap;

	claims_overlap = was || overlap;
	ghost_nobody_knows(bdev);
}

/* ... as an O_EXCL open has it. */
void ghost_opened_excl(struct block_device *bdev)
{
	struct super_block *sb;

	bool overlap = bdev->excl_openers > 0;
	bool was = claims_overlap;
	bool same, born;

	for_each(super_block, sb) {
		same = sb->s_bdev == bdev;
		born = sb->s_state == SB_BORN;
		overlap = overlap || (same && born);
	}
	claims_overlap = was || overlap;
	bdev->excl_openers++;
	ghost_nobody_knows(bdev);
}

/* ---- what a task knows in program order ---- */

/*
 * These are asked on every return to user mode, for each mount and disk. So they read all that they need before they combine it: what
 * stands behind && and reads memory is a way of its own through the code, and the number of ways multiplies.
 */

/* Has t done all that it did before what current does now? */
static bool ghost_before(struct task_struct *t)
{
	bool before = t == current;
	struct task_struct *u;
	bool waited;

	for_each(task_struct, u) {
		waited = set_has(&current->waited, u);
		before = before || (waited && u == t);
	}
	return before;
}

/* Is a file of m closed, by somebody who need not come before? */
static bool ghost_file_closed_beside(struct mount *m)
{
	struct file *f;
	bool beside = false;
	bool of_m, closed, before;

	for_each(file, f) {
		of_m = f->f_mnt == m;
		closed = f->f_count == 0;
		before = ghost_before(f->closed_by);
		beside = beside || (of_m && closed && !before);
	}
	return beside;
}

/* Must m be gone for current: was it taken away by a umount that promises that, or given back by all, last by one who comes before? */
static bool ghost_must_be_gone(struct mount *m)
{
	bool cleaned = m->cleaned;
	bool returned = m->taken_by != NULL;
	bool in_call = m->victim_of != NULL;
	bool sync = m->victim == VICTIM_SYNC;
	bool taken_before = ghost_before(m->taken_by);
	bool left_before = ghost_before(m->last_by);
	bool putting = ghost_put_in_progress(m);
	bool closed = ghost_file_closed_beside(m);
	bool live = m->live > 0;
	bool walker = m->walker > 0;
	bool failing = m->failing > 0;
	bool left = left_before && !putting && !closed && !live && !walker && !failing;

	return cleaned || (returned && !in_call && ((sync && taken_before) || left));
}

static bool ghost_must_be_free(struct block_device *bdev)
{
	struct super_block *sb;
	struct mount *m;
	bool free = true;
	bool other, gone;

	for_each(super_block, sb) {
		other = sb->s_bdev != bdev;
		gone = set_empty(&sb->mounters);
		free = free && (other || gone);
	}
	for_each(mount, m) {
		other = m->bdev != bdev;
		gone = ghost_must_be_gone(m);
		free = free && (other || gone);
	}
	return free;
}

/* current is back in user mode, or was told of the end of another task. */
void ghost_learns(void)
{
	u3 i;

	bool knew, free;

	for (i = 0; i < NR_DEVS; i++) {
		knew = current->knows[i];
		free = ghost_must_be_free(disk[i]);
		current->knows[i] = knew || free;
	}
}

void ghost_job_starts(u3 job)
{
	u3 i;

	for (i = 0; i < NR_DEVS; i++)
		job_knows[job * NR_DEVS + i] = current->knows[i];
}

void ghost_job_begins(u3 job)
{
	u3 i;

	for (i = 0; i < NR_DEVS; i++)
		current->knows[i] = job_knows[job * NR_DEVS + i];
}

/* current has ended: nobody asks any more what it knows itself. */
void ghost_job_ends(u3 job)
{
	u3 i;

	ghost_learns();
	for (i = 0; i < NR_DEVS; i++) {
		job_knows[job * NR_DEVS + i] = current->knows[i];
		current->knows[i] = false;
	}
	job_before[job] = current->waited;
	set_add(&job_before[job], current);
	set_clear(&current->waited);
}

void ghost_job_waited_for(u3 job)
{
	struct task_struct *t;
	bool knew;
	u3 i;

	for_each(task_struct, t)
		if (set_has(&job_before[job], t))
			set_add(&current->waited, t);
	for (i = 0; i < NR_DEVS; i++) {
		knew = job_knows[job * NR_DEVS + i];
		current->knows[i] = current->knows[i] || knew;
	}
	ghost_learns();
}

/* ---- what a call has done, and where ---- */

/* umount is to return err; the caller still holds m. Another one may have been faster. */
void ghost_umounted(struct mount *m, enum err err)
{
	bool detached = m->taken_by != NULL;
	bool by_me = m->taken_by == current;
	bool found_busy = current->ebusy != EBUSY_NONE;

	wrong_umount = wrong_umount || found_busy != (err == EBUSY);
	wrong_umount = wrong_umount || (err == OK && !detached) || (err == EBUSY && by_me);
	wrong_umount = wrong_umount || (err != OK && err != EBUSY && (!detached || by_me));
}

/* mount is to return err. What it has attached may be detached by now. */
void ghost_mounted(struct mount *m, enum err err)
{
	bool attached = m->taken_by != NULL || (m->mnt_ns != NULL && m->mnt_mp->m_mount == m);

	wrong_mount = wrong_mount || attached != (err == OK);
}

/* What is detached from here on is one batch. */
void ghost_batch_begins(void)
{
	current->has_batch = false;
	current->grace_periods = 0;
}

void ghost_grace_period(void)
{
	bool held = lock_is_held(&namespace_sem);
	bool was = slow_under_sem;

	if (current->grace_periods < 2)
		current->grace_periods++;
	waited_for_nothing = waited_for_nothing || !current->has_batch;
	slow_under_sem = was || held;
}

/* What comes now may sleep; bdev_lock stands for a mutex. */
void ghost_might_sleep(void)
{
	bool mount = lock_is_held(&mount_lock);
	bool super = lock_is_held(&sb_lock);
	bool rcu = set_has(&rcu_readers, current);
	bool softirq = current->in_softirq;
	bool was = slept_atomic;

	slept_atomic = was || mount || super || rcu || softirq;
}

/* Back to user mode, to the end, or to the next work item. */
void ghost_leaves_kernel(void)
{
	bool mount = lock_is_held(&mount_lock);
	bool super = lock_is_held(&sb_lock);
	bool bdev = lock_is_held(&bdev_lock);
	bool ns = lock_is_held(&namespace_sem);
	bool rcu = set_has(&rcu_readers, current);
	bool kept = kept_lock;
	struct super_block *sb;
	bool umount;

	kept = kept || mount || super || bdev || ns || rcu;
	for_each(super_block, sb) {
		umount = lock_is_held(&sb->s_umount);
		kept = kept || umount;
	}
	kept_lock = kept;
}

void ghost_syscall_enter(void)
{
	current->in_syscall = true;
	current->ebusy = EBUSY_NONE;
	current->false_free = false;
	current->returned_sync = false;
	current->returned_lazy = false;
	current->late_sync = false;
	current->late_lazy = false;
	current->returned_kern = false;
	current->late_kern = false;
	ghost_batch_begins();
	current->claimed = false;
	current->claimed_known = false;
	current->spurious_any = false;
	current->spurious_known = false;
	current->refused_by_dying = false;
}

void ghost_syscall_exit(void)
{
	struct mount *m;

	for_each(mount, m)
		if (m->victim_of == current) {
			if (m->victim == VICTIM_SYNC) {
				current->returned_sync = true;
				current->late_sync = true;
			} else if (m->victim == VICTIM_EXIT) {
				current->returned_exit = true;
				if (!set_has(&current->excused, m))
					current->late_exit = true;
			} else if (m->victim == VICTIM_LAZY && !set_has(&current->excused, m)) {
				current->returned_lazy = true;
				current->late_lazy = true;
			}
			m->victim_of = NULL;
		}
	set_clear(&current->excused);
	ghost_batch_begins();
	ghost_leaves_kernel();
	current->in_syscall = false;
	ghost_learns();
}
