#!/bin/sh
# The loop of xfstests that unmounts under load and mounts again at once: mount
# must not meet what the umount before it should have finished. A mount of the
# same device by the same type of filesystem waits for a superblock that is
# dying; it must not get EBUSY from a claim of the device that is left over.
#mcheck designs v6.15 v4.18 defer-v4 no-grace-period
mount /dev/sda /mnt
#mcheck run
fsstress -n 1 -d /mnt &
umount /mnt
mount /dev/sda /mnt
