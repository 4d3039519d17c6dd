#!/bin/sh
# A test's end: a program has had a file open, the file system is unmounted lazily, and the shell waits for
# the program before it makes a new one. Everybody who has used the mount is gone then and was
# waited for, so mkfs must get the device, whoever of the two gave the mount back last.
#mcheck designs v6.15 v4.18 defer-v4 no-grace-period no-grace-period-lazy
#mcheck for device_free_after_umount fput_meets_lazy
# v6.15, v4.18: the last put is one under mount_lock, by a task that cleans up before it returns to user mode or ends.
#mcheck expect v6.15,v4.18 device_free_after_umount,cleanup_before_return_lazy,nothing_leaked holds
# The deferral: a worker has yet to put the mount's own reference.
#mcheck expect defer-v4 cleanup_before_return_lazy,device_free_after_umount violated
# Without the grace period the file's put can be the last, with no look at the sum: as in open-lazy the mount is lost, and with it the device.
#mcheck expect no-grace-period,no-grace-period-lazy grace_period_before_put,nothing_leaked,device_free_after_umount violated
mount /dev/sda /mnt
#mcheck run
( exec 3</mnt/f ) &
umount -l /mnt
wait
mkfs.ext4 /dev/sda
