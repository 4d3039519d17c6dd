/* SPDX-License-Identifier: MIT */
/*
 * workqueue.c - work items and the kernel threads that run them.
 *
 * An item of system_wq goes to the pool of the CPU where it was queued; the workers of
 * that start one only while none of them is at work: one that sleeps lets another one
 * start. An item of system_unbound_wq runs anywhere, beside whatever is at work. The items
 * of a pool are started in the order in which they came to it: when the timer of a
 * delayed item has run out, or the grace period of a rcu_work is over. An item is pending
 * until a worker starts it. Queued again while it runs, it runs once more afterwards,
 * never beside itself.
 *
 * There are NR_KWORKERS workers for all pools: max_active is that.
 */
#include "kernel.h"

/* ---- how an item comes to a pool ---- */

/* The CPU that current counts on, or that of its own choice (see this_cpu_add). */
static u4 pool_of(enum workqueue wq)
{
	if (wq == system_unbound_wq)
		return UNBOUND;
	return current->bound ? current->bound_to : smp_processor_id();
}

/* What an item waits for on its way to the pool. */
enum until { TIMER, GRACE_PERIOD };

/* False: it is pending already; of a rcu_work, that runs without a grace period of this call. */
static bool queue_until(enum until until, enum workqueue wq, struct work_struct *work)
{
	bool queued;

	atomic {
		queued = !work->pending;
		if (queued) {
			work->pending = true;
			work->pool = pool_of(wq);
			work->timer = until == TIMER;
			if (until == GRACE_PERIOD) {
				note_readers(work->rcu.readers);
				work->rcu.pending = true;
			}
		}
	}
	return queued;
}

bool queue_delayed_work(enum workqueue wq, struct work_struct *work)
{
	return queue_until(TIMER, wq, work);
}

bool queue_rcu_work(enum workqueue wq, struct work_struct *work)
{
	return queue_until(GRACE_PERIOD, wq, work);
}

/* It comes to the pool. */
static void __queue_work(struct work_struct *work)
{
	list_add_tail(&worklist[work->pool], work);
}

/* A timer that has run out. */
static struct work_struct *expired(void)
{
	struct work_struct *work = choose_one(work_struct);

	await(work->timer);
	work->timer = false;
	return work;
}

MACHINE(delayed_work_timer_fn, 1)
{
	for (;;) {
		idle atomic __queue_work(expired());
	}
}

/* A rcu_work the grace period of which is over. */
static struct work_struct *grace_period_over(void)
{
	struct work_struct *work = choose_one(work_struct);

	await(work->rcu.pending && set_empty(&work->rcu.readers));
	work->rcu.pending = false;
	set_clear(&work->rcu.barriers);
	return work;
}

/* The callback of a rcu_work. */
MACHINE(rcu_work_rcufn, 1)
{
	for (;;) {
		idle atomic __queue_work(grace_period_over());
	}
}

/* ---- workers ---- */

/*
 * The workers are alike: the first that is idle takes the work. But tasks that are copies of each
 * other are interchangeable only if no tasks have an order.
 */
static bool worker_ready(u4 pool)
{
#if !TASK_COPIES
	struct task_struct *t;
#endif

	if (list_empty(&worklist[pool]) || (pool != UNBOUND && nr_running[pool] > 0))
		return false;
#if TASK_COPIES
	return true;
#else
	for_each(task_struct, t)
		if (t->idle_worker)
			return t == current;
	return false;
#endif
}

/* Takes the first item of a pool. NULL: it runs still; the worker that is at it goes on with it. */
static struct work_struct *next_work(u4 pool)
{
	struct work_struct *work;

	await(worker_ready(pool));
	work = list_pop(&worklist[pool]);
	if (work->running) {
		work->scheduled = true;
		return NULL;
	}
	work->pending = false;
	work->running = !work->on_heap;
	current->idle_worker = false;
	current->bound = pool != UNBOUND;
	if (current->bound) {
		current->bound_to = pool;
		nr_running[pool]++;
	}
	return work;
}

/* The end of an item. NULL: the worker is idle; else it has the same one to run again. */
static struct work_struct *next_scheduled(struct work_struct *work)
{
	ghost ghost_leaves_kernel();
	if (work != NULL && work->scheduled) {
		work->scheduled = false;
		work->pending = false;
		return work;
	}
	if (work != NULL)
		work->running = false;
	if (current->bound)
		nr_running[current->bound_to]--;
	current->bound = false;
	current->idle_worker = true;
	return NULL;
}

WORKER(kworker, NR_KWORKERS)
{
	struct work_struct *work;
	struct work_struct *again;	/* the same, unless its function frees it */

	current->PF_KTHREAD = true;
	current->idle_worker = true;
	for (;;) {
		idle atomic {
			work = next_work(choose(NR_CPUS + 1));
			again = NULL;
			if (work != NULL && !work->on_heap)
				again = work;
		}
		while (work != NULL) {
			work->func(work);
			atomic work = next_scheduled(again);
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
