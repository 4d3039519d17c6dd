/* SPDX-License-Identifier: MIT */
/*
 * file_table.c - open files: a file holds its mount until its __fput() has run.
 */
#include "kernel.h"

/* The last reference is gone: what remains of the file gives up the mount. */
void __fput(struct file *f)
{
	struct mount *m = f->f_mnt;

	mntput_file(m);
	release(f);
}

static bool file_ref_put(struct file *f)
{
	bool last;

	atomic {
		f->f_count--;
		last = f->f_count == 0;
		ghost {
			if (last) {
				ghost_file_put(f->f_mnt);
				f->closed_by = current;
			} else {
				f->closed_once = true;
			}
		}
	}
	return last;
}

/* fput(): later, on the way back to user mode. */
void fput(struct file *f)
{
	if (file_ref_put(f))
		list_add(&current->file_works, f);
}

/* close(2) does not wait for that. */
void fput_close_sync(struct file *f)
{
	if (file_ref_put(f))
		__fput(f);
}
