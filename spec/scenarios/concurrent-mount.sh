#!/bin/sh
# Another task mounts the device elsewhere while it is unmounted lazily. Christian
# Brauner feared that a deferral makes EBUSY more likely for concurrent mounters
# (17 April 2025). How likely is nothing that a model can say; it says whether
# mount can get EBUSY from a device that nobody uses any more.
#mcheck designs v6.15 v4.18 defer-v4 no-grace-period
#mcheck for claim_meets_umount
# The deferral: umount -l is back in user mode while the put of the mount's own reference waits for
# a grace period and a worker.
#mcheck expect defer-v4 cleanup_before_return_lazy violated
mount /dev/sda /mnt
#mcheck run
mount /dev/sda /mnt2 &
umount -l /mnt
