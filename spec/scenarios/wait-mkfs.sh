#!/bin/sh
# ltp-mkfs with the umount in a process of its own, as test suites run umount(8):
# the shell waits for it, then makes the new filesystem. waitpid() returns when the
# process has run its task work, so in mainline the superblock is gone by then.
#mcheck designs v6.15 v4.18 defer-v4 defer-applied no-grace-period
#mcheck for device_free_after_umount
# The deferral: umount -l is back in user mode while the put of the mount's own reference waits for
# a grace period and a worker.
# What comes after it in program order, here by way of exit and wait, finds the device claimed.
#mcheck expect defer-v4,defer-applied cleanup_before_return_lazy,device_free_after_umount,device_free_when_unused violated
mount /dev/sda /mnt
#mcheck run
umount -l /mnt &
wait
mkfs.ext4 /dev/sda
