#!/bin/sh
# LTP's teardown of a test device, in the form that the thread argues about:
# unmount lazily, then make a new filesystem on the same device, in one task. Nobody else uses the mount, so mkfs must get the
# device: umount -l is not allowed to return to user mode before the superblock
# is gone. With the deferral in linux-next of 16 April 2025 mkfs failed with
# "Device or resource busy" (Mark Brown's report; Christian Brauner's answer
# calls the order an implicit guarantee to userspace).
#mcheck designs v6.15 v4.18 v3.13 defer-v4 defer-applied defer-applied-sticky defer-inline-cleanup no-grace-period no-grace-period-lazy poll-cookie poll-cookie-inverted global-list-a global-list-b global-list-c global-list-d defer-v4+rcu-barrier call-rcu+rcu-barrier
#mcheck for device_free_after_umount
#mcheck quick
# Without a deferral the task puts the mount's own reference in namespace_unlock() and that of its lookup
# in path_umount(): the second is the last, and task work cleans up on the way to user mode. Nobody else is in
# RCU, so it makes no difference whether, or for what, the task waits in between.
#
# The deferrals: the mount's own reference is put by a kworker after a grace period, so the put in path_umount() is
# not the last; the task is in user mode with nothing cleaned up, and mkfs finds the device claimed by a superblock that
# nobody can reach any more.
#mcheck expect defer-v4,defer-applied,defer-applied-sticky,defer-inline-cleanup cleanup_before_return_lazy,device_free_after_umount,device_free_when_unused violated
# One global list defers every umount: the same.
#mcheck expect global-list-a,global-list-b,global-list-c,global-list-d cleanup_before_return_lazy,device_free_after_umount,device_free_when_unused violated
# Variant a adds to the list after queue_rcu_work(), unlocked: grace period and worker can come in between. The worker finds
# the list empty, and nothing queues it again.
#mcheck expect global-list-a nothing_leaked violated
# rcu_barrier() waits for the callback of the rcu_work, which queues the work, and not for the work.
#mcheck expect defer-v4+rcu-barrier cleanup_before_return_lazy,device_free_after_umount,device_free_when_unused violated
# Where the callback itself puts the mount, that is enough: the umounter puts the reference of its lookup after the callback, so that its
# put is the last, in a task and not in softirq, and nobody is interrupted with mount_lock held, as only this task ever has it.
#mcheck expect call-rcu+rcu-barrier cleanup_before_return_lazy,device_free_after_umount,device_free_when_unused,nothing_leaked holds
#mcheck expect call-rcu+rcu-barrier NoDeadlock,cleanup_not_by_bystander,grace_period_before_put holds
mount /dev/sda /mnt
#mcheck run
umount -l /mnt
mkfs.ext4 /dev/sda
