#!/bin/sh
# ltp-mkfs beside a path walk by another task. The walk starts in RCU mode and may
# take a reference to the mount while umount -l is at work: then mkfs may find the
# device busy, rightly so. What must not happen: the walk's failed attempt, or
# the end of its reference, leaves the mount behind for good, or the walker
# touches a mount that is freed.
#mcheck designs v6.15 v4.18 defer-v4 no-grace-period
mount /dev/sda /mnt
#mcheck run
stat /mnt/f &
umount -l /mnt
mkfs.ext4 /dev/sda
