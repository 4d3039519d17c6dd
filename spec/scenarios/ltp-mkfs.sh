#!/bin/sh
# LTP's teardown of a test device: unmount lazily, then make a new filesystem on
# the same device, in one task. Nobody else uses the mount, so mkfs must get the
# device: umount -l is not allowed to return to user mode before the superblock
# is gone. With the deferral in linux-next of 16 April 2025 mkfs failed with
# "Device or resource busy" (Mark Brown's report; Christian Brauner's answer
# calls the order an implicit guarantee to userspace).
#mcheck designs v6.15 v4.18 defer-v4 no-grace-period
#mcheck quick
mount /dev/sda /mnt
#mcheck run
umount -l /mnt
mkfs.ext4 /dev/sda
