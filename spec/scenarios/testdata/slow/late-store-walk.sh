#!/bin/sh
# umount beside a path walk on another CPU, with store buffers. The walker raises its count and looks at the
# sequence count of mount_lock for the second time; umount makes that odd and sums the counts. Each stores and then
# loads what the other stores, so each needs a barrier in between: 65781e19dcfc put the one into do_umount(),
# 119e1ef80ecf the one into __legitimize_mnt(). Without either both can overlook the other: the walker has its
# reference, and umount has found the mount not busy.
#mcheck designs v6.15 v4.18 v6.15-less-umount-mb v6.15-less-legitimize-mb v6.15-less-mntput-mb
#mcheck memory-model=tso
#mcheck for umount_sees_holders walk_meets_umount
# The walker's put is then the last one, and may come after umount has returned 0.
#mcheck expect v4.18,v6.15-less-umount-mb,v6.15-less-legitimize-mb umount_sees_holders,cleanup_before_return_sync violated
#mcheck expect v6.15,v6.15-less-mntput-mb umount_sees_holders,cleanup_before_return_sync,nothing_leaked,counts_match_ledger,NoUseAfterFree,WithinBounds holds
# A put on another CPU has lowered its count, and that store is late: umount is refused, and nobody holds the mount any more. No barrier helps
# the umounter against the other's buffer; it passes by itself, and so may be tried again.
#mcheck expect v6.15,v4.18,v6.15-less-umount-mb,v6.15-less-legitimize-mb,v6.15-less-mntput-mb umount_ebusy_phantom violated
# As without buffers: refused for walkers, which nobody promises not to happen.
#mcheck expect v6.15,v4.18,v6.15-less-umount-mb,v6.15-less-legitimize-mb,v6.15-less-mntput-mb umount_ebusy_walker,umount_ebusy_limbo violated
mount /dev/sda /mnt
#mcheck run
stat /mnt/f &
umount /mnt
