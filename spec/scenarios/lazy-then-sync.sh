#!/bin/sh
# A lazy umount, then one of another file system that is not lazy, by the same task:
# what the first has had deferred must not rub off on the second. The deferral as it
# was applied in April 2025 tells the two apart by a flag under namespace_sem,
# unmounted_lazily; the draft of it that was mailed around never reset it (seen by
# Eric Chanudet). Then umount is back before anything of /mnt2 is shut down, and
# mkfs is refused the device. Whether the two umounts are of one task or of two makes no
# difference, as namespace_sem lets in one after the other; so one task is enough;
# and the mounts share no counter, so one CPU is.
#mcheck designs v6.15 v4.18 defer-v4 defer-applied defer-applied-sticky defer-inline-cleanup global-list-c call-rcu no-grace-period
#mcheck for cleanup_before_return_lazy cleanup_before_return_sync device_free_after_umount
#mcheck cpus=1
# One task, no walker: v6.15, v4.18 and no-grace-period clean up by task work of this task, each mount
# before its umount returns.
# A deferral of lazy umounts: umount -l is back while the put of the mount's own reference waits for a
# grace period and a worker. The umount of /mnt2 waits for its own grace period and cleans up by task work:
# do_umount() passes no MNT_DETACH, or umount_tree() has set no flag for it and namespace_unlock() has cleared that
# of the first.
#mcheck expect defer-v4 cleanup_before_return_lazy violated
#mcheck expect defer-applied cleanup_before_return_lazy violated
#mcheck expect defer-inline-cleanup cleanup_before_return_lazy violated
# Nobody clears the flag: the second batch is handed to a worker too, umount returns 0 with the
# mount's own reference in place, and the claim on /dev/sdb stands when mkfs asks for it.
#mcheck expect defer-applied-sticky cleanup_before_return_lazy violated
#mcheck expect defer-applied-sticky cleanup_before_return_sync violated
#mcheck expect defer-applied-sticky device_free_after_umount violated
#mcheck expect defer-applied-sticky device_free_when_unused violated
# One global list takes every umount, by intent: the same four.
#mcheck expect global-list-c cleanup_before_return_lazy violated
#mcheck expect global-list-c cleanup_before_return_sync violated
#mcheck expect global-list-c device_free_after_umount violated
#mcheck expect global-list-c device_free_when_unused violated
# So does an RCU callback, in softirq; and that can come on top of this task, with mount_lock held for its last mntput()
# in the second umount, or the first: deadlock, with a mount that nobody holds any more.
#mcheck expect call-rcu cleanup_before_return_lazy violated
#mcheck expect call-rcu cleanup_before_return_sync violated
#mcheck expect call-rcu device_free_after_umount violated
#mcheck expect call-rcu device_free_when_unused violated
#mcheck expect call-rcu NoDeadlock violated
#mcheck expect call-rcu nothing_leaked violated
mount /dev/sda /mnt
mount /dev/sdb /mnt2
#mcheck run
umount -l /mnt
umount /mnt2 && mkfs.ext4 /dev/sdb
