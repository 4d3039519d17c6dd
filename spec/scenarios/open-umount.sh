#!/bin/sh
# A file is opened, and closed by the end of its task, while another task
# unmounts. umount may fail with EBUSY while the file is open; the question is
# whether it can fail when it is not: for a reference that only the kernel still
# holds (Jens Axboe and Kent Overstreet, June 2023, about io_uring), or for none
# at all (Linus Torvalds suspected the sum over the per-CPU mnt_count).
#mcheck designs v6.15 v4.18 v3.13 defer-v4 no-grace-period poll-cookie
#mcheck for fput_meets_umount umount_ebusy_live
# The busy check adds up whatever the counters say: the open file (live), the file between its last close
# and __fput() in the exit's task work (fput, a kind of limbo), and the walk of the open before and after it
# has failed its second look (walker, limbo). Never nothing: own and caller's reference are two, which is allowed.
#mcheck expect v6.15,v4.18,v3.13,defer-v4,no-grace-period,poll-cookie umount_ebusy_live holds
#mcheck expect v6.15,v4.18,v3.13,defer-v4,no-grace-period,poll-cookie umount_ebusy_walker,umount_ebusy_limbo,umount_ebusy_fput violated
# v4.18, v3.13: the walk of the open looks at MNT_SYNC_UMOUNT without mount_lock, before umount_tree() has set
# it, and puts its count in full when it has left RCU: after umount has returned (mended by 250cf3693060).
#mcheck expect v4.18,v3.13 cleanup_before_return_sync violated
# Without the grace period that walk takes its count back quietly when the umounter has added up for the last time.
#mcheck expect no-grace-period cleanup_before_return_sync,nothing_leaked,grace_period_before_put violated
mount /dev/sda /mnt
#mcheck run
( exec 3</mnt/f ) &
umount /mnt
