#!/bin/sh
# Two tasks unmount lazily at once: neither may lose or delay the other's mount, or
# have it put before its grace period (April 2025, the deferral thread: one list
# for all, or one for each umount). That is about the mounts and not about what is on
# them, so one file system is mounted twice; and as the mounts share no counter, one CPU
# is enough. The workers of a work queue can run side by side: two, so that each umount's
# work item could have its own.
#mcheck designs v6.15 v4.18 defer-v4 no-grace-period poll-cookie poll-cookie-inverted global-list-a global-list-b global-list-c global-list-d
#mcheck for two_umounts_due
#mcheck cpus=1 workers=2
# The deferrals: umount -l is back in user mode while the put of the mount's own reference waits for
# a grace period and a worker.
#mcheck expect defer-v4,global-list-a,global-list-b,global-list-c,global-list-d cleanup_before_return_lazy violated
# Without a list for all, two tasks put their mounts at the same time.
#mcheck expect v6.15 two_batches_at_once holds
# Two work items of system_wq do not, on one CPU: mntput() never sleeps, and while a worker of that CPU is at work no other one is
# started (with cpus=2 the two umounts queue theirs on different CPUs). On system_unbound_wq they do: two-lazy-hang.
#mcheck expect defer-v4 two_batches_at_once violated
# One static work item never runs beside itself: one batch after the other.
#mcheck expect global-list-a,global-list-b,global-list-c,global-list-d two_batches_at_once violated
# Without the grace period the own reference is dropped while the other task, which was in RCU when
# the mount was unhashed, has not left: that is what the property forbids. The other task never touches this mount, so
# nothing comes of it here.
#mcheck expect no-grace-period,poll-cookie-inverted grace_period_before_put violated
#mcheck expect no-grace-period,poll-cookie-inverted nothing_leaked holds
# One list: the work of the first umount has begun, so its PENDING is clear, and takes the batch of the second along when
# that is added before the worker has emptied the list. a and b have no lock against that. c and d have one, but the worker clears PENDING before it takes
# the lock, and in between queue_rcu_work() says true, so that the second batch goes on the first list. Its grace period has only
# begun; the first umounter, in RCU in its last mntput() when the second mount was unhashed, is still there.
#mcheck expect global-list-a,global-list-b,global-list-c,global-list-d grace_period_before_put violated
# a loses a batch as in ltp-mkfs: it is on a list when the worker has looked. b adds first; in c and d the lock sees to it. What is put too
# early comes to no harm here, as the other task does not touch this mount; where it does the mount is lost: testdata/slow/seq-lazy-open.sh.
#mcheck expect global-list-a nothing_leaked violated
#mcheck expect global-list-b,global-list-c,global-list-d nothing_leaked holds
mount /dev/sda /mnt
mount /dev/sda /mnt2
#mcheck run
umount -l /mnt2 &
umount -l /mnt
