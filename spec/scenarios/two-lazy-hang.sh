#!/bin/sh
# Two lazy umounts at once, and one of the filesystems hangs when it is shut down, as
# NFS does when its server is gone. The other one must go away all the same. If a
# worker or a work item that is shared does the cleanup, it sits in the one that
# hangs, and the other waits behind it (Christian Brauner, 18 April 2025). The workers of
# a work queue run side by side: two.
#mcheck designs v6.15 v4.18 defer-v4 defer-inline-cleanup no-grace-period global-list-c
#mcheck for two_umounts_due hang_is_contained
#mcheck hangs /dev/sdb
#mcheck cpus=1 workers=2
# The deferrals: umount -l is back in user mode while the put of the mount's own reference waits for
# a grace period and a worker.
#mcheck expect defer-v4,defer-inline-cleanup,global-list-c cleanup_before_return_lazy violated
# As posted: a work item each, but both final puts end in the one static delayed_mntput_work, which sits in
# kill_sb() of the one that hangs when it should clean up the other. That it sleeps there lets another worker of its CPU start, which only adds
# to its list.
#mcheck expect defer-v4 hang_is_contained violated
# One list: the worker that empties it is no more to blame, it leaves both to the same delayed_mntput_work.
#mcheck expect global-list-c hang_is_contained violated
# Where each kworker cleans up what it put, only one of them hangs; and on mainline only the task that unmounted it does.
#mcheck expect defer-inline-cleanup,v6.15 hang_is_contained holds
# system_unbound_wq has two items at work at once; of system_wq, see two-lazy.
#mcheck expect defer-inline-cleanup two_batches_at_once holds
#mcheck expect defer-v4,global-list-c two_batches_at_once violated
# As in two-lazy.
#mcheck expect no-grace-period,global-list-c grace_period_before_put violated
mount /dev/sda /mnt
mount /dev/sdb /mnt2
#mcheck run
umount -l /mnt2 &
umount -l /mnt
