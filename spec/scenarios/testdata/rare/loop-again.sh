#!/bin/sh
# A loop device is cleared twice, mounted without a file behind it, set up twice, and mounted again.
mount /dev/loop0 /mnt
#mcheck run
umount /mnt
losetup -d /dev/loop0
losetup -d /dev/loop0
mount /dev/loop0 /mnt
losetup /dev/loop0 /img
losetup /dev/loop0 /img
mount /dev/loop0 /mnt
