/* SPDX-License-Identifier: MIT */
/*
 * kernel.h - the objects of mount teardown and the functions that work on them.
 *
 * Names are the kernel's; the code is ours. What each field is protected by is
 * said where it is declared, and checked at each access. The state the
 * properties speak of beside the kernel's own (who truly holds a reference, who
 * was promised what) is GHOST: it is never read by the kernel's code.
 *
 * The base is v6.15; other designs are patches against these files.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include "mcheck.h"

/* How many of each there can be: bounds of the model, set by the scenario. */
#ifndef NR_PLACES
#define NR_PLACES 1	/* mount points */
#endif
/* see parent_of */
#ifndef PARENT_1
#define PARENT_1 0
#endif
#ifndef PARENT_2
#define PARENT_2 0
#endif
#ifndef NR_DEVS
#define NR_DEVS 1	/* block devices */
#endif
#ifndef NR_FDS
#define NR_FDS 1	/* file descriptors of a task */
#endif
#ifndef NR_JOBS
#define NR_JOBS 1	/* background jobs of the script */
#endif
#ifndef NR_NS
#define NR_NS 1		/* mount namespaces */
#endif
#ifndef NR_MOUNTS
#define NR_MOUNTS 2
#endif
#ifndef NR_FILES
#define NR_FILES 1
#endif
#ifndef NR_SUPERS
#define NR_SUPERS 2
#endif
#ifndef NR_WORKS
#define NR_WORKS 1	/* work items: the one static delayed_mntput_work */
#endif
#ifndef NR_KWORKERS
#define NR_KWORKERS 2	/* kernel threads that run them */
#endif
/* Bits of a mount's counter on one CPU */
#ifndef COUNT_BITS
#define COUNT_BITS 4
#endif
/* Bits of a number of references. */
#ifndef REF_BITS
#define REF_BITS 3
#endif
/* 1: some tasks are copies of each other (walkers=3) */
#ifndef TASK_COPIES
#define TASK_COPIES 0
#endif
/* 1: the tasks are threads of one process, which share their working directory */
#ifndef CLONE_FS
#define CLONE_FS 0
#endif

#define __PASTE(a, b) a##b
#define PASTE(a, b) __PASTE(a, b)
#define count_t PASTE(s, COUNT_BITS)
#define refs_t PASTE(u, REF_BITS)
#define MAX_s4 7
#define MAX_s5 15
#define MAX_s6 31
#define MAX_s7 63
#define MAX_s8 127
#define COUNT_MAX PASTE(MAX_, count_t)

enum err { OK, EBUSY, EINVAL, ENOENT, ENXIO, EBADF };

POOL(mount, NR_MOUNTS);
POOL(super_block, NR_SUPERS);
POOL(block_device, NR_DEVS);
POOL(mountpoint, NR_NS * NR_PLACES);
#ifdef KERN_MOUNT
POOL(mnt_namespace, NR_NS + 1);		/* with MNT_NS_INTERNAL */
#else
POOL(mnt_namespace, NR_NS);
#endif
POOL(file, NR_FILES);
POOL(work_struct, NR_WORKS);
#ifdef KERN_MOUNT
POOL(module, NR_DEVS);
POOL(inode, NR_DEVS);
#endif

/* A kworker that is bound to a CPU counts there. */
#undef this_cpu_add
#define this_cpu_add(array, n) atomic {								\
	u3 __cpu = current->bound ? current->bound_to : smp_processor_id();			\
	if ((array)[__cpu] == ((n) > 0 ? COUNT_MAX : -COUNT_MAX))				\
		BOUND("the counter of a mount on one CPU is too narrow: enlarge COUNT_BITS");	\
	(array)[__cpu] += (n);									\
}

/* A callback that call_rcu() has queued: of the object that this is in. */
struct rcu_head {
	bool pending;
	task_struct_set readers;	/* whom its grace period still waits for */
	task_struct_set barriers;	/* who waits for it in rcu_barrier() */
};

/*
 * A grace period begins: whom it waits for. With store buffers, for the CPUs too whose stores have not
 * reached memory: each reports a quiescent state, by locked operations (see rcu.c).
 */
#ifdef MCHECK_TSO
#define note_readers(set) {						\
	struct task_struct *__t;					\
	(set) = rcu_readers;						\
	for_each(task_struct, __t)					\
		if (!store_buffer_empty(__t))				\
			set_add(&(set), __t);				\
}
#else
#define note_readers(set) (set) = rcu_readers
#endif

/* call_rcu(&object->head, func), where func does nothing but free memory: see rcu.c. */
#define call_rcu_free(object, head, func) atomic {	\
	note_readers((object)->head.readers);		\
	(object)->head.pending = true;			\
	run_if_due(object, head, func);			\
}
#define run_if_due(object, head, func)						\
	if ((object)->head.pending && set_empty(&(object)->head.readers))	\
		func(object)

/* Why umount_tree() took a mount; VICTIM_KERN: kern_unmount() did. */
enum victim { VICTIM_SYNC, VICTIM_LAZY, VICTIM_EXIT, VICTIM_KERN };

struct mount {
	count_t mnt_count[NR_CPUS];	/* per CPU; only the sum means anything */
#ifdef KERN_MOUNT
	struct mnt_namespace *mnt_ns;	/* kern_unmount() clears it without mount_lock */
	bool MNT_INTERNAL;		/* never changed */
#else
	WRITE_GUARDED_BY(mount_lock) struct mnt_namespace *mnt_ns;	/* NULL: detached */
#endif
	WRITE_GUARDED_BY(mount_lock) struct mount *mnt_parent;	/* NULL: none, or the root */
	WRITE_GUARDED_BY(mount_lock) bool MNT_SYNC_UMOUNT;
	WRITE_GUARDED_BY(mount_lock) bool MNT_DOOMED;
	SET_ONCE struct super_block *mnt_sb;
	SET_ONCE struct mountpoint *mnt_mp;
	struct rcu_head mnt_rcu;	/* frees it */

	/* The ledger: who truly holds a reference. */
	GHOST bool own;			/* the mount's own */
	GHOST refs_t live;			/* system calls in progress, open files */
	GHOST refs_t pins;			/* mounts on top of it, up to v6.16 */
	GHOST refs_t zombie;		/* files put, their __fput still due */
	GHOST refs_t walker;		/* __legitimize_mnt before its second look */
	GHOST refs_t failing;		/* ... after it has failed, until taken back */
	GHOST bool doomed;		/* by its last put */
	GHOST bool cleaned;		/* cleanup_mnt() has finished */
	GHOST bool cleaning;		/* ... has begun */
	GHOST struct task_struct *victim_of;	/* its umount, until that is back in user mode */
	GHOST struct task_struct *taken_by;	/* the same, for good */
	GHOST struct task_struct *last_by;	/* gave it back last: the detacher, who put it; no worker */
	GHOST enum victim victim;
	GHOST task_struct_set walkers;	/* readers that were there when it was unhashed */
	GHOST struct block_device *bdev;
};

/* An open file. */
struct file {
	LOCKED refs_t f_count;		/* atomic */
	SET_ONCE struct mount *f_mnt;
	GHOST bool closed_once;		/* through one of its descriptors */
	GHOST struct task_struct *closed_by;	/* through the last of them */
};

/* What kind of reference a put gives up; for the ledger only. */
enum ref { REF_LIVE, REF_OWN, REF_FAILING, REF_ZOMBIE };

/* Where something can be mounted; m_mount is the entry of the RCU hash. */
struct mountpoint {
	WRITE_GUARDED_BY(mount_lock) struct mount *m_mount;
};

struct mnt_namespace {
	LOCKED u2 ns_count;		/* atomic: tasks that are in it */
	struct mountpoint *place[NR_PLACES];	/* never changed */
	GHOST bool left;		/* by its last task */
};

enum sb_state { SB_UNBORN, SB_BORN, SB_DYING, SB_DEAD };

struct super_block {
	LOCKED refs_t s_active;		/* atomic: one a mount, one the creator */
	GUARDED_BY(sb_lock) refs_t s_count;	/* keeps the memory */
	GUARDED_BY(sb_lock) bool s_on_list;	/* on type->fs_supers */
	enum sb_state s_state;
	rwsem_t s_umount;
	SET_ONCE struct block_device *s_bdev;
	bool s_fs_info;			/* what the file system keeps for itself: not freed yet */
	struct rcu_head s_fs_info_rcu;	/* frees that */
	struct rcu_head s_rcu;		/* frees the super block */
	GHOST bool allocated;
	GHOST task_struct_set mounters;	/* have got it, and no mount of it yet */
};

struct block_device {
	GUARDED_BY(bdev_lock) struct super_block *bd_holder;
	GUARDED_BY(bdev_lock) bool bd_excl;	/* held by an O_EXCL open instead */
	GHOST u2 excl_openers;		/* who were told that they have it with O_EXCL */
#ifdef KERN_MOUNT
	struct module *bd_module;	/* of the file system on it; NULL: built in */
#endif
#ifdef LOOP_DEVS
	GUARDED_BY(bdev_lock) bool lo_unbound;	/* a loop device with no file behind it */
	GUARDED_BY(bdev_lock) bool lo_autoclear;	/* its last close clears it */
#endif
};

#ifdef KERN_MOUNT
/* The text and data of a module that mounts a file system for itself. */
struct module {
	struct mount *mnt;
	refs_t inodes;			/* of its cache, in use */
};

/* One inode of that file system stands for all: it is freed by an RCU callback. */
struct inode {
	SET_ONCE struct module *i_module;
	struct rcu_head i_rcu;		/* frees it */
};
#endif

enum workqueue { system_wq, system_unbound_wq };
struct work_struct;
typedef void (*work_func_t)(struct work_struct *work);

/* The pool of workers of system_unbound_wq; the others are those of the CPUs. */
#define UNBOUND NR_CPUS

/* A work_struct, delayed_work or rcu_work. What it is about is in it, for want of container_of(). */
struct work_struct {
	SET_ONCE work_func_t func;
	bool on_heap;			/* its function frees it; else it is static */
	LOCKED bool pending;		/* queued, and not started */
	bool running;			/* if it is static */
	bool scheduled;			/* ... and is to run once more afterwards */
	u4 pool;			/* the CPU that it is queued on, or UNBOUND */
	struct rcu_head rcu;		/* of a rcu_work: queues it */
	bool timer;			/* of a delayed_work: armed, to queue it */
};

/* What get_state_synchronize_rcu() says, for poll_state_synchronize_rcu(). */
typedef struct task_struct *rcu_cookie_t;

/* What a umount's EBUSY was about: the best reference its busy check can have seen. */
enum ebusy { EBUSY_NONE, EBUSY_PHANTOM, EBUSY_WALKER, EBUSY_LIMBO, EBUSY_FPUT, EBUSY_LIVE };

struct task_struct {
	PRIVATE bool PF_KTHREAD;
	PRIVATE struct mnt_namespace *mnt_ns;	/* NULL: the first one */
	PRIVATE mount_list victims;	/* umount_tree()'s list in the making */
	PRIVATE mount_list mnt_works;	/* task work: __cleanup_mnt */
	PRIVATE file_list file_works;	/* task work: ____fput */
#ifdef FUSER
	struct file *fds[NR_FDS];	/* others look at them, and at pwd */
	struct mount *pwd;
#else
	PRIVATE struct file *fds[NR_FDS];
	PRIVATE struct mount *pwd;	/* working directory; NULL: on the root file system */
#endif
#ifdef PROC_ROOT
	struct mnt_namespace *fs_root;	/* its root directory is in this one; NULL after exit_fs() */
#endif
	task_struct_set rcu_readers;	/* whom synchronize_rcu() still waits for */
	bool cookie_due;		/* has taken a cookie, and its grace period may not have ended ... */
	task_struct_set cookie_readers;	/* ... who was in RCU then, and still is ... */
	task_struct_set cookie_periods;	/* ... and who waits for a grace period since */
	bool idle_worker;		/* a kworker without work */
	PRIVATE bool bound;		/* a kworker that runs an item of a CPU's pool ... */
	PRIVATE u3 bound_to;		/* ... of this one */

	GHOST bool in_softirq;		/* it is one (of a design) */
	GHOST bool in_syscall;
	GHOST struct mount *putting;	/* has lowered the count of this, and not looked at the sum yet */
	GHOST mount_set excused;	/* victims of the call that others held when it put them last */
	GHOST struct mount *checking;	/* the busy check in progress */
	GHOST bool seen_live;		/* extra references present during it, by class */
	GHOST bool seen_fput;
	GHOST bool seen_limbo;
	GHOST bool seen_walker;
	GHOST enum ebusy ebusy;		/* what the call's EBUSY was about */
	GHOST bool false_free;		/* the busy check overlooked a true reference */
	GHOST bool returned_sync;	/* umount returns 0 (once in_syscall is false: has) ... */
	GHOST bool returned_lazy;	/* ... and nobody else held the mount at its last put */
	GHOST bool late_sync;		/* ... but its mount is not cleaned up */
	GHOST bool late_lazy;
	GHOST bool returned_exit;	/* the last task of a namespace is gone ... */
	GHOST bool late_exit;		/* ... but a mount of it is not cleaned up */
	GHOST bool returned_kern;	/* kern_unmount() has returned ... */
	GHOST bool late_kern;		/* ... but its mount is not cleaned up */
#ifdef HUNG_DEV
	GHOST struct super_block *grabbing;	/* grab_super() of this one */
#endif
	GHOST struct super_block *waits_for;	/* mount(2) has found it, and has it not yet */
	GHOST struct mount *walk_from;	/* the walk in progress has started there */
	GHOST struct super_block *walks_in;	/* under RCU, about to look a name up there */
	GHOST bool has_batch;		/* has detached mounts in this call: one namespace_unlock() */
	GHOST u2 grace_periods;		/* waited for in it; no more than two are counted */
	GHOST bool dropping_own;	/* puts the reference of a mount on itself */
	GHOST task_struct_set waited;	/* those tasks, which are gone, come before it */
	GHOST bool knows[NR_DEVS];	/* that this disk is free */
	GHOST bool claimed;		/* a claim was decided in this call ... */
	GHOST bool claimed_known;	/* ... on a device known to be released */
	GHOST bool spurious_any;	/* EBUSY from a device that nobody uses */
	GHOST bool spurious_known;	/* ... or that was known to be released */
	GHOST bool refused_by_dying;	/* mount(2), for a superblock that is being shut down */
};

/* ---- globals ---- */
spinlock_t mount_lock;		/* with mount_seq: the kernel's seqlock mount_lock */
seqcount_t mount_seq;
rwsem_t namespace_sem;
spinlock_t sb_lock;
spinlock_t bdev_lock;
task_struct_set rcu_readers;	/* tasks inside rcu_read_lock() */
GUARDED_BY(namespace_sem) mount_list unmounted;
mount_list delayed_mntput_list;
struct work_struct *delayed_mntput_work;	/* the one, static */
work_struct_list worklist[NR_CPUS + 1];	/* of each pool: what its workers have not started */
u3 nr_running[NR_CPUS];		/* workers of each CPU that are at work and not asleep */
struct block_device *disk[NR_DEVS];
#ifdef HUNG_DEV
bool server_gone = true;		/* of the file system on disk[HUNG_DEV] */
#endif
struct mnt_namespace *init_mnt_ns;
#if CLONE_FS
spinlock_t fs_lock;
LOCKED u4 fs_users;		/* atomic: tasks that share it */
WRITE_GUARDED_BY(fs_lock) struct mount *fs_pwd;	/* the working directory; NULL: on the root file system */
#endif
#if defined(PROC_ROOT) || defined(HUNG_DEV) || defined(FUSER)
struct task_struct *job_task[NR_JOBS];
#endif
#ifdef KERN_MOUNT
struct mnt_namespace *mnt_ns_internal;	/* MNT_NS_INTERNAL: that of long-term mounts */
struct module *module[NR_DEVS];		/* by the device that it has mounted */
#endif
/* The place that each place is on: 0 the root file system, else its number plus one. */
u3 parent_of[NR_PLACES];

/* Properties that are about a moment are noted here when it has come. */
GHOST bool negative_sum;	/* a sum under mount_lock was below zero */
GHOST bool doomed_while_held;
GHOST bool doomed_twice;
GHOST bool cleaned_twice;
GHOST bool put_too_early;	/* a mount's own put, a walker of before still there */
/* What the shell that started the job knew then of each disk, and the job when it ended; the tasks that come before its end. */
GHOST bool job_knows[NR_JOBS * NR_DEVS];
GHOST task_struct_set job_before[NR_JOBS];
GHOST bool claims_overlap;	/* a device was claimed by somebody while it was by another */
GHOST bool wrong_umount;	/* what umount, or mount, has returned and what it has done disagree */
GHOST bool wrong_mount;
GHOST bool waited_for_nothing;	/* a grace period, without a mount detached for it */
GHOST bool slept_atomic;	/* something that may sleep was entered where nothing may */
GHOST bool kept_lock;		/* a task has left the kernel with a lock held, or in RCU */
GHOST bool slow_under_sem;	/* a grace period, or the put of a mount's own reference, under namespace_sem */
GHOST bool left_to_bystander;	/* a cleanup was queued for a task that had not unmounted */

/* ---- ledger.c ---- */
void ghost_get_live(struct mount *m);
void ghost_put(struct mount *m, enum ref ref);
void ghost_walker_enters(struct mount *m);
void ghost_walker_succeeds(struct mount *m);
void ghost_walker_fails(struct mount *m);
void ghost_walker_leaves(struct mount *m);
void ghost_gives_back(struct mount *m, enum ref ref);
void ghost_file_put(struct mount *m);
void ghost_pin(struct mount *m);
void ghost_unpin(struct mount *m);
void ghost_detached(struct mount *m, enum victim how);
void ghost_unhashed(struct mount *m);
void ghost_reader_leaves(void);
void ghost_check_begins(struct mount *m);
void ghost_check_ends(struct mount *m, bool busy);
void ghost_cleaned(struct mount *m);
void ghost_kern_unmounted(void);
void ghost_umounted(struct mount *m, enum err err);
void ghost_mounted(struct mount *m, enum err err);
void ghost_batch_begins(void);
void ghost_grace_period(void);
void ghost_might_sleep(void);
void ghost_leaves_kernel(void);
void ghost_learns(void);
void ghost_job_starts(u3 job);
void ghost_job_begins(u3 job);
void ghost_job_ends(u3 job);
void ghost_job_waited_for(u3 job);
void ghost_claim(struct block_device *bdev, bool busy);
void ghost_mount_refused(struct block_device *bdev);
void ghost_mounter_comes(struct super_block *sb);
void ghost_mounter_goes(struct super_block *sb);
void ghost_claimed_by_sb(struct block_device *bdev);
void ghost_opened_excl(struct block_device *bdev);
void ghost_syscall_enter(void);
void ghost_syscall_exit(void);

/* What follows may sleep; so may an rwsem. */
#define might_sleep() ghost ghost_might_sleep()
#define down_read(sem)  { might_sleep(); down_read(sem); }
#define down_write(sem) { might_sleep(); down_write(sem); }

/* ---- rcu.c ---- */
extern NO_BUFFER task_struct_set rcu_readers;	/* to enter and to leave is no barrier */
void rcu_read_lock(void);
void rcu_read_unlock(void);
void synchronize_rcu(void);
void synchronize_rcu_expedited(void);
rcu_cookie_t get_state_synchronize_rcu(void);
bool poll_state_synchronize_rcu(rcu_cookie_t cookie);
void cond_synchronize_rcu(rcu_cookie_t cookie);
void cond_synchronize_rcu_expedited(rcu_cookie_t cookie);
void rcu_barrier(void);
void delayed_free_vfsmnt(struct mount *m);
void destroy_super(struct super_block *sb);
void free_fs_info(struct super_block *sb);
#ifdef KERN_MOUNT
void call_rcu_free_inode(struct module *mod);
#endif

/* ---- workqueue.c ---- */
extern LOCKED u3 nr_running[NR_CPUS];
bool queue_delayed_work(enum workqueue wq, struct work_struct *work);
bool queue_rcu_work(enum workqueue wq, struct work_struct *work);
void wq_worker_sleeping(void);
void wq_worker_running(void);

/* ---- namespace.c ---- */
void mntget(struct mount *m);
void mntput(struct mount *m);
void mntput_failed(struct mount *m);
void mntput_file(struct mount *m);
void cleanup_mnt(struct mount *m);
enum legit { LEGIT_OK, LEGIT_QUIET, LEGIT_PUT };	/* the kernel's 0, 1, -1 */
enum legit __legitimize_mnt(struct mount *m, seq_t seq);
struct mount *lookup_mnt(struct mountpoint *mp);
enum err path_umount(u2 where, bool lazy);
enum err do_new_mount(struct block_device *bdev, u2 where);
void copy_mnt_ns(void);
void put_mnt_ns(struct mnt_namespace *ns);
struct mount *kern_mount(struct block_device *bdev);
void kern_unmount(struct mount *m);

/* ---- namei.c ---- */
struct mnt_namespace *current_ns(void);
struct mount *path_lookup(u2 where, bool below);
struct mount *path_lookup_cwd(void);

/* ---- file_table.c ---- */
void fput(struct file *f);
void __fput(struct file *f);
void fput_close_sync(struct file *f);

/* ---- task_work.c ---- */
void task_work_run(void);
void delayed_mntput(struct work_struct *work);

/* ---- super.c ---- */
struct super_block *get_tree_bdev(struct block_device *bdev);
void deactivate_super(struct super_block *sb);
bool bd_claim_excl(struct block_device *bdev);
void bd_release_excl(struct block_device *bdev);

/* ---- entry.c: what the commands of a script do ---- */
/* Where a path walk begins that does not begin at the root directory. */
enum origin { FROM_CWD, FROM_FD, FROM_TASK };
void setup_done(void);
void job_start(u3 job);
void job_enter(u3 job);
void job_exit(u3 job);
void job_wait(u3 job);
enum err sys_mount(u2 dev, u2 where);
enum err sys_umount(u2 where, bool lazy);
enum err sys_mkfs(u2 dev);
enum err sys_modprobe(u2 dev);
enum err sys_rmmod(u2 dev);
enum err sys_stat(u2 where);
enum err sys_stat_from(enum origin from, u3 via, u2 where);
enum err sys_open(u2 fd, u2 where);
enum err sys_open_from(u2 fd, enum origin from, u3 via, u2 where);
enum err sys_chdir(u2 where);
enum err sys_chdir_root(void);
enum err sys_close(u2 fd);
enum err sys_dup(u2 fd, u2 to);
enum err sys_unshare(void);
enum err sys_remount(u2 where);
enum err sys_mountpoint(u2 where);
void exit_task(void);

/* ---- command.c: the same, for what bug reports do beside that ---- */
enum err sys_mounted(u2 where);
enum err sys_mount_loop(u2 dev, u2 where);
enum err sys_mkfs_loop(u2 dev);
enum err sys_loop_clear(u2 dev);
enum err sys_loop_set(u2 dev);
void job_fork_fd(u3 job, u2 fd, u2 to);
void job_fork_pwd(u3 job);
void job_has_fd(u3 job, u2 fd);
void job_has_pwd(u3 job);
extern bool job_done[NR_JOBS];
extern bool job_killed[NR_JOBS];
extern bool job_in_command[NR_JOBS];
extern bool job_failed[NR_JOBS];
enum err job_status(u3 job);
void sys_kill(u3 job);
enum err sys_fuser_kill(u2 where);
void stand_still(u3 job);
void job_command(u3 job);
void job_commanded(u3 job);

#endif
