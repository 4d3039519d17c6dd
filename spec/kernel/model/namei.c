/* SPDX-License-Identifier: MIT */
/*
 * namei.c - a path walk across one mount point: under RCU first, and again with
 * references if that fails. It starts on the root file system, which nobody unmounts.
 */
#include "kernel.h"

/* The mount at mp with a reference, NULL if nothing is mounted there. */
struct mount *path_lookup(struct mountpoint *mp)
{
	struct mount *m;
	enum legit res;
	seq_t seq;

	rcu_read_lock();
	seq = read_seqbegin(&mount_seq);
	m = mp->m_mount;
	if (read_seqretry(&mount_seq, seq)) {
		rcu_read_unlock();
		return lookup_mnt(mp);
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
	return lookup_mnt(mp);
}
