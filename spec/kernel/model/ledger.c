/* SPDX-License-Identifier: MIT */
/*
 * ledger.c - ghost code: who truly holds which mount, and what a umount's busy
 * check can have seen. Called from ghost blocks only; nothing here is kernel code.
 */
#include "kernel.h"

/* What m is mounted on is mounted here itself; NULL: on nothing. */
static struct mountpoint *ghost_below(struct mount *m)
{
	struct mount *parent = m->mnt_parent;

	if (parent == NULL)
		return NULL;
	return parent->mnt_mp;
}

/* Could the system call of t in progress detach m, which is below: is it, or is it on, the mount at the place in question? */
static bool ghost_may_take(struct task_struct *t, struct mount *m, struct mountpoint *below)
{
	if (m->victim_of == t || t->detaches_ns)
		return true;
	return t->detaches_at && (m->mnt_mp == t->detaches_at || below == t->detaches_at);
}

/* Somebody gets hold of m: it excuses every other system call in progress that may detach it. */
static void ghost_hold(struct mount *m)
{
	struct mountpoint *below = ghost_below(m);
	struct task_struct *t;

	for_each(task_struct, t)
		if (t != current && ghost_may_take(t, m, below))
			set_add(&t->excused, m);
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
	m->own = false;
	current->dropping_own = false;
	if (!set_empty(&m->walkers))
		put_too_early = true;
}

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
}

/* fput(): the file is closed, its reference goes when __fput() runs. */
void ghost_file_put(struct mount *m)
{
	m->live--;
	m->zombie++;
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

/*
 * The files that a dying task has closed are its own, and no excuse for what it
 * owes as the last of its namespace.
 */
static void ghost_no_excuse_for_own_files(struct mount *m)
{
	struct file *f;
	u3 mine = 0;

	for_each(file, f)
		if (f->f_mnt == m && list_has(&current->file_works, f))
			mine++;
	if (m->live == 0 && m->walker == 0 && m->failing == 0 && m->zombie == mine)
		set_del(&current->excused, m);
}

/* m has left its namespace. */
void ghost_detached(struct mount *m, enum victim how)
{
	if (how == VICTIM_EXIT)
		ghost_no_excuse_for_own_files(m);
	m->victim_of = current;
	m->taken_by = current;
	m->victim = how;
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
	} else if (m->mnt_ns != NULL && (m->live > 1 || m->zombie > 0 || m->pins > 0)) {
		current->false_free = true;
	}
	current->checking = NULL;
	current->seen_live = false;
	current->seen_fput = false;
	current->seen_limbo = false;
	current->seen_walker = false;
}

/* No mount but m has this superblock. */
static bool ghost_last_mount(struct mount *m)
{
	struct mount *o;

	for_each(mount, o)
		if (o != m && o->mnt_sb == m->mnt_sb)
			return false;
	return true;
}

static void ghost_releases(struct task_struct *t, struct mount *m)
{
	if (!set_has(&t->excused, m) && ghost_last_mount(m))
		set_add(&t->released, m->bdev);
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
		ghost_releases(t, m);
		m->victim_of = NULL;
	}
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
	bool known = set_has(&current->knows, bdev);

	current->claimed = true;
	current->claimed_known = known;
	if (busy && bdev->bd_holder != NULL && !ghost_holder_in_use(bdev->bd_holder)) {
		current->spurious_any = true;
		current->spurious_known = known;
	}
}

/* mount(2) has got sb, new or shared. */
void ghost_mounter_comes(struct super_block *sb)
{
	set_add(&sb->mounters, current);
}

/* ... and has made a mount of it. */
void ghost_mounter_goes(struct super_block *sb)
{
	set_del(&sb->mounters, current);
}

/* A superblock has bdev now: whoever knew that it is free knows it no more. */
void ghost_claimed_by_sb(struct block_device *bdev)
{
	struct task_struct *t;

	for_each(task_struct, t) {
		set_del(&t->knows, bdev);
		set_del(&t->released, bdev);
	}
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
	current->grace_periods = 0;
	current->claimed = false;
	current->claimed_known = false;
	current->spurious_any = false;
	current->spurious_known = false;
}

/* The system call that begins may detach what is mounted at mp, or, if that is NULL, in a namespace: who holds it already? */
void ghost_may_detach(struct mountpoint *mp)
{
	struct mount *m;

	current->detaches_at = mp;
	current->detaches_ns = mp == NULL;
	for_each(mount, m)
		if (ghost_may_take(current, m, ghost_below(m)) && (m->live > 0 || m->zombie > 0 || m->walker > 0 || m->failing > 0))
			set_add(&current->excused, m);
}

void ghost_syscall_exit(void)
{
	struct mount *m;
	struct block_device *b;

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
			ghost_releases(current, m);
			m->victim_of = NULL;
		}
	for_each(block_device, b)
		if (set_has(&current->released, b))
			set_add(&current->knows, b);
	set_clear(&current->released);
	set_clear(&current->excused);
	current->detaches_at = NULL;
	current->detaches_ns = false;
	current->in_syscall = false;
}
