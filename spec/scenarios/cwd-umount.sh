#!/bin/sh
# A path walk that starts at the working directory, on a mount that umount -l has detached: it
# takes no reference before its end, finds no sequence count changed, and must still get one that it can put
# (a mount in no namespace is put under mount_lock). When the task ends, nothing may be left of the
# mount.
#mcheck designs v6.15 v4.18 v3.13 defer-v4 global-list-c no-grace-period
#mcheck for pwd_meets_umount
# The deferrals: umount -l is back while the put of the mount's own reference waits, whether anybody else held it or not.
#mcheck expect defer-v4 cleanup_before_return_lazy violated
#mcheck expect global-list-c cleanup_before_return_lazy violated
# Without the grace period the own reference is dropped while the walker is in RCU; its put, if it has seen the mount in its
# namespace, looks at no sum.
#mcheck expect no-grace-period grace_period_before_put violated
#mcheck expect no-grace-period nothing_leaked violated
mount /dev/sda /mnt
#mcheck run
( cd /mnt; stat f ) &
umount -l /mnt
