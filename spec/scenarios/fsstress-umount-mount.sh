#!/bin/sh
# The loop of xfstests that unmounts under load and mounts again at once: mount
# must not meet what the umount before it should have finished. A mount of the
# same device by the same type of filesystem waits for a superblock that is
# dying; it must not get EBUSY from a claim of the device that is left over.
#mcheck designs v6.15 v4.18 v3.13 defer-v4 no-grace-period poll-cookie
#mcheck for device_free_after_umount fput_meets_umount walk_meets_umount
# The busy check of a umount that is not lazy adds up whatever the counters say, so
# it may refuse for a walker before its second look, for one that has failed it
# and not taken its count back yet, and for one that got its reference. Mainline
# promises only that it never refuses for nothing.
# The same goes for an open file, and for one between the end of its close and its last put: v6.15 puts the mount in close(2), the
# older ones in task work after it, and umount can come in between in both.
#mcheck expect v6.15,v4.18,v3.13,defer-v4,no-grace-period,poll-cookie umount_ebusy_live holds
#mcheck expect v6.15,v4.18,v3.13,defer-v4,no-grace-period,poll-cookie umount_ebusy_walker,umount_ebusy_limbo,umount_ebusy_fput violated
# v4.18, v3.13: the walker looks at MNT_SYNC_UMOUNT without mount_lock, before umount_tree()
# has set it, keeps its count, and puts it in full once it has left RCU. The
# umounter's grace period does not wait for that put, so the walker's can be the
# last, after umount has returned (what 250cf3693060 mended).
#mcheck expect v4.18,v3.13 cleanup_before_return_sync violated
# Without the grace period the umounter drops its references while a walker still
# has its count up; the walker then sees MNT_SYNC_UMOUNT and takes it back quietly,
# or takes the unlocked path of mntput as it read mnt_ns before that was cleared. Either way
# nobody looks at the sum again.
#mcheck expect no-grace-period cleanup_before_return_sync,nothing_leaked,grace_period_before_put violated
# mount is refused in none of them, early return or leak: it shares a superblock that is alive, and waits for one that
# is dying, whose claim ends before it leaves fs_supers.
#mcheck expect v4.18,v3.13,no-grace-period device_free_when_unused,device_free_after_umount holds
mount /dev/sda /mnt
#mcheck run
fsstress -n 1 -d /mnt &
umount /mnt
mount /dev/sda /mnt
