#!/bin/sh
# ns-exit while a task outside looks at a file in the dying namespace, by /proc/PID/root. That
# is a counted reference to a mount of another namespace; whoever drops the last one cleans up,
# the dying task or the other. The shell waits for both, so mkfs must get the device: in mainline
# each of them has run its task work before the shell is told of its end.
#mcheck designs v6.15 v4.18 defer-applied global-list-c call-rcu no-grace-period
#mcheck for exit_meets_holder device_free_after_umount
# With the grace period in put_mnt_ns(): the task that looked has its reference from a hash entry that was there, so it had it before
# the mount was unhashed, or fails and takes back what it added. It puts it in a system call of its own, at the end of which it cleans up if
# that was the last; the dying task puts the mount's own in do_exit(), and cleans up in exit_task_work(). Both come before the parent is told.
#mcheck expect v6.15,v4.18 cleanup_before_exit_notify,device_free_after_umount,device_free_when_unused,nothing_leaked holds
# Deferred, the mount is put by a worker (the batch of put_mnt_ns() is one without UMOUNT_SYNC; one list takes all): the
# dying task is gone for its parent before that, and mkfs finds the device claimed. Late is all it is.
#mcheck expect defer-applied,global-list-c cleanup_before_exit_notify,device_free_after_umount,device_free_when_unused violated
#mcheck expect defer-applied,global-list-c nothing_leaked,grace_period_before_put,NoDeadlock holds
# In softirq it is the same.
#mcheck expect call-rcu cleanup_before_exit_notify,device_free_after_umount,device_free_when_unused violated
# The softirq can come on top of the task that looked, in its mntput() with mount_lock held: in RCU, but since after the
# callback was queued, so that the grace period does not wait for it. The softirq spins for mount_lock for ever. If that task has
# lowered the count already, the mount has no holder and is never cleaned up.
#mcheck expect call-rcu NoDeadlock,nothing_leaked violated
# Or on top of that task, or the shell, in user mode: the softirq's put is the last, and gives the cleanup to a task that has not
# unmounted anything. It is never too early.
#mcheck expect call-rcu cleanup_not_by_bystander violated
#mcheck expect call-rcu grace_period_before_put holds
# Without the grace period the own reference is dropped while the other task is in RCU. Its put, having seen that the
# mount is in a namespace, looks at no sum: the mount stays, and with it the claim on the device, though it is nobody's. But
# the other task held the mount when the dying one went, so that one's end was promised nothing. mkfs was: all who
# have used the mount are gone, and the shell has waited for them.
#mcheck expect no-grace-period grace_period_before_put,nothing_leaked,device_free_after_umount,device_free_when_unused violated
#mcheck expect no-grace-period cleanup_before_exit_notify holds
unshare -m sh -c 'mount /dev/sda /mnt' &
stat /proc/$!/root/mnt/f &
wait
mkfs.ext4 /dev/sda
