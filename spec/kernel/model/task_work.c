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
 * delayed_mntput_work: one static delayed work item on system_wq, so it never runs
 * beside itself.
 */
void delayed_mntput(struct work_struct *work)
{
	atomic list_splice_tail(&delayed_mntput_list, &current->mnt_works);
	while (!list_empty(&current->mnt_works))
		cleanup_mnt(list_pop(&current->mnt_works));
}
