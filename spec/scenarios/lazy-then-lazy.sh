#!/bin/sh
# A second umount -l comes while the work of the first is queued or
# running. With one list for all it must not be forgotten behind a worker that has
# looked already, nor be put before its own grace period is over because the first
# one's is: Sebastian Siewior's two lists, for this grace period and the next
# (9 April 2025).
#mcheck designs v6.15 v4.18 defer-v4 defer-applied no-grace-period global-list-a global-list-b global-list-c global-list-d
#mcheck for two_mounts_due
# Only a deferral leaves the first one waiting when the second comes.
#mcheck expect v6.15,v4.18,no-grace-period two_mounts_due vacuous
# The deferrals, with a work item for each umount or one for all: umount -l is back in user mode while the put of the
# mount's own reference waits for a grace period and a worker.
#mcheck expect defer-v4,defer-applied,global-list-a,global-list-b,global-list-c,global-list-d cleanup_before_return_lazy violated
# Variant a adds to a list when the worker may have looked already: the first batch to the first list, or the second one, which
# queue_rcu_work() has refused as the work was pending, to the list for the next grace period. Nobody queues the work again.
#mcheck expect global-list-a nothing_leaked violated
# The others lose nothing here, as nobody walks through the mounts (see testdata/slow/seq-lazy-open.sh): b adds before it queues; in c and d the worker looks at both lists under the lock under which the
# umounter queues and adds, and finds either the batch or the work queued after itself.
#mcheck expect global-list-b,global-list-c,global-list-d nothing_leaked holds
# Whether a batch is put too early can't be seen here, as nobody is in RCU to be waited for: see two-lazy; or what a put that is too early costs: see testdata/slow/seq-lazy-open.sh.
mount /dev/sda /mnt
mount /dev/sdb /mnt2
#mcheck run
umount -l /mnt2
umount -l /mnt
