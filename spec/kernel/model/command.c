/* SPDX-License-Identifier: MIT */
/*
 * command.c - what else the commands of bug reports do: a look at
 * /proc/self/mountinfo, loop devices; what a job has from the shell that starts it;
 * signals that end tasks.
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
/*
 * Has the loop device no file behind it? LOOP_CLR_FD leaves a device alone that somebody
 * has open, until the last close: whoever finds it unclaimed after that comes later than
 * this close.
 */
static bool lo_is_unbound(struct block_device *bdev)
{
	bool unbound;

	spin_lock(&bdev_lock);
	if (bdev->lo_autoclear && bdev->bd_holder == NULL && !bdev->bd_excl) {
		bdev->lo_unbound = true;
		bdev->lo_autoclear = false;
	}
	unbound = bdev->lo_unbound;
	spin_unlock(&bdev_lock);
	return unbound;
}

/* Of a device with nothing behind it there is no superblock to read ... */
enum err sys_mount_loop(u2 dev, u2 where)
{
	if (lo_is_unbound(disk[dev]))
		return ENXIO;
	return sys_mount(dev, where);
}

/* ... and no room to write one, though it can be opened. */
enum err sys_mkfs_loop(u2 dev)
{
	bool unbound = lo_is_unbound(disk[dev]);
	enum err err = sys_mkfs(dev);

	if (unbound && err == OK)
		err = ENXIO;
	return err;
}

/* losetup -d: LOOP_CLR_FD */
enum err sys_loop_clear(u2 dev)
{
	struct block_device *bdev = disk[dev];

	if (lo_is_unbound(bdev))
		return ENXIO;
	spin_lock(&bdev_lock);
	bdev->lo_autoclear = true;
	spin_unlock(&bdev_lock);
	return OK;
}

/* losetup DEV FILE: LOOP_CONFIGURE. */
enum err sys_loop_set(u2 dev)
{
	struct block_device *bdev = disk[dev];

	if (!lo_is_unbound(bdev))
		return EBUSY;
	spin_lock(&bdev_lock);
	bdev->lo_unbound = false;
	spin_unlock(&bdev_lock);
	return OK;
}
#endif

/* ---- fork(): a job has what its shell has open, and where it is, with references of its own ---- */

#ifdef INHERIT
/* Between the fork and the first step of the job. */
struct file *job_fds[NR_JOBS * NR_FDS];
struct mount *job_pwd[NR_JOBS];

/* dup_fd(): descriptor fd of the shell will be descriptor to of the job. */
void job_fork_fd(u3 job, u2 fd, u2 to)
{
	struct file *f = current->fds[fd];

	if (f == NULL)
		return;
	atomic {
		f->f_count++;
		job_fds[job * NR_FDS + to] = f;
	}
}

/* copy_fs_struct(); threads share their working directory and copy nothing. */
void job_fork_pwd(u3 job)
{
#if !CLONE_FS
	struct mount *m = current->pwd;

	if (m == NULL)
		return;
	mntget(m);
	job_pwd[job] = m;
#endif
}

/* In the job. */
void job_has_fd(u3 job, u2 fd)
{
	struct file *f;

	atomic {
		f = job_fds[job * NR_FDS + fd];
		job_fds[job * NR_FDS + fd] = NULL;
	}
	current->fds[fd] = f;
}

void job_has_pwd(u3 job)
{
	struct mount *m;

	atomic {
		m = job_pwd[job];
		job_pwd[job] = NULL;
	}
	current->pwd = m;
}
#endif

/* ---- signals: only those that end a task ---- */

/* A fatal signal is pending: the job ends at its next return to user mode. */
bool job_killed[NR_JOBS];
/* The shell of the job waits for a command, which a signal for the shell does not reach. */
bool job_in_command[NR_JOBS];

void sys_kill(u3 job)
{
	job_killed[job] = true;
}

/* Until a signal comes, which may be never. */
void stand_still(u3 job)
{
	idle await(job_killed[job]);
}

/* The shell of a job starts a command, and has waited for it. */
void job_command(u3 job)
{
	job_in_command[job] = true;
}

void job_commanded(u3 job)
{
	job_in_command[job] = false;
}

/* Jobs whose status is not 0. */
bool job_failed[NR_JOBS];

/* The status of a job that was waited for; one that was killed has none of its own. */
enum err job_status(u3 job)
{
	bool failed;

	atomic failed = !job_done[job] || job_failed[job];
	return failed ? EINVAL : OK;
}

#ifdef FUSER
/*
 * What a process uses is looked at through /proc/PID/cwd and /proc/PID/fd/N: each is
 * a path, with a reference to its mount for as long as the look takes.
 */
static bool uses(struct mount *m, struct super_block *sb)
{
	bool found;

	if (m == NULL)
		return false;
	found = m->mnt_sb == sb;
	mntput(m);
	return found;
}

static struct mount *get_job_pwd(u3 job)
{
	struct mount *m;

	atomic {
		m = job_task[job] != NULL ? job_task[job]->pwd : NULL;
#ifdef INHERIT
		if (m == NULL)
			m = job_pwd[job];
#endif
		if (m != NULL) {
			m->mnt_count[smp_processor_id()]++;
			ghost ghost_get_live(m);
		}
	}
	return m;
}

static struct mount *get_job_file(u3 job, u2 fd)
{
	struct mount *m = NULL;
	struct file *f;

	atomic {
		f = job_task[job] != NULL ? job_task[job]->fds[fd] : NULL;
#ifdef INHERIT
		if (f == NULL)
			f = job_fds[job * NR_FDS + fd];
#endif
		if (f != NULL) {
			m = f->f_mnt;
			m->mnt_count[smp_processor_id()]++;
			ghost ghost_get_live(m);
		}
	}
	return m;
}

/* fuser -km: SIGKILL for each job that uses the file system that is mounted there. */
enum err sys_fuser_kill(u2 where)
{
	struct super_block *sb;
	bool found[NR_JOBS];
	struct mount *m;
	u4 job;
	u2 fd;

	m = path_lookup(where, false);
	if (m == NULL)
		return ENOENT;
	sb = m->mnt_sb;
	mntput(m);
	for (job = 0; job < NR_JOBS; job++) {
		found[job] = false;
		if (!job_done[job]) {
			found[job] = uses(get_job_pwd(job), sb);
			for (fd = 0; fd < NR_FDS; fd++) {
				if (!found[job])
					found[job] = uses(get_job_file(job, fd), sb);
			}
		}
	}
	for (job = 0; job < NR_JOBS; job++) {
		if (found[job])
			job_killed[job] = true;
	}
	return OK;
}
#endif
