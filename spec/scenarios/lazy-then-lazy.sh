#!/bin/sh
# A second umount -l comes while the work of the first is queued or
# running. With one list for all it must not be forgotten behind a worker that has
# looked already, nor be put before its own grace period is over because the first
# one's is: Sebastian Siewior's two lists, for this grace period and the next
# (9 April 2025).
#mcheck designs v6.15 v4.18 defer-v4 no-grace-period
#mcheck for two_mounts_due
# The deferral: umount -l is back in user mode while the put of the mount's own reference waits for
# a grace period and a worker.
#mcheck expect defer-v4 cleanup_before_return_lazy violated
mount /dev/sda /mnt
mount /dev/sdb /mnt2
#mcheck run
umount -l /mnt2
umount -l /mnt
