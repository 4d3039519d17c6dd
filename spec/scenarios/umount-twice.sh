#!/bin/sh
# Two tasks unmount the same mount lazily at once, as two udev rules for one device do. Both have
# looked it up, one of them detaches it; the other finds that done under namespace_sem, or finds nothing in its
# walk. Each puts the reference of its own lookup, so whichever comes last cleans up.
#mcheck designs v6.15 v4.18 defer-v4 no-grace-period
#mcheck for walk_meets_umount
# v6.15, v4.18: the one that detached the mount can be back first; the other held it, which excuses that. Nothing is
# left in the end.
#mcheck expect v6.15,v4.18 cleanup_before_return_lazy,nothing_leaked,cleaned_once holds
# The deferral: umount -l is back while the mount's own reference waits for a worker, with or without the other.
#mcheck expect defer-v4 cleanup_before_return_lazy violated
# Without the grace period the own reference is put while the other is in RCU. Nothing comes of it: the other's walk fails
# only when the mount is detached, so its put finds mnt_ns clear and adds up under mount_lock.
#mcheck expect no-grace-period grace_period_before_put violated
#mcheck expect no-grace-period nothing_leaked holds
mount /dev/sda /mnt
#mcheck run
umount -l /mnt &
umount -l /mnt
