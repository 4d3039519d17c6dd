#!/bin/sh
# LTP's teardown of a test device, in the form that the thread argues about:
# unmount lazily, then make a new filesystem on the same device, in one task. Nobody else uses the mount, so mkfs must get the
# device: umount -l is not allowed to return to user mode before the superblock
# is gone. With the deferral in linux-next of 16 April 2025 mkfs failed with
# "Device or resource busy" (Mark Brown's report; Christian Brauner's answer
# calls the order an implicit guarantee to userspace).
#mcheck designs v6.15 v4.18 defer-v4 no-grace-period
#mcheck for device_free_after_umount
#mcheck quick
# The deferral: umount -l returns with the put of the mount's own reference still queued behind a grace
# period and a work item. The same task's mkfs finds the device claimed.
#mcheck expect defer-v4 cleanup_before_return_lazy violated
#mcheck expect defer-v4 device_free_after_umount violated
#mcheck expect defer-v4 device_free_when_unused violated
mount /dev/sda /mnt
#mcheck run
umount -l /mnt
mkfs.ext4 /dev/sda
