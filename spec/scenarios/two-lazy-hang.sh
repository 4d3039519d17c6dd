#!/bin/sh
# Two lazy umounts at once, and one of the filesystems hangs when it is shut down, as
# NFS does when its server is gone. The other one must go away all the same. If a
# worker or a work item that is shared does the cleanup, it sits in the one that
# hangs, and the other waits behind it (Christian Brauner, 18 April 2025).
#mcheck designs v6.15 v4.18 defer-v4 no-grace-period
#mcheck for two_umounts_due hang_is_contained
#mcheck hangs /dev/sdb
# The deferral: umount -l is back in user mode while the put of the mount's own reference waits for
# a grace period and a worker.
#mcheck expect defer-v4 cleanup_before_return_lazy violated
# One kworker serves all deferred umounts here, one after the other; and the final puts of all of them
# end in the one delayed_mntput_work, where the umount that comes second waits behind the one that hangs.
#mcheck expect defer-v4 two_batches_at_once violated
#mcheck expect defer-v4 hang_is_contained violated
# Without the grace period the own reference is dropped while the other task, which was in RCU when
# the mount was unhashed, has not left: that is what the property forbids.
#mcheck expect no-grace-period grace_period_before_put violated
mount /dev/sda /mnt
mount /dev/sdb /mnt2
#mcheck run
umount -l /mnt2 &
umount -l /mnt
