#!/bin/sh
# A shell asks whether something is mounted there, before and after.
mount /dev/sda /mnt
#mcheck run
mountpoint /mnt
umount /mnt
mountpoint /mnt
