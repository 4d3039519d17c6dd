/* SPDX-License-Identifier: MIT */
/*
 * namei.c - a path walk: under RCU first, and again with references if that
 * fails. It starts on the root file system, which nobody unmounts, and crosses
 * one mount point, or two where a place is on a mount of the script; or it starts
 * at the task's working directory, and stays on that mount.
 */
#include "kernel.h"

struct mnt_namespace *current_ns(void)
{
	if (current->mnt_ns != NULL)
		return current->mnt_ns;
	return init_mnt_ns;
}

/*
 * Under RCU, with no reference to m: ->permission(), ->d_hash() and ->d_compare() of the file system
 * look at its super block, and at what it keeps there.
 */
static void walk_component(struct mount *m)
{
	struct super_block *sb = m->mnt_sb;

	ghost current->walks_in = sb;
	READ_ONCE(sb->s_fs_info);
	ghost current->walks_in = NULL;
}

/* With references all the way; NULL if nothing is mounted there. */
static struct mount *ref_walk(u2 where)
{
	struct mount *parent = NULL;
	struct mount *m;

	if (parent_of[where] != 0) {
		parent = lookup_mnt(current_ns()->place[parent_of[where] - 1]);
		if (parent == NULL)
			return NULL;
	}
	m = lookup_mnt(current_ns()->place[where]);
	if (parent != NULL)
		mntput(parent);
	return m;
}

/*
 * The mount at a place with a reference, NULL if nothing is mounted there. below: the path goes on to
 * a name in the file system that is mounted there.
 */
struct mount *path_lookup(u2 where, bool below)
{
	struct mountpoint *mp;
	struct mount *m;
	enum legit res;
	seq_t seq;

	rcu_read_lock();
	seq = read_seqbegin(&mount_seq);
	if (parent_of[where] != 0) {
		mp = current_ns()->place[parent_of[where] - 1];
		m = mp->m_mount;
		if (read_seqretry(&mount_seq, seq)) {
			rcu_read_unlock();
			return ref_walk(where);
		}
		if (m == NULL) {
			rcu_read_unlock();
			return NULL;
		}
		walk_component(m);
	}
	mp = current_ns()->place[where];
	m = mp->m_mount;
	if (read_seqretry(&mount_seq, seq)) {
		rcu_read_unlock();
		return ref_walk(where);
	}
	if (m == NULL) {
		rcu_read_unlock();
		return NULL;
	}
	if (below)
		walk_component(m);
	res = __legitimize_mnt(m, seq);
	rcu_read_unlock();
	if (res == LEGIT_OK)
		return m;
	if (res == LEGIT_PUT)
		mntput_failed(m);
	return ref_walk(where);
}

static struct mount *pwd(void)
{
#if CLONE_FS
	return fs_pwd;
#else
	return current->pwd;
#endif
}

/* get_fs_pwd() */
static struct mount *get_pwd(void)
{
	struct mount *m;

#if CLONE_FS
	spin_lock(&fs_lock);
#endif
	m = pwd();
	if (m != NULL)
		mntget(m);
#if CLONE_FS
	spin_unlock(&fs_lock);
#endif
	return m;
}

/*
 * From the working directory, which holds its mount. Under RCU no reference of the walk's own is taken
 * before its end; if that fails, there is one from the beginning. Who shares the working directory may leave
 * it meanwhile. NULL: it is on the root file system.
 */
struct mount *path_lookup_cwd(void)
{
	struct mount *m;
	enum legit res;
	seq_t seq;

	rcu_read_lock();
	seq = read_seqbegin(&mount_seq);
	m = pwd();
	if (m == NULL) {
		rcu_read_unlock();
		return NULL;
	}
	ghost current->walk_from = m;
	walk_component(m);
	res = __legitimize_mnt(m, seq);
	rcu_read_unlock();
	ghost current->walk_from = NULL;
	if (res == LEGIT_OK)
		return m;
	if (res == LEGIT_PUT)
		mntput_failed(m);
	return get_pwd();
}
