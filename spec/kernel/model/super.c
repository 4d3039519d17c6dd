/* SPDX-License-Identifier: MIT */
/*
 * super.c - superblocks and the devices they claim: fs/super.c and block/bdev.c
 * as far as they decide whether a device is busy. One file system type.
 */
#include "kernel.h"

/* ---- exclusive claims on a device, under bdev_lock (a mutex in the kernel) ---- */

static bool bd_claim(struct block_device *bdev, struct super_block *sb)
{
	bool busy;

	might_sleep();
	spin_lock(&bdev_lock);
	busy = bdev->bd_excl || (bdev->bd_holder != NULL && bdev->bd_holder != sb);
	ghost ghost_claim(bdev, busy);
	ghost { if (busy) ghost_mount_refused(bdev); }
	if (!busy) {
		bdev->bd_holder = sb;
		ghost ghost_claimed_by_sb(bdev);
	}
	spin_unlock(&bdev_lock);
	return !busy;
}

/* open(O_EXCL) of the device, as mkfs does. */
bool bd_claim_excl(struct block_device *bdev)
{
	bool busy;

	spin_lock(&bdev_lock);
	busy = bdev->bd_excl || bdev->bd_holder != NULL;
	ghost ghost_claim(bdev, busy);
	if (!busy)
		bdev->bd_excl = true;
	ghost { if (!busy) ghost_opened_excl(bdev); }
	spin_unlock(&bdev_lock);
	return !busy;
}

void bd_release_excl(struct block_device *bdev)
{
	spin_lock(&bdev_lock);
	bdev->bd_excl = false;
	ghost bdev->excl_openers--;
	spin_unlock(&bdev_lock);
}

/* ---- superblocks ---- */

/* put_super(): the last one frees the memory, after a grace period. */
static void put_super(struct super_block *sb)
{
	spin_lock(&sb_lock);
	sb->s_count--;
	if (sb->s_count == 0) {
		call_rcu_free(sb, s_rcu, destroy_super);
	}
	spin_unlock(&sb_lock);
}

/* kill_block_super() and what kill_sb() does around it. s_umount is held and given up. */
static void kill_sb(struct super_block *sb)
{
	struct block_device *bdev = sb->s_bdev;

#ifdef HUNG_DEV
	/* ->put_super() of a file system whose server is gone */
	if (bdev == disk[HUNG_DEV]) {
		hangs await(!server_gone);
	}
#endif
#ifdef KERN_MOUNT
	if (bdev->bd_module != NULL)
		call_rcu_free_inode(bdev->bd_module);
#endif
	call_rcu_free(sb, s_fs_info_rcu, free_fs_info);
	sb->s_state = SB_DYING;
	up_write(&sb->s_umount);

	spin_lock(&bdev_lock);
	if (bdev->bd_holder == sb)
		bdev->bd_holder = NULL;
	spin_unlock(&bdev_lock);

	spin_lock(&sb_lock);
	sb->s_on_list = false;
	spin_unlock(&sb_lock);
	sb->s_state = SB_DEAD;
	put_super(sb);
}

void deactivate_super(struct super_block *sb)
{
	bool bound = current->bound;
	bool last;

	atomic {
		last = sb->s_active == 1;
		if (!last)
			sb->s_active--;
	}
	if (!last)
		return;
	if (bound)
		wq_worker_sleeping();	/* for s_umount, or in ->put_super() */
	down_write(&sb->s_umount);
	atomic {
		sb->s_active--;
		last = sb->s_active == 0;
	}
	if (last)
		kill_sb(sb);
	else
		up_write(&sb->s_umount);
	if (bound)
		wq_worker_running();
}

/* Turn a passive reference into an active one, or wait until the superblock is gone. */
static bool grab_super(struct super_block *sb)
{
	bool alive;

	await(sb->s_state != SB_UNBORN);
#ifdef HUNG_DEV
	ghost current->grabbing = sb;
#endif
	down_write(&sb->s_umount);
#ifdef HUNG_DEV
	ghost current->grabbing = NULL;
#endif
	if (sb->s_state == SB_BORN) {
		atomic {
			alive = sb->s_active > 0;
			if (alive) {
				sb->s_active++;
				ghost {
					ghost_mounter_comes(sb);
					ghost_claimed_by_sb(sb->s_bdev);
				}
			}
		}
		up_write(&sb->s_umount);
		if (alive) {
			put_super(sb);
			return true;
		}
	} else {
		up_write(&sb->s_umount);
	}
	await(sb->s_state == SB_DEAD);
	put_super(sb);
	return false;
}

static struct super_block *find_super(struct block_device *bdev)
{
	struct super_block *sb;

#ifdef ANON_DEV
	if (bdev == disk[ANON_DEV])
		return NULL;	/* each mount of a tmpfs is a file system of its own */
#endif
	for_each(super_block, sb)
		if (sb->s_on_list && sb->s_bdev == bdev)
			return sb;
	return NULL;
}

/*
 * get_tree_bdev(): share the superblock that is on the device, or make one and
 * claim the device for it. NULL: the device is busy.
 */
struct super_block *get_tree_bdev(struct block_device *bdev)
{
	struct super_block *sb;
	bool fresh;

	for (;;) {
		spin_lock(&sb_lock);
		atomic {
			sb = find_super(bdev);
			fresh = sb == NULL;
			if (fresh) {
				sb = alloc(super_block);
				sb->s_bdev = bdev;
				sb->s_active = 1;
				sb->s_on_list = true;
				sb->s_fs_info = true;	/* ->fill_super() */
				ghost sb->allocated = true;
				ghost ghost_mounter_comes(sb);
			}
			sb->s_count++;
		}
		spin_unlock(&sb_lock);
		if (fresh)
			break;
		ghost current->waits_for = sb;
		if (grab_super(sb))
			return sb;
	}
#ifdef ANON_DEV
	if (bdev == disk[ANON_DEV]) {
		sb->s_state = SB_BORN;
		return sb;
	}
#endif
	if (!bd_claim(bdev, sb)) {
		ghost ghost_mounter_goes(sb);
		deactivate_super(sb);
		return NULL;
	}
	sb->s_state = SB_BORN;
	return sb;
}
