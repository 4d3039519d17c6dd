#!/bin/sh
# A file is open while its file system is unmounted lazily, by the same task; close(2) is the end of the mount then, and
# owes what umount would have owed: the device is free when it returns.
#mcheck designs v6.15 v4.18 defer-v4 no-grace-period-lazy
#mcheck for device_free_after_umount
# v6.15 puts the mount in close(2), v4.18 in the task work after it. umount -l owes nothing, as the file held the mount when
# that gave it back. One task: nobody is in RCU to be waited for.
#mcheck expect v6.15,v4.18,no-grace-period-lazy device_free_after_umount,nothing_leaked holds
#mcheck expect v6.15,v4.18,no-grace-period-lazy,defer-v4 cleanup_before_return_lazy vacuous
# The deferral: the mount's own reference may wait for its worker still when the file is closed.
#mcheck expect defer-v4 device_free_after_umount violated
mount /dev/sda /mnt
#mcheck run
exec 3</mnt/f
umount -l /mnt
exec 3<&-
mkfs.ext4 /dev/sda
