#!/bin/sh
# Two tasks unmount lazily at once, each its own filesystem: neither may lose or
# delay the other's mount (April 2025, the deferral thread: one list for all, or
# one for each umount). See lazy-then-lazy for whether two workers are at it at the
# same time. The mounts share no counter, so one CPU is enough.
#mcheck designs v6.15 v4.18 defer-v4 no-grace-period
#mcheck for two_umounts_due
#mcheck cpus=1
# The deferral: umount -l is back in user mode while the put of the mount's own reference waits for
# a grace period and a worker.
#mcheck expect defer-v4 cleanup_before_return_lazy violated
# One kworker serves all deferred umounts here, one after the other.
#mcheck expect defer-v4 two_batches_at_once violated
# Without the grace period the own reference is dropped while the other task, which was in RCU when
# the mount was unhashed, has not left: that is what the property forbids.
#mcheck expect no-grace-period grace_period_before_put violated
mount /dev/sda /mnt
mount /dev/sdb /mnt2
#mcheck run
umount -l /mnt2 &
umount -l /mnt
