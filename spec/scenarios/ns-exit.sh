#!/bin/sh
# The last task of a mount namespace exits, which detaches what is mounted there.
# Its parent waits for it and makes a new filesystem on the device. Namespace exit
# does not ask for a synchronous umount, so a deferral of every umount that doesn't
# changes this too: the mount is still there when the parent goes on (Christian
# Brauner, 17 April 2025). In mainline the dying task cleans up everything before
# its parent is told.
#mcheck designs v6.15 v4.18 defer-v4 no-grace-period defer-applied
#mcheck for cleanup_before_exit_notify device_free_after_umount
# What was applied defers every batch that is not UMOUNT_SYNC, that of a namespace's end too: its last
# task is gone before a worker has even begun.
#mcheck expect defer-applied cleanup_before_exit_notify violated
#mcheck expect defer-applied device_free_after_umount violated
#mcheck expect defer-applied device_free_when_unused violated
unshare -m sh -c 'mount /dev/sda /mnt'
mkfs.ext4 /dev/sda
