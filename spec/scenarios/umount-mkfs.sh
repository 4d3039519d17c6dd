#!/bin/sh
# As ltp-mkfs, but not lazily. umount(2) means that the filesystem is shut down
# when it returns ("can I pull the disk out?", Al Viro's objection to the first
# deferral, January 2023; fs/namespace.c since 48a066e72d97), so mkfs must get the
# device. A deferral that is for MNT_DETACH only leaves this alone.
#mcheck designs v6.15 v4.18 defer-v4 no-grace-period
#mcheck for device_free_after_umount
#mcheck quick
mount /dev/sda /mnt
#mcheck run
umount /mnt && mkfs.ext4 /dev/sda
