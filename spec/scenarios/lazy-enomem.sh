#!/bin/sh
# ltp-mkfs where the allocation for the deferral can fail. The umount must then do
# what it did before there was a deferral: wait for the grace period itself, and
# return with everything cleaned up. Nothing may get lost on that path (the
# fallback of the patch of April 2025).
#mcheck designs v6.15 v4.18 defer-v4 no-grace-period
#mcheck for device_free_after_umount
#mcheck kmalloc-fails
# The deferral: umount -l is back in user mode while the put of the mount's own reference waits for
# a grace period and a worker.
#mcheck expect defer-v4 cleanup_before_return_lazy violated
# What comes after it in program order finds the device claimed.
#mcheck expect defer-v4 device_free_after_umount violated
#mcheck expect defer-v4 device_free_when_unused violated
mount /dev/sda /mnt
#mcheck run
umount -l /mnt
mkfs.ext4 /dev/sda
