#!/bin/sh
# A task unmounts one mount lazily after the other, while somebody looks at a file on the second. With one
# list for all umounts the work of the first may be running when the second comes. Its batch then goes where that worker
# still looks, and is put though its own grace period has not ended: the walk, which has seen the mount in its
# namespace, lowers the count without a look at the sum, last. One CPU and one worker are enough.
#mcheck designs v6.15 defer-v4 global-list-a global-list-b global-list-c global-list-d
#mcheck for nothing_leaked walk_meets_umount
#mcheck cpus=1 workers=1
# v6.15, defer-v4: each batch has a grace period of its own before its own references are put.
#mcheck expect v6.15,defer-v4 nothing_leaked,grace_period_before_put holds
# The deferrals: umount -l is back in user mode while the put of the mount's own reference waits.
#mcheck expect defer-v4,global-list-a,global-list-b,global-list-c,global-list-d cleanup_before_return_lazy violated
# What two-lazy can't show, as nobody there touches the mount that is put too early: it is lost. b has no lock; in c and d the worker has
# cleared PENDING when it waits for the lock, so that queue_rcu_work() says true and the batch goes on the first list.
#mcheck expect global-list-a,global-list-b,global-list-c,global-list-d grace_period_before_put,nothing_leaked violated
mount /dev/sda /mnt
mount /dev/sda /mnt2
#mcheck run
stat /mnt/f &
umount -l /mnt2
umount -l /mnt
