#!/bin/sh
# umount-mkfs beside a path walk by another task: the case that the grace period
# in namespace_unlock() is for. A walker that has raised the count and then sees
# that the mount is being unmounted lowers it again without a final mntput(), as
# it knows that the umounter still holds a reference (MNT_SYNC_UMOUNT). Without
# the grace period that is not so, and the mount is cleaned up by nobody, or by
# the walker after umount has returned: mkfs then meets a busy device.
#mcheck designs v6.15 v4.18 defer-v4 no-grace-period
mount /dev/sda /mnt
#mcheck run
stat /mnt/f &
umount /mnt && mkfs.ext4 /dev/sda
