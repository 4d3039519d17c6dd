/* SPDX-License-Identifier: MIT */
/*
 * rcu.c - readers, grace periods, callbacks.
 *
 * A grace period begins by noting the readers of that moment and may end at any
 * time after each of them has left once; readers that come later are not waited
 * for. That is the weakest guarantee. An expedited grace period gives the same one
 * sooner, if it is one: with PREEMPT_RT, or rcu_normal_after_boot, it is a normal
 * one. How long it takes is nothing that a run can tell, so both are one here.
 *
 * A callback runs at any time after its grace period. One that only frees memory
 * runs as soon as the last reader of before has left: whoever comes after that and
 * still looks is at fault if it were freed now, and a callback that runs later is
 * no worse.
 */
#include "kernel.h"

void rcu_read_lock(void)
{
	atomic {
		assert(!set_has(&rcu_readers, current));
		set_add(&rcu_readers, current);
	}
}

/* u is in no section, and its stores have reached memory: it holds up no grace period that has begun. */
static void quiescent_state(struct task_struct *u)
{
	struct task_struct *t;
	struct super_block *sb;
	struct mount *m;
	struct work_struct *w;
#ifdef KERN_MOUNT
	struct inode *i;
#endif

	for_each(task_struct, t) {
		set_del(&t->rcu_readers, u);
		set_del(&t->cookie_readers, u);
	}
	for_each(mount, m) {
		set_del(&m->mnt_rcu.readers, u);
		run_if_due(m, mnt_rcu, delayed_free_vfsmnt);
	}
	for_each(super_block, sb) {
		set_del(&sb->s_fs_info_rcu.readers, u);
		run_if_due(sb, s_fs_info_rcu, free_fs_info);
		set_del(&sb->s_rcu.readers, u);
		run_if_due(sb, s_rcu, destroy_super);
	}
	for_each(work_struct, w)
		set_del(&w->rcu.readers, u);
#ifdef KERN_MOUNT
	for_each(inode, i)
		set_del(&i->i_rcu.readers, u);
#endif
}

void rcu_read_unlock(void)
{
	atomic {
		assert(set_has(&rcu_readers, current));
		set_del(&rcu_readers, current);
		ghost ghost_reader_leaves();
#ifndef MCHECK_TSO
		quiescent_state(current);
#endif
	}
}

#ifdef MCHECK_TSO
/* Does a grace period wait for u? */
static bool awaited(struct task_struct *u)
{
	struct task_struct *t;
	struct super_block *sb;
	struct mount *m;
	struct work_struct *w;

	for_each(task_struct, t)
		if (set_has(&t->rcu_readers, u) || set_has(&t->cookie_readers, u))
			return true;
	for_each(mount, m)
		if (set_has(&m->mnt_rcu.readers, u))
			return true;
	for_each(super_block, sb)
		if (set_has(&sb->s_fs_info_rcu.readers, u) || set_has(&sb->s_rcu.readers, u))
			return true;
	for_each(work_struct, w)
		if (set_has(&w->rcu.readers, u))
			return true;
	return false;
}

/*
 * With store buffers a CPU reports its quiescent state by locked operations, outside of its sections. When
 * it does so is open; a grace period may end at any time after all of them have.
 */
MACHINE(rcu_report_qs, 1)
{
	struct task_struct *u;

	for (;;) {
		idle atomic {
			u = choose_one(task_struct);
			await(!set_has(&rcu_readers, u) && store_buffer_empty(u) && awaited(u));
			quiescent_state(u);
		}
	}
}
#endif

/* Who has a cookie from before its beginning is told of its end. */
void synchronize_rcu(void)
{
	struct task_struct *t;

	might_sleep();
	atomic {
		note_readers(current->rcu_readers);
		for_each(task_struct, t)
			if (t->cookie_due)
				set_add(&t->cookie_periods, current);
	}
	atomic {
		await(set_empty(&current->rcu_readers));
		for_each(task_struct, t) {
			if (set_has(&t->cookie_periods, current)) {
				t->cookie_due = false;
				set_clear(&t->cookie_periods);
			}
		}
	}
	ghost ghost_grace_period();
}

void synchronize_rcu_expedited(void)
{
	synchronize_rcu();
}

/* ---- polled grace periods ---- */

/* A task remembers the last one that it took; the value is the task. */
rcu_cookie_t get_state_synchronize_rcu(void)
{
	atomic {
		current->cookie_due = true;
		note_readers(current->cookie_readers);
		set_clear(&current->cookie_periods);
	}
	return current;
}

/*
 * Has a grace period ended that began after the cookie was taken? Certainly if some
 * task here has waited for one. Otherwise perhaps, once the readers of that time
 * have left: somebody may have waited who is not in the model.
 */
bool poll_state_synchronize_rcu(rcu_cookie_t cookie)
{
	bool done;

	atomic {
		done = !cookie->cookie_due || (set_empty(&cookie->cookie_readers) && choose(2) == 1);
		if (done) {
			cookie->cookie_due = false;
			set_clear(&cookie->cookie_periods);
		}
	}
	return done;
}

void cond_synchronize_rcu(rcu_cookie_t cookie)
{
	if (!poll_state_synchronize_rcu(cookie))
		synchronize_rcu();
}

void cond_synchronize_rcu_expedited(rcu_cookie_t cookie)
{
	cond_synchronize_rcu(cookie);
}

/* ---- callbacks ---- */

void delayed_free_vfsmnt(struct mount *m)
{
	release(m);
}

void destroy_super(struct super_block *sb)
{
	ghost sb->allocated = false;
	release(sb);
}

/* kfree_rcu() by the file system: the VFS does not do that, and path walks under RCU may look at it. */
void free_fs_info(struct super_block *sb)
{
	sb->s_fs_info_rcu.pending = false;
	sb->s_fs_info = false;
}

#ifdef KERN_MOUNT
/* call_rcu(&inode->i_rcu, i_callback) of an inode of a file system that is a module */
void call_rcu_free_inode(struct module *mod)
{
	struct inode *i;

	atomic {
		i = alloc(inode);
		i->i_module = mod;
		note_readers(i->i_rcu.readers);
		i->i_rcu.pending = true;
		mod->inodes++;
	}
}

static struct inode *i_callback_ready(void)
{
	struct inode *i;

	for_each(inode, i)
		if (i->i_rcu.pending && set_empty(&i->i_rcu.readers))
			return i;
	return NULL;
}

/* Its code and the cache that the inode goes back to are the module's. */
MACHINE(i_callback, 1)
{
	struct inode *i;

	for (;;) {
		idle atomic {
			await(i_callback_ready() != NULL);
			i = i_callback_ready();
			i->i_module->inodes--;
			release(i);
		}
	}
}
#endif

/*
 * Has t no callback to wait for any more? That of a rcu_work only queues the work, which then
 * waits for a worker: to wait for the one is not to wait for the other.
 */
static bool barrier_ready(struct task_struct *t)
{
	struct super_block *sb;
	struct mount *m;
	struct work_struct *w;
#ifdef KERN_MOUNT
	struct inode *i;

	for_each(inode, i)
		if (set_has(&i->i_rcu.barriers, t))
			return false;
#endif
	for_each(mount, m)
		if (set_has(&m->mnt_rcu.barriers, t))
			return false;
	for_each(super_block, sb)
		if (set_has(&sb->s_rcu.barriers, t))
			return false;
	for_each(work_struct, w)
		if (set_has(&w->rcu.barriers, t))
			return false;
	return true;
}

/* Waits for the callbacks that are queued now, but not for kfree_rcu(); if there are none, for no grace period either. */
void rcu_barrier(void)
{
	struct super_block *sb;
	struct mount *m;
	struct work_struct *w;
#ifdef KERN_MOUNT
	struct inode *i;
#endif

	might_sleep();
	atomic {
#ifdef KERN_MOUNT
		for_each(inode, i)
			set_add(&i->i_rcu.barriers, current);
#endif
		for_each(mount, m)
			if (m->mnt_rcu.pending)
				set_add(&m->mnt_rcu.barriers, current);
		for_each(super_block, sb)
			if (sb->s_rcu.pending)
				set_add(&sb->s_rcu.barriers, current);
		for_each(work_struct, w)
			if (w->rcu.pending)
				set_add(&w->rcu.barriers, current);
	}
	atomic await(barrier_ready(current));
}
