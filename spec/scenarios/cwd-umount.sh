#!/bin/sh
# A path walk that starts at the working directory, on a mount that umount -l has detached: it
# takes no reference before its end, finds no sequence count changed, and must still get one that it can put
# (a mount in no namespace is put under mount_lock). When the task ends, nothing may be left of the
# mount.
#mcheck designs v6.15 v4.18 v3.13 defer-v4 global-list-c no-grace-period
#mcheck for pwd_meets_umount
# The walk from the working directory begins with a reference that the task has until it ends. So a put before that is not the
# last, whoever does it, and one that fails its second look gives back what it added and no more.
#
# With a grace period: who was in RCU when the mount was unhashed, and may put without a look at the sum since it has seen the
# mount in its namespace, has done so when the own reference goes. The last put is one under mount_lock: by the umounter if
# nobody else got a reference in time, and then it cleans up by its own task work; else by the other task when that ends.
#mcheck expect v6.15,v4.18,v3.13 cleanup_before_return_lazy,nothing_leaked,grace_period_before_put holds
# The deferrals: umount -l is back while the put of the mount's own reference waits, whether anybody else held it or not. The
# worker comes after the grace period, so nothing else changes; one batch is as good on a list for all as on one of its own.
#mcheck expect defer-v4,global-list-c cleanup_before_return_lazy violated
#mcheck expect defer-v4,global-list-c nothing_leaked,grace_period_before_put holds
# Without the grace period the own reference is dropped while the other task is in RCU. When that ends it puts its working
# directory: it has seen the mount in its namespace, umount detaches the mount and puts twice, finding one reference each time, and
# the put that makes the sum zero looks at no sum. Umount alone cleans up in time all the same, and who is in RCU keeps the memory.
#mcheck expect no-grace-period grace_period_before_put,nothing_leaked violated
#mcheck expect no-grace-period cleanup_before_return_lazy,NoUseAfterFree holds
mount /dev/sda /mnt
#mcheck run
( cd /mnt; stat f ) &
umount -l /mnt
