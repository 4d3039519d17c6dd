#!/bin/sh
# ns-exit while a task outside looks at a file in the dying namespace, by /proc/PID/root. That
# is a counted reference to a mount of another namespace; whoever drops the last one cleans up,
# the dying task or the other. The shell waits for both, so mkfs must get the device: in mainline
# each of them has run its task work before the shell is told of its end.
#mcheck designs v6.15 v4.18 defer-applied global-list-c call-rcu no-grace-period
#mcheck for exit_meets_holder device_free_after_umount
# Deferred, the mounts are put by a worker or in softirq: the dying task is gone for its parent before that, and mkfs
# finds the device claimed.
#mcheck expect defer-applied cleanup_before_exit_notify violated
#mcheck expect defer-applied device_free_after_umount violated
#mcheck expect defer-applied device_free_when_unused violated
#mcheck expect global-list-c cleanup_before_exit_notify violated
#mcheck expect global-list-c device_free_after_umount violated
#mcheck expect global-list-c device_free_when_unused violated
#mcheck expect call-rcu cleanup_before_exit_notify violated
#mcheck expect call-rcu device_free_after_umount violated
#mcheck expect call-rcu device_free_when_unused violated
# In softirq, on top of the task that looked, which holds mount_lock for its last mntput(); or on top of the shell, which
# gets the cleanup to do.
#mcheck expect call-rcu NoDeadlock violated
#mcheck expect call-rcu nothing_leaked violated
#mcheck expect call-rcu cleanup_not_by_bystander violated
# Without the grace period the own reference is dropped while the other task is in RCU. Its put, having seen that the
# mount is in a namespace, looks at no sum: the mount stays, and with it the claim on the device, though it is nobody's.
#mcheck expect no-grace-period grace_period_before_put violated
#mcheck expect no-grace-period nothing_leaked violated
#mcheck expect no-grace-period device_free_when_unused violated
unshare -m sh -c 'mount /dev/sda /mnt' &
stat /proc/$!/root/mnt/f &
wait
mkfs.ext4 /dev/sda
