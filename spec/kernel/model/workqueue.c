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

static bool work_ready(struct work_struct *w)
{
	if (w->pool != UNBOUND && nr_running[w->pool] > 0)
		return false;
	return w->pending && !w->running && set_empty(&w->rcu_readers);
}

/* The n-th item that there is. */
static bool nth_work_ready(u3 n)
{
	struct work_struct *w;
	u3 i = 0;

	for_each(work_struct, w) {
		if (i == n)
			return work_ready(w);
		i++;
	}
	return false;
}

/* The workers are alike: the first that is idle takes the work. */
static bool worker_ready(void)
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
	struct work_struct *w;
	u3 i;
	u3 n;

	current->PF_KTHREAD = true;
	current->idle_worker = true;
	for (;;) {
		idle atomic {
			n = choose(NR_WORKS);
			await(worker_ready() && nth_work_ready(n));
			work = NULL;
			again = NULL;
			i = 0;
			for_each(work_struct, w) {
				if (i == n) {
					w->pending = false;
					current->bound = w->pool != UNBOUND;
					if (current->bound) {
						current->bound_to = w->pool;
						nr_running[w->pool]++;
					}
					if (!w->on_heap) {
						w->running = true;
						again = w;
					}
					work = w;
				}
				i++;
			}
			current->idle_worker = false;
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
