/* SPDX-License-Identifier: MIT */
/*
 * task_work.c - work that a task does for itself on its way back to user mode,
 * and what a kernel thread, which never goes there, does instead.
 */
#include "kernel.h"

/*
 * task_work_run(): until nothing is left; an item may add another. Files go
 * before mounts: their order among each other is not promised, and a file's put
 * can only make the mount's work later, never earlier.
 */
void task_work_run(void)
{
	while (!list_empty(&current->file_works) || !list_empty(&current->mnt_works)) {
		if (!list_empty(&current->file_works))
			__fput(list_pop(&current->file_works));
		else
			cleanup_mnt(list_pop(&current->mnt_works));
	}
}

/*
 * delayed_mntput_work: one static delayed work item, so it never runs beside
 * itself. Its timer is not modelled: from the scheduling on it may start at any time.
 */
WORKER(kworker_mntput, 1)
{
	current->PF_KTHREAD = true;
	for (;;) {
		idle atomic {
			await(delayed_mntput_pending);
			delayed_mntput_pending = false;
		}
		atomic list_splice_tail(&delayed_mntput_list, &current->mnt_works);
		while (!list_empty(&current->mnt_works))
			cleanup_mnt(list_pop(&current->mnt_works));
	}
}
