#!/bin/sh
# A file is opened, duplicated and closed once on another CPU while umount checks whether the mount is busy, with
# store buffers: as late-store-walk, and the reference is there to stay.
#mcheck designs v6.15 v4.18
#mcheck memory-model=tso
#mcheck for umount_sees_holders dup_meets_umount
#mcheck expect v4.18 umount_sees_holders,cleanup_before_return_sync violated
#mcheck expect v6.15 umount_sees_holders,cleanup_before_return_sync,nothing_leaked,counts_match_ledger,NoUseAfterFree,WithinBounds holds
#mcheck expect v6.15,v4.18 umount_ebusy_phantom violated
# As without buffers: refused for walkers and for a file that is closed, which nobody promises not to happen.
#mcheck expect v6.15,v4.18 umount_ebusy_walker,umount_ebusy_limbo,umount_ebusy_fput violated
mount /dev/sda /mnt
#mcheck run
( exec 3</mnt/f; exec 4<&3; exec 3<&- ) &
umount /mnt
