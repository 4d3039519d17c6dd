#!/bin/sh
# As open-umount, but the file is duplicated and closed once. The first close is
# not the last reference to the file, so it must not touch the mount: umount has
# to be refused as long as the other descriptor is open, and only exit lets go of
# it, by task work (the threads of June 2023 on busy umounts: which close is it that
# makes the mount free, and when is that done?).
#mcheck designs v6.15 v4.18 defer-v4 no-grace-period
#mcheck for dup_meets_umount
# As in open-umount: refused for a walker before and after its second look, for the open file, and for
# the file between its last close and its last put (which task work does at exit).
#mcheck expect v6.15,v4.18,defer-v4,no-grace-period umount_ebusy_live holds
#mcheck expect v6.15,v4.18,defer-v4,no-grace-period umount_ebusy_walker,umount_ebusy_limbo,umount_ebusy_fput violated
# As in open-umount: the unlocked look at MNT_SYNC_UMOUNT, and the missing grace period.
#mcheck expect v4.18,no-grace-period cleanup_before_return_sync violated
#mcheck expect no-grace-period nothing_leaked,grace_period_before_put violated
mount /dev/sda /mnt
#mcheck run
( exec 3</mnt/f; exec 4<&3 ) &
umount /mnt
