#!/bin/sh
# Two threads share a working directory. One leaves it while the other walks from there: the mount goes from one
# to the other without a moment in which nobody holds it, and either may put it last, not the umount.
#mcheck CLONE_FS=1 cpus=1
mount /dev/sda /mnt
#mcheck run
( cd / ) &
( cd /mnt; stat f ) &
umount -l /mnt
