#!/bin/sh
# A task gets at a mount by way of a directory that it has open, while umount -l detaches the mount, or
# when it has. That is no path walk: nothing tells it that the mount is gone from the tree, and it need not
# care, as the open directory keeps the mount. Each put after that is one of a mount without a namespace,
# under mount_lock; the last one cleans up.
#mcheck designs v6.15 v4.18 v3.13 defer-v4 no-grace-period
#mcheck for jump_meets_umount
# The deferral: umount -l is back while the put of the mount's own reference waits, whether anybody else holds it or not.
#mcheck expect defer-v4 cleanup_before_return_lazy violated
# Without the grace period the own reference is dropped while the other task is in RCU; its last put, if it has seen the mount in its
# namespace, looks at no sum.
#mcheck expect no-grace-period grace_period_before_put violated
#mcheck expect no-grace-period nothing_leaked violated
mount /dev/sda /mnt
#mcheck run
( exec 3</mnt; stat /proc/self/fd/3/f ) &
umount -l /mnt
