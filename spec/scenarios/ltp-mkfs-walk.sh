#!/bin/sh
# ltp-mkfs beside a path walk by another task. The walk starts in RCU mode and may
# take a reference to the mount while umount -l is at work: then mkfs may find the
# device busy, rightly so. What must not happen: the walk's failed attempt, or
# the end of its reference, leaves the mount behind for good, or the walker
# touches a mount that is freed.
#mcheck designs v6.15 v4.18 v3.13 defer-v4 defer-inline-cleanup no-grace-period no-grace-period-lazy poll-cookie poll-cookie-inverted call-rcu+rcu-barrier
#mcheck for device_free_after_umount walk_meets_umount
# The walker may hold the mount when it is detached. Its own put is the last one then, and between
# that and the end of the claim on the device mkfs is refused though nobody uses
# the file system any more: "that can already happen" (Brauner, 17 April 2025). The umounter is excused, as
# somebody else held the mount.
#mcheck expect v6.15,v4.18,v3.13,no-grace-period,no-grace-period-lazy,poll-cookie,poll-cookie-inverted device_free_when_unused violated
# The deferral: umount -l returns with the put of the mount's own reference still queued behind a grace
# period and a work item. The same task's mkfs finds the device claimed, walker or no walker.
#mcheck expect defer-v4,defer-inline-cleanup cleanup_before_return_lazy,device_free_after_umount,device_free_when_unused violated
# Without the grace period (or if it is left out just when the cookie says that readers may be left) the mount's
# own reference is put while the walker is in RCU.
#mcheck expect no-grace-period,no-grace-period-lazy,poll-cookie-inverted grace_period_before_put violated
# Then a walker that has its reference, and is in mntput_no_expire() past its look at mnt_ns, lowers the count without
# mount_lock after the umounter has added up for the last time: zero, and nobody looks. v3.13 lowers it before it looks at
# mnt_ns, so it would not need the grace period for that.
#mcheck expect no-grace-period,no-grace-period-lazy,poll-cookie-inverted nothing_leaked violated
# As in ltp-mkfs the callback's put is never the last, as the umounter still has its reference when it is waited for. But the softirq can come on
# top of the walker, in its last mntput() with mount_lock held, having entered RCU when the callback was queued already: it spins
# for ever, and rcu_barrier() waits for it. The umounter holds the mount then, so nothing has leaked. Without that it is as in v6.15.
#mcheck expect call-rcu+rcu-barrier NoDeadlock,device_free_when_unused violated
#mcheck expect call-rcu+rcu-barrier nothing_leaked,cleanup_before_return_lazy,device_free_after_umount holds
#mcheck expect call-rcu+rcu-barrier cleanup_not_by_bystander,grace_period_before_put holds
mount /dev/sda /mnt
#mcheck run
stat /mnt/f &
umount -l /mnt
mkfs.ext4 /dev/sda
