#!/bin/sh
# A tree of three mounts goes with one umount -l, as a container's mounts do when
# its root is detached: a umount can take a very large number of mounts along
# (Christian Brauner, in the deferral thread of April 2025). What the user may rely
# on when it returns is about each of them: mkfs of a child's device must not
# meet a superblock that is still there. Up to v6.16 a child also holds a
# reference to its parent, which is dropped when the tree is taken apart.
#mcheck designs v6.15 v4.18 defer-v4 no-grace-period
#mcheck for three_mounts_due device_free_after_umount
# The deferral: umount -l is back in user mode while the put of the mount's own reference waits for
# a grace period and a worker.
#mcheck expect defer-v4 cleanup_before_return_lazy violated
# What comes after it in program order finds the device claimed.
#mcheck expect defer-v4 device_free_after_umount violated
#mcheck expect defer-v4 device_free_when_unused violated
mount /dev/sda /mnt
mount /dev/sdb /mnt/b
mount /dev/sdc /mnt/c
#mcheck run
umount -l /mnt
mkfs.ext4 /dev/sdb
