/* SPDX-License-Identifier: MIT */
/*
 * entry.c - what the commands of a script do: system calls with the return to
 * user mode, the end of a task, and the shell's & and wait.
 */
#include "kernel.h"

static void syscall_enter(void)
{
	atomic ghost ghost_syscall_enter();
}

/* The return to user mode: task work first, then the caller sees the result. */
static void syscall_exit(void)
{
	task_work_run();
	atomic ghost ghost_syscall_exit();
}

enum err sys_mount(u2 dev, u2 where)
{
	enum err err;

	syscall_enter();
	err = do_new_mount(disk[dev], where);
	syscall_exit();
	return err;
}

enum err sys_umount(u2 where, bool lazy)
{
	enum err err;

	syscall_enter();
	err = path_umount(where, lazy);
	syscall_exit();
	return err;
}

/* open(O_EXCL), write, close */
enum err sys_mkfs(u2 dev)
{
	bool claimed;

	syscall_enter();
	claimed = bd_claim_excl(disk[dev]);
	syscall_exit();
	if (!claimed)
		return EBUSY;
	bd_release_excl(disk[dev]);
	ghost ghost_learns();
	return OK;
}

#ifdef KERN_MOUNT
/* init_module() of a module that mounts a file system for itself. */
enum err sys_modprobe(u2 dev)
{
	struct module *mod;
	struct mount *m;

	syscall_enter();
	atomic {
		mod = alloc(module);
		disk[dev]->bd_module = mod;
	}
	m = kern_mount(disk[dev]);
	mod->mnt = m;
	module[dev] = mod;
	syscall_exit();
	return m != NULL ? OK : EBUSY;
}

/*
 * delete_module(): its exit function unmounts what it has mounted, and waits for the
 * RCU callbacks of its inodes, as they run its code; then that is gone.
 */
enum err sys_rmmod(u2 dev)
{
	struct module *mod;

	syscall_enter();
	atomic {
		mod = module[dev];
		module[dev] = NULL;
	}
	if (mod != NULL) {
		kern_unmount(mod->mnt);
		rcu_barrier();
		atomic {
			disk[dev]->bd_module = NULL;
			release(mod);
		}
	}
	syscall_exit();
	return mod != NULL ? OK : ENOENT;
}
#endif

enum err sys_stat(u2 where)
{
	struct mount *m;

	syscall_enter();
	m = path_lookup(where, true);
	if (m != NULL)
		mntput(m);
	syscall_exit();
	return OK;
}

/* The mount of an open file with one more reference: /proc/self/fd/N is no walk, it jumps. */
static struct mount *jump_to_fd(u2 fd)
{
	struct file *f = current->fds[fd];
	struct mount *m = NULL;

	if (f != NULL) {
		m = f->f_mnt;
		mntget(m);
	}
	return m;
}

#ifdef PROC_ROOT
/*
 * /proc/PID/root is a jump, with a reference, to the root directory of another task;
 * what is mounted below it in the other namespace is then found with references too.
 */
static struct mount *walk_proc_root(u3 job, u2 where)
{
	struct task_struct *t = job_task[job];
	struct mnt_namespace *ns = NULL;
	struct mount *m = NULL;

	if (t != NULL)
		ns = t->fs_root;
	if (ns != NULL)
		m = lookup_mnt(ns->place[where]);
	return m;
}
#endif

/* Not from the root directory; via is the file or the job. */
static struct mount *walk_from(enum origin from, u3 via, u2 where)
{
	struct mount *m = NULL;

	if (from == FROM_FD)
		m = jump_to_fd(via);
	else if (from == FROM_CWD)
		m = path_lookup_cwd();
#ifdef PROC_ROOT
	else if (from == FROM_TASK)
		m = walk_proc_root(via, where);
#endif
	return m;
}

enum err sys_stat_from(enum origin from, u3 via, u2 where)
{
	struct mount *m;

	syscall_enter();
	m = walk_from(from, via, where);
	if (m != NULL)
		mntput(m);
	syscall_exit();
	return m != NULL ? OK : ENOENT;
}

/*
 * The end of open(2), on m, to which the walk has a reference. do_dentry_open() gets
 * one for the file, and then the walk puts its own: only a task that may change
 * its CPU in between shows the difference.
 */
static enum err open_on(u2 fd, struct mount *m)
{
	struct file *f;

	if (m != NULL) {
#ifdef MIGRATE
		mntget(m);
#endif
		atomic {
			f = alloc(file);
			f->f_mnt = m;
			f->f_count = 1;
		}
		current->fds[fd] = f;
#ifdef MIGRATE
		mntput(m);
#endif
	}
	syscall_exit();
	return m != NULL ? OK : ENOENT;
}

enum err sys_open(u2 fd, u2 where)
{
	struct mount *m;

	syscall_enter();
	m = path_lookup(where, true);
	return open_on(fd, m);
}

enum err sys_open_from(u2 fd, enum origin from, u3 via, u2 where)
{
	struct mount *m;

	syscall_enter();
	m = walk_from(from, via, where);
	return open_on(fd, m);
}

/* m is the working directory now; what was it before? */
static struct mount *set_fs_pwd(struct mount *m)
{
	struct mount *old;

#if CLONE_FS
	spin_lock(&fs_lock);
	old = fs_pwd;
	fs_pwd = m;
	spin_unlock(&fs_lock);
#else
	old = current->pwd;
	current->pwd = m;
#endif
	return old;
}

/* The walk has a reference to m. */
static enum err chdir_to(struct mount *m)
{
	struct mount *old;

#ifdef MIGRATE
	if (m != NULL)
		mntget(m);
#endif
	old = set_fs_pwd(m);
	if (old != NULL)
		mntput(old);
#ifdef MIGRATE
	if (m != NULL)
		mntput(m);
#endif
	syscall_exit();
	return OK;
}

enum err sys_chdir(u2 where)
{
	struct mount *m;

	syscall_enter();
	m = path_lookup(where, false);
	return chdir_to(m);
}

/* Away from what the script has mounted. */
enum err sys_chdir_root(void)
{
	syscall_enter();
	return chdir_to(NULL);
}

enum err sys_close(u2 fd)
{
	struct file *f;

	syscall_enter();
	f = current->fds[fd];
	current->fds[fd] = NULL;
	if (f != NULL)
		fput_close_sync(f);
	syscall_exit();
	return OK;
}

/* dup2(): another descriptor of the same open file. */
enum err sys_dup(u2 fd, u2 to)
{
	struct file *f;

	syscall_enter();
	f = current->fds[fd];
	if (f != NULL) {
		atomic f->f_count++;
	}
	current->fds[to] = f;
	syscall_exit();
	return f != NULL ? OK : EBADF;
}

/* unshare -m: a mount namespace of the task's own. */
enum err sys_unshare(void)
{
	syscall_enter();
	copy_mnt_ns();
	syscall_exit();
	return OK;
}

/*
 * mount -o remount: do_remount(). What it sets has no effect on when a mount goes
 * away. Who has a file open for writing, which makes it fail, is not counted here.
 */
enum err sys_remount(u2 where)
{
	struct super_block *sb;
	enum err err = EINVAL;
	struct mount *m;

	syscall_enter();
	m = path_lookup(where, false);
	if (m != NULL) {
		if (READ_ONCE(m->mnt_ns) != NULL) {
			sb = m->mnt_sb;
			down_write(&sb->s_umount);
			up_write(&sb->s_umount);
			err = OK;
		}
		mntput(m);
	}
	syscall_exit();
	return err;
}

/* A path that must be a mount point: a walk that says whether it has crossed one. */
enum err sys_mountpoint(u2 where)
{
	struct mount *m;

	syscall_enter();
	m = path_lookup(where, false);
	if (m != NULL)
		mntput(m);
	syscall_exit();
	return m != NULL ? OK : ENOENT;
}

/* exit_fs(): the working directory, if nobody else is left to whom it is one. */
static struct mount *leave_fs(void)
{
#if CLONE_FS
	bool last;

	atomic {
		fs_users--;
		last = fs_users == 0;
	}
	if (!last)
		return NULL;
#endif
	return set_fs_pwd(NULL);
}

/* do_exit(): exit_files(), exit_fs(), exit_task_namespaces(), exit_task_work(). */
void exit_task(void)
{
	struct mnt_namespace *ns = current->mnt_ns;
	struct mount *pwd;
	struct file *f;
	u2 fd;

	if (ns != NULL) {
		atomic ghost {
			ghost_syscall_enter();
			ns->left = true;
		}
	}
	for (fd = 0; fd < NR_FDS; fd++) {
		f = current->fds[fd];
		current->fds[fd] = NULL;
		if (f != NULL)
			fput(f);
	}
#ifdef PROC_ROOT
	current->fs_root = NULL;
#endif
	pwd = leave_fs();
	if (pwd != NULL)
		mntput(pwd);
	if (ns != NULL)
		put_mnt_ns(ns);
	task_work_run();
	if (ns != NULL) {
		atomic ghost ghost_syscall_exit();
	}
	ghost ghost_leaves_kernel();
}

/* ---- the shell ---- */

bool scenario_running;
LOCKED bool job_started[NR_JOBS];
LOCKED bool job_done[NR_JOBS];

/* The set-up is over: everything before ran alone and came to rest. */
void setup_done(void)
{
	await(scenario_running);
}

void job_start(u3 job)
{
	job_started[job] = true;
	ghost ghost_job_starts(job);
}

/* Before it is started there is no such task: if that never comes, it does not wait for ever. */
void job_enter(u3 job)
{
#if defined(PROC_ROOT) || defined(HUNG_DEV) || defined(FUSER)
	idle atomic {
		await(job_started[job]);
		job_task[job] = current;
	}
#else
	idle await(job_started[job]);
#endif
#ifdef PROC_ROOT
	current->fs_root = init_mnt_ns;
#endif
	ghost ghost_job_begins(job);
}

void job_exit(u3 job)
{
	job_done[job] = true;
	ghost ghost_job_ends(job);
}

void job_wait(u3 job)
{
#if defined(HUNG_DEV)
	atomic await_by(job_done[job], job_task[job]);
#elif defined(SIGNALS)
	/* the shell is gone at once where it waited for a command, which goes on */
	atomic await(job_done[job] || (job_killed[job] && job_in_command[job]));
#else
	await(job_done[job]);
#endif
	ghost ghost_job_waited_for(job);
}

INIT
{
	u3 i;

#if CLONE_FS
	fs_users = NR_JOBS + 1;
#endif
	for (i = 0; i < NR_DEVS; i++)
		disk[i] = alloc(block_device);
#if NR_PLACES > 1
	parent_of[1] = PARENT_1;
#endif
#if NR_PLACES > 2
	parent_of[2] = PARENT_2;
#endif
	delayed_mntput_work = alloc(work_struct);
	delayed_mntput_work->func = delayed_mntput;
	init_mnt_ns = alloc(mnt_namespace);
#ifdef KERN_MOUNT
	mnt_ns_internal = alloc(mnt_namespace);
#endif
	for (i = 0; i < NR_PLACES; i++)
		init_mnt_ns->place[i] = alloc(mountpoint);
}
