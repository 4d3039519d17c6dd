#!/bin/sh
# Another task mounts the device elsewhere while it is unmounted lazily and then
# formatted. Christian Brauner feared that a deferral makes EBUSY more likely for
# concurrent mounters (17 April 2025). How likely is nothing that a model can say; it says
# whether somebody can get EBUSY from a device that nobody uses any more.
#mcheck designs v6.15 v4.18 defer-v4 defer-inline-cleanup no-grace-period global-list-c
#mcheck for claim_meets_umount device_free_after_umount
# mount shares the superblock, or waits for its end; or mkfs has the device and mount is refused, or the other way round. On
# mainline each EBUSY has a user of the device behind it.
#mcheck expect v6.15,v4.18,no-grace-period device_free_when_unused,device_free_after_umount holds
# The deferrals: umount -l is back in user mode while the put of the mount's own reference waits for
# a grace period and a worker, and mkfs is refused for that, mounter or no mounter.
#mcheck expect defer-v4,defer-inline-cleanup,global-list-c cleanup_before_return_lazy,device_free_after_umount,device_free_when_unused violated
# Nobody walks through the mount: mount(2) of another place is not in RCU when it is unhashed. So the missing grace period
# is not missed.
#mcheck expect no-grace-period grace_period_before_put,nothing_leaked holds
mount /dev/sda /mnt
#mcheck run
mount /dev/sda /mnt2 &
umount -l /mnt
mkfs.ext4 /dev/sda
