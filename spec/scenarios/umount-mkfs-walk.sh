#!/bin/sh
# umount-mkfs beside a path walk by another task: the case that the grace period
# in namespace_unlock() is for. A walker that has raised the count and then sees
# that the mount is being unmounted lowers it again without a final mntput(), as
# it knows that the umounter still holds a reference (MNT_SYNC_UMOUNT). Without
# the grace period that is not so, and the mount is cleaned up by nobody, or by
# the walker after umount has returned: mkfs then meets a busy device.
#mcheck designs v6.15 v4.18 v3.13 defer-v4 no-grace-period no-grace-period-lazy poll-cookie poll-cookie-inverted global-list-c fs-frees-at-once no-grace-period+fs-frees-at-once
#mcheck for device_free_after_umount walk_meets_umount
# The busy check of a umount that is not lazy adds up whatever the counters say, so
# it may refuse for a walker before its second look, for one that has failed it
# and not taken its count back yet, and for one that got its reference. Mainline
# promises only that it never refuses for nothing. All that comes before namespace_unlock(), in all designs.
#mcheck expect v6.15,v4.18,v3.13,defer-v4,no-grace-period,no-grace-period-lazy,poll-cookie,poll-cookie-inverted,global-list-c,fs-frees-at-once,no-grace-period+fs-frees-at-once umount_ebusy_live holds
#mcheck expect v6.15,v4.18,v3.13,defer-v4,no-grace-period,no-grace-period-lazy,poll-cookie,poll-cookie-inverted,global-list-c,fs-frees-at-once,no-grace-period+fs-frees-at-once umount_ebusy_walker,umount_ebusy_limbo violated
# v4.18 and v3.13: the walker looks at MNT_SYNC_UMOUNT without mount_lock, before umount_tree()
# has set it, keeps its count, and puts it in full once it has left RCU. The
# umounter's grace period does not wait for that put, so the walker's can be the
# last, after umount has returned (what 250cf3693060 mended); mkfs is refused in between, though umount has returned 0 to
# the same task: CVE-2025-38058.
#mcheck expect v4.18,v3.13 cleanup_before_return_sync,device_free_after_umount,device_free_when_unused violated
# Without the grace period, or with it left out just when a reader is there, the umounter drops its references while a walker
# still has its count up; the walker then sees MNT_SYNC_UMOUNT and takes it back quietly. Nobody looks at the sum again.
# (no-grace-period-lazy leaves this umount alone, and so do the deferrals of lazy umounts.)
#mcheck expect no-grace-period,poll-cookie-inverted,no-grace-period+fs-frees-at-once cleanup_before_return_sync,device_free_after_umount,device_free_when_unused,nothing_leaked,grace_period_before_put violated
# The walk starts at the root, so it has found the mount before that was unhashed, and has left RCU before the mount is put: what it looks at in
# the file system is there, even if that frees it at once. Without the grace period the umounter's puts can be the last while the walk is on its
# way to the name below the mount point; the VFS keeps what is its own for it.
#mcheck expect v6.15,v4.18,v3.13,fs-frees-at-once fs_data_outlives_walks,super_block_outlives_walks holds
#mcheck expect no-grace-period fs_data_outlives_walks,super_block_outlives_walks holds
#mcheck expect no-grace-period+fs-frees-at-once fs_data_outlives_walks violated
#mcheck expect no-grace-period+fs-frees-at-once super_block_outlives_walks,NoUseAfterFree holds
# The list is for every umount, so it takes no walker to find the mount there after umount has returned.
#mcheck expect global-list-c cleanup_before_return_sync,device_free_after_umount,device_free_when_unused violated
mount /dev/sda /mnt
#mcheck run
stat /mnt/f &
umount /mnt && mkfs.ext4 /dev/sda
