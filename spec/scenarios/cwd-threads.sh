#!/bin/sh
# Two threads of one process, which share the working directory: one looks at a file by a path that is relative, the
# other leaves the directory. The walk takes no reference under RCU, and umount -l has detached the mount long before: the
# reference that chdir(2) gives up is the last one, no grace period comes before the file system is shut down, and the walk is in
# there. What the VFS keeps (the mount, the super block) is freed after one; what the file system keeps is its own business, and
# several freed it at once until October 2023.
#mcheck designs v6.15 v4.18 v3.13 defer-v4 fs-frees-at-once
#mcheck for fs_data_outlives_walks walk_meets_shutdown
#mcheck CLONE_FS=1
# The last put is that of the working directory, by chdir(2): of the walker's own thread, with no walk yet, or of the other one, while the walk is
# anywhere between its start and its end. After it the walk starts on the root file system; or it has the mount, raises the count too late,
# and finds under mount_lock that the mount is doomed: it takes its count back while it is in RCU.
#mcheck expect v6.15,v4.18 fs_data_outlives_walks,super_block_outlives_walks,NoUseAfterFree,nothing_leaked,cleaned_once holds
# v3.13 does not look at MNT_DOOMED: the walk leaves RCU and then puts the mount in full, which may be freed by then (mended by 119e1ef80ec).
# A run that has failed does not come to rest.
#mcheck expect v3.13 NoUseAfterFree,nothing_spins violated
# A file system that does not wait: that is all that changes.
#mcheck expect fs-frees-at-once fs_data_outlives_walks violated
#mcheck expect fs-frees-at-once super_block_outlives_walks,NoUseAfterFree,nothing_leaked holds
# The deferral: umount -l is back while the put of the mount's own reference waits. For the walk it makes no difference.
#mcheck expect defer-v4 cleanup_before_return_lazy violated
#mcheck expect defer-v4 fs_data_outlives_walks,super_block_outlives_walks,NoUseAfterFree,nothing_leaked holds
mount /dev/sda /mnt
#mcheck run
( cd /mnt; stat f ) &
umount -l /mnt
cd /
