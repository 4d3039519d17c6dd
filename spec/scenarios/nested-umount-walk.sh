#!/bin/sh
# The inner one of two nested mounts is unmounted beside a walk to it. A walk that fails under RCU
# starts again, takes a reference to the outer mount, finds nothing on it any more, and gives it back.
#mcheck designs v6.15 v4.18 defer-v4 no-grace-period
#mcheck for walk_meets_umount walk_holds_parent
# As in umount-mkfs-walk: what the busy check may meet, the unlocked look at MNT_SYNC_UMOUNT, the missing
# grace period.
#mcheck expect v6.15,v4.18,defer-v4,no-grace-period umount_ebusy_live holds
#mcheck expect v6.15,v4.18,defer-v4,no-grace-period umount_ebusy_walker,umount_ebusy_limbo violated
#mcheck expect v4.18 cleanup_before_return_sync violated
#mcheck expect no-grace-period cleanup_before_return_sync,nothing_leaked,grace_period_before_put violated
mount /dev/sda /mnt
mount /dev/sdb /mnt/b
#mcheck run
stat /mnt/b/f &
umount /mnt/b
