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

/* The mount at a place with a reference, NULL if nothing is mounted there. */
struct mount *path_lookup(u2 where)
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
	res = __legitimize_mnt(m, seq);
	rcu_read_unlock();
	if (res == LEGIT_OK)
		return m;
	if (res == LEGIT_PUT)
		mntput_failed(m);
	return ref_walk(where);
}

/*
 * From a mount that the task holds, by its working directory. Under RCU no reference
 * of its own is taken before the end of the walk; if that fails, there is one from the
 * beginning.
 */
struct mount *path_lookup_at(struct mount *m)
{
	enum legit res;
	seq_t seq;

	rcu_read_lock();
	seq = read_seqbegin(&mount_seq);
	ghost current->walk_from = m;
	res = __legitimize_mnt(m, seq);
	rcu_read_unlock();
	ghost current->walk_from = NULL;
	if (res == LEGIT_OK)
		return m;
	if (res == LEGIT_PUT)
		mntput_failed(m);
	mntget(m);
	return m;
}
