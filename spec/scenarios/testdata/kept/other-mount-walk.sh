#!/bin/sh
# One file system, mounted twice. A walk holds the mount that is unmounted lazily; that the other one is then
# unmounted for certain does not free the device.
mount /dev/sda /mnt
mount /dev/sda /data
#mcheck run
stat /data/f &
umount -l /data
umount /mnt
mkfs.ext4 /dev/sda
