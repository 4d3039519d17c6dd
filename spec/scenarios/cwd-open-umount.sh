#!/bin/sh
# A file is opened by a path that is relative, beside a umount that is not lazy. The walk starts at the
# working directory, which holds the mount. Under RCU it takes no reference before its end; if the sequence
# count has changed by then, which umount does before its busy check, the walk starts again and gets
# one at once, in the middle of that check. umount must see that the mount is held all the time.
#mcheck designs v6.15 v4.18 split-counters no-grace-period
#mcheck for handover_meets_umount
# Refused for a walker before and after its second look, for the working directory, and for the file that is closed at
# exit, when the working directory is given up already and task work has yet to run.
#mcheck expect v6.15 umount_ebusy_walker violated
#mcheck expect v6.15 umount_ebusy_limbo violated
#mcheck expect v6.15 umount_ebusy_fput violated
#mcheck expect v6.15 umount_ebusy_live holds
#mcheck expect v4.18 umount_ebusy_walker violated
#mcheck expect v4.18 umount_ebusy_limbo violated
#mcheck expect v4.18 umount_ebusy_fput violated
#mcheck expect v4.18 umount_ebusy_live holds
#mcheck expect split-counters umount_ebusy_walker violated
#mcheck expect split-counters umount_ebusy_limbo violated
#mcheck expect split-counters umount_ebusy_fput violated
#mcheck expect split-counters umount_ebusy_live holds
#mcheck expect no-grace-period umount_ebusy_walker violated
#mcheck expect no-grace-period umount_ebusy_limbo violated
#mcheck expect no-grace-period umount_ebusy_fput violated
#mcheck expect no-grace-period umount_ebusy_live holds
# The unlocked look at MNT_SYNC_UMOUNT, and the missing grace period, as in open-umount.
#mcheck expect v4.18 cleanup_before_return_sync violated
#mcheck expect no-grace-period cleanup_before_return_sync violated
#mcheck expect no-grace-period nothing_leaked violated
#mcheck expect no-grace-period grace_period_before_put violated
# Nothing is overlooked: each task stays on its CPU, and the sum reads the counter of a CPU once.
mount /dev/sda /mnt
#mcheck run
( cd /mnt; exec 3<f ) &
umount /mnt
