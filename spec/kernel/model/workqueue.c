/* SPDX-License-Identifier: MIT */
/*
 * workqueue.c - work items and the kernel threads that run them.
 *
 * On system_wq an item runs on the CPU where it was queued, and is started only
 * while no worker of that CPU is at work: one that sleeps lets another one start.
 * On system_unbound_wq it runs anywhere, beside whatever is at work. An item is
 * pending until a worker starts it. Queued again while it runs, it runs once more
 * afterwards, never beside itself.
 *
 * There are NR_KWORKERS workers for all: max_active is that. Workers of a CPU start
 * its items in order; here in any, which also stands for the timer of a delayed
 * item and the callback of a rcu_work: from the scheduling, or the end of the grace
 * period, on they may start at any time.
 */
#include "kernel.h"

/* The CPU that current counts on, or that of its own choice (see this_cpu_add). */
static u4 pool_of(enum workqueue wq)
{
	if (wq == system_unbound_wq)
		return UNBOUND;
	return current->bound ? current->bound_to : smp_processor_id();
}

/* False: it is pending already. */
bool queue_work(enum workqueue wq, struct work_struct *work)
{
	bool queued;

	atomic {
		queued = !work->pending;
		if (queued) {
			work->pending = true;
			work->pool = pool_of(wq);
		}
	}
	return queued;
}

/* False: it is pending already, and runs without a grace period of this call. */
bool queue_rcu_work(enum workqueue wq, struct work_struct *work)
{
	bool queued;

	atomic {
		queued = !work->pending;
		if (queued) {
			work->pending = true;
			work->pool = pool_of(wq);
			work->rcu_readers = rcu_readers;
		}
	}
	return queued;
}

static bool can_start(struct work_struct *w)
{
	return w->pending && !w->running && set_empty(&w->rcu_readers) &&
	       (w->pool == UNBOUND || nr_running[w->pool] == 0);
}

/* The n-th of those that can start, or the first. */
static struct work_struct *work_ready(u3 n)
{
	struct work_struct *first = NULL;
	struct work_struct *w;

	for_each(work_struct, w) {
		if (can_start(w)) {
			if (n == 0)
				return w;
			n--;
			if (first == NULL)
				first = w;
		}
	}
	return first;
}

/* The workers are alike: the first that is idle takes the work. */
static bool is_first_idle(void)
{
	struct task_struct *t;

	for_each(task_struct, t)
		if (t->idle_worker)
			return t == current;
	return false;
}

WORKER(kworker, NR_KWORKERS)
{
	struct work_struct *work;
	struct work_struct *again;	/* the same, unless its function frees it */

	current->PF_KTHREAD = true;
	current->idle_worker = true;
	for (;;) {
		idle atomic {
			await(is_first_idle() && work_ready(0) != NULL);
			work = work_ready(choose(NR_WORKS));
			work->pending = false;
			again = work->on_heap ? NULL : work;
			if (again != NULL)
				again->running = true;
			current->idle_worker = false;
			current->bound = work->pool != UNBOUND;
			if (current->bound) {
				current->bound_to = work->pool;
				nr_running[current->bound_to]++;
			}
		}
		work->func(work);
		atomic {
			if (again != NULL)
				again->running = false;
			if (current->bound)
				nr_running[current->bound_to]--;
			current->bound = false;
			current->idle_worker = true;
		}
	}
}

/* schedule(): a worker that is bound to a CPU sleeps, and runs on. */
void wq_worker_sleeping(void)
{
	atomic nr_running[current->bound_to]--;
}

void wq_worker_running(void)
{
	atomic nr_running[current->bound_to]++;
}
