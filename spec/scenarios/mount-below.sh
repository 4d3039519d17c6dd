#!/bin/sh
# "umount || umount -l", as many scripts have it, while another task mounts something below. Once the
# child is there umount is refused for it, and umount -l takes both; and who mounts on a mount that is
# gone by then must be told so.
#mcheck designs v6.15 v4.18 defer-v4 no-grace-period
#mcheck for umount_ebusy_live two_mounts_due
# umount is refused for the child (live: the child holds a reference to its parent), for the reference of the mounter's
# walk to the parent, and for that walk before and after it has failed its second look.
#mcheck expect v6.15,v4.18,defer-v4,no-grace-period umount_ebusy_live holds
#mcheck expect v6.15,v4.18,defer-v4,no-grace-period umount_ebusy_walker,umount_ebusy_limbo violated
# One grace period for the two.
#mcheck expect v6.15 one_grace_period,cleanup_before_return_lazy,cleanup_before_return_sync,nothing_leaked holds
# As in open-umount, with the mounter's walk.
#mcheck expect v4.18 cleanup_before_return_sync violated
#mcheck expect no-grace-period cleanup_before_return_sync,nothing_leaked,grace_period_before_put violated
# The deferral is for the second umount.
#mcheck expect defer-v4 cleanup_before_return_lazy violated
mount /dev/sda /mnt
#mcheck run
mount /dev/sdb /mnt/b &
umount /mnt || umount -l /mnt
