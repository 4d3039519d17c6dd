/* SPDX-License-Identifier: MIT */
/*
 * rcu.c - readers and grace periods.
 *
 * A grace period begins by noting the readers of that moment and may end at any
 * time after each of them has left once; readers that come later are not waited
 * for, and nothing makes it end early. That is the weakest guarantee, so
 * expedited, shared and longer grace periods are all included.
 */
#include "kernel.h"

void rcu_read_lock(void)
{
	atomic {
		assert(!set_has(&rcu_readers, current));
		set_add(&rcu_readers, current);
	}
}

void rcu_read_unlock(void)
{
	struct task_struct *t;
	struct mount *m;

	atomic {
		set_del(&rcu_readers, current);
		ghost ghost_reader_leaves();
		for_each(task_struct, t)
			set_del(&t->rcu_readers, current);
		for_each(mount, m)
			set_del(&m->mnt_rcu_readers, current);
	}
}

void synchronize_rcu(void)
{
	atomic current->rcu_readers = rcu_readers;
	await(set_empty(&current->rcu_readers));
}

/* call_rcu(&m->mnt_rcu, delayed_free_vfsmnt) */
void call_rcu_free_mount(struct mount *m)
{
	atomic {
		m->mnt_rcu_readers = rcu_readers;
		m->mnt_rcu_pending = true;
	}
}

static struct mount *rcu_callback_ready(void)
{
	struct mount *m;

	for_each(mount, m)
		if (m->mnt_rcu_pending && set_empty(&m->mnt_rcu_readers))
			return m;
	return NULL;
}

/* The callback only frees memory: on which CPU it interrupts whom can't be seen. */
MACHINE(rcu_callbacks, 1)
{
	struct mount *m;

	for (;;) {
		idle atomic {
			await(rcu_callback_ready() != NULL);
			m = rcu_callback_ready();
			release(m);
		}
	}
}
