/* SPDX-License-Identifier: MIT */
/* A stand-in for the kernel model: one step a command. */
#include "mcheck.h"

#ifndef NR_PLACES
#define NR_PLACES 1
#endif

enum err { OK, EBUSY, EINVAL, ENOENT, ENXIO, EBADF };
enum walk { NOT_YET, FOUND, MISSED };

bool scenario_running;
bool job_started[NR_JOBS];
bool job_done[NR_JOBS];
bool mounted[NR_PLACES];
GHOST bool was_unmounted;
GHOST bool umount_failed;
GHOST bool mkfs_ran;
GHOST bool ended;
GHOST enum walk walk;

enum err sys_mount(u2 dev, u2 place)
{
	bool busy;

	atomic {
		busy = mounted[place];
		mounted[place] = true;
	}
	return busy ? EBUSY : OK;
}

enum err sys_umount(u2 place, bool lazy)
{
	bool was;

	atomic {
		was = mounted[place];
		mounted[place] = false;
		ghost {
			was_unmounted = true;
			if (!was)
				umount_failed = true;
		}
	}
	return was ? OK : EINVAL;
}

enum err sys_mkfs(u2 dev)
{
	atomic ghost mkfs_ran = true;
	return OK;
}

enum err sys_stat(u2 place)
{
	bool found;

	atomic {
		found = mounted[place];
		ghost walk = found ? FOUND : MISSED;
	}
	return found ? OK : ENOENT;
}

void exit_task(void)
{
	atomic ghost ended = true;
}

void setup_done(void)
{
	await(scenario_running);
}

void job_start(u3 job)
{
	job_started[job] = true;
}

void job_enter(u3 job)
{
	await(job_started[job]);
}

void job_exit(u3 job)
{
	job_done[job] = true;
}

void job_wait(u3 job)
{
	await(job_done[job]);
}

INVARIANT(mounted_at_first, "until it is unmounted it is mounted", "the set-up")
{
	return was_unmounted || mounted[0];
}

AT_REST(unmounted_in_the_end, "in the end it is not mounted", "the script")
{
	return !mounted[0];
}

COVER(umount_can_fail, "a umount fails", "the script")
{
	return umount_failed;
}

INVARIANT(walk_finds_it, "the walk finds it", "wrong")
{
	return walk != MISSED;
}

INVARIANT(walk_misses_it, "the walk misses it", "wrong")
{
	return walk != FOUND;
}

INVARIANT(mkfs_is_safe, "mkfs is safe", "never in its situation")
{
	WHEN(mkfs_ran);
	return mounted[0];
}
