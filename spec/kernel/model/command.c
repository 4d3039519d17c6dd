/* SPDX-License-Identifier: MIT */
/*
 * command.c - what else the commands of bug reports do: a look at
 * /proc/self/mountinfo, loop devices.
 */
#include "kernel.h"

/* Is anything mounted there? m_start() of /proc/self/mountinfo. */
enum err sys_mounted(u2 where)
{
	struct mount *m;

	down_read(&namespace_sem);
	m = current_ns()->place[where]->m_mount;
	up_read(&namespace_sem);
	return m != NULL ? OK : ENOENT;
}

#ifdef LOOP_DEVS
/* losetup -d: LOOP_CLR_FD. Where somebody else has the device open, its last close clears it. */
enum err sys_loop_clear(u2 dev)
{
	struct block_device *bdev = disk[dev];
	bool bound;

	spin_lock(&bdev_lock);
	bound = !bdev->lo_unbound;
	if (bound)
		bdev->lo_autoclear = true;
	spin_unlock(&bdev_lock);
	lo_release(bdev);
	return bound ? OK : ENXIO;
}

/* losetup DEV FILE: LOOP_CONFIGURE. */
enum err sys_loop_set(u2 dev)
{
	struct block_device *bdev = disk[dev];
	bool bound;

	spin_lock(&bdev_lock);
	bound = !bdev->lo_unbound;
	bdev->lo_unbound = false;
	if (!bound)
		bdev->lo_autoclear = false;
	spin_unlock(&bdev_lock);
	return bound ? EBUSY : OK;
}
#endif
