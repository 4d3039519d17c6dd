#!/bin/sh
# A tree of three mounts goes with one umount -l, as a container's mounts do when
# its root is detached: a umount can take a very large number of mounts along
# (Christian Brauner, in the deferral thread of April 2025). What the user may rely
# on when it returns is about each of them: mkfs of a child's device must not
# meet a superblock that is still there. Up to v6.16 a child also holds a
# reference to its parent, which is dropped when the tree is taken apart.
#mcheck designs v6.15 v4.18 v3.13 defer-v4 no-grace-period poll-cookie poll-cookie-inverted global-list-c
#mcheck for three_mounts_due device_free_after_umount
# v6.15: one grace period, then a put for each of the three: final for the children, whose pins on the parent
# umount_tree() has taken back, while the parent's last is that of the lookup. All by this task, before user mode.
#mcheck expect v6.15,poll-cookie one_grace_period,cleanup_before_return_lazy holds
# The deferral: umount -l is back in user mode while the puts of the mounts' own references wait for
# a grace period and a worker. What comes after it in program order finds the device claimed.
#mcheck expect defer-v4,global-list-c cleanup_before_return_lazy,device_free_after_umount,device_free_when_unused violated
# The first draft of the cookie asked for each mount of the batch, and waited where the answer was yes: up to three times.
#mcheck expect poll-cookie-inverted one_grace_period violated
mount /dev/sda /mnt
mount /dev/sdb /mnt/b
mount /dev/sdc /mnt/c
#mcheck run
umount -l /mnt
mkfs.ext4 /dev/sdb
