#!/bin/sh
# A path walk may be the last to hold the mount, so the first mkfs may be refused, and the second too: to
# be refused tells nobody that the device will be free.
mount /dev/sda /mnt
#mcheck run
stat /mnt/f &
umount -l /mnt
mkfs.ext4 /dev/sda
mkfs.ext4 /dev/sda
