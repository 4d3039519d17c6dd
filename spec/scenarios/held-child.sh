#!/bin/sh
# A mount on another one is unmounted lazily while somebody stands in it. It is no child any more: the outer one can be
# unmounted, though the inner one is still held. Whoever forgets to take the child off says EBUSY with nobody there.
#mcheck designs v6.15 v4.18
#mcheck for cleanup_before_return_sync
# The walk to the inner mount holds the outer one, before and after its second look; nobody else is ever in the way.
#mcheck expect v6.15,v4.18 umount_ebusy_walker,umount_ebusy_limbo violated
#mcheck expect v6.15,v4.18 umount_ebusy_live,umount_ebusy_phantom,nothing_leaked holds
#mcheck expect v6.15 cleanup_before_return_sync holds
# v4.18: as in umount-mkfs-walk, the walk looks for MNT_SYNC_UMOUNT without the lock, and puts the outer mount last.
#mcheck expect v4.18 cleanup_before_return_sync violated
mount /dev/sda /mnt
mount /dev/sdb /mnt/sub
#mcheck run
( cd /mnt/sub ) &
umount -l /mnt/sub
umount /mnt
