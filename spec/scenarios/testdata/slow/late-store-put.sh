#!/bin/sh
# The last put of a detached mount beside a walk that begins there, with store buffers: two threads share the working
# directory, one leaves it, the other looks at a name in it. mntput_no_expire() makes the sequence count of mount_lock
# odd and sums the counts, __legitimize_mnt() raises its count and looks at the sequence count. 119e1ef80ecf put a barrier
# into each. Without either the mount is doomed, and freed, while the walker has a reference.
#mcheck designs v6.15 v4.18 v6.15-less-mntput-mb v6.15-less-legitimize-mb v6.15-less-umount-mb
#mcheck for walk_meets_shutdown
#mcheck CLONE_FS=1 memory-model=tso
#mcheck expect v6.15-less-mntput-mb,v6.15-less-legitimize-mb doomed_unreferenced,NoUseAfterFree violated
#mcheck expect v6.15,v4.18,v6.15-less-umount-mb doomed_unreferenced,NoUseAfterFree,nothing_leaked,counts_match_ledger,WithinBounds holds
mount /dev/sda /mnt
#mcheck run
( cd /mnt; stat f ) &
umount -l /mnt
cd /
