#!/bin/sh
# A shell waits for two jobs: one that ends, and one that hangs in the shutdown of a file system.
#mcheck hangs /dev/sda
mount /dev/sda /mnt
#mcheck run
stat /mnt/f &
umount -l /mnt &
wait
