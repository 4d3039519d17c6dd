#!/bin/sh
# A file system without a device is mounted and unmounted.
mount /dev/sda /srv
#mcheck run
mount -t tmpfs none /mnt
umount /mnt
umount /srv
