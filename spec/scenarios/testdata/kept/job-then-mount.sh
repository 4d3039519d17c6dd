#!/bin/sh
# A job starts when its parent knows that the device is free. Then the parent mounts the device again: what
# the job took along is out of date, and that it is refused is no fault.
mount /dev/sda /mnt
#mcheck run
umount /mnt
mkfs.ext4 /dev/sda &
mount /dev/sda /data
stat /data/f &
umount -l /data
