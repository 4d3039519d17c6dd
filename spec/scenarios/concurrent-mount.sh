#!/bin/sh
# Another task mounts the device elsewhere while it is unmounted lazily. Christian
# Brauner feared that a deferral makes EBUSY more likely for concurrent mounters
# (17 April 2025). How likely is nothing that a model can say; it says whether
# mount can get EBUSY from a device that nobody uses any more.
#mcheck designs v6.15 v4.18 defer-v4 defer-inline-cleanup no-grace-period global-list-c
#mcheck for claim_meets_umount
# The deferrals: umount -l is back in user mode while the put of the mount's own reference waits for
# a grace period and a worker.
#mcheck expect defer-v4,defer-inline-cleanup,global-list-c cleanup_before_return_lazy violated
# mount shares the superblock or waits for its end: no EBUSY in any design.
#mcheck expect v6.15,defer-v4,global-list-c device_free_when_unused holds
# Nobody walks through the mount: mount(2) of another place is not in RCU when it is unhashed. So the missing grace period
# is not missed.
#mcheck expect no-grace-period grace_period_before_put,nothing_leaked holds
mount /dev/sda /mnt
#mcheck run
mount /dev/sda /mnt2 &
umount -l /mnt
