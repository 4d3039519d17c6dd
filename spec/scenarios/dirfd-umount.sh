#!/bin/sh
# A file is opened by way of a directory that is open: /proc/self/fd/3 is no path walk that
# could fail and start again, but a jump to a mount that is held already, with one more reference to it. It looks
# at no sequence count, so it may come in the middle of umount's busy check (fs/namei.c,
# nd_jump_link(); fs/proc/base.c).
#mcheck designs v6.15 v4.18 defer-v4 no-grace-period split-counters
#mcheck for handover_meets_umount
# As in dup-umount: refused for a walker before and after its second look, for the open files, and for
# a file between its last close and its last put (which task work does at exit).
#mcheck expect v6.15 umount_ebusy_walker violated
#mcheck expect v6.15 umount_ebusy_limbo violated
#mcheck expect v6.15 umount_ebusy_fput violated
#mcheck expect v6.15 umount_ebusy_live holds
#mcheck expect v4.18 umount_ebusy_walker violated
#mcheck expect v4.18 umount_ebusy_limbo violated
#mcheck expect v4.18 umount_ebusy_fput violated
#mcheck expect v4.18 umount_ebusy_live holds
#mcheck expect defer-v4 umount_ebusy_walker violated
#mcheck expect defer-v4 umount_ebusy_limbo violated
#mcheck expect defer-v4 umount_ebusy_fput violated
#mcheck expect defer-v4 umount_ebusy_live holds
#mcheck expect no-grace-period umount_ebusy_walker violated
#mcheck expect no-grace-period umount_ebusy_limbo violated
#mcheck expect no-grace-period umount_ebusy_fput violated
#mcheck expect no-grace-period umount_ebusy_live holds
#mcheck expect split-counters umount_ebusy_walker violated
#mcheck expect split-counters umount_ebusy_limbo violated
#mcheck expect split-counters umount_ebusy_fput violated
#mcheck expect split-counters umount_ebusy_live holds
# The unlocked look at MNT_SYNC_UMOUNT, and the missing grace period, as in open-umount.
#mcheck expect v4.18 cleanup_before_return_sync violated
#mcheck expect no-grace-period cleanup_before_return_sync violated
#mcheck expect no-grace-period nothing_leaked violated
#mcheck expect no-grace-period grace_period_before_put violated
# Nothing is overlooked here: each task stays on its CPU, and the sum reads the counter of a CPU once.
mount /dev/sda /mnt
#mcheck run
( exec 3</mnt; exec 4</proc/self/fd/3/f ) &
umount /mnt
