#!/bin/sh
# lazy-enomem beside a path walk. A deferral that finds no memory falls back on what umount did before: it must wait for
# the grace period itself, as the walk may be past its look at mnt_ns.
#mcheck designs v6.15 v4.18 defer-v4 defer-applied defer-inline-cleanup
#mcheck for walk_meets_umount nothing_leaked
#mcheck kmalloc-fails
#mcheck expect v6.15,v4.18 nothing_leaked,grace_period_before_put,cleanup_before_return_lazy holds
# Where the allocation succeeds: umount -l is back while the put of the mount's own reference waits.
#mcheck expect defer-v4,defer-applied,defer-inline-cleanup cleanup_before_return_lazy violated
#mcheck expect defer-v4,defer-applied,defer-inline-cleanup nothing_leaked,grace_period_before_put holds
mount /dev/sda /mnt
#mcheck run
stat /mnt/f &
umount -l /mnt
