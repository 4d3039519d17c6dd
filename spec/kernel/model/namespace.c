/* SPDX-License-Identifier: MIT */
/*
 * namespace.c - references to mounts, umount and mount: fs/namespace.c of v6.15
 * as far as it decides when a mount goes away.
 *
 * One mount a mount point; trees, but no propagation; no locked mounts.
 */
#include "kernel.h"

void lock_mount_hash(void)
{
	spin_lock(&mount_lock);
	write_seqcount_begin(&mount_seq);
}

void unlock_mount_hash(void)
{
	write_seqcount_end(&mount_seq);
	spin_unlock(&mount_lock);
}

/* ---- reference counts ---- */

/* Nobody asks by how much a sum is above two, or below zero. */
static s5 as_s5(s8 count)
{
	if (count > 15)
		return 15;
	if (count < -16)
		return -16;
	return count;
}

/* Reads one CPU after the other; what moves meanwhile is seen twice or not at all. */
static s5 mnt_get_count(struct mount *m)
{
	s8 count = 0;
	u4 cpu;

	for_each_cpu(cpu)
		count += m->mnt_count[cpu];
	ghost current->putting = NULL;
	return as_s5(count);
}

/* ref is for the ledger only: what kind of reference is given up. */
static void mntput_no_expire(struct mount *m, enum ref ref)
{
	s5 count;
	bool first;

	rcu_read_lock();
	ghost { if (ref == REF_OWN) current->dropping_own = true; }
	if (READ_ONCE(m->mnt_ns) != NULL) {
		/*
		 * Whoever clears mnt_ns drops a reference of its own only after a
		 * grace period, so this one can't be the last.
		 */
		this_cpu_add(m->mnt_count, -1);
		ghost ghost_put(m, ref);
		rcu_read_unlock();
		return;
	}
	lock_mount_hash();
	smp_mb();
	this_cpu_add(m->mnt_count, -1);
	ghost ghost_put(m, ref);
	count = mnt_get_count(m);
	if (count != 0) {
		ghost { if (count < 0) negative_sum = true; }
		rcu_read_unlock();
		unlock_mount_hash();
		return;
	}
	if (m->MNT_DOOMED) {
		rcu_read_unlock();
		unlock_mount_hash();
		return;
	}
	m->MNT_DOOMED = true;
	ghost {
		if (m->own || m->live > 0 || m->zombie > 0)
			doomed_while_held = true;
		if (m->doomed)
			doomed_twice = true;
		m->doomed = true;
		ghost_gives_back(m, ref);
	}
	rcu_read_unlock();
	unlock_mount_hash();

#ifdef KERN_MOUNT
	if (m->MNT_INTERNAL) {
		/* here and now, whatever the context */
		cleanup_mnt(m);
		return;
	}
#endif
	if (!current->PF_KTHREAD) {
		list_add(&current->mnt_works, m);
	} else {
		atomic {
			first = list_empty(&delayed_mntput_list);
			list_add(&delayed_mntput_list, m);
		}
		if (first)
			queue_delayed_work(system_wq, delayed_mntput_work);
	}
}

/* The caller has a reference already. */
void mntget(struct mount *m)
{
	this_cpu_add(m->mnt_count, 1);
	ghost ghost_get_live(m);
}

void mntput(struct mount *m)
{
	mntput_no_expire(m, REF_LIVE);
}

/* The put of a walker whose __legitimize_mnt failed, and of a file's __fput. */
void mntput_failed(struct mount *m)
{
	mntput_no_expire(m, REF_FAILING);
}

void mntput_file(struct mount *m)
{
	mntput_no_expire(m, REF_ZOMBIE);
}

void cleanup_mnt(struct mount *m)
{
	atomic ghost {
		if (m->cleaning)
			cleaned_twice = true;
		m->cleaning = true;
		ghost_might_sleep();
	}
	deactivate_super(m->mnt_sb);
	atomic ghost ghost_cleaned(m);
	call_rcu_free(m, mnt_rcu, delayed_free_vfsmnt);
}

/*
 * Turn what a walker found under RCU into a reference. seq: of mount_lock,
 * from before the mount was found.
 */
enum legit __legitimize_mnt(struct mount *m, seq_t seq)
{
	if (read_seqretry(&mount_seq, seq))
		return LEGIT_QUIET;
	if (m == NULL)
		return LEGIT_OK;
	this_cpu_add(m->mnt_count, 1);
	ghost ghost_walker_enters(m);
	smp_mb();
	if (!read_seqretry(&mount_seq, seq)) {
		ghost ghost_walker_succeeds(m);
		return LEGIT_OK;
	}
	ghost ghost_walker_fails(m);
	lock_mount_hash();
	if (m->MNT_SYNC_UMOUNT || m->MNT_DOOMED) {
		this_cpu_add(m->mnt_count, -1);
		ghost ghost_walker_leaves(m);
		unlock_mount_hash();
		return LEGIT_QUIET;
	}
	unlock_mount_hash();
	return LEGIT_PUT;
}

/* Under rcu_read_lock(), which it leaves and enters again if there is something to put. */
bool legitimize_mnt(struct mount *m, seq_t seq)
{
	enum legit res = __legitimize_mnt(m, seq);

	if (res == LEGIT_OK)
		return true;
	if (res == LEGIT_PUT) {
		rcu_read_unlock();
		mntput_failed(m);
		rcu_read_lock();
	}
	return false;
}

/* What is mounted at mp, with a reference; NULL if nothing is. */
struct mount *lookup_mnt(struct mountpoint *mp)
{
	struct mount *m;
	seq_t seq;

	rcu_read_lock();
	do {
		seq = read_seqbegin(&mount_seq);
		m = mp->m_mount;
	} while (!legitimize_mnt(m, seq));
	rcu_read_unlock();
	return m;
}

/* ---- umount ---- */

static void namespace_lock(void)
{
	down_write(&namespace_sem);
}

static void namespace_unlock(void)
{
	mount_list head;

	list_splice_tail(&unmounted, &head);
	up_write(&namespace_sem);
	if (list_empty(&head))
		return;
	synchronize_rcu_expedited();
	while (!list_empty(&head))
		mntput_no_expire(list_pop(&head), REF_OWN);
}

/* m and what is mounted on it, parents first. */
static void collect_tree(struct mount *m)
{
	struct mount *p;

	list_add_tail(&current->victims, m);
	for_each(mount, p)
		if (p->mnt_parent == m)
			list_add_tail(&current->victims, p);
}

/* Takes current->victims apart, under namespace_sem and mount_lock. */
static void umount_tree(enum victim how)
{
	struct mount *p;
	struct mount *parent;

	while (!list_empty(&current->victims)) {
		p = list_pop(&current->victims);
		p->mnt_ns = NULL;
		ghost ghost_detached(p, how);
		if (how == VICTIM_SYNC)
			p->MNT_SYNC_UMOUNT = true;
		parent = p->mnt_parent;
		if (parent != NULL) {
			this_cpu_add(parent->mnt_count, -1);
			ghost ghost_unpin(parent);
			p->mnt_parent = NULL;
		}
		p->mnt_mp->m_mount = NULL;
		ghost ghost_unhashed(p);
		list_add(&unmounted, p);
	}
}

static bool has_children(struct mount *m)
{
	struct mount *p;

	for_each(mount, p)
		if (p->mnt_parent == m)
			return true;
	return false;
}

/* More references than the mount's own and the caller's? Under mount_lock. */
static bool propagate_mount_busy(struct mount *m)
{
	bool children;
	s5 count;

	atomic children = has_children(m);
	if (children) {
		ghost ghost_check_ends(m, true);
		return true;
	}
	count = mnt_get_count(m);
	ghost ghost_check_ends(m, count > 2);
	return count > 2;
}

static void detach(struct mount *m, enum victim how)
{
	atomic collect_tree(m);
	umount_tree(how);
}

static enum err do_umount(struct mount *m, bool lazy)
{
	enum err err = OK;

	namespace_lock();
	lock_mount_hash();
	if (lazy) {
		if (m->mnt_ns != NULL)
			detach(m, VICTIM_LAZY);
	} else {
		smp_mb();
		ghost ghost_check_begins(m);
		if (propagate_mount_busy(m))
			err = EBUSY;
		else if (m->mnt_ns != NULL)
			detach(m, VICTIM_SYNC);
	}
	unlock_mount_hash();
	namespace_unlock();
	return err;
}

enum err path_umount(u2 where, bool lazy)
{
	struct mount *m = path_lookup(where, false);
	enum err err = EINVAL;

	if (m == NULL)
		return EINVAL;
	if (READ_ONCE(m->mnt_ns) != NULL)
		err = do_umount(m, lazy);
	ghost ghost_umounted(m, err);
	mntput(m);
	return err;
}

/* ---- mount ---- */

/* attach_mnt(): under namespace_sem. parent is NULL on the root file system. */
static void attach_mnt(struct mount *m, struct mountpoint *mp, struct mount *parent,
		       struct mnt_namespace *ns)
{
	lock_mount_hash();
	if (parent != NULL) {
		this_cpu_add(parent->mnt_count, 1);
		ghost ghost_pin(parent);
		m->mnt_parent = parent;
	}
	m->mnt_ns = ns;
	mp->m_mount = m;
	unlock_mount_hash();
}

static enum err do_add_mount(struct mount *m, struct mountpoint *mp, struct mount *parent)
{
	struct mount *old;
	enum err err = OK;

	namespace_lock();
	old = mp->m_mount;
	if (old != NULL) {
		if (old->mnt_sb != m->mnt_sb)
			BOUND("one file system on top of another is not modelled: mount it elsewhere");
		err = EBUSY;
	} else if (parent != NULL && READ_ONCE(parent->mnt_ns) == NULL) {
		err = EINVAL;
	} else {
		attach_mnt(m, mp, parent, current_ns());
	}
	ghost ghost_mounted(m, err);
	namespace_unlock();
	return err;
}

static enum err do_new_mount_at(struct block_device *bdev, struct mountpoint *mp, struct mount *parent)
{
	struct super_block *sb = get_tree_bdev(bdev);
	struct mount *m;
	enum err err;

	if (sb == NULL)
		return EBUSY;
	atomic {
		m = alloc(mount);
		m->mnt_sb = sb;
		m->mnt_mp = mp;
		m->mnt_count[smp_processor_id()] = 1;
		ghost {
			m->own = true;
			m->bdev = bdev;
			ghost_mounter_goes(sb);
		}
	}
	err = do_add_mount(m, mp, parent);
	if (err != OK)
		mntput_no_expire(m, REF_OWN);
	return err;
}

enum err do_new_mount(struct block_device *bdev, u2 where)
{
	struct mount *parent = NULL;
	enum err err;

	if (parent_of[where] != 0) {
		parent = path_lookup(parent_of[where] - 1, true);
		if (parent == NULL)
			return ENOENT;
	}
	err = do_new_mount_at(bdev, current_ns()->place[where], parent);
	if (parent != NULL)
		mntput(parent);
	return err;
}

/* ---- namespaces ---- */

/*
 * unshare(CLONE_NEWNS) where nothing but the root file system is mounted: the
 * new namespace begins without mounts of the script.
 */
void copy_mnt_ns(void)
{
	struct mnt_namespace *ns;
	u4 i;

	atomic {
		ns = alloc(mnt_namespace);
		ns->ns_count = 1;
		for (i = 0; i < NR_PLACES; i++) {
			if (init_mnt_ns->place[i]->m_mount != NULL)
				BOUND("a new mount namespace does not copy mounts: unshare where nothing is mounted");
			ns->place[i] = alloc(mountpoint);
		}
	}
	current->mnt_ns = ns;
#ifdef PROC_ROOT
	current->fs_root = ns;
#endif
}

/* All mounts of a namespace, parents first. */
static void collect_ns(struct mnt_namespace *ns)
{
	struct mount *p;

	for_each(mount, p)
		if (p->mnt_ns == ns && p->mnt_parent == NULL)
			list_add_tail(&current->victims, p);
	for_each(mount, p)
		if (p->mnt_ns == ns && p->mnt_parent != NULL)
			list_add_tail(&current->victims, p);
}

void put_mnt_ns(struct mnt_namespace *ns)
{
	bool last;

	atomic {
		ns->ns_count--;
		last = ns->ns_count == 0;
	}
	if (!last)
		return;
	namespace_lock();
	lock_mount_hash();
	atomic collect_ns(ns);
	umount_tree(VICTIM_EXIT);
	unlock_mount_hash();
	namespace_unlock();
}

/* ---- mounts of the kernel's own ---- */

#ifdef KERN_MOUNT
/* In no tree: no path walk finds it. */
struct mount *kern_mount(struct block_device *bdev)
{
	struct super_block *sb = get_tree_bdev(bdev);
	struct mount *m;

	if (sb == NULL)
		BOUND("a module whose device is busy is not modelled");
	atomic {
		m = alloc(mount);
		m->mnt_sb = sb;
		m->mnt_count[smp_processor_id()] = 1;
		m->mnt_ns = mnt_ns_internal;
		m->MNT_INTERNAL = true;
		ghost {
			m->own = true;
			m->bdev = bdev;
			ghost_mounter_goes(sb);
		}
	}
	return m;
}

void kern_unmount(struct mount *m)
{
	/* mnt_make_shortterm(): no lock; whoever has seen it set is in RCU */
	m->mnt_ns = NULL;
	ghost { ghost_batch_begins(); ghost_detached(m, VICTIM_KERN); }
	synchronize_rcu();
	mntput_no_expire(m, REF_OWN);
	atomic ghost ghost_kern_unmounted();
}
#endif
