#!/bin/sh
# umount -l of a mount with a child, beside a walk into the child. The walk crosses
# both mounts under RCU and takes a reference to the child only; or, if the
# tree changes under it, it starts again and takes one to the parent first. Both
# mounts are on one list and wait for one grace period, which must cover the
# walkers of each of them (fs/namespace.c, namespace_unlock()).
#mcheck designs v6.15 v4.18 no-grace-period
#mcheck for two_mounts_due walk_meets_umount
# Without the grace period the own reference is dropped while the other task, which was in RCU when
# the mount was unhashed, has not left: that is what the property forbids.
#mcheck expect no-grace-period grace_period_before_put violated
# A walker's put that read mnt_ns before it was cleared decrements without looking at the sum, after the
# umounter's last look.
#mcheck expect no-grace-period nothing_leaked violated
mount /dev/sda /mnt
mount /dev/sdb /mnt/b
#mcheck run
stat /mnt/b/f &
umount -l /mnt
