#!/bin/sh
# ltp-mkfs beside a path walk by another task. The walk starts in RCU mode and may
# take a reference to the mount while umount -l is at work: then mkfs may find the
# device busy, rightly so. What must not happen: the walk's failed attempt, or
# the end of its reference, leaves the mount behind for good, or the walker
# touches a mount that is freed.
#mcheck designs v6.15 v4.18 defer-v4 no-grace-period
#mcheck for device_free_after_umount walk_meets_umount
# The walker may hold the mount when it is detached. Its own put is the last one then, and between
# that and the end of the claim on the device mkfs is refused though nobody uses
# the file system any more: "that can already happen" (Brauner, 17 April 2025).
#mcheck expect v6.15 device_free_when_unused violated
#mcheck expect v4.18 device_free_when_unused violated
#mcheck expect no-grace-period device_free_when_unused violated

# The deferral: umount -l returns with the put of the mount's own reference still queued behind a grace
# period and a work item. The same task's mkfs finds the device claimed.
#mcheck expect defer-v4 cleanup_before_return_lazy violated
#mcheck expect defer-v4 device_free_after_umount violated
#mcheck expect defer-v4 device_free_when_unused violated

# Without the grace period the umounter drops its references while a walker still
# has its count up; the walker then sees MNT_SYNC_UMOUNT and takes it back quietly,
# or takes the unlocked path of mntput as it read mnt_ns before that was cleared. Either way
# nobody looks at the sum again.
#mcheck expect no-grace-period nothing_leaked violated
#mcheck expect no-grace-period grace_period_before_put violated
mount /dev/sda /mnt
#mcheck run
stat /mnt/f &
umount -l /mnt
mkfs.ext4 /dev/sda
