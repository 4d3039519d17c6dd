#!/bin/sh
# The walk is over, and was waited for, before mkfs comes. So whoever put the mount last has done it before.
mount /dev/sda /mnt
#mcheck run
stat /mnt/f &
umount -l /mnt
wait
mkfs.ext4 /dev/sda
