#!/bin/sh
# ltp-mkfs where the allocation for the deferral can fail. The umount must then do
# what it did before there was a deferral: wait for the grace period itself, and
# return with everything cleaned up. Nothing may get lost on that path (the
# fallback of the patch of April 2025).
#mcheck designs v6.15 v4.18 defer-v4 defer-applied defer-inline-cleanup no-grace-period
#mcheck for device_free_after_umount
#mcheck kmalloc-fails
# Where the allocation succeeds: as in ltp-mkfs. Where it fails the umount is v6.15's, and adds nothing to that.
#mcheck expect defer-v4,defer-applied,defer-inline-cleanup cleanup_before_return_lazy,device_free_after_umount,device_free_when_unused violated
#mcheck expect defer-v4,defer-applied,defer-inline-cleanup nothing_leaked,grace_period_before_put holds
mount /dev/sda /mnt
#mcheck run
umount -l /mnt
mkfs.ext4 /dev/sda
