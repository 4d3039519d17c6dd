#!/bin/sh
# A module that has mounted a file system for itself is unloaded. Its mount is MNT_INTERNAL, in no tree and
# in no namespace of users; kern_unmount() must have cleaned it up when it returns, inside the kernel, since what
# the module does next relies on that (9ea459e110df). No deferral of umount may change this: they
# are about what namespace_unlock() does, which kern_unmount() does without.
#mcheck designs v6.15 v4.18 v3.13 defer-v4 defer-applied defer-inline-cleanup global-list-c call-rcu no-grace-period
#mcheck for cleanup_in_kern_unmount
# The final mntput() is that of kern_unmount() itself, after a grace period of its own. mntput_no_expire() sees MNT_INTERNAL and
# cleans up on the spot, in all designs alike.
modprobe pseudofs
#mcheck run
rmmod pseudofs
