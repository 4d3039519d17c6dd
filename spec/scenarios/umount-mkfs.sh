#!/bin/sh
# As ltp-mkfs, but not lazily. umount(2) means that the filesystem is shut down
# when it returns ("can I pull the disk out?", Al Viro's objection to the first
# deferral, January 2023; fs/namespace.c since 48a066e72d97), so mkfs must get the
# device. A deferral that is for MNT_DETACH only leaves this alone.
#mcheck designs v6.15 v4.18 v3.13 defer-v4 defer-applied defer-applied-sticky defer-inline-cleanup no-grace-period no-grace-period-lazy poll-cookie poll-cookie-inverted global-list-a global-list-b global-list-c global-list-d
#mcheck for device_free_after_umount
#mcheck quick
# All designs but the global lists drop the references of this umount in the task itself, which then cleans up by
# task work. The flag that defer-applied-sticky forgets to clear was never set.
#
# The global lists are for every umount: umount returns 0 with the mount's own reference still on a list.
#mcheck expect global-list-a,global-list-b,global-list-c,global-list-d cleanup_before_return_sync,device_free_after_umount,device_free_when_unused violated
# The batch that a misses stays on its list: see ltp-mkfs.
#mcheck expect global-list-a nothing_leaked violated
mount /dev/sda /mnt
#mcheck run
umount /mnt && mkfs.ext4 /dev/sda
